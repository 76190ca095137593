//! Wards: how full each was, what a night on it cost and of what, whose patients lay there, how long
//! and where they went; exactly for those who run it or answer for it, and for others with small
//! numbers hidden.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/my-ward` | who sees a ward exactly: their first page where they run no service line |
//! | GET | `/wards` | who sees costs added up over patients |
//! | GET | `/wards.csv`, `.xlsx` | as above; small numbers hidden for everybody |
//! | GET | `/wards/{unit}` | as above; another's ward with small numbers hidden |
//! | GET | `/wards/{unit}/beds.csv`, `.xlsx` | who sees the ward exactly; months of few patients put together or left out |
//!
//! A ward is a unit of that kind; its code is how its locations in the feeds begin. Figures are of
//! published runs alone. What may be shown to those who see small numbers hidden is decided once
//! for a run, over one table of all wards, in `release`.

mod book;
mod file;
mod list;
mod release;
mod released;
mod sentences;
mod show;

#[cfg(test)]
mod tests;

use access::Capability;
use axum::routing::get;

use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let reads = Policy::Needs(Capability::AggregateCosts);
    vec![
        Route::get("/my-ward", reads, get(show::mine)),
        Route::get("/wards", reads, get(list::show)),
        Route::table(["/wards.csv", "/wards.xlsx"], reads, get(file::wards)),
        Route::get("/wards/{unit}", reads, get(show::show)),
        Route::table(["/wards/{unit}/beds.csv", "/wards/{unit}/beds.xlsx"], reads, get(file::beds)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![rendered::<list::List>(), rendered::<released::Released>(), rendered::<show::Show>()]
}
