//! Keyed pseudonyms of patients, events, spells, consultants and feed rows.

use std::{fmt, str::FromStr};

/// A 128-bit keyed pseudonym, made only inside the vault's boundary.
///
/// Shown as 26 characters of `0-9a-v` (base 32, extended hex alphabet), whose order as text is the
/// order of the number, so that key order is the same in memory, in Parquet and on paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub u128);

const DIGITS: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";
const LENGTH: usize = 26;

impl Key {
    /// The 16 bytes, most significant first.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// Wraps 16 bytes, most significant first.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }

    /// Which of `count` equal ranges of the key space this key falls in.
    pub fn bucket(self, count: u32) -> u32 {
        let high = u32::try_from(self.0 >> 96).unwrap_or(u32::MAX);
        u32::try_from((u64::from(high) * u64::from(count)) >> 32).unwrap_or(0)
    }
}

/// The text is not a reference: 26 characters of `0-9a-v`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a reference: one has 26 characters of 0-9 and a-v")]
pub struct NotAKey;

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0_u8; LENGTH];
        for (index, place) in text.iter_mut().enumerate() {
            // 26 digits hold 130 bits: the first digit carries only the top 3 of the 128.
            let shift = 5 * (LENGTH - 1 - index);
            let digit = usize::try_from((self.0 >> shift) & 31).unwrap_or(0);
            *place = DIGITS[digit];
        }
        f.pad(std::str::from_utf8(&text).unwrap_or(""))
    }
}

impl FromStr for Key {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        if text.len() != LENGTH {
            return Err(NotAKey);
        }
        let mut value: u128 = 0;
        for (index, byte) in text.bytes().enumerate() {
            let digit = match byte {
                b'0'..=b'9' => byte - b'0',
                b'a'..=b'v' => byte - b'a' + 10,
                _ => return Err(NotAKey),
            };
            if index == 0 && digit > 7 {
                return Err(NotAKey);
            }
            value = value << 5 | u128::from(digit);
        }
        Ok(Self(value))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Text and number say the same, and sort the same.
        #[test]
        fn text_round_trips_and_keeps_order(one in any::<u128>(), other in any::<u128>()) {
            let (one, other) = (Key(one), Key(other));
            prop_assert_eq!(one.to_string().parse::<Key>(), Ok(one));
            prop_assert_eq!(one.cmp(&other), one.to_string().cmp(&other.to_string()));
        }

        /// Buckets are ranges: a larger key is never in an earlier bucket.
        #[test]
        fn buckets_are_ranges(one in any::<u128>(), other in any::<u128>(), count in 1_u32..2000) {
            let (low, high) = (one.min(other), one.max(other));
            prop_assert!(Key(low).bucket(count) <= Key(high).bucket(count));
            prop_assert!(Key(high).bucket(count) < count);
        }
    }
}
