//! Which event a feed row belongs to, by the matching rules of its feed.
//!
//! The costing matches every row of a dataset, and keeps no list of it; here it is done again for
//! the patients of a group, the plain way. A table of a run does not say whether only the day of an
//! event's end is known: an end at midnight is taken for that. Whatever that gets wrong is found,
//! since rows are told only where they come to what the run states.

use rules::year::{Identity, MatchingRule, Reach, TieBreak};
use tables::dataset::FeedRow;
use tables::run::CostedEvent;

use crate::outcomes::Calendar;

/// The event of a row; none if no rule finds one.
pub(super) fn event_of<'a>(
    row: &FeedRow,
    events: &'a [CostedEvent],
    (rules, calendar): (&[MatchingRule], &Calendar),
) -> Option<&'a CostedEvent> {
    let row = Asked::of(row, calendar)?;
    rules.iter().find_map(|rule| {
        let fits = |it: &&CostedEvent| {
            let is_named = match rule.identity {
                Identity::Event => row.event.as_deref() == Some(it.event.as_str()),
                Identity::Patient => true,
            };
            is_named
                && (rule.event_type.is_empty() || rule.event_type == it.event_type)
                && in_window(rule, &row, it, calendar)
                && rule.equalities.iter().all(|name| row.same(name, it))
        };
        winner(rule, &row, (events.iter().filter(fits).collect(), calendar))
    })
}

/// A row with its span, closed at both ends.
struct Asked<'a> {
    row: &'a FeedRow,
    event: Option<String>,
    spell: String,
    first_s: i64,
    last_s: i64,
}

impl<'a> Asked<'a> {
    fn of(row: &'a FeedRow, calendar: &Calendar) -> Option<Self> {
        let key = |it: Option<domain::Key>| it.map(|it| it.to_string());
        let last_s = if row.start_is_day {
            calendar.midnight(calendar.day(row.start_s)?.plus(1)) - 1
        } else {
            row.start_s
        };
        let spell = key(row.spell).unwrap_or_default();
        Some(Self { row, event: key(row.event), spell, first_s: row.start_s, last_s })
    }

    /// Whether a column is present and equal on both sides; bands are in no table of a run.
    fn same(&self, name: &str, event: &CostedEvent) -> bool {
        let (own, other) = match name {
            "specialty" => (self.row.specialty.as_str(), event.specialty.as_str()),
            "site" => (self.row.site.as_str(), event.site.as_str()),
            "spell" => (self.spell.as_str(), event.spell.as_str()),
            "requester" => (self.row.requester.as_str(), event.consultant.as_str()),
            _ => return false,
        };
        !own.is_empty() && own == other
    }

    /// Seconds between the row and an event; 0 inside.
    fn distance(&self, event: &CostedEvent, calendar: &Calendar) -> i64 {
        if self.last_s < event.start_s {
            return event.start_s - self.last_s;
        }
        last_of(event, calendar).map_or(0, |last| (self.first_s - last).max(0))
    }
}

/// The last second of an event; none while open.
fn last_of(event: &CostedEvent, calendar: &Calendar) -> Option<i64> {
    let end = event.end_s?;
    let is_midnight = calendar.day(end).is_some_and(|it| calendar.midnight(it) == end);
    Some(if is_midnight && end > event.start_s { end - 1 } else { end })
}

fn in_window(
    rule: &MatchingRule,
    row: &Asked<'_>,
    event: &CostedEvent,
    calendar: &Calendar,
) -> bool {
    let Some((before, after)) = rule.window else { return true };
    let days = |it: i64| i32::try_from(it).unwrap_or(i32::MAX);
    let opens = match before {
        Reach::Seconds(seconds) => Some(event.start_s - seconds),
        Reach::Days(number) => {
            calendar.day(event.start_s).map(|it| calendar.midnight(it.plus(-days(number))))
        }
    };
    let closes = match (last_of(event, calendar), after) {
        (None, _) => return opens.is_some_and(|it| row.last_s >= it),
        (Some(last), Reach::Seconds(seconds)) => Some(last + seconds),
        (Some(last), Reach::Days(number)) => {
            calendar.day(last).map(|it| calendar.midnight(it.plus(days(number) + 1)) - 1)
        }
    };
    opens.is_some_and(|it| row.last_s >= it) && closes.is_some_and(|it| row.first_s <= it)
}

fn winner<'a>(
    rule: &MatchingRule,
    row: &Asked<'_>,
    (mut left, calendar): (Vec<&'a CostedEvent>, &Calendar),
) -> Option<&'a CostedEvent> {
    for tie in &rule.tie_breaks {
        let best: Vec<&CostedEvent> = match tie {
            TieBreak::Equal(name) => left.iter().copied().filter(|it| row.same(name, it)).collect(),
            TieBreak::Nearest => {
                let least = left.iter().map(|it| row.distance(it, calendar)).min();
                let is_least = |it: &&CostedEvent| Some(row.distance(it, calendar)) == least;
                left.iter().copied().filter(is_least).collect()
            }
        };
        if !best.is_empty() {
            left = best;
        }
    }
    left.into_iter().min_by(|one, other| one.event.cmp(&other.event))
}

