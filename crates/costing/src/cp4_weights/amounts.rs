//! Amounts of events, packed: most weights and counts are small, and most events have few of them.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Amounts of events by the place of each, in order, each once.
///
/// # Units and shape
///
/// The step from the place before and the amount stand in as few bytes as each needs: some four
/// bytes an event, where a place and an amount as numbers take sixteen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amounts {
    bytes: Vec<u8>,
    count: usize,
    /// Place of the last event.
    last: u32,
    /// Every so many events, the place of the event before and where the next begins.
    marks: Vec<(u32, usize)>,
}

/// Events between two marks.
const MARKED: usize = 1024; // number: a list of one in a thousand is small beside what it finds

impl Amounts {
    /// Adds the amount of the next event.
    ///
    /// # Panics
    ///
    /// If its place is not behind that of the last.
    pub fn push(&mut self, place: u32, amount: i64) {
        assert!(self.count == 0 || place > self.last, "amounts come in the order of events");
        if self.count.is_multiple_of(MARKED) {
            self.marks.push((self.last, self.bytes.len()));
        }
        put(&mut self.bytes, u64::from(place - self.last));
        put(&mut self.bytes, folded(amount));
        self.last = place;
        self.count += 1;
    }

    /// How many events have an amount.
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether no event has any.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Places and amounts.
    pub fn iter(&self) -> Iter<'_> {
        Iter { bytes: &self.bytes, place: 0 }
    }

    /// Those of a range of places.
    pub fn within(&self, range: Range<u32>) -> impl Iterator<Item = (u32, i64)> {
        let after = self.marks.partition_point(|(before, _)| *before < range.start);
        let (place, from) = after.checked_sub(1).map_or((0, 0), |it| self.marks[it]);
        let near = Iter { bytes: &self.bytes[from..], place };
        near.skip_while(move |it| it.0 < range.start).take_while(move |it| it.0 < range.end)
    }
}

impl FromIterator<(u32, i64)> for Amounts {
    fn from_iter<T: IntoIterator<Item = (u32, i64)>>(all: T) -> Self {
        let mut amounts = Self::default();
        for (place, amount) in all {
            amounts.push(place, amount);
        }
        amounts.bytes.shrink_to_fit();
        amounts
    }
}

impl<'a> IntoIterator for &'a Amounts {
    type Item = (u32, i64);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// Places and amounts in order.
#[derive(Clone, Debug)]
pub struct Iter<'a> {
    bytes: &'a [u8],
    /// Place of the event before.
    place: u32,
}

impl Iterator for Iter<'_> {
    type Item = (u32, i64);

    fn next(&mut self) -> Option<(u32, i64)> {
        let step = take(&mut self.bytes)?;
        let amount = unfolded(take(&mut self.bytes)?);
        self.place = self.place.checked_add(u32::try_from(step).ok()?)?;
        Some((self.place, amount))
    }
}

const GROUP: u32 = 7; // number: bits of a group
const MORE: u8 = 1 << GROUP;

/// A number in groups of seven bits, the lowest first; the eighth says that there is more.
fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= u64::from(MORE) {
        bytes.push(number.to_le_bytes()[0] | MORE);
        number >>= GROUP;
    }
    bytes.push(number.to_le_bytes()[0]);
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(GROUP as usize) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & !MORE) << shift;
        if byte < MORE {
            return Some(number);
        }
    }
    None
}

/// Signs go to the lowest bit, so that small amounts of either sign stay short.
const fn folded(amount: i64) -> u64 {
    ((amount << 1) ^ (amount >> 63)).cast_unsigned() // number: the sign of 64 bits
}

const fn unfolded(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -((number & 1).cast_signed())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// What goes in comes out, whole and by range.
        #[test]
        fn amounts_are_as_they_were_put(
            all in prop::collection::btree_map(0_u32..9_000, any::<i64>(), 0..3_000),
            from in 0_u32..9_000,
            length in 0_u32..3_000,
        ) {
            let amounts: Amounts = all.iter().map(|(place, amount)| (*place, *amount)).collect();
            prop_assert_eq!(amounts.len(), all.len());
            prop_assert!(amounts.iter().eq(all.iter().map(|it| (*it.0, *it.1))));
            let range = from..from + length;
            let within = all.range(range.clone()).map(|it| (*it.0, *it.1));
            prop_assert!(amounts.within(range).eq(within));
        }
    }

    #[test]
    fn a_small_step_and_a_small_amount_are_two_bytes() {
        let amounts: Amounts = [(3, 1), (5, -1), (7, 63)].into_iter().collect();
        // Steps 3, 2, 2; amounts with the sign in the lowest bit: 2, 1, 126.
        assert_eq!(amounts.bytes, [3, 2, 2, 1, 2, 126]);
        let extremes = [(0, i64::MIN), (u32::MAX - 1, i64::MAX)];
        let amounts: Amounts = extremes.into_iter().collect();
        assert!(amounts.iter().eq(extremes));
    }
}
