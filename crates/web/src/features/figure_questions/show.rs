//! One question with all that was said, and what the reader may do with it.

use access::View;
use axum::extract::{Path, State};
use axum::response::Response;
use store::figure_questions::{Act, State as Stands, StoredQuestion};
use store::people::{self as staff, PersonState};
use store::{Connection, PersonId, units};

use super::{found, named, state};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::Provenance;
use crate::shell::questions::{self, Escalated, Owner, Place, Up};
use crate::shell::session::{self, today};
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::{people, words};

#[derive(askama::Template)]
#[template(path = "features/figure_questions/show.html")]
pub(super) struct Show {
    shell: Shell,
    unit: String,
    state: String,
    is_overdue: bool,
    /// To whom it has gone up; blank where it has not.
    up: String,
    /// Which figure, and where it stands; no address where that page is not there for the reader.
    figure: String,
    link: String,
    /// Whether the figures are of a run, of which it was asked, and whether pages now show another.
    has_run: bool,
    period: String,
    is_earlier: bool,
    /// Who is to do what now.
    next: String,
    steps: Vec<Step>,
    may: May,
    address: String,
    seen: String,
    /// That whoever asked does not see exact figures, before somebody writes one to them.
    warning: String,
    owners: Vec<(String, String)>,
    typed: Typed,
    wrong: Wrong,
}

/// Something that was said or done.
#[derive(Clone, Debug, Default)]
struct Step {
    title: String,
    /// Paragraphs.
    text: Vec<String>,
    by: String,
}

/// What the reader may do.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a form of the page, by itself")]
pub(super) struct May {
    pub(super) answer: bool,
    pub(super) hand_on: bool,
    pub(super) close: bool,
    pub(super) reopen: bool,
}

/// What was typed into the forms.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    pub(super) words: String,
    pub(super) owner: String,
    pub(super) why: String,
    pub(super) still: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let question = found(&mut db, &visit, &id).await?;
    drop(db);
    Ok(Show::of(&app, &visit, &question, (Typed::default(), Wrong::default())).await?.respond())
}

impl May {
    pub(super) async fn of(
        db: &mut Connection,
        visit: &Visit,
        question: &StoredQuestion,
    ) -> Result<Self, Fault> {
        let me = &visit.person()?.id;
        let is_open = question.state() != Stands::Closed;
        let answers = questions::may_answer(visit, question.question.unit.as_str());
        let asked = question.asked_by == *me;
        let has_left = match staff::get(db, &question.asked_by).await {
            Ok(found) => found.state == PersonState::Left,
            Err(store::Error::NotFound(_)) => true,
            Err(error) => return Err(error.into()),
        };
        Ok(Self {
            // Whoever asked says more by asking again.
            answer: answers && is_open && !asked,
            hand_on: answers && question.state() == Stands::Waiting,
            close: is_open && (asked || (answers && has_left)),
            reopen: asked && question.state() != Stands::Waiting,
        })
    }
}

/// Who may be asked instead of whom it is with.
pub(super) async fn others(
    app: &App,
    db: &mut Connection,
    visit: &Visit,
    question: &StoredQuestion,
) -> Result<Vec<Owner>, Fault> {
    let asked = &question.question;
    let place = Place::of_question(asked);
    let of = (asked.unit.as_str(), place.as_ref());
    let by = (&question.asked_by, asked.side);
    let mut owners = questions::owners(app, db, of, by, visit.now).await?;
    owners.retain(|it| it.id != *question.owner());
    Ok(owners)
}

impl Show {
    pub(super) async fn of(
        app: &App,
        visit: &Visit,
        question: &StoredQuestion,
        (typed, wrong): (Typed, Wrong),
    ) -> Result<Self, Fault> {
        let asked = &question.question;
        let latest = named::run(app, visit.may(access::Capability::ReadRuns)).await?;
        let mut db = app.store().read().await?;
        let subject = named::subject(&mut db, visit, question, latest.as_deref()).await?;
        let names = people::names(&mut db).await?;
        let name = |of: &PersonId| names.get(of.as_str()).cloned().unwrap_or(of.to_string());
        let unit = units::get(&mut db, &asked.unit).await?.unit.name;
        let may = May::of(&mut db, visit, question).await?;
        let owners =
            if may.hand_on { others(app, &mut db, visit, question).await? } else { Vec::new() };
        let escalated =
            Escalated::of(app, &mut db, std::slice::from_ref(question), visit.now).await?;
        let sees = session::access_of(app, &mut db, &question.asked_by, visit.now).await?;
        drop(db);
        let costs = sees
            .scope(access::Capability::AggregateCosts)
            .and_then(|it| it.of_unit(asked.unit.as_str()))
            .map(|it| it.view);
        let has_run = !asked.run.is_empty();
        let mut choices = vec![(String::new(), "Choose somebody".to_owned())];
        choices.extend(owners.into_iter().map(|it| (it.id.to_string(), it.label)));
        Ok(Self {
            shell: visit.shell(title(&unit)).below("Questions", "/questions").with_errors(&wrong),
            unit,
            state: state(question).to_owned(),
            is_overdue: question.is_overdue(today(visit.now)),
            up: escalated.of_question(question).map(Up::said).unwrap_or_default(),
            figure: subject.words,
            link: subject.link,
            has_run,
            period: if has_run { period(app, visit, &asked.run).await? } else { String::new() },
            is_earlier: has_run && latest.is_some_and(|it| it.id() != asked.run),
            next: next(question, &name),
            steps: steps(question, name),
            may,
            address: format!("/questions/{}", question.id),
            seen: question.version().to_string(),
            warning: warning(&name(&question.asked_by), costs),
            owners: choices,
            typed,
            wrong,
        })
    }
}

