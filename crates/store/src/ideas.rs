//! Ideas of staff: for which unit, what was done with them, and whether whoever had one was told.
//!
//! Every step passes the rules of [`engagement::ideas`] in the transaction that writes it. Of an idea
//! whose author stays unnamed, the audit says neither which it is nor for which unit: the audit is read
//! by people who would see the idea beside its author.

use engagement::ideas::{Act, Data, Done, Standing, Step as Rule};
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, said, short, taken, unchanged};
use crate::ids::{ActionId, IdeaId, PersonId, ReviewId, UnitCode};
use crate::joint_actions::{self, date_at};
use crate::reviewing;
use crate::row::{Values as _, each_to};
use crate::units;
use crate::writer::Tx;

/// Letters that an idea, or what is said of it, may have.
pub const LETTERS_MAX: usize = 2_000;

/// An idea, as it should be put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewIdea {
    /// For which unit; the trust's for all of it.
    pub unit: UnitCode,
    /// In the words of whoever has it.
    pub words: String,
    /// Whether others see whose it is.
    pub is_named: bool,
}

/// Something to be done with an idea.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewStep {
    /// What.
    pub act: Act,
    /// What the figures say.
    pub data: Option<Data>,
    /// In words.
    pub words: String,
    /// The action that came of it.
    pub action: Option<ActionId>,
    /// The review that speaks of it.
    pub review: Option<ReviewId>,
}

impl NewStep {
    /// A step of which nothing more is said.
    pub const fn of(act: Act) -> Self {
        Self { act, data: None, words: String::new(), action: None, review: None }
    }
}

/// Something that was done with an idea.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What.
    pub of: NewStep,
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// An idea as stored, with everything that was done with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredIdea {
    /// Its reference.
    pub id: IdeaId,
    /// What was put.
    pub of: NewIdea,
    /// By whom: told to others only where the idea is named.
    pub put_by: PersonId,
    /// When.
    pub put_at: Timestamp,
    /// What was done, in order.
    pub steps: Vec<Step>,
}

impl StoredIdea {
    /// How much was done: what whoever adds must have seen. That its author has read it changes
    /// nothing that others see, this neither.
    pub fn version(&self) -> i64 {
        let done = self.steps.iter().filter(|it| it.of.act != Act::Read).count();
        i64::try_from(done).unwrap_or(i64::MAX)
    }

    /// The month in which it was put, by its first day.
    pub fn put_in(&self) -> Date {
        date_at(self.put_at).first_of_month()
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        let done = |it: &Step| Done { act: it.of.act, data: it.of.data, on: date_at(it.at) };
        let done: Vec<Done> = self.steps.iter().map(done).collect();
        Standing::of(date_at(self.put_at), &done)
    }

    /// The review to which it was taken last; none where it never was.
    pub fn review(&self) -> Option<&ReviewId> {
        self.steps.iter().rev().find_map(|it| it.of.review.as_ref())
    }
}

/// Records an idea.
///
/// # Errors
/// If it is missing or too long, or there is no such unit.
pub async fn put(tx: &mut Tx, new: &NewIdea, entry: &Entry) -> Result<IdeaId> {
    let words = said("the idea", &new.words, LETTERS_MAX)?;
    units::get(tx, &new.unit).await?;
    let id = IdeaId::random()?;
    sqlx::query(
        "INSERT INTO idea (id, unit, words, is_named, put_by, put_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id.as_str())
    .bind(new.unit.as_str())
    .bind(words)
    .bind(i64::from(new.is_named))
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this idea"))?;
    let object = object(new, || format!("idea/{id} for {}", new.unit));
    audit::append(tx, &entry.of("idea.put", object)).await?;
    Ok(id)
}

/// What the audit says of an idea: nothing of which one where its author stays unnamed.
fn object(of: &NewIdea, named: impl FnOnce() -> String) -> String {
    if of.is_named { named() } else { "an idea".to_owned() }
}

/// Adds what was done with an idea.
///
/// # Errors
/// If the rules of ideas forbid it, a text is too long, there is no such action, the review is of
/// another unit or finished, somebody added since, or there is no such idea.
pub async fn add(tx: &mut Tx, id: &IdeaId, new: &NewStep, seen: i64, entry: &Entry) -> Result<()> {
    let words = short("what is said of the idea", &new.words, LETTERS_MAX)?;
    let found = get(tx, id).await?;
    unchanged(|| "this idea".to_owned(), seen, found.version())?;
    let action = new.action.as_ref().map_or("", ActionId::as_str);
    let review = new.review.as_ref().map_or("", ReviewId::as_str);
    let rule = Rule { act: new.act, data: new.data, words, action, review };
    if let Some(fault) = rule.fault(found.standing()) {
        return Err(Refusal::Rule(fault.to_string()).into());
    }
    if let Some(action) = &new.action {
        joint_actions::get(tx, action).await?;
    }
    if let Some(review) = &new.review {
        takes_ideas(tx, review, &found.of.unit).await?;
    }
    let number = i64::try_from(found.steps.len()).unwrap_or(i64::MAX).saturating_add(1);
    sqlx::query(
        "INSERT INTO idea_step (idea, number, act, data, words, action, review, taken_by, taken_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(id.as_str())
    .bind(number)
    .bind(new.act.word())
    .bind(new.data.map(Data::word))
    .bind(words)
    .bind(new.action.as_ref().map(ActionId::as_str))
    .bind(new.review.as_ref().map(ReviewId::as_str))
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("step {number} of this idea")))?;
    // The words are somebody's own: they stay out of the audit, from which nothing is removed.
    let object = object(&found.of, || format!("idea/{id} step {number} {}", new.act.word()));
    audit::append(tx, &entry.of("idea.step", object)).await?;
    Ok(())
}

