//! Activity out, beside other sources and beside an earlier run.

use std::path::Path;

use anyhow::Result;
use results::Run;
use results::activity_against::{ActivityAgainst, FeedAgainst, OutAgainst};
use results::records::Records;
use results::reports::{ShownActivity, ShownStated};

use super::head;
use crate::context::{Context, Outcome};

/// Report 7.
pub(super) fn stated(rows: &[ShownStated]) -> String {
    if rows.is_empty() {
        return "\n7 Activity beside other sources, by month and point of delivery\n  \
                no SUS extract was given, nor that of another source: nothing outside the costing \
                says that its activity is complete (stated_activity.csv of the model)\n"
            .to_owned();
    }
    let mut text = String::new();
    let mut source = "";
    for it in rows {
        if it.stated_by != source {
            text +=
                &format!("\n7 Activity beside {}, by month and point of delivery\n", it.stated_by);
            source = &it.stated_by;
        }
        let beside = match (it.stated, it.difference) {
            (Some(stated), Some(difference)) => {
                let percent = it.percent.as_ref().map_or(String::new(), |it| format!(", {it}%"));
                format!("{stated} stated, {difference:+} between{percent}")
            }
            _ => "nothing stated".to_owned(),
        };
        text +=
            &format!("  {} {}: {} {}, {beside}\n", pod(&it.pod), it.month, it.costed, it.counted);
    }
    text
}

/// Report 8.
pub(super) fn out(rows: &[ShownActivity]) -> String {
    let mut text = "\n8 Activity out, by service line and point of delivery\n".to_owned();
    for it in rows {
        text += &format!(
            "  {}, {}: {} events, {} in the period, {} with a cost, {} of these without activity; {} own, {} absorbed\n",
            it.service_line.with_code(),
            pod(&it.pod),
            it.events,
            it.in_period,
            it.costed,
            it.without_activity,
            it.own,
            it.absorbed
        );
    }
    text
}

/// Report 8 of this run beside that of an earlier one.
pub(super) fn against(
    run: &Run,
    path: &Path,
    earlier: &Path,
    context: &Context,
) -> Result<Outcome> {
    let found = run.activity_against(&Run::open(earlier)?)?;
    context.print_of(
        run,
        || {
            let (path, before) = (path.display(), earlier.display());
            format!(
                "{}{}\nWhere this comes from\n  \
                 activity in of this run         concord query {path} \"select * from feed_counts\"\n  \
                 activity in of the earlier one  concord query {before} \"select * from feed_counts\"\n  \
                 events and cost of this run     concord query {path} \"select * from activity_out\"\n  \
                 of the earlier one              concord query {before} \"select * from activity_out\"\n  \
                 what moved, and why             concord compare {before} {path}\n",
                head(run, &Records::default()),
                against_text(&found)
            )
        },
        || serde_json::to_value(&found).expect("both runs are plain values"),
    )?;
    Ok(Outcome::Done)
}

fn against_text(found: &ActivityAgainst) -> String {
    let mut text = format!("{}\n\n8 Activity in, by feed\n", found.label);
    text.extend(found.activity_in.iter().map(feed));
    text += "\n8 Activity out, by service line and point of delivery\n";
    text.extend(found.activity_out.iter().map(out_line));
    text
}

fn feed(it: &FeedAgainst) -> String {
    format!(
        "  {}: {} rows read, {} before, {:+}; {} matched, {} before, {:+}\n",
        it.feed.with_code(),
        it.after.read,
        it.before.read,
        it.difference.read,
        it.after.matched,
        it.before.matched,
        it.difference.matched
    )
}

fn out_line(it: &OutAgainst) -> String {
    format!(
        "  {}, {}: {} events with a cost, {} before, {:+}; {}, {} before, {} between\n",
        it.service_line.with_code(),
        pod(&it.pod),
        it.after.costed,
        it.before.costed,
        it.difference.costed,
        it.after.cost,
        it.before.cost,
        it.difference.cost
    )
}

fn pod(code: &str) -> &str {
    if code.is_empty() { "no point of delivery" } else { code }
}
