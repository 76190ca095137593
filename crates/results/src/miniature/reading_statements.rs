//! Reads statements, reconciliation, residuals and match rates of the miniature.

use expect_test::expect;

use domain::Money;
use tables::run::{CostLineSource, StatementLine};

use super::{miniature, money};
use crate::statements::in_words;

#[test]
fn statements_in_words() {
    let made = miniature();
    let shown: Vec<String> = made
        .open()
        .statements()
        .expect("reads")
        .iter()
        .map(|it| format!("{} {}\n", it.service_line.words(), it.in_words))
        .collect();
    expect![[r#"
        Surgery spent £264.74 more than it earned
    "#]]
    .assert_eq(&shown.concat());
    assert_eq!(in_words(money("1234567")), "earned £1.2m more than it spent");
    assert_eq!(in_words(money("0")), "earned exactly what it spent");
}

#[test]
fn residuals_are_added_over_their_sources() {
    // 40 + 26.315790 + 18.947369 = 85.263159.
    let residuals = miniature().open().residuals().expect("reads");
    let shown: Vec<String> = residuals
        .iter()
        .map(|it| format!("{}, {}: {}", it.residual, it.words, it.amount))
        .collect();
    assert_eq!(shown, ["NOT_OWN_PATIENT, not the care of own patients: Research: £85.263159"]);
}

#[test]
fn every_identity_closes() {
    let lines = miniature().open().reconciliation().expect("reads");
    assert!(lines.iter().all(|it| it.difference.is_zero() && it.input == money("500")));
}

#[test]
fn match_rates_are_rounded_down() {
    // 10 of 12 is 83.333… percent.
    let rates = miniature().open().match_rates().expect("reads");
    assert_eq!(rates.len(), 1);
    assert_eq!(rates[0].percent.as_deref(), Some("83.33"));
    assert_eq!(rates[0].by_rule["NO_IDENTITY"], 2);
}

#[test]
fn rows_below_the_last_subtotal_are_not_the_result() {
    // The model's only subtotal is `result`: 150 - 414.736841. A memorandum row stands below it.
    let mut made = miniature();
    let line = |order, row: &str, amount: &str| StatementLine {
        service_line: "SURGERY".to_owned(),
        order,
        row: row.to_owned(),
        name: row.to_owned(),
        amount: money(amount),
        non_recurrent: Money::ZERO,
    };
    let result = line(30, "result", "-264.736841");
    made.table("service_lines.parquet", &[result, line(40, "memorandum", "99")]);
    made.finish();
    let statements = made.open().statements().expect("reads");
    assert_eq!(statements[0].in_words, "spent £264.74 more than it earned");

    made.table("service_lines.parquet", &[line(40, "memorandum", "99")]);
    made.finish();
    let statements = made.open().statements().expect("reads");
    assert!(statements[0].in_words.contains("neither surplus nor deficit"));
}

#[test]
fn a_residual_is_taken_apart_by_what_it_cost_itself_and_support() {
    // Research of 40 has 26.315790 of estates and 18.947369 of people.
    let parts = miniature().open().residual_parts("NOT_OWN_PATIENT").expect("reads");
    assert_eq!(parts.len(), 1);
    let it = &parts[0];
    assert_eq!((it.reason.as_str(), it.kind.as_str()), ("RESEARCH", "RESEARCH"));
    assert_eq!((it.direct, it.support), (money("40"), money("45.263159")));
    assert_eq!(it.amount(), money("85.263159"));
    assert!(miniature().open().residual_parts("UNMATCHED").expect("reads").is_empty());
}

#[test]
fn the_ledger_is_added_by_account_and_month() {
    // 100 + 300 + 60 + 40 of one account, all in March.
    let accounts = miniature().open().months_by_account().expect("reads");
    assert_eq!(accounts.len(), 1);
    assert_eq!(accounts[0].account.words(), "Spending");
    let months = &accounts[0].months;
    assert_eq!((months.len(), months[11]), (12, money("500")));
    assert!(months[..11].iter().all(|it| it.is_zero()));
}

#[test]
fn one_off_items_have_names_and_service_lines_move_by_them() {
    assert_eq!(miniature().open().one_off().expect("reads"), crate::one_off::OneOff::default());
    let mut made = miniature();
    let file = "model/cost_lines.csv";
    let text = std::fs::read_to_string(made.folder().join(file)).expect("the model has it");
    let before = "NURSES,Ward nurses,PF,,,X/NURSES,,,direct,semi-fixed,yes,PAY,substantive,,,,";
    let text = text.replace(&format!("{before}recurrent"), &format!("{before}non-recurrent"));
    made.text(file, text.as_bytes());
    let sources = [("NURSES", "L-NUR", "300"), ("ESTATES", "L-EST", "100")];
    let source = |(cost_line, ledger_line, amount): (&str, &str, &str)| CostLineSource {
        cost_line: cost_line.to_owned(),
        ledger_line: ledger_line.to_owned(),
        amount: money(amount),
    };
    made.table("cost_lines.parquet", &sources.map(source));
    let line = |order, row: &str, amount: &str, non_recurrent: &str| StatementLine {
        service_line: "SURGERY".to_owned(),
        order,
        row: row.to_owned(),
        name: row.to_owned(),
        amount: money(amount),
        non_recurrent: money(non_recurrent),
    };
    made.table(
        "service_lines.parquet",
        &[line(20, "cost", "414.736841", "300"), line(30, "result", "-264.736841", "-300")],
    );
    made.finish();
    let found = made.open().one_off().expect("reads");
    let items: Vec<String> = found
        .items
        .iter()
        .map(|it| {
            format!("{} {} {:?} {}", it.cost_line.words(), it.recurrence, it.periods, it.amount)
        })
        .collect();
    assert_eq!(items, ["Ward nurses non-recurrent {12} £300.000000"]);
    // −264.736841 with them, 35.263159 without.
    let lines: Vec<_> = found.lines.iter().map(|it| (it.with, it.without, it.taken())).collect();
    assert_eq!(lines, [(money("-264.736841"), money("35.263159"), money("300"))]);
}
