//! How often emergencies lie in the lowest group of their condition: by month, and between two
//! changeovers of doctors in training.

use charts::{Bar, Bars, Direction, Heading};
use domain::Day;
use results::coding::{self, Checked, LowestGroup};
use statistics::Level;
use statistics::proportion::Proportion;

use crate::shell::words;

/// What is shown of it.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    /// Blank where there is no such stay.
    pub(super) says: String,
    pub(super) svg: String,
    pub(super) note: String,
    pub(super) rows: Vec<[String; 3]>,
    pub(super) months: Vec<[String; 3]>,
}

impl View {
    pub(super) fn of(checked: &Checked) -> Self {
        let all = total(&checked.rotations);
        if all.1 == 0 {
            return Self::default();
        }
        let row = |name: String, it: &LowestGroup| {
            [name, words::thousands(it.of), share((it.lowest, it.of))]
        };
        let chart = chart(&checked.months);
        Self {
            says: says(&checked.rotations),
            svg: chart.svg(),
            note: format!(
                "{} Each bar is the percentage of its month; there is none where there are too few.",
                chart.note
            )
            .trim()
            .to_owned(),
            rows: checked.rotations.iter().map(|it| row(between(it), it)).collect(),
            months: checked.months.iter().map(|it| row(month(it.from), it)).collect(),
        }
    }

    pub(super) fn sample() -> Self {
        let stretch = |from: (i32, u32, u32), to: (i32, u32, u32), lowest, of| LowestGroup {
            from: Day::from_civil(from.0, from.1, from.2),
            to: Day::from_civil(to.0, to.1, to.2),
            lowest,
            of,
        };
        Self::of(&Checked {
            rotations: vec![
                stretch((2025, 4, 1), (2025, 8, 5), 12, 40),
                stretch((2025, 8, 6), (2025, 12, 2), 38, 38),
                stretch((2025, 12, 3), (2026, 3, 31), 3, 9),
            ],
            months: vec![
                stretch((2025, 7, 1), (2025, 7, 31), 12, 40),
                stretch((2025, 8, 1), (2025, 8, 31), 4, 4),
            ],
            ..Checked::default()
        })
    }
}

fn total<'a>(all: impl IntoIterator<Item = &'a LowestGroup>) -> (u64, u64) {
    all.into_iter().fold((0, 0), |sum, it| (sum.0 + it.lowest, sum.1 + it.of))
}

/// The stretch with the highest share of those that have more than the rest by more than chance.
fn says(rotations: &[LowestGroup]) -> String {
    let need = coding::few();
    let (lowest, of) = total(rotations);
    let rest = |it: &LowestGroup| (lowest - it.lowest, of - it.of);
    let enough: Vec<&LowestGroup> =
        rotations.iter().filter(|it| it.of >= need && rest(it).1 >= need).collect();
    if enough.is_empty() {
        return format!(
            "There are too few emergency stays to compare parts of the year: {need} are needed in each. In the whole year {} in the lowest price group of their condition.",
            share((lowest, of))
        );
    }
    let more = enough.into_iter().filter(|it| is_more((it.lowest, it.of), rest(it)));
    // Shares as cross products, so that nothing is rounded.
    let highest = more.max_by(|one, other| {
        (one.lowest * other.of).cmp(&(other.lowest * one.of)).then(other.from.cmp(&one.from))
    });
    let Some(it) = highest else {
        return format!(
            "{} of emergency stays are in the lowest price group of their condition. No part of the year has more than the rest by more than chance.",
            percent((lowest, of))
        );
    };
    let rest = rest(it);
    format!(
        "Between {}, {} of {} are in the lowest price group of their condition, for which few or no other conditions are recorded; {} of {} at other times. That is more than chance. Do the notes of that time say more than the records?",
        spoken(it),
        percent((it.lowest, it.of)),
        words::count(it.of, "emergency stay", "emergency stays"),
        percent(rest),
        words::thousands(rest.1)
    )
}

/// Whether a share is higher than that of the rest by more than chance: at 99.8%, since each part
/// of the year is compared. That is 95% over the parts (Bonferroni) where they are 25 at most.
///
/// # Source
///
/// Newcombe, Statistics in Medicine 1998;17:873, method 10.
#[expect(clippy::float_arithmetic, reason = "shares and their intervals, no money")]
fn is_more(here: (u64, u64), rest: (u64, u64)) -> bool {
    let share = |part: (u64, u64)| {
        Proportion::new(part.0, part.1).map(|it| it.estimate(Level::NinetyNinePointEight))
    };
    let (Some(here), Some(rest)) = (share(here), share(rest)) else { return false };
    here.value - rest.value > (here.value - here.low).hypot(rest.high - rest.value)
}

