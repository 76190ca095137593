//! Dates and times as a mapping declares them, and what is wrong with those that do not fit.

use domain::Day;

use super::CellFault;
use crate::findings::shown;

/// A local date, perhaps with a time of day and an offset from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LocalDate {
    /// The day.
    pub(crate) day: Day,
    /// Seconds after local midnight; none if only the day is known.
    pub(crate) second: Option<i64>,
    /// Offset from UTC in seconds, where the text states one.
    pub(crate) offset: Option<i64>,
    /// What is worth counting.
    pub(crate) oddity: Oddity,
}

/// What was noticed while reading a date that is fine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Oddity {
    /// Written 24:00.
    pub(crate) midnight_24: bool,
    /// A spreadsheet's serial number.
    pub(crate) serial: bool,
    /// Day and month could be the other way round: day of the month if the order matters.
    pub(crate) day_of_month: Option<u8>,
}

/// One piece of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Year,
    Month,
    MonthName,
    Day,
    Hour,
    Minute,
    Second,
    Fraction,
    Offset,
    Literal(u8),
}

/// The formats of a feed, tried in order.
#[derive(Clone, Debug)]
pub(crate) struct DateReader {
    formats: Vec<Vec<Piece>>,
    serials: bool,
    sentinels: Vec<Day>,
}

/// What a cell says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DateCell {
    /// A date.
    Date(LocalDate),
    /// A date that stands for nothing, as declared.
    Sentinel,
}

const MONTHS: [&[u8]; 12] = [
    b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec",
];

impl DateReader {
    /// Prepares the formats of a mapping; `typed` adds the form in which typed sources give dates.
    pub(crate) fn new(
        formats: &[String],
        excel_dates: bool,
        sentinels: &[String],
        typed: bool,
    ) -> Self {
        let own = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d"];
        let all = formats.iter().map(String::as_str).chain(own.into_iter().filter(|_| typed));
        Self {
            formats: all.map(compile).collect(),
            serials: excel_dates,
            sentinels: sentinels.iter().filter_map(|it| it.parse().ok()).collect(),
        }
    }

    /// Reads a cell that is not blank.
    pub(crate) fn read(&self, text: &[u8]) -> Result<DateCell, CellFault> {
        let found = self.formats.iter().find_map(|it| read_as(it, text));
        let date = match found {
            Some(Fit::Date(date)) => date,
            Some(Fit::NoSuchDay) => return Err(self.outside_the_calendar(text)),
            None if is_serial(text) => self.serial(text)?,
            None => return Err(self.diagnose(text)),
        };
        if self.sentinels.contains(&date.day) {
            return Ok(DateCell::Sentinel);
        }
        Ok(DateCell::Date(date))
    }

    fn serial(&self, text: &[u8]) -> Result<LocalDate, CellFault> {
        if !self.serials {
            let day = String::from_utf8_lossy(&text[..text.len().min(5)]).into_owned();
            let message = format!("{} is a spreadsheet's serial number, not a date", shown(&day));
            return Err(CellFault::row("C3", message));
        }
        serial_date(text).ok_or_else(|| not_in_the_calendar(text))
    }

    /// Says why a text that has the form of a date is none.
    fn outside_the_calendar(&self, text: &[u8]) -> CellFault {
        let words = String::from_utf8_lossy(text);
        let numbers = numbers_in(&words);
        if numbers.len() >= 3 && self.swapped(&numbers) {
            return swapped_fault(&words);
        }
        not_in_the_calendar(text)
    }

    /// Says why no format fits.
    fn diagnose(&self, text: &[u8]) -> CellFault {
        let words = String::from_utf8_lossy(text);
        let cell = shown(&words);
        if words.starts_with('#') {
            return CellFault::row("B5", format!("{cell} is a spreadsheet's error, not a date"));
        }
        let numbers = numbers_in(&words);
        let parted = words.contains(['/', '-', '.']) && numbers.len() >= 3;
        if parted && self.swapped(&numbers) {
            return swapped_fault(&words);
        }
        if parted && numbers[..3].iter().all(|it| it.1 <= 2) {
            return CellFault::row("C2", format!("{cell} has a year of two digits"));
        }
        CellFault::row("C4", format!("{cell} does not fit the declared date formats"))
    }

