//! Where the trust stands beside the national distribution of 2012 and 2013, how that moved, and how
//! far patient-level costing had come. Trusts are counted and never named.

use access::Capability;
use axum::extract::State;
use axum::response::Response;
use charts::{Bar, Bars, Direction, Heading};
use engagement::Level;
use engagement::national::{Distribution, Movement};
use engagement::reference::Reference;

use super::level_name;
use super::list::level_of;
use crate::App;
use crate::shell::assessing::gather;
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::shelf;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/self_assessment/national.html")]
pub(super) struct NationalPage {
    shell: Shell,
    lead: Vec<String>,
    chart: String,
    years: [String; 2],
    rows: Vec<Row>,
    notes: Vec<String>,
    own_plics: String,
    plics: Vec<(String, String, String)>,
    plics_notes: Vec<String>,
}

/// A level, or the total, in both years.
#[derive(Clone, Debug, Default)]
struct Row {
    name: String,
    cells: Vec<String>,
    is_total: bool,
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let trust = gathered.trust().map_or("", |it| it.stored.unit.code.as_str());
    let may_see = visit.scope(Capability::ReadAssessments)?.of_unit(trust).is_some();
    let own = gathered.confirmed(trust).filter(|_| may_see).map(|it| level_of(it.of.level));
    let shell =
        visit.shell("Where trusts stood in 2012 and 2013").below("Working together", "/assessment");
    let plics = own_plics(&app).await?;
    Ok(NationalPage::of(shell, &Reference::own(), (own, plics))?.respond())
}

/// How far this trust has come with patient-level costing, by what it has published here.
async fn own_plics(app: &App) -> Result<String, Fault> {
    let at = app.clone();
    let run = shelf::reading(move || at.shelf().latest(false)).await?;
    Ok(run.map_or_else(
        || "No costing of this trust is published here. Whether it costs patients in another way, its people say in the step on PLICS.".to_owned(),
        |run| {
            let manifest = run.manifest();
            let until = results::since::month(manifest.last_period.min(12));
            let year = words::year(&manifest.year);
            format!("This trust: implemented. Its costing of {year} to the end of {until} is published here.")
        },
    ))
}

/// The table as a file.
pub(super) async fn take(visit: Visit) -> Result<Response, Fault> {
    let reference = Reference::own();
    let movement = movement(&reference)?;
    let rows = movement.rows().into_iter().map(|it| {
        vec![
            it.level.map_or_else(|| "Total".to_owned(), |it| it.number().to_string()),
            it.from.0.to_string(),
            it.from.1.to_string(),
            it.to.0.to_string(),
            it.to.1.to_string(),
            it.change.to_string(),
        ]
    });
    let (before, after) = (movement.from.year, movement.to.year);
    let names = [
        format!("trusts_{before}"),
        format!("percent_{before}"),
        format!("trusts_{after}"),
        format!("percent_{after}"),
    ];
    let mut columns = vec![("level", Kind::Text)];
    columns.extend(names.iter().map(|it| (it.as_str(), Kind::Whole)));
    columns.push(("change", Kind::Whole));
    let table = Table::new(&columns, rows.collect()).about("Source", reference.national.source);
    table.file(&visit, "national-levels")
}

fn movement(reference: &Reference) -> Result<Movement, Fault> {
    let missing = || Fault::Broken("the national distributions are two years".to_owned());
    let [.., before, after] = reference.national.years.as_slice() else { return Err(missing()) };
    let of = |year| reference.distribution(year).ok_or_else(missing);
    Ok(Movement { from: of(before.year)?, to: of(after.year)? })
}

