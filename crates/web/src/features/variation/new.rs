//! A difference, opened from the page that shows it.

use access::Capability;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::Day;
use engagement::variation::Comparator;
use serde::Deserialize;
use store::UnitCode;
use store::units::{self, UnitKind};
use store::variation::{self, NewInsight};

use super::TEXT;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::joint_work::choices;
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::Provenance;
use crate::shell::questions::Place;
use crate::shell::session::today;
use crate::shell::shelf::reading;
use crate::shell::variation::may_answer;
use crate::shell::visit::Visit;

/// Days until a difference should be explained, where nobody says otherwise: until the next monthly
/// review.
const DUE_IN_DAYS: i32 = 28;

/// Days until it may be due at most.
const DUE_IN_DAYS_MOST: i32 = 366;

#[derive(askama::Template)]
#[template(path = "features/variation/new.html")]
pub(super) struct New {
    shell: Shell,
    /// Which page, and of which run, in words.
    about: String,
    period: String,
    comparators: Vec<(String, String)>,
    typed: Typed,
    wrong: Wrong,
}

/// A difference as typed, or as an address begins it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    page: String,
    run: String,
    differs: String,
    comparator: String,
    due: String,
}

/// The page as the one who opens a difference sees it.
struct About {
    place: Place,
    unit: String,
    run: String,
    period: String,
    words: String,
}

/// The page, if whoever is signed in answers for its figures and sees them exactly.
async fn about(app: &App, visit: &Visit, typed: &Typed) -> Result<About, Fault> {
    // A pack or a review leads on to the pages behind its figures: a difference is followed up there.
    let place = Place::parse(&typed.page);
    let place = place.filter(|it| it.page.has_run && !it.page.is_of_thing());
    let place = place.ok_or(Fault::NotFound)?;
    if place.seen_by(visit).is_none() || !may_answer(visit, &place.unit) {
        return Err(Fault::NotFound);
    }
    let mut db = app.store().read().await?;
    let unit = units::get(&mut db, &UnitCode::new(place.unit.as_str())).await?.unit;
    drop(db);
    if !place.page.is_of(unit.kind) {
        return Err(Fault::NotFound);
    }
    let (shelf, id, now) = (app.clone(), typed.run.clone(), visit.now);
    let (asked, sees_drafts) = (place.clone(), visit.may(Capability::ReadRuns));
    let read = reading(move || {
        let run = shelf.shelf().run(&id)?;
        if !sees_drafts && run.records()?.publication.is_none() {
            return Err(Fault::NotFound);
        }
        let rules = run.rules()?;
        let is_line = asked.page.kind == Some(UnitKind::ServiceLine);
        if is_line && !rules.service_lines.contains_key(&asked.unit) {
            return Err(Fault::NotFound);
        }
        let period = Provenance::of(&run, now)?.period;
        Ok((run.id().to_owned(), period, asked.words("page", Some(rules))))
    });
    let (run, period, words) = read.await?;
    Ok(About { place, unit: unit.name, run, period, words })
}

pub(super) async fn show(
    State(app): State<App>,
    Query(typed): Query<Typed>,
    visit: Visit,
) -> Result<Response, Fault> {
    let about = about(&app, &visit, &typed).await?;
    let due = today(visit.now).plus(DUE_IN_DAYS).to_string();
    let typed = Typed { due, ..typed };
    Ok(New::of(&visit, &about, (typed, Wrong::default())).respond())
}

impl New {
    fn of(visit: &Visit, about: &About, (typed, wrong): (Typed, Wrong)) -> Self {
        let shell = visit.shell(title(&about.unit)).below(&about.unit, about.place.address());
        Self {
            shell: shell.with_errors(&wrong),
            about: about.words.clone(),
            period: about.period.clone(),
            comparators: comparators(),
            typed: Typed { page: about.place.address(), ..typed },
            wrong,
        }
    }
}

fn title(unit: &str) -> String {
    format!("Follow up a difference of {unit}")
}

fn comparators() -> Vec<(String, String)> {
    let all = Comparator::ALL.iter().map(|it| (it.word(), it.name()));
    choices("Choose what it is set beside", all)
}

impl Typed {
    fn read(&self, about: &About, today: Day) -> Result<NewInsight, Wrong> {
        let mut wrong = Wrong::default();
        TEXT.check(&mut wrong, "differs", &self.differs, "Say what differs, and by how much");
        let comparator: Option<Comparator> = self.comparator.parse().ok();
        wrong.unless(comparator.is_some(), "comparator", "Choose what it is set beside");
        let due: Option<Day> = self.due.trim().parse().ok();
        let latest = today.plus(DUE_IN_DAYS_MOST);
        let is_near = due.is_some_and(|it| it >= today && it <= latest);
        let day = "Enter a day from today on and within a year, such as 2026-06-15";
        wrong.unless(is_near, "due", day);
        match (comparator, due) {
            (Some(comparator), Some(due_on)) if wrong.is_empty() => Ok(NewInsight {
                unit: UnitCode::new(about.place.unit.as_str()),
                page: about.place.address(),
                run: about.run.clone(),
                differs: self.differs.trim().to_owned(),
                comparator,
                due_on,
            }),
            _ => Err(wrong),
        }
    }
}

pub(super) async fn open(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let typed: Typed = visit.fields.read()?;
    let about = about(&app, &visit, &typed).await?;
    let new = match typed.read(&about, today(visit.now)) {
        Ok(new) => new,
        Err(wrong) => return Ok(New::of(&visit, &about, (typed, wrong)).respond()),
    };
    let entry = visit.entry_in(visit.scope(Capability::AnswerQuestions)?, "insight.open", "");
    let done = visit.change_to("The difference is being followed up.", move |tx| {
        Box::pin(async move {
            let id = variation::open(tx, &new, &entry).await?;
            Ok(format!("/variation/{id}"))
        })
    });
    done.await
}

impl Page for New {
    const TEMPLATE: &'static str = "features/variation/new.html";

    fn samples() -> Vec<Self> {
        let page = |wrong: Wrong| Self {
            shell: Shell::sample(&title("Trauma and orthopaedics")).with_errors(&wrong),
            about: "At national mean unit costs".to_owned(),
            period: "2025/26 to the end of March, published 19 May 2026".to_owned(),
            comparators: comparators(),
            typed: Typed {
                page: "/services/TORT/national".to_owned(),
                run: "1fe9a090556158bd".to_owned(),
                differs: "A stay has 5.1 days, and 3.7 in similar trusts.".to_owned(),
                comparator: Comparator::Peers.word().to_owned(),
                due: "2026-06-29".to_owned(),
            },
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("differs", "Say what differs, and by how much");
        wrong.add("comparator", "Choose what it is set beside");
        vec![page(Wrong::default()), page(wrong)]
    }
}
