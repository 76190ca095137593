//! From a directorate's budget statement to what the patients of one of its service lines cost.

use std::collections::{BTreeMap, BTreeSet};

use domain::Money;
use domain::provenance::DIRECT;
use rules::YearRules;
use rules::year::Class;
use tables::run::{BudgetPart, CostLineSource, QuantumLine, ResidualSource};

use super::build::must_equal;
use super::names::Names;
use super::service_line;
use crate::{ResultsError, Run, reading};

/// The bridge: amounts that lead from the budget to the cost, each adding to those before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetBridge {
    /// The directorate whose budget statement it begins at.
    pub directorate: String,
    /// Budget of its cost centres; none if the trust gave none for them.
    pub budget: Option<Money>,
    /// What its cost centres spent in the period, less income that is netted from cost.
    pub spent: Money,
    /// From what was spent to the cost, in order; they add up to `cost` less `spent`.
    pub steps: Vec<BridgeStep>,
    /// What the patients of the service line cost.
    pub cost: Money,
}

/// One step of the bridge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BridgeStep {
    /// What it is.
    pub kind: BridgeKind,
    /// The residual, directorate or support group; blank where there is only one step of a kind.
    pub name: String,
    /// What it adds; negative where it takes away.
    pub amount: Money,
}

/// What a step is. What the directorate spent leaves first, then what others spent comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BridgeKind {
    /// Spent by the directorate on support that is shared over the whole trust.
    Support,
    /// Spent by the directorate, and reached no patient: a residual.
    NoPatient,
    /// Spent by the directorate on patients of other service lines.
    OtherPatients,
    /// Spent by another directorate on patients of this service line.
    OtherBudget,
    /// Spent by cost centres that `budget_holders.csv` gives to nobody.
    NoHolder,
    /// Support that this service line bears: overheads and capital charges.
    Borne,
    /// Legally restricted events, which are not taken apart.
    Restricted,
}

impl Run {
    /// The bridge of a service line; none where the model does not say whose cost centres are whose.
    ///
    /// Every pound that the directorate spent and that is neither support, nor a residual, nor this
    /// service line's, is of patients of other service lines: `concord verify` recomputes that no
    /// pound is elsewhere.
    ///
    /// # Errors
    ///
    /// [`ResultsError::NoSuchFigure`] naming the service lines there are;
    /// [`ResultsError::DoesNotAddUp`] if the steps miss the cost by a micro-pound.
    pub fn budget_bridge(&self, code: &str) -> Result<Option<BudgetBridge>, ResultsError> {
        let found = service_line::service_line(self, code, None)?;
        let rules = self.rules()?;
        let line = rules.service_lines.get(code);
        let Some(line) = line.filter(|it| holds_any(rules, &it.directorate)) else {
            return Ok(None);
        };
        let held = Held::read(self, &line.directorate)?;
        let mut steps = held.steps(self)?;
        let mut own = Money::ZERO;
        let mut others: BTreeMap<(BridgeKind, String), Money> = BTreeMap::new();
        for (source, amount) in found.parts.by_source() {
            let holder = held.holder_of(rules, &source.ledger_line);
            let step = match (source.support_group.as_str(), holder) {
                (DIRECT, Some(it)) if it == line.directorate => {
                    own += amount;
                    continue;
                }
                (DIRECT, Some(it)) => (BridgeKind::OtherBudget, it.to_owned()),
                (DIRECT, None) => (BridgeKind::NoHolder, String::new()),
                (group, _) => {
                    (BridgeKind::Borne, Names(rules).support_group(group).words().to_owned())
                }
            };
            *others.entry(step).or_default() += amount;
        }
        let left: Money = held.spent + steps.iter().map(|it| it.amount).sum::<Money>() - own;
        steps.push(BridgeStep {
            kind: BridgeKind::OtherPatients,
            name: String::new(),
            amount: -left,
        });
        others.insert((BridgeKind::Restricted, String::new()), found.restricted);
        steps.extend(others.into_iter().map(|((kind, name), amount)| BridgeStep {
            kind,
            name,
            amount,
        }));
        steps.retain(|it| !it.amount.is_zero());
        let end = held.spent + steps.iter().map(|it| it.amount).sum::<Money>();
        must_equal("the bridge from the budget", found.amount, end)?;
        Ok(Some(BudgetBridge {
            directorate: line.directorate.clone(),
            budget: held.budget,
            spent: held.spent,
            steps,
            cost: found.amount,
        }))
    }
}

