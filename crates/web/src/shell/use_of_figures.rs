//! How many different people look behind the figures of a unit, without knowing who.
//!
//! A page on which somebody looks behind the figures of a service leaves one mark for the person, the
//! unit and the month: a hash under a salt that is sealed with the site's key. When the month has
//! ended the salt is thrown away, and only the number of people stays, if it is large enough. The
//! audit is never asked.

use access::Capability;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use store::measures::Month;
use store::use_counts::{self, UseCount};
use store::{Entry, UnitCode};

use super::evidence::SETTINGS;
use super::fault::Fault;
use super::seal;
use super::session::today;
use super::visit::Visit;
use crate::App;

/// Who ends a month in the audit: nobody in particular.
const ITSELF: &str = "concord";

/// Remembers that somebody looked behind the figures of a unit. Whoever makes the figures, and whoever
/// checks on others, is not counted as using them. A page is shown whether or not this can be kept.
pub async fn looked_behind(visit: &Visit, unit: &str) {
    let makes_or_checks = visit.may(Capability::RunCosting) || visit.may(Capability::ReadAudit);
    if makes_or_checks || visit.person.is_none() {
        return;
    }
    if let Err(fault) = mark(visit, unit).await {
        tracing::warn!(request = %visit.request, ?fault, "a use could not be counted");
    }
}

async fn mark(visit: &Visit, unit: &str) -> Result<(), Fault> {
    let (app, person) = (&visit.app, visit.person()?);
    let (month, unit) = (Month::of(today(visit.now)), UnitCode::new(unit));
    let owner = format!("use {month}");
    let mut db = app.store().read().await?;
    let sealed = if let Some(sealed) = use_counts::salt(&mut db, month).await? {
        sealed
    } else {
        let salt = store::random_token()?;
        let sealed = seal::seal(&app.settings().key, &owner, salt.as_bytes())?;
        let begun = app
            .store()
            .write(move |tx| Box::pin(async move { use_counts::begin(tx, month, &sealed).await }));
        begun.await?
    };
    let salt = seal::open(&app.settings().key, &owner, &sealed)?;
    let mark = hash(&[&salt, unit.as_str().as_bytes(), person.id.as_str().as_bytes()]);
    if use_counts::is_marked(&mut db, (&unit, month), &mark).await? {
        return Ok(());
    }
    drop(db);
    let left = app.store().write(move |tx| {
        Box::pin(async move { use_counts::mark(tx, (&unit, month), &mark).await })
    });
    Ok(left.await?)
}

fn hash(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().map(|it| format!("{it:02x}")).collect()
}

/// Counts of a unit in months that have ended, the latest first; of fewer people there are none.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn counts(app: &App, unit: &UnitCode, now: Timestamp) -> Result<Vec<UseCount>, Fault> {
    let month = Month::of(today(now));
    let mut db = app.store().read().await?;
    let has_ended = !use_counts::ended(&mut db, month).await?.is_empty();
    drop(db);
    if has_ended {
        let fewest = i64::try_from(SETTINGS.people_at_least.value).unwrap_or(i64::MAX);
        let entry = Entry::by(ITSELF, now);
        let ended = app.store().write(move |tx| {
            Box::pin(async move { use_counts::end(tx, (month, fewest), &entry).await })
        });
        ended.await?;
    }
    let mut db = app.store().read().await?;
    Ok(use_counts::counts(&mut db, unit).await?)
}
