//! `mapping.csv` and `income.csv`: what becomes of a ledger line.

use std::collections::BTreeMap;

use domain::FinancialYear;
use domain::number::show_scaled;

use super::Tables;
use crate::faults;
use crate::read::{Book, Dated, Findings, Table};
use crate::year::{IncomeRule, MappingRule, Pattern, Treatment};

/// One target of a mapping rule.
#[derive(Clone, Debug)]
pub(crate) struct MappingRow {
    sequence: i64,
    cost_centre: Pattern,
    account: Pattern,
    cost_line: String,
    percentage_e4: i64,
}

/// One rule for income.
pub(crate) type IncomeRow = IncomeRule;

const WHOLE_PERCENT_E4: i64 = 1_000_000;

/// Reads `mapping.csv`.
pub(crate) fn read_mapping(book: &mut Book<'_>) -> Table<MappingRow> {
    book.table("mapping.csv", |row| MappingRow {
        sequence: row.number("sequence", 0),
        cost_centre: row.pattern("cost_centre"),
        account: row.pattern("account"),
        cost_line: row.filled("cost_line"),
        percentage_e4: row.number("percentage", 4),
    })
}

/// Reads `income.csv`.
pub(crate) fn read_income(book: &mut Book<'_>) -> Table<IncomeRow> {
    book.table("income.csv", |row| IncomeRule {
        sequence: row.number("sequence", 0),
        cost_centre: row.pattern("cost_centre"),
        account: row.pattern("account"),
        treatment: row.choice(
            "treatment",
            &[
                ("patient_income", Treatment::PatientIncome),
                ("netting_permitted", Treatment::NettingPermitted),
                ("netting_not_permitted", Treatment::NettingNotPermitted),
                ("other_activity", Treatment::OtherActivity),
            ],
        ),
    })
}

/// Checks that mapping goes to cost lines and that splits share a whole.
pub(crate) fn check(tables: &Tables, year: FinancialYear, findings: &mut Findings) {
    let cost_lines = tables.cost_lines.names(year);
    for row in tables.mapping.sound(year) {
        cost_lines.require(&row.head, "cost_line", &row.value.cost_line, findings);
    }
    for rows in by_sequence(&tables.mapping, year).values() {
        if rows.iter().all(|it| it.head.sound) {
            check_split(rows, findings);
        }
    }
}

fn check_split(rows: &[&Dated<MappingRow>], findings: &mut Findings) {
    let first = rows[0];
    let patterns = |row: &MappingRow| (row.cost_centre.clone(), row.account.clone());
    for row in rows.iter().filter(|it| patterns(&it.value) != patterns(&first.value)) {
        findings.refuse(
            faults::SPLIT_PATTERNS,
            row.head.at("sequence"),
            format!(
                "rule {} has other patterns here than in line {}",
                row.value.sequence, first.head.line
            ),
            "Rows of one sequence are one split: give them the same patterns, or another sequence.",
        );
    }
    let sum: i128 = rows.iter().map(|it| i128::from(it.value.percentage_e4)).sum();
    if sum != i128::from(WHOLE_PERCENT_E4) {
        findings.refuse(
            faults::SPLIT_SUM,
            first.head.at("percentage"),
            format!(
                "the percentages of rule {} sum to {}, not to 100.0000",
                first.value.sequence,
                show_scaled(sum, 4)
            ),
            "Correct the percentages of its rows, so that no ledger line is split in part.",
        );
    }
}

fn by_sequence(
    table: &Table<MappingRow>,
    year: FinancialYear,
) -> BTreeMap<i64, Vec<&Dated<MappingRow>>> {
    let mut rules: BTreeMap<i64, Vec<&Dated<MappingRow>>> = BTreeMap::new();
    for row in table.in_force(year) {
        rules.entry(row.value.sequence).or_default().push(row);
    }
    rules
}

/// The mapping of a year, by sequence.
pub(crate) fn mapping(tables: &Tables, year: FinancialYear) -> Vec<MappingRule> {
    let rules = by_sequence(&tables.mapping, year);
    let rule = |(sequence, rows): (i64, Vec<&Dated<MappingRow>>)| {
        let target = |it: &Dated<MappingRow>| (it.value.cost_line.clone(), it.value.percentage_e4);
        let mut targets: Vec<(String, i64)> = rows.iter().map(|it| target(it)).collect();
        targets.sort();
        let MappingRow { cost_centre, account, .. } = rows[0].value.clone();
        MappingRule { sequence, cost_centre, account, targets }
    };
    rules.into_iter().map(rule).collect()
}

/// The treatment of income of a year, by sequence.
pub(crate) fn income(tables: &Tables, year: FinancialYear) -> Vec<IncomeRule> {
    let mut rules: Vec<IncomeRule> =
        tables.income.in_force(year).map(|it| it.value.clone()).collect();
    rules.sort_by_key(|it| it.sequence);
    rules
}
