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
    /// Takes all places of a job, or none of them. A job's own file is one of them.
    pub(crate) fn take(&self, file: &Path, job: &Job) -> Option<Held> {
        let places = places(file, job);
        let mut taken = self.taken();
        if places.iter().any(|it| taken.iter().any(|other| overlap(it, other))) {
            return None;
        }
        taken.extend(places.iter().cloned());
        drop(taken);
        Some(Held { targets: self.clone(), places })
    }

    /// Takes the places of an engine that is at work already.
    pub(crate) fn take_with_others(&self, file: &Path, job: &Job) -> Held {
        let places = places(file, job);
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

fn places(file: &Path, job: &Job) -> Vec<PathBuf> {
    std::iter::once(file).chain(job.places()).map(named).collect()
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
        let (one, other) = (Path::new("jobs/1/job.json"), Path::new("jobs/2/job.json"));
        let held = targets.take(one, &intake).expect("nothing is taken");
        assert!(targets.take(other, &intake).is_none(), "the same twice");
        let next = cost("datasets/2025-26", "runs");
        assert!(targets.take(other, &next).is_none(), "its dataset changes");
        let next = cost("datasets/2024-25", "runs");
        assert!(targets.take(one, &next).is_none(), "a job is done once at a time");
        let costing = targets.take(other, &next).expect("another dataset");
        let next = cost("elsewhere", "runs");
        let third = Path::new("jobs/3/job.json");
        assert!(targets.take(third, &next).is_none(), "one folder of runs");
        drop(costing);
        targets.take(third, &next).expect("it is free again");
        let twice = targets.take_with_others(one, &intake);
        drop(held);
        assert!(targets.take(other, &intake).is_none(), "the engine of an earlier site has it");
        drop(twice);
        targets.take(other, &intake).expect("it is free again");
    }
}
