//! `settings.csv`: thresholds and options.

use std::collections::BTreeMap;

use domain::FinancialYear;

use super::Tables;
use crate::faults;
use crate::read::{Book, Findings, Row, Table, place};
use crate::year::Settings;

/// One row: the value is 0 or 1, a whole number, or a percentage × 10⁴, as the unit says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SettingRow {
    value: i64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    YesNo,
    Percent,
    Whole(&'static str),
}

impl Unit {
    const fn word(self) -> &'static str {
        match self {
            Self::YesNo => "yes/no",
            Self::Percent => "percent",
            Self::Whole(word) => word,
        }
    }
}

const STAFF_POOL_MINIMUM: &str = "staff_pool_minimum";
const WARD_NET_OF_THEATRE: &str = "ward_net_of_theatre";
const QUARANTINE_ACCEPTANCE_ROWS: &str = "quarantine_acceptance_rows";
const QUARANTINE_REFUSAL_ROWS: &str = "quarantine_refusal_rows";
const QUARANTINE_ACCEPTANCE_COST: &str = "quarantine_acceptance_cost";
const RAGGED_ROWS_REFUSAL: &str = "ragged_rows_refusal";
const RESUBMISSION_FEWER_ROWS: &str = "resubmission_fewer_rows";
const ZERO_COST_EVENTS_ACCEPTANCE: &str = "zero_cost_events_acceptance";
const SMALL_NUMBER: &str = "small_number";

const SETTINGS: &[(&str, Unit)] = &[
    (STAFF_POOL_MINIMUM, Unit::Whole("people")),
    (WARD_NET_OF_THEATRE, Unit::YesNo),
    (QUARANTINE_ACCEPTANCE_ROWS, Unit::Percent),
    (QUARANTINE_REFUSAL_ROWS, Unit::Percent),
    (QUARANTINE_ACCEPTANCE_COST, Unit::Percent),
    (RAGGED_ROWS_REFUSAL, Unit::Whole("rows")),
    (RESUBMISSION_FEWER_ROWS, Unit::Percent),
    (ZERO_COST_EVENTS_ACCEPTANCE, Unit::Percent),
    (SMALL_NUMBER, Unit::Whole("people")),
];

const WHOLE_PERCENT_E4: i64 = 1_000_000;

/// Reads the rows.
pub(crate) fn read(book: &mut Book<'_>) -> Table<SettingRow> {
    book.table("settings.csv", |row| {
        let setting = row.filled("setting");
        let known = SETTINGS.iter().find(|(name, _)| *name == setting);
        let value = if let Some((_, unit)) = known {
            read_value(row, *unit)
        } else {
            refuse_unknown(row, &setting);
            0
        };
        SettingRow { value }
    })
}

fn read_value(row: &mut Row<'_>, unit: Unit) -> i64 {
    let stated = row.text("unit");
    if stated != unit.word() {
        row.fault(
            faults::SETTING_UNIT,
            "unit",
            format!("the unit of this setting is `{}`, not `{stated}`", unit.word()),
            "Correct the unit, and check the value.",
        );
    }
    match unit {
        Unit::YesNo => i64::from(row.yes_no("value")),
        Unit::Whole(_) => row.number("value", 0),
        Unit::Percent => {
            let value = row.number("value", 4);
            if value > WHOLE_PERCENT_E4 {
                row.out_of_range("value", "a percentage of a file cannot be above 100");
            }
            value
        }
    }
}

fn refuse_unknown(row: &mut Row<'_>, setting: &str) {
    if setting.is_empty() {
        return;
    }
    let names: Vec<&str> = SETTINGS.iter().map(|(name, _)| *name).collect();
    row.fault(
        faults::SETTING_UNKNOWN,
        "setting",
        format!("`{setting}` is not a setting"),
        format!("Correct the spelling; the settings are: {}.", names.join(", ")),
    );
}

/// The settings of a year.
pub(crate) fn rules(tables: &Tables, year: FinancialYear, findings: &mut Findings) -> Settings {
    let table = &tables.settings;
    let found: BTreeMap<String, SettingRow> = table.values(year);
    for (name, unit) in SETTINGS.iter().filter(|(name, _)| !found.contains_key(*name)) {
        if table.readable {
            findings.refuse(
                faults::SETTING_MISSING,
                place(table.file, 0, "setting"),
                format!("there is no setting `{name}`"),
                format!("Add the row `{name}` with its value in {}.", unit.word()),
            );
        }
    }
    let value = |name: &str| found.get(name).map_or(0, |it| it.value);
    let settings = Settings {
        staff_pool_minimum_people: value(STAFF_POOL_MINIMUM),
        ward_net_of_theatre: value(WARD_NET_OF_THEATRE) == 1,
        quarantine_acceptance_rows_e4: value(QUARANTINE_ACCEPTANCE_ROWS),
        quarantine_refusal_rows_e4: value(QUARANTINE_REFUSAL_ROWS),
        quarantine_acceptance_cost_e4: value(QUARANTINE_ACCEPTANCE_COST),
        ragged_rows_refusal: value(RAGGED_ROWS_REFUSAL),
        resubmission_fewer_rows_e4: value(RESUBMISSION_FEWER_ROWS),
        zero_cost_events_acceptance_e4: value(ZERO_COST_EVENTS_ACCEPTANCE),
        small_number_people: value(SMALL_NUMBER),
    };
    check_order(tables, year, findings);
    check_theatre(&settings, tables, year, findings);
    settings
}

/// Ward stays can lose the time of theatres only if the model says which sessions are theatres'.
fn check_theatre(
    settings: &Settings,
    tables: &Tables,
    year: FinancialYear,
    findings: &mut Findings,
) {
    let theatre = tables.session_kinds.in_force(year).any(|it| it.value.theatre);
    let row = tables.settings.by_name(year).get(WARD_NET_OF_THEATRE).map(|it| it.head.clone());
    if let (true, false, Some(row)) = (settings.ward_net_of_theatre, theatre, row) {
        findings.warn(
            faults::NO_THEATRE,
            row.at("value"),
            "ward stays are to lose theatre time, but no kind of session is a theatre's",
            "Write `yes` in the column `theatre` of session_kinds.csv for kinds that are.",
        );
    }
}

fn check_order(tables: &Tables, year: FinancialYear, findings: &mut Findings) {
    let rows = tables.settings.by_name(year);
    let (Some(acceptance), Some(refusal)) =
        (rows.get(QUARANTINE_ACCEPTANCE_ROWS), rows.get(QUARANTINE_REFUSAL_ROWS))
    else {
        return;
    };
    if refusal.value.value < acceptance.value.value {
        findings.refuse(
            faults::QUARANTINE_ORDER,
            refusal.head.at("value"),
            "a file would be refused with fewer quarantined rows than need acceptance",
            "Let the percentage for refusal be at least that for acceptance.",
        );
    }
}
