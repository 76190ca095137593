//! What people ask about figures that they see, who is to answer, and what came of it.

use std::collections::BTreeMap;

use domain::Day;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, code, said, taken, unchanged};
use crate::ids::{PersonId, QuestionId, UnitCode};
use crate::people::{self, PersonState};
use crate::row::{Values as _, iso, texts};
use crate::units;
use crate::writer::Tx;

/// Letters that a question, an answer or a reason may have.
pub const LETTERS_MAX: usize = 2_000;

texts! {
    /// On which side of the conversation somebody stands, by their profession.
    Side {
        /// Gives care.
        Clinical = "clinical",
        /// Counts what it costs.
        Finance = "finance",
        /// Neither, such as management or audit.
        Other = "other",
    }
}

texts! {
    /// What was done with a question.
    Act {
        /// Somebody answered.
        Answered = "answered",
        /// Somebody else is to answer.
        HandedOn = "handed_on",
        /// It needs nothing more.
        Closed = "closed",
        /// The answers were not enough.
        Reopened = "reopened",
    }
}

/// How a question stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody has answered since it was asked, or asked again.
    Waiting,
    /// It is answered; whoever asked has not closed it.
    Answered,
    /// It needs nothing more.
    Closed,
}

/// A question, as it should be recorded. Whoever calls has checked that the figure may be seen, and
/// that the owner may answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewQuestion {
    /// The unit whose figure it is.
    pub unit: UnitCode,
    /// The run in which it was seen; blank where it comes of none, such as a measure.
    pub run: String,
    /// Address of the page on which it stands.
    pub page: String,
    /// Which figure of the page; a code of the page's own list.
    pub figure: String,
    /// In the words of who asks.
    pub words: String,
    /// Where who asks stands.
    pub side: Side,
    /// Who is to answer first.
    pub owner: PersonId,
    /// By when.
    pub due_on: Day,
}

/// Something that was done with a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What.
    pub act: Act,
    /// The answer, or why; blank where nobody said.
    pub words: String,
    /// Who is to answer from now on, if that changed.
    pub owner: Option<PersonId>,
    /// By when, if that changed.
    pub due_on: Option<Day>,
    /// Where who did it stands.
    pub side: Side,
    /// Who did it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// A question as stored, with everything that was done with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredQuestion {
    /// Its reference.
    pub id: QuestionId,
    /// What was asked.
    pub question: NewQuestion,
    /// By whom.
    pub asked_by: PersonId,
    /// When.
    pub asked_at: Timestamp,
    /// What was done, in order.
    pub steps: Vec<Step>,
}

impl StoredQuestion {
    /// Who is to answer now.
    pub fn owner(&self) -> &PersonId {
        let latest = self.steps.iter().rev().find_map(|it| it.owner.as_ref());
        latest.unwrap_or(&self.question.owner)
    }

    /// By when.
    pub fn due_on(&self) -> Day {
        self.steps.iter().rev().find_map(|it| it.due_on).unwrap_or(self.question.due_on)
    }

    /// How it stands. An answer that came after it was closed leaves it closed.
    pub fn state(&self) -> State {
        let mut state = State::Waiting;
        for step in &self.steps {
            state = match (step.act, state) {
                (Act::Closed, _) => State::Closed,
                (Act::Reopened, _) => State::Waiting,
                (Act::Answered, State::Waiting) => State::Answered,
                (Act::Answered | Act::HandedOn, same) => same,
            };
        }
        state
    }

    /// Whether it waits although its day is past.
    pub fn is_overdue(&self, today: Day) -> bool {
        self.state() == State::Waiting && self.due_on() < today
    }

    /// Since when an answer is waited for: since it was asked, or asked again.
    pub fn waits_since(&self) -> Timestamp {
        let again = self.steps.iter().rev().find(|it| it.act == Act::Reopened);
        again.map_or(self.asked_at, |it| it.at)
    }

    /// The answers, in the order in which they came.
    pub fn answers(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|it| it.act == Act::Answered)
    }

    /// How much was done: what whoever closes it or hands it on must have seen.
    pub fn version(&self) -> i64 {
        i64::try_from(self.steps.len()).unwrap_or(i64::MAX)
    }
}

