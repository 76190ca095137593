//! The self-assessment report of a unit: its level with signatures, the trace of the proposal, the
//! thresholds in force, every step, what both professions differed on, and the index of evidence.

use std::collections::{BTreeMap, BTreeSet};

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::words::Words;
use engagement::{Mode, Proposal};
use store::assessing::{Evidence, Side};
use store::units::Branch;

use super::super::history::Snapshot;
use super::super::recording::recorded;
use super::super::{day, is_trust, lower, proposal, proposed, seen, shell, side_words, told};
use super::{ReportPage, Section, evidence_index, sharing, signed, together};
use crate::App;
use crate::shell::assessing::{Gathered, Standing, gather};
use crate::shell::fault::Fault;
use crate::shell::page::Page as _;
use crate::shell::people::names;
use crate::shell::shares;
use crate::shell::visit::Visit;
use crate::shell::words;

/// What is said of the steps of a specialty that are those of the trust.
const ELSEWHERE: &str = "All steps are recorded for the organisation: see the report of the trust.";

pub(in super::super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    Ok(page(&app, &visit, &code).await?.respond())
}

/// The same as a file.
pub(in super::super) async fn take(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    page(&app, &visit, &code).await?.file(&visit, &format!("self-assessment-of-{code}"))
}

async fn page(app: &App, visit: &Visit, code: &str) -> Result<ReportPage, Fault> {
    let gathered = gather(app, visit.now).await?;
    let unit = seen(visit, &gathered, (Capability::ReadAssessments, code))?;
    let names = names(&mut *app.store().read().await?).await?;
    let proposal = proposal(&gathered, unit)?;
    let of = (&gathered, unit);
    let kicker = format!("{}, as recorded on {}", unit.stored.unit.name, words::moment(visit.now));
    let pieces: Vec<&Evidence> = gathered
        .evidence
        .iter()
        .filter(|it| is_trust(&gathered, unit) || it.of.unit.as_str() == code)
        .collect();
    let framework = &gathered.framework;
    Ok(ReportPage {
        shell: shell(visit, unit, "Self-assessment report"),
        kicker,
        lead: lead(of, &proposal, &names),
        sections: vec![
            level(of, &proposal, &names),
            trace(visit, of, &proposal),
            together::section(of),
            steps(of),
            differences(of, &names),
            shared(of),
            evidence_index(&gathered, &names, &pieces),
            Section {
                id: "thresholds",
                name: "Thresholds in force",
                lead: proposal.thresholds.in_words(),
                ..Section::default()
            },
        ],
        table: format!("/assessment/{code}/report.csv"),
        notes: vec![
            format!("Framework {}, its text {}.", framework.id(), proposal.framework_hash),
            framework.provenance().attribution.clone(),
        ],
    })
}

fn lead(
    (gathered, unit): (&Gathered, &Branch),
    proposal: &Proposal,
    names: &BTreeMap<String, String>,
) -> Vec<String> {
    let level = gathered.confirmed(unit.stored.unit.code.as_str());
    let signed = level.map_or_else(|| "No level is signed".to_owned(), |it| signed(it, names));
    vec![format!("{signed}."), format!("{}.", proposed(proposal))]
}

fn level(
    (gathered, unit): (&Gathered, &Branch),
    proposal: &Proposal,
    names: &BTreeMap<String, String>,
) -> Section {
    let told = told(gathered, unit, proposal);
    let mut lead = told.why;
    lead.extend(told.lifts);
    let all = gathered.levels.get(unit.stored.unit.code.as_str()).into_iter().flatten();
    let rows = all.filter(|it| it.confirmed_at().is_some()).map(|it| {
        let why = if it.of.because.is_empty() { "As it was proposed" } else { &it.of.because };
        vec![signed(it, names), why.to_owned(), it.of.culture.clone(), day(&it.of.reassess_by)]
    });
    Section {
        id: "level",
        name: "Why it is no other level, and levels signed before",
        lead,
        columns: vec![
            ("Signed", false),
            ("Why this level", false),
            ("Day to day", true),
            ("Assess again by", true),
        ],
        rows: rows.collect(),
        ..Section::default()
    }
}

/// Every count with what is needed; of the trust, every specialty.
fn trace(visit: &Visit, (gathered, unit): (&Gathered, &Branch), proposal: &Proposal) -> Section {
    let said = Words::new(&gathered.framework, proposal);
    let mut lead = vec![recorded(gathered.mode).to_owned()];
    match (proposal.mode, proposal.units.first()) {
        (Mode::Organisation, _) => lead.extend(said.counts().into_iter().chain(said.units())),
        (Mode::ByUnit, Some(of)) if !is_trust(gathered, unit) => {
            lead.extend(of.tests.iter().map(|it| said.count(it)));
        }
        (Mode::ByUnit, _) => lead.extend(said.units()),
    }
    lead.extend(shares::exemption(visit, gathered, proposal));
    lead.extend(said.warnings());
    lead.extend(said.unanswered());
    lead.extend(said.not_used());
    Section { id: "trace", name: "How the level came about", lead, ..Section::default() }
}

