//! An intake beside the one before: the same again, or something replaced.

use std::collections::BTreeMap;

use domain::{Money, Severity};
use rules::year::FeedRole;
use tables::Table as _;
use tables::dataset::LedgerLine;
use tables::manifest::{DatasetManifest, InputEntry};
use tables::parquet_file::GroupReader;

use super::Intake;
use super::reading::Reading;
use crate::dataset::publish::Before;
use crate::error::{IntakeError, at};
use crate::findings::{Tally, finding};

const WHOLE_E4: u128 = 1_000_000;

/// Whether the dataset before was made of the same files, model and key.
pub(super) fn is_unchanged(now: &DatasetManifest, reading: &Reading<'_>, before: &Before) -> bool {
    let then = &before.manifest;
    let of = |entry: &InputEntry| (entry.feed.clone(), entry.name.clone(), entry.sha256.clone());
    then.format == now.format
        && then.year == now.year
        && then.model_hash == now.model_hash
        && then.key_fingerprint == now.key_fingerprint
        && then.inputs.iter().map(of).eq(reading.inputs().iter().map(of))
}

/// What differs from the dataset before, file by file, and the ledger in pounds.
pub(super) fn against_before(
    intake: &Intake<'_>,
    reading: &Reading<'_>,
    before: Option<&Before>,
) -> Result<Tally, IntakeError> {
    let mut tally = Tally::default();
    let Some(before) = before else { return Ok(tally) };
    let known: BTreeMap<(&str, &str), &InputEntry> = before
        .manifest
        .inputs
        .iter()
        .map(|it| ((it.feed.as_str(), it.name.as_str()), it))
        .collect();
    let inputs = reading.inputs();
    for now in &inputs {
        if let Some(then) = known.get(&(now.feed.as_str(), now.name.as_str()))
            && then.sha256 != now.sha256
        {
            replaced(intake, then, now, &mut tally);
        }
    }
    for then in &before.manifest.inputs {
        if !inputs.iter().any(|it| it.feed == then.feed && it.name == then.name) {
            let message =
                format!("the file was there before, with {} rows, and is gone", then.rows_read);
            let found = finding("G3", message).at(then.name.clone(), 0, "").about(&then.feed);
            tally.sum(found.with_rows(then.rows_read));
        }
    }
    restated(intake, reading, before, &mut tally)?;
    Ok(tally)
}

fn replaced(intake: &Intake<'_>, then: &InputEntry, now: &InputEntry, tally: &mut Tally) {
    let message =
        format!("the file replaces one of {} rows with {} rows", then.rows_read, now.rows_read);
    let changed = then.rows_read.abs_diff(now.rows_read);
    let found = finding("G3", message).at(now.name.clone(), 0, "").about(&now.feed);
    tally.sum(found.with_rows(changed));
    let limit = u128::from(intake.rules.settings.resubmission_fewer_rows_e4.unsigned_abs());
    let fewer = u128::from(then.rows_read.saturating_sub(now.rows_read));
    if fewer > 0 && fewer * WHOLE_E4 > u128::from(then.rows_read) * limit {
        let message = format!(
            "the file has {} rows and the one that it replaces {}: perhaps only a part was sent",
            now.rows_read, then.rows_read
        );
        let mut found = finding("G4", message).at(now.name.clone(), 0, "").about(&now.feed);
        found.severity = Severity::NeedsAcceptance;
        tally.sum(found.with_rows(changed));
    }
}

/// Says by how many pounds the ledger was restated.
fn restated(
    intake: &Intake<'_>,
    reading: &Reading<'_>,
    before: &Before,
    tally: &mut Tally,
) -> Result<(), IntakeError> {
    let path = intake.to.join("ledger.parquet");
    if !before.manifest.files.iter().any(|it| it.name == "ledger.parquet") {
        return Ok(());
    }
    let bytes = std::fs::read(&path).map_err(at(&path))?;
    let batch = GroupReader::new(bytes::Bytes::from(bytes))?.all()?;
    let then: BTreeMap<String, Money> = LedgerLine::rows(&batch)
        .unwrap_or_default()
        .into_iter()
        .map(|it| (it.ledger_line, it.amount))
        .collect();
    let year = intake.rules.year.to_string();
    let items = reading.ledger_items(FeedRole::Ledger);
    let now: BTreeMap<String, Money> = crate::ledger::ledger_lines(items, &year)
        .into_iter()
        .map(|it| (it.ledger_line, it.amount))
        .collect();
    let amount = |lines: &BTreeMap<String, Money>, line: &String| {
        lines.get(line).copied().unwrap_or_default()
    };
    let lines = then.keys().chain(now.keys()).collect::<std::collections::BTreeSet<_>>();
    let changed: Vec<Money> = lines
        .into_iter()
        .map(|it| amount(&now, it) - amount(&then, it))
        .filter(|it| !it.is_zero())
        .collect();
    if !changed.is_empty() {
        let net: Money = changed.iter().sum();
        let message = format!(
            "{} ledger lines differ from the dataset before, by {} net",
            changed.len(),
            net.to_pence()
        );
        let rows = u64::try_from(changed.len()).unwrap_or(u64::MAX);
        let moved: Money = changed.iter().map(|it| it.abs()).sum();
        tally.sum(finding("F17", message).with_rows(rows).with_money(moved));
    }
    Ok(())
}
