//! Champions of a unit: a clinician and somebody of costing whom colleagues turn to, and the log of
//! when they were in contact. The log is only added to.

use domain::Day;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{Every, said, short, unchanged};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, taken};
use crate::ids::{PersonId, UnitCode};
use crate::joint_actions::date_at;
use crate::people;
use crate::row::{Values as _, texts};
use crate::units;
use crate::writer::Tx;

texts! {
    /// For what somebody is a champion.
    Kind {
        /// For care, among clinicians.
        Clinical = "clinical",
        /// For cost, among finance.
        Cost = "cost",
    }
}

/// A champion, as it should be recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewChampion {
    /// Who it is; none where the place is vacant.
    pub person: Option<PersonId>,
    /// How often they are in contact with the other champion and with colleagues.
    pub contact_every: Option<Every>,
    /// What they do, or why nobody does it.
    pub words: String,
}

/// A champion as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Champion {
    /// The unit.
    pub unit: UnitCode,
    /// For what.
    pub kind: Kind,
    /// Its number for the unit and the kind, from 1.
    pub number: i64,
    /// Who it is.
    pub of: NewChampion,
    /// When they were first recorded in this place since somebody else or nobody had it; or when it was
    /// left vacant.
    pub since: Timestamp,
    /// When they were last in contact since then, by the log; none where nothing of it stands there.
    pub last_contact_on: Option<Day>,
    /// Who recorded it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// A contact of a champion, as it should be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewContact {
    /// When.
    pub on: Day,
    /// With whom: names or roles.
    pub with: String,
    /// What it was about; may be blank.
    pub words: String,
}

/// A contact as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Its number for the unit and the kind.
    pub number: i64,
    /// Who was the champion then.
    pub champion: PersonId,
    /// What is recorded; with nobody where a record from before there was a log says it.
    pub of: NewContact,
    /// Who recorded it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Why it was taken back; none where it stands.
    pub taken_back: Option<String>,
}

/// Records the champion of a unit, in place of the number that was seen: 0 where there was none.
///
/// # Errors
/// If a place is left vacant without a word, the person or the unit is not there, or somebody has
/// recorded something since.
pub async fn record(
    tx: &mut Tx,
    (unit, kind): (&UnitCode, Kind),
    new: &NewChampion,
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let words = match &new.person {
        Some(person) => {
            people::get(tx, person).await?;
            short("what they do", &new.words)?
        }
        None => said("why nobody does it", &new.words)?,
    };
    units::get(tx, unit).await?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let found = all(tx, entry.at).await?;
    let current = found.iter().find(|it| it.unit == *unit && it.kind == kind);
    unchanged(
        || format!("the {kind} champion of {unit}"),
        seen,
        current.map_or(0, |it| it.number),
    )?;
    sqlx::query(
        "INSERT INTO champion (unit, kind, number, person, contact_every, words, recorded_by,
             recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(unit.as_str())
    .bind(kind.as_str())
    .bind(seen + 1)
    .bind(new.person.as_ref().map(PersonId::as_str))
    .bind(new.contact_every.map(Every::as_str))
    .bind(words)
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("record {} of the {kind} champion of {unit}", seen + 1)))?;
    let object = format!("champion/{unit} {kind} {}", seen + 1);
    audit::append(tx, &entry.of("assessment.champion", object)).await?;
    Ok(())
}

