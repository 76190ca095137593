//! A meeting as a file that calendars take in (RFC 5545).

use access::Capability;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use store::reviewing::Meeting;

use super::found::Found;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::session::calendar;
use crate::shell::visit::Visit;

/// Octets of a line at most.
const LINE: usize = 75;

/// What stands in the file.
struct Event<'a> {
    uid: String,
    sequence: i64,
    stamp: Timestamp,
    begins: Timestamp,
    ends: Timestamp,
    summary: &'a str,
    place: &'a str,
    description: String,
    address: String,
}

pub(super) async fn take(
    State(app): State<App>,
    Path((unit, review, meeting)): Path<(String, String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = Found::of(&app, &visit, Capability::ReadReviews, (&unit, &review)).await?;
    let it = found.meeting(&meeting)?;
    let begins = begins(it).ok_or_else(|| Fault::Broken(format!("when meeting {} is", it.id)))?;
    let settings = app.settings();
    let host = settings.address.split("//").nth(1).unwrap_or("localhost");
    let event = Event {
        uid: format!("{}@{}", it.id, host.split([':', '/']).next().unwrap_or("localhost")),
        sequence: it.number - 1,
        stamp: visit.now,
        begins,
        ends: begins + SignedDuration::from_mins(it.of.minutes),
        summary: &found.review.title,
        place: &it.of.place,
        description: format!(
            "{}, in the chair: {}\nLast time’s actions come first.",
            found.unit.name,
            found.name(it.of.chair.as_str())
        ),
        address: format!("{}{}", settings.address, found.meeting_address(&it.id)),
    };
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"review.ics\""),
    ];
    Ok((headers, event.to_text()).into_response())
}

/// When a meeting begins: its time is that of England.
fn begins(it: &Meeting) -> Option<Timestamp> {
    let day: Date = calendar(it.of.held_on);
    let time: Time = it.of.begins_at.parse().ok()?;
    let zone = TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC);
    Some(day.to_datetime(time).to_zoned(zone).ok()?.timestamp())
}

impl Event<'_> {
    fn to_text(&self) -> String {
        let at = |it: Timestamp| it.strftime("%Y%m%dT%H%M%SZ").to_string();
        let lines = [
            "BEGIN:VCALENDAR".to_owned(),
            "VERSION:2.0".to_owned(),
            "PRODID:-//Concord//Service line reviews//EN".to_owned(),
            "METHOD:PUBLISH".to_owned(),
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}", self.uid),
            format!("SEQUENCE:{}", self.sequence),
            format!("DTSTAMP:{}", at(self.stamp)),
            format!("DTSTART:{}", at(self.begins)),
            format!("DTEND:{}", at(self.ends)),
            format!("SUMMARY:{}", escaped(self.summary)),
            format!("LOCATION:{}", escaped(self.place)),
            format!("DESCRIPTION:{}", escaped(&self.description)),
            format!("URL:{}", self.address),
            "END:VEVENT".to_owned(),
            "END:VCALENDAR".to_owned(),
        ];
        lines.iter().map(|it| folded(it)).collect()
    }
}

/// A text as it stands in a file of a calendar: nothing in it ends the line or the value.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in text.replace("\r\n", "\n").chars() {
        match letter {
            '\\' => out.push_str("\\\\"),
            ';' => out.push_str("\\;"),
            ',' => out.push_str("\\,"),
            '\n' | '\r' => out.push_str("\\n"),
            it if it.is_control() => {}
            it => out.push(it),
        }
    }
    out
}

/// A line, broken where it is longer than lines may be, between letters; with its end.
fn folded(line: &str) -> String {
    let mut out = String::new();
    let mut octets = 0;
    for letter in line.chars() {
        if octets + letter.len_utf8() > LINE {
            out.push_str("\r\n ");
            octets = 1;
        }
        out.push(letter);
        octets += letter.len_utf8();
    }
    out.push_str("\r\n");
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_is_escaped_and_lines_are_folded() {
        assert_eq!(escaped("A, B; C\\D\r\nE\u{7}"), "A\\, B\\; C\\\\D\\nE");
        let long = format!("SUMMARY:{}", "é".repeat(60));
        let lines = folded(&long);
        // 8 letters of one octet and 33 of two are 74; the next would make 76.
        let first = lines.split("\r\n").next().expect("a line");
        assert_eq!((first.len(), first.chars().count()), (74, 41));
        assert!(lines.ends_with("\r\n"));
    }

    #[test]
    fn an_event_has_what_calendars_need() {
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let event = Event {
            uid: "1@concord.example".to_owned(),
            sequence: 2,
            stamp: at("2026-05-01T09:00:00Z"),
            begins: at("2026-06-11T07:00:00Z"),
            ends: at("2026-06-11T08:00:00Z"),
            summary: "Hips; knees",
            place: "Room 1, north",
            description: "First\nsecond".to_owned(),
            address: "http://concord.example/reviews/HIP/1/meeting/1".to_owned(),
        };
        let text = event.to_text();
        for part in [
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n",
            "UID:1@concord.example\r\n",
            "SEQUENCE:2\r\n",
            "DTSTAMP:20260501T090000Z\r\n",
            "DTSTART:20260611T070000Z\r\n",
            "DTEND:20260611T080000Z\r\n",
            "SUMMARY:Hips\\; knees\r\n",
            "LOCATION:Room 1\\, north\r\n",
            "DESCRIPTION:First\\nsecond\r\n",
            "END:VEVENT\r\nEND:VCALENDAR\r\n",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_written_stays_in_its_line(text in ".{0,300}") {
            let line = folded(&format!("SUMMARY:{}", escaped(&text)));
            let lines: Vec<&str> = line.trim_end_matches("\r\n").split("\r\n").collect();
            prop_assert!(lines.iter().all(|it| it.len() <= LINE));
            prop_assert!(lines.iter().skip(1).all(|it| it.starts_with(' ')));
            // Unfolded it is one line again, with nothing lost.
            let whole = line.trim_end_matches("\r\n").replace("\r\n ", "");
            prop_assert_eq!(whole, format!("SUMMARY:{}", escaped(&text)));
        }
    }
}
