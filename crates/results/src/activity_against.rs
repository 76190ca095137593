//! Activity in and out of this run beside an earlier one: by feed, and by service line and point of
//! delivery.

use std::collections::BTreeMap;

use domain::Money;
use serde::Serialize;
use tables::run::{ActivityOut, FeedCount};

use crate::explain::Named;
use crate::explain::names::Names;
use crate::output::as_decimal;
use crate::{ResultsError, Run, against, reading, since};

/// Activity in and out of two runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ActivityAgainst {
    /// Both periods in words; where both are of one year, which months the difference is.
    pub label: String,
    /// Id of the earlier run.
    pub earlier: String,
    /// Rows by feed, in order.
    pub activity_in: Vec<FeedAgainst>,
    /// Events and cost by service line and point of delivery, in order.
    pub activity_out: Vec<OutAgainst>,
}

/// One feed in both runs; nothing where a run does not have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FeedAgainst {
    /// Feed.
    pub feed: Named,
    /// In the earlier run.
    pub before: RowsIn,
    /// In this run.
    pub after: RowsIn,
    /// After less before.
    pub difference: RowsIn,
}

/// Rows of a feed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RowsIn {
    /// Source rows read.
    pub read: i64,
    /// Rows made of those that are used.
    pub rows: i64,
    /// Of these, rows with an event.
    pub matched: i64,
}

/// One service line at one point of delivery in both runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutAgainst {
    /// Service line.
    pub service_line: Named,
    /// Point of delivery; blank where the events have none.
    pub pod: String,
    /// In the earlier run.
    pub before: Out,
    /// In this run.
    pub after: Out,
    /// After less before.
    pub difference: Out,
}

/// Events and what they cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Out {
    /// Events with time in the period.
    pub in_period: i64,
    /// Events with a cost.
    pub costed: i64,
    /// Their cost, absorbed cost included.
    #[serde(serialize_with = "as_decimal")]
    pub cost: Money,
}

impl Run {
    /// Activity in and out of this run beside that of an earlier one.
    ///
    /// # Errors
    ///
    /// [`ResultsError::NotBefore`] unless the other run is of the same organisation and of an
    /// earlier period; [`ResultsError`] if a table or the model cannot be read.
    pub fn activity_against(&self, earlier: &Self) -> Result<ActivityAgainst, ResultsError> {
        against::must_be_before(earlier, self)?;
        let (now, then) = (Names(self.rules()?), Names(earlier.rules()?));
        let feeds = both(feeds(earlier)?, feeds(self)?);
        let feed = |(feed, [before, after]): (String, [RowsIn; 2])| FeedAgainst {
            feed: named(now.feed(&feed), then.feed(&feed)),
            difference: after.less(before),
            before,
            after,
        };
        let outs = both(outs(earlier)?, outs(self)?);
        let out = |((line, pod), [before, after]): ((String, String), [Out; 2])| OutAgainst {
            service_line: named(now.service_line(&line), then.service_line(&line)),
            pod,
            difference: after.less(before),
            before,
            after,
        };
        Ok(ActivityAgainst {
            label: label(earlier, self),
            earlier: earlier.id().to_owned(),
            activity_in: feeds.into_iter().map(feed).collect(),
            activity_out: outs.into_iter().map(out).collect(),
        })
    }
}

/// A code that only the earlier model knows has its name from there.
fn named(now: Named, then: Named) -> Named {
    if now.name.is_empty() { then } else { now }
}

fn label(earlier: &Run, later: &Run) -> String {
    let (one, two) = (earlier.manifest(), later.manifest());
    let text = format!(
        "{} to period {} beside {} to period {} (run {})",
        two.year, two.last_period, one.year, one.last_period, one.id
    );
    if one.year != two.year {
        return text;
    }
    format!("{text}; the difference is {}", since::periods(one.last_period, two.last_period))
}

impl RowsIn {
    const fn less(self, other: Self) -> Self {
        Self {
            read: self.read - other.read,
            rows: self.rows - other.rows,
            matched: self.matched - other.matched,
        }
    }
}

impl Out {
    fn less(self, other: Self) -> Self {
        Self {
            in_period: self.in_period - other.in_period,
            costed: self.costed - other.costed,
            cost: self.cost - other.cost,
        }
    }
}

/// Every key of either, with both values.
fn both<K: Ord, T: Copy + Default>(
    before: BTreeMap<K, T>,
    after: BTreeMap<K, T>,
) -> BTreeMap<K, [T; 2]> {
    let mut found: BTreeMap<K, [T; 2]> = BTreeMap::new();
    for (side, values) in [before, after].into_iter().enumerate() {
        for (key, value) in values {
            found.entry(key).or_default()[side] = value;
        }
    }
    found
}

fn feeds(run: &Run) -> Result<BTreeMap<String, RowsIn>, ResultsError> {
    let rows = reading::all_rows::<FeedCount>(run)?.into_iter();
    let of_rows = rows.filter(|it| it.rows != 0 || it.quarantined != 0);
    let counts = |it: FeedCount| RowsIn { read: it.read, rows: it.rows, matched: it.matched };
    Ok(of_rows.map(|it| (it.feed.clone(), counts(it))).collect())
}

fn outs(run: &Run) -> Result<BTreeMap<(String, String), Out>, ResultsError> {
    let rows = reading::all_rows::<ActivityOut>(run)?.into_iter();
    let out = |it: &ActivityOut| Out {
        in_period: it.in_period,
        costed: it.costed,
        cost: it.own + it.absorbed,
    };
    Ok(rows.map(|it| ((it.service_line.clone(), it.pod.clone()), out(&it))).collect())
}
