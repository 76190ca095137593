//! What a case lacks before it can be approved, and where that is written.

use engagement::cases::{Case, CaseState, Lack, Part};
use store::cases::Record;

use super::found::Found;

/// What is missing before it can be approved, in the order of the page, with the part where it is
/// written; none where that is on the page itself.
pub(super) fn missing(found: &Found, case: &Case) -> Vec<(Option<Part>, String)> {
    let record = &found.record;
    let all = case.all_lacks(record.evidence());
    let mut missing: Vec<(Option<Part>, String)> =
        all.into_iter().map(|it: Lack| (Some(it.part), it.what)).collect();
    if waits_for_signature(record, case) {
        let name = found.staff.name(&case.quality.assessed_by);
        missing.push((None, format!("{name} has not signed the impact on quality")));
    }
    let open = record.unanswered().into_iter();
    missing.extend(open.map(|it| (None, format!("Answer the concern: {}", it.trim()))));
    missing
}

/// Whether whoever assessed what it does to quality has yet to sign that.
fn waits_for_signature(record: &Record, case: &Case) -> bool {
    case.quality.is_in_parts() && !case.quality.assessed_by.is_empty() && !record.is_signed()
}

/// How many signatures and answers are missing, beside what is to be written.
pub(super) fn beyond_words(record: &Record, case: &Case) -> usize {
    usize::from(waits_for_signature(record, case)) + record.unanswered().len()
}

/// What is missing, and where it is written; blank for those who may not.
pub(super) fn lacks(found: &Found, case: &Case, writes: bool) -> Vec<(String, String)> {
    let is_open = matches!(found.record.state(), CaseState::Draft | CaseState::Submitted);
    if !is_open {
        return Vec::new();
    }
    let address = found.address();
    let place = |part: Option<Part>| {
        let Some(part) = part else { return format!("{address}#quality") };
        if !writes {
            return String::new();
        }
        match part {
            Part::Words => format!("{address}/words"),
            Part::Options if case.options.len() > 1 => format!("{address}/words#proposed"),
            Part::Options => format!("{address}/options/new"),
            Part::Option(place) => format!("{address}/options/{place}"),
            Part::Evidence => format!("{address}/evidence"),
            Part::Team | Part::Quality => format!("{address}/team"),
        }
    };
    missing(found, case).into_iter().map(|it| (it.1, place(it.0))).collect()
}
