//! `[rebase]` of an intake mapping: shifted dates are brought into the year by a patient's events.

use std::collections::BTreeMap;

use super::Tables;
use super::intake::IntakeFile;
use crate::faults;
use crate::intake_mapping::{IntakeMapping, Rebase};
use crate::read::{Dated, Findings, Section};
use crate::year::{Feed, FeedRole};

/// A reach beyond a year would mean nothing.
const LONGEST_REACH_DAYS: i64 = 366;

/// Reads the section.
pub(super) fn read(section: &mut Section<'_>) -> Rebase {
    let events = section.text("events");
    let line = section.line("reach_days");
    let reach_days = section.whole("reach_days").unwrap_or_default();
    if !(0..=LONGEST_REACH_DAYS).contains(&reach_days) {
        let message = format!("{reach_days} days are not between 0 and {LONGEST_REACH_DAYS}");
        section.bad_value((line, "reach_days"), message, "Write a number of days, such as 30.");
    }
    Rebase { events, reach_days }
}

/// Checks that the events are there, and that both feeds say whose their rows are in one way.
pub(super) fn check(
    read: &IntakeFile,
    mapping: &IntakeMapping,
    tables: &Tables,
    feeds: &BTreeMap<&str, &Dated<Feed>>,
    findings: &mut Findings,
) {
    let Some(rebase) = &mapping.rebase else { return };
    let events = rebase.events.as_str();
    let of_master = feeds.get(events).is_some_and(|it| it.value.role == FeedRole::Master);
    let by = tables.intake.get(events).and_then(|it| it.mapping.as_ref());
    let by = by.filter(|_| of_master);
    if by.is_none() {
        findings.refuse(
            faults::REBASE_EVENTS,
            read.at("rebase"),
            format!("`{events}` is no feed with role master that has a mapping"),
            "Name the feed whose events each patient's dates are to be moved by.",
        );
    }
    if by.is_some_and(|it| it.rebase != mapping.rebase) {
        findings.refuse(
            faults::REBASE_APART,
            read.at("rebase"),
            format!("the mapping of `{events}` does not move its dates in the same way"),
            format!("Write the same [rebase] in the mapping of `{events}`."),
        );
    }
    let fills = |it: &IntakeMapping, column: &str| it.columns.contains_key(column);
    if !fills(mapping, PATIENT) || by.is_some_and(|it| !fills(it, PATIENT)) {
        findings.refuse(
            faults::REBASE_PATIENT,
            read.at("rebase"),
            format!("this mapping and that of `{events}` must both fill `{PATIENT}`"),
            format!("Add `{PATIENT}` to [columns] of both, with the same identifier."),
        );
    }
    if fills(mapping, "birth_date") {
        findings.refuse(
            faults::REBASE_BIRTH,
            read.at("rebase"),
            "a birth date would have to move with every row of the patient, each by its own weeks",
            "Fill `age` instead of `birth_date`.",
        );
    }
}

const PATIENT: &str = "patient_local";
