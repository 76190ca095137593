//! Asks the miniature in SQL.

use expect_test::{Expect, expect};

use super::{Miniature, caller, miniature};

#[track_caller]
fn check(made: &Miniature, sql: &str, limit: Option<usize>, expected: &Expect) {
    let shown = match made.open().query(sql, limit, &caller()) {
        Ok(rows) => rows.to_text(),
        Err(error) => format!("{error}\n"),
    };
    expected.assert_eq(&made.plain(&shown));
}

#[test]
fn tables_of_several_files_have_the_code_in_a_column() {
    let made = miniature();
    // 103.684210 + 172.807017 + 69.122807 = 345.614034; 3 + 5 + 2 = 10.
    check(
        &made,
        "select c.resource, n.name, count(*) as events, sum(c.own) as own
         from event_costs c join names n on n.kind = 'resource' and n.code = c.resource
         group by 1, 2",
        None,
        &expect![[r#"
            resource  name    events         own
            X/NURSES  Nurses       3  345.614034
            (1 row)
        "#]],
    );
    check(
        &made,
        "select weight_set, sum(weight) from weights group by 1",
        None,
        &expect![[r#"
        weight_set  sum(weights.weight)
        CARE-COUNT                   10
        (1 row)
    "#]],
    );
}

#[test]
fn rows_beyond_the_limit_are_told_not_shown() {
    let made = miniature();
    check(
        &made,
        "select event_number, own from events",
        Some(2),
        &expect![[r#"
        event_number         own
                   1  103.684210
                   2  172.807017
        (2 rows, and there are more: raise --limit to see them)
    "#]],
    );
    check(
        &made,
        "select event_number, own from events",
        Some(3),
        &expect![[r#"
        event_number         own
                   1  103.684210
                   2  172.807017
                   3   69.122807
        (3 rows)
    "#]],
    );
}

#[test]
fn findings_are_a_table_too() {
    let sql = "select id, severity, money from findings order by id";
    check(
        &miniature(),
        sql,
        None,
        &expect![[r#"
        id              severity              money
        F1-0000aaaa     note               0.000000
        REC-1-0000bbbb  needs acceptance  69.122807
        (2 rows)
    "#]],
    );
}

#[test]
fn what_does_not_read_is_refused() {
    let made = miniature();
    for sql in [
        "drop table events",
        "insert into events values (1)",
        "copy events to 'stolen.csv'",
        "create external table x stored as parquet location '/etc/passwd'",
        "create view x as select 1",
        "set datafusion.execution.batch_size = 1",
        "explain analyze copy events to 'stolen.csv'",
        "select 1; select 2",
        "",
    ] {
        let error = made.open().query(sql, None, &caller()).expect_err("it does not read");
        assert!(error.to_string().contains("a run can only be read"), "{sql}: {error}");
    }
    assert!(!made.runs.path().join("audit.jsonl").exists(), "nothing was shown");
    let error = made.open().query("select * from '/etc/passwd'", None, &caller());
    assert!(error.is_err(), "files are no tables");
    let error = made.open().query("select 1 into copied", None, &caller());
    assert!(error.is_err(), "SELECT INTO writes");
}

#[test]
fn faults_name_the_next_step() {
    let made = miniature();
    check(
        &made,
        "select own from event",
        None,
        &expect![[r#"
            the query cannot be answered: table 'event' not found
            concord query RUN "show tables" lists the tables, and "describe TABLE" their columns
        "#]],
    );
    check(
        &made,
        "select onw from events",
        None,
        &expect![[r#"
            the query cannot be answered: No field named onw.
            Valid fields are events.event_number, events.patient, events.event, events.event_type, events.spell, events.consultant, events.start_s, events.end_s, events.completeness, events.specialty, events.service_line, events.site, events.hrg, events.pod, events.category, events.admission_method, events.discharge_method, events.attended, events.age_band, events.sex, events.diagnosis, events.procedure, events.own, events.absorbed, events.income_at_unit_price, events.income_recognised.
            concord query RUN "show tables" lists the tables, and "describe TABLE" their columns
        "#]],
    );
    check(
        &made,
        "selec own from events",
        None,
        &expect![[r#"
            the query cannot be answered: sql parser error: Expected: an SQL statement, found: selec at Line: 1, Column: 1
            concord query RUN "show tables" lists the tables, and "describe TABLE" their columns
        "#]],
    );
}

#[test]
fn describing_and_explaining_are_reading() {
    let made = miniature();
    let run = made.open();
    let described = run.query("describe reconciliation", None, &caller()).expect("reads");
    assert_eq!(described.rows.len(), 5, "five columns");
    let shown = run.query("show tables", Some(1), &caller()).expect("reads");
    assert!(shown.rows.len() > 10, "a list of tables is not cut short");
    let plan = run.query("explain select * from events", None, &caller()).expect("reads");
    assert!(!plan.rows.is_empty());
}

#[test]
fn a_query_is_on_record() {
    let made = miniature();
    made.open().query("select 1 as one", None, &caller()).expect("reads");
    let audit = std::fs::read_to_string(made.runs.path().join("audit.jsonl")).expect("written");
    expect![[r#"
        {"at":"2026-05-01T09:00:00Z","who":"costing","what":"query","run":"mini","detail":"select 1 as one","rows":1,"reason":""}
    "#]].assert_eq(&audit);
}