/// Records a question.
///
/// # Errors
/// If something is missing or too long, there is no such unit, or the owner has left.
pub async fn ask(tx: &mut Tx, new: &NewQuestion, entry: &Entry) -> Result<QuestionId> {
    let words = said("the question", &new.words, LETTERS_MAX)?;
    let run = if new.run.is_empty() { "" } else { code("the run", &new.run)? };
    let page = code("the page", &new.page)?;
    let figure = code("the figure", &new.figure)?;
    units::get(tx, &new.unit).await?;
    at_work(tx, &new.owner).await?;
    let id = QuestionId::random()?;
    sqlx::query(
        "INSERT INTO figure_question
         (id, unit, run, page, figure, words, side, owner, due_on, asked_by, asked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(id.as_str())
    .bind(new.unit.as_str())
    .bind(run)
    .bind(page)
    .bind(figure)
    .bind(words)
    .bind(new.side.as_str())
    .bind(new.owner.as_str())
    .bind(new.due_on.to_string())
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this question"))?;
    let mut object = format!("figure-question/{id}");
    for part in [run, page, figure].into_iter().filter(|it| !it.is_empty()) {
        object += &format!(" {part}");
    }
    object += &format!(" person/{}", new.owner);
    audit::append(tx, &entry.of("question.ask", object)).await?;
    Ok(id)
}

/// Adds an answer. Whoever answers at the same time loses nothing: both answers are kept.
///
/// # Errors
/// If it is missing or too long, or there is no such question.
pub async fn answer(
    tx: &mut Tx,
    id: &QuestionId,
    (words, side): (&str, Side),
    entry: &Entry,
) -> Result<()> {
    let words = said("the answer", words, LETTERS_MAX)?;
    let question = get(tx, id).await?;
    let step = NewStep { words, ..NewStep::of(Act::Answered, side) };
    add(tx, &question, &step, entry).await
}

/// Gives it to somebody else to answer.
///
/// # Errors
/// If something was done with it since it was seen, it is closed, the owner has left or is the
/// same, or there is no such question.
pub async fn hand_on(
    tx: &mut Tx,
    id: &QuestionId,
    (owner, words, side): (&PersonId, &str, Side),
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let words = if words.trim().is_empty() { "" } else { said("the reason", words, LETTERS_MAX)? };
    let question = get(tx, id).await?;
    fresh(&question, seen)?;
    if question.state() == State::Closed || question.owner() == owner {
        return Err(wrong_move(&question, "handed on to somebody else"));
    }
    at_work(tx, owner).await?;
    let step = NewStep { words, owner: Some(owner), ..NewStep::of(Act::HandedOn, side) };
    add(tx, &question, &step, entry).await
}

/// Closes it: whoever asked needs nothing more.
///
/// # Errors
/// If something was done with it since it was seen, it is closed already, or there is no such
/// question.
pub async fn close(
    tx: &mut Tx,
    id: &QuestionId,
    side: Side,
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let question = get(tx, id).await?;
    fresh(&question, seen)?;
    if question.state() == State::Closed {
        return Err(wrong_move(&question, "closed"));
    }
    add(tx, &question, &NewStep::of(Act::Closed, side), entry).await
}

/// Asks again: the answers were not enough, which the words say.
///
/// # Errors
/// If something was done with it since it was seen, it waits for an answer, something is missing,
/// or there is no such question.
pub async fn reopen(
    tx: &mut Tx,
    id: &QuestionId,
    (words, due_on, side): (&str, Day, Side),
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let words = said("what is still asked", words, LETTERS_MAX)?;
    let question = get(tx, id).await?;
    fresh(&question, seen)?;
    if question.state() == State::Waiting {
        return Err(wrong_move(&question, "asked again"));
    }
    let step = NewStep { words, due_on: Some(due_on), ..NewStep::of(Act::Reopened, side) };
    add(tx, &question, &step, entry).await
}

/// A step to be added.
struct NewStep<'a> {
    act: Act,
    words: &'a str,
    owner: Option<&'a PersonId>,
    due_on: Option<Day>,
    side: Side,
}

impl NewStep<'_> {
    const fn of(act: Act, side: Side) -> Self {
        Self { act, words: "", owner: None, due_on: None, side }
    }
}

async fn add(
    tx: &mut Tx,
    question: &StoredQuestion,
    step: &NewStep<'_>,
    entry: &Entry,
) -> Result<()> {
    let number = question.version() + 1;
    sqlx::query(
        "INSERT INTO figure_question_step
         (question, number, act, words, owner, due_on, side, taken_by, taken_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(question.id.as_str())
    .bind(number)
    .bind(step.act.as_str())
    .bind(step.words)
    .bind(step.owner.map(PersonId::as_str))
    .bind(iso(step.due_on))
    .bind(step.side.as_str())
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("step {number} of this question")))?;
    let action = match step.act {
        Act::Answered => "question.answer",
        Act::HandedOn => "question.hand_on",
        Act::Closed => "question.close",
        Act::Reopened => "question.reopen",
    };
    // The words are somebody's own: they stay out of the audit, from which nothing is removed.
    let mut object = format!("figure-question/{} step {number}", question.id);
    if let Some(owner) = step.owner {
        object += &format!(" person/{owner}");
    }
    audit::append(tx, &entry.of(action, object)).await?;
    Ok(())
}

