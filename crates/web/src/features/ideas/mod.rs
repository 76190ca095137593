//! Ideas of staff: whoever works for the trust puts one for a unit, somebody of the unit looks at it
//! beside the figures, and whoever had it is told what became of it.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/ideas` | who puts ideas: their own, and those for units whose actions they read |
//! | GET, POST | `/ideas/new` | who puts ideas: everybody but those from outside |
//! | GET | `/ideas/{idea}` | who had it, and who reads actions of its unit |
//! | POST | `/ideas/{idea}/decide` | who keeps actions of its unit, never of an idea of their own |
//! | POST | `/ideas/{idea}/read` | who had it |
//!
//! Whoever wishes to stay unnamed is named by no page to anybody but themselves. The audit keeps that
//! they put an idea, and not which nor for which unit; pages tell the month alone. An idea that is not
//! taken up says why.

mod list;
mod new;
mod show;

#[cfg(test)]
mod tests;

use access::Capability;
use axum::routing::{get, post};
use store::ideas::{self, LETTERS_MAX, StoredIdea};
use store::{Connection, IdeaId};

use crate::shell::fault::Fault;
use crate::shell::ideas::sees;
use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};
use crate::shell::typed::Text;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let puts = Policy::Needs(Capability::PutIdeas);
    let keeps = Policy::Needs(Capability::KeepActions);
    vec![
        Route::get("/ideas", puts, get(list::show)),
        Route::get("/ideas/new", puts, get(new::show)),
        Route::post("/ideas/new", puts, post(new::put)),
        Route::get("/ideas/{idea}", puts, get(show::show)),
        Route::post("/ideas/{idea}/decide", keeps, post(show::decide)),
        Route::post("/ideas/{idea}/read", puts, post(show::read)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![rendered::<list::List>(), rendered::<new::New>(), rendered::<show::Show>()]
}

/// What people may write here.
const TEXT: Text = Text {
    letters: LETTERS_MAX,
    nhs_number: "Take out the NHS number: an idea is about a service, never about a patient",
    reference: Some(
        "Take out the reference of the patient: an idea is about a service, never about a patient",
    ),
};

/// When an idea was put: where its author stays unnamed the month alone, since a minute can be laid
/// beside who was there.
fn put_at(idea: &StoredIdea) -> String {
    if idea.of.is_named {
        words::moment(idea.put_at)
    } else {
        idea.put_in().strftime("%B %Y").to_string()
    }
}

/// An idea that somebody may see.
async fn found(db: &mut Connection, visit: &Visit, id: &str) -> Result<StoredIdea, Fault> {
    let idea = ideas::get(db, &IdeaId::new(id)).await?;
    if sees(visit, &idea) { Ok(idea) } else { Err(Fault::NotFound) }
}
