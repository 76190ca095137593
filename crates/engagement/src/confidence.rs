//! How far clinicians trust the costing of their service line, and what of it may be told: never what
//! one person says, and nothing of few (Q9).
//!
//! Counts stand by level and nothing is averaged. What is told changes only once enough people have
//! said something new, so that nobody can work out what one of them said by looking twice; a level
//! at which too few stand is told together with the one beside it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// What comes with the program.
const OWN: &str = include_str!("../data/confidence.toml");

/// What clinicians may say, and from how many on it is told.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfidenceScale {
    /// From how many people on something is told.
    pub settings: Settings,
    /// The levels, from the lowest to the highest.
    pub levels: Vec<ConfidenceLevel>,
}

/// From how many people on something is told.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The fewest people of whom anything is told.
    pub people_at_least: Setting,
    /// The fewest people who said something new since it was told before.
    pub more_at_least: Setting,
    /// The fewest people of a level that is told by itself.
    pub level_at_least: Setting,
}

/// One number of people, and why it is so.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// The number.
    pub value: usize,
    /// Always `people`.
    pub unit: String,
    /// The document that says so, or that it is our own.
    pub source: String,
    /// Why it is so.
    pub why: String,
}

/// One level.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfidenceLevel {
    /// Its code.
    pub id: String,
    /// What somebody says who chooses it.
    pub name: String,
    /// The same of others, without a subject: `trust most of it`.
    pub said: String,
    /// Whether it is enough to work with the costing.
    pub is_enough: bool,
}

/// Why a text is no scale.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfidenceScaleError {
    /// The text breaks the rules of TOML, or something lacks one of its parts.
    #[error("the levels of confidence cannot be read: {0}")]
    Unreadable(String),
    /// There are fewer than two levels, or all are enough, or none is.
    #[error(
        "give two levels at least, of which the higher ones are enough and the lower ones are not"
    )]
    NoScale,
    /// A code stands twice.
    #[error("the code `{0}` stands twice among the levels: give one of them another")]
    Twice(String),
    /// A number makes no sense, or says not where it is from.
    #[error("`{0}` is a number of people from {1} to 100, with a source and a reason")]
    Setting(&'static str, usize),
}

impl ConfidenceScale {
    /// What comes with the program.
    pub fn own() -> Self {
        Self::parse(OWN).expect("a test reads what comes with the program")
    }

