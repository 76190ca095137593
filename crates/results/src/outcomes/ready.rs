//! How long patients stayed after they were ready to leave, and what one long wait does to a mean.

use std::collections::BTreeMap;
use std::path::Path;

use domain::{Day, Money};
use rules::YearRules;
use statistics::quantile::{Spread, spread};
use tables::dataset::Event;

use super::definitions::Definitions;
use super::leaving::{Split, Stay, split};
use super::spells::Calendar;
use super::uses::as_measured;
use crate::ResultsError;
use crate::explain::Named;
use crate::group::median;
use crate::reading::TableReader;

/// Stays by how many days patients waited after they were ready to leave.
#[derive(Clone, Debug, PartialEq)]
pub struct Waits {
    /// By days of waiting, the shortest first; of the others it is not recorded.
    pub split: Split,
    /// Stays of which it is recorded.
    pub recorded: u64,
    /// Stays of which the record says that it was before the admission or after the discharge; they
    /// are not among those.
    pub outside: u64,
    /// Days of waiting of all stays of which it is recorded.
    pub days: i64,
    /// Nights in a bed of these.
    pub nights: i64,
    /// Days of waiting of each: quarters and ends.
    pub spread: Option<Spread>,
    /// The longest wait, if one stay alone waited so long.
    pub longest: Option<i64>,
    /// From so many days on a wait is looked at by itself.
    pub long: i64,
    /// What stays cost with that one and without it.
    pub cost: Option<StayCosts>,
    /// Where the definition is from.
    pub source: String,
}

/// What stays cost that began and ended within the year to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StayCosts {
    /// Stays.
    pub stays: u64,
    /// Cost of one on average, half away from zero.
    pub mean: Money,
    /// Half of them cost so much or less.
    pub median: Money,
    /// The average without the stay that waited longest.
    pub without_longest: Money,
}

impl Waits {
    /// Days of waiting on average; none of nobody.
    #[expect(clippy::float_arithmetic, reason = "days for reading; no money is summed")]
    pub fn mean(&self) -> Option<f64> {
        (self.recorded > 0).then(|| as_measured(self.days) / count(self.recorded))
    }

    /// The same without the stay that waited longest.
    #[expect(clippy::float_arithmetic, reason = "days for reading; no money is summed")]
    pub fn mean_without_longest(&self) -> Option<f64> {
        let longest = self.longest.filter(|_| self.recorded > 1)?;
        Some(as_measured(self.days - longest) / count(self.recorded - 1))
    }
}

fn count(number: u64) -> f64 {
    as_measured(i64::try_from(number).unwrap_or(i64::MAX))
}

/// Days of waiting of the stays that ended; why there are none, where none is recorded.
pub(super) fn waits(
    rules: &YearRules,
    folder: &Path,
    stays: &[Stay],
) -> Result<Result<Waits, String>, ResultsError> {
    let calendar = Calendar::of(rules.year, rules.last_period);
    let ready = ready(folder, stays, &calendar)?;
    let own = &Definitions::own().stays;
    Ok(of(stays, &ready, (&own.waits, calendar.seconds().0)).ok_or_else(|| own.never_ready.clone()))
}

/// When patients were ready to leave, by the reference of the discharging episode: the moment, and
/// its day.
fn ready(
    folder: &Path,
    stays: &[Stay],
    calendar: &Calendar,
) -> Result<BTreeMap<String, (i64, Day)>, ResultsError> {
    let wanted: std::collections::BTreeSet<&str> =
        stays.iter().map(|it| it.discharging.as_str()).collect();
    let mut found = BTreeMap::new();
    let reader = TableReader::open(&folder.join("events.parquet"))?;
    for group in reader.groups() {
        for event in reader.rows::<Event>(group)? {
            let Some(ready_s) = event.ready_s else { continue };
            let reference = event.event.to_string();
            if let Some(day) = calendar.day(ready_s).filter(|_| wanted.contains(reference.as_str()))
            {
                found.insert(reference, (ready_s, day));
            }
        }
    }
    Ok(found)
}

