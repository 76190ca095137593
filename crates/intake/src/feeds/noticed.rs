//! Counts what is noticed row by row, to be told once for each file and column.

use std::collections::BTreeMap;

use domain::Money;

use crate::catalogue;
use crate::findings::{Tally, count_of, finding, shown};

/// What was noticed in the rows of one file.
#[derive(Debug, Default)]
pub(crate) struct Noticed {
    counts: BTreeMap<(&'static str, &'static str), Count>,
    texts: BTreeMap<(&'static str, &'static str), BTreeMap<String, u64>>,
}

/// So many of the texts behind a case are named, the most frequent first.
const NAMED: usize = 5;

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    rows: u64,
    first_line: u64,
    money: Money,
}

impl Noticed {
    /// Counts a row in which a case was noticed in one of our columns.
    pub(crate) fn row(&mut self, code: &'static str, column: &'static str, line: u64) {
        self.add(code, column, (1, line), Money::ZERO);
    }

    /// Counts rows, with the first line and the money that they touch.
    pub(crate) fn add(
        &mut self,
        code: &'static str,
        column: &'static str,
        (rows, line): (u64, u64),
        money: Money,
    ) {
        let count = self.counts.entry((code, column)).or_default();
        if count.rows == 0 || line < count.first_line {
            count.first_line = line;
        }
        count.rows += rows;
        count.money += money;
    }

    /// Takes note of the text behind a case, to be named.
    pub(crate) fn name(&mut self, code: &'static str, column: &'static str, text: &str, rows: u64) {
        let texts = self.texts.entry((code, column)).or_default();
        *texts.entry(text.to_owned()).or_default() += rows;
    }

    /// Tells all of it; `name` gives the column's name in the file.
    pub(crate) fn tell(self, file: &str, name: &dyn Fn(&str) -> String, tally: &mut Tally) {
        for ((code, column), count) in self.counts {
            let case = catalogue::entry(code);
            let named = self.texts.get(&(code, column)).map(named).unwrap_or_default();
            let message = format!("{}: {}{named}", case.text, count_of(count.rows));
            let found = finding(code, message).at(file, count.first_line, name(column));
            tally.sum(found.with_rows(count.rows).with_money(count.money));
        }
    }
}

/// Texts behind a case in words, the most frequent first.
fn named(texts: &BTreeMap<String, u64>) -> String {
    let mut all: Vec<(&String, &u64)> = texts.iter().collect();
    all.sort_by_key(|(text, rows)| (std::cmp::Reverse(**rows), *text));
    let first: Vec<String> = all.iter().take(NAMED).map(|(text, _)| shown(text)).collect();
    let more = all.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!(", {}{more}", first.join(", "))
}
