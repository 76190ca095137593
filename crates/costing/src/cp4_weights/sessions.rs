//! What planned sessions had to offer, what was used, and where the unused staff time goes.

use std::collections::BTreeMap;

use domain::share::div_floor;
use tables::dataset::Session;

use super::plan::Plan;
use super::{Receiver, Residual, SessionRow};

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
    pub(super) events: Vec<((usize, usize, u32), i128)>,
    pub(super) uses: Vec<SessionUse>,
    /// Rows that name a session which is not planned.
    pub(super) unplanned_rows: i64,
}

/// A session's rows, each with the bucket it came from.
type Rows<'a> = Vec<(usize, &'a SessionRow)>;

/// Compares plans with use, and gives away what is left.
pub(super) fn settle(
    plan: &Plan,
    sessions: &[Session],
    rows: &[(usize, &SessionRow)],
) -> SessionWeights {
    let mut by_session: BTreeMap<&str, Rows<'_>> = BTreeMap::new();
    for (bucket, row) in rows {
        by_session.entry(row.session.as_str()).or_default().push((*bucket, *row));
    }
    let mut weights = SessionWeights::default();
    for session in sessions {
        let mut rows = by_session.remove(session.session.as_str()).unwrap_or_default();
        rows.sort_by_key(|(_, row)| row.row);
        settle_one(plan, session, &rows, &mut weights);
    }
    let unplanned: usize = by_session.values().map(Vec::len).sum();
    weights.unplanned_rows = i64::try_from(unplanned).unwrap_or(i64::MAX);
    weights
}

fn settle_one(plan: &Plan, session: &Session, rows: &Rows<'_>, weights: &mut SessionWeights) {
    let seconds = plan.period.seconds_of(session.start_s, Some(session.end_s));
    let planned = i128::from(seconds) * i128::from(session.staff_e2);
    let used: i128 = rows.iter().map(|(_, row)| row.used).sum();
    let unused = planned - used;
    let Some(kind) = plan.sessions.get(&session.kind) else { return };
    let fate = match unused {
        ..=0 => Fate::NothingLeft,
        _ if kind.spread && used > 0 => Fate::Spread,
        _ => Fate::Separate,
    };
    match fate {
        Fate::NothingLeft => {}
        Fate::Spread => spread(unused, used, rows, weights),
        Fate::Separate => {
            for &set in &kind.unused_sets {
                let relative = plan.sets[set].default_e4.unwrap_or(1);
                let receiver = Residual::UnusedSessionTime(session.session.clone());
                *weights.residuals.entry((set, receiver)).or_default() +=
                    unused * i128::from(relative);
            }
        }
    }
    let (session, kind) = (session.session.clone(), session.kind.clone());
    weights.uses.push(SessionUse { session, kind, planned, used, fate });
}

/// Shares unused time over the session's rows by what each used, before relative weights.
fn spread(unused: i128, used: i128, rows: &Rows<'_>, weights: &mut SessionWeights) {
    let (mut running, mut given) = (0, 0);
    for (bucket, row) in rows {
        running += row.used;
        let reached = div_floor(unused * running, used);
        let extra = reached - given;
        given = reached;
        for &(set, relative) in &row.sets {
            let weight = extra * i128::from(relative);
            match &row.receiver {
                Receiver::Event(event) => weights.events.push(((set, *bucket, *event), weight)),
                Receiver::Residual(residual) => {
                    *weights.residuals.entry((set, residual.clone())).or_default() += weight;
                }
            }
        }
    }
}
