//! The log of decisions: methods of the model, acceptances and publication, each with a name.

use std::path::Path;

use anyhow::Result;
use results::Run;
use results::findings::StoredFinding;
use results::records::Records;
use rules::year::Decision;

use super::head;
use crate::commands::findings;
use crate::context::{Context, Outcome};

pub(super) fn run(run: &Run, path: &Path, context: &Context) -> Result<Outcome> {
    let decisions = &run.rules()?.decisions;
    let records = run.records()?;
    let outstanding = run.outstanding()?;
    let path = path.display().to_string();
    context.print_of(
        run,
        || {
            let mut text = head(run, &records);
            text += "\nMethods decided, from decisions.csv of the model\n";
            for it in decisions {
                let mark = if it.superior_method { ", a superior method" } else { "" };
                text += &format!(
                    "  {} {}: {}{mark} (prescribed, as configured: {}); {} on {}; {}\n",
                    it.decision,
                    it.subject,
                    it.method_used,
                    it.prescribed_method,
                    it.owner,
                    it.decided_on,
                    it.evidence
                );
            }
            if decisions.is_empty() {
                text += "  none\n";
            }
            text += "\nFindings accepted\n";
            for it in &records.acceptances {
                text += &format!(
                    "  {} on {}: {} ({} rows, £{}): {}\n",
                    it.by, it.at, it.finding, it.rows, it.money, it.reason
                );
            }
            if records.acceptances.is_empty() {
                text += "  none\n";
            }
            text += "\nPublication\n";
            text += &records.publication.as_ref().map_or_else(
                || "  none: this is a draft\n".to_owned(),
                |it| format!("  {} on {}\n", it.by.join(" and "), it.at),
            );
            text += &findings::outstanding(&path, &outstanding);
            text + &format!(
                "\nWhere this comes from\n  \
                 findings in full        concord query {path} \"select * from findings\"\n  \
                 that it all recomputes  concord verify {path}\n"
            )
        },
        || json(run, decisions, (&records, &outstanding)),
    )?;
    Ok(Outcome::Done)
}

fn json(
    run: &Run,
    decisions: &[Decision],
    (records, outstanding): (&Records, &[StoredFinding]),
) -> serde_json::Value {
    let decision = |it: &Decision| {
        serde_json::json!({
            "decision": it.decision,
            "subject": it.subject,
            "method_used": it.method_used,
            "prescribed_method": it.prescribed_method,
            "superior_method": it.superior_method,
            "owner": it.owner,
            "decided_on": it.decided_on.to_string(),
            "evidence": it.evidence,
        })
    };
    serde_json::json!({
        "run": run.id(),
        "decisions": decisions.iter().map(decision).collect::<Vec<_>>(),
        "records": records,
        "outstanding": outstanding,
    })
}
