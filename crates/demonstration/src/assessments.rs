//! How clinicians and finance of the demonstration trust rate their working together: the guide's
//! four levels, cases at the edge of each, raters who differ, and evidence about to expire.

use std::collections::BTreeMap;

use crate::table::Table;

const FILE: &str = include_str!("../data/assessments.csv");

/// How far a step is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// Consistently.
    Consistently,
    /// Partly or sometimes.
    Partly,
    /// Not yet.
    NotYet,
}

/// What one profession says: a level whose steps are all so, and the steps that are otherwise; or
/// single steps alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pattern {
    /// The level whose steps are so; 0 for none.
    pub level: u8,
    /// Steps that are otherwise, by code.
    pub otherwise: BTreeMap<String, Said>,
}

impl Pattern {
    fn read(text: &str) -> Option<Self> {
        let mut pattern = Self::default();
        for word in text.split_whitespace() {
            if let Some(level) = word.strip_prefix('L') {
                pattern.level = level.parse().ok()?;
            } else if let Some(step) = word.strip_prefix('-') {
                pattern.otherwise.insert(step.to_owned(), Said::NotYet);
            } else if let Some(step) = word.strip_prefix('~') {
                pattern.otherwise.insert(step.to_owned(), Said::Partly);
            } else {
                let step = word.strip_prefix('+').unwrap_or(word);
                pattern.otherwise.insert(step.to_owned(), Said::Consistently);
            }
        }
        (!text.is_empty()).then_some(pattern)
    }

    /// What is said of a step that a level introduces.
    pub fn of(&self, step: &str, from_level: u8) -> Said {
        let usual = if from_level <= self.level { Said::Consistently } else { Said::NotYet };
        self.otherwise.get(step).copied().unwrap_or(usual)
    }
}

/// The assessment of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemonstrationAssessment {
    /// Service line, or `TRUST`.
    pub unit: String,
    /// What clinicians say.
    pub clinical: Option<Pattern>,
    /// What finance says; none where it has not rated yet.
    pub finance: Option<Pattern>,
    /// Who rates, for clinicians and for finance: the part of their email address before the `@`.
    pub raters: Vec<String>,
    /// How far people work together; none for the trust.
    pub joint: Option<DemonstrationJointWorking>,
    /// When what the evidence shows took place, in days before today.
    pub evidence_days_ago: i32,
    /// In how many days it expires; none where the thresholds say.
    pub expires_in_days: Option<i32>,
    /// Levels that both directors signed, with the days since.
    pub history: Vec<(i64, i64)>,
}

/// How far people work together in a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemonstrationJointWorking {
    /// How far.
    pub status: String,
    /// Kind of what called for it, where it is ad hoc; else blank.
    pub trigger: String,
    /// Which it was.
    pub trigger_words: String,
    /// How it shows.
    pub words: String,
    /// How often data are shared; blank for no agreed time.
    pub shared_every: String,
    /// When they last were, in days before today.
    pub last_shared_days_ago: Option<i32>,
    /// Code of with whom they are shared; blank where none are.
    pub audience: String,
    /// Who that is, in somebody's own words; mostly blank.
    pub audience_words: String,
    /// Whether somebody has confirmed that sharing stopped.
    pub lapse_confirmed: bool,
    /// Whether managers are supported in using financial data.
    pub supports: String,
    /// Whether the evidence of the unit shows that too.
    pub is_support_shown: bool,
}

/// All assessments of the demonstration.
pub fn assessments() -> Vec<DemonstrationAssessment> {
    let table = Table::read(FILE);
    let rows = table.lines().map(|it| {
        let days = |column: &str| it.text(column).parse::<i32>().ok();
        let text = |column: &str| it.text(column).to_owned();
        let history = it.text("history").split_whitespace().filter_map(|it| it.split_once('@'));
        DemonstrationAssessment {
            unit: text("unit"),
            clinical: Pattern::read(it.text("clinical")),
            finance: Pattern::read(it.text("finance")),
            raters: it.text("raters").split_whitespace().map(str::to_owned).collect(),
            joint: (!it.text("status").is_empty()).then(|| DemonstrationJointWorking {
                status: text("status"),
                trigger: text("trigger"),
                trigger_words: text("trigger_words"),
                words: text("words"),
                shared_every: text("shared_every"),
                last_shared_days_ago: days("last_shared_days_ago"),
                audience: text("audience"),
                audience_words: text("audience_words"),
                lapse_confirmed: it.text("lapse_confirmed") == "yes",
                supports: text("supports"),
                is_support_shown: it.text("supports_shown") == "yes",
            }),
            evidence_days_ago: days("evidence_days_ago").unwrap_or_default(),
            expires_in_days: days("expires_in_days"),
            history: history
                .filter_map(|it| Some((it.0.parse().ok()?, it.1.parse().ok()?)))
                .collect(),
        }
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staff;

    #[test]
    fn a_pattern_says_what_of_each_step() {
        let pattern = Pattern::read("L3 +C7 ~P6 -C5").expect("it is one");
        let said = [("C2", 2), ("C7", 4), ("P6", 4), ("C5", 3), ("B8", 4)];
        let said = said.map(|(step, from)| pattern.of(step, from));
        let [yes, partly, no] = [Said::Consistently, Said::Partly, Said::NotYet];
        assert_eq!(said, [yes, yes, partly, no, no]);
        assert_eq!(Pattern::read(""), None);
    }

    #[test]
    fn raters_are_people_of_the_trust_and_levels_go_back_in_time() {
        for it in assessments() {
            for rater in &it.raters {
                let begins = format!("{rater}@");
                assert!(staff().iter().any(|it| it.email.starts_with(&begins)), "{rater}");
            }
            assert_eq!(it.raters.len(), 1 + usize::from(it.finance.is_some()), "{}", it.unit);
            assert!(it.history.is_sorted_by(|a, b| a.1 > b.1), "{}: the oldest first", it.unit);
            assert!(it.history.iter().all(|it| (1..=4).contains(&it.0)));
            if let Some(joint) = &it.joint {
                let is_called = !joint.trigger.is_empty() && !joint.trigger_words.is_empty();
                assert_eq!(is_called, joint.status == "ad_hoc", "{}", it.unit);
            }
        }
    }
}
