//! The first pass: every file is read once, in parallel.

use std::collections::BTreeMap;

use domain::{Money, Severity};
use rayon::prelude::*;
use rules::year::{FeedRole, YearRules};
use tables::manifest::InputEntry;

use super::Intake;
use super::side::Side;
use crate::dataset::folder::Folder;
use crate::error::IntakeError;
use crate::feeds::activity;
use crate::feeds::activity::quarantine::{HEADER, csv_line};
use crate::feeds::job::Job;
use crate::feeds::loaded::{Content, Loaded};
use crate::feeds::small::{self, Item, LedgerItem};
use crate::files::discover::{self, Found};
use crate::files::watch::{self, Watch};
use crate::files::{ColumnType, FileFault};
use crate::findings::{Tally, finding};
use crate::plan::{FeedPlan, Plan};

/// All files, read once.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    /// Feeds of the model that have a mapping.
    pub(super) feeds: Vec<FeedPlan<'a>>,
    /// Their files, in the order of feeds and names; a file's number is its place.
    pub(super) files: Vec<Loaded>,
    /// Files beside the feeds that were read.
    pub(super) side: Vec<InputEntry>,
    /// Lines of quarantine files from later steps, by file.
    pub(super) late: BTreeMap<u32, Vec<Vec<u8>>>,
    /// Findings about several files.
    pub(super) tally: Tally,
}

/// Reads all files of all feeds.
pub(super) fn read<'a>(
    intake: &Intake<'a>,
    feeds: Vec<FeedPlan<'a>>,
    found: &[Found],
    side: &Side,
) -> Result<Reading<'a>, IntakeError> {
    intake.progress.stage("reading files");
    let jobs = jobs(intake, (&feeds, side), found);
    if jobs.is_empty() {
        return Err(IntakeError::NoFiles(intake.from.to_owned()));
    }
    intake.progress.files(jobs.len() as u64);
    let files = jobs.par_iter().map(|it| read_file(intake, it)).collect();
    let mut reading = Reading {
        feeds,
        files,
        side: side.inputs.clone(),
        late: BTreeMap::new(),
        tally: Tally::default(),
    };
    reading.leave_out_copies();
    reading.refuse_drift();
    Ok(reading)
}

/// Feeds of the model that have a mapping.
pub(super) fn feeds<'a>(intake: &Intake<'a>, plan: Plan<'a>) -> Vec<FeedPlan<'a>> {
    let feeds = intake.rules.feeds.iter();
    feeds
        .filter_map(|(name, feed)| {
            let mapping = intake.model.intake.get(name)?;
            Some(FeedPlan { plan, name, feed, mapping })
        })
        .collect()
}

fn jobs<'j>(
    intake: &Intake<'j>,
    (feeds, side): (&[FeedPlan<'j>], &'j Side),
    found: &[Found],
) -> Vec<Job<'j>> {
    let year = intake.rules.year.to_string();
    let mut jobs = Vec::new();
    for (feed, plan) in feeds.iter().enumerate() {
        for file in discover::matching(found, &plan.mapping.files, &year) {
            jobs.push(Job {
                plan: *plan,
                feed,
                file: u32::try_from(jobs.len()).expect("fewer than 2^32 files"),
                name: file.name.clone(),
                path: file.path.clone(),
                joins: &side.joins[feed],
                spills: intake.folder.spills(),
            });
        }
    }
    jobs
}

/// Reads a file; one that changed meanwhile is read once more before it is refused (A29).
fn read_file(intake: &Intake<'_>, job: &Job<'_>) -> Loaded {
    let mut attempt = 1;
    loop {
        let watch = Watch::begin(&job.path);
        intake.progress.opening(job.plan.name, &job.name);
        let mut loaded =
            if job.plan.is_activity() { activity::read(job) } else { small::read(job) };
        let changed = watch.saw_change(loaded.bytes);
        if changed && attempt < watch::ATTEMPTS {
            attempt += 1;
            watch::pause();
            continue;
        }
        if changed {
            loaded.refuse(&watch::still_written());
        }
        intake.progress.read(job.plan.name, &job.name, loaded.counts.read);
        return loaded;
    }
}

