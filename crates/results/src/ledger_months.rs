//! The ledger month by month: what was spent on each account, and accounts in which the months turn.
//!
//! An account whose first month is a credit while its last month is the largest of all looks like an
//! estimate at the end of one year, its reversal at the start of the next, and another estimate. Such
//! a turn moves cost between years and says nothing of what was used. Accounts of small staff pools
//! stay joined, so that nobody's pay can be read.

use std::collections::BTreeMap;

use domain::Money;
use tables::run::QuantumLine;

use crate::explain::Named;
use crate::{ResultsError, Run, reading};

/// What was spent on one account in each month of the year to date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountMonths {
    /// Account, with its name.
    pub account: Named,
    /// Cost of each month, April first; none is nothing spent.
    pub months: Vec<Money>,
}

/// First and last month of an account that look like a reversal and an estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The first month: of the other sign than the year to date.
    pub first: Money,
    /// The last month: the largest of all.
    pub last: Money,
    /// Mean of all months before the last, half away from zero.
    pub mean_before: Money,
    /// How many times that mean the last month is, in tenths; none where the mean is nothing or of
    /// the other sign.
    pub times_e1: Option<i64>,
}

/// Months without which first and last say nothing of each other.
const FEWEST: usize = 3;

impl AccountMonths {
    /// The year to date.
    pub fn total(&self) -> Money {
        self.months.iter().copied().sum()
    }

    /// First and last month, if they look like a reversal and an estimate.
    pub fn turn(&self) -> Option<Turn> {
        let (last, before) = self.months.split_last()?;
        let first = *before.first().filter(|_| self.months.len() >= FEWEST)?;
        let total = self.total();
        let is_credit = first.is_negative() != total.is_negative() && !first.is_zero();
        let is_largest = before.iter().all(|it| it.abs() < last.abs());
        if total.is_zero() || !is_credit || !is_largest || last.is_negative() != total.is_negative()
        {
            return None;
        }
        let sum: Money = before.iter().copied().sum();
        let count = i64::try_from(before.len()).ok()?;
        Some(Turn {
            first,
            last: *last,
            mean_before: part(sum, count),
            times_e1: times(*last, sum, count),
        })
    }
}

/// One part of an amount, half away from zero.
fn part(amount: Money, count: i64) -> Money {
    let micro = amount.micro_pounds();
    Money::from_micro_pounds((micro + micro.signum() * (count / 2)) / count)
}

/// An amount in tenths of a mean, half up.
fn times(amount: Money, sum: Money, count: i64) -> Option<i64> {
    let (amount, sum) = (i128::from(amount.micro_pounds()), i128::from(sum.micro_pounds()));
    if sum == 0 || (sum < 0) != (amount < 0) {
        return None;
    }
    let (amount, sum) = (amount.abs() * i128::from(count) * 10, sum.abs());
    i64::try_from((2 * amount + sum) / (2 * sum)).ok()
}

impl Run {
    /// What was spent on each account of the ledger in each month of the year to date, in the order
    /// of accounts. Income that is netted from cost is not in it.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if the ledger of the run cannot be read.
    pub fn months_by_account(&self) -> Result<Vec<AccountMonths>, ResultsError> {
        let manifest = self.manifest();
        let months = usize::from(manifest.last_period);
        let lines = self.merged_pools()?.quantum(reading::all_rows::<QuantumLine>(self)?);
        let mut accounts: BTreeMap<String, AccountMonths> = BTreeMap::new();
        for line in lines {
            let is_cost = line.outcome == "COST" && line.treatment.is_empty();
            let period = usize::try_from(line.period).unwrap_or_default();
            if !is_cost || line.year != manifest.year || !(1..=months).contains(&period) {
                continue;
            }
            let account = accounts.entry(line.account.clone()).or_insert_with(|| AccountMonths {
                account: Named { code: line.account, name: line.account_name },
                months: vec![Money::ZERO; months],
            });
            account.months[period - 1] += line.amount;
        }
        Ok(accounts.into_values().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(pounds: &[i64]) -> Option<Turn> {
        let months = pounds.iter().map(|it| Money::from_pounds(*it)).collect();
        AccountMonths { account: Named::default(), months }.turn()
    }

    #[test]
    fn a_credit_first_and_the_largest_last_is_a_turn() {
        // Before the last: −30 + 50 + 40 = 60, over three is 20; 90 is four and a half times that.
        let found = turn(&[-30, 50, 40, 90]).expect("a turn");
        let pounds = Money::from_pounds;
        assert_eq!((found.first, found.last), (pounds(-30), pounds(90)));
        assert_eq!((found.mean_before, found.times_e1), (pounds(20), Some(45)));
        // An account of credits turns the other way.
        let mirrored = turn(&[30, -50, -40, -90]).expect("a turn");
        assert_eq!((mirrored.mean_before, mirrored.times_e1), (pounds(-20), Some(45)));
        // −50 + 30 + 10 is less than nothing, so there is no mean to set the last beside.
        assert_eq!(turn(&[-50, 30, 10, 90]).expect("a turn").times_e1, None);
    }

    #[test]
    fn anything_else_is_none() {
        for pounds in [
            // Read backwards: the largest first, and the credit last.
            &[90, 40, 50, -30][..],
            // No credit, or nothing, in the first month.
            &[30, 50, 40, 90],
            &[0, 50, 40, 90],
            // The last is not the largest, or as large as another.
            &[-30, 50, 40, 49],
            &[-30, 90, 40, 90],
            // The credit is larger than the last month.
            &[-95, 50, 40, 90],
            // Too few months, or nothing at all.
            &[-30, 90],
            &[-30, 0, 30],
            &[],
        ] {
            assert_eq!(turn(pounds), None, "{pounds:?}");
        }
    }
}
