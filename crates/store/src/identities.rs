//! Identities at an identity provider: whose they are, how they are joined to a person, and which
//! answers of a provider were used already.
//!
//! A person is known by issuer and subject, never by an email address.

use jiff::Timestamp;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, code, taken};
use crate::ids::{PersonId, sha256};
use crate::people::{self, PersonState};
use crate::row::Values as _;
use crate::sessions;
use crate::writer::Tx;

/// An identity of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The provider.
    pub issuer: String,
    /// Who they are there.
    pub subject: String,
    /// Since when.
    pub linked_at: Timestamp,
}

/// Links an identity of an identity provider to a person.
///
/// # Errors
/// If the identity is linked already, to whomever, or the person has left.
pub async fn link(
    tx: &mut Tx,
    person: &PersonId,
    (issuer, subject): (&str, &str),
    entry: &Entry,
) -> Result<()> {
    if people::get(tx, person).await?.state == PersonState::Left {
        return Err(Refusal::HasLeft.into());
    }
    sqlx::query(
        "INSERT INTO oidc_identity (issuer, subject, person, linked_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(code("the issuer", issuer)?)
    .bind(code("the subject", subject)?)
    .bind(person.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("a person with this identity"))?;
    record(tx, person, "identity.link", entry).await
}

/// The person whom an identity provider means; none if unknown or gone.
///
/// # Errors
/// If the database cannot be read.
pub async fn person_of(
    db: &mut Connection,
    issuer: &str,
    subject: &str,
) -> Result<Option<PersonId>> {
    let row = sqlx::query(
        "SELECT person.id AS id FROM oidc_identity
         JOIN person ON person.id = oidc_identity.person AND person.state = 'active'
         WHERE issuer = $1 AND subject = $2",
    )
    .bind(issuer)
    .bind(subject)
    .fetch_optional(db)
    .await?;
    row.map(|it| Ok(PersonId::new(it.text("id")?))).transpose()
}

/// Whether an identity is linked, also to somebody who has left.
///
/// # Errors
/// If the database cannot be read.
pub async fn is_linked(db: &mut Connection, issuer: &str, subject: &str) -> Result<bool> {
    let row = sqlx::query("SELECT 1 FROM oidc_identity WHERE issuer = $1 AND subject = $2")
        .bind(issuer)
        .bind(subject)
        .fetch_optional(db)
        .await?;
    Ok(row.is_some())
}

/// The identities of a person, oldest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn of_person(db: &mut Connection, person: &PersonId) -> Result<Vec<Identity>> {
    let rows = sqlx::query(
        "SELECT issuer, subject, linked_at FROM oidc_identity WHERE person = $1
         ORDER BY linked_at, issuer, subject",
    )
    .bind(person.as_str())
    .fetch_all(db)
    .await?;
    let identity = |it: &sqlx::any::AnyRow| {
        let (issuer, subject) = (it.text("issuer")?, it.text("subject")?);
        Ok(Identity { issuer, subject, linked_at: it.at("linked_at")? })
    };
    rows.iter().map(identity).collect()
}

/// Takes every identity of a person away, with invitations and the sessions that were opened by
/// them; how many identities.
///
/// # Errors
/// If the database refuses.
pub async fn unlink_all(tx: &mut Tx, person: &PersonId, entry: &Entry) -> Result<usize> {
    let gone = sqlx::query("DELETE FROM oidc_identity WHERE person = $1")
        .bind(person.as_str())
        .execute(&mut **tx)
        .await?;
    sqlx::query("DELETE FROM identity_invitation WHERE person = $1")
        .bind(person.as_str())
        .execute(&mut **tx)
        .await?;
    sqlx::query(
        "UPDATE session SET ended_at = $1
         WHERE person = $2 AND issuer IS NOT NULL AND ended_at IS NULL",
    )
    .bind(entry.at.as_microsecond())
    .bind(person.as_str())
    .execute(&mut **tx)
    .await?;
    let gone = usize::try_from(gone.rows_affected()).unwrap_or(usize::MAX);
    audit::append(tx, &entry.of("identity.unlink", format!("person/{person}")).rows(gone)).await?;
    Ok(gone)
}

