//! Files of a round as they came: registers of organisations, and returns with the rows taken.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use sqlx::any::AnyRow;

use super::{round, unchanged};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Result, taken, usable};
use crate::ids::{PersonId, RoundId, hex};
use crate::people;
use crate::returning::kept;
use crate::row::Values as _;
use crate::writer::Tx;

/// A file of organisations that is brought to a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRegister {
    /// What the file is called.
    pub name: String,
    /// Its text, byte by byte.
    pub csv: String,
    /// Organisations in it.
    pub organisations: i64,
}

/// A file of returns that came for a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// What the file is called.
    pub name: String,
    /// Its text, byte by byte.
    pub csv: String,
    /// Rows in it below its header.
    pub rows: i64,
    /// The rows that were taken, by number.
    pub taken: BTreeSet<usize>,
}

/// A register as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brought {
    /// Its number for the round, from 1; the last counts.
    pub number: i64,
    /// What was brought.
    pub of: NewRegister,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// A file of returns as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedFile {
    /// Its number for the round, from 1.
    pub number: i64,
    /// What came.
    pub of: NewFile,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Who took it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Brings a register to a round for which so many were seen before. The earlier ones stay.
///
/// # Errors
/// If there is no such round, the file is empty or too large, or somebody has brought one since.
pub async fn bring_register(
    tx: &mut Tx,
    id: &RoundId,
    new: &NewRegister,
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    round(tx, id).await?;
    let name = usable("the name of the file", &new.name)?;
    let csv = kept("the file of organisations", &new.csv)?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let number = unchanged("the register", seen, registers(tx, id).await?.len())?;
    let hash = sha256(csv);
    sqlx::query(
        "INSERT INTO collection_register (round, number, file_name, csv, sha256, row_count,
             brought_by, brought_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id.as_str())
    .bind(number)
    .bind(name)
    .bind(csv)
    .bind(&hash)
    .bind(new.organisations)
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this register"))?;
    let object = format!("collection/{id} register {number}, sha256 {hash}");
    let rows = usize::try_from(new.organisations).unwrap_or_default();
    audit::append(tx, &entry.of("collection.register", object).rows(rows)).await?;
    Ok(())
}

/// Takes a file of returns for a round of which so many files and registers were seen before.
///
/// # Errors
/// If there is no such round, the file is empty or too large, or somebody has brought another file
/// since, so that what was said of this one may no longer hold.
pub async fn receive(
    tx: &mut Tx,
    id: &RoundId,
    new: &NewFile,
    (seen, seen_registers): (i64, i64),
    entry: &Entry,
) -> Result<()> {
    round(tx, id).await?;
    let name = usable("the name of the file", &new.name)?;
    let csv = kept("the file of returns", &new.csv)?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    unchanged("the register", seen_registers, registers(tx, id).await?.len())?;
    let number = unchanged("what has been received", seen, files(tx, id).await?.len())?;
    let rows: Vec<String> = new.taken.iter().map(usize::to_string).collect();
    let hash = sha256(csv);
    sqlx::query(
        "INSERT INTO collection_file (round, number, file_name, csv, sha256, row_count, taken,
             received_by, received_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(id.as_str())
    .bind(number)
    .bind(name)
    .bind(csv)
    .bind(&hash)
    .bind(new.rows)
    .bind(rows.join(" "))
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this file"))?;
    let object = format!("collection/{id} file {number} of {} rows, sha256 {hash}", new.rows);
    audit::append(tx, &entry.of("collection.receive", object).rows(rows.len())).await?;
    Ok(())
}

/// The registers of a round, in order; the last counts.
///
/// # Errors
/// If the database cannot be read.
pub async fn registers(db: &mut Connection, id: &RoundId) -> Result<Vec<Brought>> {
    let rows = sqlx::query("SELECT * FROM collection_register WHERE round = $1 ORDER BY number");
    let one = |row: &AnyRow| {
        Ok(Brought {
            number: row.number("number")?,
            of: NewRegister {
                name: row.text("file_name")?,
                csv: row.text("csv")?,
                organisations: row.number("row_count")?,
            },
            sha256: row.text("sha256")?,
            by: PersonId::new(row.text("brought_by")?),
            at: row.at("brought_at")?,
        })
    };
    rows.bind(id.as_str()).fetch_all(db).await?.iter().map(one).collect()
}

/// The files of returns of a round, in order.
///
/// # Errors
/// If the database cannot be read.
pub async fn files(db: &mut Connection, id: &RoundId) -> Result<Vec<ReceivedFile>> {
    let rows = sqlx::query("SELECT * FROM collection_file WHERE round = $1 ORDER BY number");
    let one = |row: &AnyRow| {
        let taken = row.text("taken")?;
        let number = |it: &str| {
            let unreadable =
                |_| Error::Unreadable { what: "number of a row", value: it.to_owned() };
            it.parse::<usize>().map_err(unreadable)
        };
        Ok(ReceivedFile {
            number: row.number("number")?,
            of: NewFile {
                name: row.text("file_name")?,
                csv: row.text("csv")?,
                rows: row.number("row_count")?,
                taken: taken.split_whitespace().map(number).collect::<Result<_>>()?,
            },
            sha256: row.text("sha256")?,
            by: PersonId::new(row.text("received_by")?),
            at: row.at("received_at")?,
        })
    };
    rows.bind(id.as_str()).fetch_all(db).await?.iter().map(one).collect()
}