/// Adds a contact to the log of whoever is the champion of a unit now.
///
/// # Errors
/// If nobody is, it is of a day after the day of today or before they were, a text is missing or
/// too long, or somebody added to the log at the same moment.
pub async fn add_contact(
    tx: &mut Tx,
    (unit, kind): (&UnitCode, Kind),
    (new, today): (&NewContact, Day),
    entry: &Entry,
) -> Result<()> {
    let with = said("with whom they were in contact", &new.with)?;
    let words = short("what it was about", &new.words)?;
    if new.on > today {
        let said = "a contact that took place is not of a day to come";
        return Err(Refusal::Rule(said.to_owned()).into());
    }
    let found = all(tx, entry.at).await?;
    let current = found.into_iter().find(|it| it.unit == *unit && it.kind == kind);
    let Some((champion, since)) = current.and_then(|it| Some((it.of.person?, day_of(it.since))))
    else {
        let said = format!(
            "nobody is the {kind} champion of {unit}: say who it is before a contact is recorded"
        );
        return Err(Refusal::Rule(said).into());
    };
    if new.on < since {
        let said = format!(
            "the {kind} champion of {unit} has this place since {since}: write a day from then on, \
             as what was before is no contact of theirs"
        );
        return Err(Refusal::Rule(said).into());
    }
    let row = sqlx::query(
        "SELECT COALESCE(MAX(number), 0) AS number FROM champion_contact
         WHERE unit = $1 AND kind = $2",
    )
    .bind(unit.as_str())
    .bind(kind.as_str())
    .fetch_one(&mut **tx)
    .await?;
    let number = row.number("number")? + 1;
    sqlx::query(
        "INSERT INTO champion_contact (unit, kind, number, champion, contact_on, with_whom, words,
             recorded_by, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(unit.as_str())
    .bind(kind.as_str())
    .bind(number)
    .bind(champion.as_str())
    .bind(new.on.to_string())
    .bind(with)
    .bind(words)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("contact {number} of the {kind} champion of {unit}")))?;
    // The words are somebody's own: they stay out of the audit, from which nothing is removed.
    let object = format!("champion/{unit} {kind} contact {number} of {}", new.on);
    audit::append(tx, &entry.of("assessment.champion_contact", object)).await?;
    Ok(())
}