/// Invites a person to join an identity by a code, until an instant; an earlier code ends. Only its
/// hash is stored.
///
/// # Errors
/// If there is no such person or they have left.
pub async fn invite(
    tx: &mut Tx,
    person: &PersonId,
    (code, until): (&str, Timestamp),
    entry: &Entry,
) -> Result<()> {
    if people::get(tx, person).await?.state == PersonState::Left {
        return Err(Refusal::HasLeft.into());
    }
    sqlx::query(
        "INSERT INTO identity_invitation (person, hash, until_at) VALUES ($1, $2, $3)
         ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, until_at = excluded.until_at",
    )
    .bind(person.as_str())
    .bind(code_hash(code))
    .bind(until.as_microsecond())
    .execute(&mut **tx)
    .await?;
    record(tx, person, "identity.invite", entry).await
}

/// Joins an identity to the person whom a code invites, and uses the code up; none if it invites
/// nobody.
///
/// # Errors
/// If the identity is linked already.
pub async fn join(
    tx: &mut Tx,
    code: &str,
    identity: (&str, &str),
    entry: &Entry,
) -> Result<Option<PersonId>> {
    let row = sqlx::query(
        "DELETE FROM identity_invitation WHERE hash = $1 AND until_at > $2
             AND person IN (SELECT id FROM person WHERE state = 'active')
         RETURNING person",
    )
    .bind(code_hash(code))
    .bind(entry.at.as_microsecond())
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let person = PersonId::new(row.text("person")?);
    let entry = Entry { actor: person.as_str().to_owned(), ..entry.clone() };
    link(tx, &person, identity, &entry).await?;
    Ok(Some(person))
}

/// Uses an answer of a provider by its name: true once, for one caller only.
///
/// # Errors
/// If the database refuses.
pub async fn use_answer(tx: &mut Tx, name: &str, until: Timestamp, now: Timestamp) -> Result<bool> {
    sqlx::query("DELETE FROM answer_used WHERE until_at < $1")
        .bind(now.as_microsecond())
        .execute(&mut **tx)
        .await?;
    let used = sqlx::query(
        "INSERT INTO answer_used (hash, until_at) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING",
    )
    .bind(sha256(&[b"answer", name.as_bytes()]))
    .bind(until.as_microsecond())
    .execute(&mut **tx)
    .await?;
    Ok(used.rows_affected() == 1)
}

/// A notice of a provider that somebody signed out there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The provider.
    pub issuer: String,
    /// Whose sessions end; any person's where it is none.
    pub subject: Option<String>,
    /// Which session of the provider; any where it is none.
    pub session: Option<String>,
    /// Name of the notice, which counts once.
    pub name: String,
    /// Until when its name is remembered.
    pub until: Timestamp,
}

/// Ends the sessions that a notice means, once; how many.
///
/// # Errors
/// [`Error::Duplicate`] if the notice counted before, and if it means nobody in particular.
pub async fn end_sessions(tx: &mut Tx, notice: &Notice, entry: &Entry) -> Result<usize> {
    if notice.subject.is_none() && notice.session.is_none() {
        return Err(Refusal::Empty("the subject").into());
    }
    let name = format!("notice {}", notice.name);
    if !use_answer(tx, &name, notice.until, entry.at).await? {
        return Err(Error::Duplicate("a notice of this name".to_owned()));
    }
    let ended = sqlx::query(
        "UPDATE session SET ended_at = $1
         WHERE issuer = $2 AND ended_at IS NULL
           AND ($3 IS NULL OR subject = $3) AND ($4 IS NULL OR provider_session = $4)
         RETURNING id",
    )
    .bind(entry.at.as_microsecond())
    .bind(notice.issuer.as_str())
    .bind(notice.subject.as_deref())
    .bind(notice.session.as_deref())
    .fetch_all(&mut **tx)
    .await?;
    let ids = ended.iter().map(|it| it.text("id")).collect::<Result<Vec<_>>>()?;
    for id in &ids {
        sessions::record_end(tx, id, entry).await?;
    }
    audit::append(tx, &entry.of("provider.logout", "sessions").rows(ids.len())).await?;
    Ok(ids.len())
}

fn code_hash(code: &str) -> String {
    let code: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    sha256(&[b"invitation", code.to_ascii_lowercase().as_bytes()])
}

