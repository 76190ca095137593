//! Support groups, drivers and their statistics.

use std::collections::{BTreeMap, BTreeSet};

use domain::FinancialYear;
use domain::provenance::DIRECT;

use super::Tables;
use crate::faults;
use crate::read::{Book, Findings, Table};
use crate::year::{Class, Driver, SupportGroup};

/// The driver that is built in: the expenditure of each line before support.
pub(crate) const EXPENDITURE: &str = "EXPENDITURE";

/// How much of a driver a cost line has.
#[derive(Clone, Debug)]
pub(crate) struct StatisticRow {
    driver: String,
    cost_line: String,
    quantity_e6: i64,
}

/// Reads `support_groups.csv`.
pub(crate) fn read_groups(book: &mut Book<'_>) -> Table<SupportGroup> {
    book.table("support_groups.csv", |row| {
        // The selectors of a statement separate groups by slashes.
        let code = row.code("support_group", &['/']);
        row.not_reserved("support_group", &code, DIRECT);
        SupportGroup { name: row.filled("name"), capital: row.yes_no("capital") }
    })
}

/// Reads `drivers.csv`.
pub(crate) fn read_drivers(book: &mut Book<'_>) -> Table<Driver> {
    book.table("drivers.csv", |row| {
        let code = row.code("driver", &[]);
        row.not_reserved("driver", &code, EXPENDITURE);
        Driver { name: row.filled("name"), unit: row.filled("unit") }
    })
}

/// Reads `statistics.csv`.
pub(crate) fn read_statistics(book: &mut Book<'_>) -> Table<StatisticRow> {
    book.table("statistics.csv", |row| StatisticRow {
        driver: row.filled("driver"),
        cost_line: row.filled("cost_line"),
        quantity_e6: row.number("quantity", 6),
    })
}

/// Checks what statistics name, and that every driver can share something.
pub(crate) fn check(tables: &Tables, year: FinancialYear, findings: &mut Findings) {
    let drivers = tables.drivers.names(year);
    let names = tables.cost_lines.names(year);
    let cost_lines = tables.cost_lines.by_name(year);
    let mut in_use: BTreeSet<&str> = BTreeSet::new();
    for row in tables.statistics.sound(year) {
        let statistic = &row.value;
        drivers.require(&row.head, "driver", &statistic.driver, findings);
        names.require(&row.head, "cost_line", &statistic.cost_line, findings);
        if statistic.quantity_e6 > 0 {
            in_use.insert(&statistic.driver);
        }
        let line = cost_lines.get(statistic.cost_line.as_str());
        if line.is_some_and(|it| it.value.class == Class::Reconciliation) {
            findings.refuse(
                faults::STATISTIC_ON_RECON,
                row.head.at("cost_line"),
                format!(
                    "`{}` is a reconciliation item and receives no support",
                    statistic.cost_line
                ),
                "Take the statistic out, or correct the class of the cost line.",
            );
        }
    }
    if tables.statistics.rows.iter().any(|it| !it.head.sound) || !tables.statistics.readable {
        return;
    }
    for (driver, row) in tables.drivers.by_name(year) {
        if row.head.sound && !in_use.contains(driver) {
            findings.refuse(
                faults::DRIVER_WITHOUT_STATISTIC,
                row.head.at("driver"),
                format!("driver `{driver}` has no statistic above zero"),
                "Add its statistics to statistics.csv, or take the driver out.",
            );
        }
    }
}

/// Statistics × 10⁶ of a year, by driver, then cost line.
pub(crate) fn statistics(
    tables: &Tables,
    year: FinancialYear,
) -> BTreeMap<String, BTreeMap<String, i64>> {
    let mut drivers: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
    for row in tables.statistics.in_force(year).map(|it| &it.value) {
        let lines = drivers.entry(row.driver.clone()).or_default();
        lines.insert(row.cost_line.clone(), row.quantity_e6);
    }
    drivers
}
