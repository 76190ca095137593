//! Where the dates of one patient go: a step function of time, in whole weeks.

use domain::{Day, FinancialYear};

/// Seconds since 1970 as a clock on the wall counts them, without time zone.
pub(crate) type Wall = i64;

const DAY: Wall = 86_400;
const WEEK: Wall = 7 * DAY;

/// One stay, both ends belonging to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stay {
    /// Its start.
    pub(crate) from: Wall,
    /// Its end.
    pub(crate) to: Wall,
}

/// A stretch of time that moves as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Neighbourhood {
    from: Wall,
    to: Wall,
    /// Weeks by which it moves towards the past.
    weeks: i64,
}

/// The moves of one patient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Steps {
    neighbourhoods: Vec<Neighbourhood>,
    /// Days before and after a stay that move with it.
    pub(crate) reach_days: i64,
}

impl Steps {
    /// Finds the moves that bring a patient's stays, and what lies near them, into a year.
    ///
    /// The reach is shortened by whole days until everything fits; nothing comes back if the stays
    /// alone do not, or if there is none.
    ///
    /// # Source
    ///
    /// Our own design: how-to "Rebase shifted dates".
    pub(crate) fn new(stays: &[Stay], reach_days: i64, year: FinancialYear) -> Option<Self> {
        let apart = set_apart(stays);
        (0..=reach_days).rev().find_map(|days| {
            let neighbourhoods = placed(apart.first()?.from, &around(&apart, days * DAY), year)?;
            Some(Self { neighbourhoods, reach_days: days })
        })
    }

    /// Weeks by which a moment moves towards the past; none if no stay is near enough.
    pub(crate) fn weeks(&self, at: Wall) -> Option<i64> {
        let index = self.neighbourhoods.partition_point(|it| it.to < at);
        let found = self.neighbourhoods.get(index)?;
        (found.from <= at).then_some(found.weeks)
    }
}

/// Stays in order, those that overlap or touch joined.
fn set_apart(stays: &[Stay]) -> Vec<Stay> {
    let mut sorted = stays.to_vec();
    sorted.sort_unstable();
    let mut apart: Vec<Stay> = Vec::with_capacity(sorted.len());
    for stay in sorted {
        match apart.last_mut() {
            Some(last) if stay.from <= last.to => last.to = last.to.max(stay.to),
            _ => apart.push(stay),
        }
    }
    apart
}

/// Each stay with its reach, cut midway between it and the next.
fn around(apart: &[Stay], reach: Wall) -> Vec<Stay> {
    let cut = |index: usize| {
        let (before, after) = (apart[index - 1].to, apart[index].from);
        before + (after - before) / 2
    };
    let wide = apart.iter().enumerate().map(|(index, stay)| {
        let earliest = if index == 0 { Wall::MIN } else { cut(index) };
        let latest = if index + 1 == apart.len() { Wall::MAX } else { cut(index + 1) };
        Stay { from: (stay.from - reach).max(earliest), to: (stay.to + reach).min(latest) }
    });
    wide.collect()
}

/// Moves the stretches so that they lie in the year, in order; none if they do not fit.
fn placed(begins_at: Wall, stretches: &[Stay], year: FinancialYear) -> Option<Vec<Neighbourhood>> {
    let (first, last) = (*stretches.first()?, *stretches.last()?);
    let (begins, ends) = (wall(year.first_day()), wall(year.last_day().plus(1)));
    // Between two stretches as many weeks are left out as there is room for.
    let room = stretches.windows(2).map(|pair| (pair[1].from - pair[0].to) / WEEK);
    let left_out: Vec<i64> = std::iter::once(0)
        .chain(room)
        .scan(0, |sum, weeks| {
            *sum += weeks;
            Some(*sum)
        })
        .collect();
    let closed_up = last.to - left_out.last().copied().unwrap_or_default() * WEEK;
    let most = (first.from - begins).div_euclid(WEEK);
    let least = (closed_up - ends).div_euclid(WEEK) + 1;
    if least > most {
        return None;
    }
    let weeks = to_own_time_of_year(begins_at, begins).clamp(least, most);
    let moved = stretches.iter().zip(left_out);
    let moved =
        moved.map(|(it, more)| Neighbourhood { from: it.from, to: it.to, weeks: weeks + more });
    Some(moved.collect())
}

