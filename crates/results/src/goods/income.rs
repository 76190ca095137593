//! Income that pays for goods at what they cost, beside what they cost.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use domain::Money;
use tables::dataset::IncomeLine;

use super::GoodsRules;
use crate::reading::TableReader;
use crate::{ResultsError, Run};

/// Income that pays for goods at what they cost, and what was found of their cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PaidAtCost {
    /// Such income, as recognised.
    pub paid: Money,
    /// Of it, what pays for goods that are found with the same event under the same code, as many
    /// as are paid for.
    pub paid_for_found: Money,
    /// What these cost.
    pub cost_of_found: Money,
    /// Of it, what is paid for another number of goods than is found with the same event.
    pub paid_for_uneven: Money,
    /// What these cost.
    pub cost_of_uneven: Money,
    /// Of it, what is paid for events whose rows cannot all be told.
    pub paid_for_untold: Money,
    /// What goods cost that are paid so elsewhere, and here with no such income.
    pub cost_without_income: Money,
}

impl PaidAtCost {
    /// Income for events with which no such goods are found.
    pub fn not_found(&self) -> Money {
        self.paid - self.paid_for_found - self.paid_for_uneven - self.paid_for_untold
    }

    /// What the goods that are found were paid above what they cost.
    pub fn above_cost(&self) -> Money {
        self.paid_for_found - self.cost_of_found
    }
}

/// Amounts by event and code, with how many records they are of; a return takes one away.
pub(super) type ByEvent = BTreeMap<(String, String), (Money, i64)>;

/// What of the goods of events can be told.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// What goods cost by event and code.
    pub(super) costs: ByEvent,
    /// Events with a traced cost whose rows cannot be told.
    pub(super) untold: BTreeSet<String>,
}

/// Such income of the events, and of the service line where it belongs to no event. None where
/// there is no such income.
pub(super) fn paid_at_cost(
    (run, dataset): (&Run, &Path),
    (events, line): (&BTreeMap<String, BTreeMap<String, i64>>, Option<&str>),
    told: &Told,
) -> Result<Option<PaidAtCost>, ResultsError> {
    let path = dataset.join("income.parquet");
    if !path.exists() {
        return Ok(None);
    }
    let rules = run.rules()?;
    let line_of = |specialty: &str| rules.specialties.get(specialty).map(|it| &*it.service_line);
    let mut income = Income::default();
    let reader = TableReader::open(&path)?;
    for group in reader.groups() {
        for it in reader.rows::<IncomeLine>(group)? {
            if !GoodsRules::own().paid_at_cost.contains(&it.kind)
                || !is_in_period(it.period, i64::from(rules.last_period))
            {
                continue;
            }
            income.codes.insert(it.code.clone());
            match it.event.map(|it| it.to_string()) {
                Some(event) if events.contains_key(&event) => {
                    add(income.by_event.entry((event, it.code)).or_default(), it.recognised);
                }
                None if line.is_some() && line_of(&it.specialty) == line => {
                    income.loose += it.recognised;
                }
                _ => {}
            }
        }
    }
    Ok(income.beside(told))
}

/// Adds one record; a negative one takes one away.
pub(super) fn add(sum: &mut (Money, i64), amount: Money) {
    sum.0 += amount;
    sum.1 += if amount.is_negative() { -1 } else { 1 };
}

/// As patient income is taken: March with what is adjusted after it.
const fn is_in_period(period: i64, last: i64) -> bool {
    const MARCH: i64 = 12;
    period <= last || (last == MARCH && period == MARCH + 1)
}

/// Such income while it is added up.
#[derive(Default)]
struct Income {
    codes: BTreeSet<String>,
    by_event: ByEvent,
    loose: Money,
}

