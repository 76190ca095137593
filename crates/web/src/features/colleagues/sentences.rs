//! The finding in words: how many colleagues lie within what chance alone gives, and figures as
//! people read them.

use results::outcomes::Uses;
use statistics::case_mix::Adjusted;

use crate::shell::words;

/// How many colleagues are compared, and how many of them chance does not account for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) all: u64,
    pub(super) above: u64,
    pub(super) below: u64,
}

impl Counted {
    pub(super) fn of<'a>(compared: impl Iterator<Item = &'a Adjusted>) -> Self {
        compared.fold(Self::default(), |counted, it| Self {
            all: counted.all + 1,
            above: counted.above + u64::from(side(it) == Side::Above),
            below: counted.below + u64::from(side(it) == Side::Below),
        })
    }

    /// The heading: `Colleagues’ bed days mostly differ by no more than chance`.
    pub(super) fn title(self, name: &str) -> String {
        let name = words::lower(name);
        let beyond = self.above + self.below;
        match beyond {
            0 => format!("Colleagues’ {name} differ by no more than chance"),
            _ if beyond * 2 < self.all => {
                format!("Colleagues’ {name} mostly differ by no more than chance")
            }
            _ => format!("Colleagues’ {name} differ by more than chance"),
        }
    }

    /// The sentence beneath it.
    pub(super) fn lead(self) -> String {
        let within = self.all - self.above - self.below;
        let range = "within the range that chance alone would give";
        let allowing = "after allowing for the patients treated";
        let all = number(self.all);
        if within == self.all {
            return format!("All {all} colleagues lie {range}, {allowing}.");
        }
        let first = match within {
            0 => format!("None of the {all} colleagues lies {range}."),
            1 => format!("One of {all} colleagues lies {range}."),
            _ => format!("{} of {all} colleagues lie {range}.", words::capital(&number(within))),
        };
        let lie = |count: u64| if count == 1 { "lies" } else { "lie" };
        let second = match (self.above, self.below) {
            (above, 0) => format!("{} {} above it", number(above), lie(above)),
            (0, below) => format!("{} {} below it", number(below), lie(below)),
            (above, below) => {
                format!("{} {} above it and {} below", number(above), lie(above), number(below))
            }
        };
        format!("{first} {}, {allowing}.", words::capital(&second))
    }
}

/// Where a colleague lies beside what chance alone gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Within,
    Above,
    Below,
}

pub(super) fn side(it: &Adjusted) -> Side {
    match it.is_beyond_chance() {
        false => Side::Within,
        true if it.adjusted.value > it.chance.1 => Side::Above,
        true => Side::Below,
    }
}

/// Small numbers as words, as they stand in a sentence.
pub(super) fn number(it: u64) -> String {
    let words =
        ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let word = usize::try_from(it).ok().and_then(|it| words.get(it));
    word.map_or_else(|| words::thousands(it), |it| (*it).to_owned())
}

/// How exactly values of a use are shown.
#[derive(Clone, Debug)]
pub(super) struct Values {
    places: usize,
    unit: String,
}

impl Values {
    pub(super) fn of(uses: &Uses) -> Self {
        // A tenth of a minute would say more than a theatre's clock does.
        Self { places: usize::from(uses.unit != "minutes"), unit: uses.unit.clone() }
    }

    /// `4.7`.
    pub(super) fn bare(&self, value: f64) -> String {
        format!("{value:.*}", self.places)
    }

    /// `4.7 days`.
    pub(super) fn with_unit(&self, value: f64) -> String {
        format!("{}\u{a0}{}", self.bare(value), self.unit)
    }

    /// `4.2 to 5.2`.
    pub(super) fn range(&self, (low, high): (f64, f64)) -> String {
        format!("{} to {}", self.bare(low), self.bare(high))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use proptest::prelude::*;

    use super::super::made;
    use super::*;

    fn adjusted(value: f64) -> Adjusted {
        made::adjusted(value, value)
    }

    fn said(values: &[f64]) -> String {
        let all: Vec<Adjusted> = values.iter().map(|it| adjusted(*it)).collect();
        let counted = Counted::of(all.iter());
        format!("{}\n{}", counted.title("Bed days"), counted.lead())
    }

    #[test]
    fn the_finding_is_said_in_words() {
        expect![[r#"
            Colleagues’ bed days differ by no more than chance
            All seven colleagues lie within the range that chance alone would give, after allowing for the patients treated."#]]
        .assert_eq(&said(&[5.0; 7]));
        expect![[r#"
            Colleagues’ bed days mostly differ by no more than chance
            Six of seven colleagues lie within the range that chance alone would give. One lies above it, after allowing for the patients treated."#]]
        .assert_eq(&said(&[5.0, 5.0, 5.0, 5.0, 6.1, 5.0, 4.0]));
        expect![[r#"
            Colleagues’ bed days differ by more than chance
            Three of six colleagues lie within the range that chance alone would give. Two lie above it and one below, after allowing for the patients treated."#]]
        .assert_eq(&said(&[5.0, 3.9, 7.0, 7.0, 5.0, 5.0]));
        // The ends of the range are still chance.
        assert!(said(&[4.0, 6.0, 5.0]).starts_with("Colleagues’ bed days differ by no more"));
    }

    #[expect(clippy::float_arithmetic, reason = "a measured value; no money is summed")]
    fn mirror(value: f64) -> f64 {
        10.0 - value
    }

    proptest! {
        /// Swap above and below round the middle, and the words swap too.
        #[test]
        fn mirrored_figures_give_mirrored_words(values in prop::collection::vec(2.0_f64..8.0, 1..12)) {
            let mirrored: Vec<f64> = values.iter().copied().map(mirror).collect();
            let count = |values: &[f64]| {
                let all: Vec<Adjusted> = values.iter().map(|it| adjusted(*it)).collect();
                Counted::of(all.iter())
            };
            let (one, other) = (count(&values), count(&mirrored));
            prop_assert_eq!((one.above, one.below), (other.below, other.above));
            prop_assert_eq!(one.title("Tests"), other.title("Tests"));
            let beyond = values.iter().filter(|it| !(4.0..=6.0).contains(*it)).count();
            prop_assert_eq!(one.above + one.below, u64::try_from(beyond).expect("few"));
            prop_assert_eq!(one.lead().starts_with("All "), beyond == 0);
        }
    }
}
