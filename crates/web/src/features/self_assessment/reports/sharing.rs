//! Regular sharing of data on cost and quality, for the self-assessment report and the inspection pack:
//! how often, when last, and with whom.

use store::units::Branch;

use super::super::joint_working::audience_words;
use super::super::{day, every_words};
use super::Section;
use crate::shell::assessing::Gathered;
use crate::shell::words;

/// Sharing as it is recorded of these units; those of which none is recorded are left out.
pub(super) fn section<'a>(
    gathered: &Gathered,
    units: impl IntoIterator<Item = &'a Branch>,
) -> Section {
    let row = |unit: &Branch| {
        let said = &gathered.joint.get(unit.stored.unit.code.as_str())?.said;
        let last = said.last_shared_on.map_or_else(|| "Not yet".to_owned(), |it| day(&it));
        Some(vec![
            unit.stored.unit.name.clone(),
            every_words(said.shared_every?).to_owned(),
            last,
            words::capital(&audience_words(said.shared_with.as_ref())),
        ])
    };
    let rows: Vec<Vec<String>> = units.into_iter().filter_map(row).collect();
    let lead = if rows.is_empty() { "No regular sharing is recorded." } else { "" };
    Section {
        id: "sharing",
        name: "Regular sharing of cost and quality data",
        lead: Some(lead.to_owned()).filter(|it| !it.is_empty()).into_iter().collect(),
        columns: vec![("Of", false), ("How often", false), ("Last", true), ("With whom", false)],
        rows,
        ..Section::default()
    }
}
