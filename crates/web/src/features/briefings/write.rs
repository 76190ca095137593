//! A briefing is written, or written anew.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::briefings::{PAGE_LETTERS, length_fault};
use store::UnitCode;
use store::briefings::{self, NewBriefing};

use super::{WORDS, address, line};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::form_page::{Field, FormPage, Kind};
use crate::shell::forms::Wrong;
use crate::shell::visit::Visit;
use crate::shell::words;

fn page(
    visit: &Visit,
    (unit, name): (&str, &str),
    (typed, seen): (NewBriefing, String),
    wrong: Wrong,
) -> Response {
    let home = address(unit);
    let most = words::thousands(PAGE_LETTERS as u64);
    FormPage {
        shell: visit
            .shell("What finance should know of us")
            .below("Services", "/services")
            .below(name, format!("/services/{unit}"))
            .below("Briefing", &home),
        kicker: name.to_owned(),
        lead: vec![format!("One page, {most} letters at most, for somebody who has never been on the ward. Name no patient and nobody of the staff.")],
        action: format!("{home}/write"),
        hidden: vec![("seen", seen)],
        fields: vec![
            Field::new(Kind::Lines, "does", "What the specialty does", "In plain words: for whom, and how").with(typed.does),
            Field::new(Kind::Lines, "who", "Who works there", "Professions and teams, wards and theatres").with(typed.who),
            Field::new(Kind::Lines, "hard", "What is hard (optional)", "Such as winters, vacancies or old machines").with(typed.hard),
        ],
        button: "Keep the briefing".to_owned(),
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
    let found = briefings::of_unit(&mut db, &UnitCode::new(unit.as_str())).await?;
    let seen = found.as_ref().map_or(0, |it| it.number).to_string();
    let typed = found.map(|it| it.of).unwrap_or_default();
    Ok(page(&visit, (&unit, &name), (typed, seen), Wrong::default()))
}

pub(super) async fn keep(
    State(app): State<App>,
    Path(unit): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let name = line(&mut db, &visit, (&unit, true)).await?.name;
    drop(db);
    let text = |name: &str| visit.fields.get(name).trim().to_owned();
    let new = NewBriefing { does: text("does"), who: text("who"), hard: text("hard") };
    let sent = visit.fields.get("seen").to_owned();
    let mut wrong = Wrong::default();
    WORDS.check(&mut wrong, "does", &new.does, "Write what the specialty does");
    WORDS.check(&mut wrong, "who", &new.who, "Write who works there");
    if !new.hard.is_empty() {
        WORDS.check(&mut wrong, "hard", &new.hard, "");
    }
    if let Some(fault) = length_fault(&[&new.does, &new.who, &new.hard]) {
        wrong.add("does", words::capital(&fault.to_string()));
    }
    if !wrong.is_empty() {
        return Ok(page(&visit, (&unit, &name), (new, sent), wrong));
    }
    let seen = sent.parse::<i64>().map_err(|_| Fault::NotFound)?;
    let scope = visit.scope(Capability::AnswerQuestions)?;
    let (code, entry) = (UnitCode::new(unit.as_str()), visit.entry_in(scope, "briefing.write", ""));
    let said = "The briefing is kept. A clinician who did not write it approves it.";
    let home = address(&unit);
    let done = visit.change(&home, said, move |tx| {
        Box::pin(async move { briefings::write(tx, &code, (&new, seen), &entry).await })
    });
    done.await
}
