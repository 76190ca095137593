//! Reads files of activity: rows about patients, one event, stay, test or phase each.

pub(crate) mod columns;
mod finish;
pub(crate) mod identity;
pub(crate) mod moments;
pub(crate) mod quarantine;
mod reader;
mod values;

use crate::feeds::job::Job;
use crate::feeds::loaded::Loaded;
use crate::files;

/// Reads a file of activity.
pub(crate) fn read(job: &Job<'_>) -> Loaded {
    let mut sink = reader::Reader::new(job);
    let outcome = files::read(&job.path, job.plan.mapping, &mut sink);
    sink.finish(outcome)
}
