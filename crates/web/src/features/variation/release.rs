//! The version without names of an explained difference: released to the board, and withdrawn.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use engagement::benefits::Side;
use engagement::variation::{PARTS, Question, Says, Voices, is_explained, names_in};
use serde::Deserialize;
use store::board_versions::{self, NewBoardVersion, StoredBoardVersion};
use store::variation::{Act, Step, StoredInsight};

use super::{TEXT, found};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::form_page::{Beside, Field, FormPage, Kind};
use crate::shell::forms::Wrong;
use crate::shell::joint_work::unit_names;
use crate::shell::people;
use crate::shell::variation::may_answer;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Names of people by reference.
type Names = BTreeMap<String, String>;

/// What the page of a difference says of its version for the board.
#[derive(Clone, Debug, Default)]
pub(super) struct ForBoard {
    /// How it stands.
    pub(super) said: Vec<String>,
    /// What is with the board: what each part is called, and its text.
    pub(super) parts: Vec<(&'static str, String)>,
    /// Where it is released or withdrawn, and what the link says; blank for nowhere.
    pub(super) link: (String, &'static str),
    /// Versions that were withdrawn.
    pub(super) withdrawn: Vec<String>,
}

/// Each part of a version, with what it is called.
pub(super) fn parts(of: &NewBoardVersion) -> Vec<(&'static str, String)> {
    let texts = of.texts().map(str::to_owned);
    PARTS.into_iter().zip(texts).map(|((_, name), text)| (name, text)).collect()
}

fn name<'a>(names: &'a Names, id: &'a str) -> &'a str {
    names.get(id).map_or(id, String::as_str)
}

impl ForBoard {
    /// Of a difference with all its versions.
    pub(super) fn of(
        insight: &StoredInsight,
        all: &[StoredBoardVersion],
        names: &Names,
        may: bool,
    ) -> Self {
        let link =
            |to: &str| if may { format!("/variation/{}/{to}", insight.id) } else { String::new() };
        let ended = |it: &StoredBoardVersion| {
            let end = it.withdrawn.as_ref()?;
            Some(format!(
                "Released by {}, {}; withdrawn by {}, {}: {}",
                name(names, it.by.as_str()),
                words::moment(it.at),
                name(names, end.by.as_str()),
                words::moment(end.at),
                words::sentence(&end.reason)
            ))
        };
        let withdrawn = all.iter().filter_map(ended).collect();
        if let Some(it) = all.iter().find(|it| it.withdrawn.is_none()) {
            let by = name(names, it.by.as_str());
            let mut said = vec![format!("Released by {by}, {}.", words::moment(it.at))];
            if it.version < insight.version() {
                let since = "Something was added to the difference since: the board still reads what was released.";
                said.push(since.to_owned());
            }
            let link = (link("withdraw"), "Withdraw it from the board");
            return Self { said, parts: parts(&it.of), link, withdrawn };
        }
        if is_explained(&insight.said()) {
            let said = vec!["No version of it is with the board.".to_owned()];
            let link = (link("release"), "Release a version without names");
            return Self { said, parts: Vec::new(), link, withdrawn };
        }
        let said = "Once a clinician and finance stand behind all three answers, a version without names can be released.";
        Self { said: vec![said.to_owned()], withdrawn, ..Self::default() }
    }

    /// For samples: with the board, or not yet.
    pub(super) fn sample(is_out: bool) -> Self {
        if !is_out {
            let link = ("/variation/1/release".to_owned(), "Release a version without names");
            let said = vec!["No version of it is with the board.".to_owned()];
            return Self { said, link, ..Self::default() };
        }
        Self {
            said: vec!["Released by Daniel Osei, 1 June 2026, 10:00.".to_owned()],
            parts: parts(&sample()),
            link: ("/variation/1/withdraw".to_owned(), "Withdraw it from the board"),
            withdrawn: vec![
                "Released by Daniel Osei, 30 May 2026, 10:00; withdrawn by Amara Okafor, 31 May 2026, 10:00: A ward was left out.".to_owned(),
            ],
        }
    }
}

/// A version for samples.
pub(super) fn sample() -> NewBoardVersion {
    NewBoardVersion {
        differs: "Stays are longer than in similar trusts.".to_owned(),
        different: "Yes.".to_owned(),
        why: "Patients wait for transport.".to_owned(),
        what_next: "Transport is booked the day before.".to_owned(),
    }
}

/// A version as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Typed {
    seen: String,
    differs: String,
    different: String,
    why: String,
    what_next: String,
}

/// A withdrawal as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Back {
    seen: String,
    reason: String,
}

