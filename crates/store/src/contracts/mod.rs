//! Contracts of the trust with those who commission its care: the service lines they are for, the
//! measures that both agreed on, and the people of the commissioner who may look at them.
//!
//! A contract is never changed: another record of it is added, and the latest counts.

mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use domain::Day;
use jiff::Timestamp;

use crate::audit::{self, Entry};
use crate::error::{Refusal, Result, code, said, short, taken, unchanged};
use crate::ids::{ContractId, MeasureCode, PersonId, UnitCode};
use crate::people::{self, PersonState};
use crate::writer::Tx;
use crate::{measures, units};

pub use self::read::{get, list};

/// Letters that a name may have.
pub const NAME_MAX: usize = 120;
/// Letters that what is agreed may have.
pub const WORDS_MAX: usize = 1_000;

/// Days for which a contract can be looked at after its last day.
pub const SEEN_AFTER: i32 = 366;

/// A contract, as it should be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewContract {
    /// What it is called.
    pub name: String,
    /// Organisation code of the commissioner.
    pub commissioner_code: String,
    /// Its name.
    pub commissioner: String,
    /// The first day of care under it.
    pub begins_on: Day,
    /// The last.
    pub ends_on: Day,
    /// The last day on which the commissioner looks at it, at most a year after the last of the care.
    pub seen_until: Day,
    /// What was agreed on the measures; may be empty.
    pub words: String,
    /// Service lines, and other units, that it is for.
    pub units: BTreeSet<UnitCode>,
    /// Measures that the commissioner sees of them.
    pub measures: BTreeSet<MeasureCode>,
    /// People of the commissioner who may look.
    pub readers: BTreeSet<PersonId>,
}

/// A contract as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// Its reference.
    pub id: ContractId,
    /// How often it was recorded.
    pub number: i64,
    /// What it is now.
    pub of: NewContract,
    /// Who recorded it last.
    pub recorded_by: PersonId,
    /// When.
    pub recorded_at: Timestamp,
}

impl Contract {
    /// Whether a person of the commissioner may look at it on a day.
    pub fn is_seen_by(&self, person: &PersonId, day: Day) -> bool {
        self.of.readers.contains(person) && self.of.begins_on <= day && day <= self.of.seen_until
    }
}

/// Records a new contract.
///
/// # Errors
/// If something is missing, its days are in the wrong order, or a unit, a measure or a person is
/// not there.
pub async fn add(tx: &mut Tx, new: &NewContract, entry: &Entry) -> Result<ContractId> {
    let id = ContractId::random()?;
    check(tx, new, &BTreeSet::new()).await?;
    insert(tx, (&id, 1), new, entry).await?;
    Ok(id)
}

/// Records a contract anew, in place of the number that was seen.
///
/// # Errors
/// As [`add`], and if there is no such contract or somebody has changed it since.
pub async fn change(
    tx: &mut Tx,
    id: &ContractId,
    (new, seen): (&NewContract, i64),
    entry: &Entry,
) -> Result<()> {
    let now = get(tx, id).await?;
    unchanged(|| format!("the contract {}", now.of.name), seen, now.number)?;
    check(tx, new, &now.of.readers).await?;
    insert(tx, (id, now.number + 1), new, entry).await
}

async fn insert(
    tx: &mut Tx,
    (id, number): (&ContractId, i64),
    new: &NewContract,
    entry: &Entry,
) -> Result<()> {
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    sqlx::query(
        "INSERT INTO contract (id, number, name, commissioner_code, commissioner, begins_on,
             ends_on, seen_until, words, recorded_by, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(id.as_str())
    .bind(number)
    .bind(said("the name", &new.name, NAME_MAX)?)
    .bind(code("the code of the commissioner", &new.commissioner_code)?)
    .bind(said("the commissioner", &new.commissioner, NAME_MAX)?)
    .bind(new.begins_on.to_string())
    .bind(new.ends_on.to_string())
    .bind(new.seen_until.to_string())
    .bind(short("what was agreed", &new.words, WORDS_MAX)?)
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("record {number} of the contract {}", new.name)))?;
    parts(tx, (id, number), new).await?;
    let object = format!("contract/{id} {number}");
    audit::append(tx, &entry.of("contract.record", object)).await?;
    Ok(())
}

/// Refuses what cannot be a contract; whoever was named before and has left may stay named.
async fn check(tx: &mut Tx, new: &NewContract, named: &BTreeSet<PersonId>) -> Result<()> {
    if new.units.is_empty() {
        return Err(Refusal::Empty("a service line").into());
    }
    let is_in_order = new.begins_on <= new.ends_on && new.ends_on <= new.seen_until;
    if !is_in_order || new.seen_until > new.ends_on.plus(SEEN_AFTER) {
        return Err(Refusal::Unusable("the order of the days").into());
    }
    for unit in &new.units {
        units::get(tx, unit).await?;
    }
    for measure in &new.measures {
        measures::get(tx, measure).await?;
    }
    for person in &new.readers {
        let state = people::get(tx, person).await?.state;
        if state != PersonState::Active && !named.contains(person) {
            return Err(Refusal::HasLeft.into());
        }
    }
    Ok(())
}

async fn parts(tx: &mut Tx, (id, number): (&ContractId, i64), new: &NewContract) -> Result<()> {
    let units = new.units.iter().map(UnitCode::as_str);
    let measures = new.measures.iter().map(MeasureCode::as_str);
    let readers = new.readers.iter().map(PersonId::as_str);
    let all = units
        .map(|it| ("INSERT INTO contract_unit VALUES ($1, $2, $3)", it))
        .chain(measures.map(|it| ("INSERT INTO contract_measure VALUES ($1, $2, $3)", it)))
        .chain(readers.map(|it| ("INSERT INTO contract_reader VALUES ($1, $2, $3)", it)));
    for (sql, part) in all {
        let insert = sqlx::query(sql).bind(id.as_str()).bind(number).bind(part);
        insert.execute(&mut **tx).await?;
    }
    Ok(())
}
