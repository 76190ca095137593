//! The matching report: rows and pounds, by rule, month and reason.

use std::path::Path;

use anyhow::{Result, bail};
use domain::Money;
use results::Run;
use results::matching::{ActivityCost, FeedMatching, Unmatched};
use results::records::Records;

use super::head;
use crate::context::{Context, Outcome};

pub(super) fn run(run: &Run, path: &Path, feed: &str, context: &Context) -> Result<Outcome> {
    let mut feeds = run.matching()?;
    if !feed.is_empty() {
        let known: Vec<String> = feeds.iter().map(|it| it.feed.code.clone()).collect();
        feeds.retain(|it| it.feed.code == feed);
        if feeds.is_empty() {
            bail!("this run has no rows of feed {feed}; it has {}", known.join(", "));
        }
    }
    let path = path.display();
    context.print_of(
        run,
        || {
            let mut text = head(run, &Records::default());
            text.extend(feeds.iter().map(feed_text));
            text + &format!(
                "\nWhere this comes from\n  \
                 counts of rows          concord query {path} \"select * from feed_counts\"\n  \
                 by month and rule       concord query {path} \"select * from match_counts\"\n  \
                 pounds without event    concord query {path} \"select * from unmatched_costs\"\n  \
                 to ledger lines         concord explain {path} --residual UNMATCHED\n  \
                 a unit cost             concord explain {path} --unit-cost RESOURCE ACTIVITY\n  \
                 that it all recomputes  concord verify {path}\n"
            )
        },
        || serde_json::json!({ "run": run.id(), "feeds": feeds }),
    )?;
    Ok(Outcome::Done)
}

fn feed_text(it: &FeedMatching) -> String {
    let mut text = format!(
        "\n{}\n  source rows read {}, rejected {}, quarantined {}; rows made of the rest {}\n",
        it.feed.with_code(),
        it.read,
        it.rejected,
        it.quarantined,
        it.rows
    );
    text += &format!(
        "  with the key of an event {} ({}), without {} ({}); outside the period {}, for a cost object {}, in no activity {}\n",
        it.with_key,
        it.percent.as_ref().map_or_else(|| "-".to_owned(), |it| format!("{it}%")),
        it.without_key,
        without(it.percent.as_deref()),
        it.outside,
        it.other,
        it.unmapped,
    );
    for rule in &it.rules {
        text += &format!("  {:>10} rows  {}\n", rule.rows, rule.words);
    }
    text += "  by month\n";
    for month in &it.months {
        let reasons: Vec<String> =
            month.unmatched.iter().map(|(reason, rows)| format!("{rows} {reason}")).collect();
        let aside = if reasons.is_empty() {
            String::new()
        } else {
            format!("; without: {}", reasons.join(", "))
        };
        let percent = month.percent.as_deref().unwrap_or("-");
        text += &format!("    {}  {percent:>6}%  {} with{aside}\n", month.month, month.matched);
    }
    text += &without_event(it);
    if !it.costs.is_empty() {
        text += "  in pounds\n";
        text.extend(it.costs.iter().map(cost_text));
    }
    text
}

/// Rows without an event by reason, in rows and pounds.
fn without_event(it: &FeedMatching) -> String {
    if it.without.is_empty() {
        return String::new();
    }
    let mut text = "  without an event, in rows and pounds\n".to_owned();
    for one in &it.without {
        let cost = pounds(one.cost);
        text += &format!("  {:>10} rows  {cost}  {} ({})\n", one.rows, one.words, one.reason);
    }
    if !it.shared_with.is_empty() {
        let others = it.shared_with.join(", ");
        text += &format!("    the pounds hold those of {others} too: they share activities\n");
    }
    text
}

fn pounds(cost: Unmatched) -> String {
    format!("{} visible, {} absorbed by events", cost.visible, cost.absorbed)
}

/// What is left of 100 percent.
fn without(percent: Option<&str>) -> String {
    let hundredths = percent.and_then(|it| it.replace('.', "").parse::<i64>().ok());
    hundredths.map_or_else(
        || "-".to_owned(),
        |it| {
            let rest = 10_000 - it;
            format!("{}.{:02}%", rest / 100, rest % 100)
        },
    )
}

fn cost_text(it: &ActivityCost) -> String {
    let one = |it: Option<Money>| it.map_or_else(|| "-".to_owned(), |it| it.to_string());
    let mut text = format!(
        "    {} in {}: events {} own + {} absorbed; one costs {} without what was absorbed, {} with it",
        it.resource.with_code(),
        it.activity.with_code(),
        it.own,
        it.absorbed,
        one(it.unit_own),
        one(it.unit_with_absorbed),
    );
    for (reason, cost) in &it.unmatched {
        text += &format!("; {reason} {}", pounds(*cost));
    }
    if !it.also.is_empty() {
        text += &format!("; rows of {} count here too", it.also.join(", "));
    }
    text + "\n"
}
