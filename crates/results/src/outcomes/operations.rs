//! How many separate operations a spell had: from the theatre rows of the run's own dataset, or
//! from activities that the model counts by number.

use std::collections::BTreeMap;
use std::path::Path;

use rules::YearRules;
use rules::year::CountUnit;
use sha2::{Digest as _, Sha256};
use tables::dataset::FeedRow;

use super::spells::Spell;
use super::uses;
use crate::reading::TableReader;
use crate::run::hexadecimal;
use crate::{ResultsError, Run};

/// Rows of theatres by patient: when each began, and its code, such as the phase of the visit.
type TheatreRows = BTreeMap<String, Vec<(i64, String)>>;

/// Operations, by whatever tells them.
pub(crate) enum Operations {
    /// By number of the event.
    OfEvents(BTreeMap<i64, i64>),
    /// By patient.
    Rows(TheatreRows),
}

impl Operations {
    /// From the dataset if there is one, else from the run; none if neither can tell.
    pub(crate) fn read(run: &Run, dataset: Option<&Path>) -> Result<Option<Self>, ResultsError> {
        let rules = run.rules()?;
        if let Some(folder) = dataset {
            of_this_run(run, folder)?;
            return rows(rules, folder).map(|it| it.map(Self::Rows));
        }
        let counted: Vec<&str> = in_session(rules)
            .filter(|it| {
                rules.activities.get(*it).is_some_and(|it| it.count_unit == CountUnit::Number)
            })
            .collect();
        if counted.is_empty() {
            return Ok(None);
        }
        let events = uses::of_events(run, &|activity| counted.contains(&activity))?;
        Ok(Some(Self::OfEvents(events)))
    }

    /// Operations of a spell: a visit to theatre has a row for each phase, so the phase that
    /// there is most of counts them.
    pub(crate) fn of(&self, spell: &Spell) -> i64 {
        match self {
            Self::OfEvents(events) => spell.events.iter().filter_map(|it| events.get(it)).sum(),
            Self::Rows(patients) => {
                let mut phases: BTreeMap<&str, i64> = BTreeMap::new();
                for (start_s, code) in patients.get(&spell.patient).into_iter().flatten() {
                    if spell.holds(*start_s) {
                        *phases.entry(code).or_default() += 1;
                    }
                }
                phases.into_values().max().unwrap_or_default()
            }
        }
    }
}

/// Activities that use planned sessions.
fn in_session(rules: &YearRules) -> impl Iterator<Item = &str> {
    rules.session_kinds.values().flat_map(|it| &it.used_by).map(String::as_str)
}

/// Whether a dataset is the one that the run was made of: by the hash of its manifest.
pub(crate) fn of_this_run(run: &Run, folder: &Path) -> Result<(), ResultsError> {
    let path = folder.join("manifest.json");
    let manifest = std::fs::read(&path).map_err(ResultsError::reading(&path))?;
    if hexadecimal(&Sha256::digest(&manifest)) == run.manifest().dataset_hash {
        return Ok(());
    }
    Err(ResultsError::OtherDataset { folder: folder.to_owned(), run: run.id().to_owned() })
}

/// Rows of all feeds that count in an activity of sessions; none if there is no such feed.
fn rows(rules: &YearRules, folder: &Path) -> Result<Option<TheatreRows>, ResultsError> {
    let in_session: Vec<&str> = in_session(rules).collect();
    let mut found: Option<TheatreRows> = None;
    for (feed, feed_rules) in &rules.activity_rules {
        let of_sessions: Vec<_> =
            feed_rules.iter().filter(|it| in_session.contains(&it.activity.as_str())).collect();
        let path = folder.join("feeds").join(format!("{feed}.parquet"));
        if of_sessions.is_empty() || !path.exists() {
            continue;
        }
        let patients = found.get_or_insert_default();
        let reader = TableReader::open(&path)?;
        for group in reader.groups() {
            for row in reader.rows::<FeedRow>(group)? {
                let counts = of_sessions.iter().any(|it| {
                    it.code.fits(&row.code)
                        && it.band.fits(&row.band)
                        && it.specialty.fits(&row.specialty)
                        && it.location.fits(&row.location)
                });
                if let Some(patient) = row.patient.filter(|_| counts) {
                    patients.entry(patient.to_string()).or_default().push((row.start_s, row.code));
                }
            }
        }
    }
    Ok(found)
}
