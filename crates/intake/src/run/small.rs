//! The small tables: ledger, budget, control totals, income and sessions.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Key, Money};
use rules::year::FeedRole;
use tables::dataset::{IncomeLine, Session};

use super::reading::Reading;
use super::{Intake, thresholds};
use crate::error::IntakeError;
use crate::feeds::duplicates::{IN_TWO_FILES, OTHER_CONTENT, TWICE};
use crate::feeds::small::{IncomeItem, Item, LedgerItem, SessionItem};
use crate::feeds::verdicts::Verdicts;
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
    let income = take_income(intake, reading);
    if has(reading, FeedRole::Income) {
        intake.folder.table("income.parquet", &income)?;
    }
    let sessions = take_sessions(intake, reading);
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

/// Income lines by key.
fn take_income(intake: &Intake<'_>, reading: &mut Reading<'_>) -> Vec<IncomeLine> {
    let mut lines: BTreeMap<Key, IncomeItem> = BTreeMap::new();
    for feed in reading.of_role(FeedRole::Income) {
        let repeats = reading.feeds[feed].feed.repeats;
        let mut rows: Vec<(Key, Copied<IncomeItem>)> = Vec::new();
        let mut repeated: BTreeMap<Key, u64> = BTreeMap::new();
        for (file, items) in reading.take_small(feed) {
            for (line, item) in items {
                let Item::Income(mut item) = item else { continue };
                if !item.native && repeats {
                    let count = repeated.entry(item.line).or_default();
                    if *count > 0 {
                        let text = format!("{}|{count}", item.line);
                        item.line = intake.pseudonyms.of(vault::Namespace::Row, &text);
                    }
                    *count += 1;
                }
                let money = item.recognised.abs();
                rows.push((item.line, Copied { file, line, money, item: *item }));
            }
        }
        lines.extend(once_each(intake, (reading, feed), rows));
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
fn take_sessions(intake: &Intake<'_>, reading: &mut Reading<'_>) -> Vec<Session> {
    let mut sessions: BTreeMap<String, SessionItem> = BTreeMap::new();
    for feed in reading.of_role(FeedRole::Sessions) {
        let mut rows: Vec<(String, Copied<SessionItem>)> = Vec::new();
        for (file, items) in reading.take_small(feed) {
            for (line, item) in items {
                if let Item::Session(item) = item {
                    let copied = Copied { file, line, money: Money::ZERO, item: *item };
                    rows.push((copied.item.session.clone(), copied));
                }
            }
        }
        sessions.extend(once_each(intake, (reading, feed), rows));
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

/// A row of a small table that may be there twice.
struct Copied<T> {
    file: usize,
    line: u64,
    money: Money,
    item: T,
}

/// The rows by key; a copy is kept apart, and so are all rows of a key that contradict each other.
fn once_each<K: Ord, T: PartialEq>(
    intake: &Intake<'_>,
    (reading, feed): (&mut Reading<'_>, usize),
    rows: Vec<(K, Copied<T>)>,
) -> BTreeMap<K, T> {
    let mut groups: BTreeMap<K, Vec<Copied<T>>> = BTreeMap::new();
    for (key, row) in rows {
        groups.entry(key).or_default().push(row);
    }
    let mut kept = BTreeMap::new();
    for (key, group) in groups {
        let agreed = group.iter().all(|it| it.item == group[0].item);
        let mut rows = group.into_iter();
        let first = rows.next().expect("a group has a row");
        for row in rows {
            let why = match (agreed, row.file == first.file) {
                (false, _) => ("E2", OTHER_CONTENT),
                (true, true) => ("E1", TWICE),
                (true, false) => ("G6", IN_TWO_FILES),
            };
            reading.keep_apart((row.file, row.line), row.money, why);
        }
        if agreed {
            kept.insert(key, (first.file, first.item));
        } else {
            reading.keep_apart((first.file, first.line), first.money, ("E2", OTHER_CONTENT));
        }
    }
    let none = Verdicts::default();
    for file in thresholds::refused(intake.rules, reading, feed, &none, &BTreeSet::new()) {
        thresholds::refuse(intake.rules, reading, file);
    }
    let used = kept.into_iter().filter(|(_, (file, _))| !reading.files[*file].refused);
    used.map(|(key, (_, item))| (key, item)).collect()
}
