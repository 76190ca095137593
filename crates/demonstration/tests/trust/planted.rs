//! What `planted.toml` says of the files can be counted in the files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::reading::{self, Rows};
use demonstration::Size;
use toml::{Table, Value};

#[test]
fn planted_facts_can_be_counted() {
    for seed in [1, 2] {
        let dir = tempfile::tempdir().expect("a folder");
        demonstration::write(dir.path(), Size::Small, seed, &|_, _, _| {}).expect("written");
        let faults = check(dir.path());
        assert!(faults.is_empty(), "seed {seed}: {faults:#?}");
    }
}

/// The facts that do not hold.
fn check(dir: &Path) -> Vec<String> {
    let text = String::from_utf8(reading::bytes(&dir.join("planted.toml"))).expect("text");
    let planted: Table = text.parse().expect("TOML");
    let mut files = Files { dir: dir.to_owned(), read: BTreeMap::new() };
    let mut faults = Vec::new();
    let mut checked = 0;
    for story in array(&planted, "story") {
        for fact in array(story, "fact") {
            let found = files.measure(text_of(story, "year"), fact);
            let range = number(fact, "low")..=number(fact, "high");
            checked += 1;
            if !range.contains(&found) {
                let measure = text_of(fact, "measure");
                faults.push(format!("{}: {measure} is {found}", text_of(story, "id")));
            }
        }
    }
    assert!(checked > 30, "facts were found");
    faults
}

struct Files {
    dir: PathBuf,
    read: BTreeMap<PathBuf, Rows>,
}

impl Files {
    fn measure(&mut self, year: &str, fact: &Table) -> i64 {
        let rows = self.fitting(year, fact, "file", "where");
        match text_of(fact, "measure") {
            "count" => count(&rows),
            "share" => {
                let of = rows.iter().filter(|row| fits(row, fact["of"].as_table())).cloned();
                per_mille(count(&of.collect()), count(&rows))
            }
            "ratio" => {
                let other = self.fitting(year, fact, "per_file", "per_where");
                per_mille(count(&rows), count(&other))
            }
            "minutes" => {
                let lengths = lengths(&rows, fact);
                lengths.iter().sum::<i64>() / count_of(&lengths)
            }
            "longer" => {
                let limit = number(fact, "days") * 1440;
                let long: Vec<i64> =
                    lengths(&rows, fact).into_iter().filter(|it| *it > limit).collect();
                count_of(&long)
            }
            "weekend" => {
                let days = rows.iter().filter_map(|row| minute(&row[text_of(fact, "column")]));
                let days: Vec<i64> = days.map(|it| it / 1440).collect();
                // The first day of 1970 was a Thursday.
                let at_weekend = |it: &&i64| (**it + 3) % 7 >= 5;
                per_mille(
                    count_of(&days.iter().filter(at_weekend).copied().collect::<Vec<_>>()),
                    count_of(&days),
                )
            }
            "sum" => sum(&rows, text_of(fact, "column")),
            "mean" => sum(&rows, text_of(fact, "column")) / count(&rows),
            "sum_ratio" => {
                let other = self.fitting(year, fact, "file", "per_where");
                let column = text_of(fact, "column");
                let per = fact.get("per_column").and_then(Value::as_str).unwrap_or(column);
                per_mille(sum(&rows, column), sum(&other, per))
            }
            "short_lists" => {
                let column = text_of(fact, "column");
                let short = |row: &&BTreeMap<String, String>| {
                    row[column].split(';').filter(|it| !it.is_empty()).count() <= 1
                };
                per_mille(count(&rows.iter().filter(short).cloned().collect()), count(&rows))
            }
            other => panic!("{other} is a measure"),
        }
    }

    fn fitting(&mut self, year: &str, fact: &Table, file: &str, filter: &str) -> Rows {
        let file = text_of(fact, file);
        let of_trust = ["model/", "what_if/", "governance/"].iter().any(|it| file.starts_with(it));
        let path = if of_trust { self.dir.join(file) } else { self.dir.join(year).join(file) };
        let rows = self.read.entry(path.clone()).or_insert_with(|| {
            let mut rows = reading::rows(&path);
            // Rows of a ledger may be alike; rows of a feed that are stand there twice by mistake.
            if file.contains("feeds/") {
                rows.sort();
                rows.dedup();
            }
            rows
        });
        let filter = fact.get(filter).and_then(Value::as_table);
        rows.iter().filter(|row| fits(row, filter)).cloned().collect()
    }
}

fn fits(row: &BTreeMap<String, String>, filter: Option<&Table>) -> bool {
    filter.into_iter().flatten().all(|(column, wanted)| {
        let cell = row.get(column).unwrap_or_else(|| panic!("there is a column {column}"));
        match wanted {
            Value::Array(all) => all.iter().any(|it| fits_one(cell, it)),
            one => fits_one(cell, one),
        }
    })
}

fn fits_one(cell: &str, wanted: &Value) -> bool {
    let wanted = wanted.as_str().expect("filters are text");
    if let Some((first, last)) = wanted.split_once("..") {
        let day = cell.get(..10).unwrap_or_default();
        return first <= day && day <= last;
    }
    wanted.strip_suffix('*').map_or(cell == wanted, |beginning| cell.starts_with(beginning))
}

fn lengths(rows: &Rows, fact: &Table) -> Vec<i64> {
    let (from, to) = (text_of(fact, "from"), text_of(fact, "to"));
    let length = |row: &BTreeMap<String, String>| Some(minute(&row[to])? - minute(&row[from])?);
    rows.iter().filter_map(length).filter(|it| *it >= 0).collect()
}

/// Minutes since 1970 of `2025-04-01 09:30:00`; nothing for a blank.
fn minute(text: &str) -> Option<i64> {
    let day: domain::Day = text.get(..10)?.parse().ok()?;
    let hour: i64 = text.get(11..13)?.parse().ok()?;
    let minute: i64 = text.get(14..16)?.parse().ok()?;
    Some(i64::from(day.0) * 1440 + hour * 60 + minute)
}

/// Pence of a column, whatever stands around the digits.
fn sum(rows: &Rows, column: &str) -> i64 {
    let pence = |row: &BTreeMap<String, String>| {
        let digits: String =
            row[column].chars().filter(|it| it.is_ascii_digit() || *it == '-').collect();
        digits.parse::<i64>().expect("an amount with two decimals")
    };
    rows.iter().map(pence).sum()
}

fn count(rows: &Rows) -> i64 {
    i64::try_from(rows.len()).expect("a number of rows")
}

fn count_of(all: &[i64]) -> i64 {
    i64::try_from(all.len()).expect("a number of rows")
}

fn per_mille(part: i64, whole: i64) -> i64 {
    assert_ne!(whole, 0, "there are rows to compare with");
    part * 1000 / whole
}

fn array<'a>(table: &'a Table, key: &str) -> impl Iterator<Item = &'a Table> {
    let all = table.get(key).and_then(Value::as_array).into_iter().flatten();
    all.map(|it| it.as_table().expect("a table"))
}

fn text_of<'a>(table: &'a Table, key: &str) -> &'a str {
    table.get(key).and_then(Value::as_str).unwrap_or_else(|| panic!("{key} in {table}"))
}

fn number(table: &Table, key: &str) -> i64 {
    table.get(key).and_then(Value::as_integer).unwrap_or_else(|| panic!("{key} in {table}"))
}
