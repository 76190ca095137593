//! Texts that people type about care: short, and without anything that a patient is known by.

use domain::Key;
use vault::NhsNumber;

use super::forms::Wrong;

/// Digits of an NHS number.
const DIGITS: usize = 10;

/// Digits of its groups, as it is printed.
const GROUPS: [usize; 3] = [3, 3, 4];

/// Letters of identifiers, of runs and of records.
const IDENTIFIERS: [usize; 2] = [16, 32];

/// Where pages of single patients are.
const PATIENTS: &str = "/patients/";

/// What a text of a field may be.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// Letters at most.
    pub letters: usize,
    /// What to do about an NHS number.
    pub nhs_number: &'static str,
    /// What to do about a reference of a patient or their event; none where the text may hold one.
    pub reference: Option<&'static str>,
}

impl Text {
    /// Adds what is wrong with the text of a field, if anything is; `missing` where it is blank.
    pub fn check(&self, wrong: &mut Wrong, field: &str, text: &str, missing: &str) {
        let letters = text.trim().chars().count();
        wrong.unless(letters > 0, field, missing);
        let long = format!("Write {} letters at most: there are {letters}", self.letters);
        wrong.unless(letters <= self.letters, field, &long);
        wrong.unless(!holds_nhs_number(text), field, self.nhs_number);
        if let Some(without) = self.reference {
            wrong.unless(!holds_reference(text), field, without);
        }
    }
}

/// Whether it holds a keyed reference, or the address of a page of a patient.
fn holds_reference(text: &str) -> bool {
    let mut words = text.split(|it: char| !it.is_ascii_alphanumeric());
    text.contains(PATIENTS) || words.any(|it| it.to_ascii_lowercase().parse::<Key>().is_ok())
}

/// Whether ten digits in a row, or in groups of three, three and four, are an NHS number. Whatever is
/// no letter and no digit may stand between the groups. Two days side by side are no such groups, and
/// digits in an identifier of the site are chance.
fn holds_nhs_number(text: &str) -> bool {
    let is_between = |it: char| !it.is_alphanumeric();
    let words = text.split_inclusive(is_between);
    let words = words.filter(|it| !is_identifier(it.trim_end_matches(is_between)));
    let text: String = words.flat_map(str::chars).map(plain).collect();
    let is_number = |digits: &[u8]| NhsNumber::parse(digits).is_ok();
    text.split(|it: char| it.is_alphanumeric() && !it.is_ascii_digit()).any(|part| {
        let groups: Vec<&str> =
            part.split(|it: char| !it.is_ascii_digit()).filter(|it| !it.is_empty()).collect();
        let in_a_row = groups.iter().any(|it| it.as_bytes().windows(DIGITS).any(is_number));
        in_a_row
            || groups.windows(GROUPS.len()).any(|it| {
                it.iter().map(|it| it.len()).eq(GROUPS) && is_number(it.concat().as_bytes())
            })
    })
}

/// Whether a word is the identifier of a record or of a run.
fn is_identifier(word: &str) -> bool {
    IDENTIFIERS.contains(&word.len())
        && word.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
        && word.bytes().any(|it| it.is_ascii_lowercase())
}

/// A full-width digit as a plain one; anything else as it is.
fn plain(it: char) -> char {
    let digit = std::iter::zip(0.., '\u{ff10}'..='\u{ff19}').find(|(_, wide)| *wide == it);
    digit.and_then(|(digit, _)| char::from_digit(digit, 10)).unwrap_or(it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_of_patients_are_found() {
        for text in [
            "See 20v8hcl5jsk6brd2fumssfkflv.",
            "(20V8HCL5JSK6BRD2FUMSSFKFLV)",
            "http://concord.example/patients/1fe9a090556158bd/x",
        ] {
            assert!(holds_reference(text), "{text}");
        }
        // The first letters alone, a run, and a group.
        for text in ["20V8-HCL5", "Run 1fe9a090556158bd, HN12F", "counterrevolutionaryzzzzzz", ""] {
            assert!(!holds_reference(text), "{text}");
        }
    }

    #[test]
    fn nhs_numbers_are_found_however_they_are_written() {
        // 943 476 5919 is the example of the NHS Data Dictionary.
        for text in [
            "9434765919",
            "See 943 476 5919.",
            "943-476-5919",
            "1 9434765919",
            "943\u{a0}476\u{a0}5919",
            "943.476.5919",
            "943\t476\t5919",
            "943\n476\r\n5919",
            "943/476/5919",
            "943 - 476 - 5919",
            "NHS9434765919",
            "f9434765919abcdef0123456789abcd",
            "９４３４７６５９１９",
            "９４３　４７６　５９１９",
        ] {
            assert!(holds_nhs_number(text), "{text}");
        }
        // The digits 2025080220 of the two days would be an NHS number, were they one number.
        for text in [
            "9434765918",
            "On 2025-08-06 at 09:15",
            "2025-08-02 2025-08-09",
            "W371, W381 and M161",
            "measure-0f9434765919abcdef0123456789abcd",
            "Run f9434765919abcde",
            "",
        ] {
            assert!(!holds_nhs_number(text), "{text}");
        }
    }
}
