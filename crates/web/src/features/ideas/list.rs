//! Ideas: one's own, those of one's units, and how quickly they are answered by unit.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::response::Response;
use engagement::ideas::{State as Stands, half_answered_within};
use serde::Deserialize;
use store::ideas::{self, StoredIdea};

use super::put_at;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::ideas::{is_own, sees};
use crate::shell::joint_work::unit_names;
use crate::shell::page::{Link, Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::{people, words};

/// Answers before the time that they took is told.
const ANSWERS_BEFORE_A_MEDIAN: usize = 5;

#[derive(askama::Template)]
#[template(path = "features/ideas/list.html")]
pub(super) struct List {
    shell: Shell,
    lead: String,
    lists: Vec<Link>,
    heading: String,
    empty: &'static str,
    rows: Vec<Row>,
    units: Vec<UnitRow>,
}

/// One idea.
#[derive(Clone, Debug, Default)]
struct Row {
    address: String,
    words: String,
    state: String,
    has_news: bool,
    said: String,
}

/// Ideas for one unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct UnitRow {
    name: String,
    put: String,
    waiting: String,
    in_review: String,
    taken_up: String,
    not_taken_up: String,
    half: String,
}

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Asked {
    list: String,
}

const TITLE: &str = "Ideas";

/// The lists: code, name, and what is said of an empty one.
const LISTS: [(&str, &str, &str); 2] = [
    ("own", "Yours", "You have put no idea yet."),
    ("units", "For your units", "Nobody has put an idea for your units yet."),
];

pub(super) async fn show(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let mut all = ideas::list(&mut db).await?;
    let names = people::names(&mut db).await?;
    let units = unit_names(&mut db).await?;
    let waiting = crate::shell::ideas::waiting(&mut db, &visit).await?;
    drop(db);
    all.retain(|it| sees(&visit, it));
    in_order(&mut all);
    let (own, of_units): (Vec<_>, Vec<_>) = all.into_iter().partition(|it| is_own(&visit, it));
    let list = match asked.list.as_str() {
        "" if own.is_empty() && !of_units.is_empty() => LISTS[1],
        "" => LISTS[0],
        other => *LISTS.iter().find(|it| it.0 == other).ok_or(Fault::NotFound)?,
    };
    let shown = if list.0 == "own" { &own } else { &of_units };
    let counts = [own.len(), of_units.len()];
    let link = |(place, (code, name, _)): (usize, &(&str, &str, &str))| {
        let count = words::thousands(counts.get(place).copied().unwrap_or_default() as u64);
        Link {
            current: *code == list.0,
            ..Link::new(format!("{name} ({count})"), format!("/ideas?list={code}"))
        }
    };
    Ok(List {
        shell: visit.shell(TITLE),
        lead: if waiting.is_empty() { "Nothing waits for you.".to_owned() } else { waiting },
        lists: LISTS.iter().enumerate().map(link).collect(),
        heading: list.1.to_owned(),
        empty: list.2,
        rows: shown.iter().map(|it| row(it, is_own(&visit, it), (&units, &names))).collect(),
        units: by_unit(&of_units, &units),
    }
    .respond())
}

/// The latest month first; of a month, those with a name by their time, then the others by their
/// reference, which is random: between two that have a time they would have one too.
fn in_order(all: &mut [StoredIdea]) {
    all.sort_by(|one, other| {
        let months = other.put_in().cmp(&one.put_in());
        let named = other.of.is_named.cmp(&one.of.is_named);
        months.then(named).then_with(|| {
            if one.of.is_named {
                other.put_at.cmp(&one.put_at)
            } else {
                one.id.as_str().cmp(other.id.as_str())
            }
        })
    });
}

fn row(
    it: &StoredIdea,
    own: bool,
    (units, names): (&BTreeMap<String, String>, &BTreeMap<String, String>),
) -> Row {
    let standing = it.standing();
    let unit = it.of.unit.as_str();
    let by = match (own, it.of.is_named) {
        (true, true) => "By you".to_owned(),
        (true, false) => "By you, unnamed to others".to_owned(),
        (false, true) => {
            let name = names.get(it.put_by.as_str()).map_or("somebody", String::as_str);
            format!("By {name}")
        }
        (false, false) => "By somebody who stays unnamed".to_owned(),
    };
    Row {
        address: format!("/ideas/{}", it.id),
        words: it.of.words.clone(),
        state: standing.said(),
        has_news: own && standing.has_news,
        said: format!("{}. {by}, {}.", units.get(unit).map_or(unit, String::as_str), put_at(it)),
    }
}

