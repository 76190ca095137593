//! The same rules in the plainest form: every rule, every event, no shortcuts.

use rules::year::{Identity, MatchingRule, Reach, TieBreak};

use super::compile::COMPARABLE;
use super::{EventSpan, Outcome, Reason, RowSpan};
use crate::local_time::Midnights;

/// Finds the event of a row as the law reads, sentence by sentence.
pub(crate) fn find(
    rules: &[MatchingRule],
    types: &[&str],
    midnights: &Midnights,
    row: &RowSpan,
    events: &[EventSpan],
) -> Outcome {
    if !row.has_patient && row.event.is_none() {
        return Outcome::Unmatched(Reason::NoIdentity);
    }
    if events.is_empty() {
        return Outcome::Unmatched(Reason::UnknownPatient);
    }
    for (index, rule) in rules.iter().enumerate() {
        let candidates: Vec<usize> = (0..events.len())
            .filter(|&it| match rule.identity {
                Identity::Event => row.event == Some(events[it].event),
                Identity::Patient => row.has_patient,
            })
            .filter(|&it| {
                let name = types.get(events[it].event_type as usize).copied();
                rule.event_type.is_empty() || name == Some(rule.event_type.as_str())
            })
            .filter(|&it| in_window(rule, midnights, row, &events[it]))
            .filter(|&it| rule.equalities.iter().all(|name| same(name, row, &events[it])))
            .collect();
        if !candidates.is_empty() {
            let count = candidates.len();
            let event = winner(rule, row, events, candidates);
            return Outcome::Matched { event, rule: index, candidates: count };
        }
    }
    Outcome::Unmatched(Reason::NoEventInWindow)
}

fn in_window(rule: &MatchingRule, midnights: &Midnights, row: &RowSpan, event: &EventSpan) -> bool {
    let Some((before, after)) = rule.window else { return true };
    let opens = match before {
        Reach::Seconds(seconds) => event.first - seconds,
        Reach::Days(days) => {
            let day = midnights.day_of(event.first).0 - i32::try_from(days).expect("few days");
            midnights.start_of(domain::Day(day))
        }
    };
    let closes = event.last.map(|last| match after {
        Reach::Seconds(seconds) => last + seconds,
        Reach::Days(days) => {
            let day = midnights.day_of(last).0 + i32::try_from(days).expect("few days");
            midnights.start_of(domain::Day(day + 1)) - 1
        }
    });
    // Closed at both ends: the row's moment or day must touch [opens, closes].
    row.last >= opens && closes.is_none_or(|closes| row.first <= closes)
}

fn same(name: &str, row: &RowSpan, event: &EventSpan) -> bool {
    let field = COMPARABLE.iter().position(|it| *it == name).expect("a comparable column");
    row.fields[field] != 0 && row.fields[field] == event.fields[field]
}

fn winner(rule: &MatchingRule, row: &RowSpan, events: &[EventSpan], mut left: Vec<usize>) -> usize {
    for tie in &rule.tie_breaks {
        let best: Vec<usize> = match tie {
            TieBreak::Equal(name) => {
                left.iter().copied().filter(|&it| same(name, row, &events[it])).collect()
            }
            TieBreak::Nearest => {
                let distance = |it: usize| {
                    let event = &events[it];
                    if row.last < event.first {
                        event.first - row.last
                    } else {
                        event.last.map_or(0, |last| (row.first - last).max(0))
                    }
                };
                let least = left.iter().map(|&it| distance(it)).min();
                left.iter().copied().filter(|&it| Some(distance(it)) == least).collect()
            }
        };
        if !best.is_empty() {
            left = best;
        }
    }
    left.into_iter().min_by_key(|&it| events[it].event).expect("a candidate is left")
}
