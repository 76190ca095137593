//! Use as published costings hold it: a baseline, what came later, and what the change between them
//! is worth at the rate of the baseline.
//!
//! Everything is worked out of whole numbers that the costings hold, and rounded once: no rate that
//! was rounded before is multiplied, and no unit cost of a later costing is looked at.

use jiff::civil::Date;

use super::settings::Basis;
use super::value::{Rate, Worth};
use super::{BenefitFault, Use};
use crate::rounding::divided;

/// Millionths of one.
const ONE: i128 = 1_000_000;

/// What an activity cost a service line in a costing, by how it moves, in millionths of a pound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CostedParts {
    /// Moves with every unit of use.
    pub variable: i64,
    /// Moves in steps.
    pub semi_fixed: i64,
    /// Does not move.
    pub fixed: i64,
    /// Of which the model does not say how it moves: taken as fixed, so that it is never cash.
    pub unstated: i64,
}

impl CostedParts {
    /// All of it.
    pub fn all(&self) -> i128 {
        [self.variable, self.semi_fixed, self.fixed, self.unstated]
            .iter()
            .map(|it| i128::from(*it))
            .sum()
    }
}

/// Use of one activity by one service line in one published costing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CostedUse {
    /// Reference of the run.
    pub run: String,
    /// SHA-256 of its manifest, which stands for all of it.
    pub manifest: String,
    /// Its financial year, such as `2024-25`.
    pub year: String,
    /// Months of the year that it holds.
    pub months: i64,
    /// When it was published, as its record says.
    pub published: String,
    /// Use: number, or seconds.
    pub count: i64,
    /// What that cost.
    pub parts: CostedParts,
    /// Use by the month in which the care ended: the first day of the month, and number or seconds.
    pub by_month: Vec<(Date, i64)>,
}

impl CostedUse {
    /// Use in care that had not ended when the costing ended, or of which no end is known.
    pub fn not_ended(&self) -> i64 {
        self.count - self.by_month.iter().map(|it| it.1).sum::<i64>()
    }

    /// The year in which its financial year begins.
    fn begins(&self) -> Option<i16> {
        self.year.get(..4)?.parse().ok()
    }

    /// Its first day; none where its year is no year.
    pub fn first_day(&self) -> Option<Date> {
        Date::new(self.begins()?, 4, 1).ok()
    }

    /// The first day after it.
    fn day_after(&self) -> Option<Date> {
        let months = jiff::Span::new().try_months(self.months).ok()?;
        self.first_day()?.checked_add(months).ok()
    }
}

/// Use of one activity by one service line, read from published costings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Costed {
    /// Code of the service line.
    pub line: String,
    /// Code of the activity.
    pub activity: String,
    /// What people call it.
    pub name: String,
    /// How much of a count is one of the unit of the basis: seconds of one, or 1.
    pub one: i64,
    /// Before.
    pub baseline: CostedUse,
    /// Later, in the order in which they were read.
    pub later: Vec<CostedUse>,
}

impl Costed {
    /// The latest of what came later: of the latest year, and of that what was published last.
    pub fn latest(&self) -> Option<&CostedUse> {
        self.later
            .iter()
            .max_by(|one, other| (&one.year, &one.published).cmp(&(&other.year, &other.published)))
    }

    /// The years between which its change in use lies.
    fn span(&self) -> (&str, &str) {
        let last = self.latest().unwrap_or(&self.baseline);
        (&self.baseline.year, &last.year)
    }

    /// Whether another is a change in the same use of the same line, over years that meet: what is
    /// used less falls once, whatever unit, days or basis it is claimed for.
    pub fn meets(&self, other: &Self) -> bool {
        let (one, two) = (self.span(), other.span());
        let is_same = self.line == other.line && self.activity == other.activity;
        is_same && one.0 < two.1 && two.0 < one.1
    }

    /// What stands in the way of a claim from the first day of the benefit that rests on a basis.
    pub fn fault(&self, basis: &Basis, from: Date) -> Option<BenefitFault> {
        if self.one != basis.seconds.unwrap_or(1) {
            return Some(BenefitFault::OtherCount(basis.unit.clone()));
        }
        if self.baseline.count <= 0 {
            return Some(BenefitFault::NoRate);
        }
        if self.baseline.first_day().is_none_or(|it| it >= from) {
            return Some(BenefitFault::BaselineSince);
        }
        if self.later.is_empty() {
            return Some(BenefitFault::NothingLater);
        }
        self.later.iter().enumerate().find_map(|(at, it)| {
            let earlier = self.later.get(..at).unwrap_or_default();
            self.fault_of(it, earlier, from)
        })
    }

    /// What stands in the way of setting a costing beside the baseline, and beside those read before.
    pub fn fault_of(
        &self,
        added: &CostedUse,
        earlier: &[CostedUse],
        from: Date,
    ) -> Option<BenefitFault> {
        if added.year <= self.baseline.year {
            return Some(BenefitFault::NotLater);
        }
        if added.months != self.baseline.months {
            let (now, before) = (added.months, self.baseline.months);
            return Some(BenefitFault::OtherMonths { now, before });
        }
        if added.day_after().is_none_or(|it| it <= from) {
            return Some(BenefitFault::EndsBefore);
        }
        earlier.iter().any(|it| it.run == added.run).then_some(BenefitFault::ReadAlready)
    }

