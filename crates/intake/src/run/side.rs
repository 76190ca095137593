//! Files beside the feeds: joins, merges of patients, the grouper's output.

use std::collections::BTreeMap;

use csv::ByteRecord;
use domain::{Key, Severity};
use rayon::prelude::*;
use rules::intake_mapping::SideFile;
use tables::manifest::InputEntry;
use vault::Namespace;

use super::Intake;
use crate::files::discover::{self, Found};
use crate::files::join::{JoinSink, Joined};
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
        let mut sink = JoinSink::new(plan.mapping, join);
        for file in discover::matching(found, &join.files, &year) {
            let before = (sink.joined.read, sink.joined.left_out);
            let outcome = files::read(&file.path, plan.mapping, &mut sink);
            let counts = (sink.joined.read - before.0, sink.joined.left_out - before.1);
            side.take(plan, &file.name, outcome, counts);
        }
        let joined = sink.joined;
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
        let pairs = side.pairs(plan, merges, (found, &year));
        side.merges.extend(pairs);
    }
    if let Some(grouper) = &plan.mapping.grouper {
        let pairs = side.pairs(plan, grouper, (found, &year));
        let key = |text: &[u8]| plan.plan.pseudonyms.of_bytes(Namespace::Event, text);
        let groups = pairs.iter().map(|(event, hrg)| {
            (key(event), String::from_utf8_lossy(hrg).trim().to_ascii_uppercase())
        });
        side.groups.insert(number, groups.collect());
    }
    side
}

impl Side {
    /// Reads the keys and values of a file beside a feed.
    fn pairs(
        &mut self,
        plan: &FeedPlan<'_>,
        file: &SideFile,
        (found, year): (&[Found], &str),
    ) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut pairs = Vec::new();
        for found in discover::matching(found, &file.files, year) {
            let mut sink = PairSink::new(file, &plan.mapping.null);
            let outcome = files::read(&found.path, plan.mapping, &mut sink);
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
