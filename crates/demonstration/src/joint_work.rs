//! What people of the demonstration trust have agreed to do, and what came of it: what the hip
//! replacement review agreed is done but for two actions, one other action is late, one benefit was
//! verified by both leads, one shows in the published costings, and one saving was caught by its paired
//! measure.

use crate::table::Table;

const ACTIONS: &str = include_str!("../data/joint_actions.csv");
const UPDATES: &str = include_str!("../data/action_updates.csv");
const BENEFITS: &str = include_str!("../data/benefits.csv");

/// Hip replacements of the year for which sizes and benefits of hips are told: another trust has so
/// much more or less of them as it has hips.
pub const HIPS: i64 = 412;

/// An action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemonstrationAction {
    /// Unit whose work it is.
    pub unit: String,
    /// What will be done.
    pub what: String,
    /// Who owns it: the parts of their email addresses before the `@`.
    pub owners: Vec<String>,
    /// Whether it is joint work.
    pub joint: bool,
    /// Whether a review agreed on it.
    pub in_review: bool,
    /// How much it may bring, in whole units from low to high, and of what; none where nobody can say.
    pub size: Option<(i64, i64, String)>,
    /// Whether its size is of [`HIPS`].
    pub of_hips: bool,
    /// Word of how much work it is.
    pub effort: String,
    /// Word of what comes first.
    pub priority: String,
    /// How one sees that it worked.
    pub measure: String,
    /// How it could affect quality.
    pub quality: String,
    /// When it began, as [`crate::day_of`] reads it.
    pub begun: String,
    /// When it was to be done, likewise.
    pub due: String,
}

/// What was said of an action in the list of actions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemonstrationUpdate {
    /// Unit of the action.
    pub unit: String,
    /// The action.
    pub what: String,
    /// Who said it.
    pub by: String,
    /// When, as [`crate::day_of`] reads it.
    pub on: String,
    /// Its word.
    pub says: String,
    /// Why.
    pub because: String,
    /// Another day by which it is to be done, likewise; blank for none.
    pub due: String,
}

/// A benefit; numbers as they are typed, blank where there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemonstrationBenefit {
    cells: std::collections::BTreeMap<String, String>,
    /// What was reached by month, where no costing tells it.
    pub months: Vec<(String, i64)>,
}

impl DemonstrationBenefit {
    /// A cell of its row; blank for none.
    pub fn text(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    /// Whether a cell says yes.
    pub fn is(&self, column: &str) -> bool {
        self.text(column) == "yes"
    }
}

/// All actions.
pub fn actions() -> Vec<DemonstrationAction> {
    let table = Table::read(ACTIONS);
    let rows = table.lines().map(|it| {
        let text = |column: &str| it.text(column).to_owned();
        let is = |column: &str| it.text(column) == "yes";
        let has_size = !it.text("low").is_empty();
        DemonstrationAction {
            unit: text("unit"),
            what: text("what"),
            owners: it.list("owners").map(str::to_owned).collect(),
            joint: is("joint"),
            in_review: is("in_review"),
            size: has_size.then(|| (it.number("low"), it.number("high"), text("size_unit"))),
            of_hips: is("of_hips"),
            effort: text("effort"),
            priority: text("priority"),
            measure: text("measure"),
            quality: text("quality"),
            begun: text("begun"),
            due: text("due"),
        }
    });
    rows.collect()
}

/// All that was said of them in the list of actions, the earliest of each first.
pub fn updates() -> Vec<DemonstrationUpdate> {
    let table = Table::read(UPDATES);
    let rows = table.lines().map(|it| {
        let text = |column: &str| it.text(column).to_owned();
        DemonstrationUpdate {
            unit: text("unit"),
            what: text("what"),
            by: text("by"),
            on: text("on"),
            says: text("says"),
            because: text("because"),
            due: text("due"),
        }
    });
    rows.collect()
}

/// All benefits.
pub fn benefits() -> Vec<DemonstrationBenefit> {
    let table = Table::read(BENEFITS);
    let rows = table.lines().map(|it| {
        let cell = |name: &String| (name.clone(), it.text(name).to_owned());
        let months = it.pairs("months").into_iter().map(|it| (it.0.to_owned(), it.1));
        DemonstrationBenefit {
            cells: table.header().iter().map(cell).collect(),
            months: months.collect(),
        }
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::Day;

    use super::*;
    use crate::{day_of, staff};

    fn today() -> Day {
        "2026-11-30".parse().expect("a day")
    }

    /// When an action is due after all that was said of it, and whether it is done.
    fn stands(it: &DemonstrationAction) -> (Day, bool) {
        let said: Vec<DemonstrationUpdate> =
            updates().into_iter().filter(|of| of.unit == it.unit && of.what == it.what).collect();
        let due = said.iter().rev().find(|it| !it.due.is_empty()).map_or(&it.due, |it| &it.due);
        (day_of(due, today()), said.last().is_some_and(|it| it.says == "done"))
    }

    #[test]
    fn each_action_stands_once_of_people_of_the_trust_and_one_joint_action_is_late() {
        let is_somebody = |name: &str| staff().iter().any(|it| it.login() == name);
        let all = actions();
        assert!(all.iter().flat_map(|it| &it.owners).all(|it| is_somebody(it)));
        let named: BTreeSet<(&str, &str)> =
            all.iter().map(|it| (it.unit.as_str(), it.what.as_str())).collect();
        assert_eq!(named.len(), all.len());
        for it in updates() {
            assert!(is_somebody(&it.by) && named.contains(&(&*it.unit, &*it.what)), "{it:?}");
        }
        let is_late = |it: &&DemonstrationAction| {
            let (due, is_done) = stands(it);
            it.joint && due < today() && !is_done
        };
        let late: Vec<&str> = all.iter().filter(is_late).map(|it| it.what.as_str()).collect();
        assert_eq!(late, ["Discharge by criteria, seven days a week"]);
    }

    #[test]
    fn each_benefit_came_of_an_action_that_was_done_before_it() {
        let all = actions();
        let benefits = benefits();
        assert_eq!(benefits.len(), 3);
        for it in &benefits {
            let is_it = |of: &&DemonstrationAction| of.what == it.text("action");
            let action = all.iter().find(is_it).expect("an action");
            assert!(action.in_review && action.unit == it.text("unit"), "{it:?}");
            assert!(action.begun.as_str() < it.text("from"), "{it:?}");
            assert!(stands(action).1, "{} is done", action.what);
        }
    }

    #[test]
    fn benefits_are_of_people_of_the_trust_and_their_parts_add_up() {
        let is_somebody = |name: &str| staff().iter().any(|it| it.login() == name);
        let benefits = benefits();
        for it in &benefits {
            assert!(is_somebody(it.text("owner")), "{it:?}");
            assert!(!it.text("pair_measure").is_empty() && !it.text("limit").is_empty());
            assert!(!it.is("cash") || !it.text("evidence").is_empty());
            assert!(it.months.is_empty() || it.text("months_source").contains("by hand"), "{it:?}");
        }
        // £96,408 = £82,400 + £14,008: nothing of it is held.
        let number =
            |at: usize, column: &str| benefits[at].text(column).parse::<i64>().expect("whole");
        assert_eq!(
            number(0, "claimed"),
            number(0, "finance_accepts") + number(0, "finance_refuses")
        );
        // 2,884 days before and 2,472 since are 412 fewer: one for each hip.
        assert_eq!(number(1, "before") - number(1, "after"), HIPS);
        assert_eq!(number(1, "claimed"), HIPS);
        assert_eq!(benefits[1].months.len(), 6);
    }
}