fn title(unit: &str) -> String {
    format!("A question about the figures of {unit}")
}

fn next(question: &StoredQuestion, name: &impl Fn(&PersonId) -> String) -> String {
    match question.state() {
        Stands::Waiting => {
            let due = words::day(&question.due_on().to_string());
            format!("{} is to answer by {due}.", name(question.owner()))
        }
        Stands::Answered => {
            format!("{} closes it, or asks again.", name(&question.asked_by))
        }
        Stands::Closed => "It needs nothing more.".to_owned(),
    }
}

/// What whoever answers must know of how the one who asks sees what the unit costs; blank for exactly.
fn warning(name: &str, costs: Option<View>) -> String {
    match costs {
        Some(View::Exact) => String::new(),
        Some(View::Suppressed) => format!(
            "{name}, who asks, sees these figures with small numbers hidden. Write no exact figure of few patients."
        ),
        None => {
            format!("{name}, who asks, does not see what this unit costs. Write no cost of it.")
        }
    }
}

/// Of which run it was asked; blank where that cannot be read any more.
async fn period(app: &App, visit: &Visit, id: &str) -> Result<String, Fault> {
    let sees_drafts = visit.may(access::Capability::ReadRuns);
    let (app, id, now) = (app.clone(), id.to_owned(), visit.now);
    let read = reading(move || {
        let run = app.shelf().run(&id)?;
        let is_shown = sees_drafts || run.records()?.publication.is_some();
        if is_shown { Ok(Provenance::of(&run, now)?.period) } else { Err(Fault::NotFound) }
    });
    match read.await {
        Err(Fault::NotFound) => Ok(String::new()),
        other => other,
    }
}

fn steps(question: &StoredQuestion, name: impl Fn(&PersonId) -> String) -> Vec<Step> {
    let by = |who: &PersonId, at| format!("{}, {}", name(who), words::moment(at));
    let asked = Step {
        title: "Asked".to_owned(),
        text: paragraphs(&question.question.words),
        by: by(&question.asked_by, question.asked_at),
    };
    let more = question.steps.iter().map(|it| Step {
        title: match (it.act, &it.owner) {
            (Act::Answered, _) => "Answered".to_owned(),
            (Act::HandedOn, Some(owner)) => format!("Handed on to {}", name(owner)),
            (Act::HandedOn, None) => "Handed on".to_owned(),
            (Act::Closed, _) => "Closed".to_owned(),
            (Act::Reopened, _) => "Asked again".to_owned(),
        },
        text: paragraphs(&it.words),
        by: by(&it.by, it.at),
    });
    std::iter::once(asked).chain(more).collect()
}

fn paragraphs(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

impl Page for Show {
    const TEMPLATE: &'static str = "features/figure_questions/show.html";

    fn samples() -> Vec<Self> {
        let step = |title: &str, text: &str, by: &str| Step {
            title: title.to_owned(),
            text: paragraphs(text),
            by: by.to_owned(),
        };
        let steps = [
            step(
                "Asked",
                "Why did implants cost more?\nIs it price or use?",
                "Amara Okafor, 1 June 2026, 10:00",
            ),
            step("Answered", "The price rose in April.", "Daniel Osei, 3 June 2026, 09:30"),
            step("Closed", "", "Amara Okafor, 3 June 2026, 11:00"),
        ];
        let page = |count: usize, state: &str, may: May, wrong: Wrong| Self {
            shell: Shell::sample(&title("Trauma and orthopaedics")).with_errors(&wrong),
            unit: "Trauma and orthopaedics".to_owned(),
            state: state.to_owned(),
            is_overdue: count == 1,
            up: match (count, may.answer) {
                (1, true) => Up::sample("Priya Raman").said(),
                (1, false) => Up::sample("").said(),
                _ => String::new(),
            },
            figure: "What moved since last year".to_owned(),
            link: if count == 3 { String::new() } else { "/services/TORT#moved".to_owned() },
            has_run: count != 2,
            period: "2025/26 to the end of March, published 19 May 2026".to_owned(),
            is_earlier: count == 3,
            next: "Daniel Osei is to answer by 15 June 2026.".to_owned(),
            steps: steps.iter().take(count).cloned().collect(),
            may,
            address: "/questions/1".to_owned(),
            seen: "0".to_owned(),
            warning: match (count, may.hand_on) {
                (1, true) => warning("Owen Clarke", Some(View::Suppressed)),
                (1, false) => warning("Leah Novak", None),
                _ => String::new(),
            },
            owners: vec![
                (String::new(), "Choose somebody".to_owned()),
                ("2".to_owned(), "Finance: Priya Raman, senior costing accountant".to_owned()),
            ],
            typed: Typed::default(),
            wrong,
        };
        let owner = May { answer: true, hand_on: true, ..May::default() };
        let asker = May { close: true, reopen: true, ..May::default() };
        let again = May { reopen: true, ..May::default() };
        let mut wrong = Wrong::default();
        wrong.add("words", "Write your answer");
        vec![
            page(1, "Waiting for an answer", owner, Wrong::default()),
            page(1, "Waiting for an answer", owner, wrong),
            page(1, "Waiting for an answer", May::default(), Wrong::default()),
            page(2, "Answered", asker, Wrong::default()),
            page(3, "Closed", again, Wrong::default()),
            page(3, "Closed", May::default(), Wrong::default()),
        ]
    }
}
