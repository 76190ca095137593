//! What is worth telling of rows and sessions, once all of them are known.

use std::collections::BTreeMap;

use domain::{Finding, Severity};

use super::Notes;
use super::plan::Plan;
use super::sessions::SessionUse;

/// The findings of weighing, by kind, then by what they concern.
pub(super) fn findings(plan: &Plan, notes: &Notes, sessions: &[SessionUse]) -> Vec<Finding> {
    let mut findings = rows(plan, notes);
    findings.extend(of_sessions(notes, sessions));
    findings
}

fn rows(plan: &Plan, notes: &Notes) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (feed, rows) in &notes.ambiguous {
        let message = format!("{rows} rows of feed {feed} fit more than one event");
        findings.push(told(("E11", Severity::Warning), message, *rows).about(feed).remedy(
            "Nothing if the tie-breaks of its matching rules are meant; else narrow the windows",
        ));
    }
    for ((feed, object), rows) in &notes.unknown_objects {
        let message = format!(
            "{rows} rows of feed {feed} are for `{object}`, which is no cost object of the model; they bear no cost"
        );
        findings.push(
            told(("ASS-007", Severity::NeedsAcceptance), message, *rows)
                .at("cost_objects.csv", 0, "cost_object")
                .about(format!("{feed} {object}"))
                .remedy("Add the cost object, or correct the lookup in the intake mapping"),
        );
    }
    findings.extend(untaken_categories(notes));
    for ((set, code), rows) in &notes.defaults {
        let set = &plan.sets[*set].code;
        let message =
            format!("{rows} rows with `{code}` took the stated default of weight set {set}");
        findings.push(
            told(("ASS-001", Severity::Note), message, *rows)
                .at("rwv.csv", 0, "code")
                .about(format!("{set} {code}"))
                .remedy("Give the code a relative weight if it is not like the others"),
        );
    }
    for (set, receivers) in &notes.negative {
        let set = &plan.sets[*set].code;
        let message = format!(
            "{receivers} receivers of weight set {set} have more returns than issues; they weigh nothing"
        );
        findings.push(
            told(("E13", Severity::Warning), message, *receivers)
                .about(set)
                .remedy("Check whether the issues were loaded"),
        );
    }
    findings
}

/// Rows that were matched or are for somebody, but whose activity rules all ask for others.
fn untaken_categories(notes: &Notes) -> impl Iterator<Item = Finding> {
    notes.untaken_categories.iter().map(|((feed, category), rows)| {
        let message = format!(
            "{rows} rows of feed {feed} are of category {category}, which none of their activity rules takes; they count in no activity and bear no cost"
        );
        told(("ASS-012", Severity::NeedsAcceptance), message, *rows)
            .at("activity_rules.csv", 0, "category")
            .about(format!("{feed} {category}"))
            .remedy("Add an activity rule for the category, or one with `*`; activity without an event counts as OWN")
    })
}

fn of_sessions(notes: &Notes, sessions: &[SessionUse]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut overrun: BTreeMap<&str, i64> = BTreeMap::new();
    for session in sessions.iter().filter(|it| it.used > it.planned) {
        *overrun.entry(&session.kind).or_default() += 1;
    }
    for (kind, sessions) in overrun {
        let message =
            format!("{sessions} sessions of kind {kind} were used for longer than planned");
        findings.push(told(("ASS-002", Severity::Note), message, sessions).about(kind).remedy(
            "Nothing, unless plan or times are wrong: query session_use where used > planned",
        ));
    }
    if notes.unplanned_rows > 0 {
        let rows = notes.unplanned_rows;
        let message = format!("{rows} rows name a session that is not planned");
        findings.push(
            told(("ASS-003", Severity::Warning), message, rows)
                .remedy("Load the planned sessions of these days, or correct the session names"),
        );
    }
    for (kind, rows) in &notes.strange_session_rows {
        let message = format!(
            "{rows} rows name a planned session of kind {kind}, but count in no activity that uses such sessions; their time is not taken off it"
        );
        findings.push(
            told(("ASS-013", Severity::Warning), message, *rows)
                .at("session_kinds.csv", 0, "used_by")
                .about(kind)
                .remedy("Add their activity to `used_by` of the kind, or correct the kind of these sessions"),
        );
    }
    for (kind, sessions) in &notes.unknown_kinds {
        let message = format!(
            "{sessions} planned sessions are of the kind `{kind}`, which the model does not have; what they left unused is not costed apart"
        );
        findings.push(
            told(("ASS-008", Severity::NeedsAcceptance), message, *sessions)
                .at("session_kinds.csv", 0, "session_kind")
                .about(kind)
                .remedy("Add the kind of session, or correct the lookup in the intake mapping"),
        );
    }
    findings
}

/// Rows of the dataset that the model has no feed for.
pub(super) fn unknown_feed(feed: &str, rows: i64) -> Finding {
    let message =
        format!("the dataset holds {rows} rows of feed {feed}, which the model does not have");
    told(("ASS-009", Severity::NeedsAcceptance), message, rows)
        .at("feeds.csv", 0, "feed")
        .about(feed)
        .remedy("Cost with the model whose intake made the dataset, or load the files again")
}

/// A finding about so many rows, receivers or sessions.
fn told((code, severity): (&'static str, Severity), message: String, rows: i64) -> Finding {
    Finding::new(code, severity, message).with_rows(u64::try_from(rows).unwrap_or(0))
}
