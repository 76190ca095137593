//! What planned sessions had to offer, what was used, and where the unused staff time goes.

use std::collections::BTreeMap;

use domain::share::div_floor;
use tables::dataset::Session;

use super::plan::{Plan, SessionPlan};
use super::{Notes, Receiver, Residual, SessionRow};
use crate::error::CostingError;

/// One session's staffed seconds × 10².
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionUse {
    /// Session.
    pub session: String,
    /// Kind of session.
    pub kind: String,
    /// Planned in the period.
    pub planned: i128,
    /// Used by its rows, matched or not.
    pub used: i128,
    /// What becomes of the rest.
    pub fate: Fate,
}

/// What becomes of unused time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Everything was used, or more.
    NothingLeft,
    /// It stands as a residual of its own.
    Separate,
    /// It is spread over the session's rows.
    Spread,
}

/// Weights that sessions add: by weight set and receiver.
#[derive(Clone, Debug, Default)]
pub(super) struct SessionWeights {
    pub(super) residuals: BTreeMap<(usize, Residual), i128>,
    /// (weight set, bucket, event of the bucket) and weight.
    pub(super) events: Vec<((usize, usize, u32), i64)>,
    pub(super) uses: Vec<SessionUse>,
    /// What is worth telling.
    pub(super) notes: Notes,
}

/// A row with the bucket it came from.
type PlacedRow<'a> = (usize, &'a SessionRow);

/// Compares plans with use, and gives away what is left.
///
/// # Errors
///
/// [`CostingError::TooLarge`] if a session's staffed time is too large to be shared exactly.
pub(super) fn settle(
    plan: &Plan,
    sessions: &[Session],
    rows: &[PlacedRow<'_>],
) -> Result<SessionWeights, CostingError> {
    let mut by_session: BTreeMap<&str, Vec<PlacedRow<'_>>> = BTreeMap::new();
    for row in rows {
        by_session.entry(row.1.session.as_str()).or_default().push(*row);
    }
    let mut weights = SessionWeights::default();
    let mut sessions: Vec<&Session> = sessions.iter().collect();
    sessions.sort_by(|one, other| one.session.cmp(&other.session));
    for session in sessions {
        let mut rows = by_session.remove(session.session.as_str()).unwrap_or_default();
        let Some(kind) = plan.sessions.get(&session.kind) else {
            *weights.notes.unknown_kinds.entry(session.kind.clone()).or_default() += 1;
            continue;
        };
        let named = rows.len();
        rows.retain(|(_, row)| row.activities.iter().any(|it| kind.used_by.contains(it)));
        if rows.len() < named {
            let strange = i64::try_from(named - rows.len()).unwrap_or(i64::MAX);
            *weights.notes.strange_session_rows.entry(session.kind.clone()).or_default() += strange;
        }
        rows.sort_by_key(|(_, row)| row.row);
        settle_one((plan, kind), session, &rows, &mut weights)?;
    }
    let unplanned: usize = by_session.values().map(Vec::len).sum();
    weights.notes.unplanned_rows = i64::try_from(unplanned).unwrap_or(i64::MAX);
    Ok(weights)
}

fn settle_one(
    (plan, kind): (&Plan, &SessionPlan),
    session: &Session,
    rows: &[PlacedRow<'_>],
    weights: &mut SessionWeights,
) -> Result<(), CostingError> {
    let seconds = plan.period.seconds_of(session.start_s, Some(session.end_s));
    let planned = i128::from(seconds) * i128::from(session.staff_e2);
    let used: i128 = rows.iter().map(|(_, row)| row.used).sum();
    let unused = planned - used;
    let fate = match unused {
        ..=0 => Fate::NothingLeft,
        _ if kind.spread && used > 0 => Fate::Spread,
        _ => Fate::Separate,
    };
    match fate {
        Fate::NothingLeft => {}
        Fate::Spread => {
            spread((plan, kind), (unused, used), rows, weights)
                .ok_or_else(|| too_large(session))?;
        }
        Fate::Separate => {
            let receiver = Residual::UnusedSessionTime(session.session.clone());
            for &set in &kind.unused_sets {
                let relative = plan.sets[set].default_e4.unwrap_or(1);
                let weight = weighed(unused, relative).ok_or_else(|| too_large(session))?;
                *weights.residuals.entry((set, receiver.clone())).or_default() +=
                    i128::from(weight);
            }
        }
    }
    let (session, kind) = (session.session.clone(), session.kind.clone());
    weights.uses.push(SessionUse { session, kind, planned, used, fate });
    Ok(())
}

fn too_large(session: &Session) -> CostingError {
    CostingError::TooLarge {
        what: format!("session {}", session.session),
        why: "its staffed time is too large to share".to_owned(),
    }
}

/// Shares unused time over the session's rows by what each used, before relative weights; nothing
/// if a product does not fit.
///
/// The sets of the activity to which the kind gives unused time receive it, whatever the activity
/// of the row.
fn spread(
    (plan, kind): (&Plan, &SessionPlan),
    (unused, used): (i128, i128),
    rows: &[PlacedRow<'_>],
    weights: &mut SessionWeights,
) -> Option<()> {
    unused.checked_mul(used)?;
    let (mut running, mut given) = (0, 0);
    for (bucket, row) in rows {
        running += row.used;
        let reached = div_floor(unused * running, used);
        let extra = reached - given;
        given = reached;
        if extra == 0 {
            continue;
        }
        for it in row.spread.iter().filter(|it| kind.unused_sets.contains(&it.set)) {
            // A row that weighs in the set by itself has told of the default already.
            let new = !row.activities.contains(&plan.sets[it.set].activity);
            if let Some(code) = it.defaulted.as_ref().filter(|_| new) {
                *weights.notes.defaults.entry((it.set, code.clone())).or_default() += 1;
            }
            let weight = weighed(extra, it.relative)?;
            match &row.receiver {
                Receiver::Event(event) => weights.events.push(((it.set, *bucket, *event), weight)),
                Receiver::Residual(residual) => {
                    *weights.residuals.entry((it.set, residual.clone())).or_default() +=
                        i128::from(weight);
                }
            }
        }
    }
    Some(())
}

/// Staffed time × relative weight, if a weight can hold it.
fn weighed(staffed: i128, relative: i64) -> Option<i64> {
    i64::try_from(staffed.checked_mul(i128::from(relative))?).ok()
}
