//! The pack for a service line review: read off the published run and the register of measures in
//! one go, kept as it was, checked by a second person, and issued once every word is explained.

mod actions;
pub(super) mod content;
pub(super) mod draft;
mod gate;
pub(super) mod kept;

#[cfg(test)]
mod tests;

use crate::shell::typed::Text;

/// What people write here.
const WORDS: Text = Text {
    letters: store::packs::LETTERS_MAX,
    nhs_number: "Take out the NHS number: no patient is named here",
    reference: Some("Take out the reference of the patient: no patient is named here"),
};
