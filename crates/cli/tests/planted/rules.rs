//! Every matching rule of the demonstration finds an event for some row.

use std::collections::BTreeSet;
use std::fs;

use crate::trust::COSTED;

#[test]
fn every_matching_rule_fires_in_every_year_that_it_is_in_force() {
    let text = fs::read_to_string(COSTED.folder().join("model/matching.csv")).expect("reads");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let place = |name: &str| header.iter().position(|it| it == name).expect("the column is there");
    let (feed, sequence, from) = (place("feed"), place("sequence"), place("effective_from"));
    let rules: Vec<(String, String, String)> = reader
        .records()
        .map(|it| it.expect("rows of one length"))
        .map(|it| (it[feed].to_owned(), it[sequence].to_owned(), it[from].to_owned()))
        .collect();
    assert_eq!(rules.len(), 37, "rules of the demonstration");
    let mut silent = Vec::new();
    for year in ["2024-25", "2025-26"] {
        let sql = "select feed, rule, sum(rows) from match_counts group by feed, rule";
        let fired: BTreeSet<(String, String)> = COSTED
            .rows(year, sql)
            .into_iter()
            .filter(|it| it[2] != "0")
            .map(|it| (it[0].clone(), it[1].clone()))
            .collect();
        let last_day = if year == "2024-25" { "2025-03-31" } else { "2026-03-31" };
        let in_force = rules.iter().filter(|it| it.2.as_str() <= last_day);
        let own = in_force.map(|it| (it.0.clone(), it.1.clone()));
        silent.extend(own.filter(|it| !fired.contains(it)).map(|it| (year, it)));
    }
    assert!(silent.is_empty(), "rules that found no event: {silent:?}");
}
