//! Cases that intake lets through and the costing settles: files in, findings of the run out.

use std::collections::BTreeSet;
use std::path::Path;

use costing::{CostRequest, CostingError};
use domain::Finding;
use rules::Model;

use crate::trust::{Trust, show_finding};

/// What became of a trust that was taken in and costed.
pub(crate) enum Costed {
    /// A run, with its findings as the run tells them.
    Run(Vec<String>),
    /// No run, for the model or the costing refuses.
    Refused(Vec<Finding>),
}

/// Takes a trust in and costs it.
pub(crate) fn cost(trust: &Trust) -> Costed {
    let files = Model::load(&trust.from().join("model")).expect("the model's files");
    let model = match Model::parse(files) {
        Ok((model, _)) => model,
        Err(faults) => return Costed::Refused(faults),
    };
    let outcome = trust.take_in();
    outcome.counted();
    if outcome.0.is_err() {
        return Costed::Refused(outcome.findings().to_vec());
    }
    let request = CostRequest {
        dataset: &trust.dataset(),
        model: &model,
        year: *model.years.keys().next().expect("a year"),
        runs: &trust.runs(),
        threads: 2,
        keep: None,
        progress: &|_| {},
    };
    match costing::cost(&request) {
        Ok(run) => Costed::Run(findings_of(&run.path)),
        Err(CostingError::Refused(findings)) => Costed::Refused(findings),
        Err(error) => panic!("{error}"),
    }
}

/// One line for each finding of a run, as for those of an intake.
fn findings_of(run: &Path) -> Vec<String> {
    let mut reader = csv::Reader::from_path(run.join("findings.csv")).expect("the run tells");
    let head: Vec<String> = reader.headers().expect("a header").iter().map(Into::into).collect();
    let place = |name: &str| head.iter().position(|it| it == name).expect("the contract");
    let names =
        ["severity", "code", "file", "line", "subject", "rows", "money", "message", "remedy"];
    let places = names.map(place);
    let line = |row: csv::StringRecord| {
        let [severity, code, file, line, subject, rows, money, message, remedy] =
            places.map(|it| row.get(it).unwrap_or_default().to_owned());
        format!(
            "{severity} {code} {file}:{line} ({subject}), rows {rows}, £{money}: {message}\n    {remedy}"
        )
    };
    reader.records().map(|it| line(it.expect("a row"))).collect()
}

impl Costed {
    /// What is new against another outcome, and all of the case itself.
    pub(crate) fn shown_beside(&self, other: &Self, code: &str) -> String {
        let head = match self {
            Self::Run(_) => "costed",
            Self::Refused(_) => "refused",
        };
        let known: BTreeSet<String> = other.lines().into_iter().collect();
        let own = format!(" {code} ");
        let new = self.lines().into_iter().filter(|it| !known.contains(it) || it.contains(&own));
        std::iter::once(head.to_owned()).chain(new).collect::<Vec<_>>().join("\n") + "\n"
    }

    fn lines(&self) -> Vec<String> {
        match self {
            Self::Run(lines) => lines.clone(),
            Self::Refused(findings) => findings.iter().map(show_finding).collect(),
        }
    }
}
