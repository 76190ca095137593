//! Reads from a run what can only be known from the dataset: ledger, weights, counts, events.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs::File;
use std::path::Path;

use domain::Key;
use tables::Table as _;
use tables::dataset::LedgerLine;
use tables::manifest::file_name;
use tables::parquet_file::{GroupReader, SharedFile};
use tables::run::{
    BedUse, CostedEvent, EventActivity, EventWeight, FeedCount, MatchCount, QuantumLine,
    ResidualWeight, RestrictedActivity, RestrictedWeight, SessionUse as StoredUse,
};

use super::cells::EventSums;
use super::sink::{Sink, put_groups, put_table};
use super::write::EventTotals;
use crate::cp4_weights::{
    Amounts, EventHead, Fate, FeedTally, Plan, Residual, SessionUse, SetWeights, Weights,
    too_many_labels,
};
use crate::dataset::read_table;
use crate::error::CostingError;
use crate::pipeline::Costing;

/// The ledger as a run holds it.
pub(super) fn ledger(run: &Path) -> Result<Vec<LedgerLine>, CostingError> {
    let rows: Vec<QuantumLine> = read_table(&run.join("quantum.parquet"))?;
    let line = |it: QuantumLine| LedgerLine {
        ledger_line: it.ledger_line,
        cost_centre: it.cost_centre,
        cost_centre_name: it.cost_centre_name,
        account: it.account,
        account_name: it.account_name,
        year: it.year,
        period: it.period,
        amount: it.amount,
    };
    Ok(rows.into_iter().map(line).collect())
}

/// Weights, counts and heads of events as a run holds them.
pub(super) fn weights(run: &Path, plan: &Plan) -> Result<Weights, CostingError> {
    let hidden: Vec<CostedEvent> = read_table(&run.join("restricted_events.parquet"))?;
    let mut stored = Vec::with_capacity(hidden.len());
    for event in &hidden {
        stored.push(StoredEvent::new(event, true, run, plan)?);
    }
    each_group(run, |rows| {
        for event in &rows {
            stored.push(StoredEvent::new(event, false, run, plan)?);
        }
        Ok(())
    })?;
    stored.sort_by_key(|it| it.number);
    let mut weights = Weights::default();
    (weights.events, weights.labels) = heads(&stored, run)?;
    let places = Places {
        count: weights.events.len(),
        restricted: hidden.iter().map(|it| (it.event.clone(), it.event_number)).collect(),
    };
    weights.sets = sets(run, plan, &places)?;
    weights.counts = counts(run, plan, &places)?;
    weights.sessions = sessions(run)?;
    weights.feeds = feeds(run)?;
    let beds: Vec<BedUse> = read_table(&run.join("bed_use.parquet"))?;
    weights.beds = beds.into_iter().map(|it| (it.location, it.used_s)).collect();
    let matches: Vec<MatchCount> = read_table(&run.join("match_counts.parquet"))?;
    weights.matches =
        matches.into_iter().map(|it| ((it.feed, it.month, it.rule), it.rows)).collect();
    Ok(weights)
}

/// Events by number, and restricted ones by their reference.
struct Places {
    count: usize,
    restricted: BTreeMap<String, i64>,
}

impl Places {
    /// The place of an event's number, if there is such an event.
    fn of(&self, number: i64, path: &Path) -> Result<u32, CostingError> {
        let place = number.checked_sub(1).and_then(|it| u32::try_from(it).ok());
        place
            .filter(|it| (*it as usize) < self.count)
            .ok_or_else(|| CostingError::read(path, &format!("there is no event number {number}")))
    }

    fn of_restricted(&self, reference: &str, path: &Path) -> Result<u32, CostingError> {
        let unknown = || CostingError::read(path, &"a row is of no restricted event of the run");
        self.of(*self.restricted.get(reference).ok_or_else(unknown)?, path)
    }
}

/// What the table of events holds that heads are made of.
struct StoredEvent {
    number: i64,
    head: EventHead,
    pod: String,
    category: String,
}

