//! One service line: what it cost and earned by type of event, and its statement.

use access::{Capability, View};
use axum::extract::{Path, State};
use axum::response::Response;
use disclosure::DisclosureRules;
use domain::Money;
use results::statements::StatementRow;

use super::cube::{self, Cube, Line, NO_EVENT};
use super::figures::{Figures, Sees};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/service_lines/unit.html")]
pub(super) struct UnitPage {
    shell: Shell,
    kicker: String,
    name: String,
    kinds: Vec<KindRow>,
    total: Figures,
    /// Rows of the statement; none for those who do not see it exactly.
    statement: Vec<Row>,
    sees: String,
    /// Why figures are hidden and rounded; blank where none is.
    why: String,
    /// Where its events are listed; blank for those who may not see patients.
    patients: String,
}

/// Events of one type.
struct KindRow {
    name: String,
    share: String,
    figures: Figures,
}

/// One row of the statement.
struct Row {
    name: String,
    amount: String,
    is_total: bool,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let sees = Sees::of(&app, &visit)?;
    let (run, cube) = cube::latest(&app, &visit).await?.ok_or(Fault::NotFound)?;
    let line = cube.lines.iter().find(|it| it.code == code).ok_or(Fault::NotFound)?;
    let view = sees.view(line).ok_or(Fault::NotFound)?;
    let total = sees.total(&cube, line);
    let shell = visit.shell(title(line, &total)).below("Services", "/services");
    let may_see_patients =
        visit.scope(Capability::PatientRows).is_ok_and(|scope| scope.of_unit(&line.code).is_some());
    let page = UnitPage {
        shell,
        kicker: cube::kicker(&run)?,
        name: line.name.clone(),
        kinds: kinds(&cube, &sees, line),
        total,
        statement: if view == View::Exact { statement(line) } else { Vec::new() },
        sees: sees.words(std::iter::once(line)),
        why: if view == View::Exact { String::new() } else { cube.rules.explanation() },
        patients: serde_urlencoded::to_string([("line", &line.code)])
            .ok()
            .filter(|_| may_see_patients)
            .map_or_else(String::new, |it| format!("/patients?{it}")),
    };
    Ok(page.respond())
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

fn statement(line: &Line) -> Vec<Row> {
    let rows = line.statement.iter().flat_map(|it| &it.rows);
    let row = |it: &StatementRow| Row {
        name: it.name.clone(),
        amount: amount(it),
        is_total: it.subtotal,
    };
    rows.map(row).collect()
}

/// Without a bare minus.
fn amount(row: &StatementRow) -> String {
    let size =
        words::pounds(if row.amount.is_negative() { Money::ZERO - row.amount } else { row.amount });
    match (row.amount.is_negative(), row.subtotal) {
        (false, _) => size,
        (true, true) => format!("deficit of {size}"),
        (true, false) => format!("minus {size}"),
    }
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
        let row = |name: &str, amount: &str, is_total| Row {
            name: name.to_owned(),
            amount: amount.to_owned(),
            is_total,
        };
        let page = |title: &str, statement, why: String| Self {
            shell: Shell::sample(title).below("Services", "/services"),
            kicker: "2025/26 to the end of March, published 20 May 2026".to_owned(),
            name: "Hips".to_owned(),
            kinds: vec![
                kind("Admitted patient care episode", figures("140", "£1,331,483")),
                kind("Outpatient appointment not attended", figures("*", "*")),
            ],
            total: figures("660", "£1,428,798"),
            statement,
            sees: "You see exact figures, as clinical director.".to_owned(),
            why,
            patients: "/patients?line=TORT".to_owned(),
        };
        let rows = vec![
            row("Income recognised", "£1,311,570", false),
            row("Direct pay", "£334,445", false),
            row("Net surplus", "deficit of £117,229", true),
        ];
        let title = "Hips spent £117,229 more than it earned";
        vec![
            page(title, rows, String::new()),
            page(title, Vec::new(), DisclosureRules::own().explanation()),
        ]
    }
}
