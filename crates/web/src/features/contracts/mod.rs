//! What is shared with commissioners: a contract says of which service lines they see which measures,
//! and who of them looks. Every look is put on record before anything is read.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/contracts` | who reads contracts: all, or those in which they are named |
//! | GET, POST | `/contracts/new` | who keeps contracts |
//! | GET | `/contracts/{contract}` | who reads it |
//! | GET | `/contracts/{contract}/measures.csv`, `.xlsx` | as above |
//! | GET | `/contracts/{contract}/units/{unit}/measures/{measure}` | as above |
//! | GET, POST | `/contracts/{contract}/change` | who keeps contracts |
//!
//! Small numbers are hidden for everybody on these pages: what the trust sees here is what the
//! commissioner sees. No cost of the trust is on them.

mod change;
mod list;
mod measure;
mod show;

#[cfg(test)]
mod tests;

use access::Capability;
use axum::routing::{get, post};
use store::ContractId;
use store::audit::Outcome;
use store::contracts::{self, Contract};
use store::measures::Month;

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::measures::{Series, of_contract};
use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};
use crate::shell::session::today;
use crate::shell::visit::Visit;

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let reads = Policy::Needs(Capability::ReadContracts);
    let keeps = Policy::Needs(Capability::KeepContracts);
    vec![
        Route::get("/contracts", reads, get(list::show)),
        Route::get("/contracts/new", keeps, get(change::begin)),
        Route::post("/contracts/new", keeps, post(change::add)),
        Route::get("/contracts/{contract}", reads, get(show::show)),
        Route::table(
            ["/contracts/{contract}/measures.csv", "/contracts/{contract}/measures.xlsx"],
            reads,
            get(show::take),
        ),
        Route::get(
            "/contracts/{contract}/units/{unit}/measures/{measure}",
            reads,
            get(measure::show),
        ),
        Route::get("/contracts/{contract}/change", keeps, get(change::edit)),
        Route::post("/contracts/{contract}/change", keeps, post(change::record)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![
        rendered::<change::ChangePage>(),
        rendered::<list::ListPage>(),
        rendered::<measure::MeasurePage>(),
        rendered::<show::ContractPage>(),
    ]
}

/// Whether somebody reads all contracts, and not only those in which they are named.
fn reads_all(visit: &Visit) -> Result<bool, Fault> {
    Ok(visit.scope(Capability::ReadContracts)?.of_trust().is_some())
}

/// Contracts that somebody may look at today.
async fn seen(app: &App, visit: &Visit) -> Result<Vec<Contract>, Fault> {
    let (all, person) = (reads_all(visit)?, visit.person()?.id.clone());
    let day = today(visit.now);
    let mut found = contracts::list(&mut *app.store().read().await?).await?;
    found.retain(|it| all || it.is_seen_by(&person, day));
    Ok(found)
}

/// A contract that somebody may look at, with the look on record; one that is not there for them is
/// on record as refused.
async fn looked(app: &App, visit: &Visit, (id, what): (&str, &str)) -> Result<Contract, Fault> {
    let id = ContractId::new(id);
    let found = seen(app, visit).await?.into_iter().find(|it| it.id == id);
    let scope = visit.scope(Capability::ReadContracts)?;
    let Some(found) = found else {
        // What somebody typed may be anything: it is not repeated.
        let entry = visit.entry_in(scope, what, "contract").ended(Outcome::Refused);
        app.store().audit(entry).await?;
        return Err(Fault::NotFound);
    };
    app.store().audit(visit.entry_in(scope, what, &format!("contract/{id}"))).await?;
    Ok(found)
}

/// The months of a contract that have begun, and at least the first.
fn period(contract: &Contract, visit: &Visit) -> (Month, Month) {
    let first = Month::of(contract.of.begins_on);
    let last = Month::of(contract.of.ends_on.min(today(visit.now)));
    (first, last.max(first))
}

/// The measures of a contract in its months so far, and the twelve before them to compare with.
async fn shared(app: &App, visit: &Visit, contract: &Contract) -> Result<Vec<Series>, Fault> {
    let (first, last) = period(contract, visit);
    let of = (&contract.of.units, &contract.of.measures);
    of_contract(app, of, (first.plus(-BEFORE), last)).await
}

/// Months before a contract that its own are compared with.
const BEFORE: i32 = 12; // number: months of a year
