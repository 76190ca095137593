//! Tokens for programs: which there are, making one, which is shown once, and ending one.

use access::ApiScope;
use axum::extract::{Path, State};
use axum::response::Response;
use jiff::SignedDuration;
use serde::Deserialize;
use store::api_tokens::{self, ApiToken, NewToken};
use store::{ApiTokenId, Refusal};

use crate::App;
use crate::shell::api;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::session::today;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Days that a token may last, as they are offered; and the choice that stands first.
const DAYS: [(i64, &str); 4] =
    [(30, "30 days"), (90, "90 days"), (180, "Half a year"), (365, "A year, the longest there is")];
const USUAL_DAYS: &str = "90";

/// Letters of a name at most.
const NAME_MAX: usize = 80;

#[derive(askama::Template)]
#[template(path = "features/account/tokens.html")]
pub(super) struct OwnTokens {
    shell: Shell,
    wrong: Wrong,
    /// A token that was just made: its name and its secret, shown once.
    made: Option<(String, String)>,
    tokens: Vec<Line>,
    /// What may be read: name of the field, scope, what it reads, and whether it is chosen.
    scopes: Vec<(&'static str, &'static str, &'static str, bool)>,
    name: String,
    days: String,
    choices: Vec<(String, String)>,
}

/// One token.
struct Line {
    id: String,
    name: String,
    reads: String,
    until: String,
    used: String,
}

/// What is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Form {
    name: String,
    results: String,
    measures: String,
    days: String,
}

/// Name of the field of a scope.
fn field(scope: ApiScope) -> &'static str {
    match scope {
        ApiScope::Results => "results",
        ApiScope::Measures => "measures",
    }
}

impl Form {
    fn has(&self, scope: ApiScope) -> bool {
        match scope {
            ApiScope::Results => !self.results.is_empty(),
            ApiScope::Measures => !self.measures.is_empty(),
        }
    }
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let form = Form { days: USUAL_DAYS.to_owned(), ..Form::default() };
    Ok(page(&app, &visit, (form, Wrong::default(), None)).await?.respond())
}

async fn page(
    app: &App,
    visit: &Visit,
    (form, wrong, made): (Form, Wrong, Option<(String, String)>),
) -> Result<OwnTokens, Fault> {
    let person = visit.person()?;
    let mut db = app.store().read().await?;
    let all = api_tokens::list(&mut db, &person.id, visit.now).await?;
    drop(db);
    let may = ApiScope::ALL.iter().filter(|it| visit.may(it.capability()));
    let shell = visit.shell("Tokens for programs").below("Your account", "/account");
    Ok(OwnTokens {
        shell: shell.with_errors(&wrong),
        wrong,
        made,
        tokens: all.iter().map(line).collect(),
        scopes: may.map(|it| (field(*it), it.word(), api::does(*it), form.has(*it))).collect(),
        name: form.name,
        days: form.days,
        choices: choices(),
    })
}

fn choices() -> Vec<(String, String)> {
    DAYS.iter().map(|(days, words)| (days.to_string(), (*words).to_owned())).collect()
}

fn line(it: &ApiToken) -> Line {
    Line {
        id: it.id.to_string(),
        name: it.token.name.clone(),
        reads: it.token.scopes.replace(' ', ", "),
        until: words::day(&today(it.token.until).to_string()),
        used: it.used_at.map_or_else(|| "never".to_owned(), words::moment),
    }
}

/// Makes a token and shows it on this answer alone. Sent twice it makes two, which the list shows.
pub(super) async fn make(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let form: Form = visit.fields.read()?;
    let person = visit.person()?;
    let scopes: Vec<&str> = ApiScope::ALL
        .iter()
        .filter(|it| form.has(**it) && visit.may(it.capability()))
        .map(|it| it.word())
        .collect();
    let days = DAYS.iter().find(|it| it.0.to_string() == form.days).map(|it| it.0);
    let mut wrong = Wrong::default();
    let name = form.name.trim().to_owned();
    wrong.unless(!name.is_empty(), "name", "Say which program the token is for");
    let is_short = name.chars().count() <= NAME_MAX;
    wrong.unless(is_short, "name", "Use 80 letters at most for the name");
    wrong.unless(!scopes.is_empty(), "scopes", "Choose what the program may read");
    wrong.unless(days.is_some(), "days", "Choose how long the token lasts");
    let Some(days) = days.filter(|_| wrong.is_empty()) else {
        return Ok(page(&app, &visit, (form, wrong, None)).await?.respond());
    };
    let new = NewToken {
        person: person.id.clone(),
        name: name.clone(),
        scopes: scopes.join(" "),
        second_factor: person.second_factor,
        until: visit.now + SignedDuration::from_hours(24 * days),
    };
    let entry = visit.entry("token.create", "");
    let made = app
        .store()
        .write(move |tx| Box::pin(async move { api_tokens::create(tx, &new, &entry).await }));
    match made.await {
        Ok((_, secret)) => {
            let blank = Form { days: USUAL_DAYS.to_owned(), ..Form::default() };
            let shown = (blank, Wrong::default(), Some((name, secret)));
            Ok(page(&app, &visit, shown).await?.respond())
        }
        Err(store::Error::Refused(why @ Refusal::TooManyTokens)) => {
            wrong.add("name", words::sentence(&why.to_string()));
            Ok(page(&app, &visit, (form, wrong, None)).await?.respond())
        }
        Err(other) => Err(other.into()),
    }
}

/// Ends a token at once.
pub(super) async fn end(Path(id): Path<String>, visit: Visit) -> Result<Response, Fault> {
    let (person, id) = (visit.person()?.id.clone(), ApiTokenId::new(id));
    let entry = visit.entry("token.end", "");
    let said = "The token has ended. A program that still sends it gets no answer.";
    let done = visit.change("/account/tokens", said, move |tx| {
        Box::pin(async move { api_tokens::end(tx, &person, &id, &entry).await })
    });
    done.await
}

impl Page for OwnTokens {
    const TEMPLATE: &'static str = "features/account/tokens.html";

    fn samples() -> Vec<Self> {
        let page = |tokens: Vec<Line>| Self {
            shell: Shell::sample("Tokens for programs").below("Your account", "/account"),
            wrong: Wrong::default(),
            made: None,
            tokens,
            scopes: ApiScope::ALL
                .iter()
                .map(|it| (field(*it), it.word(), api::does(*it), false))
                .collect(),
            name: String::new(),
            days: USUAL_DAYS.to_owned(),
            choices: choices(),
        };
        let line = |name: &str, used: &str| Line {
            id: "0123456789abcdef".to_owned(),
            name: name.to_owned(),
            reads: "results:read, measures:read".to_owned(),
            until: "20 August 2026".to_owned(),
            used: used.to_owned(),
        };
        let secret = format!("{}{}", api_tokens::BEGINS, "0123456789abcdef".repeat(4));
        let made = Some(("Power BI".to_owned(), secret));
        let mut wrong = Wrong::default();
        wrong.add("name", "Say which program the token is for");
        wrong.add("scopes", "Choose what the program may read");
        wrong.add("days", "Choose how long the token lasts");
        let refused = page(Vec::new());
        vec![
            page(vec![line("Power BI", "20 May 2026, 09:14"), line("R at home", "never")]),
            Self { made, ..page(vec![line("Power BI", "never")]) },
            Self { shell: refused.shell.clone().with_errors(&wrong), wrong, ..refused },
            Self { scopes: Vec::new(), ..page(Vec::new()) },
        ]
    }
}
