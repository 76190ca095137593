//! Times and roles that questions go by: data, not code.

use std::sync::LazyLock;

use domain::Day;
use jiff::civil::{Date, Weekday};
use serde::Deserialize;

/// What questions go by.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Working days until an answer is due, where nobody says otherwise.
    pub due_in_working_days: Number,
    /// Days until it may be due at most.
    pub due_in_days_at_most: Number,
    /// Answers in one direction before their median time is told.
    pub answers_before_a_median: Number,
    /// Days without an answer after which a question goes up to somebody else.
    pub escalates_after_days: Number,
    /// To whom it goes up.
    pub escalates_to: Ladders,
    /// Who gives care.
    pub clinical: Group,
    /// Who counts what it costs.
    pub finance: Group,
    /// Roles whose holders are suggested first, in order.
    pub asked_first: Vec<String>,
}

/// A number and where it is from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// The number.
    pub value: u32,
    /// Where it is from.
    pub source: String,
}

/// To whose roles a question goes up, by the side that was to answer; the first role comes first.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ladders {
    /// Where finance was to answer.
    pub finance: Vec<String>,
    /// Where clinicians were.
    pub clinical: Vec<String>,
    /// Where they are from.
    pub source: String,
}

/// Those who stand on one side.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Where the profession says nothing, by role.
    pub roles: Vec<String>,
}

/// What comes with the program.
pub static SETTINGS: LazyLock<Settings> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../data/questions.json"))
        .expect("a test reads the file that comes with the program")
});

/// The day so many working days later, Monday to Friday. Bank holidays count as working days: the
/// program knows none.
pub fn due_after(today: Day, working_days: u32) -> Day {
    let (mut day, mut left) = (today, working_days);
    while left > 0 {
        day = day.plus(1);
        if is_working(day) {
            left -= 1;
        }
    }
    day
}

fn is_working(day: Day) -> bool {
    let (year, month, day) = day.to_civil();
    let part = |it: u32| i8::try_from(it).unwrap_or(1);
    let date = Date::new(i16::try_from(year).unwrap_or(0), part(month), part(day));
    date.is_ok_and(|it| !matches!(it.weekday(), Weekday::Saturday | Weekday::Sunday))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_that_is_named_is_one_and_stands_on_one_side() {
        let matrix = access::RoleMatrix::built_in();
        let (clinical, finance) = (&SETTINGS.clinical, &SETTINGS.finance);
        let up = &SETTINGS.escalates_to;
        let named = clinical.roles.iter().chain(&finance.roles).chain(&SETTINGS.asked_first);
        for role in named.chain(&up.finance).chain(&up.clinical) {
            assert!(matrix.role(role).is_some(), "{role}");
        }
        assert!(clinical.roles.iter().all(|it| !finance.roles.contains(it)));
        assert!(up.finance.iter().all(|it| finance.roles.contains(it)));
        assert!(up.clinical.iter().all(|it| clinical.roles.contains(it)));
        assert!(!up.source.is_empty());
        let numbers = [
            &SETTINGS.due_in_working_days,
            &SETTINGS.due_in_days_at_most,
            &SETTINGS.answers_before_a_median,
            &SETTINGS.escalates_after_days,
        ];
        assert!(numbers.iter().all(|it| it.value > 0 && !it.source.is_empty()));
    }

    #[test]
    fn weekends_are_no_working_days() {
        let after = |from: &str, days| due_after(from.parse().expect("a day"), days).to_string();
        // 29 May 2026 is a Friday.
        assert_eq!(after("2026-05-29", 1), "2026-06-01");
        assert_eq!(after("2026-05-30", 1), "2026-06-01");
        assert_eq!(after("2026-06-01", 10), "2026-06-15");
        assert_eq!(after("2026-06-01", 0), "2026-06-01");
    }
}
