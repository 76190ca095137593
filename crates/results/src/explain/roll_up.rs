//! Adds the parts of a cost up by support group, cost line and ledger line.

use std::collections::BTreeMap;

use domain::Money;
use tables::run::QuantumLine;

use super::gather::Ledger;
use super::names::Names;
use super::{LedgerPart, Named, Part, Rolled};

/// A cost by heading; cost lines and ledger lines of merged pools are one each.
pub(super) struct RolledUp {
    pub(super) support_groups: Vec<Rolled>,
    pub(super) cost_lines: Vec<Rolled>,
    pub(super) ledger_lines: Vec<LedgerPart>,
}

type Amounts<'a> = BTreeMap<&'a str, (Money, Money)>;

pub(super) fn roll_up(parts: &[&Part], names: &Names<'_>, ledger: &Ledger) -> RolledUp {
    let by_group = added(parts, |it| &it.source.support_group);
    let by_cost_line = added(parts, |it| ledger.pools.cost_line(&it.source.cost_line));
    let by_ledger_line = added(parts, |it| ledger.pools.ledger_line(&it.source.ledger_line));
    RolledUp {
        support_groups: rolled(&by_group, &|code| names.support_group(code)),
        cost_lines: rolled(&by_cost_line, &|code| {
            ledger.pools.named_code(code).unwrap_or_else(|| names.cost_line(code))
        }),
        ledger_lines: by_ledger_line
            .iter()
            .map(|(line, (own, absorbed))| {
                ledger_part(line, (*own, *absorbed), ledger.lines.get(*line))
            })
            .collect(),
    }
}

/// Own and absorbed cost of all headings.
pub(super) fn sum(rolled: &[Rolled]) -> Money {
    rolled.iter().map(|it| it.own + it.absorbed).sum()
}

fn added<'a>(parts: &[&'a Part], heading: impl Fn(&'a Part) -> &'a str) -> Amounts<'a> {
    let mut amounts = Amounts::new();
    for part in parts {
        let entry = amounts.entry(heading(part)).or_default();
        entry.0 += part.own;
        entry.1 += part.absorbed;
    }
    amounts
}

fn rolled(amounts: &Amounts<'_>, name: &dyn Fn(&str) -> Named) -> Vec<Rolled> {
    amounts
        .iter()
        .map(|(code, (own, absorbed))| Rolled {
            heading: name(code),
            own: *own,
            absorbed: *absorbed,
        })
        .collect()
}

fn ledger_part(
    line: &str,
    (own, absorbed): (Money, Money),
    ledger: Option<&QuantumLine>,
) -> LedgerPart {
    let named = |code: &str, name: &str| Named { code: code.to_owned(), name: name.to_owned() };
    let blank = QuantumLine::default();
    let known = ledger.unwrap_or(&blank);
    LedgerPart {
        ledger_line: line.to_owned(),
        cost_centre: named(&known.cost_centre, &known.cost_centre_name),
        account: named(&known.account, &known.account_name),
        period: known.period,
        ledger_amount: known.amount,
        own,
        absorbed,
    }
}
