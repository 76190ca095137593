//! `concord query`: SQL over a run's tables, read-only.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use results::Run;

use crate::context::{Context, Outcome};

/// Options of `query`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the run.
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// One statement that reads, such as `select * from service_lines`; `-` reads it from standard
    /// input. `show tables` lists the tables, `describe TABLE` its columns.
    #[arg(value_name = "SQL")]
    sql: String,
    /// Most rows to show; 0 for all.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    limit: usize,
    /// Prints CSV instead of aligned columns.
    #[arg(long)]
    csv: bool,
    /// Why you look; it stays on record.
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Outcome> {
    let run = Run::open(&arguments.run)?;
    let mut sql = arguments.sql.clone();
    if sql == "-" {
        sql.clear();
        std::io::stdin().read_to_string(&mut sql)?;
    }
    let limit = (arguments.limit > 0).then_some(arguments.limit);
    context.warn_of_patient_rows(&run);
    let rows = run.query(&sql, limit, &context.caller(&arguments.reason))?;
    if arguments.csv && rows.more {
        context.remark("There are more rows: raise --limit to see them");
    }
    let manifest = run.manifest();
    context.print(
        || {
            if arguments.csv {
                rows.to_csv()
            } else {
                text(&rows.to_text(), manifest.footnote.as_str(), &arguments.run)
            }
        },
        || {
            serde_json::json!({
                "run": manifest.id,
                "title": manifest.title,
                "footnote": manifest.footnote,
                "more": rows.more,
                "rows": rows.to_json(),
            })
        },
    )?;
    Ok(Outcome::Done)
}

/// Rows with what every output of a run says, and where figures of its tables come from.
fn text(rows: &str, footnote: &str, run: &Path) -> String {
    let run = run.display();
    let footnote = if footnote.is_empty() { String::new() } else { format!("{footnote}\n") };
    format!(
        "{rows}{footnote}Back to ledger lines: concord explain {run} --event REF, --residual NAME, --unit-cost RESOURCE ACTIVITY or --service-line CODE\n"
    )
}
