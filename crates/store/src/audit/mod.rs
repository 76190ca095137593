//! The audit: who did what, when and in which right, in rows that each hold the hash of the one
//! before.

mod chain;

use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::error::Result;
use crate::row::{Values as _, texts};
use crate::writer::Tx;

pub use self::chain::{Broken, Head, Why};

texts! {
    /// How it ended.
    Outcome {
        /// It was done.
        Done = "done",
        /// It was not allowed.
        Refused = "refused",
        /// It went wrong.
        Failed = "failed",
    }
}

/// What goes into an audit row. Changes of the store fill in `action` and `object` themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Who: a person's reference, `operator` for the command line, or `nobody` before sign-in.
    pub actor: String,
    /// The session, as its hash.
    pub session: Option<String>,
    /// Roles in force.
    pub role: Option<String>,
    /// Scope in force.
    pub scope: Option<String>,
    /// What was done, such as `unit.change`.
    pub action: String,
    /// To what: a reference, a list of pseudonyms, or the fingerprint of a query.
    pub object: Option<String>,
    /// How many rows were shown or changed.
    pub rows: Option<i64>,
    /// Why, if that was asked.
    pub purpose: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// Address that the request came from.
    pub ip: Option<String>,
    /// Reference of the request, as in the log.
    pub request: Option<String>,
}

impl Entry {
    /// Something that somebody did at an instant; the rest is filled in as it is known.
    pub fn by(actor: impl Into<String>, at: Timestamp) -> Self {
        Self {
            at,
            actor: actor.into(),
            session: None,
            role: None,
            scope: None,
            action: String::new(),
            object: None,
            rows: None,
            purpose: None,
            outcome: Outcome::Done,
            ip: None,
            request: None,
        }
    }

    /// The same context for an action on an object.
    pub fn of(&self, action: &str, object: impl Into<String>) -> Self {
        Self { action: action.to_owned(), object: Some(object.into()), ..self.clone() }
    }

    /// With a number of rows.
    pub fn rows(self, rows: usize) -> Self {
        Self { rows: Some(i64::try_from(rows).unwrap_or(i64::MAX)), ..self }
    }

    /// With a reason.
    pub fn because(self, purpose: impl Into<String>) -> Self {
        Self { purpose: Some(purpose.into()), ..self }
    }

    /// With how it ended.
    pub fn ended(self, outcome: Outcome) -> Self {
        Self { outcome, ..self }
    }
}

/// A row of the audit, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its number, from 1 without a gap.
    pub seq: i64,
    /// What was recorded.
    pub entry: Entry,
    /// Hash of the row before; empty for the first.
    pub prev_hash: String,
    /// Hash of this row.
    pub hash: String,
}

/// Proof that an audit row is on disk. Only the store can make one.
#[derive(Debug, PartialEq, Eq)]
pub struct Receipt {
    seq: i64,
}

impl Receipt {
    pub(crate) const fn of_committed(seq: i64) -> Self {
        Self { seq }
    }

    /// Number of the row.
    pub const fn seq(&self) -> i64 {
        self.seq
    }
}

/// Which rows of the audit are asked for; those that are left out are not looked at.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Only rows before this number, to page backwards.
    pub before: Option<i64>,
    /// Only what this actor did.
    pub actor: Option<String>,
    /// Only what was done to objects that mention this text, such as a patient's reference; it is
    /// looked for in every row.
    pub mentions: Option<String>,
    /// Only actions that begin so.
    pub action: Option<String>,
    /// Only what was done at this instant or later.
    pub from: Option<Timestamp>,
    /// Only what was done before this instant.
    pub until: Option<Timestamp>,
}

/// Appends a row in the transaction of what it records, and returns its number. It counts once the
/// transaction is committed.
///
/// # Errors
/// If the database refuses.
pub async fn append(tx: &mut Tx, entry: &Entry) -> Result<i64> {
    // The head row is locked first, so that there is one order also with several programs.
    let head = sqlx::query("UPDATE audit_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, hash")
        .fetch_one(&mut **tx)
        .await?;
    let (seq, prev_hash) = (head.number("seq")?, head.text("hash")?);
    let hash = chain::hash(seq, entry, &prev_hash);
    sqlx::query(
        "INSERT INTO audit (seq, at, actor, session, role, scope, action, object, rows, purpose,
             outcome, ip, request, prev_hash, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind(seq)
    .bind(entry.at.as_microsecond())
    .bind(entry.actor.as_str())
    .bind(entry.session.as_deref())
    .bind(entry.role.as_deref())
    .bind(entry.scope.as_deref())
    .bind(entry.action.as_str())
    .bind(entry.object.as_deref())
    .bind(entry.rows)
    .bind(entry.purpose.as_deref())
    .bind(entry.outcome.as_str())
    .bind(entry.ip.as_deref())
    .bind(entry.request.as_deref())
    .bind(prev_hash.as_str())
    .bind(hash.as_str())
    .execute(&mut **tx)
    .await?;
    sqlx::query("UPDATE audit_head SET hash = $1 WHERE id = 1")
        .bind(hash.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(seq)
}

/// Rows of the audit, latest first, at most so many.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection, asked: &Asked, limit: u16) -> Result<Vec<Recorded>> {
    let rows = sqlx::query(
        "SELECT * FROM audit
         WHERE seq < $1
           AND ($2 IS NULL OR actor = $2)
           AND ($3 IS NULL OR replace(object, $3, '') <> object)
           AND ($4 IS NULL OR substr(action, 1, length($4)) = $4)
           AND at >= $5 AND at < $6
         ORDER BY seq DESC LIMIT $7",
    )
    .bind(asked.before.unwrap_or(i64::MAX))
    .bind(asked.actor.as_deref())
    .bind(asked.mentions.as_deref())
    .bind(asked.action.as_deref())
    .bind(asked.from.map_or(i64::MIN, Timestamp::as_microsecond))
    .bind(asked.until.map_or(i64::MAX, Timestamp::as_microsecond))
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter().map(recorded).collect()
}

fn recorded(row: &AnyRow) -> Result<Recorded> {
    let entry = Entry {
        at: row.at("at")?,
        actor: row.text("actor")?,
        session: row.text_if("session")?,
        role: row.text_if("role")?,
        scope: row.text_if("scope")?,
        action: row.text("action")?,
        object: row.text_if("object")?,
        rows: row.number_if("rows")?,
        purpose: row.text_if("purpose")?,
        outcome: row.parsed("outcome", "outcome")?,
        ip: row.text_if("ip")?,
        request: row.text_if("request")?,
    };
    Ok(Recorded {
        seq: row.number("seq")?,
        entry,
        prev_hash: row.text("prev_hash")?,
        hash: row.text("hash")?,
    })
}
