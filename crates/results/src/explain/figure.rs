//! Takes figures that are no event's back to ledger lines: residuals, unit costs, service lines.

use std::collections::{BTreeMap, BTreeSet};

use domain::Money;
use serde::Serialize;
use tables::run::{CostedEvent, PoolSource, ResidualSource, UnitCost};

use super::build::{must_equal, sql_text};
use super::names::Names;
use super::roll_up::{self, RolledUp};
use super::sources::{PoolKey, SourceKey};
use super::{Command, LedgerPart, Named, Part, Rolled, RunLabel, gather, service_line};
use crate::output::as_decimal;
use crate::{Caller, ResultsError, Run, reading};

/// A figure that can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Money under the name of a residual, or of one of its reasons.
    Residual {
        /// Name of the residual.
        name: String,
        /// Reason, cost object, session kind or item; all of them if none is named.
        reason: Option<String>,
    },
    /// The pool of a resource in an activity, which its unit cost comes from.
    UnitCost {
        /// Resource.
        resource: String,
        /// Activity.
        activity: String,
    },
    /// The cost of a service line, or one row of its statement.
    ServiceLine {
        /// Code of the service line.
        code: String,
        /// Code of the row; all cost rows if none is named.
        row: Option<String>,
    },
}

/// A figure with the ledger lines that it is made of. All lists are in key order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// The run it was read from.
    pub run: RunLabel,
    /// What the figure is.
    pub figure: String,
    /// How much it is.
    #[serde(serialize_with = "as_decimal")]
    pub amount: Money,
    /// How it comes about, in sentences.
    pub how: Vec<String>,
    /// By resource and activity; blank before costs have them.
    pub pools: Vec<TracedPool>,
    /// By support group; `DIRECT` is the cost itself.
    pub support_groups: Vec<Rolled>,
    /// By cost line booked.
    pub cost_lines: Vec<Rolled>,
    /// By ledger line.
    pub ledger_lines: Vec<LedgerPart>,
    /// Of the amount, the cost of legally restricted events, which is not taken apart.
    #[serde(serialize_with = "as_decimal")]
    pub restricted: Money,
    /// Where each kind of figure comes from.
    pub commands: Vec<Command>,
}

/// Part of a figure that lies in one resource and activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TracedPool {
    /// Resource.
    pub resource: Named,
    /// Activity.
    pub activity: Named,
    /// Own cost, or the amount.
    #[serde(serialize_with = "as_decimal")]
    pub own: Money,
    /// Absorbed cost.
    #[serde(serialize_with = "as_decimal")]
    pub absorbed: Money,
}

/// Own and absorbed amounts by pool and source.
#[derive(Debug, Default)]
pub(super) struct Parts(BTreeMap<(PoolKey, SourceKey), (Money, Money)>);

impl Parts {
    pub(super) fn add(&mut self, pool: (&str, &str), source: &SourceKey, amounts: (Money, Money)) {
        let key = ((pool.0.to_owned(), pool.1.to_owned()), source.clone());
        let sum = self.0.entry(key).or_default();
        sum.0 += amounts.0;
        sum.1 += amounts.1;
    }

    fn merge(&mut self, other: Self) {
        for ((pool, source), amounts) in other.0 {
            self.add((&pool.0, &pool.1), &source, amounts);
        }
    }

    /// Keeps the parts of some sources of some resources.
    pub(super) fn retain(&mut self, wanted: &dyn Fn(&str, &SourceKey) -> bool) {
        self.0.retain(|((resource, _), source), _| wanted(resource, source));
    }

    /// Amounts by source, own and absorbed together.
    pub(super) fn by_source(&self) -> BTreeMap<&SourceKey, Money> {
        let mut found: BTreeMap<&SourceKey, Money> = BTreeMap::new();
        for ((_, source), (own, absorbed)) in &self.0 {
            *found.entry(source).or_default() += *own + *absorbed;
        }
        found
    }

    pub(super) fn total(&self) -> Money {
        self.0.values().map(|(own, absorbed)| *own + *absorbed).sum()
    }
}

