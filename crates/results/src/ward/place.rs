//! Which ward a place is: the activity of lying there.

use rules::YearRules;
use rules::year::{ActivityRule, Pattern};

/// The activity of lying at a place, by the rules of an exclusive feed; none if it is no ward.
///
/// A stay may count in activities of several wards, such as their doctors' rounds: the ward's own
/// is that of the fewest places.
pub(crate) fn place_of<'a>(
    of_feed: &'a [ActivityRule],
    (code, location): (&str, &str),
) -> Option<&'a str> {
    own(of_feed, |it| it.code.fits(code) && it.location.fits(location))
}

/// The activity of lying at a location, whatever the row's code, in any exclusive feed.
pub(super) fn activity_of<'a>(rules: &'a YearRules, location: &str) -> Option<&'a str> {
    let feeds = rules.feeds.iter().filter(|it| it.1.exclusive);
    let mut of_feeds = feeds.filter_map(|(feed, _)| rules.activity_rules.get(feed));
    of_feeds.find_map(|it| own(it, |it| it.location.fits(location)))
}

fn own(of_feed: &[ActivityRule], fits: impl Fn(&ActivityRule) -> bool) -> Option<&str> {
    let is_ward = |it: &Pattern| !matches!(it, Pattern::Prefix(it) if it.is_empty());
    let of_places = |code: &str| of_feed.iter().filter(|it| it.activity == code).count();
    let places = of_feed.iter().filter(|it| is_ward(&it.location) && fits(it));
    let ward = places.min_by_key(|it| (of_places(&it.activity), &it.activity));
    ward.map(|it| it.activity.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(location: &str, activity: &str) -> ActivityRule {
        let any = || Pattern::parse("*");
        ActivityRule {
            code: any(),
            band: any(),
            specialty: any(),
            location: Pattern::parse(location),
            category: any(),
            activity: activity.to_owned(),
        }
    }

    #[test]
    fn a_ward_is_the_activity_of_the_fewest_places() {
        let rules = [
            rule("W1*", "ROUND"),
            rule("W2*", "ROUND"),
            rule("W1*", "WARD-1"),
            rule("W2*", "WARD-2"),
            rule("*", "ANYWHERE"),
        ];
        assert_eq!(place_of(&rules, ("", "W1A")), Some("WARD-1"));
        assert_eq!(place_of(&rules, ("", "W2")), Some("WARD-2"));
        assert_eq!(place_of(&rules, ("", "ED")), None);
    }
}
