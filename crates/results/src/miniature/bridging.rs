//! The bridge from a directorate's budget to what the patients of its service line cost.

use expect_test::expect;
use tables::run::{BudgetPart, CostLineSource};

use super::{Miniature, miniature, money};

/// Cost lines of the miniature: estates and people are support, research is no patient's. Of nurses
/// £10 more than the events of surgery bear: another service line's.
const BOOKED: [(&str, &str, &str); 4] = [
    ("ESTATES", "L-EST", "100"),
    ("NURSES", "L-NUR", "310"),
    ("PEOPLE", "L-PEO", "60"),
    ("RESEARCH", "L-RES", "40"),
];

/// The miniature with holders of cost centres and, where given, budgets of cost centres.
fn held(holders: &str, budgets: &[(&str, &str)]) -> Miniature {
    let mut made = miniature();
    let header = "cost_centre,directorate,effective_from,effective_to,source,note\n";
    let rows: String =
        holders.lines().map(|it| format!("{},2025-04-01,,local,\n", it.trim())).collect();
    made.text("model/budget_holders.csv", format!("{header}{rows}").as_bytes());
    let line = |(cost_line, ledger_line, amount): (&str, &str, &str)| CostLineSource {
        cost_line: cost_line.to_owned(),
        ledger_line: ledger_line.to_owned(),
        amount: money(amount),
    };
    made.table("cost_lines.parquet", &BOOKED.map(line));
    let part = |(centre, amount): &(&str, &str)| BudgetPart {
        outcome: "COST".to_owned(),
        cost_line: "NURSES".to_owned(),
        cost_centre: (*centre).to_owned(),
        account: "4000".to_owned(),
        period: 12,
        amount: money(amount),
    };
    made.table("budget_lines.parquet", &budgets.iter().map(part).collect::<Vec<_>>());
    made.finish();
    made
}

fn told(made: &Miniature) -> String {
    let Some(found) = made.open().budget_bridge("SURGERY").expect("adds up") else {
        return "none".to_owned();
    };
    let budget = found.budget.map_or_else(|| "no budget".to_owned(), |it| it.to_string());
    let step = |it: &super::super::explain::BridgeStep| {
        format!("  {:?} {} {}\n", it.kind, it.name, it.amount)
    };
    let steps: String = found.steps.iter().map(step).collect();
    format!(
        "{}: {budget}\n  spent {}\n{steps}  cost {}\n",
        found.directorate, found.spent, found.cost
    )
}

#[test]
fn a_bridge_leads_from_the_budget_to_the_cost() {
    // 310 nurses + 40 research; 300 reached surgery, which bears support of two others.
    expect![[r#"
        Surgery: £290.000000
          spent £350.000000
          NoPatient not the care of own patients -£40.000000
          OtherPatients  -£10.000000
          Borne Estates £73.684210
          Borne People £41.052631
          cost £414.736841
    "#]]
    .assert_eq(&told(&held("W1,Surgery\nE*,Site\nR1,Surgery", &[("W1", "290"), ("E1", "90")])));
}

#[test]
fn what_each_holder_spent_is_all_that_is_held() {
    // Estates are the site's; nurses and research are surgery's; people are nobody's.
    let made = held("W1,Surgery\nE*,Site\nR1,Surgery", &[]);
    let spent = made.open().spent_by_holder().expect("it reads");
    let told: Vec<String> = spent.iter().map(|it| format!("{} {}", it.0, it.1)).collect();
    assert_eq!(told, ["Site £100.000000", "Surgery £350.000000"]);
}

#[test]
fn the_longest_pattern_says_who_holds_a_cost_centre() {
    // Estates are the site's by the exact code; nurses, people and research are the trust's.
    expect![[r#"
        Surgery: no budget
          spent £0.000000
          OtherBudget Trust £300.000000
          Borne Estates £73.684210
          Borne People £41.052631
          cost £414.736841
    "#]]
    .assert_eq(&told(&held("*,Trust\nE*,Surgery\nE1,Site", &[])));
}

#[test]
fn support_and_what_nobody_holds_have_steps_of_their_own() {
    // Surgery holds estates alone: its 100 go to the whole trust, 73.684210 come back as support.
    expect![[r#"
        Surgery: £90.000000
          spent £100.000000
          Support  -£100.000000
          NoHolder  £300.000000
          Borne Estates £73.684210
          Borne People £41.052631
          cost £414.736841
    "#]]
    .assert_eq(&told(&held("E1,Surgery", &[("W1", "290"), ("E1", "90")])));
}

#[test]
fn without_holders_there_is_no_bridge() {
    assert_eq!(told(&held("", &[])), "none");
    assert_eq!(told(&held("W1,Medicine", &[])), "none");
}
