//! Two staff pools, of eight people and of three, that were costed as one: nothing that is shown
//! tells them apart.

use std::fs;
use tables::ledger_reports::{BY_ACCOUNT, BY_COST_CENTRE, BY_PERIOD};

use domain::Money;
use domain::provenance::DIRECT;
use expect_test::expect;
use tables::run::{
    AbsorbedSource, CostLineSource, CostedEvent, EventCost, FinalLineSource, Identity, PoolSource,
    QuantumLine, ResidualSource, ServiceLineCost, SupportWeight, UnitCost,
};

use super::{Miniature, caller, miniature, money, reference};
use crate::export::ExportRequest;

const GROUPS: [(&str, &str, &str, &str); 3] = [
    (DIRECT, "CON-A", "L-A", "80"),
    (DIRECT, "CON-B", "L-B", "30"),
    ("ESTATES", "ESTATES", "L-EST", "20"),
];

/// Amounts that would give a pool away: the pay of each, and the estates' £12 and £8 behind them.
pub(super) const SECRETS: [&str; 4] = ["80.000000", "30.000000", "12.000000", "8.000000"];

/// Whether a cell, or a value in JSON, is or begins with that text.
pub(super) fn holds(output: &str, secret: &str) -> bool {
    output.contains(&format!(",{secret}")) || output.contains(&format!("\"{secret}"))
}

/// Consultants A earn £80 and B £30; estates add £12 and £8 of their £20. The merged pool of £130
/// goes over weights 3, 5, 2 and 2 unmatched.
pub(super) fn merged() -> Miniature {
    let mut made = miniature();
    made.entries.retain(|it| !it.name.starts_with("event_costs/"));
    model(&mut made);
    ledger(&mut made);
    pools(&mut made);
    events(&mut made);
    made.finish();
    made
}

fn model(made: &mut Miniature) {
    let mut add = |file: &str, rows: &[&str]| {
        let name = format!("model/{file}.csv");
        let text = fs::read_to_string(made.folder().join(&name)).expect("the model has it");
        made.text(&name, format!("{text}{}\n", rows.join("\n")).as_bytes());
    };
    add(
        "resources",
        &[
            "X/CON-A,Consultants A,,SHARE,WARDS,yes,8,Consultants,100,Surgery,,2025-04-01,,local,",
            "X/CON-B,Consultants B,,SHARE,WARDS,yes,3,Consultants,100,Surgery,,2025-04-01,,local,",
        ],
    );
    add(
        "cost_lines",
        &[
            "CON-A,Consultants A,PF,,,X/CON-A,,,direct,fixed,yes,PAY,substantive,,,,recurrent,,2025-04-01,,local,",
            "CON-B,Consultants B,PF,,,X/CON-B,,,direct,fixed,no,PAY,agency,,,,recurrent,,2025-04-01,,local,",
        ],
    );
    add(
        "mapping",
        &["50,C1,*,CON-A,100,2025-04-01,,local,", "60,C2,*,CON-B,100,2025-04-01,,local,"],
    );
    add(
        "shares",
        &[
            "X/CON-A,CARE,CARE-COUNT,1,2025-04-01,,local,",
            "X/CON-B,CARE,CARE-COUNT,1,2025-04-01,,local,",
        ],
    );
}

