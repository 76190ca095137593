//! One step of a unit, rated from outside.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::framework::Step;
use serde::Deserialize;
use store::assessing::{Rating, moderated};
use store::units::Branch;

use crate::App;
use crate::shell::assessed::{WORDS, rating_words, seen, shell};
use crate::shell::assessing::{Gathered, gather};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/spread/moderate.html")]
pub(super) struct ModeratePage {
    shell: Shell,
    kicker: String,
    good: String,
    enough: String,
    not_enough: String,
    evidence: Vec<String>,
    options: Vec<(String, String)>,
    typed: Typed,
    wrong: Wrong,
}

/// A moderated rating as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    rating: String,
    words: String,
}

fn place<'a>(
    visit: &Visit,
    gathered: &'a Gathered,
    (code, step): (&str, &str),
) -> Result<(&'a Branch, &'a Step), Fault> {
    seen(visit, gathered, (Capability::ReadAssessments, code))?;
    let unit = seen(visit, gathered, (Capability::ModerateRatings, code))?;
    let step = gathered.steps_of(unit).into_iter().find(|it| it.id.as_str() == step);
    let is_begun = gathered.assessments.contains_key(code);
    step.filter(|_| is_begun).map(|it| (unit, it)).ok_or(Fault::NotFound)
}

pub(super) async fn show(
    State(app): State<App>,
    Path((code, step)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let place = place(&visit, &gathered, (&code, &step))?;
    let found = gathered.moderated_as(&code, &step);
    let typed = found.map_or_else(Typed::default, |it| Typed {
        rating: it.rating.as_str().to_owned(),
        words: it.words.clone(),
    });
    Ok(page(&visit, &gathered, place, (typed, Wrong::default())).respond())
}

pub(super) async fn record(
    State(app): State<App>,
    Path((code, step)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let place = place(&visit, &gathered, (&code, &step))?;
    let typed: Typed = visit.fields.read()?;
    let mut wrong = Wrong::default();
    let rating = typed.rating.parse::<Rating>().ok();
    wrong.unless(rating.is_some(), "rating", "Choose how far it is so");
    WORDS.check(&mut wrong, "words", &typed.words, "Say what your rating rests on");
    let Some(rating) = rating.filter(|_| wrong.is_empty()) else {
        return Ok(page(&visit, &gathered, place, (typed, wrong)).respond());
    };
    let assessment = gathered.assessments.get(&code).ok_or(Fault::NotFound)?.id.clone();
    let entry =
        visit.entry_in(visit.scope(Capability::ModerateRatings)?, "assessment.moderate", "");
    let leads_to = format!("/assessment/{code}/moderated");
    let done = visit.change(&leads_to, "Your rating stands beside the unit’s own.", move |tx| {
        Box::pin(async move {
            let said = (step.as_str(), rating, typed.words.trim());
            moderated::moderate(tx, &assessment, said, &entry).await
        })
    });
    done.await
}

fn page(
    visit: &Visit,
    gathered: &Gathered,
    (unit, step): (&Branch, &Step),
    (typed, wrong): (Typed, Wrong),
) -> ModeratePage {
    let code = unit.stored.unit.code.as_str();
    let evidence = gathered.evidence_for(code, step.id.as_str()).into_iter();
    let evidence = evidence.map(|it| {
        let state = if gathered.is_live(it) { "counts" } else { "does not count" };
        format!("{}, {} ({state})", it.of.title, it.of.place)
    });
    ModeratePage {
        shell: shell(visit, unit, step.label.clone())
            .below("Ratings from outside", format!("/assessment/{code}/moderated"))
            .with_errors(&wrong),
        kicker: format!("{}, rated from outside", unit.stored.unit.name),
        good: step.guidance.clone(),
        enough: step.enough.clone(),
        not_enough: step.not_enough.clone(),
        evidence: evidence.collect(),
        options: options(),
        typed,
        wrong,
    }
}

fn options() -> Vec<(String, String)> {
    let all = Rating::ALL.iter();
    all.map(|it| (it.as_str().to_owned(), rating_words(*it).to_owned())).collect()
}

impl Page for ModeratePage {
    const TEMPLATE: &'static str = "features/spread/moderate.html";

    fn samples() -> Vec<Self> {
        let page = |evidence: Vec<String>, wrong: Wrong| Self {
            shell: Shell::sample("Continuous improvement").with_errors(&wrong),
            kicker: "Trauma and orthopaedics, rated from outside".to_owned(),
            good: "A change is tried, measured and kept or dropped.".to_owned(),
            enough: "Two changes with their measures.".to_owned(),
            not_enough: "A plan.".to_owned(),
            evidence,
            options: options(),
            typed: Typed::default(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("rating", "Choose how far it is so");
        wrong.add("words", "Say what your rating rests on");
        let evidence = vec!["Notes of joint reviews, shared drive (counts)".to_owned()];
        vec![page(evidence, Wrong::default()), page(Vec::new(), wrong)]
    }
}
