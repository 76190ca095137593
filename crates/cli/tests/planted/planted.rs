//! Each `[[story.recovery]]` of `planted.toml` is a query of a costed run and what it must answer.

use std::collections::BTreeSet;
use std::fs;

use toml::{Table, Value};

use crate::trust::COSTED;

/// What the guide tells, and what a sceptic would look for.
const TRUTHS: [&str; 25] = [
    "better_matching",
    "corrected_theatre_times",
    "dermatology_clinic",
    "education_and_research",
    "empty_beds",
    "evening_lists",
    "fertility_service",
    "fixed_payment",
    "hip_replacements",
    "intensive_care_discharge",
    "junior_doctors_records",
    "ledger_credit",
    "march_accrual",
    "medical_outliers",
    "newly_qualified_consultant",
    "one_long_delay",
    "pass_through_medicines",
    "prior_year_item",
    "private_patients",
    "prosthesis_prices",
    "record_of_purpose",
    "services_sold",
    "standby_theatre",
    "temporary_staff",
    "weekend_physiotherapy",
];

/// What looks like a finding and is none.
const FALSE_TRAILS: [&str; 4] =
    ["locum_code", "nine_cases", "on_call_attribution", "revision_surgeon"];

/// Truths that cost cannot show: the files themselves do.
const IN_FILES_ONLY: [&str; 2] = ["empty_beds", "record_of_purpose"];

#[test]
fn stories_are_recovered_from_costs() {
    let mut faults = Vec::new();
    let mut found = Vec::new();
    for story in stories() {
        for recovery in array(&story, "recovery") {
            let answer = answer(recovery);
            let id = text(&story, "id");
            let says = text(recovery, "says");
            let (low, high) = (number(recovery, "low"), number(recovery, "high"));
            found.push(format!("{id}: {says}: {answer:.3}"));
            if !(low..=high).contains(&answer) {
                faults.push(format!("{id}: {says}: {answer:.3} is not from {low} to {high}"));
            }
        }
    }
    eprintln!("{}", found.join("\n"));
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_story_is_there_and_says_how_it_is_found() {
    let stories = stories();
    let of_kind = |kind: &str| -> BTreeSet<String> {
        let own = stories.iter().filter(|it| text(it, "kind") == kind);
        own.map(|it| text(it, "id").to_owned()).collect()
    };
    let named = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(of_kind("truth"), named(&TRUTHS));
    assert_eq!(of_kind("false_trail"), named(&FALSE_TRAILS));
    for story in &stories {
        let id = text(story, "id");
        assert!(array(story, "fact").count() > 0, "{id} can be counted in the files");
        let recovered = array(story, "recovery").count() > 0;
        assert_eq!(recovered, !IN_FILES_ONLY.contains(&id), "{id} is recovered from costs");
        if text(story, "kind") == "false_trail" {
            let both = ["misleads", "because"].map(|it| text(story, it).is_empty());
            assert_eq!(both, [false, false], "{id} says what misleads, and why it is no finding");
        }
    }
}

/// What a recovery's query answers: a number, or a ratio of two numbers.
#[expect(clippy::float_arithmetic, reason = "a ratio of two answers, never money that is summed")]
fn answer(recovery: &Table) -> f64 {
    let run = text(recovery, "run");
    let found = COSTED.number(run, text(recovery, "sql"));
    let Some(other) = recovery.get("per_run").and_then(Value::as_str) else { return found };
    let sql = recovery.get("per_sql").and_then(Value::as_str);
    found / COSTED.number(other, sql.unwrap_or_else(|| text(recovery, "sql")))
}

fn stories() -> Vec<Table> {
    let path = COSTED.folder().join("planted.toml");
    let planted: Table = fs::read_to_string(path).expect("text").parse().expect("TOML");
    array(&planted, "story").cloned().collect()
}

fn array<'a>(table: &'a Table, key: &str) -> impl Iterator<Item = &'a Table> {
    let all = table.get(key).and_then(Value::as_array).into_iter().flatten();
    all.map(|it| it.as_table().expect("a table"))
}

fn text<'a>(table: &'a Table, key: &str) -> &'a str {
    table.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn number(table: &Table, key: &str) -> f64 {
    let value = table.get(key).unwrap_or_else(|| panic!("{key} in {table}"));
    let whole = || value.as_integer()?.to_string().parse().ok();
    value.as_float().or_else(whole).expect("a number")
}
