//! Work in the background: what waits, what runs, how it ended, and what to do then.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/jobs` | anybody signed in; shows the work that they could ask for |
//! | GET | `/jobs/{job}` | who could ask for it |
//! | POST | `/jobs/{job}/stop` | who could ask for it |

mod list;
mod show;
#[cfg(test)]
mod tests;

use axum::routing::{get, post};
use store::jobs::Job;

use crate::shell::fault::Fault;
use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};
use crate::shell::visit::Visit;
use crate::shell::work;

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/jobs", Policy::SignedIn, get(list::show)),
        Route::get("/jobs/{job}", Policy::SignedIn, get(show::show)),
        Route::post("/jobs/{job}/stop", Policy::SignedIn, post(show::stop)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![rendered::<list::List>(), rendered::<show::Show>()]
}

/// Whether the person may see and stop a job: those who may ask for its kind. An export is seen by
/// whoever asked for it alone, since what it holds goes by their scope.
fn is_theirs(visit: &Visit, job: &Job) -> bool {
    let Some(kind) = work::kind_of(job) else { return false };
    let is_own = visit.person.as_ref().is_some_and(|it| it.id.as_str() == job.asked_by);
    visit.may(kind.needs) && (kind.word != "export" || is_own)
}

/// A job that the person may see.
async fn theirs(visit: &Visit, id: &str) -> Result<Job, Fault> {
    let mut db = visit.app.store().read().await?;
    let job = store::jobs::get(&mut db, &store::JobId::new(id)).await?;
    if is_theirs(visit, &job) { Ok(job) } else { Err(Fault::NotFound) }
}
