//! `concord intake`: reads and checks a trust's files.

use std::path::PathBuf;

use anyhow::{Result, bail};
use domain::FinancialYear;

use crate::context::{Context, Outcome};

/// Options of `intake`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Model folder.
    #[arg(long, value_name = "MODEL")]
    model: Option<PathBuf>,
    /// Folder of the trust's files; those that the model names are read, its `model/` is left out.
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,
    /// Dataset folder to write.
    #[arg(long, value_name = "DATASET")]
    to: Option<PathBuf>,
    /// Financial year, such as 2025-26; by default the model's latest.
    #[arg(long, value_name = "YEAR")]
    year: Option<FinancialYear>,
    /// Vault folder; by default `vault` beside the dataset.
    #[arg(long, value_name = "VAULT")]
    vault: Option<PathBuf>,
}

pub(crate) fn run(_arguments: &Arguments, _context: &Context) -> Result<Outcome> {
    bail!("not yet")
}
