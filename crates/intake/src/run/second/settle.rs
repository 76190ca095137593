//! Settles the rows of one feed: whose they are, which are kept apart, which files are refused.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::Pass;
use super::events::Events;
use crate::cells::local_time::LocalTime;
use crate::error::{IntakeError, at};
use crate::feeds::duplicates;
use crate::feeds::partition::{self, Buckets, Met};
use crate::feeds::prepared::{NUMBER_FOR_CODE, Prepared};
use crate::feeds::rebase::Moved;
use crate::feeds::row::{Row, Slot};
use crate::feeds::spells::{self, Counted};
use crate::feeds::verdicts::Verdicts;
use crate::run::reading::Reading;
use crate::run::thresholds;

/// Rows of a feed by bucket, and what was found on the way.
#[derive(Debug)]
pub(super) struct Settled {
    /// Number of the feed.
    pub(super) feed: usize,
    /// Its rows.
    pub(super) buckets: Buckets,
    /// Those kept apart.
    pub(super) verdicts: Verdicts,
    /// Files refused.
    pub(super) refused: BTreeSet<u32>,
    /// What was counted: code of the case, then rows and first line by file.
    pub(super) counted: BTreeMap<&'static str, Counted>,
}

impl Pass<'_, '_> {
    /// Finds out whose the events of a master are.
    pub(super) fn settle_master(
        &mut self,
        reading: &Reading<'_>,
        feed: usize,
    ) -> Result<Settled, IntakeError> {
        let plan = reading.feeds[feed];
        let mut refused = BTreeSet::new();
        loop {
            let mut met = self.copies(reading, feed, &refused)?;
            let files: Vec<&Prepared> = used(&self.prepared[feed], &refused);
            let mut buckets = self.buckets(plan.name);
            let spilled = at(self.intake.folder.path());
            let pseudonyms = self.intake.pseudonyms;
            let gaps =
                partition::masters(&files, &mut self.persons, pseudonyms, (&mut met, &mut buckets))
                    .and_then(|()| spells::check_events(&buckets, self.buckets, &mut met.verdicts));
            let gaps = gaps.map_err(spilled)?;
            let more =
                thresholds::refused(self.intake.rules, reading, feed, &met.verdicts, &refused);
            if more.is_empty() {
                let counted = [("E5", gaps)].into();
                return Ok(Settled { feed, buckets, verdicts: met.verdicts, refused, counted });
            }
            refused.extend(more);
        }
    }

    /// Finds out whose the rows of another feed are.
    pub(super) fn settle(
        &self,
        reading: &Reading<'_>,
        feed: usize,
        events: &Events,
    ) -> Result<Settled, IntakeError> {
        let plan = reading.feeds[feed];
        let mut refused = BTreeSet::new();
        loop {
            let mut met = self.copies(reading, feed, &refused)?;
            let files = used(&self.prepared[feed], &refused);
            let mut buckets = self.buckets(plan.name);
            let spilled = || at(self.intake.folder.path());
            partition::auxiliaries(
                &files,
                &self.persons,
                &events.patients,
                (&mut met, &mut buckets),
            )
            .map_err(spilled())?;
            self.check_stays(reading, (feed, &buckets), events, &mut met.verdicts)?;
            let more =
                thresholds::refused(self.intake.rules, reading, feed, &met.verdicts, &refused);
            if !more.is_empty() {
                refused.extend(more);
                continue;
            }
            self.add_aggregates((feed, &mut buckets), events)?;
            let overlaps = self.overlaps(reading, (feed, &buckets), &met.verdicts)?;
            let other_patient = met.other_patient.into_iter().collect();
            let counted = [("E6", overlaps), ("N2", other_patient)].into();
            return Ok(Settled { feed, buckets, verdicts: met.verdicts, refused, counted });
        }
    }

    /// Copies of rows, in the feed and in the one that holds the same orders.
    fn copies(
        &self,
        reading: &Reading<'_>,
        feed: usize,
        refused: &BTreeSet<u32>,
    ) -> Result<Met, IntakeError> {
        let plan = reading.feeds[feed];
        let files = used(&self.prepared[feed], refused);
        let find = || -> std::io::Result<Verdicts> {
            let mut verdicts = duplicates::find(&plan, &files)?;
            let other = reading.feeds.iter().position(|it| it.name == plan.mapping.orders_of);
            if let Some(other) = other {
                let ids = duplicates::ids(&used(&self.prepared[other], &BTreeSet::new()))?;
                duplicates::ordered_elsewhere(&files, &ids, &mut verdicts)?;
            }
            for file in &files {
                file.each(&mut |row| {
                    if self.codes.has_number(row) {
                        verdicts.set((row.file, row.line), "N11", NUMBER_FOR_CODE);
                    }
                })?;
            }
            Ok(verdicts)
        };
        let verdicts = find().map_err(at(self.intake.folder.path()))?;
        Ok(Met { verdicts, ..Met::default() })
    }

