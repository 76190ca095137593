//! The register of evidence: one piece may bear several steps of the unit that it is of. A piece may
//! begin as a draft, be a file, and be revised; what it was before stays.

mod read;

use std::collections::BTreeSet;

use domain::Day;
use jiff::Timestamp;

use super::{said, short, unchanged};
use crate::audit::{self, Entry};
use crate::error::{Refusal, Result, code, taken};
use crate::ids::{EvidenceId, PersonId, UnitCode};
use crate::people;
use crate::row::{iso, texts};
use crate::units;
use crate::writer::Tx;

pub use self::read::{evidence, evidence_of};

/// Letters of a SHA-256 in hexadecimal.
const SHA256: usize = 64;

/// A piece of evidence, as it should be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvidence {
    /// The unit, or the trust, of which it tells.
    pub unit: UnitCode,
    /// What it is, such as minutes or a published costing.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// Where it is: an address, or where it is filed; blank where it is a file that is kept here.
    pub place: String,
    /// When what it shows took place.
    pub happened_on: Day,
    /// The last day on which it counts; none where the framework says how long.
    pub expires_on: Option<Day>,
    /// Who can be asked about it.
    pub owner: PersonId,
    /// Codes of the steps that it bears.
    pub steps: BTreeSet<String>,
}

/// A file that is kept as evidence; its bytes are found by their hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceFile {
    /// Its name, as it was brought in.
    pub name: String,
    /// Its media type.
    pub media: String,
    /// Its size.
    pub bytes: i64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// How a piece comes in, beside what it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// The file that it is, if it is one.
    pub file: Option<EvidenceFile>,
    /// Whether it is not handed in yet.
    pub is_draft: bool,
}

/// Where a piece is from now on, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRevision {
    /// Where it is; blank where it is a file.
    pub place: String,
    /// When what it shows took place.
    pub happened_on: Day,
    /// The last day on which it counts.
    pub expires_on: Option<Day>,
    /// The file that it is, if it is one.
    pub file: Option<EvidenceFile>,
}

/// A piece as it was once added, or revised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// From 1.
    pub number: i64,
    /// Where it is.
    pub place: String,
    /// When what it shows took place.
    pub happened_on: Day,
    /// The last day on which it counts.
    pub expires_on: Option<Day>,
    /// The file that it is, if it is one.
    pub file: Option<EvidenceFile>,
    /// Who made it so.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

texts! {
    /// How far a piece of evidence is accepted.
    EvidenceState {
        /// Its owner has not handed it in.
        Draft = "draft",
        /// Somebody should look at it.
        InReview = "in_review",
        /// It counts.
        Accepted = "accepted",
        /// It does not count.
        Rejected = "rejected",
    }
}

/// What was made of a piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceReview {
    /// What was decided.
    pub state: EvidenceState,
    /// Why; blank where it was accepted without a word.
    pub because: String,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Which revision was looked at.
    pub revision: i64,
}

/// A piece of evidence as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Its reference.
    pub id: EvidenceId,
    /// What it is, as last revised.
    pub of: NewEvidence,
    /// Who added it.
    pub added_by: PersonId,
    /// When.
    pub added_at: Timestamp,
    /// What was made of it, in order; the last one of the latest revision counts.
    pub reviews: Vec<EvidenceReview>,
    /// How it was once added and revised, in order: there is always one.
    pub revisions: Vec<Revision>,
    /// Whether it was a draft before it was handed in.
    pub began_as_draft: bool,
    /// Whether the system proposed it, and a person took it.
    pub is_collected: bool,
}

impl Evidence {
    /// How far it is accepted now.
    pub fn state(&self) -> EvidenceState {
        let latest = self.latest().map_or(1, |it| it.number);
        match self.reviews.iter().rfind(|it| it.revision == latest) {
            Some(review) => review.state,
            None if self.is_draft() => EvidenceState::Draft,
            None => EvidenceState::InReview,
        }
    }

    /// How far it was accepted at an instant.
    pub fn state_at(&self, at: Timestamp) -> EvidenceState {
        self.as_at(at).map_or(EvidenceState::InReview, |it| it.state())
    }

    /// As it was at an instant; none before it was added.
    pub fn as_at(&self, at: Timestamp) -> Option<Self> {
        let mut then = self.clone();
        then.revisions.retain(|it| it.at <= at);
        then.reviews.retain(|it| it.at <= at);
        then.take_latest();
        (!then.revisions.is_empty()).then_some(then)
    }

    /// Whether it is still a draft of its owner.
    pub fn is_draft(&self) -> bool {
        self.began_as_draft && self.reviews.is_empty()
    }

