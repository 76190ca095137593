//! Clinical owners of the inputs and rules on which the cost of a service line rests, and what each of
//! them signed. Everything is only added to.

use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Refusal, Result, code, filled, short, taken, unchanged};
use crate::ids::{PersonId, UnitCode};
use crate::people::{self, PersonState};
use crate::row::Values as _;
use crate::units;
use crate::walk_throughs::{LETTERS_MAX, says_by_number};
use crate::writer::Tx;

/// An owner as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputOwner {
    /// From 1 in its unit.
    pub number: i64,
    /// The input or rule, by its name.
    pub input: String,
    /// Who owns it; nobody where that was taken back, or they have left.
    pub owner: Option<PersonId>,
    /// Who named them.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// An input that its owner signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOwnerSignature {
    /// The input or rule, by its name.
    pub input: String,
    /// The published run that used it.
    pub run: String,
    /// Of which period, in words.
    pub period: String,
    /// What was signed of it, line by line.
    pub says: Vec<String>,
    /// What the owner adds; may be blank.
    pub words: String,
}

/// A signature of an owner as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerSignature {
    /// From 1 in its unit.
    pub number: i64,
    /// What was signed.
    pub of: NewOwnerSignature,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Names the owner of an input of a unit, after so many records of owners were seen; nobody takes an
/// earlier one back.
///
/// # Errors
/// If the input has no name, there is no such unit or person, they have left, or somebody named an
/// owner since.
pub async fn name_owner(
    tx: &mut Tx,
    unit: &UnitCode,
    (input, owner): (&str, Option<&PersonId>),
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let input = short("the input", filled("the input", input)?, LETTERS_MAX)?;
    units::get(tx, unit).await?;
    if let Some(owner) = owner
        && people::get(tx, owner).await?.state != PersonState::Active
    {
        return Err(Refusal::HasLeft.into());
    }
    let row =
        sqlx::query("SELECT COALESCE(MAX(number), 0) AS number FROM input_owner WHERE unit = $1")
            .bind(unit.as_str())
            .fetch_one(&mut **tx)
            .await?;
    unchanged(|| format!("the owners of inputs of {unit}"), seen, row.number("number")?)?;
    sqlx::query(
        "INSERT INTO input_owner (unit, number, input, owner, named_by, named_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(unit.as_str())
    .bind(seen + 1)
    .bind(input)
    .bind(owner.map(PersonId::as_str))
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("owner {} of inputs of {unit}", seen + 1)))?;
    let owner = owner.map_or_else(|| "nobody".to_owned(), |it| format!("person/{it}"));
    let object = format!("inputs/{unit} owner {} of {input} {owner}", seen + 1);
    audit::append(tx, &entry.of("inputs.owner", object)).await?;
    Ok(())
}

/// Signs inputs of a unit as their owner, after so many signatures were seen.
///
/// # Errors
/// If nothing is signed, an input is owned by somebody else or by nobody, a text is missing or too
/// long, or somebody signed since.
pub async fn sign_inputs(
    tx: &mut Tx,
    unit: &UnitCode,
    all: &[NewOwnerSignature],
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    if all.is_empty() {
        return Err(Refusal::Empty("what is signed").into());
    }
    units::get(tx, unit).await?;
    let owners = owners(tx, unit).await?;
    let last = owner_signatures(tx, unit).await?.last().map_or(0, |it| it.number);
    unchanged(|| "the signatures of owners in this unit".to_owned(), seen, last)?;
    for (number, new) in (seen + 1..).zip(all) {
        let found = owners.iter().find(|it| it.input == new.input);
        let owner = found.and_then(|it| it.owner.as_ref()).map(PersonId::as_str);
        if owner != Some(entry.actor.as_str()) {
            let said = format!("only its clinical owner signs {}", new.input);
            return Err(Refusal::Rule(said).into());
        }
        put(tx, (unit, number), new, entry).await?;
    }
    Ok(())
}

async fn put(
    tx: &mut Tx,
    (unit, number): (&UnitCode, i64),
    new: &NewOwnerSignature,
    entry: &Entry,
) -> Result<()> {
    if new.says.is_empty() {
        return Err(Refusal::Empty("what is signed").into());
    }
    sqlx::query(
        "INSERT INTO owner_signature
         (unit, number, input, run, period, words, signed_by, signed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(unit.as_str())
    .bind(number)
    .bind(filled("the input", &new.input)?)
    .bind(code("the run", &new.run)?)
    .bind(filled("the period", &new.period)?)
    .bind(short("what is added", &new.words, LETTERS_MAX)?)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("signature {number} of owners in this unit")))?;
    for (place, says) in (0_i64..).zip(&new.says) {
        let sql = "INSERT INTO owner_signed (unit, number, place, says) VALUES ($1, $2, $3, $4)";
        sqlx::query(sql)
            .bind(unit.as_str())
            .bind(number)
            .bind(place)
            .bind(filled("what is signed", says)?)
            .execute(&mut **tx)
            .await?;
    }
    // What the owner adds is their own: it stays out of the audit, from which nothing is removed.
    let object = format!("inputs/{unit} signature {number} of {} {}", new.input, new.run);
    audit::append(tx, &entry.of("inputs.owner_sign", object)).await?;
    Ok(())
}

