//! Sessions: opened by a token of which only the hash is stored, ended on this side.

pub mod attempts;

use jiff::{SignedDuration, Timestamp};
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result};
use crate::ids::{PersonId, SessionId};
use crate::people::{self, PersonState};
use crate::row::Values as _;
use crate::writer::Tx;

/// How often a sign of life is written down at most.
const TOUCHED_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// A session from further in the future is not believed: the clock was set back.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// A session to be opened.
#[derive(Clone, Copy)]
pub struct NewSession<'a> {
    /// The token that the browser holds, from [`crate::random_token`].
    pub token: &'a str,
    /// Whose.
    pub person: &'a PersonId,
    /// Secret that protects its forms.
    pub csrf: &'a str,
    /// Address that it was opened from.
    pub ip: &'a str,
    /// The browser, as it calls itself.
    pub agent: &'a str,
}

/// How long sessions last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Without a request.
    pub idle: SignedDuration,
    /// Altogether.
    pub absolute: SignedDuration,
}

/// A session that lasts.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// Hash of its token.
    pub id: SessionId,
    /// Whose.
    pub person: PersonId,
    /// Secret that protects its forms.
    pub csrf: String,
    /// When it was opened.
    pub created: Timestamp,
    /// The last sign of life, to the minute.
    pub seen: Timestamp,
    /// When the person last proved anew who they are.
    pub stepped_up_at: Option<Timestamp>,
    /// Address that it was opened from.
    pub ip: String,
    /// The browser.
    pub agent: String,
}

impl Session {
    /// Whether a sign of life is due to be written down.
    pub fn is_touch_due(&self, now: Timestamp) -> bool {
        now.duration_since(self.seen) >= TOUCHED_EVERY
    }

    fn lasts(&self, now: Timestamp, limits: &Limits) -> bool {
        now.duration_since(self.seen) < limits.idle
            && now.duration_since(self.created) < limits.absolute
            && self.created.duration_since(now) <= CLOCK_TOLERANCE
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("person", &self.person).finish_non_exhaustive()
    }
}

/// Opens a session.
///
/// # Errors
/// If the person has left or is not there.
pub async fn start(tx: &mut Tx, new: &NewSession<'_>, entry: &Entry) -> Result<SessionId> {
    if people::get(tx, new.person).await?.state == PersonState::Left {
        return Err(Refusal::HasLeft.into());
    }
    let id = SessionId::of_token(new.token);
    let now = entry.at.as_microsecond();
    sqlx::query(
        "INSERT INTO session (id, person, csrf, created, seen, ip, agent)
         VALUES ($1, $2, $3, $4, $4, $5, $6)",
    )
    .bind(id.as_str())
    .bind(new.person.as_str())
    .bind(new.csrf)
    .bind(now)
    .bind(new.ip)
    .bind(new.agent)
    .execute(&mut **tx)
    .await?;
    record(tx, &id, "session.start", entry).await?;
    Ok(id)
}

/// The session that a token opens, if it lasts and its person works here.
///
/// # Errors
/// If the database cannot be read.
pub async fn find(
    db: &mut Connection,
    token: &str,
    now: Timestamp,
    limits: &Limits,
) -> Result<Option<Session>> {
    let row = sqlx::query(
        "SELECT session.* FROM session
         JOIN person ON person.id = session.person AND person.state = 'active'
         WHERE session.id = $1 AND session.ended_at IS NULL",
    )
    .bind(SessionId::of_token(token).as_str())
    .fetch_optional(db)
    .await?;
    let session = row.as_ref().map(stored).transpose()?;
    Ok(session.filter(|it| it.lasts(now, limits)))
}

/// The sessions of a person that last, latest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(
    db: &mut Connection,
    person: &PersonId,
    now: Timestamp,
    limits: &Limits,
) -> Result<Vec<Session>> {
    let rows = sqlx::query(
        "SELECT * FROM session WHERE person = $1 AND ended_at IS NULL ORDER BY created DESC, id",
    )
    .bind(person.as_str())
    .fetch_all(db)
    .await?;
    let sessions = rows.iter().map(stored).collect::<Result<Vec<_>>>()?;
    Ok(sessions.into_iter().filter(|it| it.lasts(now, limits)).collect())
}

