//! Use of activities by a service line: how much in all and by month, and what it cost by how that
//! moves.

use std::collections::BTreeMap;

use domain::{FinancialYear, Money};
use tables::run::{CostedEvent, RestrictedActivity, ServiceLineCost};

use super::events::{self, Numbers};
use crate::outcomes::Calendar;
use crate::{ResultsError, Run, reading};

/// Use of one activity by one service line in a run: all its patients, and legally restricted care
/// too, as its cost holds them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineUse {
    /// Count: number, or seconds.
    pub count: i64,
    /// Count by the month in which the care ended, such as `2025-04`. Care that had not ended in the
    /// run's year to date is in none of them.
    pub by_month: BTreeMap<String, i64>,
    /// Cost that moves with every unit of use, absorbed cost included, as in the two below.
    pub variable: Money,
    /// Cost that moves in steps.
    pub semi_fixed: Money,
    /// Cost that does not move.
    pub fixed: Money,
    /// Cost of which the model does not say how it moves.
    pub unstated: Money,
}

impl LineUse {
    /// Cost in all.
    pub fn cost(&self) -> Money {
        self.variable + self.semi_fixed + self.fixed + self.unstated
    }
}

impl Run {
    /// Use of a service line, by activity. The costs add up to the service line's, to the
    /// micro-pound.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if a table cannot be read, or the run is of no year.
    pub fn uses_of(&self, line: &str) -> Result<BTreeMap<String, LineUse>, ResultsError> {
        let year: FinancialYear = self.manifest().year.parse().map_err(|_| {
            ResultsError::damaged(
                "manifest.json",
                &format!("`{}` is no year", self.manifest().year),
            )
        })?;
        let calendar = Calendar::of(year, self.manifest().last_period);
        let months = calendar.months();
        let of_line = |event: &CostedEvent| {
            // The end is the first second after it, but where all of it is one moment.
            let last = event.end_s.map(|it| event.start_s.max(it - 1));
            let end = last.and_then(|it| calendar.day(it));
            let month = end.and_then(|it| calendar.month(it)).unwrap_or(months.len());
            (event.service_line == line).then_some(month)
        };
        let mut found: BTreeMap<String, LineUse> = BTreeMap::new();
        let mut add = |activity: &str, month: usize, count: i64| {
            let used = found.entry(activity.to_owned()).or_default();
            used.count += count;
            if let Some(month) = months.get(month) {
                *used.by_month.entry(month.clone()).or_default() += count;
            }
        };
        let mut activities = Numbers::default();
        for (month, counts) in events::counts(self, of_line, &mut activities)?.iter().enumerate() {
            for (activity, count) in counts {
                add(&activities.names[usize::from(*activity)], month, *count);
            }
        }
        for (activity, month, count) in self.restricted_counts(of_line)? {
            add(&activity, month, count);
        }
        for it in reading::all_rows::<ServiceLineCost>(self)? {
            if it.service_line != line {
                continue;
            }
            let used = found.entry(it.activity.clone()).or_default();
            let part = match it.behaviour.as_str() {
                "variable" => &mut used.variable,
                "semi-fixed" => &mut used.semi_fixed,
                "fixed" => &mut used.fixed,
                _ => &mut used.unstated,
            };
            *part += it.own + it.absorbed;
        }
        Ok(found)
    }

    /// Activity, month and count of legally restricted care.
    fn restricted_counts(
        &self,
        of_line: impl Fn(&CostedEvent) -> Option<usize>,
    ) -> Result<Vec<(String, usize, i64)>, ResultsError> {
        let mut months: BTreeMap<String, usize> = BTreeMap::new();
        for reader in reading::readers(self, "restricted_events")? {
            for group in reader.groups() {
                for event in reader.rows::<CostedEvent>(group)? {
                    if let Some(month) = of_line(&event) {
                        months.insert(event.event, month);
                    }
                }
            }
        }
        let all = reading::all_rows::<RestrictedActivity>(self)?.into_iter();
        let of_these = all.filter_map(|it| Some((it.activity, *months.get(&it.event)?, it.count)));
        Ok(of_these.collect())
    }
}

#[cfg(test)]
mod tests {
    use tables::run::EventActivity;

    use super::*;
    use crate::miniature::{miniature, money, reference};

    fn cost(activity: &str, behaviour: &str, own: &str, absorbed: &str) -> ServiceLineCost {
        ServiceLineCost {
            service_line: "SURGERY".to_owned(),
            activity: activity.to_owned(),
            behaviour: behaviour.to_owned(),
            own: money(own),
            absorbed: money(absorbed),
            ..ServiceLineCost::default()
        }
    }

    fn event(number: i64, line: &str, end: Option<&str>) -> CostedEvent {
        let second = |it: &str| it.parse::<jiff::Timestamp>().expect("a moment").as_second();
        CostedEvent {
            event_number: number,
            event: reference(u128::try_from(number).expect("positive")),
            service_line: line.to_owned(),
            end_s: end.map(second),
            ..CostedEvent::default()
        }
    }

    #[test]
    fn use_is_counted_by_the_month_in_which_care_ended_and_its_cost_by_how_it_moves() {
        let mut made = miniature();
        // The first ends at midnight of 30 April in London, an hour before that of Greenwich: it is
        // April's. The second ends in May, the third is not over, the fourth is of another line.
        let events = [
            event(1, "SURGERY", Some("2025-04-30T23:00:00Z")),
            event(2, "SURGERY", Some("2025-05-02T09:00:00Z")),
            event(3, "SURGERY", None),
            event(4, "MEDICINE", Some("2025-05-02T09:00:00Z")),
        ];
        made.table("events.parquet", &events);
        let restricted = [event(9, "SURGERY", Some("2025-05-03T09:00:00Z"))];
        made.table("restricted_events.parquet", &restricted);
        let counts = [(1, 30), (2, 50), (3, 20), (4, 99)].map(|(event_number, count)| {
            EventActivity { event_number, activity: "CARE".to_owned(), count }
        });
        made.table("event_activities.parquet", &counts);
        let hidden =
            RestrictedActivity { event: reference(9), activity: "CARE".to_owned(), count: 7 };
        made.table("restricted_activities.parquet", &[hidden]);
        let other = ServiceLineCost {
            service_line: "MEDICINE".to_owned(),
            ..cost("CARE", "fixed", "900", "0")
        };
        let costs = [
            cost("CARE", "variable", "100.5", "0.25"),
            cost("CARE", "semi-fixed", "60", "0"),
            cost("CARE", "fixed", "40", "1"),
            cost("CARE", "", "3", "0"),
            cost("TEST", "variable", "8", "0"),
            other,
        ];
        made.table("service_line_costs.parquet", &costs);
        made.finish();
        let uses = made.open().uses_of("SURGERY").expect("reads");
        let care = &uses["CARE"];
        // 30 + 50 + 20 + 7, of which the 20 have not ended.
        assert_eq!(care.count, 107);
        let months: Vec<(&str, i64)> =
            care.by_month.iter().map(|it| (it.0.as_str(), *it.1)).collect();
        assert_eq!(months, [("2025-04", 30), ("2025-05", 57)]);
        let parts = [care.variable, care.semi_fixed, care.fixed, care.unstated];
        assert_eq!(parts, ["100.75", "60", "41", "3"].map(money));
        assert_eq!(care.cost(), money("204.75"));
        assert_eq!((uses["TEST"].count, uses["TEST"].cost()), (0, money("8")));
    }
}
