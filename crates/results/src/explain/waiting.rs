//! What a stay cost after the patient was recorded ready to leave, where the model can tell.

use std::collections::BTreeMap;

use domain::Money;
use domain::share::div_floor;
use rules::YearRules;
use rules::year::WeightDriver;
use tables::dataset::FeedRow;

use super::journey::{Piece, Waiting};

/// So much of each stay's cost by time as its time after `ready_s` is of its counted time.
///
/// None unless every stay that goes on after that moment has both ends, lies within the period,
/// and its counted time is known and holds all of its time after that moment: theatre time is no
/// time of a stay, a least time is no time of anything.
pub(super) fn cost<'a>(
    rules: &YearRules,
    pieces: &[Piece<'_>],
    row: &dyn Fn(&Piece<'_>) -> Option<&'a FeedRow>,
    (ready_s, (from_s, to_s)): (i64, (i64, i64)),
) -> Option<Waiting> {
    let is_stay = |it: &Piece<'_>| rules.feeds.get(&it.row.feed.code).is_some_and(|it| it.exclusive);
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
    let (mut stays, mut cost) = (BTreeMap::new(), Money::ZERO);
    for piece in pieces.iter().filter(|it| is_stay(it) && by_time(it).is_some()) {
        let stay = row(piece)?;
        let end_s = stay.end_s?;
        let after = end_s - stay.start_s.max(ready_s);
        if after <= 0 {
            continue;
        }
        let counted = *counted.get(piece.row.row.as_str())?;
        let length = end_s - stay.start_s;
        let is_whole = stay.start_s >= from_s && end_s <= to_s && counted <= length;
        // Time that was taken off lies before that moment if nothing else went on after it.
        let is_known = counted == length || last_elsewhere.is_none_or(|end| end <= ready_s);
        if !is_whole || !is_known || after > counted {
            return None;
        }
        let micro = i128::from(piece.cost.micro_pounds()) * i128::from(after);
        let part = div_floor(micro, i128::from(counted));
        cost += Money::from_micro_pounds(i64::try_from(part).ok()?);
        stays.insert(piece.row.row.as_str(), after);
    }
    let seconds = stays.values().sum();
    (seconds > 0).then_some(Waiting { seconds, cost })
}
