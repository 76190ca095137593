//! Concerns about something that is decided, with their answers, as its page shows them.

use jiff::Timestamp;
use store::concerns::Concern;

use super::session::today;
use super::words;

/// A concern as its page shows it.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Number of the step that raised it.
    pub number: i64,
    /// What somebody fears.
    pub what: String,
    /// Who raised it, and when.
    pub by: String,
    /// How long it has waited; blank once it is answered.
    pub age: String,
    /// The last answer; blank before there is one.
    pub answer: String,
    /// Who gave it, and when.
    pub answered: String,
}

/// So many days, in words.
pub fn days(from: Timestamp, now: Timestamp) -> String {
    let days = i64::from(today(now).0 - today(from).0);
    words::count(days.unsigned_abs(), "day", "days")
}

/// Concerns as rows; `by` tells who took a step and when, `at` when alone.
pub fn rows<T>(
    all: &[Concern<'_, T>],
    (by, at): (impl Fn(&T) -> String, impl Fn(&T) -> Timestamp),
    now: Timestamp,
) -> Vec<Row> {
    let row = |it: &Concern<'_, T>| Row {
        number: it.number,
        what: words::sentence(it.words),
        by: by(it.raised),
        age: match it.answer {
            Some(_) => String::new(),
            None => format!("Not answered for {}", days(at(it.raised), now)),
        },
        answer: it.answer.map(|it| words::sentence(it.0)).unwrap_or_default(),
        answered: it.answer.map(|it| by(it.1)).unwrap_or_default(),
    };
    all.iter().map(row).collect()
}

/// Those without an answer, to be chosen from.
pub fn unanswered(all: &[Row]) -> Vec<(String, String)> {
    let open = all.iter().filter(|it| it.answer.is_empty());
    open.map(|it| (it.number.to_string(), it.what.clone())).collect()
}
