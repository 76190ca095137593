//! Differences that are followed up: what differs, the answers of both sides to the three questions,
//! and what came of it.
//!
//! Every answer passes the rules of [`engagement::variation`] in the transaction that writes it.

use domain::Day;
use engagement::benefits::Side;
use engagement::variation::{
    Comparator, Follows, Question, Said, Says, Standing, VariationFault, Voices,
};
use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, code, said, taken, unchanged};
use crate::ids::{ActionId, InsightId, PersonId, UnitCode};
use crate::joint_actions::{self, date};
use crate::row::{Values as _, each_to, texts};
use crate::units;
use crate::writer::Tx;

/// Letters that a text may have.
pub const LETTERS_MAX: usize = 2_000;

texts! {
    /// What was done with a difference.
    Act {
        /// Somebody answered a question.
        Wrote = "wrote",
        /// Somebody agreed to the answer of the other side.
        Agreed = "agreed",
        /// An action follows.
        LedToAction = "led_to_action",
        /// Nothing follows, for a reason.
        Nothing = "nothing",
    }
}

/// A difference, as it should be opened. Whoever calls has checked that the page may be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInsight {
    /// The unit whose figures differ.
    pub unit: UnitCode,
    /// Address of the page that shows it.
    pub page: String,
    /// The run in which it was seen.
    pub run: String,
    /// What differs, with the figures as they were seen.
    pub differs: String,
    /// From what.
    pub comparator: Comparator,
    /// By when it should be explained.
    pub due_on: Day,
}

/// Something that was done with a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What.
    pub act: Act,
    /// With which question; none for what follows.
    pub question: Option<Question>,
    /// For which side; none for what follows.
    pub side: Option<Side>,
    /// The answer, or the reason; blank for an agreement.
    pub words: String,
    /// The action that follows.
    pub action: Option<ActionId>,
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// A difference as stored, with everything that was done with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredInsight {
    /// Its reference.
    pub id: InsightId,
    /// What was opened.
    pub of: NewInsight,
    /// By whom.
    pub opened_by: PersonId,
    /// When.
    pub opened_at: Timestamp,
    /// What was done, in order.
    pub steps: Vec<Step>,
}

impl StoredInsight {
    /// How much was done: what whoever adds to it must have seen.
    pub fn version(&self) -> i64 {
        i64::try_from(self.steps.len()).unwrap_or(i64::MAX)
    }

    /// What was said of the questions, in order.
    pub fn said(&self) -> Vec<Said> {
        let said = |it: &Step| {
            let says = match it.act {
                Act::Wrote => Says::Wrote,
                Act::Agreed => Says::Agreed,
                Act::LedToAction | Act::Nothing => return None,
            };
            let by = it.by.as_str().to_owned();
            Some(Said { question: it.question?, side: it.side?, by, says })
        };
        self.steps.iter().filter_map(said).collect()
    }

    /// What follows, as it was said last.
    pub fn follows(&self) -> Follows {
        let said = |it: &Step| match it.act {
            Act::LedToAction => it.action.as_ref().map(|it| Follows::Action(it.to_string())),
            Act::Nothing => Some(Follows::Nothing),
            Act::Wrote | Act::Agreed => None,
        };
        self.steps.iter().rev().find_map(said).unwrap_or_default()
    }

    /// How it stands on a day.
    pub fn standing(&self, today: Day) -> Standing {
        Standing::of(&self.said(), &self.follows(), (date(self.of.due_on), date(today)))
    }

    /// What a side last wrote on a question.
    pub fn answer(&self, question: Question, side: Side) -> Option<&Step> {
        let is_it = |it: &&Step| {
            it.act == Act::Wrote && it.question == Some(question) && it.side == Some(side)
        };
        self.steps.iter().rev().find(is_it)
    }
}

