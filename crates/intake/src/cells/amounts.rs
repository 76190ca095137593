//! Amounts of money and other decimals, with the repairs that a mapping declares.

use domain::number::{NumberError, parse_scaled};

use super::CellFault;
use crate::findings::shown;

/// A trillion pounds: no amount of a trust is as large.
const TOO_MUCH_MICRO_POUNDS: i64 = 1_000_000_000_000_000_000;
const POUND_PLACES: u32 = 6;
const PENNY: i64 = 10_000;

/// Which repairs of amounts a mapping declares.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one declared repair")]
pub(crate) struct Repairs {
    commas: bool,
    pound_sign: bool,
    brackets: bool,
    crdr: bool,
    trailing_minus: bool,
    fractions: bool,
}

/// An amount and the case of the repair that it needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Amount {
    /// In units of the wanted places.
    pub(crate) value: i64,
    /// `B8` or `B9` where it was repaired.
    pub(crate) repair: Option<&'static str>,
}

impl Repairs {
    /// Reads the list of a mapping.
    pub(crate) fn declared(words: &[String]) -> Self {
        let has = |word: &str| words.iter().any(|it| it == word);
        Self {
            commas: has("commas"),
            pound_sign: has("pound_sign"),
            brackets: has("brackets"),
            crdr: has("crdr"),
            trailing_minus: has("trailing_minus"),
            fractions: has("fractions"),
        }
    }

    /// Whether amounts of the ledger may have fractions of a penny.
    pub(crate) const fn fractions(self) -> bool {
        self.fractions
    }

    /// Reads an amount in micro-pounds.
    pub(crate) fn money(self, text: &[u8]) -> Result<Amount, CellFault> {
        let amount = self.decimal(text, POUND_PLACES)?;
        if amount.value.unsigned_abs() >= TOO_MUCH_MICRO_POUNDS.unsigned_abs() {
            return Err(too_much());
        }
        Ok(amount)
    }

    /// Reads a decimal with so many places at most.
    pub(crate) fn decimal(self, text: &[u8], places: u32) -> Result<Amount, CellFault> {
        let text = std::str::from_utf8(text).unwrap_or("").trim();
        if let Ok(value) = parse_scaled(text, places) {
            return Ok(Amount { value, repair: None });
        }
        let (plain, repair) = self.repaired(text)?;
        match parse_scaled(&plain, places) {
            Ok(value) => Ok(Amount { value, repair }),
            Err(NumberError::TooLarge(_)) => Err(too_much()),
            Err(NumberError::TooManyPlaces { .. }) => {
                let message = format!("{} has more than {places} decimals", shown(text));
                Err(CellFault::row("F8", message))
            }
            Err(_) => Err(not_a_number(text)),
        }
    }

    /// The text as a plain decimal, with the case of the repair.
    fn repaired(self, text: &str) -> Result<(String, Option<&'static str>), CellFault> {
        let mut plain = text.to_owned();
        let mut negative = false;
        let mut repair = None;
        if let Some(inner) = plain.strip_prefix('(').and_then(|it| it.strip_suffix(')')) {
            declared(self.brackets, "B8", "brackets", text)?;
            (plain, negative, repair) = (inner.trim().to_owned(), true, Some("B8"));
        }
        let upper = plain.to_ascii_uppercase();
        if let Some(before) = upper.strip_suffix("CR").or_else(|| upper.strip_suffix("DR")) {
            declared(self.crdr, "B8", "crdr", text)?;
            negative |= upper.ends_with("CR");
            (plain, repair) = (before.trim().to_owned(), Some("B8"));
        }
        if let Some(before) = plain.strip_suffix('-').filter(|it| !it.is_empty()) {
            declared(self.trailing_minus, "B9", "trailing_minus", text)?;
            (plain, negative, repair) = (before.trim().to_owned(), true, Some("B9"));
        }
        if plain.contains('£') {
            declared(self.pound_sign, "B8", "pound_sign", text)?;
            (plain, repair) = (plain.replacen('£', "", 1), repair.or(Some("B8")));
        }
        if plain.contains(',') && thousands_are_right(&plain) {
            declared(self.commas, "B8", "commas", text)?;
            (plain, repair) = (plain.replace(',', ""), repair.or(Some("B8")));
        }
        let plain = plain.strip_prefix('+').map_or(plain.clone(), str::to_owned);
        Ok((if negative { format!("-{plain}") } else { plain }, repair))
    }
}

