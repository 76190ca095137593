//! All service lines of the latest run: events, cost, income and what is left.

use access::View;
use axum::extract::State;
use axum::response::Response;
use charts::{Bar, Bars, Direction, Heading};

use super::figures::{Figures, Sees};
use crate::App;
use crate::shell::cube::{self, Cube};
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/service_lines/overview.html")]
pub(super) struct Overview {
    shell: Shell,
    shown: Option<Shown>,
}

/// What is shown of a run.
struct Shown {
    kicker: String,
    lead: String,
    lines: Vec<Row>,
    chart: String,
    note: String,
    /// As whom somebody sees this.
    sees: String,
    /// Why figures are hidden and rounded; blank where none is.
    why: String,
}

/// One service line.
struct Row {
    code: String,
    name: String,
    figures: Figures,
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let sees = Sees::of(&app, &visit)?;
    let found = cube::latest(&app, &visit).await?;
    let shown = match found {
        Some((run, cube)) => Some(Shown::of(cube::kicker(&run)?, &cube, &sees)),
        None => None,
    };
    let title = match &shown {
        Some(_) => "What our services cost and earn",
        None => "Nothing is published yet",
    };
    Ok(Overview { shell: visit.shell(title), shown }.respond())
}

impl Shown {
    fn of(kicker: String, cube: &Cube, sees: &Sees) -> Self {
        let visible = || cube.lines.iter().filter(|it| sees.view(it).is_some());
        let row = |it: &cube::Line| Row {
            code: it.code.clone(),
            name: it.name.clone(),
            figures: sees.total(cube, it),
        };
        let lines: Vec<Row> = visible().map(row).collect();
        let hides = visible().any(|it| sees.view(it) == Some(View::Suppressed));
        let (chart, note) = chart(&lines);
        Self {
            kicker,
            lead: lead(&lines),
            chart,
            note,
            sees: sees.words(visible()),
            why: if hides { cube.rules.explanation() } else { String::new() },
            lines,
        }
    }
}

/// How many service lines earned what they cost, of those whose result is shown.
fn lead(lines: &[Row]) -> String {
    let known: Vec<i64> = lines.iter().filter_map(|it| it.figures.size).collect();
    let covered = known.iter().filter(|it| **it >= 0).count();
    let hidden = lines.len() - known.len();
    let mut text = format!("{covered} of {} earned at least what they cost", {
        words::count(known.len() as u64, "service line", "service lines")
    });
    if hidden > 0 {
        text += &format!("; of {hidden} more the result is hidden to protect patients");
    }
    text + "."
}

/// Results as bars, in the order of the table; and what stands beneath.
fn chart(lines: &[Row]) -> (String, String) {
    let bar = |it: &Row| Bar {
        name: it.name.clone(),
        value: match it.figures.size {
            Some(size) => balance(size),
            None => disclosure::HIDDEN.to_owned(),
        },
        size: it.figures.size,
        is_strong: false,
        is_rest: false,
    };
    let heading = Heading {
        id: "results".to_owned(),
        title: "Income less cost by service line".to_owned(),
        description: "A bar for each service line, to the left for a deficit and to the right for a surplus. The table below holds the same figures.".to_owned(),
    };
    let direction = Direction::Balance { below: "deficit".to_owned(), above: "surplus".to_owned() };
    let bars = Bars { heading, width: 900, direction, bars: lines.iter().map(bar).collect() };
    let chart = bars.draw();
    (chart.svg(), chart.note)
}

fn balance(pounds: i64) -> String {
    let amount = words::in_a_sentence(domain::Money::from_pounds(pounds.abs()));
    match pounds {
        0 => "£0".to_owned(),
        1.. => format!("surplus of {amount}"),
        _ => format!("deficit of {amount}"),
    }
}

impl Page for Overview {
    const TEMPLATE: &'static str = "features/service_lines/overview.html";

    fn samples() -> Vec<Self> {
        let figures = |result: &str, size| Figures {
            events: "660".to_owned(),
            cost: "£1,428,798".to_owned(),
            income: "£1,311,570".to_owned(),
            each: "£2,165".to_owned(),
            result: result.to_owned(),
            size,
        };
        let hidden = || Figures {
            events: "*".to_owned(),
            cost: "*".to_owned(),
            income: "*".to_owned(),
            each: "*".to_owned(),
            result: "*".to_owned(),
            size: None,
        };
        let row = |code: &str, name: &str, figures| Row {
            code: code.to_owned(),
            name: name.to_owned(),
            figures,
        };
        let shown = |lines: Vec<Row>, why: &str| {
            let (chart, note) = chart(&lines);
            Some(Shown {
                kicker: "2025/26 to the end of March, published 20 May 2026".to_owned(),
                lead: lead(&lines),
                chart,
                note,
                sees: "You see figures with small numbers hidden, as board member.".to_owned(),
                why: why.to_owned(),
                lines,
            })
        };
        let lines = vec![
            row("EYES", "Eyes", figures("earned £2,689 more than it spent", Some(2_689))),
            row("STRO", "Stroke", hidden()),
            row("TORT", "Hips", figures("spent £117,229 more than it earned", Some(-117_229))),
        ];
        let why = disclosure::DisclosureRules::own().explanation();
        vec![
            Self {
                shell: Shell::sample("What our services cost and earn"),
                shown: shown(lines, &why),
            },
            Self { shell: Shell::sample("Nothing is published yet"), shown: None },
        ]
    }
}
