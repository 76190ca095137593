//! Ledgers in; outcomes, walk and findings out.

use expect_test::{Expect, expect};
use proptest::prelude::*;
use testkit::{Table, Tables, check_golden};

use super::*;
use crate::given::{self, Given};

fn produce(given: &impl Given) -> Tables {
    let rules = given::rules(given);
    let (quantum, findings) = quantum(&given::ledger(given), &given::control(given), &rules);
    let mut lines = Table::new(&["ledger_line", "amount", "outcome", "treatment"]);
    for it in &quantum.lines {
        let row = it.row(None);
        lines.push([row.ledger_line, row.amount.to_decimal(), row.outcome, row.treatment]);
    }
    let mut walk = Table::new(&["step", "amount"]);
    for (step, amount) in quantum.walk.rows() {
        walk.push([step, amount.to_decimal()]);
    }
    Tables::from([
        ("quantum".to_owned(), lines),
        ("walk".to_owned(), walk),
        ("findings".to_owned(), given::findings(&findings)),
    ])
}

#[test]
fn golden_cases() {
    check_golden("cp1_quantum", produce);
}

#[track_caller]
fn check(text: &str, expected: &Expect) {
    expected.assert_eq(&given::text(&produce(&given::tables(text))));
}

/// Only what is said of the ledger, in whole sentences.
#[track_caller]
fn check_findings(text: &str, expected: &Expect) {
    let given = given::tables(text);
    let (ledger, control) = (given::ledger(&given), given::control(&given));
    let (_, findings) = quantum(&ledger, &control, &given::rules(&given));
    expected.assert_eq(&given::sentences(&findings));
}

