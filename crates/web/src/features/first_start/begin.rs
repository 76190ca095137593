//! Making the first administrator.

use axum::extract::{Query, State};
use axum::response::Response;
use domain::Day;
use serde::Deserialize;
use store::grants::{self, NewGrant};
use store::people::{self, Person};
use store::units::{self, Unit, UnitKind};
use store::{Entry, PersonId, Tx, UnitCode, credentials};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::{Wrong, go};
use crate::shell::page::{Page, Shell};
use crate::shell::passwords;
use crate::shell::session;
use crate::shell::visit::Visit;

/// Code of the trust as a unit, where there is no unit yet.
const TRUST: &str = "TRUST";

#[derive(askama::Template)]
#[template(path = "features/first_start/begin.html")]
pub(super) struct Begin {
    shell: Shell,
    wrong: Wrong,
    form: Form,
}

/// The token of the address.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Token {
    #[serde(default)]
    token: String,
}

/// What is typed.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    token: String,
    name: String,
    email: String,
    password: String,
    again: String,
}

/// Nothing is here without the token, or once somebody is there.
async fn is_open(app: &App, token: &str) -> Result<(), Fault> {
    let ours = app.settings().first.as_bytes();
    let theirs = token.as_bytes();
    let differs = ours.iter().zip(theirs).fold(0, |it, (a, b)| it | (a ^ b));
    if ours.is_empty() || ours.len() != theirs.len() || differs != 0 {
        return Err(Fault::NotFound);
    }
    let mut db = app.store().read().await?;
    if people::list(&mut db).await?.is_empty() { Ok(()) } else { Err(Fault::NotFound) }
}

pub(super) async fn show(
    State(app): State<App>,
    visit: Visit,
    Query(token): Query<Token>,
) -> Result<Response, Fault> {
    is_open(&app, &token.token).await?;
    let form = Form { token: token.token, ..Form::default() };
    Ok(page(&visit, Wrong::default(), form).respond())
}

fn page(visit: &Visit, wrong: Wrong, form: Form) -> Begin {
    let shell = visit.shell("Make the first administrator");
    let shell = shell.with_errors(&wrong);
    Begin { shell, wrong, form }
}

pub(super) async fn begin(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let form: Form = visit.fields.read()?;
    is_open(&app, &form.token).await?;
    let mut wrong = Wrong::default();
    wrong.unless(!form.name.trim().is_empty(), "name", "Enter your name");
    let email = "Enter your email address, such as a.name@trust.nhs.uk";
    wrong.unless(form.email.contains('@') && form.email.contains('.'), "email", email);
    let about = [form.name.as_str(), &form.email, &app.settings().trust];
    let fault = passwords::fault_of(&form.password, &about);
    wrong.unless(fault.is_empty(), "password", fault);
    wrong.unless(form.password == form.again, "again", "Type the same password twice");
    if !wrong.is_empty() {
        return Ok(page(&visit, wrong, form).respond());
    }
    let phc = passwords::hash(form.password).await?;
    let person = Person {
        name: form.name.trim().to_owned(),
        email: form.email.trim().to_owned(),
        job_title: String::new(),
        profession: String::new(),
    };
    let entry = Entry { actor: "operator".to_owned(), ..visit.entry("", "") };
    let (trust, today) = (app.settings().trust.clone(), session::today(visit.now));
    let made = app.store().write(move |tx| {
        Box::pin(async move {
            if !people::list(tx).await?.is_empty() {
                return Ok(None);
            }
            let unit = trust_unit(tx, trust, today, &entry).await?;
            administrator(tx, &person, (unit, &phc), today, &entry).await.map(Some)
        })
    });
    let id = made.await?.ok_or(Fault::NotFound)?;
    let mut response = go("/", "You are the first administrator. Add your colleagues next.");
    session::start(&visit, &id, response.headers_mut()).await?;
    Ok(response)
}

/// The unit of the whole trust; added where there is none.
async fn trust_unit(
    tx: &mut Tx,
    name: String,
    today: Day,
    entry: &Entry,
) -> store::Result<UnitCode> {
    let all = units::list(tx).await?;
    if let Some(trust) = all.into_iter().find(|it| it.unit.kind == UnitKind::Trust) {
        return Ok(trust.unit.code);
    }
    let unit = Unit {
        code: UnitCode::new(TRUST),
        name,
        kind: UnitKind::Trust,
        parent: None,
        from: today,
        until: None,
    };
    units::upsert(tx, &unit, None, entry).await?;
    Ok(unit.code)
}

async fn administrator(
    tx: &mut Tx,
    person: &Person,
    (unit, phc): (UnitCode, &str),
    today: Day,
    entry: &Entry,
) -> store::Result<PersonId> {
    let id = people::create(tx, person, entry).await?;
    credentials::set_password(tx, &id, phc, entry).await?;
    let new = NewGrant {
        person: id.clone(),
        role: "ADMINISTRATOR".to_owned(),
        unit,
        patient_level: false,
        reason: "The first administrator, made at the first start".to_owned(),
        from: today,
        until: None,
    };
    grants::grant(tx, &new, entry).await?;
    Ok(id)
}

impl Page for Begin {
    const TEMPLATE: &'static str = "features/first_start/begin.html";

    fn samples() -> Vec<Self> {
        let mut wrong = Wrong::default();
        wrong.add("name", "Enter your name");
        wrong.add("again", "Type the same password twice");
        let page = |wrong| Self {
            shell: Shell {
                person: None,
                navigation: Vec::new(),
                trail: Vec::new(),
                ..Shell::sample("Make the first administrator")
            },
            wrong,
            form: Form::default(),
        };
        vec![page(Wrong::default()), page(wrong)]
    }
}
