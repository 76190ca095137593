//! Slots that are proposed for a further meeting of a review and wait for answers, and how feasible
//! owners find what they agreed, where it cannot be done with what there is.

use crate::table::Table;

const SLOTS: &str = include_str!("../data/meeting_slots.csv");
const ASKED: &str = include_str!("../data/slots_asked.csv");
const VIEWS: &str = include_str!("../data/feasibility.csv");

/// A slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemonstrationSlot {
    /// The service line of the review.
    pub unit: String,
    /// The day, in days from today.
    pub in_days: i32,
    /// When it begins.
    pub begins_at: String,
    /// How long it is, in minutes.
    pub minutes: i64,
}

/// Somebody who is asked when they can come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemonstrationAsked {
    /// The service line of the review.
    pub unit: String,
    /// The part of their email address before the `@`.
    pub person: String,
    /// Code of the role in which they would be there.
    pub role: String,
    /// The same part of the address of whom they stand in for; blank for nobody.
    pub deputy_for: String,
    /// Words of what they answered, slot by slot; nothing where they have not.
    pub answers: Vec<String>,
    /// What they would say if they cannot come.
    pub words: String,
}

/// How feasible an owner finds an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemonstrationView {
    /// What was agreed.
    pub what: String,
    /// The part of the owner's email address before the `@`.
    pub owner: String,
    /// Code of the level.
    pub level: String,
    /// What it needs.
    pub because: String,
}

/// All slots.
pub fn meeting_slots() -> Vec<DemonstrationSlot> {
    let table = Table::read(SLOTS);
    let slot = |it: crate::table::Line<'_>| DemonstrationSlot {
        unit: it.text("unit").to_owned(),
        in_days: i32::try_from(it.number("in_days")).expect("embedded days are few"),
        begins_at: it.text("begins_at").to_owned(),
        minutes: it.number("minutes"),
    };
    table.lines().map(slot).collect()
}

/// Everybody who is asked when they can come.
pub fn slots_asked() -> Vec<DemonstrationAsked> {
    let table = Table::read(ASKED);
    let asked = |it: crate::table::Line<'_>| {
        let text = |column: &str| it.text(column).to_owned();
        DemonstrationAsked {
            unit: text("unit"),
            person: text("person"),
            role: text("role"),
            deputy_for: text("deputy_for"),
            answers: it.list("answers").map(str::to_owned).collect(),
            words: text("words"),
        }
    };
    table.lines().map(asked).collect()
}

/// Views of owners that are worth telling; all others find what they own feasible as it is.
pub fn feasibility() -> Vec<DemonstrationView> {
    let table = Table::read(VIEWS);
    let view = |it: crate::table::Line<'_>| {
        let text = |column: &str| it.text(column).to_owned();
        DemonstrationView {
            what: text("what"),
            owner: text("owner"),
            level: text("level"),
            because: text("because"),
        }
    };
    table.lines().map(view).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{actions, staff};

    #[test]
    fn slots_of_one_review_wait_for_people_of_the_trust_and_views_are_of_owners() {
        let (slots, asked) = (meeting_slots(), slots_asked());
        let is_somebody = |name: &str| staff().iter().any(|it| it.login() == name);
        assert!(slots.iter().all(|it| it.unit == "DERM") && slots.len() == 3);
        for it in &asked {
            assert!(is_somebody(&it.person), "{it:?}");
            let of = asked.iter().find(|of| of.person == it.deputy_for);
            assert!(it.deputy_for.is_empty() || of.is_some_and(|of| of.deputy_for.is_empty()));
            assert!([0, slots.len()].contains(&it.answers.len()), "{it:?}");
        }
        assert!(asked.iter().any(|it| it.answers.is_empty()), "somebody has still to answer");
        for it in feasibility() {
            let action = actions().into_iter().find(|of| of.what == it.what);
            let action = action.unwrap_or_else(|| panic!("nobody agreed on {}", it.what));
            assert!(action.owners.contains(&it.owner), "{it:?}");
        }
    }
}
