//! A budget beside the ledger: in the reports, in an identity, and in what `verify` recomputes.

use std::path::Path;

use domain::Money;
use expect_test::{Expect, expect};
use tables::dataset::BudgetLine;
use tables::run::{BudgetPart, Identity, ReportLine};

use super::tampering::{check_of, forge};
use super::{Folder, dataset};
use crate::dataset::read_table;

/// The worked example, whose ledger is GBP 500 of four cost centres, with a budget: GBP 290 for the
/// ward, 110 for estates, 6 of April for a centre that no rule takes, and 50 for May, which is not
/// costed yet.
fn with_budget() -> Folder {
    let folder = Folder::new();
    let line = |(centre, period, pounds): (&str, i64, i64)| BudgetLine {
        cost_centre: format!("X-CC-{centre}"),
        account: "6000".to_owned(),
        period,
        amount: Money::from_pounds(pounds),
    };
    let lines = [("ESTATES", 1, 110), ("NOWHERE", 1, 6), ("WARD", 1, 290), ("WARD", 2, 50)];
    let mut rows = dataset("3");
    rows.budget = lines.map(line).to_vec();
    rows.write(&folder.dataset(), 4);
    folder
}

fn shown(run: &Path) -> String {
    let lines: Vec<ReportLine> = read_table(&run.join("report_lines.parquet")).expect("reads");
    let of_budget = lines.iter().filter(|it| it.report.ends_with(": budget"));
    let mut text: String = of_budget.map(|it| format!("{}: {}\n", it.line, it.amount)).collect();
    let lines: Vec<Identity> = read_table(&run.join("reconciliation.parquet")).expect("reads");
    for it in lines.iter().filter(|it| it.line.starts_with("Budget")) {
        text += &format!("{}: {} {} {}\n", it.line, it.input, it.output, it.difference);
    }
    text
}

#[test]
fn what_is_on_no_cost_line_has_a_name() {
    // 110 + 6 + 290 + 50 = 456; on cost lines 110 + 290 = 400, and the ledger's 500 are booked.
    let folder = with_budget();
    expect![[r"
        Budget, all of it: £456.000000
        less outside the period: £50.000000
        less income: £0.000000
        less unmapped: £6.000000
        Budget of cost lines: £400.000000
        Booked on cost lines: £500.000000
        Booked less budget: £100.000000
        Budget = cost lines + unmapped + income + outside the period: £456.000000 £456.000000 £0.000000
    "]]
    .assert_eq(&shown(&folder.cost().path));
}

#[test]
fn a_budget_changes_no_cost() {
    let (with, without) = (with_budget(), Folder::new());
    let (one, other) = (with.cost().path, without.cost().path);
    for name in ["events.parquet", "pools.parquet", "service_lines.parquet"] {
        let read = |run: &Path| std::fs::read(run.join(name)).expect("it is there");
        assert_eq!(read(&one), read(&other), "{name}");
    }
}

#[track_caller]
fn check(change: impl FnOnce(&Path), expected: &Expect) {
    check_of(&with_budget(), change, expected);
}

#[test]
fn a_part_of_the_budget_on_another_cost_line_is_found() {
    check(
        |run| {
            forge(run, "budget_lines.parquet", |rows: &mut Vec<BudgetPart>| {
                let part = rows.iter_mut().find(|it| it.cost_line == "X-NURSES");
                part.expect("the ward has a budget").cost_line = "X-RESEARCH".to_owned();
            });
        },
        &expect!["budget_lines.parquet: row 3, column cost_line; 1 rows differ"],
    );
}

#[test]
fn a_budget_that_was_raised_is_found() {
    // Whoever raises the budget as it was read changes its parts, the identity and the report.
    check(
        |run| {
            forge(run, "budget.parquet", |rows: &mut Vec<BudgetLine>| {
                rows[2].amount += Money::from_micro_pounds(1);
            });
        },
        &expect![[r#"
            budget_lines.parquet: row 3, column amount: £290.000000 is stored, £290.000001 is computed, -£0.000001 too much; 1 rows differ
            reconciliation.parquet: row 10, column input: £456.000000 is stored, £456.000001 is computed, -£0.000001 too much; 1 rows differ
            report_lines.parquet: row 1, column amount: £456.000000 is stored, £456.000001 is computed, -£0.000001 too much; 3 rows differ"#]],
    );
}
