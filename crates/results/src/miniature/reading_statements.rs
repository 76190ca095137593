//! Reads statements, reconciliation, residuals and match rates of the miniature.

use expect_test::expect;

use domain::Money;
use tables::run::StatementLine;

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
