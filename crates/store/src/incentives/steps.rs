//! Steps of a rule: two leads agree to it and decide upon it, and it ends.

use engagement::benefits::Side;
use engagement::incentives::{IncentiveFault, Ruling, agree_fault, asked, decide_fault};

use super::{
    Found, LETTERS_MAX, NewRuling, Step, StoredIncentive, get, reckoned, refused, undecided,
};
use crate::audit::{self, Entry};
use crate::error::{Result, said, short, taken, unchanged};
use crate::ids::IncentiveId;
use crate::joint_actions::date_at;
use crate::row::texts;
use crate::writer::Tx;

texts! {
    /// What was done with a rule.
    Act {
        /// A lead agreed to it.
        Agreed = "agreed",
        /// A lead decided upon it.
        Decided = "decided",
        /// It ended.
        Ended = "ended",
    }
}

/// Records that a lead agrees to what a rule says; whoever calls has looked at the profession.
///
/// # Errors
/// If the rules of incentives forbid it, it was changed since it was seen, or there is none.
pub async fn agree(
    tx: &mut Tx,
    id: &IncentiveId,
    side: Side,
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let found = get(tx, id).await?;
    unchanged(|| "this rule".to_owned(), seen, found.seen())?;
    if found.ended().is_some() {
        return Err(refused(&IncentiveFault::Ended));
    }
    let agreed = found.agreed();
    let agreed: Vec<(Side, &str)> = agreed.iter().map(|it| (it.0, it.1.by.as_str())).collect();
    if let Some(fault) = agree_fault((side, &entry.actor), &agreed, &found.writers()) {
        return Err(refused(&fault));
    }
    let version = i64::try_from(found.versions.len()).unwrap_or(i64::MAX);
    step(tx, &found, &Step::Agreed { side, version }, entry).await
}

/// Records what a lead decides of some months, with what the trigger says now. Two leads decide, and
/// whatever they decide is recorded; a departure from the trigger needs its reason.
///
/// # Errors
/// If the rules of incentives forbid it, it was changed since it was seen, or there is none.
pub async fn decide(
    tx: &mut Tx,
    id: &IncentiveId,
    new: &NewRuling,
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let found = get(tx, id).await?;
    unchanged(|| "this rule".to_owned(), seen, found.seen())?;
    if found.agreed().len() < Side::ALL.len() {
        return Err(refused(&IncentiveFault::NotAgreed));
    }
    let period = asked(found.held(), new.period, date_at(entry.at)).map_err(|it| refused(&it))?;
    undecided(tx, (Some(id), found.follows.as_ref()), period).await?;
    let (reckoning, _) = reckoned(tx, &found, period).await?;
    let ruling = Ruling {
        side: new.side,
        by: entry.actor.clone(),
        period,
        verdict: new.verdict,
        because: short("the reason", &new.because, LETTERS_MAX)?.to_owned(),
    };
    let trigger = (found.rule().way, reckoning.outcome);
    if let Some(it) = decide_fault(trigger, &ruling, &found.rulings(), &found.writers()) {
        return Err(refused(&it));
    }
    let told = Found {
        outcome: reckoning.outcome,
        quality_e4: reckoning.quality_e4.ok(),
        verified: i64::try_from(reckoning.verified).unwrap_or(i64::MAX),
    };
    step(tx, &found, &Step::Decided { ruling, found: told }, entry).await
}

/// Ends a rule: it holds as far as the last month that is over.
///
/// # Errors
/// If no reason is given, it has ended, it was changed since it was seen, or there is none.
pub async fn end(
    tx: &mut Tx,
    id: &IncentiveId,
    because: &str,
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let found = get(tx, id).await?;
    unchanged(|| "this rule".to_owned(), seen, found.seen())?;
    let because = said("why it ends", because, LETTERS_MAX)?.to_owned();
    if found.ended().is_some() {
        return Err(refused(&IncentiveFault::Ended));
    }
    step(tx, &found, &Step::Ended { because }, entry).await
}

async fn step(tx: &mut Tx, of: &StoredIncentive, step: &Step, entry: &Entry) -> Result<()> {
    let number = i64::try_from(of.steps.len() + 1).unwrap_or(i64::MAX);
    let (act, side, words) = match step {
        Step::Agreed { side, .. } => (Act::Agreed, side.word(), ""),
        Step::Decided { ruling, .. } => (Act::Decided, ruling.side.word(), &*ruling.because),
        Step::Ended { because } => (Act::Ended, "", because.as_str()),
    };
    let decided = match step {
        Step::Decided { ruling, found } => Some((ruling, found)),
        _ => None,
    };
    sqlx::query(
        "INSERT INTO incentive_step (incentive, number, act, side, version, from_day, to_day,
             verdict, outcome, quality_e4, verified_micro, words, taken_by, taken_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(of.id.as_str())
    .bind(number)
    .bind(act.as_str())
    .bind(side)
    .bind(i64::try_from(of.versions.len()).unwrap_or(i64::MAX))
    .bind(decided.map(|it| it.0.period.from.to_string()))
    .bind(decided.map(|it| it.0.period.to.to_string()))
    .bind(decided.map(|it| it.0.verdict.word()))
    .bind(decided.map(|it| it.1.outcome.word()))
    .bind(decided.and_then(|it| it.1.quality_e4))
    .bind(decided.map(|it| it.1.verified))
    .bind(words)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("step {number} of this rule")))?;
    // Reasons are somebody's own words: they stay out of the audit.
    let object = format!("incentive/{} of {} step {number} {side}", of.id, of.unit);
    audit::append(tx, &entry.of(&format!("incentive.{act}"), object.trim_end())).await?;
    Ok(())
}
