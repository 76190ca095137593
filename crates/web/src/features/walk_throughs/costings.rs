//! Published costings of a service line in order, with what clinicians say of each and may be told.

use engagement::confidence::{ConfidenceScale, Counts, Group, Rating, Told};
use engagement::walk_throughs::Act;
use jiff::Timestamp;
use results::Run;
use store::confidence::StoredRating;
use store::walk_throughs::StoredWalkThrough;

use super::show::{agreed_on, published};
use crate::shell::allocations::{changed, rules_of};
use crate::shell::fault::Fault;
use crate::shell::provenance;
use crate::shell::shelf::Shelf;
use crate::shell::words;

/// A costing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Costing {
    pub(super) run: String,
    /// `2025/26 to the end of March, published 19 May 2026`.
    pub(super) period: String,
    /// When it was published; none where it is not here any more.
    pub(super) published: Option<Timestamp>,
}

impl Costing {
    /// The period alone.
    pub(super) fn short(&self) -> &str {
        self.period.split_once(", published").map_or(self.period.as_str(), |it| it.0)
    }
}

/// Published costings that hold a service line, the latest of the latest period last.
pub(super) fn costings(shelf: &Shelf, unit: &str) -> Result<Vec<Costing>, Fault> {
    let mut ranked = Vec::new();
    for id in shelf.ids() {
        let run = shelf.run(&id)?;
        let Some(at) = published(&run)? else { continue };
        if !run.rules()?.service_lines.contains_key(unit) {
            continue;
        }
        let rank = (run.manifest().year.clone(), run.manifest().last_period, at);
        let period = provenance::period(&run)?;
        ranked.push((rank, Costing { run: id, period, published: Some(at) }));
    }
    ranked.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(ranked.into_iter().map(|it| it.1).collect())
}

/// Costings that somebody rated and the latest, in order. What is not here any more stands first, as
/// it was called when it was rated.
pub(super) fn rated(all: &[Costing], ratings: &[StoredRating]) -> Vec<Costing> {
    let mut gone: Vec<Costing> = Vec::new();
    for it in ratings.iter().map(|it| &it.of) {
        let is_known = all.iter().chain(&gone).any(|known| known.run == it.run);
        if !is_known {
            let (run, period) = (it.run.clone(), it.period.clone());
            gone.push(Costing { run, period, published: None });
        }
    }
    let latest = all.last().map(|it| it.run.as_str());
    let is_shown = |it: &&Costing| {
        latest == Some(it.run.as_str()) || ratings.iter().any(|rating| rating.of.run == it.run)
    };
    gone.iter().chain(all.iter().filter(is_shown)).cloned().collect()
}

/// Ratings of a costing, in the order in which they were given.
pub(super) fn of_run<'a>(ratings: &'a [StoredRating], run: &str) -> Vec<&'a StoredRating> {
    ratings.iter().filter(|it| it.of.run == run).collect()
}

/// What may be told of a costing.
pub(super) fn told(scale: &ConfidenceScale, ratings: &[StoredRating], run: &str) -> Told {
    let rating =
        |it: &&StoredRating| Rating { person: it.by.to_string(), level: it.of.level.clone() };
    let all: Vec<Rating> = of_run(ratings, run).iter().map(rating).collect();
    scale.told(&all)
}

/// The lowest level that is enough and those above it, of others: `trust most of it or more`.
fn enough(scale: &ConfidenceScale) -> String {
    let border = scale.levels.iter().find(|it| it.is_enough);
    border.map_or_else(String::new, |it| format!("{} or more", it.said))
}

/// What is told of a costing in one clause, without its end.
pub(super) fn in_short(scale: &ConfidenceScale, told: &Told) -> String {
    let least = scale.settings.people_at_least.value;
    match told {
        Told::Nobody => "nobody has rated it".to_owned(),
        Told::Few => format!("fewer than {least} people have rated it, so nothing is told"),
        Told::Counts(counts) => match scale.enough(counts) {
            Some(people) => format!("{people} of {} {}", counts.total(), enough(scale)),
            None => format!(
                "{} people have rated it; their levels are not told, since too few stand on one side",
                counts.total()
            ),
        },
    }
}

/// Groups of levels in words, the highest first; none where only the whole is told.
pub(super) fn groups(scale: &ConfidenceScale, counts: &Counts) -> Vec<String> {
    if counts.groups.len() < 2 {
        return Vec::new();
    }
    let said = |it: &Group| {
        let levels = scale.levels.get(it.from..=it.to).unwrap_or_default();
        let levels: Vec<&str> = levels.iter().map(|it| it.said.as_str()).collect();
        format!("{} {}", it.people, levels.join(", or "))
    };
    counts.groups.iter().rev().map(said).collect()
}

/// In which published costing the rules of an allocation changed first after a change of it was
/// agreed; none where no change was agreed, or none is in a costing yet.
pub(super) fn came_in(
    shelf: &Shelf,
    all: &[Costing],
    it: &StoredWalkThrough,
) -> Result<Option<Costing>, Fault> {
    let agreed = it.steps.last().filter(|it| it.act == Act::Changes).map(|it| it.at);
    let Some(agreed) = agreed else { return Ok(None) };
    let before = agreed_on(shelf, it, agreed)?;
    let later = all.iter().filter(|it| it.published.is_some_and(|at| at > agreed));
    for costing in later {
        let run = shelf.run(&costing.run)?;
        if !changed(&before, &rules_of(run.rules()?, &it.of.activity)).is_empty() {
            return Ok(Some(costing.clone()));
        }
    }
    Ok(None)
}

/// What an activity is called in a run.
pub(super) fn activity(run: Option<&Run>, code: &str) -> Result<String, Fault> {
    let Some(run) = run else { return Ok(code.to_owned()) };
    let rules = run.rules()?;
    Ok(rules.activities.get(code).map_or_else(|| code.to_owned(), |it| it.name.clone()))
}

/// A sentence that begins with what is told.
pub(super) fn sentence(scale: &ConfidenceScale, told: &Told) -> String {
    words::sentence(&in_short(scale, told))
}
