//! A traced figure in plain words.

use domain::Money;

use super::figure::{Trace, TracedPool};
use super::text::{Limits, add_rest, ledger_text, rolled_text, where_from};
use crate::words::Columns;

impl Trace {
    /// The figure as text, cut short unless `all` is asked for; what is left out is counted, with
    /// its exact sum.
    pub fn text(&self, all: bool) -> String {
        let limits = Limits::of(all);
        let state = if self.run.published { "published" } else { "draft" };
        let mut text =
            format!("{}, of {}, run {} ({state})\n", self.figure, self.run.title, self.run.id);
        if !self.run.footnote.is_empty() {
            text += &format!("{}\n", self.run.footnote);
        }
        for sentence in &self.how {
            text += &format!("{sentence}\n");
        }
        if !self.support_groups.is_empty() || !self.restricted.is_zero() {
            text += &format!("\nAmount {}\n", self.amount);
        }
        if !self.restricted.is_zero() {
            text += &format!("  of which {} of legally restricted events\n", self.restricted);
        }
        text += &pools_text(&self.pools, limits.cells);
        text += &rolled_text(
            "By support group (what stands behind it)",
            &self.support_groups,
            limits.support_groups,
        );
        text += &rolled_text(
            "By cost line, as booked in the cost ledger",
            &self.cost_lines,
            limits.cost_lines,
        );
        text += &ledger_text(&self.ledger_lines, all);
        text + &where_from(&self.commands)
    }
}

fn pools_text(pools: &[TracedPool], limit: usize) -> String {
    let named: Vec<&TracedPool> = pools.iter().filter(|it| !it.resource.code.is_empty()).collect();
    if named.is_empty() {
        return String::new();
    }
    let mut pools: Vec<&TracedPool> = pools.iter().collect();
    pools.sort_by_key(|it| std::cmp::Reverse((it.own + it.absorbed).abs()));
    let mut columns = Columns::new(2, &[0]);
    for pool in pools.iter().take(limit) {
        let mut words = match (pool.resource.code.as_str(), pool.activity.code.as_str()) {
            ("", _) => "before it had a resource".to_owned(),
            (_, "") => pool.resource.with_code(),
            _ => format!("{}, {}", pool.resource.with_code(), pool.activity.with_code()),
        };
        if !pool.absorbed.is_zero() {
            words += &format!(": {} own + {} absorbed", pool.own, pool.absorbed);
        }
        columns.row([(pool.own + pool.absorbed).to_string(), words]);
    }
    let rest = pools.iter().skip(limit).map(|it| it.own + it.absorbed);
    add_rest(&mut columns, rest.collect::<Vec<Money>>().into_iter(), "more");
    format!("\nBy resource and activity\n{}", columns.text())
}