/// Writes a sign of life down, at most once a minute; whether it was.
///
/// # Errors
/// If the database refuses.
pub async fn touch(tx: &mut Tx, id: &SessionId, now: Timestamp) -> Result<bool> {
    let before = now - TOUCHED_EVERY;
    let changed = sqlx::query(
        "UPDATE session SET seen = $1 WHERE id = $2 AND ended_at IS NULL AND seen <= $3",
    )
    .bind(now.as_microsecond())
    .bind(id.as_str())
    .bind(before.as_microsecond())
    .execute(&mut **tx)
    .await?;
    Ok(changed.rows_affected() == 1)
}

/// Gives a session another token; the old one opens nothing any more. Its times stay.
///
/// # Errors
/// If the session has ended.
pub async fn rotate(
    tx: &mut Tx,
    id: &SessionId,
    new_token: &str,
    entry: &Entry,
) -> Result<SessionId> {
    let new = SessionId::of_token(new_token);
    let changed = sqlx::query("UPDATE session SET id = $1 WHERE id = $2 AND ended_at IS NULL")
        .bind(new.as_str())
        .bind(id.as_str())
        .execute(&mut **tx)
        .await?;
    must_be_one(changed.rows_affected())?;
    record(tx, &new, "session.rotate", entry).await?;
    Ok(new)
}

/// Writes down that the person proved anew who they are.
///
/// # Errors
/// If the session has ended.
pub async fn step_up(tx: &mut Tx, id: &SessionId, entry: &Entry) -> Result<()> {
    let changed =
        sqlx::query("UPDATE session SET stepped_up_at = $1 WHERE id = $2 AND ended_at IS NULL")
            .bind(entry.at.as_microsecond())
            .bind(id.as_str())
            .execute(&mut **tx)
            .await?;
    must_be_one(changed.rows_affected())?;
    record(tx, id, "session.step_up", entry).await
}

/// Ends one session of a person.
///
/// # Errors
/// If it is not theirs or has ended.
pub async fn end(tx: &mut Tx, person: &PersonId, id: &SessionId, entry: &Entry) -> Result<()> {
    let changed = sqlx::query(
        "UPDATE session SET ended_at = $1 WHERE id = $2 AND person = $3 AND ended_at IS NULL",
    )
    .bind(entry.at.as_microsecond())
    .bind(id.as_str())
    .bind(person.as_str())
    .execute(&mut **tx)
    .await?;
    must_be_one(changed.rows_affected())?;
    record(tx, id, "session.end", entry).await
}

/// Ends every session of a person; how many.
///
/// # Errors
/// If the database refuses.
pub async fn end_all(tx: &mut Tx, person: &PersonId, entry: &Entry) -> Result<usize> {
    let ended = end_each(tx, person, entry.at).await?;
    audit::append(tx, &entry.of("session.end_all", format!("person/{person}")).rows(ended)).await?;
    Ok(ended)
}

/// Ends every session of a person, without an audit row of its own; how many.
pub(crate) async fn end_each(tx: &mut Tx, person: &PersonId, now: Timestamp) -> Result<usize> {
    let changed =
        sqlx::query("UPDATE session SET ended_at = $1 WHERE person = $2 AND ended_at IS NULL")
            .bind(now.as_microsecond())
            .bind(person.as_str())
            .execute(&mut **tx)
            .await?;
    Ok(usize::try_from(changed.rows_affected()).unwrap_or(usize::MAX))
}

/// Throws sessions away that nobody has used since; how many.
///
/// # Errors
/// If the database refuses.
pub async fn prune(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    let gone = sqlx::query("DELETE FROM session WHERE seen < $1")
        .bind(before.as_microsecond())
        .execute(&mut **tx)
        .await?;
    Ok(gone.rows_affected())
}

fn must_be_one(changed: u64) -> Result<()> {
    if changed == 1 { Ok(()) } else { Err(Error::NotFound("session that lasts".to_owned())) }
}

async fn record(tx: &mut Tx, id: &SessionId, action: &str, entry: &Entry) -> Result<()> {
    audit::append(tx, &entry.of(action, format!("session/{id}"))).await?;
    Ok(())
}

fn stored(row: &AnyRow) -> Result<Session> {
    Ok(Session {
        id: SessionId::new(row.text("id")?),
        person: PersonId::new(row.text("person")?),
        csrf: row.text("csrf")?,
        created: row.at("created")?,
        seen: row.at("seen")?,
        stepped_up_at: row.at_if("stepped_up_at")?,
        ip: row.text("ip")?,
        agent: row.text("agent")?,
    })
}
