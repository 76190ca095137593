//! What is to be done and what came of it, as they travel between machines.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::error::ClusterError;

/// One piece of work: a row of the query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its number, from 0.
    pub number: u32,
    /// SHA-256 of the program that asks: only the same program answers.
    pub program: String,
    /// Whose costing it belongs to.
    pub trust: Trust,
    /// What is to be done.
    pub work: Work,
}

/// The files of one trust's costing, at a path that every machine sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trust {
    /// Dataset folder.
    pub dataset: PathBuf,
    /// SHA-256 of its manifest.
    pub dataset_hash: String,
    /// Model folder.
    pub model: PathBuf,
    /// Hash of the model.
    pub model_hash: String,
    /// Financial year, such as `2025-26`.
    pub year: String,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// Match, count and weigh the rows of one bucket of patients.
    Bucket {
        /// Where what it comes to is kept.
        feeds: PathBuf,
        /// The build in whose name it is kept.
        build: String,
        /// The bucket.
        bucket: u32,
    },
    /// Cost the whole dataset.
    Costing {
        /// Folder of runs.
        runs: PathBuf,
    },
}

/// What came of a piece of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Number of the item.
    pub number: u32,
    /// Who did it.
    pub executor: String,
    /// What was done.
    pub done: Done,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    /// A bucket was weighed.
    Bucket {
        /// SHA-256 of the file of what it came to.
        sha256: String,
        /// Rows that were weighed.
        rows: i64,
    },
    /// A dataset was costed.
    Costing(Costed),
    /// It has no costing, for a reason that doing it again would not change.
    Refused {
        /// Why.
        why: String,
    },
}

/// A run that an executor has written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Costed {
    /// Id.
    pub run: String,
    /// Folder.
    pub path: PathBuf,
    /// SHA-256 of its manifest, which holds the hash of every file.
    pub manifest: String,
    /// Whether it was there already.
    pub unchanged: bool,
}

impl Item {
    /// As it travels.
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("an item is valid JSON")
    }

    /// From how it travels.
    ///
    /// # Errors
    ///
    /// [`ClusterError::Answer`] if it is no item of this version.
    pub fn parse(text: &str) -> Result<Self, ClusterError> {
        serde_json::from_str(text)
            .map_err(|error| ClusterError::Answer(format!("`{text}` is no item of work: {error}")))
    }
}

impl Answer {
    /// As it travels.
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("an answer is valid JSON")
    }

    /// From how it travels.
    ///
    /// # Errors
    ///
    /// [`ClusterError::Answer`] if it is no answer of this version.
    pub fn parse(text: &str) -> Result<Self, ClusterError> {
        serde_json::from_str(text)
            .map_err(|error| ClusterError::Answer(format!("`{text}` is no answer: {error}")))
    }
}
