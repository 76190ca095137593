//! Checks a run by computing it again: nothing that it says of itself is believed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use bytes::Bytes;
use domain::{FinancialYear, Money};
use rules::{Model, YearRules};
use tables::dataset::ControlTotal;
use tables::manifest::{RUN_FORMAT, RunManifest};
use tables::parquet_file::GroupReader;
use tables::run::LooseIncome;

use super::events::Income;
use super::id::{Identity, run_id};
use super::sink::Sink;
use super::write::{Shapes, compute, put_counts, put_summary, put_tables, rules_of};
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
/// # Errors
///
/// [`CostingError`] if the run cannot be read far enough to be computed, or the dataset is another.
pub fn verify(run: &Path, dataset: Option<&Path>) -> Result<VerifyReport, CostingError> {
    let mut report = VerifyReport::default();
    let manifest = read_manifest(run)?;
    check_files(run, &manifest, &mut report)?;
    let (model, year) = check_identity(run, &manifest, &mut report)?;
    let rules = rules_of(&model, year)?;
    let plan = Plan::new(rules).map_err(CostingError::Refused)?;
    let sink = Comparison { run: run.to_owned(), seen: Mutex::default() };
    let how = match dataset {
        Some(folder) => {
            from_dataset(&manifest, folder, (rules, &plan), &sink)?;
            "from the dataset: matching, weights and everything that follows"
        }
        None => {
            from_run(run, &manifest, (rules, &plan), &sink)?;
            "from the run's own ledger, model and weights; give --dataset to match again too"
        }
    };
    let seen = sink.seen.into_inner().unwrap_or_else(PoisonError::into_inner);
    let breaks = seen.values().flatten().cloned().collect();
    report.add("Recomputed", format!("{} files, {how}", seen.len()), breaks);
    check_all_seen(&manifest, &seen, &mut report);
    Ok(report)
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
            Ok(found) if found == entry.sha256 => bytes += entry.bytes,
            Ok(_) => {
                breaks.push(format!("{}: its bytes are not those of the manifest", entry.name))
            }
            Err(error) => breaks.push(error.to_string()),
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

fn check_identity(
    run: &Path,
    manifest: &RunManifest,
    report: &mut VerifyReport,
) -> Result<(Model, FinancialYear), CostingError> {
    let mut breaks = Vec::new();
    let folder = run.join("model");
    let files = Model::load(&folder).map_err(|error| CostingError::read(&folder, &error))?;
    let (model, _) = Model::parse(files).map_err(CostingError::Refused)?;
    let year: FinancialYear = manifest
        .year
        .parse()
        .map_err(|error| CostingError::read(&run.join("manifest.json"), &error))?;
    if model.hash() != manifest.model_hash {
        breaks.push("the model in the run is not the one that the manifest names".to_owned());
    }
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
    report.add("Identity", format!("run {}", manifest.id), breaks);
    Ok((model, year))
}

fn from_dataset(
    manifest: &RunManifest,
    folder: &Path,
    (rules, plan): (&YearRules, &Plan),
    sink: &Comparison,
) -> Result<(), CostingError> {
    let dataset = Dataset::open(folder)?;
    if dataset.hash != manifest.dataset_hash {
        return Err(CostingError::Changed {
            path: folder.join("manifest.json"),
            recorded: manifest.dataset_hash.clone(),
            found: dataset.hash,
        });
    }
    dataset.check_hashes()?;
    let costing = compute(&dataset, (rules, plan), &|_| {})?;
    let tables = put_tables(&costing, &dataset, sink, &|_| {})?;
    findings::put(&dataset.findings_csv(), &tables.findings, sink)
}

fn from_run(
    run: &Path,
    manifest: &RunManifest,
    (rules, plan): (&YearRules, &Plan),
    sink: &Comparison,
) -> Result<(), CostingError> {
    let control: Vec<ControlTotal> = read_table(&run.join("control.parquet"))?;
    let small = LedgerStages::run(&stored::ledger(run)?, control, rules)?;
    let costing = Costing::run(rules, plan, small, stored::weights(run, plan)?)?;
    ledger_tables::put(&costing, sink)?;
    let shapes = Shapes::new(&costing);
    let sums = cells::put(&costing, (&shapes.cubes, &shapes.attributes), sink, &|_| {})?;
    let events = stored::put_events(run, &costing, &sums, sink)?;
    put_counts(&costing, &manifest.inputs, sink)?;
    let loose: Vec<LooseIncome> = read_table(&run.join("loose_income.parquet"))?;
    let income = Income::stored(loose);
    let tables = put_summary(&costing, (&sums, &shapes), &events, &income, sink)?;
    let path = run.join("intake_findings.csv");
    let intake =
        std::fs::read_to_string(&path).map_err(|error| CostingError::read(&path, &error))?;
    findings::put(&intake, &tables.findings, sink)
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
    seen: Mutex<BTreeMap<String, Option<String>>>,
}

impl Sink for Comparison {
    fn put(&self, name: &str, bytes: &[u8], _rows: u64) -> Result<(), CostingError> {
        let stored = std::fs::read(self.run.join(name));
        let difference = match stored {
            Ok(stored) if stored == bytes => None,
            Ok(stored) => Some(format!("{name}: {}", difference(stored, bytes.to_vec()))),
            Err(error) => Some(format!("{name}: {error}")),
        };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.insert(name.to_owned(), difference);
        Ok(())
    }
}

/// Says where two tables part, without showing anybody's identity.
fn difference(stored: Vec<u8>, computed: Vec<u8>) -> String {
    let batch = |bytes: Vec<u8>| GroupReader::new(Bytes::from(bytes)).and_then(|it| it.all());
    match (batch(stored), batch(computed)) {
        (Ok(stored), Ok(computed)) => between(&stored, &computed),
        (Err(error), _) => format!("cannot be read: {error}"),
        (_, Err(_)) => "its text is not what the stages give".to_owned(),
    }
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
    if !matches!(stored.data_type(), arrow::datatypes::DataType::Decimal128(_, 6)) {
        // number: decimals of money
        return None;
    }
    let (stored, computed) = (money(stored)?, money(computed)?);
    Some(format!(": {stored} is stored, {computed} is computed, {} too much", stored - computed))
}
