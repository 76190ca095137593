//! What a stay cost after the patient was recorded ready to leave, where the model can tell.

use std::collections::BTreeMap;

use domain::Money;
use domain::share::div_floor;
use rules::YearRules;
use rules::year::WeightDriver;
use tables::dataset::FeedRow;

use super::journey::{Piece, Waiting};

/// One cost of one stay that is shared by time.
struct StayCost<'a> {
    row: &'a str,
    start_s: i64,
    /// None while open.
    end_s: Option<i64>,
    /// Its counted time, if a weight set without staff and relative weights tells it.
    counted_s: Option<i64>,
    cost: Money,
}

/// What the stays of an event cost after a moment.
pub(super) fn cost<'a>(
    rules: &YearRules,
    pieces: &[Piece<'_>],
    row: &dyn Fn(&Piece<'_>) -> Option<&'a FeedRow>,
    (ready_s, period_s): (i64, (i64, i64)),
) -> Option<Waiting> {
    let is_stay =
        |it: &Piece<'_>| rules.feeds.get(&it.row.feed.code).is_some_and(|it| it.exclusive);
    let by_time = |it: &Piece<'_>| {
        rules.weight_sets.get(it.weight_set).filter(|it| it.driver == WeightDriver::Duration)
    };
    let mut counted: BTreeMap<&str, i64> = BTreeMap::new();
    for piece in pieces.iter().filter(|it| is_stay(it)) {
        if by_time(piece).is_some_and(|it| !it.staff && it.relative.is_none()) {
            counted.insert(&piece.row.row, piece.row.weight);
        }
    }
    let elsewhere = pieces.iter().filter(|it| !is_stay(it) && by_time(it).is_some());
    let last_elsewhere = elsewhere.filter_map(|it| row(it)?.end_s).max();
    let mut stays = Vec::new();
    for piece in pieces.iter().filter(|it| is_stay(it) && by_time(it).is_some()) {
        let stay = row(piece)?;
        stays.push(StayCost {
            row: &piece.row.row,
            start_s: stay.start_s,
            end_s: stay.end_s,
            counted_s: counted.get(piece.row.row.as_str()).copied(),
            cost: piece.cost,
        });
    }
    // Time that was taken off lies before that moment if nothing else went on after it.
    let may_take_off = last_elsewhere.is_none_or(|end| end <= ready_s);
    after(&stays, may_take_off, (ready_s, period_s))
}

/// So much of each cost as the stay's time after `ready_s` is of its counted time.
///
/// None unless every stay that goes on after that moment has an end, lies within the period, and
/// its counted time is known and holds all of its time after that moment: theatre time is no time
/// of a stay, a least time is no time of anything.
fn after(
    stays: &[StayCost<'_>],
    may_take_off: bool,
    (ready_s, (from_s, to_s)): (i64, (i64, i64)),
) -> Option<Waiting> {
    let (mut by_stay, mut cost) = (BTreeMap::new(), Money::ZERO);
    for stay in stays {
        let end_s = stay.end_s?;
        let after_s = end_s - stay.start_s.max(ready_s);
        if after_s <= 0 {
            continue;
        }
        let (counted_s, length_s) = (stay.counted_s?, end_s - stay.start_s);
        let is_whole = stay.start_s >= from_s && end_s <= to_s;
        let is_known = counted_s == length_s || (counted_s < length_s && may_take_off);
        if !is_whole || !is_known || after_s > counted_s {
            return None;
        }
        let micro = i128::from(stay.cost.micro_pounds()) * i128::from(after_s);
        let part = div_floor(micro, i128::from(counted_s));
        cost += Money::from_micro_pounds(i64::try_from(part).ok()?);
        by_stay.insert(stay.row, after_s);
    }
    let seconds = by_stay.values().sum();
    (seconds > 0).then_some(Waiting { seconds, cost })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600;
    const PERIOD: (i64, i64) = (0, 1_000 * HOUR);

    fn stay(row: &'static str, hours: (i64, i64), counted: i64, cost: &str) -> StayCost<'static> {
        StayCost {
            row,
            start_s: hours.0 * HOUR,
            end_s: Some(hours.1 * HOUR),
            counted_s: Some(counted * HOUR),
            cost: cost.parse().expect("an amount"),
        }
    }

    fn told(stays: &[StayCost<'_>], may_take_off: bool) -> Option<(i64, String)> {
        let found = after(stays, may_take_off, (204 * HOUR, PERIOD));
        found.map(|it| (it.seconds / HOUR, it.cost.to_string()))
    }

    #[test]
    fn the_last_hours_have_their_part_of_the_stay() {
        // 176 hours from hour 100, ready at hour 204: 72 hours. 72/176 of 2,933.333333 is 1,200.
        // A second cost of the same stay adds to the pounds, not to the hours: 72/176 of 17.6, 7.2.
        let costs = [stay("a", (100, 276), 176, "2933.333333"), stay("a", (100, 276), 176, "17.6")];
        assert_eq!(told(&costs, false), Some((72, "£1,207.199999".to_owned())));
        // Two hours of theatre before: 72 of 174 counted hours; not where they may have been after.
        let theatre = [stay("a", (100, 276), 174, "174")];
        assert_eq!(told(&theatre, true), Some((72, "£72.000000".to_owned())));
        assert_eq!(told(&theatre, false), None);
        // A bed left before, and a second one entered after: all of the second alone.
        let moved = [stay("a", (100, 150), 50, "50"), stay("b", (210, 230), 20, "20")];
        assert_eq!(told(&moved, false), Some((20, "£20.000000".to_owned())));
    }

    #[test]
    fn what_cannot_be_told_is_not_told() {
        let whole = || stay("a", (100, 276), 176, "176");
        assert_eq!(told(&[whole()], false), Some((72, "£72.000000".to_owned())));
        assert_eq!(told(&[StayCost { end_s: None, ..whole() }], false), None, "still open");
        assert_eq!(told(&[StayCost { counted_s: None, ..whole() }], false), None, "not by time");
        // A least time that is longer than the stay, and one that the time after does not fit in.
        assert_eq!(told(&[stay("a", (274, 276), 4, "4")], true), None);
        assert_eq!(told(&[stay("a", (100, 276), 71, "71")], true), None);
        assert_eq!(told(&[stay("a", (900, 1_001), 101, "101")], true), None, "after the period");
        assert_eq!(told(&[stay("a", (100, 200), 100, "100")], true), None, "gone before");
    }
}
