//! What evidence goes by: kinds, files, days of warning, and measures of costing quality; data, not
//! code.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Deserialize;

/// What evidence goes by.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What a piece can be.
    pub kinds: Vec<Kind>,
    /// Bytes of a file at most.
    pub file_bytes_at_most: Number,
    /// Which files are taken.
    pub file_types: Vec<FileType>,
    /// Days before a piece expires from which on its owner is told, the most first.
    pub warn_days: Days,
    /// Fewer people than this are not told of.
    pub people_at_least: Number,
    /// Scores of costing quality that can be entered.
    pub measures_of_costing_quality: Vec<Measure>,
    /// Years back for which a score can be entered.
    pub years_of_costing_quality: Number,
    /// Of which steps a verified benefit tells.
    pub steps_of_benefits: StepsOfBenefits,
}

/// Steps by kind of benefit, and where that is from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepsOfBenefits {
    /// Each kind that tells of steps.
    pub values: Vec<StepsOfKind>,
    /// Where they are from.
    pub source: String,
}

/// Steps of one kind of benefit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepsOfKind {
    /// Its word.
    pub kind: String,
    /// Codes of steps.
    pub steps: BTreeSet<String>,
}

/// What a piece can be.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// Code.
    pub code: String,
    /// In words.
    pub name: String,
}

/// A number and where it is from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// The number.
    pub value: u64,
    /// Where it is from.
    pub source: String,
}

/// Numbers of days and where they are from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Days {
    /// Days, the most first.
    pub values: Vec<i32>,
    /// Where they are from.
    pub source: String,
}

/// A file that is taken.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileType {
    /// Ending of its name.
    pub ending: String,
    /// As what it is sent.
    pub media: String,
    /// With what it begins, in hexadecimal; nothing for text.
    pub begins: Vec<String>,
}

/// A score of costing quality.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// What it is, and where it is from.
    pub about: String,
}

/// What comes with the program.
pub static SETTINGS: LazyLock<Settings> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../data/evidence.json"))
        .expect("a test reads the file that comes with the program")
});

impl Settings {
    /// The name of a kind; blank where there is no such kind.
    pub fn kind(&self, code: &str) -> &str {
        self.kinds.iter().find(|it| it.code == code).map_or("", |it| it.name.as_str())
    }

    /// Codes and names of kinds, for a form.
    pub fn kind_options(&self) -> Vec<(String, String)> {
        self.kinds.iter().map(|it| (it.code.clone(), it.name.clone())).collect()
    }

    /// From so many days before it expires a piece is said to expire soon.
    pub fn soon(&self) -> i32 {
        self.warn_days.values.iter().copied().max().unwrap_or(0)
    }

    /// Codes of steps of which a verified benefit of a kind tells.
    pub fn steps_of_benefit(&self, kind: &str) -> BTreeSet<String> {
        let found = self.steps_of_benefits.values.iter().find(|it| it.kind == kind);
        found.map(|it| it.steps.clone()).unwrap_or_default()
    }

    /// The name of a measure of costing quality; the code itself where there is no such measure.
    pub fn measure(&self, code: &str) -> String {
        let found = self.measures_of_costing_quality.iter().find(|it| it.code == code);
        found.map_or_else(|| code.to_owned(), |it| it.name.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_there_and_has_a_source() {
        let it = &*SETTINGS;
        assert!(it.kind("costing").contains("costing") && it.kind("none").is_empty());
        assert_eq!((it.warn_days.values.as_slice(), it.soon()), ([30, 7, 1].as_slice(), 30));
        let numbers = [&it.file_bytes_at_most, &it.people_at_least, &it.years_of_costing_quality];
        assert!(numbers.iter().all(|it| it.value > 0 && !it.source.is_empty()));
        assert!(!it.warn_days.source.is_empty());
        let framework = engagement::Framework::national_2013();
        for of in &it.steps_of_benefits.values {
            assert!(of.kind.parse::<engagement::benefits::Kind>().is_ok(), "{}", of.kind);
            let is_step = |code: &String| framework.steps().iter().any(|it| it.id.as_str() == code);
            assert!(of.steps.iter().all(is_step) && !of.steps.is_empty(), "{}", of.kind);
        }
        assert!(it.steps_of_benefit("income").is_empty());
        let hex =
            |it: &String| it.len().is_multiple_of(2) && it.bytes().all(|it| it.is_ascii_hexdigit());
        for of in &it.file_types {
            assert!(of.begins.iter().all(hex) && of.media.contains('/'), "{}", of.ending);
        }
    }
}
