//! What people read first: service line statements, residuals and match rates.

use std::collections::{BTreeMap, BTreeSet};

use domain::Money;
use rules::YearRules;
use rules::year::{CountUnit, StatementKind};
use serde::Serialize;
use tables::run::{FeedCount, MatchCount, ResidualSource, StatementLine, UnitCost};

use crate::explain::Named;
use crate::explain::names::Names;
use crate::output::{as_decimal, as_optional_decimal};
use crate::words::about;
use crate::{ResultsError, Run, kept, reading};

/// The statement of one service line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// Service line.
    pub service_line: Named,
    /// Its rows in order.
    pub rows: Vec<StatementRow>,
    /// The last subtotal, surplus or deficit, in words: `spent £1.2m more than it earned`.
    pub in_words: String,
}

/// One row of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatementRow {
    /// Code.
    pub row: String,
    /// Name.
    pub name: String,
    /// Amount; income and costs positive, results signed.
    #[serde(serialize_with = "as_decimal")]
    pub amount: Money,
    /// Of which non-recurrent or technical.
    #[serde(serialize_with = "as_decimal")]
    pub non_recurrent: Money,
    /// Whether it adds up other rows; the last such row is the surplus or deficit.
    pub subtotal: bool,
}

/// Money that reached no own patient, under one name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Residual {
    /// Name of the residual.
    pub residual: String,
    /// Reason, cost object, session kind or item.
    pub reason: String,
    /// Both in words.
    pub words: String,
    /// Amount.
    #[serde(serialize_with = "as_decimal")]
    pub amount: Money,
}

/// How many rows of a feed found their event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MatchRate {
    /// Feed, with its name.
    pub feed: Named,
    /// Rows that were to be matched.
    pub rows: i64,
    /// Rows with an event.
    pub matched: i64,
    /// Percent with two decimals, rounded down so that only all is 100; none without rows.
    pub percent: Option<String>,
    /// Rows by the rule that decided or the reason why none did, over all months.
    pub by_rule: BTreeMap<String, i64>,
}

/// What one of an activity costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OneCosts {
    /// Resource.
    pub resource: Named,
    /// Activity.
    pub activity: Named,
    /// `minute`, or `one` where the activity is counted by number.
    pub per: &'static str,
    /// Without what was absorbed; none without activity.
    #[serde(serialize_with = "as_optional_decimal")]
    pub own: Option<Money>,
    /// With it.
    #[serde(serialize_with = "as_optional_decimal")]
    pub with_absorbed: Option<Money>,
}

impl Run {
    /// What one of each activity costs, by resource and activity.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if the table or the model cannot be read.
    pub fn unit_costs(&self) -> Result<Vec<OneCosts>, ResultsError> {
        let rules = self.rules()?;
        let names = Names(rules);
        let one = |it: UnitCost| OneCosts {
            resource: names.resource(&it.resource),
            activity: names.activity(&it.activity),
            per: match rules.activities.get(&it.activity).map(|it| it.count_unit) {
                Some(CountUnit::Minutes) => "minute",
                _ => "one",
            },
            own: it.unit_own,
            with_absorbed: it.unit_with_absorbed,
        };
        Ok(reading::all_rows::<UnitCost>(self)?.into_iter().map(one).collect())
    }

    /// Statements of all service lines, in code order.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if the table or the model cannot be read.
    pub fn statements(&self) -> Result<Vec<Statement>, ResultsError> {
        let rules = self.rules()?;
        let mut lines: BTreeMap<String, Vec<StatementLine>> = BTreeMap::new();
        for line in reading::all_rows::<StatementLine>(self)? {
            lines.entry(line.service_line.clone()).or_default().push(line);
        }
        let named = |code: String| {
            let name = rules.service_lines.get(&code).map_or(String::new(), |it| it.name.clone());
            Named { code, name }
        };
        Ok(lines.into_iter().map(|(code, it)| statement(rules, named(code), it)).collect())
    }

    /// Residuals by name and reason, in order.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if the table cannot be read.
    pub fn residuals(&self) -> Result<Vec<Residual>, ResultsError> {
        let mut sums: BTreeMap<(String, String), Money> = BTreeMap::new();
        for reader in reading::readers(self, "residuals")? {
            for group in reader.groups() {
                for row in reader.rows::<ResidualSource>(group)? {
                    *sums.entry((row.residual, row.reason)).or_default() += row.amount;
                }
            }
        }
        let rules = self.rules()?;
        let residual = |((residual, reason), amount): ((String, String), Money)| Residual {
            words: residual_words(rules, &residual, &reason),
            residual,
            reason,
            amount,
        };
        Ok(sums.into_iter().map(residual).collect())
    }

    /// Match rates by feed, in order; feeds without rows to match are left out.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if a table or the model cannot be read.
    pub fn match_rates(&self) -> Result<Vec<MatchRate>, ResultsError> {
        kept::once(&self.kept.match_rates, || self.read_match_rates())
    }

