//! How the time of finance business partners is shared out among service lines, and who has more of it
//! given away than there is.

use engagement::reviews::{TimeShared, WHOLE_TIME, time_shared};
use store::PersonId;
use store::reviewing::ServicePost;

use super::found::name;
use super::programme::Programme;
use crate::shell::words;

/// Somebody whose time is shared out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) name: String,
    /// Service lines, each with its share.
    pub(super) parts: Vec<String>,
    pub(super) sum: String,
    /// What is said where it is more than a whole; blank where it is not.
    pub(super) over: String,
}

/// Posts to which somebody gives a share of their time, in service lines that there are.
fn given(programme: &Programme) -> impl Iterator<Item = (&PersonId, &ServicePost)> {
    let is_shared = move |it: &&ServicePost| {
        programme.guide.posts.iter().any(|post| post.shares_time && post.id == it.post)
            && programme.units.iter().any(|unit| unit.code == it.unit)
    };
    let held = programme.posts.iter().filter(is_shared);
    held.filter_map(|it| Some((it.person.as_ref()?, it)))
}

/// What somebody gives to all their service lines together.
fn sum(programme: &Programme, person: &str) -> TimeShared {
    let all = time_shared(given(programme).map(|it| (it.0.as_str(), it.1.share)));
    all.get(person).copied().unwrap_or_default()
}

/// What is said where somebody gives more than they have; blank where they do not.
fn over(sum: TimeShared) -> String {
    if sum.is_too_much() { format!("More than {WHOLE_TIME}%") } else { String::new() }
}

/// What share of their time whoever holds a post of a service line gives to it, and a warning where
/// they give more than they have; both blank where no time is shared or nobody holds it.
pub(super) fn of_post(programme: &Programme, unit: &str, post: &str) -> (String, String) {
    let mut of = given(programme);
    let Some((person, held)) = of.find(|it| it.1.unit.as_str() == unit && it.1.post == post) else {
        return (String::new(), String::new());
    };
    let sum = sum(programme, person.as_str());
    let said = match held.share {
        Some(share) => format!("{share}% of a whole-time equivalent"),
        None => "Share of time not stated".to_owned(),
    };
    let said = if sum.percent == held.share.unwrap_or_default() {
        said
    } else {
        format!("{said}, {}% in all service lines", sum.percent)
    };
    (said, over(sum))
}

/// People whose time is shared out, those who give more than they have first; of service lines that
/// whoever looks does not see only the sum is told.
pub(super) fn rows(programme: &Programme, is_seen: impl Fn(&str) -> bool) -> Vec<Row> {
    let all: Vec<(&PersonId, &ServicePost)> = given(programme).collect();
    let sums = time_shared(all.iter().map(|it| (it.0.as_str(), it.1.share)));
    let mut rows = Vec::new();
    for (person, sum) in sums {
        let own = || all.iter().filter(move |it| it.0.as_str() == person).map(|it| it.1);
        let seen: Vec<&ServicePost> = own().filter(|it| is_seen(it.unit.as_str())).collect();
        if seen.is_empty() {
            continue;
        }
        let mut parts: Vec<String> = seen.iter().map(|it| part(programme, it)).collect();
        let others = own().count() - seen.len();
        if others > 0 {
            let others = words::count(others as u64, "other service line", "other service lines");
            parts.push(others);
        }
        rows.push(Row {
            name: name(&programme.people, person).to_owned(),
            parts,
            sum: format!("{}%", sum.percent),
            over: over(sum),
        });
    }
    rows.sort_by_key(|it| (it.over.is_empty(), it.name.clone()));
    rows
}

fn part(programme: &Programme, it: &ServicePost) -> String {
    let unit = programme.units.iter().find(|unit| unit.code == it.unit);
    let unit = unit.map_or(it.unit.as_str(), |it| it.name.as_str());
    match it.share {
        Some(share) => format!("{unit} {share}%"),
        None => format!("{unit}, not stated"),
    }
}

/// Service lines without anybody in a post to which time is given, in a sentence for each such post;
/// nothing where there is none.
pub(super) fn without(programme: &Programme, is_seen: impl Fn(&str) -> bool) -> Vec<String> {
    let posts = programme.guide.posts.iter().filter(|it| it.shares_time);
    let said = posts.filter_map(|post| {
        let units = programme.units.iter().filter(|it| is_seen(it.code.as_str()));
        let vacant = units.filter(|it| programme.post(it.code.as_str(), &post.id).0.is_none());
        let vacant: Vec<&str> = vacant.map(|it| it.name.as_str()).collect();
        (!vacant.is_empty()).then(|| format!("{}: {}.", post.missing, words::listed(&vacant)))
    });
    said.collect()
}

/// A row with more than a whole, for samples.
pub(super) fn sample() -> Vec<Row> {
    vec![Row {
        name: "Daniel Osei".to_owned(),
        parts: vec!["Dermatology 50%".to_owned(), "Trauma and orthopaedics 60%".to_owned()],
        sum: "110%".to_owned(),
        over: "More than 100%".to_owned(),
    }]
}
