//! From a job to the verb that does it, and from what the verb made to the job's ending.

use std::collections::BTreeMap;

use anyhow::Result;
use domain::{Finding, Severity};
use jobs::{
    CheckModelJob, CostJob, Ending, ExportJob, IntakeJob, Job, JobResult, Outstanding, Step,
    VerifyJob,
};

use super::Answer;
use crate::commands::{cost, export, intake, model, verify};
use crate::context::{Context, Outcome};

/// The first step: the engine is there.
pub(super) fn beginning() -> Step {
    let stage = "Beginning".to_owned();
    Step { message: stage.clone(), stage, ..Step::default() }
}

/// Does a job, as its verb does.
pub(super) fn work(job: &Job, context: &Context) -> Result<Answer> {
    match job {
        Job::Intake(job) => take_in(job, context),
        Job::Cost(job) => cost_dataset(job, context),
        Job::Verify(job) => verify_run(job, context),
        Job::Export(job) => export_run(job, context),
        Job::CheckModel(job) => check_model(job),
    }
}

fn take_in(job: &IntakeJob, context: &Context) -> Result<Answer> {
    let arguments = intake::Arguments {
        model: Some(job.model.clone()),
        from: job.from.clone(),
        to: Some(job.to.clone()),
        year: job.year,
        vault: job.vault.clone(),
        threads: job.threads.map(Into::into),
    };
    let taken = intake::work(&arguments, context)?;
    let mut counts = severities(taken.findings());
    for input in taken.inputs() {
        add(&mut counts, "rows_read", input.rows_read);
        add(&mut counts, "rows_used", input.rows_used);
        add(&mut counts, "rows_quarantined", input.rows_quarantined);
        add(&mut counts, "rows_rejected", input.rows_rejected);
    }
    let document = Some(taken.json());
    let report = match &taken {
        intake::Taken::Accepted(report) => report,
        intake::Taken::Refused(_) => {
            let result = JobResult { counts, ..JobResult::default() };
            let message =
                "The intake is refused: some findings forbid a dataset. Nothing was written.";
            let ending = Ending { outcome: jobs::Outcome::Refused, ..failed(result, message) };
            return Ok(Answer { outcome: Outcome::Failed, ending, document });
        }
    };
    let (findings, pounds) = intake::waiting(&report.findings);
    let result = JobResult {
        dataset: Some(report.dataset.clone()),
        unchanged: report.unchanged,
        counts,
        outstanding: Outstanding { findings: findings as u64, pounds },
        ..JobResult::default()
    };
    let message = if report.unchanged {
        "The same files were taken in before; the dataset is as it was."
    } else {
        "The dataset is in place."
    };
    Ok(Answer { outcome: Outcome::Done, ending: done(result, message), document })
}

fn cost_dataset(job: &CostJob, context: &Context) -> Result<Answer> {
    let arguments = cost::Arguments {
        dataset: Some(job.dataset.clone()),
        model: Some(job.model.clone()),
        runs: Some(job.runs.clone()),
        year: job.year,
        threads: job.threads.map(Into::into),
        afresh: false,
        memory: None,
        #[cfg(feature = "cluster")]
        cluster: None,
    };
    let costed = cost::work(&arguments, context)?;
    let result = JobResult {
        run: Some(costed.place.path.clone()),
        unchanged: costed.place.unchanged,
        outstanding: Outstanding { findings: costed.waiting.len() as u64, pounds: costed.money() },
        ..JobResult::default()
    };
    let message = if costed.place.unchanged {
        "The same inputs, rules and version were costed before; this is that run."
    } else {
        "The run is in place."
    };
    let document = Some(costed.json());
    Ok(Answer { outcome: Outcome::Done, ending: done(result, message), document })
}

fn verify_run(job: &VerifyJob, context: &Context) -> Result<Answer> {
    let arguments = verify::Arguments {
        run: job.run.clone(),
        dataset: job.dataset.clone(),
        threads: job.threads.map(Into::into),
    };
    let report = verify::work(&arguments, context)?;
    let breaks = verify::breaks(&report);
    let mut counts = BTreeMap::new();
    add(&mut counts, "checks", report.checks.len() as u64);
    add(&mut counts, "breaks", breaks as u64);
    let result = JobResult { run: Some(job.run.clone()), counts, ..JobResult::default() };
    let message = verify::verdict(breaks);
    let (outcome, ending) = if report.holds() {
        (Outcome::Done, done(result, &message))
    } else {
        (Outcome::Failed, failed(result, &message))
    };
    Ok(Answer { outcome, ending, document: Some(verify::json(&report)) })
}

fn export_run(job: &ExportJob, context: &Context) -> Result<Answer> {
    let arguments = export::Arguments {
        run: job.run.clone(),
        to: job.to.clone(),
        tables: job.tables.clone(),
        replace: job.replace,
        reason: job.reason.clone(),
    };
    let (run, files) = export::work(&arguments, &context.acting_for(&job.by))?;
    let mut counts = BTreeMap::new();
    for file in &files {
        add(&mut counts, "rows", file.rows);
    }
    let result = JobResult {
        run: Some(job.run.clone()),
        files: files.iter().map(|it| it.path.clone()).collect(),
        counts,
        ..JobResult::default()
    };
    let document = Some(export::json(&run, &files));
    Ok(Answer { outcome: Outcome::Done, ending: done(result, "The tables are written."), document })
}

fn check_model(job: &CheckModelJob) -> Result<Answer> {
    let checked = model::checked(&job.model)?;
    let counts = severities(&checked.findings);
    let result = JobResult { counts, ..JobResult::default() };
    let message = checked.verdict();
    let (outcome, ending) = if checked.model.is_some() {
        (Outcome::Done, done(result, &message))
    } else {
        let ending = Ending { outcome: jobs::Outcome::Refused, ..failed(result, &message) };
        (Outcome::Failed, ending)
    };
    Ok(Answer { outcome, ending, document: Some(checked.json()) })
}

fn done(result: JobResult, message: &str) -> Ending {
    Ending {
        outcome: jobs::Outcome::Done,
        exit_code: Outcome::Done.code(),
        result: Some(result),
        message: message.to_owned(),
    }
}

fn failed(result: JobResult, message: &str) -> Ending {
    Ending {
        outcome: jobs::Outcome::Failed,
        exit_code: Outcome::Failed.code(),
        ..done(result, message)
    }
}

/// How many findings there are, by how grave they are.
fn severities(findings: &[Finding]) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        let name = match finding.severity {
            Severity::Note => "notes",
            Severity::Warning => "warnings",
            Severity::NeedsAcceptance => "need_acceptance",
            Severity::Refusal => "refusals",
        };
        add(&mut counts, name, 1);
    }
    counts
}

fn add(counts: &mut BTreeMap<String, u64>, name: &str, count: u64) {
    *counts.entry(name.to_owned()).or_default() += count;
}
