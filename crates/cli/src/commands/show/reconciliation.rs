//! Every identity with both sides and the queries that give them.

use anyhow::Result;
use results::Run;
use results::records::Records;
use results::reports::{ReconciledRows, ShownLine};

use super::{Arguments, activity, head};
use crate::context::{Context, Outcome};

pub(super) fn run(run: &Run, arguments: &Arguments, context: &Context) -> Result<Outcome> {
    let path = arguments.run.as_path();
    if let Some(earlier) = &arguments.against {
        return activity::against(run, path, earlier, context);
    }
    let lines = run.reconciliation()?;
    let (rows, reports, activity) =
        (run.row_reconciliation()?, run.report_lines()?, run.activity_out()?);
    let stated = run.stated_activity()?;
    let path = path.display();
    context.print_of(
        run,
        || {
            let mut text = head(run, &Records::default());
            let mut report = "";
            for it in &lines {
                if it.report != report {
                    text += &format!("\n{}\n", it.report);
                    report = &it.report;
                }
                text += &format!(
                    "  {}: {} in, {} out, {} between\n",
                    it.line, it.input, it.output, it.difference
                );
                if let Some([input, output]) = &it.questions {
                    text += &format!("    in   concord query {path} \"{input}\"\n");
                    text += &format!("    out  concord query {path} \"{output}\"\n");
                }
            }
            text += &in_rows(&rows);
            text += &beside(&reports);
            text += &activity::stated(&stated);
            text += &activity::out(&activity);
            text + &format!(
                "\nIdentities in rows: concord query {path} \"select * from row_reconciliation\"\n\
                 What is shown beside: concord query {path} \"select * from report_lines\"\n\
                 Activity out: concord query {path} \"select * from activity_out\"\n\
                 Beside other sources: concord query {path} \"select * from stated_activity\"\n\
                 Activity beside an earlier run: concord show {path} --reconciliation --against EARLIER_RUN\n\
                 The last column of each query adds up to its side.\nThat it all recomputes: concord verify {path}\n"
            )
        },
        || {
            serde_json::json!({
                "run": run.id(), "reconciliation": lines, "row_reconciliation": rows,
                "report_lines": reports, "activity_out": activity, "stated_activity": stated,
            })
        },
    )?;
    Ok(Outcome::Done)
}

fn in_rows(rows: &[ReconciledRows]) -> String {
    let mut text = String::new();
    let mut report = "";
    for it in rows {
        if it.report != report {
            text += &format!("\n{}, in rows\n", it.report);
            report = &it.report;
        }
        text += &format!(
            "  {}: {} in, {} out, {} between\n",
            it.line, it.input, it.output, it.difference
        );
    }
    text
}

/// Reports that show amounts; they need not close.
fn beside(lines: &[ShownLine]) -> String {
    let mut text = String::new();
    let mut report = "";
    for it in lines {
        if it.report != report {
            text += &format!("\n{}, shown beside\n", it.report);
            report = &it.report;
        }
        text += &format!("  {:>22}  {}\n", it.amount.to_string(), it.words);
    }
    text
}
