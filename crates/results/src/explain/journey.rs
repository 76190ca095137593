//! One event in order of time: what happened, lane by lane, and what each lane cost.
//!
//! The rows are those of the run's own dataset, matched and weighed again as it was costed; they
//! are shown only if their weights are those that the run states. What has no row with a moment of
//! its own stands apart, so that lanes and what stands apart add up to the cost of the event.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use domain::share::Sharer;
use domain::{Key, Money};
use rules::YearRules;
use rules::year::{FeedRole, WeightDriver};
use tables::dataset::{Event, FeedRow};

use super::build::must_equal;
use super::feed_rows::{self, CellRows, RowCost};
use super::gather::{self, Gathered};
use super::names::Names;
use super::{Explanation, Named, WeighedRow, build, waiting};
use crate::outcomes::{Calendar, of_this_run};
use crate::reading::TableReader;
use crate::{Caller, ResultsError, Run};

/// One event: its cost back to the ledger, and in order of time if its rows are at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journey {
    /// Its cost.
    pub explanation: Explanation,
    /// What happened when, or why that is not told.
    pub line: Result<TimeLine, NoLine>,
}

/// Why an event is not told in order of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoLine {
    /// The dataset of the year is not on this machine.
    NotHere,
    /// There is a dataset of the year, but not the one that this run was made of.
    Other,
    /// It cannot be read or matched again, for this reason.
    Failed(String),
}

/// Feed rows of one event, weighed again, and the dataset that they are of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighed {
    /// Folder of the dataset.
    pub dataset: PathBuf,
    /// The rows.
    pub rows: Vec<WeighedRow>,
}

/// Matches and weighs again the rows of one event of a run. It is asked only once the question is
/// on record and the event is known to be one that may be seen.
pub type Weigh<'a> = dyn Fn(&Run, Key) -> Result<Weighed, NoLine> + 'a;

/// What happened when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeLine {
    /// Start of the event.
    pub start_s: i64,
    /// Its end, half-open; none while open.
    pub end_s: Option<i64>,
    /// When the patient was recorded ready to leave; none if that is not known.
    pub ready_s: Option<i64>,
    /// First and last moment that the run covers, the last half-open.
    pub period_s: (i64, i64),
    /// What happened by kind: stays first, then what cost most.
    pub lanes: Vec<Lane>,
    /// What the rest is for: activities without a moment of their own.
    pub apart: Vec<Apart>,
    /// What the stay cost after the patient was ready; none where that cannot be told.
    pub waiting: Option<Waiting>,
}

/// One kind of what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Feed.
    pub feed: Named,
    /// What it is called: its feed, or its dearest activity where the feed has a dearer lane.
    pub name: String,
    /// Whether a patient is in one of its places at a time, as in a bed.
    pub is_stay: bool,
    /// Whether time is what its cost is shared by.
    pub is_by_time: bool,
    /// Whether some of its cost was traced to the row.
    pub is_traced: bool,
    /// Cost, own and absorbed.
    pub cost: Money,
    /// Its rows in order of time.
    pub rows: Vec<LaneRow>,
}

/// One row of a lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneRow {
    /// Row reference.
    pub row: String,
    /// What was done or used, with its name where the model has one.
    pub code: Named,
    /// Activities that it counts in.
    pub activities: Vec<Named>,
    /// Start.
    pub start_s: i64,
    /// Whether only the day of the start is known.
    pub is_day: bool,
    /// End; none where it has none, or is open.
    pub end_s: Option<i64>,
    /// Whether it gave something back.
    pub is_return: bool,
    /// Cost, own and absorbed.
    pub cost: Money,
}

/// An activity without a moment of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apart {
    /// Activity.
    pub activity: Named,
    /// Cost, own and absorbed.
    pub cost: Money,
}

/// What a stay cost after the patient was recorded ready to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// How long.
    pub seconds: i64,
    /// Cost by the model's own method: so much of the counted time of the stay.
    pub cost: Money,
}

impl Run {
    /// As [`Run::explain_within`], with what happened in order of time. The question is on record
    /// before a row is read.
    ///
    /// # Errors
    ///
    /// As [`Run::explain_within`]; that there is no line is no error.
    pub fn journey_within(
        &self,
        event: &str,
        caller: &Caller,
        may_see: &dyn Fn(&str) -> bool,
        weigh: &Weigh<'_>,
    ) -> Result<Journey, ResultsError> {
        let event = event.trim();
        self.asked_of_event(("explain", event), caller, |key| {
            let gathered = gather::gather(self, event, may_see)?;
            let explanation = build::build(self, &gathered)?;
            let line = weigh(self, key).and_then(|weighed| {
                line(self, &gathered, (key, &weighed)).map_err(|error| match error {
                    ResultsError::OtherRows(_) | ResultsError::OtherDataset { .. } => NoLine::Other,
                    other => NoLine::Failed(other.to_string()),
                })
            });
            Ok((Journey { explanation, line }, 1))
        })
    }
}

