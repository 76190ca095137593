//! Reads files of activity: rows about patients, one event, stay, test or phase each.

pub(crate) mod columns;
mod events;
mod finish;
pub(crate) mod identity;
pub(crate) mod moments;
pub(crate) mod quarantine;
mod reader;
mod spans;
mod values;

use crate::feeds::job::Job;
use crate::feeds::loaded::Loaded;

/// Reads a file of activity.
pub(crate) fn read(job: &Job<'_>) -> Loaded {
    let mut sink = reader::Reader::new(job);
    let (outcome, alone) = job.read(&mut sink);
    let mut loaded = sink.finish(outcome);
    job.tell_alone(&alone, &mut loaded);
    loaded
}
