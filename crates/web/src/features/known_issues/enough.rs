//! Why the data of a service line is good enough to go on, in a sentence.

use axum::extract::{Path, State};
use axum::response::Response;
use store::UnitCode;
use store::known_issues;

use super::{WORDS, address, line};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::form_page::{Field, FormPage, Kind};
use crate::shell::forms::Wrong;
use crate::shell::visit::Visit;

fn page(
    visit: &Visit,
    (unit, name): (&str, &str),
    (words, seen): (String, String),
    wrong: Wrong,
) -> Response {
    let home = address(unit);
    FormPage {
        shell: visit
            .shell("Why the data is good enough to go on")
            .below("Services", "/services")
            .below(name, format!("/services/{unit}"))
            .below("Data", &home),
        kicker: name.to_owned(),
        lead: vec!["One sentence, read with everything that is known to be wrong. What was said before stays on record.".to_owned()],
        action: format!("{home}/enough"),
        hidden: vec![("seen", seen)],
        fields: vec![
            Field::new(Kind::Lines, "words", "Why it is good enough", "Such as: nine in ten records match, and no issue changes which care is dearest").with(words),
        ],
        button: "Say so".to_owned(),
        back: home,
        wrong,
        ..FormPage::default()
    }
    .answer()
}

pub(super) async fn show(
    State(app): State<App>,
    Path(unit): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let name = line(&mut db, &visit, (&unit, true)).await?.name;
    let said = known_issues::statement_of(&mut db, &UnitCode::new(unit.as_str())).await?;
    let seen = said.as_ref().map_or(0, |it| it.number).to_string();
    let words = said.map_or_else(String::new, |it| it.words);
    Ok(page(&visit, (&unit, &name), (words, seen), Wrong::default()))
}

pub(super) async fn say(
    State(app): State<App>,
    Path(unit): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let name = line(&mut db, &visit, (&unit, true)).await?.name;
    drop(db);
    let words = visit.fields.get("words").trim().to_owned();
    let sent = visit.fields.get("seen").to_owned();
    let mut wrong = Wrong::default();
    WORDS.check(&mut wrong, "words", &words, "Write why the data is good enough");
    if !wrong.is_empty() {
        return Ok(page(&visit, (&unit, &name), (words, sent), wrong));
    }
    let seen = sent.parse::<i64>().map_err(|_| Fault::NotFound)?;
    let (code, entry) = (UnitCode::new(unit.as_str()), visit.entry("data_enough.say", ""));
    let home = address(&unit);
    let done = visit.change(&home, "It is kept, with your name.", move |tx| {
        Box::pin(async move { known_issues::say_enough(tx, &code, (&words, seen), &entry).await })
    });
    done.await
}