async fn record(tx: &mut Tx, person: &PersonId, action: &str, entry: &Entry) -> Result<()> {
    audit::append(tx, &entry.of(action, format!("person/{person}"))).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use jiff::SignedDuration;

    use super::*;
    use crate::sessions::{ByProvider, Limits, NewSession};
    use crate::testing::{add_person, at, by, change, day, error, on_both, operator};
    use crate::{Store, people};

    const ISSUER: &str = "https://one";
    const LIMITS: Limits =
        Limits { idle: SignedDuration::from_mins(30), absolute: SignedDuration::from_hours(12) };

    async fn linked(store: &Store, person: &PersonId, subject: &'static str) -> Result<()> {
        let person = person.clone();
        change!(store, |tx| link(tx, &person, (ISSUER, subject), &operator()))
    }

    async fn whose(store: &Store, issuer: &str, subject: &str) -> Option<PersonId> {
        let mut db = store.read().await.expect("a connection");
        person_of(&mut db, issuer, subject).await.expect("a read")
    }

    #[test]
    fn an_identity_elsewhere_is_one_person_here() {
        on_both(|store| async move {
            let (ann, bob) = (add_person(&store, "Ann").await, add_person(&store, "Bob").await);
            linked(&store, &ann, "s1").await.expect("it is new");
            expect!["there is already a person with this identity"]
                .assert_eq(&error(linked(&store, &bob, "s1").await));
            // The same subject at another issuer is somebody else.
            let target = bob.clone();
            change!(store, |tx| link(tx, &target, ("https://other", "s1"), &operator()))
                .expect("it is new");
            assert_eq!(whose(&store, ISSUER, "s1").await, Some(ann.clone()));
            assert_eq!(whose(&store, "https://other", "s1").await, Some(bob));
            assert_eq!(whose(&store, ISSUER, "s2").await, None);

            let leaver = ann.clone();
            change!(store, |tx| people::leave(tx, &leaver, day("2025-05-01"), &operator()))
                .expect("they leave");
            assert_eq!(whose(&store, ISSUER, "s1").await, None, "a leaver is nobody");
            let mut db = store.read().await.expect("a connection");
            assert!(is_linked(&mut db, ISSUER, "s1").await.expect("a read"), "but not unknown");
            expect!["this person has left"].assert_eq(&error(linked(&store, &ann, "s9").await));
        });
    }

    #[test]
    fn a_code_joins_one_identity_to_its_person_once_and_in_time() {
        on_both(|store| async move {
            let ann = add_person(&store, "Ann").await;
            let joined = async |code: &'static str, subject: &'static str| {
                change!(store, |tx| join(tx, code, (ISSUER, subject), &operator()))
            };
            for code in ["0a1b-2c3d", "4e5f-6a7b"] {
                let person = ann.clone();
                change!(store, |tx| invite(tx, &person, (code, at(60)), &operator()))
                    .expect("they are invited");
            }
            assert_eq!(joined("0a1b-2c3d", "s1").await.expect("a write"), None, "replaced");
            assert_eq!(joined("4e5f-6a7c", "s1").await.expect("a write"), None, "mistyped");
            assert_eq!(joined(" 4E5F 6a7b", "s1").await.expect("a write"), Some(ann.clone()));
            assert_eq!(joined("4e5f-6a7b", "s2").await.expect("a write"), None, "used up");
            assert_eq!(whose(&store, ISSUER, "s1").await, Some(ann.clone()));

            let person = ann.clone();
            change!(store, |tx| invite(tx, &person, ("late", at(0)), &operator())).expect("set");
            assert_eq!(joined("late", "s3").await.expect("a write"), None, "its time is over");

            // Whoever leaves before they join is not joined.
            let person = ann.clone();
            change!(store, |tx| async {
                invite(tx, &person, ("gone", at(60)), &operator()).await?;
                people::leave(tx, &person, day("2025-05-01"), &operator()).await
            })
            .expect("they leave");
            assert_eq!(joined("gone", "s4").await.expect("a write"), None, "they have left");
        });
    }

    #[test]
    fn an_answer_is_used_once_and_forgotten_when_it_is_too_old_to_count() {
        on_both(|store| async move {
            let used = async |name: &'static str, now: i64| {
                change!(store, |tx| use_answer(tx, name, at(now + 60), at(now))).expect("a write")
            };
            assert!(used("a", 0).await);
            assert!(!used("a", 1).await);
            assert!(used("b", 1).await);
            assert!(!used("a", 60).await, "to the last second");
            used("c", 200).await;
            let mut db = store.read().await.expect("a connection");
            let left = sqlx::query("SELECT COUNT(*) AS n FROM answer_used").fetch_one(&mut *db);
            assert_eq!(left.await.expect("a read").number("n").expect("a number"), 1);
        });
    }

    async fn opened(
        store: &Store,
        person: &PersonId,
        (token, subject, session): (&'static str, &'static str, Option<&'static str>),
    ) {
        let person = person.clone();
        change!(store, |tx| async {
            let (csrf, ip, agent) = ("csrf", "192.0.2.1", "browser");
            let new = NewSession { token, person: &person, csrf, ip, agent };
            let by_provider = ByProvider {
                issuer: ISSUER,
                subject,
                session,
                proved_at: Some(at(-5)),
                second_factor: true,
            };
            sessions::start_by_provider(tx, &new, &by_provider, &by(&person)).await
        })
        .expect("it is opened");
    }

    async fn lasts(store: &Store, token: &str) -> bool {
        let mut db = store.read().await.expect("a connection");
        sessions::find(&mut db, token, at(1), &LIMITS).await.expect("a read").is_some()
    }

    fn notice(name: &str, subject: Option<&str>, session: Option<&str>) -> Notice {
        Notice {
            issuer: ISSUER.to_owned(),
            subject: subject.map(str::to_owned),
            session: session.map(str::to_owned),
            name: name.to_owned(),
            until: at(600),
        }
    }

    #[test]
    fn a_notice_ends_the_sessions_that_it_means_and_no_other() {
        on_both(|store| async move {
            let (ann, bob) = (add_person(&store, "Ann").await, add_person(&store, "Bob").await);
            opened(&store, &ann, ("one", "ann", Some("1"))).await;
            opened(&store, &ann, ("two", "ann", Some("2"))).await;
            opened(&store, &bob, ("three", "bob", Some("3"))).await;
            let ends =
                async |notice: Notice| change!(store, |tx| end_sessions(tx, &notice, &operator()));
            assert_eq!(
                ends(notice("a", Some("bob"), Some("1"))).await.expect("a write"),
                0,
                "of somebody else"
            );
            let other =
                Notice { issuer: "https://other".to_owned(), ..notice("b", Some("ann"), None) };
            assert_eq!(ends(other).await.expect("a write"), 0, "of another issuer");
            assert!(lasts(&store, "one").await && lasts(&store, "two").await);
            assert_eq!(ends(notice("c", None, Some("1"))).await.expect("a write"), 1);
            assert!(!lasts(&store, "one").await && lasts(&store, "two").await);
            expect!["there is already a notice of this name"]
                .assert_eq(&error(ends(notice("c", Some("ann"), None)).await));
            assert!(lasts(&store, "two").await, "the same notice again does nothing");
            assert_eq!(ends(notice("d", Some("ann"), None)).await.expect("a write"), 1);
            assert!(!lasts(&store, "two").await && lasts(&store, "three").await);
            expect!["the subject is missing"]
                .assert_eq(&error(ends(notice("e", None, None)).await));
        });
    }

    #[test]
    fn without_its_identity_a_person_has_no_session_by_it() {
        on_both(|store| async move {
            let ann = add_person(&store, "Ann").await;
            linked(&store, &ann, "ann").await.expect("it is new");
            opened(&store, &ann, ("there", "ann", None)).await;
            let person = ann.clone();
            change!(store, |tx| async {
                let (csrf, ip, agent) = ("csrf", "192.0.2.1", "browser");
                let new = NewSession { token: "here", person: &person, csrf, ip, agent };
                sessions::start(tx, &new, &by(&person)).await
            })
            .expect("it is opened");
            let person = ann.clone();
            let gone = change!(store, |tx| unlink_all(tx, &person, &operator()));
            assert_eq!(gone.expect("a write"), 1);
            assert!(!lasts(&store, "there").await && lasts(&store, "here").await);
            assert_eq!(whose(&store, ISSUER, "ann").await, None);
        });
    }
}
