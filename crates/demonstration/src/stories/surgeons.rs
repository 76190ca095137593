//! Hip and knee surgeons: six who can be compared, one newly qualified, one with nine cases, and one
//! who is dear because he does the revisions.

use crate::activity::Pathway;
use crate::calendar::{Minute, date_of, number_of};

/// Does most of the revisions; a false trail if compared without case mix.
pub(crate) const REVISIONS: i64 = 6;
/// Newly qualified in October 2025.
pub(crate) const NEWLY_QUALIFIED: i64 = 7;
/// Did nine hip replacements in 2025-26: too few to compare.
pub(crate) const NINE_CASES: i64 = 8;

/// The surgeon of a joint replacement; other cases go to whoever has a list.
pub(crate) fn of_case(condition: &str, pathway: &Pathway) -> Option<i64> {
    match condition {
        "HIP" => Some(hip(pathway)),
        // One revision in six is done by another surgeon.
        "HIPREV" if pathway.ordinal % 6 == 5 => Some(2),
        "HIPREV" => Some(REVISIONS),
        "KNEE" => Some(1 + pathway.ordinal % 5),
        _ => None,
    }
}

fn hip(pathway: &Pathway) -> i64 {
    let Pathway { ordinal, in_year, day, .. } = pathway;
    let latest = *day >= number_of(2025, 4, 1);
    // Half a step off, so that the last is not discharged in the next year.
    let ninths = |number: i64| (number * 9 + in_year / 2) / in_year;
    if latest && ninths(*ordinal) != ninths(ordinal + 1) {
        return NINE_CASES;
    }
    if *day >= number_of(2025, 10, 1) && ordinal % 5 == 1 {
        return NEWLY_QUALIFIED;
    }
    // The seventh and eleventh of each dozen would meet the rule above, so count by another step.
    1 + (ordinal / 2 + ordinal * 3) % 6
}

/// Percent by which the newly qualified surgeon is slower: 66 in the first month, 6 in the sixth.
pub(crate) fn slower_by(day: i64) -> i64 {
    let (year, month, _) = date_of(day).to_civil();
    let months = i64::from(year - 2025) * 12 + i64::from(month) - 10;
    (66 - 12 * months).max(0)
}

/// Minutes of surgery by a surgeon on a day.
pub(crate) fn minutes(surgeon: i64, day: i64, minutes: i64) -> i64 {
    if surgeon == NEWLY_QUALIFIED { minutes * (100 + slower_by(day)) / 100 } else { minutes }
}

/// Length of stay after a joint replacement, as minutes.
pub(crate) fn stay(surgeon: i64, day: i64, minutes: Minute) -> Minute {
    match surgeon {
        NEWLY_QUALIFIED => minutes * (100 + slower_by(day) * 2 / 3) / 100,
        _ => minutes,
    }
}

/// Who of the rota does other work: in orthopaedics neither the newest nor the one with nine cases.
pub(crate) fn on_rota(specialty: &str, number: i64) -> i64 {
    match (specialty, number) {
        ("110", NEWLY_QUALIFIED | NINE_CASES) => 9,
        _ => number,
    }
}

/// Who of the rota operates: the lead for emergencies in general surgery leaves it to others.
pub(crate) fn operating(specialty: &str, number: i64) -> i64 {
    match (specialty, number) {
        ("100", super::flow::ON_CALL_LEAD) => 2,
        _ => on_rota(specialty, number),
    }
}

/// Supplier whom a surgeon prefers for hips and knees.
pub(crate) fn supplier(surgeon: i64) -> &'static str {
    match surgeon {
        2 | 5 => "BRANTON",
        3 | 6 => "CALDER",
        _ => "ASTER",
    }
}
