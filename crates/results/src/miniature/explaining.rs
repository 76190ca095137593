//! Explains the events of the miniature, and refuses runs that do not add up.

use std::collections::BTreeMap;

use domain::Money;
use expect_test::{Expect, expect};
use tables::run::{
    AbsorbedSource, CostedEvent, EventCost, EventWeight, PoolSource, QuantumLine, ResidualSource,
    UnitCost,
};

use super::{Miniature, caller, miniature, money, reference};
use crate::explain::{WeighedRow, rows_text};
use crate::reading;

#[track_caller]
fn check(made: &Miniature, event: &str, expected: &Expect) {
    let shown = match made.open().explain(event, &caller()) {
        Ok(explanation) => explanation.text(false),
        Err(error) => format!("{error}\n"),
    };
    expected.assert_eq(&made.plain(&shown));
}

#[test]
fn the_second_event() {
    // Own: C at c = 8 less C at c = 3 over the prefixes 300, 373.684210 and 414.736841 of 12:
    // 125, 155.701754 and 172.807017, so 125 direct, 30.701754 estates, 17.105263 people.
    // Absorbed: over the prefixes 50, 62.280702 and 69.122807 of 10 at the same c:
    // 25, 31.140351 and 34.561403, so 25 direct, 6.140351 estates, 3.421052 people.
    check(
        &miniature(),
        &reference(2),
        &expect![[r#"
            02000000000000000000000000: Admitted patient care (APC) of The worked miniature, run mini (draft)
            An invented trust of four cost lines
            General surgery (100), service line Surgery (SURGERY); HRG X-HRG1, point of delivery EL, own patient
            1 Jul 2025 10:00 to 4 Jul 2025 10:00, wholly within 2025-26

            Cost £207.368420 = £172.807017 own (its recorded activity) + £34.561403 absorbed (its part of activity for which no event was found)
            Income recognised £150.000000: £57.37 less than it cost

            What the care used
              £207.368420  Nurses, Ward care: 5 at £34.561403 each; £172.807017 own + £34.561403 absorbed

            By support group (what stands behind the care)
              £150.000000  the care itself (DIRECT): £125.000000 own + £25.000000 absorbed
               £36.842105  Estates (ESTATES): £30.701754 own + £6.140351 absorbed
               £20.526315  People (PEOPLE): £17.105263 own + £3.421052 absorbed

            By cost line, as booked in the cost ledger
              £150.000000  Ward nurses (NURSES): £125.000000 own + £25.000000 absorbed
               £36.842105  Buildings (ESTATES): £30.701754 own + £6.140351 absorbed
               £20.526315  Human resources (PEOPLE): £17.105263 own + £3.421052 absorbed

            By ledger account
              £150.000000  Centre W1 (W1), Spending (4000): of £300.000000 in ledger line L-NUR, period 12
               £36.842105  Centre E1 (E1), Spending (4000): of £100.000000 in ledger line L-EST, period 12
               £20.526315  Centre P1 (P1), Spending (4000): of £60.000000 in ledger line L-PEO, period 12

            Where this comes from
              every ledger line and every part  concord explain RUNS/mini --event 02000000000000000000000000 --all
              own cost of each feed row         concord explain RUNS/mini --event 02000000000000000000000000 --dataset DATASET
              pool, total weight and unit rate  concord query RUNS/mini "select * from unit_costs where resource = 'X/NURSES' and activity = 'CARE'"
              what the pool is made of          concord query RUNS/mini "select * from pools where resource = 'X/NURSES' and activity = 'CARE'"
              where a ledger line went          concord query RUNS/mini "select * from cost_lines where ledger_line = 'L-NUR'"
              that every figure recomputes      concord verify RUNS/mini
        "#]],
    );
}

#[test]
fn what_cannot_be_explained() {
    let made = miniature();
    check(
        &made,
        "12345",
        &expect![[r#"
        this run has no event of that text: a reference has 26 characters of 0-9 and a-v. References are in the column `event` of the table `events`: concord query RUN "select event, event_type, start_s from events limit 10"
    "#]],
    );
    check(
        &made,
        &reference(7),
        &expect![[r#"
        this run has no event 07000000000000000000000000. References are in the column `event` of the table `events`: concord query RUN "select event, event_type, start_s from events limit 10"
    "#]],
    );
    check(
        &made,
        &reference(9),
        &expect![[r#"
        event 09000000000000000000000000 is legally restricted: its identity and trail were removed when it was costed, so it cannot be drilled into. Its cost is part of the totals of its service line
    "#]],
    );
}

#[test]
fn a_cost_that_its_sources_do_not_make_is_not_shown() {
    let mut made = miniature();
    let cost = EventCost {
        event_number: 2,
        activity: "CARE".to_owned(),
        own: money("172.807018"),
        absorbed: money("34.561403"),
    };
    made.table("event_costs/X%2FNURSES.parquet", &[cost]);
    made.finish();
    check(
        &made,
        &reference(2),
        &expect![[r#"
        the cost of X/NURSES in CARE does not add up: its parts do not come to what the run says. Nothing is shown; `concord verify RUN` lists every break
    "#]],
    );
}

#[test]
fn an_event_with_a_cost_that_no_resource_has_is_not_shown() {
    let mut made = miniature();
    let event = CostedEvent {
        event_number: 4,
        event: reference(4),
        own: money("1"),
        ..CostedEvent::default()
    };
    made.table("events.parquet", &[event]);
    made.finish();
    check(
        &made,
        &reference(4),
        &expect![[r#"
        the event's own cost does not add up: its parts do not come to what the run says. Nothing is shown; `concord verify RUN` lists every break
    "#]],
    );
}

#[test]
fn as_json_for_programs() {
    let made = miniature();
    let explanation = made.open().explain(&reference(2), &caller()).expect("it adds up");
    let json = serde_json::to_value(&explanation).expect("plain values");
    expect![[r#"{"absorbed":"34.561403","activity":{"code":"CARE","name":"Ward care"},"own":"172.807017","parts":[{"absorbed":"25.000000","cost_line":"NURSES","ledger_line":"L-NUR","own":"125.000000","support_group":"DIRECT"},{"absorbed":"6.140351","cost_line":"ESTATES","ledger_line":"L-EST","own":"30.701754","support_group":"ESTATES"},{"absorbed":"3.421052","cost_line":"PEOPLE","ledger_line":"L-PEO","own":"17.105263","support_group":"PEOPLE"}],"quantity":{"count":5,"unit":"number","words":"5"},"rate":{"per_unit":"34.561403","pool":"414.736841","total_weight":"12","unit":"count","weight":5,"words":"5 at £34.561403 each"},"resource":{"code":"X/NURSES","name":"Nurses"},"weight_set":"CARE-COUNT"}"#]].assert_eq(&json["cells"][0].to_string());
    expect![[r#"{"absorbed":"6.140351","account":{"code":"4000","name":"Spending"},"cost_centre":{"code":"E1","name":"Centre E1"},"ledger_amount":"100.000000","ledger_line":"L-EST","own":"30.701754","period":12}"#]].assert_eq(&json["ledger_lines"][0].to_string());
}

/// Every part of every event, and the residuals, are the ledger: 500 in four lines.
#[test]
fn all_events_and_residuals_add_to_the_ledger() {
    let made = miniature();
    let run = made.open();
    let mut sums: BTreeMap<String, Money> = BTreeMap::new();
    run.explain_all(&caller(), &mut |part| {
        *sums.entry(part.source.ledger_line.clone()).or_default() += part.own + part.absorbed;
    })
    .expect("every cost adds up");
    for residual in reading::all_rows::<ResidualSource>(&run).expect("reads") {
        *sums.entry(residual.ledger_line).or_default() += residual.amount;
    }
    let ledger: BTreeMap<String, Money> = reading::all_rows::<QuantumLine>(&run)
        .expect("reads")
        .into_iter()
        .map(|it| (it.ledger_line, it.amount))
        .collect();
    assert_eq!(sums, ledger);
}

#[test]
fn looking_is_on_record_whatever_comes_of_it() {
    let made = miniature();
    let run = made.open();
    run.explain(&reference(2), &caller()).expect("it adds up");
    for event in [reference(7), reference(9), "999 000 0018".to_owned()] {
        run.explain(&event, &caller()).expect_err("it is not shown");
    }
    let audit = std::fs::read_to_string(made.runs.path().join("audit.jsonl")).expect("written");
    let shown: Vec<String> = audit
        .lines()
        .map(|it| serde_json::from_str::<serde_json::Value>(it).expect("a line is JSON"))
        .map(|it| format!("{} {} {}\n", it["detail"], it["rows"], it["outcome"]))
        .collect();
    expect![[r#"
        "02000000000000000000000000" 0 "asked"
        "02000000000000000000000000" 1 "shown"
        "07000000000000000000000000" 0 "asked"
        "07000000000000000000000000" 0 "refused: no such event"
        "09000000000000000000000000" 0 "asked"
        "09000000000000000000000000" 0 "refused: legally restricted"
        "a text that is no reference" 0 "asked"
        "a text that is no reference" 0 "refused: no such event"
    "#]]
    .assert_eq(&shown.concat());
}

/// Traced costs of -2, 5 and 4, and 2 without an event, from a pool of 10 that is 6 direct and 4
/// estates: an absolute set, whose weights are the amounts and whose total is the pool.
fn traced() -> Miniature {
    let mut made = miniature();
    let pool = |group: &str, line: &str, amount: &str| PoolSource {
        resource: "X/NURSES".to_owned(),
        activity: "CARE".to_owned(),
        support_group: group.to_owned(),
        cost_line: group.to_owned(),
        ledger_line: line.to_owned(),
        amount: money(amount),
    };
    made.table("pools.parquet", &[pool("DIRECT", "L-NUR", "6"), pool("ESTATES", "L-EST", "4")]);
    // Without an event: c from 7 to 9 of 10, so 5.4 less 4.2 direct and 3.6 less 2.8 estates.
    let absorbed = [pool("DIRECT", "L-NUR", "1.2"), pool("ESTATES", "L-EST", "0.8")];
    made.table(
        "absorbed.parquet",
        &absorbed.map(|it| AbsorbedSource {
            resource: it.resource,
            activity: it.activity,
            support_group: it.support_group,
            cost_line: it.cost_line,
            ledger_line: it.ledger_line,
            amount: it.amount,
        }),
    );
    made.table(
        "unit_costs.parquet",
        &[UnitCost {
            resource: "X/NURSES".to_owned(),
            activity: "CARE".to_owned(),
            weight_set: "CARE-COUNT".to_owned(),
            pool: money("10"),
            weight: 10_000_000,
            event_weight: 9_000_000,
            ..UnitCost::default()
        }],
    );
    let facts = [
        (1, -2_000_000, -2_000_000, 0, "-2", "0"),
        (2, 5_000_000, 3_000_000, 5_000_000, "5", "1.111111"),
        (3, 4_000_000, 7_000_000, 9_000_000, "4", "0.888889"),
    ];
    made.table(
        "weights/CARE-COUNT.parquet",
        &facts.map(|(event_number, weight, running, absorbing, ..)| EventWeight {
            event_number,
            weight,
            running,
            absorbing: Some(absorbing),
        }),
    );
    made.table(
        "event_costs/X%2FNURSES.parquet",
        &facts.map(|(event_number, .., own, absorbed)| {
            let activity = "CARE".to_owned();
            EventCost { event_number, activity, own: money(own), absorbed: money(absorbed) }
        }),
    );
    made.table(
        "events.parquet",
        &facts.map(|(event_number, .., own, absorbed)| CostedEvent {
            event_number,
            event: reference(u128::try_from(event_number).expect("positive")),
            own: money(own),
            absorbed: money(absorbed),
            ..CostedEvent::default()
        }),
    );
    made.finish();
    made
}

#[test]
fn traced_costs_keep_their_sign_and_a_credit_absorbs_nothing() {
    let made = traced();
    let mut shown = String::new();
    for number in 1..=3 {
        let explanation = made.open().explain(&reference(number), &caller()).expect("it adds up");
        for group in explanation.support_groups {
            let line = format!("e{number} {} {} {}", group.heading.code, group.own, group.absorbed);
            shown.push_str(&line);
            shown.push('\n');
        }
    }
    // e1: c from 0 to -2 of 10: 6 and 4 times -0.2. e2: c from -2 to 3, a half: 3 and 2; absorbed
    // over 0, 5 and 4 of 9: 1.2 and 2 times 5/9 cut are 0.666666 and 1.111111. e3: the rest.
    expect![[r#"
        e1 DIRECT -£1.200000 £0.000000
        e1 ESTATES -£0.800000 £0.000000
        e2 DIRECT £3.000000 £0.666666
        e2 ESTATES £2.000000 £0.444445
        e3 DIRECT £2.400000 £0.533334
        e3 ESTATES £1.600000 £0.355555
    "#]]
    .assert_eq(&shown);
}

#[test]
fn what_is_left_out_is_counted_with_its_sum() {
    let made = miniature();
    let mut explanation = made.open().explain(&reference(2), &caller()).expect("it adds up");
    // Ten more lines of £1 to £10, and two more ledger lines of the estates' account.
    for pounds in 1..=10 {
        let mut line = explanation.cost_lines[0].clone();
        line.heading.code = format!("LINE-{pounds}");
        (line.own, line.absorbed) = (Money::from_pounds(pounds), Money::ZERO);
        explanation.cost_lines.push(line);
    }
    for period in 1..=2 {
        let mut line = explanation.ledger_lines[0].clone();
        line.period = period;
        explanation.ledger_lines.push(line);
    }
    let text = explanation.text(false);
    let from = text.find("By cost line").expect("it is shown");
    let to = text.find("Where this comes from").expect("it is shown");
    expect![[r#"
        By cost line, as booked in the cost ledger
          £150.000000  Ward nurses (NURSES): £125.000000 own + £25.000000 absorbed
           £36.842105  Buildings (ESTATES): £30.701754 own + £6.140351 absorbed
           £20.526315  Human resources (PEOPLE): £17.105263 own + £3.421052 absorbed
           £10.000000  Buildings (LINE-10)
            £9.000000  Buildings (LINE-9)
            £8.000000  Buildings (LINE-8)
           £28.000000  and 7 more; `--all` shows every one

        By ledger account
          £150.000000  Centre W1 (W1), Spending (4000): of £300.000000 in ledger line L-NUR, period 12
          £110.526315  Centre E1 (E1), Spending (4000): of £300.000000 in 3 ledger lines, periods 1 to 12
           £20.526315  Centre P1 (P1), Spending (4000): of £60.000000 in ledger line L-PEO, period 12

    "#]].assert_eq(&text[from..to]);
    let all = explanation.text(true);
    assert!(all.contains("LINE-1)") && !all.contains("more"), "{all}");
}

#[test]
fn feed_rows_add_to_the_cost() {
    // Weights 2, -1 and 4 behind a running weight of 3: ⌊414736841·c/12⌋ at c = 3, 5, 4 and 8 is
    // 103684210, 172807017, 138245613 and 276491227.
    let made = miniature();
    let row = |feed: &str, row: &str, weight| WeighedRow {
        weight_set: "CARE-COUNT".to_owned(),
        feed: feed.to_owned(),
        row: row.to_owned(),
        weight,
    };
    // Given out of order: they are shared in the order of feed and row.
    let rows = [row("wards", "a", 4), row("episodes", "c", -1), row("episodes", "b", 2)];
    let cells = made.open().explain_rows(&reference(2), &rows, &caller()).expect("they add up");
    expect![[r#"

        Own cost by feed row
          £172.807017 Nurses, Ward care
             £69.122807  Episodes (episodes), row b: 2 at £34.561403 each
            -£34.561404  Episodes (episodes), row c: -1 at £34.561403 each
            £138.245614  wards, row a: 4 at £34.561403 each
    "#]]
    .assert_eq(&rows_text(&cells));
    let error = made.open().explain_rows(&reference(2), &rows[1..], &caller());
    assert!(matches!(error, Err(crate::ResultsError::OtherRows(_))), "{error:?}");
}
