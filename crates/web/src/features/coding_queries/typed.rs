//! Texts that people type about an event: short, and without a number that a patient is known by.

use store::coding_queries::LETTERS_MAX;
use vault::NhsNumber;

use crate::shell::forms::Wrong;

/// Digits of an NHS number.
const DIGITS: usize = 10;

/// What is wrong with a text of a field, if anything is.
pub(super) fn check(wrong: &mut Wrong, field: &str, text: &str, missing: &str) {
    let letters = text.trim().chars().count();
    wrong.unless(letters > 0, field, missing);
    let long = format!("Write {LETTERS_MAX} letters at most: there are {letters}");
    wrong.unless(letters <= LETTERS_MAX, field, &long);
    wrong.unless(
        !holds_nhs_number(text),
        field,
        "Take out the NHS number: the reference says which event it is",
    );
}

/// Whether ten digits that stand together, but for spaces and hyphens, are an NHS number.
fn holds_nhs_number(text: &str) -> bool {
    let is_part = |it: char| it.is_ascii_digit() || it == ' ' || it == '-';
    text.split(|it| !is_part(it)).any(|part| {
        let digits: Vec<u8> = part.bytes().filter(u8::is_ascii_digit).collect();
        digits.windows(DIGITS).any(|it| NhsNumber::parse(it).is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nhs_numbers_are_found_however_they_are_written() {
        // 943 476 5919 is the example of the NHS Data Dictionary.
        for text in ["9434765919", "See 943 476 5919.", "943-476-5919", "1 9434765919"] {
            assert!(holds_nhs_number(text), "{text}");
        }
        for text in ["9434765918", "On 2025-08-06 at 09:15", "W371, W381 and M161", ""] {
            assert!(!holds_nhs_number(text), "{text}");
        }
    }
}
