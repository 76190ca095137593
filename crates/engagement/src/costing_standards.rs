//! Standards of the Approved Costing Guidance that an allocation may touch: code, title, and whether
//! that title was read anywhere.

use std::sync::LazyLock;

use serde::Deserialize;

/// The standards that come with the program.
const OWN: &str = include_str!("../data/costing-standards.toml");

static STANDARDS: LazyLock<CostingStandards> =
    LazyLock::new(|| toml::from_str(OWN).expect("a test reads the standards"));

/// Standards, and where their titles are from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CostingStandards {
    /// Where titles are from.
    pub source: Vec<Source>,
    /// Each standard, in order.
    pub standard: Vec<CostingStandard>,
}

/// Where titles are from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its identifier.
    pub id: String,
    /// What it is.
    pub says: String,
    /// Whether titles were read there; where not, they are not confirmed.
    pub is_read: bool,
}

/// One standard.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CostingStandard {
    /// Its code, such as `CP3`.
    pub code: String,
    /// Its title.
    pub title: String,
    /// The source of the title.
    pub source: String,
}

impl CostingStandards {
    /// Those that come with the program.
    pub fn own() -> &'static Self {
        &STANDARDS
    }

    /// A standard by its code.
    pub fn named(&self, code: &str) -> Option<&CostingStandard> {
        self.standard.iter().find(|it| it.code == code)
    }

    /// Whether the title of a standard was read anywhere.
    pub fn is_confirmed(&self, it: &CostingStandard) -> bool {
        self.source.iter().any(|source| source.id == it.source && source.is_read)
    }

    /// A standard by its code, as people read it: `CP3 Allocating costs to activities`, with a mark
    /// where its title is not confirmed; a code that is none of these by itself.
    pub fn said(&self, code: &str) -> String {
        match self.named(code) {
            None => code.to_owned(),
            Some(it) if self.is_confirmed(it) => format!("{} {}", it.code, it.title),
            Some(it) => format!("{} {} (not confirmed)", it.code, it.title),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_standard_has_a_code_of_its_own_and_a_source_that_is_there() {
        let all = CostingStandards::own();
        let codes: BTreeSet<&str> = all.standard.iter().map(|it| it.code.as_str()).collect();
        assert_eq!(codes.len(), all.standard.len());
        for it in &all.standard {
            assert!(
                !it.title.is_empty() && (it.code.starts_with("CP") || it.code.starts_with("CM"))
            );
            assert!(all.source.iter().any(|of| of.id == it.source), "{}", it.code);
        }
    }

    #[test]
    fn a_title_that_nobody_read_is_marked() {
        let all = CostingStandards::own();
        assert_eq!(all.said("CP3"), "CP3 Allocating costs to activities");
        assert_eq!(all.said("CM5"), "CM5 Theatres and special procedure suites");
        assert_eq!(all.said("CM13"), "CM13 Admitted patient care (not confirmed)");
        assert_eq!(all.said("CM99"), "CM99");
    }
}
