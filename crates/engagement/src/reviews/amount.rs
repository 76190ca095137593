//! What a priority area needs before it can be worked on: a baseline and a size. Sizes of two areas
//! are never added, so there is no function that does.

use std::fmt;
use std::str::FromStr;

/// Decimals that an amount may have.
const DECIMALS: usize = 4;

/// Digits before the point that an amount may have.
const DIGITS: usize = 12;

/// An exact amount in whatever unit stands beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(i64);

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a number such as 412 or 5.1, with up to {} decimals", DECIMALS)]
pub struct AmountError;

impl FromStr for Amount {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        let text: String = text.trim().chars().filter(|it| *it != ',' && *it != '£').collect();
        let (is_negative, digits) = match text.strip_prefix(['-', '−']) {
            Some(rest) => (true, rest),
            None => (false, text.as_str()),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let is_number = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
        let fits = !whole.is_empty() && whole.len() <= DIGITS && part.len() <= DECIMALS;
        if !fits || !is_number(whole) || !is_number(part) || digits.ends_with('.') {
            return Err(AmountError);
        }
        let scaled = format!("{whole}{part:0<DECIMALS$}").parse::<i64>();
        let scaled = scaled.map_err(|_| AmountError)?;
        Ok(Self(if is_negative { -scaled } else { scaled }))
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:0width$}", self.0.unsigned_abs(), width = DECIMALS + 1);
        let (whole, part) = digits.split_at(digits.len() - DECIMALS);
        let groups: Vec<&str> = whole
            .as_bytes()
            .rchunks(3)
            .rev()
            .map(|it| std::str::from_utf8(it).unwrap_or_default())
            .collect();
        let part = part.trim_end_matches('0');
        let (sign, point) =
            (if self.0 < 0 { "−" } else { "" }, if part.is_empty() { "" } else { "." });
        write!(f, "{sign}{}{point}{part}", groups.join(","))
    }
}

/// A priority area as people wrote it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Needs<'a> {
    /// The baseline: value, unit, period, source.
    pub baseline: [&'a str; 4],
    /// The size: low, high, and their unit.
    pub size: [&'a str; 3],
}

/// What a priority area still needs, by the name of what is missing; nothing where it is whole.
pub fn needs(area: Needs<'_>) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let [value, unit, period, source] = area.baseline;
    let [low, high, size_unit] = area.size;
    let number = |name, text: &str, found: &mut Vec<(&'static str, String)>| {
        let read = text.parse::<Amount>();
        if let Err(error) = read {
            found.push((name, words(error)));
        }
        read.ok()
    };
    number("value", value, &mut found);
    let missing = [
        ("unit", unit, "Say in which unit the baseline is, such as days a patient"),
        ("period", period, "Say of which period the baseline is, such as April 2025 to March 2026"),
        ("source", source, "Say where the baseline comes from"),
    ];
    for (name, text, say) in missing {
        if text.trim().is_empty() {
            found.push((name, say.to_owned()));
        }
    }
    let (low, high) = (number("low", low, &mut found), number("high", high, &mut found));
    if low.zip(high).is_some_and(|(low, high)| low > high) {
        found.push(("high", "The high size is below the low one".to_owned()));
    }
    if size_unit.trim().is_empty() {
        found.push((
            "size_unit",
            "Say in which unit the size is, such as bed days a year".to_owned(),
        ));
    }
    found
}

fn words(error: AmountError) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}