fn chart(months: &[LowestGroup]) -> charts::Chart {
    let bar = |it: &LowestGroup| Bar {
        name: month(it.from),
        value: share((it.lowest, it.of)),
        size: Some(if it.of < coding::few() { 0 } else { rounded((it.lowest, it.of)) }),
        is_strong: false,
        is_rest: false,
    };
    Bars {
        heading: Heading {
            id: "lowest-group-chart".to_owned(),
            title: "Emergency stays in the lowest price group of their condition, by month".to_owned(),
            description: "One bar a month, in percent of emergency stays in groups that are split by other conditions; no bar where there are too few. The table below holds the same figures.".to_owned(),
        },
        width: 900,
        direction: Direction::Amounts,
        bars: months.iter().map(bar).collect(),
    }
    .draw()
}

/// `18 of 20, 90%`; that there are too few for a share.
fn share((lowest, of): (u64, u64)) -> String {
    if of == 0 {
        return "none".to_owned();
    }
    if of < coding::few() {
        return format!("{lowest} of {of}, too few");
    }
    format!("{} of {}, {}", words::thousands(lowest), words::thousands(of), percent((lowest, of)))
}

fn percent(part: (u64, u64)) -> String {
    format!("{}%", rounded(part))
}

/// Percent, half up; 99% and 1% at most where it is not all or none.
fn rounded((lowest, of): (u64, u64)) -> i64 {
    let percent = (200 * lowest + of) / (2 * of.max(1));
    let percent = match percent {
        100 if lowest < of => 99,
        0 if lowest > 0 => 1,
        other => other,
    };
    i64::try_from(percent).unwrap_or_default()
}

fn between(it: &LowestGroup) -> String {
    if it.from == it.to {
        return words::day(&it.from.to_string());
    }
    format!("{} to {}", words::day(&it.from.to_string()), words::day(&it.to.to_string()))
}

/// `6 August and 2 December 2025`; with both years where they differ.
fn spoken(it: &LowestGroup) -> String {
    let (from, to) = (words::day(&it.from.to_string()), words::day(&it.to.to_string()));
    let year = format!(" {}", it.from.to_civil().0);
    let from = if to.ends_with(&year) { from.trim_end_matches(&year).to_owned() } else { from };
    format!("{from} and {to}")
}

/// `August 2025`.
pub(super) fn month(first: Day) -> String {
    let day = words::day(&first.to_string());
    day.split_once(' ').map_or(day.clone(), |it| it.1.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretches(counts: [(u64, u64); 3]) -> Vec<LowestGroup> {
        let days = [(2025, 4, 1), (2025, 8, 6), (2025, 12, 3), (2026, 4, 1)];
        let day = |it: usize| Day::from_civil(days[it].0, days[it].1, days[it].2);
        let stretch = |(it, (lowest, of))| LowestGroup {
            from: day(it),
            to: day(it + 1).plus(-1),
            lowest,
            of,
        };
        counts.into_iter().enumerate().map(stretch).collect()
    }

    #[test]
    fn the_part_of_the_year_that_differs_is_named_and_where_none_does_none_is() {
        assert_eq!(
            says(&stretches([(12, 40), (38, 38), (9, 40)])),
            "Between 6 August and 2 December 2025, 100% of 38\u{a0}emergency stays are in the lowest price group of their condition, for which few or no other conditions are recorded; 26% of 80 at other times. That is more than chance. Do the notes of that time say more than the records?"
        );
        let swapped = says(&stretches([(38, 38), (12, 40), (9, 40)]));
        assert!(swapped.starts_with("Between 1 April and 5 August 2025, 100% of 38"), "{swapped}");
        let alike = says(&stretches([(12, 40), (13, 40), (12, 40)]));
        let none = "No part of the year has more than the rest by more than chance.";
        assert!(alike.starts_with("31% of emergency stays") && alike.ends_with(none), "{alike}");
        // All of 10 and 240 of 400 differ by 0.4, and by 0.49 by chance (Wilson at 99.8%: 10 of 10
        // from 0.51); the next part, with 180 of 200 and 70 of 210, is beyond chance and is named.
        let second = says(&stretches([(10, 10), (180, 200), (60, 200)]));
        assert!(second.starts_with("Between 6 August and 2 December 2025, 90%"), "{second}");
        // 19 of 40 and 20 of 80 differ by 0.225. Wilson at 95%: from 0.329 and to 0.355, so that
        // chance makes 0.179; at 99.8% from 0.261 and to 0.421, so that it makes 0.274.
        let picked = says(&stretches([(19, 40), (10, 40), (10, 40)]));
        assert!(picked.ends_with(none), "{picked}");
        // One part alone has enough, and is lower than the rest: nothing is raised of it.
        let lower = says(&stretches([(4, 9), (9, 9), (1, 12)]));
        assert!(lower.starts_with("47% of emergency stays"), "{lower}");
        let few = says(&stretches([(4, 9), (9, 9), (3, 9)]));
        assert!(few.starts_with("There are too few") && few.contains("16 of 27, 59%"), "{few}");
    }

    #[test]
    fn all_and_none_are_said_of_all_and_none_alone() {
        assert_eq!((rounded((1, 1000)), rounded((999, 1000)), rounded((5, 5))), (1, 99, 100));
        assert_eq!(share((0, 40)), "0 of 40, 0%");
        assert_eq!(
            (share((9, 9)), share((0, 0))),
            ("9 of 9, too few".to_owned(), "none".to_owned())
        );
    }
}
