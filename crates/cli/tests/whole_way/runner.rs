//! The runner with real engines: followed, stopped, found again, and never two on one place.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jobs::{
    Book as _, CostJob, Ending, Job, JobId, MemoryBook, Outcome, Runner, Settings, VerifyJob,
};
use rustix::process::{Pid, Signal, kill_process};
use tokio::time::{sleep, timeout};

use crate::engine::Example;
use crate::program::{TRUST, command};
use crate::stopped::bytes_below;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

struct Site {
    folder: tempfile::TempDir,
    book: Arc<MemoryBook>,
}

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder, book: Arc::new(MemoryBook::default()) }
    }

    fn settings(&self) -> Settings {
        let program = env!("CARGO_BIN_EXE_concord");
        Settings {
            poll: Duration::from_millis(20),
            start: Duration::from_secs(1),
            ..Settings::new(program, self.folder.path())
        }
    }

    /// A runner as the site has one after each start.
    fn runner(&self) -> Arc<Runner<MemoryBook>> {
        self.runner_with(self.settings())
    }

    fn runner_with(&self, settings: Settings) -> Arc<Runner<MemoryBook>> {
        Arc::new(Runner::new(settings, Arc::clone(&self.book)))
    }

    /// Costs the demonstration into a folder of runs of this site: takes some seconds.
    fn cost_trust(&self) -> Job {
        let trust = TRUST.folder();
        cost(
            &trust.join("datasets/2025-26"),
            &trust.join("model"),
            &self.folder.path().join("runs"),
        )
    }

    /// Waits until a job's engine counts what it has done.
    async fn at_work(&self, id: &JobId) {
        until(|| self.book.steps(id).iter().any(|it| it.total > 0)).await;
    }

    async fn ended(&self, id: &JobId) -> Ending {
        until(|| self.book.ending(id).is_some()).await;
        self.book.ending(id).expect("it has ended")
    }
}

fn cost(dataset: &Path, model: &Path, runs: &Path) -> Job {
    Job::Cost(CostJob {
        dataset: dataset.to_owned(),
        model: model.to_owned(),
        runs: runs.to_owned(),
        year: None,
        threads: None,
    })
}

fn id(text: &str) -> JobId {
    text.parse().expect("a name")
}

