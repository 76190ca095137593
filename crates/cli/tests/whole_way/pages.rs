//! Pages of `show`: the first page, beds, what is usual, step-down, unmatched cost, staff.

use std::fs;

use domain::Money;
use serde_json::Value;

use crate::program::{TRUST, last_line};

#[test]
fn the_first_page_has_the_verdict_on_one_screen() {
    let text = TRUST.concord(&["show", &TRUST.run]).done();
    let page = text.split("\nWhere this comes from").next().expect("it ends with commands");
    assert!(page.lines().count() <= 60, "{} lines:\n{page}", page.lines().count());
    let verdict = page.lines().take(5).any(|it| it.starts_with("Reconciliation: all"));
    assert!(verdict, "the verdict comes first:\n{page}");
    let quantum = money(&query("select sum(amount) from quantum where outcome = 'COST'"));
    let line = format!("{}  the quantum: all cost that is to be shared", quantum.to_pence());
    assert!(page.contains(&line), "{line}:\n{page}");
    for block in ["\nBeds\n", "\nIs this usual?", "and what the others cost\n"] {
        assert!(page.contains(block), "{block}:\n{page}");
    }
    let whole = TRUST.concord(&["show", &TRUST.run, "--all"]).done();
    assert!(whole.lines().count() > text.lines().count());
    assert!(whole.contains("Rows left out because they lie outside the period"), "{whole}");
    assert!(!page.contains("Rows left out"), "that is behind --all");
}

/// Income, and what lies outside, are taken from the ledger, and the quantum is left.
#[test]
fn the_quantum_walk_goes_from_the_ledger_to_the_quantum() {
    let json = shown(&["--format", "json"]);
    let walk: Vec<(String, Money)> = list(&json["quantum_walk"])
        .iter()
        .map(|it| (text(&it["line"]).to_owned(), money(text(&it["amount"]))))
        .collect();
    let of = |wanted: &str| {
        let found = walk.iter().filter(|(line, _)| line.starts_with(wanted));
        found.map(|(_, amount)| *amount).sum::<Money>()
    };
    assert_eq!(of("ledger") - of("less "), of("quantum"));
    assert_eq!(of("gross operating expenses") + of("income netted"), of("quantum"));
    assert_eq!(of("ledger"), money(&query("select sum(amount) from quantum")));
}

#[test]
fn beds_of_every_ward_with_their_empty_days() {
    let json = shown(&["--beds", "--format", "json"]);
    let wards = list(&json["beds"]);
    let sql = "select location, unused_s from bed_use order by location";
    let printed = TRUST.concord(&["query", &TRUST.run, sql, "--csv"]).done();
    let rows: Vec<(&str, i64)> = printed
        .lines()
        .skip(1)
        .map(|it| {
            let mut cells = it.split(',');
            let ward = cells.next().expect("a ward");
            (ward, cells.next().and_then(|it| it.parse().ok()).expect("seconds"))
        })
        .collect();
    assert_eq!(wards.len(), rows.len());
    assert!(!rows.is_empty(), "the demonstration has wards");
    for (shown, (ward, unused)) in wards.iter().zip(rows) {
        assert_eq!(shown["ward"], ward);
        // A tenth of a day is 8,640 s; the figure is at most half of that away.
        let tenths: i64 = text(&shown["empty_bed_days"]).replace('.', "").parse().expect("tenths");
        assert!((tenths * 8_640 - unused).abs() <= 4_320, "{ward}: {tenths} tenths of {unused} s");
    }
    let text = TRUST.concord(&["show", &TRUST.run, "--beds"]).done();
    assert!(text.contains("select * from bed_use"), "it names what explains it:\n{text}");
}

/// What is outside its range is what the assurance found.
#[test]
fn figures_outside_their_range_are_those_of_the_findings() {
    let json = shown(&["--plausibility", "--format", "json"]);
    let figures = list(&json["measured"]);
    let outside = figures.iter().filter(|it| it["outside"] == true).count();
    let found = query("select count(*) from findings where code = 'ASS-019'");
    assert_eq!(outside.to_string(), found);
    assert_eq!(figures.len().to_string(), query("select count(*) from measured_figures"));
    let text = TRUST.concord(&["show", &TRUST.run, "--plausibility"]).done();
    assert_eq!(text.matches("  OUTSIDE\n").count(), outside, "{text}");
}

