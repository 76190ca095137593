//! Starts engines, follows them, and writes down what became of each job.

use std::collections::BTreeSet;
use std::future::Future;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::Signal;
use tokio::process::Child;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::book::{Book, BookError, Claimed, JobId};
use crate::error::RunnerError;
use crate::files::{JobFiles, write_whole};
use crate::job::Job;
use crate::lock::Holder;
use crate::process;
use crate::progress::{Ending, Progress, Step};
use crate::targets::{Held, Targets};

/// How engines are started and followed.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The program, usually the one that runs.
    pub program: PathBuf,
    /// Folder of the site; each job has a folder in its `jobs/`.
    pub folder: PathBuf,
    /// How often an engine is looked at.
    pub poll: Duration,
    /// How long an engine may take to end when asked, before it is killed.
    pub grace: Duration,
    /// How long an engine may take to begin, where nobody knows whether one was started.
    pub start: Duration,
    /// How much the engine gives way to other processes, 0 to 19.
    pub nice: u8,
    /// The most memory that an engine may use for itself, in MiB.
    pub memory_mib: Option<u64>,
    /// Engines at one time.
    pub at_once: usize,
}

impl Settings {
    /// One engine at a time, looked at four times a second, which gives way to the site, and has
    /// ten seconds to end when asked.
    pub fn new(program: impl Into<PathBuf>, folder: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            folder: folder.into(),
            poll: Duration::from_millis(250),
            grace: Duration::from_secs(10),
            start: Duration::from_secs(5),
            nice: 10,
            memory_mib: None,
            at_once: 1,
        }
    }
}

/// Starts engines and follows them. Dropping it stops no engine.
#[derive(Debug)]
pub struct Runner<B> {
    settings: Settings,
    book: Arc<B>,
    targets: Targets,
}

impl<B: Book> Runner<B> {
    /// A runner that writes into a book.
    pub fn new(settings: Settings, book: Arc<B>) -> Self {
        Self { settings, book, targets: Targets::default() }
    }

    /// Where the files of a job are: `DIR/jobs/<id>/job.json` and what lies beside it.
    pub fn files(&self, id: &JobId) -> JobFiles {
        JobFiles::of(self.settings.folder.join("jobs").join(id.as_ref()).join("job.json"))
    }

    /// Does a job: waits until nobody works on the same places, starts an engine and follows it to
    /// its end. If an engine does this very job already, that one is followed.
    ///
    /// # Errors
    ///
    /// [`RunnerError`] if the engine cannot be started or followed, or the book not be used.
    pub async fn run(&self, id: &JobId, job: &Job) -> Result<Ending, RunnerError> {
        let files = self.files(id);
        if let Holder::Engine(_) = Holder::of(&files)? {
            return self.attach(id, job).await;
        }
        let Some(_held) = self.wait_for_places(id, job).await else {
            return self.end(id, process::ending_of(None, true, &files)).await;
        };
        let child = match self.start(&files, job).await {
            Ok(child) => child,
            Err(error) => return self.end(id, process::not_started(&error)).await,
        };
        if let Some(pid) = child.id() {
            told(self.book.started(id, pid).await);
        }
        self.follow(id, &files, Engine::ours(child)).await
    }

    /// Writes the job file and starts an engine. The words of an earlier attempt are taken away, so
    /// that nobody takes its ending for that of the new one.
    async fn start(&self, files: &JobFiles, job: &Job) -> Result<Child, RunnerError> {
        let (path, bytes, progress) = (files.job().to_owned(), job.to_bytes(), files.progress());
        apart(move || {
            write_whole(&path, &bytes).map_err(RunnerError::file(&path))?;
            match std::fs::remove_file(&progress) {
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
                removed => removed.map_err(RunnerError::file(&progress)),
            }
        })
        .await?;
        process::start(&self.settings, files)
    }