    /// Whether the text would be a date with day and month exchanged.
    fn swapped(&self, numbers: &[(u32, usize)]) -> bool {
        self.formats.iter().any(|format| {
            let order: Vec<Piece> = format
                .iter()
                .copied()
                .filter(|it| matches!(it, Piece::Year | Piece::Month | Piece::Day))
                .collect();
            let place = |wanted: Piece| order.iter().position(|it| *it == wanted);
            let (Some(year), Some(month), Some(day)) =
                (place(Piece::Year), place(Piece::Month), place(Piece::Day))
            else {
                return false;
            };
            numbers[year].1 == 4
                && (13..=31).contains(&numbers[month].0)
                && (1..=12).contains(&numbers[day].0)
        })
    }
}

/// A text that has the form of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    Date(LocalDate),
    NoSuchDay,
}

/// Reads the pieces of a format; nothing if the text has another form.
fn read_as(format: &[Piece], text: &[u8]) -> Option<Fit> {
    let mut rest = text;
    let mut parts = Parts::default();
    let mut ordered = false;
    for (index, piece) in format.iter().enumerate() {
        let packed = format.get(index + 1).is_some_and(|it| !matches!(it, Piece::Literal(_)));
        match piece {
            Piece::Literal(byte) => rest = rest.strip_prefix(std::slice::from_ref(byte))?,
            Piece::Year => parts.year = digits(&mut rest, 4, 4)?,
            Piece::Month => parts.month = digits(&mut rest, if packed { 2 } else { 1 }, 2)?,
            Piece::MonthName => parts.month = month_name(&mut rest)?,
            Piece::Day => {
                ordered = index == 0 || format[0] == Piece::Month;
                parts.day = digits(&mut rest, if packed { 2 } else { 1 }, 2)?;
            }
            Piece::Hour => parts.hour = Some(digits(&mut rest, if packed { 2 } else { 1 }, 2)?),
            Piece::Minute => parts.minute = digits(&mut rest, 2, 2)?,
            Piece::Second => parts.second = digits(&mut rest, 2, 2)?,
            Piece::Fraction => {
                digits(&mut rest, 1, 9)?;
            }
            Piece::Offset => parts.offset = Some(offset(&mut rest)?),
        }
    }
    if !rest.is_empty() {
        parts.offset = Some(offset(&mut rest)?);
        if !rest.is_empty() || parts.hour.is_none() {
            return None;
        }
    }
    let by_name = format.contains(&Piece::MonthName);
    Some(parts.date(ordered && !by_name).map_or(Fit::NoSuchDay, Fit::Date))
}

#[derive(Clone, Copy, Debug, Default)]
struct Parts {
    year: u32,
    month: u32,
    day: u32,
    hour: Option<u32>,
    minute: u32,
    second: u32,
    offset: Option<i64>,
}

impl Parts {
    /// The date, if there is such a day and time.
    fn date(self, order_matters: bool) -> Option<LocalDate> {
        if !(1..=12).contains(&self.month) || self.day == 0 || self.year == 0 {
            return None;
        }
        let year = i32::try_from(self.year).ok()?;
        let day = Day::from_civil(year, self.month, self.day);
        if day.to_civil() != (year, self.month, self.day) {
            return None;
        }
        let mut oddity = Oddity::default();
        if order_matters {
            oddity.day_of_month = u8::try_from(self.day).ok();
        }
        let Some(hour) = self.hour else {
            return Some(LocalDate { day, second: None, offset: None, oddity });
        };
        if hour == 24 && self.minute == 0 && self.second == 0 {
            oddity.midnight_24 = true;
            let offset = self.offset;
            return Some(LocalDate { day: day.plus(1), second: Some(0), offset, oddity });
        }
        if hour > 23 || self.minute > 59 || self.second > 59 {
            return None;
        }
        let second = i64::from(hour * 3600 + self.minute * 60 + self.second);
        Some(LocalDate { day, second: Some(second), offset: self.offset, oddity })
    }
}

