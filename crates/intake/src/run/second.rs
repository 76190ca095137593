//! The second pass: whose each row is, what is kept apart, and the tables by patient.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;
use rayon::prelude::*;
use rules::year::FeedRole;
use tables::Table as _;
use tables::dataset::{Event, FeedRow};
use vault::{Namespace, Remembered, Vault};

use super::reading::Reading;
use super::{Intake, thresholds};
use crate::cells::local_time::LocalTime;
use crate::error::{IntakeError, at};
use crate::feeds::duplicates;
use crate::feeds::partition::{self, Buckets, EventPatients, Met};
use crate::feeds::prepared::{AllCodes, Prepared};
use crate::feeds::row::Row;
use crate::feeds::verdicts::Verdicts;
use crate::feeds::write::{self, Writing};
use crate::findings::{Tally, finding};
use crate::identity::{Identities, Persons};

const FEWEST_BUCKETS: u32 = 64;
const ROWS_PER_BUCKET: u64 = 300_000;

/// What the second pass gave.
#[derive(Debug, Default)]
pub(super) struct Second {
    /// Number of buckets.
    pub(super) buckets: u32,
    /// What was found.
    pub(super) tally: Tally,
}

/// Rows of a feed by bucket, and those of its files that were refused on the way.
struct Settled {
    feed: usize,
    buckets: Buckets,
    verdicts: Verdicts,
    refused: BTreeSet<u32>,
    other_patient: BTreeMap<u32, (u64, u64)>,
}

/// Everything that the steps of the second pass share.
struct Pass<'p, 'a> {
    intake: &'p Intake<'a>,
    codes: AllCodes,
    persons: Persons,
    prepared: Vec<Vec<Prepared>>,
    buckets: u32,
    year: String,
}

/// Runs the second pass and writes events and feeds.
pub(super) fn run(
    intake: &Intake<'_>,
    reading: &mut Reading<'_>,
    vault: &mut Vault,
) -> Result<Second, IntakeError> {
    intake.progress.stage("finding out whose rows are whose");
    let mut pass = prepare(intake, reading);
    let mut tally = Tally::default();
    let mut masters = Vec::new();
    for feed in reading.of_role(FeedRole::Master) {
        let settled = pass.settle_master(reading, feed)?;
        masters.push(settled);
    }
    intake.progress.stage("writing events");
    let (events, natives) = pass.known_events(reading, &mut masters)?;
    for settled in &masters {
        pass.apply(reading, settled, &mut tally)?;
    }
    pass.write_events(&masters)?;
    vault.remember(&pass.persons.remembered())?;
    vault.remember(&natives)?;
    drop(natives);
    for settled in masters {
        pass.write_feed(reading, &settled)?;
    }
    intake.progress.stage("writing feeds");
    let auxiliaries = reading.of_role(FeedRole::Auxiliary);
    let settled: Vec<Settled> = auxiliaries
        .par_iter()
        .map(|feed| {
            let settled = pass.settle(reading, *feed, &events)?;
            pass.write_feed(reading, &settled)?;
            Ok(settled.without_rows())
        })
        .collect::<Result<_, IntakeError>>()?;
    for it in &settled {
        pass.apply(reading, it, &mut tally)?;
    }
    Ok(Second { buckets: pass.buckets, tally })
}

fn prepare<'p, 'a>(intake: &'p Intake<'a>, reading: &mut Reading<'_>) -> Pass<'p, 'a> {
    let mut identities = Identities::default();
    let mut codes = AllCodes::default();
    let mut activities = Vec::new();
    for (number, file) in reading.files.iter_mut().enumerate() {
        let Some(mut activity) = file.take_activity() else { continue };
        codes.note_consultants(&activity);
        let ids = identities.absorb(std::mem::take(&mut activity.seen));
        activities.push((number, file.feed, activity, ids));
    }
    let mut prepared: Vec<Vec<Prepared>> = reading.feeds.iter().map(|_| Vec::new()).collect();
    for (number, feed, activity, ids) in activities {
        let number = u32::try_from(number).expect("fewer than 2^32 files");
        prepared[feed].push(codes.prepare(number, *activity, ids, intake.pseudonyms));
    }
    let rows = |files: &Vec<Prepared>| files.iter().map(Prepared::rows).sum::<u64>();
    let most = prepared.iter().map(rows).max().unwrap_or(0);
    let wanted = u32::try_from(most.div_ceil(ROWS_PER_BUCKET)).unwrap_or(u32::MAX);
    Pass {
        intake,
        codes,
        persons: identities.resolve(intake.pseudonyms),
        prepared,
        buckets: wanted.next_power_of_two().max(FEWEST_BUCKETS),
        year: intake.rules.year.to_string(),
    }
}

