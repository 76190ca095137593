//! Identifiers of one file, as small numbers, with what the file says of them.

use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};
use vault::NhsNumber;
use vault::identity::clusters::Links;

/// Identifiers of one file. Numbers count from 1; 0 is none.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    locals: HashMap<Vec<u8>, u32>,
    numbers: HashMap<NhsNumber, u32>,
    pairs: HashSet<(u32, u32)>,
    births_of_locals: BTreeMap<u32, (i32, i32)>,
    births_of_numbers: BTreeMap<u32, (i32, i32)>,
}

impl Seen {
    /// Takes the identifiers of a row; either may be absent.
    pub(crate) fn pair(&mut self, local: Option<&[u8]>, number: Option<NhsNumber>) -> (u32, u32) {
        let local = local.map_or(0, |it| {
            let next = next_number(self.locals.len());
            *self.locals.entry_ref(it).or_insert(next)
        });
        let number = number.map_or(0, |it| {
            let next = next_number(self.numbers.len());
            *self.numbers.entry(it).or_insert(next)
        });
        if local != 0 && number != 0 {
            self.pairs.insert((local, number));
        }
        (local, number)
    }

    /// Takes the birth day of a row with these identifiers.
    pub(crate) fn born(&mut self, (local, number): (u32, u32), day: i32) {
        if local != 0 {
            Links::born(&mut self.births_of_locals, local, day);
        } else if number != 0 {
            Links::born(&mut self.births_of_numbers, number, day);
        }
    }

    /// Local identifiers in the order of their numbers.
    pub(super) fn locals(&mut self) -> Vec<Vec<u8>> {
        in_order(std::mem::take(&mut self.locals))
    }

    /// NHS numbers in the order of their numbers.
    pub(super) fn numbers(&mut self) -> Vec<NhsNumber> {
        in_order(std::mem::take(&mut self.numbers))
    }

    /// Pairs seen together, in order.
    pub(super) fn pairs(&self) -> Vec<(u32, u32)> {
        let mut pairs: Vec<(u32, u32)> = self.pairs.iter().copied().collect();
        pairs.sort_unstable();
        pairs
    }

    /// Birth days by local identifier, and by NHS number.
    pub(super) fn births(&self) -> [&BTreeMap<u32, (i32, i32)>; 2] {
        [&self.births_of_locals, &self.births_of_numbers]
    }
}

fn next_number(count: usize) -> u32 {
    u32::try_from(count + 1).expect("fewer than 2^32 identifiers")
}

fn in_order<T>(map: HashMap<T, u32>) -> Vec<T> {
    let mut all: Vec<(T, u32)> = map.into_iter().collect();
    all.sort_unstable_by_key(|it| it.1);
    all.into_iter().map(|it| it.0).collect()
}
