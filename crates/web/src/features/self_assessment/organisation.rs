//! What type of organisation this is, with where that is known from; figures are told by it.

use access::Capability;
use axum::extract::State;
use axum::response::Response;
use engagement::organisation_types::OrganisationTypes;
use serde::Deserialize;
use store::assessing::organisation::{self, StatedType};

use super::WORDS;
use crate::App;
use crate::shell::assessed::led;
use crate::shell::assessing::gather;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::people::name_of;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/self_assessment/organisation.html")]
pub(super) struct OrganisationPage {
    shell: Shell,
    now: Vec<String>,
    /// Whether whoever looks may say what type it is.
    states: bool,
    kinds: Vec<(String, String)>,
    typed: Typed,
    /// Each type with where it is from.
    notes: Vec<String>,
    wrong: Wrong,
}

/// A type as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    kind: String,
    source: String,
    seen: String,
}

/// What is stated, in a sentence.
pub(super) fn told(it: &StatedType) -> String {
    let kind = words::lower(OrganisationTypes::own().said(&it.code));
    format!("Type of this organisation: {kind}. {}", words::sentence(&it.source))
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let stated = organisation::latest(&mut *app.store().read().await?).await?;
    let typed = stated.map_or_else(Typed::default, |it| Typed {
        kind: it.code,
        source: it.source,
        seen: it.number.to_string(),
    });
    page(&app, &visit, (typed, Wrong::default())).await
}

/// Records what type of organisation it is.
pub(super) async fn record(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    led(&visit, &gather(&app, visit.now).await?)?;
    let typed: Typed = visit.fields.read()?;
    let mut wrong = Wrong::default();
    let is_kind = OrganisationTypes::own().named(&typed.kind).is_some();
    wrong.unless(is_kind, "kind", "Choose what type of organisation this is");
    WORDS.check(&mut wrong, "source", &typed.source, "Say where that is known from");
    if !wrong.is_empty() {
        return page(&app, &visit, (typed, wrong)).await;
    }
    let seen = typed.seen.parse().unwrap_or_default();
    let scope = visit.scope(Capability::SignLevels)?;
    let entry = visit.entry_in(scope, "assessment.organisation_type", "");
    let done = visit.change("/assessment/organisation", "It is recorded.", move |tx| {
        Box::pin(async move {
            let said = (typed.kind.as_str(), typed.source.as_str());
            organisation::state(tx, said, seen, &entry).await
        })
    });
    done.await
}

async fn page(app: &App, visit: &Visit, (typed, wrong): (Typed, Wrong)) -> Result<Response, Fault> {
    let gathered = gather(app, visit.now).await?;
    let mut db = app.store().read().await?;
    let now = match organisation::latest(&mut db).await? {
        None => "Nobody has said what type of organisation this is.".to_owned(),
        Some(it) => {
            let who = name_of(&mut db, it.by.as_str()).await?;
            format!("{} {who}, {}.", told(&it), words::moment(it.at))
        }
    };
    let shell = visit
        .shell("What type of organisation this is")
        .below("Working together", "/assessment")
        .with_errors(&wrong);
    let states = led(visit, &gathered).is_ok();
    Ok(OrganisationPage {
        shell,
        now: vec![now],
        states,
        typed,
        wrong,
        ..OrganisationPage::blank()
    }
    .respond())
}

impl OrganisationPage {
    /// With the types that there are, and nothing else.
    fn blank() -> Self {
        let all = &OrganisationTypes::own().kind;
        Self {
            shell: Shell::default(),
            now: Vec::new(),
            states: false,
            kinds: all.iter().map(|it| (it.code.clone(), it.name.clone())).collect(),
            typed: Typed::default(),
            notes: all.iter().map(|it| format!("{}: {}.", it.name, it.source)).collect(),
            wrong: Wrong::default(),
        }
    }
}

impl Page for OrganisationPage {
    const TEMPLATE: &'static str = "features/self_assessment/organisation.html";

    fn samples() -> Vec<Self> {
        let page = |states: bool, wrong: Wrong| Self {
            shell: Shell::sample("What type of organisation this is").with_errors(&wrong),
            now: vec!["Nobody has said what type of organisation this is.".to_owned()],
            states,
            wrong,
            ..Self::blank()
        };
        let mut wrong = Wrong::default();
        wrong.add("kind", "Choose what type of organisation this is");
        wrong.add("source", "Say where that is known from");
        vec![page(true, Wrong::default()), page(false, Wrong::default()), page(true, wrong)]
    }
}
