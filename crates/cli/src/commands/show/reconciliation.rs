//! Every identity with both sides and the queries that give them.

use std::path::Path;

use anyhow::Result;
use results::Run;
use results::records::Records;

use super::head;
use crate::context::{Context, Outcome};

pub(super) fn run(run: &Run, path: &Path, context: &Context) -> Result<Outcome> {
    let lines = run.reconciliation()?;
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
            text + &format!(
                "\nThe last column of each query adds up to its side.\nThat it all recomputes: concord verify {path}\n"
            )
        },
        || serde_json::json!({ "run": run.id(), "reconciliation": lines }),
    )?;
    Ok(Outcome::Done)
}
