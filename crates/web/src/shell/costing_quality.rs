//! How good the costing is, period by period: scores that the costing team entered, and how much of
//! the activity of published costings found its patient.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{Day, FinancialYear};
use results::Run;
use store::assessing::{self, Score};

use super::evidence::SETTINGS;
use super::fault::Fault;
use super::shelf::reading;
use super::words;
use crate::App;

/// What of a published costing found its patient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    /// Financial year, as `2025-26`.
    pub year: String,
    /// Last month of the costing, 1 being April.
    pub last_month: u8,
    /// Rows of feeds that were to be matched.
    pub rows: i64,
    /// Rows that found their event.
    pub matched: i64,
    /// The day of publication.
    pub published_on: Day,
    /// The run.
    pub run: String,
}

impl Matched {
    /// The period in words: `2025/26 to the end of March`.
    pub fn period(&self) -> String {
        period_of(&self.year, self.last_month)
    }

    /// Tenths of a percent, rounded down so that only all is the whole.
    pub fn tenths(&self) -> i64 {
        (self.matched * 1_000).checked_div(self.rows).unwrap_or(0)
    }
}

/// `2025/26 to the end of March`.
pub fn period_of(year: &str, last_month: u8) -> String {
    let until = results::since::month(last_month.clamp(1, 12));
    format!("{} to the end of {until}", words::year(year))
}

/// Tenths as a percentage: `71.2%`.
pub fn percent(tenths: i64) -> String {
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// When a run was published; none for a draft.
///
/// # Errors
///
/// [`Fault::Broken`] if the run cannot be read.
pub fn published_on(run: &Run) -> Result<Option<Day>, Fault> {
    let published = run.records()?.publication;
    Ok(published.and_then(|it| it.at.get(..10).and_then(|it| it.parse::<Day>().ok())))
}

/// The last day that a run tells of.
pub fn ends_on(run: &Run) -> Option<Day> {
    let year = run.manifest().year.parse::<FinancialYear>().ok()?;
    Some(year.period_end(run.manifest().last_period.clamp(1, 12)))
}

/// Days from one day to another; none where the other is before it.
pub fn days_between(from: Day, to: Day) -> i32 {
    let date = |it: Day| it.to_string().parse::<jiff::civil::Date>().ok();
    let days = date(from).zip(date(to)).map(|(from, to)| (to - from).get_days());
    days.unwrap_or(0).max(0)
}

/// How much was matched in published costings, one for each period, the earliest first. Where a period
/// was published twice, the later publication counts.
///
/// # Errors
///
/// [`Fault::Broken`] if a run cannot be read.
pub async fn matched(app: &App) -> Result<Vec<Matched>, Fault> {
    let app = app.clone();
    reading(move || {
        let mut found: BTreeMap<(String, u8), Matched> = BTreeMap::new();
        for id in app.shelf().ids() {
            let run: Arc<Run> = app.shelf().run(&id)?;
            let Some(published_on) = published_on(&run)? else { continue };
            let key = (run.manifest().year.clone(), run.manifest().last_period);
            if found.get(&key).is_some_and(|it| it.published_on >= published_on) {
                continue;
            }
            let rates = run.match_rates()?;
            let matched = Matched {
                year: key.0.clone(),
                last_month: key.1,
                rows: rates.iter().map(|it| it.rows).sum(),
                matched: rates.iter().map(|it| it.matched).sum(),
                published_on,
                run: id,
            };
            found.insert(key, matched);
        }
        Ok(found.into_values().filter(|it| it.rows > 0).collect())
    })
    .await
}

/// Scores that count, by measure in the order of the settings, then by period.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn scores(app: &App) -> Result<Vec<Score>, Fault> {
    let mut all = assessing::scores(&mut *app.store().read().await?).await?;
    let rank = |it: &Score| {
        let mut measures = SETTINGS.measures_of_costing_quality.iter();
        measures.position(|of| of.code == it.of.measure).unwrap_or(usize::MAX)
    };
    all.sort_by_key(|it| (rank(it), it.of.period.clone()));
    Ok(all)
}
