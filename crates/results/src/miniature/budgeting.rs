//! The budget behind a service line: its own, shared, and that of a merged staff pool.

use std::fs;

use domain::provenance::DIRECT;
use expect_test::expect;
use tables::dataset::BudgetLine;
use tables::run::{BudgetPart, CostLineSource, QuantumLine, ResidualSource, ServiceLineCost};

use super::merging::{SECRETS, holds, merged};
use super::{Miniature, caller, miniature, money};
use crate::export::ExportRequest;

fn part(cost_line: &str, (centre, account): (&str, &str), amount: &str) -> BudgetPart {
    let outcome = if cost_line == "later" { "OUTSIDE_PERIOD" } else { "COST" };
    BudgetPart {
        outcome: outcome.to_owned(),
        cost_line: cost_line.replace("later", ""),
        cost_centre: centre.to_owned(),
        account: account.to_owned(),
        period: if cost_line == "later" { 13 } else { 12 },
        amount: money(amount),
    }
}

fn put(made: &mut Miniature, parts: &[BudgetPart]) {
    let line = |it: &BudgetPart| BudgetLine {
        cost_centre: it.cost_centre.clone(),
        account: it.account.clone(),
        period: it.period,
        amount: it.amount,
    };
    made.table("budget.parquet", &parts.iter().map(line).collect::<Vec<_>>());
    made.table("budget_lines.parquet", parts);
}

fn own_cost(service_line: &str, own: &str) -> ServiceLineCost {
    ServiceLineCost {
        service_line: service_line.to_owned(),
        resource: "X/NURSES".to_owned(),
        activity: "CARE".to_owned(),
        support_group: DIRECT.to_owned(),
        own: money(own),
        ..ServiceLineCost::default()
    }
}

/// Nurses are booked at £300 against a budget of £290, of which £250 lies on account 5000.
fn nurses(costs: &[ServiceLineCost]) -> Miniature {
    let mut made = miniature();
    put(
        &mut made,
        &[
            part("ESTATES", ("E1", "4000"), "90"),
            part("NURSES", ("W1", "4000"), "40"),
            part("NURSES", ("W1", "5000"), "250"),
        ],
    );
    let booked = CostLineSource {
        cost_line: "NURSES".to_owned(),
        ledger_line: "L-NUR".to_owned(),
        amount: money("300"),
    };
    made.table("cost_lines.parquet", &[booked]);
    made.table("service_line_costs.parquet", costs);
    made.finish();
    made
}

fn shown(made: &Miniature) -> String {
    let found = made.open().budget_of("SURGERY").expect("reads");
    serde_json::to_string_pretty(&found).expect("plain values")
}

