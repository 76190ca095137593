//! What is done with a rule: two leads agree to it and decide upon it, and it ends.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::benefits::Side;
use engagement::incentives::{Period, Verdict};
use store::incentives::{self, NewRuling, StoredIncentive};
use store::joint_actions::date_at;

use super::says::{is_shown, over, typed_period};
use super::show::{Show, Typed};
use super::{TEXT, found};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::joint_work::own_side;
use crate::shell::page::Page as _;
use crate::shell::visit::Visit;

/// What is said where the rule was changed while somebody wrote.
const SINCE: &str =
    "Something was done with this rule since you opened it: look at it, then send this again";

/// What is said where somebody would find values out that are hidden from them.
const HIDDEN: &str = "The values of this measure are hidden from you: decide upon all months that are over, as they stand above";

/// Whether a decision upon some months tells nothing that the page of the rule does not: where the
/// values of its measure are hidden from whoever decides, they are all months that are over, or months
/// that somebody decided upon before.
async fn is_told(
    app: &App,
    visit: &Visit,
    (it, period): (&StoredIncentive, Period),
) -> Result<bool, Fault> {
    let is_on_page = over(it, date_at(visit.now)) == Some(period)
        || it.rulings().iter().any(|of| of.period == period);
    if is_on_page {
        return Ok(true);
    }
    let mut db = app.store().read().await?;
    is_shown(&mut db, visit, it).await
}

/// The rule, for which side whoever asks speaks, and what they typed.
async fn asked(
    app: &App,
    visit: &Visit,
    (id, capability): (&str, Capability),
) -> Result<(StoredIncentive, Option<Side>, Typed), Fault> {
    let typed: Typed = visit.fields.read()?;
    let mut db = app.store().read().await?;
    let it = found(&mut db, visit, (capability, id)).await?;
    // For which side somebody speaks is asked of their profession, never of the form.
    let side = own_side(&mut db, visit).await?;
    Ok((it, side, typed))
}

/// The page again where the rules refuse a step, or something was done since, with all that was typed.
async fn again(
    (app, visit): (&App, &Visit),
    it: &StoredIncentive,
    (typed, field): (Typed, &'static str),
    done: Result<Response, Fault>,
) -> Result<Response, Fault> {
    let said = match done {
        Err(Fault::Refused(said)) => said,
        Err(Fault::Stale(_)) => SINCE.to_owned(),
        other => return other,
    };
    let mut db = app.store().read().await?;
    let it = found(&mut db, visit, (Capability::ReadActions, it.id.as_str())).await?;
    drop(db);
    let mut wrong = Wrong::default();
    wrong.add(field, said);
    Ok(Show::of(app, visit, &it, (typed, wrong)).await?.respond())
}

fn seen(typed: &Typed) -> i64 {
    typed.seen.parse().unwrap_or(-1)
}

pub(super) async fn agree(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let of = (id.as_str(), Capability::VerifyBenefits);
    let (it, side, typed) = asked(&app, &visit, of).await?;
    let side = side.ok_or(Fault::NotFound)?;
    let entry = visit.entry_in(visit.scope(Capability::VerifyBenefits)?, "incentive.agreed", "");
    let (id, seen, address) = (it.id.clone(), seen(&typed), format!("/incentives/{}", it.id));
    let done = visit.change(&address, "You agree to the rule.", move |tx| {
        Box::pin(async move { incentives::agree(tx, &id, side, seen, &entry).await })
    });
    again((&app, &visit), &it, (typed, "rule"), done.await).await
}

pub(super) async fn decide(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let of = (id.as_str(), Capability::VerifyBenefits);
    let (it, side, typed) = asked(&app, &visit, of).await?;
    let side = side.ok_or(Fault::NotFound)?;
    let mut wrong = Wrong::default();
    let verdict: Option<Verdict> = typed.verdict.parse().ok();
    wrong.unless(verdict.is_some(), "verdict", "Choose what you decide");
    if !typed.because.trim().is_empty() {
        TEXT.check(&mut wrong, "because", &typed.because, "");
    }
    let (from, to) = typed_period(&typed.from, &typed.to);
    wrong.unless(from.is_some() && to.is_some(), "from", "Enter the first and the last month");
    let (Some(verdict), Some(from), Some(to), true) = (verdict, from, to, wrong.is_empty()) else {
        return Ok(Show::of(&app, &visit, &it, (typed, wrong)).await?.respond());
    };
    let period = Period { from, to };
    if !is_told(&app, &visit, (&it, period)).await? {
        wrong.add("because", HIDDEN);
        return Ok(Show::of(&app, &visit, &it, (typed, wrong)).await?.respond());
    }
    let because = typed.because.trim().to_owned();
    let new = NewRuling { side, period, verdict, because };
    let entry = visit.entry_in(visit.scope(Capability::VerifyBenefits)?, "incentive.decided", "");
    let (id, seen, address) = (it.id.clone(), seen(&typed), format!("/incentives/{}", it.id));
    let done = visit.change(&address, "Your decision is recorded.", move |tx| {
        Box::pin(async move { incentives::decide(tx, &id, &new, seen, &entry).await })
    });
    again((&app, &visit), &it, (typed, "because"), done.await).await
}

pub(super) async fn end(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let of = (id.as_str(), Capability::KeepActions);
    let (it, _, typed) = asked(&app, &visit, of).await?;
    let mut wrong = Wrong::default();
    TEXT.check(&mut wrong, "why_ended", &typed.why_ended, "Say why it ends");
    if !wrong.is_empty() {
        return Ok(Show::of(&app, &visit, &it, (typed, wrong)).await?.respond());
    }
    let entry = visit.entry_in(visit.scope(Capability::KeepActions)?, "incentive.ended", "");
    let because = typed.why_ended.trim().to_owned();
    let (id, seen, address) = (it.id.clone(), seen(&typed), format!("/incentives/{}", it.id));
    let done = visit.change(&address, "The rule has ended.", move |tx| {
        Box::pin(async move { incentives::end(tx, &id, &because, seen, &entry).await })
    });
    again((&app, &visit), &it, (typed, "why_ended"), done.await).await
}
