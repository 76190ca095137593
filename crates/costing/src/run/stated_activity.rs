//! Events by month and point of delivery beside what other sources count.

use std::collections::{BTreeMap, BTreeSet};

use domain::FinancialYear;
use rules::YearRules;
use rules::year::Counted;
use tables::run::{CostedEvent, StatedActivity};

use super::reports::half_up;
use crate::local_time::Midnights;

/// Events by point of delivery, month and what is counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct MonthTally {
    events: BTreeMap<(String, Month, Counted), i64>,
}

/// A financial year and a period of it.
type Month = (FinancialYear, i64);

fn month(seconds: i64, midnights: &Midnights) -> Month {
    let day = midnights.day_of(seconds);
    let year = FinancialYear::of(day);
    (year, i64::from(year.period_of(day)))
}

impl MonthTally {
    /// Adds one event to the months in which it started and ended.
    pub(crate) fn add(&mut self, event: &CostedEvent, midnights: &Midnights) {
        let mut count = |seconds: i64, counted: Counted| {
            let key = (event.pod.clone(), month(seconds, midnights), counted);
            *self.events.entry(key).or_default() += 1;
        };
        count(event.start_s, Counted::Started);
        // NHS Data Dictionary, "attended or did not attend": 3 and 7 were not seen.
        if !matches!(event.attended.as_str(), "3" | "7") {
            count(event.start_s, Counted::Attended);
        }
        if let Some(end) = event.end_s {
            // The end is half-open: what ends at midnight ended the day before.
            count((end - 1).max(event.start_s), Counted::Ended);
        }
    }

    fn of(&self, pod: &str, month: Month, counted: Counted) -> i64 {
        self.events.get(&(pod.to_owned(), month, counted)).copied().unwrap_or_default()
    }
}

/// One row for each source, point of delivery and month of the period that is costed, in key order;
/// none if the model states no activity. What a source does not state is shown beside nothing.
pub(crate) fn stated_activity(rules: &YearRules, tally: &MonthTally) -> Vec<StatedActivity> {
    let months: Vec<Month> =
        (1..=i64::from(rules.last_period)).map(|it| (rules.year, it)).collect();
    let known = tally.events.keys().filter(|(_, month, _)| months.contains(month));
    let known: BTreeSet<&str> = known.map(|(pod, _, _)| pod.as_str()).collect();
    let sources: BTreeSet<&str> =
        rules.stated_activity.iter().map(|it| it.stated_by.as_str()).collect();
    let mut rows = Vec::new();
    for stated_by in sources {
        let of_source = rules.stated_activity.iter().filter(|it| it.stated_by == stated_by);
        let mut counted: BTreeMap<&str, Counted> = BTreeMap::new();
        for it in of_source.clone() {
            counted.entry(&it.pod).or_insert(it.counted);
        }
        let pods: BTreeSet<&str> = known.iter().copied().chain(counted.keys().copied()).collect();
        for pod in pods {
            for month in &months {
                let key = (stated_by, pod, month.1);
                let stated = of_source.clone().find(|it| it.key() == key);
                let usual = counted.get(pod).copied().unwrap_or(Counted::Started);
                let counted = stated.map_or(usual, |it| it.counted);
                let costed = tally.of(pod, *month, counted);
                rows.push(row(key, counted, (stated.map(|it| it.events), costed)));
            }
        }
    }
    rows
}

fn row(
    (stated_by, pod, period): (&str, &str, i64),
    counted: Counted,
    (stated, costed): (Option<i64>, i64),
) -> StatedActivity {
    let difference = stated.map(|it| costed - it);
    let hundred_e4 = 1_000_000;
    let percent = |it: i64| half_up(i128::from(costed - it) * hundred_e4, i128::from(it));
    StatedActivity {
        stated_by: stated_by.to_owned(),
        pod: pod.to_owned(),
        period,
        counted: counted.word().to_owned(),
        stated,
        costed,
        difference,
        percent_e4: stated.and_then(percent),
    }
}
