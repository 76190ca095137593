//! What a specialty tells finance of itself on one page: what it does, who works there and what is hard
//! (guide 5.14). A clinician approves it, until a day on which it is looked at again.

use jiff::civil::Date;

use crate::benefits::Side;
use crate::listed::listed;

/// Letters that the whole of a briefing may have: one printed page.
pub const PAGE_LETTERS: usize = 3_000;

listed! {
    /// How a briefing stands.
    State {
        /// Nobody has written one.
        None = "none", "Nobody has written a briefing yet";
        /// No clinician has approved what it says now.
        ToApprove = "to_approve", "No clinician has approved what it says now";
        /// It is approved and its review is still to come.
        Approved = "approved", "Approved";
        /// The day of its review is past.
        OutOfDate = "out_of_date", "Out of date: the day of its review is past";
    }
}

impl State {
    /// Whether a page warns of it.
    pub const fn warns(self) -> bool {
        !matches!(self, Self::Approved)
    }
}

/// An approval: of which version, and until which day it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Approval {
    /// The version that was approved.
    pub version: i64,
    /// When it is looked at again.
    pub review_on: Date,
}

/// How a briefing stands on a day; version 0 is none.
pub fn state(version: i64, approval: Option<&Approval>, today: Date) -> State {
    match approval {
        _ if version == 0 => State::None,
        Some(it) if it.version == version && it.review_on < today => State::OutOfDate,
        Some(it) if it.version == version => State::Approved,
        _ => State::ToApprove,
    }
}

/// Why a briefing cannot be kept or approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BriefingFault {
    /// It is longer than a page.
    #[error("a briefing is one page: it has {0} letters, and {PAGE_LETTERS} fit")]
    TooLong(usize),
    /// Somebody approves it who is no clinician.
    #[error("a clinician approves what is said of a specialty")]
    NotAClinician,
    /// Whoever wrote it approves it.
    #[error("nobody approves what they wrote themselves: ask another clinician")]
    OwnWords,
    /// Its review is today or past.
    #[error("the day of its review must be still to come")]
    ReviewIsPast,
}

/// What stands in the way of keeping a briefing of these parts.
pub fn length_fault(parts: &[&str]) -> Option<BriefingFault> {
    let letters = parts.iter().map(|it| it.trim().chars().count()).sum();
    (letters > PAGE_LETTERS).then_some(BriefingFault::TooLong(letters))
}

/// What stands in the way of approving a briefing.
pub fn approval_fault(
    (side, wrote_it): (Option<Side>, bool),
    review_on: Date,
    today: Date,
) -> Option<BriefingFault> {
    if side != Some(Side::Clinical) {
        return Some(BriefingFault::NotAClinician);
    }
    if wrote_it {
        return Some(BriefingFault::OwnWords);
    }
    (review_on <= today).then_some(BriefingFault::ReviewIsPast)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    #[test]
    fn a_briefing_is_approved_as_it_stands_until_its_review() {
        let approval = Approval { version: 2, review_on: day("2026-06-30") };
        let on = |version, day_of: &str| state(version, Some(&approval), day(day_of));
        assert_eq!(state(0, None, day("2026-06-01")), State::None);
        assert_eq!(state(1, None, day("2026-06-01")), State::ToApprove);
        assert_eq!(on(2, "2026-06-30"), State::Approved);
        assert_eq!(on(2, "2026-07-01"), State::OutOfDate);
        assert_eq!(on(3, "2026-06-01"), State::ToApprove, "written anew since");
        assert!(State::OutOfDate.warns() && !State::Approved.warns());
    }

    #[test]
    fn another_clinician_approves_it_for_a_time() {
        let told = |side, own, review: &str| {
            approval_fault((side, own), day(review), day("2026-06-01"))
                .map_or(String::new(), |it| it.to_string())
        };
        assert_eq!(told(Some(Side::Clinical), false, "2027-06-01"), "");
        assert_eq!(
            told(Some(Side::Finance), false, "2027-06-01"),
            "a clinician approves what is said of a specialty"
        );
        assert_eq!(told(None, false, "2027-06-01"), told(Some(Side::Finance), false, "2027-06-01"));
        assert!(told(Some(Side::Clinical), true, "2027-06-01").starts_with("nobody approves"));
        assert_eq!(
            told(Some(Side::Clinical), false, "2026-06-01"),
            "the day of its review must be still to come"
        );
    }

    #[test]
    fn it_fits_on_a_page() {
        assert_eq!(length_fault(&["short", "and plain"]), None);
        let long = "x".repeat(PAGE_LETTERS);
        assert_eq!(
            length_fault(&[&long, "y"]).map(|it| it.to_string()).as_deref(),
            Some("a briefing is one page: it has 3001 letters, and 3000 fit")
        );
    }
}
