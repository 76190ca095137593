//! The faults of real files: rows without identity, twice, on the wrong day, with codes misspelt.

use std::collections::BTreeMap;

use super::trust::Trust;
use crate::calendar::{DAY, Minute};
use crate::data;
use crate::people::Person;
use crate::random::Random;
use crate::writing::Sheet;

use super::span::Span;

/// Faults in the order of the table's columns.
const COLUMNS: [&str; 8] = [
    "no_identity",
    "unknown_patient",
    "other_day",
    "invalid_nhs",
    "duplicate",
    "unknown_code",
    "end_before_start",
    "after_extract",
];

/// How often each feed of a year has each fault.
#[derive(Clone, Debug)]
pub(crate) struct Faults<'a> {
    trust: &'a Trust,
    span: Span,
    /// By feed: upper ends of each fault's part of ten thousand.
    limits: BTreeMap<&'static str, [i64; 8]>,
}

/// One row as it will be written, faults included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    person: Option<Person>,
    valid_nhs: bool,
    only: Only,
    /// Start as written.
    pub(crate) start: Minute,
    /// End as written.
    pub(crate) end: Minute,
    /// How many times the row stands in the file.
    pub(crate) times: usize,
    /// Whether the code is misspelt.
    pub(crate) misspelt: bool,
}

/// Which of its two identities a row states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Only {
    Both,
    Nhs,
    Local,
}

impl<'a> Faults<'a> {
    /// The faults of a year.
    pub(crate) fn of(trust: &'a Trust, span: Span) -> Self {
        let year = span.name();
        let mut limits = BTreeMap::new();
        for line in data::table(data::DIRT).lines().filter(|it| it.text("year") == year) {
            let mut sum = 0;
            let of_feed = COLUMNS.map(|column| {
                sum += line.number(column);
                sum
            });
            let feed = FEEDS.iter().find(|it| **it == line.text("feed"));
            limits.insert(*feed.expect("the table names feeds that exist"), of_feed);
        }
        Self { trust, span, limits }
    }

    /// Draws how a row is written.
    pub(crate) fn row(
        &self,
        feed: &'static str,
        (person, start, end): (Person, Minute, Minute),
        random: &mut Random,
    ) -> Row {
        let drawn = random.below(10_000);
        let fault = self.limits.get(feed).and_then(|it| it.iter().position(|to| drawn < *to));
        let only = match random.below(100) {
            0..4 => Only::Local,
            4..7 => Only::Nhs,
            _ => Only::Both,
        };
        let mut row = Row {
            person: Some(person),
            valid_nhs: true,
            only,
            start,
            end,
            times: 1,
            misspelt: false,
        };
        match fault.map(|it| COLUMNS[it]) {
            Some("no_identity") => row.person = None,
            Some("unknown_patient") => row.person = Some(self.trust.people.stranger(random)),
            Some("other_day") => row.move_by(other_day(self.span, start)),
            Some("invalid_nhs") => (row.valid_nhs, row.only) = (false, Only::Both),
            Some("duplicate") => row.times = 2,
            Some("unknown_code") => row.misspelt = true,
            Some("end_before_start") => row.end = start - 45,
            Some("after_extract") => row.move_by(self.span.extract + 40 * DAY - start),
            _ => {}
        }
        row
    }
}

/// All feeds that have faults.
const FEEDS: [&str; 14] = [
    "APC",
    "ED",
    "OP",
    "MDT",
    "WARD",
    "THEATRE",
    "CRITICAL",
    "PATH",
    "IMAGING",
    "BLOOD",
    "MEDICINES",
    "DEVICES",
    "CONTACTS",
    "INTERPRET",
];

/// Far enough from the patient's events, and still in the year.
fn other_day(span: Span, start: Minute) -> Minute {
    let days = 137 * DAY;
    if start + days < span.end { days } else { -days }
}

impl Row {
    fn move_by(&mut self, minutes: Minute) {
        self.start += minutes;
        self.end += minutes;
    }

    /// Writes NHS number and local patient identifier.
    pub(crate) fn identity(&self, trust: &Trust, sheet: &mut Sheet) {
        let Some(person) = self.person else {
            sheet.blank().blank();
            return;
        };
        let number = trust.people.nhs_number(person).filter(|_| self.only != Only::Local);
        match number {
            // A wrong check digit, so that the number is known to be wrong.
            Some(number) if !self.valid_nhs => {
                sheet.number(number - number % 10 + (number + 3) % 10);
            }
            Some(number) => {
                sheet.number(number);
            }
            None => {
                sheet.blank();
            }
        }
        if self.only == Only::Nhs && number.is_some() {
            sheet.blank();
        } else {
            sheet.code("AV", person.number + 1_000_000, 7);
        }
    }

    /// Writes a code, misspelt if that is the row's fault.
    pub(crate) fn code(&self, sheet: &mut Sheet, code: &str) {
        if self.misspelt {
            sheet.part("Q");
        }
        sheet.text(code);
    }
}
