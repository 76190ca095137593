//! The budget of a service line: of cost lines that are wholly its own, and of those it shares.

use std::collections::{BTreeMap, BTreeSet};

use domain::Money;
use domain::provenance::DIRECT;
use serde::Serialize;
use tables::run::{BudgetPart, CostLineSource, ResidualSource, ServiceLineCost};

use crate::explain::Named;
use crate::explain::names::Names;
use crate::merged_pools::MergedPools;
use crate::output::as_decimal;
use crate::{ResultsError, Run, reading};

/// What was budgeted and booked for the resources whose own cost a service line bears.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ServiceLineBudget {
    /// Resources whose own cost reaches this service line only.
    pub own: Vec<ResourceBudget>,
    /// Resources whose own cost reaches others too; their budget is theirs together.
    pub shared: Vec<ResourceBudget>,
}

/// All cost lines of one resource, in the period that is costed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ResourceBudget {
    /// Resource.
    pub resource: Named,
    /// Service lines and cost objects that bear its own cost beside this service line.
    pub shared_with: Vec<Named>,
    /// Its cost lines; those of a merged staff pool are one.
    pub cost_lines: Vec<CostLineBudget>,
    /// Budget of all of them.
    #[serde(serialize_with = "as_decimal")]
    pub budget: Money,
    /// Booked on all of them, before support.
    #[serde(serialize_with = "as_decimal")]
    pub booked: Money,
    /// Of this, what events of this service line bear.
    #[serde(serialize_with = "as_decimal")]
    pub borne: Money,
}

/// One cost line: booked beside budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CostLineBudget {
    /// Cost line.
    pub cost_line: Named,
    /// Budget.
    #[serde(serialize_with = "as_decimal")]
    pub budget: Money,
    /// Booked, before support.
    #[serde(serialize_with = "as_decimal")]
    pub booked: Money,
    /// Booked less budget.
    #[serde(serialize_with = "as_decimal")]
    pub difference: Money,
}

impl Run {
    /// The budget behind a service line; none if the trust gave no budget.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if a table or the model cannot be read.
    pub fn budget_of(&self, code: &str) -> Result<Option<ServiceLineBudget>, ResultsError> {
        let parts = reading::all_rows::<BudgetPart>(self)?;
        if parts.is_empty() {
            return Ok(None);
        }
        let merged = self.merged_pools()?;
        let sums = Sums::new(self, &merged, parts)?;
        let bearers = Bearers::read(self)?;
        let names = Names(self.rules()?);
        let mut found = ServiceLineBudget::default();
        for (resource, lines) in &sums.by_resource {
            let Some(borne) = bearers.borne(resource, code) else { continue };
            let line = |(cost_line, (budget, booked)): (&String, &(Money, Money))| CostLineBudget {
                cost_line: merged
                    .named_code(cost_line)
                    .unwrap_or_else(|| names.cost_line(cost_line)),
                budget: *budget,
                booked: *booked,
                difference: *booked - *budget,
            };
            let cost_lines: Vec<CostLineBudget> = lines.iter().map(line).collect();
            let one = ResourceBudget {
                resource: names.resource(resource),
                shared_with: bearers.beside(resource, code, &names),
                budget: cost_lines.iter().map(|it| it.budget).sum(),
                booked: cost_lines.iter().map(|it| it.booked).sum(),
                borne,
                cost_lines,
            };
            if one.shared_with.is_empty() { found.own.push(one) } else { found.shared.push(one) }
        }
        Ok(Some(found))
    }
}

/// Budget and booked by resource and cost line, each under the code by which it may be shown.
struct Sums {
    by_resource: BTreeMap<String, BTreeMap<String, (Money, Money)>>,
}

impl Sums {
    fn new(run: &Run, merged: &MergedPools, parts: Vec<BudgetPart>) -> Result<Self, ResultsError> {
        let rules = run.rules()?;
        let mut by_resource: BTreeMap<String, BTreeMap<String, (Money, Money)>> = BTreeMap::new();
        let mut add = |cost_line: &str, budget: Money, booked: Money| {
            let line = rules.cost_lines.get(cost_line).filter(|it| it.is_final());
            let Some(line) = line.filter(|it| !it.resource.is_empty()) else { return };
            let resource = merged.resource_of(cost_line, &line.resource).to_owned();
            let lines = by_resource.entry(resource).or_default();
            let sum = lines.entry(merged.cost_line(cost_line).to_owned()).or_default();
            sum.0 += budget;
            sum.1 += booked;
        };
        for it in parts {
            add(&it.cost_line, it.amount, Money::ZERO);
        }
        for it in reading::all_rows::<CostLineSource>(run)? {
            add(&it.cost_line, Money::ZERO, it.amount);
        }
        Ok(Self { by_resource })
    }
}

/// Who bears the own cost of each resource: service lines with how much, and cost objects.
#[derive(Default)]
struct Bearers {
    service_lines: BTreeMap<String, BTreeMap<String, Money>>,
    cost_objects: BTreeMap<String, BTreeSet<String>>,
}

impl Bearers {
    fn read(run: &Run) -> Result<Self, ResultsError> {
        let objects = &run.rules()?.cost_objects;
        let mut found = Self::default();
        for it in reading::all_rows::<ServiceLineCost>(run)? {
            if it.support_group == DIRECT {
                let lines = found.service_lines.entry(it.resource).or_default();
                *lines.entry(it.service_line).or_default() += it.own + it.absorbed;
            }
        }
        for it in reading::all_rows::<ResidualSource>(run)? {
            if it.support_group == DIRECT && objects.contains_key(&it.reason) {
                found.cost_objects.entry(it.resource).or_default().insert(it.reason);
            }
        }
        Ok(found)
    }

    /// What a service line bears of a resource's own cost; none if nothing of it is there.
    fn borne(&self, resource: &str, code: &str) -> Option<Money> {
        self.service_lines.get(resource)?.get(code).copied()
    }

    fn beside(&self, resource: &str, code: &str, names: &Names<'_>) -> Vec<Named> {
        let lines = self.service_lines.get(resource).into_iter().flat_map(BTreeMap::keys);
        let lines = lines.filter(|it| *it != code).map(|it| names.service_line(it));
        let objects = self.cost_objects.get(resource).into_iter().flatten();
        lines.chain(objects.map(|it| names.cost_object(it))).collect()
    }
}
