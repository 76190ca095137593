//! Costs a dataset and writes the run: new folder, all files, manifest last.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use domain::{FinancialYear, Finding, Money};
use rules::lock::LOCK_FILE;
use rules::{Model, YearRules};
use tables::manifest::{InputEntry, RUN_FORMAT, RunManifest};
use tables::run::{
    ActivityOut, CostedEvent, FeedCount, Identity as Closing, MatchCount, SessionUse,
};

use super::asked::{identified, rules_of};
use super::cells::{self, Cubes, EventSums};
use super::events::{self, Income};
use super::sink::{FolderSink, Sink, put_long, put_table, write_durably};
use super::stated_activity::{MonthTally, stated_activity};
use super::{findings, ledger_tables, reports, staff, statement, unit_costs};
use crate::cp4_patients::AttributeTable;
use crate::cp4_weights::{Fate, Plan, weigh};
use crate::cp5_reconciliation::{Outcomes, check, check_rows, reconcile, reconcile_rows};
use crate::cp6_assurance::{EventFigures, EventTally, Seen, assure, measured};
use crate::dataset::Dataset;
use crate::error::CostingError;
use crate::kept::{Keep, KeptFeeds, KeptFiles};
use crate::pipeline::{Costing, LedgerStages};

/// The version of the engine, part of every run's identity.
pub const ENGINE: &str = env!("CARGO_PKG_VERSION");

/// How the name of a folder begins while its run is being written.
const UNFINISHED: &str = ".unfinished-";

/// What is to be costed, and where the run goes.
#[derive(Clone, Copy)]
pub struct CostRequest<'a> {
    /// Dataset folder.
    pub dataset: &'a Path,
    /// Model.
    pub model: &'a Model,
    /// Financial year.
    pub year: FinancialYear,
    /// Folder of runs.
    pub runs: &'a Path,
    /// Worker threads; they change no byte.
    pub threads: usize,
    /// Where what feeds came to is kept, so that a costing by other rules works out only what they
    /// touch; none to work out everything. It changes no byte.
    pub keep: Option<Keep<'a>>,
    /// Told how far the work is.
    pub progress: &'a (dyn Fn(HowFar) + Sync),
}

/// How far a costing is. It is written for people by [`Display`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HowFar {
    /// What is being done.
    pub stage: &'static str,
    /// How much of it is done.
    pub done: u64,
    /// Of how much; 0 at the beginning of what is not counted.
    pub total: u64,
    /// What is counted.
    pub what: &'static str,
}

impl HowFar {
    const fn beginning(stage: &'static str) -> Self {
        Self { stage, done: 0, total: 0, what: "" }
    }
}

impl Display for HowFar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.total {
            0 => f.write_str(self.stage),
            total => write!(f, "{}: {} of {total} {} done", self.stage, self.done, self.what),
        }
    }
}

/// A run that is in place.
#[derive(Clone, Debug)]
pub struct CostedRun {
    /// Id, and name of its folder.
    pub id: String,
    /// Folder.
    pub path: PathBuf,
    /// Whether it was there already: the same inputs, model and engine.
    pub unchanged: bool,
}

/// Costs a dataset under a model, and writes the run.
///
/// A run that is there already is recognised by its id, and nothing is done.
///
/// # Errors
///
/// [`CostingError`] as its variants say; then no run is in place.
pub fn cost(request: &CostRequest<'_>) -> Result<CostedRun, CostingError> {
    let (dataset, id) = identified(request)?;
    let rules = rules_of(request.model, request.year)?;
    let path = request.runs.join(&id);
    if is_there(&path)? {
        return Ok(CostedRun { id, path, unchanged: true });
    }
    std::fs::create_dir_all(request.runs)
        .map_err(|error| CostingError::write(request.runs, &error))?;
    let _lock = lock(request.runs)?;
    clear_unfinished(request.runs)?;
    // Another process may have ended the same costing in between.
    if is_there(&path)? {
        return Ok(CostedRun { id, path, unchanged: true });
    }
    (request.progress)(HowFar::beginning("Checking the dataset"));
    dataset.check_hashes()?;
    let plan = Plan::new(rules).map_err(CostingError::Refused)?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(request.threads)
        .build()
        .map_err(|error| CostingError::write(request.runs, &error))?;
    let manifest = RunManifest {
        format: RUN_FORMAT,
        id: id.clone(),
        engine: ENGINE.to_owned(),
        year: request.year.to_string(),
        last_period: rules.last_period,
        organisation: rules.organisation.clone(),
        title: rules.title.clone(),
        footnote: rules.footnote.clone(),
        model_hash: request.model.hash(),
        dataset_hash: dataset.hash.clone(),
        key_fingerprint: dataset.manifest.key_fingerprint.clone(),
        options: BTreeMap::new(),
        inputs: dataset.manifest.inputs.clone(),
        files: Vec::new(),
    };
    pool.install(|| write_run(request, &dataset, (rules, &plan), manifest))?;
    Ok(CostedRun { id, path, unchanged: false })
}