#[test]
fn a_ledger_costed_up_to_period_9() {
    // In the period: 100 + 50 cost, −80 patient income, −5 netted. Outside: 7 of period 10, 3 of
    // period 13, 2 of the year before. Ledger: 100 + 50 − 80 − 5 + 7 + 3 + 2 = 77.
    check(
        "# year
        year,last_period
        2025-26,9
        # income
        sequence,cost_centre,account,treatment
        1,*,4*,patient_income
        2,C*,5*,netting_permitted
        # control
        period,amount
        13,77
        # ledger
        ledger_line,cost_centre,account,year,period,amount
        f,W1,600,2025-26,10,7
        a,W1,600,2025-26,1,100
        b,W1,600,2025-26,9,50
        c,W1,400,2025-26,9,-80
        d,C1,500,2025-26,3,-5
        e,W1,400,2025-26,13,3
        g,W1,600,2024-25,1,2",
        &expect![[r#"
            # findings
            code,severity,subject,rows,money
            F7,warning,,1,2.000000
            FIN-001,note,,2,10.000000

            # quantum
            ledger_line,amount,outcome,treatment
            a,100.000000,COST,
            b,50.000000,COST,
            c,-80.000000,INCOME,patient_income
            d,-5.000000,COST,netting_permitted
            e,3.000000,OUTSIDE_PERIOD,
            f,7.000000,OUTSIDE_PERIOD,
            g,2.000000,OUTSIDE_PERIOD,

            # walk
            step,amount
            ledger,77.000000
            less outside the period,12.000000
            less income: patient_income,-80.000000
            gross operating expenses,150.000000
            income netted,-5.000000
            quantum,145.000000
        "#]],
    );
}

#[test]
fn period_13_belongs_to_a_whole_year() {
    // 10 of period 12 and 1 of period 13; period 0 and 14 are no periods of a year.
    check(
        "# year
        year,last_period
        2025-26,12
        # control
        period,amount
        14,31
        # ledger
        ledger_line,cost_centre,account,period,amount
        a,W1,600,12,10
        b,W1,600,13,1
        c,W1,600,0,15
        d,W1,600,14,5",
        &expect![[r#"
            # findings
            code,severity,subject,rows,money
            FIN-001,note,,2,20.000000

            # quantum
            ledger_line,amount,outcome,treatment
            a,10.000000,COST,
            b,1.000000,COST,
            c,15.000000,OUTSIDE_PERIOD,
            d,5.000000,OUTSIDE_PERIOD,

            # walk
            step,amount
            ledger,31.000000
            less outside the period,20.000000
            gross operating expenses,11.000000
            income netted,0.000000
            quantum,11.000000
        "#]],
    );
}

#[test]
fn control_totals_are_compared_up_to_their_period() {
    // Up to period 1 the lines make 10, up to period 2 they make 10 + 20 = 30.
    let ledger = "# ledger
        ledger_line,cost_centre,account,period,amount
        a,W1,600,1,10
        b,W1,600,2,20";
    check_findings(
        &format!("{ledger}\n# control\nperiod,amount\n1,10\n2,30.000001"),
        &expect![
            "F1 refused: the ledger lines up to period 2 add up to £30.000000, but the control total is £30.000001 (-£0.000001)"
        ],
    );
    check_findings(
        &format!("{ledger}\n# control\nperiod,amount\n1,10"),
        &expect![
            "F1 needs acceptance: no control total covers the whole ledger, so nothing shows that it is complete (£30.000000)"
        ],
    );
    check_findings(&format!("{ledger}\n# control\nperiod,amount\n1,10\n2,30"), &expect![""]);
}

#[test]
fn a_line_that_stands_twice_is_refused() {
    check_findings(
        "# control
        period,amount
        1,20
        # ledger
        ledger_line,cost_centre,account,amount
        a,W1,600,10
        a,W1,600,10",
        &expect!["F5 refused: the ledger line `a` stands 2 times (£20.000000)"],
    );
}

proptest! {
    /// Neither the order of lines nor what they are changes that all money has one outcome, the one
    /// that the plain reading gives.
    #[test]
    fn the_ledger_is_divided_whatever_its_order(
        lines in prop::collection::vec((0..4_i64, 0..15_i64, -1000..1000_i64), 0..20),
        last in prop::sample::select(vec![1_u8, 9, 12]),
        turn in 0..20_usize,
    ) {
        let given = given::tables(
            "# year
            year,last_period
            2025-26,9
            # income
            sequence,cost_centre,account,treatment
            1,*,0,patient_income
            2,*,1,netting_permitted
            3,*,2,other_activity
            4,*,*,netting_not_permitted",
        );
        let mut rules = given::rules(&given);
        rules.last_period = last;
        // Lines of account 3 are cost as long as the last rule is not in force.
        rules.income.truncate(if turn % 2 == 0 { 3 } else { 4 });
        let line = |(index, (account, period, amount)): (usize, &(i64, i64, i64))| LedgerLine {
            ledger_line: format!("{index:02}"),
            account: account.to_string(),
            year: if *amount % 7 == 0 { "2024-25" } else { "2025-26" }.to_owned(),
            period: *period,
            amount: Money::from_micro_pounds(*amount),
            ..LedgerLine::default()
        };
        let mut ledger: Vec<LedgerLine> = lines.iter().enumerate().map(line).collect();
        let (before, _) = quantum(&ledger, &[], &rules);
        let turn = turn.min(ledger.len());
        ledger.rotate_left(turn);
        let (after, _) = quantum(&ledger, &[], &rules);
        prop_assert_eq!(&before, &after);
        for entry in &after.lines {
            let plain = reference::outcome(&entry.line, &rules);
            prop_assert_eq!((entry.outcome, entry.treatment), plain, "{:?}", entry.line);
        }
        let sum = |outcome| after.with_outcome(outcome).map(|it| it.amount).sum::<Money>();
        prop_assert_eq!(sum(Outcome::Cost), after.walk.quantum());
        prop_assert_eq!(sum(Outcome::Income), after.walk.income_total());
        prop_assert_eq!(sum(Outcome::OutsidePeriod), after.walk.outside);
        let all: Money = ledger.iter().map(|it| it.amount).sum();
        prop_assert_eq!(after.walk.quantum() + after.walk.income_total() + after.walk.outside, all);
    }
}