async fn at_work(db: &mut Connection, owner: &PersonId) -> Result<()> {
    let is_there = people::get(db, owner).await?.state == PersonState::Active;
    if is_there { Ok(()) } else { Err(Refusal::HasLeft.into()) }
}

fn fresh(question: &StoredQuestion, seen: i64) -> Result<()> {
    unchanged(|| "this question".to_owned(), seen, question.version())
}

fn wrong_move(question: &StoredQuestion, to: &'static str) -> Error {
    let from = match question.state() {
        State::Waiting => "waiting for an answer",
        State::Answered => "answered",
        State::Closed => "closed",
    };
    Refusal::WrongMove { what: "this question".to_owned(), from: from.to_owned(), to }.into()
}

/// Every question, the oldest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection) -> Result<Vec<StoredQuestion>> {
    let rows = sqlx::query("SELECT * FROM figure_question ORDER BY asked_at, id")
        .fetch_all(&mut *db)
        .await?;
    let steps = "SELECT * FROM figure_question_step ORDER BY question, number";
    with_steps(db, rows, steps, None).await
}

/// The questions of one unit, the oldest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn of_unit(db: &mut Connection, unit: &UnitCode) -> Result<Vec<StoredQuestion>> {
    let rows = sqlx::query("SELECT * FROM figure_question WHERE unit = $1 ORDER BY asked_at, id")
        .bind(unit.as_str())
        .fetch_all(&mut *db)
        .await?;
    let steps = "SELECT s.* FROM figure_question_step s
         JOIN figure_question q ON q.id = s.question
         WHERE q.unit = $1 ORDER BY s.question, s.number";
    with_steps(db, rows, steps, Some(unit.as_str())).await
}

/// One question.
///
/// # Errors
/// If there is none with this reference.
pub async fn get(db: &mut Connection, id: &QuestionId) -> Result<StoredQuestion> {
    let rows = sqlx::query("SELECT * FROM figure_question WHERE id = $1")
        .bind(id.as_str())
        .fetch_all(&mut *db)
        .await?;
    let steps = "SELECT * FROM figure_question_step WHERE question = $1 ORDER BY question, number";
    let found = with_steps(db, rows, steps, Some(id.as_str())).await?;
    found.into_iter().next().ok_or_else(|| Error::NotFound(format!("question {id}")))
}

/// Puts questions and their steps together; `sql` asks for these, with one value if it has one.
async fn with_steps(
    db: &mut Connection,
    rows: Vec<AnyRow>,
    sql: &'static str,
    value: Option<&str>,
) -> Result<Vec<StoredQuestion>> {
    let mut found = rows.iter().map(stored).collect::<Result<Vec<_>>>()?;
    let places: BTreeMap<String, usize> =
        found.iter().enumerate().map(|(place, it)| (it.id.as_str().to_owned(), place)).collect();
    let asked = sqlx::query(sql);
    let asked = match value {
        Some(value) => asked.bind(value),
        None => asked,
    };
    for row in asked.fetch_all(db).await? {
        let place = places.get(&row.text("question")?).copied();
        let Some(of) = place.and_then(|it| found.get_mut(it)) else { continue };
        of.steps.push(Step {
            act: row.parsed("act", "step of a question")?,
            words: row.text("words")?,
            owner: row.text_if("owner")?.map(PersonId::new),
            due_on: row.day_if("due_on")?,
            side: row.parsed("side", "side")?,
            by: PersonId::new(row.text("taken_by")?),
            at: row.at("taken_at")?,
        });
    }
    Ok(found)
}

