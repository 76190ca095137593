//! Reads from a run what can only be known from the dataset: ledger, weights, counts, events.

use std::collections::BTreeMap;
use std::path::Path;

use domain::Key;
use tables::Table as _;
use tables::dataset::LedgerLine;
use tables::manifest::file_name;
use tables::parquet_file::{GroupReader, SharedFile};
use tables::run::{
    CostedEvent, EventActivity, EventWeight, FeedCount, MatchCount, QuantumLine, ResidualWeight,
    RestrictedWeight, SessionUse as StoredUse,
};

use super::cells::EventSums;
use super::sink::{Sink, put_groups, put_table};
use super::write::EventTotals;
use crate::cp4_weights::{
    EventHead, Fate, FeedTally, Plan, Residual, SessionUse, SetWeights, Weights,
};
use crate::dataset::read_table;
use crate::error::CostingError;
use crate::pipeline::Costing;

/// The ledger as a run holds it; names of cost centres and accounts are not among it.
pub(super) fn ledger(run: &Path) -> Result<Vec<LedgerLine>, CostingError> {
    let rows: Vec<QuantumLine> = read_table(&run.join("quantum.parquet"))?;
    let line = |it: QuantumLine| LedgerLine {
        ledger_line: it.ledger_line,
        cost_centre: it.cost_centre,
        account: it.account,
        year: it.year,
        period: it.period,
        amount: it.amount,
        ..LedgerLine::default()
    };
    Ok(rows.into_iter().map(line).collect())
}

/// Weights, counts and heads of events as a run holds them.
pub(super) fn weights(run: &Path, plan: &Plan) -> Result<Weights, CostingError> {
    let path = run.join("events.parquet");
    let mut events: Vec<(CostedEvent, bool)> =
        read_table::<CostedEvent>(&path)?.into_iter().map(|it| (it, false)).collect();
    let hidden: Vec<CostedEvent> = read_table(&run.join("restricted_events.parquet"))?;
    let places: BTreeMap<String, u32> = hidden
        .iter()
        .map(|it| Ok((it.event.clone(), place(it.event_number, &path)?)))
        .collect::<Result<_, CostingError>>()?;
    events.extend(hidden.into_iter().map(|it| (it, true)));
    events.sort_by_key(|(it, _)| it.event_number);
    let mut weights = Weights { labels: labels(&events), ..Weights::default() };
    weights.events = heads(&events, plan, &weights.labels, &path)?;
    weights.sets = sets(run, plan, &places)?;
    weights.counts = counts(run, plan)?;
    weights.sessions = sessions(run)?;
    weights.feeds = feeds(run)?;
    let matches: Vec<MatchCount> = read_table(&run.join("match_counts.parquet"))?;
    weights.matches =
        matches.into_iter().map(|it| ((it.feed, it.month, it.rule), it.rows)).collect();
    Ok(weights)
}

fn place(number: i64, path: &Path) -> Result<u32, CostingError> {
    let wrong = || CostingError::read(path, &format!("there can be no event number {number}"));
    u32::try_from(number - 1).map_err(|_| wrong())
}

fn labels(events: &[(CostedEvent, bool)]) -> Vec<String> {
    let mut labels: Vec<String> =
        events.iter().flat_map(|(it, _)| [it.pod.clone(), it.category.clone()]).collect();
    labels.sort_unstable();
    labels.dedup();
    labels
}

fn heads(
    events: &[(CostedEvent, bool)],
    plan: &Plan,
    labels: &[String],
    path: &Path,
) -> Result<Vec<EventHead>, CostingError> {
    let key = |text: &str| {
        if text.is_empty() {
            return Ok(Key::default());
        }
        text.parse::<Key>().map_err(|error| CostingError::read(path, &error))
    };
    let label = |text: &String| {
        let found = labels.binary_search(text).expect("all labels were collected");
        u16::try_from(found).expect("there are few points of delivery and categories")
    };
    let mut heads = Vec::with_capacity(events.len());
    for ((event, restricted), expected) in events.iter().zip(1..) {
        if event.event_number != expected {
            let why = format!("event number {expected} is missing or stands twice");
            return Err(CostingError::read(path, &why));
        }
        let reference = key(&event.event)?;
        heads.push(EventHead {
            patient: key(&event.patient)?,
            event: reference,
            restricted: restricted.then_some(reference),
            service_line: plan.service_line(&event.specialty),
            pod: label(&event.pod),
            category: label(&event.category),
        });
    }
    Ok(heads)
}

fn sets(
    run: &Path,
    plan: &Plan,
    places: &BTreeMap<String, u32>,
) -> Result<Vec<SetWeights>, CostingError> {
    let mut sets = vec![SetWeights::default(); plan.sets.len()];
    for (set, rules) in sets.iter_mut().zip(&plan.sets) {
        let path = run.join(format!("weights/{}.parquet", file_name(&rules.code)));
        for row in read_table::<EventWeight>(&path)? {
            set.events.push((place(row.event_number, &path)?, row.weight));
        }
    }
    let path = run.join("restricted_weights.parquet");
    for row in read_table::<RestrictedWeight>(&path)? {
        let (Some(set), Some(place)) = (plan.set(&row.weight_set), places.get(&row.event)) else {
            return Err(CostingError::read(&path, &"a row is of no known event or weight set"));
        };
        sets[set].events.push((*place, row.weight));
    }
    let path = run.join("residual_weights.parquet");
    for row in read_table::<ResidualWeight>(&path)? {
        let residual = Residual::from_names(&row.kind, &row.name);
        let (Some(set), Some(residual)) = (plan.set(&row.weight_set), residual) else {
            return Err(CostingError::read(&path, &"a row is of no known receiver or weight set"));
        };
        sets[set].residuals.insert(residual, row.weight);
    }
    for set in &mut sets {
        set.events.sort_unstable();
    }
    Ok(sets)
}

fn counts(run: &Path, plan: &Plan) -> Result<Vec<Vec<(u32, i64)>>, CostingError> {
    let path = run.join("event_activities.parquet");
    let mut counts = vec![Vec::new(); plan.activities.len()];
    for row in read_table::<EventActivity>(&path)? {
        let found = plan.activities.binary_search_by(|it| it.code.cmp(&row.activity));
        let Ok(activity) = found else {
            return Err(CostingError::read(&path, &"a row is of no known activity"));
        };
        counts[activity].push((place(row.event_number, &path)?, row.count));
    }
    Ok(counts)
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
    let mut totals = EventTotals::default();
    let path = run.join("events.parquet");
    let failed = |error: &dyn std::fmt::Display| CostingError::read(&path, &error.to_string());
    let file = std::fs::File::open(&path).map_err(|error| failed(&error))?;
    let reader = GroupReader::new(SharedFile::new(file)).map_err(|error| failed(&error))?;
    let mut groups = Vec::with_capacity(reader.groups());
    for group in 0..reader.groups() {
        let batch = reader.group(group, &[]).map_err(|error| failed(&error))?;
        let mut rows = CostedEvent::rows(&batch).map_err(|error| failed(&error))?;
        again(&mut rows, costing, sums, &mut totals);
        groups.push(CostedEvent::batch(&rows));
    }
    put_groups(sink, "events.parquet", &CostedEvent::schema(), groups.into_iter())?;
    let mut rows: Vec<CostedEvent> = read_table(&run.join("restricted_events.parquet"))?;
    again(&mut rows, costing, sums, &mut totals);
    put_table(sink, "restricted_events.parquet", &rows)?;
    Ok(totals)
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
        totals.add(row);
    }
}
