//! A unit on any day: the matrix with how each step stood, two days step by step, and how its level
//! went from quarter to quarter.

pub(super) mod compare;
pub(super) mod matrix;
pub(super) mod movement;
pub(super) mod trend;

#[cfg(test)]
mod tests;

use engagement::assessment::{Rated, Standing as Stands};
use engagement::framework::Step;
use engagement::{Assessment, Thresholds};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::units::Branch;

use super::{is_trust, standing_words};
use crate::App;
use crate::shell::assessing::{Gathered, gather};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::session::{calendar, today};
use crate::shell::visit::Visit;

/// The last moment of a day in England; of the day that it is, and of days to come, the moment
/// itself.
pub(super) fn end_of(day: Date, now: Timestamp) -> Timestamp {
    let zone = TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC);
    let after = day.tomorrow().ok().and_then(|it| it.to_zoned(zone).ok());
    let last = after.map(|it| it.timestamp() - jiff::Span::new().microseconds(1));
    last.map_or(now, |it| it.min(now))
}

/// The day that it is in England.
pub(super) fn this_day(now: Timestamp) -> Date {
    calendar(today(now))
}

/// Months of a quarter.
const MONTHS: i8 = 3; // number: of a quarter

/// The last days of so many quarters before a day, and the day itself.
fn quarters(day: Date, count: usize) -> Vec<Date> {
    let mut days = vec![day];
    let begins = (day.month() - 1) / MONTHS * MONTHS + 1;
    let mut first = Date::new(day.year(), begins, 1).ok();
    while let Some(at) = first.filter(|_| days.len() <= count) {
        days.extend(at.yesterday().ok());
        first = at.checked_sub(jiff::Span::new().months(i32::from(MONTHS))).ok();
    }
    days.reverse();
    days
}

/// A day as asked for; the one given where none is asked for.
///
/// A day that cannot be read, or lies ahead, is told as a mistake.
pub(super) fn asked(
    wrong: &mut Wrong,
    (field, text): (&str, &str),
    (or, now): (Date, Timestamp),
) -> Date {
    let text = text.trim();
    if text.is_empty() {
        return or;
    }
    match text.parse::<Date>() {
        Ok(day) if day <= this_day(now) => day,
        Ok(_) => {
            wrong.add(field, "This day is still to come");
            or
        }
        Err(_) => {
            wrong.add(field, "Write the day as 2026-03-31");
            or
        }
    }
}

/// Everything as it was at the end of a day.
pub(super) async fn on(app: &App, visit: &Visit, day: Date) -> Result<Gathered, Fault> {
    gather(app, end_of(day, visit.now)).await
}

/// How a step of a unit stands on the day, and the sign for it.
pub(super) struct Stand {
    /// In words.
    pub(super) words: String,
    /// A sign for narrow screens, explained beside the table.
    pub(super) sign: &'static str,
    /// Whether it counts.
    pub(super) counts: bool,
}

/// A unit on a day, with all that its steps rest on; the trust with all its specialties.
pub(super) struct Snapshot<'a> {
    gathered: &'a Gathered,
    /// As the engine takes it.
    pub(super) assessment: Assessment,
}

impl<'a> Snapshot<'a> {
    /// Of a unit.
    pub(super) fn of(gathered: &'a Gathered, unit: &Branch) -> Self {
        Self { gathered, assessment: gathered.assessment_of(unit) }
    }

    /// How a step of a unit in it stands; before both professions are done, only whether it is rated.
    pub(super) fn stand(&self, unit: &Branch, step: &Step) -> Stand {
        let code = unit.stored.unit.code.as_str();
        let of_trust = self.gathered.is_of_trust(step);
        let own = self.assessment.units.iter().find(|it| it.id.to_string() == code);
        let ratings = match own.filter(|_| !of_trust && !is_trust(self.gathered, unit)) {
            Some(unit) => &unit.ratings,
            None => &self.assessment.organisation,
        };
        let nothing = Rated::default();
        let rated = ratings.get(&step.id).unwrap_or(&nothing);
        let told = |words: &str, sign| Stand { words: words.to_owned(), sign, counts: false };
        match rated.standing(self.assessment.date, &Thresholds::own()) {
            Stands::Shown if step.neutral => told("Shown, never counted", "■"),
            Stands::Shown => Stand { counts: true, ..told("Counts", "■") },
            Stands::EvidenceNeeded => told("Consistent, no evidence counts", "◧"),
            Stands::Partly => told("Partly or sometimes", "◧"),
            Stands::NotYet => told("Not yet", "□"),
            Stands::NotAssessed => {
                let trust = self.gathered.trust().filter(|_| of_trust).unwrap_or(unit);
                let is_open = self.gathered.is_open_to_both(trust);
                let of = trust.stored.unit.code.as_str();
                let standing = self.gathered.standing(of, step.id.as_str());
                told(&standing_words(standing, is_open), "○")
            }
        }
    }
}
