//! Exports tables of the miniature and reads the files again.

use std::fmt::Write as _;
use std::fs::{self, File};

use calamine::{Reader as _, Xlsx};
use expect_test::{Expect, expect};
use parquet::file::reader::{FileReader as _, SerializedFileReader};

use super::{Miniature, caller, miniature};
use crate::ResultsError;
use crate::export::{ExportRequest, Exported};

fn export(made: &Miniature, name: &str, tables: &[&str]) -> Result<Vec<Exported>, ResultsError> {
    let to = made.runs.path().join(name);
    let tables: Vec<String> = tables.iter().map(|it| (*it).to_owned()).collect();
    made.open().export(&ExportRequest { to: &to, tables: &tables, replace: false }, &caller())
}

#[track_caller]
fn check(made: &Miniature, name: &str, tables: &[&str], expected: &Expect) {
    let shown = match export(made, name, tables) {
        Ok(files) => files
            .iter()
            .map(|it| {
                format!("{}: {} rows of {}", it.path.display(), it.rows, it.tables.join(", "))
            })
            .collect::<Vec<_>>()
            .join("\n"),
        Err(error) => format!("{error}\n"),
    };
    expected.assert_eq(&made.plain(&shown));
}

#[test]
fn csv_carries_its_run_and_notice() {
    let made = miniature();
    check(&made, "out.csv", &["event_costs"], &expect!["RUNS/out.csv: 3 rows of event_costs"]);
    let text = fs::read_to_string(made.runs.path().join("out.csv")).expect("written");
    expect![[r#"
        event_number,activity,own,absorbed,resource,run,notice
        1,CARE,103.684210,20.736842,X/NURSES,mini,An invented trust of four cost lines
        2,CARE,172.807017,34.561403,X/NURSES,mini,An invented trust of four cost lines
        3,CARE,69.122807,13.824562,X/NURSES,mini,An invented trust of four cost lines
    "#]]
    .assert_eq(&text);
    check(
        &made,
        "out.csv",
        &["event_costs"],
        &expect![[r#"
        `RUNS/out.csv` is there already: give another name, or `--replace` to write over it
    "#]],
    );
}

#[test]
fn several_tables_become_several_files() {
    check(
        &miniature(),
        "out.csv",
        &["quantum", "findings"],
        &expect![[r#"
            RUNS/out-quantum.csv: 4 rows of quantum
            RUNS/out-findings.csv: 2 rows of findings"#]],
    );
}

#[test]
fn parquet_says_where_it_is_from() {
    let made = miniature();
    check(&made, "out.parquet", &["weights"], &expect!["RUNS/out.parquet: 3 rows of weights"]);
    let file = File::open(made.runs.path().join("out.parquet")).expect("written");
    let reader = SerializedFileReader::new(file).expect("whole");
    let metadata = reader.metadata().file_metadata();
    assert_eq!(metadata.num_rows(), 3);
    let notes = metadata.key_value_metadata().expect("it has notes");
    let shown: Vec<String> = notes
        .iter()
        .filter(|it| it.key.starts_with("concord"))
        .map(|it| format!("{} = {}\n", it.key, it.value.as_deref().unwrap_or_default()))
        .collect();
    expect![[r#"
        concord.run = mini
        concord.title = The worked miniature
        concord.footnote = An invented trust of four cost lines
        concord.exported_by = costing
        concord.exported_at = 2026-05-01T09:00:00Z
    "#]]
    .assert_eq(&shown.concat());
}

#[test]
fn a_workbook_holds_text_as_text_and_numbers_as_numbers() {
    let mut made = miniature();
    let evil = super::FINDINGS.replace("Nothing", "=cmd()");
    made.text("findings.csv", evil.as_bytes());
    made.finish();
    let files = export(&made, "out.xlsx", &[]).expect("it fits");
    assert_eq!(files.len(), 1);
    let mut book: Xlsx<_> = calamine::open_workbook(&files[0].path).expect("a workbook");
    let mut shown = String::new();
    for (sheet, rows) in [("about", 8), ("event_costs", 2), ("findings", 2)] {
        let range = book.worksheet_range(sheet).expect("a sheet");
        for row in range.rows().take(rows) {
            let cells: Vec<String> = row.iter().map(|it| format!("{it:?}")).collect();
            writeln!(shown, "{sheet}: {}", cells.join(", ")).expect("memory");
        }
    }
    expect![[r#"
        about: String("title"), String("The worked miniature")
        about: String("notice"), String("An invented trust of four cost lines")
        about: String("run"), String("mini")
        about: String("state"), String("draft")
        about: String("financial year"), String("2025-26, to the end of period 12")
        about: String("exported by"), String("costing")
        about: String("exported at"), String("2026-05-01T09:00:00Z")
        about: String("tables"), String("absorbed, event_activities, event_costs, events, feed_counts, match_counts, pools, quantum, reconciliation, residuals, restricted_costs, service_lines, unit_costs, weights, findings")
        event_costs: String("event_number"), String("activity"), String("own"), String("absorbed"), String("resource")
        event_costs: Float(1.0), String("CARE"), Float(103.68421), Float(20.736842), String("X/NURSES")
        findings: String("id"), String("code"), String("severity"), String("file"), String("line"), String("column"), String("subject"), String("rows"), String("money"), String("message"), String("remedy")
        findings: String("F1-0000aaaa"), String("F1"), String("note"), String("feeds/episodes.csv"), Float(0.0), Empty, String("episodes"), Float(3.0), Float(0.0), String("Three rows were read"), String("=cmd()")
    "#]].assert_eq(&shown);
    for sheet in book.sheet_names() {
        let formulas = book.worksheet_formula(&sheet).expect("a sheet");
        assert!(formulas.used_cells().next().is_none(), "{sheet} has no formula");
    }
}

#[test]
fn what_cannot_be_exported() {
    let made = miniature();
    check(
        &made,
        "out.pdf",
        &["events"],
        &expect![[r#"
        `RUNS/out.pdf` does not end in .csv, .xlsx or .parquet, so its format is unknown
    "#]],
    );
    check(
        &made,
        "out.csv",
        &["eventz"],
        &expect![[r#"
        this run has no table `eventz`; it has absorbed, event_activities, event_costs, events, feed_counts, match_counts, pools, quantum, reconciliation, residuals, restricted_costs, service_lines, unit_costs, weights
    "#]],
    );
    check(
        &made,
        "no/such/folder/out.csv",
        &["events"],
        &expect![[r#"
            the folder of `RUNS/no/such/folder/out.csv` is not there: make it, or give another name
        "#]],
    );
}

#[test]
fn an_export_is_on_record() {
    let made = miniature();
    export(&made, "out.csv", &["events"]).expect("written");
    let audit = fs::read_to_string(made.runs.path().join("audit.jsonl")).expect("written");
    expect![[r#"
        {"at":"2026-05-01T09:00:00Z","who":"costing","what":"export","run":"mini","detail":"events to RUNS/out.csv","rows":0,"reason":"","question":1,"outcome":"asked"}
        {"at":"2026-05-01T09:00:00Z","who":"costing","what":"export","run":"mini","detail":"events to RUNS/out.csv","rows":3,"reason":"","question":1,"outcome":"shown"}
    "#]].assert_eq(&made.plain(&audit));
}
