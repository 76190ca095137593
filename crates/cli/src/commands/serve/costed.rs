//! What published costings tell of a demonstration's story: figures that its reviews freeze, how long
//! hips lay in bed by month, and what a day there cost.

use std::collections::BTreeMap;

use domain::Day;
use engagement::benefits::Rate;
use jiff::Timestamp;
use results::Run;
use results::group::PatientGroup;
use results::outcomes::MonthValue;
use web::Settings;
use web::features::reviews::figures_to_freeze;
use web::shell::care;
use web::shell::provenance;
use web::shell::shelf::Shelf;

/// Planned hip replacements, as the costing has them.
const HIPS: (&str, (&str, &str)) = ("TORT", ("EL", "HN12"));

/// The outcome whose numerator is nights in bed and whose denominator is stays.
const STAY: &str = "stay";

/// A day on the ward of elective orthopaedics, as the demonstration's model names it.
const BED: &str = "X-WARD-W10";

/// Seconds of a day.
const DAY: i128 = 86_400;

/// Months of a year.
const YEAR: usize = 12;

/// What one published costing says.
#[derive(Debug)]
pub(super) struct Costed {
    /// The run.
    pub(super) run: String,
    /// When it was published.
    pub(super) published: Timestamp,
    /// Its period, in words.
    pub(super) period: String,
    /// Figures to freeze, by service line, with the last day of their period.
    pub(super) figures: BTreeMap<String, (Day, String)>,
    /// Nights and stays of planned hip replacements, by month.
    pub(super) hips: Vec<MonthValue>,
    /// What a day on their ward cost, in millionths of a pound.
    pub(super) bed_day: Option<Rate>,
}

/// Of the latest year that is published and the one before it, the earlier first; none of what cannot
/// be read.
pub(super) fn costed(settings: &Settings) -> Vec<Costed> {
    let shelf = Shelf::new(settings.runs.clone());
    let Ok(Some(run)) = shelf.latest(false) else { return Vec::new() };
    let before = shelf.year_before(&run).ok().flatten();
    let all = before.iter().chain([&run]);
    all.filter_map(|it| of(it)).collect()
}

fn of(run: &Run) -> Option<Costed> {
    let published = run.records().ok()?.publication?.at.parse().ok()?;
    let lines = demonstration::services().into_iter().map(|it| it.unit);
    let figures = lines.filter_map(|line| {
        let found = figures_to_freeze(run, &line).ok()??;
        Some((line, found))
    });
    let outcomes = run.outcomes(&PatientGroup::of_part(HIPS.0, HIPS.1)).ok()?;
    let hips = outcomes.into_iter().find(|it| it.code == STAY && it.absent.is_none());
    Some(Costed {
        run: run.id().to_owned(),
        published,
        period: provenance::period(run).ok()?,
        figures: figures.collect(),
        hips: hips.map(|it| it.months).unwrap_or_default(),
        bed_day: bed_day(run),
    })
}

/// What a day on the ward cost: what cost lines call fixed, and the rest, which moves only with beds.
fn bed_day(run: &Run) -> Option<Rate> {
    let book = care::book(run).ok()?;
    let place = book.activities.iter().position(|it| it == BED)?;
    let of = book.trust.get(&u16::try_from(place).ok()?)?;
    let a_day = |micro: i64| {
        let cost = (i128::from(micro) * DAY).checked_div(i128::from(of.count))?;
        i64::try_from(cost).ok()
    };
    let (own, fixed) = (a_day(of.own.micro_pounds())?, a_day(of.fixed.micro_pounds())?);
    Some(Rate { variable: 0, semi_fixed: own - fixed, fixed })
}

impl Costed {
    /// Nights of hips in its year, where it holds all months.
    pub(super) fn nights(&self) -> Option<i64> {
        (self.hips.len() == YEAR).then(|| MonthValue::total(&self.hips).numerator)
    }

    /// How many hips were replaced in its year; none where it does not tell.
    pub(super) fn stays(&self) -> Option<i64> {
        Some(MonthValue::total(&self.hips).denominator).filter(|it| *it > 0)
    }
}

/// What was published last before a moment.
pub(super) fn known_at(all: &[Costed], at: Timestamp) -> Option<&Costed> {
    all.iter().rev().find(|it| it.published <= at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_known_before_it_was_published_and_a_part_year_has_no_nights() {
        let of = |run: &str, published: &str, months: usize| Costed {
            run: run.to_owned(),
            published: published.parse().expect("a moment"),
            period: String::new(),
            figures: BTreeMap::new(),
            hips: vec![
                MonthValue { numerator: 30, denominator: 5, ..MonthValue::default() };
                months
            ],
            bed_day: None,
        };
        let all =
            [of("first", "2025-05-16T09:00:00Z", 12), of("second", "2026-05-15T09:00:00Z", 9)];
        let known = |at: &str| {
            known_at(&all, at.parse().expect("a moment")).map_or("none", |it| it.run.as_str())
        };
        assert_eq!(known("2025-02-26T09:00:00Z"), "none");
        assert_eq!(known("2025-08-26T09:00:00Z"), "first");
        assert_eq!(known("2026-08-26T09:00:00Z"), "second");
        assert_eq!(all.each_ref().map(Costed::nights), [Some(360), None]);
        assert_eq!(all.each_ref().map(Costed::stays), [Some(60), Some(45)]);
        assert_eq!(of("none", "2025-05-16T09:00:00Z", 0).stays(), None);
    }
}