/// Weeks after which a moment is nearest to its own time of year.
fn to_own_time_of_year(at: Wall, begins: Wall) -> i64 {
    let day = Day(i32::try_from(at.div_euclid(DAY)).expect("dates have years of four digits"));
    let own = wall(FinancialYear::of(day).first_day());
    (own - begins + WEEK / 2).div_euclid(WEEK)
}

/// Midnight of a day.
pub(crate) fn wall(day: Day) -> Wall {
    Wall::from(day.0) * DAY
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    fn year() -> FinancialYear {
        FinancialYear::beginning(2025)
    }

    /// `2150-09-10 10` as seconds of a clock on the wall.
    fn at(text: &str) -> Wall {
        let (day, hour) = text.split_once(' ').expect("a day and an hour");
        let hour: Wall = hour.parse().expect("an hour");
        wall(day.parse().expect("a day")) + hour * 3600
    }

    fn show(at: Wall) -> String {
        let day = Day(i32::try_from(at.div_euclid(DAY)).expect("a day"));
        format!("{day} {:02}", at.rem_euclid(DAY) / 3600)
    }

    /// Stays, one a line, `from – to`; then for each moment where it goes.
    #[track_caller]
    fn check(stays: &str, moments: &[&str], expected: &Expect) {
        let stay = |line: &str| {
            let (from, to) = line.trim().split_once(" – ").expect("from – to");
            Stay { from: at(from), to: at(to) }
        };
        let stays: Vec<Stay> = stays.lines().map(stay).collect();
        let Some(steps) = Steps::new(&stays, 30, year()) else {
            expected.assert_eq("no room\n");
            return;
        };
        let mut text = format!("reach {}\n", steps.reach_days);
        for moment in moments {
            let moved = steps.weeks(at(moment)).map(|weeks| show(at(moment) - weeks * WEEK));
            text += &format!("{moment} -> {}\n", moved.as_deref().unwrap_or("stays"));
        }
        expected.assert_eq(&text);
    }

    #[test]
    fn one_stay_keeps_its_time_of_year() {
        // 10 September 2150 is a Thursday, as is 11 September 2025. The reach begins 30 days before
        // 10:00 and ends 30 days after 12:00.
        check(
            "2150-09-10 10 – 2150-09-17 12",
            &[
                "2150-08-11 09",
                "2150-08-11 10",
                "2150-09-10 10",
                "2150-09-17 12",
                "2150-10-17 12",
                "2150-10-17 13",
            ],
            &expect![[r#"
                reach 30
                2150-08-11 09 -> stays
                2150-08-11 10 -> 2025-08-12 10
                2150-09-10 10 -> 2025-09-11 10
                2150-09-17 12 -> 2025-09-18 12
                2150-10-17 12 -> 2025-10-18 12
                2150-10-17 13 -> stays
            "#]],
        );
    }

    #[test]
    fn stays_at_the_ends_of_the_year_move_inwards() {
        // With 30 days before it, a stay that began on 3 April begins on 1 May at the earliest.
        check(
            "2150-04-03 00 – 2150-04-05 00",
            &["2150-04-03 00"],
            &expect![[r#"
                reach 30
                2150-04-03 00 -> 2025-05-02 00
            "#]],
        );
        check(
            "2151-03-30 00 – 2151-03-31 00",
            &["2151-03-30 00"],
            &expect![[r#"
            reach 30
            2151-03-30 00 -> 2026-02-24 00
        "#]],
        );
    }

    #[test]
    fn years_between_stays_are_left_out() {
        // Between the end of the first reach, 31 January, and the start of the second, 2 June two
        // years later, lie 852 days: 121 weeks are left out, and 5 days stay between them.
        check(
            "2148-12-31 00 – 2149-01-01 00
            2151-07-02 00 – 2151-07-03 00",
            &[
                "2148-12-31 00",
                "2149-01-31 00",
                "2149-02-01 00",
                "2150-03-01 00",
                "2151-06-02 00",
                "2151-07-03 00",
            ],
            &expect![[r#"
                reach 30
                2148-12-31 00 -> 2025-12-23 00
                2149-01-31 00 -> 2026-01-23 00
                2149-02-01 00 -> stays
                2150-03-01 00 -> stays
                2151-06-02 00 -> 2026-01-28 00
                2151-07-03 00 -> 2026-02-28 00
            "#]],
        );
    }

    #[test]
    fn cuts_are_midway_and_nothing_between_near_stays_is_left_out() {
        // Four days lie between them: less than a week, so both move alike.
        check(
            "2150-06-01 00 – 2150-06-03 00
            2150-06-07 00 – 2150-06-09 00",
            &["2150-06-03 00", "2150-06-05 00", "2150-06-05 01", "2150-06-07 00"],
            &expect![[r#"
                reach 30
                2150-06-03 00 -> 2025-06-04 00
                2150-06-05 00 -> 2025-06-06 00
                2150-06-05 01 -> 2025-06-06 01
                2150-06-07 00 -> 2025-06-08 00
            "#]],
        );
    }

    #[test]
    fn overlapping_stays_are_one_and_crowded_ones_have_a_shorter_reach() {
        check(
            "2150-06-01 00 – 2150-06-10 00
            2150-06-05 00 – 2150-06-06 00
            2150-06-10 00 – 2150-06-12 00",
            &["2150-06-11 00"],
            &expect![[r#"
                reach 30
                2150-06-11 00 -> 2025-06-12 00
            "#]],
        );
        // Ten stays of two days, two years apart. With a reach of 14 days each takes 30, and the 700
        // or 701 days between are 100 weeks and at most a day: 300 days and some. With 15 each takes
        // 32, and 5 or 6 days stay between: 320 + 9 × 5 is the whole year already.
        let many: Vec<String> =
            (0..10).map(|it| format!("{0}-06-01 00 – {0}-06-03 00", 2110 + 2 * it)).collect();
        check(
            &many.join("\n"),
            &["2110-06-01 00", "2112-06-01 00", "2128-06-03 00"],
            &expect![[r#"
                reach 14
                2110-06-01 00 -> 2025-06-01 00
                2112-06-01 00 -> 2025-07-02 00
                2128-06-03 00 -> 2026-03-05 00
            "#]],
        );
        check(
            "2150-06-01 00 – 2151-06-10 00",
            &[],
            &expect![[r#"
            no room
        "#]],
        );
    }

    fn patients() -> impl Strategy<Value = (Vec<Stay>, i64)> {
        let stay = (0_i64..2_000 * 24, 0_i64..20 * 24);
        let stays = prop::collection::vec(stay, 1..12).prop_map(|stays| {
            let origin = at("2150-01-01 00");
            let stay = |(from, long): (i64, i64)| Stay {
                from: origin + from * 3600,
                to: origin + (from + long) * 3600,
            };
            stays.into_iter().map(stay).collect()
        });
        (stays, 0_i64..40)
    }

    proptest! {
        /// Everything that moves lands in the year, in its order, by whole weeks, and each stay
        /// moves as a whole.
        #[test]
        fn the_order_is_kept((stays, reach) in patients(), moments in prop::collection::vec(-1_000_i64..50_000, 2..40)) {
            let Some(steps) = Steps::new(&stays, reach, year()) else { return Ok(()) };
            let mut moments: Vec<Wall> =
                moments.into_iter().map(|it| at("2150-01-01 00") + it * 3600).collect();
            moments.extend(stays.iter().flat_map(|it| [it.from, it.to]));
            moments.sort_unstable();
            let (begins, ends) = (wall(year().first_day()), wall(year().last_day().plus(1)));
            let mut last = Wall::MIN;
            for moment in moments {
                let Some(weeks) = steps.weeks(moment) else { continue };
                let moved = moment - weeks * WEEK;
                prop_assert!((begins..ends).contains(&moved));
                prop_assert!(moved >= last);
                last = moved;
            }
            for stay in &stays {
                prop_assert!(steps.weeks(stay.from).is_some());
                prop_assert_eq!(steps.weeks(stay.from), steps.weeks(stay.to));
            }
        }

        /// What is further from every stay than the reach never moves.
        #[test]
        fn the_reach_holds((stays, reach) in patients(), moment in -1_000_i64..50_000) {
            let Some(steps) = Steps::new(&stays, reach, year()) else { return Ok(()) };
            let moment = at("2150-01-01 00") + moment * 3600;
            let near = |it: &Stay, days: i64| {
                it.from - days * DAY <= moment && moment <= it.to + days * DAY
            };
            let moves = steps.weeks(moment).is_some();
            prop_assert_eq!(moves, stays.iter().any(|it| near(it, steps.reach_days)));
        }
    }
}
