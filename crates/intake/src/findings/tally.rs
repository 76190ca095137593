//! Collects findings, so that a fault in a million rows is twenty examples and one sum.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use domain::{Finding, Money, Severity};

use crate::catalogue;

const LISTED: usize = 20;

/// A finding of a case, with the severity and the remedy that the catalogue states.
pub(crate) fn finding(code: &'static str, message: impl Into<String>) -> Finding {
    let case = catalogue::entry(code);
    Finding::new(code, case.action.severity(), message).remedy(case.remedy)
}

/// Findings by case, severity, file and column.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    groups: BTreeMap<Group, Members>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    code: &'static str,
    severity: Severity,
    file: String,
    column: String,
    subject: String,
}

#[derive(Clone, Debug, Default)]
struct Members {
    listed: Vec<Finding>,
    more_rows: u64,
    more_money: Money,
    remedy: String,
}

impl Tally {
    /// Adds a finding of one row; after the first twenty of a kind only rows and money are kept.
    pub(crate) fn list(&mut self, finding: Finding) {
        let members = self.members(&finding);
        if members.listed.len() < LISTED {
            members.listed.push(finding);
        } else {
            members.more_rows += finding.rows;
            members.more_money += finding.money;
        }
    }

    /// Adds a finding of many rows to those of its kind, as one: the first place and message stay.
    pub(crate) fn sum(&mut self, finding: Finding) {
        let members = self.members(&finding);
        match members.listed.first_mut() {
            None => members.listed.push(finding),
            Some(first) => {
                first.rows += finding.rows;
                first.money += finding.money;
            }
        }
    }

    /// Takes over what another tally holds.
    pub(crate) fn absorb(&mut self, other: Self) {
        for (group, members) in other.groups {
            let ours = self.groups.entry(group).or_default();
            for finding in members.listed {
                if ours.listed.len() < LISTED {
                    ours.listed.push(finding);
                } else {
                    ours.more_rows += finding.rows;
                    ours.more_money += finding.money;
                }
            }
            ours.more_rows += members.more_rows;
            ours.more_money += members.more_money;
            ours.remedy = members.remedy;
        }
    }

    /// Whether anything was found that refuses.
    pub(crate) fn refuses(&self) -> bool {
        self.groups.keys().any(|it| it.severity == Severity::Refusal)
    }

    /// All findings, the gravest first, with a sum where more were found than are listed.
    pub(crate) fn into_findings(self) -> Vec<Finding> {
        let mut all = Vec::new();
        for (group, members) in self.groups {
            let more = (members.more_rows > 0).then(|| summary(&group, &members));
            let mut listed = members.listed;
            listed.sort_by_key(|it| it.place.line);
            all.extend(listed);
            all.extend(more);
        }
        all.sort_by_cached_key(|it| {
            (Reverse(it.severity), in_order(it.code), it.place.file.clone())
        });
        all
    }

    fn members(&mut self, finding: &Finding) -> &mut Members {
        let group = Group {
            code: finding.code,
            severity: finding.severity,
            file: finding.place.file.clone(),
            column: finding.place.column.clone(),
            subject: finding.subject.clone(),
        };
        let members = self.groups.entry(group).or_default();
        if members.remedy.is_empty() {
            members.remedy.clone_from(&finding.remedy);
        }
        members
    }
}

/// Says how many more there are than those listed.
fn summary(group: &Group, members: &Members) -> Finding {
    let case = catalogue::entry(group.code);
    let listed: u64 = members.listed.iter().map(|it| it.rows).sum();
    let money: Money = members.listed.iter().map(|it| it.money).sum();
    let message = format!(
        "{}: {} rows with {} in all, of which the first {listed} are listed and these are the rest",
        case.text,
        listed + members.more_rows,
        (money + members.more_money).to_pence(),
    );
    Finding::new(group.code, group.severity, message)
        .at(group.file.clone(), 0, group.column.clone())
        .about(group.subject.clone())
        .with_rows(members.more_rows)
        .with_money(members.more_money)
        .remedy(members.remedy.clone())
}

/// A code as a letter and a number, so that A2 comes before A10.
fn in_order(code: &str) -> (String, u32) {
    let digits = code.trim_start_matches(|it: char| !it.is_ascii_digit());
    let letters = &code[..code.len() - digits.len()];
    (letters.to_owned(), digits.parse().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_are_listed_and_none_is_lost() {
        let mut tally = Tally::default();
        for line in 2..=30 {
            let found = finding("A14", "ragged").at("feeds/a.csv", line, "").with_rows(1);
            tally.list(found.with_money(Money::from_pounds(2)));
        }
        let found = tally.into_findings();
        assert_eq!(found.len(), 21);
        assert_eq!(found.iter().map(|it| it.rows).sum::<u64>(), 29);
        assert_eq!(found.iter().map(|it| it.money).sum::<Money>(), Money::from_pounds(58));
        let last = found.last().expect("there are findings");
        assert_eq!(
            last.message,
            "a row has more or fewer cells than the header: 29 rows with £58.00 in all, of which \
             the first 20 are listed and these are the rest"
        );
    }

    #[test]
    fn the_gravest_come_first_and_codes_in_order() {
        let mut tally = Tally::default();
        for code in ["A10", "A6", "A2", "A14", "A1"] {
            tally.list(finding(code, "x"));
        }
        let codes: Vec<&str> = tally.into_findings().iter().map(|it| it.code).collect();
        assert_eq!(codes, ["A1", "A10", "A2", "A14", "A6"]);
    }
}
