//! `concord query` and `concord export`: a run's tables as SQL answers and files.

use anyhow::Result;
use results::Run;
use results::export::ExportRequest;
use serde_json::json;

use super::{caller, runs_of};
use crate::arguments::{Arguments, Export, Query};
use crate::output;

pub(super) fn query(arguments: &Arguments, options: &Query) -> Result<bool> {
    let run = Run::open(&options.run)?;
    let rows = run.query(&options.sql, Some(options.limit), &caller(""))?;
    output::patient_rights(arguments, "query", runs_of(&options.run));
    if rows.more && !arguments.quiet {
        eprintln!(
            "There are more than {} rows: give --limit, or count in the question.",
            options.limit
        );
    }
    let text = || if options.csv { rows.to_csv() } else { rows.to_text() };
    output::answer(arguments, text, || rows.to_json());
    Ok(true)
}

pub(super) fn export(arguments: &Arguments, options: &Export) -> Result<bool> {
    let run = Run::open(&options.run)?;
    let request =
        ExportRequest { to: &options.to, tables: &options.table, replace: options.replace };
    let written = run.export(&request, &caller(""))?;
    output::patient_rights(arguments, "export", runs_of(&options.run));
    let text = || {
        let line = |it: &results::export::Exported| {
            format!("{}: {} rows of {}\n", it.path.display(), it.rows, it.tables.join(", "))
        };
        written.iter().map(line).collect()
    };
    output::answer(arguments, text, || json!({ "files": written }));
    Ok(true)
}
