//! Figures and lists of the guide that stand beside an assessment: read-only, with source.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::national::{Distribution, percent};

/// The tables that come with the program.
const OWN: &str = include_str!("../data/reference-2013.toml");

/// The tables of the guide.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// The national levels of two years.
    pub national: National,
    /// How far patient-level costing was adopted.
    pub plics: Plics,
    /// Two surveys.
    pub surveys: Surveys,
    /// Lists.
    pub lists: Lists,
}

/// National engagement levels.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct National {
    /// The document.
    pub source: String,
    /// Why the number of trusts differs.
    pub note: String,
    /// The years, oldest first.
    pub years: Vec<NationalYear>,
}

/// National engagement levels of a year.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NationalYear {
    /// The year.
    pub year: u16,
    /// Month and year of the collection.
    pub collected: String,
    /// Trusts at each level.
    pub trusts: [u32; 4],
    /// Their shares as printed.
    pub printed_percent: [u32; 4],
    /// All trusts.
    pub total: u32,
}

/// How far trusts had adopted patient-level costing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plics {
    /// The document.
    pub source: String,
    /// Recovered from a secondary source.
    pub secondary: bool,
    /// What to know about it.
    pub note: String,
    /// All trusts.
    pub total: u32,
    /// All who had implemented it but so many used it for their return.
    pub used_for_return_but: u32,
    /// The states.
    pub states: Vec<PlicsState>,
}

/// Trusts in one state of adoption.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlicsState {
    /// The state.
    pub state: String,
    /// How many trusts.
    pub trusts: u32,
    /// Of these, by type, as far as known.
    #[serde(default)]
    pub by_type: BTreeMap<String, u32>,
    /// What to know about it.
    pub note: Option<String>,
}

/// The surveys of clinicians and of finance leaders.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Surveys {
    /// The document.
    pub source: String,
    /// How to read positions.
    pub note: String,
    /// The surveys.
    pub held: Vec<Survey>,
    /// Who agreed that high quality services are affordable only with both professions engaged.
    pub agreement: Vec<Agreement>,
    /// Barriers, by listed position.
    pub barriers: Vec<Listed>,
    /// Local measures, by listed position.
    pub measures: Vec<Listed>,
}

/// One survey.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Survey {
    /// Who was asked.
    pub group: String,
    /// When.
    pub when: String,
    /// How many of a hundred answered.
    pub response_percent: u32,
}

/// How many of a group agreed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// Who was asked.
    pub group: String,
    /// How many of a hundred agreed.
    pub percent: u32,
}

/// An entry of two lists, with its position in each.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// What is listed.
    pub label: String,
    /// Its position with clinicians, if they list it.
    pub clinicians: Option<u8>,
    /// Its position with finance leaders, if they list it.
    pub finance_leaders: Option<u8>,
}

/// Lists of the guide.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lists {
    /// Why engagement works where it does.
    pub reasons_for_engagement: Vec<String>,
    /// What helps engagement: chapter 5.
    pub enabling_topics: Vec<String>,
    /// Perspectives of a balanced scorecard.
    pub scorecard_perspectives: Vec<String>,
    /// Questions that a comparison raises.
    pub benchmark_questions: Vec<String>,
    /// What a workshop of clinicians and finance talks about.
    pub workshop_areas: Vec<String>,
    /// Who takes part in a service line review.
    pub review_core: Vec<String>,
    /// Who adds value to it.
    pub review_additional: Vec<String>,
    /// What it may look at.
    pub review_themes: Vec<String>,
    /// Its stages.
    pub review_stages: Vec<ReviewStage>,
}

/// A stage of a service line review.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewStage {
    /// The stage.
    pub stage: String,
    /// What is done in it.
    pub tasks: Vec<String>,
}

/// Why a text holds no tables.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReferenceError {
    /// The text breaks the rules of TOML, or a part is missing or misspelt.
    #[error("the reference tables cannot be read: {0}")]
    Unreadable(String),
    /// Parts do not add up to their total.
    #[error("{what}: the total is {total}, the parts add up to {sum}")]
    Total {
        /// Which table.
        what: String,
        /// The stated total.
        total: u32,
        /// The sum of the parts.
        sum: u32,
    },
    /// A share that is worked out differs from the printed one.
    #[error("Level {level} in {year}: printed as {printed}%, worked out as {worked_out}%")]
    Percent {
        /// The year.
        year: u16,
        /// The level.
        level: usize,
        /// As printed.
        printed: u32,
        /// As worked out from the counts.
        worked_out: u32,
    },
}

