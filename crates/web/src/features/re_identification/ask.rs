//! Asking for the local identifier of one event.

use access::Capability;
use axum::extract::State;
use axum::response::Response;
use domain::Key;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use store::audit::{self, Asked, Outcome};
use vault::{Vault, VaultError};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;

/// So many questions a person may ask in an hour; more looks like a list.
const AN_HOUR_AT_MOST: u16 = 20;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Letters of a reason at least, so that it says something.
const REASON_LETTERS: usize = 10;

/// Action under which questions stand in the audit.
const ACTION: &str = "identity.ask";

#[derive(askama::Template)]
#[template(path = "features/re_identification/ask.html")]
pub(super) struct Ask {
    shell: Shell,
    wrong: Wrong,
    form: Form,
    answer: Answer,
}

/// What the page has to say.
enum Answer {
    /// Nothing was asked yet.
    NotAsked,
    /// The identifier.
    Found(String),
    /// No intake has seen such an event.
    Unknown,
}

/// A question as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    event: String,
    reason: String,
}

pub(super) async fn show(visit: Visit) -> Response {
    page(&visit, (Wrong::default(), Form::default(), Answer::NotAsked)).respond()
}

fn page(visit: &Visit, (wrong, form, answer): (Wrong, Form, Answer)) -> Ask {
    let title = match &answer {
        Answer::NotAsked => "Find the local identifier of an event",
        Answer::Found(_) => "The local identifier",
        Answer::Unknown => "There is no such event",
    };
    let shell = visit.shell(title);
    let shell = shell.with_errors(&wrong);
    Ask { shell, wrong, form, answer }
}

/// Puts the question on record, then answers it; the answer stands on this page alone.
pub(super) async fn answer(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let form: Form = visit.fields.read()?;
    let mut wrong = Wrong::default();
    let event: Option<Key> = form.event.trim().parse().ok();
    wrong.unless(event.is_some(), "event", "Enter the reference of one event, as a page shows it");
    let letters = form.reason.trim().chars().count();
    wrong.unless(letters >= REASON_LETTERS, "reason", "Say why you need to know, in a few words");
    let Some(event) = event.filter(|_| wrong.is_empty()) else {
        return Ok(page(&visit, (wrong, form, Answer::NotAsked)).respond());
    };
    let seq = on_record(&visit, &event.to_string(), form.reason.trim()).await?;
    let by = visit.person()?.id.as_str().to_owned();
    let reason = form.reason.trim().to_owned();
    let at = format!("{}, audit row {seq}", visit.now);
    let folder = app.settings().vault.clone();
    let found = reading(move || {
        let asked = vault::Asked { by: &by, reason: &reason, at: &at };
        let found = Vault::open(&folder).and_then(|mut it| it.native_of_event(event, &asked));
        found.map_err(|error| match error {
            VaultError::NoVault(_) => Fault::Refused(
                "This site has no vault of identities: nothing was loaded here.".to_owned(),
            ),
            other => Fault::Broken(other.to_string()),
        })
    });
    let found = found.await?;
    let answer = found.map_or(Answer::Unknown, Answer::Found);
    Ok(page(&visit, (Wrong::default(), Form::default(), answer)).respond())
}

/// Counts the question and puts it on record, in one transaction; its number once that is on disk.
async fn on_record(visit: &Visit, event: &str, reason: &str) -> Result<i64, Fault> {
    let scope = visit.scope(Capability::Reidentify)?;
    let entry = visit.entry_in(scope, ACTION, event).because(reason);
    let refused = entry.clone().ended(Outcome::Refused);
    let asked = Asked {
        actor: Some(entry.actor.clone()),
        action: Some(ACTION.to_owned()),
        from: Some(visit.now - HOUR),
        ..Asked::default()
    };
    let hour_ago = visit.now - HOUR;
    let counted = visit.app.store().write(move |tx| {
        Box::pin(async move {
            let before = audit::list(tx, &asked, u16::MAX).await?;
            let answered: Vec<Timestamp> = before
                .iter()
                .filter(|it| it.entry.outcome == Outcome::Done && it.entry.at > hour_ago)
                .map(|it| it.entry.at)
                .collect();
            if answered.len() < usize::from(AN_HOUR_AT_MOST) {
                return audit::append(tx, &entry).await.map(Ok);
            }
            audit::append(tx, &refused).await?;
            // Latest first: the oldest of the last twenty leaves the hour first.
            Ok(Err(answered[usize::from(AN_HOUR_AT_MOST) - 1]))
        })
    });
    counted.await?.map_err(|oldest| {
        let seconds = (oldest + HOUR).duration_since(visit.now).as_secs().max(1);
        Fault::TooMany(seconds.unsigned_abs())
    })
}

impl Page for Ask {
    const TEMPLATE: &'static str = "features/re_identification/ask.html";

    fn samples() -> Vec<Self> {
        let page = |title: &str, wrong, answer| Self {
            shell: Shell::sample(title),
            wrong,
            form: Form::default(),
            answer,
        };
        let mut wrong = Wrong::default();
        wrong.add("event", "Enter the reference of one event, as a page shows it");
        wrong.add("reason", "Say why you need to know, in a few words");
        let ask = "Find the local identifier of an event";
        vec![
            page(ask, Wrong::default(), Answer::NotAsked),
            page(ask, wrong, Answer::NotAsked),
            page("The local identifier", Wrong::default(), Answer::Found("SPELL-000".to_owned())),
            page("There is no such event", Wrong::default(), Answer::Unknown),
        ]
    }
}