/// Both ways share the same money, and the lines of a merged staff pool are shown as one.
#[test]
fn step_down_stands_beside_mutual_support() {
    let json = shown(&["--step-down", "--format", "json"]);
    assert_eq!(json["for_comparison_only"], true);
    let lines = list(&json["final_lines"]);
    let sum = |key: &str| lines.iter().map(|it| money(text(&it[key]))).sum::<Money>();
    let stored = money(&query("select sum(amount) from final_lines"));
    assert_eq!((sum("mutual"), sum("step_down")), (stored, stored));
    assert!(lines.iter().any(|it| text(&it["difference"]) != "0.000000"), "the ways differ");
    // `query` joins merged pools too, so that both show the same lines.
    let shown_lines = query("select count(distinct final_line) from final_lines");
    assert_eq!(lines.len().to_string(), shown_lines);
    let text = TRUST.concord(&["show", &TRUST.run, "--step-down"]).done();
    assert!(text.contains("for comparison only"), "{text}");
    assert!(text.contains("leaves nothing at a support line"), "{text}");
}

/// Rows and pounds of activity without an event, visible and absorbed.
#[test]
fn unmatched_cost_by_reason_in_rows_and_pounds() {
    let json = shown(&["--matching", "--format", "json"]);
    let (mut visible, mut absorbed) = (Money::ZERO, Money::ZERO);
    for feed in list(&json["feeds"]) {
        let without = list(&feed["without"]);
        let rows: i64 = without.iter().map(|it| it["rows"].as_i64().expect("rows")).sum();
        assert_eq!(feed["without_key"].as_i64(), Some(rows), "{}", feed["feed"]);
        for it in without.iter().filter(|_| list(&feed["shared_with"]).is_empty()) {
            visible += money(text(&it["cost"]["visible"]));
            absorbed += money(text(&it["cost"]["absorbed"]));
        }
    }
    // In the demonstration no activity with unmatched cost counts rows of two feeds.
    let residual = query("select sum(amount) from residuals where residual = 'UNMATCHED'");
    assert_eq!(visible, money(&residual));
    assert_eq!(absorbed, money(&query("select sum(absorbed) from unit_costs")));
    assert!(!visible.is_zero() && !absorbed.is_zero());
    let text = TRUST.concord(&["show", &TRUST.run, "--matching", "THEATRE"]).done();
    assert!(text.contains("without an event, in rows and pounds"), "{text}");
    assert!(text.contains("select * from unmatched_costs"), "{text}");
}

#[test]
fn reconciliation_shows_rows_reports_and_activity() {
    let text = TRUST.concord(&["show", &TRUST.run, "--reconciliation"]).done();
    let json = shown(&["--reconciliation", "--format", "json"]);
    let closes = |it: &Value| it["difference"] == 0 && it["input"] == it["output"];
    assert!(list(&json["row_reconciliation"]).iter().all(closes));
    for (key, table) in [
        ("row_reconciliation", "row_reconciliation"),
        ("report_lines", "report_lines"),
        ("activity_out", "activity_out"),
    ] {
        let rows = query(&format!("select count(*) from {table}"));
        assert_eq!(list(&json[key]).len().to_string(), rows, "{table}");
        assert!(text.contains(&format!("select * from {table}")), "{table} in:\n{text}");
    }
    assert!(text.contains("6 Activity in, in rows\n"), "{text}");
}

/// All staff of the model are in a service line or in none, to the last ten-thousandth.
#[test]
fn staff_survive_to_the_service_line() {
    let path = TRUST.folder().join(&TRUST.run).join("model/cost_lines.csv");
    let model = fs::read_to_string(path).expect("reads");
    let mut reader = csv::Reader::from_reader(model.as_bytes());
    let heads = reader.headers().expect("a header").clone();
    let column = |name: &str| heads.iter().position(|it| it == name).expect("a column");
    let (worked, from) = (column("wte_worked"), column("effective_from"));
    let until = column("effective_to");
    let mut hundredths = 0;
    for row in reader.records() {
        let row = row.expect("a row");
        let in_force =
            &row[from] <= "2025-04-01" && (row[until].is_empty() || &row[until] > "2025-04-01");
        if in_force && !row[worked].is_empty() {
            let wte: Money = row[worked].parse().expect("a number");
            hundredths += wte.micro_pounds() / 10_000;
        }
    }
    assert!(hundredths > 0, "the demonstration has staff");
    let shared = query("select sum(wte_worked_e4) from service_line_wte");
    assert_eq!(shared, (hundredths * 100).to_string());
    let text = TRUST.concord(&["show", &TRUST.run, "--service-line", "TORT"]).done();
    assert!(text.contains("\nstaff: ") && text.contains(" WTE worked"), "{text}");
    assert!(text.contains("service_line_wte"), "it names what explains it:\n{text}");
}

fn shown(options: &[&str]) -> Value {
    TRUST.concord(&[&["show", &TRUST.run], options].concat()).json()
}

/// The one figure that a query gives.
fn query(sql: &str) -> String {
    let printed = TRUST.concord(&["query", &TRUST.run, sql, "--csv"]).done();
    last_line(&printed).split(',').next().expect("a cell").to_owned()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn money(text: &str) -> Money {
    text.parse().expect("an amount")
}
