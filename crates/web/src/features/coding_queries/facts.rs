//! How an event is recorded, and what was asked and answered about it, as pages show them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use access::Scope;
use domain::Key;
use results::Run;
use results::coding::Recorded;
use store::audit::Outcome;
use store::coding_queries::StoredQuery;

use super::{NO_REFERENCE, says, short};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;

/// What stands on record of an event, line by line.
pub(super) type Facts = Vec<(&'static str, String)>;

/// One step of a question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) by: String,
}

/// The run, if it is published or the person sees drafts.
pub(super) async fn readable(app: &App, visit: &Visit, id: &str) -> Result<Arc<Run>, Fault> {
    let sees_drafts = visit.may(access::Capability::ReadRuns);
    let (app, id) = (app.clone(), id.to_owned());
    reading(move || readable_to(&app, sees_drafts, &id)).await
}

/// As [`readable`], for work that is away from the threads that answer requests.
pub(super) fn readable_to(app: &App, sees_drafts: bool, id: &str) -> Result<Arc<Run>, Fault> {
    let run = app.shelf().run(id)?;
    let may_read = sees_drafts || run.records()?.publication.is_some();
    if may_read { Ok(run) } else { Err(Fault::NotFound) }
}

/// Reads how one event of a unit is recorded, with the question on record before. An event of
/// another unit, a restricted one and one that is not there are answered alike.
pub(super) async fn recorded(
    visit: &Visit,
    (run, event): (&Arc<Run>, &str),
    unit: &str,
    scope: &Scope,
) -> Result<Recorded, Fault> {
    // What is no reference may be somebody's identity: it is not kept.
    let is_reference = event.parse::<Key>().is_ok();
    let named = if is_reference { event } else { NO_REFERENCE };
    let entry = visit.entry_in(scope, "coding.record", &format!("{} {named}", run.id()));
    let caller = visit.asks(entry.clone().rows(1)).await?;
    let mut found = None;
    if is_reference {
        let (reader, unit) = (Arc::clone(run), unit.to_owned());
        let asked = BTreeSet::from([event.to_owned()]);
        let read = reading(move || Ok(reader.recorded_within(&asked, &caller, &|it| it == unit)?));
        found = read.await?.seen.remove(event);
    }
    if found.is_none() {
        visit.app.store().audit(entry.rows(0).ended(Outcome::Refused)).await?;
    }
    found.ok_or(Fault::NotFound)
}

/// Line by line, without money.
pub(super) fn facts(it: &Recorded) -> Facts {
    let or = |text: &str, none: &str| if text.is_empty() { none } else { text }.to_owned();
    let group = match (it.hrg.code.as_str(), it.hrg.name.as_str()) {
        ("", _) => "None recorded".to_owned(),
        (code, "") => code.to_owned(),
        (code, name) => format!("{code}: {name}"),
    };
    let nights = it.nights.and_then(|it| u64::try_from(it).ok());
    let nights = nights.map(|it| format!(", {}", words::count(it, "night", "nights")));
    let consultant = match it.consultant.as_str() {
        "" => "None recorded".to_owned(),
        code => format!("{}, a keyed code", short(code)),
    };
    vec![
        ("Type", it.event_type.words().to_owned()),
        ("Began", it.start.clone()),
        ("Ended", or(&it.end, "Not yet") + &nights.unwrap_or_default()),
        ("Age", or(&it.age_band, "Not known")),
        ("Specialty", it.specialty.words().to_owned()),
        ("Consultant", consultant),
        ("Main diagnosis (ICD-10)", or(&it.diagnosis, "None recorded")),
        ("Main procedure (OPCS-4)", or(&it.procedure, "None recorded")),
        ("Price group (HRG)", group),
    ]
}

/// What was asked and answered, in order.
pub(super) fn steps(query: &StoredQuery, names: &BTreeMap<String, String>) -> Vec<Step> {
    let by = |who: &store::PersonId, at| {
        let name = names.get(who.as_str()).map_or(who.as_str(), String::as_str);
        format!("{name}, {}", words::moment(at))
    };
    let asked = Step {
        title: super::about(&query.query.about),
        text: query.query.words.clone(),
        by: by(&query.asked_by, query.asked_at),
    };
    let answers = query.answers.iter().map(|it| Step {
        title: says(it.says).to_owned(),
        text: it.because.clone(),
        by: by(&it.by, it.at),
    });
    std::iter::once(asked).chain(answers).collect()
}

/// For samples.
pub(super) fn sample_facts() -> Facts {
    vec![
        ("Type", "Admitted patient care episode".to_owned()),
        ("Ended", "10 Nov 2025 15:10, 7\u{a0}nights".to_owned()),
        ("Main procedure (OPCS-4)", "None recorded".to_owned()),
        ("Price group (HRG)", "HN12F: Very Major Hip Procedures with CC Score 0-1".to_owned()),
    ]
}

/// For samples.
pub(super) fn sample_steps() -> Vec<Step> {
    let step = |title: &str, text: &str, by: &str| Step {
        title: title.to_owned(),
        text: text.to_owned(),
        by: by.to_owned(),
    };
    vec![
        step(
            "Few or no other conditions",
            "The patient had diabetes and was treated for it.",
            "Amara Okafor, 1 June 2026, 10:00",
        ),
        step(
            "Will be changed at source",
            "E11.9 is in the notes and is added.",
            "Leah Novak, 2 June 2026, 09:30",
        ),
    ]
}
