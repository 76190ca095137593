//! Feed rows with a traced cost, each laid to the event of the group that it belongs to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use domain::Money;
use rules::YearRules;
use rules::year::{ActivityRule, WeightDriver};
use tables::dataset::FeedRow;
use tables::run::CostedEvent;

use super::{UNIT_E4, Used, nearest};
use crate::ResultsError;
use crate::outcomes::Calendar;
use crate::reading::TableReader;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) code: String,
    pub(super) quantity_e4: i64,
    pub(super) cost: Money,
}

/// Rows by event and activity.
#[derive(Debug, Default)]
pub(super) struct Rows(BTreeMap<(String, String), Vec<Row>>);

impl Rows {
    pub(super) fn of(&self, event: &str, activity: &str) -> &[Row] {
        self.0.get(&(event.to_owned(), activity.to_owned())).map_or(&[], Vec::as_slice)
    }
}

/// Weight sets of nothing but the traced cost of rows, each with its activity.
pub(super) fn traced(rules: &YearRules) -> Vec<(&str, &str)> {
    let is_cost = |driver, staff: bool, is_relative: bool| {
        driver == WeightDriver::Cost && !staff && !is_relative
    };
    let sets = rules.weight_sets.iter();
    let sets = sets.filter(|(_, it)| {
        // An absolute set takes traced costs as they are, whatever relative weights it names.
        is_cost(it.driver, it.staff, it.relative.is_some() && !it.absolute)
    });
    sets.map(|(code, it)| (code.as_str(), it.activity.as_str())).collect()
}

/// Rows of the events; which activity a row counts in, and to which event it belongs, is as the
/// model says.
pub(super) fn read(rules: &YearRules, dataset: &Path, used: &Used) -> Result<Rows, ResultsError> {
    let wanted: BTreeSet<&str> = traced(rules).into_iter().map(|it| it.1).collect();
    let calendar = Calendar::of(rules.year, rules.last_period);
    let (from_s, to_s) = calendar.seconds();
    let mut found = Rows::default();
    for (feed, of_feed) in &rules.activity_rules {
        let of_feed: Vec<&ActivityRule> =
            of_feed.iter().filter(|it| wanted.contains(it.activity.as_str())).collect();
        let path = dataset.join("feeds").join(format!("{feed}.parquet"));
        if of_feed.is_empty() || !path.exists() {
            continue;
        }
        let matching = rules.matching.get(feed).map_or(&[][..], Vec::as_slice);
        let reader = TableReader::open(&path)?;
        for group in reader.groups() {
            for row in reader.rows::<FeedRow>(group)? {
                // A cost counts where its row starts; what is for somebody else is for no patient.
                let is_counted =
                    (from_s..to_s).contains(&row.start_s) && row.cost_object.is_empty();
                let Some(patient) = row.patient.filter(|_| is_counted) else { continue };
                let Some(events) = used.patients.get(&patient.to_string()) else { continue };
                let event = nearest::event_of(&row, events, (matching, &calendar));
                if let Some(event) = event.filter(|it| used.stated.contains_key(&it.event)) {
                    put(&mut found, (&row, event), &of_feed);
                }
            }
        }
    }
    Ok(found)
}

fn put(found: &mut Rows, (row, event): (&FeedRow, &CostedEvent), of_feed: &[&ActivityRule]) {
    let category = if event.category.is_empty() { "OWN" } else { &event.category };
    let fits = |it: &&&ActivityRule| {
        it.code.fits(&row.code)
            && it.band.fits(&row.band)
            && it.specialty.fits(&row.specialty)
            && it.location.fits(&row.location)
            && it.category.fits(category)
    };
    let activities: BTreeSet<&str> =
        of_feed.iter().filter(fits).map(|it| it.activity.as_str()).collect();
    for activity in activities {
        let rows = found.0.entry((event.event.clone(), activity.to_owned())).or_default();
        rows.push(Row {
            code: row.code.clone(),
            quantity_e4: row.quantity_e4.unwrap_or(UNIT_E4),
            cost: row.cost.unwrap_or(Money::ZERO),
        });
    }
}

#[cfg(test)]
mod tests {
    use domain::Key;
    use rules::year::Pattern;

    use super::*;

    /// 2025-07-01 00:00 in UTC.
    const JULY: i64 = 1_751_328_000;

    fn instant(day: i64, hour: i64) -> i64 {
        JULY + (day - 1) * 86_400 + hour * 3_600
    }

    /// An episode of July from 10:00 to 14:00, of a stay.
    fn episode(number: u128, spell: u128, days: (i64, i64), specialty: &str) -> CostedEvent {
        CostedEvent {
            event_number: i64::try_from(number).expect("small"),
            event: Key(number).to_string(),
            spell: Key(spell).to_string(),
            start_s: instant(days.0, 10),
            end_s: Some(instant(days.1, 14)),
            specialty: specialty.to_owned(),
            ..CostedEvent::default()
        }
    }

    fn row(start_s: i64) -> FeedRow {
        FeedRow { start_s, code: "A1".to_owned(), ..FeedRow::default() }
    }

    #[test]
    fn a_row_counts_in_the_activities_whose_rules_fit() {
        let rule = |code: &str, category: &str, activity: &str| ActivityRule {
            code: Pattern::parse(code),
            band: Pattern::parse("*"),
            specialty: Pattern::parse("*"),
            location: Pattern::parse("*"),
            category: Pattern::parse(category),
            activity: activity.to_owned(),
        };
        let rules = [rule("A*", "*", "IMPLANTED"), rule("B*", "*", "OTHER")];
        let private = [rule("A*", "PRIVATE", "OFFICE")];
        let rules: Vec<&ActivityRule> = rules.iter().chain(&private).collect();
        let mut rows = Rows::default();
        put(&mut rows, (&row(0), &episode(1, 50, (1, 3), "110")), &rules);
        let of = |activity: &str| rows.of(&Key(1).to_string(), activity).len();
        assert_eq!((of("IMPLANTED"), of("OTHER"), of("OFFICE")), (1, 0, 0));
    }
}
