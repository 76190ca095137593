//! Turns a feed's matching rules into the form that the matcher runs.

use std::collections::BTreeMap;

use domain::{Finding, Severity};
use rules::year::{Identity, MatchingRule, Reach, TieBreak};

use crate::local_time::Midnights;

/// The ordered rules of one feed, ready to run.
#[derive(Clone, Debug)]
pub struct Matcher {
    pub(super) rules: Vec<Compiled>,
    pub(super) midnights: Midnights,
    compares: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Compiled {
    pub(super) identity: Identity,
    pub(super) event_type: Option<u32>,
    pub(super) window: Option<(Reach, Reach)>,
    pub(super) equalities: Vec<usize>,
    pub(super) ties: Vec<Tie>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Tie {
    Equal(usize),
    Nearest,
}

/// Names of comparable columns, in the order of [`super::Fields`].
pub(super) const COMPARABLE: [&str; 5] = ["specialty", "site", "band", "spell", "requester"];

impl Matcher {
    /// Whether any rule compares a column; if none does, the fields of rows and events decide
    /// nothing.
    pub const fn compares(&self) -> bool {
        self.compares
    }

    /// Compiles rules; `types` numbers the event types.
    ///
    /// # Errors
    ///
    /// A refusal for each column that cannot be compared.
    pub fn new(
        feed: &str,
        rules: &[MatchingRule],
        types: &BTreeMap<String, u32>,
        midnights: &Midnights,
    ) -> Result<Self, Vec<Finding>> {
        let mut faults = Vec::new();
        let mut field = |rule: &MatchingRule, name: &str| {
            let found = COMPARABLE.iter().position(|it| *it == name);
            if found.is_none() {
                faults.push(unknown_column(feed, rule.sequence, name));
            }
            found
        };
        let mut compiled = Vec::with_capacity(rules.len());
        for rule in rules {
            let equalities = rule.equalities.iter().filter_map(|name| field(rule, name)).collect();
            let tie = |tie: &TieBreak| match tie {
                TieBreak::Nearest => Some(Tie::Nearest),
                TieBreak::Equal(name) => field(rule, name).map(Tie::Equal),
            };
            let ties = rule.tie_breaks.iter().filter_map(tie).collect();
            // A type that no event has fits none: any number outside the list says so.
            let wanted = |name: &str| types.get(name).copied().unwrap_or(u32::MAX);
            compiled.push(Compiled {
                identity: rule.identity,
                event_type: (!rule.event_type.is_empty()).then(|| wanted(&rule.event_type)),
                window: rule.window,
                equalities,
                ties,
            });
        }
        if faults.is_empty() {
            let compares = compiled.iter().any(Compiled::compares);
            Ok(Self { rules: compiled, midnights: midnights.clone(), compares })
        } else {
            Err(faults)
        }
    }
}

impl Compiled {
    fn compares(&self) -> bool {
        !self.equalities.is_empty() || self.ties.iter().any(|it| matches!(it, Tie::Equal(_)))
    }
}

fn unknown_column(feed: &str, sequence: i64, name: &str) -> Finding {
    let message = format!(
        "Rule {sequence} of feed {feed} compares `{name}`, which rows and events do not share"
    );
    Finding::new("MAT-001", Severity::Refusal, message)
        .at("matching.csv", 0, "equalities")
        .about(feed)
        .remedy(format!("Use one of {}", COMPARABLE.join(", ")))
}