impl Reading<'_> {
    /// Files of a feed that are used, with their numbers.
    pub(super) fn files_of(&self, feed: usize) -> impl Iterator<Item = (usize, &Loaded)> {
        self.files.iter().enumerate().filter(move |(_, it)| it.feed == feed)
    }

    /// All files as the manifest lists them.
    pub(super) fn inputs(&self) -> Vec<InputEntry> {
        let files = self.files.iter().map(|it| it.entry(self.feeds[it.feed].name));
        let mut inputs: Vec<InputEntry> = files.chain(self.side.iter().cloned()).collect();
        inputs.sort_by(|one, other| (&one.name, &one.feed).cmp(&(&other.name, &other.feed)));
        inputs
    }

    /// Feeds of the model without any file that was used.
    pub(super) fn missing_feeds(&self, rules: &YearRules) -> Vec<String> {
        let has = |name: &str| {
            self.files.iter().any(|it| self.feeds[it.feed].name == name && !it.refused)
        };
        rules.feeds.keys().filter(|it| !has(it)).cloned().collect()
    }

    /// Writes the quarantined rows of each feed.
    pub(super) fn write_quarantine(&self, folder: &Folder) -> Result<(), IntakeError> {
        for (feed, plan) in self.feeds.iter().enumerate() {
            let kept: Vec<(usize, &Loaded)> = self
                .files_of(feed)
                .filter(|(_, it)| it.counts.quarantined > 0 && !it.refused)
                .collect();
            if kept.is_empty() {
                continue;
            }
            let name = format!("quarantine/{}.csv", plan.name);
            folder.text(&name, &mut |out| {
                out.write_all(&csv_line(&HEADER.map(str::to_owned)))?;
                for (number, file) in &kept {
                    let mut failed = Ok(());
                    file.quarantine.visit(&mut |bytes| {
                        failed = out.write_all(bytes);
                        bytes.len()
                    })?;
                    failed?;
                    let number = u32::try_from(*number).unwrap_or(u32::MAX);
                    for line in self.late.get(&number).into_iter().flatten() {
                        out.write_all(line)?;
                    }
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Of several files of a feed with the same bytes only the first counts (A30).
    fn leave_out_copies(&mut self) {
        let mut first: BTreeMap<(usize, String), String> = BTreeMap::new();
        for file in &mut self.files {
            let key = (file.feed, file.sha256.clone());
            if file.refused || file.counts.read == 0 {
                continue;
            }
            let Some(known) = first.get(&key) else {
                first.insert(key, file.name.clone());
                continue;
            };
            let message = format!("the same bytes are in {known}: this copy is left out");
            let found = finding("A30", message).at(file.name.clone(), 0, "");
            file.tally = Tally::default();
            file.tally.sum(found.with_rows(file.counts.read));
            file.leave_out();
        }
    }

    /// Refuses a file whose columns have other types than in the feed's first file (A31).
    fn refuse_drift(&mut self) {
        let mut known: BTreeMap<(usize, String), (ColumnType, String)> = BTreeMap::new();
        for file in &mut self.files {
            let mut drifted = None;
            for (column, found) in file.types.clone() {
                let key = (file.feed, crate::plan::canonical(&column));
                match known.get(&key) {
                    None => {
                        known.insert(key, (found, file.name.clone()));
                    }
                    Some((wanted, other)) if *wanted != found => {
                        drifted = Some((column, other.clone()));
                    }
                    Some(_) => {}
                }
            }
            if let (Some((column, other)), false) = (drifted, file.refused) {
                let message = format!("the column `{column}` has another type in {other}");
                let fault = FileFault::new("A31", message);
                file.refuse(&fault.within(column));
            }
        }
    }

    /// Keeps a row of a small table apart that was used until now.
    pub(super) fn keep_apart(
        &mut self,
        (file, line): (usize, u64),
        money: Money,
        (code, message): (&'static str, &'static str),
    ) {
        let loaded = &mut self.files[file];
        loaded.counts.quarantined += 1;
        loaded.counts.made -= 1;
        loaded.counts.quarantined_money += money;
        let mut fields = vec![loaded.name.clone(), line.to_string(), code.to_owned()];
        fields.resize(HEADER.len(), String::new());
        let number = u32::try_from(file).expect("fewer than 2^32 files");
        self.late.entry(number).or_default().push(csv_line(&fields));
        let mut found = finding(code, message).at(loaded.name.clone(), line, "");
        found.severity = Severity::Warning;
        loaded.tally.list(found.with_rows(1).with_money(money));
    }

    /// Keeps rows of small tables apart in which a text is not fit to be stored.
    pub(super) fn keep_unfit_apart(
        &mut self,
        unfit: &dyn Fn(&str) -> bool,
        why: (&'static str, &'static str),
    ) {
        for file in 0..self.files.len() {
            let Content::Small(items) = &mut self.files[file].content else { continue };
            let is_unfit = |item: &Item| item.texts().into_iter().any(unfit);
            let found = items.extract_if(.., |it| is_unfit(&it.1)).collect::<Vec<_>>();
            for (line, item) in found {
                let money = match item {
                    Item::Income(it) => it.recognised.abs(),
                    _ => Money::ZERO,
                };
                self.keep_apart((file, line), money, why);
            }
        }
    }

    /// Takes the contents of the files of a small feed, with the files' numbers.
    pub(super) fn take_small(&mut self, feed: usize) -> Vec<(usize, Vec<(u64, Item)>)> {
        let files = self.files.iter_mut().enumerate().filter(|(_, it)| it.feed == feed);
        files
            .filter_map(|(number, it)| match std::mem::take(&mut it.content) {
                Content::Small(items) => Some((number, items)),
                _ => None,
            })
            .collect()
    }

    /// Lines of the ledger as they are, before they are taken.
    pub(super) fn ledger_items(&self, role: FeedRole) -> Vec<LedgerItem> {
        let files = self.files.iter().filter(|it| self.feeds[it.feed].feed.role == role);
        let items = files.flat_map(|it| match &it.content {
            Content::Small(items) => items.as_slice(),
            _ => &[],
        });
        items
            .filter_map(|(_, item)| match item {
                Item::Ledger(item) => Some(item.clone()),
                _ => None,
            })
            .collect()
    }

    /// Feeds of a role, by number.
    pub(super) fn of_role(&self, role: FeedRole) -> Vec<usize> {
        (0..self.feeds.len()).filter(|it| self.feeds[*it].feed.role == role).collect()
    }
}