    fn check_stays(
        &self,
        reading: &Reading<'_>,
        (feed, buckets): (usize, &Buckets),
        events: &Events,
        verdicts: &mut Verdicts,
    ) -> Result<(), IntakeError> {
        if !reading.feeds[feed].mapping.within_spell {
            return Ok(());
        }
        for bucket in 0..self.buckets {
            buckets
                .each(bucket, &mut |row| spells::check_within(row, &events.spells, verdicts))
                .map_err(at(self.intake.folder.path()))?;
        }
        Ok(())
    }

    /// Counts stays that overlap where each place excludes the others.
    fn overlaps(
        &self,
        reading: &Reading<'_>,
        (feed, buckets): (usize, &Buckets),
        verdicts: &Verdicts,
    ) -> Result<Counted, IntakeError> {
        let mut overlaps = Counted::new();
        if !reading.feeds[feed].feed.exclusive {
            return Ok(overlaps);
        }
        for bucket in 0..self.buckets {
            let mut rows = Vec::new();
            let visit = &mut |row: &mut Row| {
                if !verdicts.has(row) {
                    rows.push((row.patient, row.clone()));
                }
            };
            buckets.each(bucket, visit).map_err(at(self.intake.folder.path()))?;
            spells::count_overlaps(&mut rows, &mut overlaps);
        }
        Ok(overlaps)
    }

    fn buckets(&self, name: &str) -> Buckets {
        Buckets::new(&self.intake.folder.spills(), name, self.buckets)
    }

    /// The rows of a bucket that are used, as they are written.
    pub(super) fn rows(
        &self,
        reading: &Reading<'_>,
        settled: &Settled,
        bucket: u32,
        events: &Events,
    ) -> Result<Vec<Row>, IntakeError> {
        let count = usize::try_from(settled.buckets.rows(bucket)).unwrap_or(0);
        let mut rows = Vec::with_capacity(count);
        let groups = events.groups.get(&settled.feed);
        let rebased = reading.feeds[settled.feed].mapping.rebase.is_some();
        let mut time = LocalTime::new();
        let visit = &mut |row: &mut Row| {
            if settled.verdicts.has(row) {
                return;
            }
            row.native.clear();
            if let Some(hrg) = groups.and_then(|it| it.get(&row.event?)) {
                row.codes[Slot::Hrg as usize] = *hrg;
            }
            if rebased {
                events.shifts.apply(row, &mut time);
            }
            rows.push(row.clone());
        };
        settled.buckets.each(bucket, visit).map_err(at(self.intake.folder.path()))?;
        Ok(rows)
    }

    /// Counts the rows of a feed whose shifted dates stay as they are, by case and file.
    pub(super) fn left_behind(
        &self,
        settled: &Settled,
        events: &Events,
    ) -> Result<BTreeMap<&'static str, Counted>, IntakeError> {
        let mut counted: BTreeMap<&'static str, Counted> = BTreeMap::new();
        let mut time = LocalTime::new();
        for file in used(&self.prepared[settled.feed], &settled.refused) {
            let visit = &mut |row: &mut Row| {
                if settled.verdicts.has(row) {
                    return;
                }
                row.patient = self.patient_of(row, events);
                let code = match events.shifts.apply(row, &mut time) {
                    Moved::Yes => return,
                    Moved::Left => "N8",
                    Moved::LeftForRoom => "N9",
                };
                let count = counted.entry(code).or_default().entry(row.file);
                let count = count.or_insert((0, row.line));
                *count = (count.0 + 1, count.1.min(row.line));
            };
            file.each(visit).map_err(at(self.intake.folder.path()))?;
        }
        Ok(counted)
    }

    fn patient_of(&self, row: &Row, events: &Events) -> u32 {
        let of_event = row.event.and_then(|it| events.patients.get(&it)).copied();
        of_event.unwrap_or_else(|| match self.persons.whose(row.local, row.number) {
            crate::identity::Whose::Patient(patient) => patient,
            _ => 0,
        })
    }
}

impl Settled {
    /// Gives the rows up, once they are written.
    pub(super) fn without_rows(mut self) -> Self {
        self.buckets = Buckets::new(Path::new(""), "", 0);
        self
    }
}

/// Files that are not refused.
pub(super) fn used<'p>(files: &'p [Prepared], refused: &BTreeSet<u32>) -> Vec<&'p Prepared> {
    files.iter().filter(|it| !refused.contains(&it.file)).collect()
}
