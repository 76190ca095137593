//! What calls for joint work that is ad hoc: a short list, each entry with its source.

use std::sync::LazyLock;

use serde::Deserialize;

/// The list that comes with the program.
const OWN: &str = include_str!("../data/triggers.toml");

static TRIGGERS: LazyLock<Triggers> =
    LazyLock::new(|| toml::from_str(OWN).expect("a test reads the triggers"));

/// What joint work may be called for by.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Triggers {
    /// Each kind, in order.
    pub trigger: Vec<Trigger>,
}

/// One kind of what calls for joint work.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// Its code.
    pub code: String,
    /// Its name on pages.
    pub name: String,
    /// Where it is from.
    pub source: String,
}

impl Triggers {
    /// Those that come with the program.
    pub fn own() -> &'static Self {
        &TRIGGERS
    }

    /// A kind by its code.
    pub fn named(&self, code: &str) -> Option<&Trigger> {
        self.trigger.iter().find(|it| it.code == code)
    }

    /// The name of a kind; a code that is none of these by itself.
    pub fn said<'a>(&'a self, code: &'a str) -> &'a str {
        self.named(code).map_or(code, |it| it.name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_has_a_code_of_its_own_and_a_source_and_the_guides_example_is_first() {
        let all = Triggers::own();
        let codes: BTreeSet<&str> = all.trigger.iter().map(|it| it.code.as_str()).collect();
        assert_eq!((codes.len(), all.trigger.len()), (7, 7));
        for it in &all.trigger {
            assert!(![&it.code, &it.name, &it.source].iter().any(|it| it.is_empty()), "{it:?}");
        }
        // Section 2.4: "for a specific Commissioning for Quality and Innovation (CQUIN) project".
        assert!(all.trigger[0].name.contains("CQUIN"), "{:?}", all.trigger[0]);
        assert_eq!(all.said("saving"), "A plan to save money");
        assert_eq!(all.said("of old"), "of old");
    }
}