/// Counts by unit, in the order of their names.
fn by_unit(all: &[StoredIdea], names: &BTreeMap<String, String>) -> Vec<UnitRow> {
    let mut found: BTreeMap<&str, Vec<&StoredIdea>> = BTreeMap::new();
    for it in all {
        found.entry(it.of.unit.as_str()).or_default().push(it);
    }
    let one = |(unit, ideas): (&str, Vec<&StoredIdea>)| {
        let standing: Vec<_> = ideas.iter().map(|it| it.standing()).collect();
        let count = |is: &dyn Fn(Stands) -> bool| {
            words::thousands(standing.iter().filter(|it| is(it.state)).count() as u64)
        };
        let days: Vec<u32> = standing.iter().filter_map(|it| it.days_to_answer).collect();
        let half = half_answered_within(&days, ANSWERS_BEFORE_A_MEDIAN);
        UnitRow {
            name: names.get(unit).map_or(unit, String::as_str).to_owned(),
            put: words::thousands(ideas.len() as u64),
            waiting: count(&|it| it == Stands::Put),
            in_review: count(&|it| it == Stands::InReview),
            taken_up: count(&|it| matches!(it, Stands::TakenUp | Stands::Finished)),
            not_taken_up: count(&|it| it == Stands::NotTakenUp),
            half: half.map_or_else(
                || format!("Fewer than {ANSWERS_BEFORE_A_MEDIAN} answers"),
                |it| words::count(it.into(), "day", "days"),
            ),
        }
    };
    let mut rows: Vec<UnitRow> = found.into_iter().map(one).collect();
    rows.sort_by(|one, other| one.name.cmp(&other.name));
    rows
}

impl Page for List {
    const TEMPLATE: &'static str = "features/ideas/list.html";

    fn samples() -> Vec<Self> {
        let row = |state: Stands, has_news| Row {
            address: "/ideas/1".to_owned(),
            words: "Order walking frames before admission.".to_owned(),
            state: state.name().to_owned(),
            has_news,
            said: "Trauma and orthopaedics. By you, 1 June 2026, 10:00.".to_owned(),
        };
        let unit = UnitRow {
            name: "Trauma and orthopaedics".to_owned(),
            put: "2".to_owned(),
            waiting: "1".to_owned(),
            in_review: "0".to_owned(),
            taken_up: "1".to_owned(),
            not_taken_up: "0".to_owned(),
            half: format!("Fewer than {ANSWERS_BEFORE_A_MEDIAN} answers"),
        };
        let page = |lead: &str, rows: Vec<Row>, units: Vec<UnitRow>| Self {
            shell: Shell::sample(TITLE),
            lead: lead.to_owned(),
            lists: vec![Link { current: true, ..Link::new("Yours (2)", "/ideas?list=own") }],
            heading: LISTS[0].1.to_owned(),
            empty: LISTS[0].2,
            rows,
            units,
        };
        let rows = vec![row(Stands::TakenUp, true), row(Stands::Put, false)];
        vec![
            page("There is news of 1\u{a0}idea of yours.", rows, vec![unit]),
            page("Nothing waits for you.", Vec::new(), Vec::new()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use engagement::ideas::{Act, Data};
    use store::ideas::{NewIdea, NewStep, Step};
    use store::{IdeaId, PersonId, UnitCode};

    use super::*;

    fn at(day: u32) -> jiff::Timestamp {
        format!("2026-06-{day:02}T09:00:00Z").parse().expect("a moment")
    }

    /// An idea that was put on the first and looked at so many days later; never where none.
    fn idea(days: Option<u32>) -> StoredIdea {
        let step = |days| Step {
            of: NewStep { data: Some(Data::Supports), ..NewStep::of(Act::LookedAt) },
            by: PersonId::new("B"),
            at: at(1 + days),
        };
        StoredIdea {
            id: IdeaId::new("1"),
            of: NewIdea { unit: UnitCode::new("TORT"), words: "x".to_owned(), is_named: false },
            put_by: PersonId::new("A"),
            put_at: at(1),
            steps: days.map(step).into_iter().collect(),
        }
    }

    #[test]
    fn the_time_to_an_answer_is_told_of_five_answers_and_no_name_of_whoever_stays_unnamed() {
        let names = [("TORT".to_owned(), "Orthopaedics".to_owned())].into();
        let four: Vec<StoredIdea> = [Some(9), Some(1), Some(3), Some(2), None].map(idea).to_vec();
        let row = by_unit(&four, &names).remove(0);
        assert_eq!((row.put.as_str(), row.waiting.as_str()), ("5", "1"));
        assert_eq!(row.half, "Fewer than 5 answers");
        let five: Vec<StoredIdea> = [9, 1, 3, 2, 20].map(|it| idea(Some(it))).to_vec();
        assert_eq!(by_unit(&five, &names).remove(0).half, "3\u{a0}days");
        let people = [("A".to_owned(), "Amara".to_owned())].into();
        let said = |own| super::row(&five[0], own, (&names, &people)).said;
        assert!(!said(false).contains("Amara") && said(false).contains("stays unnamed"));
        assert!(said(true).contains("By you, unnamed to others"));
        for said in [said(true), said(false)] {
            assert!(
                said.contains(", June 2026.") && !said.contains(':'),
                "the month alone: {said}"
            );
        }
    }

    #[test]
    fn no_place_in_the_list_tells_when_somebody_unnamed_wrote() {
        let put = |id: &str, day: u32, is_named: bool| {
            let it = idea(None);
            let of = NewIdea { is_named, ..it.of };
            StoredIdea { id: IdeaId::new(id), of, put_at: at(day), ..it }
        };
        let mut all = vec![
            put("b", 3, false),
            put("early", 2, true),
            put("a", 9, false),
            put("late", 8, true),
            put("c", 1, false),
        ];
        in_order(&mut all);
        let order: Vec<&str> = all.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(order, ["late", "early", "a", "b", "c"]);
    }
}
