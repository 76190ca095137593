//! Words on charts: amounts with their signs, ticks, and texts broken to fit a width.

use domain::Money;

/// How exactly amounts are written; never mixed in one chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// `£1,204,336.00`.
    Pence,
    /// `£1,204,336`.
    Pounds,
}

impl Precision {
    /// The amount without a plus; a minus is the true sign, not a hyphen.
    pub(crate) fn amount(self, amount: Money) -> String {
        let sign = if amount.is_negative() { "\u{2212}" } else { "" };
        format!("{sign}{}", self.size(amount))
    }

    /// The amount with its sign, as on a walk.
    pub(crate) fn signed(self, amount: Money) -> String {
        let sign = if amount.is_negative() { "\u{2212}" } else { "+" };
        format!("{sign}{}", self.size(amount))
    }

    fn size(self, amount: Money) -> String {
        let size = amount.abs();
        match self {
            Self::Pence => size.to_pence(),
            Self::Pounds => {
                let pounds = (size.micro_pounds() + 500_000) / 1_000_000;
                let text = Money::from_pounds(pounds).to_pence();
                text.strip_suffix(".00").unwrap_or(&text).to_owned()
            }
        }
    }
}

const MICRO: i128 = 1_000_000;
const MILLION: i128 = MICRO * 1_000_000;

/// A tick of an axis of money: `£760m`, `£6.8m`, `£50k`, `£500`; all ticks with as many decimals as
/// the step between them needs. Steps are of a pound or more.
pub(crate) fn tick(amount: i128, step: i128) -> String {
    let (unit, word) = unit_of(step);
    if word.is_empty() || amount == 0 {
        return pounds(amount);
    }
    format!("{}{word}", decimal(amount, unit, step))
}

/// The same in a sentence: `£755 million`, `£50,000`.
pub(crate) fn tick_in_words(amount: i128, step: i128) -> String {
    let (unit, word) = unit_of(step);
    if word == "m" {
        return format!("{}\u{a0}million", decimal(amount, unit, step));
    }
    pounds(amount)
}

fn pounds(amount: i128) -> String {
    let pounds = i64::try_from(amount / MICRO).unwrap_or(i64::MAX);
    Precision::Pounds.amount(Money::from_pounds(pounds))
}

fn unit_of(step: i128) -> (i128, &'static str) {
    match step {
        step if step >= MILLION / 20 => (MILLION, "m"),
        step if step >= MICRO * 1_000 => (MICRO * 1_000, "k"),
        _ => (MICRO, ""),
    }
}

/// Pounds in the unit, with the fewest decimals that write amount and step exactly.
fn decimal(amount: i128, unit: i128, step: i128) -> String {
    let (mut places, mut scale) = (0, unit);
    while scale % 10 == 0 && (step % scale != 0 || amount % scale != 0) {
        (places, scale) = (places + 1, scale / 10);
    }
    let sign = if amount < 0 { "\u{2212}" } else { "" };
    let size = domain::number::show_scaled(amount.abs() / scale, places);
    format!("{sign}£{size}")
}

/// About how many tenths of a pixel a text is wide in Arial; bold is a tenth more.
pub(crate) fn width(text: &str, size: i64, is_bold: bool) -> i64 {
    let thousandths: i64 = text.chars().map(thousandths).sum();
    let plain = thousandths * size / 100;
    if is_bold { plain * 11 / 10 } else { plain }
}

/// The width of a character in thousandths of the size, as Arial has it or a little more.
const fn thousandths(character: char) -> i64 {
    match character {
        'i' | 'j' | 'l' | '\'' | '’' => 222,
        ' ' | '\u{a0}' | ',' | '.' | ':' | ';' | 'f' | 't' | 'I' | '/' | '!' | '|' => 278,
        '(' | ')' | '-' | 'r' => 333,
        'm' | 'M' | '%' => 850,
        'w' | 'A'..='L' | 'N'..='V' | 'X'..='Z' => 722,
        'W' | '@' => 1000,
        'a'..='z' | '0'..='9' | '£' => 556,
        _ if character.is_ascii() => 584,
        _ => 800,
    }
}

/// Breaks a text into lines of at most `room` tenths of a pixel, between words where it can.
pub(crate) fn wrap(text: &str, room: i64, size: i64, is_bold: bool) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|it| !it.is_empty()) {
        for piece in pieces(word, room, size, is_bold) {
            let joined = lines.last().map(|line| format!("{line} {piece}"));
            match (joined, lines.last_mut()) {
                (Some(joined), Some(line)) if width(&joined, size, is_bold) <= room => {
                    *line = joined;
                }
                _ => lines.push(piece),
            }
        }
    }
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

/// A word that is wider than a line, cut; any other as it is.
fn pieces(word: &str, room: i64, size: i64, is_bold: bool) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for character in word.chars() {
        let last = pieces.last_mut().expect("there is always a piece");
        last.push(character);
        if width(last, size, is_bold) > room && last.chars().count() > 1 {
            last.pop();
            pieces.push(character.to_string());
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_have_their_signs() {
        let amount: Money = "-1204336.005".parse().expect("an amount");
        assert_eq!(Precision::Pence.signed(amount), "−£1,204,336.01");
        assert_eq!(Precision::Pounds.amount(amount), "−£1,204,336");
        assert_eq!(Precision::Pounds.signed(Money::from_pounds(150_840)), "+£150,840");
    }

    #[test]
    fn ticks_have_the_decimals_that_they_need() {
        let pounds = |it: i128| it * MICRO;
        let ticks = |from: i128, step: i128| {
            [from, from + step].map(|it| tick(pounds(it), pounds(step))).join(" ")
        };
        assert_eq!(ticks(760_000_000, 10_000_000), "£760m £770m");
        assert_eq!(ticks(6_600_000, 200_000), "£6.6m £6.8m");
        assert_eq!(ticks(0, 5_000), "£0 £5k");
        assert_eq!(ticks(-500, 500), "−£500 £0");
        assert_eq!(tick_in_words(pounds(755_000_000), pounds(10_000_000)), "£755\u{a0}million");
        assert_eq!(tick_in_words(pounds(6_500_000), pounds(200_000)), "£6.5\u{a0}million");
        assert_eq!(tick_in_words(pounds(12_500), pounds(5_000)), "£12,500");
    }

    proptest! {
        /// Nothing is lost between the lines, and none is too wide.
        #[test]
        fn wrapped_lines_hold_the_text(text in "[a-zA-Z ]{0,60}", room in 200_i64..3_000) {
            let lines = wrap(&text, room, 16, false);
            let letters = |it: &str| it.replace(' ', "");
            prop_assert_eq!(letters(&lines.concat()), letters(&text));
            prop_assert!(lines.iter().all(|it| width(it, 16, false) <= room));
        }
    }
}
