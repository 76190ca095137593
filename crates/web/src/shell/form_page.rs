//! A page with one form, field by field, and what others wrote of the same thing meanwhile above it.

use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;

use super::forms::Wrong;
use super::page::{Page, Shell, rendered};

/// How a field is filled in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// A line of text; what can be chosen is offered, and something else may be written.
    #[default]
    Line,
    /// Several lines.
    Lines,
    /// One of a list.
    Choice,
    /// One of a few that are all shown.
    Radios,
    /// A day.
    Day,
    /// A short line of figures.
    Figure,
    /// What the page was made of, sent back unseen.
    Hidden,
}

impl Kind {
    /// As templates ask for it.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Lines => "lines",
            Self::Choice => "choice",
            Self::Radios => "radios",
            Self::Day => "day",
            Self::Figure => "figure",
            Self::Hidden => "hidden",
        }
    }
}

/// One field.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// How it is filled in.
    pub kind: Kind,
    /// Its name in the form.
    pub name: String,
    /// What it asks.
    pub label: String,
    /// What helps to fill it in; may be blank.
    pub hint: String,
    /// What stands in it.
    pub value: String,
    /// What can be chosen: code and words.
    pub options: Vec<(String, String)>,
    /// What stands above it as a heading; blank for none.
    pub under: String,
}

impl Field {
    /// A field that is blank.
    pub fn new(kind: Kind, name: impl Into<String>, label: &str, hint: &str) -> Self {
        let (label, hint) = (label.to_owned(), hint.to_owned());
        Self { kind, name: name.into(), label, hint, ..Self::default() }
    }

    /// With what stands in it.
    pub fn with(self, value: impl Into<String>) -> Self {
        Self { value: value.into(), ..self }
    }

    /// With what can be chosen.
    pub fn of(self, options: impl AsRef<[(String, String)]>) -> Self {
        Self { options: options.as_ref().to_vec(), ..self }
    }

    /// With a heading above it.
    pub fn under(self, heading: impl Into<String>) -> Self {
        Self { under: heading.into(), ..self }
    }
}

/// What somebody wrote of this at the same time.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Beside {
    /// Who and when.
    pub by: String,
    /// What, in lines.
    pub lines: Vec<String>,
}

impl Beside {
    /// What was done since somebody saw so much of it, in the order of time.
    pub fn since(mut all: Vec<(Timestamp, Self)>, seen: i64) -> Vec<Self> {
        all.sort_by_key(|it| it.0);
        let seen = usize::try_from(seen).unwrap_or(0);
        all.into_iter().skip(seen).map(|it| it.1).collect()
    }
}

/// A further form below the first, such as to remove what it shows.
#[derive(Clone, Debug, Default)]
pub struct Other {
    /// Its heading.
    pub heading: String,
    /// Where it is sent.
    pub action: String,
    /// Its fields.
    pub fields: Vec<Field>,
    /// What its button says.
    pub button: String,
}

/// The page.
#[derive(askama::Template, Default)]
#[template(path = "shell/form_page.html")]
pub struct FormPage {
    /// What stands around it.
    pub shell: Shell,
    /// What it belongs to.
    pub kicker: String,
    /// What whoever fills it in should know.
    pub lead: Vec<String>,
    /// Where it is sent.
    pub action: String,
    /// What each form of the page sends back unseen, such as what was seen.
    pub hidden: Vec<(&'static str, String)>,
    /// Its fields.
    pub fields: Vec<Field>,
    /// What others wrote of it meanwhile.
    pub beside: Vec<Beside>,
    /// Whether what stands in the fields is not kept yet, as it was typed before others wrote.
    pub is_outdated: bool,
    /// What its button says.
    pub button: String,
    /// Further forms.
    pub others: Vec<Other>,
    /// Where whoever writes nothing goes.
    pub back: String,
    /// What is wrong with it.
    pub wrong: Wrong,
}

impl FormPage {
    /// The page as an answer, its title marked where something is wrong.
    pub fn answer(mut self) -> Response {
        self.shell = self.shell.with_errors(&self.wrong);
        let is_outdated = self.is_outdated;
        let mut answer = self.respond();
        if is_outdated {
            *answer.status_mut() = StatusCode::CONFLICT;
        }
        answer
    }

    /// The page with what others did since it was opened, and everything that was typed: nothing of
    /// it is kept yet.
    pub fn outdated(self, beside: Vec<Beside>) -> Self {
        Self { beside, is_outdated: true, ..self }
    }
}

/// Samples of the page.
pub(crate) fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![rendered::<FormPage>()]
}

impl Page for FormPage {
    const TEMPLATE: &'static str = "shell/form_page.html";

    fn samples() -> Vec<Self> {
        let page = |beside: Vec<Beside>, others: Vec<Other>, wrong: Wrong| Self {
            shell: Shell::sample("A decision")
                .below("Reviews", "/reviews")
                .below("Trauma and orthopaedics", "/reviews/TORT")
                .with_errors(&wrong),
            kicker: "Hip replacement review".to_owned(),
            lead: vec!["What was decided, and on what it rested.".to_owned()],
            action: "/reviews/TORT/1/add/decision".to_owned(),
            hidden: vec![("seen", "2".to_owned())],
            fields: vec![
                Field::new(Kind::Lines, "words", "What was decided", "In plain words"),
                Field::new(Kind::Line, "evidence", "What it rested on", "").with("Run 14"),
                Field::new(Kind::Line, "programme", "Programme", "One of those before, or another")
                    .of([("Hip pathway".into(), "Hip pathway".into())]),
                Field::new(Kind::Figure, "one_off", "Cost once", "In pounds").with("15000.00"),
                Field::new(Kind::Hidden, "run", "", "").with("45f90b5fcd55d0b4"),
                Field::new(Kind::Radios, "touches_safety", "Does it touch safety?", "")
                    .with("no")
                    .of([("yes".into(), "Yes".into()), ("no".into(), "No".into())]),
                Field::new(Kind::Choice, "senior", "Senior clinician", "")
                    .of([(String::new(), "Nobody".into())])
                    .under("Who took part"),
                Field::new(Kind::Day, "closed_on", "Closed on", "").with("2026-06-11"),
            ],
            beside,
            is_outdated: false,
            button: "Keep the decision".to_owned(),
            others,
            back: "/reviews/TORT/1".to_owned(),
            wrong,
        };
        let beside = Beside {
            by: "Daniel Osei, 11 June 2026, 08:31".to_owned(),
            lines: vec!["Discharge by criteria, seven days a week".to_owned()],
        };
        let written = beside.clone();
        let other = Other {
            heading: "Take it out".to_owned(),
            action: "/reviews/TORT/1/remove".to_owned(),
            fields: vec![Field::new(Kind::Line, "because", "Why", "")],
            button: "Take the decision out".to_owned(),
        };
        let mut wrong = Wrong::default();
        wrong.add("words", "Write what was decided");
        wrong.add("senior", "Name the senior clinician who took part");
        wrong.add("one_off", "Write pounds and pence, such as 1,250 or 1250.50");
        vec![
            page(Vec::new(), Vec::new(), Wrong::default()),
            page(vec![beside.clone(), beside], vec![other], Wrong::default()),
            page(Vec::new(), Vec::new(), Wrong::default()).outdated(vec![written]),
            page(Vec::new(), Vec::new(), wrong),
        ]
    }
}
