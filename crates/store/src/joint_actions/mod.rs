//! What people agree to do, who owns it, and every update of it.
//!
//! An action comes in by [`agree`] alone, which asks the rules of joint work; its updates are only
//! added to.

mod views;

use domain::Day;
use engagement::actions::{Action, ActionFault, Owner, Size, Update};
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, short, taken, unchanged, usable};
use crate::ids::{ActionId, PersonId, UnitCode};
use crate::people::{self, PersonState};
use crate::row::{Values as _, each_to, iso};
use crate::units;
use crate::writer::Tx;

pub use self::views::{StoredView, agree_with_views, say_view};

/// Letters that a text of an action may have.
pub const LETTERS_MAX: usize = 1_000;

/// An action, as it should be agreed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAction {
    /// The unit of the trust whose work it is.
    pub unit: UnitCode,
    /// Address of the page from which it came; blank for none.
    pub origin: String,
    /// The action itself; owners with their professions.
    pub of: Action,
}

/// An update as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredUpdate {
    /// What it says.
    pub says: Update,
    /// Who said it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// An action as stored, with everything that was said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAction {
    /// Its reference.
    pub id: ActionId,
    /// What was agreed.
    pub agreed: NewAction,
    /// Who recorded it.
    pub added_by: PersonId,
    /// When.
    pub added_at: Timestamp,
    /// What was said since, in order.
    pub updates: Vec<StoredUpdate>,
    /// How feasible its owners found it, in order; the latest of each counts.
    pub views: Vec<StoredView>,
}

impl StoredAction {
    /// How often it was spoken of: what an update must have seen.
    pub fn version(&self) -> i64 {
        i64::try_from(self.updates.len()).unwrap_or(i64::MAX)
    }

    /// Updates alone, in order.
    pub fn said(&self) -> Vec<Update> {
        self.updates.iter().map(|it| it.says.clone()).collect()
    }

    /// Whether somebody owns it.
    pub fn is_owned_by(&self, person: &PersonId) -> bool {
        self.agreed.of.owners.iter().any(|it| it.person == person.as_str())
    }
}

/// Records an action.
///
/// # Errors
/// If a rule of joint work forbids it, a text is too long, or unit or owners are not there.
pub async fn agree(tx: &mut Tx, new: &NewAction, entry: &Entry) -> Result<ActionId> {
    let of = &new.of;
    if let Some(fault) = of.all_faults().into_iter().next() {
        return Err(refused(&fault));
    }
    units::get(tx, &new.unit).await?;
    for owner in &of.owners {
        let found = people::get(tx, &PersonId::new(owner.person.as_str())).await?;
        if found.state != PersonState::Active {
            return Err(Refusal::HasLeft.into());
        }
    }
    let id = ActionId::random()?;
    insert(tx, &id, new, entry).await?;
    for owner in &of.owners {
        let sql = "INSERT INTO joint_action_owner (action, person, profession) VALUES ($1, $2, $3)";
        sqlx::query(sql)
            .bind(id.as_str())
            .bind(&owner.person)
            .bind(owner.profession.word())
            .execute(&mut **tx)
            .await?;
    }
    let owners: Vec<String> = of.owners.iter().map(|it| format!("person/{}", it.person)).collect();
    let joint = if of.is_joint() { "joint" } else { "single" };
    let object = format!("action/{id} of {} {joint} {}", new.unit, owners.join(" "));
    audit::append(tx, &entry.of("action.agree", object)).await?;
    Ok(id)
}

async fn insert(tx: &mut Tx, id: &ActionId, new: &NewAction, entry: &Entry) -> Result<()> {
    let of = &new.of;
    let text = |what: &'static str, text| short(what, text, LETTERS_MAX);
    sqlx::query(
        "INSERT INTO joint_action (id, unit, what, joint, size_low_e4, size_high_e4, size_unit,
             effort, priority, measure, quality, origin, starts_on, due_on, added_by, added_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(id.as_str())
    .bind(new.unit.as_str())
    .bind(text("what will be done", &of.what)?)
    .bind(i64::from(of.joint))
    .bind(of.size.as_ref().map(|it| it.low_e4))
    .bind(of.size.as_ref().map(|it| it.high_e4))
    .bind(text("the unit of the size", of.size.as_ref().map_or("", |it| it.unit.as_str()))?)
    .bind(of.effort.word())
    .bind(of.priority.word())
    .bind(text("the measure", &of.measure)?)
    .bind(text("how it could affect quality", &of.quality)?)
    .bind(usable("where it came from", &new.origin)?)
    .bind(of.starts_on.to_string())
    .bind(of.due_on.to_string())
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this action"))?;
    Ok(())
}

/// Adds what somebody says of an action that they have seen after so many updates.
///
/// # Errors
/// If the reason is missing where it is needed, somebody spoke of it since, or there is none.
pub async fn update(
    tx: &mut Tx,
    id: &ActionId,
    new: &Update,
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    if let Some(fault) = new.fault() {
        return Err(refused(&fault));
    }
    let because = short("the reason", &new.because, LETTERS_MAX)?;
    let found = get(tx, id).await?;
    unchanged(|| "this action".to_owned(), seen, found.version())?;
    sqlx::query(
        "INSERT INTO joint_action_update
             (action, number, says, because, due_on, updated_by, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id.as_str())
    .bind(seen + 1)
    .bind(new.says.word())
    .bind(because)
    .bind(new.due_on.map(|it| it.to_string()))
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("update {} of this action", seen + 1)))?;
    // The words are somebody's own: they stay out of the audit, from which nothing is removed.
    let object = format!("action/{id} update {} {}", seen + 1, new.says.word());
    audit::append(tx, &entry.of("action.update", object)).await?;
    Ok(())
}

