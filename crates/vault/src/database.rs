//! The database of identities, behind plain calls: its asynchronous client has a runtime of its own.

use std::path::Path;

use domain::Key;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, QueryBuilder, Row as _, Sqlite};
use tokio::runtime::{Builder, Runtime};

use crate::error::{VaultError, at};

const FORMAT: i64 = 1;
const ROWS_PER_STATEMENT: usize = 1000;

/// One identity as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    /// Namespace.
    pub(crate) namespace: &'static str,
    /// Pseudonym of the native text itself; finds the row.
    pub(crate) alias: Key,
    /// Pseudonym of whom the native text means.
    pub(crate) key: Key,
    /// Native text.
    pub(crate) native: String,
}

/// An open database.
pub(crate) struct Database {
    runtime: Runtime,
    connection: SqliteConnection,
}

impl Database {
    /// Opens the database, or makes it if `create` says so.
    pub(crate) fn open(path: &Path, create: bool) -> Result<Self, VaultError> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(at(path))?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(create)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let connection = runtime.block_on(options.connect())?;
        Ok(Self { runtime, connection })
    }

    /// Makes the tables and writes the fingerprint down, unless that was done before.
    pub(crate) fn found(&mut self, fingerprint: &str) -> Result<(), VaultError> {
        let Self { runtime, connection } = self;
        runtime.block_on(async {
            let mut change = connection.begin().await?;
            sqlx::raw_sql(
                "CREATE TABLE IF NOT EXISTS vault (format INTEGER NOT NULL, fingerprint TEXT NOT NULL);
                 CREATE TABLE IF NOT EXISTS identities (
                     namespace TEXT NOT NULL,
                     alias BLOB NOT NULL,
                     key BLOB NOT NULL,
                     native TEXT NOT NULL,
                     PRIMARY KEY (namespace, alias)
                 ) WITHOUT ROWID;",
            )
            .execute(&mut *change)
            .await?;
            sqlx::query(
                "INSERT INTO vault (format, fingerprint)
                 SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM vault)",
            )
            .bind(FORMAT)
            .bind(fingerprint)
            .execute(&mut *change)
            .await?;
            change.commit().await
        })?;
        Ok(())
    }

    /// Refuses a database of a later format, or one that belongs to another key.
    pub(crate) fn check(&mut self, found: &str) -> Result<(), VaultError> {
        let Self { runtime, connection } = self;
        let row = runtime
            .block_on(sqlx::query("SELECT format, fingerprint FROM vault").fetch_one(connection))?;
        let (format, known): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
        if format > FORMAT {
            return Err(VaultError::LaterFormat(format));
        }
        if known != found {
            return Err(VaultError::OtherKey { known, found: found.to_owned() });
        }
        Ok(())
    }

    /// Stores identities in one transaction; those known already keep their latest meaning.
    pub(crate) fn store(&mut self, rows: &[Stored]) -> Result<(), VaultError> {
        let Self { runtime, connection } = self;
        runtime.block_on(async {
            let mut change = connection.begin().await?;
            for part in rows.chunks(ROWS_PER_STATEMENT) {
                let mut statement = QueryBuilder::<Sqlite>::new(
                    "INSERT INTO identities (namespace, alias, key, native) ",
                );
                statement.push_values(part, |mut row, it| {
                    row.push_bind(it.namespace)
                        .push_bind(it.alias.to_bytes().to_vec())
                        .push_bind(it.key.to_bytes().to_vec())
                        .push_bind(it.native.as_str());
                });
                statement.push(" ON CONFLICT (namespace, alias) DO UPDATE SET key = excluded.key");
                statement.build().execute(&mut *change).await?;
            }
            change.commit().await
        })?;
        Ok(())
    }

    /// Whom a native text means, found by the pseudonym of the text.
    pub(crate) fn find(
        &mut self,
        namespace: &str,
        alias: Key,
    ) -> Result<Option<(Key, String)>, VaultError> {
        let Self { runtime, connection } = self;
        let row = runtime.block_on(
            sqlx::query("SELECT key, native FROM identities WHERE namespace = ? AND alias = ?")
                .bind(namespace)
                .bind(alias.to_bytes().to_vec())
                .fetch_optional(connection),
        )?;
        let Some(row) = row else { return Ok(None) };
        let (bytes, native): (Vec<u8>, String) = (row.try_get(0)?, row.try_get(1)?);
        let bytes = <[u8; 16]>::try_from(bytes.as_slice())
            .map_err(|_| sqlx::Error::Decode("a key has 16 bytes".into()))?;
        Ok(Some((Key::from_bytes(bytes), native)))
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Database(..)")
    }
}
