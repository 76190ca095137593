//! What is to be done: the job file.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use domain::FinancialYear;
use serde::{Deserialize, Serialize};

use crate::error::JobError;
use crate::words;

/// Format of the job file that this version writes, and the latest it does.
pub const FORMAT: u32 = 1;

/// Kinds of work, as a job file spells them.
pub(crate) const KINDS: [&str; 5] = ["intake", "cost", "verify", "export", "check_model"];

/// A piece of work for the engine. It does what the verb of that name does.
///
/// Paths are as the options of the verbs: relative to the folder in which the engine starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Reads and checks a trust's files into a dataset.
    Intake(IntakeJob),
    /// Costs a dataset under a model and writes a run.
    Cost(CostJob),
    /// Recomputes a run.
    Verify(VerifyJob),
    /// Writes tables of a run to files.
    Export(ExportJob),
    /// Reads a model and lists everything that is wrong with it.
    CheckModel(CheckModelJob),
}

/// `concord intake`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntakeJob {
    /// Model folder.
    pub model: PathBuf,
    /// Folders of the trust's files, at least one.
    pub from: Vec<PathBuf>,
    /// Dataset folder to write.
    pub to: PathBuf,
    /// Financial year; by default the model's latest.
    #[serde(default, with = "words::year", skip_serializing_if = "Option::is_none")]
    pub year: Option<FinancialYear>,
    /// Vault folder; by default that of the settings, or `vault` beside the dataset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vault: Option<PathBuf>,
    /// Worker threads; they change no byte. By default one for each processor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threads: Option<NonZeroUsize>,
}

/// `concord cost`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CostJob {
    /// Dataset folder.
    pub dataset: PathBuf,
    /// Model folder.
    pub model: PathBuf,
    /// Folder in which the run gets a folder of its own.
    pub runs: PathBuf,
    /// Financial year; by default the dataset's.
    #[serde(default, with = "words::year", skip_serializing_if = "Option::is_none")]
    pub year: Option<FinancialYear>,
    /// Worker threads; they change no byte. By default one for each processor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threads: Option<NonZeroUsize>,
}

/// `concord verify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifyJob {
    /// Folder of the run.
    pub run: PathBuf,
    /// Dataset of the run: matching and weighing are done again too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<PathBuf>,
    /// Worker threads; they change no byte. By default one for each processor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threads: Option<NonZeroUsize>,
}

/// `concord export`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportJob {
    /// Folder of the run.
    pub run: PathBuf,
    /// Tables to export; none means all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<String>,
    /// File to write: .csv, .xlsx or .parquet.
    pub to: PathBuf,
    /// Whether a file of that name is written over.
    #[serde(default)]
    pub replace: bool,
    /// Who exports; it stays on record.
    pub by: String,
    /// Why; it stays on record.
    pub reason: String,
}

/// `concord model check`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckModelJob {
    /// Model folder.
    pub model: PathBuf,
}

impl Job {
    /// Reads a job file.
    ///
    /// # Errors
    ///
    /// [`JobError`] if it is no JSON, of a later format, of an unknown kind, or has a field that
    /// is missing, misspelt or of another form.
    pub fn parse(bytes: &[u8]) -> Result<Self, JobError> {
        let mut fields: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(bytes).map_err(|error| JobError::NotJson(error.to_string()))?;
        let format = fields.remove("format").and_then(|it| it.as_u64());
        let format = format.filter(|it| *it > 0).ok_or(JobError::NoFormat)?;
        if format > u64::from(FORMAT) {
            return Err(JobError::NewerFormat { found: format });
        }
        let kind = match fields.get("kind") {
            Some(serde_json::Value::String(kind)) if KINDS.contains(&kind.as_str()) => kind.clone(),
            Some(other) => return Err(JobError::UnknownKind { found: format!("kind {other}") }),
            None => return Err(JobError::UnknownKind { found: "no kind of work".to_owned() }),
        };
        let wrong = |why: String| JobError::Field { kind: kind.clone(), why };
        let job: Self =
            serde_json::from_value(fields.into()).map_err(|error| wrong(format!("{error}")))?;
        match &job {
            Self::Intake(intake) if intake.from.is_empty() => {
                Err(wrong("`from` names no folder of files".to_owned()))
            }
            Self::Export(export) if export.by.trim().is_empty() => {
                Err(wrong("`by` is blank: name who exports".to_owned()))
            }
            _ => Ok(job),
        }
    }

