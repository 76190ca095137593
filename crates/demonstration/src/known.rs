//! What is known of the data of two service lines when a demonstration begins: issues, reviews of
//! coding, why the data is good enough, two sources with two values, and briefings for finance.

use crate::followed::{Followed, read};

const KNOWN: &str = include_str!("../data/known_of_data.csv");

/// All that is known, in order. Days are from the first day on: those before it are below zero.
pub fn known_of_data() -> Vec<Followed> {
    read(KNOWN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{measure_values, staff};

    #[test]
    fn each_kind_is_there_for_hips_or_skin_by_people_of_the_trust() {
        let all = known_of_data();
        let count = |kind: &str| all.iter().filter(|it| it.text("kind") == kind).count();
        let found = ["issue", "coding", "conflict", "enough", "briefing"].map(count);
        assert_eq!((found, all.len()), ([3, 2, 1, 1, 2], 9));
        let is_somebody = |name: &str| staff().iter().any(|it| it.login() == name);
        for it in &all {
            assert!(["TORT", "DERM"].contains(&it.text("unit")), "{it:?}");
            let is_named = !["conflict", "briefing"].contains(&it.text("kind"))
                || is_somebody(it.text("other")) && it.text("other") != it.text("who");
            assert!(is_somebody(it.text("who")) && is_named && !it.text("words").is_empty());
        }
    }

    #[test]
    fn two_sources_give_two_values_of_one_month_that_the_register_holds() {
        let all = known_of_data();
        let it = all.iter().find(|it| it.text("kind") == "conflict").expect("a conflict");
        let cells: Vec<&str> = it.text("words").split(',').collect();
        let held = measure_values(|unit| unit == cells[1], "2026-03");
        let month = format!("{},{},{},", cells[0], cells[1], cells[2]);
        let row = held.lines().find(|it| it.starts_with(&month)).expect("it is held");
        // 125 of 2,560 days by one, 131 by the other.
        assert!(row.ends_with(",125,2560,Electronic staff record"), "{row}");
        assert_eq!(cells[3..], ["131", "2560", "Return of the directorate"]);
    }
}