impl NationalPage {
    fn of(
        shell: Shell,
        reference: &Reference,
        (own, own_plics): (Option<u8>, String),
    ) -> Result<Self, Fault> {
        let movement = movement(reference)?;
        let mut lead = Vec::new();
        let own = Level::ALL.iter().find(|it| Some(it.number()) == own);
        match own {
            Some(level) => {
                lead.push(format!("{} is signed for this trust.", level_name(level.number())));
                lead.push(movement.to.in_words(*level));
            }
            None => {
                lead.push("No level is signed for this trust yet, so nothing stands beside these figures.".to_owned());
            }
        }
        let rows = movement.rows().into_iter().map(|it| Row {
            name: it.level.map_or_else(|| "Total".to_owned(), |it| level_name(it.number())),
            cells: vec![
                words::thousands(it.from.0.into()),
                format!("{}%", it.from.1),
                words::thousands(it.to.0.into()),
                format!("{}%", it.to.1),
                words::signed(it.change),
            ],
            is_total: it.level.is_none(),
        });
        let plics = &reference.plics;
        Ok(Self {
            shell,
            lead,
            chart: chart(&movement.to, own.copied()),
            years: [movement.from.year.to_string(), movement.to.year.to_string()],
            rows: rows.collect(),
            notes: vec![reference.national.note.clone(), reference.national.source.clone()],
            own_plics,
            plics: plics.states.iter().map(|it| state(it, plics.total)).collect(),
            plics_notes: vec![plics.note.clone(), plics.source.clone()],
        })
    }
}

/// A state of patient-level costing with its trusts, and what is known of their kind.
fn state(it: &engagement::reference::PlicsState, total: u32) -> (String, String, String) {
    let share = (u64::from(it.trusts) * 2_000 + u64::from(total)) / (2 * u64::from(total.max(1)));
    let by_type: Vec<String> =
        it.by_type.iter().map(|(kind, trusts)| format!("{trusts} {kind}")).collect();
    let about = [by_type.join(", "), it.note.clone().unwrap_or_default()];
    let about: Vec<&str> = about.iter().map(String::as_str).filter(|it| !it.is_empty()).collect();
    (
        words::capital(&it.state),
        format!("{} of {total}, {}.{}%", it.trusts, share / 10, share % 10),
        about.join(". "),
    )
}

fn chart(of: &Distribution, own: Option<Level>) -> String {
    let bar = |level: &Level| Bar {
        name: level_name(level.number()),
        value: format!("{} trusts, {}%", of.at(*level), of.percent(*level)),
        size: Some(i64::from(of.at(*level))),
        is_strong: own == Some(*level),
        is_rest: false,
    };
    let heading = Heading {
        id: "national-levels".to_owned(),
        title: format!("Trusts by level in {}", of.year),
        description: "How many trusts said that they were at each level. The table below holds the same figures.".to_owned(),
    };
    let bars = Level::ALL.iter().map(bar).collect();
    Bars { heading, width: 900, direction: Direction::Amounts, bars }.draw().svg() // number: as other charts
}

impl Page for NationalPage {
    const TEMPLATE: &'static str = "features/self_assessment/national.html";

    fn samples() -> Vec<Self> {
        let page = |own| {
            let shell = Shell::sample("Where trusts stood in 2012 and 2013");
            let plics = "This trust: implemented.".to_owned();
            Self::of(shell, &Reference::own(), (own, plics))
                .expect("the reference comes with the program")
        };
        vec![page(Some(2)), page(None)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_published_one() {
        let [page, _] = NationalPage::samples().try_into().ok().expect("two samples");
        let rows: Vec<String> =
            page.rows.iter().map(|it| format!("{} {}", it.name, it.cells.join(" "))).collect();
        // The guide, section 2.5: counts, percentages, and what moved between the years.
        let expected = [
            "Level\u{a0}1 20 8% 7 3% −13",
            "Level\u{a0}2 94 38% 89 36% −5",
            "Level\u{a0}3 85 34% 92 38% +7",
            "Level\u{a0}4 49 20% 56 23% +7",
            "Total 248 100% 244 100% −4",
        ];
        assert_eq!(rows, expected);
        let told = page.lead.join(" ").replace('\u{a0}', " ");
        assert!(
            told.contains("96 of 244 trusts (39%) were at Level 2 or below; 148 (61%) above"),
            "{told}"
        );
        // 121 of 244 are 49.59 in 100.
        assert_eq!(page.plics[0].1, "121 of 244, 49.6%");
    }
}
