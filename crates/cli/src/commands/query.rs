//! `concord query`: SQL over a run's tables, read-only.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use results::Run;

use crate::context::{Context, Notice, Outcome, with_patient_rows};

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
    let json = || {
        let rows = serde_json::json!({
            "run": run.id(), "more": rows.more, "rows": rows.to_json(),
        });
        with_patient_rows(rows, &run)
    };
    if arguments.csv {
        // In a column of its own: a line of its own would be lost, or break whoever reads it.
        let notice = Notice::of(&run);
        let rows = rows.clone().with_notice(&notice.line());
        context.print(|| rows.to_csv(), || notice.within(json()))?;
    } else {
        context.print_of(&run, || text(&rows.to_text(), &arguments.run), json)?;
    }
    Ok(Outcome::Done)
}

/// Rows, and where figures of its tables come from.
fn text(rows: &str, run: &Path) -> String {
    let run = run.display();
    format!(
        "{rows}Back to ledger lines: concord explain {run} --event REF, --residual NAME, --unit-cost RESOURCE ACTIVITY or --service-line CODE\n"
    )
}
