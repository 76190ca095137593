//! The pack for a service line review: read off the published run and the register of measures in
//! one go, kept as it was, checked by a second person, and issued once every word is explained.

mod actions;
pub(super) mod content;
pub(super) mod draft;
mod gate;
pub(super) mod kept;
mod peers;

#[cfg(test)]
mod tests;

use domain::Day;
use jiff::Timestamp;
use store::PersonId;
use store::packs::NewPack;

use self::content::Content;
use super::exactly::exactly;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::named_run::NamedRun;
use crate::shell::shelf::reading;
use crate::shell::typed::Text;
use crate::shell::visit::Visit;

/// What people write here.
const WORDS: Text = Text {
    letters: store::packs::LETTERS_MAX,
    nhs_number: "Take out the NHS number: no patient is named here",
    reference: Some("Take out the reference of the patient: no patient is named here"),
};

/// The pack of a service line in a published run, as its page makes it for somebody at a moment: for
/// what a demonstration begins with.
///
/// # Errors
///
/// [`Fault::NotFound`] for those who do not see the service line exactly, or where it is not in the
/// run; [`Fault::NoSuchRun`] if there is no such published run; [`Fault::Broken`] if it cannot be read.
pub async fn pack_of_run(
    app: &App,
    (by, at): (&PersonId, Timestamp),
    (unit, run): (&str, &str),
    meeting_on: Day,
) -> Result<NewPack, Fault> {
    let mut visit = Visit::in_name_of(app, by, at).await?;
    let (shelf, run) = (app.clone(), run.to_owned());
    visit.named = Some(reading(move || NamedRun::of(shelf.shelf(), &run, "")).await?);
    let seen = exactly(app, &visit, unit.to_owned()).await?;
    draft::new_pack(app, &visit, &seen, Some(meeting_on)).await
}

/// What must be explained or waived before a pack with these notes is issued.
///
/// # Errors
///
/// [`Fault::Broken`] if its content cannot be read.
pub fn to_settle(pack: &NewPack, notes: &[&str]) -> Result<Vec<String>, Fault> {
    Ok(gate::asked(&Content::kept(pack)?, notes, &[]))
}
