//! The evidence of a unit: what counts, what does not and why, what the system proposes, and how a
//! piece is added.

pub(super) mod files;
mod form;
pub(super) mod piece;
pub(super) mod proposals;
pub(super) mod register;

use std::collections::BTreeSet;

use access::Capability;
use axum::extract::{Path, Query, Request, State};
use axum::response::Response;
use serde::Deserialize;
use store::EvidenceId;
use store::assessing::{self, Brought, Evidence, EvidenceState, NewEvidence, SUPPORT};
use store::units::Branch;

use self::form::Typed;
use self::proposals::Shown;
use super::{WORDS, day, may, seen, shell};
use crate::App;
use crate::shell::assessing::{Gathered, gather, own_side};
use crate::shell::evidence::files::{self as kept, Received};
use crate::shell::evidence::{self, SETTINGS, Standing, last_day};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::people::names;
use crate::shell::session::today;
use crate::shell::visit::Visit;
use crate::shell::words;

/// What a piece can bear beside steps: an answer on support.
const SUPPORT_ASKED: &str =
    "Whether clinicians and managers are supported in using financial data (no step)";

/// The same in a word, where steps stand by their codes.
const SUPPORT_WORD: &str = "Support (no step)";

/// What a piece bears: codes of steps, and support by its word.
pub(super) fn codes(it: &Evidence) -> Vec<&str> {
    let steps = it.of.steps.iter().map(String::as_str);
    steps.map(|it| if it == SUPPORT { SUPPORT_WORD } else { it }).collect()
}

/// The word of the button that keeps a piece as a draft.
const DRAFT: &str = "draft";

#[derive(askama::Template)]
#[template(path = "features/self_assessment/evidence/evidence.html")]
pub(super) struct EvidencePage {
    shell: Shell,
    kicker: String,
    proposed: Vec<Shown>,
    /// Where what is proposed is decided on; blank for those who do not.
    decides: String,
    pieces: Vec<Piece>,
    /// Whether whoever looks may add evidence.
    adds: bool,
    /// Where it is added.
    add: String,
    steps: Vec<(String, String, bool)>,
    kinds: Vec<(String, String)>,
    limits: String,
    typed: Typed,
    wrong: Wrong,
}

/// A piece of evidence.
#[derive(Clone, Debug, Default)]
pub(super) struct Piece {
    title: String,
    /// Its own page.
    address: String,
    place: String,
    /// The same, where it can be followed.
    link: String,
    file: String,
    state: String,
    is_warning: bool,
    about: String,
    steps: String,
    because: String,
    /// Where it is accepted or rejected; blank for those who do not.
    review: String,
    seen: i64,
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
    mut visit: Visit,
    request: Request,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let unit = seen(&visit, &gathered, (Capability::Assess, &code))?;
    let received = kept::receive(&mut visit, request).await?;
    let (typed, mut wrong) = Typed::read(&visit, &received);
    let chosen: BTreeSet<String> =
        visit.fields.all("steps").into_iter().map(str::to_owned).collect();
    let mut known: BTreeSet<String> =
        gathered.all_steps_of(unit).into_iter().map(|it| it.id.to_string()).collect();
    known.insert(SUPPORT.to_owned());
    typed.check_kind(&mut wrong);
    let when = typed.when(&mut wrong, today(visit.now));
    let fits = !chosen.is_empty() && chosen.iter().all(|it| known.contains(it));
    wrong.unless(fits, "steps", "Choose what it bears");
    let Some((happened_on, expires_on)) = when.filter(|_| wrong.is_empty()) else {
        return Ok(page(&visit, (&gathered, unit), &chosen, (typed, wrong)).await?.respond());
    };
    let new = NewEvidence {
        unit: unit.stored.unit.code.clone(),
        kind: typed.kind,
        title: typed.title,
        place: typed.place,
        happened_on,
        expires_on,
        owner: visit.person()?.id.clone(),
        steps: chosen,
    };
    let is_draft = visit.fields.get("then") == DRAFT;
    let brought = Brought { file: keep(&app, received).await?, is_draft };
    let entry = visit.entry_in(visit.scope(Capability::Assess)?, "evidence.add", "");
    let leads_to = format!("/assessment/{code}/evidence");
    let said = if is_draft {
        "Your draft is kept. Only you see it until you hand it in."
    } else {
        "It is added. It counts once a lead has accepted it."
    };
    let done = visit.change(&leads_to, said, move |tx| {
        Box::pin(async move {
            assessing::bring(tx, &new, &brought, &entry).await?;
            Ok(())
        })
    });
    done.await
}

