//! Matches and weighs again the feed rows of one event, for those who ask what happened when.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::SystemTime;

use costing::CostingError;
use costing::dataset::Dataset;
use domain::Key;
use results::Run;
use results::explain::{NoLine, WeighedRow};

/// The feed rows of an event with their weights; none for an event that the dataset does not have.
pub(crate) fn rows(
    dataset: &Dataset,
    run: &Run,
    event: Key,
) -> Result<Vec<WeighedRow>, anyhow::Error> {
    let found = costing::cp4_weights::event_rows(dataset, run.rules()?, event)?;
    let row = |it: costing::cp4_weights::RowWeight| WeighedRow {
        weight_set: it.weight_set,
        feed: it.feed,
        row: it.row.to_string(),
        weight: it.weight,
    };
    Ok(found.unwrap_or_default().into_iter().map(row).collect())
}

/// What a file was like when its hash was right.
type Seen = Vec<(String, u64, Option<SystemTime>)>;

/// Datasets whose hashes were right, with what their files were like then.
static CHECKED: LazyLock<Mutex<BTreeMap<(PathBuf, String), Seen>>> = LazyLock::new(Mutex::default);

/// As [`rows`], for a site that is asked again and again: the files of a dataset are hashed once,
/// and again whenever one of them has another size or time.
pub(crate) fn checked_once(
    folder: &Path,
    run: &Run,
    event: Key,
) -> Result<Vec<WeighedRow>, NoLine> {
    let failed = |error: &dyn std::fmt::Display| NoLine::Failed(error.to_string());
    let dataset = Dataset::open(folder).map_err(|error| failed(&error))?;
    if dataset.hash != run.manifest().dataset_hash {
        return Err(NoLine::Other);
    }
    check(folder, &dataset).map_err(|error| failed(&error))?;
    rows(&dataset, run, event).map_err(|error| failed(&error))
}

fn check(folder: &Path, dataset: &Dataset) -> Result<(), CostingError> {
    let seen: Seen = dataset.manifest.files.iter().map(|it| look(folder, &it.name)).collect();
    let key = (folder.to_owned(), dataset.hash.clone());
    let checked = || CHECKED.lock().unwrap_or_else(PoisonError::into_inner);
    if checked().get(&key) == Some(&seen) {
        return Ok(());
    }
    dataset.check_hashes()?;
    checked().insert(key, seen);
    Ok(())
}

fn look(folder: &Path, name: &str) -> (String, u64, Option<SystemTime>) {
    let found = std::fs::metadata(folder.join(name));
    let size = found.as_ref().map_or(0, std::fs::Metadata::len);
    (name.to_owned(), size, found.ok().and_then(|it| it.modified().ok()))
}
