//! What clinical coding is asked about the record of an event, and what it answers.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Result, code, said, taken, unchanged};
use crate::ids::{PersonId, QueryId, UnitCode};
use crate::row::{Values as _, texts};
use crate::units;
use crate::writer::Tx;

/// Letters that a question or a reason may have.
pub const LETTERS_MAX: usize = 500;

/// A question, as it should be recorded. Whoever calls has checked that the event may be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewQuery {
    /// The service line whose event it is.
    pub unit: UnitCode,
    /// The run in which it was seen.
    pub run: String,
    /// Reference of the event: keyed, never a number that the patient is known by.
    pub event: String,
    /// Code of what should be looked at.
    pub about: String,
    /// In the words of who asks.
    pub words: String,
}

texts! {
    /// What clinical coding says.
    Says {
        /// The record will be changed where it was made.
        WillBeChanged = "will_be_changed",
        /// The record is right as it is.
        RightAsItIs = "right_as_it_is",
        /// Nobody can say without the notes.
        NeedsTheNotes = "needs_the_notes",
    }
}

/// An answer as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What it says.
    pub says: Says,
    /// Why.
    pub because: String,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// A question as stored, with its answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredQuery {
    /// Its reference.
    pub id: QueryId,
    /// What was asked.
    pub query: NewQuery,
    /// By whom.
    pub asked_by: PersonId,
    /// When.
    pub asked_at: Timestamp,
    /// Its answers in the order in which they were given; the last one counts.
    pub answers: Vec<Answer>,
}

impl StoredQuery {
    /// The answer that counts; none while it is open.
    pub fn answer(&self) -> Option<&Answer> {
        self.answers.last()
    }

    /// Whether clinical coding has still to do something: there is no answer, or the notes are
    /// waited for.
    pub fn is_open(&self) -> bool {
        self.answer().is_none_or(|it| it.says == Says::NeedsTheNotes)
    }

    /// How many answers it has: what an answer must have seen.
    pub fn version(&self) -> i64 {
        i64::try_from(self.answers.len()).unwrap_or(i64::MAX)
    }
}

/// Records a question.
///
/// # Errors
/// If something is missing or too long, there is no such unit, or the same is asked already and
/// open.
pub async fn ask(tx: &mut Tx, new: &NewQuery, entry: &Entry) -> Result<QueryId> {
    let words = said("the question", &new.words, LETTERS_MAX)?;
    let run = code("the run", &new.run)?;
    let event = code("the event", &new.event)?;
    let about = code("what should be looked at", &new.about)?;
    units::get(tx, &new.unit).await?;
    let of_event = of_event(tx, event).await?;
    if of_event.iter().any(|it| it.query.about == about && it.is_open()) {
        return Err(Error::Duplicate("an open question on this about the same event".to_owned()));
    }
    let id = QueryId::random()?;
    sqlx::query(
        "INSERT INTO coding_query (id, unit, run, event, about, words, asked_by, asked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id.as_str())
    .bind(new.unit.as_str())
    .bind(run)
    .bind(event)
    .bind(about)
    .bind(words)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this question"))?;
    let object = format!("coding-query/{id} {run} {event} {about}");
    audit::append(tx, &entry.of("coding.ask", object)).await?;
    Ok(id)
}

/// Records an answer to a question that was seen with so many answers. Earlier ones stay.
///
/// # Errors
/// If the reason is missing or too long, somebody has answered since, or there is no such question.
pub async fn answer(
    tx: &mut Tx,
    id: &QueryId,
    (says, because): (Says, &str),
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let because = said("the reason", because, LETTERS_MAX)?;
    let query = get(tx, id).await?;
    unchanged(|| "the answer to this question".to_owned(), seen, query.version())?;
    sqlx::query(
        "INSERT INTO coding_answer (query, number, says, because, answered_by, answered_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id.as_str())
    .bind(seen + 1)
    .bind(says.as_str())
    .bind(because)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("answer {} to this question", seen + 1)))?;
    let object = format!("coding-query/{id} answer {} {says}", seen + 1);
    // The reason is somebody's own words: it stays out of the audit, from which nothing is removed.
    audit::append(tx, &entry.of("coding.answer", object)).await?;
    Ok(())
}

