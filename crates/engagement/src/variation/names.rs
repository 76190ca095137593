//! Whether a text that should name nobody names somebody: people of a register, their logins, and
//! codes by which clinicians are known.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Deserialize;

/// The rules that come with the program.
const OWN: &str = include_str!("../../data/names.toml");

static RULES: LazyLock<NameRules> =
    LazyLock::new(|| toml::from_str(OWN).expect("a test reads the rules of names"));

const NAME: &str = "a name of somebody of the register";
const LOGIN: &str = "a login of somebody of the register";

/// How people are recognised.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameRules {
    /// Letters that a part of a name has at least to be looked for by itself.
    pub fewest_letters: usize,
    /// Parts of names, in small letters, that are words of their own.
    pub ordinary: BTreeSet<String>,
    /// Codes by which clinicians are known.
    pub code: Vec<CodeRule>,
}

/// How a code looks: letters, then digits.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeRule {
    /// Letters before its digits, in capitals; blank for none.
    pub prefix: String,
    /// Digits at least.
    pub fewest: usize,
    /// Digits at most.
    pub most: usize,
    /// What it is, in part of a sentence.
    pub is: String,
    /// Where that is from.
    pub source: String,
}

impl NameRules {
    /// Those that come with the program.
    pub fn own() -> &'static Self {
        &RULES
    }

    /// Whether a part of a name, in small letters, is looked for by itself.
    fn is_telling(&self, part: &str) -> bool {
        part.chars().count() >= self.fewest_letters && !self.ordinary.contains(part)
    }
}

impl CodeRule {
    fn is_of(&self, word: &str) -> bool {
        let word = word.to_uppercase();
        word.strip_prefix(self.prefix.as_str()).is_some_and(|rest| {
            (self.fewest..=self.most).contains(&rest.len())
                && rest.bytes().all(|it| it.is_ascii_digit())
        })
    }
}

/// Where a text names somebody, without saying whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Which word of the text it begins with, from 1.
    pub word: usize,
    /// What it is, in part of a sentence.
    pub is: String,
}

/// What the people of a register are known by.
#[derive(Clone, Debug, Default)]
pub struct KnownBy {
    /// Words one after another, in small letters, and what they are.
    rows: Vec<(Vec<String>, &'static str)>,
    /// Parts of names, in small letters: found where they have a capital letter.
    parts: BTreeSet<String>,
}

impl KnownBy {
    /// Of people by name and address.
    pub fn of<'a>(people: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let rules = NameRules::own();
        let mut known = Self::default();
        for (name, address) in people {
            let name = small(name);
            known.parts.extend(name.iter().filter(|it| rules.is_telling(it)).cloned());
            if name.len() > 1 {
                known.rows.push((name, NAME));
            }
            let login = small(address.split('@').next().unwrap_or_default());
            let is_telling = login.len() > 1 || login.iter().any(|it| rules.is_telling(it));
            if is_telling {
                known.rows.push((login, LOGIN));
            }
            let address = small(address);
            if address.len() > 1 {
                known.rows.push((address, LOGIN));
            }
        }
        known
    }

    /// The first place at which a text names one of them, or has a code by which a clinician is known.
    pub fn first_in(&self, text: &str) -> Option<Named> {
        let words: Vec<&str> = words(text).collect();
        let small: Vec<String> = words.iter().map(|it| it.to_lowercase()).collect();
        words.iter().enumerate().find_map(|(at, word)| {
            let rest = small.get(at..).unwrap_or_default();
            let is = self.named(word, rest)?;
            Some(Named { word: at + 1, is })
        })
    }

    /// What begins with a word, whose small letters and those of all after it are these.
    fn named(&self, word: &str, rest: &[String]) -> Option<String> {
        let row = self.rows.iter().find(|it| rest.starts_with(&it.0));
        if let Some((_, is)) = row {
            return Some((*is).to_owned());
        }
        let is_capital = word.chars().next().is_some_and(char::is_uppercase);
        if is_capital && rest.first().is_some_and(|it| self.parts.contains(it)) {
            return Some(NAME.to_owned());
        }
        let code = NameRules::own().code.iter().find(|it| it.is_of(word));
        code.map(|it| it.is.clone())
    }
}

/// The words of a text: letters and digits without anything between them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty())
}

fn small(text: &str) -> Vec<String> {
    words(text).map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> KnownBy {
        KnownBy::of([
            ("Amara Okafor", "amara.okafor@trust.nhs.uk"),
            ("May O'Brien-Will", "obrien7@trust.nhs.uk"),
            ("Dr Grace Marsh", "may@trust.nhs.uk"),
        ])
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = known().first_in(text);
        let told = found.map_or(String::new(), |it| format!("{} {}", it.word, it.is));
        assert_eq!(told, expected, "{text}");
    }

    #[test]
    fn names_are_found_whole_and_in_part_and_where_they_stand() {
        check("Asked of Amara Okafor.", "3 a name of somebody of the register");
        check("asked of amara  okafor", "3 a name of somebody of the register");
        check("Okafor's list", "1 a name of somebody of the register");
        check("Lists of A. OKAFOR", "4 a name of somebody of the register");
        check("Dr Marsh", "2 a name of somebody of the register");
        check("Brien does", "1 a name of somebody of the register");
        check("Ask may o'brien will", "2 a name of somebody of the register");
    }

    #[test]
    fn words_that_are_names_too_stop_nothing() {
        check("In May and in April, patients will wait; may they not? Dr", "");
        check("By the grace of the marsh nurses", "");
        check("Hips cost £1,234,567 more, HN12 most, in 2025 26", "");
        check("", "");
    }

    #[test]
    fn logins_and_codes_are_found_however_they_are_written() {
        check("write to obrien7", "3 a login of somebody of the register");
        check("may@trust.nhs.uk knows", "1 a login of somebody of the register");
        // The login of two words is the name as well.
        check("amara.okafor", "1 a name of somebody of the register");
        check("Consultant c1234567 is", "2 a consultant code");
        check("CD12345", "1 a consultant code of a dentist");
        let seven =
            "seven digits, as the registration number of a doctor has (write amounts with commas)";
        check("Number 1234567", &format!("2 {seven}"));
        check("12345678 and 123456", "");
        check("Colleague K5 stays longer", "2 a code under which colleagues are compared");
    }

    #[test]
    fn every_rule_says_where_it_is_from() {
        let rules = NameRules::own();
        assert!(rules.ordinary.iter().all(|it| *it == it.to_lowercase()));
        for it in &rules.code {
            assert!(!it.source.is_empty() && it.fewest <= it.most, "{it:?}");
            assert_eq!(it.prefix, it.prefix.to_uppercase());
        }
    }
}
