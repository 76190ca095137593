//! A model as its files, and what can be done with it: check, choose a year, hash, lock, compare.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use domain::{FinancialYear, Finding, Severity};
use sha2::{Digest, Sha256};

use crate::folder;
use crate::intake_mapping::IntakeMapping;
use crate::lock::{self, LOCK_FILE};
use crate::read::{Book, Findings};
use crate::subjects::{self, Tables, header};
use crate::year::YearRules;

/// The bytes of a model's files by name, relative to its folder, with `/` between folders.
pub type ModelFiles = BTreeMap<String, Vec<u8>>;

/// A model that has been read.
#[derive(Clone, Debug)]
pub struct Model {
    /// Its files, as they were.
    pub files: ModelFiles,
    /// Rules of each financial year that the model lists.
    pub years: BTreeMap<FinancialYear, YearRules>,
    /// How each feed's file is read.
    pub intake: BTreeMap<String, IntakeMapping>,
    /// Whether it is locked.
    pub locked: bool,
}

impl Model {
    /// Reads a model's files from its folder; see [`folder::load`].
    ///
    /// # Errors
    ///
    /// As [`folder::load`].
    pub fn load(folder: &Path) -> io::Result<ModelFiles> {
        folder::load(folder)
    }

    /// Reads and checks a model.
    ///
    /// All faults are reported together, by file, line and column. Findings that refuse nothing
    /// come back with the model. A row that is in force in no year of the model is read, but held
    /// against no other row.
    ///
    /// # Errors
    ///
    /// All findings, when at least one refuses the model.
    pub fn parse(files: ModelFiles) -> Result<(Self, Vec<Finding>), Vec<Finding>> {
        let mut book = Book { files: &files, findings: Findings::default(), heads: Vec::new() };
        let locked = lock::verify(&mut book);
        subjects::note_ignored_files(&mut book);
        let header = header::read(&mut book);
        let tables = Tables::read(&mut book);
        let Book { mut findings, heads, .. } = book;
        let mut years = BTreeMap::new();
        for (year, extent) in &header.years {
            findings.enter(*year);
            subjects::check_heads(&heads, &tables.sources, *year, &mut findings);
            years.insert(*year, subjects::rules(&header, (*year, *extent), &tables, &mut findings));
        }
        let listed: BTreeSet<FinancialYear> = header.years.keys().copied().collect();
        let findings = findings.into_list(&listed);
        if findings.iter().any(|it| it.severity == Severity::Refusal) {
            return Err(findings);
        }
        let mappings = tables.intake.into_iter();
        let intake = mappings.filter_map(|(feed, it)| Some((feed, it.mapping?))).collect();
        Ok((Self { files, years, intake, locked }, findings))
    }

    /// SHA-256 in hexadecimal over the names and bytes of all files but the lock, in name order.
    pub fn hash(&self) -> String {
        hash(&self.files)
    }
}

/// SHA-256 in hexadecimal over all files but the lock, in name order: for each the length of its
/// name, its name, the length of its content and its content. Lengths are 8 bytes, least
/// significant first.
pub fn hash(files: &ModelFiles) -> String {
    let mut hasher = Sha256::new();
    for (name, bytes) in files.iter().filter(|(name, _)| *name != LOCK_FILE) {
        for part in [name.as_bytes(), bytes] {
            hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            hasher.update(part);
        }
    }
    lock::hexadecimal(&hasher.finalize())
}