/// Every question, the oldest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection) -> Result<Vec<StoredQuery>> {
    let rows =
        sqlx::query("SELECT * FROM coding_query ORDER BY asked_at, id").fetch_all(&mut *db).await?;
    with_answers(db, rows, "SELECT * FROM coding_answer ORDER BY query, number", None).await
}

/// The questions of one unit, the oldest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn of_unit(db: &mut Connection, unit: &UnitCode) -> Result<Vec<StoredQuery>> {
    let rows = sqlx::query("SELECT * FROM coding_query WHERE unit = $1 ORDER BY asked_at, id")
        .bind(unit.as_str())
        .fetch_all(&mut *db)
        .await?;
    let answers = "SELECT a.* FROM coding_answer a JOIN coding_query q ON q.id = a.query
         WHERE q.unit = $1 ORDER BY a.query, a.number";
    with_answers(db, rows, answers, Some(unit.as_str())).await
}

/// The questions about one event, the oldest first.
async fn of_event(db: &mut Connection, event: &str) -> Result<Vec<StoredQuery>> {
    let rows = sqlx::query("SELECT * FROM coding_query WHERE event = $1 ORDER BY asked_at, id")
        .bind(event)
        .fetch_all(&mut *db)
        .await?;
    let answers = "SELECT a.* FROM coding_answer a JOIN coding_query q ON q.id = a.query
         WHERE q.event = $1 ORDER BY a.query, a.number";
    with_answers(db, rows, answers, Some(event)).await
}

/// One question.
///
/// # Errors
/// If there is none with this reference.
pub async fn get(db: &mut Connection, id: &QueryId) -> Result<StoredQuery> {
    let rows = sqlx::query("SELECT * FROM coding_query WHERE id = $1")
        .bind(id.as_str())
        .fetch_all(&mut *db)
        .await?;
    let answers = "SELECT * FROM coding_answer WHERE query = $1 ORDER BY query, number";
    let found = with_answers(db, rows, answers, Some(id.as_str())).await?;
    found.into_iter().next().ok_or_else(|| Error::NotFound(format!("question {id}")))
}

/// Puts questions and their answers together; `sql` asks for these, with one value if it has one.
async fn with_answers(
    db: &mut Connection,
    rows: Vec<AnyRow>,
    sql: &'static str,
    value: Option<&str>,
) -> Result<Vec<StoredQuery>> {
    let mut found = rows.iter().map(stored).collect::<Result<Vec<_>>>()?;
    let places: BTreeMap<String, usize> =
        found.iter().enumerate().map(|(place, it)| (it.id.as_str().to_owned(), place)).collect();
    let asked = sqlx::query(sql);
    let asked = match value {
        Some(value) => asked.bind(value),
        None => asked,
    };
    for row in asked.fetch_all(db).await? {
        let place = places.get(&row.text("query")?).copied();
        let Some(of) = place.and_then(|it| found.get_mut(it)) else { continue };
        of.answers.push(Answer {
            says: row.parsed("says", "answer")?,
            because: row.text("because")?,
            by: PersonId::new(row.text("answered_by")?),
            at: row.at("answered_at")?,
        });
    }
    Ok(found)
}

