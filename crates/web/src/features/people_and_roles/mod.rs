//! People, what they may, and the units they work in: kept by administrators, reviewed by auditors.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/people` | who sees people |
//! | GET, POST | `/people/new` | who manages people |
//! | GET, POST | `/people/import` | who manages people |
//! | POST | `/people/import/file` | who manages people |
//! | GET | `/people/review` | who sees people |
//! | GET | `/people/review.csv`, `.xlsx` | who sees people |
//! | GET | `/people/{person}` | who sees people |
//! | GET, POST | `/people/{person}/edit` | who manages people |
//! | POST | `/people/{person}/leave`, `/people/{person}/rejoin` | who manages people |
//! | GET, POST | `/people/{person}/password` | who manages people and proved it again |
//! | GET, POST | `/people/{person}/second-factor` | who manages people and proved it again |
//! | GET, POST | `/people/{person}/provider` | who manages people and proved it again |
//! | POST | `/people/{person}/provider/unlink` | who manages people and proved it again |
//! | GET, POST | `/people/{person}/rights` | who manages people |
//! | POST | `/people/rights/{grant}/approve` | who approves rights, as the second person |
//! | POST | `/people/rights/{grant}/revoke` | who manages people |
//! | GET | `/people/units` | who sees people |
//! | GET, POST | `/people/units/new` | who manages people |
//! | GET, POST | `/people/units/import` | who manages people |
//! | POST | `/people/units/import/file` | who manages people |
//! | GET, POST | `/people/units/edit/{unit}` | who manages people |
//!
//! Nobody manages themselves.

mod edit;
mod give;
mod import;
mod list;
mod provider;
mod review;
mod secret;
mod show;
mod unit;
mod units;

#[cfg(test)]
mod tests;

use access::{Capability, Condition, RoleMatrix};
use axum::routing::{get, post};
use store::PersonId;
use store::people::{self, StoredPerson};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};
use crate::shell::visit::Visit;

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let sees = Policy::Needs(Capability::ReadPeople);
    let manages = Policy::Needs(Capability::ManagePeople);
    let approves = Policy::Needs(Capability::ApproveGrants);
    let proved = Policy::SteppedUp(Capability::ManagePeople);
    vec![
        Route::get("/people", sees, get(list::show)),
        Route::get("/people/new", manages, get(edit::blank)),
        Route::post("/people/new", manages, post(edit::add)),
        Route::get("/people/import", manages, get(import::people)),
        Route::post("/people/import", manages, post(import::take_people)),
        Route::upload("/people/import/file", manages, post(import::take_people_file)),
        Route::get("/people/review", sees, get(review::show)),
        Route::table(["/people/review.csv", "/people/review.xlsx"], sees, get(review::take)),
        Route::get("/people/{person}", sees, get(show::show)),
        Route::get("/people/{person}/edit", manages, get(edit::show)),
        Route::post("/people/{person}/edit", manages, post(edit::change)),
        Route::post("/people/{person}/leave", manages, post(show::leave)),
        Route::post("/people/{person}/rejoin", manages, post(show::rejoin)),
        Route::get("/people/{person}/password", proved, get(secret::password)),
        Route::post("/people/{person}/password", proved, post(secret::set_password)),
        Route::get("/people/{person}/second-factor", proved, get(secret::factor)),
        Route::post("/people/{person}/second-factor", proved, post(secret::reset_factor)),
        Route::get("/people/{person}/provider", proved, get(provider::show)),
        Route::post("/people/{person}/provider", proved, post(provider::invite)),
        Route::post("/people/{person}/provider/unlink", proved, post(provider::unlink)),
        Route::get("/people/{person}/rights", manages, get(give::show)),
        Route::post("/people/{person}/rights", manages, post(give::give)),
        Route::post("/people/rights/{grant}/approve", approves, post(show::approve)),
        Route::post("/people/rights/{grant}/revoke", manages, post(show::revoke)),
        Route::get("/people/units", sees, get(units::show)),
        Route::get("/people/units/new", manages, get(unit::blank)),
        Route::post("/people/units/new", manages, post(unit::add)),
        Route::get("/people/units/import", manages, get(import::units)),
        Route::post("/people/units/import", manages, post(import::take_units)),
        Route::upload("/people/units/import/file", manages, post(import::take_units_file)),
        Route::get("/people/units/edit/{unit}", manages, get(unit::show)),
        Route::post("/people/units/edit/{unit}", manages, post(unit::change)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![
        rendered::<edit::Edit>(),
        rendered::<give::Give>(),
        rendered::<import::Import>(),
        rendered::<list::List>(),
        rendered::<provider::PersonsProvider>(),
        rendered::<review::Review>(),
        rendered::<secret::Secret>(),
        rendered::<show::Show>(),
        rendered::<unit::EditUnit>(),
        rendered::<units::Units>(),
    ]
}

/// The person of an address.
async fn found(app: &App, id: &str) -> Result<StoredPerson, Fault> {
    let mut db = app.store().read().await?;
    Ok(people::get(&mut db, &PersonId::new(id)).await?)
}

/// Refuses what somebody would do to their own account.
fn not_oneself(visit: &Visit, id: &PersonId) -> Result<(), Fault> {
    if visit.person()?.id == *id {
        let why = "Nobody manages themselves. Ask another administrator.";
        return Err(Fault::Refused(why.to_owned()));
    }
    Ok(())
}

/// Whether a role shows patients by itself, so that giving it takes two people.
fn shows_patients(matrix: &RoleMatrix, role: &str) -> bool {
    let patients = [Capability::PatientRows, Capability::Reidentify, Capability::RestrictedRecords];
    let by_itself = |it: &access::Right| {
        patients.contains(&it.capability) && it.condition != Some(Condition::Grant)
    };
    matrix.rights(role).iter().any(by_itself)
}

/// Name of a role; its code where the matrix has it no more.
fn role_name(matrix: &RoleMatrix, code: &str) -> String {
    matrix.role(code).map_or_else(|| code.to_owned(), |it| it.name.clone())
}

/// A text as one step of an address.
fn in_address(text: &str) -> String {
    let letter = |it: u8| match it {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
            char::from(it).to_string()
        }
        other => format!("%{other:02X}"),
    };
    text.bytes().map(letter).collect()
}