fn compile(format: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut bytes = format.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            pieces.push(Piece::Literal(byte));
            continue;
        }
        match bytes.next() {
            Some(b'Y') => pieces.push(Piece::Year),
            Some(b'm') => pieces.push(Piece::Month),
            Some(b'b' | b'B') => pieces.push(Piece::MonthName),
            Some(b'd') => pieces.push(Piece::Day),
            Some(b'H') => pieces.push(Piece::Hour),
            Some(b'M') => pieces.push(Piece::Minute),
            Some(b'S') => pieces.push(Piece::Second),
            Some(b'f') => pieces.push(Piece::Fraction),
            Some(b'z') => pieces.push(Piece::Offset),
            Some(b'F') => pieces.extend(compile("%Y-%m-%d")),
            Some(b'T') => pieces.extend(compile("%H:%M:%S")),
            Some(b'R') => pieces.extend(compile("%H:%M")),
            Some(other) => pieces.push(Piece::Literal(other)),
            None => {}
        }
    }
    pieces
}

/// Takes digits off the front: at least `least`, at most `most`.
fn digits(rest: &mut &[u8], least: usize, most: usize) -> Option<u32> {
    let count = rest.iter().take(most).take_while(|it| it.is_ascii_digit()).count();
    if count < least {
        return None;
    }
    let value = rest[..count].iter().fold(0, |value, it| value * 10 + u32::from(it - b'0'));
    *rest = &rest[count..];
    Some(value)
}

/// Takes a month's English name off the front, short or long.
fn month_name(rest: &mut &[u8]) -> Option<u32> {
    let length = rest.iter().take_while(|it| it.is_ascii_alphabetic()).count();
    let name = rest.get(..length)?.to_ascii_lowercase();
    let index = MONTHS.iter().position(|it| name.starts_with(it))?;
    *rest = &rest[length..];
    u32::try_from(index + 1).ok()
}

/// Takes `Z`, `+01:00` or `+0100` off the front.
fn offset(rest: &mut &[u8]) -> Option<i64> {
    if let [b'Z', tail @ ..] = rest {
        *rest = tail;
        return Some(0);
    }
    let sign = match rest.first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    *rest = &rest[1..];
    let hours = digits(rest, 2, 2)?;
    if let [b':', tail @ ..] = rest {
        *rest = tail;
    }
    let minutes = digits(rest, 2, 2)?;
    Some(sign * i64::from(hours * 3600 + minutes * 60))
}

