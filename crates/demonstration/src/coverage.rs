//! What is known of coverage when a demonstration begins: overviews of the costing that were given, the
//! order in which service lines follow, and who has signed in of late; and how far clinicians of
//! orthopaedics trusted the costing before and after a change.

use crate::followed::{Followed, read};

const OVERVIEWS: &str = include_str!("../data/overviews.csv");
const ROLL_OUT: &str = include_str!("../data/roll_out.csv");
const SIGNED_IN: &str = include_str!("../data/signed_in.csv");
const CONFIDENCE: &str = include_str!("../data/confidence.csv");

/// Overviews of the costing; those who heard one stand between semicolons.
pub fn overviews() -> Vec<Followed> {
    read(OVERVIEWS)
}

/// Moves in the order of roll-out, the earliest first.
pub fn roll_out() -> Vec<Followed> {
    read(ROLL_OUT)
}

/// Who has signed in, and how long ago.
pub fn signed_in() -> Vec<Followed> {
    read(SIGNED_IN)
}

/// What clinicians of orthopaedics say of the costing of the year before and of the latest. Whoever
/// has a name here is nobody who can sign in.
pub fn confidence() -> Vec<Followed> {
    read(CONFIDENCE)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{services, staff};

    fn is_somebody(name: &str) -> bool {
        staff().iter().any(|it| it.login() == name)
    }

    #[test]
    fn overviews_and_the_order_are_of_service_lines_of_the_programme_and_by_people_of_the_trust() {
        let is_line = |unit: &str| services().iter().any(|it| it.unit == unit);
        for it in overviews() {
            assert!(is_line(it.text("unit")) && is_somebody(it.text("given_by")), "{it:?}");
            assert!(it.text("to").split(';').all(is_somebody) && it.days("days_ago") > 0, "{it:?}");
        }
        let moves = roll_out();
        for it in &moves {
            assert!(is_line(it.text("unit")) && is_somebody(it.text("by")), "{it:?}");
            assert!(it.days("place") > 0 && !it.text("reason").is_empty(), "{it:?}");
        }
        assert!(moves.is_sorted_by_key(|it| std::cmp::Reverse(it.days("days_ago"))));
        assert!(signed_in().iter().all(|it| is_somebody(it.text("person"))));
    }

    #[test]
    fn whoever_rates_is_of_the_trust_or_named_and_more_of_them_trust_it_afterwards() {
        let all = confidence();
        let names: BTreeSet<&str> = all.iter().map(|it| it.text("login")).collect();
        assert_eq!(names.len(), all.len());
        for it in &all {
            assert_eq!(is_somebody(it.text("login")), it.text("name").is_empty(), "{it:?}");
        }
        let enough = |column: &str| {
            all.iter().filter(|it| matches!(it.text(column), "most" | "decide")).count()
        };
        // Two of seven before, five of seven after.
        assert_eq!((all.len(), enough("before"), enough("after")), (7, 2, 5));
    }
}
