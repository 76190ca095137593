//! The register of service lines: what each treats, how often it is reviewed, and who holds its
//! posts. A post that nobody holds is on record as vacant.

use domain::Day;
use engagement::reviews::WHOLE_TIME;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{said, short, unchanged};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Refusal, Result, code, taken};
use crate::ids::{PersonId, UnitCode};
use crate::people::{self, PersonState};
use crate::row::Values as _;
use crate::units;
use crate::writer::Tx;

/// A service line, as it should be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRegister {
    /// Conditions and procedures that it covers.
    pub conditions: String,
    /// Specialists, clinics, theatres and beds that it has.
    pub resources: String,
    /// Code of how often it is reviewed.
    pub cadence: String,
    /// When its first review is due.
    pub begins_on: Day,
    /// Whether it is among the services that try reviews out.
    pub is_pilot: bool,
}

/// A service line as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Register {
    /// The unit.
    pub unit: UnitCode,
    /// Its number for the unit, from 1.
    pub number: i64,
    /// What is recorded.
    pub of: NewRegister,
    /// Who recorded it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// A post as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePost {
    /// The unit.
    pub unit: UnitCode,
    /// Code of the post.
    pub post: String,
    /// Its number for the unit and post, from 1.
    pub number: i64,
    /// Who holds it; nobody where it is vacant, or they have left.
    pub person: Option<PersonId>,
    /// What share of a whole-time equivalent they give to it, in per cent; none where nobody holds it,
    /// or nobody said.
    pub share: Option<u32>,
    /// When it was recorded.
    pub at: Timestamp,
}

/// Records a service line, in place of the number that was seen: 0 where there was none.
///
/// # Errors
/// If something is missing or too long, there is no such unit, or somebody recorded it since.
pub async fn record_register(
    tx: &mut Tx,
    unit: &UnitCode,
    new: &NewRegister,
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let conditions = said("what the service treats", &new.conditions)?;
    let resources = short("what the service has", &new.resources)?;
    let cadence = code("how often it is reviewed", &new.cadence)?;
    units::get(tx, unit).await?;
    let all = register(tx).await?;
    let current = all.iter().find(|it| it.unit == *unit).map_or(0, |it| it.number);
    unchanged(|| format!("the register of {unit}"), seen, current)?;
    sqlx::query(
        "INSERT INTO service_register (unit, number, conditions, resources, cadence, begins_on,
             is_pilot, recorded_by, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(unit.as_str())
    .bind(seen + 1)
    .bind(conditions)
    .bind(resources)
    .bind(cadence)
    .bind(new.begins_on.to_string())
    .bind(i64::from(new.is_pilot))
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("record {} of {unit}", seen + 1)))?;
    let object = format!("service/{unit} {} {cadence}", seen + 1);
    audit::append(tx, &entry.of("service.record", object)).await?;
    Ok(())
}

/// Says who holds a post of a service line, in place of the number that was seen; nobody makes it
/// vacant. What share of their time they give to it is not stated.
///
/// # Errors
/// As [`allot`].
pub async fn appoint(
    tx: &mut Tx,
    unit: &UnitCode,
    (post, person): (&str, Option<&PersonId>),
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    allot(tx, unit, (post, person, None), seen, entry).await
}