    /// The job file of this work.
    pub fn to_bytes(&self) -> Vec<u8> {
        #[derive(Serialize)]
        struct File<'a> {
            format: u32,
            #[serde(flatten)]
            job: &'a Job,
        }
        let file = File { format: FORMAT, job: self };
        let mut bytes = serde_json::to_vec_pretty(&file).expect("paths of jobs are texts");
        bytes.push(b'\n');
        bytes
    }

    /// The same work with relative paths taken from a folder.
    pub fn below(mut self, folder: &Path) -> Self {
        let place = |path: &mut PathBuf| *path = folder.join(&*path);
        match &mut self {
            Self::Intake(job) => {
                [&mut job.model, &mut job.to].into_iter().for_each(place);
                job.from.iter_mut().chain(&mut job.vault).for_each(place);
            }
            Self::Cost(job) => {
                [&mut job.dataset, &mut job.model, &mut job.runs].into_iter().for_each(place);
            }
            Self::Verify(job) => {
                std::iter::once(&mut job.run).chain(&mut job.dataset).for_each(place);
            }
            Self::Export(job) => [&mut job.run, &mut job.to].into_iter().for_each(place),
            Self::CheckModel(job) => place(&mut job.model),
        }
        self
    }

    /// The kind of work, as the job file spells it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Intake(_) => "intake",
            Self::Cost(_) => "cost",
            Self::Verify(_) => "verify",
            Self::Export(_) => "export",
            Self::CheckModel(_) => "check_model",
        }
    }

    /// Places that no other work may touch meanwhile.
    pub(crate) fn places(&self) -> Vec<&Path> {
        match self {
            Self::Intake(job) => {
                std::iter::once(&job.to).chain(&job.vault).map(PathBuf::as_path).collect()
            }
            Self::Cost(job) => vec![&job.dataset, &job.runs],
            Self::Export(job) => vec![&job.to],
            Self::Verify(_) | Self::CheckModel(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = match Job::parse(text.as_bytes()) {
            Ok(job) => format!("{job:?}"),
            Err(error) => error.to_string(),
        };
        assert!(found.contains(expected), "{found}");
    }

    #[test]
    fn what_is_wrong_is_told() {
        check("{\"format\": 1, \"kind\": \"co", "not a JSON object: EOF");
        check("[]", "not a JSON object");
        check(r#"{"kind": "cost"}"#, "has no `format`: add \"format\": 1");
        check(r#"{"format": "1", "kind": "cost"}"#, "has no `format`");
        check(
            r#"{"format": 2, "kind": "something"}"#,
            "has format 2, but this version does formats up to 1: use the version of Concord that wrote it",
        );
        check(
            r#"{"format": 1, "kind": "forecast"}"#,
            "asks for kind \"forecast\", which this version does not know; it knows intake, cost, verify",
        );
        check(r#"{"format": 1}"#, "asks for no kind of work");
        check(r#"{"format": 1, "kind": "verify"}"#, "kind verify is wrong: missing field `run`");
        check(r#"{"format": 1, "kind": "verify", "run": "r", "rum": 1}"#, "unknown field `rum`");
        let cost = r#"{"format": 1, "kind": "cost", "dataset": "d", "model": "m", "runs": "r""#;
        check(&format!("{cost}, \"year\": \"2025\"}}"), "`2025` is not a financial year");
        check(&format!("{cost}, \"threads\": 0}}"), "kind cost is wrong");
        let intake = r#"{"format": 1, "kind": "intake", "model": "m", "to": "d", "from": []}"#;
        check(intake, "`from` names no folder");
        let export = r#"{"format": 1, "kind": "export", "run": "r", "to": "x.csv", "by": " ", "reason": ""}"#;
        check(export, "`by` is blank");
    }

    #[test]
    fn a_job_is_read_as_it_was_written() {
        let path = PathBuf::from;
        let jobs = [
            Job::Intake(IntakeJob {
                model: path("m"),
                from: vec![path("a"), path("b")],
                to: path("d"),
                year: Some(FinancialYear::beginning(2025)),
                vault: Some(path("v")),
                threads: NonZeroUsize::new(2),
            }),
            Job::Cost(CostJob {
                dataset: path("d"),
                model: path("m"),
                runs: path("r"),
                year: None,
                threads: None,
            }),
            Job::Verify(VerifyJob { run: path("r"), dataset: Some(path("d")), threads: None }),
            Job::Export(ExportJob {
                run: path("r"),
                tables: vec!["events".to_owned()],
                to: path("x.csv"),
                replace: true,
                by: "A".to_owned(),
                reason: "B".to_owned(),
            }),
            Job::CheckModel(CheckModelJob { model: path("m") }),
        ];
        for (job, kind) in jobs.iter().zip(KINDS) {
            assert_eq!(job.kind(), kind);
            assert_eq!(&Job::parse(&job.to_bytes()).expect("sound"), job);
        }
    }

    /// The page on job files shows every kind with every field, and what it shows is sound.
    #[test]
    fn the_page_shows_jobs_that_are_read() {
        let page = include_str!("../../../docs/reference/job-file.md");
        let blocks = page.split("```json\n").skip(1).filter_map(|it| it.split("```").next());
        let shown: Vec<&str> = blocks.filter(|it| it.contains("\"format\"")).collect();
        assert_eq!(shown.len(), KINDS.len());
        for (text, kind) in shown.iter().zip(KINDS) {
            let job = Job::parse(text.as_bytes()).expect("sound");
            assert_eq!(job.kind(), kind);
            // What is written of it has the same fields: none is left out of the page.
            let value = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes);
            let written = value(&job.to_bytes()).expect("JSON");
            assert_eq!(written, value(text.as_bytes()).expect("JSON"));
        }
    }
}
