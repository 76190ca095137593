//! A service line beside an earlier run of it, such as last year's: row by row, and per event.

use domain::{Money, share::div_floor};
use serde::Serialize;
use tables::manifest::RunManifest;
use tables::run::CostedEvent;

use crate::explain::Named;
use crate::output::{as_decimal, as_optional_decimal};
use crate::statements::Statement;
use crate::{ResultsError, Run, reading};

/// A service line in two runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Against {
    /// Service line.
    pub service_line: Named,
    /// What the earlier run costs: year and last period.
    pub before: Side,
    /// The same of this run.
    pub after: Side,
    /// Rows of this run's statement, then those that only the earlier one has.
    pub rows: Vec<RowAgainst>,
}

/// One of the two runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// Id of the run.
    pub run: String,
    /// Financial year.
    pub year: String,
    /// Last period, 1 for April.
    pub last_period: u8,
    /// Events of own patients that bear a cost.
    pub events: i64,
    /// Cost of these events.
    #[serde(serialize_with = "as_decimal")]
    pub cost: Money,
    /// Cost of one event, half up to the micro-pound.
    #[serde(serialize_with = "as_optional_decimal")]
    pub per_event: Option<Money>,
}

/// One row of the statement in both runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowAgainst {
    /// Code.
    pub row: String,
    /// Name.
    pub name: String,
    /// In the earlier run; none if it has no such row.
    #[serde(serialize_with = "as_optional_decimal")]
    pub before: Option<Money>,
    /// In this run; none if it has no such row.
    #[serde(serialize_with = "as_optional_decimal")]
    pub after: Option<Money>,
    /// After less before; a missing row counts as nothing.
    #[serde(serialize_with = "as_decimal")]
    pub difference: Money,
}

impl Run {
    /// A service line of this run beside the same one of an earlier run; both as stored, or without
    /// what is non-recurrent.
    ///
    /// # Errors
    ///
    /// [`ResultsError::NotBefore`] unless the other run is of the same organisation and of an
    /// earlier period; [`ResultsError::NoSuchFigure`] if either has no such service line.
    pub fn against(
        &self,
        earlier: &Self,
        code: &str,
        recurrent: bool,
    ) -> Result<Against, ResultsError> {
        must_be_before(earlier, self)?;
        let (before, after) = (statement(earlier, code)?, statement(self, code)?);
        let (before, after) =
            if recurrent { (before.recurrent(), after.recurrent()) } else { (before, after) };
        Ok(Against {
            before: side(earlier, code)?,
            after: side(self, code)?,
            rows: rows(&before, &after),
            service_line: after.service_line,
        })
    }
}

/// Refuses a run that is not of the same organisation and of an earlier period.
pub(crate) fn must_be_before(earlier: &Run, later: &Run) -> Result<(), ResultsError> {
    let (one, two) = (earlier.manifest(), later.manifest());
    let is_before = (&one.year, one.last_period) < (&two.year, two.last_period);
    if one.organisation == two.organisation && is_before {
        return Ok(());
    }
    let words =
        |it: &RunManifest| format!("{}, {} to period {}", it.organisation, it.year, it.last_period);
    Err(ResultsError::NotBefore { earlier: words(one), later: words(two) })
}

fn statement(run: &Run, code: &str) -> Result<Statement, ResultsError> {
    let statements = run.statements()?;
    let known = statements.iter().map(|it| it.service_line.code.clone()).collect();
    let found = statements.into_iter().find(|it| it.service_line.code == code);
    found.ok_or_else(|| ResultsError::NoSuchFigure {
        what: "service line",
        asked: format!("{code} in run {}", run.id()),
        known,
    })
}

fn rows(before: &Statement, after: &Statement) -> Vec<RowAgainst> {
    let amount =
        |of: &Statement, row: &str| of.rows.iter().find(|it| it.row == row).map(|it| it.amount);
    let gone = before.rows.iter().filter(|it| amount(after, &it.row).is_none());
    let all = after.rows.iter().chain(gone);
    let row = |it: &crate::statements::StatementRow| {
        let (before, after) = (amount(before, &it.row), amount(after, &it.row));
        RowAgainst {
            row: it.row.clone(),
            name: it.name.clone(),
            before,
            after,
            difference: after.unwrap_or_default() - before.unwrap_or_default(),
        }
    };
    all.map(row).collect()
}

fn side(run: &Run, code: &str) -> Result<Side, ResultsError> {
    let (mut events, mut cost) = (0_i64, Money::ZERO);
    for table in ["events", "restricted_events"] {
        for reader in reading::readers(run, table)? {
            for event in reader.rows_with_text::<CostedEvent>("service_line", code)? {
                let amount = event.own + event.absorbed;
                let own = matches!(event.category.as_str(), "" | "OWN");
                if own && !amount.is_zero() {
                    events += 1;
                    cost += amount;
                }
            }
        }
    }
    let manifest = run.manifest();
    Ok(Side {
        run: manifest.id.clone(),
        year: manifest.year.clone(),
        last_period: manifest.last_period,
        events,
        cost,
        per_event: half_up(cost, events),
    })
}

/// Half up: ⌊(2a + b) / 2b⌋.
fn half_up(cost: Money, events: i64) -> Option<Money> {
    let (cost, events) = (i128::from(cost.micro_pounds()), i128::from(events));
    let one = (events > 0).then(|| div_floor(2 * cost + events, 2 * events))?;
    i64::try_from(one).ok().map(Money::from_micro_pounds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cost_of_one_is_rounded_half_up() {
        // 1 µ£ over two is half a micro-pound, which goes up; -1 µ£ over two goes up to nothing.
        let one = |micro, events| half_up(Money::from_micro_pounds(micro), events);
        assert_eq!(one(1, 2), Some(Money::from_micro_pounds(1)));
        assert_eq!(one(-1, 2), Some(Money::ZERO));
        assert_eq!(one(10, 3), Some(Money::from_micro_pounds(3)));
        assert_eq!(one(10, 0), None);
    }
}
