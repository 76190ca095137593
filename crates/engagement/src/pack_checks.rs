//! What the second person looks at before a pack is issued to clinicians: a short list, as data
//! (guide 3.17).

use std::collections::BTreeSet;

use serde::Deserialize;

/// What comes with the program.
const OWN: &str = include_str!("../data/pack-checks.toml");

/// The list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackChecks {
    /// Which list it is; kept with each check.
    pub version: String,
    /// Its points, in order.
    pub checks: Vec<PackCheck>,
}

/// One point.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackCheck {
    /// Its code.
    pub id: String,
    /// What is looked at.
    pub asks: String,
    /// Where it comes from.
    pub source: String,
}

/// Why a text is no list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackChecksError {
    /// It breaks the rules of TOML, or a point lacks one of its parts.
    #[error("the list of what is checked in a pack cannot be read: {0}")]
    Unreadable(String),
    /// It has no points, or more than fit under a report.
    #[error("the list has {0} points: from 1 to 10 are looked at")]
    Points(usize),
    /// A point has no code of its own, or says nothing.
    #[error(
        "the point `{0}` needs a code of its own without blanks, what is looked at, and a source"
    )]
    Point(String),
}

impl PackChecks {
    /// What comes with the program.
    pub fn own() -> Self {
        Self::parse(OWN).expect("a test reads what comes with the program")
    }

    /// Reads it from the text of a TOML file.
    ///
    /// # Errors
    ///
    /// [`PackChecksError`] for the first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, PackChecksError> {
        let list: Self = toml::from_str(text)
            .map_err(|it| PackChecksError::Unreadable(it.message().to_owned()))?;
        let points = list.checks.len();
        if points == 0 || points > 10 {
            return Err(PackChecksError::Points(points));
        }
        let mut seen = BTreeSet::new();
        for it in &list.checks {
            let is_blank = [&it.id, &it.asks, &it.source].iter().any(|it| it.trim().is_empty());
            if is_blank || it.id.contains(char::is_whitespace) || !seen.insert(&it.id) {
                return Err(PackChecksError::Point(it.id.clone()));
            }
        }
        Ok(list)
    }

    /// What was looked at, as it is kept: the list, then the codes of its points.
    pub fn kept(&self, ticked: &BTreeSet<String>) -> String {
        let known = self.checks.iter().filter(|it| ticked.contains(&it.id));
        let codes: Vec<&str> = known.map(|it| it.id.as_str()).collect();
        format!("{}: {}", self.version, codes.join(" "))
    }

    /// What of the list a kept check leaves out; all of it where it was of another list.
    pub fn missing(&self, kept: &str) -> Vec<&PackCheck> {
        let codes: BTreeSet<&str> = match kept.split_once(": ") {
            Some((version, codes)) if version == self.version => codes.split(' ').collect(),
            _ => BTreeSet::new(),
        };
        self.checks.iter().filter(|it| !codes.contains(it.id.as_str())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_is_looked_at_and_kept_with_its_list() {
        let own = PackChecks::own();
        let all: BTreeSet<String> = own.checks.iter().map(|it| it.id.clone()).collect();
        let kept = own.kept(&all);
        assert_eq!(kept, "2026-1: sense add_up known_issues plain_words no_person");
        assert_eq!(own.missing(&kept), Vec::<&PackCheck>::new());
        let part = own.kept(&["sense".to_owned(), "invented".to_owned()].into());
        assert_eq!(part, "2026-1: sense");
        assert_eq!(own.missing(&part).len(), 4);
        let later = PackChecks { version: "2027-1".to_owned(), ..own.clone() };
        assert_eq!(later.missing(&kept).len(), 5, "another list");
        assert_eq!(own.missing("").len(), 5);
    }

    #[track_caller]
    fn refused(from: &str, to: &str, expected: &str) {
        let error = PackChecks::parse(&OWN.replacen(from, to, 1)).expect_err("a fault");
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn a_list_that_is_none_says_why() {
        refused(
            "id = \"add_up\"",
            "id = \"sense\"",
            "the point `sense` needs a code of its own without blanks, what is looked at, and a source",
        );
        refused(
            "id = \"add_up\"",
            "id = \"add up\"",
            "the point `add up` needs a code of its own without blanks, what is looked at, and a source",
        );
        assert_eq!(
            PackChecks::parse("version = \"1\"\nchecks = []").expect_err("none").to_string(),
            "the list has 0 points: from 1 to 10 are looked at"
        );
    }
}