    /// Follows the engine of a job that an earlier site had started. If there is none any more, its
    /// last words say how it ended; if there are none, the job failed.
    ///
    /// # Errors
    ///
    /// [`RunnerError`] if the engine cannot be followed, or the book not be used.
    pub async fn attach(&self, id: &JobId, job: &Job) -> Result<Ending, RunnerError> {
        let files = self.files(id);
        let _held = self.targets.take_with_others(files.job(), job);
        // An engine that was started a moment ago may not have its lock yet.
        let mut waited = Duration::ZERO;
        while Holder::of(&files)? == Holder::Nobody
            && read(&files.progress(), 0).await?.ending.is_none()
            && waited < self.settings.start
        {
            sleep(self.settings.poll).await;
            waited += self.settings.poll;
        }
        self.follow(id, &files, Engine::default()).await
    }

    /// Does the jobs of the book until `stop`: first follows those of an earlier site, then does
    /// what waits, as many at a time as the settings say. Engines go on when it stops. Faults of
    /// the book are told to the log, and it is asked again.
    pub async fn serve(self: Arc<Self>, stop: impl Future<Output = ()> + Send) {
        let mut stop = pin!(stop);
        let watched = Watched::default();
        let mut tasks = JoinSet::new();
        loop {
            if let Err(error) = self.take_up(&watched, &mut tasks).await {
                tracing::warn!(%error, "the book of jobs could not be read; it is asked again");
            }
            tokio::select! {
                () = &mut stop => return,
                _ = tasks.join_next(), if !tasks.is_empty() => {}
                () = sleep(self.settings.poll) => {}
            }
        }
    }

    /// Takes up all jobs that run unwatched, and as many of those that wait as there is room for.
    async fn take_up(
        self: &Arc<Self>,
        watched: &Watched,
        tasks: &mut JoinSet<()>,
    ) -> Result<(), BookError> {
        for claimed in self.book.running().await? {
            if let Some(watch) = watched.add(&claimed.id) {
                tasks.spawn(Arc::clone(self).watch(claimed, watch, Way::Attach));
            }
        }
        while watched.count() < self.settings.at_once {
            let Some(claimed) = self.book.claim().await? else { break };
            if let Some(watch) = watched.add(&claimed.id) {
                tasks.spawn(Arc::clone(self).watch(claimed, watch, Way::Run));
            }
        }
        Ok(())
    }

    async fn watch(self: Arc<Self>, claimed: Claimed, _watch: Watch, way: Way) {
        let Claimed { id, job } = claimed;
        let ended = match way {
            Way::Run => self.run(&id, &job).await,
            Way::Attach => self.attach(&id, &job).await,
        };
        if let Err(error) = ended {
            tracing::warn!(job = %id, %error, "a job could not be followed; it is tried again");
            sleep(self.settings.poll).await;
        }
    }

    /// Waits until no other work is on the job's places; nothing if it is cancelled meanwhile.
    async fn wait_for_places(&self, id: &JobId, job: &Job) -> Option<Held> {
        let mut said = false;
        loop {
            if self.is_cancelled(id).await {
                return None;
            }
            if let Some(held) = self.targets.take(self.files(id).job(), job) {
                return Some(held);
            }
            if !said {
                let stage = "Waiting for other work on the same folder to end".to_owned();
                let step = Step { message: stage.clone(), stage, ..Step::default() };
                told(self.book.progress(id, &step).await);
                said = true;
            }
            sleep(self.settings.poll).await;
        }
    }

    /// Tells the book how far the engine is until it has ended, then how.
    async fn follow(
        &self,
        id: &JobId,
        files: &JobFiles,
        mut engine: Engine,
    ) -> Result<Ending, RunnerError> {
        let mut offset = 0;
        let mut cancel = Cancel::default();
        let mut ending = None;
        loop {
            // First whether it lives, then what it said: so its last words are never missed.
            let holder = engine.holder(files)?;
            let found = read(&files.progress(), offset).await?;
            if found.offset != offset {
                offset = found.offset;
                ending = found.ending;
            }
            if let Some(step) = found.steps.last() {
                told(self.book.progress(id, step).await);
            }
            let Holder::Engine(pid) = holder else {
                let status = engine.status;
                let ending =
                    ending.unwrap_or_else(|| process::ending_of(status, cancel.asked, files));
                return self.end(id, ending).await;
            };
            if cancel.asked || self.is_cancelled(id).await {
                cancel.ask(pid, &self.settings);
            }
            engine.wait(self.settings.poll).await;
        }
    }

