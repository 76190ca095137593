//! Random numbers of our own, so that every machine and every version writes the same bytes.

/// A stream of numbers fixed by its seed (splitmix64).
#[derive(Clone, Debug)]
pub(crate) struct Random {
    state: u64,
}

/// Quantiles of a skewed distribution with mean 1000: most stays are short, a few very long.
const SKEWED: [i64; 64] = [
    124, 171, 203, 229, 252, 273, 293, 312, 330, 348, 366, 383, 400, 417, 434, 451, 468, 485, 502,
    519, 536, 554, 572, 590, 609, 628, 647, 667, 687, 707, 728, 750, 773, 796, 819, 844, 869, 896,
    923, 952, 982, 1013, 1046, 1080, 1117, 1155, 1196, 1240, 1286, 1336, 1390, 1449, 1514, 1585,
    1665, 1754, 1857, 1977, 2121, 2299, 2529, 2853, 3380, 4667,
];

impl Random {
    /// The stream that belongs to these numbers in this order.
    pub(crate) fn of(parts: &[i64]) -> Self {
        let mut random = Self { state: 0x243f_6a88_85a3_08d3 };
        for part in parts {
            random.state ^= part.cast_unsigned();
            random.state = random.next();
        }
        random
    }

    /// The next 64 random bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number from 0 up to and without `limit`, which is below 2³¹.
    pub(crate) fn below(&mut self, limit: i64) -> i64 {
        let bits = (self.next() >> 33).cast_signed();
        (bits * limit) >> 31
    }

    /// A number from `low` up to and with `high`.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below(high - low + 1)
    }

    /// Whether something happens that does so `per_mille` times in a thousand.
    pub(crate) fn chance(&mut self, per_mille: i64) -> bool {
        self.below(1000) < per_mille
    }

    /// A skewed number around a mean, from an eighth of it to five times it.
    pub(crate) fn skewed(&mut self, mean: i64) -> i64 {
        let index = usize::try_from(self.below(64)).expect("below 64");
        mean * (SKEWED[index] + self.between(-20, 20)) / 1000
    }

    /// A number within a quarter of a mean.
    pub(crate) fn around(&mut self, mean: i64) -> i64 {
        mean * self.between(75, 125) / 100
    }

    /// Whole number of times that something happens with a mean of `per_mille` / 1000.
    pub(crate) fn times(&mut self, per_mille: i64) -> i64 {
        per_mille / 1000 + i64::from(self.chance(per_mille % 1000))
    }
}
