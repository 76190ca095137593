//! `concord export`: tables of a run as files for other programs.

use std::path::PathBuf;

use anyhow::Result;
use results::Run;
use results::export::{ExportRequest, Exported};

use crate::context::{Context, Outcome, with_patient_rows};

/// Options of `export`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the run.
    #[arg(value_name = "RUN")]
    pub(crate) run: PathBuf,
    /// File to write: .csv, .xlsx or .parquet. With several tables, a workbook has a sheet for each,
    /// and the others become FILE-TABLE.csv or FILE-TABLE.parquet.
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,
    /// Table to export; may be given several times. Without it, all of them.
    #[arg(long = "table", value_name = "TABLE")]
    pub(crate) tables: Vec<String>,
    /// Writes over a file of that name.
    #[arg(long)]
    pub(crate) replace: bool,
    /// Why you export; it stays on record.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) reason: String,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Outcome> {
    let (run, files) = work(arguments, context)?;
    context.print_of(
        &run,
        || {
            let line = |it: &Exported| {
                format!("{}: {} rows of {}\n", it.path.display(), it.rows, it.tables.join(", "))
            };
            let run = arguments.run.display();
            let files: String = files.iter().map(line).collect();
            format!(
                "{files}The same rows: concord query {run} \"select * from TABLE\"; where figures come from: concord show {run}\n"
            )
        },
        || json(&run, &files),
    )?;
    Ok(Outcome::Done)
}

/// Exports, and prints no result.
pub(crate) fn work(arguments: &Arguments, context: &Context) -> Result<(Run, Vec<Exported>)> {
    let run = Run::open(&arguments.run)?;
    context.warn_of_patient_rows(&run);
    let request =
        ExportRequest { to: &arguments.to, tables: &arguments.tables, replace: arguments.replace };
    let progress = context.progress();
    progress.step("Writing tables");
    let files = run.export(&request, &context.caller(&arguments.reason))?;
    Ok((run, files))
}

pub(crate) fn json(run: &Run, files: &[Exported]) -> serde_json::Value {
    with_patient_rows(serde_json::json!({ "run": run.id(), "files": files }), run)
}
