//! How joint working of the demonstration trust spreads: a plan with one day that is past, champions
//! of whom two are missing, a team, what the directors speak of, ratings from outside, a round, and a
//! step of the trust's own.

use crate::table::Table;

const FILE: &str = include_str!("../data/joint_working.csv");

/// One thing that is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemonstrationSpread {
    /// What it is: `plan`, `champion`, `contact`, `team`, `dialogue`, `sponsors`, `moderated`, `round`, `local`.
    pub kind: String,
    /// The unit; several of a round, with spaces; blank for the trust.
    pub unit: String,
    /// Who it is of, or who recorded it: the part of their email address before the `@`; blank for a
    /// vacant place.
    pub who: String,
    /// The second person, how often champions meet, or how a step is rated.
    pub other: String,
    /// Kind of champion, step, or category.
    pub code: String,
    /// Days: until the planned or due day, or since it took place.
    pub days: Option<i32>,
    /// What is said.
    pub words: String,
    /// What else is said.
    pub more: String,
}

/// Everything that is recorded, in order.
pub fn joint_working() -> Vec<DemonstrationSpread> {
    let table = Table::read(FILE);
    let rows = table.lines().map(|it| {
        let text = |column: &str| it.text(column).to_owned();
        let days = it.text("days");
        DemonstrationSpread {
            kind: text("kind"),
            unit: text("unit"),
            who: text("who"),
            other: text("other"),
            code: text("code"),
            days: (!days.is_empty()).then(|| days.parse().expect("embedded numbers are whole")),
            words: text("words"),
            more: text("more"),
        }
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staff;

    #[test]
    fn there_is_one_late_plan_two_vacant_places_and_everybody_works_here() {
        let all = joint_working();
        let count =
            |wanted: fn(&DemonstrationSpread) -> bool| all.iter().filter(|it| wanted(it)).count();
        assert_eq!(count(|it| it.kind == "plan" && it.days < Some(0)), 1);
        assert_eq!(count(|it| it.kind == "champion" && it.who.is_empty()), 2);
        assert_eq!(count(|it| it.kind == "dialogue"), 3);
        assert_eq!(count(|it| ["team", "round", "local"].contains(&it.kind.as_str())), 3);
        let everybody = staff();
        for it in all.iter().filter(|it| !it.who.is_empty()) {
            let begins = format!("{}@", it.who);
            assert!(everybody.iter().any(|it| it.email.starts_with(&begins)), "{}", it.who);
        }
    }
}
