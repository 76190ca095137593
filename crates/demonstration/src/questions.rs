//! What people of the demonstration trust have asked about its figures: one question that is
//! answered, one that is late, and one that waits. None tells what its costs do not.

use crate::table::Table;

const FILE: &str = include_str!("../data/figure_questions.csv");

/// Somebody's question about a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemonstrationQuestion {
    /// Service line or ward.
    pub unit: String,
    /// Address of the page.
    pub page: String,
    /// Code of the figure on it.
    pub figure: String,
    /// Who asked: the part of their email address before the `@`.
    pub asked_by: String,
    /// How long ago, in days.
    pub asked_days_ago: i64,
    /// The question.
    pub words: String,
    /// Who is to answer, as `asked_by`.
    pub owner: String,
    /// When it was answered, in days before today, and the answer; none while it waits.
    pub answer: Option<(i64, String)>,
}

/// All that was asked, the earliest first.
pub fn questions() -> Vec<DemonstrationQuestion> {
    let table = Table::read(FILE);
    let rows = table.lines().map(|it| {
        let text = |column: &str| it.text(column).to_owned();
        let is_answered = !it.text("answer").is_empty();
        DemonstrationQuestion {
            unit: text("unit"),
            page: text("page"),
            figure: text("figure"),
            asked_by: text("asked_by"),
            asked_days_ago: it.number("asked_days_ago"),
            words: text("words"),
            owner: text("owner"),
            answer: is_answered.then(|| (it.number("answered_days_ago"), text("answer"))),
        }
    });
    let mut all: Vec<_> = rows.collect();
    all.sort_by_key(|it| std::cmp::Reverse(it.asked_days_ago));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staff;

    #[test]
    fn questions_are_of_people_of_the_trust_and_one_is_answered() {
        let all = questions();
        let is_somebody = |name: &str| staff().iter().any(|it| it.login() == name);
        for it in &all {
            assert!(is_somebody(&it.asked_by) && is_somebody(&it.owner), "{it:?}");
            assert_ne!(it.asked_by, it.owner);
            assert!(it.answer.as_ref().is_none_or(|answer| answer.0 < it.asked_days_ago));
            assert!(it.page.contains(&it.unit) && !it.words.is_empty());
        }
        assert_eq!(all.iter().filter(|it| it.answer.is_some()).count(), 1);
        assert_eq!(all.len(), 3);
    }
}