/// What was found out about a figure, before names and ledger lines are added.
pub(super) struct Found {
    pub(super) figure: String,
    pub(super) amount: Money,
    pub(super) how: Vec<String>,
    pub(super) parts: Parts,
    pub(super) restricted: Money,
    pub(super) commands: Vec<Command>,
}

impl Run {
    /// Takes a figure back to ledger lines, and refuses it unless they add up to it; the audit line
    /// is on disk before this returns.
    ///
    /// # Errors
    ///
    /// [`ResultsError::NoSuchFigure`] naming those there are; [`ResultsError::DoesNotAddUp`] if
    /// the parts miss the amount by a micro-pound.
    pub fn trace(&self, figure: &Figure, caller: &Caller) -> Result<Trace, ResultsError> {
        let asked = match figure {
            Figure::Residual { name, .. } => format!("residual {name}"),
            Figure::UnitCost { resource, activity } => format!("unit cost {resource} {activity}"),
            Figure::ServiceLine { code, .. } => format!("service line {code}"),
        };
        self.audited(caller, ("explain", &asked), || {
            let found = match figure {
                Figure::Residual { name, reason } => residual(self, name, reason.as_deref())?,
                Figure::UnitCost { resource, activity } => unit_cost(self, resource, activity)?,
                Figure::ServiceLine { code, row } => {
                    service_line::service_line(self, code, row.as_deref())?
                }
            };
            Ok((build(self, found)?, 0))
        })
    }
}

fn build(run: &Run, found: Found) -> Result<Trace, ResultsError> {
    let names = Names(run.rules()?);
    let mut pools: BTreeMap<&PoolKey, (Money, Money)> = BTreeMap::new();
    let mut parts: Vec<Part> = Vec::new();
    for ((pool, source), (own, absorbed)) in &found.parts.0 {
        let sum = pools.entry(pool).or_default();
        sum.0 += *own;
        sum.1 += *absorbed;
        parts.push(Part { source: source.clone(), own: *own, absorbed: *absorbed });
    }
    let parts: Vec<&Part> = parts.iter().collect();
    let RolledUp { support_groups, cost_lines, ledger_lines } =
        roll_up::roll_up(&parts, &names, gather::ledger(run)?.as_ref());
    must_equal(&found.figure, found.amount, roll_up::sum(&support_groups) + found.restricted)?;
    let pool = |((resource, activity), (own, absorbed)): (&PoolKey, (Money, Money))| TracedPool {
        resource: names.resource(resource),
        activity: names.activity(activity),
        own,
        absorbed,
    };
    let pools = pools.into_iter().map(pool).collect();
    let mut commands = found.commands;
    commands.extend(ledger_commands(run, &ledger_lines));
    Ok(Trace {
        run: run.label()?,
        figure: found.figure,
        amount: found.amount,
        how: found.how,
        pools,
        support_groups,
        cost_lines,
        ledger_lines,
        restricted: found.restricted,
        commands,
    })
}

/// How to follow the largest ledger line, and to check everything.
fn ledger_commands(run: &Run, lines: &[LedgerPart]) -> Vec<Command> {
    let folder = run.folder().display();
    let command = |shows: &str, command| Command { shows: shows.to_owned(), command };
    let mut commands = Vec::new();
    if let Some(line) = lines.iter().max_by_key(|it| (it.own + it.absorbed).abs()) {
        let line = sql_text(&line.ledger_line);
        let sql = format!("select * from cost_lines where ledger_line = '{line}'");
        let text = format!("concord query {folder} \"{sql}\"");
        commands.push(command("where a ledger line went", text));
    }
    commands.push(command("that every figure recomputes", format!("concord verify {folder}")));
    commands
}

