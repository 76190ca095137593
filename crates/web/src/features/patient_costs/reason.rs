//! Why somebody looks at rows of patients, where that is asked first: kept for some minutes.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use access::{Capability, InScope, Scope};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::{Wrong, go, local};
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;

/// A reason holds so long.
const HOLDS: SignedDuration = SignedDuration::from_mins(15);

/// Letters that a reason has at least.
const SHORTEST: usize = 10;

#[derive(askama::Template)]
#[template(path = "features/patient_costs/reason.html")]
pub(super) struct ReasonPage {
    shell: Shell,
    next: String,
    reason: String,
    wrong: Wrong,
}

/// A reason as it is typed, and where it leads.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(default)]
    next: String,
    #[serde(default)]
    reason: String,
}

/// Reasons given, by session. Lost when the site starts anew; then they are asked again.
static GIVEN: LazyLock<Mutex<BTreeMap<String, (String, Timestamp)>>> =
    LazyLock::new(Mutex::default);

fn given() -> std::sync::MutexGuard<'static, BTreeMap<String, (String, Timestamp)>> {
    GIVEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a reason is asked for what is in scope somehow.
fn asks(found: InScope) -> bool {
    found.condition.is_some()
}

/// Whether a reason is asked somewhere in a scope.
pub(super) fn asked_in(scope: &Scope) -> bool {
    let of_units = scope.units().filter_map(|it| scope.of_unit(it));
    scope.of_trust().into_iter().chain(of_units).any(asks)
}

/// Whether a reason is asked for a service line.
pub(super) fn asked_for(scope: &Scope, line: &str) -> bool {
    scope.of_unit(line).is_some_and(asks)
}

/// The reason that goes on record: what was typed in this session, or blank where none is asked.
///
/// # Errors
///
/// The address where one is typed.
pub(super) fn held(visit: &Visit, is_asked: bool, query: &str) -> Result<String, String> {
    if !is_asked {
        return Ok(String::new());
    }
    let session = visit.person.as_ref().map(|it| it.session.as_str().to_owned());
    let found = session.and_then(|it| given().get(&it).cloned());
    match found {
        Some((reason, at)) if visit.now.duration_since(at) < HOLDS => Ok(reason),
        _ => {
            let next = match query {
                "" => visit.path.clone(),
                query => format!("{}?{query}", visit.path),
            };
            let query = serde_urlencoded::to_string([("next", next)]).unwrap_or_default();
            Err(format!("/patients/reason?{query}"))
        }
    }
}

pub(super) async fn show(RawQuery(query): RawQuery, visit: Visit) -> Result<Response, Fault> {
    let form: Form = serde_urlencoded::from_str(&query.unwrap_or_default()).unwrap_or_default();
    Ok(page(&visit, Form { reason: String::new(), ..form }, Wrong::default()).respond())
}

fn page(visit: &Visit, form: Form, wrong: Wrong) -> ReasonPage {
    let shell = visit.shell("Why do you look at the costs of single patients?");
    let shell = shell.with_errors(&wrong);
    ReasonPage { shell, next: local(&form.next).to_owned(), reason: form.reason, wrong }
}

/// Takes a reason, puts it on record and leads on.
pub(super) async fn give(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let form: Form = visit.fields.read()?;
    let reason = form.reason.trim().to_owned();
    let mut wrong = Wrong::default();
    let is_reason = reason.chars().filter(|it| it.is_alphanumeric()).count() >= SHORTEST;
    wrong.unless(is_reason, "reason", "Say in some words why you look: ten letters at least");
    if !wrong.is_empty() {
        return Ok(page(&visit, form, wrong).respond());
    }
    let scope = visit.scope(Capability::PatientRows)?;
    let entry = visit.entry_in(scope, "patients.reason", "").because(&reason);
    app.store().audit(entry).await?;
    let session = visit.person()?.session.as_str().to_owned();
    let now = visit.now;
    let mut all = given();
    all.retain(|_, (_, at)| now.duration_since(*at) < HOLDS);
    all.insert(session, (reason, now));
    drop(all);
    let next = if local(&form.next) == "/" { "/patients" } else { local(&form.next) };
    Ok(go(next, ""))
}

impl Page for ReasonPage {
    const TEMPLATE: &'static str = "features/patient_costs/reason.html";

    fn samples() -> Vec<Self> {
        let page = |wrong| Self {
            shell: Shell::sample("Why do you look at the costs of single patients?"),
            next: "/patients?line=TORT".to_owned(),
            reason: String::new(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("reason", "Say in some words why you look: ten letters at least");
        vec![page(Wrong::default()), page(wrong)]
    }
}
