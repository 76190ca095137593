//! Weight sets and relative weights: those of the laboratory and of each ward and specialty too.

use domain::number::show_scaled;

use super::sheet::{Basis, Sheet};
use super::staff::{self, Counted};
use crate::data;

const SETS: &str = include_str!("../../data/model/weight_sets.csv");
const RELATIVE: &str = include_str!("../../data/model/rwv.csv");

/// All weight sets.
pub(super) fn sets() -> Sheet {
    let mut sheet = Sheet::of(SETS);
    for activity in staff::own_activities() {
        let name = staff::weight_set(&activity.code);
        let (driver, table, key, default, minimum) = match activity.counted {
            Counted::WardMinutes => ("DURATION", "ACUITY", "band", "1", "1800"),
            Counted::RoundMinutes => ("DURATION", "", "", "", "3600"),
            Counted::Minutes => ("DURATION", "", "", "", "300"),
            Counted::Number => ("COUNT", "", "", "", ""),
        };
        let cells = [&name, &activity.code, driver, "no", table, key, default, minimum, "RELATIVE"];
        sheet.add(&cells, Basis::DEMO);
    }
    sheet
}

/// All relative weights.
pub(super) fn relative() -> Sheet {
    let mut sheet = Sheet::of(RELATIVE);
    for (table, text, note) in [
        ("TESTS", data::TESTS, "Work units of the laboratories"),
        ("EXAMS", data::EXAMS, "Room time against the simplest examination"),
    ] {
        for line in data::table(text).lines() {
            let weight = show_scaled(i128::from(line.scaled("weight", 4)), 4);
            sheet.add(&[table, line.text("code"), &weight], Basis { note, ..Basis::DEMO });
        }
    }
    sheet
}
