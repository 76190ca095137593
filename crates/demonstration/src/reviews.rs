//! Reviews of service lines that a demonstration begins with: one that is finished, one under way
//! and one that is late.

use crate::table::Table;

const SERVICES: &str = include_str!("../data/service_register.csv");
const LINES: &str = include_str!("../data/review_lines.csv");
const INPUTS: &str = include_str!("../data/review_inputs.csv");

/// A service line of the programme. People are named by the part of their email address before the
/// `@`; a post without one is vacant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemonstrationService {
    /// The service line.
    pub unit: String,
    /// What it treats.
    pub conditions: String,
    /// What it has.
    pub resources: String,
    /// Code of how often it is reviewed.
    pub cadence: String,
    /// When its first review was due, as [`crate::day_of`] reads it.
    pub begins: String,
    /// Whether it is among the services that try reviews out.
    pub is_pilot: bool,
    /// Post and who holds it.
    pub posts: Vec<(&'static str, String)>,
    /// What share of a whole-time equivalent the business partner gives to it, in per cent; none where
    /// nobody says.
    pub partner_share: Option<u32>,
    /// The review that was held last.
    pub held: Option<HeldReview>,
    /// What its review is called.
    pub title: String,
    /// Code of its theme.
    pub theme: String,
    /// When the open review is due, in days from today; none where the cadence says so.
    pub due_in_days: Option<i32>,
}

/// A review that is finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldReview {
    /// Who was in the chair.
    pub chair: String,
    /// Code of as what.
    pub role: String,
    /// When, as [`crate::day_of`] reads it.
    pub on: String,
}

/// Something that somebody wrote in a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewLine {
    /// The service line.
    pub unit: String,
    /// Of which review: `held`, `open`, or the number of one that followed the one that was held.
    pub of: String,
    /// Of what kind.
    pub kind: String,
    /// Who wrote it.
    pub by: String,
    /// Its parts, in the order of the kind.
    pub parts: [String; 4],
}

/// Posts of the register.
const POSTS: [&str; 4] = ["clinical_lead", "business_partner", "coding_lead", "costing_lead"];

/// All service lines of the programme.
pub fn services() -> Vec<DemonstrationService> {
    let days = |number: i64| i32::try_from(number).expect("embedded days are few");
    let table = Table::read(SERVICES);
    let rows = table.lines().map(|it| {
        let text = |column: &str| it.text(column).to_owned();
        let held = it.text("held").split(':').collect::<Vec<_>>();
        let held = match held.as_slice() {
            [chair, role, on] => Some(HeldReview {
                chair: (*chair).to_owned(),
                role: (*role).to_owned(),
                on: (*on).to_owned(),
            }),
            _ => None,
        };
        DemonstrationService {
            unit: text("unit"),
            conditions: text("conditions"),
            resources: text("resources"),
            cadence: text("cadence"),
            begins: text("begins"),
            is_pilot: it.text("is_pilot") == "yes",
            posts: POSTS.iter().map(|post| (*post, text(post))).collect(),
            partner_share: it.text("business_partner_share").parse().ok(),
            held,
            title: text("title"),
            theme: text("theme"),
            due_in_days: (!it.text("due_in_days").is_empty())
                .then(|| days(it.number("due_in_days"))),
        }
    });
    rows.collect()
}

/// What was written, in the order in which it was.
pub fn review_lines() -> Vec<ReviewLine> {
    let table = Table::read(LINES);
    let rows = table.lines().map(|it| {
        let text = |column: &str| it.text(column).to_owned();
        ReviewLine {
            unit: text("unit"),
            of: text("of"),
            kind: text("kind"),
            by: text("by"),
            parts: ["first", "second", "third", "fourth"].map(text),
        }
    });
    rows.collect()
}

/// What was brought to a review where it asks for something, by what it asks for.
pub fn review_inputs() -> std::collections::BTreeMap<String, String> {
    let table = Table::read(INPUTS);
    let rows = table.lines().map(|it| (it.text("asks").to_owned(), it.text("words").to_owned()));
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staff;

    #[test]
    fn one_review_is_finished_one_under_way_and_one_late_all_by_people_of_the_trust() {
        let (all, lines) = (services(), review_lines());
        let is_somebody = |name: &str| staff().iter().any(|it| it.login() == name);
        assert!(lines.iter().all(|it| is_somebody(&it.by)));
        assert!(lines.iter().all(|it| all.iter().any(|of| of.unit == it.unit)));
        let is_action = |it: &&ReviewLine| matches!(it.kind.as_str(), "action" | "progress");
        for it in lines.iter().filter(is_action) {
            let known = |of: &crate::DemonstrationAction| {
                of.in_review && of.unit == it.unit && of.what == it.parts[0]
            };
            assert!(crate::actions().iter().any(known), "{it:?}");
        }
        for it in &all {
            assert!(it.posts.iter().all(|it| it.1.is_empty() || is_somebody(&it.1)), "{it:?}");
            assert!(it.held.as_ref().is_none_or(|it| is_somebody(&it.chair)), "{it:?}");
        }
        let late = all.iter().filter(|it| it.due_in_days.is_some_and(|it| it < 0));
        assert_eq!(late.count(), 1);
        // Two of the three finished reviews were chaired by clinical directors.
        let held: Vec<&HeldReview> = all.iter().filter_map(|it| it.held.as_ref()).collect();
        assert_eq!(held.len(), 3);
        assert_eq!(held.iter().filter(|it| it.role == "clinical_director").count(), 2);
        assert_eq!(all.iter().filter(|it| it.is_pilot).count(), 2, "the guide says two or three");
        // The hips were reviewed before the year in which the benefits show.
        let hips = all.iter().find(|it| it.unit == "TORT").and_then(|it| it.held.as_ref());
        assert!(hips.is_some_and(|it| it.on.as_str() < "2025-04-01"), "{hips:?}");
    }
}
