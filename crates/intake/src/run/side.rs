//! Files beside the feeds: joins, merges of patients, the grouper's output.

use std::collections::BTreeMap;

use csv::ByteRecord;
use domain::{Key, Severity};
use rayon::prelude::*;
use rules::intake_mapping::{Join, SideFile};
use tables::manifest::InputEntry;
use vault::Namespace;

use super::Intake;
use crate::files::discover::{self, Found};
use crate::files::join::{JoinSink, Joined};
use crate::files::watch::{self, Watch};
use crate::files::{self, FileFault, FileOutcome, Layout, RowSink};
use crate::findings::{Tally, finding};
use crate::plan::{FeedPlan, Nulls, Source, canonical, compile};

/// What the files beside the feeds say.
#[derive(Debug, Default)]
pub(super) struct Side {
    /// Joined files of each feed, in the order of its joins.
    pub(super) joins: Vec<Vec<Joined>>,
    /// Retired and surviving local identifiers.
    pub(super) merges: Vec<(Vec<u8>, Vec<u8>)>,
    /// HRG of events, by the master feed.
    pub(super) groups: BTreeMap<usize, BTreeMap<Key, String>>,
    /// The files as the manifest lists them.
    pub(super) inputs: Vec<InputEntry>,
    /// What was found.
    pub(super) tally: Tally,
}

/// Reads all files beside the feeds.
pub(super) fn read(intake: &Intake<'_>, feeds: &[FeedPlan<'_>], found: &[Found]) -> Side {
    let mut side = Side::default();
    let loaded: Vec<Side> = feeds
        .par_iter()
        .enumerate()
        .map(|(number, it)| of_feed(intake, number, it, found))
        .collect();
    for it in loaded {
        side.joins.extend(it.joins);
        side.merges.extend(it.merges);
        side.groups.extend(it.groups);
        side.inputs.extend(it.inputs);
        side.tally.absorb(it.tally);
    }
    side
}

fn of_feed(intake: &Intake<'_>, number: usize, plan: &FeedPlan<'_>, found: &[Found]) -> Side {
    let mut side = Side::default();
    let year = intake.rules.year.to_string();
    let mut joins = Vec::new();
    for join in &plan.mapping.joins {
        let files = discover::matching(found, &join.files, &year);
        let (joined, outcomes) = read_join(intake, (plan, join), &files);
        for (file, (outcome, counts)) in files.iter().zip(outcomes) {
            side.take(plan, &file.name, outcome, counts);
        }
        if joined.twice.0 > 0 {
            let message =
                format!("rows of the join `{}` that share a key: {}", join.name, joined.twice.0);
            let found = finding("N7", message).about(plan.name).with_rows(joined.twice.0);
            side.tally.sum(found.at(join.files.join(" "), joined.twice.1, ""));
        }
        joins.push(joined);
    }
    side.joins.push(joins);
    if let Some(merges) = &plan.mapping.merges {
        let pairs = side.pairs((intake, plan), merges, (found, &year));
        side.merges.extend(pairs);
    }
    if let Some(grouper) = &plan.mapping.grouper {
        let pairs = side.pairs((intake, plan), grouper, (found, &year));
        let key = |text: &[u8]| plan.plan.pseudonyms.of_bytes(Namespace::Event, text);
        let groups = pairs.iter().map(|(event, hrg)| {
            (key(event), String::from_utf8_lossy(hrg).trim().to_ascii_uppercase())
        });
        side.groups.insert(number, groups.collect());
    }
    side
}

/// What became of one file of a join: rows read, and rows left out.
type JoinOutcome = (FileOutcome, (u64, u64));

/// Reads the files of a join. A file that changed meanwhile is read once more, with all others,
/// since their rows are in one table; a file that changes again is left out and refused (A29).
fn read_join(
    intake: &Intake<'_>,
    (plan, join): (&FeedPlan<'_>, &Join),
    files: &[&Found],
) -> (Joined, Vec<JoinOutcome>) {
    let mut growing: BTreeMap<usize, JoinOutcome> = BTreeMap::new();
    let mut attempts = vec![1; files.len()];
    'again: loop {
        let mut sink = JoinSink::new(plan.mapping, join);
        let mut outcomes: BTreeMap<usize, JoinOutcome> = BTreeMap::new();
        for (number, file) in files.iter().enumerate() {
            if growing.contains_key(&number) {
                continue;
            }
            let before = (sink.joined.read, sink.joined.left_out);
            let watch = Watch::begin(&file.path);
            intake.progress.opening(plan.name, &file.name);
            let mut outcome = files::read(&file.path, plan.mapping, &mut sink);
            let counts = (sink.joined.read - before.0, sink.joined.left_out - before.1);
            if watch.saw_change(outcome.bytes) {
                if attempts[number] < watch::ATTEMPTS {
                    attempts[number] += 1;
                    watch::pause();
                } else {
                    outcome.fault = Some(watch::still_written());
                    growing.insert(number, (outcome, counts));
                }
                continue 'again;
            }
            outcomes.insert(number, (outcome, counts));
        }
        outcomes.append(&mut growing);
        return (sink.joined, outcomes.into_values().collect());
    }
}

