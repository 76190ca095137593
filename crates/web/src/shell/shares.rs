//! How large each unit is beside the trust, from the published costing: what its patients cost, what
//! it manages of the expenditure, and how many of the events are its.
//!
//! A share that the run cannot tell is none, and never a guess.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{Capability, View};
use domain::Money;
use engagement::Proposal;
use engagement::level::NotExempt;
use engagement::words::Words;
use results::Run;
use results::care::{Care, LineCare};
use rules::YearRules;
use store::assessing::very_small::{Part, SmallUnit};
use store::units::Unit;

use super::assessing::Gathered;
use super::fault::Fault;
use super::kept::Kept;
use super::shelf::reading;
use super::visit::Visit;
use super::{care, words};
use crate::App;

/// Runs whose sizes are kept at most.
const RUNS: usize = 20;

static READ: Kept<String, Sizes> = Kept::new(RUNS);

/// Whether somebody may see exact costs of a unit; of the whole trust where none is named.
pub fn sees(visit: &Visit, unit: Option<&str>) -> bool {
    let Ok(scope) = visit.scope(Capability::AggregateCosts) else { return false };
    let found = unit.map_or_else(|| scope.of_trust(), |it| scope.of_unit(it));
    found.is_some_and(|it| it.view == View::Exact)
}

/// What the level engine makes of very small specialties; sums of shares only for those who may see
/// them.
pub fn exemption(visit: &Visit, gathered: &Gathered, proposal: &Proposal) -> Vec<String> {
    let is_figure = |it: &NotExempt| matches!(it, NotExempt::Cost(_) | NotExempt::Activity(_));
    let tells = proposal.exemption.faults.iter().any(is_figure);
    if tells && !sees(visit, None) {
        return vec!["Not left out: together they are not below the limit.".to_owned()];
    }
    Words::new(&gathered.framework, proposal).exemption()
}

/// Sizes of a run.
#[derive(Clone, Debug, Default)]
pub struct Sizes {
    /// Id of the run.
    pub run: String,
    /// What it covers: `2025/26 to the end of March`.
    pub period: String,
    /// Cost in micro-pounds and events, by service line.
    lines: BTreeMap<String, (i64, i64)>,
    /// Expenditure in micro-pounds by who manages it.
    spent: BTreeMap<String, i64>,
    /// Directorate of each service line that is the only one of it.
    alone: BTreeMap<String, String>,
}

/// Sizes of the published run that pages show; none where nothing is published.
///
/// # Errors
///
/// [`Fault::Broken`] if it cannot be read.
pub async fn published(app: &App) -> Result<Option<Arc<Sizes>>, Fault> {
    let app = app.clone();
    reading(move || {
        let Some(run) = app.shelf().latest(false)? else { return Ok(None) };
        Ok(Some(READ.of(run.manifest_sha256().to_owned(), || Sizes::of(&run))?))
    })
    .await
}

impl Sizes {
    fn of(run: &Run) -> Result<Self, Fault> {
        let book = care::book(run)?;
        let manifest = run.manifest();
        let until = results::since::month(manifest.last_period.min(12)); // number: months of a year
        let spent = run.spent_by_holder()?;
        Ok(Self {
            run: run.id().to_owned(),
            period: format!("{} to the end of {until}", words::year(&manifest.year)),
            lines: book.lines.iter().map(|it| (it.0.clone(), size(it.1))).collect(),
            spent: spent.iter().map(|it| (it.0.clone(), it.1.micro_pounds())).collect(),
            alone: alone(run.rules()?),
        })
    }

    /// A unit with its shares.
    pub fn small(&self, unit: &Unit) -> SmallUnit {
        let code = unit.code.as_str();
        let managed = [code, &unit.name].into_iter().find_map(|it| self.spent.get(it));
        let line = self.lines.get(code).copied();
        // What manages expenditure and treats nobody, such as pathology, is no cost object.
        let line = line.or_else(|| managed.map(|_| (0, 0)));
        let managed = managed.or_else(|| self.spent.get(self.alone.get(code)?));
        let of = |part: Option<i64>, whole: i64| part.map(|part| Part { part, whole });
        SmallUnit {
            unit: unit.code.clone(),
            cost: of(line.map(|it| it.0), self.lines.values().map(|it| it.0).sum()),
            expenditure: of(managed.copied(), self.spent.values().sum()),
            activity: of(line.map(|it| it.1), self.lines.values().map(|it| it.1).sum()),
        }
    }
}

/// Cost and events of a service line, legally restricted care among them.
fn size(line: &LineCare) -> (i64, i64) {
    let all = || line.cells.values().chain(std::iter::once(&line.apart));
    let cost: Money = all().map(Care::cost).sum();
    let events: u64 = all().map(|it| it.events).sum();
    (cost.micro_pounds(), i64::try_from(events).unwrap_or(i64::MAX))
}

/// Service lines that are the only one of their directorate: what it spends is theirs to manage.
fn alone(rules: &YearRules) -> BTreeMap<String, String> {
    let count = |directorate: &str| {
        rules.service_lines.values().filter(|it| it.directorate == directorate).count()
    };
    let all = rules.service_lines.iter();
    all.filter(|it| count(&it.1.directorate) == 1)
        .map(|it| (it.0.clone(), it.1.directorate.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use domain::Day;
    use store::UnitCode;
    use store::units::UnitKind;

    use super::*;
    use crate::shell::costed::trust;

    fn unit(code: &str, name: &str) -> Unit {
        Unit {
            code: UnitCode::new(code),
            name: name.to_owned(),
            kind: UnitKind::ServiceLine,
            parent: None,
            from: Day::from_civil(2024, 4, 1),
            until: None,
        }
    }

    #[test]
    fn shares_are_those_of_the_run_and_what_it_cannot_tell_is_none() {
        let run = trust().open();
        let sizes = Sizes::of(&run).expect("it reads");
        let bridge = |code: &str| run.budget_bridge(code).expect("it adds up").expect("held");
        let codes = run.rules().expect("the model reads").service_lines.keys();
        let whole: i64 = codes.map(|it| bridge(it).cost.micro_pounds()).sum();
        // Pain management is one of several service lines of its directorate.
        let pain = sizes.small(&unit("PAIN", "Pain management"));
        let cost = bridge("PAIN").cost.micro_pounds();
        assert_eq!(pain.cost, Some(Part { part: cost, whole }));
        assert_eq!(pain.expenditure, None, "nobody can tell its part of the directorate");
        // Cancer is the only one of its own.
        let cancer = sizes.small(&unit("CANC", "Cancer and haematology"));
        let spent = cancer.expenditure.expect("it is told");
        assert_eq!(spent.part, bridge("CANC").spent.micro_pounds());
        assert!(spent.part > 0 && spent.part < spent.whole);
        // A budget holder that treats nobody is a part of expenditure alone.
        let holder = sizes.small(&unit("X", "Surgery"));
        assert_eq!(holder.cost, Some(Part { part: 0, whole }));
        let surgery = bridge("SURG").spent.micro_pounds();
        assert_eq!(holder.expenditure.map(|it| it.part), Some(surgery));
        let nobody = sizes.small(&unit("Y", "Nowhere"));
        assert_eq!((nobody.cost, nobody.expenditure, nobody.activity), (None, None, None));
        let all: i64 = sizes.lines.values().map(|it| it.1).sum();
        assert_eq!(pain.activity.map(|it| it.whole), Some(all));
    }
}
