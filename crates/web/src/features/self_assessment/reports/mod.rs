//! Reports to read, print and take as a file: each is sections of rows, of which the page and the file
//! are made alike, so that neither says more than the other.

pub(super) mod assessment;
pub(super) mod assurance;
pub(super) mod board;
mod came_of_it;
pub(super) mod inspection;
mod joint;
mod sharing;
mod together;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use axum::response::Response;
use engagement::Level;
use store::assessing::{Evidence, EvidenceState, Level as Stored};

use super::evidence::codes;
use super::list::level_of;
use super::{day, level_name};
use crate::shell::assessing::Gathered;
use crate::shell::download::Table;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::words;

/// A column of a section: its name, and whether a narrow screen goes without it.
type Column = (&'static str, bool);

/// A part of a report.
#[derive(Clone, Debug, Default)]
pub(super) struct Section {
    /// Names it in addresses of the page and in the file.
    id: &'static str,
    name: &'static str,
    /// What stands before its rows, or says that there are none.
    lead: Vec<String>,
    /// What its rows look like, drawn; blank for most.
    chart: String,
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
    /// Where there is more, and what the link says; blank for nowhere.
    more: (&'static str, &'static str),
    /// Whether it is for whoever looks alone: neither printed nor in the file.
    is_private: bool,
}

#[derive(askama::Template)]
#[template(path = "features/self_assessment/reports/report.html")]
pub(super) struct ReportPage {
    shell: Shell,
    kicker: String,
    lead: Vec<String>,
    sections: Vec<Section>,
    /// Where the file is.
    table: String,
    notes: Vec<String>,
}

impl ReportPage {
    /// The report as a file: each sentence and each row on a line of its own, under its section.
    fn file(&self, visit: &Visit, name: &str) -> Result<Response, Fault> {
        let mut rows: Vec<(String, Vec<String>)> = Vec::new();
        let said = std::iter::once(&self.kicker).chain(&self.lead).chain(&self.notes);
        let said = said.filter(|it| !it.is_empty());
        rows.extend(said.map(|it| ("report".to_owned(), vec![it.clone()])));
        for section in self.sections.iter().filter(|it| !it.is_private) {
            let of = |cells: Vec<String>| (section.id.to_owned(), cells);
            rows.extend(section.lead.iter().map(|it| of(vec![it.clone()])));
            if !section.rows.is_empty() {
                rows.push(of(section.columns.iter().map(|it| it.0.to_owned()).collect()));
            }
            rows.extend(section.rows.iter().map(|it| of(it.clone())));
        }
        Table::ragged("section", rows).file(visit, name)
    }
}

/// How a piece of evidence stands.
pub(super) fn evidence_state(gathered: &Gathered, it: &Evidence) -> String {
    let last = gathered.lives_until(it);
    // What was changed after it was accepted counts as it was before.
    if gathered.is_live(it) {
        return format!("Counts to {}", day(&last));
    }
    match it.state_at(gathered.at) {
        EvidenceState::Accepted => format!("Does not count: expired on {}", day(&last)),
        EvidenceState::Draft | EvidenceState::InReview => {
            "Does not count: nobody has accepted it".to_owned()
        }
        EvidenceState::Rejected => "Does not count: rejected".to_owned(),
    }
}

/// Evidence as an index: what it is of, what it is, when, where, and whether it counts.
fn evidence_index(
    gathered: &Gathered,
    names: &BTreeMap<String, String>,
    pieces: &[&Evidence],
) -> Section {
    let row = |it: &&Evidence| {
        let unit = gathered.unit(it.of.unit.as_str());
        vec![
            it.of.title.clone(),
            evidence_state(gathered, it),
            day(&it.of.happened_on),
            unit.map_or_else(|| it.of.unit.to_string(), |it| it.stored.unit.name.clone()),
            codes(it).join(" "),
            it.of.place.clone(),
            names.get(it.of.owner.as_str()).cloned().unwrap_or_default(),
        ]
    };
    let lead = if pieces.is_empty() { "There is no evidence." } else { "" };
    Section {
        id: "evidence",
        name: "Index of evidence",
        lead: Some(lead.to_owned()).filter(|it| !it.is_empty()).into_iter().collect(),
        columns: vec![
            ("What", false),
            ("Does it count?", false),
            ("When", false),
            ("Of", true),
            ("Steps", true),
            ("Where", true),
            ("Ask", true),
        ],
        rows: pieces.iter().map(row).collect(),
        ..Section::default()
    }
}

/// A level as it was signed: its number, who signed and when.
fn signed(level: &Stored, names: &BTreeMap<String, String>) -> String {
    let who: Vec<String> = level
        .answers
        .iter()
        .map(|it| {
            let name = names.get(it.by.as_str()).cloned().unwrap_or_default();
            format!("{name} for {}", super::side_words(it.side))
        })
        .collect();
    let at = level.confirmed_at().map_or_else(String::new, words::moment);
    format!("{}, signed by {}, {at}", level_name(level_of(level.of.level)), who.join(" and "))
}

impl Page for ReportPage {
    const TEMPLATE: &'static str = "features/self_assessment/reports/report.html";

    fn samples() -> Vec<Self> {
        let section = Section {
            id: "steps",
            name: "Steps",
            lead: vec!["One step counts.".to_owned()],
            more: ("/assessment/levels", "What the steps are"),
            is_private: true,
            chart: String::new(),
            columns: vec![("Step", false), ("How it stands", false), ("Evidence", true)],
            rows: vec![vec![
                "Service line review/management".to_owned(),
                "Counts".to_owned(),
                "1 piece".to_owned(),
            ]],
        };
        let bare = Section {
            id: "evidence",
            name: "Index of evidence",
            lead: vec!["There is no evidence.".to_owned()],
            ..Section::default()
        };
        let levels = [Some(Level::Two), Some(Level::Two), Some(Level::Three), None];
        let drawn = board::spread(&levels, 1);
        let page = |sections| Self {
            shell: Shell::sample("Self-assessment report"),
            kicker: "Trauma and orthopaedics, as recorded on 29 November 2026, 10:00".to_owned(),
            lead: vec!["Level\u{a0}3 is signed.".to_owned()],
            sections,
            table: "/assessment/TORT/report.csv".to_owned(),
            notes: vec!["Framework 2013.".to_owned()],
        };
        vec![page(vec![section, bare, drawn]), page(Vec::new())]
    }
}
