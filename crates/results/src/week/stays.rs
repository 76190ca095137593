//! Stays put together from episodes: those that ended, and patients who are in a bed now.

use std::collections::BTreeMap;

use domain::Key;
use tables::dataset::Event;

use super::{Week, Windows};
use crate::outcomes::spells::Calendar;

/// Patients in a bed at the end of the last day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InBed {
    /// Nights of each so far, the longest first.
    pub nights: Vec<i64>,
    /// Of these patients, how many were ready to leave before the day ended.
    pub ready: u64,
}

/// One stay.
struct Stay {
    start_s: i64,
    end_s: Option<i64>,
    is_open: bool,
    /// Start of the last episode, with what it says.
    last: (i64, Key),
    line: String,
    kind: (String, String),
    ready_s: Option<i64>,
}

/// Stays by patient and spell; an episode without a spell is one by itself.
#[derive(Default)]
pub(super) struct Stays(BTreeMap<(Key, Key), Stay>);

impl Stays {
    pub(super) fn add(&mut self, line: String, event: Event) {
        let key = (event.patient, event.spell.unwrap_or(event.event));
        let this = (event.start_s, event.event);
        let stay = self.0.entry(key).or_insert_with(|| Stay {
            start_s: i64::MAX,
            end_s: None,
            is_open: false,
            last: (i64::MIN, event.event),
            line: String::new(),
            kind: (String::new(), String::new()),
            ready_s: None,
        });
        stay.start_s = stay.start_s.min(event.start_s);
        stay.end_s = stay.end_s.max(event.end_s);
        stay.is_open |= event.end_s.is_none();
        if this >= stay.last {
            stay.last = this;
            stay.line = line;
            stay.kind = (event.event_type, event.pod);
            stay.ready_s = event.ready_s;
        }
    }

    pub(super) fn finish(
        self,
        (calendar, windows): (&Calendar, &Windows),
        lines: &mut BTreeMap<String, Week>,
    ) {
        for stay in self.0.into_values() {
            let week = lines.entry(stay.line).or_default();
            let Some(admitted) = calendar.day(stay.start_s) else { continue };
            let end = stay.end_s.filter(|_| !stay.is_open);
            // An end is half-open: 00:00 is the end of the day before.
            let left = end.and_then(|it| calendar.day(it.saturating_sub(1).max(stay.start_s)));
            if let Some(day) = left {
                windows.count(week.done.entry(stay.kind).or_default(), day);
            }
            let is_in = admitted <= windows.until && left.is_none_or(|it| it > windows.until);
            if is_in {
                week.in_bed.nights.push(i64::from(windows.until.0 - admitted.0));
                let ready = stay.ready_s.and_then(|it| calendar.day(it));
                week.in_bed.ready += u64::from(ready.is_some_and(|it| it <= windows.until));
            }
        }
        for week in lines.values_mut() {
            week.in_bed.nights.sort_unstable_by_key(|it| std::cmp::Reverse(*it));
        }
    }
}
