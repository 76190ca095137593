//! What people of the demonstration trust have agreed to do, and what came of it: one action is late,
//! one benefit was verified by both leads, and one saving was caught by its paired measure.

use crate::table::{Line, Table};

const ACTIONS: &str = include_str!("../data/joint_actions.csv");
const BENEFITS: &str = include_str!("../data/benefits.csv");

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
    /// How much it may bring, in whole units from low to high, and of what; none where nobody can say.
    pub size: Option<(i64, i64, String)>,
    /// Word of how much work it is.
    pub effort: String,
    /// Word of what comes first.
    pub priority: String,
    /// How one sees that it worked.
    pub measure: String,
    /// How it could affect quality.
    pub quality: String,
    /// When it began, in days before today.
    pub begun_days_ago: i32,
    /// When it is due, in days from today; below zero where it was due before.
    pub due_in_days: i32,
    /// What was said of it last: the word, how many days ago, and why.
    pub update: (String, i64, String),
}

/// A benefit; numbers as they are typed, blank where there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemonstrationBenefit {
    cells: std::collections::BTreeMap<String, String>,
    /// What was reached by month.
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
    let days = |it: Line<'_>, column: &str| {
        i32::try_from(it.number(column)).expect("embedded days are few")
    };
    let table = Table::read(ACTIONS);
    let rows = table.lines().map(|it| {
        let text = |column: &str| it.text(column).to_owned();
        let has_size = !it.text("low").is_empty();
        DemonstrationAction {
            unit: text("unit"),
            what: text("what"),
            owners: it.list("owners").map(str::to_owned).collect(),
            joint: it.text("joint") == "yes",
            size: has_size.then(|| (it.number("low"), it.number("high"), text("size_unit"))),
            effort: text("effort"),
            priority: text("priority"),
            measure: text("measure"),
            quality: text("quality"),
            begun_days_ago: days(it, "begun_days_ago"),
            due_in_days: days(it, "due_in_days"),
            update: (text("says"), it.number("said_days_ago"), text("because")),
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
    use super::*;
    use crate::staff;

    #[test]
    fn actions_and_benefits_are_of_people_of_the_trust_and_one_joint_action_is_late() {
        let is_somebody = |name: &str| staff().iter().any(|it| it.login() == name);
        let all = actions();
        assert!(all.iter().flat_map(|it| &it.owners).all(|it| is_somebody(it)));
        let is_late =
            |it: &&DemonstrationAction| it.joint && it.due_in_days < 0 && it.update.0 != "done";
        assert_eq!(all.iter().filter(is_late).count(), 1);
        let benefits = benefits();
        assert_eq!(benefits.len(), 3);
        for it in &benefits {
            assert!(is_somebody(it.text("owner")), "{it:?}");
            assert!(!it.text("pair_measure").is_empty() && !it.text("limit").is_empty());
            assert!(!it.is("cash") || !it.text("evidence").is_empty());
        }
        // £96,408 = £82,400 + £14,008: nothing of it is held.
        let hip = &benefits[0];
        let pounds = |column: &str| hip.text(column).parse::<i64>().expect("whole pounds");
        assert_eq!(pounds("claimed"), pounds("finance_accepts") + pounds("finance_refuses"));
        assert_eq!(benefits[1].months.len(), 6);
    }
}