impl Run {
    /// What the cost centres of each budget holder spent in the period, by holder; nothing where the
    /// model does not say whose cost centres are whose.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if a table or the model cannot be read.
    pub fn spent_by_holder(&self) -> Result<BTreeMap<String, Money>, ResultsError> {
        let rules = self.rules()?;
        let quantum = reading::all_rows::<QuantumLine>(self)?;
        let holders: BTreeMap<String, &str> = quantum
            .into_iter()
            .filter_map(|it| Some((it.ledger_line, rules.budget_holder(&it.cost_centre)?)))
            .collect();
        let mut spent: BTreeMap<String, Money> = BTreeMap::new();
        for it in reading::all_rows::<CostLineSource>(self)? {
            if let Some(holder) = holders.get(&it.ledger_line) {
                *spent.entry((*holder).to_owned()).or_default() += it.amount;
            }
        }
        Ok(spent)
    }
}

fn holds_any(rules: &YearRules, directorate: &str) -> bool {
    rules.budget_holders.iter().any(|it| it.directorate == directorate)
}

/// What the cost centres of one directorate were given and spent.
struct Held {
    centres: BTreeMap<String, String>,
    lines: BTreeSet<String>,
    budget: Option<Money>,
    spent: Money,
    support: Money,
}

impl Held {
    fn read(run: &Run, directorate: &str) -> Result<Self, ResultsError> {
        let rules = run.rules()?;
        let is_held = |centre: &str| rules.budget_holder(centre) == Some(directorate);
        let quantum = reading::all_rows::<QuantumLine>(run)?;
        let centres: BTreeMap<String, String> =
            quantum.into_iter().map(|it| (it.ledger_line, it.cost_centre)).collect();
        let lines: BTreeSet<String> =
            centres.iter().filter(|it| is_held(it.1)).map(|it| it.0.clone()).collect();
        let (mut spent, mut support) = (Money::ZERO, Money::ZERO);
        for it in reading::all_rows::<CostLineSource>(run)? {
            if lines.contains(&it.ledger_line) {
                spent += it.amount;
                if is_support(rules, &it.cost_line) {
                    support += it.amount;
                }
            }
        }
        let parts = reading::all_rows::<BudgetPart>(run)?;
        let is_cost = |it: &BudgetPart| it.outcome == COST || !it.cost_line.is_empty();
        let given = parts.iter().filter(|it| is_cost(it) && is_held(&it.cost_centre));
        let budget = given.map(|it| it.amount).reduce(|sum, it| sum + it);
        Ok(Self { centres, lines, budget, spent, support })
    }

    /// What the directorate spent that is no patient's: support, and each residual.
    fn steps(&self, run: &Run) -> Result<Vec<BridgeStep>, ResultsError> {
        let support =
            BridgeStep { kind: BridgeKind::Support, name: String::new(), amount: -self.support };
        let mut residuals: BTreeMap<String, Money> = BTreeMap::new();
        for it in reading::all_rows::<ResidualSource>(run)? {
            let is_own = it.support_group == DIRECT || it.support_group.is_empty();
            let is_later = it.residual == OUTSIDE;
            if is_own && !is_later && self.lines.contains(&it.ledger_line) {
                *residuals.entry(it.residual).or_default() += it.amount;
            }
        }
        let named = run.residuals()?;
        let words = |residual: &str| {
            let known = named.iter().find(|it| it.residual == residual);
            let words = known.and_then(|it| it.words.split(':').next());
            words.unwrap_or(residual).to_owned()
        };
        let step = |(residual, amount): (String, Money)| BridgeStep {
            kind: BridgeKind::NoPatient,
            name: words(&residual),
            amount: -amount,
        };
        Ok(std::iter::once(support).chain(residuals.into_iter().map(step)).collect())
    }

    fn holder_of<'a>(&self, rules: &'a YearRules, ledger_line: &str) -> Option<&'a str> {
        self.centres.get(ledger_line).and_then(|it| rules.budget_holder(it))
    }
}

/// The outcome of lines that are cost of the period.
const COST: &str = "COST";

/// Money outside the period is in no cost line.
const OUTSIDE: &str = "OUTSIDE_PERIOD";

/// Whether a cost line is shared over others before patients.
fn is_support(rules: &YearRules, cost_line: &str) -> bool {
    let is = |it: &rules::year::CostLine| !it.is_final() && it.class != Class::Reconciliation;
    rules.cost_lines.get(cost_line).is_some_and(is)
}