    fn read_match_rates(&self) -> Result<Vec<MatchRate>, ResultsError> {
        let rules = self.rules()?;
        let mut by_rule: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
        for count in reading::all_rows::<MatchCount>(self)? {
            *by_rule.entry(count.feed).or_default().entry(count.rule).or_default() += count.rows;
        }
        let mut rates = Vec::new();
        for count in reading::all_rows::<FeedCount>(self)? {
            let rows = count.matched + count.unmatched;
            if rows == 0 {
                continue;
            }
            let name = rules.feeds.get(&count.feed).map_or(String::new(), |it| it.name.clone());
            rates.push(MatchRate {
                by_rule: by_rule.remove(&count.feed).unwrap_or_default(),
                feed: Named { code: count.feed, name },
                rows,
                matched: count.matched,
                percent: percent(count.matched, rows),
            });
        }
        Ok(rates)
    }
}

impl Statement {
    /// The statement without what is non-recurrent or technical, such as an impairment.
    #[must_use]
    pub fn recurrent(self) -> Self {
        let row = |it: StatementRow| StatementRow {
            amount: it.amount - it.non_recurrent,
            non_recurrent: Money::ZERO,
            ..it
        };
        let rows: Vec<StatementRow> = self.rows.into_iter().map(row).collect();
        Self::of(self.service_line, rows)
    }

    /// The last subtotal, surplus or deficit; nothing without one.
    pub fn result(&self) -> Money {
        self.rows.iter().rfind(|it| it.subtotal).map_or(Money::ZERO, |it| it.amount)
    }

    /// A statement whose last subtotal is its surplus or deficit; what stands below that is there
    /// for information.
    pub(crate) fn of(service_line: Named, rows: Vec<StatementRow>) -> Self {
        let in_words = match rows.iter().rfind(|it| it.subtotal) {
            Some(result) => in_words(result.amount),
            None => "has a statement without a subtotal, hence neither surplus nor deficit".into(),
        };
        Self { service_line, rows, in_words }
    }
}

fn statement(rules: &YearRules, service_line: Named, mut lines: Vec<StatementLine>) -> Statement {
    lines.sort_by_key(|it| it.order);
    let subtotals: BTreeSet<&str> = rules
        .statement
        .iter()
        .filter(|it| matches!(it.kind, StatementKind::Subtotal(_)))
        .map(|it| it.row.as_str())
        .collect();
    let row = |it: StatementLine| StatementRow {
        subtotal: subtotals.contains(it.row.as_str()),
        row: it.row,
        name: it.name,
        amount: it.amount,
        non_recurrent: it.non_recurrent,
    };
    Statement::of(service_line, lines.into_iter().map(row).collect())
}

/// A result as a sentence's end, without jargon: who spends more than they earn can say so.
pub fn in_words(result: Money) -> String {
    match result.micro_pounds() {
        0 => "earned exactly what it spent".to_owned(),
        1.. => format!("earned {} more than it spent", about(result)),
        _ => format!("spent {} more than it earned", about(result)),
    }
}

/// What a residual is, for those who do not know its code.
fn residual_words(rules: &YearRules, residual: &str, reason: &str) -> String {
    let what = match residual {
        "OUTSIDE_PERIOD" => "outside the period",
        "UNMAPPED" => "not mapped by any rule",
        "RECONCILIATION_ITEM" => "between the accounts and the cost of care",
        "NO_DRIVER" => "nothing to share it by",
        "UNMATCHED" => "activity for which no event was found",
        "UNUSED_SESSION_TIME" => "planned sessions that were not used",
        "TRACED_VARIANCE" => "ledger less costs traced to patients",
        "NOT_OWN_PATIENT" => "not the care of own patients",
        other => other,
    };
    let why = match reason {
        "NO_IDENTITY" => "the row names no patient and no event",
        "UNKNOWN_PATIENT" => "the patient has no event",
        "NO_EVENT_IN_WINDOW" => "no event of the patient fits",
        "PRIVATE" => "private patients",
        "OVERSEAS" => "overseas patients",
        other => {
            let object = rules.cost_objects.get(other).map(|it| it.name.as_str());
            let kind = rules.session_kinds.get(other).map(|it| it.name.as_str());
            object.or(kind).unwrap_or(other)
        }
    };
    if why.is_empty() { what.to_owned() } else { format!("{what}: {why}") }
}

/// Hundredths of a percent, rounded down; none if there is nothing to divide by.
pub(crate) fn percent(part: i64, whole: i64) -> Option<String> {
    let hundredths = i128::from(part) * 10_000 / i128::from(whole).max(1);
    (whole > 0).then(|| format!("{}.{:02}", hundredths / 100, hundredths % 100))
}