/// The run of the same inputs, model and engine, if it is in place already.
///
/// # Errors
///
/// [`CostingError`] if the dataset cannot be read or is of another year, or something is in the way
/// of the run.
pub fn costed_before(request: &CostRequest<'_>) -> Result<Option<CostedRun>, CostingError> {
    let (_, id) = identified(request)?;
    let path = request.runs.join(&id);
    Ok(is_there(&path)?.then_some(CostedRun { id, path, unchanged: true }))
}

/// Whether a run is in place; a folder without a manifest is none, and is in the way.
fn is_there(run: &Path) -> Result<bool, CostingError> {
    if run.exists() && !run.join("manifest.json").exists() {
        let why = "there is a folder of this name without a manifest.json; move it away";
        return Err(CostingError::write(run, &why));
    }
    Ok(run.exists())
}

/// One costing at a time in a folder of runs; the lock goes with the process.
fn lock(runs: &Path) -> Result<File, CostingError> {
    let path = runs.join(".lock");
    let file = File::create(&path).map_err(|error| CostingError::write(&path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(CostingError::Busy { path: runs.to_owned() }),
        Err(std::fs::TryLockError::Error(error)) => Err(CostingError::write(&path, &error)),
    }
}

/// Takes away what costings that were cut off have left; the lock says that none is at work.
fn clear_unfinished(runs: &Path) -> Result<(), CostingError> {
    let failed = |error: std::io::Error| CostingError::write(runs, &error);
    for entry in std::fs::read_dir(runs).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            std::fs::remove_dir_all(entry.path()).map_err(failed)?;
        }
    }
    Ok(())
}

fn write_run(
    request: &CostRequest<'_>,
    dataset: &Dataset,
    (rules, plan): (&YearRules, &Plan),
    mut manifest: RunManifest,
) -> Result<(), CostingError> {
    let unfinished = request.runs.join(format!("{UNFINISHED}{}", manifest.id));
    let feeds = request.keep.map(KeptFeeds::new);
    let costing = compute(dataset, (rules, plan), feeds.as_ref(), request.progress)?;
    let files = request.keep.map(|it| KeptFiles::below(request.runs, it.build));
    let sink = FolderSink::new(unfinished.clone(), files);
    let tables = put_tables(&costing, dataset, &sink, request.progress)?;
    let weighing = findings::text(&costing.weights.findings)?;
    findings::put((&dataset.findings_csv()?, &weighing), &tables.findings, &sink)?;
    put_model(request.model, &sink)?;
    manifest.files = sink.entries();
    let bytes = manifest_bytes(&manifest);
    write_durably(&unfinished.join("manifest.json"), &bytes)?;
    for folder in folders(&manifest) {
        sync_folder(&unfinished.join(folder))?;
    }
    let path = request.runs.join(&manifest.id);
    std::fs::rename(&unfinished, &path).map_err(|error| CostingError::write(&path, &error))?;
    sync_folder(request.runs)
}

/// The folders of a run's files, the run's own among them.
fn folders(manifest: &RunManifest) -> BTreeSet<&Path> {
    let all = manifest.files.iter().flat_map(|it| Path::new(&it.name).ancestors().skip(1));
    all.collect()
}

/// The manifest as it is stored.
pub(crate) fn manifest_bytes(manifest: &RunManifest) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(manifest).expect("a manifest is valid JSON");
    bytes.push(b'\n');
    bytes
}

fn sync_folder(folder: &Path) -> Result<(), CostingError> {
    let failed = |error: std::io::Error| CostingError::write(folder, &error);
    File::open(folder).and_then(|file| file.sync_all()).map_err(failed)
}

/// The model without its lock, which is no part of its hash: the run has hashes of its own.
fn put_model(model: &Model, sink: &dyn Sink) -> Result<(), CostingError> {
    for (name, bytes) in model.files.iter().filter(|(name, _)| *name != LOCK_FILE) {
        sink.put(&format!("model/{name}"), bytes, 0)?;
    }
    Ok(())
}

/// Runs all stages but the cells.
pub(crate) fn compute<'a>(
    dataset: &Dataset,
    (rules, plan): (&'a YearRules, &'a Plan),
    kept: Option<&KeptFeeds>,
    progress: &(dyn Fn(HowFar) + Sync),
) -> Result<Costing<'a>, CostingError> {
    progress(HowFar::beginning("Ledger, support and resources"));
    let small = LedgerStages::run(&dataset.ledger()?, dataset.control()?, rules)?
        .with_budget(&dataset.budget()?, rules);
    let stage = "Matching and weighing";
    progress(HowFar::beginning(stage));
    let (done, total) = (AtomicU64::new(0), u64::from(dataset.buckets()));
    let weights = weigh(plan, dataset, kept, &|_| {
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        progress(HowFar { stage, done, total, what: "buckets" });
    })?;
    progress(HowFar::beginning("Activities"));
    Costing::run(rules, plan, small, weights)
}

