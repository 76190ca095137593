//! `concord verify`: computes a run again and compares every byte.

use anyhow::Result;
use serde_json::json;

use crate::arguments::{Arguments, Verify};
use crate::output;

pub(super) fn run(arguments: &Arguments, options: &Verify) -> Result<bool> {
    let report = costing::verify(&options.run, options.dataset.as_deref())?;
    let holds = report.holds();
    let text = || {
        let mut text = String::new();
        for check in &report.checks {
            let word = if check.breaks.is_empty() { "holds" } else { "BROKEN" };
            text += &format!("{word:<8}{}: {}\n", check.name, check.detail);
            for broken in &check.breaks {
                text += &format!("        {broken}\n");
            }
        }
        text += if holds {
            "The run is what its ledger, model and weights give, to the last byte."
        } else {
            "The run is not what its ledger, model and weights give: do not use it. Cost the dataset again."
        };
        text
    };
    let checks = || {
        let check = |it: &costing::Check| json!({ "name": it.name, "detail": it.detail, "breaks": it.breaks });
        report.checks.iter().map(check).collect::<Vec<_>>()
    };
    output::answer(arguments, text, || json!({ "holds": holds, "checks": checks() }));
    Ok(holds)
}