    /// A count in millionths of the unit of the basis, halves away from zero.
    pub fn units(&self, count: i64) -> Option<i64> {
        narrow(divided(i128::from(count) * ONE, self.one.into())?)
    }

    /// A month of the baseline, in millionths of the unit of the basis.
    pub fn month_before(&self) -> Option<i64> {
        let months = i128::from(self.one) * i128::from(self.baseline.months);
        narrow(divided(i128::from(self.baseline.count) * ONE, months)?)
    }

    /// What one unit of the basis cost in the baseline, for people to read: rounded to a millionth
    /// of a pound, and never multiplied.
    pub fn rate(&self) -> Option<Rate> {
        let of = |cost: i64| {
            narrow(divided(i128::from(cost) * i128::from(self.one), self.baseline.count.into())?)
        };
        let parts = &self.baseline.parts;
        Some(Rate {
            variable: of(parts.variable)?,
            semi_fixed: of(parts.semi_fixed)?,
            fixed: of(parts.fixed.checked_add(parts.unstated)?)?,
        })
    }

    /// The use before and since, as a benefit is claimed by it.
    pub fn uses(&self) -> Option<Use> {
        let (before, after) = (self.baseline.count, self.latest()?.count);
        Some(Use { before: self.units(before)?, after: self.units(after)?, rate: self.rate()? })
    }

    /// What the change from the baseline to a later use is worth at the rate of the baseline, each
    /// part rounded once, halves away from zero; below nothing where more is used.
    pub fn worth(&self, later: &CostedUse) -> Option<Worth> {
        self.worth_at(i128::from(later.count) * ONE)
    }

    /// As [`Costed::worth`], had each month of a later costing had so many millionths of the unit of
    /// the basis.
    pub fn worth_at_target(&self, month: i64) -> Option<Worth> {
        let all = i128::from(month) * i128::from(self.baseline.months);
        self.worth_at(all.checked_mul(self.one.into())?)
    }

    /// The worth of a use in millionths of what is counted.
    fn worth_at(&self, later: i128) -> Option<Worth> {
        let before = i128::from(self.baseline.count) * ONE;
        let change = before - later;
        let part = |cost: i64| narrow(divided(change.checked_mul(cost.into())?, before)?);
        let parts = &self.baseline.parts;
        Some(Worth {
            variable: part(parts.variable)?,
            semi_fixed: part(parts.semi_fixed)?,
            fixed: part(parts.fixed.checked_add(parts.unstated)?)?,
        })
    }
}

