//! The checks as data: `data/coding_checks.toml`.

use std::sync::OnceLock;

use serde::Deserialize;

/// The checks that come with the program.
const OWN: &str = include_str!("../../data/coding_checks.toml");

/// One thing to look at in the record of a finished stay.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodingCheck {
    /// Code, such as `procedure`.
    pub code: String,
    /// What is so.
    pub title: String,
    /// The same in a few words.
    pub short: String,
    /// What is asked.
    pub asks: String,
    /// Why it matters.
    pub because: String,
    /// What this check cannot see.
    pub unseen: String,
    /// What stays are looked at.
    pub of: String,
    /// Where it is from.
    pub source: String,
}

/// All definitions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Definitions {
    pub(super) period: PeriodRules,
    pub(super) groups: GroupRules,
    pub(super) long_or_old: LongOrOld,
    pub(super) other_specialty: OtherSpecialty,
    #[serde(rename = "check")]
    pub(super) checks: Vec<CodingCheck>,
}

/// Into what a year is cut.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PeriodRules {
    pub(super) changeover_months: Vec<u32>,
    pub(super) few: u64,
    pub(super) source: String,
}

/// What names and codes of price groups say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupRules {
    pub(super) score: String,
    pub(super) ungroupable: Vec<String>,
    pub(super) source: String,
}

/// Which stays are expected to have other conditions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LongOrOld {
    pub(super) nights: i64,
    pub(super) age: u32,
    pub(super) source: String,
}

/// When a consultant belongs to a specialty.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OtherSpecialty {
    pub(super) events: u64,
    pub(super) of_hundred: u64,
    pub(super) source: String,
}

impl Definitions {
    /// Those that come with the program.
    pub(super) fn own() -> &'static Self {
        static READ: OnceLock<Definitions> = OnceLock::new();
        READ.get_or_init(|| toml::from_str(OWN).expect("the checks that come with us are sound"))
    }

    /// Whether a price group is split by other conditions, and then whether it is the lowest.
    pub(super) fn is_lowest(&self, group: &str) -> Option<bool> {
        let (_, score) = group.split_once(&self.groups.score)?;
        let lower: String = score.chars().take_while(char::is_ascii_digit).collect();
        Some(lower.parse::<u32>().ok()? == 0)
    }

    pub(super) fn is_grouped(&self, hrg: &str) -> bool {
        !hrg.is_empty() && !self.groups.ungroupable.iter().any(|it| hrg.starts_with(it.as_str()))
    }
}

/// The checks, in the order in which pages show them.
pub fn checks() -> &'static [CodingCheck] {
    &Definitions::own().checks
}

/// The check with this code.
pub fn check(code: &str) -> Option<&'static CodingCheck> {
    checks().iter().find(|it| it.code == code)
}

/// Stays that a share needs before it is told.
pub fn few() -> u64 {
    Definitions::own().period.few
}

/// Where the limits of the checks are from, one sentence each.
pub fn sources() -> Vec<&'static str> {
    let own = Definitions::own();
    vec![
        &own.groups.source,
        &own.long_or_old.source,
        &own.other_specialty.source,
        &own.period.source,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_source_and_every_check_says_what_it_cannot_see() {
        let own = Definitions::own();
        assert!(sources().len() == 4 && sources().iter().all(|it| !it.is_empty()));
        for it in checks() {
            let texts =
                [&it.title, &it.short, &it.asks, &it.because, &it.unseen, &it.of, &it.source];
            assert!(texts.iter().all(|it| !it.is_empty()), "{it:?}");
            assert!(it.asks.ends_with('?'), "a check is a question: {it:?}");
        }
        assert!((1..=12).contains(&own.period.changeover_months[0]));
        assert!(check("nothing").is_none());
    }

    #[test]
    fn the_lowest_group_is_read_from_its_name() {
        let is_lowest = |name| Definitions::own().is_lowest(name);
        assert_eq!(is_lowest("Very Major Hip Procedures with CC Score 0-1"), Some(true));
        assert_eq!(is_lowest("Appendicectomy Procedures with CC Score 0"), Some(true));
        assert_eq!(is_lowest("Appendicectomy Procedures with CC Score 1-2"), Some(false));
        assert_eq!(is_lowest("Appendicectomy Procedures with CC Score 10+"), Some(false));
        assert_eq!(is_lowest("Phacoemulsification Cataract Extraction"), None);
        assert!(!Definitions::own().is_grouped("UZ01Z") && !Definitions::own().is_grouped(""));
        assert!(Definitions::own().is_grouped("HN12F"));
    }
}
