//! What one of each activity costs.

use std::path::Path;

use anyhow::Result;
use results::Run;
use results::records::Records;

use super::head;
use crate::context::{Context, Outcome};

pub(super) fn run(run: &Run, path: &Path, context: &Context) -> Result<Outcome> {
    let units = run.unit_costs()?;
    let path = path.display();
    context.print_of(
        run,
        || {
            let mut text = head(run, &Records::default());
            text += "\nCost of one, without and with what was absorbed\n";
            for it in &units {
                let one = |it: Option<domain::Money>| {
                    it.map_or_else(|| "-".to_owned(), |it| it.to_string())
                };
                text += &format!(
                    "  {:>20} {:>20} per {}  {}, {} ({} {})\n",
                    one(it.own),
                    one(it.with_absorbed),
                    it.per,
                    it.resource.words(),
                    it.activity.words(),
                    it.resource.code,
                    it.activity.code,
                );
            }
            text + &format!(
                "\nWhere this comes from\n  \
                 one of them             concord explain {path} --unit-cost RESOURCE ACTIVITY\n  \
                 all their figures       concord query {path} \"select * from unit_costs\"\n  \
                 that it all recomputes  concord verify {path}\n"
            )
        },
        || serde_json::json!({ "run": run.id(), "unit_costs": units }),
    )?;
    Ok(Outcome::Done)
}
