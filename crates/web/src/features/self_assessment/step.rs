//! One step on one page: the question, what good looks like, and a rating with a thumb.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::framework::Step;
use engagement::library::Library;
use serde::Deserialize;
use store::assessing::{self, NewRating, Rating, Side, definitions};
use store::units::Branch;
use store::{AssessmentId, PersonId};

use super::{WORDS, day, evidence, seen, shell, side_words, step_of};
use crate::App;
use crate::shell::assessing::{Gathered, gather, own_side};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::words;

/// Seconds that a step takes on a phone: three minutes for the twenty of a specialty.
const SECONDS: usize = 9; // number: our aim, measured in the browser and not promised

/// Examples that stand beside a step.
const EXAMPLES: usize = 2; // number: as many as are read before a rating

/// The word of the button that goes on; the other one comes back later.
const ON: &str = "on";

#[derive(askama::Template)]
#[template(path = "features/self_assessment/step.html")]
pub(super) struct StepPage {
    shell: Shell,
    kicker: String,
    progress: String,
    done: usize,
    all: usize,
    good: String,
    enough: String,
    not_enough: String,
    note: String,
    options: Vec<(&'static str, &'static str, &'static str)>,
    typed: Typed,
    wrong: Wrong,
    evidence: Vec<(String, String)>,
    add: String,
    /// What trusts did: title and story.
    examples: Vec<(String, String)>,
    /// How much the system proposes for this step; blank for nothing.
    proposed: String,
    /// Where that is.
    proposals: String,
    other: String,
    /// What the words mean, for whoever has not gone on from there: term and meaning.
    definitions: Vec<(String, String)>,
}

/// A rating as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    rating: String,
    words: String,
    then: String,
}

/// The answers, the first of which is the best one.
const OPTIONS: [(&str, &str, &str); 4] = [
    ("consistently", "Consistently demonstrated", "Most of the time, with evidence"),
    ("partly", "Partly or sometimes", "Some teams, or some of the time"),
    ("not_yet", "Not yet", ""),
    ("not_assessed", "I do not know", "Leave it for someone else"),
];

/// Where somebody rates, and for whom.
struct Place<'a> {
    gathered: &'a Gathered,
    unit: &'a Branch,
    step: Step,
    assessment: &'a AssessmentId,
    side: Side,
}

async fn place<'a>(
    visit: &Visit,
    gathered: &'a Gathered,
    (code, step): (&str, &str),
) -> Result<Place<'a>, Fault> {
    let unit = seen(visit, gathered, (Capability::Assess, code))?;
    let step = step_of(gathered, unit, step)?;
    let assessment = &gathered.assessments.get(code).ok_or(Fault::NotFound)?.id;
    let side = own_side(visit).await?.ok_or(Fault::NotFound)?;
    Ok(Place { gathered, unit, step, assessment, side })
}

pub(super) async fn show(
    State(app): State<App>,
    Path((code, step)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let place = place(&visit, &gathered, (&code, &step)).await?;
    let mine = own(&place, &visit.person()?.id);
    let typed = mine.map_or_else(Typed::default, |it| Typed {
        rating: it.said.rating.as_str().to_owned(),
        words: it.said.words.clone(),
        then: String::new(),
    });
    Ok(page(&visit, &place, typed, Wrong::default()).await?.respond())
}

fn own<'a>(place: &Place<'a>, who: &PersonId) -> Option<&'a assessing::StepRating> {
    let said = place.gathered.said(place.unit.stored.unit.code.as_str(), place.step.id.as_str());
    said.into_iter().find(|it| it.rater == *who)
}