/// Reads the keys and values of one file, once more if it changed meanwhile; what changes again
/// gives none (A29).
fn read_pairs<'a>(
    intake: &Intake<'_>,
    (plan, side): (&FeedPlan<'_>, &'a SideFile),
    file: &Found,
) -> (PairSink<'a>, FileOutcome) {
    let mut attempt = 1;
    loop {
        let mut sink = PairSink::new(side, &plan.mapping.null);
        let watch = Watch::begin(&file.path);
        intake.progress.opening(plan.name, &file.name);
        let mut outcome = files::read(&file.path, plan.mapping, &mut sink);
        if !watch.saw_change(outcome.bytes) {
            return (sink, outcome);
        }
        if attempt == watch::ATTEMPTS {
            outcome.fault = Some(watch::still_written());
            sink.pairs.clear();
            return (sink, outcome);
        }
        attempt += 1;
        watch::pause();
    }
}

impl Side {
    /// Reads the keys and values of a file beside a feed.
    fn pairs(
        &mut self,
        (intake, plan): (&Intake<'_>, &FeedPlan<'_>),
        file: &SideFile,
        (found, year): (&[Found], &str),
    ) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut pairs = Vec::new();
        for found in discover::matching(found, &file.files, year) {
            let (sink, outcome) = read_pairs(intake, (plan, file), found);
            let used = u64::try_from(sink.pairs.len()).unwrap_or(0);
            self.take(plan, &found.name, outcome, (sink.read, sink.read - used));
            pairs.extend(sink.pairs);
        }
        pairs
    }

    fn take(
        &mut self,
        plan: &FeedPlan<'_>,
        name: &str,
        outcome: FileOutcome,
        (read, left_out): (u64, u64),
    ) {
        let refused = outcome.fault.is_some();
        if let Some(fault) = outcome.fault {
            let place = (name, fault.line, fault.column.clone());
            let mut found =
                finding(fault.code, fault.message).at(place.0, place.1, place.2).with_rows(read);
            found.severity = Severity::NeedsAcceptance;
            if plan.feed.required {
                found.severity = Severity::Refusal;
            }
            self.tally.sum(found);
        }
        let rejected = if refused { read } else { left_out };
        self.inputs.push(InputEntry {
            feed: plan.name.to_owned(),
            name: name.to_owned(),
            sha256: outcome.sha256,
            bytes: outcome.bytes,
            rows_read: read,
            rows_used: read - rejected,
            rows_quarantined: 0,
            rows_rejected: rejected,
            rows_made: 0,
        });
    }
}

/// Takes the keys and values of a file.
struct PairSink<'a> {
    file: &'a SideFile,
    nulls: Nulls,
    key: Source,
    value: Source,
    read: u64,
    pairs: Vec<(Vec<u8>, Vec<u8>)>,
}

impl<'a> PairSink<'a> {
    fn new(file: &'a SideFile, null: &[String]) -> Self {
        let nulls = Nulls::new(null);
        Self { file, nulls, key: Source::Absent, value: Source::Absent, read: 0, pairs: Vec::new() }
    }
}

impl RowSink for PairSink<'_> {
    fn layout(&mut self, layout: &Layout) -> Result<(), FileFault> {
        let place =
            |name: &str| layout.headers.iter().position(|it| canonical(it) == canonical(name));
        for name in self.file.key.columns().into_iter().chain(self.file.value.columns()) {
            if place(name).is_none() {
                let message = format!("the column `{name}` is not in the file");
                return Err(FileFault::new("A18", message).on(1).within(name));
            }
        }
        self.key = compile(&self.file.key, &place);
        self.value = compile(&self.file.value, &place);
        Ok(())
    }

    fn row(&mut self, _: u64, cells: &ByteRecord) -> Result<(), FileFault> {
        self.read += 1;
        let (mut one, mut other) = (Vec::new(), Vec::new());
        let key = self.key.read(cells, &self.nulls, &mut one).map(<[u8]>::to_vec);
        let value = self.value.read(cells, &self.nulls, &mut other).map(<[u8]>::to_vec);
        self.pairs.extend(key.zip(value));
        Ok(())
    }
}
