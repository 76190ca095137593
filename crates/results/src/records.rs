//! Acceptances and the publication of a run: append-only records beside it.
//!
//! `<run id>.records.jsonl` stands beside the run's folder, so that the run itself never changes.
//! An acceptance names a finding by its id, which changes with the rows and the money touched, so
//! that nobody's acceptance covers more than they saw. A publication names the manifest's hash.

use serde::{Deserialize, Serialize};

use crate::findings::StoredFinding;
use crate::journal::{self, Journal};
use crate::{ResultsError, Run};

/// A named person accepts one finding as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// Id of the finding.
    pub finding: String,
    /// Rows that it touched.
    pub rows: u64,
    /// Money that it touched, in pounds with six decimals.
    pub money: String,
    /// Who accepted.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When, as passed in.
    pub at: String,
}

/// Two different people publish a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// The two, in the order given.
    pub by: [String; 2],
    /// When, as passed in.
    pub at: String,
    /// SHA-256 of the manifest that they published.
    pub manifest_sha256: String,
}

/// What was said of a run after it was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Records {
    /// Acceptances in the order in which they were made.
    pub acceptances: Vec<Acceptance>,
    /// The publication, if there is one.
    pub publication: Option<Publication>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
enum Record {
    Acceptance(Acceptance),
    Publication(Publication),
}

impl Records {
    /// Who accepted this finding, if anybody has.
    pub fn acceptance_of(&self, finding: &str) -> Option<&Acceptance> {
        self.acceptances.iter().find(|it| it.finding == finding)
    }

    fn of(records: Vec<Record>) -> Self {
        let mut all = Self::default();
        for record in records {
            match record {
                Record::Acceptance(it) => all.acceptances.push(it),
                Record::Publication(it) => all.publication = all.publication.or(Some(it)),
            }
        }
        all
    }
}

impl Run {
    /// Its acceptances and publication.
    ///
    /// # Errors
    ///
    /// [`ResultsError::Damaged`] if a line is no record, or if the manifest is not the one that was
    /// published.
    pub fn records(&self) -> Result<Records, ResultsError> {
        let records = Records::of(journal::read(&self.records_path())?);
        match &records.publication {
            Some(it) if it.manifest_sha256 != self.manifest_sha256() => {
                let why = "it is not the one that was published";
                Err(ResultsError::damaged("manifest.json", &why))
            }
            _ => Ok(records),
        }
    }

    /// Findings that need acceptance and have none, in order.
    ///
    /// # Errors
    ///
    /// [`ResultsError::Damaged`] if findings or records cannot be read.
    pub fn outstanding(&self) -> Result<Vec<StoredFinding>, ResultsError> {
        outstanding(self, &self.records()?)
    }

    /// Records that a named person accepts a finding as it stands; on disk when this returns.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if there is no such finding, it needs no acceptance, it has one, or the
    /// name or reason is blank.
    pub fn accept(
        &self,
        finding: &str,
        by: &str,
        reason: &str,
        at: &str,
    ) -> Result<Acceptance, ResultsError> {
        let by = spoken(by, "the name of who accepts")?;
        let reason = spoken(reason, "the reason")?;
        let path = self.records_path();
        let mut journal = Journal::open(&path)?;
        let records = Records::of(journal.records()?);
        let found = self.acceptable(finding, &records)?;
        let acceptance = Acceptance {
            finding: found.id,
            rows: found.rows,
            money: found.money.to_decimal(),
            by,
            reason,
            at: at.to_owned(),
        };
        journal.append(&Record::Acceptance(acceptance.clone()))?;
        Ok(acceptance)
    }

    /// Records that two different people publish the run; on disk when this returns. Every file is
    /// compared with the manifest first, so that nobody puts their name to a damaged run.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if findings wait for acceptance, both names are of one person, the run was
    /// published before, or a file differs from the manifest.
    pub fn publish(&self, by: [&str; 2], at: &str) -> Result<Publication, ResultsError> {
        let first = spoken(by[0], "the first name")?;
        let second = spoken(by[1], "the second name")?;
        if one_person(&first, &second) {
            return Err(ResultsError::OnePerson(first));
        }
        let path = self.records_path();
        let mut journal = Journal::open(&path)?;
        let records = Records::of(journal.records()?);
        self.refuse_publication(&records)?;
        self.check_hashes()?;
        let publication = Publication {
            by: [first, second],
            at: at.to_owned(),
            manifest_sha256: self.manifest_sha256().to_owned(),
        };
        journal.append(&Record::Publication(publication.clone()))?;
        Ok(publication)
    }

    fn acceptable(&self, id: &str, records: &Records) -> Result<StoredFinding, ResultsError> {
        let findings = self.findings()?;
        let waiting = || Ok::<_, ResultsError>(ids(&outstanding(self, records)?));
        let Some(found) = findings.into_iter().find(|it| it.id == id) else {
            return Err(ResultsError::NoSuchFinding { id: id.to_owned(), outstanding: waiting()? });
        };
        if let Some(earlier) = records.acceptance_of(id) {
            return Err(ResultsError::AlreadyAccepted {
                id: id.to_owned(),
                by: earlier.by.clone(),
                at: earlier.at.clone(),
            });
        }
        if !found.needs_acceptance() {
            return Err(ResultsError::NeedsNone {
                id: id.to_owned(),
                severity: found.severity,
                outstanding: waiting()?,
            });
        }
        Ok(found)
    }

    fn refuse_publication(&self, records: &Records) -> Result<(), ResultsError> {
        if let Some(earlier) = &records.publication {
            let [first, second] = earlier.by.clone();
            let at = earlier.at.clone();
            return Err(ResultsError::AlreadyPublished { first, second, at });
        }
        let waiting = outstanding(self, records)?;
        if waiting.is_empty() {
            return Ok(());
        }
        let money = waiting.iter().map(|it| it.money).sum();
        Err(ResultsError::Outstanding { findings: ids(&waiting), money })
    }

    fn records_path(&self) -> std::path::PathBuf {
        self.beside(&format!("{}.records.jsonl", self.id()))
    }
}

fn outstanding(run: &Run, records: &Records) -> Result<Vec<StoredFinding>, ResultsError> {
    let mut findings = run.findings()?;
    findings.retain(|it| it.needs_acceptance() && records.acceptance_of(&it.id).is_none());
    Ok(findings)
}

fn ids(findings: &[StoredFinding]) -> Vec<String> {
    findings.iter().map(|it| it.id.clone()).collect()
}

fn spoken(text: &str, what: &'static str) -> Result<String, ResultsError> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() { Err(ResultsError::Blank(what)) } else { Ok(text) }
}

/// Names differ only if they differ in more than capitals and spaces.
fn one_person(first: &str, second: &str) -> bool {
    first.to_lowercase() == second.to_lowercase()
}
