//! What the two directors speak of with each other and decide; each entry can be evidence for the
//! step on the board.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::Day;
use serde::Deserialize;
use store::assessing::dialogue::{self, Dialogue, NewDialogue};
use store::assessing::sponsors;
use store::assessing::{EvidenceState, NewEvidence};

use super::{AS_DAY, past_if};
use crate::App;
use crate::shell::assessed::{WORDS, day, led, may};
use crate::shell::assessing::{Gathered, gather};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::people::names;
use crate::shell::session::today;
use crate::shell::spread::leads;
use crate::shell::visit::Visit;
use crate::shell::words;

/// The step on which the two directors' dialogue bears.
const STEP: &str = "C1";

/// What such evidence is: notes of a meeting.
const KIND: &str = "minutes";

/// Where the entries are.
const HERE: &str = "/assessment/dialogue";

#[derive(askama::Template)]
#[template(path = "features/spread/dialogue.html")]
pub(super) struct DialoguePage {
    shell: Shell,
    lead: String,
    pair: Vec<String>,
    entries: Vec<Entry>,
    /// Whether whoever looks may add entries.
    adds: bool,
    typed: Typed,
    wrong: Wrong,
}

/// One dialogue.
#[derive(Clone, Debug, Default)]
struct Entry {
    day: String,
    topics: String,
    decisions: String,
    by: String,
    /// How far it is evidence.
    evidence: String,
    /// Where it is taken as evidence; blank where it is not, or not by this person.
    take: String,
}

/// A dialogue as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    happened_on: String,
    topics: String,
    decisions: String,
}

/// Whoever reads the trust's own assessment reads these.
fn reads(visit: &Visit, gathered: &Gathered) -> Result<(), Fault> {
    let trust = gathered.trust().ok_or(Fault::NotFound)?.stored.unit.code.as_str();
    if may(visit, Capability::ReadAssessments, trust) { Ok(()) } else { Err(Fault::NotFound) }
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    reads(&visit, &gathered)?;
    Ok(page(&visit, &gathered, (Typed::default(), Wrong::default())).await?.respond())
}

pub(super) async fn add(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    led(&visit, &gathered)?;
    let typed: Typed = visit.fields.read()?;
    let (new, wrong) = read(&typed, today(visit.now));
    let Some(new) = new.filter(|_| wrong.is_empty()) else {
        return Ok(page(&visit, &gathered, (typed, wrong)).await?.respond());
    };
    let entry = visit.entry_in(visit.scope(Capability::SignLevels)?, "assessment.dialogue", "");
    let done = visit.change(HERE, "The dialogue is kept.", move |tx| {
        Box::pin(async move {
            dialogue::add(tx, &new, &entry).await?;
            Ok(())
        })
    });
    done.await
}

fn read(typed: &Typed, today: Day) -> (Option<NewDialogue>, Wrong) {
    let mut wrong = Wrong::default();
    let happened_on = past_if(&mut wrong, "happened_on", &typed.happened_on, today);
    wrong.unless(!typed.happened_on.trim().is_empty(), "happened_on", AS_DAY);
    WORDS.check(&mut wrong, "topics", &typed.topics, "Say what you spoke of");
    if !typed.decisions.trim().is_empty() {
        WORDS.check(&mut wrong, "decisions", &typed.decisions, "");
    }
    let new = happened_on.map(|happened_on| NewDialogue {
        happened_on,
        topics: typed.topics.trim().to_owned(),
        decisions: typed.decisions.trim().to_owned(),
    });
    (new, wrong)
}

/// Takes an entry as evidence of the trust, which somebody else accepts.
pub(super) async fn take(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let trust = led(&visit, &gathered)?.clone();
    let all = dialogue::list(&mut *app.store().read().await?, visit.now).await?;
    let found = all.into_iter().find(|it| it.id.as_str() == id).ok_or(Fault::NotFound)?;
    let new = NewEvidence {
        unit: trust,
        kind: KIND.to_owned(),
        title: format!("Dialogue of the directors, {}", day(&found.of.happened_on)),
        place: HERE.to_owned(),
        happened_on: found.of.happened_on,
        expires_on: None,
        owner: visit.person()?.id.clone(),
        steps: [STEP.to_owned()].into(),
    };
    let entry = visit.entry_in(visit.scope(Capability::SignLevels)?, "evidence.add", "");
    let said = "It is evidence now. It counts once another lead has accepted it.";
    let done = visit.change(HERE, said, move |tx| {
        Box::pin(async move {
            dialogue::take(tx, &found.id, &new, &entry).await?;
            Ok(())
        })
    });
    done.await
}

