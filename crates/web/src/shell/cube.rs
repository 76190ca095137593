//! The one table of a run that small numbers are decided over: service lines by type of event.
//!
//! Totals are those of service lines alone. A total over service lines would let whoever sees one
//! of them exactly take it away and find another that is hidden.

use std::collections::BTreeMap;
use std::sync::Arc;

use disclosure::{
    Cell, DisclosureRules, LargestPatients, Measure, People, Release, Sign, Table, Totals,
};
use domain::Money;
use results::Run;
use results::activity::ServiceActivity;
use results::explain::Named;

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::kept::Kept;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Column of income that no event earned by itself.
pub const NO_EVENT: &str = "NO_EVENT";

/// The figures of a run, exact, and what of them may be shown to those who see no small numbers.
pub struct Cube {
    /// Service lines, by name.
    pub lines: Vec<Line>,
    /// What may be shown.
    pub release: Release,
    /// By which rules.
    pub rules: DisclosureRules,
    /// The table that it was decided over.
    #[cfg(test)]
    pub(crate) table: Table,
}

/// One service line, exact.
pub struct Line {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// By type of event, in the order of their names; income without an event last.
    pub kinds: Vec<Kind>,
}

/// Events of one type, exact.
pub struct Kind {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its figures.
    pub exact: Exact,
}

/// Exact figures.
#[derive(Clone, Copy, Default)]
pub struct Exact {
    /// How many events.
    pub events: u64,
    /// What they cost.
    pub cost: Money,
    /// What they earned.
    pub income: Money,
}

/// Cubes that were decided already.
static DECIDED: Kept<String, Cube> = Kept::new(RUNS);

/// Runs whose cubes are kept at most.
const RUNS: usize = 100;

/// The run that pages show, and its cube: the one that the address names, else the newest; nothing
/// where nothing is published.
///
/// # Errors
///
/// [`Fault::Broken`] if it cannot be read.
pub async fn latest(app: &App, visit: &Visit) -> Result<Option<(Arc<Run>, Arc<Cube>)>, Fault> {
    let Some(named) = &visit.named else {
        return at(app, visit.may(access::Capability::ReadRuns)).await;
    };
    let (app, id) = (app.clone(), named.id.clone());
    reading(move || {
        let run = app.shelf().run(&id)?;
        let cube = of(&run)?;
        Ok(Some((run, cube)))
    })
    .await
}

/// The published run and its cube, whoever looks; nothing where nothing is published.
///
/// # Errors
///
/// [`Fault::Broken`] if it cannot be read.
pub async fn published(app: &App) -> Result<Option<(Arc<Run>, Arc<Cube>)>, Fault> {
    at(app, false).await
}

async fn at(app: &App, sees_drafts: bool) -> Result<Option<(Arc<Run>, Arc<Cube>)>, Fault> {
    let app = app.clone();
    reading(move || {
        let Some(run) = app.shelf().latest(sees_drafts)? else { return Ok(None) };
        let cube = of(&run)?;
        Ok(Some((run, cube)))
    })
    .await
}

fn of(run: &Run) -> Result<Arc<Cube>, Fault> {
    DECIDED.of(run.manifest_sha256().to_owned(), || {
        let lines = run.statements()?.into_iter().map(|it| it.service_line).collect();
        decide(&run.service_activity()?, lines)
    })
}

/// Decides what may be shown.
///
/// # Errors
///
/// [`Fault::Broken`] if small numbers cannot be decided.
pub fn decide(activity: &ServiceActivity, all: Vec<Named>) -> Result<Cube, Fault> {
    let rules = DisclosureRules::own();
    let table = table(activity, &rules);
    let release = disclosure::release(&table, &rules)
        .map_err(|error| Fault::Broken(format!("small numbers could not be decided: {error}")))?;
    Ok(Cube {
        lines: lines(activity, all),
        release,
        rules,
        #[cfg(test)]
        table,
    })
}

fn table(activity: &ServiceActivity, rules: &DisclosureRules) -> Table {
    let mut cells: Vec<Cell> = activity
        .cells
        .iter()
        .map(|it| Cell {
            row: it.service_line.code.clone(),
            column: Some(it.event_type.code.clone()),
            people: it.patients,
            count: it.events,
            amounts: vec![it.cost, it.income],
            largest: Some(LargestPatients { largest: it.largest, top_two: it.top_two }),
        })
        .collect();
    cells.extend(activity.loose.iter().map(|it| {
        // Each of a few lines may be for one patient; many are what is paid for a month.
        let is_small = it.lines <= u64::from(rules.small_number.value);
        let people = if is_small { it.lines } else { 0 };
        Cell {
            row: it.service_line.code.clone(),
            column: Some(NO_EVENT.to_owned()),
            people,
            count: people,
            amounts: vec![Money::ZERO, it.income],
            largest: None,
        }
    }));
    // A return may leave a credit; then anything below zero is possible, and taken to be known.
    let measure = |name: &str, index: usize| Measure {
        name: name.to_owned(),
        sign: if cells.iter().any(|it| it.amounts[index].is_negative()) {
            Sign::Either
        } else {
            Sign::NeverNegative
        },
    };
    Table {
        measures: vec![measure("cost", 0), measure("income", 1)],
        people: People::MayRepeat,
        groups: BTreeMap::new(),
        totals: Totals { rows: true, ..Totals::default() },
        cells,
    }
}

fn lines(activity: &ServiceActivity, all: Vec<Named>) -> Vec<Line> {
    let mut lines: BTreeMap<String, Line> = BTreeMap::new();
    for it in all {
        let (code, name) = (it.code.clone(), it.words().to_owned());
        lines.insert(code.clone(), Line { code, name, kinds: Vec::new() });
    }
    let mut add = |line: &Named, kind: Kind| {
        let entry = lines.entry(line.code.clone()).or_insert_with(|| Line {
            code: line.code.clone(),
            name: line.words().to_owned(),
            kinds: Vec::new(),
        });
        entry.kinds.push(kind);
    };
    let mut cells: Vec<_> = activity.cells.iter().collect();
    cells.sort_by_key(|it| it.event_type.words());
    for it in cells {
        let exact = Exact { events: it.events, cost: it.cost, income: it.income };
        let name = it.event_type.words().to_owned();
        add(&it.service_line, Kind { code: it.event_type.code.clone(), name, exact });
    }
    for it in &activity.loose {
        let exact = Exact { income: it.income, ..Exact::default() };
        let name = "Income that no event earned".to_owned();
        add(&it.service_line, Kind { code: NO_EVENT.to_owned(), name, exact });
    }
    let mut lines: Vec<Line> = lines.into_values().collect();
    lines.sort_by(|one, other| (&one.name, &one.code).cmp(&(&other.name, &other.code)));
    lines
}

impl Line {
    /// All its types of event together.
    pub fn total(&self) -> Exact {
        let each = || self.kinds.iter().map(|it| it.exact);
        Exact {
            events: each().map(|it| it.events).sum(),
            cost: each().map(|it| it.cost).sum(),
            income: each().map(|it| it.income).sum(),
        }
    }
}

/// What run the figures are of, above a page.
///
/// # Errors
///
/// [`Fault::Broken`] if its records cannot be read.
pub fn kicker(run: &Run) -> Result<String, Fault> {
    let manifest = run.manifest();
    let until = results::since::month(manifest.last_period.min(12));
    let state = match run.records()?.publication {
        Some(it) => format!("published {}", words::day(it.at.get(..10).unwrap_or(&it.at))),
        None => "a draft that is not published".to_owned(),
    };
    Ok(format!("{} to the end of {until}, {state}", words::year(&manifest.year)))
}
