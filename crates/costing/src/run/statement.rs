//! Service lines: their cost by every attribute, and the rows of their statements.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Finding, Money, Severity};
use rules::YearRules;
use rules::year::{CostAttributes, StatementKind, StatementRow, income_of, subtotal};
use tables::run::{ServiceLineCost, StatementLine};

use super::cells::{Cubes, EventSums};
use super::events::Income;
use crate::cp4_patients::AttributeTable;
use crate::error::CostingError;
use crate::pipeline::Costing;

/// Cost of service lines by resource, activity and attribute, in key order.
pub(crate) fn service_line_costs(
    costing: &Costing<'_>,
    sums: &EventSums,
    cubes: &Cubes,
    attributes: &AttributeTable,
) -> Vec<ServiceLineCost> {
    let mut rows = Vec::new();
    for ((resource, activity), cells) in &sums.cubes {
        for (index, (own, absorbed)) in cells.iter().enumerate() {
            if own.is_zero() && absorbed.is_zero() {
                continue;
            }
            let (cube, kind) = (index / attributes.list.len(), index % attributes.list.len());
            let (line, pod, category) = cubes.list[cube];
            let label = |number: u16| costing.weights.labels[usize::from(number)].clone();
            let kind = &attributes.list[kind];
            rows.push(ServiceLineCost {
                service_line: costing.plan.service_lines[usize::from(line)].clone(),
                pod: label(pod),
                category: label(category),
                resource: resource.clone(),
                activity: activity.clone(),
                support_group: kind.support_group.clone(),
                traceability: kind.traceability.clone(),
                behaviour: kind.behaviour.clone(),
                controllable: kind.controllable,
                cost_type: kind.cost_type.clone(),
                pay_type: kind.pay_type.clone(),
                recurrence: kind.recurrence.clone(),
                own: *own,
                absorbed: *absorbed,
            });
        }
    }
    // Cubes and attributes are numbered in the order of their names, so this sort is by names.
    rows.sort_by(|one, other| {
        (&one.service_line, &one.pod, &one.category).cmp(&(
            &other.service_line,
            &other.pod,
            &other.category,
        ))
    });
    rows
}

/// The cost rows of all statements together.
pub(crate) fn cost_of(rules: &YearRules, statements: &[StatementLine]) -> Money {
    let is_cost = |it: &&StatementRow| matches!(it.kind, StatementKind::Cost(_));
    let rows: BTreeSet<&str> =
        rules.statement.iter().filter(is_cost).map(|it| it.row.as_str()).collect();
    statements.iter().filter(|it| rows.contains(it.row.as_str())).map(|it| it.amount).sum()
}

/// Amount and the non-recurrent or technical part of it.
type Amounts = (Money, Money);

/// The statement of every service line, in order.
///
/// # Errors
///
/// [`CostingError::Refused`] naming the costs that no row of the statement takes.
pub(crate) fn statements(
    rules: &YearRules,
    costs: &[ServiceLineCost],
    income: &BTreeMap<String, (Money, Money)>,
) -> Result<Vec<StatementLine>, CostingError> {
    refuse_untaken(rules, costs)?;
    let mut by_line: BTreeMap<&str, Vec<&ServiceLineCost>> = BTreeMap::new();
    for cost in costs {
        by_line.entry(cost.service_line.as_str()).or_default().push(cost);
    }
    for line in income.keys() {
        by_line.entry(line.as_str()).or_default();
    }
    let mut statements = Vec::new();
    for (line, costs) in by_line {
        let earned = income.get(line).copied().unwrap_or_default();
        statements.extend(statement(rules, line, &costs, earned));
    }
    Ok(statements)
}

/// A cost that no row takes would be missing from the statement. The model is checked for that, but
/// a merger of staff pools can bring cost under another group.
fn refuse_untaken(rules: &YearRules, costs: &[ServiceLineCost]) -> Result<(), CostingError> {
    let mut untaken: BTreeMap<String, Money> = BTreeMap::new();
    for cost in costs.iter().filter(|it| !rules.statement.iter().any(|row| takes(row, it, rules))) {
        let group = statement_group(cost, rules);
        let ServiceLineCost { traceability, cost_type, support_group, .. } = cost;
        let kind = format!("{traceability}/{cost_type}/{support_group}/{group}");
        *untaken.entry(kind).or_default() += cost.own + cost.absorbed;
    }
    if untaken.is_empty() {
        return Ok(());
    }
    let finding = |(kind, amount): (String, Money)| {
        let message = format!("no row of the statement takes the cost {kind}");
        Finding::new("FIN-007", Severity::Refusal, message)
            .at("statement.csv", 0, "selector")
            .about(kind)
            .with_money(amount)
            .remedy("Add a cost row that fits it; a last row with */*/*/* takes all that is left")
    };
    Err(CostingError::Refused(untaken.into_iter().map(finding).collect()))
}

fn statement(
    rules: &YearRules,
    line: &str,
    costs: &[&ServiceLineCost],
    earned: (Money, Money),
) -> Vec<StatementLine> {
    let mut amounts: BTreeMap<&str, Amounts> = BTreeMap::new();
    for cost in costs {
        if let Some(row) = rules.statement.iter().find(|row| takes(row, cost, rules)) {
            let amount = cost.own + cost.absorbed;
            let sum = amounts.entry(row.row.as_str()).or_default();
            sum.0 += amount;
            if cost.recurrence != "recurrent" {
                sum.1 += amount;
            }
        }
    }
    let mut rows = Vec::with_capacity(rules.statement.len());
    for row in &rules.statement {
        let amount = match &row.kind {
            StatementKind::Cost(_) => amounts.get(row.row.as_str()).copied().unwrap_or_default(),
            StatementKind::Income(which) => (income_of(which, earned), Money::ZERO),
            StatementKind::Subtotal(terms) => subtotal(terms, &amounts),
        };
        amounts.insert(row.row.as_str(), amount);
        rows.push(StatementLine {
            service_line: line.to_owned(),
            order: row.order,
            row: row.row.clone(),
            name: row.name.clone(),
            amount: amount.0,
            non_recurrent: amount.1,
        });
    }
    rows
}

/// Whether a statement row takes a cost; the first that does has it.
fn takes(row: &StatementRow, cost: &ServiceLineCost, rules: &YearRules) -> bool {
    row.takes(CostAttributes {
        traceability: &cost.traceability,
        cost_type: &cost.cost_type,
        support_group: &cost.support_group,
        statement_group: statement_group(cost, rules),
    })
}

fn statement_group<'a>(cost: &ServiceLineCost, rules: &'a YearRules) -> &'a str {
    rules.resources.get(&cost.resource).map_or("", |it| it.statement_group.as_str())
}

/// Income by service line: of its events, and of its specialties as a whole.
pub(crate) fn income_by_line(
    costing: &Costing<'_>,
    events: impl Iterator<Item = (String, Money, Money)>,
    income: &Income,
) -> BTreeMap<String, (Money, Money)> {
    let mut lines: BTreeMap<String, (Money, Money)> = BTreeMap::new();
    let loose = income.loose.iter().map(|(specialty, it)| {
        let line = costing.plan.service_line(specialty);
        let line = costing.plan.service_lines[usize::from(line)].clone();
        (line, it.at_unit_price, it.recognised)
    });
    for (line, price, recognised) in events.chain(loose) {
        let sum = lines.entry(line).or_default();
        sum.0 += price;
        sum.1 += recognised;
    }
    lines
}
