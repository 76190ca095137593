//! What of a run's ledger has no rule, and what is split. Small staff pools stay joined: their
//! lines name no place of the ledger and are left out.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::Money;
use domain::number::show_scaled;
use results::{Caller, Run};
use rules::year::MappingRule;

use crate::shell::fault::Fault;
use crate::shell::kept::Kept;

/// A cost centre with an account, all periods of the run together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) cost_centre: String,
    pub(super) cost_centre_name: String,
    pub(super) account: String,
    pub(super) account_name: String,
    pub(super) amount: Money,
    pub(super) lines: u64,
}

/// A place that a rule splits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Split {
    pub(super) place: Place,
    pub(super) rule: String,
    pub(super) parts: Vec<String>,
}

/// What a run says of the mapping, largest amounts first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FromRun {
    pub(super) run: String,
    pub(super) year: String,
    pub(super) unmapped: Vec<Place>,
    pub(super) split: Vec<Split>,
}

const UNMAPPED: &str = "select q.cost_centre, q.cost_centre_name, q.account, q.account_name, \
    sum(c.amount) as amount, count(*) as lines \
    from cost_lines c join quantum q on q.ledger_line = c.ledger_line where c.cost_line = '' \
    group by q.cost_centre, q.cost_centre_name, q.account, q.account_name";

const MAPPED: &str = "select cost_centre, cost_centre_name, account, account_name, \
    sum(amount) as amount, count(*) as lines, mapping_rule \
    from quantum where mapping_rule <> '' and outcome = 'COST' \
    group by cost_centre, cost_centre_name, account, account_name, mapping_rule";

/// What was read already.
static READ: Kept<String, FromRun> = Kept::new(RUNS);

/// Runs whose mapping is kept at most.
const RUNS: usize = 20;

/// What a run says of the mapping, read once; whoever asks is on record before.
pub(super) fn of(run: &Run, caller: &Caller) -> Result<Arc<FromRun>, Fault> {
    READ.of(run.manifest_sha256().to_owned(), || read(run, caller))
}

fn read(run: &Run, caller: &Caller) -> Result<FromRun, Fault> {
    let mut unmapped = Vec::new();
    for row in run.query(UNMAPPED, None, caller)?.rows {
        unmapped.push(place(&row)?);
    }
    let rules = run.rules()?;
    let splits = rules.mapping.iter().filter(|it| it.targets.len() > 1);
    let splits: BTreeMap<String, &MappingRule> =
        splits.map(|it| (it.sequence.to_string(), it)).collect();
    let name = |code: &String| rules.cost_lines.get(code).map_or("", |it| it.name.as_str());
    let part = |(code, percentage): &(String, i64)| {
        format!("{}% {code} {}", percent(*percentage), name(code)).trim_end().to_owned()
    };
    let mut split = Vec::new();
    for row in run.query(MAPPED, None, caller)?.rows {
        let rule = text(&row, 6);
        if let Some(found) = splits.get(&rule) {
            let parts = found.targets.iter().map(part).collect();
            split.push(Split { place: place(&row)?, rule, parts });
        }
    }
    unmapped.sort_by_key(rank);
    split.sort_by_key(|it| rank(&it.place));
    Ok(FromRun { run: run.id().to_owned(), year: run.manifest().year.clone(), unmapped, split })
}

fn rank(place: &Place) -> (std::cmp::Reverse<Money>, String, String) {
    let size = std::cmp::Reverse(place.amount.abs());
    (size, place.cost_centre.clone(), place.account.clone())
}

fn place(row: &[Option<String>]) -> Result<Place, Fault> {
    let damaged = |what: &str| Fault::Broken(format!("the ledger of the run has no {what}"));
    Ok(Place {
        cost_centre: text(row, 0),
        cost_centre_name: text(row, 1),
        account: text(row, 2),
        account_name: text(row, 3),
        amount: text(row, 4).parse().map_err(|_| damaged("amount"))?,
        lines: text(row, 5).parse().map_err(|_| damaged("count"))?,
    })
}

fn text(row: &[Option<String>], column: usize) -> String {
    row.get(column).cloned().flatten().unwrap_or_default()
}

/// Hundredths of a percent of a percent without ending zeros: `60`, `93.0696`.
pub(super) fn percent(value_e4: i64) -> String {
    let text = show_scaled(i128::from(value_e4), 4);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The rule that takes a place, as the engine picks it: the first that fits.
pub(super) fn rule_for<'a>(rules: &'a [MappingRule], place: &Place) -> Option<&'a MappingRule> {
    rules
        .iter()
        .find(|it| it.cost_centre.fits(&place.cost_centre) && it.account.fits(&place.account))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_lose_their_ending_zeros() {
        assert_eq!(percent(600_000), "60");
        assert_eq!(percent(930_696), "93.0696");
        assert_eq!(percent(0), "0");
        assert_eq!(percent(1_000_000), "100");
    }
}
