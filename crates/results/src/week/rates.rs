//! What one event cost on average in a run: of its group at its point of delivery, else of the
//! point of delivery.

use std::collections::BTreeMap;

use domain::Money;

use crate::care::CareBook;

/// Events and cost.
type Sum = (u64, Money);

/// Mean costs of a run.
#[derive(Default)]
pub(super) struct Rates {
    groups: BTreeMap<(String, String, String), Sum>,
    pods: BTreeMap<(String, String), Sum>,
}

impl Rates {
    pub(super) fn of(book: &CareBook) -> Self {
        let mut rates = Self::default();
        for (line, care) in &book.lines {
            for (currency, cell) in &care.cells {
                let (pod, cost) = (currency.pod.clone(), cell.cost());
                let group = (line.clone(), pod.clone(), currency.hrg.clone());
                for sum in [
                    rates.groups.entry(group).or_default(),
                    rates.pods.entry((line.clone(), pod)).or_default(),
                ] {
                    sum.0 += cell.events;
                    sum.1 += cost;
                }
            }
        }
        rates
    }

    /// The mean, half up to the micro-pound; none where the run had no such care.
    pub(super) fn of_one(&self, line: &str, pod: &str, hrg: &str) -> Option<Money> {
        let group = self.groups.get(&(line.to_owned(), pod.to_owned(), hrg.to_owned()));
        let pods = || self.pods.get(&(line.to_owned(), pod.to_owned()));
        let (events, cost) = group.filter(|it| it.0 > 0).or_else(pods).filter(|it| it.0 > 0)?;
        let (events, cost) = (i128::from(*events), i128::from(cost.micro_pounds()));
        let mean = (2 * cost + events).div_euclid(2 * events);
        Some(Money::from_micro_pounds(i64::try_from(mean).ok()?))
    }
}
