//! Collecting levels from organisations, for a nation, a system or a group: a round a year, its
//! register and files, what is wrong with them by row, and the table that is published.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET, POST | `/collecting` | who collects returns |
//! | GET | `/collecting/{round}` | as above |
//! | GET, POST | `/collecting/{round}/register`, `/register/file` | as above |
//! | GET | `/collecting/{round}/registers/{number}` | as above: the file as it was brought |
//! | GET, POST | `/collecting/{round}/returns`, `/returns/file`, `/returns/accept` | as above |
//! | GET | `/collecting/{round}/files/{number}` | as above: the file as it came |
//! | GET | `/collecting/{round}/ask`, `/ask.csv`, `.xlsx` | as above: whom to ask, by name |
//! | GET | `/collecting/{round}/moves`, `/moves.csv`, `.xlsx` | as above |
//! | GET | `/collecting/{round}/groups` | as above: by sector and region, small groups put together |
//! | POST | `/collecting/{round}/publish` | as above |
//! | GET | `/collecting/{round}/published`, `/published.csv`, `/groups.csv`, `.xlsx` | as above |
//!
//! A file is shown with all it would do before it is taken, and kept as it came. What is published is
//! a snapshot that never changes. Whoever collects alone sees which organisation is which: what is
//! published counts organisations, in numbers that give no one away.

mod ask;
mod groups;
mod list;
mod moves;
mod published;
mod register;
mod returns;
mod round;

#[cfg(test)]
mod tests;

use access::Capability;
use axum::routing::{get, post};
use charts::{Bar, Bars, Direction, Heading};
use engagement::Level;
use engagement::national::{Distribution, Movement};
use store::RoundId;
use store::collecting::Kind;

use crate::App;
use crate::shell::collecting::{Held, Part, held};
use crate::shell::fault::Fault;
use crate::shell::page::{Shell, rendered};
use crate::shell::registry::{Policy, Route};
use crate::shell::visit::Visit;
use crate::shell::words;

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let collects = Policy::Needs(Capability::CollectReturns);
    vec![
        Route::get("/collecting", collects, get(list::show)),
        Route::post("/collecting", collects, post(list::open)),
        Route::get("/collecting/{round}", collects, get(round::show)),
        Route::get("/collecting/{round}/register", collects, get(register::show)),
        Route::post("/collecting/{round}/register", collects, post(register::bring)),
        Route::upload("/collecting/{round}/register/file", collects, post(register::bring_file)),
        Route::get("/collecting/{round}/registers/{number}", collects, get(register::take)),
        Route::get("/collecting/{round}/returns", collects, get(returns::show)),
        Route::post("/collecting/{round}/returns", collects, post(returns::look)),
        Route::upload("/collecting/{round}/returns/file", collects, post(returns::look_at_file)),
        Route::post("/collecting/{round}/returns/accept", collects, post(returns::accept)),
        Route::get("/collecting/{round}/files/{number}", collects, get(returns::take)),
        Route::get("/collecting/{round}/ask", collects, get(ask::show)),
        Route::table(
            ["/collecting/{round}/ask.csv", "/collecting/{round}/ask.xlsx"],
            collects,
            get(ask::take),
        ),
        Route::get("/collecting/{round}/moves", collects, get(moves::show)),
        Route::table(
            ["/collecting/{round}/moves.csv", "/collecting/{round}/moves.xlsx"],
            collects,
            get(moves::take),
        ),
        Route::get("/collecting/{round}/groups", collects, get(groups::show)),
        Route::post("/collecting/{round}/publish", collects, post(published::publish)),
        Route::get("/collecting/{round}/published", collects, get(published::show)),
        Route::table(
            ["/collecting/{round}/published.csv", "/collecting/{round}/published.xlsx"],
            collects,
            get(published::take),
        ),
        Route::table(
            ["/collecting/{round}/groups.csv", "/collecting/{round}/groups.xlsx"],
            collects,
            get(published::take_groups),
        ),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![
        rendered::<ask::AskPage>(),
        rendered::<groups::GroupsPage>(),
        rendered::<list::ListPage>(),
        rendered::<moves::MovesPage>(),
        rendered::<published::PublishedPage>(),
        rendered::<register::RegisterPage>(),
        rendered::<returns::ReturnsPage>(),
        rendered::<round::RoundPage>(),
    ]
}

/// A round with everything that is known of it.
async fn of(app: &App, round: &str) -> Result<Held, Fault> {
    held(&mut *app.store().read().await?, &RoundId::new(round)).await
}

/// `National collection 2013`.
fn title(held: &Held) -> String {
    format!("{} {}", held.round.of.name, held.round.of.year)
}

/// Where the pages of a round are.
fn address(held: &Held) -> String {
    format!("/collecting/{}", held.round.id)
}

/// What stands around a page below a round.
fn shell(visit: &Visit, held: &Held, named: impl Into<String>) -> Shell {
    visit.shell(named).below("Collecting", "/collecting").below(title(held), address(held))
}

fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::National => "For a nation",
        Kind::System => "For a system",
        Kind::Group => "For a group, by consent",
    }
}

fn level_name(level: Level) -> String {
    format!("Level\u{a0}{}", level.number())
}

