//! The events of one patient; of one with many, also in the order of time, so that a row meets those
//! near it alone.

use domain::Seconds;

use super::EventSpan;

/// The events of one patient, in event order.
#[derive(Clone, Copy, Debug)]
pub struct PatientEvents<'a> {
    /// The events themselves.
    pub spans: &'a [EventSpan],
    /// The same in the order of time, where that is worth it.
    pub times: Option<&'a ByTime>,
}

/// Events of one patient in the order in which they begin.
#[derive(Clone, Debug)]
pub struct ByTime {
    /// First second and place among the patient's events.
    order: Vec<(Seconds, usize)>,
    /// Up to each of these, the last second of any; none where one is open.
    latest: Vec<Option<Seconds>>,
}

/// With fewer events it is quicker to look at each.
const MANY: usize = 16; // number: a few times the events of most patients

impl ByTime {
    /// Puts a patient's events in order; none where they are few.
    pub fn of_many(spans: &[EventSpan]) -> Option<Self> {
        (spans.len() > MANY).then(|| Self::new(spans))
    }

    /// Puts a patient's events in order, however few.
    pub fn new(spans: &[EventSpan]) -> Self {
        let mut order: Vec<(Seconds, usize)> =
            spans.iter().enumerate().map(|(place, it)| (it.first, place)).collect();
        order.sort_unstable();
        let mut latest: Vec<Option<Seconds>> = Vec::with_capacity(order.len());
        for (_, place) in &order {
            let last = spans[*place].last;
            latest.push(match latest.last() {
                None => last,
                Some(before) => before.zip(last).map(|(before, last)| before.max(last)),
            });
        }
        Self { order, latest }
    }

    /// Places of the events that begin before a row is over and may end after it began: all others
    /// are ruled out. Both questions get the same answer for all earlier, or later, moments.
    pub(super) fn near(
        &self,
        begins_in_time: impl Fn(Seconds) -> bool,
        is_over: impl Fn(Seconds) -> bool,
    ) -> impl Iterator<Item = usize> {
        let to = self.order.partition_point(|(first, _)| begins_in_time(*first));
        let from = self.latest.partition_point(|last| last.is_some_and(&is_over));
        self.order[from.min(to)..to].iter().map(|(_, place)| *place)
    }
}