fn residual(run: &Run, name: &str, reason: Option<&str>) -> Result<Found, ResultsError> {
    let mut parts = Parts::default();
    let mut of_events: BTreeMap<String, Money> = BTreeMap::new();
    let mut amount = Money::ZERO;
    let mut rows = Vec::new();
    for reader in reading::readers(run, "residuals")? {
        rows.extend(reader.rows_with_text::<ResidualSource>("residual", name)?);
    }
    rows.retain(|it| reason.is_none_or(|reason| it.reason == reason));
    if rows.is_empty() {
        return Err(no_residual(run, name, reason)?);
    }
    for row in rows {
        amount += row.amount;
        if row.ledger_line.is_empty() {
            *of_events.entry(row.reason).or_default() += row.amount;
            continue;
        }
        let source = SourceKey {
            support_group: row.support_group,
            cost_line: row.cost_line,
            ledger_line: row.ledger_line,
        };
        parts.add((&row.resource, &row.activity), &source, (row.amount, Money::ZERO));
    }
    let mut restricted = Money::ZERO;
    for (category, stated) in of_events {
        restricted += events_of_category(run, &category, stated, &mut parts)?;
    }
    let all = run.residuals()?;
    let words = all.iter().find(|it| it.residual == name && reason.is_none_or(|r| it.reason == r));
    let words = words.map_or_else(String::new, |it| match reason {
        Some(_) => it.words.clone(),
        None => it.words.split(':').next().unwrap_or_default().to_owned(),
    });
    let asked = reason.map_or_else(|| name.to_owned(), |reason| format!("{name}/{reason}"));
    Ok(Found {
        figure: format!("Residual {asked}: {words}"),
        amount,
        how: vec![how_residual(name).to_owned()],
        parts,
        restricted,
        commands: residual_commands(run, name, reason),
    })
}

fn residual_commands(run: &Run, name: &str, reason: Option<&str>) -> Vec<Command> {
    let folder = run.folder().display();
    let mut filter = format!("residual = '{}'", sql_text(name));
    if let Some(reason) = reason {
        filter += &format!(" and reason = '{}'", sql_text(reason));
    }
    vec![
        Command { shows: "all residuals".to_owned(), command: format!("concord show {folder}") },
        Command {
            shows: "every source of this one".to_owned(),
            command: format!("concord query {folder} \"select * from residuals where {filter}\""),
        },
    ]
}

fn no_residual(run: &Run, name: &str, reason: Option<&str>) -> Result<ResultsError, ResultsError> {
    let known: BTreeSet<String> = run
        .residuals()?
        .into_iter()
        .map(|it| match it.reason.as_str() {
            "" => it.residual,
            reason => format!("{}/{reason}", it.residual),
        })
        .collect();
    let asked = reason.map_or_else(|| name.to_owned(), |reason| format!("{name}/{reason}"));
    Ok(ResultsError::NoSuchFigure { what: "residual", asked, known: known.into_iter().collect() })
}

/// Parts of all events of a category; what they leave of the stated sum is of restricted events.
fn events_of_category(
    run: &Run,
    category: &str,
    stated: Money,
    parts: &mut Parts,
) -> Result<Money, ResultsError> {
    let chosen = numbers(run, "events", ("category", category))?;
    let of_events = run.parts_of(&|event| chosen.contains(&event))?;
    let restricted = restricted(run, ("category", category))?;
    let found = of_events.total() + restricted;
    parts.merge(of_events);
    must_equal(&format!("the cost of {category} events"), stated, found)?;
    Ok(restricted)
}

/// Cost of the legally restricted events with this text in this column.
pub(super) fn restricted(run: &Run, (column, value): (&str, &str)) -> Result<Money, ResultsError> {
    let mut cost = Money::ZERO;
    for reader in reading::readers(run, "restricted_events")? {
        for event in reader.rows_with_text::<CostedEvent>(column, value)? {
            cost += event.own + event.absorbed;
        }
    }
    Ok(cost)
}

/// Numbers of the events with this text in this column.
pub(super) fn numbers(
    run: &Run,
    table: &str,
    (column, value): (&str, &str),
) -> Result<BTreeSet<i64>, ResultsError> {
    let mut numbers = BTreeSet::new();
    for reader in reading::readers(run, table)? {
        let rows = reader.rows_with_text::<CostedEvent>(column, value)?;
        numbers.extend(rows.iter().map(|it| it.event_number));
    }
    Ok(numbers)
}

