//! The budget on the cost lines that actual cost is on: every budget line goes the way that a
//! ledger line of its cost centre, account and period would go.

use domain::Money;
use rules::YearRules;
use tables::dataset::{BudgetLine, LedgerLine};
use tables::run::BudgetPart;

use super::cost_ledger;
use crate::cp1_quantum::{Outcome, quantum};
use crate::source::SourceNames;

/// The budget, as it was read and on cost lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// The lines as they were read, in key order.
    pub lines: Vec<BudgetLine>,
    /// Their parts in key order.
    pub parts: Vec<BudgetPart>,
}

impl Budget {
    /// All of the budget.
    pub fn total(&self) -> Money {
        self.lines.iter().map(|it| it.amount).sum()
    }

    /// What the parts of one outcome come to: on cost lines, or on none.
    pub fn sum(&self, outcome: Outcome, mapped: bool) -> Money {
        let wanted =
            |it: &&BudgetPart| it.outcome == outcome.word() && it.cost_line.is_empty() != mapped;
        self.parts.iter().filter(wanted).map(|it| it.amount).sum()
    }
}

/// Takes the budget to cost lines by the rules on the period, on income and on mapping that the
/// ledger goes by. It changes no cost.
///
/// # Panics
///
/// If money is lost, which is a fault of the engine.
///
/// # Source
///
/// Costing semantics, section 3, "Quantum" and "Cost ledger".
pub fn budget(lines: &[BudgetLine], rules: &YearRules) -> Budget {
    let mut lines = lines.to_vec();
    lines.sort_by(|one, other| key(one).cmp(&key(other)));
    let as_ledger: Vec<LedgerLine> =
        lines.iter().enumerate().map(|(place, it)| ledger_line(place, it, rules)).collect();
    let names = SourceNames::new(&as_ledger, rules);
    let (quantum, _) = quantum(&as_ledger, &[], rules);
    let (ledger, _) = cost_ledger(&quantum, rules, &names);
    let mut parts = Vec::new();
    for outcome in [Outcome::Income, Outcome::OutsidePeriod] {
        let lines = quantum.with_outcome(outcome);
        parts.extend(lines.map(|it| part(outcome, "", (it, it.amount))));
    }
    for source in ledger.rows(&names) {
        let place: usize = source.ledger_line.parse().expect("lines are named by their place");
        let line = &as_ledger[place];
        parts.push(part(Outcome::Cost, &source.cost_line, (line, source.amount)));
    }
    parts.retain(|it| !it.amount.is_zero());
    parts.sort_by(|one, other| part_key(one).cmp(&part_key(other)));
    let budget = Budget { lines, parts };
    let found: Money = budget.parts.iter().map(|it| it.amount).sum();
    assert_eq!(found, budget.total(), "the parts of the budget are the budget");
    budget
}

fn key(line: &BudgetLine) -> (&str, &str, i64, Money) {
    (&line.cost_centre, &line.account, line.period, line.amount)
}

fn part_key(part: &BudgetPart) -> (&str, &str, &str, &str, i64, Money) {
    let BudgetPart { outcome, cost_line, cost_centre, account, period, amount } = part;
    (outcome, cost_line, cost_centre, account, *period, *amount)
}

/// The budget line as if it were booked.
fn ledger_line(place: usize, line: &BudgetLine, rules: &YearRules) -> LedgerLine {
    LedgerLine {
        ledger_line: format!("{place:010}"),
        cost_centre: line.cost_centre.clone(),
        account: line.account.clone(),
        year: rules.year.to_string(),
        period: line.period,
        amount: line.amount,
        ..LedgerLine::default()
    }
}

fn part(outcome: Outcome, cost_line: &str, (line, amount): (&LedgerLine, Money)) -> BudgetPart {
    BudgetPart {
        outcome: outcome.word().to_owned(),
        cost_line: cost_line.to_owned(),
        cost_centre: line.cost_centre.clone(),
        account: line.account.clone(),
        period: line.period,
        amount,
    }
}
