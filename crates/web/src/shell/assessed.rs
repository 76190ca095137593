//! What pages on joint working share: which units somebody may go to, and how things are said.

use access::Capability;
use store::UnitCode;
use store::assessing::{Every, LETTERS_MAX, Rating, Side};
use store::units::{Branch, UnitKind};

use super::assessing::{Gathered, own_side};
use super::fault::Fault;
use super::page::Shell;
use super::typed::Text;
use super::visit::Visit;
use super::words;

/// What people write on these pages.
pub const WORDS: Text = Text {
    letters: LETTERS_MAX,
    nhs_number: "Take out the NHS number: no patient is named here",
    reference: Some("Take out the reference of the patient: no patient is named here"),
};

/// A unit that somebody may go to with a capability.
///
/// # Errors
///
/// [`Fault::NotFound`] if there is none that they may.
pub fn seen<'a>(
    visit: &Visit,
    gathered: &'a Gathered,
    (capability, code): (Capability, &str),
) -> Result<&'a Branch, Fault> {
    let is_seen = visit.scope(capability)?.of_unit(code).is_some();
    gathered.unit(code).filter(|_| is_seen).ok_or(Fault::NotFound)
}

/// Whether somebody may do something in a unit.
pub fn may(visit: &Visit, capability: Capability, code: &str) -> bool {
    visit.scope(capability).is_ok_and(|it| it.of_unit(code).is_some())
}

/// What stands around a page of a unit.
pub fn shell(visit: &Visit, unit: &Branch, title: impl Into<String>) -> Shell {
    let (code, name) = (&unit.stored.unit.code, &unit.stored.unit.name);
    visit
        .shell(title)
        .below("Working together", "/assessment")
        .below(name, format!("/assessment/{code}"))
}

/// The trust, where somebody signs for it: the directors.
///
/// # Errors
///
/// [`Fault::NotFound`] if they do not.
pub fn led<'a>(visit: &Visit, gathered: &'a Gathered) -> Result<&'a UnitCode, Fault> {
    let trust = &gathered.trust().ok_or(Fault::NotFound)?.stored.unit.code;
    if may(visit, Capability::SignLevels, trust.as_str()) {
        Ok(trust)
    } else {
        Err(Fault::NotFound)
    }
}

/// For which side somebody leads the trust; none where they do not.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn leads_for(visit: &Visit, gathered: &Gathered) -> Result<Option<Side>, Fault> {
    if led(visit, gathered).is_err() { Ok(None) } else { own_side(visit).await }
}

/// What a unit belongs to, by name; blank for nothing.
pub fn above(gathered: &Gathered, unit: &Branch) -> String {
    let parent = unit.stored.unit.parent.as_ref();
    let above = gathered.units.iter().find(|it| Some(&it.stored.unit.code) == parent);
    let above = above.filter(|it| it.stored.unit.kind != UnitKind::Trust);
    above.map_or_else(String::new, |it| it.stored.unit.name.clone())
}

/// A rating in words.
pub fn rating_words(rating: Rating) -> &'static str {
    match rating {
        Rating::Consistently => "Consistently demonstrated",
        Rating::Partly => "Partly or sometimes",
        Rating::NotYet => "Not yet",
        Rating::NotAssessed => "Nobody can say",
    }
}

/// Who is meant by a side.
pub fn side_words(side: Side) -> &'static str {
    match side {
        Side::Clinical => "clinicians",
        Side::Finance => "finance",
    }
}

/// A time between two things, in words.
pub fn every_words(every: Every) -> &'static str {
    match every {
        Every::Week => "Every week",
        Every::Fortnight => "Every two weeks",
        Every::Month => "Every month",
        Every::Quarter => "Every quarter",
        Every::HalfYear => "Every half year",
        Every::Year => "Every year",
    }
}

/// A day as people read it.
pub fn day(day: &impl ToString) -> String {
    words::day(&day.to_string())
}