/// One row with what it costs in one activity.
pub(super) struct Piece<'a> {
    pub(super) activity: &'a Named,
    pub(super) weight_set: &'a str,
    pub(super) row: &'a RowCost,
    pub(super) cost: Money,
}

fn line(
    run: &Run,
    gathered: &Gathered,
    (key, weighed): (Key, &Weighed),
) -> Result<TimeLine, ResultsError> {
    of_this_run(run, &weighed.dataset)?;
    let rules = run.rules()?;
    let cells = feed_rows::cells(run, gathered, &weighed.rows)?;
    let pieces = pieces(gathered, &cells)?;
    let event = own_event(weighed, key)?;
    let rows = Rows::read(weighed, event.patient, &pieces)?;
    let period_s = Calendar::of(rules.year, rules.last_period).seconds();
    let mut sorted = Sorted::new(rules);
    for piece in &pieces {
        sorted.put(piece, rows.of(piece));
    }
    for (cell, (key, cost)) in std::iter::zip(&cells, &gathered.cells) {
        if cell.rows.is_empty() {
            *sorted.apart.entry(key.1.clone()).or_default() += cost.own + cost.absorbed;
        }
    }
    let names = Names(rules);
    let apart = sorted.apart.iter().filter(|it| !it.1.is_zero());
    let apart: Vec<Apart> =
        apart.map(|(code, cost)| Apart { activity: names.activity(code), cost: *cost }).collect();
    let lanes = sorted.lanes();
    let told = lanes.iter().map(|it| it.cost).chain(apart.iter().map(|it| it.cost)).sum();
    must_equal("the lanes of the event", gathered.event.own + gathered.event.absorbed, told)?;
    let ready_s = event.ready_s.filter(|_| !event.start_is_day);
    let waiting =
        ready_s.and_then(|it| waiting::cost(rules, &pieces, &|it| rows.of(it), (it, period_s)));
    Ok(TimeLine {
        start_s: event.start_s,
        end_s: event.end_s,
        ready_s: event.ready_s,
        period_s,
        lanes,
        apart,
        waiting,
    })
}

/// Own cost by row, and the absorbed cost of each cell shared over its rows in the same way.
fn pieces<'a>(gathered: &Gathered, cells: &'a [CellRows]) -> Result<Vec<Piece<'a>>, ResultsError> {
    let mut pieces = Vec::new();
    for cell in cells {
        let key = (cell.resource.code.clone(), cell.activity.code.clone());
        let absorbed = gathered.cells.get(&key).map_or(Money::ZERO, |it| it.absorbed);
        let weight = |it: &RowCost| i128::from(it.weight.max(0));
        let total: i128 = cell.rows.iter().map(weight).sum();
        let mut sharer = Sharer::new(absorbed, total).ok();
        let mut left = absorbed;
        let last = cell.rows.len().saturating_sub(1);
        for (place, row) in cell.rows.iter().enumerate() {
            // Where only returns are left, there is nothing to share by: the last row has it.
            let part = match &mut sharer {
                Some(sharer) => sharer.next_share(weight(row)),
                None if place == last => left,
                None => Money::ZERO,
            };
            left -= part;
            pieces.push(Piece {
                activity: &cell.activity,
                weight_set: &cell.weight_set,
                row,
                cost: row.own + part,
            });
        }
        if !cell.rows.is_empty() {
            must_equal("the absorbed cost of a row", Money::ZERO, left)?;
        }
    }
    Ok(pieces)
}

fn own_event(weighed: &Weighed, event: Key) -> Result<Event, ResultsError> {
    let path = weighed.dataset.join("events.parquet");
    let found = TableReader::open(&path)?.rows_with_key::<Event>("event", event)?.pop();
    found.ok_or_else(|| ResultsError::damaged("events.parquet", &"it does not have the event"))
}

/// The rows that have a cost, by feed and reference.
struct Rows(BTreeMap<String, BTreeMap<String, FeedRow>>);

impl Rows {
    fn of(&self, piece: &Piece<'_>) -> Option<&FeedRow> {
        self.0.get(&piece.row.feed.code)?.get(&piece.row.row)
    }

