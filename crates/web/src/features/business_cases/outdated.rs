//! A form of a case that somebody sent after others had changed it: it comes back as it was typed, with
//! what they did beside it.

use access::Capability;
use axum::response::Response;
use engagement::cases::{Case, CaseOption, CaseRole};
use store::cases::{Body, Kind as RecordKind, Record};

use super::found::{Found, Staff, found};
use super::told::told;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::form_page::{Beside, FormPage};
use crate::shell::visit::Visit;
use crate::shell::words;

/// A form as it was typed, on a case as it stands.
pub(super) type Again<'a> = dyn Fn(&Found) -> Result<FormPage, Fault> + Sync + 'a;

/// Writes a case anew as somebody who saw so much of it. Where others changed it since, the form comes
/// back with everything that was typed.
pub(super) async fn keep(
    (app, visit): (&App, &Visit),
    found: &Found,
    (body, seen): (Body, i64),
    said: &str,
    page: &Again<'_>,
) -> Result<Response, Fault> {
    match found.rewrite(visit, (body, seen), said).await {
        Err(Fault::Stale(_)) => {
            let now = anew(app, visit, found).await?;
            Ok(marked(&now, page(&now)?, seen).answer())
        }
        other => other,
    }
}

/// The form again where it was made of less than what stands now; whoever sends a form twice is led on
/// as they were the first time. None where it was made of what stands now.
pub(super) async fn outdated(
    of: (&App, &Visit),
    found: &Found,
    seen: i64,
    page: &Again<'_>,
) -> Result<Option<Response>, Fault> {
    if seen == found.record.seen() {
        return Ok(None);
    }
    let body = found.record.body().clone();
    keep(of, found, (body, seen), "It is kept.", page).await.map(Some)
}

/// The case as it stands now.
pub(super) async fn anew(app: &App, visit: &Visit, of: &Found) -> Result<Found, Fault> {
    found(app, visit, (Capability::KeepCases, RecordKind::Case), of.record.id.as_str()).await
}

/// A form with what others did, and why it cannot be kept where the case is written no more.
pub(super) fn marked(now: &Found, mut page: FormPage, seen: i64) -> FormPage {
    if let Some(fault) = now.record.state().change_fault() {
        let field = page.fields.first().map_or("decision", |it| it.name.as_str()).to_owned();
        page.wrong.add(&field, words::sentence(&fault.to_string()));
    }
    page.outdated(since(now, seen))
}

/// What was done with a case since somebody saw so much of it.
fn since(now: &Found, seen: i64) -> Vec<Beside> {
    let record = &now.record;
    let wrote = record.versions.iter().enumerate().map(|(at, it)| {
        let before = at.checked_sub(1).and_then(|it| case_of(&record.versions[it].body));
        let lines = match case_of(&it.body) {
            Some(it) => changed(before, it, &now.staff),
            None => vec!["Written anew".to_owned()],
        };
        (it.at, Beside { by: now.by(&it.by, it.at), lines })
    });
    let did = record.steps.iter().map(|it| {
        let lines = vec![told(&it.step)];
        (it.at, Beside { by: now.by(&it.by, it.at), lines })
    });
    Beside::since(wrote.chain(did).collect(), seen)
}

fn case_of(body: &Body) -> Option<&Case> {
    match body {
        Body::Case(it) => Some(it),
        _ => None,
    }
}

/// The case as somebody saw it who saw so much of its record.
pub(super) fn as_seen(record: &Record, seen: i64) -> Option<&Case> {
    let wrote = record.versions.iter().map(|it| (it.at, Some(&it.body)));
    let did = record.steps.iter().map(|it| (it.at, None));
    let mut all: Vec<_> = wrote.chain(did).collect();
    all.sort_by_key(|it| it.0);
    let seen = usize::try_from(seen).unwrap_or(0);
    all.into_iter().take(seen).filter_map(|it| it.1).next_back().and_then(case_of)
}

/// What a version says otherwise than the one before it, in lines.
fn changed(before: Option<&Case>, after: &Case, staff: &Staff) -> Vec<String> {
    let blank = Case::default();
    let before = before.unwrap_or(&blank);
    let mut lines = Vec::new();
    let mut differs = |what: &str, one: &str, other: &str| {
        if one != other {
            let other = if other.is_empty() { "Taken out" } else { other };
            lines.push(format!("{what}: {other}"));
        }
    };
    differs("What it is called", &before.title, &after.title);
    differs("What is wrong as it is", &before.problem, &after.problem);
    let less = "What would be done with less, or more with the same";
    differs(less, &before.efficiency, &after.efficiency);
    for it in &after.options {
        let was = before.options.iter().find(|other| other.name == it.name);
        let was = was.map_or_else(String::new, option);
        differs(&format!("Option “{}”", it.name), &was, &option(it));
    }
    let is_gone = |it: &&CaseOption| !after.options.iter().any(|other| other.name == it.name);
    for it in before.options.iter().filter(is_gone) {
        differs(&format!("Option “{}”", it.name), &it.name, "");
    }
    let proposed = |of: &Case| of.proposal().map_or_else(String::new, |it| it.name.clone());
    differs("Which option is proposed", &proposed(before), &proposed(after));
    let holder = |of: &Case, role: CaseRole| {
        of.team.holder(role).map_or_else(String::new, |it| staff.with_title(&it.person))
    };
    for role in CaseRole::ALL {
        differs(role.name(), &holder(before, *role), &holder(after, *role));
    }
    differs("Impact on quality", &before.quality.words, &after.quality.words);
    for ((name, was), (_, is)) in before.quality.parts().into_iter().zip(after.quality.parts()) {
        differs(&format!("Impact on {name}"), was, is);
    }
    let assessor = |of: &Case| match of.quality.assessed_by.as_str() {
        "" => String::new(),
        person => staff.with_title(person),
    };
    differs("Who assessed it", &assessor(before), &assessor(after));
    lines
}

/// An option in a line.
fn option(it: &CaseOption) -> String {
    let cost = it.cost.map_or_else(
        || "cost not written".to_owned(),
        |it| format!("{} once, {} every year", it.one_off, it.recurrent),
    );
    let parts = [&it.outcome, &it.experience, &it.safety].map(|it| words::sentence(it));
    format!("{cost}. {}", parts.join(" ")).trim().to_owned()
}
