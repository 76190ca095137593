//! Wards: their staffed beds and what was used of them, what the ward cost and of what, and who lay
//! there.
//!
//! - [`Run::wards`]: beds and cost, from the tables of a run.
//! - [`Run::ward_flow`]: patients, by month and where they went, from the dataset that the run was
//!   made of.
//!
//! A ward is asked for by the code with which its locations begin, such as `W10` for `W10A`. Its
//! cost is what is pooled for the activity of lying there: its nurses with what supports them.
//! Doctors, medicines and tests follow the patients and are not in it. Empty beds are: they are
//! costed with those in use. What is temporary and what is long is data (`data/wards.toml`).

mod flow;
mod place;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use domain::Money;
use domain::provenance::DIRECT;
use rules::YearRules;
use serde::Deserialize;
use tables::run::{BedUse, PoolSource};

use crate::explain::Named;
use crate::explain::names::Names;
use crate::{ResultsError, Run, reading};
pub use flow::{Lain, WardAsked, WardFlow, WardMonth};
pub(crate) use place::place_of;

/// The words that come with the program.
const OWN: &str = include_str!("../../data/wards.toml");

/// Seconds of a night: 24 hours of one bed.
pub const NIGHT_S: i64 = 86_400;

/// What is told of wards.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WardRules {
    temporary: Vec<String>,
    temporary_source: String,
    long_days: i64,
    long_source: String,
    next_ward_hours: i64,
    next_ward_source: String,
    fewest: u64,
    fewest_source: String,
}

impl WardRules {
    pub(crate) fn own() -> &'static Self {
        static OWN_RULES: OnceLock<WardRules> = OnceLock::new();
        OWN_RULES.get_or_init(|| toml::from_str(OWN).expect("the program's own file is right"))
    }
}

/// A stay on a ward is long from so many whole days on.
pub fn long_days() -> i64 {
    WardRules::own().long_days
}

/// So few stays are too few for a mean.
pub fn fewest() -> u64 {
    WardRules::own().fewest
}

/// What is counted how, in sentences.
pub fn definitions() -> Vec<String> {
    let own = WardRules::own();
    vec![
        "A night is 24 hours of one bed. Each hour of a patient counts on one ward, the last that they came to.".to_owned(),
        "The cost of a ward is that of its nurses with their share of buildings, meals, cleaning and overheads. Doctors, medicines and tests follow the patients and are not in it; beds that are staffed and empty are.".to_owned(),
        format!("Temporary: {}.", own.temporary_source),
        format!("Long: {} days and more on the ward. {}.", own.long_days, own.long_source),
        format!("Another ward: within {} hours. {}.", own.next_ward_hours, own.next_ward_source),
        format!("No mean of fewer than {} stays. {}.", own.fewest, own.fewest_source),
    ]
}

/// Beds and cost of one ward in the year to date of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ward {
    /// Code with which its locations begin.
    pub code: String,
    /// Activity of lying there.
    pub activity: Named,
    /// Staffed beds × 10²; 0 where the model states none.
    pub beds_e2: i64,
    /// Staffed bed-time.
    pub available_s: i64,
    /// Counted time of patients.
    pub used_s: i64,
    /// What the ward cost.
    pub cost: Money,
    /// Of that, what was spent on its own staff and supplies; none where a staff pool is too small
    /// to be shown apart.
    pub own: Option<OwnCosts>,
}

/// What was spent on a ward's own staff and supplies: sums over its cost lines, of which one may be
/// the pay of one person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OwnCosts {
    /// Pay of permanent staff, with their additional sessions.
    pub permanent_pay: Money,
    /// Pay of temporary staff.
    pub temporary_pay: Money,
    /// What is not pay.
    pub other: Money,
}

impl Ward {
    /// The part of its cost that is its share of what supports it; none where it is not told.
    pub fn support(&self) -> Option<Money> {
        let own = self.own?;
        Some(self.cost - own.permanent_pay - own.temporary_pay - own.other)
    }

    /// Pay of temporary staff, and all pay of the ward; none where it is not told or nothing.
    pub fn temporary(&self) -> Option<(Money, Money)> {
        let own = self.own?;
        let pay = own.permanent_pay + own.temporary_pay;
        (pay > Money::ZERO).then_some((own.temporary_pay, pay))
    }

    /// What a night in use cost, half away from zero; none where no bed was used.
    pub fn cost_of_night(&self) -> Option<Money> {
        per_night(self.cost, self.used_s)
    }
}

/// An amount for each night of a time; half away from zero.
pub fn per_night(amount: Money, seconds: i64) -> Option<Money> {
    let (time, whole) = (i128::from(seconds), i128::from(amount.micro_pounds()));
    if time <= 0 {
        return None;
    }
    let each = (2 * whole.abs() * i128::from(NIGHT_S) + time) / (2 * time) * whole.signum();
    i64::try_from(each).ok().map(Money::from_micro_pounds)
}

