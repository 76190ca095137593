//! Tables in, releases out: worked by hand, attacked, cut and put in another order.

mod attacks;
mod worked;

use std::collections::BTreeMap;

use domain::Money;

use crate::table::{Cell, LargestPatients, Measure, People, Sign, Table, Totals};

/// Reads a table from text: a line of settings, then a line for each cell.
///
/// ```text
/// cost margin? | rows columns grand
/// ward month people count cost margin [largest top_two]
/// ```
///
/// A row such as `north/hip` is in a group. A measure with a question mark may be negative; a column of `-` is none; `repeat` among
/// the totals says that people may be in several cells.
fn table(text: &str) -> Table {
    let mut lines = text.lines().map(str::trim).filter(|it| !it.is_empty());
    let (measures, totals) = lines.next().and_then(|it| it.split_once('|')).expect("a first line");
    let measures: Vec<Measure> = measures.split_whitespace().map(measure).collect();
    let has = |word: &str| totals.split_whitespace().any(|it| it == word);
    Table {
        cells: lines.map(|it| cell(it, measures.len())).collect(),
        measures,
        groups: groups(text),
        people: if has("repeat") { People::MayRepeat } else { People::EachInOneCell },
        totals: Totals {
            rows: has("rows"),
            columns: has("columns"),
            groups: has("groups"),
            grand: has("grand"),
        },
    }
}

fn groups(text: &str) -> BTreeMap<String, String> {
    let rows = text.lines().filter_map(|it| it.split_whitespace().next());
    let of_row = |row: &str| row.split_once('/').map(|it| (row.to_owned(), it.0.to_owned()));
    rows.filter_map(of_row).collect()
}

fn measure(word: &str) -> Measure {
    match word.strip_suffix('?') {
        Some(name) => Measure { name: name.to_owned(), sign: Sign::Either },
        None => Measure { name: word.to_owned(), sign: Sign::NeverNegative },
    }
}

fn cell(line: &str, measures: usize) -> Cell {
    let words: Vec<&str> = line.split_whitespace().collect();
    let number = |index: usize| words[index].parse::<u64>().expect("a whole number");
    let money: Vec<Money> = words[4..].iter().map(|it| it.parse().expect("an amount")).collect();
    let (amounts, largest) = money.split_at(measures.min(money.len()));
    Cell {
        row: words[0].to_owned(),
        column: (words[1] != "-").then(|| words[1].to_owned()),
        people: number(2),
        count: number(3),
        amounts: amounts.to_vec(),
        largest: match largest {
            [largest, top_two] => Some(LargestPatients { largest: *largest, top_two: *top_two }),
            _ => None,
        },
    }
}
