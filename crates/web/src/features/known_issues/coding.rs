//! A review of coding: planned, and done with what it found.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::Day;
use store::known_issues::{self, CodingReview, NewCodingReview};
use store::{CodingReviewId, UnitCode};

use super::{NEW, WORDS, address, line};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::form_page::{Field, FormPage, Kind};
use crate::shell::forms::Wrong;
use crate::shell::visit::Visit;
use crate::shell::words;

/// A review as typed.
#[derive(Clone, Debug, Default)]
struct Typed {
    about: String,
    planned_on: String,
    done_on: String,
    result: String,
}

/// The review, with the name of its service line.
async fn found(
    app: &App,
    visit: &Visit,
    (unit, review): (&str, &str),
) -> Result<(Option<CodingReview>, String), Fault> {
    let mut db = app.store().read().await?;
    let name = line(&mut db, visit, (unit, true)).await?.name;
    if review == NEW {
        return Ok((None, name));
    }
    let it = known_issues::coding_review(&mut db, &CodingReviewId::new(review)).await?;
    if it.of.unit.as_str() == unit { Ok((Some(it), name)) } else { Err(Fault::NotFound) }
}

fn page(
    visit: &Visit,
    (unit, review, name): (&str, &str, &str),
    (typed, seen): (Typed, String),
    wrong: Wrong,
) -> Response {
    let home = address(unit);
    FormPage {
        shell: visit
            .shell("A review of coding")
            .below("Services", "/services")
            .below(name, format!("/services/{unit}"))
            .below("Data", &home),
        kicker: name.to_owned(),
        lead: vec![
            "Records that a clinician and a coder read again together, and what they found."
                .to_owned(),
        ],
        action: format!("{home}/coding/{review}"),
        hidden: vec![("seen", seen)],
        fields: vec![
            Field::new(
                Kind::Line,
                "about",
                "Which records",
                "Such as 50 records of hip replacements",
            )
            .with(typed.about),
            Field::new(Kind::Day, "planned_on", "Planned for", "").with(typed.planned_on),
            Field::new(Kind::Day, "done_on", "Done on", "Leave it blank until then")
                .with(typed.done_on),
            Field::new(
                Kind::Lines,
                "result",
                "What it found",
                "Such as 47 of 50 right; do not name a patient",
            )
            .with(typed.result),
        ],
        button: "Keep the review of coding".to_owned(),
        back: home,
        wrong,
        ..FormPage::default()
    }
    .answer()
}

pub(super) async fn show(
    State(app): State<App>,
    Path((unit, review)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (it, name) = found(&app, &visit, (&unit, &review)).await?;
    let seen = it.as_ref().map_or(0, |it| it.number).to_string();
    let typed = it.map_or_else(Typed::default, |it| Typed {
        about: it.of.about,
        planned_on: it.of.planned_on.to_string(),
        done_on: it.of.done_on.map_or_else(String::new, |it| it.to_string()),
        result: it.of.result,
    });
    Ok(page(&visit, (&unit, &review, &name), (typed, seen), Wrong::default()))
}

pub(super) async fn keep(
    State(app): State<App>,
    Path((unit, review)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (it, name) = found(&app, &visit, (&unit, &review)).await?;
    let text = |name: &str| visit.fields.get(name).trim().to_owned();
    let typed = Typed {
        about: text("about"),
        planned_on: text("planned_on"),
        done_on: text("done_on"),
        result: text("result"),
    };
    let mut wrong = Wrong::default();
    WORDS.check(&mut wrong, "about", &typed.about, "Write which records are reviewed");
    if !typed.result.is_empty() {
        WORDS.check(&mut wrong, "result", &typed.result, "");
    }
    let planned_on = typed.planned_on.parse::<Day>().ok();
    wrong.unless(planned_on.is_some(), "planned_on", "Write the day as 2026-06-11");
    let done_on = (!typed.done_on.is_empty()).then(|| typed.done_on.parse::<Day>().ok());
    wrong.unless(done_on != Some(None), "done_on", "Write the day as 2026-06-11");
    let sent = visit.fields.get("seen").to_owned();
    let Some(planned_on) = planned_on.filter(|_| wrong.is_empty()) else {
        return Ok(page(&visit, (&unit, &review, &name), (typed, sent), wrong));
    };
    let seen = sent.parse::<i64>().map_err(|_| Fault::NotFound)?;
    let new = NewCodingReview {
        unit: UnitCode::new(unit.as_str()),
        about: typed.about.clone(),
        planned_on,
        done_on: done_on.flatten(),
        result: typed.result.clone(),
    };
    let (id, entry) = (it.map(|it| it.id), visit.entry("coding_review.keep", ""));
    let home = address(&unit);
    let done = visit.attempt(&home, "The review of coding is kept.", move |tx| {
        Box::pin(async move {
            known_issues::keep_coding_review(tx, (id.as_ref(), seen), &new, &entry).await?;
            Ok(())
        })
    });
    match done.await {
        Err(store::Error::Refused(store::Refusal::Rule(told))) => {
            let field = if told.contains("found") { "result" } else { "done_on" };
            wrong.add(field, words::capital(&told));
            Ok(page(&visit, (&unit, &review, &name), (typed, sent), wrong))
        }
        other => Ok(other?),
    }
}
