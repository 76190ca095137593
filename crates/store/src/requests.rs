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
        "INSERT INTO request_done (person, key, content, at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (person, key) DO NOTHING",
    )
    .bind(sent.person)
    .bind(sent.key)
    .bind(content.as_str())
    .bind(now.as_microsecond())
    .execute(&mut **tx)
    .await?;
    if added.rows_affected() == 0 {
        return before(tx, sent, &content).await;
    }
    let answer = work(tx).await?;
    sqlx::query(
        "UPDATE request_done SET status = $1, location = $2 WHERE person = $3 AND key = $4",
    )
    .bind(i64::from(answer.status))
    .bind(answer.location.as_deref())
    .bind(sent.person)
    .bind(sent.key)
    .execute(&mut **tx)
    .await?;
    Ok(Once::Now(answer))
}

async fn before(tx: &mut Tx, sent: Sent<'_>, content: &str) -> Result<Once> {
    let row = sqlx::query(
        "SELECT content, status, location FROM request_done WHERE person = $1 AND key = $2",
    )
    .bind(sent.person)
    .bind(sent.key)
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
