//! What people of the demonstration trust follow up: a difference that is explained by both sides and
//! one that waits, and two ideas, one taken up and one not. None tells what its costs do not.

use std::collections::BTreeMap;

use crate::table::{Line, Table};

const DIFFERENCES: &str = include_str!("../data/differences.csv");
const IDEAS: &str = include_str!("../data/ideas.csv");

/// Something of a table, by column; people by the part of their email address before the `@`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    cells: BTreeMap<String, String>,
}

impl Followed {
    fn of(header: &[String], line: Line<'_>) -> Self {
        Self { cells: header.iter().map(|it| (it.clone(), line.text(it).to_owned())).collect() }
    }

    /// A cell of its row; blank for none.
    pub fn text(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    /// A cell in whole days; 0 where it is none.
    pub fn days(&self, column: &str) -> i32 {
        self.text(column).parse().unwrap_or(0)
    }
}

/// Questions of a difference by their words, as they begin columns.
pub const QUESTIONS: [&str; 3] = ["different", "why", "what_next"];

/// All rows of a table.
pub(crate) fn read(text: &str) -> Vec<Followed> {
    let table = Table::read(text);
    table.lines().map(|it| Followed::of(table.header(), it)).collect()
}

/// All differences.
pub fn differences() -> Vec<Followed> {
    read(DIFFERENCES)
}

/// All ideas.
pub fn ideas() -> Vec<Followed> {
    read(IDEAS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{actions, staff};

    #[test]
    fn what_is_followed_up_is_of_people_of_the_trust_and_leads_to_actions_that_there_are() {
        let is_somebody =
            |name: &str| name.is_empty() || staff().iter().any(|it| it.login() == name);
        let is_action = |what: &str| what.is_empty() || actions().iter().any(|it| it.what == what);
        let all: Vec<Followed> = differences().into_iter().chain(ideas()).collect();
        for it in &all {
            for (column, cell) in &it.cells {
                if column.ends_with("_by") {
                    assert!(is_somebody(cell), "{column}: {cell}");
                }
            }
            assert!(is_action(it.text("action")), "{it:?}");
        }
        let explained = |it: &Followed| {
            QUESTIONS.iter().all(|question| !it.text(&format!("{question}_agreed_by")).is_empty())
        };
        assert_eq!(differences().iter().filter(|it| explained(it)).count(), 1);
        let acts: Vec<String> = ideas().iter().map(|it| it.text("act").to_owned()).collect();
        assert_eq!(acts, ["taken_up", "not_taken_up"]);
        for it in ideas() {
            assert!(it.days("put_days_ago") > it.days("looked_days_ago"), "{it:?}");
            assert!(it.days("looked_days_ago") > it.days("acted_days_ago"), "{it:?}");
        }
    }
}
