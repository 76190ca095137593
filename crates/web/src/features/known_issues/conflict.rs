//! A conflict of two sources: who settles it is named, and whoever is named settles it.

use axum::extract::{Path, State};
use axum::response::Response;
use engagement::conflicts::Choice;
use store::known_issues::{self, Conflict};
use store::{Connection, PersonId, UnitCode, measures};

use super::issue::choices;
use super::{WORDS, address, line};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::form_page::{Field, FormPage, Kind, Other};
use crate::shell::forms::Wrong;
use crate::shell::known_issues::{conflict as told, keeps, may_open};
use crate::shell::people::names;
use crate::shell::session::access_of;
use crate::shell::visit::Visit;

/// What the form is of.
struct Form {
    unit: String,
    name: String,
    it: Conflict,
    said: String,
    people: Vec<(String, String)>,
    /// Whether whoever looks may name who settles it.
    names: bool,
}

/// Whether a conflict is for whoever is signed in to settle.
pub(super) fn is_named(visit: &Visit, it: &Conflict) -> bool {
    visit.person().is_ok_and(|me| it.settles.as_ref() == Some(&me.id))
}

/// People to choose from: those who could open a conflict of the unit.
async fn able(
    app: &App,
    db: &mut Connection,
    (visit, unit): (&Visit, &str),
) -> Result<Vec<(String, String)>, Fault> {
    let mut found = Vec::new();
    for it in choices(db, "Choose somebody").await? {
        let person = PersonId::new(it.0.as_str());
        // The blank choice is nobody, whose rights need not be read.
        if it.0.is_empty() || may_open(&access_of(app, db, &person, visit.now).await?, unit) {
            found.push(it);
        }
    }
    Ok(found)
}

async fn form(app: &App, visit: &Visit, (unit, id): (&str, &str)) -> Result<Form, Fault> {
    let mut db = app.store().read().await?;
    let name = line(&mut db, visit, (unit, false)).await?.name;
    let all = known_issues::conflicts_of(&mut db, &UnitCode::new(unit)).await?;
    let it = all.into_iter().find(|it| it.id.as_str() == id).ok_or(Fault::NotFound)?;
    let may_name = keeps(visit, unit);
    if !may_name && !is_named(visit, &it) {
        return Err(Fault::NotFound);
    }
    let known = names(&mut db).await?;
    let name_of = |it: &PersonId| known.get(it.as_str()).cloned().unwrap_or_default();
    let definitions: Vec<_> =
        measures::list(&mut db).await?.into_iter().map(|it| it.definition).collect();
    let said = told(&it, &definitions, &name_of);
    let people = if may_name { able(app, &mut db, (visit, unit)).await? } else { Vec::new() };
    Ok(Form { unit: unit.to_owned(), name, it, said, people, names: may_name })
}

impl Form {
    fn settling(action: &str, choice: String, because: String) -> Other {
        let choices = Choice::ALL.iter().map(|it| (it.word().to_owned(), it.name().to_owned()));
        Other {
            heading: "Settle it".to_owned(),
            action: action.to_owned(),
            fields: vec![
                Field::new(
                    Kind::Radios,
                    "choice",
                    "Which value counts",
                    "The first is the one that was there before: if it counts, it is put in again. If neither \
                     does, incentives leave the month out, and elsewhere the last value stands",
                )
                .with(choice)
                .of(choices.collect::<Vec<_>>()),
                Field::new(Kind::Lines, "because", "Why", "Both values stay on record")
                    .with(because),
                Field::new(Kind::Hidden, "act", "", "").with("settle"),
            ],
            button: "Settle the conflict".to_owned(),
        }
    }

    fn naming(&self, action: &str, settles: String) -> Other {
        Other {
            heading: "Name who settles it".to_owned(),
            action: action.to_owned(),
            fields: vec![
                Field::new(
                    Kind::Choice,
                    "settles",
                    "Who settles it",
                    "Somebody who knows both sources",
                )
                .with(settles)
                .of(&self.people),
                Field::new(Kind::Hidden, "act", "", "").with("name"),
            ],
            button: "Name them".to_owned(),
        }
    }

    fn answer(
        &self,
        visit: &Visit,
        (settles, choice, because): (String, String, String),
        wrong: Wrong,
    ) -> Response {
        let home = address(&self.unit);
        let action = format!("{home}/conflicts/{}", self.it.id);
        let naming = self.names.then(|| self.naming(&action, settles));
        let settling = is_named(visit, &self.it).then(|| Self::settling(&action, choice, because));
        let mut forms = naming.into_iter().chain(settling);
        let first = forms.next().unwrap_or_default();
        FormPage {
            shell: visit
                .shell("Two sources, two values")
                .below("Services", "/services")
                .below(&self.name, format!("/services/{}", self.unit))
                .below("Data", &home),
            kicker: self.name.clone(),
            lead: vec![self.said.clone()],
            action: first.action,
            hidden: vec![("seen", self.it.version.to_string())],
            fields: first.fields,
            button: first.button,
            others: forms.collect(),
            back: home,
            wrong,
            ..FormPage::default()
        }
        .answer()
    }
}

pub(super) async fn show(
    State(app): State<App>,
    Path((unit, id)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let form = form(&app, &visit, (&unit, &id)).await?;
    let settles = form.it.settles.as_ref().map_or_else(String::new, ToString::to_string);
    Ok(form.answer(&visit, (settles, String::new(), String::new()), Wrong::default()))
}

pub(super) async fn act(
    State(app): State<App>,
    Path((unit, id)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let form = form(&app, &visit, (&unit, &id)).await?;
    let text = |name: &str| visit.fields.get(name).trim().to_owned();
    let typed = (text("settles"), text("choice"), text("because"));
    let seen = text("seen").parse::<i64>().map_err(|_| Fault::NotFound)?;
    let (id, home) = (form.it.id.clone(), address(&unit));
    let mut wrong = Wrong::default();
    if text("act") == "name" {
        if !form.names {
            return Err(Fault::NotFound);
        }
        let is_here = !typed.0.is_empty() && form.people.iter().any(|it| it.0 == typed.0);
        wrong.unless(is_here, "settles", "Choose who settles it");
        if !wrong.is_empty() {
            return Ok(form.answer(&visit, typed, wrong));
        }
        let (who, entry) = (PersonId::new(typed.0.as_str()), visit.entry("conflict.name", ""));
        let done = visit.change(&home, "They settle it.", move |tx| {
            Box::pin(async move { known_issues::name_settler(tx, &id, (&who, seen), &entry).await })
        });
        return done.await;
    }
    let choice = typed.1.parse::<Choice>().ok();
    wrong.unless(choice.is_some(), "choice", "Choose which value counts");
    WORDS.check(&mut wrong, "because", &typed.2, "Write why this value counts");
    let Some(choice) = choice.filter(|_| wrong.is_empty()) else {
        return Ok(form.answer(&visit, typed, wrong));
    };
    let (because, entry) = (typed.2, visit.entry("conflict.settle", ""));
    let done =
        visit.change(&home, "The conflict is settled. Both values stay on record.", move |tx| {
            Box::pin(async move {
                known_issues::settle(tx, &id, (choice, &because), seen, &entry).await
            })
        });
    done.await
}
