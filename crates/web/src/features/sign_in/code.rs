//! The second factor: a code from an authenticator app, set up at the first sign-in that needs it.

use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use store::audit::Outcome;
use store::{credentials, sessions};
use totp_rs::{Algorithm, Builder, Secret};

use super::start::{Next, may_try};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::{Wrong, go, local};
use crate::shell::page::{Page, Shell};
use crate::shell::seal;
use crate::shell::visit::Visit;

/// Seconds that a code lasts.
const STEP: u64 = 30;

#[derive(askama::Template)]
#[template(path = "features/sign_in/code.html")]
pub(super) struct Code {
    shell: Shell,
    wrong: Wrong,
    next: String,
    /// A new secret that waits for its first code; blank where there is one already.
    sealed: String,
    set_up: Option<SetUp>,
}

/// How an authenticator app learns a new secret.
pub(super) struct SetUp {
    key: String,
    picture: String,
}

/// What is typed.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(default)]
    code: String,
    #[serde(default)]
    sealed: String,
    #[serde(default)]
    next: String,
}

pub(super) async fn show(
    State(app): State<App>,
    visit: Visit,
    Query(next): Query<Next>,
) -> Result<Response, Fault> {
    let person = visit.person()?;
    let mut db = app.store().read().await?;
    let has_one = credentials::totp(&mut db, &person.id).await?.is_some();
    let sealed = if has_one { String::new() } else { new_secret(&visit)? };
    Ok(page(&visit, Wrong::default(), (sealed, next.next))?.respond())
}

fn new_secret(visit: &Visit) -> Result<String, Fault> {
    let mut secret = [0; 20];
    getrandom::fill(&mut secret).map_err(|error| Fault::Broken(error.to_string()))?;
    seal::seal(&visit.app.settings().key, visit.person()?.id.as_str(), &secret)
}

fn page(visit: &Visit, wrong: Wrong, (sealed, next): (String, String)) -> Result<Code, Fault> {
    let set_up = match sealed.as_str() {
        "" => None,
        text => {
            let person = visit.person()?;
            let secret = seal::open(&visit.app.settings().key, person.id.as_str(), text)?;
            Some(set_up(&secret, &person.name)?)
        }
    };
    let title = if set_up.is_some() { "Set up a second factor" } else { "Enter your code" };
    let shell = visit.shell(title);
    let shell = shell.with_errors(&wrong);
    let shell = Shell { navigation: Vec::new(), ..shell };
    Ok(Code { shell, wrong, next: local(&next).to_owned(), sealed, set_up })
}

fn set_up(secret: &[u8], name: &str) -> Result<SetUp, Fault> {
    let key = Secret::from(secret).to_base32();
    let name: String =
        name.chars().map(|it| if it.is_ascii_alphanumeric() { it } else { '.' }).collect();
    let link = format!("otpauth://totp/Concord:{name}?secret={key}&issuer=Concord");
    let code = qrcode::QrCode::new(link).map_err(|error| Fault::Broken(error.to_string()))?;
    let picture = code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(200, 200).build();
    let picture = picture.split_once("?>").map_or(picture.clone(), |it| it.1.to_owned());
    let picture = picture.replacen(
        "<svg",
        "<svg role=\"img\" aria-label=\"The key as a picture for an authenticator app\"",
        1,
    );
    let groups: Vec<String> =
        key.as_bytes().chunks(4).map(|it| String::from_utf8_lossy(it).into_owned()).collect();
    Ok(SetUp { key: groups.join(" "), picture })
}

pub(super) async fn prove(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let form: Form = visit.fields.read()?;
    let person = visit.person()?;
    may_try(&visit, person.id.as_str()).await?;
    let mut db = app.store().read().await?;
    let known = credentials::totp(&mut db, &person.id).await?;
    drop(db);
    // A secret of the form is taken only where there is none, so that nobody sets up a second one.
    let (sealed, is_new) = match &known {
        Some(known) => (known.sealed.clone(), false),
        None => (form.sealed.clone(), true),
    };
    if is_new {
        // What a browser sends back may be anything.
        let opened = seal::open(&app.settings().key, person.id.as_str(), &sealed);
        opened
            .map_err(|_| Fault::Refused("Open this page again, and enter the code.".to_owned()))?;
    }
    let Some(step) = step_of(&visit, &sealed, &form.code)? else {
        return refused(&visit, form, is_new).await;
    };
    let (id, session) = (person.id.clone(), person.session.clone());
    let entry = visit.entry("sign-in.code", "");
    let proved = app.store().write(move |tx| {
        Box::pin(async move {
            if is_new {
                credentials::set_totp(tx, &id, &sealed, step, &entry).await?;
            } else if !credentials::use_totp_step(tx, &id, step).await? {
                return Ok(false);
            }
            sessions::step_up(tx, &session, sessions::Proved::TwoFactors, &entry).await?;
            Ok(true)
        })
    });
    if proved.await? { Ok(go(&form.next, "")) } else { refused(&visit, form, is_new).await }
}

async fn refused(visit: &Visit, form: Form, is_new: bool) -> Result<Response, Fault> {
    visit.app.store().audit(visit.entry("sign-in.code", "").ended(Outcome::Refused)).await?;
    let mut wrong = Wrong::default();
    wrong.add("code", "Enter the six digits that the app shows now");
    let sealed = if is_new { form.sealed } else { String::new() };
    Ok(page(visit, wrong, (sealed, form.next))?.respond())
}

/// The 30-second step whose code this is: now, or one before or after.
///
/// # Errors
///
/// [`Fault::Broken`] if the secret cannot be opened.
pub(super) fn step_of(visit: &Visit, sealed: &str, code: &str) -> Result<Option<i64>, Fault> {
    let owner = visit.person()?.id.as_str();
    let secret = seal::open(&visit.app.settings().key, owner, sealed)?;
    let code: String = code.chars().filter(char::is_ascii_digit).collect();
    let totp = Builder::new().with_algorithm(Algorithm::SHA1).with_secret(secret);
    let totp = totp.with_step_duration(STEP).build();
    let totp = totp.map_err(|error| Fault::Broken(error.to_string()))?;
    let now = u64::try_from(visit.now.as_second()).unwrap_or(0) / STEP;
    let steps = [now, now.saturating_sub(1), now + 1];
    let found = steps.into_iter().find(|it| totp.generate(it * STEP).to_string() == code);
    Ok(found.and_then(|it| i64::try_from(it).ok()))
}

impl Page for Code {
    const TEMPLATE: &'static str = "features/sign_in/code.html";

    fn samples() -> Vec<Self> {
        let page = |wrong, set_up| Self {
            shell: Shell::sample("Enter your code"),
            wrong,
            next: "/".to_owned(),
            sealed: String::new(),
            set_up,
        };
        let mut wrong = Wrong::default();
        wrong.add("code", "Enter the six digits that the app shows now");
        let new = set_up(&[0; 20], "Priya Raman").expect("a key can be drawn");
        vec![page(Wrong::default(), Some(new)), page(wrong, None)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_written_as_in_rfc_4648_in_groups_of_four() {
        let key = |secret: &[u8]| set_up(secret, "Priya Raman").expect("it can be drawn").key;
        assert_eq!(key(b"foobar"), "MZXW 6YTB OI");
        assert_eq!(key(b"f"), "MY");
    }
}
