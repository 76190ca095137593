//! Evidence that the demonstration trust begins with beside its assessments: notes as a file, and
//! scores of costing quality.

use crate::table::Table;

const QUALITY: &str = include_str!("../data/costing_quality.csv");

/// Name and text of notes that are kept as a file.
pub const NOTES: (&str, &str) =
    ("Notes of the joint review.txt", include_str!("../data/joint_review_notes.txt"));

/// A score of costing quality.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemonstrationScore {
    /// Financial years before this one.
    pub years_ago: i32,
    /// What was scored.
    pub measure: String,
    /// Tenths of a percent.
    pub score_tenths: i64,
    /// What was aimed for.
    pub target_tenths: i64,
    /// With what it was compared; blank for nothing.
    pub benchmark: String,
    /// Who judged it.
    pub assessor: String,
    /// Who recorded it: the part of their email address before the `@`.
    pub recorded_by: String,
}

/// All scores of costing quality, the earliest first.
pub fn scores_of_costing_quality() -> Vec<DemonstrationScore> {
    let table = Table::read(QUALITY);
    let rows = table.lines().map(|it| DemonstrationScore {
        years_ago: it.number("years_ago").try_into().unwrap_or_default(),
        measure: it.text("measure").to_owned(),
        score_tenths: it.number("score_tenths"),
        target_tenths: it.number("target_tenths"),
        benchmark: it.text("benchmark").to_owned(),
        assessor: it.text("assessor").to_owned(),
        recorded_by: it.text("recorded_by").to_owned(),
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staff;

    #[test]
    fn scores_go_back_in_time_and_somebody_of_the_trust_recorded_them() {
        let all = scores_of_costing_quality();
        assert!(all.is_sorted_by(|one, other| one.years_ago > other.years_ago));
        assert!(all.iter().all(|it| (0..=1_000).contains(&it.score_tenths)));
        for it in all {
            let begins = format!("{}@", it.recorded_by);
            assert!(staff().iter().any(|it| it.email.starts_with(&begins)), "{begins}");
        }
    }
}