/// Whether a review speaks of ideas for a unit: its own, while it is not finished.
async fn takes_ideas(tx: &mut Tx, id: &ReviewId, unit: &UnitCode) -> Result<()> {
    let review = reviewing::get(tx, id).await?;
    let fault = if review.unit != *unit {
        "the review is of another unit than the idea: choose one of the same"
    } else if review.next.is_some() {
        "that review is finished: choose one that is open"
    } else {
        return Ok(());
    };
    Err(Refusal::Rule(fault.to_owned()).into())
}

/// Every idea, the latest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection) -> Result<Vec<StoredIdea>> {
    let rows =
        sqlx::query("SELECT * FROM idea ORDER BY put_at DESC, id").fetch_all(&mut *db).await?;
    let steps = sqlx::query("SELECT * FROM idea_step ORDER BY idea, number");
    whole(&rows, &steps.fetch_all(db).await?)
}

/// One idea.
///
/// # Errors
/// If there is none with this reference.
pub async fn get(db: &mut Connection, id: &IdeaId) -> Result<StoredIdea> {
    let rows = sqlx::query("SELECT * FROM idea WHERE id = $1")
        .bind(id.as_str())
        .fetch_all(&mut *db)
        .await?;
    let steps = sqlx::query("SELECT * FROM idea_step WHERE idea = $1 ORDER BY number");
    let found = whole(&rows, &steps.bind(id.as_str()).fetch_all(db).await?)?;
    found.into_iter().next().ok_or_else(|| Error::NotFound(format!("idea {id}")))
}

fn whole(rows: &[AnyRow], steps: &[AnyRow]) -> Result<Vec<StoredIdea>> {
    let mut found = rows.iter().map(stored).collect::<Result<Vec<_>>>()?;
    each_to(
        &mut found,
        |it| it.id.as_str(),
        (steps, "idea"),
        |of, row| {
            of.steps.push(Step {
                of: NewStep {
                    act: row.parsed("act", "step of an idea")?,
                    data: row.parsed_if("data", "what figures say")?,
                    words: row.text("words")?,
                    action: row.text_if("action")?.map(ActionId::new),
                    review: row.text_if("review")?.map(ReviewId::new),
                },
                by: PersonId::new(row.text("taken_by")?),
                at: row.at("taken_at")?,
            });
            Ok(())
        },
    )?;
    Ok(found)
}

