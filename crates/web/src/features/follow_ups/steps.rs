//! What is added to a follow-up: what is known, whom it concerns, a month, and how it ended.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::variation::{Context, Outcome};
use serde::Deserialize;
use store::PersonId;
use store::follow_ups::{self, Added, Figure, LookedAt, StoredFollowUp};
use store::measures::Decimal;

use super::show::{MonthTyped, Typed, open_months, run_says, shown, to_tell};
use super::{TEXT, found, is_on};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::session::today;
use crate::shell::variation::{is_own, may_keep};
use crate::shell::visit::Visit;
use crate::shell::words;

/// What is known, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ContextTyped {
    seen: String,
    kind: String,
    known: String,
}

/// Whom it concerns, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TellTyped {
    seen: String,
    person: String,
}

/// How it ended, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct CloseTyped {
    seen: String,
    outcome: String,
    because: String,
}

/// What a form adds, and what is said once it has.
type Adding = (Added, &'static str);

/// A follow-up of which somebody may do something: to which things may be added where `grows` says
/// that this adds more than an end.
async fn of(
    app: &App,
    visit: &Visit,
    id: &str,
    (may, grows): (fn(&Visit, &StoredFollowUp) -> bool, bool),
) -> Result<StoredFollowUp, Fault> {
    let mut db = app.store().read().await?;
    let it = found(&mut db, visit, id).await?;
    let is_open = !grows || is_on(&mut db, visit, &it.new.of.unit).await?;
    if may(visit, &it) && is_open && it.closed().is_none() { Ok(it) } else { Err(Fault::NotFound) }
}

async fn add(
    visit: &Visit,
    it: &StoredFollowUp,
    seen: &str,
    (added, said): Adding,
) -> Result<Response, Fault> {
    let scope = visit.scope(Capability::ClinicianComparison)?;
    let entry = visit.entry_in(scope, "follow_up.step", "");
    let (id, seen) = (it.id.clone(), seen.parse().unwrap_or(-1));
    let address = format!("/follow-ups/{id}");
    let done = visit.change(&address, said, move |tx| {
        Box::pin(async move { follow_ups::add(tx, &id, &added, seen, &entry).await })
    });
    done.await
}

fn adds_context(visit: &Visit, it: &StoredFollowUp) -> bool {
    may_keep(visit, it) || is_own(visit, it)
}

pub(super) async fn context(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let form: ContextTyped = visit.fields.read()?;
    let it = of(&app, &visit, &id, (adds_context, true)).await?;
    let mut wrong = Wrong::default();
    let kind: Option<Context> = form.kind.parse().ok();
    wrong.unless(kind.is_some(), "kind", "Choose what is known");
    if kind == Some(Context::Other) || !form.known.trim().is_empty() {
        TEXT.check(&mut wrong, "known", &form.known, "Say what is known");
    }
    let (Some(kind), true) = (kind, wrong.is_empty()) else {
        let typed = Typed { kind: form.kind, known: form.known, ..Typed::default() };
        return shown(&app, &visit, &it, (typed, wrong)).await;
    };
    let added = Added::Context(kind, form.known.trim().to_owned());
    add(&visit, &it, &form.seen, (added, "It is added.")).await
}

pub(super) async fn tell(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let form: TellTyped = visit.fields.read()?;
    let it = of(&app, &visit, &id, (may_keep, true)).await?;
    let people = to_tell(&app, &visit, it.new.of.unit.as_str()).await?;
    if !people.iter().any(|it| it.0 == form.person) {
        let mut wrong = Wrong::default();
        wrong.add("person", "Choose the clinician concerned");
        let typed = Typed { person: form.person, ..Typed::default() };
        return shown(&app, &visit, &it, (typed, wrong)).await;
    }
    let added = Added::Told(PersonId::new(form.person));
    add(&visit, &it, &form.seen, (added, "The clinician concerned reads this follow-up now.")).await
}

/// A figure of a month: from the run, or as typed.
fn figure(
    wrong: &mut Wrong,
    (name, from): (&'static str, &str),
    [value, unit, source]: [&str; 3],
    run: Option<&Result<Figure, String>>,
) -> Option<Figure> {
    let field = |rest: &str| format!("{name}{rest}");
    if from == "run" {
        let found = run.and_then(|it| it.as_ref().ok()).cloned();
        let none = "The published costing does not say: enter it";
        wrong.unless(found.is_some(), &field("_from"), none);
        return found;
    }
    wrong.unless(from == "typed", &field("_from"), "Choose where it comes from");
    let number = value.trim().trim_start_matches('£').replace(',', "");
    let value: Option<Decimal> = number.parse().ok();
    let told = format!("Enter the {name} as a number, such as 112 or 2.5");
    wrong.unless(value.is_some(), name, &told);
    TEXT.check(wrong, &field("_of"), unit, "Say of what it is");
    TEXT.check(wrong, &field("_source"), source, "Say from where it is");
    let (unit, source) = (unit.trim().to_owned(), source.trim().to_owned());
    value.map(|value| Figure { value, unit, source })
}

pub(super) async fn month(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let form: MonthTyped = visit.fields.read()?;
    let it = of(&app, &visit, &id, (may_keep, true)).await?;
    let says = run_says(&app, &it, &visit).await?;
    let mut wrong = Wrong::default();
    let months = it.months(today(visit.now));
    let month = form.month.parse().ok().filter(|it| open_months(&months).any(|open| open == *it));
    wrong.unless(month.is_some(), "month", "Choose a month that can be looked at");
    let cost = figure(
        &mut wrong,
        ("cost", &form.cost_from),
        [&form.cost, &form.cost_of, &form.cost_source],
        says.as_ref().map(|it| &it.cost),
    );
    let quality = figure(
        &mut wrong,
        ("quality", &form.quality_from),
        [&form.quality, &form.quality_of, &form.quality_source],
        says.as_ref().map(|it| &it.quality),
    );
    TEXT.check(&mut wrong, "comment", &form.comment, "Say what you see in both together");
    let (Some(month), Some(cost), Some(quality), true) = (month, cost, quality, wrong.is_empty())
    else {
        let typed = Typed { month: form, ..Typed::default() };
        return shown(&app, &visit, &it, (typed, wrong)).await;
    };
    let words = form.comment.trim().to_owned();
    let added = Added::Month(LookedAt { month, cost, quality, words });
    add(&visit, &it, &form.seen, (added, "The month is recorded.")).await
}

pub(super) async fn close(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let form: CloseTyped = visit.fields.read()?;
    let it = of(&app, &visit, &id, (may_keep, false)).await?;
    let mut wrong = Wrong::default();
    let outcome: Option<Outcome> = form.outcome.parse().ok();
    wrong.unless(outcome.is_some(), "outcome", "Choose how it ended");
    if !form.because.trim().is_empty() {
        TEXT.check(&mut wrong, "because", &form.because, "");
    }
    let closing = outcome.map(|outcome| it.closing(outcome, &form.because));
    if let Some(fault) = closing.and_then(|it| it.fault()) {
        wrong.add("because", words::capital(&fault.to_string()));
    }
    let (Some(outcome), true) = (outcome, wrong.is_empty()) else {
        let typed = Typed { outcome: form.outcome, because: form.because, ..Typed::default() };
        return shown(&app, &visit, &it, (typed, wrong)).await;
    };
    let added = Added::Closed(outcome, form.because.trim().to_owned());
    add(&visit, &it, &form.seen, (added, "The follow-up has ended.")).await
}
