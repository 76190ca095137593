//! From the expenditure of the ledger to the care of own patients, with every residual between.

use std::collections::BTreeMap;

use domain::Money;
use domain::provenance::DIRECT;
use serde::Serialize;
use tables::run::ResidualSource;

use crate::output::as_decimal;
use crate::since::Totals;
use crate::statements::Residual;
use crate::{ResultsError, Run, kept, reading};

/// The walk of a run; its steps add up to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CostWalk {
    /// Gross operating expenses of the period.
    #[serde(serialize_with = "as_decimal")]
    pub expenses: Money,
    /// Income that is netted from cost; negative.
    #[serde(serialize_with = "as_decimal")]
    pub netted: Money,
    /// What is to be shared.
    #[serde(serialize_with = "as_decimal")]
    pub quantum: Money,
    /// What reached no own patient, by name, in order.
    pub steps: Vec<WalkStep>,
    /// The care of own patients.
    #[serde(serialize_with = "as_decimal")]
    pub own_patients: Money,
}

/// One residual of the walk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WalkStep {
    /// Name of the residual, such as `UNMATCHED`.
    pub residual: String,
    /// In words, without its reasons.
    pub words: String,
    /// Amount.
    #[serde(serialize_with = "as_decimal")]
    pub amount: Money,
    /// The same by reason.
    pub reasons: Vec<Residual>,
}

/// What one reason of a residual is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ResidualPart {
    /// Reason, cost object, session kind or item.
    pub reason: String,
    /// Kind of the cost object, such as `TEACHING`; blank if the reason is none.
    pub kind: String,
    /// What it cost itself.
    #[serde(serialize_with = "as_decimal")]
    pub direct: Money,
    /// Its share of support services.
    #[serde(serialize_with = "as_decimal")]
    pub support: Money,
}

impl ResidualPart {
    /// Both.
    pub fn amount(&self) -> Money {
        self.direct + self.support
    }
}

/// Money outside the period left before the quantum.
const OUTSIDE: &str = "OUTSIDE_PERIOD";

impl Run {
    /// The walk from expenditure to own patients.
    ///
    /// # Errors
    ///
    /// [`ResultsError::DoesNotAddUp`] if the steps miss the end by a micro-pound.
    pub fn cost_walk(&self) -> Result<CostWalk, ResultsError> {
        kept::once(&self.kept.walk, || self.read_cost_walk())
    }

    /// What a residual is made of, by reason, in order.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if the table or the model cannot be read.
    pub fn residual_parts(&self, residual: &str) -> Result<Vec<ResidualPart>, ResultsError> {
        let objects = &self.rules()?.cost_objects;
        let mut parts: BTreeMap<String, ResidualPart> = BTreeMap::new();
        for reader in reading::readers(self, "residuals")? {
            for group in reader.groups() {
                let rows = reader.rows::<ResidualSource>(group)?;
                for row in rows.into_iter().filter(|it| it.residual == residual) {
                    let kind = objects.get(&row.reason).map_or("", |it| it.kind.as_str());
                    let part = parts.entry(row.reason.clone()).or_insert_with(|| ResidualPart {
                        reason: row.reason,
                        kind: kind.to_owned(),
                        direct: Money::ZERO,
                        support: Money::ZERO,
                    });
                    let is_direct = row.support_group == DIRECT;
                    *(if is_direct { &mut part.direct } else { &mut part.support }) += row.amount;
                }
            }
        }
        Ok(parts.into_values().collect())
    }

    fn read_cost_walk(&self) -> Result<CostWalk, ResultsError> {
        let lines = self.quantum_walk()?;
        let amount = |line: &str| {
            let found = lines.iter().find(|it| it.line == line).map(|it| it.amount);
            let missing =
                || ResultsError::damaged("report_lines", &format!("there is no `{line}`"));
            found.ok_or_else(missing)
        };
        let (expenses, netted) = (amount("gross operating expenses")?, amount("income netted")?);
        let quantum = amount("quantum")?;
        let steps = steps(self.residuals()?);
        let own_patients = Totals::read(self)?.own_patients;
        let left: Money = steps.iter().map(|it| it.amount).sum();
        crate::explain::must_equal("the quantum", quantum, expenses + netted)?;
        crate::explain::must_equal("the cost of own patients", own_patients, quantum - left)?;
        Ok(CostWalk { expenses, netted, quantum, steps, own_patients })
    }
}

fn steps(residuals: Vec<Residual>) -> Vec<WalkStep> {
    let mut steps: Vec<WalkStep> = Vec::new();
    for it in residuals.into_iter().filter(|it| it.residual != OUTSIDE) {
        match steps.iter_mut().find(|step| step.residual == it.residual) {
            Some(step) => {
                step.amount += it.amount;
                step.reasons.push(it);
            }
            None => steps.push(WalkStep {
                residual: it.residual.clone(),
                words: it.words.split(':').next().unwrap_or_default().to_owned(),
                amount: it.amount,
                reasons: vec![it],
            }),
        }
    }
    steps
}