/// Says who holds a post of a service line and what share of a whole-time equivalent they give to it,
/// in per cent, in place of the number that was seen; nobody makes it vacant.
///
/// # Errors
/// If there is no such unit or person, they have left, the share is of nobody or not of a whole, or
/// somebody recorded the post since.
pub async fn allot(
    tx: &mut Tx,
    unit: &UnitCode,
    (post, person, share): (&str, Option<&PersonId>, Option<u32>),
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let post = code("the post", post)?;
    if let Some(fault) = share_fault(person.is_some(), share) {
        return Err(Refusal::Rule(fault).into());
    }
    units::get(tx, unit).await?;
    if let Some(person) = person
        && people::get(tx, person).await?.state != PersonState::Active
    {
        return Err(Refusal::HasLeft.into());
    }
    let row = sqlx::query(
        "SELECT COALESCE(MAX(number), 0) AS number FROM service_post
         WHERE unit = $1 AND post = $2",
    )
    .bind(unit.as_str())
    .bind(post)
    .fetch_one(&mut **tx)
    .await?;
    unchanged(|| format!("this post of {unit}"), seen, row.number("number")?)?;
    sqlx::query(
        "INSERT INTO service_post (unit, post, number, person, recorded_by, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(unit.as_str())
    .bind(post)
    .bind(seen + 1)
    .bind(person.map(PersonId::as_str))
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("record {} of this post", seen + 1)))?;
    if let Some(percent) = share {
        sqlx::query(
            "INSERT INTO service_post_share (unit, post, number, percent) VALUES ($1, $2, $3, $4)",
        )
        .bind(unit.as_str())
        .bind(post)
        .bind(seen + 1)
        .bind(i64::from(percent))
        .execute(&mut **tx)
        .await?;
    }
    let holder = person.map_or_else(|| "vacant".to_owned(), |it| format!("person/{it}"));
    let share = share.map_or_else(String::new, |it| format!(" {it}%"));
    let object = format!("service/{unit} {post} {} {holder}{share}", seen + 1);
    audit::append(tx, &entry.of("service.appoint", object)).await?;
    Ok(())
}

/// What is wrong with a share of somebody's time.
fn share_fault(is_held: bool, share: Option<u32>) -> Option<String> {
    let percent = share?;
    if !is_held {
        return Some("nobody holds this post, so no share of time is given to it".to_owned());
    }
    let is_right = (1..=WHOLE_TIME).contains(&percent);
    (!is_right).then(|| {
        format!("the share of time is {percent}%: write a whole number from 1 to {WHOLE_TIME}")
    })
}

/// What is recorded last of each service line, by unit.
///
/// # Errors
/// If the database cannot be read.
pub async fn register(db: &mut Connection) -> Result<Vec<Register>> {
    let rows = sqlx::query(
        "SELECT r.* FROM service_register r
         WHERE r.number = (SELECT MAX(l.number) FROM service_register l WHERE l.unit = r.unit)
         ORDER BY r.unit",
    )
    .fetch_all(db)
    .await?;
    let read = |row: &AnyRow| -> Result<Register> {
        Ok(Register {
            unit: UnitCode::new(row.text("unit")?),
            number: row.number("number")?,
            of: NewRegister {
                conditions: row.text("conditions")?,
                resources: row.text("resources")?,
                cadence: row.text("cadence")?,
                begins_on: row.day("begins_on")?,
                is_pilot: row.flag("is_pilot")?,
            },
            by: PersonId::new(row.text("recorded_by")?),
            at: row.at("recorded_at")?,
        })
    };
    rows.iter().map(read).collect()
}

/// Who holds each post that was ever recorded, by unit and post; nobody where they have left.
///
/// # Errors
/// If the database cannot be read.
pub async fn posts(db: &mut Connection) -> Result<Vec<ServicePost>> {
    let rows = sqlx::query(
        "SELECT s.unit, s.post, s.number, s.recorded_at, p.id AS holder, t.percent
         FROM service_post s
         LEFT JOIN person p ON p.id = s.person AND p.state = $1
         LEFT JOIN service_post_share t
             ON t.unit = s.unit AND t.post = s.post AND t.number = s.number
         WHERE s.number = (SELECT MAX(l.number) FROM service_post l
                           WHERE l.unit = s.unit AND l.post = s.post)
         ORDER BY s.unit, s.post",
    )
    .bind(PersonState::Active.as_str())
    .fetch_all(db)
    .await?;
    let read = |row: &AnyRow| -> Result<ServicePost> {
        let person = row.text_if("holder")?.map(PersonId::new);
        let percent = row.number_if("percent")?.and_then(|it| u32::try_from(it).ok());
        Ok(ServicePost {
            unit: UnitCode::new(row.text("unit")?),
            post: row.text("post")?,
            number: row.number("number")?,
            share: percent.filter(|_| person.is_some()),
            person,
            at: row.at("recorded_at")?,
        })
    };
    rows.iter().map(read).collect()
}
