//! Which service lines are covered: who leads them for clinicians and for finance, whether an overview
//! of their costing was given to somebody who leads them today, and whether access works for both
//! sides; and in which order the rest follows.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Deserialize;

use crate::days::days_earlier;

/// For whom a post of a service line leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leads {
    /// For those who give care.
    Clinical,
    /// For finance and management.
    Business,
}

impl Leads {
    /// Both sides, clinical first.
    pub const BOTH: [Self; 2] = [Self::Clinical, Self::Business];
}

/// How far somebody who leads a service line comes to its figures. Later ones come further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reached {
    /// No right of theirs that is in force shows what the line costs.
    NoRight,
    /// They may, but have not signed in of late.
    NotSignedIn,
    /// They may, and have signed in.
    Works,
}

impl Reached {
    /// Of somebody with or without a right, who has or has not signed in within the period. What they
    /// read is not asked.
    pub fn of(has_right: bool, has_signed_in: bool) -> Self {
        match (has_right, has_signed_in) {
            (false, _) => Self::NoRight,
            (true, false) => Self::NotSignedIn,
            (true, true) => Self::Works,
        }
    }
}

/// The first day of the period in which somebody must have signed in: so many days that end today.
pub fn signs_in_since(today: Date, days: u32) -> Date {
    days_earlier(today, days)
}

/// Somebody who holds a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Their reference.
    pub person: String,
    /// How far they come.
    pub reached: Reached,
}

/// A post of a service line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldPost {
    /// Its code.
    pub post: String,
    /// For whom it leads.
    pub leads: Leads,
    /// Who holds it; none where it is vacant.
    pub holder: Option<Holder>,
}

/// What is missing for a service line to be covered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gap {
    /// Nobody holds the post with this code.
    Vacant(String),
    /// No overview of its costing was given.
    NoOverview,
    /// One was given, but to nobody who leads it today.
    OverviewToOthers,
    /// Nobody who leads it for this side comes to its figures; the one who comes furthest so far.
    Access(Leads, Reached),
}

/// A service line as far as it is covered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its code.
    pub unit: String,
    /// Its posts.
    pub posts: Vec<HeldPost>,
    /// References of those to whom each overview of its costing was given.
    pub overviews: Vec<Vec<String>>,
}

impl Line {
    /// How far those who lead it for a side come, of whom the one who comes furthest counts; none
    /// where nobody leads it for them.
    pub fn reached(&self, leads: Leads) -> Option<Reached> {
        let of = self.posts.iter().filter(|it| it.leads == leads);
        of.filter_map(|it| it.holder.as_ref()).map(|it| it.reached).max()
    }

    /// What is missing: posts in their order, the overview, access of clinicians and of finance. Where
    /// nobody leads it for a side, the vacant posts say so already.
    pub fn gaps(&self) -> Vec<Gap> {
        let vacant = self.posts.iter().filter(|it| it.holder.is_none());
        let mut gaps: Vec<Gap> = vacant.map(|it| Gap::Vacant(it.post.clone())).collect();
        gaps.extend(self.overview_gap());
        for leads in Leads::BOTH {
            if let Some(reached) = self.reached(leads).filter(|it| *it != Reached::Works) {
                gaps.push(Gap::Access(leads, reached));
            }
        }
        gaps
    }

    fn overview_gap(&self) -> Option<Gap> {
        if self.overviews.is_empty() {
            return Some(Gap::NoOverview);
        }
        let holders: BTreeSet<&str> = self
            .posts
            .iter()
            .filter_map(|it| it.holder.as_ref())
            .map(|it| it.person.as_str())
            .collect();
        let is_heard = self.overviews.iter().flatten().any(|it| holders.contains(it.as_str()));
        (!is_heard).then_some(Gap::OverviewToOthers)
    }

    /// Whether nothing is missing.
    pub fn is_covered(&self) -> bool {
        self.gaps().is_empty()
    }
}

/// A move in the order of roll-out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The service line.
    pub unit: String,
    /// Its place from 1 on; 0 takes it out.
    pub place: u32,
}

/// The order after all moves: each takes a service line out and puts it in at its place, or last where
/// there are fewer.
pub fn order<'a>(moves: impl IntoIterator<Item = &'a Move>) -> Vec<String> {
    let mut order: Vec<String> = Vec::new();
    for it in moves {
        order.retain(|unit| *unit != it.unit);
        let place = usize::try_from(it.place).unwrap_or(usize::MAX);
        if let Some(index) = place.checked_sub(1) {
            order.insert(index.min(order.len()), it.unit.clone());
        }
    }
    order
}

