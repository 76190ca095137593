//! The ordered list of stages, and the costing that runs them.

use std::collections::BTreeMap;

use domain::{Finding, Money, Severity};
use rules::YearRules;
use tables::dataset::{BudgetLine, ControlTotal, LedgerLine};

use crate::cp1_quantum::{Quantum, quantum};
use crate::cp2_cost_ledger::{Budget, Classed, CostLedger, budget, classes, cost_ledger};
use crate::cp3_activities::{Activities, Pool, activities, negative_pools};
use crate::cp3_resources::{Resources, resources};
use crate::cp3_support::{Supported, support};
use crate::cp4_patients::{PoolToSettle, SettledPool};
use crate::cp4_weights::{Plan, Weights};
use crate::error::CostingError;
use crate::source::SourceNames;

/// One stage of the pipeline, for the reference page and for progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Place in the order.
    pub number: u8,
    /// Name.
    pub name: &'static str,
    /// Costing process.
    pub process: &'static str,
    /// What it reads.
    pub reads: &'static str,
    /// What it writes.
    pub writes: &'static str,
    /// The identity that closes it.
    pub closes: &'static str,
}

macro_rules! stages {
    ($($number:literal $name:literal $process:literal: $reads:literal => $writes:literal; $closes:literal)*) => {
        &[$(Stage { number: $number, name: $name, process: $process, reads: $reads, writes: $writes, closes: $closes }),*]
    };
}

/// The stages in order. Weights come before activities because shares may follow feed weights.
#[rustfmt::skip]
pub const STAGES: &[Stage] = stages![
    1 "quantum" "CP1": "ledger, control, income" => "quantum"; "quantum + income + outside = ledger = control total"
    2 "cost ledger" "CP2": "quantum, mapping" => "cost lines"; "cost lines + unmapped = quantum"
    3 "classes" "CP2": "cost lines" => "support, final, reconciliation and unmapped lines"; "classed + unmapped = cost lines"
    4 "support" "CP3": "classed lines, statistics" => "support weights, final lines"; "final lines + reconciliation items = classed cost lines"
    5 "resources" "CP3": "final lines" => "resources, cost objects"; "resources + other + unmapped = final lines"
    6 "matching" "CP4": "events, feeds, matching rules" => "event of every row"; "rows = matched + other + unmatched + outside + unmapped"
    7 "counted time and weights" "CP4": "matched rows, sessions" => "weights, activity counts"; "weights sum alike over buckets and receivers"
    8 "resources to activities" "CP3": "resources, shares, total weights" => "pools"; "pools + no driver + unmapped = resources"
    9 "activities to patients" "CP4": "pools, weights" => "event costs, residuals"; "own + absorbed + residuals = pools"
    10 "reconciliation" "CP5": "all of the above" => "reconciliation, statements"; "own-patient events + all residuals + income = ledger"
    11 "assurance" "CP6": "all of the above" => "findings"; "changes no cost"
];

/// Stages 1 to 5: everything that the ledger and the model decide, without a patient.
#[derive(Clone, Debug)]
pub struct LedgerStages {
    /// Names of sources.
    pub names: SourceNames,
    /// Stage 1.
    pub quantum: Quantum,
    /// Control totals as stated.
    pub control: Vec<ControlTotal>,
    /// Stage 2.
    pub ledger: CostLedger,
    /// The budget on cost lines; nothing where the trust gave none.
    pub budget: Budget,
    /// Stage 3.
    pub classed: Classed,
    /// Stage 4.
    pub supported: Supported,
    /// Stage 5.
    pub resources: Resources,
    /// What was found on the way.
    pub findings: Vec<Finding>,
}

