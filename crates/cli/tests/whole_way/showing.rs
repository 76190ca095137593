//! Statements, queries, exports, comparisons and models.

use std::fs;

use expect_test::expect;

use crate::program::TRUST;

#[test]
fn statements_in_words() {
    let text = TRUST.concord(&["show", &TRUST.run]).done();
    assert!(text.contains("more than it earned"), "a deficit in words:\n{text}");
    assert!(text.contains("identities close to £0.000000"), "{text}");
    let one = TRUST.concord(&["show", &TRUST.run, "--service-line", "TORT"]).done();
    assert!(one.contains("Trauma and orthopaedics (TORT)"), "{one}");
    let none = TRUST.concord(&["show", &TRUST.run, "--service-line", "NONE"]);
    assert_eq!(none.code, 1);
    assert!(none.stderr.contains("it has ACUT"), "{}", none.stderr);
}

/// Each line of the demonstration's budget is found by the query that the output names.
#[test]
fn the_budget_stands_beside_what_was_booked() {
    let options = ["show", &TRUST.run, "--service-line", "TORT"];
    let text = TRUST.concord(&options).done();
    assert!(text.contains("Budget of cost lines that are wholly this service line's"), "{text}");
    assert!(text.contains("Shared, so that their budget is not this service line's"), "{text}");
    let json = TRUST.concord(&[&options[..], &["--format", "json"]].concat()).json();
    let mut lines = 0;
    for resource in json["budget"]["own"].as_array().expect("a list") {
        assert_eq!(resource["shared_with"], serde_json::json!([]));
        for line in resource["cost_lines"].as_array().expect("a list") {
            let code = line["cost_line"]["code"].as_str().expect("a code");
            for (table, column) in [("budget_lines", "budget"), ("cost_lines", "booked")] {
                let sql = format!(
                    "select coalesce(sum(amount), 0) from {table} where cost_line = '{code}'"
                );
                assert_eq!(TRUST.value(&sql), line[column], "{code}");
            }
            lines += 1;
        }
    }
    assert!(lines > 0, "orthopaedics has resources of its own: {json}");
    let shared = json["budget"]["shared"].as_array().expect("a list");
    assert!(shared.iter().all(|it| it["shared_with"] != serde_json::json!([])));
}

#[test]
fn service_lines_are_the_sum_of_their_events() {
    let sql = "select count(*) as lines from \
        (select service_line, sum(own + absorbed) as cost from \
            (select service_line, own, absorbed from events union all \
             select service_line, own, absorbed from restricted_events) \
         group by service_line) e \
        join (select service_line, sum(own + absorbed) as cost from service_line_costs group by 1) s \
        on s.service_line = e.service_line where s.cost <> e.cost";
    let csv = TRUST.concord(&["query", &TRUST.run, sql, "--csv"]).done();
    assert!(csv.starts_with("lines,notice\n0,"), "{csv}");
    assert!(csv.contains("A fictional trust"), "the footnote is on every row: {csv}");
}

#[test]
fn queries_only_read() {
    let printed = TRUST.concord(&["query", &TRUST.run, "drop table events"]);
    assert_eq!(printed.code, 1);
    expect![[r#"
        Patient rows are shown and small numbers are not suppressed; this is recorded in RUNS/audit.jsonl
        concord: a run can only be read: give one SELECT, WITH, EXPLAIN, SHOW or DESCRIBE statement, not DROP
    "#]]
    .assert_eq(&printed.stderr.replace(&runs(), "RUNS"));
}

#[test]
fn exports_carry_the_footnote() {
    let out = TRUST.folder().join("out.csv");
    let out_text = out.to_string_lossy().into_owned();
    let arguments = ["export", &TRUST.run, "--to", &out_text, "--table", "service_lines"];
    TRUST.concord(&arguments).done();
    let text = fs::read_to_string(&out).expect("written");
    let footnote = "A fictional trust: no patient, consultant or pound is real";
    assert!(
        text.lines()
            .skip(1)
            .all(|it| it.ends_with(&format!(",\"{footnote}\"")) || it.ends_with(footnote))
    );
    assert_eq!(TRUST.concord(&arguments).code, 1, "a file is not written over unasked");
    TRUST.concord(&[&arguments[..], &["--replace"]].concat()).done();
    let book = TRUST.folder().join("out.xlsx").to_string_lossy().into_owned();
    TRUST.concord(&["export", &TRUST.run, "--to", &book]).done();
    let audit = fs::read_to_string(TRUST.folder().join("runs/audit.jsonl")).expect("written");
    assert!(audit.contains("\"what\":\"export\""), "{audit}");
}

#[test]
fn a_run_does_not_differ_from_itself() {
    let run = TRUST.run.as_str();
    let text = TRUST.concord(&["compare", run, run]).done();
    assert!(text.contains("What moved, by service line\n  nothing\n"), "{text}");
    let dataset = ["compare", run, run, "--dataset", "datasets/2025-26", "--format", "json"];
    let json = TRUST.concord(&dataset).json();
    assert_eq!(json["moved"], serde_json::json!([]));
    assert_eq!(json["steps"], serde_json::json!([]));
}

#[test]
fn a_model_is_copied_changed_checked_compared_and_locked() {
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("copy").to_string_lossy().into_owned();
    TRUST.concord(&["model", "check", "model"]).done();
    TRUST.concord(&["model", "copy", "model", &copy]).done();
    let same = TRUST.concord(&["model", "compare", "model", &copy]).done();
    assert_eq!(same, "The models have the same rules.\n");

    let path = folder.path().join("copy/settings.csv");
    let text = fs::read_to_string(&path).expect("reads");
    let changed = text.replacen("small_number,", "small_numbr,", 1);
    assert_ne!(text, changed);
    fs::write(&path, &changed).expect("writes");
    let refused = TRUST.concord(&["model", "check", &copy]);
    assert_eq!(refused.code, 1);
    assert!(refused.stdout.contains("The model is refused"), "{}", refused.stdout);
    assert!(!TRUST.concord(&["model", "compare", "model", &copy]).done().is_empty());
    fs::write(&path, &text).expect("writes");

    TRUST.concord(&["model", "lock", &copy, "--by", "Costing lead"]).done();
    let locked = TRUST.concord(&["model", "check", &copy, "--format", "json"]).json();
    assert_eq!(locked["locked"], true);
    fs::write(&path, text + "\n").expect("writes");
    assert_eq!(TRUST.concord(&["model", "check", &copy]).code, 1, "a locked file was changed");
}

fn runs() -> String {
    let folder = fs::canonicalize(TRUST.folder()).expect("it is there");
    folder.join("runs").to_string_lossy().into_owned()
}
