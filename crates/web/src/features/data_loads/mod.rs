//! Data loads: a month of files from upload or watched folder to its findings, and to acceptance or
//! rejection with a reason.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/loads` | who loads data |
//! | GET, POST | `/loads/new` | who loads data |
//! | POST | `/loads/incoming` | who loads data |
//! | GET | `/loads/{load}` | who loads data |
//! | GET | `/loads/{load}/findings.csv`, `.xlsx` | who loads data |
//! | POST | `/loads/{load}/stop` | who loads data |
//! | POST | `/loads/{load}/again` | who loads data |
//! | POST | `/loads/{load}/decide` | who loads data |
//!
//! A load has a folder `loads/<name>/` of the site: `new/` holds what came, `files/` all files of
//! the year with these among them, `dataset/` what the check made of it, and `before.json` the
//! manifest of the dataset that was accepted when it was checked.

mod decide;
mod list;
mod new;
mod place;
mod receive;
mod show;
mod staging;
#[cfg(test)]
mod tests;

use access::Capability;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let loads = Policy::Needs(Capability::LoadData);
    // The page counts the bytes itself, against the limit of the settings.
    let upload = post(new::upload).layer(DefaultBodyLimit::disable());
    vec![
        Route::get("/loads", loads, get(list::show)),
        Route::get("/loads/new", loads, get(new::show)),
        Route::upload("/loads/new", loads, upload),
        Route::post("/loads/incoming", loads, post(new::incoming)),
        Route::get("/loads/{load}", loads, get(show::show)),
        Route::table(
            ["/loads/{load}/findings.csv", "/loads/{load}/findings.xlsx"],
            loads,
            get(show::take),
        ),
        Route::post("/loads/{load}/stop", loads, post(decide::stop)),
        Route::post("/loads/{load}/again", loads, post(decide::again)),
        Route::post("/loads/{load}/decide", loads, post(decide::decide)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![rendered::<list::List>(), rendered::<new::New>(), rendered::<show::Show>()]
}
