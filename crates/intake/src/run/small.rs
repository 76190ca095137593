//! The small tables: ledger, budget, control totals, income and sessions.

use std::collections::BTreeMap;

use domain::{Key, Money};
use rules::year::FeedRole;
use tables::dataset::{IncomeLine, Session};

use super::Intake;
use super::reading::Reading;
use crate::error::IntakeError;
use crate::feeds::small::{IncomeItem, Item, LedgerItem, SessionItem};
use crate::findings::Tally;
use crate::ledger;

/// Writes the small tables that have files.
pub(super) fn run(intake: &Intake<'_>, reading: &mut Reading<'_>) -> Result<Tally, IntakeError> {
    intake.progress.stage("writing the ledger");
    let mut tally = Tally::default();
    let year = intake.rules.year.to_string();
    let lines = ledger::ledger_lines(take_ledger(reading, FeedRole::Ledger, &mut tally), &year);
    let budget = ledger::budget_lines(take_ledger(reading, FeedRole::Budget, &mut tally));
    let (control, file) = take_control(reading, &mut tally);
    if has(reading, FeedRole::Ledger) {
        for found in ledger::against_control(&control, &lines, &budget, &file) {
            tally.sum(found);
        }
        intake.folder.table("ledger.parquet", &lines)?;
    }
    if has(reading, FeedRole::Control) {
        intake.folder.table("control.parquet", &control)?;
    }
    if has(reading, FeedRole::Budget) {
        intake.folder.table("budget.parquet", &budget)?;
    }
    let income = take_income(reading);
    if has(reading, FeedRole::Income) {
        intake.folder.table("income.parquet", &income)?;
    }
    let sessions = take_sessions(reading);
    if has(reading, FeedRole::Sessions) {
        intake.folder.table("sessions.parquet", &sessions)?;
    }
    Ok(tally)
}

/// Whether a file of a role was used.
fn has(reading: &Reading<'_>, role: FeedRole) -> bool {
    reading.files.iter().any(|it| reading.feeds[it.feed].feed.role == role && !it.refused)
}

fn take_ledger(reading: &mut Reading<'_>, role: FeedRole, tally: &mut Tally) -> Vec<LedgerItem> {
    let mut all = Vec::new();
    for feed in reading.of_role(role) {
        for (file, items) in reading.take_small(feed) {
            let lines: Vec<(u64, LedgerItem)> = items
                .into_iter()
                .filter_map(|(line, item)| match item {
                    Item::Ledger(item) => Some((line, item)),
                    _ => None,
                })
                .collect();
            if role == FeedRole::Ledger {
                let name = reading.files[file].name.clone();
                let (refusal, warnings) = ledger::duplicates(&name, &lines);
                for it in warnings {
                    tally.list(it);
                }
                if let Some(refusal) = refusal {
                    reading.files[file].refuse_with(refusal);
                    continue;
                }
            }
            all.extend(lines.into_iter().map(|it| it.1));
        }
    }
    all
}

fn take_control(
    reading: &mut Reading<'_>,
    tally: &mut Tally,
) -> (Vec<tables::dataset::ControlTotal>, String) {
    let mut totals: Vec<(u8, Money)> = Vec::new();
    let mut name = String::new();
    for feed in reading.of_role(FeedRole::Control) {
        for (file, items) in reading.take_small(feed) {
            name.clone_from(&reading.files[file].name);
            totals.extend(items.into_iter().filter_map(|(_, item)| match item {
                Item::Control { period, amount } => Some((period, amount)),
                _ => None,
            }));
        }
    }
    let (control, found) = ledger::control_totals(totals, &name);
    for it in found {
        tally.list(it);
    }
    (control, name)
}

/// Income lines by key; a line that is there twice counts once.
fn take_income(reading: &mut Reading<'_>) -> Vec<IncomeLine> {
    let mut lines: BTreeMap<Key, IncomeItem> = BTreeMap::new();
    for feed in reading.of_role(FeedRole::Income) {
        for (_, items) in reading.take_small(feed) {
            for (_, item) in items {
                if let Item::Income(item) = item {
                    lines.entry(item.line).or_insert(*item);
                }
            }
        }
    }
    let line = |it: IncomeItem| IncomeLine {
        line: it.line,
        event: it.event,
        pod: it.pod,
        code: it.code,
        specialty: it.specialty,
        period: i64::from(it.period),
        at_unit_price: it.at_unit_price,
        recognised: it.recognised,
        kind: it.kind,
    };
    lines.into_values().map(line).collect()
}

/// Sessions by identifier.
fn take_sessions(reading: &mut Reading<'_>) -> Vec<Session> {
    let mut sessions: BTreeMap<String, SessionItem> = BTreeMap::new();
    for feed in reading.of_role(FeedRole::Sessions) {
        for (_, items) in reading.take_small(feed) {
            for (_, item) in items {
                if let Item::Session(item) = item {
                    sessions.entry(item.session.clone()).or_insert(*item);
                }
            }
        }
    }
    let session = |it: SessionItem| Session {
        session: it.session,
        kind: it.kind,
        location: it.location,
        specialty: it.specialty,
        start_s: it.start,
        end_s: it.end,
        staff_e2: it.staff,
    };
    sessions.into_values().map(session).collect()
}
