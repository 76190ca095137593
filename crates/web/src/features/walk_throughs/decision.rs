//! Decisions that rested on a costing: a business case, a pack, or a decision of a review, linked to
//! the costing and, where there is one, to the change that was asked for in a walk-through.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use store::confidence::{self, DecisionKind, NewDecision, StoredDecision};
use store::reviewing::{self, Body};
use store::walk_throughs::StoredWalkThrough;
use store::{Connection, UnitCode, WalkThroughId, cases, packs};

use super::confidence::walks;
use super::costings::{Costing, activity, costings};
use super::{TEXT, latest, name_of};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::form_page::{Field, FormPage, Kind};
use crate::shell::forms::Wrong;
use crate::shell::joint_work::may;
use crate::shell::shelf::reading;
use crate::shell::typed::Text;
use crate::shell::variation::may_answer;
use crate::shell::visit::Visit;
use crate::shell::{people, sit_downs, words};

/// What of a decision rested on a costing.
const WORDS: Text = Text { letters: confidence::LETTERS_MAX, ..TEXT };

/// Letters of a decision that stand for it in a list.
const SHOWN: usize = 120;

/// A decision as a page shows it.
#[derive(Clone, Debug, Default)]
pub(super) struct Rested {
    pub(super) name: String,
    /// Where it is; blank for those who may not read it.
    pub(super) address: String,
    pub(super) kind: &'static str,
    pub(super) said: String,
}

impl Rested {
    /// For samples.
    pub(super) fn sample() -> Self {
        Self {
            name: "Physiotherapy at weekends".to_owned(),
            address: "/cases/1".to_owned(),
            kind: kind(DecisionKind::Case),
            said: "On 2025/26 to the end of March. Linked by Priya Raman, 1 June 2026, 10:00."
                .to_owned(),
        }
    }
}

/// Something that can rest on a costing, as far as somebody may read it.
struct Candidate {
    kind: DecisionKind,
    reference: String,
    name: String,
    address: String,
}

impl Candidate {
    /// As the form sends it back.
    fn code(&self) -> String {
        format!("{}:{}", self.kind, self.reference)
    }
}

const fn kind(of: DecisionKind) -> &'static str {
    match of {
        DecisionKind::Case => "Business case",
        DecisionKind::Pack => "Pack for a review",
        DecisionKind::Review => "Decision of a review",
    }
}

fn cut(text: &str) -> String {
    let text = text.trim();
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    format!("{}…", text.chars().take(SHOWN).collect::<String>().trim_end())
}

/// Business cases, packs and decisions of reviews of a service line that somebody may read.
async fn candidates(
    db: &mut Connection,
    visit: &Visit,
    unit: &str,
) -> Result<Vec<Candidate>, Fault> {
    let mut found = Vec::new();
    if may(visit, Capability::ReadCases, unit) {
        let all = cases::list(db, cases::Kind::Case).await?.into_iter();
        found.extend(all.filter(|it| it.unit.as_str() == unit).map(|it| Candidate {
            kind: DecisionKind::Case,
            reference: it.id.to_string(),
            name: cut(it.body().title()),
            address: format!("/cases/{}", it.id),
        }));
    }
    let all = packs::list(db, &UnitCode::new(unit)).await?.into_iter();
    found.extend(all.map(|it| Candidate {
        kind: DecisionKind::Pack,
        reference: it.id.to_string(),
        name: format!(
            "Pack to the end of {}, made on {}",
            words::day(&it.of.period_end.to_string()),
            words::moment(it.made_at)
        ),
        address: format!("/services/{unit}/packs/{}", it.id),
    }));
    if may(visit, Capability::ReadReviews, unit) {
        for review in reviewing::list(db).await?.iter().filter(|it| it.unit.as_str() == unit) {
            if !sit_downs::may_read(db, visit, review).await? {
                continue;
            }
            for item in reviewing::items_of(db, &review.id).await? {
                let Body::Decision(decision) = &item.latest().body else { continue };
                found.push(Candidate {
                    kind: DecisionKind::Review,
                    reference: item.id.to_string(),
                    name: cut(&decision.words),
                    address: format!("/reviews/{unit}/{}", review.id),
                });
            }
        }
    }
    Ok(found)
}

/// What rested on the costing of a service line, the latest first. Of what somebody may not read they
/// are told its kind alone.
pub(super) async fn rested(
    db: &mut Connection,
    visit: &Visit,
    unit: &str,
) -> Result<Vec<Rested>, Fault> {
    let all = confidence::decisions(db, &UnitCode::new(unit)).await?;
    let known = candidates(db, visit, unit).await?;
    let names = people::names(db).await?;
    let row = |it: &StoredDecision| {
        let of = &it.of;
        let found =
            known.iter().find(|known| known.kind == of.kind && known.reference == of.reference);
        let by = names.get(it.by.as_str()).map_or(it.by.as_str(), String::as_str);
        let linked = format!("Linked by {by}, {}.", words::moment(it.at));
        let words = if found.is_some() { words::sentence(&of.words) } else { String::new() };
        Rested {
            name: found.map_or_else(|| "You may not read it".to_owned(), |it| it.name.clone()),
            address: found.map_or_else(String::new, |it| it.address.clone()),
            kind: kind(of.kind),
            said: format!("On {}. {words} {linked}", of.period).replace("  ", " "),
        }
    };
    Ok(all.iter().rev().map(row).collect())
}

/// A link as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Typed {
    seen: String,
    decision: String,
    run: String,
    walk_through: String,
    words: String,
}

/// What the form offers.
struct Found {
    name: String,
    unit: String,
    candidates: Vec<Candidate>,
    costings: Vec<Costing>,
    /// Walk-throughs by reference, with what they are called.
    walks: BTreeMap<String, String>,
    seen: usize,
}