/// Whether an amount in micro-pounds is a whole number of pence.
pub(crate) const fn is_whole_pence(micro_pounds: i64) -> bool {
    micro_pounds % PENNY == 0
}

/// Whether commas stand where thousands are parted, and nowhere else.
fn thousands_are_right(text: &str) -> bool {
    let whole = text.trim_start_matches(['-', '+', ' ']).split('.').next().unwrap_or_default();
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    (1..=3).contains(&first.len()) && groups.all(|it| it.len() == 3)
}

fn declared(allowed: bool, code: &'static str, word: &str, text: &str) -> Result<(), CellFault> {
    if allowed {
        return Ok(());
    }
    let message = format!("{} is not a plain decimal, and `{word}` is not declared", shown(text));
    Err(CellFault::row(code, message))
}

fn too_much() -> CellFault {
    CellFault::file("F18", "an amount is a trillion pounds or more")
}

fn not_a_number(text: &str) -> CellFault {
    let scientific = text.bytes().any(|it| matches!(it, b'e' | b'E'))
        && text.bytes().next().is_some_and(|it| it.is_ascii_digit() || it == b'-');
    if scientific {
        return CellFault::row("B2", format!("{} is in scientific notation", shown(text)));
    }
    CellFault::row("B5", format!("{} is not a number", shown(text)))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(declared: &[&str], text: &str, expected: &Expect) {
        let words: Vec<String> = declared.iter().map(|it| (*it).to_owned()).collect();
        let shown = match Repairs::declared(&words).money(text.as_bytes()) {
            Ok(amount) => format!("{} {}", amount.value, amount.repair.unwrap_or("as it is")),
            Err(fault) => format!("{} {}", fault.code, fault.message),
        };
        expected.assert_eq(&shown);
    }

    const ALL: &[&str] = &["commas", "pound_sign", "brackets", "crdr", "trailing_minus"];

    #[test]
    fn declared_repairs() {
        check(ALL, "12.5", &expect!["12500000 as it is"]);
        check(ALL, "1,234.50", &expect!["1234500000 B8"]);
        check(ALL, "£(12.50)", &expect!["B5 `£(12.50)` is not a number"]);
        check(ALL, "(£1,012.50)", &expect!["-1012500000 B8"]);
        check(ALL, "12.50 CR", &expect!["-12500000 B8"]);
        check(ALL, "12.50DR", &expect!["12500000 B8"]);
        check(ALL, "123-", &expect!["-123000000 B9"]);
        check(ALL, "12,34", &expect!["B5 `12,34` is not a number"]);
    }

    #[test]
    fn nothing_is_repaired_undeclared() {
        check(
            &[],
            "1,234",
            &expect!["B8 `1,234` is not a plain decimal, and `commas` is not declared"],
        );
        check(
            &[],
            "(5)",
            &expect!["B8 `(5)` is not a plain decimal, and `brackets` is not declared"],
        );
        check(
            &[],
            "5-",
            &expect!["B9 `5-` is not a plain decimal, and `trailing_minus` is not declared"],
        );
        check(&[], "1.23E+05", &expect!["B2 `1.23E+05` is in scientific notation"]);
        check(&[], "#REF!", &expect!["B5 `#REF!` is not a number"]);
        check(&[], "1000000000000", &expect!["F18 an amount is a trillion pounds or more"]);
        check(&[], "0.0000001", &expect!["F8 `0.0000001` has more than 6 decimals"]);
    }
}