fn stored(row: &AnyRow) -> Result<StoredIdea> {
    Ok(StoredIdea {
        id: IdeaId::new(row.text("id")?),
        of: NewIdea {
            unit: UnitCode::new(row.text("unit")?),
            words: row.text("words")?,
            is_named: row.flag("is_named")?,
        },
        put_by: PersonId::new(row.text("put_by")?),
        put_at: row.at("put_at")?,
        steps: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use engagement::ideas::State;

    use super::*;
    use crate::Store;
    use crate::audit::Asked;
    use crate::testing::{add_person, add_unit, by, change, day, error, on_both};

    async fn done(
        store: &Store,
        id: &IdeaId,
        who: &PersonId,
        new: NewStep,
        seen: i64,
    ) -> Result<()> {
        let (id, entry) = (id.clone(), by(who));
        change!(store, |tx| add(tx, &id, &new, seen, &entry))
    }

    /// An idea of somebody who is named.
    async fn had(store: &Store, who: &PersonId) -> IdeaId {
        let new = NewIdea {
            unit: UnitCode::new("HIP"),
            words: "Order walking frames before admission".to_owned(),
            is_named: true,
        };
        let entry = by(who);
        change!(store, |tx| put(tx, &new, &entry)).expect("it is put")
    }

    #[test]
    fn whoever_had_an_idea_is_told_and_no_word_is_in_the_audit() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let nurse = add_person(&store, "Nurse").await;
            let lead = add_person(&store, "Lead").await;
            let new = NewIdea {
                unit: UnitCode::new("HIP"),
                words: "Order walking frames before admission".to_owned(),
                is_named: false,
            };
            let (asked, entry) = (new.clone(), by(&nurse));
            let id = change!(store, |tx| put(tx, &asked, &entry)).expect("it is put");
            let looked = NewStep { data: Some(Data::Supports), ..NewStep::of(Act::LookedAt) };
            done(&store, &id, &lead, looked, 0).await.expect("looked at");
            let silent = done(&store, &id, &lead, NewStep::of(Act::NotTakenUp), 1).await;
            assert!(error(silent).starts_with("say why it is not taken up"));
            let nowhere = NewStep { action: Some(ActionId::new("x")), ..NewStep::of(Act::TakenUp) };
            assert_eq!(error(done(&store, &id, &lead, nowhere, 1).await), "there is no action x");
            let no =
                NewStep { words: "The frames are there".into(), ..NewStep::of(Act::NotTakenUp) };
            done(&store, &id, &lead, no.clone(), 1).await.expect("not taken up");
            let stale = done(&store, &id, &lead, no, 1).await;
            assert!(error(stale).starts_with("this idea was changed by somebody else"));
            let mut db = store.read().await.expect("reads");
            let found = get(&mut db, &id).await.expect("is there");
            assert_eq!(found.of, new);
            assert_eq!(found.standing().state, State::NotTakenUp);
            assert!(found.standing().has_news);
            drop(db);
            done(&store, &id, &nurse, NewStep::of(Act::Read), 2).await.expect("read");
            let mut db = store.read().await.expect("reads");
            assert!(!list(&mut db).await.expect("reads")[0].standing().has_news);
            let mut db = store.read().await.expect("reads");
            let rows = audit::list(&mut db, &Asked::default(), 100).await.expect("reads");
            assert!(!format!("{rows:?}").contains("frames"));
            let objects: Vec<_> = rows
                .iter()
                .filter(|it| it.entry.action.starts_with("idea."))
                .filter_map(|it| it.entry.object.as_deref())
                .collect();
            assert_eq!(objects, ["an idea"; 4], "neither which nor for which unit");
        });
    }

    /// Opens a review of a unit.
    async fn opened(store: &Store, who: &PersonId, unit: &str) -> ReviewId {
        let new = reviewing::NewReview {
            unit: UnitCode::new(unit),
            title: "Hips in spring".to_owned(),
            theme: "discharge".to_owned(),
            meetings: 1,
            minutes: 60,
            due_on: day("2025-06-01"),
            begins_with: Vec::new(),
        };
        let entry = by(who);
        change!(store, |tx| reviewing::open(tx, &new, &entry)).expect("it is opened")
    }

    #[test]
    fn what_the_figures_bear_out_is_taken_to_an_open_review_of_its_unit() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            add_unit(&store, "EYE", None).await.expect("a unit");
            let nurse = add_person(&store, "Nurse").await;
            let lead = add_person(&store, "Lead").await;
            let (hips, eyes) =
                (opened(&store, &lead, "HIP").await, opened(&store, &lead, "EYE").await);
            let id = had(&store, &nurse).await;
            let to = |review: &ReviewId| NewStep {
                review: Some(review.clone()),
                ..NewStep::of(Act::ToReview)
            };
            let early = done(&store, &id, &lead, to(&hips), 0).await;
            assert!(error(early).starts_with("only an idea that the figures bear out"));
            let looked = NewStep { data: Some(Data::Supports), ..NewStep::of(Act::LookedAt) };
            done(&store, &id, &lead, looked, 0).await.expect("looked at");
            let elsewhere = done(&store, &id, &lead, to(&eyes), 1).await;
            assert!(error(elsewhere).starts_with("the review is of another unit"));
            let nowhere = done(&store, &id, &lead, to(&ReviewId::new("x")), 1).await;
            assert_eq!(error(nowhere), "there is no review x");
            done(&store, &id, &lead, to(&hips), 1).await.expect("taken to the review");
            let mut db = store.read().await.expect("reads");
            let found = get(&mut db, &id).await.expect("is there");
            assert_eq!(found.review(), Some(&hips));
            assert_eq!(found.standing().state, State::InReview);
            assert!(found.standing().has_news, "whoever had it is told");
        });
    }

    #[test]
    fn reading_changes_nothing_that_others_see() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let nurse = add_person(&store, "Nurse").await;
            let lead = add_person(&store, "Lead").await;
            let id = had(&store, &nurse).await;
            let looked = NewStep { data: Some(Data::Supports), ..NewStep::of(Act::LookedAt) };
            done(&store, &id, &lead, looked, 0).await.expect("looked at");
            done(&store, &id, &nurse, NewStep::of(Act::Read), 1).await.expect("read");
            let mut db = store.read().await.expect("reads");
            assert_eq!(get(&mut db, &id).await.expect("is there").version(), 1);
            drop(db);
            // Whoever looked before it was read may go on.
            let no = NewStep { words: "They are there".into(), ..NewStep::of(Act::NotTakenUp) };
            done(&store, &id, &lead, no, 1).await.expect("not taken up");
            let mut db = store.read().await.expect("reads");
            let found = get(&mut db, &id).await.expect("is there");
            let acts: Vec<_> = found.steps.iter().map(|it| it.of.act).collect();
            assert_eq!(acts, [Act::LookedAt, Act::Read, Act::NotTakenUp]);
            assert_eq!((found.version(), found.put_in().to_string()), (2, "2025-05-01".to_owned()));
        });
    }
}
