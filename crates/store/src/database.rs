//! Connections to SQLite or PostgreSQL, set so that what is committed is on disk, and the format.

use sqlx::any::AnyPoolOptions;
use sqlx::{AnyConnection, AnyPool, Row as _};

use crate::error::{Error, Result};

/// The steps from an empty database to this program's format; a step is never changed once released.
const STEPS: &[&str] = &[include_str!("../migrations/0001_foundations.sql")];

const READERS_MAX: u32 = 8;

/// Any number that no other program on the server locks by.
const MIGRATION_LOCK: &str = "SELECT pg_advisory_xact_lock(7305436120971)";

/// Which database program holds the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseKind {
    /// A file of SQLite.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

impl DatabaseKind {
    fn of(url: &str) -> Result<Self> {
        match url.split_once(':').map(|it| it.0) {
            Some("sqlite") => Ok(Self::Sqlite),
            Some("postgres" | "postgresql") => Ok(Self::Postgres),
            // An address may hold a password: only its beginning is shown.
            _ => Err(Error::NotAnAddress(url.chars().take_while(|it| *it != ':').collect())),
        }
    }

    /// How a transaction begins that will write.
    pub(crate) const fn begin_writing(self) -> &'static str {
        match self {
            // At once, so that it never reads what it could no longer write over.
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    /// How a transaction begins that reads one state of the database.
    pub(crate) const fn begin_reading(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    const fn set_up(self, may_write: bool) -> &'static str {
        match (self, may_write) {
            (Self::Sqlite, true) => {
                "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; \
                 PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
            }
            (Self::Sqlite, false) => "PRAGMA busy_timeout = 5000; PRAGMA query_only = ON;",
            (Self::Postgres, true) => "SET synchronous_commit = on; SET lock_timeout = '5s';",
            (Self::Postgres, false) => "SET default_transaction_read_only = on;",
        }
    }
}

/// One connection that writes, and some that cannot.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) kind: DatabaseKind,
    pub(crate) writer: AnyPool,
    pub(crate) readers: AnyPool,
    pub(crate) format: i64,
}

impl Database {
    /// Connects, makes a file of SQLite if there is none, and brings the tables to the format.
    pub(crate) async fn open(url: &str) -> Result<Self> {
        let kind = DatabaseKind::of(url)?;
        sqlx::any::install_default_drivers();
        let mut url = url.to_owned();
        if kind == DatabaseKind::Sqlite && !url.contains("mode=") {
            url.push_str(if url.contains('?') { "&mode=rwc" } else { "?mode=rwc" });
        }
        let writer = pool(kind, true).max_connections(1).connect(&url).await?;
        let format = migrate(&writer, kind, STEPS).await?;
        let readers = pool(kind, false).max_connections(READERS_MAX).connect(&url).await?;
        Ok(Self { kind, writer, readers, format })
    }
}

fn pool(kind: DatabaseKind, may_write: bool) -> AnyPoolOptions {
    AnyPoolOptions::new().after_connect(move |connection, _| {
        Box::pin(async move {
            sqlx::raw_sql(kind.set_up(may_write)).execute(connection).await?;
            Ok(())
        })
    })
}

/// Carries out the steps that are missing, all in one transaction: a step that is broken off leaves
/// the database as it was.
async fn migrate(writer: &AnyPool, kind: DatabaseKind, steps: &[&'static str]) -> Result<i64> {
    let known = i64::try_from(steps.len()).expect("there are few steps");
    let mut change = writer.begin_with(kind.begin_writing()).await?;
    if kind == DatabaseKind::Postgres {
        sqlx::raw_sql(MIGRATION_LOCK).execute(&mut *change).await?;
    }
    let (found, version) = format(&mut change).await?;
    if found > known {
        return Err(Error::LaterFormat { found, version, known });
    }
    let done = usize::try_from(found).unwrap_or(0);
    for step in steps.iter().skip(done) {
        sqlx::raw_sql(*step).execute(&mut *change).await?;
    }
    if found < known {
        sqlx::query("UPDATE database SET format = $1, version = $2")
            .bind(known)
            .bind(env!("CARGO_PKG_VERSION"))
            .execute(&mut *change)
            .await?;
    }
    change.commit().await?;
    Ok(known)
}

async fn format(connection: &mut AnyConnection) -> Result<(i64, String)> {
    sqlx::raw_sql(
        "CREATE TABLE IF NOT EXISTS database (
             id BIGINT PRIMARY KEY CHECK (id = 1),
             format BIGINT NOT NULL,
             version TEXT NOT NULL
         );
         INSERT INTO database (id, format, version) VALUES (1, 0, '')
         ON CONFLICT (id) DO NOTHING;",
    )
    .execute(&mut *connection)
    .await?;
    let row = sqlx::query("SELECT format, version FROM database").fetch_one(connection).await?;
    Ok((row.try_get(0)?, row.try_get(1)?))
}

/// The address of a file of SQLite.
pub fn sqlite_url(path: &std::path::Path) -> String {
    let mut url = "sqlite://".to_owned();
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                url.push(char::from(byte));
            }
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url
}
