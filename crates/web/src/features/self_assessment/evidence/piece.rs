//! One piece of evidence: how it was added, revised and looked at, handing it in, and revising it.

use access::Capability;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use store::assessing::{self, Evidence, EvidenceState, NewRevision, Revision};
use store::units::Branch;

use super::super::{day, may, seen, shell};
use super::form::Typed;
use super::{Piece, keep, piece, piece_of, size};
use crate::App;
use crate::shell::assessing::{Gathered, gather};
use crate::shell::evidence::files as kept;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::people::names;
use crate::shell::session::today;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/self_assessment/evidence/piece.html")]
pub(in crate::features::self_assessment) struct PiecePage {
    shell: Shell,
    kicker: String,
    piece: Piece,
    /// Where it is handed in; blank where it is, or for those who do not.
    hand_in: String,
    /// Where it is revised; blank for those who do not.
    revise: String,
    history: Vec<Happened>,
    limits: String,
    typed: Typed,
    wrong: Wrong,
}

/// Something that was done with it.
#[derive(Clone, Debug, Default)]
struct Happened {
    what: String,
    when: String,
    place: String,
    /// Name and size of its file.
    file: String,
    /// Where the file is; blank for none.
    take: String,
    because: String,
}

pub(in crate::features::self_assessment) async fn show(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let unit = seen(&visit, &gathered, (Capability::ReadAssessments, &code))?;
    let found = piece_of(&app, &visit, (&code, &id)).await?;
    let typed = Typed {
        place: found.of.place.clone(),
        happened_on: found.of.happened_on.to_string(),
        expires_on: found.of.expires_on.map_or_else(String::new, |it| it.to_string()),
        ..Typed::default()
    };
    Ok(page(&visit, (&gathered, unit), &found, (typed, Wrong::default())).await?.respond())
}

/// Hands a draft in.
pub(in crate::features::self_assessment) async fn hand_in(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    seen(&visit, &gathered, (Capability::Assess, &code))?;
    let found = piece_of(&app, &visit, (&code, &id)).await?;
    let entry = visit.entry_in(visit.scope(Capability::Assess)?, "evidence.hand_in", "");
    let of = visit.fields.get("seen").parse::<i64>();
    let of = of.map_err(|_| Fault::Refused("The form does not fit this page.".to_owned()))?;
    let leads_to = format!("/assessment/{code}/evidence");
    let said = "It is handed in. It counts once a lead has accepted it.";
    let done = visit.change(&leads_to, said, move |tx| {
        Box::pin(async move { assessing::hand_in(tx, &found.id, of, &entry).await })
    });
    done.await
}

/// Revises a piece; what it was stays.
pub(in crate::features::self_assessment) async fn revise(
    State(app): State<App>,
    Path((code, id)): Path<(String, String)>,
    mut visit: Visit,
    request: Request,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let unit = seen(&visit, &gathered, (Capability::Assess, &code))?;
    // The token of the form comes with its file, so it is looked at before anything else.
    let received = kept::receive(&mut visit, request).await?;
    let found = piece_of(&app, &visit, (&code, &id)).await?;
    let (typed, mut wrong) = Typed::read(&visit, &received);
    let when = typed.when(&mut wrong, today(visit.now));
    let of = visit.fields.get("seen").parse::<i64>().ok();
    wrong.unless(of.is_some(), "happened_on", "Open the page again: the form does not fit it");
    let Some(((happened_on, expires_on), of)) = when.zip(of).filter(|_| wrong.is_empty()) else {
        return Ok(page(&visit, (&gathered, unit), &found, (typed, wrong)).await?.respond());
    };
    let file = keep(&app, received).await?;
    let new = NewRevision { place: typed.place, happened_on, expires_on, file };
    let entry = visit.entry_in(visit.scope(Capability::Assess)?, "evidence.revise", "");
    let leads_to = format!("/assessment/{code}/evidence/{id}");
    let said = if found.is_draft() {
        "Your draft is changed."
    } else {
        "It is changed, and a lead looks at it again. Until then it counts as it was."
    };
    let done = visit.change(&leads_to, said, move |tx| {
        Box::pin(async move { assessing::revise(tx, &found.id, &new, of, &entry).await })
    });
    done.await
}

