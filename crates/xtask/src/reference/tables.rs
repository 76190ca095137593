//! The page of tables: every table of a dataset and of a run, column by column.

use std::fmt::Write as _;

use tables::{Sensitivity, Table, TableContract, dataset, run};

use crate::{cell, head};

const INTRODUCTION: &str = "\
A table is a promise: its columns, their units, the order of its rows, and who may see what.
The first part lists the tables of a dataset (what intake makes of a trust's files), the second those of a run (what a costing makes of a dataset).

Money is held in pounds with six decimals, exact; times are whole seconds since 1970-01-01 UTC.
A *reference* is a keyed pseudonym of 26 characters.
*Key* columns identify a row and fix the order of rows.

| sensitivity | who may see it, at the least |
|---|---|
| open | everyone who may see the run |
| finance | ledger, pay or price detail: finance rights |
| patient | a pseudonymised patient's row: patient rights, and an audit line |
| staff | points to a member of staff, pseudonymised: patient rights, and an audit line |";

/// Tables of a dataset, in reading order.
const DATASET: [TableContract; 7] = [
    dataset::LedgerLine::CONTRACT,
    dataset::ControlTotal::CONTRACT,
    dataset::BudgetLine::CONTRACT,
    dataset::Event::CONTRACT,
    dataset::FeedRow::CONTRACT,
    dataset::Session::CONTRACT,
    dataset::IncomeLine::CONTRACT,
];

/// Tables of a run, in the order of the costing.
const RUN: [TableContract; 33] = [
    run::QuantumLine::CONTRACT,
    run::CostLineSource::CONTRACT,
    run::BudgetPart::CONTRACT,
    run::SupportWeight::CONTRACT,
    run::FinalLineSource::CONTRACT,
    run::PoolSource::CONTRACT,
    run::SessionUse::CONTRACT,
    run::EventWeight::CONTRACT,
    run::ResidualWeight::CONTRACT,
    run::RestrictedWeight::CONTRACT,
    run::RestrictedActivity::CONTRACT,
    run::CostedEvent::CONTRACT,
    run::EventCost::CONTRACT,
    run::EventActivity::CONTRACT,
    run::AbsorbedSource::CONTRACT,
    run::RestrictedCost::CONTRACT,
    run::UnitCost::CONTRACT,
    run::ResidualSource::CONTRACT,
    run::LooseIncome::CONTRACT,
    run::ServiceLineCost::CONTRACT,
    run::StatementLine::CONTRACT,
    run::FeedCount::CONTRACT,
    run::MatchCount::CONTRACT,
    run::UnmatchedCost::CONTRACT,
    run::BedUse::CONTRACT,
    run::IncomeApart::CONTRACT,
    run::ActivityOut::CONTRACT,
    run::StatedActivity::CONTRACT,
    run::MeasuredFigure::CONTRACT,
    run::ServiceLineWte::CONTRACT,
    run::Identity::CONTRACT,
    run::RowIdentity::CONTRACT,
    run::ReportLine::CONTRACT,
];

/// The page.
pub(crate) fn page() -> String {
    let mut page = head("Tables", INTRODUCTION);
    page.push_str("\n## Tables of a dataset\n");
    for it in DATASET {
        table(&mut page, &it);
    }
    page.push_str("\n## Tables of a run\n");
    for it in RUN {
        table(&mut page, &it);
    }
    page
}

fn table(page: &mut String, contract: &TableContract) {
    let key: Vec<String> = contract.key.iter().map(|it| format!("`{it}`")).collect();
    let _ = write!(
        page,
        "\n### {}\n\n{}\n\nKey: {}.\n\n| column | type | unit | sensitivity | meaning |\n|---|---|---|---|---|\n",
        contract.name,
        contract.meaning,
        key.join(", ")
    );
    for column in contract.columns {
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | {} |",
            column.name,
            cell(column.kind),
            cell(column.unit),
            class(column.sensitivity),
            cell(column.meaning)
        );
    }
}

const fn class(sensitivity: Sensitivity) -> &'static str {
    match sensitivity {
        Sensitivity::Open => "open",
        Sensitivity::Finance => "finance",
        Sensitivity::Patient => "patient",
        Sensitivity::Staff => "staff",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// A table that is declared must be on the page: read the declarations and compare.
    #[track_caller]
    fn check(declarations: &str, listed: &[TableContract]) {
        let declared: BTreeSet<&str> = declarations
            .lines()
            .filter(|it| it.contains(", key ["))
            .filter_map(|it| it.split('"').nth(1))
            .collect();
        let listed: BTreeSet<&str> = listed.iter().map(|it| it.name).collect();
        assert_eq!(listed, declared);
    }

    #[test]
    fn every_declared_table_is_on_the_page() {
        check(include_str!("../../../tables/src/dataset.rs"), &DATASET);
        let run = [
            include_str!("../../../tables/src/run.rs"),
            include_str!("../../../tables/src/reports.rs"),
        ];
        check(&run.concat(), &RUN);
    }
}
