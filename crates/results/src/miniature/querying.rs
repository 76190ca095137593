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
    let audit = audit(&made);
    assert_eq!(audit.lines().count(), 18, "each of nine is asked and ends");
    assert!(!audit.contains("\"shown\""), "nothing was shown: {audit}");
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
fn a_query_is_on_record_before_and_after() {
    let made = miniature();
    made.open().query("select 1 as one", None, &caller()).expect("reads");
    expect![[r#"
        {"at":"2026-05-01T09:00:00Z","who":"costing","what":"query","run":"mini","detail":"select 1 as one","rows":0,"reason":"","question":1,"outcome":"asked"}
        {"at":"2026-05-01T09:00:00Z","who":"costing","what":"query","run":"mini","detail":"select 1 as one","rows":1,"reason":"","question":1,"outcome":"shown"}
    "#]].assert_eq(&audit(&made));
}

#[test]
fn no_answer_without_a_record() {
    let made = miniature();
    // A folder of that name: no line can be written.
    std::fs::create_dir(made.runs.path().join("audit.jsonl")).expect("a folder");
    let error = made.open().query("select event from events", None, &caller());
    assert!(matches!(error, Err(crate::ResultsError::Files { .. })), "{error:?}");
    let error = made.open().explain(&super::reference(2), &caller());
    assert!(matches!(error, Err(crate::ResultsError::Files { .. })), "{error:?}");
}

#[test]
fn faults_over_rows_name_the_expression_and_no_value() {
    let made = miniature();
    check(
        &made,
        "select cast(event as int) from events",
        None,
        &expect![[r#"
            the query cannot be answered: a value cannot be converted in CAST(events.event AS Int32). `try_cast` gives null where a value does not fit
            concord query RUN "show tables" lists the tables, and "describe TABLE" their columns
        "#]],
    );
    check(
        &made,
        "select 1 / (event_number - 2) from events",
        None,
        &expect![[r#"
            the query cannot be answered: a value is divided by zero in Int64(1) / (events.event_number - Int64(2)). `nullif(x, 0)` as the divisor gives null instead
            concord query RUN "show tables" lists the tables, and "describe TABLE" their columns
        "#]],
    );
    let audit = audit(&made);
    let ends = audit.lines().filter(|it| it.contains("failed: the query cannot be answered"));
    assert_eq!(ends.count(), 2, "{audit}");
}

/// Every way that is known to make a library stumble over a cell: its text must not be told.
#[test]
fn no_fault_tells_what_stands_in_a_row() {
    let made = miniature();
    for sql in [
        "select cast(hrg as int) from events",
        "select * from events where cast(hrg as double) > 1",
        "select cast(hrg as timestamp) from events",
        "select cast(hrg as date) from events",
        "select to_timestamp(hrg) from events",
        "select to_date(hrg) from events",
        "select arrow_cast(hrg, 'Int64') from events",
        "select sum(cast(hrg as bigint)) from events",
        "select event from events order by cast(hrg as int)",
        "select cast(hrg as boolean) from events",
        "select cast(hrg as decimal(10, 2)) from events",
        "select cast(hrg as interval) from events",
        "select decode(hrg, 'hex') from events",
        "select event from events where event_number = (select cast(hrg as int) from events limit 1)",
    ] {
        let error = made.open().query(sql, None, &caller()).expect_err(sql).to_string();
        assert!(!error.contains("X-HRG"), "{sql}: {error}");
        assert!(error.contains("the query cannot be answered: a "), "{sql}: {error}");
    }
}

fn audit(made: &Miniature) -> String {
    std::fs::read_to_string(made.runs.path().join("audit.jsonl")).expect("written")
}
