//! Runs that can be read, opened once each: a run never changes.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use domain::FinancialYear;
use results::Run;
use tokio::sync::Semaphore;

use super::fault::Fault;

/// The folder of runs.
pub struct Shelf {
    folder: PathBuf,
    open: Mutex<HashMap<String, Arc<Run>>>,
}

impl Shelf {
    /// The runs of a folder.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, open: Mutex::new(HashMap::new()) }
    }

    /// Ids of the finished runs, in order.
    pub fn ids(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let finished = entries.filter(|it| it.path().join("manifest.json").is_file());
        let mut ids: Vec<String> =
            finished.filter_map(|it| it.file_name().into_string().ok()).collect();
        ids.sort();
        ids
    }

    /// The run of the latest year that was costed last; drafts only for those who may see them.
    ///
    /// # Errors
    ///
    /// [`Fault::Broken`] if one cannot be read.
    pub fn newest(&self, drafts: bool) -> Result<Option<Arc<Run>>, Fault> {
        let mut best = None;
        for id in self.ids() {
            let run = self.run(&id)?;
            if !drafts && run.records()?.publication.is_none() {
                continue;
            }
            let manifest = std::fs::metadata(run.folder().join("manifest.json"));
            let made = manifest.and_then(|it| it.modified()).ok();
            let rank = (run.manifest().year.clone(), made);
            if best.as_ref().is_none_or(|(found, _)| rank > *found) {
                best = Some((rank, run));
            }
        }
        Ok(best.map(|it| it.1))
    }

    /// A run by its id.
    ///
    /// # Errors
    ///
    /// [`Fault::NotFound`] if there is none.
    pub fn run(&self, id: &str) -> Result<Arc<Run>, Fault> {
        let is_id = !id.is_empty() && id.bytes().all(|it| it.is_ascii_hexdigit());
        if !is_id || !self.folder.join(id).join("manifest.json").is_file() {
            return Err(Fault::NotFound);
        }
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(run) = open.get(id) {
            return Ok(Arc::clone(run));
        }
        let run = Arc::new(Run::open(&self.folder.join(id))?);
        open.insert(id.to_owned(), Arc::clone(&run));
        Ok(run)
    }
}

impl Shelf {
    /// The run of the year before that was published last.
    ///
    /// # Errors
    ///
    /// [`Fault::Broken`] if a run cannot be read.
    pub fn year_before(&self, run: &Run) -> Result<Option<Arc<Run>>, Fault> {
        let Ok(year) = run.manifest().year.parse::<FinancialYear>() else { return Ok(None) };
        let wanted = year.previous().to_string();
        let mut found: Option<(String, Arc<Run>)> = None;
        for id in self.ids() {
            let run = self.run(&id)?;
            if run.manifest().year != wanted {
                continue;
            }
            let Some(publication) = run.records()?.publication else { continue };
            if found.as_ref().is_none_or(|it| publication.at > it.0) {
                found = Some((publication.at, run));
            }
        }
        Ok(found.map(|it| it.1))
    }

    /// The run that pages show where nobody names one: the latest published, by year, then month
    /// of the year, then day of publication. For those who see drafts, the latest draft where
    /// nothing is published.
    ///
    /// # Errors
    ///
    /// [`Fault::Broken`] if a run cannot be read.
    pub fn latest(&self, sees_drafts: bool) -> Result<Option<Arc<Run>>, Fault> {
        self.last_of(sees_drafts, &|_| true)
    }

    /// As [`Shelf::latest`], of one financial year.
    ///
    /// # Errors
    ///
    /// [`Fault::Broken`] if a run cannot be read.
    pub fn latest_of(&self, year: &str, sees_drafts: bool) -> Result<Option<Arc<Run>>, Fault> {
        self.last_of(sees_drafts, &|it| it.manifest().year == year)
    }

    fn last_of(
        &self,
        sees_drafts: bool,
        is_wanted: &dyn Fn(&Run) -> bool,
    ) -> Result<Option<Arc<Run>>, Fault> {
        let mut ranked = Vec::new();
        for id in self.ids() {
            let run = self.run(&id)?;
            let published = run.records()?.publication.map(|it| it.at);
            if !is_wanted(&run) || (published.is_none() && !sees_drafts) {
                continue;
            }
            let manifest = run.manifest();
            let (year, month) = (manifest.year.clone(), manifest.last_period);
            let rank = (published.is_some(), year, month, published.unwrap_or_default());
            ranked.push((rank, run));
        }
        ranked.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(ranked.pop().map(|it| it.1))
    }
}

/// So many pieces of such work are done at once: two for each core.
static AT_ONCE: LazyLock<Semaphore> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Semaphore::new(2 * cores)
});

/// Does work that reads files away from the threads that answer requests.
///
/// # Errors
///
/// That of the work; [`Fault::Broken`] if it panicked.
pub async fn reading<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    // Waiting costs less than reading many things at once: each may hold a table in memory.
    let permit = AT_ONCE.acquire().await;
    let permit = permit.map_err(|error| Fault::Broken(error.to_string()))?;
    // It is given back when the work ends, also where nobody waits for it any more.
    let done = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(permit);
        done
    });
    match done.await {
        Ok(done) => done,
        Err(error) => Err(Fault::Broken(format!("a page could not be made: {error}"))),
    }
}
