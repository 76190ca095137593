//! Data quality of a run: what did not match, by feed, month and rule; the worst findings by money;
//! figures outside their usual range; beds.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/data-quality` | who reads drafts |
//! | GET | `/data-quality/feeds/{feed}` | who reads drafts |
//! | GET | `/data-quality/feeds/{feed}/before.csv`, `.xlsx` | who reads drafts |

mod before;
mod drawing;
mod feed;
mod show;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use access::Capability;
use axum::routing::get;
use results::Run;
use serde::Deserialize;

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};
use crate::shell::words;

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let reads = Policy::Needs(Capability::ReadRuns);
    vec![
        Route::get("/data-quality", reads, get(show::show)),
        Route::get("/data-quality/feeds/{feed}", reads, get(feed::show)),
        Route::table(
            ["/data-quality/feeds/{feed}/before.csv", "/data-quality/feeds/{feed}/before.xlsx"],
            reads,
            get(before::take),
        ),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![rendered::<show::Show>(), rendered::<feed::FeedPage>()]
}

/// Which run is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    run: String,
}

/// The run that is asked for, else the last published, else the last costed.
fn chosen(app: &App, asked: &Asked) -> Result<Option<Arc<Run>>, Fault> {
    if !asked.run.is_empty() {
        return app.shelf().run(&asked.run).map(Some);
    }
    match app.shelf().newest(false)? {
        Some(run) => Ok(Some(run)),
        None => app.shelf().newest(true),
    }
}

/// A run in a few words: `2025/26 to March, run 1fe9a090, draft`.
fn run_in_words(run: &Run) -> Result<String, Fault> {
    let state = if run.records()?.publication.is_some() { "published" } else { "draft" };
    let manifest = run.manifest();
    let until = results::since::month(manifest.last_period.min(12));
    let short: String = run.id().chars().take(8).collect();
    Ok(format!("{} to {until}, run {short}, {state}", words::year(&manifest.year)))
}
