//! Does one piece of work, with the functions that a single machine uses.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use costing::dataset::hash_file;
use costing::kept::{FEEDS_FOLDER, Keep};
use costing::{Apart, CostRequest, CostingError};
use domain::FinancialYear;
use rules::Model;

use crate::error::ClusterError;
use crate::item::{Answer, Costed, Done, Item, Trust, Work};

/// How long another process may hold a folder of runs before it is given up.
const PATIENCE: Duration = Duration::from_mins(10);
/// How long is waited between two looks.
const PAUSE: Duration = Duration::from_secs(1);

/// Hears what a worker does.
type Say = Box<dyn Fn(&str) + Send + Sync>;

/// A dataset under its rules, opened for the buckets of one costing.
struct Opened {
    trust: Trust,
    feeds: PathBuf,
    build: String,
    apart: Arc<Apart>,
}

/// Whoever does work, and what it may use for it.
pub struct Worker {
    id: String,
    program: String,
    shared: PathBuf,
    say: Say,
    /// The dataset whose buckets were weighed last: the next bucket is mostly one of it.
    opened: Mutex<Option<Opened>>,
}

impl Worker {
    /// A worker that no other process calls itself like, with the hash of its program and the
    /// folder in which it reads and writes.
    ///
    /// # Errors
    ///
    /// [`ClusterError::File`] if the folder is not there.
    pub fn new(
        id: &str,
        program: &str,
        shared: &Path,
        say: impl Fn(&str) + Send + Sync + 'static,
    ) -> Result<Self, ClusterError> {
        Ok(Self {
            id: id.to_owned(),
            program: program.to_owned(),
            shared: real(shared)?,
            say: Box::new(say),
            opened: Mutex::new(None),
        })
    }

    /// Does an item as it travels, and gives the answer as it travels.
    ///
    /// # Errors
    ///
    /// [`ClusterError`] as its variants say; a costing that is refused is an answer.
    pub fn answer(&self, text: &str) -> Result<String, ClusterError> {
        let item = Item::parse(text)?;
        let what = said(&item);
        (self.say)(&format!("begun: {what}"));
        let done = self.done(&item)?;
        (self.say)(&format!("done: {what}"));
        Ok(Answer { number: item.number, executor: self.id.clone(), done }.text())
    }

    fn done(&self, item: &Item) -> Result<Done, ClusterError> {
        if item.program != self.program {
            return Err(ClusterError::OtherProgram { executor: self.id.clone() });
        }
        for path in [&item.trust.dataset, &item.trust.model] {
            self.inside(path)?;
        }
        match &item.work {
            Work::Bucket { feeds, build, bucket } => {
                self.inside_for_feeds(feeds)?;
                let part = self.apart(&item.trust, feeds, build)?.weigh(*bucket, &self.id)?;
                Ok(Done::Bucket { sha256: part.sha256, rows: part.rows })
            }
            Work::Costing { runs } => {
                self.inside(runs)?;
                self.costing(&item.trust, runs)
            }
        }
    }

    fn inside(&self, path: &Path) -> Result<(), ClusterError> {
        if real(path)?.starts_with(&self.shared) {
            return Ok(());
        }
        Err(self.outside(path))
    }

    /// Whether a folder is one for what feeds come to, below the shared one, whatever it leads to.
    fn inside_for_feeds(&self, feeds: &Path) -> Result<(), ClusterError> {
        if feeds.file_name().is_none_or(|it| it != FEEDS_FOLDER) {
            return Err(self.outside(feeds));
        }
        self.inside(feeds.parent().unwrap_or(feeds))?;
        if feeds.exists() { self.inside(feeds) } else { Ok(()) }
    }

    fn outside(&self, path: &Path) -> ClusterError {
        ClusterError::Outside {
            executor: self.id.clone(),
            path: path.to_owned(),
            shared: self.shared.clone(),
        }
    }

