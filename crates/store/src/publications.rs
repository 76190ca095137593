//! Publication of runs by two people: one prepares and asks, another publishes.

use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, code, filled, taken};
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
    /// Who prepared it.
    pub prepared_by: String,
    /// Who asks.
    pub asked_by: String,
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

/// Asks a second person to publish a run; neither who prepared it nor whoever the entry names as
/// asking can be the second.
///
/// # Errors
/// If that is one of them, or has left, or the run is asked for or published already.
pub async fn ask(
    tx: &mut Tx,
    run: &str,
    prepared_by: &str,
    asked_of: &PersonId,
    entry: &Entry,
) -> Result<PublicationId> {
    code("the run", run)?;
    filled("who prepared it", prepared_by)?;
    if [prepared_by, entry.actor.as_str()].contains(&asked_of.as_str()) {
        return Err(Refusal::OwnPublication.into());
    }
    if people::get(tx, asked_of).await?.state == PersonState::Left {
        return Err(Refusal::HasLeft.into());
    }
    let id = PublicationId::random()?;
    sqlx::query(
        "INSERT INTO publication (id, run, prepared_by, asked_by, asked_of, asked_at, state,
             version)
         VALUES ($1, $2, $3, $4, $5, $6, 'asked', 1)",
    )
    .bind(id.as_str())
    .bind(run)
    .bind(prepared_by)
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
/// who prepared the run and who asked.
///
/// # Errors
/// If they prepared it or asked, it was changed since, or is not asked for any more.
pub async fn publish(tx: &mut Tx, id: &PublicationId, seen: i64, entry: &Entry) -> Result<()> {
    let publication = get(tx, id).await?;
    if [&publication.prepared_by, &publication.asked_by].contains(&&entry.actor) {
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
        asked_by: row.text("asked_by")?,
        asked_of: PersonId::new(row.text("asked_of")?),
        asked_at: row.at("asked_at")?,
        state: row.parsed("state", "state of a publication")?,
        decided_by: row.text_if("decided_by")?,
        decided_at: row.at_if("decided_at")?,
        version: row.number("version")?,
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::Store;
    use crate::testing::{add_person, by, change, day, error, on_both, operator};

    async fn asked(store: &Store, who: &PersonId, of: &PersonId) -> Result<PublicationId> {
        let (of, entry) = (of.clone(), by(who));
        change!(store, |tx| ask(tx, "run-1", &entry.actor, &of, &entry))
    }

    async fn published(store: &Store, id: &PublicationId, who: &PersonId) -> Result<()> {
        let (id, entry) = (id.clone(), by(who));
        change!(store, |tx| publish(tx, &id, 1, &entry))
    }

    #[test]
    fn one_prepares_and_another_publishes() {
        on_both(|store| async move {
            let (ann, bob) = (add_person(&store, "Ann").await, add_person(&store, "Bob").await);
            let id = asked(&store, &ann, &bob).await.expect("Bob is somebody else");
            let refused = "whoever prepared a run cannot be the second person to publish it";
            assert_eq!(error(published(&store, &id, &ann).await), refused);
            published(&store, &id, &bob).await.expect("Bob did not prepare it");
            let mut db = store.read().await.expect("a connection");
            let all = list(&mut db, Some("run-1")).await.expect("a read");
            let [only] = all.as_slice() else { panic!("one request: {all:?}") };
            assert_eq!(
                (only.state, &only.prepared_by, &only.decided_by),
                (PublicationState::Published, &ann.to_string(), &Some(bob.to_string()))
            );
            assert_eq!(list(&mut db, Some("run-2")).await.expect("a read"), []);
            expect!["the request to publish run run-1 is published and cannot be published"]
                .assert_eq(&error(published(&store, &id, &bob).await));
        });
    }

    #[test]
    fn who_prepared_a_run_is_never_second_even_if_somebody_else_asks() {
        on_both(|store| async move {
            let (ann, bob) = (add_person(&store, "Ann").await, add_person(&store, "Bob").await);
            let cat = add_person(&store, "Cat").await;
            let refused = "whoever prepared a run cannot be the second person to publish it";
            let ask_of = async |of: &PersonId| {
                let (ann, of, entry) = (ann.clone(), of.clone(), by(&bob));
                change!(store, |tx| ask(tx, "run-1", ann.as_str(), &of, &entry))
            };
            assert_eq!(error(ask_of(&ann).await), refused);
            let id = ask_of(&cat).await.expect("Cat is neither");
            assert_eq!(error(published(&store, &id, &ann).await), refused);
            assert_eq!(error(published(&store, &id, &bob).await), refused);
            published(&store, &id, &cat).await.expect("Cat is neither");
        });
    }

    #[test]
    fn nobody_asks_themselves_or_somebody_who_has_left() {
        on_both(|store| async move {
            let (ann, bob) = (add_person(&store, "Ann").await, add_person(&store, "Bob").await);
            expect!["whoever prepared a run cannot be the second person to publish it"]
                .assert_eq(&error(asked(&store, &ann, &ann).await));
            let id = asked(&store, &ann, &bob).await.expect("Bob works here");
            expect!["there is already a request to publish run run-1"]
                .assert_eq(&error(asked(&store, &ann, &bob).await));
            let leaver = bob.clone();
            change!(store, |tx| people::leave(tx, &leaver, day("2025-05-01"), &operator()))
                .expect("he leaves");
            expect!["this person has left"].assert_eq(&error(published(&store, &id, &bob).await));
            expect!["there is no person operator"].assert_eq(&error({
                let id = id.clone();
                change!(store, |tx| publish(tx, &id, 1, &operator()))
            }));
        });
    }

    #[test]
    fn what_was_taken_back_can_be_asked_for_again_but_not_published() {
        on_both(|store| async move {
            let (ann, bob) = (add_person(&store, "Ann").await, add_person(&store, "Bob").await);
            let id = asked(&store, &ann, &bob).await.expect("Bob is somebody else");
            let (target, entry) = (id.clone(), by(&ann));
            let result = change!(store, |tx| withdraw(tx, &target, 7, &entry));
            assert!(matches!(result, Err(Error::Stale { yours: 7, current: 1, .. })), "{result:?}");
            let (target, entry) = (id.clone(), by(&ann));
            change!(store, |tx| withdraw(tx, &target, 1, &entry)).expect("it is asked for");
            expect!["the request to publish run run-1 is withdrawn and cannot be published"]
                .assert_eq(&error(published(&store, &id, &bob).await));
            asked(&store, &ann, &bob).await.expect("asked again");
        });
    }
}
