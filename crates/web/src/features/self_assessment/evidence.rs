//! The evidence of a unit: what counts, what does not and why, and how a piece is added.

use std::collections::BTreeSet;

use access::Capability;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::Day;
use serde::Deserialize;
use store::EvidenceId;
use store::assessing::{self, Evidence, EvidenceState, NewEvidence};
use store::units::Branch;

use super::{WORDS, day, may, seen, shell};
use crate::App;
use crate::shell::assessing::{Gathered, gather, own_side};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::people::names;
use crate::shell::session::today;
use crate::shell::visit::Visit;

/// Days before a piece expires from which on the page says so.
const SOON: i32 = 30; // number: a month's warning; our own choice

#[derive(askama::Template)]
#[template(path = "features/self_assessment/evidence.html")]
pub(super) struct EvidencePage {
    shell: Shell,
    kicker: String,
    pieces: Vec<Piece>,
    /// Whether whoever looks may add evidence.
    adds: bool,
    steps: Vec<(String, String, bool)>,
    kinds: Vec<(String, String)>,
    typed: Typed,
    wrong: Wrong,
}

/// A piece of evidence.
#[derive(Clone, Debug, Default)]
struct Piece {
    title: String,
    place: String,
    state: String,
    is_warning: bool,
    about: String,
    steps: String,
    because: String,
    /// Where it is accepted or rejected; blank for those who do not.
    review: String,
    seen: i64,
}

/// A piece as typed.
#[derive(Clone, Debug, Default)]
struct Typed {
    kind: String,
    title: String,
    place: String,
    happened_on: String,
    expires_on: String,
}

/// For which step a page is opened.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Asked {
    step: String,
}

/// What is made of a piece, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Review {
    state: String,
    because: String,
    seen: i64,
}

/// Kinds of evidence: code and name.
const KINDS: [(&str, &str); 8] = [
    ("minutes", "Minutes or notes of a meeting"),
    ("plan", "A plan"),
    ("report", "A report or a pack"),
    ("costing", "A published costing"),
    ("training", "A record of training or shadowing"),
    ("survey", "A survey or feedback"),
    ("outcome", "A benefit or an outcome"),
    ("other", "Something else"),
];

pub(super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let unit = seen(&visit, &gathered, (Capability::ReadAssessments, &code))?;
    let chosen = [asked.step].into();
    let form = (Typed::default(), Wrong::default());
    Ok(page(&visit, (&gathered, unit), &chosen, form).await?.respond())
}

pub(super) async fn add(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let unit = seen(&visit, &gathered, (Capability::Assess, &code))?;
    let field = |name: &str| visit.fields.get(name).trim().to_owned();
    let typed = Typed {
        kind: field("kind"),
        title: field("title"),
        place: field("place"),
        happened_on: field("happened_on"),
        expires_on: field("expires_on"),
    };
    let chosen: BTreeSet<String> =
        visit.fields.all("steps").into_iter().map(str::to_owned).collect();
    let known: BTreeSet<String> =
        gathered.all_steps_of(unit).into_iter().map(|it| it.id.to_string()).collect();
    let mut wrong = Wrong::default();
    wrong.unless(KINDS.iter().any(|it| it.0 == typed.kind), "kind", "Choose what it is");
    WORDS.check(&mut wrong, "title", &typed.title, "Give it a title");
    WORDS.check(&mut wrong, "place", &typed.place, "Say where it is: an address or a folder");
    let today = today(visit.now);
    let happened = past(&mut wrong, &typed.happened_on, today);
    let expires = (!typed.expires_on.is_empty()).then(|| typed.expires_on.parse::<Day>().ok());
    wrong.unless(expires != Some(None), "expires_on", "Write the day as 2027-03-31");
    let is_ahead = expires.flatten().zip(happened).is_none_or(|(last, first)| first <= last);
    wrong.unless(is_ahead, "expires_on", "The last day is before it took place");
    let fits = !chosen.is_empty() && chosen.iter().all(|it| known.contains(it));
    wrong.unless(fits, "steps", "Choose the steps that it bears");
    let Some(happened_on) = happened.filter(|_| wrong.is_empty()) else {
        return Ok(page(&visit, (&gathered, unit), &chosen, (typed, wrong)).await?.respond());
    };
    let new = NewEvidence {
        unit: unit.stored.unit.code.clone(),
        kind: typed.kind,
        title: typed.title,
        place: typed.place,
        happened_on,
        expires_on: expires.flatten(),
        owner: visit.person()?.id.clone(),
        steps: chosen,
    };
    let entry = visit.entry_in(visit.scope(Capability::Assess)?, "evidence.add", "");
    let leads_to = format!("/assessment/{code}/evidence");
    let said = "It is added. It counts once a lead has accepted it.";
    let done = visit.change(&leads_to, said, move |tx| {
        Box::pin(async move {
            assessing::add(tx, &new, &entry).await?;
            Ok(())
        })
    });
    done.await
}

fn past(wrong: &mut Wrong, text: &str, today: Day) -> Option<Day> {
    let day = text.parse::<Day>().ok();
    match day {
        None => wrong.add("happened_on", "Write the day as 2026-03-31"),
        Some(day) if day > today => wrong.add("happened_on", "This day is still to come"),
        Some(_) => {}
    }
    day
}

