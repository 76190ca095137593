//! A known issue: added, changed and mended.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::Day;
use engagement::known_issues::Effect;
use store::known_issues::{self, Issue, NewIssue};
use store::people::{self, PersonState};
use store::{Connection, DataIssueId, PersonId, UnitCode};

use super::{NEW, WORDS, address, line};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::form_page::{Field, FormPage, Kind};
use crate::shell::forms::Wrong;
use crate::shell::session::today;
use crate::shell::visit::Visit;

/// An issue as typed.
#[derive(Clone, Debug, Default)]
struct Typed {
    what: String,
    effect: String,
    effect_on: String,
    owner: String,
    found_on: String,
    mended_on: String,
    holds_packs: String,
}

/// What the form is of.
struct Form {
    unit: String,
    name: String,
    issue: Option<Issue>,
    people: Vec<(String, String)>,
}

/// People who are here, to choose from.
pub(super) async fn choices(
    db: &mut Connection,
    nobody: &str,
) -> Result<Vec<(String, String)>, Fault> {
    let here = people::list(db).await?.into_iter().filter(|it| it.state == PersonState::Active);
    let mut all: Vec<(String, String)> =
        here.map(|it| (it.id.to_string(), it.person.name)).collect();
    all.sort_by(|one, other| one.1.cmp(&other.1));
    all.insert(0, (String::new(), nobody.to_owned()));
    Ok(all)
}

async fn form(app: &App, visit: &Visit, (unit, issue): (&str, &str)) -> Result<Form, Fault> {
    let mut db = app.store().read().await?;
    let line = line(&mut db, visit, (unit, true)).await?;
    let issue = match issue {
        NEW => None,
        id => Some(known_issues::issue(&mut db, &DataIssueId::new(id)).await?),
    };
    if issue.as_ref().is_some_and(|it| it.of.unit.as_str() != unit) {
        return Err(Fault::NotFound);
    }
    let people = choices(&mut db, "Choose somebody").await?;
    Ok(Form { unit: unit.to_owned(), name: line.name, issue, people })
}

impl Form {
    fn answer(&self, visit: &Visit, (typed, seen): (Typed, String), wrong: Wrong) -> Response {
        let effects = Effect::ALL.iter().map(|it| (it.word().to_owned(), it.name().to_owned()));
        let holds = [("no", "No"), ("yes", "Yes: packs are not issued until it is mended")];
        let holds = holds.map(|it| (it.0.to_owned(), it.1.to_owned()));
        let title = if self.issue.is_some() { "A known issue" } else { "Add an issue" };
        let home = address(&self.unit);
        let id = self.issue.as_ref().map_or(NEW, |it| it.id.as_str());
        FormPage {
            shell: visit
                .shell(title)
                .below("Services", "/services")
                .below(&self.name, format!("/services/{}", self.unit))
                .below("Data", &home),
            kicker: self.name.clone(),
            lead: vec![
                "In plain words, with what it changes. It stands in every pack until it is mended."
                    .to_owned(),
            ],
            action: format!("{home}/issues/{id}"),
            hidden: vec![("seen", seen)],
            fields: vec![
                Field::new(Kind::Lines, "what", "What is wrong", "Do not name a patient")
                    .with(typed.what),
                Field::new(
                    Kind::Radios,
                    "effect",
                    "How much it changes",
                    "Material: the figures may say something else without it",
                )
                .with(typed.effect)
                .of(effects.collect::<Vec<_>>()),
                Field::new(
                    Kind::Line,
                    "effect_on",
                    "Which figures it changes",
                    "Such as cost of theatre time",
                )
                .with(typed.effect_on),
                Field::new(Kind::Choice, "owner", "Who sees to it", "")
                    .with(typed.owner)
                    .of(&self.people),
                Field::new(Kind::Day, "found_on", "When it was found", "").with(typed.found_on),
                Field::new(
                    Kind::Day,
                    "mended_on",
                    "When it was mended",
                    "Leave it blank until then",
                )
                .with(typed.mended_on),
                Field::new(
                    Kind::Radios,
                    "holds_packs",
                    "Do packs wait until it is mended?",
                    "Whoever sees to it decides alone",
                )
                .with(typed.holds_packs)
                .of(holds),
            ],
            button: "Keep the issue".to_owned(),
            back: home,
            wrong,
            ..FormPage::default()
        }
        .answer()
    }
}

