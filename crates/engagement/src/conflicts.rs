//! Two sources that give different values for one measure of a unit and a month: both stand, until
//! somebody who answers for it says which one counts (guide 3.18).

use crate::listed::listed;

listed! {
    /// Which of two values counts.
    Choice {
        /// The one that was there first.
        First = "first", "The first source counts";
        /// The one that came later.
        Second = "second", "The second source counts";
        /// Neither does.
        Neither = "neither", "Neither counts";
    }
}

/// A value as a source gives it, both in ten-thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given<'a> {
    /// The count, the mean, or how many of those it is of.
    pub value_e4: i64,
    /// Of how many, where it is of any.
    pub of_e4: Option<i64>,
    /// The system or report.
    pub source: &'a str,
}

/// Whether two values of one measure, unit and month are in conflict: they differ and come from two
/// sources. Another value of the same source is a correction.
pub fn is_conflict(one: &Given<'_>, other: &Given<'_>) -> bool {
    let is_other_source = one.source.trim().to_lowercase() != other.source.trim().to_lowercase();
    is_other_source && (one.value_e4, one.of_e4) != (other.value_e4, other.of_e4)
}

/// Why a conflict cannot be settled or handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConflictFault {
    /// It is settled by somebody else than was named.
    #[error("it is settled by whoever was named for it: name somebody else first, or ask them")]
    NotNamed,
    /// It is settled already.
    #[error("it is settled already: both values and the reason stay on record")]
    Settled,
}

/// What stands in the way of settling, or of naming who settles.
pub fn settling_fault(
    is_settled: bool,
    (named, by): (Option<&str>, &str),
    settles: bool,
) -> Option<ConflictFault> {
    if is_settled {
        return Some(ConflictFault::Settled);
    }
    (settles && named != Some(by)).then_some(ConflictFault::NotNamed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_sources_with_two_values_are_a_conflict_and_a_correction_is_none() {
        let of = |value_e4, source| Given { value_e4, of_e4: None, source };
        let one = of(120_000, "Waiting list system");
        assert!(is_conflict(&one, &of(140_000, "Ward return")));
        assert!(!is_conflict(&one, &of(140_000, " waiting list System ")), "a correction");
        assert!(!is_conflict(&one, &of(120_000, "Ward return")), "they agree");
        let share = Given { of_e4: Some(2_000_000), ..one };
        assert!(is_conflict(&share, &of(120_000, "Ward return")));
    }

    #[test]
    fn whoever_is_named_settles_once() {
        let told = |settled, named, settles| {
            settling_fault(settled, (named, "amara"), settles).map(|it| it.to_string())
        };
        assert_eq!(told(false, Some("amara"), true), None);
        assert_eq!(told(false, None, false), None);
        let not_named =
            "it is settled by whoever was named for it: name somebody else first, or ask them";
        assert_eq!(told(false, Some("daniel"), true).as_deref(), Some(not_named));
        assert_eq!(told(false, None, true).as_deref(), Some(not_named));
        let settled = "it is settled already: both values and the reason stay on record";
        assert_eq!(told(true, Some("amara"), true).as_deref(), Some(settled));
    }
}