    /// How it was last revised; as it was added, if it never was.
    pub fn latest(&self) -> Option<&Revision> {
        self.revisions.last()
    }

    /// The revision that is accepted: the latest one, or, while that waits for somebody to look at
    /// it, the one before it if that was accepted.
    pub fn accepted(&self) -> Option<&Revision> {
        let latest = self.latest()?.number;
        let said = match self.state() {
            EvidenceState::Accepted => self.reviews.last()?,
            EvidenceState::InReview => self.reviews.iter().rfind(|it| it.revision < latest)?,
            EvidenceState::Draft | EvidenceState::Rejected => return None,
        };
        let is_accepted = said.state == EvidenceState::Accepted;
        self.revisions.iter().find(|it| is_accepted && it.number == said.revision)
    }

    /// How often it was revised and looked at: what a change must have seen.
    pub fn version(&self) -> i64 {
        let changes = self.reviews.len() + self.revisions.len().saturating_sub(1);
        i64::try_from(changes).unwrap_or(i64::MAX)
    }

    /// Whether somebody added it, owns it, or made it what it is: then another says that it counts.
    pub fn is_of(&self, who: &PersonId) -> bool {
        let latest = self.latest().map(|it| &it.by);
        *who == self.added_by || *who == self.of.owner || latest == Some(who)
    }

    fn take_latest(&mut self) {
        if let Some(it) = self.revisions.last() {
            self.of.place.clone_from(&it.place);
            self.of.happened_on = it.happened_on;
            self.of.expires_on = it.expires_on;
        }
    }
}

/// Adds a piece of evidence. It counts for nothing until somebody accepts it.
///
/// # Errors
/// As [`bring`].
pub async fn add(tx: &mut Tx, new: &NewEvidence, entry: &Entry) -> Result<EvidenceId> {
    bring(tx, new, &Brought::default(), entry).await
}

/// Adds a piece of evidence, which may be a file and may be a draft. It counts for nothing until
/// somebody accepts it.
///
/// # Errors
/// If something is missing or too long, it bears no step, it ends before it begins, or unit or owner
/// are not there.
pub async fn bring(
    tx: &mut Tx,
    new: &NewEvidence,
    brought: &Brought,
    entry: &Entry,
) -> Result<EvidenceId> {
    let kind = code("the kind of evidence", &new.kind)?;
    let title = said("the title", &new.title)?;
    let place = place(&new.place, brought.file.as_ref())?;
    in_order(new.happened_on, new.expires_on)?;
    if new.steps.is_empty() {
        return Err(Refusal::Empty("the step that it bears").into());
    }
    units::get(tx, &new.unit).await?;
    people::get(tx, &new.owner).await?;
    let id = EvidenceId::random()?;
    sqlx::query(
        "INSERT INTO evidence (id, unit, kind, title, place, happened_on, expires_on, owner,
             added_by, added_at, is_draft)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(id.as_str())
    .bind(new.unit.as_str())
    .bind(kind)
    .bind(title)
    .bind(place)
    .bind(new.happened_on.to_string())
    .bind(iso(new.expires_on))
    .bind(new.owner.as_str())
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .bind(i64::from(brought.is_draft))
    .execute(&mut **tx)
    .await
    .map_err(taken("this evidence"))?;
    for step in &new.steps {
        sqlx::query("INSERT INTO evidence_step (evidence, step) VALUES ($1, $2)")
            .bind(id.as_str())
            .bind(code("the step", step)?)
            .execute(&mut **tx)
            .await?;
    }
    keep_file(tx, (&id, 1), brought.file.as_ref()).await?;
    let steps: Vec<&str> = new.steps.iter().map(String::as_str).collect();
    let object = format!(
        "evidence/{id} of {} for {}{}",
        new.unit,
        steps.join(" "),
        hashed(brought.file.as_ref())
    );
    audit::append(tx, &entry.of("evidence.add", object)).await?;
    Ok(id)
}

/// Revises a piece that was seen after so many changes; what it was stays. It is looked at again,
/// and until then the revision that was accepted before counts on.
///
/// # Errors
/// As [`bring`]; if somebody has changed it since, or there is none.
pub async fn revise(
    tx: &mut Tx,
    id: &EvidenceId,
    new: &NewRevision,
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let place = place(&new.place, new.file.as_ref())?;
    in_order(new.happened_on, new.expires_on)?;
    let found = evidence(tx, id).await?;
    unchanged(|| "this evidence".to_owned(), seen, found.version())?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let number = found.latest().map_or(1, |it| it.number) + 1;
    sqlx::query(
        "INSERT INTO evidence_revision (evidence, number, place, happened_on, expires_on,
             revised_by, revised_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id.as_str())
    .bind(number)
    .bind(place)
    .bind(new.happened_on.to_string())
    .bind(iso(new.expires_on))
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("revision {number} of this evidence")))?;
    keep_file(tx, (id, number), new.file.as_ref()).await?;
    let object = format!(
        "evidence/{id} of {} revision {number}{}",
        found.of.unit,
        hashed(new.file.as_ref())
    );
    audit::append(tx, &entry.of("evidence.revise", object)).await?;
    Ok(())
}

