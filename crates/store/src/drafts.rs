//! Text of forms that were not sent, kept so that the end of a session loses nothing.

use jiff::Timestamp;

use crate::Connection;
use crate::error::{Result, usable};
use crate::ids::PersonId;
use crate::row::Values as _;
use crate::writer::Tx;

/// A form that was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What was written, as the form encodes it.
    pub text: String,
    /// When it was kept.
    pub at: Timestamp,
}

/// Keeps what a person wrote in a form, instead of what was kept before.
///
/// # Errors
/// If there is no such person, or the text cannot be stored.
pub async fn keep(
    tx: &mut Tx,
    person: &PersonId,
    form: &str,
    text: &str,
    now: Timestamp,
) -> Result<()> {
    usable("the text", text)?;
    sqlx::query(
        "INSERT INTO draft (person, form, text, at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (person, form) DO UPDATE SET text = excluded.text, at = excluded.at",
    )
    .bind(person.as_str())
    .bind(form)
    .bind(text)
    .bind(now.as_microsecond())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What a person left in a form.
///
/// # Errors
/// If the database cannot be read.
pub async fn get(db: &mut Connection, person: &PersonId, form: &str) -> Result<Option<Draft>> {
    let row = sqlx::query("SELECT text, at FROM draft WHERE person = $1 AND form = $2")
        .bind(person.as_str())
        .bind(form)
        .fetch_optional(db)
        .await?;
    row.map(|it| Ok(Draft { text: it.text("text")?, at: it.at("at")? })).transpose()
}

/// Throws away what a person left in a form, because it was sent or is not wanted.
///
/// # Errors
/// If the database refuses.
pub async fn discard(tx: &mut Tx, person: &PersonId, form: &str) -> Result<()> {
    sqlx::query("DELETE FROM draft WHERE person = $1 AND form = $2")
        .bind(person.as_str())
        .bind(form)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Throws away what was kept before an instant; how many.
///
/// # Errors
/// If the database refuses.
pub async fn prune(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    let gone = sqlx::query("DELETE FROM draft WHERE at < $1")
        .bind(before.as_microsecond())
        .execute(&mut **tx)
        .await?;
    Ok(gone.rows_affected())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{add_person, at, change, on_both};

    #[test]
    fn what_was_written_is_kept_until_it_is_discarded() {
        on_both(|store| async move {
            let (ann, bob) = (add_person(&store, "Ann").await, add_person(&store, "Bob").await);
            for (text, seconds) in [("reason=first", 0), ("reason=second", 1)] {
                let ann = ann.clone();
                change!(store, |tx| keep(tx, &ann, "loads/decide", text, at(seconds)))
                    .expect("it is kept");
            }
            let left = async |person: &PersonId, form: &str| {
                let mut db = store.read().await.expect("a connection");
                get(&mut db, person, form).await.expect("a read")
            };
            let latest = Draft { text: "reason=second".to_owned(), at: at(1) };
            assert_eq!(left(&ann, "loads/decide").await, Some(latest));
            assert_eq!(left(&ann, "loads/stage").await, None);
            assert_eq!(left(&bob, "loads/decide").await, None);

            let person = ann.clone();
            change!(store, |tx| discard(tx, &person, "loads/decide")).expect("a write");
            assert_eq!(left(&ann, "loads/decide").await, None);

            let person = bob.clone();
            change!(store, |tx| keep(tx, &person, "f", "x", at(0))).expect("it is kept");
            assert_eq!(change!(store, |tx| prune(tx, at(0))).expect("a write"), 0);
            assert_eq!(change!(store, |tx| prune(tx, at(1))).expect("a write"), 1);
        });
    }
}
