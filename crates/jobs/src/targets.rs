//! One engine at a time for each place that is written to.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::job::Job;

/// The places that engines work on now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Targets {
    taken: Arc<Mutex<Vec<PathBuf>>>,
}

/// The right to work on some places; given up when dropped.
#[derive(Debug)]
pub(crate) struct Held {
    targets: Targets,
    places: Vec<PathBuf>,
}

impl Targets {
    /// Takes all places of a job, or none of them.
    pub(crate) fn take(&self, job: &Job) -> Option<Held> {
        let places: Vec<PathBuf> = job.places().into_iter().map(named).collect();
        let mut taken = self.taken();
        if places.iter().any(|it| taken.iter().any(|other| overlap(it, other))) {
            return None;
        }
        taken.extend(places.iter().cloned());
        drop(taken);
        Some(Held { targets: self.clone(), places })
    }

    /// Takes the places of an engine that is at work already.
    pub(crate) fn take_with_others(&self, job: &Job) -> Held {
        let places: Vec<PathBuf> = job.places().into_iter().map(named).collect();
        self.taken().extend(places.iter().cloned());
        Held { targets: self.clone(), places }
    }

    fn taken(&self) -> MutexGuard<'_, Vec<PathBuf>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut taken = self.targets.taken();
        for place in &self.places {
            if let Some(at) = taken.iter().position(|it| it == place) {
                taken.swap_remove(at);
            }
        }
    }
}

fn overlap(one: &Path, other: &Path) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

/// A place by one name, also if it is not there yet.
fn named(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for there in absolute.ancestors() {
        if let (Ok(whole), Ok(below)) = (there.canonicalize(), absolute.strip_prefix(there)) {
            return if below.as_os_str().is_empty() { whole } else { whole.join(below) };
        }
    }
    absolute
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::{CostJob, IntakeJob};

    fn cost(dataset: &str, runs: &str) -> Job {
        Job::Cost(CostJob {
            dataset: dataset.into(),
            model: "model".into(),
            runs: runs.into(),
            year: None,
            threads: None,
        })
    }

    #[test]
    fn work_on_one_place_is_one_at_a_time() {
        let targets = Targets::default();
        let intake = Job::Intake(IntakeJob {
            model: "model".into(),
            from: vec!["files".into()],
            to: "datasets/./2025-26".into(),
            year: None,
            vault: None,
            threads: None,
        });
        let held = targets.take(&intake).expect("nothing is taken");
        assert!(targets.take(&intake).is_none(), "the same twice");
        assert!(targets.take(&cost("datasets/2025-26", "runs")).is_none(), "its dataset changes");
        let other = targets.take(&cost("datasets/2024-25", "runs")).expect("another dataset");
        assert!(targets.take(&cost("elsewhere", "runs")).is_none(), "one folder of runs");
        drop(other);
        targets.take(&cost("elsewhere", "runs")).expect("it is free again");
        let twice = targets.take_with_others(&intake);
        drop(held);
        assert!(targets.take(&intake).is_none(), "the engine of an earlier site has it still");
        drop(twice);
        targets.take(&intake).expect("it is free again");
    }
}
