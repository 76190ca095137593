//! The identities of a run, each side with the question that gives its figure from the tables.

use domain::Money;
use rules::YearRules;
use rules::year::StatementKind;
use serde::Serialize;
use tables::ledger_reports::{BY_ACCOUNT, BY_COST_CENTRE, BY_LEDGER_LINE, BY_PERIOD};
use tables::run::Identity;

use crate::output::as_decimal;
use crate::{ResultsError, Run, kept, reading};

/// One identity of the reconciliation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReconciledLine {
    /// Report.
    pub report: String,
    /// What is compared.
    pub line: String,
    /// What goes in.
    #[serde(serialize_with = "as_decimal")]
    pub input: Money,
    /// What comes out.
    #[serde(serialize_with = "as_decimal")]
    pub output: Money,
    /// Input less output.
    #[serde(serialize_with = "as_decimal")]
    pub difference: Money,
    /// Statements whose last column adds up to input and output; none where this version does not
    /// know the line.
    pub questions: Option<[String; 2]>,
}

impl Run {
    /// Every identity that must close to nothing, in order; cost centres and accounts of merged
    /// staff pools are joined.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if the table or the model cannot be read.
    pub fn reconciliation(&self) -> Result<Vec<ReconciledLine>, ResultsError> {
        kept::once(&self.kept.reconciliation, || self.read_reconciliation())
    }

    fn read_reconciliation(&self) -> Result<Vec<ReconciledLine>, ResultsError> {
        let rules = self.rules()?;
        let lines = self.merged_pools()?.identities(reading::all_rows::<Identity>(self)?);
        Ok(lines.into_iter().map(|it| reconciled(it, rules)).collect())
    }
}

fn reconciled(line: Identity, rules: &YearRules) -> ReconciledLine {
    let Identity { report, line, input, output, difference } = line;
    let questions = questions(&report, &line, rules);
    ReconciledLine { report, line, input, output, difference, questions }
}

const LEDGER: &str = "select sum(amount) from quantum";
const COST: &str = "select sum(amount) from quantum where outcome = 'COST'";
const EVENTS: &str = "select sum(own) + sum(absorbed) from events union all select sum(own) + sum(absorbed) from restricted_events";
const FINALS: &str = "select sum(amount) from final_lines";
const POOLS: &str = "select sum(amount) from pools";
/// Money that left before support: reconciliation items, and cost lines without class.
const LEFT_BEFORE: &str = "from residuals where residual = 'RECONCILIATION_ITEM' or (residual = 'UNMAPPED' and resource = '' and cost_line <> '' and reason not in (select final_line from final_lines))";
/// Final lines that became no resource: cost objects, and those without one.
const NO_RESOURCE: &str = "(residual = 'NOT_OWN_PATIENT' and resource = '') or (residual = 'UNMAPPED' and resource = '' and reason in (select final_line from final_lines))";
/// Resources that became no pool.
const NO_POOL: &str =
    "(residual = 'NO_DRIVER' and activity = '') or (residual = 'UNMAPPED' and resource <> '')";

fn questions(report: &str, line: &str, rules: &YearRules) -> Option<[String; 2]> {
    match report {
        BY_PERIOD => {
            let (year, period) = line.split_once(" period ")?;
            let period: u8 = period.parse().ok()?;
            Some(ended(&format!("q.year = '{}' and q.period = {period}", quoted(year))))
        }
        BY_COST_CENTRE => Some(ended(&format!("q.cost_centre = '{}'", quoted(line)))),
        BY_ACCOUNT => Some(ended(&format!("q.account = '{}'", quoted(line)))),
        BY_LEDGER_LINE => Some(ended(&format!("q.ledger_line = '{}'", quoted(line)))),
        other => match other.split_once(' ')?.0 {
            "1" | "2" => ledger_side(line),
            "3" => matrix(line),
            "4" => patients(line, rules),
            "5" => Some(walk()),
            _ => None,
        },
    }
}