async fn until(done: impl Fn() -> bool) {
    patiently(async {
        while !done() {
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
}

async fn patiently<T>(work: impl Future<Output = T>) -> T {
    timeout(PATIENCE, work).await.expect("it takes no longer")
}

fn run_of(ending: &Ending) -> PathBuf {
    assert_eq!(ending.outcome, Outcome::Done, "{ending:?}");
    ending.result.clone().and_then(|it| it.run).expect("a run")
}

fn send(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).expect("a process");
    kill_process(pid, signal).expect("it lives");
}

/// Killed again and again, then left by its site in the middle and found again by the next one: the
/// run is the very one that the verb makes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_outlives_its_engine_and_its_site() {
    let site = Site::new();
    let job = site.cost_trust();
    let id = id("cost-1");
    let runner = site.runner();
    // Moments after the engine is at work, of the seconds that it takes.
    for milliseconds in [0, 130, 700] {
        let followed = tokio::spawn({
            let (runner, id, job) = (Arc::clone(&runner), id.clone(), job.clone());
            async move { runner.run(&id, &job).await }
        });
        let before = site.book.steps(&id).len();
        until(|| site.book.steps(&id).len() > before).await;
        sleep(Duration::from_millis(milliseconds)).await;
        send(site.book.pid(&id).expect("started"), Signal::KILL);
        let ending = patiently(followed).await.expect("no panic").expect("followed");
        assert_eq!((ending.outcome, ending.exit_code), (Outcome::Failed, 128 + 9));
        assert!(ending.message.contains("start the work again"), "{}", ending.message);
    }

    // The site serves its book, and is killed when the engine is at work.
    site.book.add(&id, job.clone());
    let before = site.book.steps(&id).len();
    let serving = tokio::spawn(Arc::clone(&runner).serve(std::future::pending()));
    until(|| site.book.steps(&id).iter().skip(before).any(|it| it.done > 3)).await;
    serving.abort();
    drop(serving.await);
    drop(runner);
    let left = site.book.steps(&id).len();

    // The next site finds the engine, and does not start another.
    let pid = site.book.pid(&id);
    let next = site.runner();
    let serving = tokio::spawn(Arc::clone(&next).serve(std::future::pending()));
    until(|| site.book.steps(&id).len() > left).await;
    let running = site.book.running().await.expect("a book in memory");
    assert_eq!(running.len(), 1);
    until(|| site.book.ending(&id).is_some_and(|it| it.outcome == Outcome::Done)).await;
    assert_eq!(site.book.pid(&id), pid, "no other engine was started");
    serving.abort();

    let run = run_of(&site.ended(&id).await);
    let by_verb = TRUST.folder().join(&TRUST.run);
    assert_eq!(bytes_below(&run), bytes_below(&by_verb));
    let steps = site.book.steps(&id);
    let numbers: Vec<u64> = steps[before..].iter().map(|it| it.at_seq).collect();
    assert!(numbers.len() > 5, "it was followed all the way: {steps:?}");
    let others: std::collections::BTreeSet<&u64> = numbers.iter().collect();
    assert!(others.len() > 5 && numbers.last() == others.last().copied(), "it grows: {numbers:?}");

    // Found again after its end: its last words are in the file.
    let again = patiently(next.attach(&id, &job)).await.expect("read");
    assert_eq!(run_of(&again), run);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_is_cancelled() {
    let site = Site::new();
    let asked = id("asked");
    site.book.add(&asked, site.cost_trust());
    let runner =
        site.runner_with(Settings { grace: Duration::from_millis(400), ..site.settings() });
    let serving = tokio::spawn(Arc::clone(&runner).serve(std::future::pending()));
    site.at_work(&asked).await;
    site.book.cancel(&asked);
    let ending = site.ended(&asked).await;
    assert_eq!((ending.outcome, ending.exit_code), (Outcome::Cancelled, 143));

    // An engine that does not hear is killed when the grace is over.
    let deaf = id("deaf");
    site.book.add(&deaf, site.cost_trust());
    site.at_work(&deaf).await;
    send(site.book.pid(&deaf).expect("started"), Signal::STOP);
    site.book.cancel(&deaf);
    let ending = site.ended(&deaf).await;
    assert_eq!(ending.outcome, Outcome::Cancelled, "{ending:?}");

    // One that somebody started by hand, for a job that a site was given.
    let by_hand = id("by-hand");
    let files = runner.files(&by_hand);
    jobs::write_whole(files.job(), &site.cost_trust().to_bytes()).expect("writes");
    let engine =
        command(TRUST.folder()).args(["engine", "--quiet", "--job"]).arg(files.job()).spawn();
    let mut engine = engine.expect("the program starts");
    let attached = tokio::spawn({
        let (runner, id, job) = (Arc::clone(&runner), by_hand.clone(), site.cost_trust());
        async move { runner.attach(&id, &job).await }
    });
    site.at_work(&by_hand).await;
    site.book.cancel(&by_hand);
    let ending = patiently(attached).await.expect("no panic").expect("followed");
    assert_eq!((ending.outcome, ending.exit_code), (Outcome::Cancelled, 143));
    assert_eq!(engine.wait().expect("it has ended").code(), Some(143));

    // One that waits for its place never begins.
    let (first, second) = (id("first"), id("second"));
    serving.abort();
    let runner = site.runner_with(Settings { at_once: 2, ..site.settings() });
    let serving = tokio::spawn(Arc::clone(&runner).serve(std::future::pending()));
    site.book.add(&first, site.cost_trust());
    site.at_work(&first).await;
    site.book.add(&second, site.cost_trust());
    until(|| site.book.steps(&second).iter().any(|it| it.stage.starts_with("Waiting"))).await;
    site.book.cancel(&second);
    assert_eq!(site.ended(&second).await.outcome, Outcome::Cancelled);
    assert_eq!(site.book.pid(&second), None, "no engine was started");
    site.book.cancel(&first);
    assert_eq!(site.ended(&first).await.outcome, Outcome::Cancelled);
    serving.abort();
    let runs = std::fs::read_dir(site.folder.path().join("runs")).expect("it is there");
    let names = runs.map(|it| it.expect("it is there").file_name().to_string_lossy().into_owned());
    assert_eq!(names.filter(|it| !it.starts_with('.')).count(), 0, "nothing is in place");
}

/// Two people ask for the same costing at once: one makes the run, the other gets it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_work_twice_at_once() {
    let site = Site::new();
    let example = Example::with_dataset();
    let job = cost(&example.path("work/dataset"), &example.path("model"), &example.path("runs"));
    let runner = site.runner_with(Settings { at_once: 2, ..site.settings() });
    site.book.add(&id("a"), job.clone());
    site.book.add(&id("b"), job);
    let serving = tokio::spawn(Arc::clone(&runner).serve(std::future::pending()));
    let (a, b) = (site.ended(&id("a")).await, site.ended(&id("b")).await);
    serving.abort();
    assert_eq!(run_of(&a), run_of(&b));
    let unchanged = |it: &Ending| it.result.as_ref().is_some_and(|it| it.unchanged);
    assert_ne!(unchanged(&a), unchanged(&b), "exactly one of them wrote it");
}

/// An engine that needs more memory than it may use fails alone; the runner goes on.
#[tokio::test]
async fn memory_runs_out_in_the_engine_only() {
    let site = Site::new();
    let small = site.runner_with(Settings { memory_mib: Some(24), ..site.settings() });
    let ending = patiently(small.run(&id("too-large"), &site.cost_trust())).await;
    let ending = ending.expect("followed");
    assert_eq!((ending.outcome, ending.exit_code), (Outcome::Failed, 128 + 6), "{ending:?}");
    assert!(ending.message.contains("the memory it may use ran out"), "{}", ending.message);
    let example = Example::with_dataset();
    let job = cost(&example.path("work/dataset"), &example.path("model"), &example.path("runs"));
    run_of(&patiently(site.runner().run(&id("next"), &job)).await.expect("followed"));
}

/// What cannot begin, and what was never begun, is told with what to do.
#[tokio::test]
async fn no_engine() {
    let site = Site::new();
    let job = Job::Verify(VerifyJob { run: "none".into(), dataset: None, threads: None });
    let settings = Settings { program: "/no/such/program".into(), ..site.settings() };
    let ending = site.runner_with(settings).run(&id("one"), &job).await.expect("told");
    assert_eq!(ending.outcome, Outcome::Failed);
    assert!(ending.message.contains("`/no/such/program` did not start"), "{}", ending.message);
    // An earlier site was given a job, and was killed before it started an engine.
    site.book.add(&id("two"), job);
    let given = site.book.claim().await.expect("a book in memory").expect("one waits");
    let ending = patiently(site.runner().attach(&given.id, &given.job)).await.expect("told");
    assert_eq!(ending.outcome, Outcome::Failed);
    assert!(ending.message.contains("start the work again"), "{}", ending.message);
}
