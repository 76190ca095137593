//! A question about the figures of a page.

use access::{Capability, View};
use axum::extract::{Query, State};
use axum::response::Response;
use domain::Day;
use serde::Deserialize;
use store::UnitCode;
use store::figure_questions::{self, NewQuestion, Side};
use store::units::{self, UnitKind};

use super::TEXT;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::Provenance;
use crate::shell::questions::{self, Owner, Place, SETTINGS, due_after};
use crate::shell::session::today;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/figure_questions/ask.html")]
pub(super) struct Ask {
    shell: Shell,
    /// Which page, and of which run, in words.
    about: String,
    period: String,
    page: String,
    typed: Typed,
    figures: Vec<(String, String)>,
    /// Whom to choose from; none where nobody answers for the unit.
    owners: Vec<(String, String)>,
    /// Which day stands there at first.
    usual: String,
    wrong: Wrong,
}

/// A question as typed, or as an address begins it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    page: String,
    run: String,
    figure: String,
    words: String,
    owner: String,
    due: String,
}

/// What is asked about, as the one who asks sees it.
struct About {
    place: Place,
    /// How they see what the unit costs: figures that hold it are for those who see it exactly.
    view: View,
    unit: String,
    /// Blank where the figures are of no run, and so is the period.
    run: String,
    period: String,
    words: String,
    side: Side,
    owners: Vec<Owner>,
}

pub(super) async fn show(
    State(app): State<App>,
    Query(typed): Query<Typed>,
    visit: Visit,
) -> Result<Response, Fault> {
    let about = about(&app, &visit, &typed).await?;
    let due = due_after(today(visit.now), SETTINGS.due_in_working_days.value);
    // What is typed comes in a form, never in an address.
    let typed = Typed {
        words: String::new(),
        owner: about.owners.first().map(|it| it.id.to_string()).unwrap_or_default(),
        due: due.to_string(),
        ..typed
    };
    Ok(Ask::of(&visit, &about, (typed, Wrong::default())).respond())
}

/// The figures, if they are there for the person and take questions.
async fn about(app: &App, visit: &Visit, typed: &Typed) -> Result<About, Fault> {
    let place = Place::parse(&typed.page).ok_or(Fault::NotFound)?;
    let mut db = app.store().read().await?;
    let place = questions::located(&mut db, visit, place).await?;
    if place.seen_by(visit).is_none() {
        return Err(Fault::NotFound);
    }
    let unit = units::get(&mut db, &UnitCode::new(place.unit.as_str())).await?.unit;
    if !place.page.is_of(unit.kind) {
        return Err(Fault::NotFound);
    }
    let side = questions::of_person(&mut db, visit).await?;
    let me = &visit.person()?.id;
    let of = (place.unit.as_str(), Some(&place));
    let owners = questions::owners(app, &mut db, of, (me, side), visit.now).await?;
    drop(db);
    let view = questions::view(visit, &place.unit).unwrap_or(View::Suppressed);
    let (run, period, words) = of_run(app, visit, (&place, &typed.run)).await?;
    Ok(About { place, view, unit: unit.name, run, period, words, side, owners })
}

/// The run that was seen and its period, and what is asked about, in words.
async fn of_run(
    app: &App,
    visit: &Visit,
    (place, id): (&Place, &str),
) -> Result<(String, String, String), Fault> {
    if !place.page.has_run {
        return Ok((String::new(), String::new(), place.words("", None)));
    }
    let (app, id, now) = (app.clone(), id.to_owned(), visit.now);
    let (asked, sees_drafts) = (place.clone(), visit.may(Capability::ReadRuns));
    let read = reading(move || {
        let run = app.shelf().run(&id)?;
        if !sees_drafts && run.records()?.publication.is_none() {
            return Err(Fault::NotFound);
        }
        let is_line = asked.page.kind == Some(UnitKind::ServiceLine);
        let rules = run.rules()?;
        if is_line && !rules.service_lines.contains_key(&asked.unit) {
            return Err(Fault::NotFound);
        }
        let words = asked.words("", Some(rules));
        let period = Provenance::of(&run, now)?.period;
        Ok((run.id().to_owned(), period, words))
    });
    read.await
}