pub(super) async fn review(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    seen(&visit, &gathered, (Capability::SignLevels, &code))?;
    let of_unit = |it: &&Evidence| it.of.unit.as_str() == code && it.id.as_str() == id;
    let found = gathered.evidence.iter().find(of_unit).ok_or(Fault::NotFound)?;
    let me = visit.person()?.id.clone();
    if me == found.added_by || me == found.of.owner {
        return Err(Fault::Refused(
            "Somebody else than who added it says whether it counts: ask another lead.".to_owned(),
        ));
    }
    own_side(&visit).await?.ok_or(Fault::NotFound)?;
    let typed: Review = visit.fields.read()?;
    let state = typed.state.parse::<EvidenceState>();
    let state = state.map_err(|_| Fault::Refused("Choose to accept or reject it.".to_owned()))?;
    if state == EvidenceState::Accepted && !typed.because.trim().is_empty() {
        return Err(Fault::Refused(
            "You wrote why it should be rejected: reject it, or accept it without that.".to_owned(),
        ));
    }
    if !typed.because.trim().is_empty() {
        let mut wrong = Wrong::default();
        WORDS.check(&mut wrong, "because", &typed.because, "");
        if let Some((_, text)) = wrong.all().first() {
            return Err(Fault::Refused(format!("{text}.")));
        }
    }
    let (id, entry): (EvidenceId, _) = (
        found.id.clone(),
        visit.entry_in(visit.scope(Capability::SignLevels)?, "evidence.review", ""),
    );
    let leads_to = format!("/assessment/{code}/evidence");
    let done = visit.change(&leads_to, "Your decision is kept.", move |tx| {
        Box::pin(async move {
            let because = typed.because.trim();
            assessing::review(tx, &id, (state, because), typed.seen, &entry).await
        })
    });
    done.await
}

async fn page(
    visit: &Visit,
    (gathered, unit): (&Gathered, &Branch),
    chosen: &BTreeSet<String>,
    (typed, wrong): (Typed, Wrong),
) -> Result<EvidencePage, Fault> {
    let code = unit.stored.unit.code.as_str();
    let names = names(&mut *visit.app.store().read().await?).await?;
    let me = visit.person()?.id.clone();
    let signs = may(visit, Capability::SignLevels, code) && own_side(visit).await?.is_some();
    let of_unit = gathered.evidence.iter().filter(|it| it.of.unit.as_str() == code);
    let pieces = of_unit.map(|it| {
        let owner = names.get(it.of.owner.as_str()).cloned().unwrap_or_default();
        Piece {
            review: if signs && me != it.added_by && me != it.of.owner {
                format!("/assessment/{code}/evidence/{}", it.id)
            } else {
                String::new()
            },
            ..piece(gathered, it, &owner, today(visit.now))
        }
    });
    let steps = gathered
        .all_steps_of(unit)
        .into_iter()
        .map(|it| (it.id.to_string(), it.label.clone(), chosen.contains(it.id.as_str())));
    Ok(EvidencePage {
        shell: shell(visit, unit, "Evidence").with_errors(&wrong),
        kicker: unit.stored.unit.name.clone(),
        pieces: pieces.collect(),
        adds: may(visit, Capability::Assess, code),
        steps: steps.collect(),
        kinds: KINDS.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect(),
        typed,
        wrong,
    })
}

fn piece(gathered: &Gathered, it: &Evidence, owner: &str, today: Day) -> Piece {
    let last = gathered.lives_until(it);
    let is_soon = last.to_string().parse::<Day>().is_ok_and(|it| it <= today.plus(SOON));
    let is_live = gathered.is_live(it);
    let state = match it.state_at(gathered.at) {
        EvidenceState::Accepted if is_live && is_soon => {
            format!("Counts to {} only", day(&last))
        }
        EvidenceState::Accepted if is_live => format!("Counts to {}", day(&last)),
        EvidenceState::Accepted => format!("Expired on {}", day(&last)),
        EvidenceState::InReview => "Not counted: nobody has accepted it".to_owned(),
        EvidenceState::Rejected => "Rejected".to_owned(),
    };
    let kind = KINDS.iter().find(|kind| kind.0 == it.of.kind).map_or("", |it| it.1);
    let labels = gathered.framework.steps().iter().map(|it| (it.id.as_str(), it.label.as_str()));
    let own = gathered.local_steps.iter().map(|it| (it.id.as_str(), it.of.label.as_str()));
    let labels = labels.chain(own).filter(|step| it.of.steps.contains(step.0));
    Piece {
        title: it.of.title.clone(),
        place: it.of.place.clone(),
        is_warning: !is_live || is_soon,
        state,
        about: format!("{kind}, {}. Ask {owner}", day(&it.of.happened_on)),
        steps: labels.map(|it| it.1).collect::<Vec<_>>().join("; "),
        because: it.reviews.last().map(|it| it.because.clone()).unwrap_or_default(),
        review: String::new(),
        seen: it.version(),
    }
}

impl Page for EvidencePage {
    const TEMPLATE: &'static str = "features/self_assessment/evidence.html";

    fn samples() -> Vec<Self> {
        let piece = Piece {
            title: "Service line review of May".to_owned(),
            place: "Shared drive, reviews".to_owned(),
            state: "Counts to 1 May 2027".to_owned(),
            about: "Minutes or notes of a meeting, 1 May 2026. Ask Amara Okafor".to_owned(),
            steps: "Service line review/management".to_owned(),
            review: "/assessment/TORT/evidence/1".to_owned(),
            ..Piece::default()
        };
        let page = |pieces: Vec<Piece>, adds: bool, wrong: Wrong| Self {
            shell: Shell::sample("Evidence").with_errors(&wrong),
            kicker: "Trauma and orthopaedics".to_owned(),
            pieces,
            adds,
            steps: vec![("P2".to_owned(), "Service line review/management".to_owned(), true)],
            kinds: KINDS.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect(),
            typed: Typed::default(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("title", "Give it a title");
        wrong.add("steps", "Choose the steps that it bears");
        vec![
            page(vec![piece], true, Wrong::default()),
            page(Vec::new(), false, Wrong::default()),
            page(Vec::new(), true, wrong),
        ]
    }
}
