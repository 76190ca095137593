//! Levels that a trust shares with a group: nothing without the consent of a person for that year,
//! and what the group published in return.

use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{confirmed, kept, named};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, code, taken};
use crate::ids::{ConsentId, LevelId, PersonId};
use crate::people;
use crate::row::Values as _;
use crate::writer::Tx;

/// A consent, as it should be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewConsent {
    /// The group.
    pub group: String,
    /// The year of its round.
    pub year: i64,
    /// National code of the organisation.
    pub organisation: String,
    /// The confirmed level that is shared.
    pub level: LevelId,
    /// The file that is handed over, byte by byte.
    pub csv: String,
    /// What sender and group work out from it.
    pub receipt: String,
}

/// A consent as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Its reference.
    pub id: ConsentId,
    /// What is consented to.
    pub of: NewConsent,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Who took it back, and when; none while it holds.
    pub withdrawn: Option<(PersonId, Timestamp)>,
}

/// A table that a group published, as the trust loaded it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedTable {
    /// The group.
    pub group: String,
    /// The year of its round.
    pub year: i64,
    /// Its number among those of the group and year, from 1; the last counts.
    pub number: i64,
    /// The file, byte by byte.
    pub csv: String,
    /// Who loaded it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Consents that a level is shared with a group in a year.
///
/// # Errors
/// If its level is not one of the trust that both leads signed, one is shared with the group in this
/// year already, or something is missing.
pub async fn consent(tx: &mut Tx, new: &NewConsent, entry: &Entry) -> Result<ConsentId> {
    let organisation = code("the code of the organisation", &new.organisation)?;
    let group = named("the group", &new.group)?;
    let csv = kept("the file for the group", &new.csv)?;
    confirmed(tx, &new.level).await?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let id = ConsentId::random()?;
    sqlx::query(
        "INSERT INTO level_consent (id, group_name, year, organisation_code, level, csv, receipt,
             consented_by, consented_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(id.as_str())
    .bind(group)
    .bind(new.year)
    .bind(organisation)
    .bind(new.level.as_str())
    .bind(csv)
    .bind(&new.receipt)
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(
        "a consent to share a level with this group in this year: take it back first",
    ))?;
    let object =
        format!("consent/{id} of level/{} for {}, receipt {}", new.level, new.year, new.receipt);
    audit::append(tx, &entry.of("consent.give", object)).await?;
    Ok(id)
}

/// Takes a consent back. What was handed over before stays with the group until it takes it out.
///
/// # Errors
/// If there is none, or it was taken back before.
pub async fn withdraw(tx: &mut Tx, id: &ConsentId, entry: &Entry) -> Result<()> {
    let found = consents(tx).await?.into_iter().find(|it| it.id == *id);
    let found = found.ok_or_else(|| Error::NotFound(format!("consent {id}")))?;
    if found.withdrawn.is_some() {
        let (what, from) = ("the consent".to_owned(), "taken back".to_owned());
        return Err(Refusal::WrongMove { what, from, to: "taken back again" }.into());
    }
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    sqlx::query("UPDATE level_consent SET withdrawn_by = $1, withdrawn_at = $2 WHERE id = $3")
        .bind(by.as_str())
        .bind(entry.at.as_microsecond())
        .bind(id.as_str())
        .execute(&mut **tx)
        .await?;
    audit::append(tx, &entry.of("consent.withdraw", format!("consent/{id}"))).await?;
    Ok(())
}

/// All consents, the earliest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn consents(db: &mut Connection) -> Result<Vec<Consent>> {
    let rows = sqlx::query("SELECT * FROM level_consent ORDER BY consented_at, id");
    rows.fetch_all(db).await?.iter().map(stored).collect()
}

fn stored(row: &AnyRow) -> Result<Consent> {
    let withdrawn = row.text_if("withdrawn_by")?.map(PersonId::new).zip(row.at_if("withdrawn_at")?);
    Ok(Consent {
        id: ConsentId::new(row.text("id")?),
        of: NewConsent {
            group: row.text("group_name")?,
            year: row.number("year")?,
            organisation: row.text("organisation_code")?,
            level: LevelId::new(row.text("level")?),
            csv: row.text("csv")?,
            receipt: row.text("receipt")?,
        },
        by: PersonId::new(row.text("consented_by")?),
        at: row.at("consented_at")?,
        withdrawn,
    })
}

/// Keeps a table that a group published for a year; an earlier one of the same stays.
///
/// # Errors
/// If something is missing or too large.
pub async fn load_table(
    tx: &mut Tx,
    (group, year): (&str, i64),
    csv: &str,
    entry: &Entry,
) -> Result<()> {
    let group = named("the group", group)?;
    let csv = kept("the published table", csv)?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let before = loaded_tables(tx).await?;
    let before = before.iter().filter(|it| (it.group.as_str(), it.year) == (group, year));
    let number = before.map(|it| it.number).max().unwrap_or(0) + 1;
    sqlx::query(
        "INSERT INTO group_distribution (group_name, year, number, csv, loaded_by, loaded_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(group)
    .bind(year)
    .bind(number)
    .bind(csv)
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this table of the group"))?;
    let object = format!("table of a group for {year}, number {number}");
    audit::append(tx, &entry.of("group_table.load", object)).await?;
    Ok(())
}

/// All tables of groups that were loaded, by group and year, in order.
///
/// # Errors
/// If the database cannot be read.
pub async fn loaded_tables(db: &mut Connection) -> Result<Vec<LoadedTable>> {
    let rows = sqlx::query("SELECT * FROM group_distribution ORDER BY group_name, year, number");
    let one = |row: &AnyRow| {
        Ok(LoadedTable {
            group: row.text("group_name")?,
            year: row.number("year")?,
            number: row.number("number")?,
            csv: row.text("csv")?,
            by: PersonId::new(row.text("loaded_by")?),
            at: row.at("loaded_at")?,
        })
    };
    rows.fetch_all(db).await?.iter().map(one).collect()
}
