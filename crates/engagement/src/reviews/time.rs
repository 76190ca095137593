//! Time of people that is given to service lines, as shares of a whole-time equivalent.

use std::collections::BTreeMap;

/// A whole-time equivalent, in per cent.
pub const WHOLE_TIME: u32 = 100;

/// What somebody gives to all their service lines together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeShared {
    /// Per cent of a whole-time equivalent, of those shares that are stated.
    pub percent: u32,
    /// Service lines for which no share is stated.
    pub not_stated: u32,
}

impl TimeShared {
    /// Whether more is given away than one person has.
    pub const fn is_too_much(self) -> bool {
        self.percent > WHOLE_TIME
    }
}

/// What each person gives altogether, by whom: each service line as its person and their share.
pub fn time_shared<'a>(
    given: impl IntoIterator<Item = (&'a str, Option<u32>)>,
) -> BTreeMap<&'a str, TimeShared> {
    let mut all: BTreeMap<&str, TimeShared> = BTreeMap::new();
    for (person, share) in given {
        let of = all.entry(person).or_default();
        match share {
            Some(percent) => of.percent = of.percent.saturating_add(percent),
            None => of.not_stated += 1,
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_of_a_person_are_summed_and_more_than_a_whole_is_too_much() {
        let given = [
            ("daniel", Some(60)),
            ("ravi", Some(40)),
            ("daniel", Some(40)),
            ("ravi", None),
            ("priya", Some(70)),
            ("priya", Some(31)),
        ];
        let all = time_shared(given);
        // 60 + 40 is a whole person, and 70 + 31 is one per cent more.
        assert_eq!(all["daniel"], TimeShared { percent: 100, not_stated: 0 });
        assert_eq!(all["ravi"], TimeShared { percent: 40, not_stated: 1 });
        assert_eq!(all["priya"].percent, 101);
        let over: Vec<&str> = all.iter().filter(|it| it.1.is_too_much()).map(|it| *it.0).collect();
        assert_eq!(over, ["priya"]);
    }
}
