//! What is done with a difference: answered, agreed to, and what follows said.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::benefits::Side;
use engagement::variation::Question;
use serde::Deserialize;
use store::ActionId;
use store::variation::{self, StoredInsight};

use super::show::{Show, Typed};
use super::{TEXT, found};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::joint_work::{own_side, seen_action};
use crate::shell::page::Page as _;
use crate::shell::variation::may_answer;
use crate::shell::visit::Visit;

/// An answer as typed: each question has a field of its own.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Answer {
    seen: String,
    question: String,
    act: String,
    different: String,
    why: String,
    what_next: String,
}

/// What follows, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Follow {
    seen: String,
    action: String,
    because: String,
}

/// A difference that somebody may answer, and for which side they speak.
async fn answering(
    app: &App,
    visit: &Visit,
    id: &str,
) -> Result<(StoredInsight, Option<Side>), Fault> {
    let mut db = app.store().read().await?;
    let insight = found(&mut db, visit, id).await?;
    if !may_answer(visit, insight.of.unit.as_str()) {
        return Err(Fault::NotFound);
    }
    let side = own_side(&mut db, visit).await?;
    Ok((insight, side))
}

fn seen(text: &str) -> i64 {
    text.parse().unwrap_or(-1)
}

pub(super) async fn answer(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let form: Answer = visit.fields.read()?;
    let (insight, side) = answering(&app, &visit, &id).await?;
    let side = side.ok_or(Fault::NotFound)?;
    let question: Question = form.question.parse().map_err(|_| Fault::NotFound)?;
    let words = match question {
        Question::Different => form.different,
        Question::Why => form.why,
        Question::WhatNext => form.what_next,
    };
    let agrees = match form.act.as_str() {
        "agree" => true,
        "write" => false,
        _ => return Err(Fault::NotFound),
    };
    if !agrees {
        let mut wrong = Wrong::default();
        TEXT.check(&mut wrong, question.word(), &words, "Write your answer");
        if !wrong.is_empty() {
            let typed = Typed { answers: [(question.word(), words)].into(), ..Typed::default() };
            return Ok(Show::of(&app, &visit, &insight, (typed, wrong)).await?.respond());
        }
    }
    let entry = visit.entry_in(visit.scope(Capability::AnswerQuestions)?, "insight.step", "");
    let address = format!("/variation/{}#question-{}", insight.id, question.word());
    let said = if agrees { "You agree to that answer." } else { "Your answer is recorded." };
    let (id, seen) = (insight.id.clone(), seen(&form.seen));
    let done = visit.change(&address, said, move |tx| {
        Box::pin(async move {
            if agrees {
                return variation::agree(tx, &id, (question, side), seen, &entry).await;
            }
            variation::answer(tx, &id, (question, side, &words), seen, &entry).await
        })
    });
    done.await
}

pub(super) async fn follow(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let form: Follow = visit.fields.read()?;
    let (insight, _) = answering(&app, &visit, &id).await?;
    let action = Some(ActionId::new(form.action.trim())).filter(|it| !it.as_str().is_empty());
    let mut wrong = Wrong::default();
    if let Some(id) = &action {
        let mut db = app.store().read().await?;
        let seen = seen_action(&mut db, &visit, id).await?;
        let is_there = seen.is_some_and(|it| it.agreed.unit == insight.of.unit);
        wrong.unless(is_there, "action", "Choose an action of the list");
        let both = form.because.trim().is_empty();
        wrong.unless(both, "because", "An action follows: take out why nothing does");
    } else {
        let missing = "Say why nothing follows, or choose an action";
        TEXT.check(&mut wrong, "because", &form.because, missing);
    }
    if !wrong.is_empty() {
        let typed = Typed { action: form.action, because: form.because, ..Typed::default() };
        return Ok(Show::of(&app, &visit, &insight, (typed, wrong)).await?.respond());
    }
    let entry = visit.entry_in(visit.scope(Capability::AnswerQuestions)?, "insight.step", "");
    let (id, seen) = (insight.id.clone(), seen(&form.seen));
    let address = format!("/variation/{id}");
    let done = visit.change(&address, "What follows is recorded.", move |tx| {
        Box::pin(async move {
            let follows = (action.as_ref(), form.because.trim());
            variation::follow(tx, &id, follows, seen, &entry).await
        })
    });
    done.await
}