/// Keeps a file for good, if one came.
async fn keep(app: &App, received: Received) -> Result<Option<assessing::EvidenceFile>, Fault> {
    match received.file {
        Some(file) => file.keep(&app.settings().folder).await.map(Some),
        None => Ok(None),
    }
}

/// A piece of a unit that somebody sees, drafts of their own among them.
async fn piece_of(app: &App, visit: &Visit, (code, id): (&str, &str)) -> Result<Evidence, Fault> {
    let mut db = app.store().read().await?;
    let found = assessing::evidence(&mut db, &EvidenceId::new(id)).await?;
    let is_here = found.of.unit.as_str() == code && evidence::sees(visit, &found);
    if is_here { Ok(found) } else { Err(Fault::NotFound) }
}

pub(super) async fn review(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    seen(&visit, &gathered, (Capability::SignLevels, &code))?;
    let found = piece_of(&app, &visit, (&code, &id)).await?;
    if found.is_of(&visit.person()?.id) {
        return Err(Fault::Refused(
            "Somebody else than who added it says whether it counts: ask another lead.".to_owned(),
        ));
    }
    own_side(&visit).await?.ok_or(Fault::NotFound)?;
    let typed: Review = visit.fields.read()?;
    let decided = [EvidenceState::Accepted, EvidenceState::Rejected];
    let state = typed.state.parse().ok().filter(|it| decided.contains(it));
    let state = state.ok_or_else(|| Fault::Refused("Choose to accept or reject it.".to_owned()))?;
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
    let mut db = visit.app.store().read().await?;
    let names = names(&mut db).await?;
    let of = [unit.stored.unit.code.clone()].into();
    let all = assessing::evidence_of(&mut db, &of).await?;
    drop(db);
    let me = visit.person()?.id.clone();
    let signs = may(visit, Capability::SignLevels, code) && own_side(visit).await?.is_some();
    let adds = may(visit, Capability::Assess, code);
    let pieces = all.iter().filter(|it| evidence::sees(visit, it)).map(|it| {
        let owner = names.get(it.of.owner.as_str()).cloned().unwrap_or_default();
        let reviews = signs && !it.is_of(&me) && !it.is_draft();
        Piece {
            review: if reviews {
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
    let support = (SUPPORT.to_owned(), SUPPORT_ASKED.to_owned(), chosen.contains(SUPPORT));
    Ok(EvidencePage {
        shell: shell(visit, unit, "Evidence").with_errors(&wrong),
        kicker: kicker(gathered, unit),
        proposed: proposals::shown(visit, (gathered, unit)).await?,
        decides: if adds { format!("/assessment/{code}/proposals") } else { String::new() },
        pieces: pieces.collect(),
        adds,
        add: format!("/assessment/{code}/evidence"),
        steps: steps.chain([support]).collect(),
        kinds: SETTINGS.kind_options(),
        limits: kept::limits(),
        typed,
        wrong,
    })
}

/// Whose it is; and where steps are recorded, for a specialty that rates none.
fn kicker(gathered: &Gathered, unit: &Branch) -> String {
    let name = unit.stored.unit.name.clone();
    if gathered.rates_no_steps(unit) {
        format!("{name}: steps are recorded for the organisation, with evidence of the trust")
    } else {
        name
    }
}

/// How a piece stands, in words, and whether it asks for something.
fn state(it: &Evidence, today: domain::Day) -> (String, bool) {
    let (last, stands) = (day(&last_day(it)), evidence::standing(it, today));
    let words = match stands {
        Standing::Draft => "A draft: only you see it".to_owned(),
        Standing::InReview if evidence::is_live(it, today) => {
            format!("Changed: as it was it counts to {last}")
        }
        Standing::InReview => "Not counted: nobody has accepted it".to_owned(),
        Standing::Accepted => format!("Counts to {last}"),
        Standing::ExpiresSoon => format!("Counts to {last} only"),
        Standing::Expired => format!("Expired on {last}"),
        Standing::Rejected => "Rejected".to_owned(),
    };
    (words, stands != Standing::Accepted)
}

fn piece(gathered: &Gathered, it: &Evidence, owner: &str, today: domain::Day) -> Piece {
    let (state, is_warning) = state(it, today);
    let kind = SETTINGS.kind(&it.of.kind);
    let labels = gathered.framework.steps().iter().map(|it| (it.id.as_str(), it.label.as_str()));
    let own = gathered.local_steps.iter().map(|it| (it.id.as_str(), it.of.label.as_str()));
    let labels = labels.chain(own).chain([(SUPPORT, SUPPORT_ASKED)]);
    let labels = labels.filter(|step| it.of.steps.contains(step.0));
    let collected = if it.is_collected { " Collected by the system." } else { "" };
    let file = it.latest().and_then(|it| it.file.as_ref());
    Piece {
        title: it.of.title.clone(),
        address: format!("/assessment/{}/evidence/{}", it.of.unit, it.id),
        place: it.of.place.clone(),
        link: link(&it.of.place),
        file: file.map(|it| it.name.clone()).unwrap_or_default(),
        is_warning,
        state,
        about: format!("{kind}, {}. Ask {owner}.{collected}", day(&it.of.happened_on)),
        steps: labels.map(|it| it.1).collect::<Vec<_>>().join("; "),
        because: it.reviews.last().map(|it| it.because.clone()).unwrap_or_default(),
        review: String::new(),
        seen: it.version(),
    }
}

/// An address that can be followed: of this site, or of one that is reached safely; else blank.
fn link(place: &str) -> String {
    let is_one = !place.contains(char::is_whitespace);
    let leads =
        place.starts_with("https://") || (place.starts_with('/') && !place.starts_with("//"));
    if is_one && leads { place.to_owned() } else { String::new() }
}

/// A size as people read it.
fn size(bytes: i64) -> String {
    let bytes = bytes.unsigned_abs();
    if bytes < 10_000 {
        return words::count(bytes, "byte", "bytes");
    }
    format!("{}\u{a0}KB", words::thousands((bytes + 500) / 1_000))
}

impl Piece {
    /// For samples.
    fn sample() -> Self {
        Self {
            title: "Service line review of May".to_owned(),
            address: "/assessment/TORT/evidence/1".to_owned(),
            place: "Shared drive, reviews".to_owned(),
            file: "review-of-may.pdf".to_owned(),
            state: "Counts to 1 May 2027".to_owned(),
            about: "Minutes or notes of a meeting, 1 May 2026. Ask Amara Okafor.".to_owned(),
            steps: "Service line review/management".to_owned(),
            review: "/assessment/TORT/evidence/1".to_owned(),
            ..Self::default()
        }
    }
}

impl Page for EvidencePage {
    const TEMPLATE: &'static str = "features/self_assessment/evidence/evidence.html";

    fn samples() -> Vec<Self> {
        let page = |pieces: Vec<Piece>, adds: bool, wrong: Wrong| Self {
            shell: Shell::sample("Evidence").with_errors(&wrong),
            kicker: "Trauma and orthopaedics".to_owned(),
            proposed: if pieces.is_empty() { Vec::new() } else { vec![Shown::sample()] },
            decides: if adds { "/assessment/TORT/proposals".to_owned() } else { String::new() },
            pieces,
            adds,
            add: "/assessment/TORT/evidence".to_owned(),
            steps: vec![("P2".to_owned(), "Service line review/management".to_owned(), true)],
            kinds: SETTINGS.kind_options(),
            limits: kept::limits(),
            typed: Typed::default(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("title", "Give it a title");
        wrong.add("file", "notes.exe is none of the files that are taken");
        wrong.add("steps", "Choose what it bears");
        let linked = Piece {
            place: "/services/TORT".to_owned(),
            link: "/services/TORT".to_owned(),
            file: String::new(),
            is_warning: true,
            because: "It tells of another service".to_owned(),
            ..Piece::sample()
        };
        vec![
            page(vec![Piece::sample(), linked], true, Wrong::default()),
            page(Vec::new(), false, Wrong::default()),
            page(Vec::new(), true, wrong),
        ]
    }
}
