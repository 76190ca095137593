//! How much of some activities events had, each feed row counted once.

use std::collections::{BTreeMap, BTreeSet};

use rules::YearRules;
use rules::year::{ActivityRule, Pattern};
use tables::run::EventActivity;

use super::definitions::UseRule;
use crate::{ResultsError, Run, reading};

/// What each event had of the activities wanted, by its number.
pub(crate) fn of_events(
    run: &Run,
    is_wanted: &dyn Fn(&str) -> bool,
) -> Result<BTreeMap<i64, i64>, ResultsError> {
    let mut found = BTreeMap::new();
    for reader in reading::readers(run, "event_activities")? {
        for group in reader.groups() {
            let rows = reader.rows::<EventActivity>(group)?;
            for row in rows.into_iter().filter(|it| is_wanted(&it.activity)) {
                *found.entry(row.event_number).or_insert(0) += row.count;
            }
        }
    }
    Ok(found)
}

/// The activities that a use is counted in.
///
/// A model may count one feed row in several activities: in the list's and in the specialty's, as
/// issued and as dispensed. So an activity is taken only if no row can count in one taken before:
/// first those of all specialties and categories, of these first those with the most rules.
pub(crate) fn activities(rules: &YearRules, of: &UseRule) -> BTreeSet<String> {
    let in_session: BTreeSet<&String> =
        rules.session_kinds.values().flat_map(|it| &it.used_by).collect();
    let mut of_activity: BTreeMap<&str, Vec<(&str, &ActivityRule)>> = BTreeMap::new();
    for (feed, activity_rules) in &rules.activity_rules {
        for rule in activity_rules {
            of_activity.entry(&rule.activity).or_default().push((feed, rule));
        }
    }
    let mut candidates: Vec<(&str, &[(&str, &ActivityRule)])> = rules
        .activities
        .iter()
        .filter(|(code, it)| {
            of.collection_activities.contains(&it.collection_activity)
                && it.count_unit == of.count_unit()
                && (!of.in_session || in_session.contains(code))
        })
        .map(|(code, _)| (code.as_str(), of_activity.get(code.as_str()).map_or(&[][..], |it| it)))
        .collect();
    candidates.sort_by_key(|(code, it)| {
        let narrow = it.iter().filter(|(_, it)| !is_all(&it.specialty) || !is_all(&it.category));
        (narrow.count(), std::cmp::Reverse(it.len()), *code)
    });
    let mut taken: Vec<(&str, &[(&str, &ActivityRule)])> = Vec::new();
    for (code, it) in candidates {
        let is_counted_before = taken.iter().any(|(_, other)| can_share_a_row(it, other));
        if !is_counted_before {
            taken.push((code, it));
        }
    }
    taken.into_iter().map(|(code, _)| code.to_owned()).collect()
}

fn can_share_a_row(one: &[(&str, &ActivityRule)], other: &[(&str, &ActivityRule)]) -> bool {
    let pairs = one.iter().flat_map(|it| other.iter().map(move |other| (it, other)));
    pairs.into_iter().any(|((feed, one), (other_feed, other))| {
        feed == other_feed
            && overlap(&one.code, &other.code)
            && overlap(&one.band, &other.band)
            && overlap(&one.specialty, &other.specialty)
            && overlap(&one.location, &other.location)
            && overlap(&one.category, &other.category)
    })
}

fn is_all(pattern: &Pattern) -> bool {
    matches!(pattern, Pattern::Prefix(it) if it.is_empty())
}

/// Whether a text can fit both.
fn overlap(one: &Pattern, other: &Pattern) -> bool {
    match (one, other) {
        (Pattern::Exact(text), pattern) | (pattern, Pattern::Exact(text)) => pattern.fits(text),
        (Pattern::Prefix(one), Pattern::Prefix(other)) => {
            one.starts_with(other.as_str()) || other.starts_with(one.as_str())
        }
    }
}

/// A count as a measured value.
pub(crate) fn as_measured(count: i64) -> f64 {
    let bound = i64::from(i32::MAX);
    f64::from(i32::try_from(count.clamp(-bound, bound)).expect("it is clamped"))
}

/// Seconds in minutes.
#[expect(clippy::float_arithmetic, reason = "a duration for reading; no money is summed")]
pub(crate) fn minutes(seconds: i64) -> f64 {
    as_measured(seconds) / 60.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_overlap_where_a_text_fits_both() {
        let overlaps = |one, other| overlap(&Pattern::parse(one), &Pattern::parse(other));
        assert!(overlaps("W*", "W01") && overlaps("W01", "W*") && overlaps("*", "W01"));
        assert!(overlaps("W*", "W0*") && overlaps("W0*", "W*") && overlaps("W01", "W01"));
        assert!(!overlaps("W*", "X*") && !overlaps("W01", "W02") && !overlaps("W1*", "W0*"));
    }
}
