//! A month as the labelled difference of two years to date, and statements without what is
//! non-recurrent.

use domain::Money;
use serde_json::Value;

use crate::program::{TRUST, concord, copy, last_line};

/// The same trust to the end of February and to the end of March.
#[test]
fn march_is_the_difference_of_two_years_to_date() {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&TRUST.folder().join("model"), &folder.path().join("model"));
    let file = folder.path().join("model/model.toml");
    let text = std::fs::read_to_string(&file).expect("reads");
    let (before, latest) = text.rsplit_once("last_period = 12").expect("years end in March");
    std::fs::write(&file, format!("{before}last_period = 11{latest}")).expect("writes");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let arguments = ["cost", "--model", &path("model"), "--runs", &path("runs"), "--quiet"];
    let costed = TRUST.concord(&arguments).done();
    let february = last_line(&costed);

    let text = TRUST.concord(&["show", &TRUST.run, "--since", february]).done();
    assert!(text.contains("Period 12 (March) of 2025-26: year to date of run"), "{text}");
    let json = TRUST.concord(&["show", &TRUST.run, "--since", february, "--format", "json"]).json();
    // The ledger lines of period 12 (and 13, which belongs to a whole year) are the month.
    let sql = "select sum(amount) from quantum where period >= 12";
    assert_eq!(money(&json["ledger"]).to_decimal(), TRUST.value(sql));
    let residuals = json["residuals"].as_array().expect("a list").iter();
    let residuals: Money = residuals.map(|it| money(&it["amount"])).sum();
    let found = money(&json["own_patients"]) + residuals + money(&json["income"]);
    assert_eq!(found, money(&json["ledger"]));

    // Only the last period differs, so what moved is March.
    let moved = TRUST.concord(&["compare", february, &TRUST.run]).done();
    let label = "Period 12 (March) of 2025-26 = to period 12 less to period 11\n";
    assert!(moved.contains(label), "{moved}");
    let back = TRUST.concord(&["compare", &TRUST.run, february]).done();
    let both = "From 2025-26 to the end of period 12 (March) to 2025-26 to the end of period 11 (February)\n";
    assert!(back.contains(both), "{back}");
    beside(february);
    activity_beside(february);

    let other_way = concord(TRUST.folder(), &["show", february, "--since", &TRUST.run]);
    assert_eq!(other_way.code, 1, "March is not before February");
    assert!(other_way.stderr.contains("an earlier run"), "{}", other_way.stderr);
}

/// A service line beside an earlier run: row by row, and the cost of an event.
fn beside(earlier: &str) {
    let options = ["show", &TRUST.run, "--service-line", "TORT", "--against", earlier];
    let json = TRUST.concord(&[&options[..], &["--format", "json"]].concat()).json();
    for (side, run) in [("before", earlier), ("after", TRUST.run.as_str())] {
        let statement =
            TRUST.concord(&["show", run, "--service-line", "TORT", "--format", "json"]).json();
        let rows = statement["statement"]["rows"].as_array().expect("a list").iter();
        for (row, found) in rows.zip(json["rows"].as_array().expect("a list")) {
            assert_eq!((&row["row"], &row["amount"]), (&found["row"], &found[side]));
            let difference = money(&found["after"]) - money(&found["before"]);
            assert_eq!(money(&found["difference"]), difference);
        }
        // Half up: what is left over is at most half of one for each event.
        let (events, cost) = (json[side]["events"].as_i64(), money(&json[side]["cost"]));
        let sql = "select count(*), sum(own + absorbed) from (\
            select service_line, category, own, absorbed from events union all \
            select service_line, category, own, absorbed from restricted_events) \
            where service_line = 'TORT' and category in ('', 'OWN') and own + absorbed <> 0";
        let printed = TRUST.concord(&["query", run, sql, "--csv"]).done();
        let events = events.expect("a number");
        assert!(last_line(&printed).starts_with(&format!("{events},{},", cost.to_decimal())));
        let one = money(&json[side]["per_event"]).micro_pounds();
        assert!((2 * (cost.micro_pounds() - one * events)).abs() <= events, "{one} of {events}");
    }
    let text = TRUST.concord(&options).done();
    assert!(text.contains("cost of one of these events"), "{text}");
    let turned =
        TRUST.concord(&["show", earlier, "--service-line", "TORT", "--against", &TRUST.run]);
    assert_eq!(turned.code, 1);
    assert!(turned.stderr.contains("is not before"), "{}", turned.stderr);
}

