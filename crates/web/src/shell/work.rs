//! Work in the background: how it is asked for, and how it is shown while somebody waits.
//!
//! What a job is to do is written into the store as a job file does it; its fields are explained in
//! the reference of job files. Relative paths are taken from the folder of the site.

use std::path::{Path, PathBuf};

use access::Capability;
use domain::FinancialYear;
use serde_json::{Value, json};
use store::jobs::{Job, JobState, NewJob};

use super::fault::Fault;
use super::visit::Visit;
use super::words;

/// A kind of work, as job files spell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Word of job files.
    pub word: &'static str,
    /// What it is, for people.
    pub name: &'static str,
    /// Whoever may ask for it may follow and stop it.
    pub needs: Capability,
    /// Where it is asked for again.
    pub again: &'static str,
}

/// All kinds.
pub const KINDS: &[Kind] = &[
    Kind { word: "intake", name: "Check of files", needs: Capability::LoadData, again: "/loads" },
    Kind { word: "cost", name: "Costing", needs: Capability::RunCosting, again: "/runs/start" },
    Kind {
        word: "verify",
        name: "Verification of a run",
        needs: Capability::RunCosting,
        again: "/runs",
    },
    Kind {
        word: "check_model",
        name: "Check of the model",
        needs: Capability::EditRules,
        again: "/",
    },
    Kind { word: "export", name: "Export", needs: Capability::Export, again: "/runs" },
];

/// The kind of a job, if this version knows it.
pub fn kind_of(job: &Job) -> Option<&'static Kind> {
    KINDS.iter().find(|it| it.word == job.asked.kind)
}

/// A check of files into a dataset.
#[derive(Clone, Debug)]
pub struct Intake {
    /// Model folder.
    pub model: PathBuf,
    /// Folder of the files.
    pub from: PathBuf,
    /// Dataset folder to write.
    pub to: PathBuf,
    /// Financial year.
    pub year: FinancialYear,
    /// Folder of identities.
    pub vault: PathBuf,
}

/// A costing of a dataset.
#[derive(Clone, Debug)]
pub struct Cost {
    /// Dataset folder.
    pub dataset: PathBuf,
    /// Model folder.
    pub model: PathBuf,
    /// Folder of runs.
    pub runs: PathBuf,
    /// Financial year.
    pub year: FinancialYear,
}

impl Intake {
    /// The job of it, in the scope of whoever asks. The same key is the same job.
    pub fn job(&self, scope: String, key: String) -> NewJob {
        let payload = json!({
            "format": 1, "kind": "intake", "model": self.model, "from": [self.from],
            "to": self.to, "year": self.year.to_string(), "vault": self.vault,
        });
        asked("intake", payload, (scope, key))
    }
}

impl Cost {
    /// The job of it, in the scope of whoever asks. The same key is the same job.
    pub fn job(&self, scope: String, key: String) -> NewJob {
        let payload = json!({
            "format": 1, "kind": "cost", "dataset": self.dataset, "model": self.model,
            "runs": self.runs, "year": self.year.to_string(),
        });
        asked("cost", payload, (scope, key))
    }
}

fn asked(kind: &str, payload: Value, (scope, idempotency_key): (String, String)) -> NewJob {
    NewJob { kind: kind.to_owned(), class: "engine".to_owned(), payload, scope, idempotency_key }
}

/// Years whose dataset is there, the latest first.
pub fn accepted_years(datasets: &Path) -> Vec<FinancialYear> {
    let entries = std::fs::read_dir(datasets).into_iter().flatten().flatten();
    let there = entries.filter(|it| it.path().join("manifest.json").is_file());
    let names = there.filter_map(|it| it.file_name().into_string().ok());
    let mut years: Vec<FinancialYear> = names.filter_map(|it| it.parse().ok()).collect();
    years.sort_by(|one, other| other.cmp(one));
    years
}

/// Folder of the run that a costing made or found.
pub fn run_of(job: &Job) -> Option<String> {
    let run = job.result.as_ref()?.get("result")?.get("run")?.as_str()?;
    Some(Path::new(run).file_name()?.to_str()?.to_owned())
}

/// Whether what was given forbade the work, so that starting it again changes nothing.
pub fn is_refused(job: &Job) -> bool {
    let outcome = job.result.as_ref().and_then(|it| it.get("outcome"));
    outcome.and_then(Value::as_str) == Some("refused")
}

/// A job as pages show it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Reference.
    pub id: String,
    /// What it is: `Costing of 2025/26`.
    pub name: String,
    /// Where it stands, in a sentence.
    pub heading: String,
    /// The same in a word or two.
    pub state: &'static str,
    /// Whether somebody must act.
    pub is_bad: bool,
    /// Whether it waits or runs.
    pub is_open: bool,
    /// How far, of a hundred; none if that is not known.
    pub percent: Option<i64>,
    /// How far, in words.
    pub so_far: String,
    /// What happened, or what it does.
    pub message: String,
    /// When it was asked for.
    pub asked_at: String,
    /// Whether it was asked to stop.
    pub is_stopping: bool,
}

