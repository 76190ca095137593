//! Who was there when an allocation was walked through: people of the register, and guests.

use engagement::benefits::Side;
use engagement::walk_throughs::taking_back_fault;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{StoredWalkThrough, get};
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, said, short, taken, unchanged};
use crate::ids::{PersonId, WalkThroughId};
use crate::people;
use crate::row::Values as _;
use crate::writer::Tx;

/// Letters that the name or the role of a guest may have.
pub const NAME_MAX: usize = 120;

/// Somebody who was there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attendee {
    /// Of the register, as they are when it is recorded.
    Person {
        /// Who.
        id: PersonId,
        /// Their profession as written; may be blank.
        profession: String,
        /// For which side they stand, by their profession; none for neither.
        side: Option<Side>,
    },
    /// Of elsewhere: noted, and of neither side, as nobody can look up what they are.
    Guest {
        /// Their name.
        name: String,
        /// What they are.
        role: String,
    },
}

impl Attendee {
    /// For which side they stand; none for neither.
    pub const fn side(&self) -> Option<Side> {
        match self {
            Self::Person { side, .. } => *side,
            Self::Guest { .. } => None,
        }
    }

    /// Whether two are the same person, or guests of the same name and role.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Person { id: one, .. }, Self::Person { id: two, .. }) => one == two,
            (one, two) => one == two,
        }
    }
}

/// Somebody who was there, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attended {
    /// From 1 among all records of the walk-through.
    pub number: i64,
    /// Who was there.
    pub who: Attendee,
    /// Who recorded it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

impl StoredWalkThrough {
    /// Sides of all who were there.
    pub fn sides(&self) -> Vec<Option<Side>> {
        self.there.iter().map(|it| it.who.side()).collect()
    }
}

/// Records that somebody was there.
///
/// # Errors
/// If a text is missing or too long, they are recorded already, there is no such person, somebody
/// recorded since, or there is no such walk-through.
pub async fn attend(
    tx: &mut Tx,
    id: &WalkThroughId,
    who: &Attendee,
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let found = fresh(tx, id, seen).await?;
    if found.there.iter().any(|it| it.who.is_same(who)) {
        return Err(Error::Duplicate("a record that they were there".to_owned()));
    }
    let (record, what) = match who {
        Attendee::Person { id: person, profession, side } => {
            people::get(tx, person).await?;
            let role = short("the profession", profession, NAME_MAX)?;
            let side = side.map(Side::word);
            let row = Record { person: Some(person), role, side, ..Record::default() };
            (row, format!("person/{person}"))
        }
        Attendee::Guest { name, role } => {
            let name = said("the name of the guest", name, NAME_MAX)?;
            let role = said("the role of the guest", role, NAME_MAX)?;
            // A guest's name is a person's: it stays out of the audit, from which nothing is removed.
            (Record { name, role, ..Record::default() }, "a guest".to_owned())
        }
    };
    let number = seen + 1;
    record.insert(tx, (id, number), entry).await?;
    let object = format!("walk-through/{id} attendee {number} {what}");
    audit::append(tx, &entry.of("walk_through.attend", object)).await?;
    Ok(())
}

/// Takes back that somebody was there.
///
/// # Errors
/// If it ended with both sides there and would be left without one, nobody is recorded under that
/// number, somebody recorded since, or there is no such walk-through.
pub async fn take_back(
    tx: &mut Tx,
    id: &WalkThroughId,
    number: i64,
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let found = fresh(tx, id, seen).await?;
    if !found.there.iter().any(|it| it.number == number) {
        return Err(Error::NotFound(format!("attendee {number} of this walk-through")));
    }
    let rest = found.there.iter().filter(|it| it.number != number);
    let rest: Vec<Option<Side>> = rest.map(|it| it.who.side()).collect();
    if let Some(fault) = taking_back_fault(&found.said(), (&found.sides(), &rest)) {
        return Err(Refusal::Rule(fault.to_string()).into());
    }
    let record = Record { takes_back: Some(number), ..Record::default() };
    record.insert(tx, (id, seen + 1), entry).await?;
    let object = format!("walk-through/{id} attendee {number} taken back");
    audit::append(tx, &entry.of("walk_through.attend", object)).await?;
    Ok(())
}

