//! An attack on a staff pool of three people: whoever has every output of a run, and may subtract
//! one figure from another, must not find what the pool costs, nor what the pool that it was merged
//! with does, since the rest of the merged total would be the other.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use costing::dataset::read_table;
use tables::run::FinalLineSource;

use crate::trust::Trust;

/// Eight consultants A and three consultants B, whose credit is a cost line of its own; both are
/// booked and budgeted in April, and booked in May, which is not costed yet.
const LEDGER: [&str; 5] = [
    "X-CC-A,A,X-1000,Pay,2025-26,1,87123.47",
    "X-CC-B,B,X-1000,Pay,2025-26,1,31557.93",
    "X-CC-B,B,X-1900,Credits,2025-26,1,-214.09",
    "X-CC-A,A,X-1000,Pay,2025-26,2,86001.79",
    "X-CC-B,B,X-1000,Pay,2025-26,2,31777.21",
];
const BUDGET: &str = "COST CENTRE,ACCOUNT,FINANCIAL YEAR,PERIOD,BUDGET
X-CC-A,X-1000,2025-26,1,90113.31
X-CC-B,X-1000,2025-26,1,29871.17
X-CC-WARD,X-1000,2025-26,1,290.00
X-CC-A,X-1000,2025-26,2,90113.33
X-CC-B,X-1000,2025-26,2,29871.19
";
/// Pence that may not be found: those above, and B with its credit.
const SECRETS: [i128; 10] = [
    8_712_347, 3_155_793, 21_409, 8_600_179, 3_177_721, 9_011_331, 2_987_117, 9_011_333, 2_987_119,
    3_134_384,
];

fn trust(b_has_activities: bool) -> Trust {
    let trust = Trust::new();
    for line in LEDGER {
        trust.add("2025-26/ledger/trial_balance.csv", line);
    }
    // 500 + 87123.47 + 31557.93 - 214.09, and then 86001.79 + 31777.21 more.
    let control = "FINANCIAL YEAR,PERIOD,AMOUNT\n2025-26,1,118967.31\n2025-26,2,236746.31\n";
    trust.write("2025-26/ledger/control_total.csv", control);
    trust.write("2025-26/ledger/budget.csv", BUDGET);
    let mapping = trust.read("model/intake/ledger.toml");
    let mapping = mapping.replace("trial_balance", "budget").replace("\"AMOUNT\"", "\"BUDGET\"");
    let named = |it: &&str| !it.contains("_name");
    let mapping: Vec<&str> = mapping.lines().filter(named).collect();
    trust.write("model/intake/budget.toml", &format!("{}\n", mapping.join("\n")));
    let mut rows = vec![
        ("feeds", "budget,Budget,budget,,no,no,,no,no"),
        ("mapping", "50,X-CC-A,*,X-CON-A,100"),
        ("mapping", "60,X-CC-B,X-19*,X-CON-B-CREDIT,100"),
        ("mapping", "70,X-CC-B,*,X-CON-B,100"),
        ("resources", "X-CON-A,Consultants A,,SHARE,X-OWN-NURSING,yes,8,CON,X-300,X-DIR,"),
        ("resources", "X-CON-B,Consultants B,,SHARE,X-OWN-NURSING,yes,3,CON,X-300,X-DIR,"),
        (
            "cost_lines",
            "X-CON-A,A,PF,,,X-CON-A,,,direct,fixed,yes,PAY,substantive,8,8,8,recurrent,",
        ),
        ("cost_lines", "X-CON-B,B,PF,,,X-CON-B,,,direct,fixed,no,PAY,agency,3,3,3,recurrent,"),
        (
            "cost_lines",
            "X-CON-B-CREDIT,B credit,PF,,,X-CON-B,,,direct,fixed,no,PAY,agency,,,,recurrent,refund",
        ),
        ("statistics", "X-HEADS,X-CON-A,8"),
        ("statistics", "X-HEADS,X-CON-B,3"),
        ("shares", "X-CON-A,X-NURSING-CARE,X-NURSING-HOURS,1"),
    ];
    if b_has_activities {
        rows.push(("shares", "X-CON-B,X-NURSING-CARE,X-NURSING-HOURS,1"));
    }
    for (file, row) in rows {
        trust.add(&format!("model/{file}.csv"), &format!("{row},2025-04-01,,worked,"));
    }
    trust
}

