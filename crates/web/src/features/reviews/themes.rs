//! What a review may be about: the themes of the guide and those that the trust added.

use access::Capability;
use axum::extract::State;
use axum::response::Response;
use engagement::reviews::ReviewGuide;
use store::reviewing::{self, NewTemplate};

use super::WORDS;
use super::begin::{Theme, themes};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/reviews/themes.html")]
pub(super) struct ThemesPage {
    shell: Shell,
    themes: Vec<Row>,
    adds: bool,
    typed: NewTemplate,
    wrong: Wrong,
}

/// One theme.
#[derive(Clone, Debug, Default)]
struct Row {
    of: Theme,
    takes: String,
}

impl Row {
    fn of(of: Theme) -> Self {
        let takes = format!(
            "{} of {}. Source: {}.",
            words::count(of.meetings.into(), "meeting", "meetings"),
            words::count(of.minutes.into(), "minute", "minutes"),
            of.source
        );
        Self { of, takes }
    }
}

async fn page(
    app: &App,
    visit: &Visit,
    (typed, wrong): (NewTemplate, Wrong),
) -> Result<Response, Fault> {
    let all = themes(&mut *app.store().read().await?, &ReviewGuide::own()).await?;
    let shell = visit.shell("What a review may be about").below("Reviews", "/reviews");
    let page = ThemesPage {
        shell: shell.with_errors(&wrong),
        themes: all.into_iter().map(Row::of).collect(),
        adds: visit.may(Capability::RunReviews),
        typed,
        wrong,
    };
    Ok(page.respond())
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    page(&app, &visit, Default::default()).await
}

pub(super) async fn add(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let text = |name: &str| visit.fields.get(name).trim().to_owned();
    let typed = NewTemplate {
        name: text("name"),
        about: text("about"),
        questions: text("questions"),
        data: text("data"),
        measures: text("measures"),
    };
    let mut wrong = Wrong::default();
    WORDS.check(&mut wrong, "name", &typed.name, "Write what the theme is called");
    WORDS.check(&mut wrong, "about", &typed.about, "Write what it is about");
    WORDS.check(&mut wrong, "questions", &typed.questions, "Write one question at least");
    for (field, text) in [("data", &typed.data), ("measures", &typed.measures)] {
        if !text.is_empty() {
            WORDS.check(&mut wrong, field, text, "");
        }
    }
    let known = themes(&mut *app.store().read().await?, &ReviewGuide::own()).await?;
    let is_new = !known.iter().any(|it| it.name == typed.name);
    wrong.unless(is_new, "name", "There is a theme of this name already");
    if !wrong.is_empty() {
        return page(&app, &visit, (typed, wrong)).await;
    }
    let entry = visit.entry_in(visit.scope(Capability::RunReviews)?, "review.template", "");
    let done = visit.change("/reviews/themes", "The theme is added.", move |tx| {
        Box::pin(async move {
            reviewing::add_template(tx, &typed, &entry).await?;
            Ok(())
        })
    });
    done.await
}

impl Page for ThemesPage {
    const TEMPLATE: &'static str = "features/reviews/themes.html";

    fn samples() -> Vec<Self> {
        let theme = Theme {
            id: "discharge".to_owned(),
            name: "Discharge".to_owned(),
            about: "Patients who are ready and still here: what they wait for.".to_owned(),
            source: "guide, Tip 3".to_owned(),
            meetings: 1,
            minutes: 60,
            questions: vec!["What do patients wait for?".to_owned()],
            sides: Vec::new(),
            data: vec!["Bed days after ready".to_owned()],
            measures: vec!["Bed days after ready, days; with readmissions".to_owned()],
        };
        let page = |adds: bool, wrong: Wrong| Self {
            shell: Shell::sample("What a review may be about")
                .below("Reviews", "/reviews")
                .with_errors(&wrong),
            themes: vec![
                Row::of(theme.clone()),
                Row::of(Theme { name: "Drugs".to_owned(), ..theme.clone() }),
            ],
            adds,
            typed: NewTemplate::default(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("name", "Write what the theme is called");
        vec![page(true, Wrong::default()), page(true, wrong), page(false, Wrong::default())]
    }
}