fn stored(row: &AnyRow) -> Result<StoredQuestion> {
    Ok(StoredQuestion {
        id: QuestionId::new(row.text("id")?),
        question: NewQuestion {
            unit: UnitCode::new(row.text("unit")?),
            run: row.text("run")?,
            page: row.text("page")?,
            figure: row.text("figure")?,
            words: row.text("words")?,
            side: row.parsed("side", "side")?,
            owner: PersonId::new(row.text("owner")?),
            due_on: row.day("due_on")?,
        },
        asked_by: PersonId::new(row.text("asked_by")?),
        asked_at: row.at("asked_at")?,
        steps: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use crate::audit::Asked;
    use crate::testing::{add_person, add_unit, by, change, day, error, on_both};

    fn question(owner: &PersonId) -> NewQuestion {
        NewQuestion {
            unit: UnitCode::new("HIP"),
            run: "1fe9a090556158bd".to_owned(),
            page: "/services/HIP?pod=EL".to_owned(),
            figure: "moved".to_owned(),
            words: "Why did implants cost more?".to_owned(),
            side: Side::Clinical,
            owner: owner.clone(),
            due_on: day("2025-05-15"),
        }
    }

    async fn asked(store: &Store, who: &PersonId, new: NewQuestion) -> Result<QuestionId> {
        let entry = by(who);
        change!(store, |tx| ask(tx, &new, &entry))
    }

    async fn answered(
        store: &Store,
        who: &PersonId,
        id: &QuestionId,
        words: &'static str,
    ) -> Result<()> {
        let (entry, id) = (by(who), id.clone());
        change!(store, |tx| answer(tx, &id, (words, Side::Finance), &entry))
    }

    async fn closed(store: &Store, who: &PersonId, id: &QuestionId, seen: i64) -> Result<()> {
        let (entry, id) = (by(who), id.clone());
        change!(store, |tx| close(tx, &id, Side::Clinical, seen, &entry))
    }

    async fn reopened(store: &Store, who: &PersonId, id: &QuestionId, seen: i64) -> Result<()> {
        let (entry, id) = (by(who), id.clone());
        let still = ("And which of them?", day("2025-06-01"), Side::Clinical);
        change!(store, |tx| reopen(tx, &id, still, seen, &entry))
    }

    async fn handed(
        store: &Store,
        (who, to): (&PersonId, &PersonId),
        (id, seen): (&QuestionId, i64),
    ) -> Result<()> {
        let (entry, id, to) = (by(who), id.clone(), to.clone());
        change!(store, |tx| hand_on(tx, &id, (&to, "", Side::Finance), seen, &entry))
    }

    async fn found(store: &Store, id: &QuestionId) -> StoredQuestion {
        let mut db = store.read().await.expect("a connection");
        get(&mut db, id).await.expect("it is there")
    }

    #[test]
    fn a_question_is_answered_closed_and_asked_again_and_nothing_is_lost() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let amara = add_person(&store, "Amara").await;
            let daniel = add_person(&store, "Daniel").await;
            let priya = add_person(&store, "Priya").await;
            let id = asked(&store, &amara, question(&daniel)).await.expect("it is asked");
            let now = found(&store, &id).await;
            assert_eq!((now.state(), now.owner()), (State::Waiting, &daniel));
            assert!(!now.is_overdue(day("2025-05-15")) && now.is_overdue(day("2025-05-16")));
            handed(&store, (&daniel, &priya), (&id, 0)).await.expect("it is handed on");
            assert_eq!(
                error(handed(&store, (&daniel, &amara), (&id, 0)).await),
                "this question was changed by somebody else: you edited version 0, it is at 1"
            );
            assert_eq!(found(&store, &id).await.owner(), &priya);
            answered(&store, &priya, &id, "The price rose in April").await.expect("answered");
            let now = found(&store, &id).await;
            assert_eq!(now.state(), State::Answered);
            assert!(!now.is_overdue(day("2031-01-01")), "an answered question is never late");
            assert_eq!(
                error(closed(&store, &amara, &id, 1).await),
                "this question was changed by somebody else: you edited version 1, it is at 2"
            );
            closed(&store, &amara, &id, 2).await.expect("closed");
            answered(&store, &daniel, &id, "By 6%").await.expect("it came late, and is kept");
            assert_eq!(found(&store, &id).await.state(), State::Closed);
            reopened(&store, &amara, &id, 4).await.expect("asked again");
            let now = found(&store, &id).await;
            assert_eq!((now.state(), now.due_on()), (State::Waiting, day("2025-06-01")));
            assert_eq!(now.owner(), &priya, "it is still theirs");
            let again = now.steps.last().map(|it| it.at);
            assert_eq!(Some(now.waits_since()), again, "the time begins anew");
            let said: Vec<&str> = now.answers().map(|it| it.words.as_str()).collect();
            assert_eq!(said, ["The price rose in April", "By 6%"]);
            let acts: Vec<Act> = now.steps.iter().map(|it| it.act).collect();
            let (answered, closed) = (Act::Answered, Act::Closed);
            assert_eq!(acts, [Act::HandedOn, answered, closed, answered, Act::Reopened]);
            let mut db = store.read().await.expect("a connection");
            let recorded = Asked { action: Some("question.".to_owned()), ..Asked::default() };
            let recorded = audit::list(&mut db, &recorded, 10).await.expect("a read");
            assert_eq!(recorded.len(), 6, "each change has its record, and what failed has none");
            let recorded = format!("{recorded:?}");
            assert!(!recorded.contains("April") && !recorded.contains("implants"), "no words");
        });
    }

    #[test]
    fn a_figure_that_comes_of_no_run_is_asked_about_too() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let leah = add_person(&store, "Leah").await;
            let daniel = add_person(&store, "Daniel").await;
            let page = "/measures/FFT?unit=HIP".to_owned();
            let new = NewQuestion { run: String::new(), page, ..question(&daniel) };
            let id = asked(&store, &leah, new.clone()).await.expect("it is asked");
            assert_eq!(found(&store, &id).await.question, new);
            let mut db = store.read().await.expect("a connection");
            let recorded = Asked { action: Some("question.ask".to_owned()), ..Asked::default() };
            let recorded = audit::list(&mut db, &recorded, 10).await.expect("a read");
            let object = recorded.first().and_then(|it| it.entry.object.clone());
            let expected =
                format!("figure-question/{id} /measures/FFT?unit=HIP moved person/{daniel}");
            assert_eq!(object, Some(expected));
        });
    }

    #[test]
    fn two_who_answer_at_once_are_both_kept() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let amara = add_person(&store, "Amara").await;
            let daniel = add_person(&store, "Daniel").await;
            let id = asked(&store, &amara, question(&daniel)).await.expect("it is asked");
            let one = answered(&store, &daniel, &id, "The price");
            let other = answered(&store, &amara, &id, "The mix");
            let (one, other) = tokio::join!(one, other);
            one.expect("kept");
            other.expect("kept too");
            let now = found(&store, &id).await;
            let mut said: Vec<&str> = now.answers().map(|it| it.words.as_str()).collect();
            said.sort_unstable();
            assert_eq!(said, ["The mix", "The price"]);
        });
    }

    #[test]
    fn what_is_missing_too_long_or_out_of_turn_is_refused() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let amara = add_person(&store, "Amara").await;
            let ines = add_person(&store, "Ines").await;
            let letters =
                |count: usize| NewQuestion { words: "ä".repeat(count), ..question(&ines) };
            let unusable = "the question is too long, or holds a character that cannot be stored";
            for (new, expected) in [
                (
                    NewQuestion { words: " ".to_owned(), ..question(&ines) },
                    "the question is missing",
                ),
                (letters(LETTERS_MAX + 1), unusable),
                (NewQuestion { page: String::new(), ..question(&ines) }, "the page is missing"),
                (NewQuestion { unit: UnitCode::new("U"), ..question(&ines) }, "there is no unit U"),
                (question(&PersonId::new("X")), "there is no person X"),
            ] {
                assert_eq!(error(asked(&store, &amara, new).await), expected);
            }
            let id = asked(&store, &amara, letters(LETTERS_MAX)).await.expect("just so long");
            assert_eq!(error(answered(&store, &ines, &id, "").await), "the answer is missing");
            let nothing = QuestionId::new("nothing");
            let found = answered(&store, &ines, &nothing, "So").await;
            assert_eq!(error(found), "there is no question nothing");
            assert!(
                error(reopened(&store, &amara, &id, 0).await).contains("waiting for an answer")
            );
            let same = handed(&store, (&ines, &ines), (&id, 0)).await;
            assert!(error(same).contains("handed on"), "it is theirs already");
            closed(&store, &amara, &id, 0).await.expect("also without an answer");
            assert!(error(closed(&store, &amara, &id, 1).await).contains("closed"));
            let (entry, gone) = (by(&amara), ines.clone());
            change!(store, |tx| people::leave(tx, &gone, day("2025-05-01"), &entry))
                .expect("they leave");
            let left = asked(&store, &amara, question(&ines)).await;
            assert_eq!(error(left), error::<()>(Err(Refusal::HasLeft.into())));
            let mut db = store.read().await.expect("a connection");
            assert_eq!(list(&mut db).await.expect("a read").len(), 1);
            let eye = of_unit(&mut db, &UnitCode::new("EYE")).await.expect("a read");
            assert_eq!(eye, []);
            let hip = of_unit(&mut db, &UnitCode::new("HIP")).await.expect("a read");
            assert_eq!(hip.len(), 1);
        });
    }
}