async fn fresh(tx: &mut Tx, id: &WalkThroughId, seen: i64) -> Result<StoredWalkThrough> {
    let found = get(tx, id).await?;
    unchanged(|| "who was there at this walk-through".to_owned(), seen, found.records)?;
    Ok(found)
}

/// A row to be added.
#[derive(Default)]
struct Record<'a> {
    person: Option<&'a PersonId>,
    name: &'a str,
    role: &'a str,
    side: Option<&'static str>,
    takes_back: Option<i64>,
}

impl Record<'_> {
    async fn insert(
        &self,
        tx: &mut Tx,
        (id, number): (&WalkThroughId, i64),
        entry: &Entry,
    ) -> Result<()> {
        sqlx::query(
            "INSERT INTO walk_through_attendee
             (walk_through, number, person, name, role, side, takes_back, recorded_by, recorded_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(id.as_str())
        .bind(number)
        .bind(self.person.map(PersonId::as_str))
        .bind(self.name)
        .bind(self.role)
        .bind(self.side)
        .bind(self.takes_back)
        .bind(&entry.actor)
        .bind(entry.at.as_microsecond())
        .execute(&mut **tx)
        .await
        .map_err(taken(format!("attendee {number} of this walk-through")))?;
        Ok(())
    }
}

/// Adds a stored record to its walk-through.
pub(super) fn read(of: &mut StoredWalkThrough, row: &AnyRow) -> Result<()> {
    of.records += 1;
    if let Some(number) = row.number_if("takes_back")? {
        of.there.retain(|it| it.number != number);
        return Ok(());
    }
    let role = row.text("role")?;
    let who = match row.text_if("person")? {
        Some(id) => Attendee::Person {
            id: PersonId::new(id),
            profession: role,
            side: row.parsed_if("side", "side")?,
        },
        None => Attendee::Guest { name: row.text("name")?, role },
    };
    of.there.push(Attended {
        number: row.number("number")?,
        who,
        by: PersonId::new(row.text("recorded_by")?),
        at: row.at("recorded_at")?,
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::Money;
    use engagement::walk_throughs::Act;

    use super::*;
    use crate::audit::Asked;
    use crate::testing::{add_person, add_unit, by, change, error, on_both};
    use crate::walk_throughs::{NewStep, NewWalkThrough, list, open, say};
    use crate::{Store, UnitCode};

    fn of(id: &PersonId, (profession, side): (&str, Option<Side>)) -> Attendee {
        Attendee::Person { id: id.clone(), profession: profession.to_owned(), side }
    }

    fn guest(name: &str, role: &str) -> Attendee {
        Attendee::Guest { name: name.to_owned(), role: role.to_owned() }
    }

    async fn opened(store: &Store, who: &PersonId) -> WalkThroughId {
        let new = NewWalkThrough {
            unit: UnitCode::new("HIP"),
            activity: "THEATRE".to_owned(),
            run: "1fe9a090556158bd".to_owned(),
            rules: "Weighed by counted time".to_owned(),
            unit_cost: Money::from_micro_pounds(410_000_001),
            trust_cost: Money::from_micro_pounds(1_000_000_003),
            standards: Vec::new(),
        };
        let entry = by(who);
        change!(store, |tx| open(tx, &new, &entry)).expect("it is opened")
    }

    async fn there(
        store: &Store,
        (id, by_whom): (&WalkThroughId, &PersonId),
        who: Attendee,
        seen: i64,
    ) -> Result<()> {
        let (id, entry) = (id.clone(), by(by_whom));
        change!(store, |tx| attend(tx, &id, &who, seen, &entry))
    }

    async fn back(
        store: &Store,
        (id, by_whom): (&WalkThroughId, &PersonId),
        number: i64,
        seen: i64,
    ) -> Result<()> {
        let (id, entry) = (id.clone(), by(by_whom));
        change!(store, |tx| take_back(tx, &id, number, seen, &entry))
    }

    async fn reflects(store: &Store, (id, who): (&WalkThroughId, &PersonId)) -> Result<()> {
        let (id, entry) = (id.clone(), by(who));
        let step = NewStep {
            act: Act::Reflects,
            side: Side::Clinical,
            words: String::new(),
            expected: String::new(),
        };
        change!(store, |tx| say(tx, &id, &step, 0, &entry))
    }

    const CLINICAL: (&str, Option<Side>) = ("medicine", Some(Side::Clinical));
    const FINANCE: (&str, Option<Side>) = ("finance", Some(Side::Finance));

    #[test]
    fn it_ends_once_a_clinician_and_one_of_finance_were_there() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let amara = add_person(&store, "Amara").await;
            let priya = add_person(&store, "Priya").await;
            let id = opened(&store, &priya).await;
            let it = (&id, &priya);
            let alone = reflects(&store, (&id, &amara)).await;
            assert!(error(alone).contains("and nobody of either is recorded"));
            there(&store, it, of(&priya, FINANCE), 0).await.expect("recorded");
            // A guest is noted, and stands for nobody.
            let visitor = guest("Jo Bell", "anaesthetist");
            there(&store, it, visitor.clone(), 1).await.expect("recorded");
            let alone = reflects(&store, (&id, &amara)).await;
            assert!(error(alone).contains("and no clinician is recorded: add who was there first"));
            there(&store, it, of(&amara, CLINICAL), 2).await.expect("recorded");
            reflects(&store, (&id, &amara)).await.expect("it ends");
            let mut db = store.read().await.expect("reads");
            let found = list(&mut db).await.expect("reads").remove(0);
            let who: Vec<Attendee> = found.there.iter().map(|it| it.who.clone()).collect();
            assert_eq!(who, [of(&priya, FINANCE), visitor, of(&amara, CLINICAL)]);
            let rows = audit::list(&mut db, &Asked::default(), 100).await.expect("reads");
            assert!(!format!("{rows:?}").contains("Jo Bell"), "no guest is in the audit");
            drop(db);
            let left = back(&store, it, 3, 3).await;
            assert!(error(left).contains("without them no clinician would be recorded as there"));
            back(&store, it, 2, 3).await.expect("guests may go");
            let mut db = store.read().await.expect("reads");
            let found = get(&mut db, &id).await.expect("is there");
            assert_eq!((found.there.len(), found.records), (2, 4));
        });
    }

    #[test]
    fn nobody_is_there_twice_and_two_who_record_at_once_lose_nothing() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let priya = add_person(&store, "Priya").await;
            let id = opened(&store, &priya).await;
            let it = (&id, &priya);
            there(&store, it, of(&priya, FINANCE), 0).await.expect("recorded");
            let twice = there(&store, it, of(&priya, CLINICAL), 1).await;
            assert_eq!(error(twice), "there is already a record that they were there");
            let stale = there(&store, it, guest("Jo Bell", "pharmacist"), 0).await;
            assert!(error(stale).starts_with("who was there at this walk-through was changed"));
            let nameless = there(&store, it, guest(" ", "pharmacist"), 1).await;
            assert_eq!(error(nameless), "the name of the guest is missing");
            let unknown = there(&store, it, of(&PersonId::new("nobody"), FINANCE), 1).await;
            assert_eq!(error(unknown), "there is no person nobody");
            assert_eq!(
                error(back(&store, it, 7, 1).await),
                "there is no attendee 7 of this walk-through"
            );
            // While it goes on anybody may go, and come back.
            back(&store, it, 1, 1).await.expect("taken back");
            there(&store, it, of(&priya, FINANCE), 2).await.expect("recorded anew");
        });
    }
}