impl StoredEvent {
    fn new(
        event: &CostedEvent,
        restricted: bool,
        run: &Path,
        plan: &Plan,
    ) -> Result<Self, CostingError> {
        let key = |text: &str| {
            let path = run.join("events.parquet");
            text.parse::<Key>().map_err(|error| CostingError::read(&path, &error))
        };
        let reference = key(&event.event)?;
        let head = EventHead {
            patient: if restricted { Key::default() } else { key(&event.patient)? },
            event: reference,
            restricted: restricted.then_some(reference),
            service_line: plan.service_line(&event.specialty),
            pod: 0,
            category: 0,
        };
        let (pod, category) = (event.pod.clone(), event.category.clone());
        Ok(Self { number: event.event_number, head, pod, category })
    }
}

/// Heads in the order of receivers, which is checked, and the labels that they number.
fn heads(
    stored: &[StoredEvent],
    run: &Path,
) -> Result<(Vec<EventHead>, Vec<String>), CostingError> {
    let damaged = |why: String| CostingError::read(&run.join("events.parquet"), &why);
    let texts = stored.iter().flat_map(|it| [it.pod.as_str(), it.category.as_str()]);
    let mut labels: BTreeMap<&str, u16> = texts.map(|it| (it, 0)).collect();
    for (index, number) in labels.values_mut().enumerate() {
        *number = u16::try_from(index).map_err(|_| too_many_labels())?;
    }
    let mut heads = Vec::with_capacity(stored.len());
    for (event, expected) in stored.iter().zip(1..) {
        if event.number != expected {
            return Err(damaged(format!("event number {expected} is missing or stands twice")));
        }
        let number = |text: &str| labels[text];
        let (pod, category) = (number(&event.pod), number(&event.category));
        heads.push(EventHead { pod, category, ..event.head });
    }
    if !heads.is_sorted_by_key(EventHead::order) {
        return Err(damaged("its numbers are not in the order of patient and event".to_owned()));
    }
    Ok((heads, labels.into_keys().map(str::to_owned).collect()))
}

fn sets(run: &Path, plan: &Plan, places: &Places) -> Result<Vec<SetWeights>, CostingError> {
    let mut sets = vec![SetWeights::default(); plan.sets.len()];
    let mut events: Vec<Vec<(u32, i64)>> = vec![Vec::new(); plan.sets.len()];
    for (events, rules) in events.iter_mut().zip(&plan.sets) {
        let path = run.join(format!("weights/{}.parquet", file_name(&rules.code)));
        for row in read_table::<EventWeight>(&path)? {
            events.push((places.of(row.event_number, &path)?, row.weight));
        }
    }
    let path = run.join("restricted_weights.parquet");
    for row in read_table::<RestrictedWeight>(&path)? {
        let Some(set) = plan.set(&row.weight_set) else {
            return Err(CostingError::read(&path, &"a row is of no weight set of the model"));
        };
        events[set].push((places.of_restricted(&row.event, &path)?, row.weight));
    }
    let path = run.join("residual_weights.parquet");
    for row in read_table::<ResidualWeight>(&path)? {
        let residual = Residual::from_names(&row.kind, &row.name);
        let (Some(set), Some(residual)) = (plan.set(&row.weight_set), residual) else {
            return Err(CostingError::read(&path, &"a row is of no known receiver or weight set"));
        };
        sets[set].residuals.insert(residual, row.weight);
    }
    for (set, events) in sets.iter_mut().zip(events) {
        set.events = in_order(events, &run.join("weights"))?;
    }
    Ok(sets)
}

/// Amounts in the order of events, each of which may stand once.
fn in_order(mut events: Vec<(u32, i64)>, path: &Path) -> Result<Amounts, CostingError> {
    events.sort_unstable();
    if !events.is_sorted_by(|one, next| one.0 < next.0) {
        return Err(CostingError::read(path, &"an event stands twice"));
    }
    Ok(events.into_iter().collect())
}