fn ledger(made: &mut Miniature) {
    let lines =
        [("L-A", "C1", "5000", "80"), ("L-B", "C2", "5000", "30"), ("L-EST", "E1", "4000", "20")];
    let quantum = lines.map(|(line, centre, account, amount)| QuantumLine {
        ledger_line: line.to_owned(),
        cost_centre: centre.to_owned(),
        account: account.to_owned(),
        year: "2025-26".to_owned(),
        period: 12,
        amount: money(amount),
        outcome: "COST".to_owned(),
        mapping_rule: "50".to_owned(),
        ..QuantumLine::default()
    });
    made.table("quantum.parquet", &quantum);
    let parts = GROUPS.map(|(_, cost_line, line, amount)| CostLineSource {
        cost_line: cost_line.to_owned(),
        ledger_line: line.to_owned(),
        amount: money(amount),
    });
    made.table("cost_lines.parquet", &parts);
    // Estates give CON-A 0.6 and CON-B 0.4.
    let weight = |line: &str, weight_e18| SupportWeight {
        support_line: "ESTATES".to_owned(),
        final_line: line.to_owned(),
        weight_e18,
    };
    let (six, four) = (600_000_000_000_000_000, 400_000_000_000_000_000);
    made.table("support_weights.parquet", &[weight("CON-A", six), weight("CON-B", four)]);
    let part = |final_line: &str, (group, cost_line, line, _): (&str, &str, &str, &str), amount| {
        FinalLineSource {
            final_line: final_line.to_owned(),
            support_group: group.to_owned(),
            cost_line: cost_line.to_owned(),
            ledger_line: line.to_owned(),
            amount: money(amount),
        }
    };
    let finals = [
        part("CON-A", GROUPS[0], "80"),
        part("CON-A", GROUPS[2], "12"),
        part("CON-B", GROUPS[1], "30"),
        part("CON-B", GROUPS[2], "8"),
    ];
    made.table("final_lines.parquet", &finals);
    let identity = |report: &str, line: &str, amount: &str| Identity {
        report: report.to_owned(),
        line: line.to_owned(),
        input: money(amount),
        output: money(amount),
        difference: Money::ZERO,
    };
    let identities = [
        identity(BY_PERIOD, "2025-26 period 12", "130"),
        identity(BY_COST_CENTRE, "C1", "80"),
        identity(BY_COST_CENTRE, "C2", "30"),
        identity(BY_COST_CENTRE, "E1", "20"),
        identity(BY_ACCOUNT, "4000", "20"),
        identity(BY_ACCOUNT, "5000", "110"),
    ];
    made.table("reconciliation.parquet", &identities);
}

fn pools(made: &mut Miniature) {
    let pools = GROUPS.map(|(group, cost_line, line, amount)| PoolSource {
        resource: "X/CON-A".to_owned(),
        activity: "CARE".to_owned(),
        support_group: group.to_owned(),
        cost_line: cost_line.to_owned(),
        ledger_line: line.to_owned(),
        amount: money(amount),
    });
    made.table("pools.parquet", &pools);
    made.table::<AbsorbedSource>("absorbed.parquet", &[]);
    // What is left at c = 10 of 12: 80 - 66.666666, 110 - 91.666666, 130 - 108.333333.
    let amounts = ["13.333334", "5", "3.333333"];
    let residual = |(group, amount): (&(&str, &str, &str, &str), &str)| ResidualSource {
        residual: "UNMATCHED".to_owned(),
        reason: "NO_IDENTITY".to_owned(),
        resource: "X/CON-A".to_owned(),
        activity: "CARE".to_owned(),
        support_group: group.0.to_owned(),
        cost_line: group.1.to_owned(),
        ledger_line: group.2.to_owned(),
        amount: money(amount),
    };
    made.table("residuals.parquet", &GROUPS.iter().zip(amounts).map(residual).collect::<Vec<_>>());
    let unit_cost = UnitCost {
        resource: "X/CON-A".to_owned(),
        activity: "CARE".to_owned(),
        weight_set: "CARE-COUNT".to_owned(),
        pool: money("130"),
        weight: 12,
        event_weight: 10,
        own: money("108.333333"),
        count: 10,
        ..UnitCost::default()
    };
    made.table("unit_costs.parquet", &[unit_cost]);
}