/// What the tables of a run came to.
pub(crate) struct RunTables {
    pub(crate) findings: Vec<Finding>,
}

/// Works out and hands over every table.
pub(crate) fn put_tables(
    costing: &Costing<'_>,
    dataset: &Dataset,
    sink: &dyn Sink,
    progress: &(dyn Fn(HowFar) + Sync),
) -> Result<RunTables, CostingError> {
    ledger_tables::put(costing, sink)?;
    let stage = "Patients";
    progress(HowFar::beginning(stage));
    let shapes = Shapes::new(costing);
    let (done, total) = (AtomicU64::new(0), costing.activities.pools.len() as u64);
    let sums = cells::put(costing, (&shapes.cubes, &shapes.attributes), sink, &|| {
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        progress(HowFar { stage, done, total, what: "resources" });
    })?;
    progress(HowFar::beginning("Events, service lines and reconciliation"));
    let income = Income::new(&dataset.income()?, costing);
    let events = events::put_from_dataset(costing, dataset, (&sums, &income), sink)?;
    let inputs = &dataset.manifest.inputs;
    put_counts(costing, inputs, sink)?;
    put_summary(costing, (&sums, &shapes), (&events, &income), inputs, sink)
}

/// How events and costs are grouped.
pub(crate) struct Shapes {
    pub(crate) cubes: Cubes,
    pub(crate) attributes: AttributeTable,
}

impl Shapes {
    pub(crate) fn new(costing: &Costing<'_>) -> Self {
        let lists = costing.pools().map(|(_, _, pool)| &pool.sources);
        Self {
            cubes: Cubes::new(costing),
            attributes: AttributeTable::new(lists, &costing.small.names, costing.rules),
        }
    }
}

/// What was added up while the table of events was made.
#[derive(Debug, Default)]
pub(crate) struct EventTotals {
    pub(crate) cost: Money,
    pub(crate) income: BTreeMap<String, (Money, Money)>,
    pub(crate) tally: EventTally,
    pub(crate) figures: EventFigures,
    /// By service line and point of delivery.
    pub(crate) out: BTreeMap<(String, String), ActivityOut>,
    /// By point of delivery and month.
    pub(crate) months: MonthTally,
    /// Whether an event has any activity count, by its place among all events.
    active: Vec<bool>,
}

impl EventTotals {
    pub(crate) fn new(costing: &Costing<'_>) -> Self {
        let mut active = vec![false; costing.weights.events.len()];
        for (event, _) in costing.weights.counts.iter().flatten() {
            active[event as usize] = true;
        }
        Self { active, ..Self::default() }
    }

    pub(crate) fn add(&mut self, event: &CostedEvent, costing: &Costing<'_>) {
        let cost = event.own + event.absorbed;
        self.cost += cost;
        let sum = self.income.entry(event.service_line.clone()).or_default();
        sum.0 += event.income_at_unit_price;
        sum.1 += event.income_recognised;
        let place = usize::try_from(event.event_number - 1).expect("events are numbered from 1");
        let active = self.active[place];
        self.tally.add(event, active);
        self.figures.add(event, costing.rules);
        if !costing.rules.stated_activity.is_empty() {
            self.months.add(event, &costing.plan.midnights);
        }
        let key = (event.service_line.clone(), event.pod.clone());
        let out = self.out.entry(key).or_insert_with(|| ActivityOut {
            service_line: event.service_line.clone(),
            pod: event.pod.clone(),
            ..ActivityOut::default()
        });
        out.events += 1;
        out.in_period += i64::from(event.completeness != "WHOLLY_OUTSIDE");
        out.costed += i64::from(!cost.is_zero());
        out.without_activity += i64::from(!cost.is_zero() && !active);
        out.own += event.own;
        out.absorbed += event.absorbed;
    }
}

