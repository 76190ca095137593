//! Checks a run by computing it again: nothing that it says of itself is believed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use bytes::Bytes;
use domain::{FinancialYear, Money};
use rules::{Model, YearRules};
use tables::cell::Cell as _;
use tables::dataset::{BudgetLine, ControlTotal};
use tables::manifest::{RUN_FORMAT, RunManifest};
use tables::parquet_file::GroupReader;
use tables::run::LooseIncome;

use super::asked::rules_of;
use super::events::Income;
use super::id::{Identity, run_id};
use super::sink::Sink;
use super::write::{Shapes, compute, put_counts, put_summary, put_tables};
use super::{cells, findings, ledger_tables, stored};
use crate::cp4_weights::Plan;
use crate::dataset::{Dataset, hash_file, read_table};
use crate::error::CostingError;
use crate::pipeline::{Costing, LedgerStages};

/// One thing that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was checked.
    pub name: String,
    /// How much of it, in words.
    pub detail: String,
    /// What is wrong; empty if nothing is.
    pub breaks: Vec<String>,
}

/// All that was checked of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Checks in the order in which they were made.
    pub checks: Vec<Check>,
}

impl VerifyReport {
    /// Whether nothing is wrong.
    pub fn holds(&self) -> bool {
        self.checks.iter().all(|it| it.breaks.is_empty())
    }

    fn add(&mut self, name: &str, detail: String, breaks: Vec<String>) {
        self.checks.push(Check { name: name.to_owned(), detail, breaks });
    }
}

/// Recomputes a run and compares every byte: from its own weights, or with the dataset from its
/// events and feeds.
///
/// Whatever is wrong with the run is a break in the report, also if it stops the computing.
///
/// # Errors
///
/// [`CostingError`] if the folder holds no run that this version knows, or the dataset is another.
pub fn verify(run: &Path, dataset: Option<&Path>) -> Result<VerifyReport, CostingError> {
    let manifest = read_manifest(run)?;
    let dataset = dataset.map(|folder| open_dataset(&manifest, folder)).transpose()?;
    let mut report = VerifyReport::default();
    check_files(run, &manifest, &mut report)?;
    let sink = Comparison::new(run, &manifest);
    let outcome = check_identity(run, &manifest, dataset.as_ref(), &mut report)
        .and_then(|rules| recompute((run, &manifest), dataset.as_ref(), &rules, &sink));
    let seen = sink.seen.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut breaks: Vec<String> = seen.values().flatten().cloned().collect();
    if let Err(error) = &outcome {
        breaks.push(format!("it cannot be computed again: {error}"));
    }
    let how = match dataset {
        Some(_) => "from the dataset: matching, weights and everything that follows",
        None => "from the run's own ledger, model and weights; give --dataset to match again too",
    };
    report.add("Recomputed", format!("{} files, {how}", seen.len()), breaks);
    if outcome.is_ok() {
        check_all_seen(&manifest, &seen, &mut report);
    }
    Ok(report)
}

fn open_dataset(manifest: &RunManifest, folder: &Path) -> Result<Dataset, CostingError> {
    let dataset = Dataset::open(folder)?;
    if dataset.hash != manifest.dataset_hash {
        return Err(CostingError::Changed {
            path: folder.join("manifest.json"),
            recorded: manifest.dataset_hash.clone(),
            found: dataset.hash,
        });
    }
    dataset.check_hashes()?;
    Ok(dataset)
}

fn recompute(
    (run, manifest): (&Path, &RunManifest),
    dataset: Option<&Dataset>,
    rules: &YearRules,
    sink: &Comparison,
) -> Result<(), CostingError> {
    let plan = Plan::new(rules).map_err(CostingError::Refused)?;
    match dataset {
        Some(dataset) => from_dataset(dataset, (rules, &plan), sink),
        None => from_run(run, manifest, (rules, &plan), sink),
    }
}

/// The manifest of a run.
pub(crate) fn read_manifest(run: &Path) -> Result<RunManifest, CostingError> {
    let path = run.join("manifest.json");
    let bytes = std::fs::read(&path).map_err(|error| CostingError::read(&path, &error))?;
    let manifest: RunManifest =
        serde_json::from_slice(&bytes).map_err(|error| CostingError::read(&path, &error))?;
    if manifest.format > RUN_FORMAT {
        return Err(CostingError::NewerFormat {
            what: "run",
            found: manifest.format,
            known: RUN_FORMAT,
        });
    }
    Ok(manifest)
}