/// Activity in and out of two runs: each side is what its own tables hold, and the difference is
/// that of March.
fn activity_beside(earlier: &str) {
    let options = ["show", &TRUST.run, "--reconciliation", "--against", earlier];
    let json = TRUST.concord(&[&options[..], &["--format", "json"]].concat()).json();
    let label = json["label"].as_str().expect("a text");
    assert!(label.ends_with("the difference is Period 12 (March)"), "{label}");
    let rows = json["activity_out"].as_array().expect("a list");
    let mut cost = [Money::ZERO; 2];
    for (index, (side, run)) in
        [("before", earlier), ("after", TRUST.run.as_str())].into_iter().enumerate()
    {
        let shown = TRUST.concord(&["show", run, "--reconciliation", "--format", "json"]).json();
        for it in shown["activity_out"].as_array().expect("a list") {
            let is_same = |other: &&Value| {
                (&other["service_line"]["code"], &other["pod"])
                    == (&it["service_line"]["code"], &it["pod"])
            };
            let found = &rows.iter().find(is_same).expect("every line is there")[side];
            assert_eq!((&found["costed"], &found["in_period"]), (&it["costed"], &it["in_period"]));
            let sum = money(&it["own"]) + money(&it["absorbed"]);
            assert_eq!(money(&found["cost"]), sum, "{it}");
            cost[index] += sum;
        }
    }
    let moved: Money = rows.iter().map(|it| money(&it["difference"]["cost"])).sum();
    assert_eq!(moved, cost[1] - cost[0]);
    assert!(!moved.is_zero(), "March costs something");
    let feeds = json["activity_in"].as_array().expect("a list");
    assert!(feeds.iter().any(|it| it["difference"]["matched"].as_i64() > Some(0)), "{feeds:?}");
    let text = TRUST.concord(&options).done();
    assert!(text.contains("8 Activity in, by feed"), "{text}");
    let alone = TRUST.concord(&["show", &TRUST.run, "--against", earlier]);
    assert_eq!(alone.code, 1, "beside what?");
    let told = TRUST.concord(&["show", &TRUST.run, "--reconciliation"]).done();
    assert!(told.contains("no SUS extract was given"), "{told}");
}

/// What a row shows without its non-recurrent part is the difference of the two.
#[test]
fn statements_without_what_is_non_recurrent() {
    let whole = TRUST.concord(&["show", &TRUST.run, "--format", "json"]).json();
    let recurrent = TRUST.concord(&["show", &TRUST.run, "--recurrent", "--format", "json"]).json();
    let mut differences = 0;
    let lines = |json: &Value| json["statements"].as_array().expect("a list").clone();
    for (one, other) in lines(&whole).iter().zip(&lines(&recurrent)) {
        let rows = |it: &Value| it["rows"].as_array().expect("a list").clone();
        for (row, without) in rows(one).iter().zip(&rows(other)) {
            let aside = money(&row["non_recurrent"]);
            assert_eq!(money(&without["amount"]), money(&row["amount"]) - aside);
            assert_eq!(money(&without["non_recurrent"]), Money::ZERO);
            differences += usize::from(!aside.is_zero());
        }
    }
    assert!(differences > 0, "the demonstration has non-recurrent cost");
}

fn money(value: &Value) -> Money {
    value.as_str().expect("amounts are texts").parse().expect("an amount")
}