fn steps((gathered, unit): (&Gathered, &Branch)) -> Section {
    let code = unit.stored.unit.code.as_str();
    let snapshot = Snapshot::of(gathered, unit);
    let row = |step: &&engagement::framework::Step| {
        let evidence = gathered.evidence_for(code, step.id.as_str());
        let live = evidence.iter().filter(|it| gathered.is_live(it)).count();
        let note = if step.neutral { "Shown, never counted" } else { "" };
        vec![
            step.label.clone(),
            snapshot.stand(unit, step).words,
            step.id.to_string(),
            words::count(live as u64, "piece counts", "pieces count"),
            note.to_owned(),
        ]
    };
    let elsewhere = gathered.rates_no_steps(unit).then(|| ELSEWHERE.to_owned());
    Section {
        id: "steps",
        name: "Steps",
        lead: elsewhere.into_iter().collect(),
        columns: vec![
            ("Step", false),
            ("How it stands", false),
            ("Code", true),
            ("Evidence", true),
            ("Note", true),
        ],
        rows: gathered.steps_of(unit).iter().map(row).collect(),
        ..Section::default()
    }
}

/// Sharing of the unit; of the trust, of every specialty.
fn shared((gathered, unit): (&Gathered, &Branch)) -> Section {
    if is_trust(gathered, unit) {
        return sharing::section(gathered, gathered.specialties());
    }
    sharing::section(gathered, [unit])
}

/// Steps on which the professions said different things, and what they agreed. Before both are done
/// there is nothing to read: neither should learn what the other said.
fn differences(
    (gathered, unit): (&Gathered, &Branch),
    names: &BTreeMap<String, String>,
) -> Section {
    let code = unit.stored.unit.code.as_str();
    let is_open = gathered.is_open_to_both(unit);
    let said = |step: &str, side: Side| {
        let all = gathered.said(code, step);
        let of = all.into_iter().filter(|it| it.said.side == side);
        let said: BTreeSet<String> = of.map(|it| lower(it.said.rating)).collect();
        said.into_iter().collect::<Vec<_>>().join("; ")
    };
    let row = |step: &engagement::framework::Step| {
        let id = step.id.as_str();
        let ratings: Vec<_> = gathered.said(code, id).iter().map(|it| it.said.rating).collect();
        let differ = ratings.windows(2).any(|it| it[0] != it[1]);
        let agreed = gathered.settled(code, id).map(|it| {
            let name = names.get(it.by.as_str()).cloned().unwrap_or_default();
            let because = words::sentence(&it.because);
            format!("{}, recorded by {name}. {because}", words::capital(&lower(it.rating)))
        });
        let outside = gathered.moderated_as(code, id);
        let agreed = agreed.unwrap_or_else(|| match gathered.standing(code, id) {
            Standing::Same(rating) => format!("Both say: {}", lower(rating)),
            _ => "Not settled: it counts for nothing".to_owned(),
        });
        (differ || gathered.settled(code, id).is_some() || outside.is_some()).then(|| {
            vec![
                step.label.clone(),
                agreed,
                said(id, Side::Clinical),
                said(id, Side::Finance),
                outside.map_or_else(String::new, |it| words::capital(&lower(it.rating))),
            ]
        })
    };
    let steps = gathered.steps_of(unit).into_iter().filter(|_| is_open);
    let rows: Vec<Vec<String>> = steps.filter_map(row).collect();
    let differed = rows.iter().filter(|it| it[2] != it[3]).count();
    let lead = match (is_open, differed) {
        _ if gathered.rates_no_steps(unit) => ELSEWHERE.to_owned(),
        (false, _) => {
            let both: Vec<&str> = Side::ALL.iter().map(|it| side_words(*it)).collect();
            format!("Not told before {} have both gone through all steps.", words::listed(&both))
        }
        (true, 0) => "They said the same of every step.".to_owned(),
        (true, more) => format!("They differed on {}.", words::count(more as u64, "step", "steps")),
    };
    Section {
        id: "differences",
        name: "Where clinicians and finance differed, or somebody from outside rated",
        lead: vec![lead],
        columns: vec![
            ("Step", false),
            ("What is agreed", false),
            ("Clinicians said", true),
            ("Finance said", true),
            ("From outside", true),
        ],
        rows,
        ..Section::default()
    }
}
