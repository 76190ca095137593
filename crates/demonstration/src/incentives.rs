//! What the demonstration trust promises its service lines for quality and cost improvement together:
//! one rule, whose savings were made while falls with harm stood above their target.

use crate::followed::{Followed, read};

const INCENTIVES: &str = include_str!("../data/incentives.csv");

/// All rules; numbers and days as they are typed.
pub fn incentives() -> Vec<Followed> {
    read(INCENTIVES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{measure_values, staff};

    #[test]
    fn falls_stood_above_the_target_and_below_where_they_would_be_refused() {
        let all = incentives();
        let [it] = all.as_slice() else { panic!("one rule: {all:?}") };
        let proposes = it.text("proposed_by");
        assert!(staff().iter().any(|it| it.login() == proposes), "{it:?}");
        let text = measure_values(|unit| unit == it.text("measure_unit"), "2026-03");
        // Falls, and bed days, of the months from one to another.
        let sum = |from: &str, to: &str| {
            let rows = text.lines().filter_map(|row| {
                let cells: Vec<&str> = row.split(',').collect();
                let is_in = cells[0] == it.text("measure") && cells[2] >= from && cells[2] <= to;
                is_in.then(|| [cells[3], cells[4]].map(|it| it.parse::<i64>().expect("a count")))
            });
            rows.fold([0, 0], |sum, it| [sum[0] + it[0], sum[1] + it[1]])
        };
        // 30 of 7,275 are 4.12 for each thousand, 31 of 7,219 are 4.29; the target is 4.0.
        assert_eq!(sum("2024-04", "2025-03"), [30, 7_275]);
        assert_eq!(sum("2025-04", "2026-03"), [31, 7_219]);
        assert_eq!((it.text("target"), it.text("verdict")), ("4.0", "not_paid"));
    }
}
