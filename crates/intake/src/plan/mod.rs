//! How the files of each feed are read in the year costed: the model, made ready.

mod columns;
mod sources;

use std::collections::BTreeMap;

use rules::intake_mapping::IntakeMapping;
use rules::year::{Feed, FeedRole, Pattern, ReferenceCode, YearRules};
use vault::Pseudonyms;

pub(crate) use columns::{Header, canonical};
pub(crate) use sources::{Nulls, Source, compile};

use crate::cells::codes::{CodeKind, CodeRules};

/// What every file of an intake is read with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan<'a> {
    /// Rules of the year.
    pub(crate) rules: &'a YearRules,
    /// Makes pseudonyms.
    pub(crate) pseudonyms: &'a Pseudonyms,
    /// Codes that are legally restricted.
    pub(crate) restricted: &'a [Pattern],
}

/// How the files of one feed are read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FeedPlan<'a> {
    /// What all feeds share.
    pub(crate) plan: Plan<'a>,
    /// Code of the feed.
    pub(crate) name: &'a str,
    /// The model's row of it.
    pub(crate) feed: &'a Feed,
    /// Its mapping.
    pub(crate) mapping: &'a IntakeMapping,
}

impl<'a> FeedPlan<'a> {
    /// Whether its rows are about patients.
    pub(crate) fn is_activity(&self) -> bool {
        matches!(self.feed.role, FeedRole::Master | FeedRole::Auxiliary)
    }

    /// Where one of our columns comes from.
    pub(crate) fn is_mapped(&self, column: &str) -> bool {
        self.mapping.columns.contains_key(column)
    }

    /// How the codes of one of our columns are read.
    pub(crate) fn code_rules(&self, column: &str) -> CodeRules<'a> {
        let kind = match column {
            "hrg" => CodeKind::Hrg,
            "diagnosis" => CodeKind::Diagnosis,
            "procedure" => CodeKind::Procedure,
            "site" | "pod" => CodeKind::National,
            _ => CodeKind::Own,
        };
        let clinical = matches!(column, "diagnosis" | "procedure");
        CodeRules {
            kind,
            null: &self.mapping.null,
            lookup: self.mapping.lookup.get(column),
            list: self.list(column),
            restricted: if clinical { self.plan.restricted } else { &[] },
            words: matches!(column, "name" | "cost_centre_name" | "account_name"),
        }
    }

    /// The reference list of a column: the feed's own, else the column's.
    fn list(&self, column: &str) -> Option<&'a BTreeMap<String, ReferenceCode>> {
        let lists = &self.plan.rules.reference_codes;
        let own = lists.get(&format!("{}.{column}", self.name));
        let general = || lists.get(column);
        let ward = || (column == "location").then(|| lists.get("ward")).flatten();
        own.or_else(general).or_else(ward)
    }
}

/// Patterns of restricted codes, from the reference list of that name.
pub(crate) fn restricted_codes(rules: &YearRules) -> Vec<Pattern> {
    let list = rules.reference_codes.get("restricted");
    list.into_iter().flat_map(BTreeMap::keys).map(|it| Pattern::parse(it)).collect()
}
