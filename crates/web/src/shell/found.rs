//! What work in the background found, from the document that it left: by what to do next.

use std::path::Path;

use domain::Money;
use serde::Deserialize;

use super::fault::Fault;
use super::words;

/// Findings of one group that a page shows; the file of all findings has the rest.
const SHOWN: usize = 10;

/// The document of a job.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Document {
    /// Whether the findings forbid the work.
    pub refused: bool,
    /// Files that were read.
    pub inputs: Vec<Input>,
    /// Feeds of the model for which there was no file.
    pub missing_feeds: Vec<String>,
    /// What was found.
    pub findings: Vec<Found>,
}

/// A file that was read. Always: rows read = used + quarantined + rejected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Input {
    /// Feed that it belongs to.
    pub feed: String,
    /// Name below the folder read.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Rows read.
    pub rows_read: u64,
    /// Rows used.
    pub rows_used: u64,
    /// Rows kept apart.
    pub rows_quarantined: u64,
    /// Rows rejected.
    pub rows_rejected: u64,
}

/// One finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Found {
    /// Stable code.
    pub code: String,
    /// `note`, `warning`, `needs acceptance` or `refused`.
    pub severity: String,
    /// File; blank if none.
    pub file: String,
    /// Line in it; 0 if the whole file is meant.
    pub line: u64,
    /// Column; blank if none.
    pub column: String,
    /// What it concerns.
    pub subject: String,
    /// Rows touched.
    pub rows: u64,
    /// Pounds touched, with six places.
    pub money: String,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub remedy: String,
}

/// Findings that ask for one and the same thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// What to do, as a sentence.
    pub remedy: String,
    /// How grave the gravest is.
    pub grave: &'static str,
    /// Whether somebody must act.
    pub must_act: bool,
    /// Rows and pounds touched, in words.
    pub touched: String,
    /// Its findings, as many as a page shows.
    pub lines: Vec<Line>,
    /// How many more there are.
    pub more: usize,
}

/// One finding of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Code.
    pub code: String,
    /// File, line and column, or what it concerns.
    pub place: String,
    /// What is wrong, as a sentence.
    pub message: String,
    /// Rows; blank where the whole file or a total is meant.
    pub rows: String,
    /// Pounds; blank for none.
    pub money: String,
}

impl Document {
    /// The document of a job of the site; an empty one where the job left none.
    ///
    /// # Errors
    ///
    /// [`Fault::Broken`] if it is there and cannot be read.
    pub fn of_job(folder: &Path, job: &str) -> Result<Self, Fault> {
        Self::read(&folder.join("jobs").join(job).join("job.json.result.json"))
    }

    /// A document, or the manifest of a dataset; an empty one where there is none.
    ///
    /// # Errors
    ///
    /// [`Fault::Broken`] if it is there and cannot be read.
    pub fn read(path: &Path) -> Result<Self, Fault> {
        let broken =
            |why: &dyn std::fmt::Display| Fault::Broken(format!("{}: {why}", path.display()));
        match std::fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| broken(&error)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(broken(&error)),
        }
    }

    /// Findings of a gravity.
    pub fn count(&self, severity: &str) -> usize {
        self.findings.iter().filter(|it| it.severity == severity).count()
    }

    /// The findings by what to do: the gravest first, then by pounds, then by rows.
    pub fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<(Vec<&Found>, Weight)> = Vec::new();
        for found in &self.findings {
            match groups.iter_mut().find(|it| it.0[0].remedy == found.remedy) {
                Some((group, weight)) => {
                    group.push(found);
                    *weight = weight.and(found);
                }
                None => groups.push((vec![found], Weight::default().and(found))),
            }
        }
        groups.sort_by(|one, other| {
            other.1.cmp(&one.1).then_with(|| one.0[0].remedy.cmp(&other.0[0].remedy))
        });
        groups.into_iter().map(group).collect()
    }
}

/// What puts a group before another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Weight {
    gravity: u8,
    money: Money,
    rows: u64,
}

impl Weight {
    fn and(self, found: &Found) -> Self {
        Self {
            gravity: self.gravity.max(gravity(found)),
            money: self.money + money(found),
            rows: self.rows + found.rows,
        }
    }
}

fn gravity(found: &Found) -> u8 {
    match found.severity.as_str() {
        "refused" => 3,
        "needs acceptance" => 2,
        "warning" => 1,
        _ => 0,
    }
}

fn money(found: &Found) -> Money {
    found.money.parse::<Money>().map_or(Money::ZERO, Money::abs)
}

