//! Questions about figures that were answered, and ideas of staff whose outcome was told, by quarter.
//!
//! They tell of staff who are involved (C5). They are no feedback of patients, so they tell nothing
//! of that step (P6).

use std::collections::BTreeSet;

use domain::Day;
use engagement::ideas::Act;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use store::figure_questions::{self, Act as Answered};
use store::{PersonId, ideas};

use super::{Asked, Found, Proposal, Provider};
use crate::shell::evidence::SETTINGS;
use crate::shell::session::{calendar, civil, today};
use crate::shell::words;

/// Proposes the last whole quarter in which enough of both was answered.
pub(super) struct StaffAsked;

/// A quarter of the calendar year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Quarter {
    first: Date,
    /// The day after its last.
    next: Date,
}

impl Quarter {
    /// The last that is over on a day.
    fn before(day: Date) -> Option<Self> {
        let month = (day.month() - 1) / 3 * 3 + 1;
        let next = Date::new(day.year(), month, 1).ok()?;
        let first = next.checked_sub(3.months()).ok()?;
        Some(Self { first, next })
    }

    fn holds(self, at: Timestamp) -> bool {
        let day = calendar(today(at));
        self.first <= day && day < self.next
    }

    fn last_day(self) -> Day {
        civil(self.next).plus(-1)
    }

    /// `January to March 2026`.
    fn name(self) -> String {
        let months =
            ["January to March", "April to June", "July to September", "October to December"];
        let place = usize::from((self.first.month().unsigned_abs() - 1) / 3);
        format!("{} {}", months.get(place).copied().unwrap_or_default(), self.first.year())
    }
}

impl Provider for StaffAsked {
    fn propose<'a>(&'a self, asked: Asked<'a>) -> Found<'a> {
        Box::pin(async move {
            let Some(quarter) = Quarter::before(calendar(today(asked.now))) else {
                return Ok(Vec::new());
            };
            let mut db = asked.app.store().read().await?;
            let questions = figure_questions::of_unit(&mut db, asked.unit).await?;
            let ideas = ideas::list(&mut db).await?;
            drop(db);
            let mut people: BTreeSet<&PersonId> = BTreeSet::new();
            let (mut answered, mut told) = (0_u64, 0_u64);
            for it in &questions {
                let done = it.steps.iter().find(|it| it.act == Answered::Answered);
                if done.is_some_and(|it| quarter.holds(it.at)) {
                    answered += 1;
                    people.insert(&it.asked_by);
                }
            }
            for it in ideas.iter().filter(|it| it.of.unit == *asked.unit) {
                let is_told =
                    |it: &&ideas::Step| matches!(it.of.act, Act::TakenUp | Act::NotTakenUp);
                if it.steps.iter().find(is_told).is_some_and(|it| quarter.holds(it.at)) {
                    told += 1;
                    people.insert(&it.put_by);
                }
            }
            // Of fewer people it would tell who asked.
            if (people.len() as u64) < SETTINGS.people_at_least.value {
                return Ok(Vec::new());
            }
            Ok(vec![proposal(quarter, asked.unit, (answered, told))])
        })
    }
}

fn proposal(quarter: Quarter, unit: &store::UnitCode, (answered, told): (u64, u64)) -> Proposal {
    let name = quarter.name();
    let answered = words::count(answered, "question about figures", "questions about figures");
    let told = words::count(told, "idea of staff", "ideas of staff");
    Proposal {
        key: "staff-asked".to_owned(),
        period: quarter.first.to_string(),
        kind: "survey",
        title: format!("Questions answered and ideas decided in {name}"),
        source: format!("/questions?list=all&unit={unit}"),
        happened_on: quarter.last_day(),
        expires_on: None,
        steps: ["C5".to_owned()].into(),
        because: format!(
            "In {name}, {answered} of this unit were answered and the outcome of {told} was told to whoever had them. It is not said who they were."
        ),
        made_by: BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_whole_quarter_is_meant() {
        let of = |day: &str| Quarter::before(day.parse().expect("a day")).expect("a quarter");
        assert_eq!(of("2026-06-01").name(), "January to March 2026");
        assert_eq!(of("2026-01-01").name(), "October to December 2025");
        assert_eq!(of("2026-07-01").name(), "April to June 2026");
        let quarter = of("2026-06-01");
        assert_eq!(quarter.last_day().to_string(), "2026-03-31");
        let at = |text: &str| text.parse::<Timestamp>().expect("a moment");
        assert!(
            quarter.holds(at("2026-01-01T00:00:00Z")) && quarter.holds(at("2026-03-31T20:00:00Z"))
        );
        assert!(
            !quarter.holds(at("2025-12-31T23:59:00Z"))
                && !quarter.holds(at("2026-04-01T09:00:00Z"))
        );
    }
}