fn counts(run: &Path, plan: &Plan, places: &Places) -> Result<Vec<Amounts>, CostingError> {
    let mut counts = vec![Vec::new(); plan.activities.len()];
    let mut add = |path: &Path, activity: &str, place: u32, count: i64| {
        let found = plan.activities.binary_search_by(|it| it.code.as_str().cmp(activity));
        let unknown = |_| CostingError::read(path, &"a row is of no activity of the model");
        counts[found.map_err(unknown)?].push((place, count));
        Ok::<(), CostingError>(())
    };
    let path = run.join("event_activities.parquet");
    for row in read_table::<EventActivity>(&path)? {
        add(&path, &row.activity, places.of(row.event_number, &path)?, row.count)?;
    }
    let path = run.join("restricted_activities.parquet");
    for row in read_table::<RestrictedActivity>(&path)? {
        add(&path, &row.activity, places.of_restricted(&row.event, &path)?, row.count)?;
    }
    let path = run.join("event_activities.parquet");
    counts.into_iter().map(|it| in_order(it, &path)).collect()
}

fn sessions(run: &Path) -> Result<Vec<SessionUse>, CostingError> {
    let rows: Vec<StoredUse> = read_table(&run.join("session_use.parquet"))?;
    let session = |it: StoredUse| SessionUse {
        session: it.session,
        kind: it.kind,
        planned: it.planned,
        used: it.used,
        fate: match it.fate.as_str() {
            "SPREAD" => Fate::Spread,
            "SEPARATE" => Fate::Separate,
            _ => Fate::NothingLeft,
        },
    };
    Ok(rows.into_iter().map(session).collect())
}

fn feeds(run: &Path) -> Result<BTreeMap<String, FeedTally>, CostingError> {
    let rows: Vec<FeedCount> = read_table(&run.join("feed_counts.parquet"))?;
    let tally = |it: FeedCount| {
        let tally = FeedTally {
            rows: it.rows,
            matched: it.matched,
            other: it.other,
            unmatched: it.unmatched,
            outside: it.outside,
            unmapped: it.unmapped,
        };
        (it.feed, tally)
    };
    Ok(rows.into_iter().map(tally).collect())
}

/// Makes the tables of events again: stored attributes and income, costs worked out anew.
pub(super) fn put_events(
    run: &Path,
    costing: &Costing<'_>,
    sums: &EventSums,
    sink: &dyn Sink,
) -> Result<EventTotals, CostingError> {
    let mut totals = EventTotals::new(costing);
    let mut groups = Vec::new();
    each_group(run, |mut rows| {
        again(&mut rows, costing, sums, &mut totals);
        groups.push(CostedEvent::batch(&rows));
        Ok(())
    })?;
    put_groups(sink, "events.parquet", &CostedEvent::schema(), groups.into_iter())?;
    let mut rows: Vec<CostedEvent> = read_table(&run.join("restricted_events.parquet"))?;
    again(&mut rows, costing, sums, &mut totals);
    put_table(sink, "restricted_events.parquet", &rows)?;
    Ok(totals)
}

/// Reads the table of events group by group, since it is the longest with texts.
fn each_group(
    run: &Path,
    mut take: impl FnMut(Vec<CostedEvent>) -> Result<(), CostingError>,
) -> Result<(), CostingError> {
    let path = run.join("events.parquet");
    let failed = |error: &dyn Display| CostingError::read(&path, &error.to_string());
    let file = File::open(&path).map_err(|error| failed(&error))?;
    let reader = GroupReader::new(SharedFile::new(file)).map_err(|error| failed(&error))?;
    for group in 0..reader.groups() {
        let batch = reader.group(group, &[]).map_err(|error| failed(&error))?;
        take(CostedEvent::rows(&batch).map_err(|error| failed(&error))?)?;
    }
    Ok(())
}

fn again(
    rows: &mut [CostedEvent],
    costing: &Costing<'_>,
    sums: &EventSums,
    totals: &mut EventTotals,
) {
    for row in rows {
        let place = usize::try_from(row.event_number - 1).expect("event numbers were checked");
        (row.own, row.absorbed) = sums.of(place);
        let line = costing.weights.events[place].service_line;
        row.service_line.clone_from(&costing.plan.service_lines[usize::from(line)]);
        totals.add(row, costing);
    }
}