/// ⌊130·c/12⌋ at c = 3, 8, 10: 32.500000, 86.666666, 108.333333.
fn events(made: &mut Miniature) {
    let facts = [(1, "32.5"), (2, "54.166666"), (3, "21.666667")];
    let costs = facts.map(|(event_number, own)| EventCost {
        event_number,
        activity: "CARE".to_owned(),
        own: money(own),
        absorbed: Money::ZERO,
    });
    made.table("event_costs/X%2FCON-A.parquet", &costs);
    let events = facts.map(|(number, own)| CostedEvent {
        event_number: number,
        event: reference(u128::try_from(number).expect("positive")),
        service_line: "SURGERY".to_owned(),
        own: money(own),
        ..CostedEvent::default()
    });
    made.table("events.parquet", &events);
    let cost = |pay_type: &str, controllable, own: &str| ServiceLineCost {
        service_line: "SURGERY".to_owned(),
        pod: "EL".to_owned(),
        category: "OWN".to_owned(),
        resource: "X/CON-A".to_owned(),
        activity: "CARE".to_owned(),
        support_group: DIRECT.to_owned(),
        traceability: "direct".to_owned(),
        behaviour: "fixed".to_owned(),
        controllable,
        cost_type: "PAY".to_owned(),
        pay_type: pay_type.to_owned(),
        recurrence: "recurrent".to_owned(),
        own: money(own),
        absorbed: Money::ZERO,
    };
    let costs = [cost("agency", false, "25"), cost("substantive", true, "66.666666")];
    made.table("service_line_costs.parquet", &costs);
}