    /// Reads it from the text of a TOML file.
    ///
    /// # Errors
    ///
    /// [`ConfidenceScaleError`] for the first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, ConfidenceScaleError> {
        let scale: Self = toml::from_str(text)
            .map_err(|it| ConfidenceScaleError::Unreadable(it.message().to_owned()))?;
        let mut seen = BTreeSet::new();
        if let Some(twice) = scale.levels.iter().find(|it| !seen.insert(&it.id)) {
            return Err(ConfidenceScaleError::Twice(twice.id.clone()));
        }
        let is_enough: Vec<bool> = scale.levels.iter().map(|it| it.is_enough).collect();
        let is_scale = is_enough.first() == Some(&false) && is_enough.last() == Some(&true);
        if !is_scale || !is_enough.is_sorted() {
            return Err(ConfidenceScaleError::NoScale);
        }
        let of = &scale.settings;
        // A trust may be stricter. Fewer than three could tell of each other what they said.
        for (name, it, least) in [
            ("people_at_least", &of.people_at_least, 3),
            ("more_at_least", &of.more_at_least, 2),
            ("level_at_least", &of.level_at_least, 1),
        ] {
            let is_said =
                it.unit == "people" && ![&it.source, &it.why].iter().any(|it| it.trim().is_empty());
            if !is_said || !(least..=100).contains(&it.value) {
                return Err(ConfidenceScaleError::Setting(name, least));
            }
        }
        Ok(scale)
    }

    /// A level by its code.
    pub fn level(&self, id: &str) -> Option<&ConfidenceLevel> {
        self.levels.iter().find(|it| it.id == id)
    }

    /// What may be told of ratings of one costing, in the order in which they were given. A code that
    /// the scale does not know is no rating.
    pub fn told(&self, ratings: &[Rating]) -> Told {
        let place = |id: &str| self.levels.iter().position(|it| it.id == id);
        let mut now: BTreeMap<&str, Counted> = BTreeMap::new();
        let mut new: BTreeSet<&str> = BTreeSet::new();
        let mut told: Option<BTreeMap<&str, Counted>> = None;
        for (at, it) in ratings.iter().enumerate() {
            let Some(level) = place(&it.level) else { continue };
            let before = now.insert(&it.person, Counted { level, at });
            if before.is_none_or(|it| it.level != level) {
                new.insert(&it.person);
            }
            let enough = match &told {
                None => self.settings.people_at_least.value,
                Some(_) => self.settings.more_at_least.value,
            };
            if now.len() >= self.settings.people_at_least.value && new.len() >= enough {
                told = Some(now.clone());
                new.clear();
            }
        }
        match told {
            None if now.is_empty() => Told::Nobody,
            None => Told::Few,
            Some(told) => Told::Counts(Counts {
                groups: self.groups(&told),
                counted: told.values().map(|it| it.at).collect(),
                has_more: !new.is_empty(),
            }),
        }
    }

    /// How many people stand at each level; where too few stand at one, how many stand below and above
    /// the border of what is enough; where too few stand on one side of it, how many there are. Which
    /// level it was cannot be read off what is told.
    fn groups(&self, told: &BTreeMap<&str, Counted>) -> Vec<Group> {
        let count = |from: usize, to: usize| Group {
            from,
            to,
            people: told.values().filter(|it| (from..=to).contains(&it.level)).count(),
        };
        let last = self.levels.len().saturating_sub(1);
        let border = self.levels.iter().position(|it| it.is_enough).unwrap_or(last).max(1);
        let each: Vec<Group> = (0..=last).map(|it| count(it, it)).collect();
        let halves = vec![count(0, border - 1), count(border, last)];
        let minimum = self.settings.level_at_least.value;
        let is_told = |it: &Vec<Group>| it.iter().all(|it| it.people == 0 || it.people >= minimum);
        [each, halves].into_iter().find(is_told).unwrap_or_else(|| vec![count(0, last)])
    }

    /// Whose level is enough to work with the costing; none where that cannot be told, since levels on
    /// both sides of the border are told together.
    pub fn enough(&self, counts: &Counts) -> Option<usize> {
        let is_enough = |level: usize| self.levels.get(level).is_some_and(|it| it.is_enough);
        let across = |it: &Group| it.people > 0 && is_enough(it.from) != is_enough(it.to);
        if counts.groups.iter().any(across) {
            return None;
        }
        Some(counts.groups.iter().filter(|it| is_enough(it.from)).map(|it| it.people).sum())
    }
}

/// Where somebody stands, and the place of the rating that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counted {
    level: usize,
    at: usize,
}

/// What one person said of one costing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rating {
    /// Reference of the person.
    pub person: String,
    /// Code of the level.
    pub level: String,
}

/// Levels that are told together, with how many people stand at them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// The lowest, by its place from 0.
    pub from: usize,
    /// The highest.
    pub to: usize,
    /// People.
    pub people: usize,
}

/// Counts that may be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    /// From the lowest to the highest.
    pub groups: Vec<Group>,
    /// Places of the ratings that are counted, from 0: for the reasons that may stand beside.
    pub counted: BTreeSet<usize>,
    /// Whether somebody said something since that is not counted yet.
    pub has_more: bool,
}

impl Counts {
    /// How many people are counted.
    pub fn total(&self) -> usize {
        self.groups.iter().map(|it| it.people).sum()
    }
}

