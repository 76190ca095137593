//! A model as its files, and what can be done with it: check, choose a year, hash, lock, compare.

use std::collections::BTreeMap;

use domain::{FinancialYear, Finding};

use crate::intake_mapping::IntakeMapping;
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
    /// Reads and checks a model.
    ///
    /// All faults are reported together. Findings that refuse nothing come back with the model.
    ///
    /// # Errors
    ///
    /// The faults, when any refuses the model.
    pub fn parse(files: ModelFiles) -> Result<(Self, Vec<Finding>), Vec<Finding>> {
        let _ = files;
        unimplemented!("written next")
    }

    /// SHA-256 over names and bytes of all files but the lock, in name order.
    pub fn hash(&self) -> String {
        unimplemented!("written next")
    }
}
