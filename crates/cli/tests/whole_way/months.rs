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