fn refused(fault: &ActionFault) -> Error {
    Refusal::Rule(fault.to_string()).into()
}

/// Every action, the earliest due first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection) -> Result<Vec<StoredAction>> {
    let rows = sqlx::query("SELECT * FROM joint_action ORDER BY due_on, id");
    let rows = rows.fetch_all(&mut *db).await?;
    let owners = sqlx::query("SELECT * FROM joint_action_owner ORDER BY action, person");
    let owners = owners.fetch_all(&mut *db).await?;
    let updates = sqlx::query("SELECT * FROM joint_action_update ORDER BY action, number");
    let updates = updates.fetch_all(&mut *db).await?;
    let views = sqlx::query("SELECT * FROM joint_action_view ORDER BY action, number");
    whole(&rows, [&owners, &updates, &views.fetch_all(db).await?])
}

/// One action.
///
/// # Errors
/// If there is none with this reference.
pub async fn get(db: &mut Connection, id: &ActionId) -> Result<StoredAction> {
    let rows = sqlx::query("SELECT * FROM joint_action WHERE id = $1")
        .bind(id.as_str())
        .fetch_all(&mut *db)
        .await?;
    let owners = sqlx::query("SELECT * FROM joint_action_owner WHERE action = $1 ORDER BY person");
    let owners = owners.bind(id.as_str()).fetch_all(&mut *db).await?;
    let updates =
        sqlx::query("SELECT * FROM joint_action_update WHERE action = $1 ORDER BY number");
    let updates = updates.bind(id.as_str()).fetch_all(&mut *db).await?;
    let views = sqlx::query("SELECT * FROM joint_action_view WHERE action = $1 ORDER BY number");
    let views = views.bind(id.as_str()).fetch_all(db).await?;
    let found = whole(&rows, [&owners, &updates, &views])?;
    found.into_iter().next().ok_or_else(|| Error::NotFound(format!("action {id}")))
}

/// Puts owners, updates and views to rows of actions.
fn whole(rows: &[AnyRow], [owners, updates, views]: [&[AnyRow]; 3]) -> Result<Vec<StoredAction>> {
    let mut found = rows.iter().map(stored).collect::<Result<Vec<_>>>()?;
    each_to(
        &mut found,
        |it| it.id.as_str(),
        (owners, "action"),
        |of, row| {
            of.agreed.of.owners.push(Owner {
                person: row.text("person")?,
                profession: row.parsed("profession", "profession")?,
            });
            Ok(())
        },
    )?;
    each_to(
        &mut found,
        |it| it.id.as_str(),
        (updates, "action"),
        |of, row| {
            let at = row.at("updated_at")?;
            let says = Update {
                on: date_at(at),
                says: row.parsed("says", "update of an action")?,
                because: row.text("because")?,
                due_on: row.parsed_if("due_on", "day")?,
            };
            of.updates.push(StoredUpdate { says, by: PersonId::new(row.text("updated_by")?), at });
            Ok(())
        },
    )?;
    each_to(
        &mut found,
        |it| it.id.as_str(),
        (views, "action"),
        |of, row| {
            of.views.push(views::stored(row)?);
            Ok(())
        },
    )?;
    Ok(found)
}

fn stored(row: &AnyRow) -> Result<StoredAction> {
    let size = row.number_if("size_low_e4")?.zip(row.number_if("size_high_e4")?);
    let unit = row.text("size_unit")?;
    Ok(StoredAction {
        id: ActionId::new(row.text("id")?),
        agreed: NewAction {
            unit: UnitCode::new(row.text("unit")?),
            origin: row.text("origin")?,
            of: Action {
                what: row.text("what")?,
                owners: Vec::new(),
                joint: row.flag("joint")?,
                size: size.map(|(low_e4, high_e4)| Size { low_e4, high_e4, unit }),
                effort: row.parsed("effort", "effort")?,
                priority: row.parsed("priority", "priority")?,
                measure: row.text("measure")?,
                quality: row.text("quality")?,
                starts_on: row.parsed("starts_on", "day")?,
                due_on: row.parsed("due_on", "day")?,
            },
        },
        added_by: PersonId::new(row.text("added_by")?),
        added_at: row.at("added_at")?,
        updates: Vec::new(),
        views: Vec::new(),
    })
}

/// A day as the rules of joint work take it.
pub fn date(day: Day) -> Date {
    iso(Some(day)).and_then(|it| it.parse().ok()).unwrap_or(Date::MIN)
}

/// The day of an instant, as it is in England.
pub fn date_at(at: Timestamp) -> Date {
    let zone = jiff::tz::TimeZone::get("Europe/London").unwrap_or(jiff::tz::TimeZone::UTC);
    at.to_zoned(zone).date()
}

#[cfg(test)]
mod tests;
