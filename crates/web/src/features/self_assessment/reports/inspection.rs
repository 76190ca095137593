//! What an inspector asks for: the levels that are signed, the evidence for each recommendation of the
//! Francis report that the guide prints, where there is none, joint actions and verified outcomes,
//! and the index of evidence.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::State;
use axum::response::Response;
use engagement::framework::StepId;
use engagement::library::{Library, Recommendation};
use store::assessing::Evidence;
use store::units::Branch;

use super::super::recording::recorded;
use super::super::{organisation, proposal, proposed, seen};
use super::{ReportPage, Section, evidence_index, joint, sharing, signed};
use crate::App;
use crate::shell::assessing::{Gathered, gather};
use crate::shell::fault::Fault;
use crate::shell::page::Page as _;
use crate::shell::people::names;
use crate::shell::visit::Visit;
use crate::shell::words;

pub(in super::super) async fn show(
    State(app): State<App>,
    visit: Visit,
) -> Result<Response, Fault> {
    Ok(page(&app, &visit).await?.respond())
}

/// The same as a file.
pub(in super::super) async fn take(
    State(app): State<App>,
    visit: Visit,
) -> Result<Response, Fault> {
    page(&app, &visit).await?.file(&visit, "inspection-pack")
}

async fn page(app: &App, visit: &Visit) -> Result<ReportPage, Fault> {
    let gathered = gather(app, visit.now).await?;
    let code = gathered.trust().ok_or(Fault::NotFound)?.stored.unit.code.to_string();
    let trust = seen(visit, &gathered, (Capability::ReadAssessments, &code))?;
    let mut db = app.store().read().await?;
    let names = names(&mut db).await?;
    let stated = store::assessing::organisation::latest(&mut db).await?;
    drop(db);
    let library = Library::own();
    let told = recommendations(&gathered, &library);
    let pieces: Vec<&Evidence> = gathered.evidence.iter().collect();
    let [actions, outcomes] = joint::sections(app, visit).await?;
    Ok(ReportPage {
        shell: visit.shell("Inspection pack").below("Working together", "/assessment"),
        kicker: format!("{}, as recorded on {}", trust.stored.unit.name, words::moment(visit.now)),
        lead: [gaps(&gathered, &library)]
            .into_iter()
            .chain(stated.as_ref().map(organisation::told))
            .collect(),
        sections: vec![
            levels(&gathered, trust, &names)?,
            told,
            actions,
            outcomes,
            sharing::section(&gathered, gathered.specialties()),
            evidence_index(&gathered, &names, &pieces),
        ],
        table: "/assessment/inspection.csv".to_owned(),
        notes: vec![
            "The evidence of a step speaks to a recommendation by our mapping. No cost of a clinician or a patient is in this pack.".to_owned(),
            format!("{}. {}.", library.source, library.licence),
        ],
    })
}

/// Whether a step has evidence that counts anywhere in the trust.
fn has_evidence(gathered: &Gathered, step: &StepId) -> bool {
    let mut all = gathered.evidence.iter();
    all.any(|it| it.of.steps.contains(step.as_str()) && gathered.is_live(it))
}

fn gaps(gathered: &Gathered, library: &Library) -> String {
    let without = library.recommendations_without(|it| has_evidence(gathered, it));
    let all = library.recommendations.len() as u64;
    let numbers: Vec<String> = without.iter().map(|it| it.number.to_string()).collect();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    match numbers.as_slice() {
        [] => format!(
            "All {} of the Francis report that the guide prints have evidence that counts.",
            words::count(all, "recommendation", "recommendations")
        ),
        [one] => format!("Recommendation {one} has no evidence that counts: a gap."),
        more => format!(
            "Recommendations {} have no evidence that counts: {}.",
            words::listed(more),
            words::count(more.len() as u64, "gap", "gaps")
        ),
    }
}

fn recommendations(gathered: &Gathered, library: &Library) -> Section {
    let row = |it: &Recommendation| {
        let bears = |piece: &&Evidence| {
            let steps = it.steps.iter();
            steps.map(StepId::as_str).any(|step| piece.of.steps.contains(step))
        };
        let pieces: Vec<&Evidence> =
            gathered.evidence.iter().filter(bears).filter(|it| gathered.is_live(it)).collect();
        let told: Vec<String> = pieces.iter().map(|it| title(gathered, it)).collect();
        let steps: Vec<&str> = it.steps.iter().map(StepId::as_str).collect();
        vec![
            format!("{}: {}", it.number, it.in_short),
            if told.is_empty() { "A gap: nothing counts".to_owned() } else { told.join("; ") },
            steps.join(" "),
            it.accountable.clone(),
        ]
    };
    Section {
        id: "recommendations",
        name: "Recommendations of the Francis report",
        lead: Vec::new(),
        columns: vec![
            ("Recommendation", false),
            ("Evidence that counts", false),
            ("Steps", true),
            ("Accountable", true),
        ],
        rows: library.recommendations.iter().map(row).collect(),
        ..Section::default()
    }
}

fn title(gathered: &Gathered, it: &Evidence) -> String {
    let unit = gathered.unit(it.of.unit.as_str());
    let unit = unit.map_or_else(|| it.of.unit.to_string(), |it| it.stored.unit.name.clone());
    format!("{} ({unit})", it.of.title)
}

fn levels(
    gathered: &Gathered,
    trust: &Branch,
    names: &BTreeMap<String, String>,
) -> Result<Section, Fault> {
    let mut rows = Vec::new();
    for unit in std::iter::once(trust).chain(gathered.specialties()) {
        let level = gathered.confirmed(unit.stored.unit.code.as_str());
        rows.push(vec![
            unit.stored.unit.name.clone(),
            level.map_or_else(|| "No level is signed".to_owned(), |it| signed(it, names)),
            proposed(&proposal(gathered, unit)?),
        ]);
    }
    Ok(Section {
        id: "levels",
        name: "Levels",
        lead: vec![recorded(gathered.mode).to_owned()],
        columns: vec![("Of", false), ("Signed", false), ("Today", true)],
        rows,
        ..Section::default()
    })
}