async fn page(
    visit: &Visit,
    gathered: &Gathered,
    (typed, wrong): (Typed, Wrong),
) -> Result<DialoguePage, Fault> {
    let adds = led(visit, gathered).is_ok();
    let mut db = visit.app.store().read().await?;
    let names = names(&mut db).await?;
    let all = dialogue::list(&mut db, visit.now).await?;
    let pair = sponsors::latest(&mut db, visit.now).await?;
    drop(db);
    let entries = all.iter().map(|it| entry(gathered, it, &names, adds));
    Ok(DialoguePage {
        shell: visit
            .shell("Dialogue of the medical and the finance director")
            .below("Working together", "/assessment")
            .with_errors(&wrong),
        lead: lead(&all),
        pair: leads(gathered, pair.as_ref(), &names),
        entries: entries.collect(),
        adds,
        typed,
        wrong,
    })
}

fn lead(all: &[Dialogue]) -> String {
    match all.first() {
        None => "Nothing is recorded yet.".to_owned(),
        Some(last) => format!(
            "{}, the last on {}.",
            words::count(all.len() as u64, "dialogue", "dialogues"),
            day(&last.of.happened_on)
        ),
    }
}

fn entry(
    gathered: &Gathered,
    it: &Dialogue,
    names: &BTreeMap<String, String>,
    adds: bool,
) -> Entry {
    let evidence = it.evidence.as_ref();
    let piece = evidence.and_then(|id| gathered.evidence.iter().find(|it| it.id == *id));
    let state = piece.map(|it| match it.state_at(gathered.at) {
        EvidenceState::Draft | EvidenceState::InReview => "Evidence, not accepted yet",
        EvidenceState::Accepted if gathered.is_live(it) => "Evidence that counts",
        EvidenceState::Accepted => "Evidence that has expired",
        EvidenceState::Rejected => "Rejected as evidence",
    });
    Entry {
        day: day(&it.of.happened_on),
        topics: it.of.topics.clone(),
        decisions: it.of.decisions.clone(),
        by: names.get(it.by.as_str()).cloned().unwrap_or_default(),
        evidence: state.unwrap_or_default().to_owned(),
        take: if adds && evidence.is_none() { format!("{HERE}/{}", it.id) } else { String::new() },
    }
}

impl Page for DialoguePage {
    const TEMPLATE: &'static str = "features/spread/dialogue.html";

    fn samples() -> Vec<Self> {
        let entry = |evidence: &str, take: &str| Entry {
            day: "4 May 2026".to_owned(),
            topics: "Agency nurses on the wards for elderly patients".to_owned(),
            decisions: "Both look at the rosters in June".to_owned(),
            by: "Helen Marsh".to_owned(),
            evidence: evidence.to_owned(),
            take: take.to_owned(),
        };
        let page = |entries: Vec<Entry>, adds: bool, wrong: Wrong| Self {
            shell: Shell::sample("Dialogue of the medical and the finance director")
                .with_errors(&wrong),
            lead: "2 dialogues, the last on 4 May 2026.".to_owned(),
            pair: vec![
                "Helen Marsh and Ravi Sethi.".to_owned(),
                "A clinical and a cost champion are named in 2 of 24 specialties, 8%.".to_owned(),
            ],
            entries,
            adds,
            typed: Typed::default(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("topics", "Say what you spoke of");
        let both = vec![entry("Evidence that counts", ""), entry("", "/assessment/dialogue/1")];
        vec![
            page(both, true, Wrong::default()),
            page(Vec::new(), false, Wrong::default()),
            page(Vec::new(), true, wrong),
        ]
    }
}
