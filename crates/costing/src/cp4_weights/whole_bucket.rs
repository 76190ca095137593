//! Pass A over one bucket of patients: its events, and what each feed gave.

use std::collections::BTreeMap;

use tables::dataset::Event;

use super::bucket::{Pass, check_events};
use super::parts::Parts;
use super::plan::Plan;
use super::{BucketWork, EventHead};
use crate::dataset::Dataset;
use crate::error::CostingError;

/// What one bucket came to: its events, and what each feed gave that was not known before.
pub(super) struct Weighed<'a> {
    /// Events and their labels, without any weight.
    pub(super) heads: BucketWork,
    /// By feed.
    pub(super) feeds: BTreeMap<&'a str, BucketWork>,
}

/// Matches, counts and weighs the rows of one bucket, but those of feeds whose parts are known for
/// all buckets, or found for this one.
///
/// # Errors
///
/// [`CostingError`] if the dataset cannot be read, is not in order, or a weight does not fit.
pub(super) fn weigh_bucket<'a>(
    plan: &'a Plan,
    dataset: &Dataset,
    bucket: u32,
    known: &Parts,
    mut found: BTreeMap<String, BucketWork>,
) -> Result<Weighed<'a>, CostingError> {
    let events = dataset.events(bucket)?;
    check_events(&events)?;
    let mut weighed = Weighed { heads: heads(plan, &events)?, feeds: BTreeMap::new() };
    if plan.feeds.keys().all(|it| known.contains_key(it) || found.contains_key(it)) {
        let feeds = plan.feeds.keys().map(String::as_str);
        weighed.feeds.extend(feeds.filter_map(|it| Some((it, found.remove(it)?))));
        return Ok(weighed);
    }
    let mut pass = Pass::new(plan, &events);
    for (code, feed) in plan.in_order() {
        if let Some(parts) = known.get(code) {
            pass.know_theatre(&parts[bucket as usize]);
            continue;
        }
        if let Some(part) = found.remove(code) {
            pass.know_theatre(&part);
            weighed.feeds.insert(code, part);
            continue;
        }
        pass.read(dataset, bucket, (code, feed))?;
        weighed.feeds.insert(code, pass.take_part(feed));
    }
    Ok(weighed)
}

/// The events of a bucket as later stages need them.
fn heads(plan: &Plan, events: &[Event]) -> Result<BucketWork, CostingError> {
    let texts = events.iter().flat_map(|it| [it.pod.as_str(), it.category.as_str()]);
    let mut labels: BTreeMap<&str, u16> = texts.map(|it| (it, 0)).collect();
    let texts = labels.keys().map(|it| (*it).to_owned()).collect();
    for (index, number) in labels.values_mut().enumerate() {
        *number = u16::try_from(index).map_err(|_| too_many_labels())?;
    }
    let head = |event: &Event| EventHead {
        patient: event.patient,
        event: event.event,
        restricted: event.restricted_reference.filter(|_| event.restricted),
        service_line: plan.service_line(&event.specialty),
        pod: labels[event.pod.as_str()],
        category: labels[event.category.as_str()],
    };
    let heads = events.iter().map(head).collect();
    Ok(BucketWork { heads, labels: texts, ..BucketWork::default() })
}

/// Points of delivery and categories are few, or a mapping has put the wrong column there.
pub(crate) fn too_many_labels() -> CostingError {
    CostingError::TooLarge {
        what: "points of delivery and categories of events".to_owned(),
        why: "there are more than 65,536 different ones".to_owned(),
    }
}