impl Ask {
    fn of(visit: &Visit, about: &About, (typed, wrong): (Typed, Wrong)) -> Self {
        let page = about.place.address();
        let shell = visit.shell(title(&about.unit)).below(&about.unit, page.clone());
        let figures = about.place.figures(about.view);
        let owners = about.owners.iter().map(|it| (it.id.to_string(), it.label.clone()));
        Self {
            shell: shell.with_errors(&wrong),
            about: about.words.clone(),
            period: about.period.clone(),
            page,
            typed,
            figures,
            owners: owners.collect(),
            usual: usual(),
            wrong,
        }
    }
}

fn title(unit: &str) -> String {
    format!("Ask about the figures of {unit}")
}

fn usual() -> String {
    let days =
        words::count(SETTINGS.due_in_working_days.value.into(), "working day", "working days");
    format!("{days} from today, unless you need it sooner or later")
}

impl Typed {
    fn read(&self, about: &About, today: Day) -> Result<(NewQuestion, String), Wrong> {
        let mut wrong = Wrong::default();
        let is_figure = about.place.figures(about.view).iter().any(|it| it.0 == self.figure);
        wrong.unless(is_figure, "figure", "Choose which figure you ask about");
        TEXT.check(&mut wrong, "words", &self.words, "Write what you ask");
        let owner = about.owners.iter().find(|it| it.id.as_str() == self.owner);
        wrong.unless(owner.is_some(), "owner", "Choose who should answer");
        let due: Option<Day> = self.due.trim().parse().ok();
        let latest = today.plus(i32::try_from(SETTINGS.due_in_days_at_most.value).unwrap_or(0));
        wrong.unless(
            due.is_some(),
            "due",
            "Enter the day by which you need it, such as 2026-06-15",
        );
        let is_late = due.is_some_and(|it| it < today);
        wrong.unless(!is_late, "due", "The day must not be in the past");
        let is_far = due.is_some_and(|it| it > latest);
        wrong.unless(!is_far, "due", &format!("The day must not be after {latest}"));
        match (owner, due) {
            (Some(owner), Some(due_on)) if wrong.is_empty() => {
                let new = NewQuestion {
                    unit: UnitCode::new(about.place.unit.as_str()),
                    run: about.run.clone(),
                    page: about.place.address(),
                    figure: self.figure.clone(),
                    words: self.words.trim().to_owned(),
                    side: about.side,
                    owner: owner.id.clone(),
                    due_on,
                };
                Ok((new, owner.name.clone()))
            }
            _ => Err(wrong),
        }
    }
}

pub(super) async fn ask(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let typed: Typed = visit.fields.read()?;
    let about = about(&app, &visit, &typed).await?;
    let (new, owner) = match typed.read(&about, today(visit.now)) {
        Ok(read) => read,
        Err(wrong) => return Ok(Ask::of(&visit, &about, (typed, wrong)).respond()),
    };
    let entry = visit.entry_in(visit.scope(about.place.page.sight)?, "question.ask", "");
    let said = format!("{owner} has your question.");
    let done = visit.change_to(&said, move |tx| {
        Box::pin(async move {
            let id = figure_questions::ask(tx, &new, &entry).await?;
            Ok(format!("/questions/{id}"))
        })
    });
    done.await
}

impl Page for Ask {
    const TEMPLATE: &'static str = "features/figure_questions/ask.html";

    fn samples() -> Vec<Self> {
        let place = Place::parse("/services/TORT?pod=EL&hrg=HN12").expect("it is one");
        let page = |owners: &[(&str, &str)], wrong: Wrong| Self {
            shell: Shell::sample(&title("Trauma and orthopaedics")).with_errors(&wrong),
            about: "Very major hip procedures, planned stays".to_owned(),
            period: "2025/26 to the end of March, published 19 May 2026".to_owned(),
            page: place.address(),
            typed: Typed {
                page: place.address(),
                run: "1fe9a090556158bd".to_owned(),
                figure: "moved".to_owned(),
                due: "2026-06-15".to_owned(),
                ..Typed::default()
            },
            figures: place.figures(View::Exact),
            owners: owners.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect(),
            usual: usual(),
            wrong,
        };
        let owners = [("1", "Finance: Daniel Osei, finance business partner")];
        let mut wrong = Wrong::default();
        wrong.add("words", "Write what you ask");
        wrong.add("due", "The day must not be in the past");
        vec![page(&owners, Wrong::default()), page(&[], Wrong::default()), page(&owners, wrong)]
    }
}