pub(super) async fn rate(
    State(app): State<App>,
    Path((code, step)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let place = place(&visit, &gathered, (&code, &step)).await?;
    let typed: Typed = visit.fields.read()?;
    let mut wrong = Wrong::default();
    let rating = typed.rating.parse::<Rating>().ok();
    wrong.unless(rating.is_some(), "rating", "Choose how far it is so, or that you do not know");
    if !typed.words.trim().is_empty() {
        WORDS.check(&mut wrong, "words", &typed.words, "");
    }
    let Some(rating) = rating.filter(|_| wrong.is_empty()) else {
        return Ok(page(&visit, &place, typed, wrong).await?.respond());
    };
    let new = NewRating {
        step: step.clone(),
        side: place.side,
        rating,
        words: typed.words.trim().to_owned(),
    };
    let (leads_to, said) = leads(&place, &visit.person()?.id, typed.then == ON);
    let entry = visit.entry_in(visit.scope(Capability::Assess)?, "assessment.rate", "");
    let assessment = place.assessment.clone();
    let unit = place.unit.stored.unit.code.clone();
    let framework = gathered.framework.id().to_string();
    let done = visit.change(&leads_to, said, move |tx| {
        Box::pin(async move {
            // Who goes on has read what stood at the top of the page.
            definitions::read(tx, &unit, &framework, &entry).await?;
            assessing::rate(tx, &assessment, &new, &entry).await
        })
    });
    done.await
}

/// On to the next step that this person has not rated, or back to the unit.
fn leads(place: &Place<'_>, who: &PersonId, on: bool) -> (String, &'static str) {
    let code = place.unit.stored.unit.code.as_str();
    let steps = place.gathered.steps_of(place.unit);
    let at = steps.iter().position(|it| it.id == place.step.id).unwrap_or_default();
    let (before, after) = steps.split_at(at);
    let is_open = |it: &&&Step| {
        let said = place.gathered.said(code, it.id.as_str());
        it.id != place.step.id && said.iter().all(|it| it.rater != *who)
    };
    match after.iter().chain(before).find(is_open).filter(|_| on) {
        Some(next) => (format!("/assessment/{code}/steps/{}", next.id), ""),
        None if on => (
            format!("/assessment/{code}"),
            "Thank you: you have gone through all steps. Your answers are kept.",
        ),
        None => {
            (format!("/assessment/{code}"), "Your answer is kept. Come back when it suits you.")
        }
    }
}

/// How much the system proposes for a step, in words; blank for nothing.
async fn proposed(visit: &Visit, place: &Place<'_>) -> Result<String, Fault> {
    let all = evidence::proposals::proposed(visit, (place.gathered, place.unit)).await?;
    let step = place.step.id.as_str();
    let count = all.iter().filter(|it| it.steps.contains(step)).count() as u64;
    let pieces = words::count(count, "piece", "pieces");
    Ok(if count == 0 { String::new() } else { format!("The system proposes {pieces} for it") })
}

async fn page(
    visit: &Visit,
    place: &Place<'_>,
    typed: Typed,
    wrong: Wrong,
) -> Result<StepPage, Fault> {
    let Place { gathered, unit, step, side, .. } = place;
    let proposed = proposed(visit, place).await?;
    let definitions = unread(visit, place).await?;
    let code = unit.stored.unit.code.as_str();
    let steps = gathered.steps_of(unit);
    let is_own = gathered.is_own(step.id.as_str());
    let at = steps.iter().position(|it| it.id == step.id).unwrap_or_default();
    let left = (steps.len() - at) * SECONDS;
    let minutes = left.div_ceil(60) as u64; // number: seconds of a minute
    let other = Side::ALL.iter().find(|it| *it != side).map_or("", |it| side_words(*it));
    Ok(StepPage {
        shell: shell(visit, unit, step.label.clone()).with_errors(&wrong),
        kicker: format!("{}, your rating", unit.stored.unit.name),
        progress: if is_own {
            "A step of our own, beside the others. It never counts.".to_owned()
        } else {
            let left = words::count(minutes, "minute", "minutes");
            format!("Step {} of {}, about {left} left", at + 1, steps.len())
        },
        done: at,
        all: if is_own { 0 } else { steps.len() },
        good: step.guidance.clone(),
        enough: step.enough.clone(),
        not_enough: step.not_enough.clone(),
        note: step.note.clone().unwrap_or_default(),
        options: OPTIONS.to_vec(),
        typed,
        wrong,
        evidence: gathered
            .evidence_for(code, step.id.as_str())
            .into_iter()
            .map(|it| {
                let state = if gathered.is_live(it) {
                    format!("Counts to {}", day(&gathered.lives_until(it)))
                } else {
                    "Does not count".to_owned()
                };
                (state, it.of.title.clone())
            })
            .collect(),
        add: format!("/assessment/{code}/evidence?step={}#add", step.id),
        examples: examples(step),
        proposed,
        proposals: format!("/assessment/{code}/evidence#proposed"),
        other: format!(
            "You see what {other} say, and they what you say, when both have gone through all steps."
        ),
        definitions,
    })
}

/// What the words mean, while this person has not gone on from there.
async fn unread(visit: &Visit, place: &Place<'_>) -> Result<Vec<(String, String)>, Fault> {
    let framework = &place.gathered.framework;
    let mut db = visit.app.store().read().await?;
    let unit = &place.unit.stored.unit.code;
    let readers = definitions::readers(&mut db, unit, framework.id().as_str()).await?;
    if readers.contains_key(&visit.person()?.id) {
        return Ok(Vec::new());
    }
    Ok(meanings(framework))
}

/// Terms of a framework with what they mean.
fn meanings(framework: &engagement::Framework) -> Vec<(String, String)> {
    let one =
        |it: &engagement::framework::Definition| (words::capital(&it.term), it.meaning.clone());
    framework.definitions().iter().map(one).collect()
}

/// What trusts did, of the guide's examples.
fn examples(step: &Step) -> Vec<(String, String)> {
    let library = Library::own();
    let of = library.examples_of(&step.id).take(EXAMPLES);
    of.map(|it| (it.title.clone(), it.story.clone())).collect()
}

impl Page for StepPage {
    const TEMPLATE: &'static str = "features/self_assessment/step.html";

    fn samples() -> Vec<Self> {
        let page = |wrong: Wrong, has_read: bool| Self {
            shell: Shell::sample("Continuous improvement").with_errors(&wrong),
            kicker: "Trauma and orthopaedics, your rating".to_owned(),
            progress: "Step 8 of 20, about 2 minutes left".to_owned(),
            done: 7,
            all: 20,
            good: "A change is tried, measured and kept or dropped.".to_owned(),
            enough: "Two changes with their measures.".to_owned(),
            not_enough: "A plan.".to_owned(),
            note: String::new(),
            options: OPTIONS.to_vec(),
            typed: Typed::default(),
            wrong,
            evidence: vec![("Counts to 12 March 2027".to_owned(), "Hip review".to_owned())],
            add: "/assessment/TORT/evidence?step=C7#add".to_owned(),
            examples: vec![("A trust".to_owned(), "It tried a change and kept it.".to_owned())],
            proposed: "The system proposes 1 piece for it".to_owned(),
            proposals: "/assessment/TORT/evidence#proposed".to_owned(),
            other: "You see what finance say when both have gone through all steps.".to_owned(),
            definitions: if has_read {
                Vec::new()
            } else {
                meanings(&engagement::Framework::national_2013())
            },
        };
        let mut wrong = Wrong::default();
        wrong.add("rating", "Choose how far it is so, or that you do not know");
        vec![page(Wrong::default(), false), page(wrong, true)]
    }
}