async fn found(app: &App, visit: &Visit, unit: &str) -> Result<Found, Fault> {
    let name = name_of(app, visit, unit).await?;
    if !may_answer(visit, unit) {
        return Err(Fault::NotFound);
    }
    let run = latest(app).await?;
    let mut db = app.store().read().await?;
    let candidates = candidates(&mut db, visit, unit).await?;
    let all = walks(&mut db, unit).await?;
    let seen = confidence::decisions(&mut db, &UnitCode::new(unit)).await?.len();
    drop(db);
    let (shelf, of) = (app.clone(), unit.to_owned());
    let read = reading(move || {
        let called = |it: &StoredWalkThrough| -> Result<(String, String), Fault> {
            let name = activity(run.as_deref(), &it.of.activity)?;
            Ok((it.id.to_string(), format!("{name}, {}", words::moment(it.opened_at))))
        };
        let walks = all.iter().map(called).collect::<Result<BTreeMap<String, String>, Fault>>()?;
        Ok((costings(shelf.shelf(), &of)?, walks))
    });
    let (costings, walks) = read.await?;
    Ok(Found { name, unit: unit.to_owned(), candidates, costings, walks, seen })
}

pub(super) async fn show(
    State(app): State<App>,
    Path(unit): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = found(&app, &visit, &unit).await?;
    let run = found.costings.last().map(|it| it.run.clone()).unwrap_or_default();
    let typed = Typed { run, seen: found.seen.to_string(), ..Typed::default() };
    Ok(page(&visit, &found, typed, Wrong::default()))
}

fn page(visit: &Visit, found: &Found, typed: Typed, wrong: Wrong) -> Response {
    let address = format!("/walk-throughs/confidence/{}", found.unit);
    let none = |text: &str| (String::new(), text.to_owned());
    let decisions =
        found.candidates.iter().map(|it| (it.code(), format!("{}: {}", kind(it.kind), it.name)));
    let decisions: Vec<_> = std::iter::once(none("Choose one")).chain(decisions).collect();
    let runs: Vec<_> =
        found.costings.iter().rev().map(|it| (it.run.clone(), it.period.clone())).collect();
    let walks = found.walks.iter().map(|it| (it.0.clone(), it.1.clone()));
    let walks: Vec<_> = std::iter::once(none("None")).chain(walks).collect();
    let shell = visit.shell("A decision that rested on the costing");
    let lead = if found.candidates.is_empty() {
        "There is no business case, no pack and no decision of a review of this service line that you may read."
    } else {
        "Business cases, packs and decisions of reviews of this service line that you may read."
    };
    FormPage {
        shell: shell
            .below("Walk-throughs", "/walk-throughs")
            .below("Trust in the costing", &address),
        kicker: found.name.clone(),
        lead: vec![lead.to_owned()],
        hidden: vec![("seen", typed.seen)],
        fields: vec![
            Field::new(Kind::Choice, "decision", "What rested on it", "")
                .with(typed.decision)
                .of(decisions),
            Field::new(Kind::Choice, "run", "On which costing", "").with(typed.run).of(runs),
            Field::new(
                Kind::Choice,
                "walk_through",
                "Which walk-through made the difference (optional)",
                "",
            )
            .with(typed.walk_through)
            .of(walks),
            Field::new(Kind::Lines, "words", "What of it rested on the costing (optional)", "")
                .with(typed.words),
        ],
        button: "Link it".to_owned(),
        action: format!("{address}/decision"),
        back: address,
        wrong,
        ..FormPage::default()
    }
    .answer()
}

pub(super) async fn link(
    State(app): State<App>,
    Path(unit): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let typed: Typed = visit.fields.read()?;
    let found = found(&app, &visit, &unit).await?;
    let new = match typed.read(&found) {
        Ok(new) => new,
        Err(wrong) => return Ok(page(&visit, &found, typed, wrong)),
    };
    let scope = visit.scope(Capability::AnswerQuestions)?;
    let entry = visit.entry_in(scope, "confidence.link", "");
    let seen = typed.seen.parse().unwrap_or(-1);
    let address = format!("/walk-throughs/confidence/{unit}");
    let done = visit.change(&address, "It is linked.", move |tx| {
        Box::pin(async move { confidence::link(tx, &new, seen, &entry).await })
    });
    done.await
}

impl Typed {
    fn read(&self, found: &Found) -> Result<NewDecision, Wrong> {
        let mut wrong = Wrong::default();
        let decision = found.candidates.iter().find(|it| it.code() == self.decision);
        wrong.unless(decision.is_some(), "decision", "Choose what rested on it");
        let costing = found.costings.iter().find(|it| it.run == self.run);
        wrong.unless(costing.is_some(), "run", "Choose the costing on which it rested");
        let is_known = self.walk_through.is_empty() || found.walks.contains_key(&self.walk_through);
        wrong.unless(
            is_known,
            "walk_through",
            "Choose a walk-through of this service line, or none",
        );
        if !self.words.trim().is_empty() {
            WORDS.check(&mut wrong, "words", &self.words, "");
        }
        let (Some(decision), Some(costing), true) = (decision, costing, wrong.is_empty()) else {
            return Err(wrong);
        };
        let walk = Some(self.walk_through.as_str()).filter(|it| !it.is_empty());
        Ok(NewDecision {
            unit: UnitCode::new(found.unit.as_str()),
            run: costing.run.clone(),
            period: costing.period.clone(),
            walk_through: walk.map(WalkThroughId::new),
            kind: decision.kind,
            reference: decision.reference.clone(),
            words: self.words.trim().to_owned(),
        })
    }
}