impl Pass<'_, '_> {
    /// Finds out whose the events of a master are.
    fn settle_master(
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
            let pseudonyms = self.intake.pseudonyms;
            partition::masters(&files, &mut self.persons, pseudonyms, (&mut met, &mut buckets))
                .map_err(at(self.intake.folder.path()))?;
            let more = thresholds::refused(self.intake.rules, reading, &met.verdicts, &refused);
            if more.is_empty() {
                return Ok(Settled::new(feed, buckets, met, refused));
            }
            refused.extend(more);
        }
    }

    /// Finds out whose the rows of another feed are.
    fn settle(
        &self,
        reading: &Reading<'_>,
        feed: usize,
        events: &EventPatients,
    ) -> Result<Settled, IntakeError> {
        let plan = reading.feeds[feed];
        let mut refused = BTreeSet::new();
        loop {
            let mut met = self.copies(reading, feed, &refused)?;
            let files = used(&self.prepared[feed], &refused);
            let mut buckets = self.buckets(plan.name);
            partition::auxiliaries(&files, &self.persons, events, (&mut met, &mut buckets))
                .map_err(at(self.intake.folder.path()))?;
            let more = thresholds::refused(self.intake.rules, reading, &met.verdicts, &refused);
            if more.is_empty() {
                return Ok(Settled::new(feed, buckets, met, refused));
            }
            refused.extend(more);
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
        let spilled = at(self.intake.folder.path());
        let files = used(&self.prepared[feed], refused);
        let find = || -> std::io::Result<Verdicts> {
            let mut verdicts = duplicates::find(&plan, &files)?;
            let other = reading.feeds.iter().position(|it| it.name == plan.mapping.orders_of);
            if let Some(other) = other {
                let others = used(&self.prepared[other], &BTreeSet::new());
                let ids = duplicates::ids(&others)?;
                duplicates::ordered_elsewhere(&files, &ids, &mut verdicts)?;
            }
            Ok(verdicts)
        };
        Ok(Met { verdicts: find().map_err(spilled)?, ..Met::default() })
    }

    fn buckets(&self, name: &str) -> Buckets {
        Buckets::new(&self.intake.folder.spills(), name, self.buckets)
    }

    fn writing(&self) -> Writing<'_> {
        Writing {
            codes: &self.codes,
            persons: &self.persons,
            pseudonyms: self.intake.pseudonyms,
            year: &self.year,
        }
    }

    /// The patient of every event, and what the vault must remember; an event that another master
    /// has already is kept apart.
    fn known_events(
        &self,
        reading: &Reading<'_>,
        masters: &mut [Settled],
    ) -> Result<(EventPatients, Vec<Remembered>), IntakeError> {
        let mut events = EventPatients::new();
        let mut natives = Vec::new();
        let _ = reading;
        for settled in masters {
            let Settled { buckets, verdicts, .. } = settled;
            for bucket in 0..self.buckets {
                let visit = &mut |row: &mut Row| {
                    if verdicts.has(row) {
                        return;
                    }
                    let key = row.event.expect("every event has a key");
                    if events.contains_key(&key) {
                        let message = "another feed has the same event";
                        verdicts.set((row.file, row.line), "E2", message);
                        return;
                    }
                    events.insert(key, row.patient);
                    let native = String::from_utf8_lossy(&row.native).into_owned();
                    natives.push(Remembered { namespace: Namespace::Event, native, key });
                };
                buckets.each(bucket, visit).map_err(at(self.intake.folder.path()))?;
            }
        }
        Ok((events, natives))
    }

    fn write_events(&self, masters: &[Settled]) -> Result<(), IntakeError> {
        let writing = self.writing();
        let batch = |bucket| {
            let mut rows = Vec::new();
            for settled in masters {
                rows.extend(settled.rows(bucket, self.intake)?);
            }
            write::sort_events(&mut rows, writing);
            Ok(write::event_batch(&rows, writing))
        };
        let folder = &self.intake.folder;
        folder.bucketed("events.parquet", Event::schema(), self.buckets, &batch)
    }

    fn write_feed(&self, reading: &Reading<'_>, settled: &Settled) -> Result<(), IntakeError> {
        let plan = reading.feeds[settled.feed];
        if self.prepared[settled.feed].is_empty() {
            return Ok(());
        }
        let writing = self.writing();
        let batch = |bucket| {
            let mut rows = settled.rows(bucket, self.intake)?;
            write::sort_feed(&mut rows, writing);
            Ok(write::feed_batch(&rows, writing))
        };
        let name = format!("feeds/{}.parquet", plan.name);
        self.intake.folder.bucketed(&name, FeedRow::schema(), self.buckets, &batch)
    }

    /// Counts what was kept apart and refused, and tells it.
    fn apply(
        &self,
        reading: &mut Reading<'_>,
        settled: &Settled,
        tally: &mut Tally,
    ) -> Result<(), IntakeError> {
        for file in &settled.refused {
            thresholds::refuse(self.intake.rules, reading, *file);
        }
        let mut verdicts = settled.verdicts.clone().without(&settled.refused);
        let mut time = LocalTime::new();
        for file in used(&self.prepared[settled.feed], &settled.refused) {
            file.each(&mut |row| verdicts.met(row, &self.codes.dictionary, &mut time))
                .map_err(at(self.intake.folder.path()))?;
        }
        for ((file, line), verdict) in verdicts.in_order() {
            let loaded = &mut reading.files[file as usize];
            loaded.counts.quarantined += 1;
            loaded.counts.made -= verdict.made;
            loaded.counts.quarantined_money += verdict.money;
            let kept = verdict.line(&loaded.name, line);
            reading.late.entry(file).or_default().push(kept);
            let mut found =
                finding(verdict.code, verdict.message).at(loaded.name.clone(), line, "");
            found.severity = domain::Severity::Warning;
            loaded.tally.list(found.with_rows(1).with_money(verdict.money));
        }
        for (file, (rows, line)) in &settled.other_patient {
            let name = reading.files[*file as usize].name.clone();
            let message = "rows name an event of another patient; the event's patient was taken";
            tally.sum(finding("N2", message).at(name, *line, "").with_rows(*rows));
        }
        Ok(())
    }
}

