//! `weight_sets.csv` and `rwv.csv`: how the rows of an activity are weighed.

use std::collections::BTreeMap;

use domain::FinancialYear;

use super::Tables;
use crate::faults;
use crate::read::{Book, Findings, Row, Table};
use crate::year::{RelativeWeights, WeightDriver, WeightKey, WeightSet};

/// One relative weight.
#[derive(Clone, Debug)]
pub(crate) struct RelativeWeightRow {
    table: String,
    code: String,
    value_e4: i64,
}

/// Reads `weight_sets.csv`.
pub(crate) fn read(book: &mut Book<'_>) -> Table<WeightSet> {
    book.table("weight_sets.csv", |row| {
        row.code("weight_set", &[]);
        let drivers = [
            ("COUNT", WeightDriver::Count),
            ("DURATION", WeightDriver::Duration),
            ("QUANTITY", WeightDriver::Quantity),
            ("COST", WeightDriver::Cost),
        ];
        let set = WeightSet {
            activity: row.filled("activity"),
            driver: row.choice("driver", &drivers),
            staff: row.yes_no("staff"),
            relative: read_relative_weights(row),
            minimum_seconds: row.number_if_any("minimum_seconds", 0).unwrap_or_default(),
            absolute: row.choice("basis", &[("RELATIVE", false), ("ABSOLUTE", true)]),
        };
        check_set(&set, row);
        set
    })
}

/// Reads `rwv.csv`.
pub(crate) fn read_relative(book: &mut Book<'_>) -> Table<RelativeWeightRow> {
    book.table("rwv.csv", |row| RelativeWeightRow {
        table: row.code("rwv_table", &[]),
        code: row.filled("code"),
        value_e4: row.number("value", 4),
    })
}

fn read_relative_weights(row: &mut Row<'_>) -> Option<RelativeWeights> {
    let table = row.text("rwv_table");
    let keys = [
        ("", None),
        ("code", Some(WeightKey::Code)),
        ("band", Some(WeightKey::Band)),
        ("specialty", Some(WeightKey::Specialty)),
        ("location", Some(WeightKey::Location)),
    ];
    let key = row.choice("rwv_key", &keys);
    let default_e4 = row.number_if_any("default_rwv", 4);
    let remedy = "Fill rwv_table, rwv_key and default_rwv together, or leave all three blank.";
    let mut needs = |column: &str, filled: bool| {
        if filled == table.is_empty() {
            let message = if filled {
                format!("`{column}` is filled, but there is no `rwv_table`")
            } else {
                format!("relative weights by table `{table}` need `{column}`")
            };
            row.fault(faults::RELATIVE_WEIGHT_INCOMPLETE, column, message, remedy);
        }
    };
    needs("rwv_key", key.is_some());
    needs("default_rwv", default_e4.is_some());
    (!table.is_empty()).then(|| RelativeWeights {
        table,
        key: key.unwrap_or(WeightKey::Code),
        default_e4: default_e4.unwrap_or_default(),
    })
}

fn check_set(set: &WeightSet, row: &mut Row<'_>) {
    if set.minimum_seconds > 0 && set.driver != WeightDriver::Duration {
        row.fault(
            faults::MINIMUM_WITHOUT_DURATION,
            "minimum_seconds",
            "a minimum duration has no meaning unless the driver is DURATION",
            "Leave it blank, or correct the driver.",
        );
    }
    if !set.absolute {
        return;
    }
    let faults_found = [
        (set.driver != WeightDriver::Cost, "driver", "its driver is not COST"),
        (set.staff, "staff", "it multiplies by staff"),
        (set.relative.is_some(), "rwv_table", "it has relative weights"),
    ];
    for (_, column, reason) in faults_found.into_iter().filter(|(found, _, _)| *found) {
        row.fault(
            faults::ABSOLUTE_NOT_PLAIN_COST,
            column,
            format!("an absolute set charges traced cost as it is, but {reason}"),
            "Correct the column, or choose basis RELATIVE.",
        );
    }
}

/// Checks what weight sets name.
pub(crate) fn check(tables: &Tables, year: FinancialYear, findings: &mut Findings) {
    let activities = tables.activities.names(year);
    let weight_tables = tables.relative_weights.names(year);
    for row in tables.weight_sets.sound(year) {
        activities.require(&row.head, "activity", &row.value.activity, findings);
        if let Some(relative) = &row.value.relative {
            weight_tables.require(&row.head, "rwv_table", &relative.table, findings);
        }
    }
}

/// Relative weights × 10⁴ of a year by table, then code.
pub(crate) fn relative_weights(
    tables: &Tables,
    year: FinancialYear,
) -> BTreeMap<String, BTreeMap<String, i64>> {
    let mut found: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
    for row in tables.relative_weights.in_force(year).map(|it| &it.value) {
        found.entry(row.table.clone()).or_default().insert(row.code.clone(), row.value_e4);
    }
    found
}