/// What both forms are made of.
struct Found {
    insight: StoredInsight,
    unit: String,
    names: Names,
    all: Vec<StoredBoardVersion>,
}

impl Found {
    /// A difference that somebody may release.
    async fn of(app: &App, visit: &Visit, id: &str) -> Result<Self, Fault> {
        let mut db = app.store().read().await?;
        let insight = found(&mut db, visit, id).await?;
        let code = insight.of.unit.as_str();
        if !may_answer(visit, code) {
            return Err(Fault::NotFound);
        }
        let unit = unit_names(&mut db).await?.remove(code).unwrap_or_else(|| code.to_owned());
        let names = people::names(&mut db).await?;
        let all = board_versions::of_insight(&mut db, &insight.id).await?;
        Ok(Self { insight, unit, names, all })
    }

    fn out(&self) -> Option<&StoredBoardVersion> {
        self.all.iter().find(|it| it.withdrawn.is_none())
    }

    fn address(&self) -> String {
        format!("/variation/{}", self.insight.id)
    }

    /// What was said of the difference since somebody saw so much of it.
    fn since(&self, seen: i64) -> Vec<Beside> {
        let said = |it: &Step| {
            let by = format!("{}, {}", name(&self.names, it.by.as_str()), words::moment(it.at));
            let asks = it.question.map_or("What follows", Question::name).to_owned();
            let did = if it.act == Act::Agreed { "Agreed.".to_owned() } else { it.words.clone() };
            (it.at, Beside { by, lines: vec![asks, did] })
        };
        Beside::since(self.insight.steps.iter().map(said).collect(), seen)
    }

    fn release_page(&self, visit: &Visit, typed: Typed, wrong: Wrong) -> FormPage {
        let texts = [typed.differs, typed.different, typed.why, typed.what_next];
        let field = |((code, asks), text): ((&'static str, &'static str), String)| {
            Field::new(Kind::Lines, code, asks, "").with(text)
        };
        FormPage {
            shell: visit
                .shell("Release to the board, without names")
                .below("Differences", "/variation")
                .below("Are we different, and why?", self.address()),
            kicker: self.unit.clone(),
            lead: vec![
                "Here stands what both sides said. Take out names, logins and codes of anybody: what is released is kept as it is, whatever is written of the difference later.".to_owned(),
                "The board sees small numbers hidden: take out counts of few patients.".to_owned(),
            ],
            hidden: vec![("seen", self.insight.version().to_string())],
            fields: PARTS.into_iter().zip(texts).map(field).collect(),
            button: "Release it to the board".to_owned(),
            action: format!("{}/release", self.address()),
            back: self.address(),
            wrong,
            ..FormPage::default()
        }
    }

    fn withdraw_page(&self, visit: &Visit, typed: Back, wrong: Wrong) -> FormPage {
        let out = self.out().map_or(0, |it| it.number).to_string();
        FormPage {
            shell: visit
                .shell("Withdraw from the board")
                .below("Differences", "/variation")
                .below("Are we different, and why?", self.address()),
            kicker: self.unit.clone(),
            lead: vec![
                "The board reads it no more. What was released, and why it was withdrawn, are kept beside the difference.".to_owned(),
            ],
            hidden: vec![("seen", out)],
            fields: vec![
                Field::new(Kind::Lines, "reason", "Why it is withdrawn", "").with(typed.reason),
            ],
            button: "Withdraw it".to_owned(),
            action: format!("{}/withdraw", self.address()),
            back: self.address(),
            wrong,
            ..FormPage::default()
        }
    }
}