    /// A book that cannot be asked has not said so.
    async fn is_cancelled(&self, id: &JobId) -> bool {
        let asked = self.book.cancel_asked(id).await;
        asked
            .inspect_err(|error| tracing::warn!(%error, "the book of jobs could not be asked"))
            .unwrap_or(false)
    }

    async fn end(&self, id: &JobId, ending: Ending) -> Result<Ending, RunnerError> {
        self.book.finished(id, &ending).await.map_err(RunnerError::Book)?;
        Ok(ending)
    }
}

/// How a job is taken up.
#[derive(Clone, Copy, Debug)]
enum Way {
    Run,
    Attach,
}

/// An engine that is followed: one of our own, or one that is known by its lock only.
#[derive(Debug, Default)]
struct Engine {
    child: Option<Child>,
    status: Option<ExitStatus>,
}

impl Engine {
    const fn ours(child: Child) -> Self {
        Self { child: Some(child), status: None }
    }

    /// Who does the job now.
    fn holder(&mut self, files: &JobFiles) -> Result<Holder, RunnerError> {
        let Some(child) = &mut self.child else { return Ok(Holder::of(files)?) };
        self.status = child.try_wait().map_err(RunnerError::file(files.job()))?;
        Ok(if self.status.is_some() { Holder::Nobody } else { Holder::Engine(child.id()) })
    }

    /// Waits for its end, but no longer than this.
    async fn wait(&mut self, at_most: Duration) {
        match &mut self.child {
            // How it ended is asked for afterwards.
            Some(child) => drop(tokio::time::timeout(at_most, child.wait()).await),
            None => sleep(at_most).await,
        }
    }
}

/// How far the stopping of an engine is: asked first, killed when the grace is over.
#[derive(Debug, Default)]
struct Cancel {
    asked: bool,
    waited: Duration,
}

impl Cancel {
    fn ask(&mut self, pid: Option<u32>, settings: &Settings) {
        // An engine that has its lock, but has not written its number yet, is asked the next time.
        let Some(pid) = pid else { return };
        if !self.asked {
            self.asked = true;
            process::send(pid, Signal::TERM);
        } else if self.waited >= settings.grace {
            process::send(pid, Signal::KILL);
        } else {
            self.waited += settings.poll;
        }
    }
}

/// The jobs that are followed now.
#[derive(Clone, Debug, Default)]
struct Watched {
    ids: Arc<Mutex<BTreeSet<JobId>>>,
}

/// Says that a job is followed, as long as it is there.
#[derive(Debug)]
struct Watch {
    watched: Watched,
    id: JobId,
}

impl Watched {
    /// Nothing if it is followed already.
    fn add(&self, id: &JobId) -> Option<Watch> {
        let added = self.ids().insert(id.clone());
        added.then(|| Watch { watched: self.clone(), id: id.clone() })
    }

    fn count(&self) -> usize {
        self.ids().len()
    }

    fn ids(&self) -> MutexGuard<'_, BTreeSet<JobId>> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.watched.ids().remove(&self.id);
    }
}

/// Work goes on when the book cannot be told how far it is.
fn told(result: Result<(), BookError>) {
    if let Err(error) = result {
        tracing::warn!(%error, "the book of jobs could not be told");
    }
}

async fn read(path: &Path, offset: u64) -> Result<Progress, RunnerError> {
    let path = path.to_owned();
    apart(move || Progress::read_from(&path, offset).map_err(RunnerError::file(&path))).await
}

/// Does what waits for the disk where it holds nobody up.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, RunnerError> + Send + 'static,
) -> Result<T, RunnerError> {
    tokio::task::spawn_blocking(work).await.expect("reading and writing of files does not panic")
}
