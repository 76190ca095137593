//! People who may sign in: added, edited, imported, and gone with all their rights at once.

use std::collections::BTreeSet;

use domain::Day;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, LineFault, Refusal, Result, filled, taken};
use crate::grants::{self, NewGrant};
use crate::ids::{PersonId, UnitCode};
use crate::import;
use crate::row::{Values as _, texts};
use crate::sessions;
use crate::units;
use crate::writer::Tx;

texts! {
    /// Whether a person works here.
    PersonState {
        /// Works here.
        Active = "active",
        /// Has left: no session, no right, no sign-in.
        Left = "left",
    }
}

/// A person, as they should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Name.
    pub name: String,
    /// Address, unique whatever its case.
    pub email: String,
    /// Job title.
    pub job_title: String,
    /// Profession, such as finance or nursing.
    pub profession: String,
}

/// A person as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPerson {
    /// Reference.
    pub id: PersonId,
    /// The person.
    pub person: Person,
    /// Whether they work here.
    pub state: PersonState,
    /// The last day, of those who have left.
    pub left_on: Option<Day>,
    /// Goes up with each change.
    pub version: i64,
}

/// What ended with a person's leaving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Sessions.
    pub sessions: usize,
    /// Rights.
    pub grants: usize,
}

/// What an import of people did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportedPeople {
    /// People who are new.
    pub added: usize,
    /// People of whom something changed.
    pub changed: usize,
    /// Rights granted.
    pub granted: usize,
}

/// All people by name.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection) -> Result<Vec<StoredPerson>> {
    let rows = sqlx::query("SELECT * FROM person ORDER BY name, id").fetch_all(db).await?;
    rows.iter().map(stored).collect()
}