fn of(
    stays: &[Stay],
    ready: &BTreeMap<String, (i64, Day)>,
    (bands, year_start_s): (&[i32], i64),
) -> Option<Waits> {
    let waited: Vec<Option<i64>> = stays.iter().map(|it| waited(it, ready)).collect();
    let is_outside = |it: &&Stay| {
        ready.get(&it.discharging).is_some_and(|at| at.0 < it.between.0 || at.0 > it.between.1)
    };
    let known: Vec<(&Stay, i64)> =
        std::iter::zip(stays, &waited).filter_map(|(stay, it)| Some((stay, (*it)?))).collect();
    if known.is_empty() {
        return None;
    }
    let band = |days: i64| bands.iter().filter(|it| i64::from(**it) <= days).count();
    let places: Vec<Option<usize>> = waited.iter().map(|it| it.map(band)).collect();
    let own = &Definitions::own().stays;
    let most = known.iter().map(|it| it.1).max().unwrap_or_default();
    let longest: Vec<&Stay> = known.iter().filter(|it| it.1 == most).map(|it| it.0).collect();
    let alone = match longest[..] {
        [alone] if most > 0 => Some(alone),
        _ => None,
    };
    let values: Vec<f64> = known.iter().map(|it| as_measured(it.1)).collect();
    let outside = u64::try_from(stays.iter().filter(is_outside).count()).unwrap_or(u64::MAX);
    Some(Waits {
        split: split((stays, &places), names(bands), &own.ready, None),
        recorded: u64::try_from(known.len()).unwrap_or(u64::MAX),
        outside,
        days: known.iter().map(|it| it.1).sum(),
        nights: known.iter().map(|it| it.0.nights).sum(),
        spread: spread(&values),
        longest: alone.map(|_| most),
        long: bands.last().map_or(0, |it| i64::from(*it)),
        cost: alone.and_then(|it| costs(stays, it, year_start_s)),
        source: own.ready_source.clone(),
    })
}

/// Whole days from the day on which the patient was ready to that of discharge.
fn waited(stay: &Stay, ready: &BTreeMap<String, (i64, Day)>) -> Option<i64> {
    let (ready_s, day) = ready.get(&stay.discharging)?;
    let is_within = *ready_s >= stay.between.0 && *ready_s <= stay.between.1;
    is_within.then(|| i64::from(stay.left.0 - day.0).max(0))
}

/// What stays cost of which the year has the whole; none if the long one is not among them.
fn costs(stays: &[Stay], longest: &Stay, year_start_s: i64) -> Option<StayCosts> {
    let whole = |it: &&Stay| it.between.0 >= year_start_s;
    let mut all: Vec<Money> = stays.iter().filter(whole).map(|it| it.cost).collect();
    if all.len() < 2 || !whole(&longest) {
        return None;
    }
    all.sort_unstable();
    let sum: Money = all.iter().sum();
    let stays = u64::try_from(all.len()).ok()?;
    Some(StayCosts {
        stays,
        mean: each(sum, stays)?,
        median: median(&all)?,
        without_longest: each(sum - longest.cost, stays - 1)?,
    })
}

/// Half away from zero.
fn each(sum: Money, of: u64) -> Option<Money> {
    let (of, micro) = (i64::try_from(of).ok().filter(|it| *it > 0)?, sum.micro_pounds());
    Some(Money::from_micro_pounds((micro + micro.signum() * (of / 2)) / of))
}