pub(super) async fn show(
    State(app): State<App>,
    Path((unit, issue)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let form = form(&app, &visit, (&unit, &issue)).await?;
    let (typed, seen) = match &form.issue {
        None => {
            let found_on = today(visit.now).to_string();
            let (effect, holds_packs) = (Effect::Small.word().to_owned(), "no".to_owned());
            (Typed { effect, found_on, holds_packs, ..Typed::default() }, 0)
        }
        Some(it) => (typed_of(&it.of), it.number),
    };
    Ok(form.answer(&visit, (typed, seen.to_string()), Wrong::default()))
}

fn typed_of(it: &NewIssue) -> Typed {
    Typed {
        what: it.what.clone(),
        effect: it.effect.word().to_owned(),
        effect_on: it.effect_on.clone(),
        owner: it.owner.to_string(),
        found_on: it.found_on.to_string(),
        mended_on: it.mended_on.map_or_else(String::new, |it| it.to_string()),
        holds_packs: if it.holds_packs { "yes" } else { "no" }.to_owned(),
    }
}

/// What was typed, and the issue where nothing is wrong with it.
fn read(visit: &Visit, form: &Form) -> (Typed, Option<NewIssue>, Wrong) {
    let text = |name: &str| visit.fields.get(name).trim().to_owned();
    let typed = Typed {
        what: text("what"),
        effect: text("effect"),
        effect_on: text("effect_on"),
        owner: text("owner"),
        found_on: text("found_on"),
        mended_on: text("mended_on"),
        holds_packs: text("holds_packs"),
    };
    let mut wrong = Wrong::default();
    WORDS.check(&mut wrong, "what", &typed.what, "Write what is wrong");
    WORDS.check(&mut wrong, "effect_on", &typed.effect_on, "Write which figures it changes");
    let effect = typed.effect.parse::<Effect>().ok();
    wrong.unless(effect.is_some(), "effect", "Choose how much it changes");
    let is_here = !typed.owner.is_empty() && form.people.iter().any(|it| it.0 == typed.owner);
    wrong.unless(is_here, "owner", "Choose who sees to it");
    let found_on = typed.found_on.parse::<Day>().ok();
    wrong.unless(found_on.is_some(), "found_on", "Write the day as 2026-06-11");
    let mended_on = (!typed.mended_on.is_empty()).then(|| typed.mended_on.parse::<Day>().ok());
    wrong.unless(mended_on != Some(None), "mended_on", "Write the day as 2026-06-11");
    let is_choice = matches!(typed.holds_packs.as_str(), "yes" | "no");
    wrong.unless(is_choice, "holds_packs", "Choose whether packs wait");
    let new =
        effect.zip(found_on).filter(|_| wrong.is_empty()).map(|(effect, found_on)| NewIssue {
            unit: UnitCode::new(form.unit.as_str()),
            what: typed.what.clone(),
            effect,
            effect_on: typed.effect_on.clone(),
            owner: PersonId::new(typed.owner.as_str()),
            found_on,
            mended_on: mended_on.flatten(),
            holds_packs: typed.holds_packs == "yes",
        });
    (typed, new, wrong)
}

pub(super) async fn keep(
    State(app): State<App>,
    Path((unit, issue)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let form = form(&app, &visit, (&unit, &issue)).await?;
    let (typed, new, mut wrong) = read(&visit, &form);
    let sent = visit.fields.get("seen").to_owned();
    let Some(new) = new else { return Ok(form.answer(&visit, (typed, sent), wrong)) };
    let seen = sent.parse::<i64>().map_err(|_| Fault::NotFound)?;
    let (id, entry) =
        (form.issue.as_ref().map(|it| it.id.clone()), visit.entry("data_issue.keep", ""));
    let home = address(&unit);
    let done = visit.attempt(&home, "The issue is kept.", move |tx| {
        Box::pin(async move {
            known_issues::keep_issue(tx, (id.as_ref(), seen), &new, &entry).await?;
            Ok(())
        })
    });
    match done.await {
        Err(store::Error::Refused(store::Refusal::Rule(told))) => {
            let field = if told.contains("owner") {
                "holds_packs"
            } else if told.contains("mended") {
                "mended_on"
            } else {
                "found_on"
            };
            wrong.add(field, crate::shell::words::capital(&told));
            Ok(form.answer(&visit, (typed, sent), wrong))
        }
        other => Ok(other?),
    }
}