/// Opens a difference.
///
/// # Errors
/// If something is missing or too long, or there is no such unit.
pub async fn open(tx: &mut Tx, new: &NewInsight, entry: &Entry) -> Result<InsightId> {
    let differs = said("what differs", &new.differs, LETTERS_MAX)?;
    let (page, run) = (code("the page", &new.page)?, code("the run", &new.run)?);
    units::get(tx, &new.unit).await?;
    let id = InsightId::random()?;
    sqlx::query(
        "INSERT INTO insight
         (id, unit, page, run, differs, comparator, due_on, opened_by, opened_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(id.as_str())
    .bind(new.unit.as_str())
    .bind(page)
    .bind(run)
    .bind(differs)
    .bind(new.comparator.word())
    .bind(new.due_on.to_string())
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this difference"))?;
    let object = format!("insight/{id} of {} {run} {page}", new.unit);
    audit::append(tx, &entry.of("insight.open", object)).await?;
    Ok(id)
}

/// Adds the answer of a side to a question.
///
/// # Errors
/// If it is missing or too long, somebody added to the difference since, or there is none.
pub async fn answer(
    tx: &mut Tx,
    id: &InsightId,
    (question, side, words): (Question, Side, &str),
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let words = said("the answer", words, LETTERS_MAX)?;
    let found = fresh(tx, id, seen).await?;
    let step = NewStep { act: Act::Wrote, of: Some((question, side)), words, action: None };
    add(tx, &found, &step, entry).await
}

/// Adds that a side agrees to the answer of the other.
///
/// # Errors
/// If there is none, or it is of the same person; somebody added to the difference since, or there
/// is no such difference.
pub async fn agree(
    tx: &mut Tx,
    id: &InsightId,
    (question, side): (Question, Side),
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let found = fresh(tx, id, seen).await?;
    let voices = Voices::of(question, &found.said());
    voices.check_agreement(side, &entry.actor).map_err(|it| refused(&it))?;
    let step = NewStep { act: Act::Agreed, of: Some((question, side)), words: "", action: None };
    add(tx, &found, &step, entry).await
}

/// Says what follows: an action, or nothing for a reason.
///
/// # Errors
/// If the reason is missing or too long, there is no such action, somebody added to the difference
/// since, or there is none.
pub async fn follow(
    tx: &mut Tx,
    id: &InsightId,
    (action, because): (Option<&ActionId>, &str),
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let found = fresh(tx, id, seen).await?;
    let step = if let Some(action) = action {
        joint_actions::get(tx, action).await?;
        NewStep { act: Act::LedToAction, of: None, words: "", action: Some(action) }
    } else {
        let words = said("why nothing follows", because, LETTERS_MAX)?;
        NewStep { act: Act::Nothing, of: None, words, action: None }
    };
    add(tx, &found, &step, entry).await
}

/// A step to be added.
struct NewStep<'a> {
    act: Act,
    of: Option<(Question, Side)>,
    words: &'a str,
    action: Option<&'a ActionId>,
}

async fn fresh(tx: &mut Tx, id: &InsightId, seen: i64) -> Result<StoredInsight> {
    let found = get(tx, id).await?;
    unchanged(|| "this difference".to_owned(), seen, found.version())?;
    Ok(found)
}

async fn add(tx: &mut Tx, to: &StoredInsight, step: &NewStep<'_>, entry: &Entry) -> Result<()> {
    let number = to.version() + 1;
    sqlx::query(
        "INSERT INTO insight_step
         (insight, number, act, question, side, words, action, taken_by, taken_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(to.id.as_str())
    .bind(number)
    .bind(step.act.as_str())
    .bind(step.of.map(|it| it.0.word()))
    .bind(step.of.map(|it| it.1.word()))
    .bind(step.words)
    .bind(step.action.map(ActionId::as_str))
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("step {number} of this difference")))?;
    // The words are somebody's own: they stay out of the audit, from which nothing is removed.
    let question = step.of.map_or_else(String::new, |it| format!(" {}", it.0.word()));
    let object = format!("insight/{} step {number} {}{question}", to.id, step.act);
    audit::append(tx, &entry.of("insight.step", object)).await?;
    Ok(())
}

fn refused(fault: &VariationFault) -> Error {
    Refusal::Rule(fault.to_string()).into()
}

/// Every difference, the one due first before the others.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection) -> Result<Vec<StoredInsight>> {
    let rows = sqlx::query("SELECT * FROM insight ORDER BY due_on, id").fetch_all(&mut *db).await?;
    let steps = sqlx::query("SELECT * FROM insight_step ORDER BY insight, number");
    whole(&rows, &steps.fetch_all(db).await?)
}

/// One difference.
///
/// # Errors
/// If there is none with this reference.
pub async fn get(db: &mut Connection, id: &InsightId) -> Result<StoredInsight> {
    let rows = sqlx::query("SELECT * FROM insight WHERE id = $1")
        .bind(id.as_str())
        .fetch_all(&mut *db)
        .await?;
    let steps = sqlx::query("SELECT * FROM insight_step WHERE insight = $1 ORDER BY number");
    let found = whole(&rows, &steps.bind(id.as_str()).fetch_all(db).await?)?;
    found.into_iter().next().ok_or_else(|| Error::NotFound(format!("difference {id}")))
}

fn whole(rows: &[AnyRow], steps: &[AnyRow]) -> Result<Vec<StoredInsight>> {
    let mut found = rows.iter().map(stored).collect::<Result<Vec<_>>>()?;
    each_to(
        &mut found,
        |it| it.id.as_str(),
        (steps, "insight"),
        |of, row| {
            of.steps.push(Step {
                act: row.parsed("act", "step of a difference")?,
                question: row.parsed_if("question", "question")?,
                side: row.parsed_if("side", "side")?,
                words: row.text("words")?,
                action: row.text_if("action")?.map(ActionId::new),
                by: PersonId::new(row.text("taken_by")?),
                at: row.at("taken_at")?,
            });
            Ok(())
        },
    )?;
    Ok(found)
}

