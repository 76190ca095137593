//! The chain of hashes: how a row is hashed, and how a break is found and named.

use std::fmt;

use sha2::{Digest as _, Sha256};
use sqlx::AnyConnection;

use super::{Entry, Recorded, recorded};
use crate::Store;
use crate::error::{Error, Result};
use crate::ids::hex;
use crate::row::Values as _;

const PAGE: i64 = 1000;
const FORM: &str = "concord audit row 1";

/// The end of the chain: kept elsewhere, such as in the system log, it proves later that nothing
/// up to it was written anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Number of the last row; 0 if there is none.
    pub seq: i64,
    /// Its hash; empty if there is none.
    pub hash: String,
}

/// Where the chain breaks first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Number of the first row that is not as it was written.
    pub seq: i64,
    /// What was done to it.
    pub why: Why,
}

/// What was done to the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// The row is not there, later ones are.
    Deleted,
    /// Its content is not what was hashed.
    Edited,
    /// It was written as another number.
    Reordered {
        /// The number it was written as.
        written_as: i64,
    },
    /// It is sound by itself, but follows another row than the one before it.
    Forked,
    /// It was the last row or before it, and is gone.
    Truncated,
    /// It was added behind the end.
    Added,
    /// The end of the chain was changed: its hash is not that of the last row.
    HeadChanged,
    /// It is not the row that was known from elsewhere: all from some row on was written anew.
    Rewritten,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "audit row {} ", self.seq)?;
        match &self.why {
            Why::Deleted => f.write_str("was deleted"),
            Why::Edited => f.write_str("was edited"),
            Why::Reordered { written_as } => write!(f, "was written as row {written_as}"),
            Why::Forked => f.write_str("does not follow the row before it"),
            Why::Truncated => f.write_str("and what followed was cut off"),
            Why::Added => f.write_str("was added behind the end"),
            Why::HeadChanged => f.write_str("is the last, but the end of the chain names another"),
            Why::Rewritten => f.write_str("is not the one that was known before"),
        }
    }
}

/// SHA-256 over a row, each field with its length, absent fields told from empty ones.
pub(super) fn hash(seq: i64, entry: &Entry, prev_hash: &str) -> String {
    let mut hash = Sha256::new();
    let mut field = |bytes: Option<&[u8]>| match bytes {
        None => hash.update([0]),
        Some(bytes) => {
            hash.update([1]);
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        }
    };
    let text = |it: &'_ Option<String>| it.as_ref().map(|it| it.as_bytes().to_vec());
    field(Some(FORM.as_bytes()));
    field(Some(&seq.to_be_bytes()));
    field(Some(&entry.at.as_microsecond().to_be_bytes()));
    field(Some(entry.actor.as_bytes()));
    field(text(&entry.session).as_deref());
    field(text(&entry.role).as_deref());
    field(text(&entry.scope).as_deref());
    field(Some(entry.action.as_bytes()));
    field(text(&entry.object).as_deref());
    field(entry.rows.map(i64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice));
    field(text(&entry.purpose).as_deref());
    field(Some(entry.outcome.as_str().as_bytes()));
    field(text(&entry.ip).as_deref());
    field(text(&entry.request).as_deref());
    field(Some(prev_hash.as_bytes()));
    hex(&hash.finalize())
}

impl Store {
    /// The end of the chain now.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn audit_head(&self) -> Result<Head> {
        read_head(&mut *self.read().await?).await
    }

    /// Reads the whole chain, as it is at one moment, and finds the first break; `known` are ends
    /// that were kept elsewhere. Returns the end that was verified.
    ///
    /// Whoever can write to the database can write the whole chain anew; only a `known` end finds
    /// that.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn verify_chain(&self, known: &[Head]) -> Result<std::result::Result<Head, Broken>> {
        let begin = self.database.kind.begin_reading();
        let mut moment = self.database.readers.begin_with(begin).await?;
        let head = read_head(&mut moment).await?;
        let mut last = Head { seq: 0, hash: String::new() };
        loop {
            let rows = sqlx::query("SELECT * FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2")
                .bind(last.seq)
                .bind(PAGE)
                .fetch_all(&mut *moment)
                .await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                // A value that cannot be read was not written by the program.
                let row = match recorded(row) {
                    Err(Error::Unreadable { .. }) => {
                        return Ok(Err(Broken { seq: row.number("seq")?, why: Why::Edited }));
                    }
                    row => row?,
                };
                if let Some(broken) = break_at(&row, &last, &head, known) {
                    return Ok(Err(broken));
                }
                last = Head { seq: row.seq, hash: row.hash };
            }
        }
        Ok(end_of(&last, &head, known).map_or(Ok(last), Err))
    }
}

fn break_at(row: &Recorded, last: &Head, head: &Head, known: &[Head]) -> Option<Broken> {
    let expected = last.seq + 1;
    let broken = |seq, why| Some(Broken { seq, why });
    if row.seq != expected {
        return broken(expected, Why::Deleted);
    }
    if row.seq > head.seq {
        return broken(row.seq, Why::Added);
    }
    if hash(row.seq, &row.entry, &row.prev_hash) != row.hash {
        // Tried once, at the break: the number that the row was hashed with.
        let written_as =
            (1..=head.seq).find(|it| hash(*it, &row.entry, &row.prev_hash) == row.hash);
        let why = written_as.map_or(Why::Edited, |written_as| Why::Reordered { written_as });
        return broken(row.seq, why);
    }
    if row.prev_hash != last.hash {
        return broken(row.seq, Why::Forked);
    }
    if known.iter().any(|it| it.seq == row.seq && it.hash != row.hash) {
        return broken(row.seq, Why::Rewritten);
    }
    None
}

fn end_of(last: &Head, head: &Head, known: &[Head]) -> Option<Broken> {
    let longest = known.iter().map(|it| it.seq).max().unwrap_or(0);
    if last.seq < head.seq || last.seq < longest {
        return Some(Broken { seq: last.seq + 1, why: Why::Truncated });
    }
    (last != head).then_some(Broken { seq: last.seq, why: Why::HeadChanged })
}

async fn read_head(db: &mut AnyConnection) -> Result<Head> {
    let row = sqlx::query("SELECT seq, hash FROM audit_head").fetch_one(db).await?;
    Ok(Head { seq: row.number("seq")?, hash: row.text("hash")? })
}
