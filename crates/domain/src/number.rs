//! Plain decimals read exactly into scaled whole numbers; more decimals than allowed is a fault.

/// Why a text is not a number of the wanted kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NumberError {
    /// The text has other characters than digits, one point and a leading minus.
    #[error("`{0}` is not a plain decimal number")]
    NotDecimal(String),
    /// The value has more decimals than the unit holds, and rounding would change it.
    #[error("`{text}` has more than {places} decimal places")]
    TooManyPlaces {
        /// The text as read.
        text: String,
        /// The decimals allowed.
        places: u32,
    },
    /// The value does not fit the type.
    #[error("`{0}` is too large")]
    TooLarge(String),
}

/// Reads a decimal as a whole number of `10^-places` units, exactly.
///
/// Trailing zeros beyond the places are accepted, since they change nothing.
///
/// # Errors
///
/// [`NumberError`] as its variants say.
pub fn parse_scaled(text: &str, places: u32) -> Result<i64, NumberError> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() && fraction.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return Err(NumberError::NotDecimal(text.to_owned()));
    }
    let fraction = fraction.trim_end_matches('0');
    let places_given = u32::try_from(fraction.len()).unwrap_or(u32::MAX);
    if places_given > places {
        return Err(NumberError::TooManyPlaces { text: text.to_owned(), places });
    }
    let too_large = || NumberError::TooLarge(text.to_owned());
    let mut value: i64 = 0;
    for byte in whole.bytes().chain(fraction.bytes()) {
        value = value
            .checked_mul(10)
            .and_then(|it| it.checked_add(i64::from(byte - b'0')))
            .ok_or_else(too_large)?;
    }
    let scale = 10_i64.checked_pow(places - places_given).ok_or_else(too_large)?;
    let value = value.checked_mul(scale).ok_or_else(too_large)?;
    Ok(if negative { -value } else { value })
}

/// Shows a scaled whole number as a decimal with all its places: `12500` at 4 is `1.2500`.
pub fn show_scaled(value: i128, places: u32) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let scale = 10_u128.pow(places);
    let magnitude = value.unsigned_abs();
    if places == 0 {
        return format!("{sign}{magnitude}");
    }
    let width = usize::try_from(places).unwrap_or(0);
    format!("{sign}{}.{:0width$}", magnitude / scale, magnitude % scale)
}
