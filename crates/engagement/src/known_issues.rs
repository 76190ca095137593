//! What is known to be wrong with the data of a unit, when its coding is reviewed, and why the data is
//! good enough to go on (guide 5.23: good enough is not perfect).
//!
//! A known issue stands in no pack's way, unless its owner says so.

use jiff::civil::Date;

use crate::listed::listed;

listed! {
    /// How much an issue changes what the figures say.
    Effect {
        /// The figures say the same with it and without.
        Small = "small", "Small";
        /// They may say something else without it.
        Material = "material", "Material";
    }
}

/// An issue as somebody records it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IssueFacts {
    /// When it was found.
    pub found_on: Date,
    /// When it was mended; none while it is not.
    pub mended_on: Option<Date>,
    /// Whether its owner wants packs to wait until it is mended.
    pub holds_packs: bool,
}

/// Why an issue, a coding review or a statement cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssueFault {
    /// It is found later than today.
    #[error("an issue is found today or before")]
    FoundLater,
    /// It is mended before it is found.
    #[error("an issue is mended on or after the day on which it was found")]
    MendedBeforeFound,
    /// It is mended later than today.
    #[error("an issue is mended today or before: leave the day blank until then")]
    MendedLater,
    /// Somebody else says that packs wait.
    #[error("the owner of an issue alone says whether packs wait until it is mended")]
    NotTheOwner,
    /// A review of coding is done later than today.
    #[error("a review of coding is done today or before: leave its day blank until then")]
    DoneLater,
    /// A review of coding is done and nobody says what it found.
    #[error("say what the review of coding found")]
    NoResult,
    /// It says what a review found that is not done.
    #[error("give the day on which the review of coding was done")]
    NoDay,
}

/// What stands in the way of keeping an issue that was held or not held before, by its owner or not.
pub fn issue_fault(
    new: &IssueFacts,
    (held_before, is_owner): (bool, bool),
    today: Date,
) -> Option<IssueFault> {
    if new.found_on > today {
        return Some(IssueFault::FoundLater);
    }
    if let Some(mended) = new.mended_on {
        if mended < new.found_on {
            return Some(IssueFault::MendedBeforeFound);
        }
        if mended > today {
            return Some(IssueFault::MendedLater);
        }
    }
    let changes = new.holds_packs != held_before;
    (changes && !is_owner).then_some(IssueFault::NotTheOwner)
}

/// What stands in the way of letting go packs that an issue held, by mending it or by giving it to
/// somebody else: its owner does so alone, as long as they are here.
pub fn release_fault(lets_go: bool, (is_owner, owner_is_here): (bool, bool)) -> Option<IssueFault> {
    (lets_go && owner_is_here && !is_owner).then_some(IssueFault::NotTheOwner)
}

/// A review of coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodingReview {
    /// For when it is planned.
    pub planned_on: Date,
    /// When it was done; none while it is not.
    pub done_on: Option<Date>,
}

/// What stands in the way of keeping a review of coding with its result.
pub fn coding_fault(new: &CodingReview, result: &str, today: Date) -> Option<IssueFault> {
    match (new.done_on, result.trim().is_empty()) {
        (Some(done), _) if done > today => Some(IssueFault::DoneLater),
        (Some(_), true) => Some(IssueFault::NoResult),
        (None, false) => Some(IssueFault::NoDay),
        _ => None,
    }
}

/// How reviews of coding stand: the last that was done, the next that is to come, and how many days
/// the first that was not done is late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// Place of the last that was done.
    pub last: Option<usize>,
    /// Place of the first that is not.
    pub next: Option<usize>,
    /// Days that it is late; 0 until its day is past.
    pub days_late: u32,
}

/// How reviews of coding stand on a day.
pub fn schedule(all: &[CodingReview], today: Date) -> Schedule {
    let done = all.iter().enumerate().filter_map(|(place, it)| Some((it.done_on?, place)));
    let open = all.iter().enumerate().filter(|it| it.1.done_on.is_none());
    let next = open.map(|(place, it)| (it.planned_on, place)).min();
    Schedule {
        last: done.max().map(|it| it.1),
        next: next.map(|it| it.1),
        days_late: next
            .map_or(0, |it| u32::try_from((today - it.0).get_days().max(0)).unwrap_or(u32::MAX)),
    }
}

listed! {
    /// Whether somebody has said why the data is good enough.
    Enough {
        /// Somebody has, and no material issue was found since.
        Said = "said", "Good enough to go on";
        /// Nobody has.
        NotSaid = "not_said", "Nobody has said whether the data is good enough to go on";
        /// A material issue that is not mended was found since.
        Outdated = "outdated", "A material issue was found since this was said";
    }
}