fn group((mut found, weight): (Vec<&Found>, Weight)) -> Group {
    found.sort_by_key(|it| std::cmp::Reverse((gravity(it), money(it), it.rows)));
    let rows = words::count(weight.rows, "row", "rows");
    Group {
        remedy: words::sentence(&found[0].remedy),
        grave: match weight.gravity {
            3 => "Stops the load",
            2 => "Needs a decision",
            1 => "Look at it",
            _ => "For information",
        },
        must_act: weight.gravity > 1,
        touched: match (weight.rows, weight.money.is_zero()) {
            (0, true) => String::new(),
            (0, false) => words::pence(weight.money),
            (_, true) => rows,
            (_, false) => format!("{rows}, {}", words::pence(weight.money)),
        },
        lines: found.iter().take(SHOWN).map(|it| line(it)).collect(),
        more: found.len().saturating_sub(SHOWN),
    }
}

fn line(found: &Found) -> Line {
    let mut place = match (found.file.as_str(), found.line) {
        ("", _) => found.subject.clone(),
        (file, 0) => file.to_owned(),
        (file, line) => format!("{file}, line {}", words::thousands(line)),
    };
    if !found.column.is_empty() {
        place += &format!(", column {}", found.column);
    }
    Line {
        code: found.code.clone(),
        place,
        message: words::sentence(&found.message),
        rows: if found.rows == 0 { String::new() } else { words::thousands(found.rows) },
        money: if money(found).is_zero() { String::new() } else { words::pence(money(found)) },
    }
}

/// Whether the gravest finding of some group is as grave as this.
pub fn some_are(groups: &[Group], grave: &str) -> bool {
    groups.iter().any(|it| it.grave == grave)
}

impl Group {
    /// For samples.
    pub fn sample() -> Self {
        Self {
            remedy: "Mend the rows or have a named person accept them.".to_owned(),
            grave: "Needs a decision",
            must_act: true,
            touched: "54\u{a0}rows, £1,204.36".to_owned(),
            lines: vec![Line {
                code: "Q1".to_owned(),
                place: "2025-26/feeds/contacts.csv, line 316, column CONTACT DATE".to_owned(),
                message: "54 of 4003 rows are quarantined, more than 1 %.".to_owned(),
                rows: "54".to_owned(),
                money: "£1,204.36".to_owned(),
            }],
            more: 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(severity: &str, remedy: &str, (rows, money): (u64, &str)) -> Found {
        Found {
            code: "C1".to_owned(),
            severity: severity.to_owned(),
            file: "feeds/a.csv".to_owned(),
            line: 2,
            rows,
            money: money.to_owned(),
            message: "it is wrong".to_owned(),
            remedy: remedy.to_owned(),
            ..Found::default()
        }
    }

    #[test]
    fn what_to_do_first_stands_first() {
        let findings = vec![
            found("warning", "look", (1, "900.000000")),
            found("needs acceptance", "accept few", (5, "10.000000")),
            found("needs acceptance", "accept many", (9, "10.000000")),
            found("refused", "mend", (1, "0.000000")),
            found("note", "accept few", (2, "-1.500000")),
        ];
        let groups = Document { findings, ..Document::default() }.groups();
        let order: Vec<&str> = groups.iter().map(|it| it.remedy.as_str()).collect();
        // Of the two that wait for acceptance the one has 10 + 1.50 pounds, the other 10.
        assert_eq!(order, ["Mend.", "Accept few.", "Accept many.", "Look."]);
        assert_eq!(groups[1].touched, "7\u{a0}rows, £11.50");
        assert_eq!((groups[0].grave, groups[3].must_act), ("Stops the load", false));
        assert_eq!(groups[0].lines[0].place, "feeds/a.csv, line 2");
    }

    #[test]
    fn a_long_group_is_cut_and_counted() {
        let findings = (0..12).map(|it| found("warning", "look", (it, "0"))).collect();
        let groups = Document { findings, ..Document::default() }.groups();
        assert_eq!((groups.len(), groups[0].lines.len(), groups[0].more), (1, 10, 2));
        // 0 + 1 + … + 11 rows.
        assert_eq!(groups[0].touched, "66\u{a0}rows");
        assert_eq!(groups[0].lines[0].rows, "11", "the largest first");
    }

    #[test]
    fn what_touches_no_row_counts_none() {
        let findings = vec![found("refused", "extract again", (0, "-40550.00"))];
        let groups = Document { findings, ..Document::default() }.groups();
        assert_eq!(groups[0].touched, "£40,550.00");
        assert_eq!((&*groups[0].lines[0].rows, &*groups[0].lines[0].money), ("", "£40,550.00"));
    }
}
