//! Contracts as last recorded.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::any::AnyRow;

use super::{Contract, NewContract};
use crate::Connection;
use crate::error::{Error, Result};
use crate::ids::{ContractId, MeasureCode, PersonId, UnitCode};
use crate::row::Values as _;

/// Parts of all contracts as last recorded, by contract.
type Parts = BTreeMap<String, BTreeSet<String>>;

/// One contract.
///
/// # Errors
/// [`Error::NotFound`] if there is none.
pub async fn get(db: &mut Connection, id: &ContractId) -> Result<Contract> {
    let found = list(db).await?.into_iter().find(|it| it.id == *id);
    found.ok_or_else(|| Error::NotFound(format!("contract {id}")))
}

/// All contracts as last recorded, by their first day and name.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection) -> Result<Vec<Contract>> {
    let units = parts(
        db,
        "SELECT p.contract, p.unit AS part FROM contract_unit p WHERE p.number =
             (SELECT MAX(c.number) FROM contract c WHERE c.id = p.contract)",
    )
    .await?;
    let measures = parts(
        db,
        "SELECT p.contract, p.measure AS part FROM contract_measure p WHERE p.number =
             (SELECT MAX(c.number) FROM contract c WHERE c.id = p.contract)",
    )
    .await?;
    let readers = parts(
        db,
        "SELECT p.contract, p.person AS part FROM contract_reader p WHERE p.number =
             (SELECT MAX(c.number) FROM contract c WHERE c.id = p.contract)",
    )
    .await?;
    let rows = sqlx::query(
        "SELECT c.* FROM contract c
         WHERE c.number = (SELECT MAX(l.number) FROM contract l WHERE l.id = c.id)
         ORDER BY c.begins_on, c.name, c.id",
    )
    .fetch_all(db)
    .await?;
    let of = |parts: &Parts, id: &str| parts.get(id).cloned().unwrap_or_default();
    let one = |row: &AnyRow| {
        let id = row.text("id")?;
        let mut contract = stored(row)?;
        contract.of.units = of(&units, &id).into_iter().map(UnitCode::new).collect();
        contract.of.measures = of(&measures, &id).into_iter().map(MeasureCode::new).collect();
        contract.of.readers = of(&readers, &id).into_iter().map(PersonId::new).collect();
        Ok(contract)
    };
    rows.iter().map(one).collect()
}

async fn parts(db: &mut Connection, sql: &'static str) -> Result<Parts> {
    let mut found = Parts::new();
    for row in sqlx::query(sql).fetch_all(db).await? {
        found.entry(row.text("contract")?).or_default().insert(row.text("part")?);
    }
    Ok(found)
}

fn stored(row: &AnyRow) -> Result<Contract> {
    Ok(Contract {
        id: ContractId::new(row.text("id")?),
        number: row.number("number")?,
        of: NewContract {
            name: row.text("name")?,
            commissioner_code: row.text("commissioner_code")?,
            commissioner: row.text("commissioner")?,
            begins_on: row.day("begins_on")?,
            ends_on: row.day("ends_on")?,
            seen_until: row.day("seen_until")?,
            words: row.text("words")?,
            units: BTreeSet::new(),
            measures: BTreeSet::new(),
            readers: BTreeSet::new(),
        },
        recorded_by: PersonId::new(row.text("recorded_by")?),
        recorded_at: row.at("recorded_at")?,
    })
}
