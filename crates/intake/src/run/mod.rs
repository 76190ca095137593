//! An intake from end to end.

mod merge;
mod reading;
mod report;
mod second;
mod side;
mod small;
mod thresholds;

use std::fs;
use std::path::{Path, PathBuf};

use domain::FinancialYear;
use rules::{Model, YearRules};
use tables::manifest::{DATASET_FORMAT, DatasetManifest};
use vault::{Pseudonyms, Vault};

pub use report::{IntakeReport, Progress};

use crate::dataset::folder::Folder;
use crate::dataset::publish::{Before, Place};
use crate::error::{IntakeError, Refusal, at};
use crate::files::discover::{Found, files_below};
use crate::findings::{Tally, to_csv};
use crate::plan::{Plan, restricted_codes};

/// What is to be taken in, and where it goes.
pub struct Request<'a> {
    /// The model, with its intake mappings.
    pub model: &'a Model,
    /// The year to be costed.
    pub year: FinancialYear,
    /// Folder of the trust's files.
    pub from: &'a Path,
    /// Folder of the dataset; made new.
    pub to: &'a Path,
    /// The vault that knows who is who.
    pub vault: &'a mut Vault,
    /// Threads to use; 0 for as many as the machine has.
    pub threads: usize,
    /// Hears how far the work is.
    pub progress: &'a dyn Progress,
}

/// Reads a trust's files and writes a dataset.
///
/// The same files, model and vault give the same tables, byte for byte, whatever the order of
/// rows, the number of threads and the machine. A dataset that is there already is replaced and
/// kept beside the new one; if nothing has changed it stays as it is.
///
/// # Errors
///
/// [`IntakeError::Refused`] with all findings if something in the files forbids a dataset; else
/// as the variants of [`IntakeError`] say. What was there before stays as it was.
pub fn run(request: Request<'_>) -> Result<IntakeReport, IntakeError> {
    run_with(request, &[])
}

/// Like [`run`], but files are looked for in other folders too, such as records that somebody else
/// keeps beside a ledger of one's own.
///
/// # Errors
///
/// As [`run`], and [`IntakeError::TwoOfAName`] if two folders hold a file of the same name below
/// them, since a name is all that a dataset keeps of where a row came from.
pub fn run_with(request: Request<'_>, also: &[PathBuf]) -> Result<IntakeReport, IntakeError> {
    let Request { model, year, from, to, vault, threads, progress } = request;
    let rules = model.years.get(&year).ok_or(IntakeError::NoYear(year))?;
    let place = Place::take(to)?;
    let before = place.before()?;
    let folder = Folder::make(place.partial())?;
    let threads = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|error| IntakeError::Threads(error.to_string()))?;
    let pseudonyms = vault.pseudonyms();
    let pseudonyms = &pseudonyms;
    let mut intake = Intake { model, rules, from, also, to, pseudonyms, folder, progress };
    let outcome = threads.install(|| intake.run(vault, &place, before.as_ref()));
    if !matches!(outcome, Ok(IntakeReport { unchanged: false, .. })) {
        let partial = place.partial();
        if partial.exists() {
            fs::remove_dir_all(&partial).map_err(at(&partial))?;
        }
    }
    outcome
}

/// What an intake works with.
struct Intake<'a> {
    model: &'a Model,
    rules: &'a YearRules,
    from: &'a Path,
    also: &'a [PathBuf],
    to: &'a Path,
    pseudonyms: &'a Pseudonyms,
    folder: Folder,
    progress: &'a dyn Progress,
}

impl Intake<'_> {
    fn run(
        &mut self,
        vault: &mut Vault,
        place: &Place,
        before: Option<&Before>,
    ) -> Result<IntakeReport, IntakeError> {
        let restricted = restricted_codes(self.rules);
        let plan = Plan { rules: self.rules, pseudonyms: self.pseudonyms, restricted: &restricted };
        let found = self.files()?;
        let feeds = reading::feeds(self, plan);
        let mut side = side::read(self, &feeds, &found);
        let mut reading = reading::read(self, feeds, &found, &side)?;
        let mut manifest = self.manifest(vault.fingerprint());
        if let Some(before) = before
            && merge::is_unchanged(&manifest, &reading, before)
        {
            return Ok(report::unchanged(self.to, before));
        }
        let mut tally = std::mem::take(&mut reading.tally);
        tally.absorb(std::mem::take(&mut side.tally));
        tally.absorb(merge::against_before(self, &reading, before)?);
        thresholds::refuse_small(self.rules, &mut reading);
        let second = second::run(self, &mut reading, &mut side, vault)?;
        tally.absorb(second.tally);
        tally.absorb(small::run(self, &mut reading)?);
        tally.absorb(thresholds::missing(self.rules, &reading));
        manifest.buckets = second.buckets;
        self.finish(reading, tally, manifest, (place, before))
    }

    /// All files below the folders, in the order of their names.
    fn files(&self) -> Result<Vec<Found>, IntakeError> {
        let mut found = files_below(self.from).map_err(at(self.from))?;
        for folder in self.also {
            found.extend(files_below(folder).map_err(at(folder))?);
        }
        found.sort();
        match found.windows(2).find(|pair| pair[0].name == pair[1].name) {
            Some(pair) => Err(IntakeError::TwoOfAName(pair[0].name.clone())),
            None => Ok(found),
        }
    }

    fn manifest(&self, fingerprint: &str) -> DatasetManifest {
        DatasetManifest {
            format: DATASET_FORMAT,
            year: self.rules.year.to_string(),
            organisation: self.rules.organisation.clone(),
            model_hash: self.model.hash(),
            key_fingerprint: fingerprint.to_owned(),
            ..DatasetManifest::default()
        }
    }

    /// Writes findings and quarantine, then lets the dataset be there.
    fn finish(
        &self,
        reading: reading::Reading<'_>,
        mut tally: Tally,
        mut manifest: DatasetManifest,
        (place, before): (&Place, Option<&Before>),
    ) -> Result<IntakeReport, IntakeError> {
        self.progress.stage("writing findings and manifest");
        manifest.inputs = reading.inputs();
        manifest.missing_feeds = reading.missing_feeds(self.rules);
        reading.write_quarantine(&self.folder)?;
        for file in reading.files {
            tally.absorb(file.tally);
        }
        let refused = tally.refuses();
        let findings = tally.into_findings();
        if refused {
            let refusal = Refusal { findings, inputs: manifest.inputs };
            return Err(IntakeError::Refused(Box::new(refusal)));
        }
        self.folder.text("findings.csv", &mut |file| file.write_all(&to_csv(&findings)))?;
        manifest.files = self.folder.entries();
        let replaced = place.publish(&self.folder, &manifest, before)?;
        Ok(IntakeReport {
            dataset: self.to.to_owned(),
            manifest,
            findings,
            unchanged: false,
            replaced,
        })
    }
}
