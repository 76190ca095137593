//! Questions: what somebody is to answer, what they have asked, and all that they may see.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::Day;
use serde::Deserialize;
use store::figure_questions::{self, State as Stands, StoredQuestion};

use super::named::{self, Subject};
use super::state;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Link, Page, Shell};
use crate::shell::paging::Paging;
use crate::shell::questions::{Escalated, Up};
use crate::shell::session::today;
use crate::shell::visit::Visit;
use crate::shell::{people, questions, words};

#[derive(askama::Template)]
#[template(path = "features/figure_questions/list.html")]
pub(super) struct List {
    shell: Shell,
    lead: String,
    /// The lists, with how many are open on each.
    lists: Vec<Link>,
    /// The unit that is looked at alone; blank for all.
    unit: String,
    heading: String,
    empty: String,
    rows: Vec<Row>,
    paging: Paging,
}

/// One question.
#[derive(Clone, Debug, Default)]
struct Row {
    title: String,
    address: String,
    /// Where the figure stands; blank where that page is not there for the reader.
    stands: String,
    words: String,
    state: String,
    is_overdue: bool,
    /// To whom it has gone up; blank where it has not.
    up: String,
    said: String,
}

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Asked {
    list: String,
    unit: String,
    page: Option<usize>,
}

/// One of the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    ToAnswer,
    GoneUp,
    Asked,
    All,
}

const LISTS: [(Which, &str, &str); 4] = [
    (Which::ToAnswer, "to-answer", "For you to answer"),
    (Which::GoneUp, "gone-up", "Gone up to you"),
    (Which::Asked, "asked", "Asked by you"),
    (Which::All, "all", "All that you may see"),
];

/// Who looks, and which questions have gone up to whom.
struct Mine<'a> {
    me: &'a store::PersonId,
    escalated: &'a Escalated,
}

impl Which {
    fn holds(self, it: &StoredQuestion, mine: &Mine<'_>) -> bool {
        match self {
            Self::ToAnswer => it.owner() == mine.me && it.state() == Stands::Waiting,
            Self::GoneUp => mine.escalated.is_to(it, mine.me),
            Self::Asked => it.asked_by == *mine.me,
            Self::All => true,
        }
    }

    fn empty(self) -> &'static str {
        match self {
            Self::ToAnswer => "No question waits for your answer.",
            Self::GoneUp => "No question of somebody else has gone up to you.",
            Self::Asked => {
                "You have asked nothing yet. Ask at the foot of a page of a service line or ward, of a measure, a review, a benefit, a business case or a patient group."
            }
            Self::All => "Nothing has been asked yet about figures that you see exactly.",
        }
    }
}

pub(super) async fn show(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Result<Response, Fault> {
    let me = visit.person()?.id.clone();
    let mut db = app.store().read().await?;
    let mut all = figure_questions::list(&mut db).await?;
    let names = people::names(&mut db).await?;
    let units = named::units(&mut db).await?;
    all.retain(|it| questions::sees(&visit, it));
    let escalated = Escalated::of(&app, &mut db, &all, visit.now).await?;
    drop(db);
    let mine = Mine { me: &me, escalated: &escalated };
    let which = chosen(&asked.list, &all, &mine)?;
    // A unit that nobody sees and one that is none are alike: neither has a question here.
    let is_seen = asked.unit.is_empty() || questions::is_near(&visit, &asked.unit);
    let unit = units.get(&asked.unit).filter(|_| is_seen).cloned().unwrap_or_default();
    if !asked.unit.is_empty() && unit.is_empty() {
        return Err(Fault::NotFound);
    }
    let now = today(visit.now);
    // A list of one unit is a part of the list, which its link leads back to.
    let lists = lists(&all, which, &mine, asked.unit.is_empty());
    let mut shown: Vec<&StoredQuestion> = all.iter().filter(|it| which.holds(it, &mine)).collect();
    shown.retain(|it| asked.unit.is_empty() || it.question.unit.as_str() == asked.unit);
    shown.sort_by_key(|it| order(it));
    let name = LISTS.iter().find(|it| it.0 == which).map_or(("", ""), |it| (it.1, it.2));
    let question = [("list", name.0), ("unit", asked.unit.as_str())];
    let paging = Paging::new(shown.len(), asked.page.unwrap_or(1), "/questions", &question);
    let shown = &shown[paging.from..paging.to];
    let subjects = subjects(&app, &visit, shown).await?;
    let say = Named { units: &units, people: &names, escalated: &escalated };
    let rows = shown.iter().zip(subjects);
    let rows = rows.map(|(it, subject)| say.row(it, subject, now)).collect();
    Ok(List {
        shell: visit.shell(TITLE),
        lead: lead(&questions::waiting(&app, &visit).await?),
        lists,
        unit,
        heading: name.1.to_owned(),
        empty: which.empty().to_owned(),
        rows,
        paging,
    }
    .respond())
}

/// What each of these questions is about.
async fn subjects(
    app: &App,
    visit: &Visit,
    shown: &[&StoredQuestion],
) -> Result<Vec<Subject>, Fault> {
    let run = named::run(app, visit.may(Capability::ReadRuns)).await?;
    let mut db = app.store().read().await?;
    let mut all = Vec::new();
    for it in shown {
        all.push(named::subject(&mut db, visit, it, run.as_deref()).await?);
    }
    Ok(all)
}

/// The list that is asked for; at first the one on which something waits.
fn chosen(asked: &str, all: &[StoredQuestion], mine: &Mine<'_>) -> Result<Which, Fault> {
    if !asked.is_empty() {
        return Ok(LISTS.iter().find(|it| it.1 == asked).ok_or(Fault::NotFound)?.0);
    }
    let waits = [Which::ToAnswer, Which::GoneUp];
    let first = waits.into_iter().find(|which| all.iter().any(|it| which.holds(it, mine)));
    Ok(first.unwrap_or(Which::Asked))
}

const TITLE: &str = "Questions";

fn lead(waiting: &str) -> String {
    if waiting.is_empty() { "Nothing waits for you.".to_owned() } else { waiting.to_owned() }
}

/// What waits first, the nearest day first; then what is answered, and what is closed.
fn order(it: &StoredQuestion) -> (u8, Day, jiff::Timestamp) {
    let rank = match it.state() {
        Stands::Waiting => 0,
        Stands::Answered => 1,
        Stands::Closed => 2,
    };
    (rank, it.due_on(), it.asked_at)
}

fn lists(all: &[StoredQuestion], chosen: Which, mine: &Mine<'_>, is_whole: bool) -> Vec<Link> {
    let link = |(which, code, name): &(Which, &str, &str)| {
        let open = |it: &&StoredQuestion| which.holds(it, mine) && it.state() != Stands::Closed;
        let open = words::thousands(all.iter().filter(open).count() as u64);
        let current = *which == chosen && is_whole;
        Link { current, ..Link::new(format!("{name} ({open})"), format!("/questions?list={code}")) }
    };
    LISTS.iter().map(link).collect()
}

/// What rows say besides the question.
struct Named<'a> {
    units: &'a BTreeMap<String, String>,
    people: &'a BTreeMap<String, String>,
    escalated: &'a Escalated,
}

