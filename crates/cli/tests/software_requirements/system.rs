//! `SYSTEM_01` to `SYSTEM_05`: models are copied, the period is edited, what lies outside it is
//! reported, models are locked.

use std::fs;

use crate::passed;
use crate::trust::Trust;

const BALANCE: &str = "2025-26/ledger/trial_balance.csv";
const CONTROL: &str = "2025-26/ledger/control_total.csv";

/// Code structures, look-ups and allocation statistics are copied, and the copy costs alike.
#[test]
fn system_01_copy_a_model() {
    let trust = Trust::new();
    trust.done(&["model", "copy", "model", "copied"]);
    for file in ["cost_lines.csv", "mapping.csv", "activities.csv", "statistics.csv", "shares.csv"]
    {
        let name = |model: &str| format!("{model}/{file}");
        assert_eq!(trust.read(&name("model")), trust.read(&name("copied")), "{file}");
    }
    let compared = trust.done(&["model", "compare", "model", "copied"]);
    assert_eq!(compared, "The models have the same rules.\n");
    let run = trust.cost("model");
    assert_eq!(trust.cost_again("copied"), run, "the same rules give the same run");
    passed("SYSTEM_01", "copy a model: code structures, look-ups, allocation statistics");
}

/// £10 of period 2 stand outside a year to date of one period, and inside one of two.
#[test]
fn system_02_edit_the_costing_period() {
    let trust = Trust::new();
    trust.add(BALANCE, "X-CC-WARD,Ward,X-1000,Pay,2025-26,2,10.00");
    trust.add(CONTROL, "2025-26,2,510.00");
    let quantum = "select outcome, sum(amount) from quantum group by outcome order by outcome";
    let before = trust.cost("model");
    assert_eq!(trust.query(&before, quantum), "COST,500.000000\nOUTSIDE_PERIOD,10.000000\n");
    trust.change("model/model.toml", "last_period = 1", "last_period = 2");
    trust.change("model/model.toml", "2025-05-09", "2025-06-09");
    let after = trust.cost("model");
    assert_eq!(trust.query(&after, quantum), "COST,510.000000\n");
    let shown = trust.done(&["show", &after]);
    assert!(shown.contains("2025-26 to the end of period 2"), "{shown}");
    passed("SYSTEM_02", "edit the costing period");
}

/// A contact of the March before the year is read, reported as left out, and bears no cost.
#[test]
fn system_03_activity_outside_the_period_is_reported() {
    let trust = Trust::new();
    trust.add("2025-26/feeds/nursing_contacts.csv", "X-N5,9990000018,X-P1,,,2025-03-20,7");
    let run = trust.cost("model");
    let shown = trust.done(&["show", &run, "--all"]);
    let expected = "Rows left out because they lie outside the period\n           1 of 5 rows  Nursing contacts (nursing_contacts)\n";
    assert!(shown.contains(expected), "{shown}");
    // The seven hours weigh nothing: 3 + 5 + 2 + 2 hours, × 10⁴.
    let weight = "select weight from unit_costs";
    assert_eq!(trust.query(&run, weight), "120000\n");
    passed("SYSTEM_03", "report activity rows left out because outside the period");
}

/// The plan's test case of four months, 1 April to 31 July, in the year of the example: of six
/// monthly lines of £10, those of periods 5 and 6 are left out and named.
#[test]
fn system_04_ledger_lines_outside_the_period_are_reported() {
    let trust = Trust::new();
    for period in 2..=6 {
        trust.add(BALANCE, &format!("X-CC-WARD,Ward,X-1000,Pay,2025-26,{period},10.00"));
    }
    trust.add(CONTROL, "2025-26,6,550.00");
    trust.change("model/model.toml", "last_period = 1", "last_period = 4");
    trust.change("model/model.toml", "2025-05-09", "2025-10-09");
    let run = trust.cost("model");
    let explained = trust.done(&["explain", &run, "--residual", "OUTSIDE_PERIOD", "--all"]);
    assert!(explained.contains("Amount £20.000000"), "{explained}");
    for line in ["X-CC-WARD/X-1000/p05", "X-CC-WARD/X-1000/p06"] {
        assert!(explained.contains(line), "{explained}");
    }
    assert!(!explained.contains("X-CC-WARD/X-1000/p04"), "{explained}");
    // 500 of period 1 and three times 10 are costed.
    let cost = "select sum(amount) from quantum where outcome = 'COST'";
    assert_eq!(trust.query(&run, cost), "530.000000\n");
    let shown = trust.done(&["show", &run]);
    assert!(shown.contains("£20.000000  outside the period (OUTSIDE_PERIOD)"), "{shown}");
    passed("SYSTEM_04", "report monthly ledger lines left out because outside the period");
}

/// A locked model costs; changed in any file, it is refused until a copy is made.
#[test]
fn system_05_lock_a_model() {
    let trust = Trust::new();
    let run = trust.cost("model");
    trust.done(&["model", "lock", "model", "--by", "Costing lead"]);
    assert_eq!(trust.cost_again("model"), run, "a lock changes no figure");
    assert_eq!(trust.concord(&["model", "lock", "model", "--by", "Another"]).code, 1);
    let files = fs::read_dir(trust.path("model")).expect("the model is there");
    let mut tried = 0;
    for file in files {
        let name = file.expect("it is there").file_name().to_string_lossy().into_owned();
        let name = format!("model/{name}");
        if trust.path(&name).extension().is_none_or(|it| it != "csv") {
            continue;
        }
        let text = trust.read(&name);
        trust.write(&name, &format!("{text}\n"));
        let refused = trust.concord(&[
            "cost",
            "--model",
            "model",
            "--dataset",
            "work/dataset",
            "--runs",
            "work/runs",
        ]);
        assert_eq!(refused.code, 1, "{name} was changed under lock: {}", refused.stdout);
        assert!(refused.stderr.contains("lock"), "{}", refused.stderr);
        trust.write(&name, &text);
        tried += 1;
    }
    assert!(tried > 15, "{tried} files were tried");
    trust.done(&["model", "copy", "model", "free"]);
    trust.change("free/settings.csv", "small_number,8", "small_number,9");
    trust.done(&["model", "check", "free"]);
    passed("SYSTEM_05", "lock a model");
}
