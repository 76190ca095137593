//! How much may be kept apart: the shares of rows and of cost, at the limit and just above it.

use domain::Severity;

use crate::trust::{Outcome, Trust};

const HEADER: &str = "NHS NUMBER,LOCAL PATIENT IDENTIFIER,ISSUED,DRUG,QUANTITY,COST\n";

/// Takes in a thousand issues of medicines, the first ones dated on a day that does not exist.
fn take_in(bad: usize, cost: impl Fn(usize) -> &'static str) -> Outcome {
    let trust = Trust::laid_out();
    // The limits of the catalogue: above 1 % of rows or 0.1 % of cost a person must accept, above
    // 10 % of rows the file is refused.
    let mut settings = trust.read("model/settings.csv");
    for (name, old, new) in [
        ("quarantine_acceptance_rows", "95", "1"),
        ("quarantine_refusal_rows", "99", "10"),
        ("quarantine_acceptance_cost", "95", "0.1"),
    ] {
        let (old, new) = (format!("{name},{old},"), format!("{name},{new},"));
        assert!(settings.contains(&old), "the clean trust has other limits");
        settings = settings.replace(&old, &new);
    }
    trust.write("model/settings.csv", settings);
    let row = |it: usize| {
        let day = if it < bad { "2025-04-31" } else { "2025-04-08" };
        let minute = format!("{:02}:{:02}", it / 60, it % 60);
        format!("9990000026,X-P2,{day} {minute},AMOXICILLIN,21,{}\n", cost(it))
    };
    trust.write("feeds/medicines.csv", HEADER.to_owned() + &(0..1000).map(row).collect::<String>());
    let outcome = trust.take_in();
    outcome.counted();
    outcome
}

/// Severity, rows, pounds and message of the findings on quarantine, and the counts of the file.
fn shown(outcome: &Outcome) -> Vec<String> {
    let judged = outcome.findings().iter().filter(|it| it.code.starts_with('Q'));
    let mut lines: Vec<String> = judged
        .map(|it| {
            let word = it.severity.word();
            format!("{} {word}, {} rows, {}: {}", it.code, it.rows, it.money.to_pence(), it.message)
        })
        .collect();
    let file = outcome.inputs().iter().find(|it| it.name == "feeds/medicines.csv");
    let file = file.expect("the file was read");
    lines.push(format!(
        "{} = {} + {} + {}",
        file.rows_read, file.rows_used, file.rows_quarantined, file.rows_rejected
    ));
    lines
}

/// 10 of 1000 rows are 1 %, which is not more than 1 %; 11 are 1.1 %.
#[test]
fn rows_that_need_acceptance() {
    let free = |_| "0.00";
    assert_eq!(shown(&take_in(10, free)), ["1000 = 990 + 10 + 0"]);
    assert_eq!(
        shown(&take_in(11, free)),
        [
            "Q1 needs acceptance, 11 rows, £0.00: 11 of 1000 rows are quarantined, more than 1 %",
            "1000 = 989 + 11 + 0"
        ]
    );
}

/// 100 of 1000 rows are 10 %, which a person may accept; 101 are more, and refuse the file.
#[test]
fn rows_that_refuse_the_file() {
    let free = |_| "0.00";
    let accepted = take_in(100, free);
    assert_eq!(accepted.refused(), None);
    assert_eq!(
        shown(&accepted),
        [
            "Q1 needs acceptance, 100 rows, £0.00: 100 of 1000 rows are quarantined, more than 1 %",
            "1000 = 900 + 100 + 0"
        ]
    );
    let refused = take_in(101, free);
    assert!(refused.refused().is_some(), "medicines are a required feed");
    assert_eq!(
        shown(&refused),
        [
            "Q2 refused, 1000 rows, £0.00: more than 10 % of its rows would have to be quarantined",
            "1000 = 0 + 0 + 1000"
        ]
    );
}

/// One row of £1.00 among 999 of £1.00 is a thousandth of £1,000.00, which is 0.1 %. One of £1.01
/// is 1.01 of 1,000.01, which is more, however the amount is written.
#[test]
fn cost_that_needs_acceptance() {
    assert_eq!(shown(&take_in(1, |_| "1.00")), ["1000 = 999 + 1 + 0"]);
    for dear in ["1.01", "£1.01", "(1.01)", "1.01-"] {
        assert_eq!(
            shown(&take_in(1, |it| if it == 0 { dear } else { "1.00" })),
            [
                "Q3 needs acceptance, 1 rows, £1.01: £1.01 of £1,000.01 are quarantined, more than 0.1 %",
                "1000 = 999 + 1 + 0"
            ]
        );
    }
}

/// What needs acceptance says so, and keeps no dataset back.
#[test]
fn acceptance_is_asked_for_and_not_demanded() {
    let outcome = take_in(11, |_| "0.00");
    assert_eq!(outcome.refused(), None);
    let found = outcome.findings().iter().find(|it| it.code == "Q1").expect("it was told");
    assert_eq!(found.severity, Severity::NeedsAcceptance);
    assert_eq!(found.remedy, "mend the rows or have a named person accept them");
}