/// Whether a text is a serial number between 1927 and 2119, so that `20250401` is not one.
fn is_serial(text: &[u8]) -> bool {
    let whole = text.iter().take_while(|it| it.is_ascii_digit()).count();
    let fraction = text.get(whole..).unwrap_or_default();
    let fraction_fits = match fraction {
        [] => true,
        [b'.', rest @ ..] => !rest.is_empty() && rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    whole == 5 && fraction_fits && (b'1'..=b'7').contains(&text[0])
}

/// The date of a serial number that counts days from the end of 1899.
fn serial_date(text: &[u8]) -> Option<LocalDate> {
    let mut rest = text;
    let days = i32::try_from(digits(&mut rest, 1, 5)?).ok()?;
    let origin = Day::from_civil(1899, 12, 30);
    let fraction = rest.strip_prefix(b".").unwrap_or_default();
    let kept = &fraction[..fraction.len().min(12)];
    let value = kept.iter().fold(0_i128, |value, it| value * 10 + i128::from(it - b'0'));
    let scale = 10_i128.pow(u32::try_from(kept.len()).ok()?);
    // Half up to the second: a spreadsheet's fractions of a day are never exact.
    let second = i64::try_from((value * 86_400 * 2 + scale) / (scale * 2)).ok()?;
    let oddity = Oddity { serial: true, ..Oddity::default() };
    let (day, second) = match second {
        0 => (origin.plus(days), None),
        86_400 => (origin.plus(days + 1), Some(0)),
        second => (origin.plus(days), Some(second)),
    };
    Some(LocalDate { day, second, offset: None, oddity })
}

fn swapped_fault(text: &str) -> CellFault {
    let message = format!("{} has day and month the other way round than declared", shown(text));
    CellFault::file("C1", message)
}

fn not_in_the_calendar(text: &[u8]) -> CellFault {
    let cell = shown(&String::from_utf8_lossy(text));
    CellFault::row("C4", format!("{cell} is not in the calendar"))
}

/// The numbers of a text with their lengths.
fn numbers_in(text: &str) -> Vec<(u32, usize)> {
    text.split(|it: char| !it.is_ascii_digit())
        .filter(|it| !it.is_empty())
        .map(|it| (it.parse().unwrap_or(u32::MAX), it.len()))
        .collect()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(formats: &[&str], text: &str, expected: &Expect) {
        let formats: Vec<String> = formats.iter().map(|it| (*it).to_owned()).collect();
        let sentinels = ["1900-01-01".to_owned()];
        let excel = formats.is_empty();
        let reader = DateReader::new(&formats, excel, &sentinels, false);
        let shown = match reader.read(text.as_bytes()) {
            Ok(DateCell::Sentinel) => "nothing".to_owned(),
            Ok(DateCell::Date(it)) => {
                let clock = it.second.map_or_else(
                    || "no time".to_owned(),
                    |second| {
                        format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
                    },
                );
                let offset = it.offset.map_or_else(String::new, |it| format!(" {it}s"));
                format!("{} {clock}{offset}", it.day)
            }
            Err(fault) => {
                let file = if fault.whole_file { " (file)" } else { "" };
                format!("{}{file} {}", fault.code, fault.message)
            }
        };
        expected.assert_eq(&shown);
    }

    const BRITISH: &[&str] = &["%d/%m/%Y %H:%M", "%d/%m/%Y"];
    const ISO: &[&str] = &["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"];

    #[test]
    fn formats_are_tried_in_order() {
        check(BRITISH, "01/04/2025 08:30", &expect!["2025-04-01 08:30:00"]);
        check(BRITISH, "1/4/2025", &expect!["2025-04-01 no time"]);
        check(ISO, "2025-04-01", &expect!["2025-04-01 no time"]);
        check(ISO, "2025-04-01T08:30:00+01:00", &expect!["2025-04-01 08:30:00 3600s"]);
        check(ISO, "2025-04-01T08:30:00Z", &expect!["2025-04-01 08:30:00 0s"]);
        check(&["%Y%m%d%H%M"], "202504010830", &expect!["2025-04-01 08:30:00"]);
        check(&["%d-%b-%Y"], "01-Apr-2025", &expect!["2025-04-01 no time"]);
        check(&["%d %B %Y"], "1 April 2025", &expect!["2025-04-01 no time"]);
    }

    #[test]
    fn midnight_may_be_the_end_of_a_day() {
        check(BRITISH, "31/03/2025 24:00", &expect!["2025-04-01 00:00:00"]);
        check(
            BRITISH,
            "31/03/2025 24:01",
            &expect!["C4 `31/03/2025 24:01` is not in the calendar"],
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        check(BRITISH, "31/02/2025", &expect!["C4 `31/02/2025` is not in the calendar"]);
        check(
            BRITISH,
            "04/25/2025",
            &expect!["C1 (file) `04/25/2025` has day and month the other way round than declared"],
        );
        check(BRITISH, "01/04/25", &expect!["C2 `01/04/25` has a year of two digits"]);
        check(BRITISH, "1 April", &expect!["C4 `1 April` does not fit the declared date formats"]);
        check(BRITISH, "#VALUE!", &expect!["B5 `#VALUE!` is a spreadsheet's error, not a date"]);
        check(
            BRITISH,
            "45748",
            &expect!["C3 `45748` is a spreadsheet's serial number, not a date"],
        );
    }

    #[test]
    fn serial_numbers_and_sentinels() {
        // 45748 days after 30 December 1899 is 1 April 2025; a quarter of a day is 06:00.
        check(&[], "45748", &expect!["2025-04-01 no time"]);
        check(&[], "45748.25", &expect!["2025-04-01 06:00:00"]);
        check(&[], "45748.354166666664", &expect!["2025-04-01 08:30:00"]);
        check(ISO, "1900-01-01", &expect!["nothing"]);
    }
}