impl Income {
    fn beside(&self, told: &Told) -> Option<PaidAtCost> {
        let mut found = PaidAtCost { paid: self.loose, ..PaidAtCost::default() };
        for (key, (paid, lines)) in &self.by_event {
            found.paid += *paid;
            if let Some((cost, rows)) = told.costs.get(key) {
                let (of_paid, of_cost) = if lines == rows {
                    (&mut found.paid_for_found, &mut found.cost_of_found)
                } else {
                    (&mut found.paid_for_uneven, &mut found.cost_of_uneven)
                };
                *of_paid += *paid;
                *of_cost += *cost;
            } else if told.untold.contains(&key.0) {
                found.paid_for_untold += *paid;
            }
        }
        let without = told
            .costs
            .iter()
            .filter(|it| self.codes.contains(&it.0.1) && !self.by_event.contains_key(it.0));
        found.cost_without_income = without.map(|it| it.1.0).sum();
        (found != PaidAtCost::default()).then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amounts(all: &[(&str, &str, i64)]) -> ByEvent {
        let mut found = ByEvent::new();
        for (event, code, pounds) in all {
            let key = ((*event).to_owned(), (*code).to_owned());
            add(found.entry(key).or_default(), Money::from_pounds(*pounds));
        }
        found
    }

    #[test]
    fn income_stands_beside_the_cost_of_the_same_goods_of_the_same_event() {
        let income = Income {
            codes: ["A", "B"].map(str::to_owned).into(),
            by_event: amounts(&[("e1", "A", 100), ("e2", "A", 40), ("e3", "B", 7), ("e5", "A", 3)]),
            loose: Money::from_pounds(5),
        };
        // e2 was given B and not A; C is nowhere paid so; what e5 was given is not told.
        let costs = amounts(&[("e1", "A", 100), ("e2", "B", 30), ("e3", "B", 9), ("e4", "C", 50)]);
        let told = Told { costs, untold: ["e5".to_owned()].into() };
        let found = income.beside(&told).expect("there is income");
        assert_eq!((found.paid, found.paid_for_untold), (pounds(155), pounds(3)));
        assert_eq!((found.paid_for_found, found.cost_of_found), (pounds(107), pounds(109)));
        assert_eq!((found.not_found(), found.above_cost()), (pounds(45), pounds(-2)));
        assert_eq!(found.cost_without_income, pounds(30));
        assert_eq!(Income::default().beside(&Told::default()), None);
        assert_eq!(Income::default().beside(&told), None);
    }

    #[test]
    fn another_number_than_is_paid_for_is_not_set_beside() {
        let income = Income {
            codes: ["A".to_owned()].into(),
            by_event: amounts(&[("e1", "A", 100), ("e2", "A", 50), ("e2", "A", 50)]),
            loose: Money::ZERO,
        };
        // Two were given where one was paid; of two that were given and paid, one came back.
        let given = [("e1", "A", 100), ("e1", "A", 90), ("e2", "A", 50), ("e2", "A", 50)];
        let told = |rows: &[(&str, &str, i64)]| Told { costs: amounts(rows), ..Told::default() };
        let found = income.beside(&told(&given)).expect("there is income");
        assert_eq!((found.paid_for_found, found.cost_of_found), (pounds(100), pounds(100)));
        assert_eq!((found.paid_for_uneven, found.cost_of_uneven), (pounds(100), pounds(190)));
        assert_eq!(found.not_found(), Money::ZERO);
        let returned = [&given[..], &[("e2", "A", -50)]].concat();
        let found = income.beside(&told(&returned)).expect("there is income");
        assert_eq!((found.paid_for_found, found.paid_for_uneven), (pounds(0), pounds(200)));
    }

    fn pounds(amount: i64) -> Money {
        Money::from_pounds(amount)
    }

    #[test]
    fn what_is_adjusted_after_march_belongs_to_the_year() {
        assert!(is_in_period(12, 12) && is_in_period(13, 12) && is_in_period(3, 3));
        assert!(!is_in_period(4, 3) && !is_in_period(14, 12));
    }
}