    /// The dataset under its rules, opened once for all its buckets.
    fn apart(&self, trust: &Trust, feeds: &Path, build: &str) -> Result<Arc<Apart>, ClusterError> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(it) = opened.as_ref()
            && (&it.trust, it.feeds.as_path(), it.build.as_str()) == (trust, feeds, build)
        {
            return Ok(Arc::clone(&it.apart));
        }
        let (model, year) = (self.model(trust)?, year(trust)?);
        let apart = Apart::open(&trust.dataset, &model, year, Keep { feeds, build })?;
        self.same("dataset", &trust.dataset, (&trust.dataset_hash, apart.dataset_hash()))?;
        // A folder that was copied in part has the right manifest and other files.
        apart.check_hashes()?;
        let apart = Arc::new(apart);
        let (trust, feeds, build) = (trust.clone(), feeds.to_owned(), build.to_owned());
        *opened = Some(Opened { trust, feeds, build, apart: Arc::clone(&apart) });
        Ok(apart)
    }

    fn model(&self, trust: &Trust) -> Result<Model, ClusterError> {
        let files = Model::load(&trust.model).map_err(|error| file(&trust.model, &error))?;
        let (model, _) = Model::parse(files).map_err(CostingError::Refused)?;
        self.same("model", &trust.model, (&trust.model_hash, &model.hash()))?;
        Ok(model)
    }

    fn same(
        &self,
        what: &'static str,
        path: &Path,
        (wanted, found): (&str, &str),
    ) -> Result<(), ClusterError> {
        if wanted == found {
            return Ok(());
        }
        let (executor, path) = (self.id.clone(), path.to_owned());
        Err(ClusterError::OtherFiles { executor, what, path })
    }

    /// Costs a whole dataset in one thread. Where another process is at it, its run is waited for.
    fn costing(&self, trust: &Trust, runs: &Path) -> Result<Done, ClusterError> {
        let model = self.model(trust)?;
        let manifest = hash_file(&trust.dataset.join("manifest.json"))?;
        self.same("dataset", &trust.dataset, (&trust.dataset_hash, &manifest))?;
        let request = CostRequest {
            dataset: &trust.dataset,
            model: &model,
            year: year(trust)?,
            runs,
            threads: 1,
            keep: None,
            progress: &|_| {},
        };
        let mut waited = Duration::ZERO;
        loop {
            match costing::cost(&request) {
                Err(CostingError::Busy { .. }) if waited < PATIENCE => {
                    std::thread::sleep(PAUSE);
                    waited += PAUSE;
                }
                Err(error @ (CostingError::Busy { .. } | CostingError::Write { .. })) => {
                    return Err(error.into());
                }
                // Whatever else stands in the way stands there the next time too: others go on.
                Err(refused) => return Ok(Done::Refused { why: refused.to_string() }),
                Ok(costed) => {
                    return Ok(Done::Costing(Costed {
                        manifest: hash_file(&costed.path.join("manifest.json"))?,
                        run: costed.id,
                        path: costed.path,
                        unchanged: costed.unchanged,
                    }));
                }
            }
        }
    }
}

/// What an item is, for whoever watches an executor: paths, and no patient.
fn said(item: &Item) -> String {
    let dataset = item.trust.dataset.display();
    match &item.work {
        Work::Bucket { bucket, .. } => format!("bucket {bucket} of {dataset}"),
        Work::Costing { .. } => format!("costing of {dataset}"),
    }
}

fn year(trust: &Trust) -> Result<FinancialYear, ClusterError> {
    let year = trust.year.parse();
    year.map_err(|error| ClusterError::Answer(format!("`{}`: {error}", trust.year)))
}

/// The path without links and dots.
fn real(path: &Path) -> Result<PathBuf, ClusterError> {
    path.canonicalize().map_err(|error| file(path, &error))
}

fn file(path: &Path, error: &std::io::Error) -> ClusterError {
    ClusterError::File { path: path.to_owned(), why: error.to_string() }
}
