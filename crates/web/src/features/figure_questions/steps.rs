//! What is done with a question: answered, handed on, closed, asked again.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use store::figure_questions::{self, Side, StoredQuestion};

use super::show::{May, Show, Typed, others};
use super::{TEXT, found, sight};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::Page as _;
use crate::shell::questions::{self, Owner, SETTINGS, due_after};
use crate::shell::session::today;
use crate::shell::visit::Visit;

/// An answer as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Answer {
    words: String,
}

/// Who should answer instead, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct HandOn {
    owner: String,
    why: String,
    seen: String,
}

/// What has been seen of a question that is closed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Close {
    seen: String,
}

/// What is still asked, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Reopen {
    still: String,
    seen: String,
}

/// A question and what somebody may do with it.
struct Found {
    question: StoredQuestion,
    may: May,
    side: Side,
    others: Vec<Owner>,
}

impl Found {
    async fn of(app: &App, visit: &Visit, id: &str) -> Result<Self, Fault> {
        let mut db = app.store().read().await?;
        let question = found(&mut db, visit, id).await?;
        let may = May::of(&mut db, visit, &question).await?;
        let side = questions::of_person(&mut db, visit).await?;
        let others = others(app, &mut db, visit, &question).await?;
        Ok(Self { question, may, side, others })
    }

    fn address(&self) -> String {
        format!("/questions/{}", self.question.id)
    }

    async fn again(
        &self,
        app: &App,
        visit: &Visit,
        (typed, wrong): (Typed, Wrong),
    ) -> Result<Response, Fault> {
        Ok(Show::of(app, visit, &self.question, (typed, wrong)).await?.respond())
    }
}

fn seen(text: &str) -> i64 {
    text.parse().unwrap_or(-1)
}

pub(super) async fn answer(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let it = Found::of(&app, &visit, &id).await?;
    let form: Answer = visit.fields.read()?;
    // Whoever wrote while it was being closed loses nothing: the answer is kept all the same.
    let me = &visit.person()?.id;
    let may = questions::may_answer(&visit, it.question.question.unit.as_str());
    if !may || it.question.asked_by == *me {
        return Err(Fault::NotFound);
    }
    let mut wrong = Wrong::default();
    TEXT.check(&mut wrong, "words", &form.words, "Write your answer");
    if !wrong.is_empty() {
        let typed = Typed { words: form.words, ..Typed::default() };
        return it.again(&app, &visit, (typed, wrong)).await;
    }
    let entry = visit.entry_in(visit.scope(Capability::AnswerQuestions)?, "question.answer", "");
    let (id, side, address) = (it.question.id.clone(), it.side, it.address());
    let done = visit.change(&address, "Your answer is recorded.", move |tx| {
        Box::pin(async move {
            figure_questions::answer(tx, &id, (form.words.trim(), side), &entry).await
        })
    });
    done.await
}

pub(super) async fn hand_on(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let it = Found::of(&app, &visit, &id).await?;
    let form: HandOn = visit.fields.read()?;
    if !it.may.hand_on {
        return Err(Fault::NotFound);
    }
    let mut wrong = Wrong::default();
    let owner = it.others.iter().find(|other| other.id.as_str() == form.owner);
    wrong.unless(owner.is_some(), "owner", "Choose who should answer");
    if !form.why.trim().is_empty() {
        TEXT.check(&mut wrong, "why", &form.why, "");
    }
    let (Some(owner), true) = (owner.cloned(), wrong.is_empty()) else {
        let typed = Typed { owner: form.owner, why: form.why, ..Typed::default() };
        return it.again(&app, &visit, (typed, wrong)).await;
    };
    let entry = visit.entry_in(visit.scope(Capability::AnswerQuestions)?, "question.hand_on", "");
    let (id, side, address) = (it.question.id.clone(), it.side, it.address());
    let said = format!("{} has the question now.", owner.name);
    let done = visit.change(&address, &said, move |tx| {
        Box::pin(async move {
            let to = (&owner.id, form.why.trim(), side);
            figure_questions::hand_on(tx, &id, to, seen(&form.seen), &entry).await
        })
    });
    done.await
}

pub(super) async fn close(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let it = Found::of(&app, &visit, &id).await?;
    let form: Close = visit.fields.read()?;
    if !it.may.close {
        return Err(Fault::NotFound);
    }
    let entry = visit.entry_in(sight(&visit, &it.question)?, "question.close", "");
    let (id, side, address) = (it.question.id.clone(), it.side, it.address());
    let done = visit.change(&address, "The question is closed.", move |tx| {
        Box::pin(
            async move { figure_questions::close(tx, &id, side, seen(&form.seen), &entry).await },
        )
    });
    done.await
}

pub(super) async fn reopen(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let it = Found::of(&app, &visit, &id).await?;
    let form: Reopen = visit.fields.read()?;
    if !it.may.reopen {
        return Err(Fault::NotFound);
    }
    let mut wrong = Wrong::default();
    TEXT.check(&mut wrong, "still", &form.still, "Write what is still not answered");
    if !wrong.is_empty() {
        let typed = Typed { still: form.still, ..Typed::default() };
        return it.again(&app, &visit, (typed, wrong)).await;
    }
    let entry = visit.entry_in(sight(&visit, &it.question)?, "question.reopen", "");
    let (id, side, address) = (it.question.id.clone(), it.side, it.address());
    let due = due_after(today(visit.now), SETTINGS.due_in_working_days.value);
    let done = visit.change(&address, "It is asked again.", move |tx| {
        Box::pin(async move {
            let still = (form.still.trim(), due, side);
            figure_questions::reopen(tx, &id, still, seen(&form.seen), &entry).await
        })
    });
    done.await
}
