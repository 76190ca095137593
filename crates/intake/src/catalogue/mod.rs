//! The catalogue of bad input: each case with its code, what is done about it and the next step.

mod activity;
mod cells;
mod files;
mod ledger;
mod web;

use domain::Severity;

/// What is done about a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Good data: loaded, nothing said or a note.
    Accept,
    /// Loaded, with a warning.
    Warn,
    /// Repaired by a declared rule, with a count.
    Repair,
    /// Repaired so, and worth a look.
    RepairAndWarn,
    /// The row is kept apart, counted and shown, and not costed.
    Quarantine,
    /// The whole file is refused.
    RefuseFile,
    /// The whole intake or run stops; what was there before stays.
    Stop,
    /// Its cost goes to a named pool.
    Pool,
}

impl Action {
    /// The letter of the catalogue.
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Accept => "-",
            Self::Warn => "W",
            Self::Repair => "R",
            Self::RepairAndWarn => "R+W",
            Self::Quarantine => "Q",
            Self::RefuseFile => "F",
            Self::Stop => "S",
            Self::Pool => "P",
        }
    }

    /// How much a finding of it matters.
    pub const fn severity(self) -> Severity {
        match self {
            Self::Accept | Self::Repair => Severity::Note,
            Self::Warn | Self::RepairAndWarn | Self::Quarantine | Self::Pool => Severity::Warning,
            Self::RefuseFile | Self::Stop => Severity::Refusal,
        }
    }
}

/// Which part of the system handles a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Handled {
    /// Here.
    Intake,
    /// When costs are worked out.
    Costing,
    /// By the web application.
    Web,
}

/// One case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Stable code.
    pub code: &'static str,
    /// What is done about it.
    pub action: Action,
    /// Which part of the system does it.
    pub handled: Handled,
    /// What the case is, in one line.
    pub text: &'static str,
    /// What to do next.
    pub remedy: &'static str,
}

/// All cases in the order of their codes, and behind them the codes of intake's own checks.
pub fn catalogue() -> Vec<Entry> {
    let tables = [files::CASES, cells::CASES, activity::CASES, ledger::CASES, web::CASES, OWN];
    tables.concat()
}

/// The case of a code.
///
/// Codes are written in this crate only, and a test looks every one of them up.
pub(crate) fn entry(code: &str) -> Entry {
    let tables = [files::CASES, cells::CASES, activity::CASES, ledger::CASES, web::CASES, OWN];
    let found = tables.into_iter().flatten().find(|it| it.code == code);
    *found.expect("every code that is used is in the catalogue")
}

/// Checks that are ours and not in the catalogue of bad input.
const OWN: &[Entry] = &[
    here(
        "N1",
        Action::RefuseFile,
        "the file cannot be read at all",
        "see the message, and send the file again",
    ),
    here(
        "N2",
        Action::Warn,
        "a row names an event of another patient",
        "check the identifiers of the feed: the event's patient was taken",
    ),
    here(
        "N3",
        Action::Warn,
        "an aggregate figure fits no event",
        "check type, specialty and period: the figure stays without a patient",
    ),
    here(
        "N4",
        Action::Warn,
        "the grouper's output names no event of the feed",
        "group the same extract that is loaded",
    ),
    here(
        "N5",
        Action::Quarantine,
        "a value that the row needs is absent",
        "fill it in at its source, or quarantine stays",
    ),
    here(
        "N6",
        Action::Warn,
        "rows without a partner in a joined file",
        "nothing if they have none; the joined columns are absent",
    ),
    here(
        "N7",
        Action::Warn,
        "a key stands several times in a joined file",
        "declare `first_by`, or choose rows with `where`; none of them was taken",
    ),
    here(
        "N8",
        Action::Warn,
        "rows far from every event of their patient kept their shifted dates",
        "nothing: they lie outside the period",
    ),
    here(
        "N9",
        Action::Warn,
        "shifted dates were brought into the year with less reach",
        "nothing: the events of these patients fill the year",
    ),
    here(
        "N10",
        Action::Warn,
        "shifted dates that do not fit into one year",
        "nothing: nothing of these patients was moved",
    ),
    here(
        "N11",
        Action::Quarantine,
        "an NHS number stands where a code belongs",
        "check the columns of the mapping",
    ),
    here(
        "Q1",
        Action::Quarantine,
        "many rows of a file are quarantined",
        "mend the rows or have a named person accept them",
    ),
    here(
        "Q2",
        Action::RefuseFile,
        "too many rows of a file are quarantined",
        "mend the file at its source and load it again",
    ),
    here(
        "Q3",
        Action::Quarantine,
        "much cost of a file is quarantined",
        "mend the rows or have a named person accept them",
    ),
];

const fn here(
    code: &'static str,
    action: Action,
    text: &'static str,
    remedy: &'static str,
) -> Entry {
    Entry { code, action, handled: Handled::Intake, text, remedy }
}

const fn costing(code: &'static str, action: Action, text: &'static str) -> Entry {
    Entry { code, action, handled: Handled::Costing, text, remedy: "see the findings of the run" }
}

const fn web(code: &'static str, action: Action, text: &'static str) -> Entry {
    Entry { code, action, handled: Handled::Web, text, remedy: "see the page" }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The 146 cases of the catalogue, letter by letter.
    #[test]
    fn every_case_is_there_once() {
        let counts = [
            ("A", 34),
            ("B", 14),
            ("C", 17),
            ("D", 14),
            ("E", 23),
            ("F", 18),
            ("G", 10),
            ("H", 16),
        ];
        let all = catalogue();
        let codes: BTreeSet<&str> = all.iter().map(|it| it.code).collect();
        assert_eq!(codes.len(), all.len());
        for (letter, count) in counts {
            for number in 1..=count {
                assert!(codes.contains(format!("{letter}{number}").as_str()), "{letter}{number}");
            }
        }
        assert_eq!(counts.iter().map(|it| it.1).sum::<usize>() + OWN.len(), all.len());
    }

    /// Every code that stands in the source, a letter and a number in quotation marks, is a case.
    #[test]
    fn every_code_in_the_source_is_a_case() {
        let known: BTreeSet<&str> = catalogue().iter().map(|it| it.code).collect();
        let mut folders =
            vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
        let mut found = BTreeSet::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("the source") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(path).expect("source is text");
                let source = text.split("#[cfg(test)]").next().unwrap_or_default();
                // Byte strings hold patterns of text, such as those of postcodes, and no codes.
                let source = source.replace("b\"", "\"b");
                found.extend(source.split('"').filter(|it| is_code(it)).map(str::to_owned));
            }
        }
        assert!(found.len() > 100, "the codes are found");
        let unknown: Vec<&String> =
            found.iter().filter(|it| !known.contains(it.as_str())).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    fn is_code(text: &str) -> bool {
        let number = text.strip_prefix(|it: char| "ABCDEFGHNQ".contains(it));
        number.is_some_and(|it| {
            (1..=2).contains(&it.len()) && it.bytes().all(|byte| byte.is_ascii_digit())
        })
    }
}