/// Why a distribution is not shown; with what would change that.
fn hidden(returned: u32, minimum: u32) -> String {
    if returned >= minimum {
        return format!(
            "All {returned} that returned are at one level, which would tell where each is: how many are at each level is not shown."
        );
    }
    format!(
        "{} of the {minimum} organisations that are needed {} returned. Of fewer, how many are at each level is not shown, since each could work out where the others are.",
        returned,
        if returned == 1 { "has" } else { "have" }
    )
}

/// One row of a table of levels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct LevelRow {
    name: String,
    cells: Vec<String>,
    is_total: bool,
}

/// A table of levels, beside the year before where there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Levels {
    chart: String,
    years: Vec<String>,
    has_change: bool,
    rows: Vec<LevelRow>,
}

impl Levels {
    fn of(now: &Distribution, before: Option<&Distribution>) -> Self {
        let chart = chart(now, before);
        let Some(before) = before else {
            let row = |name: String, count: u32, percent: u32, is_total| LevelRow {
                name,
                cells: vec![words::thousands(count.into()), format!("{percent}%")],
                is_total,
            };
            let levels = Level::ALL.iter();
            let mut rows: Vec<LevelRow> = levels
                .map(|it| row(level_name(*it), now.at(*it), now.percent(*it), false))
                .collect();
            let all = now.total();
            rows.push(row("Total".to_owned(), all, if all == 0 { 0 } else { 100 }, true));
            return Self { chart, years: vec![now.year.to_string()], has_change: false, rows };
        };
        let movement = Movement { from: *before, to: *now };
        let row = |it: engagement::national::MovementRow| LevelRow {
            name: it.level.map_or_else(|| "Total".to_owned(), level_name),
            cells: vec![
                words::thousands(it.from.0.into()),
                format!("{}%", it.from.1),
                words::thousands(it.to.0.into()),
                format!("{}%", it.to.1),
                words::signed(it.change),
            ],
            is_total: it.level.is_none(),
        };
        let years = vec![before.year.to_string(), now.year.to_string()];
        Self {
            chart,
            years,
            has_change: true,
            rows: movement.rows().into_iter().map(row).collect(),
        }
    }
}

fn chart(now: &Distribution, before: Option<&Distribution>) -> String {
    let bar = |of: &Distribution, level: Level, is_strong| Bar {
        name: match before {
            Some(_) => format!("{}, {}", level_name(level), of.year),
            None => level_name(level),
        },
        value: format!("{}, {}%", words::thousands(of.at(level).into()), of.percent(level)),
        size: Some(i64::from(of.at(level))),
        is_strong,
        is_rest: false,
    };
    let bars = Level::ALL.iter().flat_map(|level| {
        let earlier = before.map(|it| bar(it, *level, false));
        earlier.into_iter().chain([bar(now, *level, true)])
    });
    let heading = Heading {
        id: "levels-of-organisations".to_owned(),
        title: format!("Organisations by level in {}", now.year),
        description:
            "How many organisations are at each level. The table below holds the same figures."
                .to_owned(),
    };
    let bars = bars.collect();
    Bars { heading, width: 900, direction: Direction::Amounts, bars }.draw().svg() // number: as other charts
}

/// What is published, in a sentence or two.
fn in_words(now: &Distribution, before: Option<&Distribution>) -> Vec<String> {
    let upper = |it: &Distribution| it.position(Level::Two).above;
    let share = |it: &Distribution| {
        let (part, all) = (u64::from(upper(it)), u64::from(it.total()));
        (2 * part * 100 + all).checked_div(2 * all).unwrap_or(0) // number: percent, halves up
    };
    let told = |it: &Distribution| format!("{} of {} ({}%)", upper(it), it.total(), share(it));
    let mut said = vec![match before {
        Some(before) => format!(
            "{} are at Level\u{a0}3 or 4, after {} in {}.",
            told(now),
            told(before),
            before.year
        ),
        None => format!("{} are at Level\u{a0}3 or 4.", told(now)),
    }];
    if let Some(before) = before.filter(|it| it.total() != now.total()) {
        said.push(format!(
            "{} returned in {} and {} in {}: organisations merge, close and are founded, so shares say more than numbers.",
            before.total(),
            before.year,
            now.total(),
            now.year
        ));
    }
    said
}

/// A row of a table by sector or region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct PartRow {
    name: String,
    /// Organisations at each level and all; none where they are hidden.
    cells: Vec<String>,
}

fn part_rows(parts: &[Part]) -> Vec<PartRow> {
    let row = |it: &Part| {
        let names: Vec<&str> = it.names.iter().map(String::as_str).collect();
        let cells = it.organisations.map(|counts| {
            let all = counts.iter().sum::<u32>();
            counts.iter().chain([&all]).map(u32::to_string).collect()
        });
        PartRow { name: words::capital(&words::listed(&names)), cells: cells.unwrap_or_default() }
    };
    parts.iter().map(row).collect()
}

/// How small groups are put together, in words.
fn rule(minimum: u32) -> String {
    format!(
        "A group stands alone where at least {minimum} organisations of it have returned and they are not all at one level. Smaller ones are put together, with the next smallest where these are still too few: otherwise a hidden group could be worked out from the total."
    )
}