/// The latest record of each input of a unit that ever had an owner, by the name of the input.
///
/// # Errors
/// If the database cannot be read.
pub async fn owners(db: &mut Connection, unit: &UnitCode) -> Result<Vec<InputOwner>> {
    let rows = sqlx::query(
        "SELECT o.number, o.input, o.named_by, o.named_at, p.id AS owns FROM input_owner o
         LEFT JOIN person p ON p.id = o.owner AND p.state = $2
         WHERE o.unit = $1
           AND o.number = (SELECT MAX(l.number) FROM input_owner l
                           WHERE l.unit = o.unit AND l.input = o.input)
         ORDER BY o.input",
    )
    .bind(unit.as_str())
    .bind(PersonState::Active.as_str())
    .fetch_all(db)
    .await?;
    let read = |row: &AnyRow| -> Result<InputOwner> {
        Ok(InputOwner {
            number: row.number("number")?,
            input: row.text("input")?,
            owner: row.text_if("owns")?.map(PersonId::new),
            by: PersonId::new(row.text("named_by")?),
            at: row.at("named_at")?,
        })
    };
    rows.iter().map(read).collect()
}

/// Every signature of owners in a unit, the earliest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn owner_signatures(db: &mut Connection, unit: &UnitCode) -> Result<Vec<OwnerSignature>> {
    let rows = sqlx::query("SELECT * FROM owner_signature WHERE unit = $1 ORDER BY number")
        .bind(unit.as_str())
        .fetch_all(&mut *db)
        .await?;
    let read = |row: &AnyRow| -> Result<OwnerSignature> {
        Ok(OwnerSignature {
            number: row.number("number")?,
            of: NewOwnerSignature {
                input: row.text("input")?,
                run: row.text("run")?,
                period: row.text("period")?,
                says: Vec::new(),
                words: row.text("words")?,
            },
            by: PersonId::new(row.text("signed_by")?),
            at: row.at("signed_at")?,
        })
    };
    let mut found = rows.iter().map(read).collect::<Result<Vec<OwnerSignature>>>()?;
    let sql = "SELECT * FROM owner_signed WHERE unit = $1 ORDER BY number, place";
    let mut says = says_by_number(db, sql, unit).await?;
    for it in &mut found {
        it.of.says = says.remove(&it.number).unwrap_or_default();
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{add_person, add_unit, by, change, day, error, on_both};

    fn new(input: &str) -> NewOwnerSignature {
        NewOwnerSignature {
            input: input.to_owned(),
            run: "1fe9a090556158bd".to_owned(),
            period: "2025/26 to the end of March".to_owned(),
            says: vec![format!("{input}: by time"), format!("{input}: of staff")],
            words: String::new(),
        }
    }

    #[test]
    fn only_the_owner_of_an_input_signs_it_and_nothing_is_lost() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let amara = add_person(&store, "Amara").await;
            let tomos = add_person(&store, "Tomos").await;
            let unit = || UnitCode::new("HIP");
            let names = async |input: &'static str, owner: Option<PersonId>, seen| {
                let (unit, entry) = (unit(), by(&amara));
                let of = (input, owner);
                change!(store, |tx| name_owner(tx, &unit, (of.0, of.1.as_ref()), seen, &entry))
            };
            names("Theatre", Some(amara.clone()), 0).await.expect("an owner");
            let late = names("Wards", Some(amara.clone()), 0).await;
            assert!(error(late).starts_with("the owners of inputs of HIP"));
            assert_eq!(error(names(" ", None, 1).await), "the input is missing");
            names("Wards", Some(tomos.clone()), 1).await.expect("an owner");
            let signs = async |who: &PersonId, all: Vec<NewOwnerSignature>, seen| {
                let (unit, entry) = (unit(), by(who));
                change!(store, |tx| sign_inputs(tx, &unit, &all, seen, &entry))
            };
            assert!(error(signs(&amara, Vec::new(), 0).await).contains("what is signed"));
            let both = vec![new("Theatre"), new("Wards")];
            let other = signs(&amara, both, 0).await;
            assert_eq!(error(other), "only its clinical owner signs Wards");
            let nobodys = signs(&amara, vec![new("Pharmacy")], 0).await;
            assert_eq!(error(nobodys), "only its clinical owner signs Pharmacy");
            signs(&amara, vec![new("Theatre")], 0).await.expect("her own");
            let stale = signs(&tomos, vec![new("Wards")], 0).await;
            assert!(error(stale).starts_with("the signatures of owners in this unit"));
            signs(&tomos, vec![new("Wards")], 1).await.expect("his own");
            let mut db = store.read().await.expect("a connection");
            let all = owner_signatures(&mut db, &unit()).await.expect("a read");
            let of: Vec<(i64, &NewOwnerSignature)> =
                all.iter().map(|it| (it.number, &it.of)).collect();
            assert_eq!(of, [(1, &new("Theatre")), (2, &new("Wards"))]);
            drop(db);
            let (entry, gone) = (by(&amara), tomos.clone());
            change!(store, |tx| people::leave(tx, &gone, day("2025-05-01"), &entry)).expect("left");
            names("Theatre", None, 2).await.expect("taken back");
            let mut db = store.read().await.expect("a connection");
            let found = owners(&mut db, &unit()).await.expect("a read");
            let found: Vec<(&str, bool)> =
                found.iter().map(|it| (it.input.as_str(), it.owner.is_some())).collect();
            assert_eq!(found, [("Theatre", false), ("Wards", false)]);
        });
    }
}
