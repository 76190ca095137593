//! Why a costing, a check of a run or a comparison can have no result.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use domain::Finding;

/// Why there is no value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CostingError {
    /// A file is missing, damaged or of another contract.
    #[error("{}: {why}. Check that the folder is complete and was not changed by hand", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        why: String,
    },
    /// A file or folder cannot be written.
    #[error("{}: {why}. Check free space and permissions; nothing was published", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What went wrong.
        why: String,
    },
    /// A later version wrote this.
    #[error(
        "this {what} has format {found}, but this version reads up to {known}: use the version that wrote it, or a later one"
    )]
    NewerFormat {
        /// Dataset or run.
        what: &'static str,
        /// Format found.
        found: u32,
        /// Latest format known.
        known: u32,
    },
    /// A file's bytes are not those that the manifest records.
    #[error("{}: its bytes have changed since the manifest was written (recorded {recorded}, found {found}): load the data again", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
        /// Hash in the manifest.
        recorded: String,
        /// Hash of the bytes.
        found: String,
    },
    /// The dataset is of another year than was asked for.
    #[error("the dataset is of {dataset}, but {asked} was asked for: load that year's files first")]
    OtherYear {
        /// Year of the dataset.
        dataset: String,
        /// Year asked for.
        asked: String,
    },
    /// The rules or the data do not allow a costing; everything that was found is listed.
    #[error("the run is refused:\n{}", listed(.0))]
    Refused(Vec<Finding>),
    /// What enters a stage is not what leaves it. Nothing is written.
    #[error(
        "{stage}: {what} does not close, the difference is {difference}. This is a fault of the engine, please report it; no run was written"
    )]
    NotConserved {
        /// Stage.
        stage: &'static str,
        /// Identity.
        what: String,
        /// What is missing.
        difference: String,
    },
    /// Two weights or a pool are too large for exact shares.
    #[error("{what}: {why}. Check the unit of its quantities, shares and relative weights")]
    TooLarge {
        /// Weight set or pool.
        what: String,
        /// Which bound is passed.
        why: String,
    },
    /// Another process works on the same folder.
    #[error("{}: another costing is writing here; wait for it to end", path.display())]
    Busy {
        /// The folder.
        path: PathBuf,
    },
}

impl CostingError {
    /// A file that cannot be read.
    pub fn read(path: &Path, why: &impl Display) -> Self {
        Self::Read { path: path.to_owned(), why: why.to_string() }
    }

    /// A file that cannot be written.
    pub fn write(path: &Path, why: &impl Display) -> Self {
        Self::Write { path: path.to_owned(), why: why.to_string() }
    }
}

fn listed(findings: &[Finding]) -> String {
    let line = |it: &Finding| {
        let money = if it.money.is_zero() { String::new() } else { format!(" ({})", it.money) };
        format!("- {} {}{money}. {}", it.code, it.message, it.remedy)
    };
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}