fn check_files(
    run: &Path,
    manifest: &RunManifest,
    report: &mut VerifyReport,
) -> Result<(), CostingError> {
    let mut breaks = Vec::new();
    let mut bytes = 0;
    for entry in &manifest.files {
        let path = run.join(&entry.name);
        match hash_file(&path) {
            Ok(found) if found == entry.sha256 => {
                let size = std::fs::metadata(&path).map_or(0, |it| it.len());
                if size != entry.bytes {
                    breaks.push(format!(
                        "{}: the manifest states {} bytes of {size}",
                        entry.name, entry.bytes
                    ));
                }
                bytes += size;
            }
            Ok(_) => {
                breaks.push(format!("{}: its bytes are not those of the manifest", entry.name));
            }
            Err(_) => breaks.push(format!("{}: it cannot be read", entry.name)),
        }
    }
    let listed: BTreeSet<&str> = manifest.files.iter().map(|it| it.name.as_str()).collect();
    for name in files_below(run, run)? {
        if name != "manifest.json" && !listed.contains(name.as_str()) {
            breaks.push(format!("{name}: the manifest does not know this file"));
        }
    }
    let detail = format!("{} files, {bytes} bytes", manifest.files.len());
    report.add("Hashes", detail, breaks);
    Ok(())
}

