//! A form of a review: whatever is to be written, with what others wrote meanwhile above it.

use axum::response::Response;
use serde::Deserialize;

use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};

/// How a field is filled in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    #[default]
    Line,
    Lines,
    Choice,
    Radios,
    Day,
}

/// One field.
#[derive(Clone, Debug, Default)]
pub(super) struct Field {
    pub(super) kind: Kind,
    pub(super) name: &'static str,
    pub(super) label: String,
    pub(super) hint: String,
    pub(super) value: String,
    pub(super) options: Vec<(String, String)>,
}

impl Field {
    pub(super) fn new(kind: Kind, name: &'static str, label: &str, hint: &str) -> Self {
        let (label, hint) = (label.to_owned(), hint.to_owned());
        Self { kind, name, label, hint, ..Self::default() }
    }

    pub(super) fn with(self, value: impl Into<String>) -> Self {
        Self { value: value.into(), ..self }
    }

    pub(super) fn of(self, options: Vec<(String, String)>) -> Self {
        Self { options, ..self }
    }
}

/// What somebody wrote of this at the same time.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Beside {
    /// Who and when.
    pub(super) by: String,
    /// What, in lines.
    pub(super) lines: Vec<String>,
}

#[derive(askama::Template)]
#[template(path = "features/reviews/form.html")]
pub(super) struct FormPage {
    pub(super) shell: Shell,
    pub(super) kicker: String,
    pub(super) lead: Vec<String>,
    /// Where it is sent.
    pub(super) action: String,
    pub(super) hidden: Vec<(&'static str, String)>,
    pub(super) fields: Vec<Field>,
    pub(super) beside: Vec<Beside>,
    pub(super) button: String,
    /// Where whoever writes nothing goes.
    pub(super) back: String,
    pub(super) wrong: Wrong,
}

impl FormPage {
    /// The page as an answer, its title marked where something is wrong.
    pub(super) fn answer(mut self) -> Response {
        self.shell = self.shell.with_errors(&self.wrong);
        self.respond()
    }
}

impl Page for FormPage {
    const TEMPLATE: &'static str = "features/reviews/form.html";

    fn samples() -> Vec<Self> {
        let page = |beside: Vec<Beside>, wrong: Wrong| Self {
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
                Field::new(Kind::Radios, "touches_safety", "Does it touch safety?", "")
                    .with("no")
                    .of(vec![("yes".into(), "Yes".into()), ("no".into(), "No".into())]),
                Field::new(Kind::Choice, "senior", "Senior clinician", "")
                    .of(vec![(String::new(), "Nobody".into())]),
                Field::new(Kind::Day, "closed_on", "Closed on", "").with("2026-06-11"),
            ],
            beside,
            button: "Keep the decision".to_owned(),
            back: "/reviews/TORT/1".to_owned(),
            wrong,
        };
        let beside = Beside {
            by: "Daniel Osei, 11 June 2026, 08:31".to_owned(),
            lines: vec!["Discharge by criteria, seven days a week".to_owned()],
        };
        let mut wrong = Wrong::default();
        wrong.add("words", "Write what was decided");
        wrong.add("senior", "Name the senior clinician who took part");
        vec![
            page(Vec::new(), Wrong::default()),
            page(vec![beside.clone(), beside], Wrong::default()),
            page(Vec::new(), wrong),
        ]
    }
}