fn ledger_side(line: &str) -> Option<[String; 2]> {
    let classed = "select sum(amount) from cost_lines where cost_line <> ''";
    let (input, output) = match line {
        "Ledger = control total" => {
            let control = "select amount from control order by period desc limit 1";
            (LEDGER.to_owned(), control.to_owned())
        }
        "Ledger = quantum + income + outside the period" => {
            let by_outcome = "select outcome, sum(amount) from quantum group by outcome";
            (LEDGER.to_owned(), by_outcome.to_owned())
        }
        "Quantum = cost lines + unmapped" => {
            (COST.to_owned(), "select sum(amount) from cost_lines".to_owned())
        }
        "Budget = cost lines + unmapped + income + outside the period" => (
            "select sum(amount) from budget".to_owned(),
            "select outcome, sum(amount) from budget_lines group by outcome".to_owned(),
        ),
        "Cost lines = classed lines" => {
            (classed.to_owned(), format!("{FINALS} union all select sum(amount) {LEFT_BEFORE}"))
        }
        "Support and final lines before = final lines after" => {
            let before = format!("{classed} union all select -sum(amount) {LEFT_BEFORE}");
            (before, FINALS.to_owned())
        }
        "Support lines are cleared" => (
            "select sum(amount) from cost_lines where cost_line in (select support_line from support_weights)".to_owned(),
            format!("{FINALS} where support_group <> 'DIRECT'"),
        ),
        _ => return None,
    };
    Some([input, output])
}

fn matrix(line: &str) -> Option<[String; 2]> {
    let residuals = "select sum(amount) from residuals where";
    let (input, output) = match line {
        "Final lines = resources + cost objects + unmapped" => (
            FINALS.to_owned(),
            format!("{POOLS} union all {residuals} {NO_POOL} union all {residuals} {NO_RESOURCE}"),
        ),
        "Resources = pools + no driver + unmapped" => (
            format!("{FINALS} union all select -sum(amount) from residuals where {NO_RESOURCE}"),
            format!("{POOLS} union all {residuals} {NO_POOL}"),
        ),
        "Pools = own + absorbed + residuals" => (
            POOLS.to_owned(),
            format!(
                "select sum(own) + sum(absorbed) from unit_costs union all {residuals} activity <> '' and ledger_line <> ''"
            ),
        ),
        _ => return None,
    };
    Some([input, output])
}

fn patients(line: &str, rules: &YearRules) -> Option<[String; 2]> {
    let (input, output) = match line {
        "Events = own + absorbed of all pools" => {
            (EVENTS, "select sum(own) + sum(absorbed) from unit_costs".to_owned())
        }
        "Ledger = own-patient events + all residuals + income" => {
            let own = "where category in ('', 'OWN')";
            let output = format!(
                "select sum(own) + sum(absorbed) from events {own} union all select sum(own) + sum(absorbed) from restricted_events {own} union all select sum(amount) from residuals union all select sum(amount) from quantum where outcome = 'INCOME'"
            );
            (LEDGER, output)
        }
        "Events = cost rows of the service lines' statements" => {
            let rows = rules.statement.iter();
            let rows = rows.filter(|it| matches!(it.kind, StatementKind::Cost(_)));
            let rows: Vec<String> = rows.map(|it| format!("'{}'", quoted(&it.row))).collect();
            let rows = rows.join(", ");
            let output = format!(
                "select row, sum(amount) from service_lines where row in ({rows}) group by row"
            );
            (EVENTS, output)
        }
        _ => return None,
    };
    Some([input.to_owned(), output])
}

/// What is left of the ledger, and what is costed, gross and netted.
fn walk() -> [String; 2] {
    let rest = format!(
        "{LEDGER} union all select -sum(amount) from quantum where outcome in ('OUTSIDE_PERIOD', 'INCOME')"
    );
    [rest, format!("{COST} and treatment = '' union all {COST} and treatment <> ''")]
}

/// What ledger lines hold, and where their parts ended.
fn ended(filter: &str) -> [String; 2] {
    [
        format!("select sum(q.amount) from quantum q where {filter}"),
        format!(
            "select sum(p.amount) from (select ledger_line, amount from pools union all select ledger_line, amount from residuals where activity = '' union all select ledger_line, amount from quantum where outcome = 'INCOME') p join quantum q on q.ledger_line = p.ledger_line where {filter}"
        ),
    ]
}

fn quoted(text: &str) -> String {
    text.replace('\'', "''")
}
