//! Which rows of which files are kept apart in the second pass, and why.

use std::collections::{BTreeMap, BTreeSet};

use domain::Money;
use hashbrown::HashMap;

use crate::cells::codes::Dictionary;
use crate::cells::local_time::LocalTime;
use crate::feeds::activity::quarantine::{csv_line, masked};
use crate::feeds::row::{Row, Slot};
use domain::number::show_scaled;

/// A source row: number of its file, and line.
pub(crate) type Source = (u32, u64);

/// Rows kept apart in the second pass.
#[derive(Clone, Debug, Default)]
pub(crate) struct Verdicts {
    rows: HashMap<Source, Verdict>,
}

/// Why a row is kept apart, and what it holds.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    /// Code of the case.
    pub(crate) code: &'static str,
    /// What is wrong, in words.
    pub(crate) message: &'static str,
    /// Rows made of it.
    pub(crate) made: u64,
    /// Traced cost.
    pub(crate) money: Money,
    /// What a quarantine file shows of it.
    pub(crate) shown: Vec<String>,
}

impl Verdicts {
    /// Keeps a row apart; what it holds is filled in when the row is met.
    pub(crate) fn set(&mut self, source: Source, code: &'static str, message: &'static str) {
        let verdict = Verdict { code, message, made: 0, money: Money::ZERO, shown: Vec::new() };
        self.rows.entry(source).or_insert(verdict);
    }

    /// Whether a row is kept apart.
    pub(crate) fn has(&self, row: &Row) -> bool {
        !self.rows.is_empty() && self.rows.contains_key(&(row.file, row.line))
    }

    /// Fills in what a row holds that is kept apart.
    pub(crate) fn met(&mut self, row: &Row, codes: &Dictionary, time: &mut LocalTime) {
        let Some(verdict) = self.rows.get_mut(&(row.file, row.line)) else { return };
        verdict.made += 1;
        if verdict.made == 1 {
            verdict.money = row.money().abs();
            verdict.shown = shown(row, codes, time);
        }
    }

    /// Whether none is kept apart.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// All of them, by file and line.
    pub(crate) fn in_order(&self) -> BTreeMap<Source, &Verdict> {
        self.rows.iter().map(|(source, verdict)| (*source, verdict)).collect()
    }

    /// Takes out the rows of some files.
    pub(crate) fn without(mut self, files: &BTreeSet<u32>) -> Self {
        self.rows.retain(|(file, _), _| !files.contains(file));
        self
    }
}

impl Verdict {
    /// The row as a line of a quarantine file.
    pub(crate) fn line(&self, file: &str, line: u64) -> Vec<u8> {
        let mut fields = vec![file.to_owned(), line.to_string(), self.code.to_owned()];
        fields.extend(self.shown.iter().cloned());
        csv_line(&fields)
    }
}

/// What a quarantine file shows of a row behind file, line and code.
fn shown(row: &Row, codes: &Dictionary, time: &mut LocalTime) -> Vec<String> {
    let code = |slot: Slot| masked(codes.text(row.code(slot)));
    let mut moment = |utc: i64| {
        let (day, second) = time.civil(utc);
        format!("{day} {:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
    };
    let number = |value: Option<i64>, places: u32| {
        value.map_or_else(String::new, |it| show_scaled(i128::from(it), places))
    };
    vec![
        moment(row.start),
        row.end.map_or_else(String::new, moment),
        code(Slot::Code),
        code(Slot::Band),
        code(Slot::Specialty),
        code(Slot::Site),
        code(Slot::Location),
        number(row.quantity, 4),
        number(row.staff, 2),
        number(row.cost, 6),
        code(Slot::CostObject),
    ]
}