#[test]
fn a_resource_of_one_service_line_is_its_own() {
    // 300 booked less 40 + 250 budgeted; the rest of what is booked reached no event. Estates are
    // support, and in no service line.
    let made = nurses(&[own_cost("SURGERY", "250")]);
    expect![[r#"
        {
          "own": [
            {
              "resource": {
                "code": "X/NURSES",
                "name": "Nurses"
              },
              "shared_with": [],
              "cost_lines": [
                {
                  "cost_line": {
                    "code": "NURSES",
                    "name": "Ward nurses"
                  },
                  "budget": "290.000000",
                  "booked": "300.000000",
                  "difference": "10.000000"
                }
              ],
              "budget": "290.000000",
              "booked": "300.000000",
              "borne": "250.000000"
            }
          ],
          "shared": []
        }"#]]
    .assert_eq(&shown(&made));
}

#[test]
fn a_resource_of_several_is_shared() {
    let made = nurses(&[own_cost("MEDICINE", "100"), own_cost("SURGERY", "150")]);
    expect![[r#"
        {
          "own": [],
          "shared": [
            {
              "resource": {
                "code": "X/NURSES",
                "name": "Nurses"
              },
              "shared_with": [
                {
                  "code": "MEDICINE",
                  "name": ""
                }
              ],
              "cost_lines": [
                {
                  "cost_line": {
                    "code": "NURSES",
                    "name": "Ward nurses"
                  },
                  "budget": "290.000000",
                  "booked": "300.000000",
                  "difference": "10.000000"
                }
              ],
              "budget": "290.000000",
              "booked": "300.000000",
              "borne": "150.000000"
            }
          ]
        }"#]]
    .assert_eq(&shown(&made));
}

#[test]
fn a_cost_object_shares_too() {
    let mut made = nurses(&[own_cost("SURGERY", "250")]);
    let sold = ResidualSource {
        residual: "NOT_OWN_PATIENT".to_owned(),
        reason: "RESEARCH".to_owned(),
        resource: "X/NURSES".to_owned(),
        activity: "CARE".to_owned(),
        support_group: DIRECT.to_owned(),
        cost_line: "NURSES".to_owned(),
        ledger_line: "L-NUR".to_owned(),
        amount: money("50"),
    };
    made.table("residuals.parquet", &[sold]);
    made.finish();
    let found = made.open().budget_of("SURGERY").expect("reads").expect("there is a budget");
    assert!(found.own.is_empty());
    let others: Vec<&str> = found.shared[0].shared_with.iter().map(|it| it.code.as_str()).collect();
    assert_eq!(others, ["RESEARCH"]);
}

#[test]
fn without_a_budget_there_is_none() {
    assert_eq!(miniature().open().budget_of("SURGERY").expect("reads"), None);
}

/// Consultants A have £91 of budget and B £33; outside the period £51 and £17 were booked, against
/// £23 and £19 of budget.
fn merged_with_budget() -> Miniature {
    let mut made = merged();
    put(
        &mut made,
        &[
            part("CON-A", ("C1", "5000"), "91"),
            part("CON-B", ("C2", "5000"), "33"),
            part("ESTATES", ("E1", "4000"), "21"),
            part("later", ("C1", "5000"), "23"),
            part("later", ("C2", "5000"), "19"),
        ],
    );
    let line = |(name, centre, outcome, amount): (&str, &str, &str, &str)| QuantumLine {
        ledger_line: name.to_owned(),
        cost_centre: centre.to_owned(),
        account: if centre == "E1" { "4000" } else { "5000" }.to_owned(),
        year: if outcome == "COST" { "2025-26" } else { "2026-27" }.to_owned(),
        period: 12,
        amount: money(amount),
        outcome: outcome.to_owned(),
        ..QuantumLine::default()
    };
    let lines = [
        ("L-A", "C1", "COST", "80"),
        ("L-B", "C2", "COST", "30"),
        ("L-EST", "E1", "COST", "20"),
        ("L-LATE-A", "C1", "OUTSIDE_PERIOD", "51"),
        ("L-LATE-B", "C2", "OUTSIDE_PERIOD", "17"),
    ];
    made.table("quantum.parquet", &lines.map(line));
    made.finish();
    made
}

#[test]
fn nothing_tells_the_budget_of_a_member() {
    let made = merged_with_budget();
    let run = made.open();
    let secrets = [
        "91.000000",
        "33.000000",
        "19.000000",
        "23.000000",
        "17.000000",
        "51.000000",
        "C2",
        "CON-B",
        "L-LATE-B",
    ];
    for name in ["budget", "budget_lines", "quantum"] {
        let sql = format!("select * from {name}");
        let csv = run.query(&sql, None, &caller()).expect("reads").to_csv();
        for secret in secrets.iter().chain(&SECRETS) {
            assert!(!holds(&format!(",{csv}"), secret), "{secret} in {name}:\n{csv}");
        }
    }
    let to = made.runs.path().join("budget.csv");
    let tables = ["budget".to_owned(), "budget_lines".to_owned()];
    let request = ExportRequest { to: &to, tables: &tables, replace: false };
    for file in run.export(&request, &caller()).expect("written") {
        let text = fs::read_to_string(&file.path).expect("written");
        assert!(text.contains("merged:X/CON-A"), "{text}");
        for secret in secrets {
            assert!(!holds(&text, secret), "{secret} in {:?}:\n{text}", file.tables);
        }
    }
    // 91 + 33 together, and 23 + 19 later.
    let sql = "select cost_line, cost_centre, account, period, amount from budget_lines \
        order by cost_line, period";
    expect![[r#"
        cost_line,cost_centre,account,period,amount
        ,merged:X/CON-A,merged,13,42.000000
        ESTATES,E1,4000,12,21.000000
        merged:X/CON-A,merged:X/CON-A,merged,12,124.000000
    "#]]
    .assert_eq(&run.query(sql, None, &caller()).expect("reads").to_csv());
}

#[test]
fn a_merged_pool_has_one_budget() {
    // 80 + 30 booked, 91 + 33 budgeted, and 25 + 66.666666 in surgery.
    let found = merged_with_budget().open().budget_of("SURGERY").expect("reads");
    let own = &found.expect("there is a budget").own;
    expect![[r#"
        [
          {
            "resource": {
              "code": "X/CON-A",
              "name": "Consultants A"
            },
            "shared_with": [],
            "cost_lines": [
              {
                "cost_line": {
                  "code": "merged:X/CON-A",
                  "name": "merged pool of 11 people"
                },
                "budget": "124.000000",
                "booked": "110.000000",
                "difference": "-14.000000"
              }
            ],
            "budget": "124.000000",
            "booked": "110.000000",
            "borne": "91.666666"
          }
        ]"#]]
    .assert_eq(&serde_json::to_string_pretty(own).expect("plain values"));
}