/// The first service line of an order that is not covered; none where all of it is.
pub fn next<'a>(order: &'a [String], lines: &[Line]) -> Option<&'a str> {
    let is_open = |unit: &&String| lines.iter().any(|it| it.unit == **unit && !it.is_covered());
    order.iter().find(is_open).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    /// Posts as `side:holder:reached`, a blank holder being a vacancy; overviews as `to whom`.
    fn line(posts: &[&str], overviews: &[&str]) -> Line {
        let post = |text: &&str| {
            let parts: Vec<&str> = text.split(':').collect();
            let reached = match parts[2] {
                "works" => Reached::Works,
                "away" => Reached::NotSignedIn,
                _ => Reached::NoRight,
            };
            HeldPost {
                post: format!("{}_lead", parts[0]),
                leads: if parts[0] == "clinical" { Leads::Clinical } else { Leads::Business },
                holder: (!parts[1].is_empty())
                    .then(|| Holder { person: parts[1].to_owned(), reached }),
            }
        };
        let given = |text: &&str| text.split_whitespace().map(str::to_owned).collect();
        Line {
            unit: "HIP".to_owned(),
            posts: posts.iter().map(post).collect(),
            overviews: overviews.iter().map(given).collect(),
        }
    }

    #[track_caller]
    fn check(posts: &[&str], overviews: &[&str], expected: &Expect) {
        let line = line(posts, overviews);
        let gaps: Vec<String> = line.gaps().iter().map(|it| format!("{it:?}")).collect();
        assert_eq!(gaps.is_empty(), line.is_covered());
        expected.assert_eq(&gaps.join("\n"));
    }

    #[test]
    fn a_line_is_covered_once_nothing_is_missing() {
        let whole = ["clinical:amara:works", "business:daniel:works"];
        check(&whole, &["amara"], &expect![[""]]);
        check(&whole, &["gone", "daniel grace"], &expect![[""]]);
        check(&whole, &[], &expect!["NoOverview"]);
        check(&whole, &["gone"], &expect!["OverviewToOthers"]);
        check(
            &["clinical::", "business::"],
            &["gone"],
            &expect![[r#"
            Vacant("clinical_lead")
            Vacant("business_lead")
            OverviewToOthers"#]],
        );
    }

    #[test]
    fn the_one_of_a_side_who_comes_furthest_counts() {
        check(
            &["clinical:tomos:none", "clinical:amara:works", "business:daniel:away"],
            &["amara"],
            &expect!["Access(Business, NotSignedIn)"],
        );
        check(
            &["clinical:tomos:none", "business:daniel:away", "business:grace:none"],
            &["tomos"],
            &expect![[r#"
                Access(Clinical, NoRight)
                Access(Business, NotSignedIn)"#]],
        );
        assert_eq!(Reached::of(false, true), Reached::NoRight);
        assert_eq!(Reached::of(true, false), Reached::NotSignedIn);
        let day = |text: &str| -> Date { text.parse().expect("a day") };
        assert_eq!(signs_in_since(day("2026-06-11"), 90), day("2026-03-13"));
        assert!(signs_in_since(day("2026-06-11"), u32::MAX) < day("0001-01-01"));
    }

    #[test]
    fn moves_make_an_order_and_the_first_that_is_open_is_next() {
        let to = |unit: &str, place| Move { unit: unit.to_owned(), place };
        let mut moves = vec![to("A", 1), to("B", 1), to("C", 9), to("A", 3)];
        assert_eq!(order(&moves), ["B", "C", "A"]);
        moves.push(to("B", 0));
        assert_eq!(order(&moves), ["C", "A"]);
        moves.push(to("B", 2));
        let now = order(&moves);
        assert_eq!(now, ["C", "B", "A"]);
        let whole = ["clinical:amara:works", "business:daniel:works"];
        let of = |unit: &str, overviews: &[&str]| Line {
            unit: unit.to_owned(),
            ..line(&whole, overviews)
        };
        let lines = [of("A", &[]), of("B", &[]), of("C", &["amara"])];
        assert_eq!(next(&now, &lines), Some("B"));
        // A line that is not in the order, or is gone, is never next.
        assert_eq!(next(&now, &lines[2..]), None);
    }
}
