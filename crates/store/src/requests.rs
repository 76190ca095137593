//! Forms sent twice do their work once: a double click, a retry, the back button.

use jiff::Timestamp;

use crate::error::{Refusal, Result, filled};
use crate::ids::sha256;
use crate::row::Values as _;
use crate::writer::{Running, Tx};

/// A form as it was sent.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    /// Who sent it: a person's reference, or what stands for one before sign-in.
    pub person: &'a str,
    /// The key that the form was given when it was shown.
    pub key: &'a str,
    /// Its content; only a hash is stored.
    pub content: &'a [u8],
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status of the answer.
    pub status: u16,
    /// Where it sent the browser.
    pub location: Option<String>,
}

/// Whether the work was done now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Once {
    /// Now.
    Now(Answer),
    /// Before; nothing was done now.
    Before(Answer),
}

/// Does the work of a form once, in the same transaction as its record.
///
/// # Errors
/// What the work returns, and then nothing is recorded, so that it can be tried again; or that the
/// same form was sent before with other content.
pub async fn once<F>(tx: &mut Tx, sent: Sent<'_>, now: Timestamp, work: F) -> Result<Once>
where
    F: for<'a> FnOnce(&'a mut Tx) -> Running<'a, Answer>,
{
    filled("the key of the form", sent.key)?;
    let content = sha256(&[b"request", sent.content]);
    let added = sqlx::query(
        "INSERT INTO request_done (person, key_hash, content, at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (person, key_hash) DO NOTHING",
    )
    .bind(sent.person)
    .bind(key_hash(sent))
    .bind(content.as_str())
    .bind(now.as_microsecond())
    .execute(&mut **tx)
    .await?;
    if added.rows_affected() == 0 {
        return before(tx, sent, &content).await;
    }
    let answer = work(tx).await?;
    sqlx::query(
        "UPDATE request_done SET status = $1, location = $2 WHERE person = $3 AND key_hash = $4",
    )
    .bind(i64::from(answer.status))
    .bind(answer.location.as_deref())
    .bind(sent.person)
    .bind(key_hash(sent))
    .execute(&mut **tx)
    .await?;
    Ok(Once::Now(answer))
}

fn key_hash(sent: Sent<'_>) -> String {
    sha256(&[b"request key", sent.key.as_bytes()])
}

async fn before(tx: &mut Tx, sent: Sent<'_>, content: &str) -> Result<Once> {
    let row = sqlx::query(
        "SELECT content, status, location FROM request_done WHERE person = $1 AND key_hash = $2",
    )
    .bind(sent.person)
    .bind(key_hash(sent))
    .fetch_one(&mut **tx)
    .await?;
    if row.text("content")? != content {
        return Err(Refusal::OtherContent.into());
    }
    let status = u16::try_from(row.number("status")?).unwrap_or(0);
    Ok(Once::Before(Answer { status, location: row.text_if("location")? }))
}

/// Forgets forms sent before an instant; how many.
///
/// # Errors
/// If the database refuses.
pub async fn prune(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    let gone = sqlx::query("DELETE FROM request_done WHERE at < $1")
        .bind(before.as_microsecond())
        .execute(&mut **tx)
        .await?;
    Ok(gone.rows_affected())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::testing::{add_unit, at, change, error, on_both, operator, unit};
    use crate::{Error, Store, units};

    async fn sent(store: &Store, person: &str, key: &str, content: &str) -> Result<Once> {
        let (person, key, content) = (person.to_owned(), key.to_owned(), content.to_owned());
        change!(store, |tx| async {
            let sent = Sent { person: &person, key: &key, content: content.as_bytes() };
            let code = format!("{person}-{key}");
            once(tx, sent, at(0), move |tx| {
                Box::pin(async move {
                    units::upsert(tx, &unit(&code, None), None, &operator()).await?;
                    Ok(Answer { status: 303, location: Some(format!("/units/{code}")) })
                })
            })
            .await
        })
    }

    async fn units_there(store: &Store) -> usize {
        let mut db = store.read().await.expect("a connection");
        units::list(&mut db).await.expect("a read").len()
    }

    #[test]
    fn a_form_sent_often_does_its_work_once() {
        on_both(|store| async move {
            let clicks: Vec<_> = (0..5)
                .map(|_| {
                    let store = store.clone();
                    tokio::spawn(async move { sent(&store, "ann", "k1", "name=A").await })
                })
                .collect();
            let answer = Answer { status: 303, location: Some("/units/ann-k1".to_owned()) };
            let mut now = 0;
            for click in clicks {
                match click.await.expect("no panic").expect("an answer for each click") {
                    Once::Now(it) => {
                        now += 1;
                        assert_eq!(it, answer);
                    }
                    Once::Before(it) => assert_eq!(it, answer),
                }
            }
            assert_eq!((now, units_there(&store).await), (1, 1));
            // Another key, or another person's, is another form.
            sent(&store, "ann", "k2", "name=A").await.expect("another form");
            sent(&store, "bob", "k1", "name=A").await.expect("another person");
            assert_eq!(units_there(&store).await, 3);
        });
    }

    #[test]
    fn the_same_key_with_other_content_is_refused() {
        on_both(|store| async move {
            sent(&store, "ann", "k1", "name=A").await.expect("the first time");
            expect!["this form was sent before with other content: open it anew to send it again"]
                .assert_eq(&error(sent(&store, "ann", "k1", "name=B").await));
        });
    }

    #[test]
    fn work_that_failed_can_be_tried_again() {
        on_both(|store| async move {
            add_unit(&store, "ann-k1", None).await.expect("it is in the way");
            let result = sent(&store, "ann", "k1", "name=A").await;
            assert!(matches!(result, Err(Error::Duplicate(_))), "{result:?}");
            store
                .write(|tx| {
                    Box::pin(async move {
                        sqlx::query("DELETE FROM unit").execute(&mut **tx).await?;
                        Ok(())
                    })
                })
                .await
                .expect("out of the way");
            let again = sent(&store, "ann", "k1", "name=A").await;
            assert!(matches!(again, Ok(Once::Now(_))), "{again:?}");
        });
    }

    #[test]
    fn old_forms_are_forgotten() {
        on_both(|store| async move {
            sent(&store, "ann", "k1", "name=A").await.expect("the first time");
            assert_eq!(change!(store, |tx| prune(tx, at(0))).expect("a write"), 0);
            assert_eq!(change!(store, |tx| prune(tx, at(1))).expect("a write"), 1);
        });
    }
}
