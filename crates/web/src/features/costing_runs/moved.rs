//! What moved between two runs, closer: which files differ, the service line that moved most, and
//! the rows of one.

use std::collections::{BTreeMap, BTreeSet};

use domain::Money;
use results::Run;
use results::statements::{Statement, in_words};

use super::compare::{better_or_worse, more_or_less};
use crate::shell::fault::Fault;
use crate::shell::words;

/// Files named at most.
const FILES: usize = 10;

/// The rows of one service line that moved.
pub(super) struct Inside {
    pub(super) title: String,
    /// Name, before, after, and difference.
    pub(super) rows: Vec<[String; 4]>,
}

impl Inside {
    /// A service line that either run has.
    ///
    /// # Errors
    ///
    /// [`Fault::NotFound`] if neither has it.
    pub(super) fn of((from, to): (&Run, &Run), code: &str) -> Result<Self, Fault> {
        let find = |run: &Run| -> Result<Option<Statement>, Fault> {
            Ok(run.statements()?.into_iter().find(|it| it.service_line.code == code))
        };
        let (before, after) = (find(from)?, find(to)?);
        Self::between(before.as_ref(), after.as_ref()).ok_or(Fault::NotFound)
    }

    fn between(before: Option<&Statement>, after: Option<&Statement>) -> Option<Self> {
        let line = &after.or(before)?.service_line;
        let result = |it: Option<&Statement>| it.map_or(Money::ZERO, Statement::result);
        let moved = result(after) - result(before);
        let amount = |of: Option<&Statement>, row: &str| {
            let found = of.into_iter().flat_map(|it| &it.rows).find(|it| it.row == row);
            found.map_or(Money::ZERO, |it| it.amount)
        };
        let all = after.into_iter().chain(before).flat_map(|it| &it.rows);
        let mut seen = BTreeSet::new();
        let mut rows = Vec::new();
        for it in all.filter(|it| seen.insert(it.row.clone())) {
            let (one, other) = (amount(before, &it.row), amount(after, &it.row));
            if one != other {
                let difference = more_or_less(other - one);
                rows.push([it.name.clone(), words::pence(one), words::pence(other), difference]);
            }
        }
        Some(Self { title: format!("{}: {}", line.words(), better_or_worse(moved)), rows })
    }

    pub(super) fn sample() -> Self {
        let row = ["Theatres", "£40,000.00", "£19,000.00", "£21,000.00 less"];
        Self {
            title: "Trauma and orthopaedics: £21,000 better".to_owned(),
            rows: vec![row.map(str::to_owned)],
        }
    }
}

/// Files that went in and differ, so many of them by name.
pub(super) fn files(from: &Run, to: &Run) -> Vec<String> {
    let mut found = results::inputs::apart(from.manifest(), to.manifest());
    let more = found.len().saturating_sub(FILES);
    found.truncate(FILES);
    if more > 0 {
        found.push(format!("and {} more", words::thousands(more as u64)));
    }
    found
}

/// The service line whose result moved most, and what is left of its deficit or by how much that grew.
pub(super) fn most(
    before: &BTreeMap<String, (String, Money)>,
    after: &BTreeMap<String, (String, Money)>,
) -> String {
    let both = before.iter().filter_map(|(code, (name, one))| {
        let (_, other) = after.get(code)?;
        Some((name, *one, *other))
    });
    let moved = both.filter(|it| it.1 != it.2).max_by_key(|it| (it.2 - it.1).abs());
    let Some((name, one, other)) = moved else { return String::new() };
    let left = if one.is_negative() && other.is_negative() {
        if other.abs() < one.abs() {
            format!(" {} of its deficit is left.", words::percent(other.abs(), one.abs()))
        } else {
            format!(" Its deficit grew by {}.", words::pence(other.abs() - one.abs()))
        }
    } else {
        String::new()
    };
    format!(
        "{name} moved most, {}: before, it {}; after, it {}.{left}",
        better_or_worse(other - one),
        in_words(one),
        in_words(other),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(all: &[(&str, i64)]) -> BTreeMap<String, (String, Money)> {
        let one = |(name, pounds): &(&str, i64)| {
            (name.to_uppercase(), ((*name).to_owned(), Money::from_pounds(*pounds)))
        };
        all.iter().map(one).collect()
    }

    #[test]
    fn the_service_line_that_moved_most_is_told() {
        let (before, after) =
            (of(&[("Urology", -400), ("Surgery", 50)]), of(&[("Urology", -200), ("Surgery", 20)]));
        assert_eq!(
            most(&before, &after),
            "Urology moved most, £200 better: before, it spent £400.00 more than it earned; after, it \
             spent £200.00 more than it earned. 50.00% of its deficit is left."
        );
        assert_eq!(
            most(&after, &before),
            "Urology moved most, £200 worse: before, it spent £200.00 more than it earned; after, it \
             spent £400.00 more than it earned. Its deficit grew by £200.00."
        );
        assert!(most(&before, &before).is_empty());
        let over = most(&of(&[("Urology", -400)]), &of(&[("Urology", 100)]));
        assert!(over.ends_with("after, it earned £100.00 more than it spent."), "{over}");
    }

    fn statement(rows: &[(&str, i64, bool)]) -> Statement {
        let row =
            |(name, pounds, subtotal): &(&str, i64, bool)| results::statements::StatementRow {
                row: name.to_lowercase(),
                name: (*name).to_owned(),
                amount: Money::from_pounds(*pounds),
                non_recurrent: Money::ZERO,
                subtotal: *subtotal,
            };
        let code = "UROL".to_owned();
        Statement {
            service_line: results::explain::Named { code, name: "Urology".to_owned() },
            rows: rows.iter().map(row).collect(),
            in_words: String::new(),
        }
    }

    #[test]
    fn rows_that_moved_are_told_in_order() {
        let before =
            statement(&[("Income", 100, false), ("Theatres", 300, false), ("Surplus", -200, true)]);
        let after = statement(&[
            ("Income", 100, false),
            ("Theatres", 180, false),
            ("Wards", 5, false),
            ("Surplus", -85, true),
        ]);
        let found = Inside::between(Some(&before), Some(&after)).expect("both have it");
        assert_eq!(found.title, "Urology: £115 better");
        assert_eq!(
            found.rows,
            [
                ["Theatres", "£300.00", "£180.00", "£120.00 less"],
                ["Wards", "£0.00", "£5.00", "£5.00 more"],
                ["Surplus", "−£200.00", "−£85.00", "£115.00 more"],
            ]
        );
        let back = Inside::between(Some(&after), Some(&before)).expect("both have it");
        assert_eq!(back.title, "Urology: £115 worse");
        assert_eq!(back.rows.len(), 3);
        assert!(Inside::between(None, None).is_none());
    }
}
