//! Publication of runs by two people: one prepares and asks, another publishes.

use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, filled, taken};
use crate::ids::{PersonId, PublicationId};
use crate::people::{self, PersonState};
use crate::row::{Values as _, texts};
use crate::writer::Tx;

texts! {
    /// Where a request stands.
    PublicationState {
        /// Somebody was asked.
        Asked = "asked",
        /// The second person published.
        Published = "published",
        /// It was taken back.
        Withdrawn = "withdrawn",
    }
}

/// A request as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// Reference.
    pub id: PublicationId,
    /// The run.
    pub run: String,
    /// Who prepared it and asks.
    pub prepared_by: String,
    /// Who is asked to publish.
    pub asked_of: PersonId,
    /// When they were asked.
    pub asked_at: Timestamp,
    /// Where it stands.
    pub state: PublicationState,
    /// Who published it or took it back.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// Goes up with each change.
    pub version: i64,
}

/// Asks a second person to publish a run that whoever the entry names has prepared.
///
/// # Errors
/// If that is the same person, or has left, or the run is asked for or published already.
pub async fn ask(
    tx: &mut Tx,
    run: &str,
    asked_of: &PersonId,
    entry: &Entry,
) -> Result<PublicationId> {
    filled("the run", run)?;
    if asked_of.as_str() == entry.actor {
        return Err(Refusal::OwnPublication.into());
    }
    if people::get(tx, asked_of).await?.state == PersonState::Left {
        return Err(Refusal::HasLeft.into());
    }
    let id = PublicationId::random()?;
    sqlx::query(
        "INSERT INTO publication (id, run, prepared_by, asked_of, asked_at, state, version)
         VALUES ($1, $2, $3, $4, $5, 'asked', 1)",
    )
    .bind(id.as_str())
    .bind(run)
    .bind(entry.actor.as_str())
    .bind(asked_of.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("a request to publish run {run}")))?;
    audit::append(tx, &entry.of("publication.ask", format!("publication/{id} run/{run}"))).await?;
    Ok(id)
}

/// Publishes, as the person whom the entry names; they saw the request at a version.
///
/// Whether they may publish at all is for their rights to say; here they must be somebody else than
/// who prepared the run.
///
/// # Errors
/// If they prepared it, it was changed since, or is not asked for any more.
pub async fn publish(tx: &mut Tx, id: &PublicationId, seen: i64, entry: &Entry) -> Result<()> {
    let publication = get(tx, id).await?;
    if publication.prepared_by == entry.actor {
        return Err(Refusal::OwnPublication.into());
    }
    let second = people::get(tx, &PersonId::new(entry.actor.as_str())).await?;
    if second.state == PersonState::Left {
        return Err(Refusal::HasLeft.into());
    }
    decide(tx, &publication, PublicationState::Published, seen, entry).await
}

/// Takes a request back.
///
/// # Errors
/// If it was changed since, or is not asked for any more.
pub async fn withdraw(tx: &mut Tx, id: &PublicationId, seen: i64, entry: &Entry) -> Result<()> {
    let publication = get(tx, id).await?;
    decide(tx, &publication, PublicationState::Withdrawn, seen, entry).await
}

async fn decide(
    tx: &mut Tx,
    publication: &Publication,
    to: PublicationState,
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let what = format!("the request to publish run {}", publication.run);
    if publication.state != PublicationState::Asked {
        let from = publication.state.to_string();
        return Err(Refusal::WrongMove { what, from, to: to.as_str() }.into());
    }
    if publication.version != seen {
        return Err(Error::Stale { what, yours: seen, current: publication.version });
    }
    sqlx::query(
        "UPDATE publication SET state = $1, decided_by = $2, decided_at = $3, version = version + 1
         WHERE id = $4",
    )
    .bind(to.as_str())
    .bind(entry.actor.as_str())
    .bind(entry.at.as_microsecond())
    .bind(publication.id.as_str())
    .execute(&mut **tx)
    .await?;
    let object = format!("publication/{} run/{} {to}", publication.id, publication.run);
    audit::append(tx, &entry.of("publication.decide", object)).await?;
    Ok(())
}

/// One request.
///
/// # Errors
/// If there is none.
pub async fn get(db: &mut Connection, id: &PublicationId) -> Result<Publication> {
    let row = sqlx::query("SELECT * FROM publication WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(db)
        .await?;
    stored(&row.ok_or_else(|| Error::NotFound(format!("request to publish {id}")))?)
}

/// Requests, latest first; of one run if it is given.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection, run: Option<&str>) -> Result<Vec<Publication>> {
    let rows = sqlx::query(
        "SELECT * FROM publication WHERE ($1 IS NULL OR run = $1) ORDER BY asked_at DESC, id",
    )
    .bind(run)
    .fetch_all(db)
    .await?;
    rows.iter().map(stored).collect()
}

fn stored(row: &AnyRow) -> Result<Publication> {
    Ok(Publication {
        id: PublicationId::new(row.text("id")?),
        run: row.text("run")?,
        prepared_by: row.text("prepared_by")?,
        asked_of: PersonId::new(row.text("asked_of")?),
        asked_at: row.at("asked_at")?,
        state: row.parsed("state", "state of a publication")?,
        decided_by: row.text_if("decided_by")?,
        decided_at: row.at_if("decided_at")?,
        version: row.number("version")?,
    })
}
