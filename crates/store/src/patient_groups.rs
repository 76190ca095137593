//! Patient groups that clinicians define, keep for themselves or share in their unit.

use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Result, filled, taken};
use crate::ids::{GroupId, PersonId, UnitCode};
use crate::row::Values as _;
use crate::units;
use crate::writer::Tx;

/// A group, as it should be recorded. Whoever calls has checked the definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGroup {
    /// The unit whose patients they are, and in which it can be shared.
    pub unit: UnitCode,
    /// What people call it.
    pub name: String,
    /// Who belongs to it, as text.
    pub definition: String,
    /// Whether others of the unit see it.
    pub is_shared: bool,
}

/// A group as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredGroup {
    /// Its reference.
    pub id: GroupId,
    /// What was recorded.
    pub group: NewGroup,
    /// Its number, from 1.
    pub version: i64,
    /// Who recorded this version.
    pub recorded_by: PersonId,
    /// When.
    pub recorded_at: Timestamp,
    /// Who made the first.
    pub owner: PersonId,
}

impl StoredGroup {
    /// Whether a person may see it: their own, or shared.
    pub fn is_seen_by(&self, person: &PersonId) -> bool {
        self.group.is_shared || self.owner == *person
    }
}

/// Records a new group.
///
/// # Errors
/// If something is missing or there is no such unit.
pub async fn create(tx: &mut Tx, new: &NewGroup, entry: &Entry) -> Result<GroupId> {
    let id = GroupId::random()?;
    put(tx, (&id, 1), new, entry).await?;
    Ok(id)
}

/// Records another version of a group in place of the one that was seen. Its unit stays.
///
/// # Errors
/// If somebody has changed it since, something is missing, or there is no such group.
pub async fn change(
    tx: &mut Tx,
    id: &GroupId,
    new: &NewGroup,
    seen: i64,
    entry: &Entry,
) -> Result<i64> {
    let current = get(tx, id).await?;
    if current.version != seen {
        let what = format!("the group {}", current.group.name);
        return Err(Error::Stale { what, yours: seen, current: current.version });
    }
    let version = seen + 1;
    let new = NewGroup { unit: current.group.unit, ..new.clone() };
    put(tx, (id, version), &new, entry).await?;
    Ok(version)
}

async fn put(
    tx: &mut Tx,
    (id, version): (&GroupId, i64),
    new: &NewGroup,
    entry: &Entry,
) -> Result<()> {
    let name = filled("the name", &new.name)?;
    let definition = filled("the definition", &new.definition)?;
    units::get(tx, &new.unit).await?;
    sqlx::query(
        "INSERT INTO patient_group (id, version, unit, name, definition, is_shared, recorded_by,
             recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id.as_str())
    .bind(version)
    .bind(new.unit.as_str())
    .bind(name)
    .bind(definition)
    .bind(i64::from(new.is_shared))
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("version {version} of the group {name}")))?;
    let object = format!("group/{id} version {version}");
    audit::append(tx, &entry.of("group.record", object)).await?;
    Ok(())
}

/// The groups of every unit, by name.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection) -> Result<Vec<StoredGroup>> {
    let rows = sqlx::query(
        "SELECT g.*, f.recorded_by AS owner
         FROM patient_group g JOIN patient_group f ON f.id = g.id AND f.version = 1
         WHERE g.version = (SELECT MAX(version) FROM patient_group o WHERE o.id = g.id)
         ORDER BY g.name, g.id",
    )
    .fetch_all(db)
    .await?;
    rows.iter().map(stored).collect()
}

/// One group.
///
/// # Errors
/// If there is none with this reference.
pub async fn get(db: &mut Connection, id: &GroupId) -> Result<StoredGroup> {
    versions(db, id).await?.into_iter().next().ok_or_else(|| Error::NotFound(format!("group {id}")))
}

/// The versions of a group, latest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn versions(db: &mut Connection, id: &GroupId) -> Result<Vec<StoredGroup>> {
    let rows = sqlx::query(
        "SELECT g.*, f.recorded_by AS owner
         FROM patient_group g JOIN patient_group f ON f.id = g.id AND f.version = 1
         WHERE g.id = $1 ORDER BY g.version DESC",
    )
    .bind(id.as_str())
    .fetch_all(db)
    .await?;
    rows.iter().map(stored).collect()
}

fn stored(row: &AnyRow) -> Result<StoredGroup> {
    Ok(StoredGroup {
        id: GroupId::new(row.text("id")?),
        group: NewGroup {
            unit: UnitCode::new(row.text("unit")?),
            name: row.text("name")?,
            definition: row.text("definition")?,
            is_shared: row.flag("is_shared")?,
        },
        version: row.number("version")?,
        recorded_by: PersonId::new(row.text("recorded_by")?),
        recorded_at: row.at("recorded_at")?,
        owner: PersonId::new(row.text("owner")?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use crate::testing::{add_person, add_unit, by, change, error, on_both};

    fn hips() -> NewGroup {
        NewGroup {
            unit: UnitCode::new("HIP"),
            name: "Planned first hips".to_owned(),
            definition: "procedure: W37".to_owned(),
            is_shared: false,
        }
    }

    async fn changed(
        store: &Store,
        who: &PersonId,
        (id, seen): (&GroupId, i64),
        new: NewGroup,
    ) -> Result<i64> {
        let (entry, id) = (by(who), id.clone());
        change!(store, |tx| super::change(tx, &id, &new, seen, &entry))
    }

    #[test]
    fn a_group_is_its_makers_until_it_is_shared_and_every_version_is_kept() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let tomos = add_person(&store, "Tomos").await;
            let other = add_person(&store, "Grace").await;
            let entry = by(&tomos);
            let id = change!(&store, |tx| create(tx, &hips(), &entry)).expect("it is new");
            let mut db = store.read().await.expect("a connection");
            let found = get(&mut db, &id).await.expect("it is there");
            assert!(found.is_seen_by(&tomos) && !found.is_seen_by(&other));
            drop(db);
            let shared = NewGroup { is_shared: true, unit: UnitCode::new("EYE"), ..hips() };
            assert_eq!(changed(&store, &other, (&id, 1), shared).await.expect("changed"), 2);
            assert_eq!(
                error(changed(&store, &other, (&id, 1), hips()).await),
                "the group Planned first hips was changed by somebody else: you edited version 1, it is at 2"
            );
            let mut db = store.read().await.expect("a connection");
            let found = get(&mut db, &id).await.expect("it is there");
            assert!(found.is_seen_by(&other));
            assert_eq!((found.version, &found.owner), (2, &tomos), "its maker stays its owner");
            assert_eq!(found.group.unit.as_str(), "HIP", "and its unit its unit");
            assert_eq!(versions(&mut db, &id).await.expect("a read").len(), 2);
            assert_eq!(list(&mut db).await.expect("a read").len(), 1);
            drop(db);
            for (new, expected) in [
                (NewGroup { name: " ".to_owned(), ..hips() }, "the name is missing"),
                (NewGroup { definition: String::new(), ..hips() }, "the definition is missing"),
                (NewGroup { unit: UnitCode::new("U"), ..hips() }, "there is no unit U"),
            ] {
                let entry = by(&tomos);
                assert_eq!(error(change!(&store, |tx| create(tx, &new, &entry))), expected);
            }
        });
    }
}
