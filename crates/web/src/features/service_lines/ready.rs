//! How long patients stayed after they were ready to leave: part of the page of stays.

use results::outcomes::{Leaving, Waits};

use super::outcomes::one_place;
use super::sentences::more_or_less;
use super::stays::{Section, row};
use crate::shell::words;

const TITLE: &str = "After patients were ready to leave";

/// The section; `patients` is where they are, for those who may see them. What stays cost with and
/// without one of them gives its cost away, so it is said only to those who see patients freely.
pub(super) fn section(leaving: &Leaving, patients: &str, is_free: bool) -> Section {
    let empty = Section { id: "ready", title: TITLE.to_owned(), ..Section::default() };
    match &leaving.ready {
        Err(why) => Section { says: vec![why.clone()], ..empty },
        Ok(waits) => {
            let shown = waits.split.groups.iter().filter(|it| it.spells > 0);
            Section {
                says: says(waits, (leaving.all.spells, leaving.floors.cases), is_free),
                rows: shown.map(|it| row(it, leaving.floors.cases)).collect(),
                patients: patients.to_owned(),
                ..empty
            }
        }
    }
}

/// How long on average, how much of their time in a bed that was, and what one long wait does.
fn says(waits: &Waits, (all, fewest): (u64, u64), is_free: bool) -> Vec<String> {
    let recorded = waits.recorded;
    let of_all =
        format!("{} of {}", words::thousands(recorded), words::count(all, "stay", "stays"));
    let mut says = vec![match (waits.mean(), &waits.spread) {
        (Some(mean), Some(spread)) if recorded >= fewest => format!(
            "For {of_all} it is recorded when the patient was ready to leave. They stayed {} days after that on average; half of them {} or less.",
            one_place(mean),
            one_place(spread.median)
        ),
        _ => format!(
            "For {of_all} it is recorded when the patient was ready to leave: too few for an average."
        ),
    }];
    // Of few, the nights beside one long wait would be those of the others.
    if waits.nights > 0 && recorded >= fewest {
        let days = words::count(waits.days.unsigned_abs(), "night was", "nights were");
        let nights = words::count(waits.nights.unsigned_abs(), "night", "nights");
        says.push(format!("Of their {nights} in a bed, {days} after that."));
    }
    if waits.outside > 0 {
        says.push(format!(
            "For {} the record says that it was before the patient came or after the patient left: they are not counted.",
            words::count(waits.outside, "stay", "stays")
        ));
    }
    says.extend(one_long(waits, fewest, is_free));
    says
}

/// What one long wait does to the averages, as a question.
fn one_long(waits: &Waits, fewest: u64, is_free: bool) -> Vec<String> {
    let Some(longest) = waits.longest.filter(|it| *it >= waits.long) else { return Vec::new() };
    let longest = words::count(longest.unsigned_abs(), "day", "days");
    let mut says = Vec::new();
    if waits.recorded > fewest
        && let Some(without) = waits.mean_without_longest()
    {
        says.push(format!(
            "One patient waited {longest}. Without that stay the average is {} days. What did the patient wait for, and does anybody wait for it now?",
            one_place(without)
        ));
    } else {
        says.push(format!("One patient waited {longest}. What did the patient wait for?"));
    }
    let may_cost = is_free && waits.recorded >= fewest;
    if let Some(cost) = waits.cost.filter(|it| may_cost && it.stays > fewest) {
        says.push(format!(
            "A stay cost {} on average, and half of them {} or less. Without that one stay the average is {}: {}.",
            words::pounds(cost.mean),
            words::pounds(cost.median),
            words::pounds(cost.without_longest),
            more_or_less(cost.without_longest - cost.mean)
        ));
    }
    says
}

#[cfg(test)]
mod tests {
    use domain::Money;
    use results::outcomes::{Split, StayCosts};
    use statistics::quantile::spread;

    use super::*;

    /// Ten waits of a day and one of so many.
    fn waits(longest: i64, (mean, without): (i64, i64)) -> Waits {
        let mut values = vec![1.0; 10];
        values.push(f64::from(i32::try_from(longest).expect("small")));
        Waits {
            split: Split::default(),
            recorded: 11,
            outside: 0,
            days: 10 + longest,
            nights: 400,
            spread: spread(&values),
            longest: Some(longest),
            long: 21,
            cost: Some(StayCosts {
                stays: 12,
                mean: Money::from_pounds(mean),
                median: Money::from_pounds(900),
                without_longest: Money::from_pounds(without),
            }),
            source: String::new(),
        }
    }

    #[test]
    fn one_long_wait_is_told_with_and_without_and_as_a_question() {
        // 210 days of eleven are 19.1; 10 of ten are 1.
        let told = says(&waits(200, (4_000, 1_000)), (20, 10), true).join(" ");
        assert!(told.starts_with("For 11 of 20\u{a0}stays it is recorded"), "{told}");
        assert!(
            told.contains("They stayed 19.1 days after that on average; half of them 1.0 or less.")
        );
        assert!(
            told.contains("Of their 400\u{a0}nights in a bed, 210\u{a0}nights were after that.")
        );
        assert!(told.contains(
            "One patient waited 200\u{a0}days. Without that stay the average is 1.0 days. What did"
        ));
        assert!(told.contains(
            "A stay cost £4,000 on average, and half of them £900 or less. Without that one stay the average is £1,000: £3,000 less."
        ), "{told}");
        // A long wait that cost little: the words turn.
        let told = says(&waits(200, (1_000, 1_100)), (20, 10), true).join(" ");
        assert!(told.ends_with("the average is £1,100: £100 more."), "{told}");
    }

    #[test]
    fn the_cost_of_one_stay_is_told_to_those_who_see_patients_freely() {
        let told = says(&waits(200, (4_000, 1_000)), (20, 10), false).join(" ");
        assert!(told.contains("One patient waited 200\u{a0}days."), "{told}");
        assert!(!told.contains('£'), "{told}");
        // One night in a bed is one.
        let one = Waits { nights: 1, days: 1, ..waits(200, (4_000, 1_000)) };
        let told = says(&one, (20, 10), true).join(" ");
        assert!(
            told.contains("Of their 1\u{a0}night in a bed, 1\u{a0}night was after that."),
            "{told}"
        );
    }

    #[test]
    fn a_usual_wait_is_no_question_and_few_have_no_average() {
        let told = says(&waits(20, (4_000, 1_000)), (20, 10), true).join(" ");
        assert!(!told.contains("One patient") && !told.contains('£'), "{told}");
        let few = Waits { recorded: 9, ..waits(200, (4_000, 1_000)) };
        let told = says(&few, (20, 10), true).join(" ");
        assert!(told.contains("too few for an average"), "{told}");
        assert!(!told.contains("night") && !told.contains('£'), "{told}");
        assert!(told.contains("One patient waited 200\u{a0}days. What did the patient wait for?"));
        let outside = Waits { outside: 2, ..waits(3, (1, 1)) };
        assert!(
            says(&outside, (20, 10), true).join(" ").contains("For 2\u{a0}stays the record says")
        );
    }
}