impl LedgerStages {
    /// Runs stages 1 to 5.
    ///
    /// # Errors
    ///
    /// [`CostingError::Refused`] with every finding that refuses the run, as far as stages could go.
    pub fn run(
        ledger: &[LedgerLine],
        control: Vec<ControlTotal>,
        rules: &YearRules,
    ) -> Result<Self, CostingError> {
        let names = SourceNames::new(ledger, rules);
        let mut findings = Vec::new();
        let (quantum, found) = quantum(ledger, &control, rules);
        findings.extend(found);
        let (ledger, found) = cost_ledger(&quantum, rules, &names);
        findings.extend(found);
        let (classed, found) = classes(&ledger, rules);
        findings.extend(found);
        let (supported, found) =
            support(&classed, rules, &names).map_err(|found| refused(&mut findings, found))?;
        findings.extend(found);
        let (resources, found) =
            resources(&supported, rules).map_err(|found| refused(&mut findings, found))?;
        findings.extend(found);
        if findings.iter().any(|it| it.severity == Severity::Refusal) {
            return Err(refused(&mut findings, Vec::new()));
        }
        let budget = Budget::default();
        Ok(Self {
            names,
            quantum,
            control,
            ledger,
            budget,
            classed,
            supported,
            resources,
            findings,
        })
    }

    /// The same with the budget, which no stage goes by.
    #[must_use]
    pub fn with_budget(self, lines: &[BudgetLine], rules: &YearRules) -> Self {
        Self { budget: budget(lines, rules), ..self }
    }
}

/// Everything that refuses a run, those found earlier first.
fn refused(earlier: &mut Vec<Finding>, found: Vec<Finding>) -> CostingError {
    let mut all = std::mem::take(earlier);
    all.extend(found);
    all.retain(|it| it.severity == Severity::Refusal);
    CostingError::Refused(all)
}

/// A costing up to its pools: what is left is to work out the cells, pool by pool.
#[derive(Debug)]
pub struct Costing<'a> {
    /// Rules of the year.
    pub rules: &'a YearRules,
    /// The rules as weighing runs them.
    pub plan: &'a Plan,
    /// Stages 1 to 5.
    pub small: LedgerStages,
    /// Stages 6 and 7.
    pub weights: Weights,
    /// Stage 8.
    pub activities: Activities,
    /// Stage 9 without the cells, by resource and activity.
    pub settled: BTreeMap<(String, String), SettledPool>,
}

impl<'a> Costing<'a> {
    /// Runs stage 8, and stage 9 as far as totals and residuals.
    ///
    /// # Errors
    ///
    /// [`CostingError::TooLarge`] if a pool times its weights passes 2¹²⁷;
    /// [`CostingError::Refused`] if a pool is a net credit without a reason.
    pub fn run(
        rules: &'a YearRules,
        plan: &'a Plan,
        mut small: LedgerStages,
        weights: Weights,
    ) -> Result<Self, CostingError> {
        let activities = activities(&small.resources, rules, plan, &weights.sets)?;
        let negative = negative_pools(&activities, rules);
        if negative.iter().any(|it| it.severity == Severity::Refusal) {
            return Err(refused(&mut small.findings, negative));
        }
        small.findings.extend(negative);
        let mut costing =
            Self { rules, plan, small, weights, activities, settled: BTreeMap::new() };
        let kinds = costing.session_kinds();
        let mut settled = BTreeMap::new();
        for (resource, activity, pool) in costing.pools() {
            let name = format!("{resource} in {activity}");
            let result = costing.to_settle(&name, pool).settle(&kinds)?;
            settled.insert((resource.clone(), activity.clone()), result);
        }
        drop(kinds);
        costing.settled = settled;
        Ok(costing)
    }

    /// All pools in key order: resource, activity, pool.
    pub fn pools(&self) -> impl Iterator<Item = (&String, &String, &Pool)> {
        let by_resource = self.activities.pools.iter();
        by_resource.flat_map(|(resource, pools)| {
            pools.iter().map(move |(activity, pool)| (resource, activity, pool))
        })
    }

    /// A pool with its weights.
    pub fn to_settle<'b>(&'b self, name: &'b str, pool: &'b Pool) -> PoolToSettle<'b> {
        PoolToSettle {
            name,
            sources: &pool.sources,
            set: &self.plan.sets[pool.set],
            weights: &self.weights.sets[pool.set],
        }
    }

    fn session_kinds(&self) -> BTreeMap<&str, &str> {
        self.weights.sessions.iter().map(|it| (it.session.as_str(), it.kind.as_str())).collect()
    }

    /// Own cost of all events.
    pub fn own(&self) -> Money {
        self.settled.values().map(|it| it.own).sum()
    }

    /// Absorbed cost of all events.
    pub fn absorbed(&self) -> Money {
        self.settled.values().map(|it| it.absorbed.total()).sum()
    }
}
