//! The trust is plausible: what a costed run shows lies where `plausible.toml` says that it should.

use std::collections::BTreeMap;
use std::fs;

use toml::{Table, Value};

use crate::trust::COSTED;

#[test]
fn measures_lie_within_what_is_usual() {
    let mut faults = Vec::new();
    for measure in measures() {
        let found = COSTED.number("2025-26", text(&measure, "sql"));
        let bound = |small: &str, usual: &str| {
            let value = measure.get(small).or_else(|| measure.get(usual));
            value.and_then(number).expect("a bound")
        };
        let (low, high) = (bound("small_low", "low"), bound("small_high", "high"));
        eprintln!("{}: {found:.2} {}", text(&measure, "title"), text(&measure, "unit"));
        if !(low..=high).contains(&found) {
            faults.push(format!("{}: {found:.2}, not {low} to {high}", text(&measure, "id")));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn unit_costs_lie_round_the_national_mean_of_their_groups() {
    // Groups are those of the trust; each event is held against the national mean of its own group,
    // so that the trust's mix does not count.
    let national = national();
    // National means leave high-cost medicines out.
    let sql = "select pod, hrg, count(*), sum(own + absorbed - coalesce(dear, 0)) from events e \
        left join (select event_number, sum(own) as dear from event_costs \
            where resource = 'X-HIGH-COST-DRUGS' group by event_number) d \
        on d.event_number = e.event_number \
        where pod in ('DC', 'EL', 'NEL', 'NES', 'ED') and completeness = 'WITHIN' \
        and specialty not in ('192', '326') group by pod, hrg";
    let mut sums: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for row in COSTED.rows("2025-26", sql) {
        let Some(mean) = national.get(&(department(&row[0]).to_owned(), row[1].clone())) else {
            continue;
        };
        let [count, cost] = [&row[2], &row[3]].map(|it| it.parse::<f64>().expect("a number"));
        let sum = sums.entry(row[0].clone()).or_default();
        sum.0 += cost;
        sum.1 += count * mean;
    }
    assert_eq!(sums.len(), 5, "{sums:?}");
    for (pod, (cost, expected)) in sums {
        let ratio = cost / expected;
        eprintln!("{pod}: {ratio:.2} of the national mean");
        assert!((0.6..=1.6).contains(&ratio), "{pod}: {ratio:.2} of the national mean");
    }
}

#[test]
fn the_page_lists_every_measure_with_its_range() {
    let page = include_str!("../../../../docs/reference/demonstration-trust.md");
    for measure in measures() {
        let bound = |key: &str| measure.get(key).and_then(number).expect("a bound");
        let (low, high) = (bound("low"), bound("high"));
        let row =
            page.lines().find(|it| it.starts_with(&format!("| {} |", text(&measure, "title"))));
        let row = row.unwrap_or_else(|| panic!("{} is on the page", text(&measure, "title")));
        assert!(row.contains(&format!("| {low} to {high} |")), "{low} to {high}: {row}");
        let district: f64 = row
            .split('|')
            .nth(2)
            .and_then(|it| it.trim().parse().ok())
            .unwrap_or_else(|| panic!("a figure of the district: {row}"));
        assert!((low..=high).contains(&district), "the district is plausible: {row}");
    }
}

/// National mean unit costs by department and group, as the model states them.
fn national() -> BTreeMap<(String, String), f64> {
    let path = COSTED.folder().join("model/reference_costs.csv");
    let mut reader = csv::Reader::from_path(path).expect("reads");
    let rows = reader.records().map(|it| it.expect("rows of one length"));
    rows.map(|it| {
        let cost = it[2].parse().expect("a number");
        ((it[0].to_owned(), it[1].to_owned()), cost)
    })
    .collect()
}

/// Department of the national schedule by point of delivery.
fn department(pod: &str) -> &'static str {
    match pod {
        "DC" => "Daycase",
        "EL" => "Elective Inpatients",
        "NEL" => "Non-Elective Inpatient - Long Stay",
        "NES" => "Non-Elective Inpatient - Short Stay",
        _ => "Emergency Care",
    }
}

fn measures() -> Vec<Table> {
    let path = COSTED.folder().join("plausible.toml");
    let table: Table = fs::read_to_string(path).expect("text").parse().expect("TOML");
    let all = table.get("measure").and_then(Value::as_array).into_iter().flatten();
    all.map(|it| it.as_table().expect("a table").clone()).collect()
}

fn text<'a>(table: &'a Table, key: &str) -> &'a str {
    table.get(key).and_then(Value::as_str).unwrap_or_else(|| panic!("{key} in {table}"))
}

fn number(value: &Value) -> Option<f64> {
    value.as_float().or_else(|| value.as_integer()?.to_string().parse().ok())
}
