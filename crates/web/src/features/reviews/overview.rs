//! Records that an overview of the costing of a service line was given: when, by whom and to whom; and
//! takes one back that was recorded wrongly.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::Day;
use store::PersonId;
use store::reviewing::{self, NewOverview, Overview};
use store::units::Unit;

use super::WORDS;
use super::coverage::Coverage;
use super::found::{choices, unit};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::form_page::{Field, FormPage, Kind, Other};
use crate::shell::forms::Wrong;
use crate::shell::session::today;
use crate::shell::visit::Visit;

/// Fields for those who heard it.
const TO: [&str; 4] = ["to_1", "to_2", "to_3", "to_4"];

/// What is typed, by field.
type Typed = BTreeMap<String, String>;

pub(super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let unit = unit(&app, &visit, (Capability::RunReviews, &code)).await?;
    let found = Coverage::of(&app, &visit).await?;
    let typed = Typed::from([("given_on".to_owned(), today(visit.now).to_string())]);
    let seen = all_of(&found, &code).count().to_string();
    Ok(page(&visit, (&found, &unit), (&typed, seen), Wrong::default()))
}

/// Overviews of a service line, those that were taken back too.
fn all_of<'a>(found: &'a Coverage, unit: &'a str) -> impl Iterator<Item = &'a Overview> {
    found.overviews.iter().filter(move |it| it.unit.as_str() == unit)
}

/// The field with the reason why an overview is taken back.
fn because(number: i64) -> String {
    format!("because_{number}")
}

fn page(
    visit: &Visit,
    (found, unit): (&Coverage, &Unit),
    (typed, seen): (&Typed, String),
    wrong: Wrong,
) -> Response {
    let code = unit.code.as_str();
    let value = |name: &str| typed.get(name).cloned().unwrap_or_default();
    let field = |kind, name: &str, label: &str, hint: &str| {
        Field::new(kind, name, label, hint).with(value(name))
    };
    let people = |nobody: &str| choices(&found.programme.people, nobody);
    let mut fields = vec![
        field(Kind::Day, "given_on", "When it was given", ""),
        field(Kind::Choice, "given_by", "Who gave it", "").of(people("Choose somebody")),
    ];
    for (at, name) in TO.iter().enumerate() {
        let label = if at == 0 { "To whom" } else { "And to whom (optional)" };
        let hint = if at == 0 { "Those who lead the service line first" } else { "" };
        fields.push(field(Kind::Choice, name, label, hint).of(people("Nobody")));
    }
    let others = "Who else was there (optional)";
    fields.push(field(Kind::Line, "others", others, "Such as: eight consultants and two sisters"));
    let stands = all_of(found, code).filter(|it| it.taken_back.is_none());
    let other = |it: &Overview| Other {
        heading: format!("Given {}", found.given(it)),
        action: format!("/reviews/{code}/overview/{}/take-back", it.number),
        fields: vec![field(
            Kind::Line,
            &because(it.number),
            "Why it is taken back",
            "Where it was recorded wrongly; it stays on record",
        )],
        button: "Take it back".to_owned(),
    };
    let taken_back = all_of(found, code).filter_map(|it| {
        let because = crate::shell::words::sentence(it.taken_back.as_ref()?);
        Some(format!("Taken back: {} {because}", found.given(it)))
    });
    let shell = visit.shell("An overview of the costing").below("Reviews", "/reviews");
    FormPage {
        shell: shell.below("Coverage", "/reviews/coverage"),
        kicker: unit.name.clone(),
        lead: std::iter::once(
            "What cost is, how it reaches this service line, and where its figures stand: shown to those who lead it.".to_owned(),
        )
        .chain(taken_back)
        .collect(),
        action: format!("/reviews/{code}/overview"),
        hidden: vec![("seen", seen)],
        fields,
        button: "Record the overview".to_owned(),
        others: stands.map(other).collect(),
        back: "/reviews/coverage".to_owned(),
        wrong,
        ..FormPage::default()
    }
    .answer()
}

pub(super) async fn record(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let unit = unit(&app, &visit, (Capability::RunReviews, &code)).await?;
    let found = Coverage::of(&app, &visit).await?;
    let names = ["given_on", "given_by", "others"].into_iter().chain(TO);
    let typed: Typed =
        names.map(|it| (it.to_owned(), visit.fields.get(it).trim().to_owned())).collect();
    let seen = visit.fields.get("seen").to_owned();
    let on = today(visit.now);
    let new = match read(&found, &typed, on) {
        Ok(new) => new,
        Err(wrong) => return Ok(page(&visit, (&found, &unit), (&typed, seen), wrong)),
    };
    let entry = visit.entry_in(visit.scope(Capability::RunReviews)?, "service.overview", "");
    let (unit, seen) = (unit.code, seen.parse().unwrap_or(-1));
    let done = visit.change("/reviews/coverage", "The overview is recorded.", move |tx| {
        Box::pin(async move { reviewing::give_overview(tx, &unit, (&new, on), seen, &entry).await })
    });
    done.await
}

fn read(found: &Coverage, typed: &Typed, on: Day) -> Result<NewOverview, Wrong> {
    let value = |name: &str| typed.get(name).map_or("", String::as_str);
    let is_here = |it: &str| found.programme.people.get(it).is_some_and(|it| it.is_here);
    let mut wrong = Wrong::default();
    let given_on = value("given_on").parse::<Day>().ok();
    wrong.unless(given_on.is_some(), "given_on", "Write the day as 2026-06-11");
    let is_past = given_on.is_none_or(|it| it <= on);
    wrong.unless(
        is_past,
        "given_on",
        "Write the day on which it was given: this one is still to come",
    );
    wrong.unless(is_here(value("given_by")), "given_by", "Choose who gave it");
    let to: Vec<&str> = TO.iter().map(|it| value(it)).filter(|it| !it.is_empty()).collect();
    wrong.unless(!to.is_empty(), "to_1", "Choose somebody who heard it");
    for field in TO {
        let is_right = value(field).is_empty() || is_here(value(field));
        wrong.unless(is_right, field, "Choose somebody who works here");
    }
    if !value("others").is_empty() {
        WORDS.check(&mut wrong, "others", value("others"), "");
    }
    let (Some(given_on), true) = (given_on, wrong.is_empty()) else { return Err(wrong) };
    Ok(NewOverview {
        given_on,
        given_by: PersonId::new(value("given_by")),
        to: to.into_iter().map(PersonId::new).collect(),
        others: value("others").to_owned(),
    })
}

pub(super) async fn take_back(
    State(app): State<App>,
    Path((code, number)): Path<(String, i64)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let unit = unit(&app, &visit, (Capability::RunReviews, &code)).await?;
    let name = because(number);
    let text = visit.fields.get(&name).trim().to_owned();
    let mut wrong = Wrong::default();
    WORDS.check(&mut wrong, &name, &text, "Write why it is taken back");
    if !wrong.is_empty() {
        let found = Coverage::of(&app, &visit).await?;
        let seen = all_of(&found, &code).count().to_string();
        let typed = Typed::from([(name, text)]);
        return Ok(page(&visit, (&found, &unit), (&typed, seen), wrong));
    }
    let scope = visit.scope(Capability::RunReviews)?;
    let entry = visit.entry_in(scope, "service.overview_taken_back", "");
    let unit = unit.code;
    let done = visit.change("/reviews/coverage", "The overview is taken back.", move |tx| {
        Box::pin(
            async move { reviewing::take_back_overview(tx, (&unit, number), &text, &entry).await },
        )
    });
    done.await
}
