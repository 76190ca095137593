//! What the medical director of the demonstration has agreed on comparing clinicians; invented.

use domain::Day;

use crate::table::Table;

/// The record, as it lies beside the demonstration's files.
pub(crate) const FILE: &str = include_str!("../data/clinician_comparison.csv");

/// What was agreed for one service line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreedComparison {
    /// Service line.
    pub service_line: String,
    /// For what.
    pub purpose: String,
    /// How clinicians were told.
    pub note: String,
    /// When it was agreed.
    pub agreed_on: Day,
    /// When it is looked at again.
    pub review_on: Day,
}

/// Everything that was agreed.
pub fn comparisons() -> Vec<AgreedComparison> {
    let table = Table::read(FILE);
    let day = |text: &str| text.parse().expect("a test reads the days");
    let rows = table.lines().map(|it| AgreedComparison {
        service_line: it.text("service_line").to_owned(),
        purpose: it.text("purpose").to_owned(),
        note: it.text("note").to_owned(),
        agreed_on: day(it.text("agreed_on")),
        review_on: day(it.text("review_on")),
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_agreed_is_for_a_service_line_and_is_reviewed_later() {
        let all = comparisons();
        assert_eq!(all.iter().map(|it| it.service_line.as_str()).collect::<Vec<_>>(), ["TORT"]);
        assert!(all.iter().all(|it| it.agreed_on < it.review_on && !it.purpose.is_empty()));
    }
}
