//! Match rates as pictures: bars for feeds, a line for months.

use charts::{Bar, Bars, Direction, Heading, Line, Mark, Point};
use results::matching::FeedMatching;

use crate::shell::words;

/// Width of the wide drawing in pixels.
const WIDTH: u16 = 900;

/// A feed's name and its hundredths of a percent matched, as bars.
pub(super) fn feeds(feeds: &[FeedMatching]) -> String {
    let bar = |it: &FeedMatching| Bar {
        name: it.feed.name.clone(),
        value: it.percent.as_ref().map_or_else(|| "none".to_owned(), |it| format!("{it}%")),
        size: it.percent.as_ref().and_then(|it| hundredths(it)),
        is_strong: false,
        is_rest: false,
    };
    let heading = Heading {
        id: "match-rates".to_owned(),
        title: "Rows that found their event, by feed".to_owned(),
        description: "Percent of the rows of each feed that found the event of a patient, the feed with the most unmatched cost first. The table below holds the same figures.".to_owned(),
    };
    let bars = feeds.iter().map(bar).collect();
    Bars { heading, width: WIDTH, direction: Direction::Amounts, bars }.draw().svg()
}

/// `94.16` as 9416.
pub(super) fn hundredths(percent: &str) -> Option<i64> {
    domain::number::parse_scaled(percent, 2).ok()
}

/// The months of one feed as a line; empty for a single month.
pub(super) fn months(feed: &FeedMatching) -> String {
    if feed.months.len() < 2 {
        return String::new();
    }
    let point = |it: &results::matching::MonthCount| Point {
        label: short_month(&it.month),
        value: it.percent.as_ref().and_then(|it| it.parse().ok()),
        mark: Mark::Ordinary,
    };
    let heading = Heading {
        id: "months".to_owned(),
        title: "Percent matched, by month".to_owned(),
        description: "Percent of the rows of each month that found the event of a patient. The table below holds the same figures.".to_owned(),
    };
    let line = Line {
        heading,
        width: WIDTH,
        points: feed.months.iter().map(point).collect(),
        average: None,
        limits: Vec::new(),
        target: None,
        callout: None,
        rule: String::new(),
    };
    line.draw().svg()
}

/// `April 2025`, from `2025-04`.
pub(super) fn month(text: &str) -> String {
    let day = words::day(&format!("{text}-01"));
    day.strip_prefix("1 ").unwrap_or(text).to_owned()
}

/// `Apr 2025`, from `2025-04`.
fn short_month(text: &str) -> String {
    let whole = month(text);
    match whole.split_once(' ') {
        Some((name, year)) => format!("{} {year}", name.chars().take(3).collect::<String>()),
        None => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_and_percentages() {
        assert_eq!(month("2025-04"), "April 2025");
        assert_eq!(month("unknown"), "unknown");
        assert_eq!(short_month("2025-04"), "Apr 2025");
        assert_eq!(hundredths("94.16"), Some(9_416));
    }
}
