//! All SQL of the application: people, rights, sessions, jobs, forms and the audit chain.
//!
//! Everything that changes goes through [`Store::write`]: one task, one transaction for a batch of
//! changes, each in a savepoint, answered after the commit is on disk. Functions that change take
//! the transaction and an [`audit::Entry`], so that a change and its record are one. Functions that
//! read take any connection: of [`Store::read`], or the transaction.
//!
//! No clock is read here: `now` is an argument. Patient-level costs are never in this database.

mod database;
mod error;
mod ids;
mod import;
mod row;
mod writer;

pub mod api_tokens;
pub mod assessing;
pub mod audit;
pub mod benefits;
pub mod beside;
pub mod board_versions;
pub mod briefings;
pub mod cases;
pub mod coding_queries;
pub mod collecting;
pub mod comparisons;
pub mod concerns;
pub mod confidence;
pub mod contracts;
pub mod credentials;
pub mod drafts;
pub mod figure_questions;
pub mod follow_ups;
pub mod grants;
pub mod ideas;
pub mod identities;
pub mod incentives;
pub mod input_owners;
pub mod jobs;
pub mod joint_actions;
pub mod known_issues;
pub mod loads;
pub mod measures;
pub mod model_versions;
pub mod packs;
pub mod patient_groups;
pub mod people;
pub mod publications;
pub mod requests;
pub mod returning;
pub mod reviewing;
pub mod sessions;
pub mod units;
pub mod use_counts;
pub mod variation;
pub mod walk_throughs;

#[cfg(test)]
mod testing;

use std::sync::Arc;

use sqlx::Any;
use sqlx::pool::PoolConnection;

pub use self::audit::{Entry, Receipt};
pub use self::database::{DatabaseKind, sqlite_url};
pub use self::error::{Error, LineFault, Refusal, Result};
pub use self::ids::{
    ActionId, ApiTokenId, AssessmentId, BenefitId, CaseId, CodingReviewId, ConflictId, ConsentId,
    ContractId, DataIssueId, DialogueId, EvidenceId, FollowUpId, GrantId, GroupId, IdeaId,
    IncentiveId, InsightId, JobId, LevelId, LoadId, MeasureCode, PackId, PersonId, PublicationId,
    QueryId, QuestionId, ReturnId, ReviewId, ReviewItemId, ReviewMeetingId, ReviewTemplateId,
    RoundId, SessionId, SlotPollId, StatementId, TeamId, UnitCode, WalkThroughId, random_token,
};
pub use self::row::Unknown;
pub use self::writer::{Running, Tx};

use self::database::Database;
use self::writer::Writer;

/// A connection: what reading functions take. [`Tx`] and [`Reader`] are used as one.
pub type Connection = sqlx::AnyConnection;

/// A connection that can only read, given back when dropped.
pub type Reader = PoolConnection<Any>;

/// The open database. Cloning it is cheap; all clones are the same store.
#[derive(Clone, Debug)]
pub struct Store {
    database: Arc<Database>,
    writer: Writer,
}

/// Whether the store works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// Which database program.
    pub kind: DatabaseKind,
    /// Format of the database.
    pub format: i64,
    /// Audit rows so far.
    pub audit_rows: i64,
}

impl Store {
    /// Opens a database and brings it to this program's format: `sqlite://path/to/file`, made if it
    /// is not there (see [`sqlite_url`]), or `postgres://user@host/name`. Needs a tokio runtime.
    ///
    /// A file holds hashes of passwords: its folder must be open to the program alone. A server is
    /// spoken to in the clear, so it must be on this machine or behind a tunnel.
    ///
    /// # Errors
    /// If it cannot be reached, or a later program has changed it ([`Error::LaterFormat`]).
    pub async fn open(url: &str) -> Result<Self> {
        let database = Database::open(url).await?;
        let writer = Writer::start(database.kind, database.writer.clone());
        Ok(Self { database: Arc::new(database), writer })
    }

    /// A connection to read with. It sees what is committed; a write through it fails.
    ///
    /// # Errors
    /// If the database cannot be reached, or every connection stays in use.
    pub async fn read(&self) -> Result<Reader> {
        Ok(self.database.readers.acquire().await?)
    }

    /// Carries out a change: it is on disk when this returns without error, and wholly undone
    /// otherwise. Whoever stops waiting does not stop the change.
    ///
    /// The change must await nothing but the database: everybody else's wait behind it.
    ///
    /// ```no_run
    /// # async fn shown(store: store::Store, entry: store::Entry) -> store::Result<()> {
    /// let seq = store
    ///     .write(move |tx| Box::pin(async move { store::audit::append(tx, &entry).await }))
    ///     .await?;
    /// # let _ = seq; Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What the change returned, or that the commit failed; it is never tried again by itself.
    pub async fn write<T, F>(&self, change: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a mut Tx) -> Running<'a, T> + Send + 'static,
    {
        self.writer.write(change).await
    }

    /// Writes an audit row by itself, such as for a patient's page before it is sent. The receipt
    /// proves that the row is on disk.
    ///
    /// # Errors
    /// As [`Store::write`]; then nothing may be sent.
    pub async fn audit(&self, entry: Entry) -> Result<Receipt> {
        let write = self.write(move |tx| Box::pin(async move { audit::append(tx, &entry).await }));
        write.await.map(Receipt::of_committed)
    }

    /// Asks the database for a sign of life, from both sides.
    ///
    /// # Errors
    /// If it cannot be read, or the writer has stopped.
    pub async fn health(&self) -> Result<Health> {
        if !self.writer.takes_changes() {
            return Err(Error::Stopped("the writer has stopped".to_owned()));
        }
        self.write(|tx| {
            Box::pin(async move {
                sqlx::query("SELECT 1").execute(&mut **tx).await?;
                Ok(())
            })
        })
        .await?;
        let audit_rows = self.audit_head().await?.seq;
        Ok(Health { kind: self.database.kind, format: self.database.format, audit_rows })
    }

    /// Waits until every change handed in is on disk, then closes the database.
    pub async fn close(&self) {
        self.writer.close().await;
        self.database.readers.close().await;
        self.database.writer.close().await;
    }
}
