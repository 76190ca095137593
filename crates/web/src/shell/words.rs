//! Money, dates and counts as people read them.

use domain::Money;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A space that does not break.
const TIGHT: &str = "\u{a0}";

/// Whole pence with thousands, such as `£1,234.56`; halves of a penny go away from zero.
pub fn pence(money: Money) -> String {
    let (sign, pence) = rounded(money, 10_000);
    format!("{sign}£{}.{:02}", thousands(pence / 100), pence % 100)
}

/// Whole pounds with thousands, such as `£1,235`.
pub fn pounds(money: Money) -> String {
    let (sign, pounds) = rounded(money, 1_000_000);
    format!("{sign}£{}", thousands(pounds))
}

/// As in a sentence: `£1.05 million`, `£410`.
pub fn in_a_sentence(money: Money) -> String {
    let (sign, pounds) = rounded(money, 1_000_000);
    if pounds < 1_000_000 {
        return format!("{sign}£{}", thousands(pounds));
    }
    let (sign, hundredths) = rounded(money, 10_000_000_000);
    let text = format!("{}.{:02}", thousands(hundredths / 100), hundredths % 100);
    format!("{sign}£{text}{TIGHT}million")
}

fn rounded(money: Money, unit: u64) -> (&'static str, u64) {
    let micro = money.micro_pounds();
    let whole = (micro.unsigned_abs() + unit / 2) / unit;
    (if micro < 0 && whole > 0 { "−" } else { "" }, whole)
}

/// A number with commas.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A change of a count: `+7`, `−13`, `0`.
pub fn signed(change: i64) -> String {
    match change {
        0 => "0".to_owned(),
        more if more > 0 => format!("+{more}"),
        fewer => format!("−{}", fewer.unsigned_abs()),
    }
}

/// One part of a whole in hundredths of a percent, such as `94.16%`; blank where there is no whole.
pub fn percent(part: Money, whole: Money) -> String {
    let (part, whole) = (i128::from(part.micro_pounds()), i128::from(whole.micro_pounds()));
    if whole == 0 {
        return String::new();
    }
    let hundredths = (part * 20_000 + whole).div_euclid(2 * whole);
    let sign = if hundredths < 0 { "−" } else { "" };
    format!("{sign}{}.{:02}%", hundredths.abs() / 100, hundredths.abs() % 100)
}

/// One part of an amount, half away from zero; nothing of nothing.
pub fn each(amount: Money, count: u64) -> Money {
    let Some(count) = i64::try_from(count).ok().filter(|it| *it > 0) else { return Money::ZERO };
    let micro = amount.micro_pounds();
    Money::from_micro_pounds((micro + micro.signum() * (count / 2)) / count)
}

/// A count with its noun: `1 row`, `2,000 rows`.
pub fn count(number: u64, one: &str, more: &str) -> String {
    format!("{}{TIGHT}{}", thousands(number), if number == 1 { one } else { more })
}

/// A moment in the time of England: `11 June 2026, 09:14`.
pub fn moment(at: Timestamp) -> String {
    let zone = TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC);
    at.to_zoned(zone).strftime("%-d %B %Y, %H:%M").to_string()
}

/// A day: `11 June 2026`, from `2026-06-11`; as it is where it is no day.
pub fn day(iso: &str) -> String {
    let day = iso.parse::<jiff::civil::Date>();
    day.map_or_else(|_| iso.to_owned(), |it| it.strftime("%-d %B %Y").to_string())
}

/// A text as one step of an address.
pub fn in_address(text: &str) -> String {
    let encoded = serde_urlencoded::to_string([("", text)]).unwrap_or_default();
    encoded.trim_start_matches('=').replace('+', "%20")
}

/// Several things in a sentence: `a, b and c`.
pub fn listed(all: &[&str]) -> String {
    match all {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [begin @ .., last] => format!("{} and {last}", begin.join(", ")),
    }
}

/// With a capital letter.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    first + letters.as_str()
}

/// With a small letter, as in the middle of a sentence: `bed days`.
pub fn lower(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_lowercase).collect();
    first + letters.as_str()
}

/// A sentence: with a capital and one full stop, however it was written; blank stays blank.
pub fn sentence(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    if text.is_empty() { String::new() } else { format!("{}.", capital(text)) }
}

/// A name as people say it, without the reference that records keep in brackets behind it.
pub fn spoken(recorded: &str) -> String {
    recorded.split_once(" (").map_or(recorded, |it| it.0).to_owned()
}

/// A financial year as it is spoken of: `2025/26`, from `2025-26`.
pub fn year(iso: &str) -> String {
    iso.replace('-', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        text.parse().expect("an amount")
    }

    #[test]
    fn money_as_it_is_read() {
        assert_eq!(pence(money("812406118.42")), "£812,406,118.42");
        assert_eq!(pence(money("-1204336")), "−£1,204,336.00");
        assert_eq!(pence(money("0.005")), "£0.01");
        assert_eq!(pence(money("-0.004")), "£0.00");
        assert_eq!(pounds(money("1234.5")), "£1,235");
        assert_eq!(in_a_sentence(money("1049999")), "£1.05\u{a0}million");
        assert_eq!(in_a_sentence(money("410.2")), "£410");
    }

    #[test]
    fn a_code_is_one_step_of_an_address() {
        assert_eq!(in_address("FFT-POSITIVE"), "FFT-POSITIVE");
        assert_eq!(in_address("A B/C?d=é"), "A%20B%2FC%3Fd%3D%C3%A9");
    }

    #[test]
    fn parts_of_a_whole() {
        // 764,993,999.77 of 812,406,118.42 is 94.1639 %.
        assert_eq!(percent(money("764993999.77"), money("812406118.42")), "94.16%");
        assert_eq!(percent(money("1"), Money::ZERO), "");
        assert_eq!(count(1, "row", "rows"), "1\u{a0}row");
        assert_eq!(count(38_204, "row", "rows"), "38,204\u{a0}rows");
    }

    #[test]
    fn a_name_begins_with_a_capital_or_a_small_letter() {
        let both = |text: &str| (capital(text), lower(text));
        assert_eq!(both("bed Days"), ("Bed Days".to_owned(), "bed Days".to_owned()));
        assert_eq!(both("Élan"), ("Élan".to_owned(), "élan".to_owned()));
        assert_eq!(both(""), (String::new(), String::new()));
    }

    #[test]
    fn summer_time_is_kept() {
        let at: Timestamp = "2026-05-20T08:14:00Z".parse().expect("a moment");
        assert_eq!(moment(at), "20 May 2026, 09:14");
        assert_eq!(day("2026-06-11"), "11 June 2026");
        assert_eq!(year("2025-26"), "2025/26");
        assert_eq!(listed(&["a", "b", "c"]), "a, b and c");
        assert_eq!((listed(&["a"]), listed(&[])), ("a".to_owned(), String::new()));
    }
}