impl Settled {
    fn new(feed: usize, buckets: Buckets, met: Met, refused: BTreeSet<u32>) -> Self {
        let other_patient: HashMap<u32, (u64, u64)> = met.other_patient;
        let other_patient = other_patient.into_iter().collect();
        Self { feed, buckets, verdicts: met.verdicts, refused, other_patient }
    }

    /// The rows of a bucket that are used.
    fn rows(&self, bucket: u32, intake: &Intake<'_>) -> Result<Vec<Row>, IntakeError> {
        let count = usize::try_from(self.buckets.rows(bucket)).unwrap_or(0);
        let mut rows = Vec::with_capacity(count);
        self.buckets
            .each(bucket, &mut |row| {
                if !self.verdicts.has(row) {
                    let native = std::mem::take(&mut row.native);
                    rows.push(row.clone());
                    row.native = native;
                }
            })
            .map_err(at(intake.folder.path()))?;
        Ok(rows)
    }

    /// Gives the rows up, once they are written.
    fn without_rows(mut self) -> Self {
        self.buckets = Buckets::new(std::path::Path::new(""), "", 0);
        self
    }
}

fn used<'p>(files: &'p [Prepared], refused: &BTreeSet<u32>) -> Vec<&'p Prepared> {
    files.iter().filter(|it| !refused.contains(&it.file)).collect()
}