/// What both sides last wrote on a question, as far as they stand behind it.
fn answers(insight: &StoredInsight, question: Question) -> String {
    let voices = Voices::of(question, &insight.said());
    let wrote = |side: &Side| {
        let voice = voices.of_side(*side).filter(|it| it.says == Says::Wrote)?;
        let step = insight.answer(question, *side)?;
        (step.by.as_str() == voice.by).then(|| step.words.clone())
    };
    let all: Vec<String> = Side::ALL.iter().filter_map(wrote).collect();
    all.join("\n")
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let it = Found::of(&app, &visit, &id).await?;
    if it.out().is_some() || !is_explained(&it.insight.said()) {
        return Err(Fault::NotFound);
    }
    let of = |question| answers(&it.insight, question);
    let typed = Typed {
        seen: String::new(),
        differs: it.insight.of.differs.clone(),
        different: of(Question::Different),
        why: of(Question::Why),
        what_next: of(Question::WhatNext),
    };
    Ok(it.release_page(&visit, typed, Wrong::default()).answer())
}

pub(super) async fn release(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let typed: Typed = visit.fields.read()?;
    let it = Found::of(&app, &visit, &id).await?;
    let seen = typed.seen.parse().unwrap_or(-1);
    if seen != it.insight.version() {
        let page = it.release_page(&visit, typed, Wrong::default());
        return Ok(page.outdated(it.since(seen)).answer());
    }
    let new = typed.read();
    let mut wrong = Wrong::default();
    for ((code, _), text) in PARTS.into_iter().zip(new.texts()) {
        TEXT.check(&mut wrong, code, text, "Write what the board is told");
    }
    if !wrong.is_empty() {
        return Ok(it.release_page(&visit, typed, wrong).answer());
    }
    let mut db = app.store().read().await?;
    let known = board_versions::known(&mut db).await?;
    drop(db);
    for (code, fault) in names_in(&known, new.texts()) {
        wrong.add(code, words::capital(&fault.to_string()));
    }
    if !wrong.is_empty() {
        return Ok(refused(it.release_page(&visit, typed, wrong)));
    }
    let scope = visit.scope(Capability::AnswerQuestions)?;
    let entry = visit.entry_in(scope, "insight.release", "");
    let (of, address) = (it.insight.id.clone(), format!("{}#board", it.address()));
    let done = visit.attempt(&address, "It is released to the board.", move |tx| {
        Box::pin(async move { board_versions::release(tx, &of, &new, seen, &entry).await })
    });
    match done.await {
        Err(store::Error::Refused(store::Refusal::Rule(told))) => {
            wrong.add("differs", words::capital(&told));
            Ok(refused(it.release_page(&visit, typed, wrong)))
        }
        other => Ok(other?),
    }
}

/// The form again, as one that a rule refused.
fn refused(page: FormPage) -> Response {
    let mut answer = page.answer();
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    answer
}

impl Typed {
    fn read(&self) -> NewBoardVersion {
        let text = |it: &str| it.trim().to_owned();
        NewBoardVersion {
            differs: text(&self.differs),
            different: text(&self.different),
            why: text(&self.why),
            what_next: text(&self.what_next),
        }
    }
}

pub(super) async fn ask_back(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let it = Found::of(&app, &visit, &id).await?;
    it.out().ok_or(Fault::NotFound)?;
    Ok(it.withdraw_page(&visit, Back::default(), Wrong::default()).answer())
}

pub(super) async fn withdraw(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let typed: Back = visit.fields.read()?;
    let it = Found::of(&app, &visit, &id).await?;
    let mut wrong = Wrong::default();
    TEXT.check(&mut wrong, "reason", &typed.reason, "Say why it is withdrawn");
    if !wrong.is_empty() {
        return Ok(it.withdraw_page(&visit, typed, wrong).answer());
    }
    let scope = visit.scope(Capability::AnswerQuestions)?;
    let entry = visit.entry_in(scope, "insight.withdraw", "");
    let seen = typed.seen.parse().unwrap_or(-1);
    let (of, address) = (it.insight.id.clone(), format!("{}#board", it.address()));
    let done = visit.change(&address, "It is withdrawn from the board.", move |tx| {
        Box::pin(
            async move { board_versions::withdraw(tx, &of, &typed.reason, seen, &entry).await },
        )
    });
    done.await
}
