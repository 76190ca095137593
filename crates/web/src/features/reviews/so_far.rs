//! How the meetings of a service line went so far: how old their figures were, and which staff groups
//! were not there.

use std::collections::{BTreeMap, BTreeSet};

use engagement::actions::Profession;
use engagement::reviews::{EXPECTED, absent, data_age};
use store::reviewing::{self, Body, Coming, Figures, Item, Meeting};
use store::units::Unit;

use super::day;
use super::programme::Programme;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::joint_work::profession;
use crate::shell::session::calendar;
use crate::shell::words;

/// The level at which a staff group that stays away is a warning (guide, chapter 4).
const FULL_LEVEL: i64 = 4;

/// What is known of the meetings that are closed.
#[derive(Clone, Debug, Default)]
pub(super) struct SoFar {
    pub(super) rows: Vec<Row>,
    /// Which groups were at none of the last meetings; blank for none.
    pub(super) absent: String,
    /// Whether that does not fit the level that is signed.
    pub(super) warns: bool,
}

/// One meeting.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub(super) day: String,
    pub(super) address: String,
    pub(super) age: String,
    pub(super) is_old: bool,
    /// Staff groups that were not there; blank where all were.
    pub(super) missing: String,
}

impl SoFar {
    /// With the level that is signed for the service line, where somebody may read it.
    pub(super) async fn of(
        app: &App,
        (programme, unit): (&Programme, &Unit),
        level: Option<i64>,
    ) -> Result<Self, Fault> {
        let mut rows = Vec::new();
        let mut groups = Vec::new();
        let mut kept: BTreeMap<&str, (Vec<Item>, Vec<Figures>)> = BTreeMap::new();
        for it in closed(programme, unit) {
            let review = it.review.as_str();
            if !kept.contains_key(review) {
                let mut db = app.store().read().await?;
                let items = reviewing::items_of(&mut db, &it.review).await?;
                kept.insert(review, (items, reviewing::frozen(&mut db, &it.review).await?));
            }
            let Some((items, frozen)) = kept.get(review) else { continue };
            let there = there(programme, it, items);
            rows.push(row((programme, unit), (it, &there), frozen));
            groups.push(there);
        }
        rows.reverse();
        let absent = absent(&programme.guide, &groups);
        let is_full = level == Some(FULL_LEVEL);
        let last = u64::from(programme.guide.settings.absent_meetings.value);
        let said = match absent.as_slice() {
            [] => String::new(),
            all => format!(
                "Nobody of {} was at the last {}.",
                listed(all),
                words::count(last, "meeting", "meetings")
            ),
        };
        Ok(Self { rows, warns: is_full && !said.is_empty(), absent: said })
    }

    pub(super) fn sample() -> Self {
        let row = |missing: &str, is_old| Row {
            day: "2 April 2026".to_owned(),
            address: "/reviews/TORT/1/meeting/1".to_owned(),
            age: "2\u{a0}days".to_owned(),
            is_old,
            missing: missing.to_owned(),
        };
        Self {
            rows: vec![row("Informatics", true), row("", false)],
            absent: "Nobody of informatics was at the last 3 meetings.".to_owned(),
            warns: true,
        }
    }
}

/// Meetings of a service line that are closed, the earliest first.
fn closed<'a>(programme: &'a Programme, unit: &'a Unit) -> Vec<&'a Meeting> {
    let is_own = |it: &&Meeting| {
        let review = programme.reviews.iter().find(|of| of.id == it.review);
        it.closed.is_some()
            && review
                .is_some_and(|of| of.unit == unit.code && !programme.guide.is_sit_down(&of.theme))
    };
    let mut found: Vec<&Meeting> = programme.meetings.iter().filter(is_own).collect();
    found.sort_by_key(|it| it.of.held_on);
    found
}

/// Staff groups of those who were there.
fn there(programme: &Programme, meeting: &Meeting, items: &[Item]) -> BTreeSet<Profession> {
    let of = |person: &str| {
        programme.people.get(person).map_or(Profession::Other, |it| profession(&it.profession))
    };
    let own = items.iter().filter(|it| it.meeting.as_ref() == Some(&meeting.id));
    let came = own.filter_map(|it| match &it.latest().body {
        Body::Participant(who) if matches!(who.coming, Coming::Yes | Coming::Deputy) => {
            Some(of(&who.person))
        }
        _ => None,
    });
    came.collect()
}

fn row(
    (programme, unit): (&Programme, &Unit),
    (meeting, there): (&Meeting, &BTreeSet<Profession>),
    frozen: &[Figures],
) -> Row {
    // What was frozen after the meeting was not before it.
    let end = meeting.closed.as_ref().map(|it| it.at);
    let figures = frozen
        .iter()
        .rfind(|it| end.is_none_or(|end| it.at <= end) && it.period_end <= meeting.of.held_on);
    let held = calendar(meeting.of.held_on);
    let age = figures.map(|it| data_age(&programme.guide, calendar(it.period_end), held));
    let missing: Vec<Profession> = EXPECTED.into_iter().filter(|it| !there.contains(it)).collect();
    Row {
        day: day(meeting.of.held_on),
        address: format!("/reviews/{}/{}/meeting/{}", unit.code, meeting.review, meeting.id),
        age: age.map_or_else(
            || "No figures were frozen".to_owned(),
            |it| words::count(it.days.into(), "day", "days"),
        ),
        is_old: age.is_some_and(|it| it.is_old),
        missing: if missing.is_empty() { String::new() } else { words::capital(&listed(&missing)) },
    }
}

fn listed(all: &[Profession]) -> String {
    let names: Vec<String> = all.iter().map(|it| group(*it).to_owned()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    words::listed(&names)
}

/// A staff group in the middle of a sentence.
const fn group(it: Profession) -> &'static str {
    match it {
        Profession::Clinical => "clinical staff",
        Profession::Finance => "finance",
        Profession::Manager => "management",
        Profession::Informatics => "informatics and coding",
        Profession::Other => "other staff",
    }
}