fn narrow(value: i128) -> Option<i64> {
    i64::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::benefits::BenefitSettings;

    const DAY: i64 = 86_400;
    const POUND: i64 = 1_000_000;

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    fn in_year(year: &str, days: i64) -> CostedUse {
        CostedUse {
            run: format!("run of {year}"),
            year: year.to_owned(),
            months: 12,
            published: "2026-05-20".to_owned(),
            count: days * DAY,
            ..CostedUse::default()
        }
    }

    /// 3,680 bed days cost £139,840 + £780,160 + £552,000: £38, £212 and £150 a day.
    fn stays(later: Vec<CostedUse>) -> Costed {
        let parts = CostedParts {
            variable: 139_840 * POUND,
            semi_fixed: 780_160 * POUND,
            fixed: 500_000 * POUND,
            unstated: 52_000 * POUND,
        };
        Costed {
            line: "HIP".to_owned(),
            activity: "WARD".to_owned(),
            name: "Stay on a ward".to_owned(),
            one: DAY,
            baseline: CostedUse { parts, ..in_year("2023-24", 3_680) },
            later,
        }
    }

    #[test]
    fn a_change_in_use_is_worth_the_rate_of_the_baseline_in_three_parts() {
        // 184 days fewer: 184 × £38 = £6,992, 184 × £212 = £39,008, 184 × £150 = £27,600.
        let it = stays(vec![in_year("2024-25", 3_496)]);
        let worth = it.worth(&it.later[0]).expect("it is counted");
        let told = [worth.variable, worth.semi_fixed, worth.fixed].map(|it| it / POUND);
        assert_eq!((told, worth.full()), ([6_992, 39_008, 27_600], 73_600_000_000));
        let rate = it.rate().expect("there is one");
        assert_eq!(
            [rate.variable, rate.semi_fixed, rate.fixed],
            [38, 212, 150].map(|it| it * POUND)
        );
        let uses = it.uses().expect("it is counted");
        assert_eq!((uses.before, uses.after), (3_680 * POUND, 3_496 * POUND));
        // A year on, more are in bed than before: 20 × £400 = £8,000 the other way.
        let more = it.worth(&in_year("2025-26", 3_700)).expect("it is counted");
        assert_eq!(more.full(), -8_000_000_000);
        // A month was 306⅔ days; at 300 a month the year is 80 days fewer, £32,000.
        assert_eq!(it.month_before(), Some(306_666_667));
        let target = it.worth_at_target(300 * POUND).expect("it is counted");
        assert_eq!(target.full(), 32_000_000_000);
    }

    #[test]
    fn the_latest_is_of_the_latest_year_and_of_that_what_was_published_last() {
        let again = CostedUse {
            run: "again".to_owned(),
            published: "2026-07-01".to_owned(),
            ..in_year("2025-26", 3_400)
        };
        let it = stays(vec![again, in_year("2025-26", 3_450), in_year("2024-25", 3_496)]);
        assert_eq!(it.latest().map(|it| it.run.as_str()), Some("again"));
        let months = vec![(day("2025-04-01"), 300 * DAY), (day("2025-05-01"), 290 * DAY)];
        let open = CostedUse { by_month: months, ..in_year("2025-26", 600) };
        assert_eq!(open.not_ended(), 10 * DAY);
    }

    #[test]
    fn a_change_of_the_same_use_over_years_that_meet_is_the_same_change() {
        let first = stays(vec![in_year("2024-25", 3_496)]);
        let longer = stays(vec![in_year("2024-25", 3_496), in_year("2025-26", 3_400)]);
        let next = Costed {
            baseline: in_year("2024-25", 3_496),
            ..stays(vec![in_year("2025-26", 3_400)])
        };
        assert!(first.meets(&first) && first.meets(&longer) && longer.meets(&first));
        assert!(next.meets(&longer) && longer.meets(&next));
        assert!(!first.meets(&next) && !next.meets(&first), "one ends where the other begins");
        let other = Costed { activity: "THEATRE".to_owned(), ..first.clone() };
        assert!(!first.meets(&other));
        let other = Costed { line: "EYE".to_owned(), ..first.clone() };
        assert!(!first.meets(&other));
    }

    #[track_caller]
    fn refused(it: &Costed, basis: &str, expected: &str) {
        let settings = BenefitSettings::own();
        let basis = settings.basis(basis).expect("it is on the list");
        let fault = it.fault(basis, day("2024-06-01"));
        let told = fault.map_or_else(|| "nothing".to_owned(), |it| it.to_string());
        assert!(told.starts_with(expected), "{told}");
    }

    #[test]
    fn what_cannot_be_set_side_by_side_is_refused_with_a_reason() {
        let later = in_year("2024-25", 3_496);
        refused(&stays(vec![later.clone()]), "bed-days", "nothing");
        refused(&stays(vec![later.clone()]), "tests", "this use is not counted in tests");
        refused(&stays(Vec::new()), "bed-days", "choose a later costing");
        refused(&stays(vec![in_year("2023-24", 9)]), "bed-days", "the later costing is not later");
        let six = CostedUse { months: 6, ..later.clone() };
        refused(
            &stays(vec![six]),
            "bed-days",
            "the later costing holds 6 months and the baseline 12",
        );
        refused(
            &stays(vec![later.clone(), later.clone()]),
            "bed-days",
            "this costing is read already",
        );
        let none = Costed { baseline: in_year("2023-24", 0), ..stays(vec![later.clone()]) };
        refused(&none, "bed-days", "the baseline holds none of this use");
        let since =
            Costed { baseline: in_year("2024-25", 9), ..stays(vec![in_year("2025-26", 8)]) };
        let settings = BenefitSettings::own();
        let basis = settings.basis("bed-days").expect("it is on the list");
        assert_eq!(since.fault(basis, day("2024-04-01")), Some(BenefitFault::BaselineSince));
        let early = stays(vec![later]);
        assert_eq!(early.fault(basis, day("2025-04-01")), Some(BenefitFault::EndsBefore));
        let march = early.fault(basis, day("2025-03-31"));
        assert_eq!(march, None, "the last day of the costing is a day of the benefit");
    }

    proptest! {
        /// No change is worth nothing, all of the use gone is worth all of its cost, and each part is
        /// within half a micro-pound of the exact.
        #[test]
        fn nothing_is_made_or_lost(
            count in 1..400_000_000_000_i64, later in 0..400_000_000_000_i64,
            variable in 0..9_000_000_000_000_000_i64, fixed in 0..9_000_000_000_000_000_i64,
        ) {
            let parts = CostedParts { variable, fixed, ..CostedParts::default() };
            let baseline = CostedUse { count, parts, ..in_year("2023-24", 0) };
            let it = Costed { baseline, ..stays(Vec::new()) };
            let at = |count| it.worth(&CostedUse { count, ..CostedUse::default() });
            prop_assert_eq!(at(count), Some(Worth::default()));
            prop_assert_eq!(at(0).map(|it| it.full()), Some(parts.all()));
            let Some(worth) = at(later) else { return Ok(()) };
            let exact = i128::from(variable) * (i128::from(count) - i128::from(later));
            let off = (i128::from(worth.variable) * i128::from(count) - exact).abs();
            prop_assert!(2 * off <= i128::from(count));
        }
    }
}