impl Shown {
    /// A job as pages show it.
    pub fn of(job: &Job) -> Self {
        let name = name_of(job);
        let (state, heading) = match job.state {
            JobState::Queued => ("Waits", format!("{name} waits for its turn")),
            JobState::Running if job.cancel_asked => {
                ("Stopping", format!("{name} is being stopped"))
            }
            JobState::Running => ("Under way", format!("{name} is under way")),
            JobState::Done => ("Done", format!("{name} is done")),
            JobState::Failed if is_refused(job) => ("Refused", format!("{name} was refused")),
            JobState::Failed => ("Failed", format!("{name} failed")),
            JobState::Cancelled => ("Stopped", format!("{name} was stopped")),
        };
        let progress = &job.progress;
        let is_counted = progress.total > 0;
        let is_open = !job.state.is_end();
        Self {
            id: job.id.to_string(),
            name,
            heading,
            state,
            is_bad: job.state == JobState::Failed,
            is_open,
            percent: is_counted.then(|| (100 * progress.done / progress.total).clamp(0, 100)),
            so_far: if is_counted {
                format!("{} of {}: {}", progress.done, progress.total, progress.stage)
            } else if progress.stage.is_empty() {
                "It begins when the work before it has ended".to_owned()
            } else {
                progress.stage.clone()
            },
            message: progress.message.clone(),
            asked_at: words::moment(job.asked_at),
            is_stopping: is_open && job.cancel_asked,
        }
    }

    /// For samples: work that is under way.
    pub fn sample(name: &str) -> Self {
        Self {
            id: "0123456789abcdef0123456789abcdef".to_owned(),
            name: name.to_owned(),
            heading: format!("{name} is under way"),
            state: "Under way",
            is_open: true,
            percent: Some(36),
            so_far: "7 of 19: reading files".to_owned(),
            message: "Reading: PATH from feeds/pathology.csv.gz, 19,532 rows read".to_owned(),
            asked_at: "21 May 2026, 10:02".to_owned(),
            ..Self::default()
        }
    }

    /// For samples: work that ended.
    pub fn sample_ended(name: &str, state: &'static str, message: &str) -> Self {
        Self {
            heading: format!("{name}: {}", state.to_lowercase()),
            state,
            is_bad: state == "Failed",
            is_open: false,
            message: message.to_owned(),
            ..Self::sample(name)
        }
    }
}

/// What a job is: `Costing of 2025/26`.
fn name_of(job: &Job) -> String {
    let kind = kind_of(job).map_or("Work", |it| it.name);
    match job.asked.payload.get("year").and_then(Value::as_str) {
        Some(year) if job.asked.kind == "intake" => format!("{kind} for {}", words::year(year)),
        Some(year) => format!("{kind} of {}", words::year(year)),
        None => kind.to_owned(),
    }
}

/// Asks a job to stop, if the person may.
///
/// # Errors
///
/// [`Fault::NotFound`] where it is not theirs to stop; [`Fault::Refused`] if it has ended.
pub async fn stop(
    visit: &Visit,
    id: store::JobId,
    leads_to: &str,
) -> Result<axum::response::Response, Fault> {
    let entry = visit.entry("job.cancel", id.as_str());
    let said = "The work is asked to stop. Nothing half-made is left in place.";
    visit
        .change(leads_to, said, move |tx| {
            Box::pin(async move {
                store::jobs::ask_cancel(tx, &id, &entry).await?;
                Ok(())
            })
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(state: JobState) -> Job {
        let cost = Cost {
            dataset: "d".into(),
            model: "m".into(),
            runs: "r".into(),
            year: FinancialYear::beginning(2025),
        };
        Job {
            id: store::JobId::new("1"),
            asked: cost.job("trust".to_owned(), "k".to_owned()),
            state,
            asked_by: "p".to_owned(),
            asked_at: "2026-05-20T08:14:00Z".parse().expect("a moment"),
            pid: None,
            started: None,
            ended: None,
            seen: None,
            progress: store::jobs::Progress::default(),
            result: None,
            exit_code: None,
            cancel_asked: false,
        }
    }

    #[test]
    fn how_far_a_job_is() {
        let mut running = job(JobState::Running);
        running.progress.stage = "matching".to_owned();
        (running.progress.done, running.progress.total) = (1, 3);
        let shown = Shown::of(&running);
        assert_eq!(shown.heading, "Costing of 2025/26 is under way");
        // A third is 33 of 100, rounded down.
        assert_eq!((shown.percent, shown.so_far.as_str()), (Some(33), "1 of 3: matching"));
        running.progress.total = 0;
        assert_eq!(Shown::of(&running).percent, None);
    }

    #[test]
    fn how_a_job_ended() {
        let mut done = job(JobState::Done);
        done.result = Some(json!({"outcome": "done", "result": {"run": "/site/runs/1fe9"}}));
        assert_eq!(run_of(&done).as_deref(), Some("1fe9"));
        let mut failed = job(JobState::Failed);
        assert_eq!((Shown::of(&failed).state, run_of(&failed)), ("Failed", None));
        failed.result = Some(json!({"outcome": "refused"}));
        assert_eq!(Shown::of(&failed).heading, "Costing of 2025/26 was refused");
    }
}