/// `On the day`, `1 to 6 days`, `7 days or more`.
fn names(bands: &[i32]) -> Vec<Named> {
    let mut names = vec![match bands.first() {
        Some(1) | None => "On the day".to_owned(),
        Some(first) => format!("Up to {} days", first - 1),
    }];
    for (at, from) in bands.iter().enumerate() {
        names.push(match bands.get(at + 1).map(|it| it - 1) {
            Some(to) if to == *from => format!("{from} days"),
            Some(to) => format!("{from} to {to} days"),
            None => format!("{from} days or more"),
        });
    }
    let of_band = |(at, name): (usize, String)| Named { code: at.to_string(), name };
    names.into_iter().enumerate().map(of_band).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stay of so many nights that ended on a day of the year, at 14:00, for so many pounds.
    fn stay(reference: &str, (nights, left): (i32, i32), pounds: i64) -> Stay {
        let start = i64::from(left - nights) * 86_400;
        Stay {
            patient: reference.to_owned(),
            discharging: reference.to_owned(),
            between: (start, i64::from(left) * 86_400 + 50_400),
            left: Day(left),
            nights: i64::from(nights),
            cost: Money::from_pounds(pounds),
            admitted: 0,
            discharged: 0,
            strata: Vec::new(),
        }
    }

    fn found(ready: &[(&str, i32)], stays: &[Stay]) -> Option<Waits> {
        // Ready at 09:00 of the day.
        let at = |(name, day): &(&str, i32)| {
            ((*name).to_owned(), (i64::from(*day) * 86_400 + 32_400, Day(*day)))
        };
        of(stays, &ready.iter().map(at).collect(), (&[1, 7, 21], 0))
    }

    /// Ready on the day of leaving, three days before, and thirty; one is recorded as ready before
    /// it came, and one the day after it left.
    fn four(long_cost: i64) -> Waits {
        let stays = [
            stay("a", (4, 10), 1_000),
            stay("b", (6, 20), 2_000),
            stay("c", (40, 60), long_cost),
            stay("d", (2, 30), 600),
            stay("e", (2, 40), 400),
        ];
        found(&[("a", 10), ("b", 17), ("c", 30), ("d", 27), ("e", 41)], &stays)
            .expect("three are recorded")
    }

    #[test]
    fn days_are_counted_from_the_day_on_which_the_patient_was_ready() {
        let it = four(9_000);
        assert_eq!((it.recorded, it.outside, it.days, it.nights), (3, 2, 33, 50));
        assert_eq!((it.longest, it.long, it.split.unknown), (Some(30), 21, 2));
        let told: Vec<String> = it
            .split
            .groups
            .iter()
            .map(|it| format!("{}: {} {}", it.name.name, it.spells, it.nights))
            .collect();
        let wanted =
            ["On the day: 1 4", "1 to 6 days: 1 6", "7 to 20 days: 0 0", "21 days or more: 1 40"];
        assert_eq!(told, wanted);
        // 33 days of three stays; 3 of two.
        assert_eq!(it.mean().map(|it| it.to_string()), Some("11".to_owned()));
        assert_eq!(it.mean_without_longest().map(|it| it.to_string()), Some("1.5".to_owned()));
        assert_eq!(it.spread.map(|it| it.median.to_string()), Some("3".to_owned()));
    }

    #[test]
    fn one_long_wait_moves_the_mean_and_not_the_median() {
        // 1,000 + 2,000 + 9,000 + 600 + 400 is 13,000: 2,600 of five, 1,000 of the four others.
        let cost = four(9_000).cost.expect("the year has all of it");
        assert_eq!((cost.stays, cost.mean), (5, Money::from_pounds(2_600)));
        assert_eq!(cost.median, Money::from_pounds(1_000));
        assert_eq!(cost.without_longest, Money::from_pounds(1_000));
        // A long wait that cost little moves it the other way: 4,100 of five is 820.
        let cost = four(100).cost.expect("the year has all of it");
        assert_eq!(cost.mean, Money::from_pounds(820));
        assert!(cost.without_longest > cost.mean);
    }

    #[test]
    fn nothing_is_told_of_one_where_two_waited_as_long_or_the_year_has_not_all() {
        let stays = [stay("a", (40, 60), 1), stay("b", (40, 90), 1)];
        let it = found(&[("a", 30), ("b", 60)], &stays).expect("recorded");
        assert_eq!((it.longest, it.cost), (None, None));
        // Began before the first moment of the year.
        let before = [stay("a", (40, 30), 1), stay("b", (4, 90), 1)];
        let it = found(&[("a", 1), ("b", 90)], &before).expect("recorded");
        assert_eq!((it.longest, it.cost), (Some(29), None));
        assert_eq!(found(&[], &before), None);
    }
}
