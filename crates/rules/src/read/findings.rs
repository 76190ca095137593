//! Collects findings, each once, with the years that it holds in.

use std::collections::{BTreeMap, BTreeSet};

use domain::{FinancialYear, Finding, Place, Severity};

/// The findings so far, in the order of their places.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    found: BTreeMap<Draft, BTreeSet<FinancialYear>>,
    count: usize,
    year: Option<FinancialYear>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Draft {
    place: Place,
    code: &'static str,
    severity: Severity,
    message: String,
    remedy: String,
}

/// A place in a file; line 0 is the file as a whole.
pub(crate) fn place(file: &str, line: u64, column: &str) -> Place {
    Place { file: file.to_owned(), line, column: column.to_owned() }
}

impl Findings {
    /// From now on, findings are about this year.
    pub(crate) fn enter(&mut self, year: FinancialYear) {
        self.year = Some(year);
    }

    /// How many were reported, so that a reader can tell whether it added one.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Reports a fault: the model is refused.
    pub(crate) fn refuse(
        &mut self,
        code: &'static str,
        place: Place,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let (message, remedy) = (message.into(), remedy.into());
        self.add(Draft { place, code, severity: Severity::Refusal, message, remedy });
    }

    /// Reports something worth a look that refuses nothing.
    pub(crate) fn warn(
        &mut self,
        code: &'static str,
        place: Place,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let (message, remedy) = (message.into(), remedy.into());
        self.add(Draft { place, code, severity: Severity::Warning, message, remedy });
    }

    /// Tells something that nobody needs to act on.
    pub(crate) fn note(
        &mut self,
        code: &'static str,
        place: Place,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let (message, remedy) = (message.into(), remedy.into());
        self.add(Draft { place, code, severity: Severity::Note, message, remedy });
    }

    fn add(&mut self, draft: Draft) {
        self.count += 1;
        self.found.entry(draft).or_default().extend(self.year);
    }

    /// The findings by place. One that does not hold in every year of the model names its years.
    pub(crate) fn into_list(self, years: &BTreeSet<FinancialYear>) -> Vec<Finding> {
        let finish = |(draft, held): (Draft, BTreeSet<FinancialYear>)| {
            let Draft { place, code, severity, mut message, remedy } = draft;
            if !held.is_empty() && held != *years {
                let held: Vec<String> = held.iter().map(ToString::to_string).collect();
                message = format!("{message} (in {})", held.join(", "));
            }
            let finding = Finding::new(code, severity, message).remedy(remedy);
            finding.at(place.file, place.line, place.column)
        };
        self.found.into_iter().map(finish).collect()
    }
}
