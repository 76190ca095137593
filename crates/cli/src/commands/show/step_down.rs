//! Support by step-down beside the mutual support of the run: for comparison only.

use std::path::Path;

use anyhow::Result;
use costing::run::{SteppedDown, SteppedLine};
use costing::stepped_down;
use domain::Money;
use results::Run;
use results::explain::Named;
use results::records::Records;

use super::head;
use crate::context::{Context, Outcome};

pub(super) fn run(run: &Run, path: &Path, context: &Context) -> Result<Outcome> {
    let found = stepped_down(path)?;
    let shown = joined(run, &found)?;
    let path = path.display();
    context.print_of(
        run,
        || {
            head(run, &Records::default())
                + &lines(&shown)
                + &left(&found)
                + &format!(
                    "\nWhere this comes from\n  \
                     by mutual support       concord query {path} \"select final_line, sum(amount) from final_lines group by final_line\"\n  \
                     who supports whom       concord query {path} \"select * from support_weights\"\n  \
                     that it all recomputes  concord verify {path}\n"
                )
        },
        || json(run, &shown, &found),
    )?;
    Ok(Outcome::Done)
}

/// Lines under the names that may be shown: those of a merged staff pool are one.
fn joined(run: &Run, found: &SteppedDown) -> Result<Vec<(Named, SteppedLine)>> {
    let names = run.shown_cost_lines(found.lines.iter().map(|it| it.line.as_str()))?;
    let mut lines: Vec<(Named, SteppedLine)> = Vec::new();
    for it in &found.lines {
        let name = &names[it.line.as_str()];
        match lines.iter_mut().find(|(known, _)| known == name) {
            Some((_, sum)) => {
                sum.before += it.before;
                sum.mutual += it.mutual;
                sum.stepped += it.stepped;
            }
            None => lines.push((name.clone(), it.clone())),
        }
    }
    // The largest difference first.
    lines.sort_by_key(|(_, it)| std::cmp::Reverse((it.stepped - it.mutual).abs()));
    Ok(lines)
}

fn lines(lines: &[(Named, SteppedLine)]) -> String {
    let mut text =
        "\nFinal lines with support, for comparison only: no figure of the run is by step-down\n"
            .to_owned();
    text += &format!("  {:>20} {:>20} {:>18}\n", "mutual", "step-down", "difference");
    let row = |words: &str, mutual: Money, stepped: Money| {
        format!(
            "  {:>20} {:>20} {:>18}  {words}\n",
            mutual.to_string(),
            stepped.to_string(),
            (stepped - mutual).to_string()
        )
    };
    for (name, it) in lines {
        text += &row(&name.with_code(), it.mutual, it.stepped);
    }
    let sum = |of: fn(&SteppedLine) -> Money| lines.iter().map(|(_, it)| of(it)).sum::<Money>();
    text + &row("all", sum(|it| it.mutual), sum(|it| it.stepped))
}

fn left(found: &SteppedDown) -> String {
    if found.left.is_empty() {
        return "\nStep-down leaves nothing at a support line\n".to_owned();
    }
    let mut text = "\nWhat step-down leaves at support lines\n".to_owned();
    for it in &found.left {
        text += &format!("  {:>20}  {}: {}\n", it.money.to_string(), it.subject, it.message);
    }
    text
}

fn json(run: &Run, lines: &[(Named, SteppedLine)], found: &SteppedDown) -> serde_json::Value {
    let line = |(name, it): &(Named, SteppedLine)| {
        serde_json::json!({
            "final_line": name,
            "before": it.before.to_decimal(),
            "mutual": it.mutual.to_decimal(),
            "step_down": it.stepped.to_decimal(),
            "difference": (it.stepped - it.mutual).to_decimal(),
        })
    };
    let left = |it: &domain::Finding| {
        serde_json::json!({
            "line": it.subject, "amount": it.money.to_decimal(), "message": it.message,
        })
    };
    serde_json::json!({
        "run": run.id(),
        "for_comparison_only": true,
        "final_lines": lines.iter().map(line).collect::<Vec<_>>(),
        "left": found.left.iter().map(left).collect::<Vec<_>>(),
    })
}
