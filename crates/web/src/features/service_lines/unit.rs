//! One service line: what it cost and earned. Those who see it exactly get its statement and what
//! is behind it; others what it did by type of event, with small numbers hidden.

use access::View;
use axum::extract::{Path, State};
use axum::response::Response;
use disclosure::DisclosureRules;
use serde::Deserialize;

use super::answer::{Answer, Asked};
use super::books::{Books, Part};
use super::figures::{Figures, Sees};
use crate::App;
use crate::shell::cube::{self, Cube, Line, NO_EVENT};
use crate::shell::fault::Fault;
use crate::shell::known_issues::Known;
use crate::shell::measures::Beside;
use crate::shell::page::{Page, Shell};
use crate::shell::questions::Questions;
use crate::shell::shelf::reading;
use crate::shell::use_of_figures::looked_behind;
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/service_lines/unit.html")]
pub(super) struct UnitPage {
    shell: Shell,
    kicker: String,
    name: String,
    kinds: Vec<KindRow>,
    total: Figures,
    sees: String,
    /// Why figures are hidden and rounded; blank where none is.
    why: String,
    register: Beside,
    line_name: String,
    questions: Questions,
}

/// Events of one type.
struct KindRow {
    name: String,
    share: String,
    figures: Figures,
}

/// What of it is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Query {
    pod: String,
    hrg: String,
    /// `recurrent` without one-off items.
    view: String,
}

impl Query {
    pub(super) fn part(&self) -> Part {
        Part { pod: self.pod.clone(), hrg: self.hrg.clone() }
    }
}

pub(super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    axum::extract::Query(query): axum::extract::Query<Query>,
    visit: Visit,
) -> Result<Response, Fault> {
    let sees = Sees::of(&app, &visit)?;
    let (run, cube) = cube::latest(&app, &visit).await?.ok_or(Fault::NotFound)?;
    let line = cube.lines.iter().find(|it| it.code == code).ok_or(Fault::NotFound)?;
    let words = sees.words(std::iter::once(line));
    let part = query.part();
    let register = Beside::of(&app, &visit, &code, period(&run)).await?;
    let place = part.place("/services/{unit}", &code);
    let questions = Questions::of(&app, &visit, place, run.id()).await?;
    if sees.view(line).ok_or(Fault::NotFound)? == View::Exact {
        let line = (code.clone(), line.name.clone());
        if !part.is_whole() {
            looked_behind(&visit, &code).await;
        }
        let known = if part.is_whole() {
            Some(Known::of(&mut *app.store().read().await?, &visit, &code).await?)
        } else {
            None
        };
        return reading(move || {
            let books = Books::of(&app, run)?;
            let asked = Asked {
                visit: &visit,
                books: &books,
                line: (&line.0, &line.1),
                part: &part,
                sees: words,
                recurrent: query.view == "recurrent",
                register: &register,
                questions: &questions,
            };
            Ok(Answer::of(&asked)?.knowing(known).respond())
        })
        .await;
    }
    // A free choice of what is added up would give small numbers away.
    if !part.is_whole() {
        return Err(Fault::NotFound);
    }
    let total = sees.total(&cube, line);
    let shell = visit.shell(title(line, &total)).below("Services", "/services");
    let page = UnitPage {
        shell,
        kicker: cube::kicker(&run)?,
        name: line.name.clone(),
        kinds: kinds(&cube, &sees, line),
        total,
        sees: words,
        why: cube.rules.explanation(),
        register,
        line_name: line.name.clone(),
        questions,
    };
    Ok(page.respond())
}

/// The year of a run and the last of its months.
pub(super) fn period(run: &results::Run) -> (&str, u8) {
    (&run.manifest().year, run.manifest().last_period)
}

fn title(line: &Line, total: &Figures) -> String {
    match total.size {
        Some(_) => format!("{} {}", line.name, total.result),
        None => format!("{}: what it cost and earned is hidden", line.name),
    }
}

fn kinds(cube: &Cube, sees: &Sees, line: &Line) -> Vec<KindRow> {
    let row = |it: &cube::Kind| {
        let mut figures = sees.kind(cube, line, it);
        if it.code == NO_EVENT && it.exact.events == 0 {
            // It is no event, however many lines there are.
            figures.events = String::new();
            figures.each = String::new();
        }
        KindRow { name: it.name.clone(), share: share(cube, sees, (line, it)), figures }
    };
    line.kinds.iter().map(row).collect()
}

/// Its part of all events; from rounded counts where these are what is shown.
fn share(cube: &Cube, sees: &Sees, (line, kind): (&Line, &cube::Kind)) -> String {
    if kind.code == NO_EVENT {
        return String::new();
    }
    let permille = if sees.view(line) == Some(View::Exact) {
        let all = line.total().events.max(1);
        Some((kind.exact.events * 1000 + all / 2) / all)
    } else {
        let whole = cube.release.row_total(&line.code);
        let part = cube.release.cell(&line.code, Some(&kind.code));
        whole.zip(part).and_then(|(whole, part)| part.permille_of(whole))
    };
    permille.map_or_else(|| disclosure::HIDDEN.to_owned(), |it| format!("{}.{}%", it / 10, it % 10))
}

impl Page for UnitPage {
    const TEMPLATE: &'static str = "features/service_lines/unit.html";

    fn samples() -> Vec<Self> {
        let figures = |events: &str, cost: &str| Figures {
            events: events.to_owned(),
            cost: cost.to_owned(),
            income: "£1,311,570".to_owned(),
            each: "£2,165".to_owned(),
            result: "spent £117,229 more than it earned".to_owned(),
            size: Some(-117_229),
        };
        let kind = |name: &str, figures| KindRow {
            name: name.to_owned(),
            share: "21.2%".to_owned(),
            figures,
        };
        let page = |title: &str, why: String| Self {
            shell: Shell::sample(title).below("Services", "/services"),
            kicker: "2025/26 to the end of March, published 20 May 2026".to_owned(),
            name: "Hips".to_owned(),
            kinds: vec![
                kind("Admitted patient care episode", figures("140", "£1,331,483")),
                kind("Outpatient appointment not attended", figures("*", "*")),
            ],
            total: figures("660", "£1,428,798"),
            sees: "You see figures with small numbers hidden, as board member.".to_owned(),
            why,
            register: Beside::sample(),
            line_name: "Hips".to_owned(),
            questions: Questions::sample(),
        };
        let title = "Hips spent £117,229 more than it earned";
        vec![page(title, DisclosureRules::own().explanation())]
    }
}
