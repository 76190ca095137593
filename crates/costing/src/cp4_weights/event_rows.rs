//! The feed rows of one event with their weights, for those who ask what one row cost.

use std::collections::{BTreeMap, BTreeSet};

use domain::Key;
use rules::YearRules;

use super::bucket::{Pass, check_events};
use super::plan::Plan;
use super::sessions::settle;
use super::{Receiver, SessionRow};
use crate::dataset::Dataset;
use crate::error::CostingError;

/// Weight of one feed row in one weight set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowWeight {
    /// Weight set.
    pub weight_set: String,
    /// Feed of the row.
    pub feed: String,
    /// Row reference.
    pub row: Key,
    /// Weight; negative for a return.
    pub weight: i64,
}

/// The bucket number under which rows of the event stand among rows of sessions.
const FOLLOWED: usize = usize::MAX;

/// Matches and weighs as a costing does, and gives the weights of the rows of one event, in the
/// order of weight set, feed and row; rows without weight are left out.
///
/// They add up to the weight of the event in each set, unless that counts as nothing. A row's part
/// of a session's unused time is in its weight. None for an event that the dataset does not have,
/// and for a legally restricted one.
///
/// # Errors
///
/// [`CostingError::Refused`] if the rules cannot be run; else if the dataset cannot be read or a
/// weight does not fit.
///
/// # Source
///
/// Costing semantics, section 8, "One feed row".
pub fn event_rows(
    dataset: &Dataset,
    rules: &YearRules,
    event: Key,
) -> Result<Option<Vec<RowWeight>>, CostingError> {
    let plan = Plan::new(rules).map_err(CostingError::Refused)?;
    // A session's unused time is shared over its rows in all buckets.
    let spreads = plan.sessions.values().any(|it| it.spread);
    let in_session: BTreeSet<&String> =
        rules.session_kinds.values().flat_map(|it| &it.used_by).collect();
    let uses_sessions = |feed: &str| {
        let mut counts = rules.activity_rules.get(feed).into_iter().flatten();
        counts.any(|it| in_session.contains(&it.activity))
    };
    let mut found: Option<Followed> = None;
    let mut session_rows: Vec<(usize, SessionRow)> = Vec::new();
    for bucket in 0..dataset.buckets() {
        let events = dataset.events(bucket)?;
        check_events(&events)?;
        let place = events.iter().position(|it| it.event == event && !it.restricted);
        if place.is_none() && !spreads {
            continue;
        }
        let mut pass = Pass::new(&plan, &events);
        pass.followed = place.map(Followed::new);
        // Of other patients only the rows of sessions matter, and they need no other feed.
        pass.feeds(dataset, bucket, |feed| place.is_some() || uses_sessions(feed))?;
        let number = usize::try_from(bucket).expect("a bucket's number is small");
        session_rows.extend(pass.take_session_rows().into_iter().map(|row| (number, row)));
        if let Some(mut followed) = pass.followed.take() {
            followed.claim(number, &mut session_rows);
            found = Some(followed);
        }
    }
    let Some(mut found) = found else { return Ok(None) };
    if spreads {
        let rows: Vec<_> = session_rows.iter().map(|(bucket, row)| (*bucket, row)).collect();
        for ((set, bucket, place), weight) in settle(&plan, &dataset.sessions()?, &rows)?.events {
            if bucket == FOLLOWED {
                let row = found.session_rows[place as usize].clone();
                *found.weights.entry((set, row.0, row.1)).or_default() += i128::from(weight);
            }
        }
    }
    found.told(&plan).map(Some)
}

/// The rows of one event while they are weighed.
#[derive(Debug)]
pub(super) struct Followed {
    /// Place of the event in its bucket.
    pub(super) event: u32,
    feeds: BTreeMap<Key, String>,
    weights: BTreeMap<(usize, String, Key), i128>,
    /// Its rows that name a session, by the number under which they stand there.
    session_rows: Vec<(String, Key)>,
}

impl Followed {
    fn new(place: usize) -> Self {
        let event = u32::try_from(place).expect("a bucket has under 2³² events");
        Self { event, feeds: BTreeMap::new(), weights: BTreeMap::new(), session_rows: Vec::new() }
    }

    /// Takes note of a row, which may weigh nothing by itself.
    pub(super) fn meet(&mut self, feed: &str, row: Key) {
        self.feeds.insert(row, feed.to_owned());
    }

    pub(super) fn add(&mut self, set: usize, (feed, row): (&str, Key), weight: i64) {
        *self.weights.entry((set, feed.to_owned(), row)).or_default() += i128::from(weight);
    }

    /// Gives each of the event's session rows a receiver of its own, so that its part is told
    /// apart.
    fn claim(&mut self, number: usize, rows: &mut [(usize, SessionRow)]) {
        for (bucket, row) in rows.iter_mut().filter(|(bucket, _)| *bucket == number) {
            if row.receiver != Receiver::Event(self.event) {
                continue;
            }
            let place = u32::try_from(self.session_rows.len()).expect("an event has few rows");
            let feed = self.feeds.get(&row.row).cloned().unwrap_or_default();
            self.session_rows.push((feed, row.row));
            row.receiver = Receiver::Event(place);
            *bucket = FOLLOWED;
        }
    }

    fn told(self, plan: &Plan) -> Result<Vec<RowWeight>, CostingError> {
        let mut told = Vec::new();
        for ((set, feed, row), weight) in self.weights {
            if weight == 0 {
                continue;
            }
            let too_large = |_| super::sums::too_large(plan, set);
            let weight = i64::try_from(weight).map_err(too_large)?;
            let weight_set = plan.sets[set].code.clone();
            told.push(RowWeight { weight_set, feed, row, weight });
        }
        Ok(told)
    }
}