/// Takes back a contact that was recorded wrongly. It stays on record.
///
/// # Errors
/// If no reason is given, there is no such contact, or it was taken back before.
pub async fn take_back_contact(
    tx: &mut Tx,
    (unit, kind): (&UnitCode, Kind),
    number: i64,
    because: &str,
    entry: &Entry,
) -> Result<()> {
    let because = said("why it is taken back", because)?;
    let what = format!("contact {number} of the {kind} champion of {unit}");
    let all = contacts(tx, (unit, kind), entry.at).await?;
    let found = all.iter().find(|it| it.number == number);
    let found = found.ok_or_else(|| Error::NotFound(what.clone()))?;
    if found.taken_back.is_some() {
        let from = "taken back".to_owned();
        return Err(Refusal::WrongMove { what, from, to: "taken back" }.into());
    }
    sqlx::query(
        "INSERT INTO champion_contact_taken_back
         (unit, kind, number, because, taken_back_by, taken_back_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(unit.as_str())
    .bind(kind.as_str())
    .bind(number)
    .bind(because)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("a reason to take it back"))?;
    let object = format!("champion/{unit} {kind} contact {number}");
    audit::append(tx, &entry.of("assessment.champion_contact_taken_back", object)).await?;
    Ok(())
}

/// The log of contacts of the champions that a unit had until an instant, the latest day first; those
/// that were taken back too.
///
/// # Errors
/// If the database cannot be read.
pub async fn contacts(
    db: &mut Connection,
    (unit, kind): (&UnitCode, Kind),
    until: Timestamp,
) -> Result<Vec<Contact>> {
    let rows = sqlx::query(
        "SELECT c.*, t.because FROM champion_contact c
         LEFT JOIN champion_contact_taken_back t
             ON t.unit = c.unit AND t.kind = c.kind AND t.number = c.number
                AND t.taken_back_at <= $3
         WHERE c.unit = $1 AND c.kind = $2 AND c.recorded_at <= $3
         ORDER BY c.contact_on DESC, c.number DESC",
    )
    .bind(unit.as_str())
    .bind(kind.as_str())
    .bind(until.as_microsecond())
    .fetch_all(db)
    .await?;
    let read = |row: &AnyRow| -> Result<Contact> {
        Ok(Contact {
            number: row.number("number")?,
            champion: PersonId::new(row.text("champion")?),
            of: NewContact {
                on: row.day("contact_on")?,
                with: row.text("with_whom")?,
                words: row.text("words")?,
            },
            by: PersonId::new(row.text("recorded_by")?),
            at: row.at("recorded_at")?,
            taken_back: row.text_if("because")?,
        })
    };
    rows.iter().map(read).collect()
}

/// Who was recorded as the champion of a unit at the end of a day; none where the place was vacant, or
/// nothing is on record of it.
///
/// # Errors
/// If the database cannot be read.
pub async fn held_on(
    db: &mut Connection,
    (unit, kind): (&UnitCode, Kind),
    on: Day,
) -> Result<Option<PersonId>> {
    let rows = sqlx::query(
        "SELECT person, recorded_at FROM champion WHERE unit = $1 AND kind = $2 ORDER BY number",
    )
    .bind(unit.as_str())
    .bind(kind.as_str())
    .fetch_all(db)
    .await?;
    let mut held = None;
    for row in &rows {
        if day_of(row.at("recorded_at")?) <= on {
            held = row.text_if("person")?.map(PersonId::new);
        }
    }
    Ok(held)
}

/// The day of an instant, as it is in England.
fn day_of(at: Timestamp) -> Day {
    let on = date_at(at);
    let (month, day) = (u32::from(on.month().unsigned_abs()), u32::from(on.day().unsigned_abs()));
    Day::from_civil(i32::from(on.year()), month, day)
}

/// Every champion as last recorded until an instant, by unit and kind; vacant places among them.
/// Whoever has a place again, after somebody else or nobody had it, begins anew.
///
/// # Errors
/// If the database cannot be read.
pub async fn all(db: &mut Connection, until: Timestamp) -> Result<Vec<Champion>> {
    let rows = sqlx::query(
        "SELECT c.unit, c.kind, c.number, c.person, c.contact_every, c.words, c.recorded_by,
             c.recorded_at,
             COALESCE((SELECT MIN(e.recorded_at) FROM champion e
                       WHERE e.unit = c.unit AND e.kind = c.kind AND e.person = c.person
                         AND e.number <= c.number
                         AND NOT EXISTS (
                             SELECT 1 FROM champion o
                             WHERE o.unit = c.unit AND o.kind = c.kind
                               AND o.number > e.number AND o.number < c.number
                               AND (o.person IS NULL OR o.person <> c.person))),
                      c.recorded_at) AS since,
             (SELECT MAX(l.contact_on) FROM champion_contact l
              WHERE l.unit = c.unit AND l.kind = c.kind AND l.champion = c.person
                AND l.recorded_at <= $1
                AND NOT EXISTS (
                    SELECT 1 FROM champion o
                    WHERE o.unit = c.unit AND o.kind = c.kind AND o.number < c.number
                      AND o.recorded_at > l.recorded_at
                      AND (o.person IS NULL OR o.person <> c.person))
                AND NOT EXISTS (
                    SELECT 1 FROM champion_contact_taken_back t
                    WHERE t.unit = l.unit AND t.kind = l.kind AND t.number = l.number
                      AND t.taken_back_at <= $1)) AS last_on
         FROM champion c
         WHERE c.recorded_at <= $1 AND NOT EXISTS (
             SELECT 1 FROM champion l
             WHERE l.unit = c.unit AND l.kind = c.kind AND l.number > c.number
               AND l.recorded_at <= $1)
         ORDER BY c.unit, c.kind",
    )
    .bind(until.as_microsecond())
    .fetch_all(db)
    .await?;
    rows.iter().map(stored).collect()
}

fn stored(row: &AnyRow) -> Result<Champion> {
    Ok(Champion {
        unit: UnitCode::new(row.text("unit")?),
        kind: row.parsed("kind", "kind of champion")?,
        number: row.number("number")?,
        of: NewChampion {
            person: row.text_if("person")?.map(PersonId::new),
            contact_every: row.parsed_if("contact_every", "time between two contacts")?,
            words: row.text("words")?,
        },
        since: row.at("since")?,
        last_contact_on: row.day_if("last_on")?,
        by: PersonId::new(row.text("recorded_by")?),
        at: row.at("recorded_at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{add_person, add_unit, at, by, change, day, error, on_both};

    #[test]
    fn each_place_is_of_somebody_or_vacant_with_a_reason() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let amara = add_person(&store, "Amara").await;
            let new = NewChampion {
                person: Some(amara.clone()),
                contact_every: Some(Every::Month),
                words: String::new(),
            };
            let records = |kind: Kind, new: NewChampion, seen: i64| {
                let (store, entry) = (store.clone(), Entry { at: at(seen), ..by(&amara) });
                let unit = UnitCode::new("HIP");
                async move { change!(store, |tx| record(tx, (&unit, kind), &new, seen, &entry)) }
            };
            records(Kind::Clinical, new.clone(), 0).await.expect("recorded");
            let silent = records(Kind::Cost, NewChampion::default(), 0).await;
            assert_eq!(error(silent), "why nobody does it is missing");
            let left = NewChampion { words: "She moved on".to_owned(), ..NewChampion::default() };
            records(Kind::Clinical, left.clone(), 1).await.expect("vacant");
            assert!(error(records(Kind::Clinical, left, 1).await).contains("it is at 2"));
            let mut db = store.read().await.expect("a connection");
            let then = all(&mut db, at(0)).await.expect("a read");
            let now = all(&mut db, at(9)).await.expect("a read");
            assert_eq!((then.len(), &then[0].of), (1, &new));
            assert_eq!((now.len(), now[0].of.person.clone()), (1, None));
        });
    }

    /// Seconds of a day.
    const DAY: i64 = 86_400;

    /// A contact of a day.
    fn of(on: &str) -> NewContact {
        NewContact { on: day(on), with: "Daniel".to_owned(), words: "Bed days".to_owned() }
    }

    #[test]
    fn contacts_are_added_and_never_replaced_and_each_champion_has_their_own() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let amara = add_person(&store, "Amara").await;
            let tomos = add_person(&store, "Tomos").await;
            let unit = || UnitCode::new("HIP");
            let adds = async |new: NewContact, seconds: i64| {
                let (unit, entry) = (unit(), Entry { at: at(seconds), ..by(&amara) });
                let today = day("2025-05-01");
                change!(store, |tx| add_contact(tx, (&unit, Kind::Clinical), (&new, today), &entry))
            };
            let nobody = error(adds(of("2025-04-20"), 0).await);
            assert!(nobody.starts_with("nobody is the clinical champion of HIP"), "{nobody}");
            let is = async |who: &PersonId, seen: i64, seconds: i64| {
                let new = NewChampion { person: Some(who.clone()), ..NewChampion::default() };
                let (unit, entry) = (unit(), Entry { at: at(seconds), ..by(&amara) });
                change!(store, |tx| record(tx, (&unit, Kind::Clinical), &new, seen, &entry))
            };
            // Sixty days before 1 May is 2 March.
            is(&amara, 0, -60 * DAY).await.expect("the first");
            adds(of("2025-04-20"), 1).await.expect("a contact");
            adds(of("2025-03-02"), 2).await.expect("one that was forgotten");
            let late = error(adds(of("2025-05-02"), 3).await);
            assert_eq!(late, "a contact that took place is not of a day to come");
            let alone = NewContact { with: " ".to_owned(), ..of("2025-04-21") };
            assert_eq!(error(adds(alone, 3).await), "with whom they were in contact is missing");
            let last = async || {
                let mut db = store.read().await.expect("a connection");
                all(&mut db, at(9)).await.expect("a read").remove(0).last_contact_on
            };
            assert_eq!(last().await, Some(day("2025-04-20")));
            let back = async |because: &'static str| {
                let (unit, entry) = (unit(), Entry { at: at(4), ..by(&amara) });
                change!(store, |tx| take_back_contact(
                    tx,
                    (&unit, Kind::Clinical),
                    1,
                    because,
                    &entry
                ))
            };
            assert_eq!(error(back("").await), "why it is taken back is missing");
            back("It was put off").await.expect("it is taken back");
            assert!(error(back("It was put off").await).contains("taken back"));
            assert_eq!(last().await, Some(day("2025-03-02")));
            is(&tomos, 1, 5).await.expect("another");
            assert_eq!(last().await, None, "what Amara did is no contact of Tomos");
            let mut db = store.read().await.expect("a connection");
            let log = contacts(&mut db, (&unit(), Kind::Clinical), at(9)).await.expect("a read");
            let days: Vec<(String, bool)> =
                log.iter().map(|it| (it.of.on.to_string(), it.taken_back.is_some())).collect();
            let expected = [("2025-04-20", true), ("2025-03-02", false)];
            assert_eq!(days, expected.map(|it| (it.0.to_owned(), it.1)));
            assert!(log.iter().all(|it| it.champion == amara && it.of.with == "Daniel"));
        });
    }

    #[test]
    fn whoever_has_a_place_again_begins_anew_and_answers_for_no_day_before() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let amara = add_person(&store, "Amara").await;
            let tomos = add_person(&store, "Tomos").await;
            let unit = || UnitCode::new("HIP");
            // Days count from 1 May.
            let is = async |who: Option<PersonId>, seen: i64, days: i64| {
                let words = "It is so".to_owned();
                let new = NewChampion { person: who, words, ..NewChampion::default() };
                let (unit, entry) = (unit(), Entry { at: at(days * DAY), ..by(&amara) });
                let done =
                    change!(store, |tx| record(tx, (&unit, Kind::Clinical), &new, seen, &entry));
                done.expect("it is recorded");
            };
            let adds = async |new: NewContact, days: i64| {
                let (unit, entry) = (unit(), Entry { at: at(days * DAY), ..by(&amara) });
                let today = day("2025-07-01");
                change!(store, |tx| add_contact(tx, (&unit, Kind::Clinical), (&new, today), &entry))
            };
            let now = async || {
                let mut db = store.read().await.expect("a connection");
                let found = all(&mut db, at(99 * DAY)).await.expect("a read").remove(0);
                (found.since, found.last_contact_on)
            };
            is(Some(amara.clone()), 0, 0).await;
            adds(of("2025-05-03"), 5).await.expect("a contact");
            is(Some(amara.clone()), 1, 6).await;
            let same = (at(0), Some(day("2025-05-03")));
            assert_eq!(now().await, same, "she is recorded again and stays the same");
            is(Some(tomos.clone()), 2, 10).await;
            is(Some(amara.clone()), 3, 20).await;
            assert_eq!(now().await, (at(20 * DAY), None), "after Tomos she begins anew");
            let early = error(adds(of("2025-05-20"), 25).await);
            let said = "the clinical champion of HIP has this place since 2025-05-21: ";
            assert!(early.starts_with(said), "{early}");
            adds(of("2025-05-21"), 25).await.expect("a contact of the first day");
            assert_eq!(now().await, (at(20 * DAY), Some(day("2025-05-21"))));
            is(None, 4, 30).await;
            is(Some(amara.clone()), 5, 40).await;
            assert_eq!(now().await, (at(40 * DAY), None), "after nobody she begins anew");
            let mut db = store.read().await.expect("a connection");
            for (on, held) in [
                ("2025-04-30", None),
                ("2025-05-10", Some(&amara)),
                ("2025-05-20", Some(&tomos)),
                ("2025-05-21", Some(&amara)),
                ("2025-05-31", None),
            ] {
                let found = held_on(&mut db, (&unit(), Kind::Clinical), day(on)).await;
                assert_eq!(found.expect("a read").as_ref(), held, "{on}");
            }
        });
    }
}