#[cfg(test)]
mod tests {
    use domain::Key;

    use super::*;

    /// 2025-07-01 00:00 in England, in UTC.
    const JULY: i64 = 1_751_324_400;

    fn instant(day: i64, hour: i64) -> i64 {
        JULY + (day - 1) * 86_400 + hour * 3_600
    }

    /// An event of July from 10:00 to 14:00.
    fn event(
        number: u128,
        kind: &str,
        spell: u128,
        days: (i64, i64),
        specialty: &str,
    ) -> CostedEvent {
        CostedEvent {
            event_number: i64::try_from(number).expect("small"),
            event: Key(number).to_string(),
            event_type: kind.to_owned(),
            spell: Key(spell).to_string(),
            start_s: instant(days.0, 10),
            end_s: Some(instant(days.1, 14)),
            specialty: specialty.to_owned(),
            ..CostedEvent::default()
        }
    }

    fn rule(identity: Identity, kind: &str, window: Option<(Reach, Reach)>) -> MatchingRule {
        MatchingRule {
            sequence: 1,
            identity,
            event_type: kind.to_owned(),
            window,
            equalities: Vec::new(),
            tie_breaks: vec![TieBreak::Equal("specialty".to_owned()), TieBreak::Nearest],
            confidence: "fair".to_owned(),
        }
    }

    fn found(row: &FeedRow) -> Option<i64> {
        let calendar = Calendar::of("2025-26".parse().expect("a year"), 12);
        let events = [
            event(1, "APC", 50, (1, 3), "110"),
            event(2, "APC", 50, (3, 6), "300"),
            event(3, "OP", 60, (20, 20), "110"),
            event(4, "OP", 70, (28, 28), "110"),
        ];
        let days = |before, after| Some((Reach::Days(before), Reach::Days(after)));
        let of_stay = MatchingRule {
            equalities: vec!["spell".to_owned()],
            ..rule(Identity::Patient, "APC", days(0, 0))
        };
        let rules = [
            rule(Identity::Event, "", None),
            of_stay,
            rule(Identity::Patient, "APC", Some((Reach::Seconds(1_800), Reach::Seconds(1_800)))),
            rule(Identity::Patient, "OP", days(1, 5)),
        ];
        event_of(row, &events, (&rules, &calendar)).map(|it| it.event_number)
    }

    fn row(start_s: i64) -> FeedRow {
        FeedRow { start_s, code: "A1".to_owned(), ..FeedRow::default() }
    }

    #[test]
    fn a_row_belongs_to_the_event_that_it_names_or_to_one_of_its_stay() {
        assert_eq!(found(&FeedRow { event: Some(Key(3)), ..row(instant(2, 12)) }), Some(3));
        let of_stay = |day, specialty: &str| {
            found(&FeedRow {
                spell: Some(Key(50)),
                start_is_day: true,
                specialty: specialty.to_owned(),
                ..row(instant(day, 0))
            })
        };
        assert_eq!(of_stay(5, "110"), Some(2));
        assert_eq!((of_stay(3, "110"), of_stay(3, "300")), (Some(1), Some(2)));
        assert_eq!(of_stay(7, "300"), None, "the day after it");
    }

    #[test]
    fn windows_are_closed_and_the_nearest_wins() {
        // Half an hour after 14:00, and a second more; the stay of the 6th is that of 300.
        assert_eq!(found(&row(instant(6, 14) + 1_800)), Some(2));
        assert_eq!(found(&row(instant(6, 14) + 1_801)), None);
        // From the day before an appointment to five days after, to the last second.
        assert_eq!(found(&row(instant(19, 0))), Some(3));
        assert_eq!(found(&row(instant(19, 0) - 1)), None);
        assert_eq!(found(&row(instant(26, 0) - 1)), Some(3));
        assert_eq!(found(&row(instant(26, 0))), None);
        assert_eq!(found(&row(instant(27, 12))), Some(4));
        // An end at midnight is the end of the day before.
        let calendar = Calendar::of("2025-26".parse().expect("a year"), 12);
        let until = CostedEvent { end_s: Some(instant(4, 0)), ..event(9, "APC", 1, (1, 3), "") };
        assert_eq!(last_of(&until, &calendar), Some(instant(4, 0) - 1));
        assert_eq!(last_of(&CostedEvent { end_s: None, ..until }, &calendar), None);
    }
}
