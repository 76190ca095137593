//! The NHS number and its check digit.

/// A valid NHS number. Never shown, not even in debug output.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NhsNumber(u64);

/// Why a text is not an NHS number. Holds nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NhsNumberFault {
    /// Not ten digits.
    NotTenDigits,
    /// Nine digits: a Scottish CHI number that lost its zero, perhaps; never padded.
    NineDigits,
    /// Ten equal digits.
    AllTheSame,
    /// The check digit would have to be 10, so no such number is issued.
    CheckDigitTen,
    /// The check digit is another one.
    WrongCheckDigit,
}

impl NhsNumber {
    /// Reads ten digits; spaces and hyphens between them are left out.
    ///
    /// # Errors
    ///
    /// [`NhsNumberFault`] says why not.
    ///
    /// # Source
    ///
    /// NHS Data Dictionary, NHS NUMBER: weights 10 to 2, check digit 11 less the remainder by 11.
    pub fn parse(text: &[u8]) -> Result<Self, NhsNumberFault> {
        let mut digits = [0_u8; 10];
        let mut count = 0;
        for &byte in text {
            match byte {
                b' ' | b'-' => {}
                b'0'..=b'9' if count < 10 => {
                    digits[count] = byte - b'0';
                    count += 1;
                }
                _ => return Err(NhsNumberFault::NotTenDigits),
            }
        }
        match count {
            10 => check(digits),
            9 => Err(NhsNumberFault::NineDigits),
            _ => Err(NhsNumberFault::NotTenDigits),
        }
    }

    /// The ten digits, for the vault and the keyed hash only.
    pub fn digits(self) -> String {
        format!("{:010}", self.0)
    }

    /// As a number, for compact tables in memory.
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl std::fmt::Debug for NhsNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NhsNumber(..)")
    }
}

fn check(digits: [u8; 10]) -> Result<NhsNumber, NhsNumberFault> {
    if digits.iter().all(|it| *it == digits[0]) {
        return Err(NhsNumberFault::AllTheSame);
    }
    let weighted: u32 = std::iter::zip(&digits[..9], (2..=10).rev())
        .map(|(&it, weight)| u32::from(it) * weight)
        .sum();
    let wanted = match 11 - weighted % 11 {
        11 => 0,
        10 => return Err(NhsNumberFault::CheckDigitTen),
        other => other,
    };
    if u32::from(digits[9]) != wanted {
        return Err(NhsNumberFault::WrongCheckDigit);
    }
    Ok(NhsNumber(digits.iter().fold(0, |number, &it| number * 10 + u64::from(it))))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn check_digits_by_hand() {
        // 943476591: 90+36+24+28+42+30+20+27+2 = 299 = 27·11 + 2, so the check digit is 9.
        assert!(NhsNumber::parse(b"943 476 5919").is_ok());
        assert_eq!(NhsNumber::parse(b"9434765918"), Err(NhsNumberFault::WrongCheckDigit));
        assert_eq!(NhsNumber::parse(b"943476591"), Err(NhsNumberFault::NineDigits));
        assert_eq!(NhsNumber::parse(b"9999999999"), Err(NhsNumberFault::AllTheSame));
        assert_eq!(NhsNumber::parse(b"94347659190"), Err(NhsNumberFault::NotTenDigits));
        assert_eq!(NhsNumber::parse(b"A434765919"), Err(NhsNumberFault::NotTenDigits));
        // 100000001: 10 + 2 = 12, remainder 1, so the check digit would be 10.
        assert_eq!(NhsNumber::parse(b"1000000010"), Err(NhsNumberFault::CheckDigitTen));
    }

    proptest! {
        /// A number is valid with at most one last digit, and any single changed digit breaks it.
        #[test]
        fn one_changed_digit_is_always_found(number in 0_u64..1_000_000_000, place in 0_usize..10, other in 0_u8..10) {
            let valid: Vec<String> = (0..10)
                .map(|last| format!("{number:09}{last}"))
                .filter(|it| NhsNumber::parse(it.as_bytes()).is_ok())
                .collect();
            prop_assert!(valid.len() <= 1);
            for text in valid {
                let mut changed = text.clone().into_bytes();
                changed[place] = b'0' + other;
                let same = changed == text.as_bytes();
                prop_assert_eq!(NhsNumber::parse(&changed).is_ok(), same);
            }
        }
    }
}