fn stored(row: &AnyRow) -> Result<StoredInsight> {
    Ok(StoredInsight {
        id: InsightId::new(row.text("id")?),
        of: NewInsight {
            unit: UnitCode::new(row.text("unit")?),
            page: row.text("page")?,
            run: row.text("run")?,
            differs: row.text("differs")?,
            comparator: row.parsed("comparator", "comparator")?,
            due_on: row.day("due_on")?,
        },
        opened_by: PersonId::new(row.text("opened_by")?),
        opened_at: row.at("opened_at")?,
        steps: Vec::new(),
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use engagement::variation::State;

    use super::*;
    use crate::Store;
    use crate::audit::Asked;
    use crate::testing::{add_person, add_unit, by, change, day, error, on_both};

    fn new() -> NewInsight {
        NewInsight {
            unit: UnitCode::new("HIP"),
            page: "/services/HIP/national".to_owned(),
            run: "1fe9a090556158bd".to_owned(),
            differs: "A stay has 5.1 days, and 3.7 in similar trusts".to_owned(),
            comparator: Comparator::Peers,
            due_on: day("2025-05-15"),
        }
    }

    /// A first difference of hips, opened by somebody.
    pub(crate) async fn opened(store: &Store, who: &PersonId) -> InsightId {
        let entry = by(who);
        change!(store, |tx| open(tx, &new(), &entry)).expect("it is opened")
    }

    async fn says(
        store: &Store,
        (id, who): (&InsightId, &PersonId),
        (question, side, words): (Question, Side, &'static str),
        seen: i64,
    ) -> Result<()> {
        let (id, entry) = (id.clone(), by(who));
        if words.is_empty() {
            return change!(store, |tx| agree(tx, &id, (question, side), seen, &entry));
        }
        change!(store, |tx| answer(tx, &id, (question, side, words), seen, &entry))
    }

    #[test]
    fn an_answer_counts_once_both_sides_stand_behind_it() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let amara = add_person(&store, "Amara").await;
            let daniel = add_person(&store, "Daniel").await;
            let id = opened(&store, &amara).await;
            let mut seen = 0;
            for question in Question::ALL {
                let wrote = (*question, Side::Clinical, "Patients wait for transport");
                says(&store, (&id, &amara), wrote, seen).await.expect("it is written");
                let own =
                    says(&store, (&id, &amara), (*question, Side::Finance, ""), seen + 1).await;
                assert!(error(own).starts_with("you wrote that answer yourself"));
                let agreed = (*question, Side::Finance, "");
                says(&store, (&id, &daniel), agreed, seen + 1).await.expect("it is agreed");
                seen += 2;
            }
            let mut db = store.read().await.expect("reads");
            let found = get(&mut db, &id).await.expect("is there");
            assert_eq!(found.standing(day("2025-05-16")).state, State::Explained);
            assert_eq!(found.of, new());
            drop(db);
            let (of, entry) = (id.clone(), by(&amara));
            let silent = change!(store, |tx| follow(tx, &of, (None, " "), 6, &entry));
            assert!(error(silent).contains("why nothing follows"));
            let (of, entry) = (id.clone(), by(&amara));
            let unknown = ActionId::new("none");
            let nowhere = change!(store, |tx| follow(tx, &of, (Some(&unknown), ""), 6, &entry));
            assert_eq!(error(nowhere), "there is no action none");
            let (of, entry) = (id.clone(), by(&amara));
            change!(store, |tx| follow(tx, &of, (None, "The ward is full"), 6, &entry))
                .expect("said");
            let mut db = store.read().await.expect("reads");
            let all = list(&mut db).await.expect("reads");
            assert_eq!(all[0].standing(day("2025-05-16")).state, State::LeftAsItIs);
            assert_eq!(all[0].answer(Question::Why, Side::Clinical).map(|it| &it.by), Some(&amara));
        });
    }

    #[test]
    fn two_who_write_at_once_lose_nothing_and_no_word_is_in_the_audit() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let amara = add_person(&store, "Amara").await;
            let id = opened(&store, &amara).await;
            let early = says(&store, (&id, &amara), (Question::Why, Side::Finance, ""), 0).await;
            assert!(error(early).starts_with("there is no answer of the other side"));
            let wrote = (Question::Why, Side::Clinical, "Transport");
            says(&store, (&id, &amara), wrote, 0).await.expect("it is written");
            let stale = says(&store, (&id, &amara), wrote, 0).await;
            assert!(error(stale).starts_with("this difference was changed by somebody else"));
            let mut db = store.read().await.expect("reads");
            let rows = audit::list(&mut db, &Asked::default(), 100).await.expect("reads");
            let kept = format!("{rows:?}");
            assert!(!kept.contains("Transport") && !kept.contains("5.1 days"), "{kept}");
            let empty = NewInsight { differs: " ".to_owned(), ..new() };
            let entry = by(&amara);
            assert!(error(change!(store, |tx| open(tx, &empty, &entry))).contains("what differs"));
        });
    }
}