/// What a person can print of a run.
fn outputs(trust: &Trust, run: &str) -> String {
    let mut text = String::new();
    for page in ["--all", "--reconciliation", "--step-down", "--unit-costs", "--assurance"] {
        text += &trust.done(&["show", run, page]);
        text += &trust.done(&["show", run, page, "--format", "json"]);
    }
    let json = ["--format", "json"];
    for arguments in [
        ["show", run, "--service-line", "X-MEDICINE"],
        ["show", run, "--matching", "nursing_contacts"],
        ["explain", run, "--service-line", "X-MEDICINE"],
        ["explain", run, "--residual", "OUTSIDE_PERIOD"],
        ["explain", run, "--residual", "NOT_OWN_PATIENT/X-RESEARCH"],
    ] {
        text += &trust.done(&arguments);
        text += &trust.done(&[&arguments[..], &json].concat());
    }
    text += &trust.done(&["explain", run, "--unit-cost", "X-CON-A", "X-NURSING-CARE"]);
    let exported = trust.path("exported");
    fs::create_dir_all(&exported).expect("a folder");
    let to = exported.join("all.csv");
    trust.done(&["export", run, "--to", to.to_str().expect("a plain path")]);
    let files = fs::read_dir(&exported).expect("the folder is there");
    let mut files: Vec<_> = files.map(|it| it.expect("a file").path()).collect();
    files.sort();
    assert!(files.len() > 20, "every table is exported: {files:?}");
    for file in files {
        text += &fs::read_to_string(file).expect("text");
    }
    text
}

/// Every amount in a text, in micro-pounds without its sign; thousands may stand apart or not.
fn amounts(text: &str) -> BTreeSet<i128> {
    let plain = text.replace(',', "");
    let words = |it: &str| {
        let split = it.split(|letter: char| !letter.is_ascii_digit() && letter != '.');
        split.filter_map(micro).collect::<Vec<i128>>()
    };
    words(text).into_iter().chain(words(&plain)).collect()
}

fn micro(word: &str) -> Option<i128> {
    let (whole, part) = word.split_once('.')?;
    if whole.is_empty() || !(2..=6).contains(&part.len()) {
        return None;
    }
    let part: i128 = format!("{part:0<6}").parse().ok()?;
    Some(whole.parse::<i128>().ok()? * 1_000_000 + part)
}

/// What each pool holds after support, its support, and what stands behind both, from the run's own
/// files, which only finance has.
fn with_support(run: &Path) -> BTreeSet<i128> {
    let rows: Vec<FinalLineSource> =
        read_table(&run.join("final_lines.parquet")).expect("the run holds it");
    let mut secrets = BTreeSet::new();
    for lines in [&["X-CON-A"][..], &["X-CON-B"], &["X-CON-B", "X-CON-B-CREDIT"]] {
        let of_lines = || rows.iter().filter(|it| lines.contains(&it.final_line.as_str()));
        let sum = |group: &str| {
            let parts = of_lines().filter(|it| group.is_empty() || it.support_group == group);
            parts.map(|it| i128::from(it.amount.micro_pounds())).sum::<i128>().abs()
        };
        secrets.extend(["", "X-PEOPLE", "X-ESTATES"].map(sum));
    }
    secrets.retain(|it| *it != 0);
    assert!(secrets.len() >= 6, "{secrets:?}");
    secrets
}

fn attack(b_has_activities: bool) {
    let trust = trust(b_has_activities);
    let run = trust.cost("model");
    trust.done(&["verify", &run]);
    let text = outputs(&trust, &run);
    assert!(text.contains("merged pool of 11 people"), "the pools are merged");
    assert!(text.contains("an amount that may not be told"), "the credit is told");
    let seen = amounts(&text);
    let mut secrets: BTreeSet<i128> = SECRETS.iter().map(|it| it * 10_000).collect();
    secrets.extend(with_support(&trust.path(&run)));
    for secret in secrets {
        assert!(!seen.contains(&secret), "{secret} µ£ is shown");
        for one in &seen {
            let derived = seen.contains(&(one + secret)) || seen.contains(&(secret - one));
            assert!(!derived, "{secret} µ£ follows from {one} µ£ and another figure");
        }
    }
}

#[test]
fn a_small_pool_with_activities_stays_hidden() {
    attack(true);
}

#[test]
fn a_small_pool_without_activities_stays_hidden() {
    attack(false);
}

/// The attack finds what is there to be found: where three people are enough, all of it is shown.
#[test]
fn the_attack_sees_what_is_shown() {
    let trust = trust(true);
    trust.change("model/settings.csv", "staff_pool_minimum,5", "staff_pool_minimum,3");
    let run = trust.cost("model");
    trust.done(&["verify", &run]);
    let seen = amounts(&outputs(&trust, &run));
    let mut secrets: BTreeSet<i128> = SECRETS[..9].iter().map(|it| it * 10_000).collect();
    secrets.extend(with_support(&trust.path(&run)).into_iter().take(1));
    let hidden: Vec<&i128> = secrets.iter().filter(|it| !seen.contains(it)).collect();
    assert!(hidden.is_empty(), "{hidden:?}");
}
