//! What of a consultant's practice may be told to those who may not look at patients.

use std::collections::BTreeMap;

use disclosure::{
    Amount, Cell, Count, DisclosureRules, HIDDEN, LargestPatients, Measure, People, Release, Sign,
    Table, Totals,
};
use results::outcomes::{Practice, Treated};

use crate::shell::fault::Fault;
use crate::shell::words;

/// The row of all events in what is decided upon.
pub(super) const ALL: &str = "all";

/// The row of spells that ended.
pub(super) const ENDED: &str = "ended";

/// Rows of what the events earned: as recognised, and at unit price.
pub(super) const EARNED: [&str; 2] = ["recognised", "unit price"];

/// Whether so few patients make the income that it is hidden, and the result with it.
pub(super) fn hides_income(release: Option<&Release>) -> bool {
    let figure = release.and_then(|it| it.cell(EARNED[0], None));
    figure.is_some_and(|it| it.amounts.contains(&Amount::Hidden))
}

/// How many spells, and their cost, as they may be shown.
pub(super) fn figures(of: &Treated, release: Option<&Release>, row: &str) -> (String, String) {
    let exact = || (words::thousands(of.count), words::pounds(of.cost));
    // What is not in what was decided upon is nobody, and that is no secret.
    let Some(figure) = release.and_then(|it| it.cell(row, None)) else { return exact() };
    let count = match figure.count {
        Count::Hidden => HIDDEN.to_owned(),
        Count::Nearest(it) => format!("about {}", words::thousands(it)),
    };
    let amount = match figure.amounts.first() {
        Some(Amount::Exact(it)) => words::pounds(*it),
        Some(Amount::Nearest(it)) => format!("about {}", words::pounds(*it)),
        Some(Amount::Hidden) | None => HIDDEN.to_owned(),
    };
    (count, amount)
}

pub(super) fn came_back(code: &str) -> String {
    format!("{code} after")
}

pub(super) fn looked_at(code: &str) -> String {
    format!("{code} of")
}

pub(super) fn not_yet_known(code: &str) -> String {
    format!("{code} unknown")
}

/// What may be told to those who may not look at patients: each figure is one row, and none of them
/// is the sum of others.
pub(super) fn release(it: &Practice) -> Result<Release, Fault> {
    let mut cells = Vec::new();
    let mut add = |row: &str, of: &Treated| {
        if of.count > 0 {
            let (largest, top_two) = of.dearest;
            cells.push(Cell {
                row: row.to_owned(),
                column: None,
                people: of.patients,
                count: of.count,
                amounts: vec![of.cost],
                largest: Some(LargestPatients { largest, top_two }),
            });
        }
    };
    add(ALL, &it.all);
    add(ENDED, &it.spells);
    for (row, of) in EARNED.iter().zip(&it.earning) {
        add(row, of);
    }
    for of in &it.complications {
        let Ok(found) = &of.found else { continue };
        add(&of.code, &found.spells);
        add(&looked_at(&of.code), &found.of);
        add(&not_yet_known(&of.code), &found.unknown);
        if let Some(after) = &found.after {
            add(&came_back(&of.code), after);
        }
    }
    let has_credits = cells.iter().any(|it| it.amounts.iter().any(|it| it.is_negative()));
    let sign = if has_credits { Sign::Either } else { Sign::NeverNegative };
    let table = Table {
        measures: vec![Measure { name: "cost".to_owned(), sign }],
        people: People::MayRepeat,
        groups: BTreeMap::new(),
        totals: Totals::default(),
        cells,
    };
    disclosure::release(&table, &DisclosureRules::own())
        .map_err(|error| Fault::Broken(format!("small numbers could not be decided: {error}")))
}

/// Whether a practice is of so few patients that nothing of it is told.
pub(super) fn is_few(release: &Release) -> bool {
    release
        .cell(ALL, None)
        .is_some_and(|it| it.count == Count::Hidden || it.amounts.contains(&Amount::Hidden))
}
