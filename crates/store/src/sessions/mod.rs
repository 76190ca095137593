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

/// What an identity provider said of whoever a session is opened for.
#[derive(Clone, Copy, Debug)]
pub struct ByProvider<'a> {
    /// The provider.
    pub issuer: &'a str,
    /// Who they are there.
    pub subject: &'a str,
    /// The session there, if it has a name.
    pub session: Option<&'a str>,
    /// When they proved there who they are, if that is known.
    pub proved_at: Option<Timestamp>,
    /// Whether they showed a second factor there.
    pub second_factor: bool,
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
    /// Whether a second factor was shown.
    pub second_factor: bool,
    /// The identity provider by which it was opened, if by one, and who the person is there.
    pub identity: Option<(String, String)>,
    /// When the provider says that the person proved who they are; none where it does not say.
    pub proved_there_at: Option<Timestamp>,
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

    /// When the person last proved who they are. Whoever came by a provider proved it when that
    /// says so, and not by coming here; where it does not say, it is too long ago for anything.
    pub fn proved_at(&self) -> Timestamp {
        let began = match (&self.identity, self.proved_there_at) {
            (None, _) => self.created,
            (Some(_), there) => there.unwrap_or(Timestamp::UNIX_EPOCH).min(self.created),
        };
        self.stepped_up_at.map_or(began, |it| it.max(began))
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

/// Opens a session by the word of an identity provider.
///
/// # Errors
/// As [`start`].
pub async fn start_by_provider(
    tx: &mut Tx,
    new: &NewSession<'_>,
    by: &ByProvider<'_>,
    entry: &Entry,
) -> Result<SessionId> {
    let id = start(tx, new, entry).await?;
    sqlx::query(
        "UPDATE session SET issuer = $1, subject = $2, provider_session = $3, proved_at = $4,
             second_factor = $5
         WHERE id = $6",
    )
    .bind(by.issuer)
    .bind(by.subject)
    .bind(by.session)
    .bind(by.proved_at.map(Timestamp::as_microsecond))
    .bind(i64::from(by.second_factor))
    .bind(id.as_str())
    .execute(&mut **tx)
    .await?;
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

/// How a person proves anew who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proved {
    /// With what they know alone.
    OneFactor,
    /// With a second factor.
    TwoFactors,
}

/// Writes down that the person proved anew who they are. A second factor counts for the rest of the
/// session.
///
/// # Errors
/// If the session has ended.
pub async fn step_up(tx: &mut Tx, id: &SessionId, proved: Proved, entry: &Entry) -> Result<()> {
    let changed = sqlx::query(
        "UPDATE session SET stepped_up_at = $1,
             second_factor = CASE WHEN $2 = 1 THEN 1 ELSE second_factor END
         WHERE id = $3 AND ended_at IS NULL",
    )
    .bind(entry.at.as_microsecond())
    .bind(i64::from(proved == Proved::TwoFactors))
    .bind(id.as_str())
    .execute(&mut **tx)
    .await?;
    must_be_one(changed.rows_affected())?;
    record(tx, id, "session.step_up", entry).await
}

/// As [`step_up`], by the word of the provider, whose session may be another from now on.
///
/// # Errors
/// As [`step_up`].
pub async fn step_up_by_provider(
    tx: &mut Tx,
    id: &SessionId,
    (proved, session): (Proved, Option<&str>),
    entry: &Entry,
) -> Result<()> {
    step_up(tx, id, proved, entry).await?;
    if let Some(session) = session {
        sqlx::query("UPDATE session SET provider_session = $1 WHERE id = $2")
            .bind(session)
            .bind(id.as_str())
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
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

/// Puts on record that a session ended that somebody elsewhere ended.
pub(crate) async fn record_end(tx: &mut Tx, id: &str, entry: &Entry) -> Result<()> {
    record(tx, &SessionId::new(id), "session.end", entry).await
}

fn stored(row: &AnyRow) -> Result<Session> {
    Ok(Session {
        id: SessionId::new(row.text("id")?),
        person: PersonId::new(row.text("person")?),
        csrf: row.text("csrf")?,
        created: row.at("created")?,
        seen: row.at("seen")?,
        stepped_up_at: row.at_if("stepped_up_at")?,
        second_factor: row.flag("second_factor")?,
        identity: row.text_if("issuer")?.zip(row.text_if("subject")?),
        proved_there_at: row.at_if("proved_at")?,
        ip: row.text("ip")?,
        agent: row.text("agent")?,
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::testing::{add_person, at, by, change, error, on_both};
    use crate::{Store, random_token};

    const LIMITS: Limits =
        Limits { idle: SignedDuration::from_mins(30), absolute: SignedDuration::from_hours(12) };
    const MINUTE: i64 = 60;

    async fn started(store: &Store, person: &PersonId, token: &str) -> SessionId {
        let (person, token) = (person.clone(), token.to_owned());
        change!(store, |tx| async {
            let (csrf, ip, agent) = ("csrf", "192.0.2.1", "browser");
            let new = NewSession { token: &token, person: &person, csrf, ip, agent };
            start(tx, &new, &by(&person)).await
        })
        .expect("it is opened")
    }

    async fn found(store: &Store, token: &str, seconds: i64) -> Option<Session> {
        let mut db = store.read().await.expect("a connection");
        find(&mut db, token, at(seconds), &LIMITS).await.expect("a read")
    }

    #[test]
    fn a_token_opens_its_session_and_is_stored_nowhere() {
        on_both(|store| async move {
            let ann = add_person(&store, "Ann").await;
            let token = random_token().expect("random bytes");
            assert_eq!(token.len(), 64);
            let id = started(&store, &ann, &token).await;
            let session = found(&store, &token, 1).await.expect("it lasts");
            assert_eq!(
                (session.id.clone(), session.person, session.csrf),
                (id, ann, "csrf".into())
            );
            assert!(found(&store, "another token", 1).await.is_none());
            assert!(
                found(&store, session.id.as_str(), 1).await.is_none(),
                "the hash opens nothing"
            );

            let mut db = store.read().await.expect("a connection");
            let row = sqlx::query("SELECT * FROM session").fetch_one(&mut *db).await;
            let row = row.expect("the row");
            for column in ["id", "person", "csrf", "ip", "agent"] {
                assert!(!row.text(column).expect("a text").contains(&token), "{column}");
            }
        });
    }

    #[test]
    fn a_session_ends_when_idle_or_old_and_a_sign_of_life_keeps_it() {
        on_both(|store| async move {
            let ann = add_person(&store, "Ann").await;
            let id = started(&store, &ann, "t").await;
            assert!(found(&store, "t", 30 * MINUTE - 1).await.is_some());
            assert!(found(&store, "t", 30 * MINUTE).await.is_none());

            // A sign of life every 20 minutes; at 12 hours it ends all the same.
            for number in 1..=36 {
                let id = id.clone();
                let now = at(number * 20 * MINUTE);
                assert!(change!(store, |tx| touch(tx, &id, now)).expect("a write"));
            }
            assert!(found(&store, "t", 12 * 60 * MINUTE - 1).await.is_some());
            assert!(found(&store, "t", 12 * 60 * MINUTE).await.is_none());
            // The clock was set back by an hour before the session began.
            assert!(found(&store, "t", -60 * MINUTE).await.is_none());
        });
    }

    #[test]
    fn a_sign_of_life_is_written_once_a_minute() {
        on_both(|store| async move {
            let ann = add_person(&store, "Ann").await;
            let id = started(&store, &ann, "t").await;
            for (seconds, is_written) in [(59, false), (60, true), (61, false), (120, true)] {
                let due = found(&store, "t", seconds).await.expect("it lasts");
                assert_eq!(due.is_touch_due(at(seconds)), is_written, "after {seconds} s");
                let id = id.clone();
                let written = change!(store, |tx| touch(tx, &id, at(seconds)));
                assert_eq!(written.expect("a write"), is_written, "after {seconds} s");
            }
        });
    }

    #[test]
    fn another_token_replaces_the_old_one_and_keeps_the_times() {
        on_both(|store| async move {
            let ann = add_person(&store, "Ann").await;
            let id = started(&store, &ann, "old").await;
            let (old, entry) = (id.clone(), by(&ann));
            let new = change!(store, |tx| rotate(tx, &old, "new", &entry)).expect("it lasts");
            assert!(found(&store, "old", 1).await.is_none());
            let session = found(&store, "new", 1).await.expect("it lasts");
            assert_eq!((session.created, session.stepped_up_at), (at(0), None));

            let (target, entry) = (new, by(&ann));
            assert!(!session.second_factor);
            let step = Proved::OneFactor;
            change!(store, |tx| step_up(tx, &target, step, &entry)).expect("it lasts");
            let session = found(&store, "new", 1).await.expect("it lasts");
            assert_eq!((session.stepped_up_at, session.second_factor), (Some(at(0)), false));
            for step in [Proved::TwoFactors, Proved::OneFactor] {
                let (target, entry) = (session.id.clone(), by(&ann));
                change!(store, |tx| step_up(tx, &target, step, &entry)).expect("it lasts");
                let session = found(&store, "new", 1).await.expect("it lasts");
                assert!(session.second_factor, "once shown, it counts: {step:?}");
            }

            let entry = by(&ann);
            let result = change!(store, |tx| step_up(tx, &id, Proved::OneFactor, &entry));
            expect!["there is no session that lasts"].assert_eq(&error(result));
        });
    }

    #[test]
    fn people_see_and_end_their_own_sessions_only() {
        on_both(|store| async move {
            let (ann, bob) = (add_person(&store, "Ann").await, add_person(&store, "Bob").await);
            let one = started(&store, &ann, "one").await;
            started(&store, &ann, "two").await;
            started(&store, &ann, "three").await;
            let bobs = started(&store, &bob, "bob's").await;
            let own = async |person: &PersonId| {
                let mut db = store.read().await.expect("a connection");
                list(&mut db, person, at(1), &LIMITS).await.expect("a read").len()
            };
            assert_eq!((own(&ann).await, own(&bob).await), (3, 1));

            let (person, entry) = (ann.clone(), by(&ann));
            let result = change!(store, |tx| end(tx, &person, &bobs, &entry));
            expect!["there is no session that lasts"].assert_eq(&error(result));

            let (person, entry) = (ann.clone(), by(&ann));
            change!(store, |tx| end(tx, &person, &one, &entry)).expect("it is hers");
            assert!(found(&store, "one", 1).await.is_none());
            let (person, entry) = (ann.clone(), by(&ann));
            let ended = change!(store, |tx| end_all(tx, &person, &entry));
            assert_eq!(ended.expect("a write"), 2);
            assert_eq!((own(&ann).await, own(&bob).await), (0, 1));
            let gone = change!(store, |tx| prune(tx, at(1)));
            assert_eq!(gone.expect("a write"), 4);
        });
    }
}