/// One person.
///
/// # Errors
/// If there is no such person.
pub async fn get(db: &mut Connection, id: &PersonId) -> Result<StoredPerson> {
    let row = sqlx::query("SELECT * FROM person WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(db)
        .await?;
    stored(&row.ok_or_else(|| Error::NotFound(format!("person {id}")))?)
}

/// The person with an address, whatever its case.
///
/// # Errors
/// If the database cannot be read.
pub async fn by_email(db: &mut Connection, email: &str) -> Result<Option<StoredPerson>> {
    let row = sqlx::query("SELECT * FROM person WHERE email_key = $1")
        .bind(key(email))
        .fetch_optional(db)
        .await?;
    row.as_ref().map(stored).transpose()
}

/// Adds a person, who may do nothing yet.
///
/// # Errors
/// If the name or address is missing, or somebody has the address already.
pub async fn create(tx: &mut Tx, person: &Person, entry: &Entry) -> Result<PersonId> {
    let id = add(tx, person).await?;
    audit::append(tx, &entry.of("person.create", format!("person/{id}"))).await?;
    Ok(id)
}

/// Changes a person who was seen at a version; their new version.
///
/// # Errors
/// If somebody else changed them since, or another has the address.
pub async fn edit(
    tx: &mut Tx,
    id: &PersonId,
    person: &Person,
    seen: i64,
    entry: &Entry,
) -> Result<i64> {
    check(person)?;
    let current = get(tx, id).await?;
    if current.version != seen {
        let what = format!("person {}", current.person.name);
        return Err(Error::Stale { what, yours: seen, current: current.version });
    }
    let version = seen + 1;
    put(tx, id, person, version).await?;
    audit::append(tx, &entry.of("person.edit", format!("person/{id} v{version}"))).await?;
    Ok(version)
}

/// Lets a person go: sessions end and rights are revoked in the same transaction.
///
/// # Errors
/// If there is no such person, or they have left.
pub async fn leave(tx: &mut Tx, id: &PersonId, on: Day, entry: &Entry) -> Result<Ended> {
    if get(tx, id).await?.state == PersonState::Left {
        return Err(Refusal::HasLeft.into());
    }
    sqlx::query(
        "UPDATE person SET state = 'left', left_on = $1, version = version + 1 WHERE id = $2",
    )
    .bind(on.to_string())
    .bind(id.as_str())
    .execute(&mut **tx)
    .await?;
    let sessions = sessions::end_each(tx, id, entry.at).await?;
    let grants = grants::revoke_each(tx, id, entry).await?;
    let entry = entry.of("person.leave", format!("person/{id}")).rows(sessions + grants);
    audit::append(tx, &entry).await?;
    Ok(Ended { sessions, grants })
}

/// Adds and changes people from a file `name,email,job_title,role,unit,from,until`, all or nothing.
///
/// A role needs a unit and a first day and is granted unless the same was; patient-level rights are
/// never imported. Whoever imports cannot grant to themselves.
///
/// # Errors
/// [`Error::Faults`] with everything that is wrong, by line.
pub async fn import_csv(
    tx: &mut Tx,
    csv: &str,
    roles: &[&str],
    entry: &Entry,
) -> Result<ImportedPeople> {
    let units: BTreeSet<UnitCode> =
        units::list(tx).await?.into_iter().map(|it| it.unit.code).collect();
    let known = list(tx).await?;
    let lines = read(csv, roles, &units, &known, entry)?;
    let mut imported = ImportedPeople::default();
    for Line { person, right } in lines {
        let id = match by_email(tx, &person.email).await? {
            None => {
                imported.added += 1;
                add(tx, &person).await?
            }
            Some(stored) => {
                let person = Person { profession: stored.person.profession.clone(), ..person };
                if stored.person != person {
                    imported.changed += 1;
                    put(tx, &stored.id, &person, stored.version + 1).await?;
                }
                stored.id
            }
        };
        if let Some((role, unit, from, until)) = right {
            let reason = "imported".to_owned();
            let (person, patient_level) = (id, false);
            let new = NewGrant { person, role, unit, patient_level, reason, from, until };
            if !grants::is_granted(tx, &new).await? {
                grants::grant(tx, &new, entry).await?;
                imported.granted += 1;
            }
        }
    }
    let entry = entry.of("person.import", "people").rows(imported.added + imported.changed);
    audit::append(tx, &entry).await?;
    Ok(imported)
}

struct Line {
    person: Person,
    right: Option<(String, UnitCode, Day, Option<Day>)>,
}

fn read(
    csv: &str,
    roles: &[&str],
    units: &BTreeSet<UnitCode>,
    known: &[StoredPerson],
    entry: &Entry,
) -> Result<Vec<Line>> {
    let columns = ["name", "email", "job_title", "role", "unit", "from", "until"];
    let (rows, mut faults) = import::read(csv, columns);
    let mut lines: Vec<Line> = Vec::new();
    for row in &rows {
        let [name, email, job_title, role, unit, from, until] = &row.fields;
        let before = faults.len();
        let mut fault =
            |message: &str| faults.push(LineFault { line: row.line, message: message.to_owned() });
        if name.is_empty() {
            fault("needs a name");
        }
        if !looks_like_an_address(email) {
            fault("needs an email address such as a.name@trust.nhs.uk");
        }
        let stored = known.iter().find(|it| key(&it.person.email) == key(email));
        if stored.is_some_and(|it| it.state == PersonState::Left) {
            fault("this person has left");
        }
        let person = Person {
            name: name.clone(),
            email: email.clone(),
            job_title: job_title.clone(),
            profession: String::new(),
        };
        let is_other = |it: &Line| key(&it.person.email) == key(email) && it.person != person;
        if lines.iter().any(is_other) {
            fault("the same address stands above with another name or job title");
        }
        let mut right = None;
        if !role.is_empty() {
            let unit = UnitCode::new(unit);
            if !roles.contains(&role.as_str()) {
                fault(&format!("the role must be one of {}", roles.join(", ")));
            }
            if !units.contains(&unit) {
                fault(&format!("there is no unit `{unit}`"));
            }
            if stored.is_some_and(|it| it.id.as_str() == entry.actor) {
                fault("nobody grants a right to themselves");
            }
            match import::days(from, until) {
                Ok((from, until)) => right = Some((role.clone(), unit, from, until)),
                Err(message) => fault(&message),
            }
        } else if !(unit.is_empty() && from.is_empty() && until.is_empty()) {
            fault("has a unit or days, but no role");
        }
        if faults.len() == before {
            lines.push(Line { person, right });
        }
    }
    import::none(faults)?;
    Ok(lines)
}

fn looks_like_an_address(email: &str) -> bool {
    email.split_once('@').is_some_and(|(name, place)| {
        !name.is_empty() && place.contains('.') && !email.contains(char::is_whitespace)
    })
}

/// Addresses are compared without regard to case.
fn key(email: &str) -> String {
    email.trim().to_lowercase()
}

fn check(person: &Person) -> Result<()> {
    filled("the name", &person.name)?;
    if !looks_like_an_address(person.email.trim()) {
        return Err(Refusal::Empty("an email address").into());
    }
    Ok(())
}

async fn add(tx: &mut Tx, person: &Person) -> Result<PersonId> {
    check(person)?;
    let id = PersonId::random()?;
    put(tx, &id, person, 1).await?;
    Ok(id)
}

async fn put(tx: &mut Tx, id: &PersonId, person: &Person, version: i64) -> Result<()> {
    sqlx::query(
        "INSERT INTO person (id, name, email, email_key, job_title, profession, state, version)
         VALUES ($1, $2, $3, $4, $5, $6, 'active', $7)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = excluded.email,
             email_key = excluded.email_key, job_title = excluded.job_title,
             profession = excluded.profession, version = excluded.version",
    )
    .bind(id.as_str())
    .bind(person.name.trim())
    .bind(person.email.trim())
    .bind(key(&person.email))
    .bind(person.job_title.trim())
    .bind(person.profession.trim())
    .bind(version)
    .execute(&mut **tx)
    .await
    .map_err(taken("somebody with this email address"))?;
    Ok(())
}

fn stored(row: &AnyRow) -> Result<StoredPerson> {
    Ok(StoredPerson {
        id: PersonId::new(row.text("id")?),
        person: Person {
            name: row.text("name")?,
            email: row.text("email")?,
            job_title: row.text("job_title")?,
            profession: row.text("profession")?,
        },
        state: row.parsed("state", "state of a person")?,
        left_on: row.day_if("left_on")?,
        version: row.number("version")?,
    })
}
