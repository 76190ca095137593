//! Brings the shifted dates of each patient into the year, by patient and time alone.

mod stays;
mod steps;

use domain::{Day, FinancialYear};
use hashbrown::HashMap;

use crate::cells::dates::LocalDate;

pub(crate) use stays::StaySink;
use steps::{Stay, Steps, Wall, wall};

const WEEK_DAYS: i32 = 7;
const NOON: i64 = 12 * 3600;

/// The moves of all patients.
#[derive(Debug)]
pub(crate) struct Shifts {
    patients: HashMap<Box<[u8]>, Steps>,
    /// Patients whose stays do not fit into the year.
    pub(crate) without_room: u64,
    /// Patients whose reach was shortened, and the shortest, in days.
    pub(crate) shortened: (u64, i64),
}

impl Shifts {
    /// Finds the moves of every patient from the stays.
    pub(crate) fn new(
        stays: HashMap<Box<[u8]>, Vec<Stay>>,
        reach_days: i64,
        year: FinancialYear,
    ) -> Self {
        let mut shifts =
            Self { patients: HashMap::new(), without_room: 0, shortened: (0, reach_days) };
        for (patient, stays) in stays {
            let Some(steps) = Steps::new(&stays, reach_days, year) else {
                shifts.without_room += 1;
                continue;
            };
            if steps.reach_days < reach_days {
                let (patients, shortest) = shifts.shortened;
                shifts.shortened = (patients + 1, shortest.min(steps.reach_days));
            }
            shifts.patients.insert(patient, steps);
        }
        shifts
    }

    /// Days by which a row of a patient moves towards the past; none if it stays where it is.
    ///
    /// Where only the day is known its noon decides.
    pub(crate) fn days(&self, patient: &[u8], start: &LocalDate) -> Option<i32> {
        let weeks = self.patients.get(patient)?.weeks(moment(start, NOON))?;
        let weeks = i32::try_from(weeks).expect("dates have years of four digits");
        Some(weeks * WEEK_DAYS)
    }
}

/// A date as a clock on the wall; `unknown` stands for a time of day that is not known.
fn moment(date: &LocalDate, unknown: i64) -> Wall {
    wall(date.day) + date.second.unwrap_or(unknown)
}

/// Moves a day towards the past.
pub(crate) fn moved(day: Day, days: i32) -> Day {
    day.plus(-days)
}