/// Hands a draft in, so that somebody looks at it.
///
/// # Errors
/// If it is no draft any more, somebody has changed it since, or there is none.
pub async fn hand_in(tx: &mut Tx, id: &EvidenceId, seen: i64, entry: &Entry) -> Result<()> {
    let found = evidence(tx, id).await?;
    if !found.is_draft() {
        let (what, from) = ("this evidence".to_owned(), found.state().to_string());
        return Err(Refusal::WrongMove { what, from, to: "handed in" }.into());
    }
    unchanged(|| "this evidence".to_owned(), seen, found.version())?;
    decided(tx, &found, (EvidenceState::InReview, ""), entry).await?;
    let object = format!("evidence/{id} of {}", found.of.unit);
    audit::append(tx, &entry.of("evidence.hand_in", object)).await?;
    Ok(())
}

/// Records what is made of a piece of evidence that was seen after so many changes. Whoever rejects
/// it says why.
///
/// # Errors
/// If the reason is missing where it is needed, it is a draft, somebody has changed it since, or
/// there is none.
pub async fn review(
    tx: &mut Tx,
    id: &EvidenceId,
    (state, because): (EvidenceState, &str),
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let because = match state {
        EvidenceState::Rejected => said("the reason", because)?,
        EvidenceState::Accepted | EvidenceState::InReview | EvidenceState::Draft => {
            short("the reason", because)?
        }
    };
    let found = evidence(tx, id).await?;
    if found.is_draft() || state == EvidenceState::Draft {
        let (what, from) = ("this evidence".to_owned(), found.state().to_string());
        return Err(Refusal::WrongMove { what, from, to: state.as_str() }.into());
    }
    unchanged(|| "this evidence".to_owned(), seen, found.version())?;
    decided(tx, &found, (state, because), entry).await?;
    let object = format!("evidence/{id} of {} {state}", found.of.unit);
    audit::append(tx, &entry.of("evidence.review", object)).await?;
    Ok(())
}

/// One more word on the latest revision of a piece.
async fn decided(
    tx: &mut Tx,
    found: &Evidence,
    (state, because): (EvidenceState, &str),
    entry: &Entry,
) -> Result<()> {
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let number = found.version() + 1;
    sqlx::query(
        "INSERT INTO evidence_review (evidence, number, state, because, reviewed_by, reviewed_at,
             revision)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(found.id.as_str())
    .bind(number)
    .bind(state.as_str())
    .bind(because)
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .bind(found.latest().map_or(1, |it| it.number))
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("review {number} of this evidence")))?;
    Ok(())
}

/// Where it is; a file needs no other place.
fn place<'a>(place: &'a str, file: Option<&EvidenceFile>) -> Result<&'a str> {
    if file.is_some() { short("where it is", place) } else { said("where it is", place) }
}

fn in_order(happened_on: Day, expires_on: Option<Day>) -> Result<()> {
    if expires_on.is_some_and(|it| it < happened_on) {
        return Err(Refusal::EndsBeforeItBegins.into());
    }
    Ok(())
}

async fn keep_file(
    tx: &mut Tx,
    (id, revision): (&EvidenceId, i64),
    file: Option<&EvidenceFile>,
) -> Result<()> {
    let Some(file) = file else { return Ok(()) };
    let is_hash =
        file.sha256.len() == SHA256 && file.sha256.bytes().all(|it| it.is_ascii_hexdigit());
    if !is_hash {
        return Err(Refusal::Unusable("the hash of the file").into());
    }
    sqlx::query(
        "INSERT INTO evidence_file (evidence, revision, name, media, bytes, sha256)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id.as_str())
    .bind(revision)
    .bind(code("the name of the file", &file.name)?)
    .bind(code("the kind of the file", &file.media)?)
    .bind(file.bytes)
    .bind(&file.sha256)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The hash of a file for the record; its name is what somebody wrote.
fn hashed(file: Option<&EvidenceFile>) -> String {
    file.map_or_else(String::new, |it| format!(" file {}", it.sha256))
}
