//! How much may be quarantined or missing before a person must accept it, or a file is refused.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Money, Severity};
use rules::year::{FeedRole, YearRules};

use super::reading::Reading;
use crate::feeds::verdicts::Verdicts;
use crate::findings::{Tally, finding};

/// Settings are percent × 10⁴, so a whole is a million of them.
const WHOLE_E4: u128 = 1_000_000;

/// Files of a feed with so many rows kept apart that they are refused.
pub(super) fn refused(
    rules: &YearRules,
    reading: &Reading<'_>,
    feed: usize,
    verdicts: &Verdicts,
    known: &BTreeSet<u32>,
) -> BTreeSet<u32> {
    let mut late: BTreeMap<u32, u64> = BTreeMap::new();
    for (file, _) in verdicts.in_order().into_keys() {
        *late.entry(file).or_default() += 1;
    }
    let limit = rules.settings.quarantine_refusal_rows_e4;
    reading
        .files_of(feed)
        .filter(|(_, file)| !file.refused)
        .map(|(number, file)| (u32::try_from(number).unwrap_or(u32::MAX), file.counts))
        .filter(|(number, _)| !known.contains(number))
        .filter(|(number, counts)| {
            let kept_apart = counts.quarantined + late.get(number).copied().unwrap_or(0);
            exceeds(kept_apart.into(), counts.read.into(), limit)
        })
        .map(|(number, _)| number)
        .collect()
}

/// Refuses files of small tables with too many rows kept apart.
pub(super) fn refuse_small(rules: &YearRules, reading: &mut Reading<'_>) {
    for feed in 0..reading.feeds.len() {
        if !reading.feeds[feed].is_activity() {
            let none = Verdicts::default();
            for file in refused(rules, reading, feed, &none, &BTreeSet::new()) {
                refuse(rules, reading, file);
            }
        }
    }
}

/// Refuses a file because too many of its rows are kept apart.
pub(super) fn refuse(rules: &YearRules, reading: &mut Reading<'_>, file: u32) {
    let loaded = &mut reading.files[file as usize];
    let limit = percent(rules.settings.quarantine_refusal_rows_e4);
    let message = format!("more than {limit} % of its rows would have to be quarantined");
    let found = finding("Q2", message)
        .at(loaded.name.clone(), 0, "")
        .with_rows(loaded.counts.read)
        .with_money(loaded.counts.money);
    loaded.refuse_with(found);
}

/// Judges files by what is kept apart, refused files by their feeds, and feeds by what is missing.
pub(super) fn missing(rules: &YearRules, reading: &Reading<'_>) -> Tally {
    let mut tally = Tally::default();
    for file in reading.files.iter().filter(|it| !it.refused) {
        let counts = file.counts;
        let place = || file.name.clone();
        let accepted = rules.settings.quarantine_acceptance_rows_e4;
        if exceeds(counts.quarantined.into(), counts.read.into(), accepted) {
            let message = format!(
                "{} of {} rows are quarantined, more than {} %",
                counts.quarantined,
                counts.read,
                percent(accepted)
            );
            let mut found = finding("Q1", message).at(place(), 0, "").with_rows(counts.quarantined);
            found.severity = Severity::NeedsAcceptance;
            tally.sum(found.with_money(counts.quarantined_money));
        }
        let accepted = rules.settings.quarantine_acceptance_cost_e4;
        let micro = |it: Money| u128::from(it.micro_pounds().unsigned_abs());
        if exceeds(micro(counts.quarantined_money), micro(counts.money), accepted) {
            let message = format!(
                "{} of {} are quarantined, more than {} %",
                counts.quarantined_money.to_pence(),
                counts.money.to_pence(),
                percent(accepted)
            );
            let mut found = finding("Q3", message).at(place(), 0, "").with_rows(counts.quarantined);
            found.severity = Severity::NeedsAcceptance;
            tally.sum(found.with_money(counts.quarantined_money));
        }
    }
    absent_feeds(rules, reading, &mut tally);
    absent_months(rules, reading, &mut tally);
    tally
}

/// Names the months of the year to date in which a feed has no row at all.
fn absent_months(rules: &YearRules, reading: &Reading<'_>, tally: &mut Tally) {
    for (feed, plan) in reading.feeds.iter().enumerate() {
        let mut months = [0; 13];
        for (_, file) in reading.files_of(feed).filter(|(_, it)| !it.refused) {
            months.iter_mut().zip(file.months).for_each(|(sum, rows)| *sum += rows);
        }
        let silent = matches!(plan.feed.role, FeedRole::Sessions | FeedRole::Control);
        let due = &months[1..=usize::from(rules.last_period.clamp(1, 12))];
        if silent || plan.mapping.rebase.is_some() {
            continue;
        }
        if due.iter().all(|it| *it == 0) {
            let elsewhere: u64 = months.iter().sum();
            if elsewhere > 0 {
                let message = format!(
                    "no row lies in the periods costed, {} outside them",
                    if elsewhere == 1 { "1 lies".to_owned() } else { format!("{elsewhere} lie") }
                );
                tally.sum(finding("G2", message).about(plan.name).with_rows(elsewhere));
            }
            continue;
        }
        let absent: Vec<String> =
            (1..).zip(due).filter(|it| *it.1 == 0).map(|it| it.0.to_string()).collect();
        if !absent.is_empty() {
            let message = format!("there is no row in period {}", absent.join(", "));
            tally.sum(finding("G2", message).about(plan.name));
        }
    }
}

fn absent_feeds(rules: &YearRules, reading: &Reading<'_>, tally: &mut Tally) {
    let files: BTreeSet<&str> =
        reading.files.iter().map(|it| reading.feeds[it.feed].name).collect();
    for (name, feed) in rules.feeds.iter().filter(|it| !files.contains(it.0.as_str())) {
        let message = format!("there is no file of the feed {name} ({})", feed.name);
        let mut found = finding("G1", message).about(name.clone());
        found.severity = if feed.required { Severity::NeedsAcceptance } else { Severity::Note };
        tally.sum(found);
    }
}

/// Whether a part is above a share of the whole.
fn exceeds(part: u128, whole: u128, share_e4: i64) -> bool {
    part > 0 && part * WHOLE_E4 > whole * u128::from(share_e4.unsigned_abs())
}

fn percent(share_e4: i64) -> String {
    let shown = domain::number::show_scaled(i128::from(share_e4), 4);
    shown.trim_end_matches('0').trim_end_matches('.').to_owned()
}
