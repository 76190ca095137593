//! Gives each second of an exclusive feed to one row of the patient.

use domain::{Key, Seconds};

/// A half-open interval.
pub(super) type Span = (Seconds, Seconds);

/// One row of an exclusive feed: its reference and its interval.
pub(super) type Stay = (Key, Span);

/// For each stay, the intervals that it alone holds.
///
/// Each second belongs to the overlapping stay with the latest start, then the greatest reference.
pub(super) fn exclusive(stays: &[Stay]) -> Vec<Vec<Span>> {
    let mut order: Vec<usize> = (0..stays.len()).collect();
    order.sort_by_key(|&it| std::cmp::Reverse((stays[it].1.0, stays[it].0)));
    let mut held: Vec<Vec<Span>> = vec![Vec::new(); stays.len()];
    // What later starts hold already: intervals in time order that do not touch one another.
    let mut taken: Vec<Span> = Vec::new();
    for index in order {
        let span = stays[index].1;
        held[index] = subtract(span, &taken);
        taken = add(&taken, span);
    }
    held
}

/// The parts of an interval that are outside intervals in time order.
pub(super) fn subtract(span: Span, taken: &[Span]) -> Vec<Span> {
    let (mut from, to) = span;
    let mut left = Vec::new();
    for &(start, end) in taken {
        if end <= from || start >= to {
            continue;
        }
        if start > from {
            left.push((from, start));
        }
        from = end;
    }
    if from < to {
        left.push((from, to));
    }
    left
}

/// Intervals in time order, with one more, joined where they touch.
pub(super) fn add(taken: &[Span], span: Span) -> Vec<Span> {
    if span.0 >= span.1 {
        return taken.to_vec();
    }
    let (mut from, mut to) = span;
    let mut joined = Vec::with_capacity(taken.len() + 1);
    for &(start, end) in taken {
        if end < from || start > to {
            joined.push((start, end));
        } else {
            from = from.min(start);
            to = to.max(end);
        }
    }
    joined.push((from, to));
    joined.sort_unstable();
    joined
}

/// Seconds of intervals that lie in a period.
pub(super) fn seconds_in(spans: &[Span], period: &super::Period) -> i64 {
    spans.iter().map(|&(from, to)| period.seconds_of(from, Some(to))).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Second by second, as the rule reads.
    fn plain(stays: &[Stay]) -> Vec<i64> {
        let mut seconds = vec![0; stays.len()];
        for instant in 0..60 {
            let holder = (0..stays.len())
                .filter(|&it| stays[it].1.0 <= instant && instant < stays[it].1.1)
                .max_by_key(|&it| (stays[it].1.0, stays[it].0));
            if let Some(holder) = holder {
                seconds[holder] += 1;
            }
        }
        seconds
    }

    proptest! {
        /// Each second is held once, by the stay that the rule names.
        #[test]
        fn fast_and_plain_agree(spans in prop::collection::vec((0..50_i64, 0..10_i64), 0..8)) {
            let stays: Vec<Stay> = spans
                .iter()
                .zip(1_u128..)
                .map(|(&(from, length), key)| (Key(key * 7 % 11), (from, from + length)))
                .collect();
            let held: Vec<i64> =
                exclusive(&stays).iter().map(|it| it.iter().map(|(from, to)| to - from).sum()).collect();
            prop_assert_eq!(held, plain(&stays));
        }
    }

    #[test]
    fn the_later_start_wins() {
        // Ward A 0–10, ward B 4–6: A holds 0–4 and 6–10.
        let stays = [(Key(1), (0, 10)), (Key(2), (4, 6))];
        assert_eq!(exclusive(&stays), [vec![(0, 4), (6, 10)], vec![(4, 6)]]);
    }
}
