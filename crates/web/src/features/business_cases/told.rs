//! What was done with a case, in sentences.

use store::cases::{Step, Taken};

use super::found::Found;
use crate::shell::words;

/// What was done, the latest first.
pub(super) fn history(found: &Found) -> Vec<(String, String)> {
    let record = &found.record;
    let wrote = record.versions.iter().enumerate().map(|(at, it)| {
        let what = if at == 0 { "Begun" } else { "Written anew" };
        (it.at, what.to_owned(), found.by(&it.by, it.at))
    });
    let did = |it: &Taken| (it.at, told(&it.step), found.by(&it.by, it.at));
    let mut all: Vec<_> = wrote.chain(record.steps.iter().map(did)).collect();
    all.sort_by_key(|it| it.0);
    all.into_iter().rev().map(|it| (it.1, it.2)).collect()
}

/// What a step did, in a sentence.
pub(super) fn told(step: &Step) -> String {
    let with = |what: &str, because: &str| format!("{what}: {}", words::sentence(because));
    match step {
        Step::Attached(figure) => format!("Figure attached: {}", figure.name),
        Step::Detached { .. } => "Figure taken out".to_owned(),
        Step::Documented(it) => format!("Document named: {}", it.title),
        Step::Undocumented { .. } => "Document taken out".to_owned(),
        Step::Exempted { because } => with("Exempt from evidence", because),
        Step::Submitted => "Submitted".to_owned(),
        Step::TakenBack => "Taken back to be written again".to_owned(),
        Step::Approved { because } => with("Approved", because),
        Step::Refused { because } => with("Refused", because),
        Step::Withdrawn { because } => with("Withdrawn", because),
        Step::Signed { .. } => "Impact on quality signed".to_owned(),
        Step::Concern { words } => with("Concern", words),
        Step::Answer { words, .. } => with("Concern answered", words),
        Step::Action { .. } => "An action came of it".to_owned(),
    }
}
