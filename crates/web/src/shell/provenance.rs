//! Where figures come from: which run, which rules, how old the data are, and how good.

use domain::{Day, FinancialYear};
use jiff::Timestamp;
use jiff::civil::Date;
use results::Run;
use results::records::Publication;
use results::statements::MatchRate;

use super::fault::Fault;
use super::words;

/// Older than so many days, data are old for a review.
const OLD_DAYS: i32 = 31;

/// What is said to whoever sends a form that was made of a costing before the latest.
pub const PUBLISHED_SINCE: &str = "A costing was published since you looked: here it is now";

/// What stands beneath a headline.
#[derive(Clone, Debug, Default)]
pub struct Provenance {
    /// Identifier of the run, for the foot of a printed sheet.
    pub run: String,
    /// `57 days old`.
    pub age: String,
    /// Whether the data are older than a month.
    pub is_old: bool,
    /// `Quality: good`.
    pub quality: String,
    /// `April 2025 to March 2026, published 19 May 2026`.
    pub period: String,
    /// Whether nobody has published it.
    pub is_draft: bool,
    /// `96 in 100 records matched to a patient.`
    pub matched: String,
    /// Sentences on run, rules and known issues.
    pub comes_from: Vec<String>,
}

impl Provenance {
    /// Of a run, as it is seen now. Reads two small tables.
    ///
    /// # Errors
    ///
    /// [`Fault::Broken`] if the run cannot be read.
    pub fn of(run: &Run, now: Timestamp) -> Result<Self, Fault> {
        let manifest = run.manifest();
        let year = manifest.year.parse::<FinancialYear>();
        let days = year.map_or(0, |it| days_since(end_of(it, manifest.last_period), now));
        let publication = run.records()?.publication;
        let rates = run.match_rates()?;
        let (rows, matched) = sums(&rates);
        let of_hundred = (matched * 100).checked_div(rows).unwrap_or(100);
        Ok(Self {
            run: run.id().to_owned(),
            age: format!("{} old", words::count(u64::from(days.unsigned_abs()), "day", "days")),
            is_old: days > OLD_DAYS,
            quality: format!("Quality: {}", quality(of_hundred)),
            period: period_of(run, publication.as_ref()),
            is_draft: publication.is_none(),
            matched: format!("{of_hundred} in 100 records of activity were matched to a patient."),
            comes_from: comes_from(run, &rates)?,
        })
    }

    /// For samples.
    pub fn sample() -> Self {
        Self {
            run: "45f90b5fcd55d0b4".to_owned(),
            age: "57 days old".to_owned(),
            is_old: true,
            quality: "Quality: good".to_owned(),
            period: "2025/26 to the end of March, published 19 May 2026".to_owned(),
            is_draft: false,
            matched: "96 in 100 records of activity were matched to a patient.".to_owned(),
            comes_from: vec![
                "Run 1fe9a090, costed from the trust’s own ledger and activity.".to_owned(),
                "Pathology: 94.10% of 38,204 rows found their patient.".to_owned(),
            ],
        }
    }
}

/// The period of a run and when it was published:
/// `2025/26 to the end of March, published 19 May 2026`.
///
/// # Errors
///
/// [`Fault::Broken`] if its records cannot be read.
pub fn period(run: &Run) -> Result<String, Fault> {
    Ok(period_of(run, run.records()?.publication.as_ref()))
}

fn period_of(run: &Run, publication: Option<&Publication>) -> String {
    let manifest = run.manifest();
    let until = results::since::month(manifest.last_period.min(12));
    let state = publication.map_or_else(
        || "not published".to_owned(),
        |it| format!("published {}", words::day(it.at.get(..10).unwrap_or(&it.at))),
    );
    format!("{} to the end of {until}, {state}", words::year(&manifest.year))
}

/// The beginning of a reference of a run or of rules, as pages show it.
pub fn short(reference: &str) -> String {
    reference.chars().take(8).collect() // number: so many letters tell runs apart
}

fn sums(rates: &[MatchRate]) -> (i64, i64) {
    (rates.iter().map(|it| it.rows).sum(), rates.iter().map(|it| it.matched).sum())
}

/// A word for how much was matched.
fn quality(of_hundred: i64) -> &'static str {
    match of_hundred {
        95.. => "good",
        85..=94 => "fair",
        _ => "poor",
    }
}

/// Days from a day to now; none before it.
pub fn days_since(day: Day, now: Timestamp) -> i32 {
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let (year, month, day) = day.to_civil();
    let part = |it: u32| i8::try_from(it).unwrap_or(1);
    let end = Date::new(i16::try_from(year).unwrap_or(0), part(month), part(day));
    end.map_or(0, |end| (today - end).get_days().max(0))
}

/// The last day of a month of a financial year.
fn end_of(year: FinancialYear, period: u8) -> Day {
    year.period_end(period.clamp(1, 12))
}

fn comes_from(run: &Run, rates: &[MatchRate]) -> Result<Vec<String>, Fault> {
    let manifest = run.manifest();
    let mut said = vec![format!(
        "Run {}, costed from the trust’s own ledger and activity under the rules {}.",
        short(run.id()),
        short(&manifest.model_hash)
    )];
    if let Some(it) = run.records()?.publication {
        let names: Vec<String> = it.by.iter().map(|it| words::spoken(it)).collect();
        said.push(format!("Published by {}.", names.join(" and ")));
    }
    let mut worst: Vec<&MatchRate> = rates.iter().filter(|it| it.matched < it.rows).collect();
    worst.sort_by_key(|it| (it.matched * 10_000 / it.rows.max(1), it.feed.code.clone()));
    let one = |it: &&MatchRate| {
        format!(
            "{}: {}% of {} found their patient.",
            words::capital(it.feed.words()),
            it.percent.clone().unwrap_or_default(),
            words::count(it.rows.unsigned_abs(), "row", "rows")
        )
    };
    said.extend(worst.iter().take(3).map(one));
    Ok(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_age_from_the_end_of_their_last_month() {
        let now = "2026-05-27T09:00:00Z".parse().expect("a moment");
        let days = |period| days_since(end_of(FinancialYear::beginning(2025), period), now);
        // From 31 March: the whole of April and 27 days of May. From 28 February 31 more.
        assert_eq!((days(12), days(13), days(11)), (57, 57, 88));
        let early = "2025-04-02T09:00:00Z".parse().expect("a moment");
        assert_eq!(days_since(end_of(FinancialYear::beginning(2025), 1), early), 0);
    }

    #[test]
    fn a_reference_is_shown_by_its_first_letters() {
        assert_eq!(short("45f90b5fcd55d0b4"), "45f90b5f");
        assert_eq!((short("c0ffee"), short("")), ("c0ffee".to_owned(), String::new()));
    }

    #[test]
    fn quality_has_three_words() {
        assert_eq!([99, 95, 94, 85, 84].map(quality), ["good", "good", "fair", "fair", "poor"]);
    }
}
