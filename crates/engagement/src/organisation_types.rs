//! What type of organisation somebody is, and under which name figures by type tell of it.

use std::sync::LazyLock;

use serde::Deserialize;

/// The list that comes with the program.
const OWN: &str = include_str!("../data/organisation-types.toml");

static TYPES: LazyLock<OrganisationTypes> =
    LazyLock::new(|| toml::from_str(OWN).expect("a test reads the types"));

/// Types of organisations.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganisationTypes {
    /// Each type, in order.
    pub kind: Vec<OrganisationType>,
}

/// One type of organisation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganisationType {
    /// Its code.
    pub code: String,
    /// Its name on pages.
    pub name: String,
    /// Its name in figures by type; none where no figure tells of it.
    pub figures: Option<String>,
    /// Where it is from.
    pub source: String,
}

impl OrganisationTypes {
    /// Those that come with the program.
    pub fn own() -> &'static Self {
        &TYPES
    }

    /// A type by its code.
    pub fn named(&self, code: &str) -> Option<&OrganisationType> {
        self.kind.iter().find(|it| it.code == code)
    }

    /// The name of a type; a code that is none of these by itself.
    pub fn said<'a>(&'a self, code: &'a str) -> &'a str {
        self.named(code).map_or(code, |it| it.name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::reference::Reference;

    #[test]
    fn every_type_has_a_code_of_its_own_and_a_source() {
        let all = OrganisationTypes::own();
        let codes: BTreeSet<&str> = all.kind.iter().map(|it| it.code.as_str()).collect();
        assert_eq!((codes.len(), all.kind.len()), (5, 5));
        for it in &all.kind {
            assert!(![&it.code, &it.name, &it.source].iter().any(|it| it.is_empty()), "{it:?}");
        }
        assert_eq!(all.said("community"), "Community services");
        assert_eq!(all.said("of old"), "of old");
    }

    #[test]
    fn whatever_figures_tell_by_type_is_of_a_type() {
        let all = OrganisationTypes::own();
        let named: BTreeSet<&str> =
            all.kind.iter().filter_map(|it| it.figures.as_deref()).collect();
        let states = Reference::own().plics.states;
        let told: BTreeSet<&str> =
            states.iter().flat_map(|it| it.by_type.keys()).map(String::as_str).collect();
        assert_eq!(told, named);
    }
}