fn how_residual(name: &str) -> &'static str {
    match name {
        "OUTSIDE_PERIOD" => "Ledger lines of periods that this run does not cost.",
        "UNMAPPED" => "No rule of the model says what this money is for.",
        "RECONCILIATION_ITEM" => {
            "Cost lines of class RECON leave before support and reach no patient."
        }
        "NO_DRIVER" => {
            "The resource has activities, but nothing was weighed in any of them, so there was nothing to share it by."
        }
        "UNMATCHED" => {
            "Rows without an event took their share of each pool by their weight; their feed shows that share instead of absorbing it."
        }
        "UNUSED_SESSION_TIME" => {
            "Planned staffed time that no row used took its share of each pool."
        }
        "TRACED_VARIANCE" => {
            "Charged at traced cost: what the ledger holds beyond the traced costs, or short of them."
        }
        "NOT_OWN_PATIENT" => {
            "Research, teaching, services sold, and the care of private and overseas patients."
        }
        _ => "",
    }
}

fn unit_cost(run: &Run, resource: &str, activity: &str) -> Result<Found, ResultsError> {
    let all = reading::all_rows::<UnitCost>(run)?;
    let Some(unit) = all.iter().find(|it| it.resource == resource && it.activity == activity)
    else {
        let known = all.iter().map(|it| format!("{} {}", it.resource, it.activity)).collect();
        let asked = format!("{resource} {activity}");
        return Err(ResultsError::NoSuchFigure { what: "unit cost", asked, known });
    };
    let mut parts = Parts::default();
    for reader in reading::readers(run, "pools")? {
        for row in reader.rows_with_text::<PoolSource>("resource", resource)? {
            if row.activity != activity {
                continue;
            }
            let PoolSource { support_group, cost_line, ledger_line, amount, .. } = row;
            let source = SourceKey { support_group, cost_line, ledger_line };
            parts.add((resource, activity), &source, (amount, Money::ZERO));
        }
    }
    let names = Names(run.rules()?);
    let (resource_name, activity_name) = (names.resource(resource), names.activity(activity));
    let figure =
        format!("Unit cost of {} in {}", resource_name.with_code(), activity_name.with_code());
    Ok(Found {
        figure,
        amount: unit.pool,
        how: how_unit_cost(run.rules()?, unit),
        parts,
        restricted: Money::ZERO,
        commands: unit_cost_commands(run, unit),
    })
}

fn how_unit_cost(rules: &rules::YearRules, unit: &UnitCost) -> Vec<String> {
    let activity = rules.activities.get(&unit.activity);
    let quantity = super::rate::quantity(unit.count, activity);
    let left = unit.pool - unit.own - unit.absorbed;
    let mut how = vec![format!(
        "The pool of {} was shared over a weight of {} (weight set {}).",
        unit.pool, unit.weight, unit.weight_set
    )];
    how.push(format!(
        "Events got {} by their own weight and absorbed {} of activity without an event; {left} stands in residuals.",
        unit.own, unit.absorbed
    ));
    let shown = |it: Option<Money>| it.map_or_else(|| "nothing".to_owned(), |it| it.to_string());
    how.push(format!(
        "Over {} of activity that is {} for one without what was absorbed, and {} with it.",
        quantity.words,
        shown(unit.unit_own),
        shown(unit.unit_with_absorbed)
    ));
    how
}

fn unit_cost_commands(run: &Run, unit: &UnitCost) -> Vec<Command> {
    let folder = run.folder().display();
    let (resource, activity) = (sql_text(&unit.resource), sql_text(&unit.activity));
    let pool = format!("resource = '{resource}' and activity = '{activity}'");
    let set = sql_text(&unit.weight_set);
    let query = |shows: &str, sql: String| Command {
        shows: shows.to_owned(),
        command: format!("concord query {folder} \"{sql}\""),
    };
    vec![
        query("the figures of this pool", format!("select * from unit_costs where {pool}")),
        query(
            "weight of its events",
            format!("select sum(weight) as weight from weights where weight_set = '{set}'"),
        ),
        query(
            "weight of all else",
            format!("select * from residual_weights where weight_set = '{set}'"),
        ),
        query(
            "its dearest events",
            format!(
                "select e.event, c.own, c.absorbed from event_costs c join events e on e.event_number = c.event_number where c.resource = '{resource}' and c.activity = '{activity}' order by c.own desc limit 10"
            ),
        ),
    ]
}
