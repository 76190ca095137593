//! Runs the ordered rules for one row over its patient's events.

use domain::Seconds;
use rules::year::{Identity, Reach};

use super::by_time::PatientEvents;
use super::compile::{Compiled, Tie};
use super::{EventSpan, Matcher, Outcome, Reason, RowSpan};

impl Matcher {
    /// Finds the event of a row among its patient's events.
    ///
    /// `kept` is room for candidates that the caller lends, so that rows do not allocate.
    pub fn find(
        &self,
        row: &RowSpan,
        patient: PatientEvents<'_>,
        kept: &mut Vec<usize>,
    ) -> Outcome {
        let events = patient.spans;
        if !row.has_patient && row.event.is_none() {
            return Outcome::Unmatched(Reason::NoIdentity);
        }
        if events.is_empty() {
            return Outcome::Unmatched(Reason::UnknownPatient);
        }
        let named = row.event.and_then(|key| events.binary_search_by_key(&key, |it| it.event).ok());
        for (index, rule) in self.rules.iter().enumerate() {
            kept.clear();
            match rule.identity {
                Identity::Event => {
                    kept.extend(named.filter(|&it| self.accepts(rule, row, &events[it])));
                }
                Identity::Patient if row.has_patient => {
                    self.keep(rule, row, patient, kept);
                }
                Identity::Patient => {}
            }
            if !kept.is_empty() {
                let candidates = kept.len();
                break_ties(&rule.ties, row, events, kept);
                return Outcome::Matched { event: kept[0], rule: index, candidates };
            }
        }
        Outcome::Unmatched(Reason::NoEventInWindow)
    }

    /// Keeps the events of the patient that a rule accepts, in event order.
    fn keep(
        &self,
        rule: &Compiled,
        row: &RowSpan,
        patient: PatientEvents<'_>,
        kept: &mut Vec<usize>,
    ) {
        let events = patient.spans;
        let (Some(times), Some(window)) = (patient.times, rule.window) else {
            kept.extend((0..events.len()).filter(|&it| self.accepts(rule, row, &events[it])));
            return;
        };
        let near = times.near(
            |first| self.earliest(first, window.0) <= row.last,
            |last| self.latest(last, window.1) < row.first,
        );
        kept.extend(near.filter(|&it| self.accepts(rule, row, &events[it])));
        kept.sort_unstable();
    }

    fn accepts(&self, rule: &Compiled, row: &RowSpan, event: &EventSpan) -> bool {
        rule.event_type.is_none_or(|wanted| wanted == event.event_type)
            && rule.window.is_none_or(|window| self.touches(window, row, event))
            && rule.equalities.iter().all(|&it| equal(it, row, event))
    }

    fn touches(&self, window: (Reach, Reach), row: &RowSpan, event: &EventSpan) -> bool {
        let (before, after) = window;
        if row.last < self.earliest(event.first, before) {
            return false;
        }
        event.last.is_none_or(|last| row.first <= self.latest(last, after))
    }

    fn earliest(&self, first: Seconds, reach: Reach) -> Seconds {
        match reach {
            Reach::Days(days) => self.midnights.first_second_before(first, days),
            Reach::Seconds(seconds) => first - seconds,
        }
    }

    fn latest(&self, last: Seconds, reach: Reach) -> Seconds {
        match reach {
            Reach::Days(days) => self.midnights.last_second_after(last, days),
            Reach::Seconds(seconds) => last + seconds,
        }
    }
}

fn equal(field: usize, row: &RowSpan, event: &EventSpan) -> bool {
    row.fields[field] != 0 && row.fields[field] == event.fields[field]
}

/// Leaves the candidates that win each tie-break in turn; the first left has the smallest id.
fn break_ties(ties: &[Tie], row: &RowSpan, events: &[EventSpan], kept: &mut Vec<usize>) {
    for tie in ties {
        if kept.len() == 1 {
            return;
        }
        match *tie {
            Tie::Equal(field) => {
                if kept.iter().any(|&it| equal(field, row, &events[it])) {
                    kept.retain(|&it| equal(field, row, &events[it]));
                }
            }
            Tie::Nearest => {
                let least = kept.iter().map(|&it| gap(row, &events[it])).min();
                kept.retain(|&it| Some(gap(row, &events[it])) == least);
            }
        }
    }
}

/// Seconds between a row and an event; 0 where they touch.
pub(super) fn gap(row: &RowSpan, event: &EventSpan) -> Seconds {
    let after = event.last.map_or(0, |last| row.first - last);
    (event.first - row.last).max(after).max(0)
}
