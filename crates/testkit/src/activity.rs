//! Reads events, feed rows and sessions of worked examples from tables of text.
//!
//! References are short names: their order as text is the order of the keys that stand for them.
//! Times are local, `2025-04-01 09:30`, or `2025-04-01` where only the day is known.

use domain::number::parse_scaled;
use domain::{Day, Key, Money};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use tables::dataset::{Event, FeedRow, Session};

use crate::table::{Row, Table};

const ZONE: &str = "Europe/London";
const KEY_BYTES: usize = 16;

/// The key that stands for a name of up to 16 bytes.
///
/// # Panics
///
/// If the name is longer.
#[track_caller]
pub fn key(name: &str) -> Key {
    assert!(name.len() <= KEY_BYTES, "`{name}` is longer than 16 bytes");
    let mut bytes = [0; KEY_BYTES];
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    Key::from_bytes(bytes)
}

/// The name for which a key stands.
pub fn name(key: Key) -> String {
    let bytes = key.to_bytes();
    let end = bytes.iter().rposition(|it| *it != 0).map_or(0, |it| it + 1);
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

/// The instant of a local time, and whether only the day is given.
///
/// # Panics
///
/// If the text is no such time.
#[track_caller]
pub fn instant(text: &str) -> (i64, bool) {
    let is_day = !text.contains(' ');
    let full = if is_day { format!("{text} 00:00") } else { text.to_owned() };
    let local = DateTime::strptime("%Y-%m-%d %H:%M", &full)
        .unwrap_or_else(|error| panic!("`{text}` is no local time: {error}"));
    let zone = TimeZone::get(ZONE).expect("the time zone data is built in");
    let zoned = local.to_zoned(zone).expect("the time is on the calendar");
    (zoned.timestamp().as_second(), is_day)
}

/// The end of an interval: the next 00:00 where only the day is given.
#[track_caller]
fn end(text: &str) -> (i64, bool) {
    let (moment, is_day) = instant(text);
    if !is_day {
        return (moment, false);
    }
    let next = text.parse::<Day>().expect("a day").plus(1).to_string();
    (instant(&next).0, true)
}

/// Events; a blank end is an open one. Columns that are not given are blank.
///
/// # Panics
///
/// If a cell is no value of its column.
pub fn events(table: &Table) -> Vec<Event> {
    let cells = |row: Row<'_>| {
        let cell = |column: &str| optional(table, row, column);
        let (start_s, start_is_day) = instant(&cell("start"));
        let ended = Some(cell("end")).filter(|it| !it.is_empty()).map(|it| end(&it));
        let reference =
            |column: &str| Some(cell(column)).filter(|it| !it.is_empty()).map(|it| key(&it));
        Event {
            patient: key(&cell("patient")),
            event: key(&cell("event")),
            event_type: cell("event_type"),
            spell: reference("spell"),
            consultant: reference("consultant"),
            start_s,
            start_is_day,
            end_s: ended.map(|it| it.0),
            end_is_day: ended.is_some_and(|it| it.1),
            specialty: cell("specialty"),
            site: cell("site"),
            hrg: cell("hrg"),
            pod: cell("pod"),
            category: cell("category"),
            band: cell("band"),
            restricted: !cell("restricted").is_empty(),
            restricted_reference: reference("restricted"),
            ..Event::default()
        }
    };
    table.rows().map(cells).collect()
}

/// Rows of one feed; a blank end is the start, and `open` an open one.
///
/// # Panics
///
/// If a cell is no value of its column.
pub fn feed_rows(table: &Table) -> Vec<FeedRow> {
    let cells = |row: Row<'_>| {
        let cell = |column: &str| optional(table, row, column);
        let (start_s, start_is_day) = instant(&cell("start"));
        let reference =
            |column: &str| Some(cell(column)).filter(|it| !it.is_empty()).map(|it| key(&it));
        let scaled = |column: &str, places: u32| {
            let text = cell(column);
            let parse =
                || parse_scaled(&text, places).unwrap_or_else(|it| panic!("{column}: {it}"));
            (!text.is_empty()).then(parse)
        };
        FeedRow {
            patient: reference("patient"),
            event: reference("event"),
            row: key(&cell("row")),
            spell: reference("spell"),
            start_s,
            start_is_day,
            end_s: match cell("end").as_str() {
                "" => Some(start_s),
                "open" => None,
                text => Some(end(text).0),
            },
            code: cell("code"),
            band: cell("band"),
            specialty: cell("specialty"),
            site: cell("site"),
            location: cell("location"),
            requester: cell("requester"),
            quantity_e4: scaled("quantity", 4),
            staff_e2: scaled("staff", 2),
            cost: scaled("cost", 6).map(Money::from_micro_pounds),
            cost_object: cell("cost_object"),
            session: cell("session"),
            origin: "native".to_owned(),
        }
    };
    table.rows().map(cells).collect()
}

/// Planned sessions.
///
/// # Panics
///
/// If a cell is no value of its column.
pub fn sessions(table: &Table) -> Vec<Session> {
    let cells = |row: Row<'_>| {
        let cell = |column: &str| optional(table, row, column);
        let staff = parse_scaled(&cell("staff"), 2).unwrap_or_else(|it| panic!("staff: {it}"));
        Session {
            session: cell("session"),
            kind: cell("kind"),
            start_s: instant(&cell("start")).0,
            end_s: instant(&cell("end")).0,
            staff_e2: staff,
            ..Session::default()
        }
    };
    table.rows().map(cells).collect()
}

fn optional(table: &Table, row: Row<'_>, column: &str) -> String {
    let there = table.header().iter().any(|it| it == column);
    if there { row.text(column) } else { "" }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_like_their_keys_and_come_back() {
        let names = ["a", "a1", "b", "e10", "e2", "p1"];
        assert!(names.map(key).is_sorted());
        assert_eq!(names.map(|it| name(key(it))), names);
    }

    #[test]
    fn days_end_at_the_next_midnight() {
        // 26 October 2025 has 25 hours in London.
        let (from, to) = (instant("2025-10-26"), end("2025-10-26"));
        assert_eq!((to.0 - from.0, from.1, to.1), (25 * 3600, true, true));
        assert_eq!(instant("2025-07-01 09:30"), (1_751_358_600, false));
    }
}