fn stored(row: &AnyRow) -> Result<StoredQuery> {
    Ok(StoredQuery {
        id: QueryId::new(row.text("id")?),
        query: NewQuery {
            unit: UnitCode::new(row.text("unit")?),
            run: row.text("run")?,
            event: row.text("event")?,
            about: row.text("about")?,
            words: row.text("words")?,
        },
        asked_by: PersonId::new(row.text("asked_by")?),
        asked_at: row.at("asked_at")?,
        answers: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use crate::audit::Asked;
    use crate::testing::{add_person, add_unit, by, change, error, on_both};

    fn query() -> NewQuery {
        NewQuery {
            unit: UnitCode::new("HIP"),
            run: "1fe9a090556158bd".to_owned(),
            event: "20v8hcl5jsk6brd2fumssfkflv".to_owned(),
            about: "procedure".to_owned(),
            words: "The hip was replaced".to_owned(),
        }
    }

    async fn asked(store: &Store, who: &PersonId, new: NewQuery) -> Result<QueryId> {
        let entry = by(who);
        change!(store, |tx| ask(tx, &new, &entry))
    }

    async fn answered(
        store: &Store,
        who: &PersonId,
        (id, seen): (&QueryId, i64),
        (says, because): (Says, &'static str),
    ) -> Result<()> {
        let (entry, id) = (by(who), id.clone());
        change!(store, |tx| answer(tx, &id, (says, because), seen, &entry))
    }

    #[test]
    fn a_question_stays_open_until_it_is_answered_and_every_answer_is_kept() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let amara = add_person(&store, "Amara").await;
            let leah = add_person(&store, "Leah").await;
            let id = asked(&store, &amara, query()).await.expect("it is new");
            assert_eq!(
                error(asked(&store, &amara, query()).await),
                "there is already an open question on this about the same event"
            );
            let other = NewQuery { about: "comorbidity".to_owned(), ..query() };
            let other = asked(&store, &amara, other).await.expect("another thing");
            let notes = (Says::NeedsTheNotes, "The operation note is missing");
            answered(&store, &leah, (&id, 0), notes).await.expect("answered");
            let changed = (Says::WillBeChanged, "W37.1 is added");
            assert_eq!(
                error(answered(&store, &leah, (&id, 0), changed).await),
                "the answer to this question was changed by somebody else: you edited version 0, it is at 1"
            );
            let mut db = store.read().await.expect("a connection");
            let found = get(&mut db, &id).await.expect("it is there");
            assert!(found.is_open(), "the notes are waited for");
            drop(db);
            answered(&store, &leah, (&id, 1), changed).await.expect("answered");
            let mut db = store.read().await.expect("a connection");
            let found = get(&mut db, &id).await.expect("it is there");
            let says: Vec<Says> = found.answers.iter().map(|it| it.says).collect();
            assert_eq!(says, [Says::NeedsTheNotes, Says::WillBeChanged]);
            assert!(!found.is_open() && found.answers[1].by == leah);
            // What is answered may be asked again.
            drop(db);
            asked(&store, &amara, query()).await.expect("asked again");
            let mut db = store.read().await.expect("a connection");
            assert_eq!(list(&mut db).await.expect("a read").len(), 3);
            assert_eq!(of_unit(&mut db, &UnitCode::new("EYE")).await.expect("a read"), []);
            let of_unit = of_unit(&mut db, &UnitCode::new("HIP")).await.expect("a read");
            assert_eq!(of_unit.iter().filter(|it| it.is_open()).count(), 2);
            assert_eq!(of_unit.iter().find(|it| it.id == other).expect("there").version(), 0);
            let recorded = Asked { action: Some("coding.".to_owned()), ..Asked::default() };
            let recorded = audit::list(&mut db, &recorded, 10).await.expect("a read");
            assert_eq!(recorded.len(), 5, "each change has its record, and what failed has none");
            assert!(!format!("{recorded:?}").contains("W37.1"), "no words that somebody wrote");
        });
    }

    #[test]
    fn what_is_missing_or_too_long_is_refused() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let amara = add_person(&store, "Amara").await;
            let letters = |count: usize| NewQuery { words: "ä".repeat(count), ..query() };
            for (new, expected) in [
                (NewQuery { words: " ".to_owned(), ..query() }, "the question is missing"),
                (
                    letters(LETTERS_MAX + 1),
                    "the question is too long, or holds a character that cannot be stored",
                ),
                (NewQuery { event: String::new(), ..query() }, "the event is missing"),
                (NewQuery { unit: UnitCode::new("U"), ..query() }, "there is no unit U"),
            ] {
                assert_eq!(error(asked(&store, &amara, new).await), expected);
            }
            let id = asked(&store, &amara, letters(LETTERS_MAX)).await.expect("just so long");
            let missing = (Says::RightAsItIs, "");
            let found = answered(&store, &amara, (&id, 0), missing).await;
            assert_eq!(error(found), "the reason is missing");
            let nothing = QueryId::new("nothing");
            let found = answered(&store, &amara, (&nothing, 0), (Says::RightAsItIs, "So")).await;
            assert_eq!(error(found), "there is no question nothing");
        });
    }
}
