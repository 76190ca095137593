//! What is known of all events once the masters are settled.

use std::collections::BTreeMap;

use domain::Key;
use hashbrown::{HashMap, HashSet};
use vault::{Namespace, Remembered};

use super::Pass;
use super::aggregate::Brief;
use super::settle::Settled;
use crate::cells::local_time::LocalTime;
use crate::dataset::spill::Spill;
use crate::error::{IntakeError, at};
use crate::feeds::partition::EventPatients;
use crate::feeds::rebase::{self, Shifts};
use crate::feeds::row::{Row, Slot};
use crate::feeds::spells::{self, Spells};
use crate::findings::{Tally, count_of, finding};
use crate::run::reading::Reading;
use crate::run::side::Side;

/// All events, as far as other rows need them.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// The patient of each.
    pub(super) patients: EventPatients,
    /// Spells, where a feed must stay within them.
    pub(super) spells: Spells,
    /// HRGs of a grouper's output, by feed and event.
    pub(super) groups: BTreeMap<usize, HashMap<Key, u32>>,
    /// How shifted dates move.
    pub(super) shifts: Shifts,
    /// Events for the figures of aggregate feeds.
    pub(super) briefs: Vec<Brief>,
    /// Rows made of aggregate feeds, by the feed that they stand in for.
    pub(super) aggregates: BTreeMap<usize, Spill>,
}

impl Pass<'_, '_> {
    /// Takes note of every event; one that another master has already is kept apart.
    ///
    /// Gives what the vault must remember.
    pub(super) fn know(
        &self,
        reading: &Reading<'_>,
        masters: &mut [Settled],
        events: &mut Events,
    ) -> Result<Vec<Remembered>, IntakeError> {
        let mut natives = Vec::new();
        let wants_spells = reading.feeds.iter().any(|it| it.mapping.within_spell);
        for settled in masters.iter_mut() {
            let Settled { buckets, verdicts, .. } = settled;
            for bucket in 0..self.buckets {
                let visit = &mut |row: &mut Row| {
                    if verdicts.has(row) {
                        return;
                    }
                    let key = row.event.expect("every event has a key");
                    if events.patients.contains_key(&key) {
                        let message = "another feed has the same event";
                        verdicts.set((row.file, row.line), "E2", message);
                        return;
                    }
                    events.patients.insert(key, row.patient);
                    if wants_spells {
                        spells::note(row, &mut events.spells);
                    }
                    let native = String::from_utf8_lossy(&row.native).into_owned();
                    natives.push(Remembered { namespace: Namespace::Event, native, key });
                };
                buckets.each(bucket, visit).map_err(at(self.intake.folder.path()))?;
            }
        }
        self.find_shifts(reading, masters, events)?;
        self.find_briefs(reading, masters, events)?;
        Ok(natives)
    }

    /// How the dates of each patient move, by the events of the feed that the mappings name.
    fn find_shifts(
        &self,
        reading: &Reading<'_>,
        masters: &[Settled],
        events: &mut Events,
    ) -> Result<(), IntakeError> {
        let Some(rebase) = reading.feeds.iter().find_map(|it| it.mapping.rebase.as_ref()) else {
            return Ok(());
        };
        let mut time = LocalTime::new();
        let named = |it: &&Settled| reading.feeds[it.feed].name == rebase.events;
        let Some(settled) = masters.iter().find(named) else { return Ok(()) };
        for bucket in 0..self.buckets {
            let mut times: BTreeMap<u32, Vec<(i64, i64)>> = BTreeMap::new();
            let visit = &mut |row: &mut Row| {
                if !settled.verdicts.has(row) {
                    let start = rebase::local(row.start, &mut time);
                    let end = row.end.map_or(start, |it| rebase::local(it, &mut time));
                    times.entry(row.patient).or_default().push((start, end));
                }
            };
            settled.buckets.each(bucket, visit).map_err(at(self.intake.folder.path()))?;
            for (patient, mut times) in times {
                let year = self.intake.rules.year;
                events.shifts.add(patient, &mut times, year, rebase.reach_days);
            }
        }
        Ok(())
    }

    /// Gives the HRGs of a grouper's output to the events of its feed.
    pub(super) fn group(
        &mut self,
        reading: &Reading<'_>,
        side: &mut Side,
        events: &mut Events,
        tally: &mut Tally,
    ) -> Result<(), IntakeError> {
        for (feed, groups) in std::mem::take(&mut side.groups) {
            let mut known: HashSet<Key> = HashSet::new();
            let mut without = 0;
            for file in &self.prepared[feed] {
                let visit = &mut |row: &mut Row| {
                    let hrg = row.event.and_then(|it| groups.get(&it).map(|hrg| (it, hrg)));
                    if let Some((event, _)) = hrg {
                        known.insert(event);
                    }
                    without += u64::from(hrg.is_none_or(|it| it.1.is_empty() || it.1 == "UZ01Z"));
                };
                file.each(visit).map_err(at(self.intake.folder.path()))?;
            }
            let strangers = groups.len() - known.len();
            let name = reading.feeds[feed].name;
            if strangers > 0 {
                let rows = u64::try_from(strangers).unwrap_or(u64::MAX);
                let message = format!("without an event in the feed: {}", count_of(rows));
                tally.sum(finding("N4", message).about(name).with_rows(rows));
            }
            if without > 0 {
                let message =
                    format!("without a valid HRG from the grouper: {}", count_of(without));
                tally.sum(finding("E15", message).about(name).with_rows(without));
            }
            let dictionary = &mut self.codes.dictionary;
            let codes = groups.into_iter().map(|(event, hrg)| (event, dictionary.number(&hrg)));
            events.groups.insert(feed, codes.collect());
        }
        Ok(())
    }

    /// Events in key order, for aggregate feeds; none if there are no such feeds.
    fn find_briefs(
        &self,
        reading: &Reading<'_>,
        masters: &[Settled],
        events: &mut Events,
    ) -> Result<(), IntakeError> {
        if reading.of_role(rules::year::FeedRole::Aggregate).is_empty() {
            return Ok(());
        }
        let mut time = LocalTime::new();
        for settled in masters {
            for bucket in 0..self.buckets {
                for row in self.rows(reading, settled, bucket, events)? {
                    events.briefs.push(Brief {
                        patient: row.patient,
                        event: row.event.expect("every event has a key"),
                        event_type: row.code(Slot::EventType),
                        specialty: row.code(Slot::Specialty),
                        site: row.code(Slot::Site),
                        day: time.civil(row.start).0,
                        start: row.start,
                        start_is_day: row.start_is_day,
                    });
                }
            }
        }
        let persons = &self.persons;
        events.briefs.sort_by_cached_key(|it| (persons.key(it.patient), it.event));
        Ok(())
    }
}