fn files_below(root: &Path, folder: &Path) -> Result<Vec<String>, CostingError> {
    let failed = |error: std::io::Error| CostingError::read(folder, &error);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            names.extend(files_below(root, &path)?);
        } else if let Ok(name) = path.strip_prefix(root) {
            names.push(name.to_string_lossy().replace('\\', "/"));
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// The rules of the run, once its manifest has been held against them.
fn check_identity(
    run: &Path,
    manifest: &RunManifest,
    dataset: Option<&Dataset>,
    report: &mut VerifyReport,
) -> Result<YearRules, CostingError> {
    let mut breaks = Vec::new();
    let identity = Identity {
        format: manifest.format,
        engine: &manifest.engine,
        year: &manifest.year,
        model_hash: &manifest.model_hash,
        dataset_hash: &manifest.dataset_hash,
        key_fingerprint: &manifest.key_fingerprint,
    };
    if run_id(&identity) != manifest.id {
        breaks.push("the id is not that of these inputs, model and engine".to_owned());
    }
    if run.file_name().is_some_and(|it| it.to_string_lossy() != manifest.id.as_str()) {
        breaks.push("the folder does not carry the run's id".to_owned());
    }
    if dataset.is_some_and(|it| it.manifest.inputs != manifest.inputs) {
        breaks.push("the files read are not those of the dataset".to_owned());
    }
    if !manifest.files.is_sorted_by(|one, next| one.name < next.name) {
        breaks.push("the manifest's files are not in name order, each once".to_owned());
    }
    let rules = stored_rules(run, manifest, &mut breaks);
    report.add("Identity", format!("run {}, engine {}", manifest.id, manifest.engine), breaks);
    rules
}

fn stored_rules(
    run: &Path,
    manifest: &RunManifest,
    breaks: &mut Vec<String>,
) -> Result<YearRules, CostingError> {
    let folder = run.join("model");
    let files = Model::load(&folder).map_err(|error| CostingError::read(&folder, &error))?;
    if rules::model::hash(&files) != manifest.model_hash {
        breaks.push("the model in the run is not the one that the manifest names".to_owned());
    }
    let rules = model_of(run, manifest)?;
    let stated = (
        (&manifest.organisation, &manifest.title, &manifest.footnote),
        (manifest.last_period, manifest.options.is_empty()),
    );
    let found = ((&rules.organisation, &rules.title, &rules.footnote), (rules.last_period, true));
    if stated != found {
        breaks.push(
            "organisation, title, footnote, last period or options are not the model's".to_owned(),
        );
    }
    Ok(rules)
}

/// The rules of a run's year, as its own folder holds them.
pub(crate) fn model_of(run: &Path, manifest: &RunManifest) -> Result<YearRules, CostingError> {
    let folder = run.join("model");
    let files = Model::load(&folder).map_err(|error| CostingError::read(&folder, &error))?;
    let (model, _) = Model::parse(files).map_err(CostingError::Refused)?;
    let year: FinancialYear = manifest
        .year
        .parse()
        .map_err(|error| CostingError::read(&run.join("manifest.json"), &error))?;
    Ok(rules_of(&model, year)?.clone())
}

fn from_dataset(
    dataset: &Dataset,
    (rules, plan): (&YearRules, &Plan),
    sink: &Comparison,
) -> Result<(), CostingError> {
    let costing = compute(dataset, (rules, plan), None, &|_| {})?;
    let tables = put_tables(&costing, dataset, sink, &|_| {})?;
    let weighing = findings::text(&costing.weights.findings)?;
    findings::put((&dataset.findings_csv()?, &weighing), &tables.findings, sink)
}

fn from_run(
    run: &Path,
    manifest: &RunManifest,
    (rules, plan): (&YearRules, &Plan),
    sink: &Comparison,
) -> Result<(), CostingError> {
    let control: Vec<ControlTotal> = read_table(&run.join("control.parquet"))?;
    let budget: Vec<BudgetLine> = read_table(&run.join("budget.parquet"))?;
    let small =
        LedgerStages::run(&stored::ledger(run)?, control, rules)?.with_budget(&budget, rules);
    let costing = Costing::run(rules, plan, small, stored::weights(run, plan)?)?;
    ledger_tables::put(&costing, sink)?;
    let shapes = Shapes::new(&costing);
    let sums = cells::put(&costing, (&shapes.cubes, &shapes.attributes), sink, &|| {})?;
    let events = stored::put_events(run, &costing, &sums, sink)?;
    put_counts(&costing, &manifest.inputs, sink)?;
    let loose: Vec<LooseIncome> = read_table(&run.join("loose_income.parquet"))?;
    let income = Income::stored(loose, read_table(&run.join("income_apart.parquet"))?);
    let all = (&events, &income);
    let tables = put_summary(&costing, (&sums, &shapes), all, &manifest.inputs, sink)?;
    let text = |name: &str| {
        let path = run.join(name);
        std::fs::read_to_string(&path).map_err(|error| CostingError::read(&path, &error))
    };
    let texts = (text("intake_findings.csv")?, text("weighing_findings.csv")?);
    findings::put((&texts.0, &texts.1), &tables.findings, sink)
}

/// Every file of the run must have been computed again, but those of the model.
fn check_all_seen(
    manifest: &RunManifest,
    seen: &BTreeMap<String, Option<String>>,
    report: &mut VerifyReport,
) {
    let unseen = manifest
        .files
        .iter()
        .filter(|it| !it.name.starts_with("model/") && !seen.contains_key(&it.name))
        .map(|it| format!("{}: no stage makes this file", it.name))
        .collect();
    report.add("Complete", "every file is made by a stage".to_owned(), unseen);
}

/// Compares files with the stored ones as they are made again.
struct Comparison {
    run: PathBuf,
    /// Rows by file, as the manifest states them.
    rows: BTreeMap<String, u64>,
    seen: Mutex<BTreeMap<String, Option<String>>>,
}

impl Comparison {
    fn new(run: &Path, manifest: &RunManifest) -> Self {
        let rows = manifest.files.iter().map(|it| (it.name.clone(), it.rows)).collect();
        Self { run: run.to_owned(), rows, seen: Mutex::default() }
    }
}

impl Sink for Comparison {
    fn put(&self, name: &str, bytes: &[u8], rows: u64) -> Result<(), CostingError> {
        let stored = std::fs::read(self.run.join(name));
        let difference = match stored {
            Ok(stored) if stored == bytes => match self.rows.get(name) {
                Some(stated) if *stated == rows => None,
                Some(stated) => {
                    Some(format!("{name}: the manifest states {stated} rows of {rows}"))
                }
                None => Some(format!("{name}: the manifest does not know this file")),
            },
            Ok(stored) => Some(format!("{name}: {}", difference(name, stored, bytes))),
            Err(error) => Some(format!("{name}: {error}")),
        };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.insert(name.to_owned(), difference);
        Ok(())
    }
}

/// Says where two files part, without showing anybody's identity.
fn difference(name: &str, stored: Vec<u8>, computed: &[u8]) -> String {
    if Path::new(name).extension().is_none_or(|it| it != "parquet") {
        return line_between(&stored, computed);
    }
    let batch = |bytes: Vec<u8>| GroupReader::new(Bytes::from(bytes)).and_then(|it| it.all());
    match (batch(stored), batch(computed.to_vec())) {
        (Ok(stored), Ok(computed)) => between(&stored, &computed),
        (Err(error), _) | (_, Err(error)) => format!("cannot be read: {error}"),
    }
}

/// The first line in which two texts differ, or at which one of them ends.
fn line_between(stored: &[u8], computed: &[u8]) -> String {
    let lines = |text: &[u8]| text.split(|it| *it == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>();
    let (stored, computed) = (lines(stored), lines(computed));
    let same = stored.iter().zip(&computed).take_while(|(one, other)| one == other).count();
    format!("line {} is not what the stages give", same + 1)
}

fn between(stored: &RecordBatch, computed: &RecordBatch) -> String {
    let rows = (stored.num_rows(), computed.num_rows());
    if rows.0 != rows.1 {
        return format!("holds {} rows, but {} are computed", rows.0, rows.1);
    }
    for (index, field) in computed.schema().fields().iter().enumerate() {
        let Some(column) = stored.column_by_name(field.name()) else {
            return format!("has no column {}", field.name());
        };
        let other = computed.column(index);
        let differs = |row: &usize| column.slice(*row, 1) != other.slice(*row, 1);
        let all: Vec<usize> = (0..rows.0).filter(differs).collect();
        if let Some(row) = all.first() {
            let shown = amounts(column.as_ref(), other.as_ref(), *row).unwrap_or_default();
            let more = all.len();
            return format!("row {}, column {}{shown}; {more} rows differ", row + 1, field.name());
        }
    }
    "its bytes differ, though its rows do not".to_owned()
}

/// Both amounts of a column of money, and their difference.
fn amounts(
    stored: &dyn arrow::array::Array,
    computed: &dyn arrow::array::Array,
    row: usize,
) -> Option<String> {
    let money = |array| {
        let options = FormatOptions::default();
        let text = ArrayFormatter::try_new(array, &options).ok()?.value(row).to_string();
        text.parse::<Money>().ok()
    };
    if *stored.data_type() != Money::data_type() {
        return None;
    }
    let (stored, computed) = (money(stored)?, money(computed)?);
    Some(format!(": {stored} is stored, {computed} is computed, {} too much", stored - computed))
}