/// Tables that people read; refuses a run whose books do not close.
pub(crate) fn put_summary(
    costing: &Costing<'_>,
    (sums, shapes): (&EventSums, &Shapes),
    (events, income): (&EventTotals, &Income),
    inputs: &[InputEntry],
    sink: &dyn Sink,
) -> Result<RunTables, CostingError> {
    put_table(sink, "unit_costs.parquet", &unit_costs::unit_costs(costing))?;
    put_table(sink, "residual_weights.parquet", &unit_costs::residual_weights(costing))?;
    let left = unit_costs::residuals(costing);
    put_long(sink, "residuals.parquet", left.rows.iter().cloned())?;
    let costs = statement::service_line_costs(costing, sums, &shapes.cubes, &shapes.attributes);
    let earned = events.income.iter().map(|(line, (price, got))| (line.clone(), *price, *got));
    let by_line = statement::income_by_line(costing, earned, income);
    let staff = staff::service_line_wte(costing, sums, shapes);
    put_table(sink, "service_line_wte.parquet", &staff)?;
    put_table(sink, "loose_income.parquet", &income.loose_rows())?;
    put_table(sink, "income_apart.parquet", &income.apart_rows())?;
    let statements = statement::statements(costing.rules, &costs, &by_line)?;
    put_long(sink, "service_line_costs.parquet", costs.into_iter())?;
    put_table(sink, "service_lines.parquet", &statements)?;
    let outcomes = Outcomes {
        events: events.cost,
        others: left.of_events,
        residuals: &left.rows,
        statements: statement::cost_of(costing.rules, &statements),
    };
    let identities: Vec<Closing> = reconcile(costing, &outcomes);
    check(&identities)?;
    put_table(sink, "reconciliation.parquet", &identities)?;
    let out = reports::activity_out(events);
    let identities = reconcile_rows(costing, &reports::source_rows(inputs), &out);
    check_rows(&identities)?;
    put_table(sink, "row_reconciliation.parquet", &identities)?;
    put_table(sink, "activity_out.parquet", &out)?;
    let stated = stated_activity(costing.rules, &events.months);
    put_table(sink, "stated_activity.parquet", &stated)?;
    let unmatched = reports::unmatched(costing);
    let beds = reports::bed_use(costing);
    let figures = measured(costing, &events.figures, &beds);
    let tally = reports::income_tally(costing, &by_line, income);
    let seen = Seen {
        residuals: &left.rows,
        unmatched: &unmatched,
        events: &events.tally,
        income: &tally,
        beds: &beds,
        figures: &figures,
    };
    put_table(sink, "unmatched_costs.parquet", &unmatched)?;
    put_table(sink, "bed_use.parquet", &beds)?;
    put_table(sink, "measured_figures.parquet", &figures)?;
    put_table(sink, "report_lines.parquet", &reports::lines(costing, &seen))?;
    let mut found = costing.small.findings.clone();
    found.extend(assure(costing, &seen));
    Ok(RunTables { findings: found })
}

/// Row counts by feed and rule, and the use of sessions.
pub(crate) fn put_counts(
    costing: &Costing<'_>,
    inputs: &[InputEntry],
    sink: &dyn Sink,
) -> Result<(), CostingError> {
    let mut counts: BTreeMap<&str, FeedCount> = BTreeMap::new();
    for input in inputs {
        let row = counts.entry(input.feed.as_str()).or_default();
        let rows = |count: u64| i64::try_from(count).expect("a file has under 2⁶³ rows");
        row.read += rows(input.rows_read);
        row.rejected += rows(input.rows_rejected);
        row.quarantined += rows(input.rows_quarantined);
    }
    for (feed, tally) in &costing.weights.feeds {
        let row = counts.entry(feed.as_str()).or_default();
        row.rows = tally.rows;
        row.matched = tally.matched;
        row.other = tally.other;
        row.unmatched = tally.unmatched;
        row.outside = tally.outside;
        row.unmapped = tally.unmapped;
    }
    let named = |(feed, row): (&str, FeedCount)| FeedCount { feed: feed.to_owned(), ..row };
    let rows: Vec<FeedCount> = counts.into_iter().map(named).collect();
    put_table(sink, "feed_counts.parquet", &rows)?;
    let match_count = |((feed, month, rule), rows): (&(String, String, String), &i64)| MatchCount {
        feed: feed.clone(),
        month: month.clone(),
        rule: rule.clone(),
        rows: *rows,
    };
    let rows: Vec<MatchCount> = costing.weights.matches.iter().map(match_count).collect();
    put_table(sink, "match_counts.parquet", &rows)?;
    let session = |it: &crate::cp4_weights::SessionUse| SessionUse {
        session: it.session.clone(),
        kind: it.kind.clone(),
        planned: it.planned,
        used: it.used,
        fate: match it.fate {
            Fate::NothingLeft => "NOTHING_LEFT",
            Fate::Separate => "SEPARATE",
            Fate::Spread => "SPREAD",
        }
        .to_owned(),
    };
    let mut rows: Vec<SessionUse> = costing.weights.sessions.iter().map(session).collect();
    rows.sort_by(|one, other| one.session.cmp(&other.session));
    put_table(sink, "session_use.parquet", &rows)
}