    fn read(weighed: &Weighed, patient: Key, pieces: &[Piece<'_>]) -> Result<Self, ResultsError> {
        let mut wanted: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for piece in pieces {
            wanted.entry(&piece.row.feed.code).or_default().insert(&piece.row.row);
        }
        let mut found = BTreeMap::new();
        for (feed, wanted) in wanted {
            let path = weighed.dataset.join("feeds").join(format!("{feed}.parquet"));
            if !path.exists() {
                continue;
            }
            let rows = TableReader::open(&path)?
                .rows_with_key::<FeedRow>("patient", patient)?
                .into_iter()
                .map(|it| (it.row.to_string(), it))
                .filter(|it| wanted.contains(it.0.as_str()));
            found.insert(feed.to_owned(), rows.collect());
        }
        Ok(Self(found))
    }
}

/// Rows sorted into lanes, by feed and by activity of the national collection.
struct Sorted<'a> {
    rules: &'a YearRules,
    lanes: BTreeMap<(String, String), Gathering<'a>>,
    apart: BTreeMap<String, Money>,
}

/// One lane while rows are added.
#[derive(Default)]
struct Gathering<'a> {
    drivers: BTreeSet<&'static str>,
    activities: BTreeMap<&'a str, (&'a Named, Money)>,
    rows: BTreeMap<&'a str, LaneRow>,
}

impl<'a> Sorted<'a> {
    fn new(rules: &'a YearRules) -> Self {
        Self { rules, lanes: BTreeMap::new(), apart: BTreeMap::new() }
    }

    fn put(&mut self, piece: &Piece<'a>, row: Option<&FeedRow>) {
        let feed = &piece.row.feed.code;
        let driver = self.rules.weight_sets.get(piece.weight_set).map(|it| it.driver);
        let is_event = self.rules.feeds.get(feed).is_some_and(|it| it.role == FeedRole::Master);
        // The row of the event itself happens all along: only its time has a place on a line.
        let Some(row) = row.filter(|_| !is_event || driver == Some(WeightDriver::Duration)) else {
            *self.apart.entry(piece.activity.code.clone()).or_default() += piece.cost;
            return;
        };
        let activity = self.rules.activities.get(&piece.activity.code);
        let kind = activity.map_or("", |it| it.collection_activity.as_str());
        let lane = self.lanes.entry((feed.clone(), kind.to_owned())).or_default();
        lane.drivers.extend(match driver {
            Some(WeightDriver::Duration) => Some("time"),
            Some(WeightDriver::Cost) => Some("cost"),
            _ => None,
        });
        let activity = lane.activities.entry(&piece.activity.code);
        activity.or_insert((piece.activity, Money::ZERO)).1 += piece.cost;
        let told = lane.rows.entry(&piece.row.row).or_insert_with(|| LaneRow {
            row: piece.row.row.clone(),
            code: Names(self.rules).of_row(&row.code),
            activities: Vec::new(),
            start_s: row.start_s,
            is_day: row.start_is_day,
            end_s: row.end_s.filter(|end| *end > row.start_s),
            is_return: piece.row.weight < 0,
            cost: Money::ZERO,
        });
        told.cost += piece.cost;
        if !told.activities.contains(piece.activity) {
            told.activities.push(piece.activity.clone());
        }
    }

    fn lanes(self) -> Vec<Lane> {
        let names = Names(self.rules);
        let mut of_feed: BTreeMap<String, Vec<Lane>> = BTreeMap::new();
        for ((code, _), it) in self.lanes {
            let dearest = it.activities.values().max_by_key(|it| (it.1, &it.0.code));
            let mut rows: Vec<LaneRow> = it.rows.into_values().collect();
            rows.sort_by(|one, other| (one.start_s, &one.row).cmp(&(other.start_s, &other.row)));
            let lane = Lane {
                feed: names.feed(&code),
                name: dearest.map_or_else(String::new, |it| it.0.words().to_owned()),
                is_stay: self.rules.feeds.get(&code).is_some_and(|it| it.exclusive),
                is_by_time: it.drivers.contains("time"),
                is_traced: it.drivers.contains("cost"),
                cost: rows.iter().map(|it| it.cost).sum(),
                rows,
            };
            of_feed.entry(code).or_default().push(lane);
        }
        for lanes in of_feed.values_mut() {
            if let Some(first) = lanes.iter_mut().max_by_key(|it| it.cost) {
                first.name = first.feed.words().to_owned();
            }
        }
        let mut lanes: Vec<Lane> = of_feed.into_values().flatten().collect();
        // Stays first, as on a chart by the bed; then what cost most.
        lanes.sort_by(|one, other| {
            let key = |it: &Lane| (!it.is_stay, std::cmp::Reverse(it.cost), it.name.clone());
            key(one).cmp(&key(other))
        });
        lanes
    }
}
