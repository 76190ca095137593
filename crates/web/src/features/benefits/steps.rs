//! What is done with a benefit after it was claimed.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::benefits::{Evidence, Side};
use jiff::civil::Date;
use serde::Deserialize;
use store::benefits::{self, Step, StoredBenefit};

use super::form::number;
use super::show::Show;
use super::{TEXT, found, may};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::joint_work::own_side;
use crate::shell::page::Page as _;
use crate::shell::visit::Visit;

/// The forms of the page, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    pub(super) amount: String,
    pub(super) because: String,
    pub(super) evidence: String,
    pub(super) shown: String,
    pub(super) reference: String,
    pub(super) month: String,
    pub(super) reached: String,
    pub(super) source: String,
    pub(super) accepted: String,
    pub(super) not_accepted: String,
    pub(super) why: String,
    pub(super) explanation: String,
    pub(super) why_withdrawn: String,
    pub(super) activity: String,
    pub(super) baseline_run: String,
    pub(super) later: String,
    pub(super) concern: String,
    pub(super) answer: String,
    /// Which concern is answered.
    pub(super) of: String,
    pub(super) seen: String,
}

/// What a form comes to.
pub(super) type Read = fn(&Typed, Option<Side>, &mut Wrong) -> Option<Step>;

pub(super) async fn taken(
    (app, visit): (&App, &Visit),
    (id, capability): (&str, Capability),
    said: &str,
    read: Read,
) -> Result<Response, Fault> {
    let typed: Typed = visit.fields.read()?;
    let mut db = app.store().read().await?;
    let benefit = found(&mut db, visit, id).await?;
    // For which side somebody speaks is asked of their profession, never of the form.
    let side = own_side(&mut db, visit).await?;
    drop(db);
    if !may(visit, capability, &benefit) {
        return Err(Fault::NotFound);
    }
    let mut wrong = Wrong::default();
    let step = read(&typed, side, &mut wrong);
    let (Some(step), true) = (step, wrong.is_empty()) else {
        return again((app, visit), &benefit, (typed, wrong)).await;
    };
    let field = field(&step);
    let entry = visit.entry_in(visit.scope(capability)?, "benefit.step", "");
    let (asked, seen) = (benefit.id.clone(), typed.seen.parse().unwrap_or(-1));
    let own = format!("/benefits/{}", benefit.id);
    let done = visit.change(&own, said, move |tx| {
        Box::pin(async move { benefits::step(tx, &asked, &step, seen, &entry).await })
    });
    match done.await {
        Err(Fault::Refused(said)) => {
            wrong.add(field, said);
            again((app, visit), &benefit, (typed, wrong)).await
        }
        other => other,
    }
}

/// The page once more, with what was typed and what is wrong with it.
pub(super) async fn again(
    (app, visit): (&App, &Visit),
    benefit: &StoredBenefit,
    what: (Typed, Wrong),
) -> Result<Response, Fault> {
    Ok(Show::of(app, visit, benefit, what).await?.respond())
}

/// On which field stands what the rules refused of a step.
fn field(step: &Step) -> &'static str {
    match step {
        Step::Claim { .. } => "amount",
        Step::Evidence(_) => "evidence",
        Step::Reached { .. } => "month",
        Step::Read(_) => "later",
        Step::Concern { .. } => "concern",
        Step::Answer { .. } => "answer",
        Step::Decide { .. } => "accepted",
        Step::Explain { .. } => "explanation",
        Step::Withdraw { .. } => "why_withdrawn",
    }
}

fn needed(wrong: &mut Wrong, field: &str, text: &str) -> i64 {
    wrong.unless(!text.trim().is_empty(), field, "Enter a number");
    number(wrong, field, text).unwrap_or(0)
}

pub(super) async fn claim(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let of = (id.as_str(), Capability::KeepActions);
    let said = "The claim is changed. Both leads decide anew.";
    taken((&app, &visit), of, said, |typed, _, wrong| {
        TEXT.check(wrong, "because", &typed.because, "Say why another amount is claimed");
        let amount = needed(wrong, "amount", &typed.amount);
        Some(Step::Claim { amount, because: typed.because.trim().to_owned() })
    })
    .await
}

pub(super) async fn evidence(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let of = (id.as_str(), Capability::KeepActions);
    taken((&app, &visit), of, "The evidence is recorded.", |typed, _, wrong| {
        TEXT.check(wrong, "reference", &typed.reference, "Say where in the ledger it is found");
        wrong.unless(!typed.evidence.is_empty(), "evidence", "Choose what the ledger shows");
        let amount = needed(wrong, "shown", &typed.shown);
        let reference = typed.reference.trim().to_owned();
        Some(Step::Evidence(Evidence { kind: typed.evidence.clone(), amount, reference }))
    })
    .await
}

pub(super) async fn reached(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let of = (id.as_str(), Capability::KeepActions);
    taken((&app, &visit), of, "The month is recorded.", |typed, _, wrong| {
        TEXT.check(wrong, "source", &typed.source, "Say where the figure is from");
        let amount = needed(wrong, "reached", &typed.reached);
        let month: Option<Date> = format!("{}-01", typed.month.trim()).parse().ok();
        wrong.unless(month.is_some(), "month", "Enter a month, such as 2026-05");
        Some(Step::Reached { month: month?, amount, source: typed.source.trim().to_owned() })
    })
    .await
}

pub(super) async fn withdraw(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let of = (id.as_str(), Capability::KeepActions);
    taken((&app, &visit), of, "The benefit is claimed no more.", |typed, _, wrong| {
        let missing = "Say why it is claimed no more";
        TEXT.check(wrong, "why_withdrawn", &typed.why_withdrawn, missing);
        Some(Step::Withdraw { because: typed.why_withdrawn.trim().to_owned() })
    })
    .await
}

/// What is said to somebody whose profession is neither.
const NEITHER: &str =
    "A benefit is verified by a clinical and a finance lead: your profession is neither";

pub(super) async fn decide(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let of = (id.as_str(), Capability::VerifyBenefits);
    taken((&app, &visit), of, "Your decision is recorded.", |typed, side, wrong| {
        wrong.unless(side.is_some(), "accepted", NEITHER);
        let accepted = needed(wrong, "accepted", &typed.accepted);
        let not_accepted = number(wrong, "not_accepted", &typed.not_accepted).unwrap_or(0);
        if !typed.why.trim().is_empty() {
            TEXT.check(wrong, "why", &typed.why, "");
        }
        let because = typed.why.trim().to_owned();
        Some(Step::Decide { side: side?, accepted, not_accepted, because })
    })
    .await
}

pub(super) async fn explain(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let of = (id.as_str(), Capability::VerifyBenefits);
    taken((&app, &visit), of, "Your explanation is recorded.", |typed, side, wrong| {
        wrong.unless(side.is_some(), "explanation", NEITHER);
        TEXT.check(wrong, "explanation", &typed.explanation, "Say what happened");
        Some(Step::Explain { side: side?, words: typed.explanation.trim().to_owned() })
    })
    .await
}
