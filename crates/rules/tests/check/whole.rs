//! The base model itself, its lock, its hash, comparison and hybrids.

use std::fmt::Write;

use domain::FinancialYear;
use expect_test::{Expect, expect};
use rules::{CATALOGUE, ChangeGroup, Model, compare, hybrid, lock};

use crate::support::{base, check, edited, parse, show};

#[test]
fn the_base_model_is_sound() {
    check(
        &[],
        &expect![[r#"
            sound
        "#]],
    );
}

#[test]
fn rules_of_the_year() {
    let (model, _) = parse(&[]).expect("the base model is sound");
    let rules = &model.years[&FinancialYear::beginning(2025)];
    // A split of 60 and 40 percent × 10⁴; 60.5 square metres × 10⁶; a relative weight of 1.5 × 10⁴.
    let mut text = String::new();
    for rule in &rules.mapping {
        writeln!(text, "{} {:?}", rule.sequence, rule.targets).expect("text can be written");
    }
    write!(
        text,
        "{:?}\n{:?}\n{:?}\n{:?}\n{:?}",
        rules.statistics,
        rules.relative_weights,
        rules.matching["theatres"][1],
        rules.statement[3].kind,
        model.intake["episodes"].columns["event"],
    )
    .expect("text can be written");
    expect![[r#"
        10 [("X-ESTATES", 1000000)]
        20 [("X-RESEARCH", 400000), ("X-THEATRE-NURSES", 600000)]
        30 [("X-IMPLANTS", 1000000)]
        40 [("X-PENSIONS", 1000000)]
        {"X-AREA": {"X-RESEARCH": 20000000, "X-THEATRE-NURSES": 60500000}}
        {"X-COMPLEXITY": {"complex": 15000}}
        MatchingRule { sequence: 20, identity: Patient, event_type: "APC", window: Some((Days(1), Seconds(43200))), equalities: ["site"], tie_breaks: [Equal("specialty"), Nearest], confidence: "fair" }
        Subtotal([(true, "income"), (false, "direct"), (false, "other")])
        Template([Text("APC:"), Column("HOSPITAL PROVIDER SPELL NUMBER"), Text("/"), Column("EPISODE NUMBER")])"#]]
    .assert_eq(&text);
}

#[test]
fn every_code_of_the_catalogue_has_a_case() {
    let cases = [
        include_str!("cells.rs"),
        include_str!("header.rs"),
        include_str!("ledger.rs"),
        include_str!("resources.rs"),
        include_str!("feeds.rs"),
        include_str!("intake.rs"),
        include_str!("joins.rs"),
        include_str!("statement.rs"),
        include_str!("whole.rs"),
    ];
    let without: Vec<&str> = CATALOGUE
        .iter()
        .map(|(code, _)| *code)
        .filter(|code| !cases.iter().any(|it| it.contains(&format!("{code} "))))
        .collect();
    assert_eq!(without, [""; 0], "codes without a case");
}

#[test]
fn a_locked_model() {
    let mut files = base();
    let lock = lock::lock(&files, "A. Accountant", "2026-05-01T09:00:00Z");
    files.insert("lock.toml".to_owned(), lock);
    let hash_unlocked = rules::model::hash(&base());
    let (model, _) = Model::parse(files.clone()).expect("an unchanged model is sound");
    assert!(model.locked);
    assert_eq!(model.hash(), hash_unlocked, "a lock changes no rule");

    let changed = edited(&[("capacity.csv", "- W1")]);
    files.insert("capacity.csv".to_owned(), changed["capacity.csv"].clone());
    files.remove("rwv.csv");
    files.insert("more.csv".to_owned(), Vec::new());
    expect![[r#"
        MOD-100 refused capacity.csv:0:
          capacity.csv was changed after the model was locked
          Restore the locked files, or make a copy of the model without lock.toml and change that.
        MOD-101 refused more.csv:0:
          more.csv was added after the model was locked
          Restore the locked files, or make a copy of the model without lock.toml and change that.
        MOD-206 note more.csv:0:
          more.csv is not a file of a model and was not read
          Correct its name if it was meant to hold rules.
        MOD-102 refused rwv.csv:0:
          rwv.csv was removed after the model was locked
          Restore the locked files, or make a copy of the model without lock.toml and change that.
        MOD-021 refused weight_sets.csv:2:rwv_table
          `X-COMPLEXITY` is not in rwv.csv
          Add it to rwv.csv for the same years, or correct the spelling.
    "#]]
    .assert_eq(&show(&Model::parse(files)));
}

#[track_caller]
fn check_compare(edits: &[(&str, &str)], expected: &Expect) {
    let lines = compare(&base(), &edited(edits))
        .into_iter()
        .map(|it| format!("{} | {} | {} | {}\n", it.file, it.key, it.what.word(), it.text));
    expected.assert_eq(&lines.collect::<String>());
}

#[test]
fn what_differs_between_two_models() {
    check_compare(
        &[
            (
                "capacity.csv",
                "- W1\n+ W1,30,2025-04-01,,local,two more\n+ W2,12,2025-04-01,,local,",
            ),
            ("rwv.csv", "- X-COMPLEXITY"),
            ("reference_codes.csv", crate::support::GONE),
            ("model.toml", "- title\n+ title = \"Another trust\""),
            ("intake/control.toml", "- period\n+ period = \"MONTH\""),
            (
                "drivers.csv",
                "note,driver,name,unit,effective_from,effective_to,source\n,X-AREA,Floor area,square metres,2025-04-01,,local\n",
            ),
            ("notes.csv", "any text\n"),
        ],
        &expect![[r#"
            capacity.csv | W1 | 2025-04-01 | changed | beds: 28.5 → 30, note:  → two more
            capacity.csv | W2 | 2025-04-01 | added | beds=12, effective_from=2025-04-01, location=W2, source=local
            intake/control.toml | columns.period | changed | "PERIOD" → "MONTH"
            model.toml | title | changed | "A small trust" → "Another trust"
            notes.csv | any text | added | any text
            reference_codes.csv | site | X-A01 | 2025-04-01 | removed | code=X-A01, effective_from=2025-04-01, length=5, list=site, name=Main site, source=local
            rwv.csv | X-COMPLEXITY | complex | 2025-04-01 | removed | code=complex, effective_from=2025-04-01, rwv_table=X-COMPLEXITY, source=local, value=1.5
        "#]],
    );
}

#[test]
fn a_hybrid_takes_whole_groups() {
    let other = edited(&[
        ("capacity.csv", "+ W2,12,2025-04-01,,local,"),
        ("statistics.csv", "+ X-AREA,X-IMPLANTS,5,2025-04-01,,local,"),
        ("rwv.csv", "+ X-COMPLEXITY,simple,0.8,2025-04-01,,local,"),
    ]);
    for group in ChangeGroup::ALL {
        let files = hybrid(&base(), &other, &[group]);
        let changed: Vec<String> = compare(&base(), &files).into_iter().map(|it| it.file).collect();
        let expected: &[&str] = match group {
            ChangeGroup::Feeds => &["capacity.csv"],
            ChangeGroup::Support => &["statistics.csv"],
            ChangeGroup::Weights => &["rwv.csv"],
            _ => &[],
        };
        assert_eq!(changed, expected, "{}", group.word());
    }
}