impl Reference {
    /// The tables of the guide of 2013.
    pub fn own() -> Self {
        Self::parse(OWN).expect("a test reads the tables that come with the program")
    }

    /// Reads the tables from the text of a TOML file.
    ///
    /// # Errors
    ///
    /// [`ReferenceError`] for the first thing that is wrong; a printed share that its counts do not
    /// give is one.
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        let tables: Self = toml::from_str(text)
            .map_err(|it| ReferenceError::Unreadable(it.to_string().trim_end().to_owned()))?;
        for year in &tables.national.years {
            adds_up(format!("national levels of {}", year.year), year.total, &year.trusts)?;
            for (index, printed) in year.printed_percent.into_iter().enumerate() {
                let worked_out = percent(year.trusts[index], year.total);
                if printed != worked_out {
                    let (year, level) = (year.year, index + 1);
                    return Err(ReferenceError::Percent { year, level, printed, worked_out });
                }
            }
        }
        let trusts: Vec<u32> = tables.plics.states.iter().map(|it| it.trusts).collect();
        adds_up("adoption of patient-level costing".to_owned(), tables.plics.total, &trusts)?;
        Ok(tables)
    }

    /// The national distribution of a year, if it is held.
    pub fn distribution(&self, year: u16) -> Option<Distribution> {
        let found = self.national.years.iter().find(|it| it.year == year);
        found.map(|it| Distribution { year, trusts: it.trusts })
    }
}

fn adds_up(what: String, total: u32, parts: &[u32]) -> Result<(), ReferenceError> {
    let sum = parts.iter().sum();
    if sum == total { Ok(()) } else { Err(ReferenceError::Total { what, total, sum }) }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[test]
    fn tables_are_those_of_the_guide() {
        let tables = Reference::own();
        // 20 + 94 + 85 + 49 = 248 and 7 + 89 + 92 + 56 = 244.
        assert_eq!(tables.national.years.iter().map(|it| it.total).sum::<u32>(), 248 + 244);
        // 121 + 33 + 53 + 37 = 244; of the first, 110 + 8 + 2 + 1 = 121 by type.
        let implemented = &tables.plics.states[0];
        assert_eq!(implemented.by_type.values().sum::<u32>(), implemented.trusts);
        assert!(tables.plics.secondary);
        assert_eq!(tables.surveys.barriers.len(), 4);
        assert_eq!(tables.surveys.measures.len(), 6);
        let positions = |of: fn(&Listed) -> Option<u8>, rows: &[Listed]| {
            let mut found: Vec<u8> = rows.iter().filter_map(of).collect();
            found.sort_unstable();
            found
        };
        assert_eq!(positions(|it| it.clinicians, &tables.surveys.barriers), [1, 2, 3]);
        assert_eq!(positions(|it| it.finance_leaders, &tables.surveys.barriers), [1, 2, 3]);
        assert_eq!(positions(|it| it.clinicians, &tables.surveys.measures), [1, 2, 3, 4, 5]);
        assert_eq!(positions(|it| it.finance_leaders, &tables.surveys.measures), [1, 2, 3, 4, 5]);
        assert_eq!(tables.lists.enabling_topics.len(), 9);
        assert_eq!(tables.lists.review_core.len(), 5);
        assert_eq!(tables.lists.review_additional.len(), 6);
        assert_eq!(tables.lists.review_themes.len(), 4);
        let tasks: Vec<usize> =
            tables.lists.review_stages.iter().map(|it| it.tasks.len()).collect();
        assert_eq!(tasks, [1, 3, 4, 4]);
    }

    #[track_caller]
    fn check(from: &str, to: &str, expected: &Expect) {
        assert!(OWN.contains(from), "the file has no `{from}`");
        let error = Reference::parse(&OWN.replacen(from, to, 1)).expect_err("a fault");
        expected.assert_eq(&error.to_string());
    }

    #[test]
    fn what_is_wrong_is_named() {
        check(
            "total = 248",
            "total = 249",
            &expect!["national levels of 2012: the total is 249, the parts add up to 248"],
        );
        check(
            "[8, 38, 34, 20]",
            "[8, 38, 35, 20]",
            &expect!["Level 3 in 2012: printed as 35%, worked out as 34%"],
        );
        check(
            "trusts = 33",
            "trusts = 34",
            &expect![
                "adoption of patient-level costing: the total is 244, the parts add up to 245"
            ],
        );
    }
}