impl Named<'_> {
    fn row(&self, it: &StoredQuestion, subject: Subject, now: Day) -> Row {
        let name = |of: &store::PersonId| {
            self.people.get(of.as_str()).map_or(of.as_str(), String::as_str).to_owned()
        };
        let unit = it.question.unit.as_str();
        let unit = self.units.get(unit).map_or(unit, String::as_str);
        let due = words::day(&it.due_on().to_string());
        let owner = match it.state() {
            Stands::Waiting => format!("{} is to answer by {due}", name(it.owner())),
            _ => it.answers().last().map_or_else(
                || "Closed without an answer".to_owned(),
                |last| format!("Last answered by {}", name(&last.by)),
            ),
        };
        Row {
            title: format!("{unit}: {}", subject.words),
            address: format!("/questions/{}", it.id),
            stands: subject.link,
            words: it.question.words.clone(),
            state: state(it).to_owned(),
            is_overdue: it.is_overdue(now),
            up: self.escalated.of_question(it).map(Up::said).unwrap_or_default(),
            said: format!("{owner}. Asked by {}.", name(&it.asked_by)),
        }
    }
}

impl Page for List {
    const TEMPLATE: &'static str = "features/figure_questions/list.html";

    fn samples() -> Vec<Self> {
        let row = |state: &str, is_overdue| Row {
            title: "Trauma and orthopaedics: What moved since last year".to_owned(),
            address: "/questions/1".to_owned(),
            stands: "/services/TORT#moved".to_owned(),
            words: "Why did implants cost more than last year?".to_owned(),
            state: state.to_owned(),
            is_overdue,
            up: if is_overdue { Up::sample("Priya Raman").said() } else { String::new() },
            said: "Daniel Osei is to answer by 15 June 2026. Asked by Amara Okafor.".to_owned(),
        };
        let page = |rows: Vec<Row>, unit: &str, waiting: &str| Self {
            shell: Shell::sample(TITLE),
            lead: lead(waiting),
            lists: lists(
                &[],
                Which::ToAnswer,
                &Mine { me: &store::PersonId::new("1"), escalated: &Escalated::default() },
                unit.is_empty(),
            ),
            unit: unit.to_owned(),
            heading: LISTS[0].2.to_owned(),
            empty: Which::ToAnswer.empty().to_owned(),
            paging: Paging::new(rows.len(), 1, "/questions", &[]),
            rows,
        };
        let rows = vec![row("Waiting for an answer", true), row("Answered", false)];
        vec![
            page(rows.clone(), "", "1 question waits for your answer, 1 is overdue."),
            page(rows, "Trauma and orthopaedics", "1 of your questions is answered."),
            page(Vec::new(), "", ""),
        ]
    }
}
