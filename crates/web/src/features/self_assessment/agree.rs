//! What both professions said of a step, side by side, and what they agree on.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use store::assessing::{self, Rating};

use super::{WORDS, lower, rating_words, seen, shell, side_words, step_of};
use crate::App;
use crate::shell::assessing::{Gathered, Standing, gather, own_side};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::people::names;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/self_assessment/agree.html")]
pub(super) struct AgreePage {
    shell: Shell,
    kicker: String,
    lead: String,
    said: Vec<Said>,
    options: Vec<(String, String)>,
    seen: i64,
    typed: Typed,
    wrong: Wrong,
}

/// What one person said.
#[derive(Clone, Debug, Default)]
struct Said {
    who: String,
    side: String,
    rating: String,
    words: String,
}

/// What is agreed, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    rating: String,
    because: String,
    seen: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(place): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let settled = gathered.agreed_on(&place.0, &place.1);
    let typed = settled.map_or_else(Typed::default, |it| Typed {
        rating: it.rating.as_str().to_owned(),
        because: it.because.clone(),
        seen: String::new(),
    });
    Ok(page(&visit, &gathered, &place, (typed, Wrong::default())).await?.respond())
}

pub(super) async fn settle(
    State(app): State<App>,
    Path(place): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let typed: Typed = visit.fields.read()?;
    own_side(&visit).await?.ok_or(Fault::NotFound)?;
    let mut wrong = Wrong::default();
    let rating = typed.rating.parse::<Rating>().ok();
    let needs_reason = needs_reason(&gathered, &place, rating);
    wrong.unless(rating.is_some(), "rating", "Choose what you both agree on");
    if needs_reason || !typed.because.trim().is_empty() {
        let missing = "Say why, since it was said otherwise before";
        WORDS.check(&mut wrong, "because", &typed.because, missing);
    }
    // Refuses what this person may not settle before anything is said of their form.
    let shown = page(&visit, &gathered, &place, (typed.clone(), wrong.clone())).await?;
    let Some(rating) = rating.filter(|_| wrong.is_empty()) else { return Ok(shown.respond()) };
    let assessment = gathered.assessments.get(&place.0).ok_or(Fault::NotFound)?.id.clone();
    let seen = typed.seen.parse().unwrap_or_default();
    let entry = visit.entry_in(visit.scope(Capability::SignLevels)?, "assessment.agree", "");
    let leads_to = format!("/assessment/{}", place.0);
    let (step, because) = (place.1.clone(), typed.because.trim().to_owned());
    let done = visit.change(&leads_to, "What you agree on is kept.", move |tx| {
        Box::pin(async move {
            let said = (step.as_str(), rating, because.as_str());
            assessing::agree(tx, &assessment, said, (seen, needs_reason), &entry).await
        })
    });
    done.await
}

/// Whether the two professions differed, or what they said or agreed on before is changed.
fn needs_reason(
    gathered: &Gathered,
    (unit, step): &(String, String),
    rating: Option<Rating>,
) -> bool {
    match gathered.standing(unit, step) {
        Standing::Differ | Standing::Agreed(_) => true,
        Standing::Same(before) => rating != Some(before),
        Standing::Only(_) | Standing::Nobody => false,
    }
}

async fn page(
    visit: &Visit,
    gathered: &Gathered,
    (code, step): &(String, String),
    (typed, wrong): (Typed, Wrong),
) -> Result<AgreePage, Fault> {
    let unit = seen(visit, gathered, (Capability::SignLevels, code))?;
    let step = step_of(gathered, unit, step)?;
    if !gathered.may_be_settled(unit, step.id.as_str()) {
        return Err(Fault::NotFound);
    }
    let all = gathered.said(code, step.id.as_str());
    let names = names(&mut *visit.app.store().read().await?).await?;
    let said = all.iter().map(|it| Said {
        who: names.get(it.rater.as_str()).cloned().unwrap_or_default(),
        side: words::capital(side_words(it.said.side)),
        rating: rating_words(it.said.rating).to_owned(),
        words: it.said.words.clone(),
    });
    let settled = gathered.agreed_on(code, step.id.as_str());
    Ok(AgreePage {
        shell: shell(visit, unit, step.label.clone()).with_errors(&wrong),
        kicker: format!("{}, what you agree on", unit.stored.unit.name),
        lead: lead(gathered.standing(code, step.id.as_str())),
        said: said.collect(),
        options: options(),
        seen: typed.seen.parse().unwrap_or(settled.map_or(0, |it| it.number)),
        typed,
        wrong,
    })
}

fn lead(standing: Standing) -> String {
    match standing {
        Standing::Agreed(rating) => format!("Agreed so far: {}.", lower(rating)),
        Standing::Same(rating) => format!(
            "Clinicians and finance both say: {}. There is nothing to settle, and it counts so.",
            lower(rating)
        ),
        Standing::Differ => {
            "Clinicians and finance differ. Talk about it, then record what you agree on and why."
                .to_owned()
        }
        Standing::Only(_) | Standing::Nobody => {
            "Not both could say. Record what you agree on, once you know.".to_owned()
        }
    }
}

fn options() -> Vec<(String, String)> {
    let pair = |it: &Rating| (it.as_str().to_owned(), rating_words(*it).to_owned());
    Rating::ALL.iter().map(pair).collect()
}

impl Page for AgreePage {
    const TEMPLATE: &'static str = "features/self_assessment/agree.html";

    fn samples() -> Vec<Self> {
        let said = |who: &str, side: &str, rating: Rating| Said {
            who: who.to_owned(),
            side: side.to_owned(),
            rating: rating_words(rating).to_owned(),
            words: "Monthly since May".to_owned(),
        };
        let page = |wrong: Wrong| Self {
            shell: Shell::sample("Service line review/management").with_errors(&wrong),
            kicker: "Trauma and orthopaedics, what you agree on".to_owned(),
            lead: lead(Standing::Differ),
            said: vec![
                said("Amara Okafor", "Clinicians", Rating::Consistently),
                said("Daniel Osei", "Finance", Rating::Partly),
            ],
            options: options(),
            seen: 0,
            typed: Typed::default(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("rating", "Choose what you both agree on");
        wrong.add("because", "Say why, since it was said otherwise before");
        vec![page(Wrong::default()), page(wrong)]
    }
}
