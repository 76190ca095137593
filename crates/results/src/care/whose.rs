//! Whose patients care was for: what that of private patients, visitors from overseas and others
//! who are not own patients cost and earned.

use std::collections::{BTreeMap, BTreeSet};

use domain::Money;
use tables::run::CostedEvent;

use crate::group::PatientGroup;
use crate::{ResultsError, Run, reading};

/// Categories of own patients: blank where the feed states none.
const OWN: [&str; 2] = ["", "OWN"];

/// Care of a patient group for patients of one category other than own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CategoryCare {
    /// Category, as the feeds state it.
    pub category: String,
    /// Events with a cost or an income.
    pub events: u64,
    /// Patients.
    pub patients: u64,
    /// Cost, absorbed cost included.
    pub cost: Money,
    /// Income of the events at unit price.
    pub at_unit_price: Money,
    /// Income of the events as recognised.
    pub recognised: Money,
}

impl CategoryCare {
    /// Income less cost.
    pub fn result(&self) -> Money {
        self.recognised - self.cost
    }
}

impl Run {
    /// Care of a group by category, in the order of their codes, without own patients. Legally
    /// restricted care is not told apart.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if a table cannot be read.
    pub fn care_of_others(&self, group: &PatientGroup) -> Result<Vec<CategoryCare>, ResultsError> {
        let mut found: BTreeMap<String, (CategoryCare, BTreeSet<String>)> = BTreeMap::new();
        for reader in reading::readers(self, "events")? {
            for rows in reader.groups() {
                for event in reader.rows::<CostedEvent>(rows)? {
                    let is_own = OWN.contains(&event.category.as_str());
                    let cost = event.own + event.absorbed;
                    // As in the care of service lines: an event without cost and income is none.
                    let is_none = cost.is_zero() && event.income_recognised.is_zero();
                    if is_own || is_none || !group.holds(&event) {
                        continue;
                    }
                    let (care, patients) = found.entry(event.category).or_default();
                    care.events += 1;
                    care.cost += cost;
                    care.at_unit_price += event.income_at_unit_price;
                    care.recognised += event.income_recognised;
                    patients.insert(event.patient);
                }
            }
        }
        let made = |(category, (care, patients)): (String, (CategoryCare, BTreeSet<String>))| {
            CategoryCare { category, patients: patients.len() as u64, ..care }
        };
        Ok(found.into_iter().map(made).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::miniature::{miniature, money};

    fn event(number: i64, category: &str, (cost, income): (&str, &str)) -> CostedEvent {
        CostedEvent {
            event_number: number,
            patient: format!("p{}", number % 2),
            event: format!("e{number}"),
            service_line: "SURGERY".to_owned(),
            pod: "EL".to_owned(),
            category: category.to_owned(),
            own: money(cost),
            absorbed: money("1"),
            income_at_unit_price: money("100"),
            income_recognised: money(income),
            ..CostedEvent::default()
        }
    }

    #[test]
    fn others_than_own_patients_are_added_up_by_category() {
        let mut made = miniature();
        let mut events = vec![
            event(1, "OWN", ("50", "40")),
            event(2, "PRIVATE", ("99", "125")),
            event(3, "", ("50", "40")),
            event(4, "PRIVATE", ("199", "125")),
            event(5, "OVERSEAS", ("9", "0")),
        ];
        // Nothing of it was costed or paid.
        events.push(CostedEvent { absorbed: money("0"), ..event(6, "PRIVATE", ("0", "0")) });
        events.push(CostedEvent {
            service_line: "MEDICINE".to_owned(),
            ..event(7, "PRIVATE", ("5", "5"))
        });
        made.table("events.parquet", &events);
        made.finish();
        let told: Vec<String> = made
            .open()
            .care_of_others(&PatientGroup::of_line("SURGERY"))
            .expect("reads")
            .into_iter()
            .map(|it| {
                let (category, result) = (it.category.clone(), it.result());
                format!("{category} {} {} {} {result}", it.events, it.patients, it.cost)
            })
            .collect();
        // Two private events of one patient: 100 and 200, paid 250.
        let wanted = ["OVERSEAS 1 1 £10.000000 -£10.000000", "PRIVATE 2 1 £300.000000 -£50.000000"];
        assert_eq!(told, wanted);
    }
}