#[test]
fn an_event_shows_the_merged_pool() {
    // Parts: C at c = 8 less C at c = 3 over the prefixes 80, 110 and 130 of 12:
    // 53.333333 - 20, 73.333333 - 27.5 and 86.666666 - 32.5 are 33.333333, 45.833333, 54.166666,
    // so consultants 45.833333 together and estates 8.333333.
    let made = merged();
    let explanation = made.open().explain(&reference(2), &caller()).expect("it adds up");
    let text = explanation.text(true);
    let from = text.find("By cost line").expect("it is shown");
    let to = text.find("Where this comes from").expect("it is shown");
    expect![[r#"
        By cost line, as booked in the cost ledger
          £45.833333  merged pool of 11 people (merged:X/CON-A)
           £8.333333  Buildings (ESTATES)

        By ledger line
          £45.833333  merged:X/CON-A 2025-26/12: merged pool of 11 people (merged:X/CON-A), all its accounts (merged), period 12, of £110.000000 in the ledger
           £8.333333  L-EST: E1, 4000, period 12, of £20.000000 in the ledger

    "#]].assert_eq(&text[from..to]);
    let json = serde_json::to_string(&explanation).expect("plain values");
    for secret in ["CON-B", "L-A", "L-B", "33.333333", "12.500000"].iter().chain(&SECRETS) {
        assert!(!holds(&json, secret), "{secret} in {json}");
    }
}

#[test]
fn no_table_shows_a_member_and_every_sum_stays() {
    let made = merged();
    let run = made.open();
    let shown = run.query("show tables", None, &caller()).expect("reads");
    let names: Vec<String> =
        run.tables().into_iter().map(|it| it.name).filter(|it| it != "findings").collect();
    assert!(shown.rows.len() >= names.len(), "all are tables in SQL");
    for name in &names {
        let sql = format!("select * from {name}");
        let csv = run.query(&sql, None, &caller()).expect("reads").to_csv();
        for secret in SECRETS.iter().chain(&["L-B", "CON-B", "agency", "C2"]) {
            assert!(!holds(&csv, secret), "{secret} in {name}:\n{csv}");
        }
    }
    let sums = "select (select sum(amount) from quantum) as quantum, \
        (select sum(amount) from cost_lines) as cost_lines, \
        (select sum(weight_e18) from support_weights) as weights, \
        (select sum(amount) from final_lines) as finals, (select sum(amount) from pools) as pools, \
        (select sum(amount) from residuals) as residuals, \
        (select sum(own) from service_line_costs) as own";
    // 80 + 30 + 20; 0.6 + 0.4; 13.333334 + 5 + 3.333333; 25 + 66.666666.
    expect![[r#"
        quantum,cost_lines,weights,finals,pools,residuals,own
        130.000000,130.000000,1000000000000000000,130.000000,130.000000,21.666667,91.666666
    "#]]
    .assert_eq(&run.query(sums, None, &caller()).expect("reads").to_csv());
    // A ledger line is still found in the cost lines by its name.
    let joined = "select c.cost_line, q.cost_centre_name, c.amount, q.amount as ledger \
        from cost_lines c join quantum q on c.ledger_line = q.ledger_line order by 1";
    expect![[r#"
        cost_line,cost_centre_name,amount,ledger
        ESTATES,,20.000000,20.000000
        merged:X/CON-A,merged pool of 11 people,110.000000,110.000000
    "#]]
    .assert_eq(&run.query(joined, None, &caller()).expect("reads").to_csv());
}

#[test]
fn no_export_shows_a_member() {
    let made = merged();
    let to = made.runs.path().join("all.csv");
    let request = ExportRequest { to: &to, tables: &[], replace: false };
    let files = made.open().export(&request, &caller()).expect("written");
    assert!(files.len() > 10, "all tables");
    let mut concerned = 0;
    for file in files {
        let text = fs::read_to_string(&file.path).expect("written");
        concerned += usize::from(text.contains("merged"));
        for secret in SECRETS.iter().chain(&["L-B", "CON-B", "agency", "C2"]) {
            assert!(!holds(&text, secret), "{secret} in {:?}:\n{text}", file.tables);
        }
    }
    // Ledger lines, cost lines, support weights, final lines, pools, residuals, identities, and
    // what service lines cost by pay type.
    assert_eq!(concerned, 8);
}

#[test]
fn one_off_items_of_joined_pools_stand_together() {
    let mut made = merged();
    let file = "model/cost_lines.csv";
    let text = fs::read_to_string(made.folder().join(file)).expect("the model has it");
    let before = ["substantive,,,,recurrent", "agency,,,,recurrent"];
    let lines = text.lines().map(|line| {
        let is_pool = line.starts_with("CON-") && before.iter().any(|it| line.contains(it));
        if is_pool { line.replace(",recurrent,", ",non-recurrent,") } else { line.to_owned() }
    });
    let text = lines.collect::<Vec<_>>().join("\n") + "\n";
    made.text(file, text.as_bytes());
    made.finish();
    // 80 and 30 are 110.
    let found = made.open().one_off().expect("reads");
    let items: Vec<_> = found.items.iter().map(|it| (it.cost_line.words(), it.amount)).collect();
    assert_eq!(items, [("Small staff pools together", money("110"))]);
    assert_eq!(found.items[0].cost_line.code, "");
}

#[test]
fn identities_by_place_are_joined() {
    let lines = merged().open().reconciliation().expect("reads");
    let shown: Vec<String> = lines
        .iter()
        .map(|it| format!("{}, {}: {} {}\n", it.report, it.line, it.input, it.difference))
        .collect();
    expect![[r#"
        1 General ledger by period, 2025-26 period 12: £130.000000 £0.000000
        1 General ledger by cost centre, cost centres of merged staff pools: £110.000000 £0.000000
        1 General ledger by cost centre, E1: £20.000000 £0.000000
        1 General ledger by account, 4000: £20.000000 £0.000000
        1 General ledger by account, accounts of merged staff pools: £110.000000 £0.000000
    "#]]
    .assert_eq(&shown.concat());
}

/// Without the merger, the same tables are shown as they are.
#[test]
fn pools_with_people_enough_are_shown_apart() {
    let mut made = merged();
    let name = "model/resources.csv";
    let text = fs::read_to_string(made.folder().join(name)).expect("the model has it");
    made.text(name, text.replace(",yes,3,", ",yes,5,").as_bytes());
    made.finish();
    let csv = made.open().query("select * from cost_lines", None, &caller()).expect("reads");
    assert!(csv.to_csv().contains("CON-B,L-B,30.000000"), "{}", csv.to_csv());
}
