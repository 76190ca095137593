//! One ledger line is changed, and the comparison says so: cause and sum, to the micro-pound.

use std::fs;
use std::path::Path;

use domain::Money;
use serde_json::Value;

use crate::program::{TRUST, concord, copy, last_line};

/// £1,000 more on one ledger line, and on the control total: the ledger alone moved, and what
/// events and the rest got of it is £1,000.000000.
#[test]
fn one_ledger_line_of_the_small_trust() {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&TRUST.folder().join("2025-26"), &folder.path().join("2025-26"));
    let ledger = folder.path().join("2025-26/ledger");
    // Implants of April; totals of the year so far stand for each of the twelve periods.
    let line = ["470500,", ",622000,", ",2025-26,1,"];
    assert_eq!(add_to_lines(&ledger.join("trial_balance.csv"), &line, 1_000), 1);
    assert_eq!(add_to_lines(&ledger.join("control_total.csv"), &["2025-26"], 1_000), 12);
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (from, dataset, runs) = (path(""), path("dataset"), path("runs"));
    TRUST
        .concord(&["intake", "--from", &from, "--to", &dataset, "--year", "2025-26", "--quiet"])
        .done();
    let costed = TRUST.concord(&["cost", "--dataset", &dataset, "--runs", &runs, "--quiet"]).done();
    let after = last_line(&costed);
    let both = ["--dataset", "datasets/2025-26", "--dataset", &dataset, "--format", "json"];
    let json = TRUST.concord(&[&["compare", &TRUST.run, after][..], &both].concat()).json();
    let steps = json["steps"].as_array().expect("a list");
    assert_eq!(steps.len(), 1, "{steps:#?}");
    assert_eq!(steps[0]["cause"], "ledger");
    assert_eq!(moved(&steps[0]), Money::from_pounds(1_000));
}

/// £100 more for the nurses of the worked example: their pool is 514.736841, all of it reaches
/// episodes, and nothing else moves, since nurses support nobody.
#[test]
fn one_ledger_line_of_the_worked_example() {
    let folder = tempfile::tempdir().expect("a folder");
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/whole_trust");
    copy(&example, folder.path());
    let concord = |arguments: &[&str]| concord(folder.path(), arguments);
    let cost = |dataset: &str| {
        let files = ["--model", "model", "--from", ".", "--to", dataset, "--vault", "work/vault"];
        concord(&[&["intake"][..], &files, &["--quiet"]].concat()).done();
        let to = ["--dataset", dataset, "--model", "model", "--runs", "work/runs", "--quiet"];
        last_line(&concord(&[&["cost"][..], &to].concat()).done()).to_owned()
    };
    let before = cost("work/before");
    let ledger = folder.path().join("2025-26/ledger");
    assert_eq!(add_to_lines(&ledger.join("trial_balance.csv"), &["X-CC-WARD"], 100), 1);
    assert_eq!(add_to_lines(&ledger.join("control_total.csv"), &["2025-26"], 100), 1);
    let after = cost("work/after");
    let both = ["--dataset", "work/before", "--dataset", "work/after"];
    let text = concord(&[&["compare", &before, &after][..], &both].concat()).done();
    let total = "Cost of events: £414.736841 to £514.736841, £100.000000 more\n";
    assert!(text.contains(total), "{text}");
    assert!(text.contains("Residuals and income: £85.263159 to £85.263159\n"), "{text}");
    assert!(text.contains("Because of ledger: £100.000000 in all\n"), "{text}");
    assert_eq!(text.matches("Because of ").count(), 1, "{text}");
    // Dearer by 24.1 percent: 514.736841 / 414.736841.
    let outliers = concord(&["compare", &before, &after, "--outliers", "20"]).done();
    assert!(
        outliers.contains("Nurses, Nursing care: one: £138.245614 to £171.578947 (+24%)"),
        "{outliers}"
    );
    let none = concord(&["compare", &before, &after, "--outliers", "25"]).done();
    assert!(none.contains("moved by more than 25 percent\n  none\n"), "{none}");
}

/// Costs and rest of one step together.
fn moved(step: &Value) -> Money {
    let amount = |it: &Value| -> Money {
        it.as_str().expect("amounts are texts").parse().expect("an amount")
    };
    let costs = step["costs"].as_array().expect("a list").iter();
    costs.map(|it| amount(&it["amount"])).sum::<Money>() + amount(&step["rest"])
}

/// Adds pounds to the last field of each line that holds all texts; gives how many.
fn add_to_lines(path: &Path, texts: &[&str], pounds: i64) -> usize {
    let text = fs::read_to_string(path).expect("reads");
    let mut changed = 0;
    let mut lines = Vec::new();
    for line in text.lines() {
        let (rest, amount) = line.rsplit_once(',').expect("fields");
        let fits = texts.iter().all(|it| line.contains(it));
        match amount.parse::<Money>() {
            Ok(amount) if fits => {
                let amount = (amount + Money::from_pounds(pounds)).to_decimal();
                lines.push(format!("{rest},{amount}"));
                changed += 1;
            }
            _ => lines.push(line.to_owned()),
        }
    }
    fs::write(path, lines.join("\n") + "\n").expect("writes");
    changed
}