/// What may be told of the ratings of a costing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Nobody has rated it.
    Nobody,
    /// Fewer have than anything may be told of.
    Few,
    /// How many stand where.
    Counts(Counts),
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    fn ratings(text: &str) -> Vec<Rating> {
        let one = |it: &str| {
            let (person, level) = it.split_once(':').expect("person:level");
            Rating { person: person.to_owned(), level: level.to_owned() }
        };
        text.split_whitespace().map(one).collect()
    }

    fn shown(scale: &ConfidenceScale, told: &Told) -> String {
        let Told::Counts(counts) = told else { return format!("{told:?}") };
        let name = |it: usize| scale.levels[it].id.clone();
        let group = |it: &Group| {
            let to = if it.from == it.to { String::new() } else { format!("..{}", name(it.to)) };
            format!("{}{to} {}", name(it.from), it.people)
        };
        let groups: Vec<String> = counts.groups.iter().map(group).collect();
        let more = if counts.has_more { ", more" } else { "" };
        format!(
            "{}; enough {:?} of {}{more}",
            groups.join(", "),
            scale.enough(counts),
            counts.total()
        )
    }

    #[track_caller]
    fn check(given: &str, expected: &Expect) {
        let scale = ConfidenceScale::own();
        expected.assert_eq(&shown(&scale, &scale.told(&ratings(given))));
    }

    #[test]
    fn nothing_is_told_of_few_and_one_alone_stands_with_the_level_beside() {
        check("", &expect!["Nobody"]);
        check("a:not", &expect!["Few"]);
        // One person who says it over and over is one person.
        check("a:not a:parts a:most a:decide a:not", &expect!["Few"]);
        check(
            "a:parts b:parts c:parts d:most e:most",
            &expect!["not 0, parts 3, most 2, decide 0; enough Some(2) of 5"],
        );
        check(
            "a:not b:parts c:parts d:most e:most",
            &expect!["not..parts 3, most..decide 2; enough Some(2) of 5"],
        );
        // One alone above the border, or below it: only how many there are.
        check(
            "a:parts b:parts c:parts d:parts e:most",
            &expect!["not..decide 5; enough None of 5"],
        );
        check("a:not b:unknown", &expect!["Few"]);
    }

    #[test]
    fn what_one_person_adds_or_changes_is_never_the_difference_of_two_looks() {
        let five = "a:parts b:parts c:parts d:most e:most";
        let same = expect!["not 0, parts 3, most 2, decide 0; enough Some(2) of 5, more"];
        check(&format!("{five} f:decide"), &same);
        check(&format!("{five} f:decide a:decide"), &same);
        check(
            &format!("{five} f:decide a:decide b:decide"),
            &expect!["not..decide 6; enough None of 6"],
        );
        // Saying the same again is nothing new.
        check(
            &format!("{five} a:parts b:parts c:parts"),
            &expect!["not 0, parts 3, most 2, decide 0; enough Some(2) of 5"],
        );
    }

    #[test]
    fn what_is_wrong_with_a_scale_is_named() {
        let wrong = |from: &str, to: &str| {
            assert!(OWN.contains(from), "the file has no `{from}`");
            let error =
                ConfidenceScale::parse(&OWN.replacen(from, to, 1)).expect_err("it is wrong");
            error.to_string()
        };
        assert!(wrong("value = 5", "value = 2").starts_with("`people_at_least` is a number"));
        assert!(wrong("source = \"our own\"", "source = \" \"").starts_with("`more_at_least`"));
        assert!(wrong("id = \"parts\"", "id = \"not\"").contains("`not` stands twice"));
        assert!(wrong("is_enough = false", "is_enough = true").starts_with("give two levels"));
    }

    proptest! {
        /// Whatever people say in whatever order: what is told is of enough people, each part of
        /// enough, and two looks differ by enough people.
        #[test]
        fn no_look_tells_of_few(given in prop::collection::vec((0..9_u8, 0..4_usize), 0..40)) {
            let scale = ConfidenceScale::own();
            let all: Vec<Rating> = given.iter().map(|(person, level)| Rating {
                person: person.to_string(),
                level: scale.levels[*level].id.clone(),
            }).collect();
            let mut before: Option<(usize, Vec<Group>)> = None;
            for number in 0..=all.len() {
                let Told::Counts(counts) = scale.told(&all[..number]) else { continue };
                prop_assert!(counts.total() >= 5);
                prop_assert!(counts.groups.iter().all(|it| it.people != 1 || counts.groups.len() == 1));
                prop_assert_eq!(counts.groups.first().map(|it| it.from), Some(0));
                prop_assert_eq!(counts.groups.last().map(|it| it.to), Some(3));
                let told = counts.groups;
                if let Some((at, last)) = &before && *last != told {
                    let new: BTreeSet<&str> =
                        all[*at..number].iter().map(|it| it.person.as_str()).collect();
                    prop_assert!(new.len() >= 3, "{:?}", new);
                }
                if before.as_ref().is_none_or(|it| it.1 != told) {
                    before = Some((number, told));
                }
            }
        }
    }
}