async fn page(
    visit: &Visit,
    (gathered, unit): (&Gathered, &Branch),
    found: &Evidence,
    (typed, wrong): (Typed, Wrong),
) -> Result<PiecePage, Fault> {
    let code = unit.stored.unit.code.as_str();
    let names = names(&mut *visit.app.store().read().await?).await?;
    let name = |it: &store::PersonId| names.get(it.as_str()).cloned().unwrap_or_default();
    let here = format!("/assessment/{code}/evidence/{}", found.id);
    let may_change = may(visit, Capability::Assess, code);
    let own = |address: &str, holds: bool| {
        if holds && may_change { format!("{here}/{address}") } else { String::new() }
    };
    let shell = shell(visit, unit, found.of.title.clone())
        .below("Evidence", format!("/assessment/{code}/evidence"));
    Ok(PiecePage {
        shell: shell.with_errors(&wrong),
        kicker: format!("{}, evidence", unit.stored.unit.name),
        piece: piece(gathered, found, &name(&found.of.owner), today(visit.now)),
        hand_in: own("hand-in", found.is_draft()),
        revise: own("revise", true),
        history: history(found, &here, &name),
        limits: kept::limits(),
        typed,
        wrong,
    })
}

/// What was done with a piece, the latest first.
fn history(
    found: &Evidence,
    here: &str,
    name: &dyn Fn(&store::PersonId) -> String,
) -> Vec<Happened> {
    let revised = found.revisions.iter().map(|it| (it.at, revised(it, here, &name(&it.by))));
    let reviewed = found.reviews.iter().map(|it| {
        let what = match it.state {
            EvidenceState::Accepted => "Accepted",
            EvidenceState::Rejected => "Rejected",
            EvidenceState::InReview | EvidenceState::Draft => "Handed in",
        };
        let happened = Happened {
            what: format!("{what} by {}", name(&it.by)),
            when: words::moment(it.at),
            because: it.because.clone(),
            ..Happened::default()
        };
        (it.at, happened)
    });
    let mut all: Vec<_> = revised.chain(reviewed).collect();
    all.sort_by_key(|it| it.0);
    all.into_iter().rev().map(|it| it.1).collect()
}

fn revised(it: &Revision, here: &str, by: &str) -> Happened {
    let what = if it.number == 1 { "Added" } else { "Changed" };
    let expires = it.expires_on.map_or_else(String::new, |it| format!(", to {}", day(&it)));
    Happened {
        what: format!("{what} by {by}: of {}{expires}", day(&it.happened_on)),
        when: words::moment(it.at),
        place: it.place.clone(),
        file: it
            .file
            .as_ref()
            .map_or_else(String::new, |it| format!("{}, {}", it.name, size(it.bytes))),
        take: it.file.as_ref().map_or_else(String::new, |_| format!("{here}/files/{}", it.number)),
        because: String::new(),
    }
}

impl Page for PiecePage {
    const TEMPLATE: &'static str = "features/self_assessment/evidence/piece.html";

    fn samples() -> Vec<Self> {
        let here = "/assessment/TORT/evidence/1";
        let page = |may_change: bool, wrong: Wrong| Self {
            shell: Shell::sample("Service line review of May").with_errors(&wrong),
            kicker: "Trauma and orthopaedics, evidence".to_owned(),
            piece: Piece::sample(),
            hand_in: if may_change { format!("{here}/hand-in") } else { String::new() },
            revise: if may_change { format!("{here}/revise") } else { String::new() },
            history: vec![Happened {
                what: "Added by Amara Okafor: of 1 May 2026".to_owned(),
                when: "2 May 2026, 10:00".to_owned(),
                place: "Shared drive, reviews".to_owned(),
                file: "review-of-may.pdf, 214 KB".to_owned(),
                take: format!("{here}/files/1"),
                because: String::new(),
            }],
            limits: kept::limits(),
            typed: Typed::default(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("place", "Say where it is, an address or a folder, or choose a file");
        wrong.add("happened_on", "Write the day as 2026-03-31");
        vec![page(true, Wrong::default()), page(false, Wrong::default()), page(true, wrong)]
    }
}
