//! How far people work together, for the self-assessment report: what called for it where that is ad
//! hoc, and whether managers are supported in using financial data, with what shows it.

use store::assessing::Support;
use store::units::Branch;

use super::super::is_trust;
use super::super::joint_working::{called_for, shows_support, status_words, support_words};
use super::Section;
use crate::shell::assessing::Gathered;
use crate::shell::words;

/// A unit; of the trust, its own answer and every specialty.
pub(super) fn section((gathered, unit): (&Gathered, &Branch)) -> Section {
    let mut units = vec![unit];
    if is_trust(gathered, unit) {
        units.extend(gathered.specialties());
    }
    Section {
        id: "together",
        name: "How far people work together, and support in using financial data",
        columns: vec![
            ("Of", false),
            ("Joint working", false),
            ("Managers supported", false),
            ("What called for it", true),
            ("What shows support", true),
        ],
        rows: units.into_iter().map(|it| row(gathered, it)).collect(),
        ..Section::default()
    }
}

fn row(gathered: &Gathered, unit: &Branch) -> Vec<String> {
    let code = unit.stored.unit.code.as_str();
    let recorded = gathered.joint.get(code);
    let status = match recorded {
        _ if is_trust(gathered, unit) => "Told by specialty",
        Some(it) => status_words(it.said.status),
        None => "Nobody has said",
    };
    let support = recorded.map(|it| it.said.supports_managers);
    let titles: Vec<&str> =
        shows_support(gathered, code).into_iter().map(|it| it.of.title.as_str()).collect();
    let shown = match (support, titles.is_empty()) {
        (_, false) => titles.join("; "),
        (Some(Support::Yes | Support::No), true) => "Nothing that counts".to_owned(),
        (Some(Support::Unanswered) | None, true) => String::new(),
    };
    vec![
        unit.stored.unit.name.clone(),
        status.to_owned(),
        support.map_or("Nobody has said", support_words).to_owned(),
        recorded.map_or_else(String::new, |it| words::capital(&called_for(&it.said))),
        shown,
    ]
}