/// Whether it is said that the data is good enough, after the issues that are known. `recorded_on`
/// of each issue is the day on which it was recorded as it is now.
pub fn enough(said_on: Option<Date>, issues: &[(Effect, IssueFacts, Date)]) -> Enough {
    let Some(said_on) = said_on else { return Enough::NotSaid };
    let open = issues.iter().filter(|it| it.1.mended_on.is_none());
    let is_news = |it: &&(Effect, IssueFacts, Date)| it.0 == Effect::Material && it.2 > said_on;
    if open.clone().any(|it| is_news(&it)) { Enough::Outdated } else { Enough::Said }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    fn facts(found: &str, mended: &str, holds_packs: bool) -> IssueFacts {
        IssueFacts { found_on: day(found), mended_on: mended.parse().ok(), holds_packs }
    }

    #[track_caller]
    fn refused(new: IssueFacts, before: (bool, bool), expected: &str) {
        let told = issue_fault(&new, before, day("2026-06-01"));
        assert_eq!(told.map_or(String::new(), |it| it.to_string()), expected);
    }

    #[test]
    fn an_issue_is_found_and_then_mended_and_its_owner_alone_holds_packs() {
        refused(facts("2026-05-01", "", false), (false, false), "");
        refused(facts("2026-05-01", "2026-05-01", false), (false, false), "");
        refused(
            facts("2026-06-02", "", false),
            (false, false),
            "an issue is found today or before",
        );
        refused(
            facts("2026-05-01", "2026-04-30", false),
            (false, false),
            "an issue is mended on or after the day on which it was found",
        );
        refused(
            facts("2026-05-01", "2026-06-02", false),
            (false, false),
            "an issue is mended today or before: leave the day blank until then",
        );
        let owner = "the owner of an issue alone says whether packs wait until it is mended";
        refused(facts("2026-05-01", "", true), (false, false), owner);
        refused(facts("2026-05-01", "", false), (true, false), owner);
        refused(facts("2026-05-01", "", true), (false, true), "");
        refused(facts("2026-05-01", "", true), (true, false), "");
    }

    #[test]
    fn whoever_holds_packs_lets_them_go_as_long_as_they_are_here() {
        assert_eq!(release_fault(true, (false, true)), Some(IssueFault::NotTheOwner));
        assert_eq!(release_fault(true, (true, true)), None, "the owner themselves");
        assert_eq!(release_fault(true, (false, false)), None, "the owner has left");
        assert_eq!(release_fault(false, (false, true)), None, "packs wait as before");
    }

    #[test]
    fn a_review_of_coding_is_planned_done_with_a_result_or_late() {
        let review = |planned: &str, done: &str| CodingReview {
            planned_on: day(planned),
            done_on: done.parse().ok(),
        };
        let today = day("2026-06-01");
        let told = |it: CodingReview, result: &str| {
            coding_fault(&it, result, today).map_or(String::new(), |it| it.to_string())
        };
        assert_eq!(told(review("2026-07-01", ""), ""), "");
        assert_eq!(told(review("2026-05-01", "2026-05-02"), "97 of 100 right"), "");
        assert_eq!(
            told(review("2026-05-01", "2026-05-02"), " "),
            "say what the review of coding found"
        );
        assert_eq!(
            told(review("2026-05-01", ""), "97 of 100 right"),
            "give the day on which the review of coding was done"
        );
        assert!(told(review("2026-05-01", "2026-06-02"), "x").contains("done today or before"));
        let all = [
            review("2026-01-01", "2026-01-10"),
            review("2026-05-20", ""),
            review("2026-09-01", ""),
            review("2025-10-01", "2025-10-01"),
        ];
        let found = Schedule { last: Some(0), next: Some(1), days_late: 12 };
        assert_eq!(schedule(&all, today), found);
        assert_eq!(schedule(&[], today), Schedule::default());
        assert_eq!(schedule(&all[2..3], today).days_late, 0);
    }

    #[test]
    fn a_statement_holds_until_a_material_issue_is_found() {
        let issue = |effect, mended: &str, recorded: &str| {
            (effect, facts("2026-05-01", mended, false), day(recorded))
        };
        let said = Some(day("2026-05-10"));
        assert_eq!(enough(None, &[]), Enough::NotSaid);
        assert_eq!(enough(said, &[issue(Effect::Material, "", "2026-05-10")]), Enough::Said);
        assert_eq!(enough(said, &[issue(Effect::Small, "", "2026-05-11")]), Enough::Said);
        assert_eq!(enough(said, &[issue(Effect::Material, "", "2026-05-11")]), Enough::Outdated);
        let mended = issue(Effect::Material, "2026-05-12", "2026-05-12");
        assert_eq!(enough(said, &[mended]), Enough::Said);
    }
}