impl Run {
    /// Beds and cost of wards, by the code that each is asked for; one that the model does not know
    /// is not among them.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if a table or the model cannot be read.
    pub fn wards(&self, codes: &[String]) -> Result<BTreeMap<String, Ward>, ResultsError> {
        let rules = self.rules()?;
        let mut found: BTreeMap<String, Ward> = BTreeMap::new();
        for code in codes {
            if let Some(activity) = place::activity_of(rules, code) {
                let activity = Names(rules).activity(activity);
                let ward = Ward { code: code.clone(), activity, ..Ward::default() };
                found.insert(code.clone(), ward);
            }
        }
        for row in reading::all_rows::<BedUse>(self)? {
            let activity = place::activity_of(rules, &row.location);
            for ward in found.values_mut().filter(|it| Some(it.activity.code.as_str()) == activity)
            {
                ward.beds_e2 += row.beds_e2;
                ward.available_s += row.available_s;
                ward.used_s += row.used_s;
            }
        }
        self.add_costs(rules, &mut found)?;
        Ok(found)
    }

    fn add_costs(
        &self,
        rules: &YearRules,
        wards: &mut BTreeMap<String, Ward>,
    ) -> Result<(), ResultsError> {
        let mut lines: BTreeMap<String, BTreeMap<String, Money>> = BTreeMap::new();
        for reader in reading::readers(self, "pools")? {
            let wanted =
                |_: &str, activity: &str| wards.values().any(|it| it.activity.code == activity);
            let rows = reader.rows_with_texts::<PoolSource>(["resource", "activity"], &wanted)?;
            for row in rows {
                for ward in wards.values_mut().filter(|it| it.activity.code == row.activity) {
                    ward.cost += row.amount;
                    if row.support_group == DIRECT {
                        let of_ward = lines.entry(ward.code.clone()).or_default();
                        *of_ward.entry(row.cost_line.clone()).or_default() += row.amount;
                    }
                }
            }
        }
        for (code, lines) in lines {
            if let Some(ward) = wards.get_mut(&code) {
                ward.own = told(rules, &lines);
            }
        }
        Ok(())
    }
}

/// Cost lines as they may be told: as sums, and not at all where one is of a staff pool with so few
/// people that pools were put together, or should have been, or of one that is not known.
fn told(rules: &YearRules, lines: &BTreeMap<String, Money>) -> Option<OwnCosts> {
    let minimum = rules.settings.staff_pool_minimum_people;
    let mut own = OwnCosts::default();
    for (code, amount) in lines {
        let line = rules.cost_lines.get(code)?;
        let resource = rules.resources.get(&line.resource)?;
        if resource.staff_pool && resource.people < minimum {
            return None;
        }
        let sum = match line.pay_type.as_str() {
            "" => &mut own.other,
            it if WardRules::own().temporary.iter().any(|own| own == it) => &mut own.temporary_pay,
            _ => &mut own.permanent_pay,
        };
        *sum += *amount;
    }
    Some(own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::miniature::miniature;

    fn money(text: &str) -> Money {
        text.parse().expect("an amount")
    }

    #[test]
    fn the_cost_of_a_night_is_rounded_away_from_zero() {
        // 100 over a day and a half: 66.666667 a night.
        assert_eq!(per_night(money("100"), 129_600), Some(money("66.666667")));
        assert_eq!(per_night(money("-100"), 129_600), Some(money("-66.666667")));
        assert_eq!(per_night(money("100"), 0), None);
    }

    #[test]
    fn temporary_staff_are_part_of_pay_and_support_is_the_rest() {
        let own =
            OwnCosts { permanent_pay: money("70"), temporary_pay: money("30"), other: money("10") };
        let ward = Ward { cost: money("150"), own: Some(own), ..Ward::default() };
        // 30 of 100 of pay; 150 less 110 is support.
        assert_eq!(ward.temporary(), Some((money("30"), money("100"))));
        assert_eq!(ward.support(), Some(money("40")));
        let untold = Ward { own: None, ..ward };
        assert_eq!((untold.temporary(), untold.support()), (None, None));
    }

    #[test]
    fn own_costs_are_told_as_sums_and_not_of_few_people_or_unknown_lines() {
        let runs = miniature();
        let run = runs.open();
        let mut rules = run.rules().expect("the model reads").clone();
        let nurses = rules.cost_lines["NURSES"].clone();
        for (code, pay_type) in [("MANAGER", "substantive"), ("AGENCY", "agency"), ("STORES", "")] {
            let line = rules::year::CostLine { pay_type: pay_type.to_owned(), ..nurses.clone() };
            rules.cost_lines.insert(code.to_owned(), line);
        }
        let lines = [("NURSES", "60"), ("MANAGER", "10"), ("AGENCY", "30"), ("STORES", "5")];
        let mut lines: BTreeMap<String, Money> =
            lines.map(|(code, amount)| (code.to_owned(), money(amount))).into();
        let own =
            OwnCosts { permanent_pay: money("70"), temporary_pay: money("30"), other: money("5") };
        assert_eq!(told(&rules, &lines), Some(own));
        // The miniature asks for five people in a staff pool.
        let pool = rules.resources.get_mut("X/NURSES").expect("its nurses");
        (pool.staff_pool, pool.people) = (true, 4);
        assert_eq!(told(&rules, &lines), None);
        rules.resources.get_mut("X/NURSES").expect("its nurses").people = 5;
        assert_eq!(told(&rules, &lines), Some(own));
        lines.insert("NOWHERE".to_owned(), money("1"));
        assert_eq!(told(&rules, &lines), None);
    }
}
