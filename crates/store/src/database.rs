//! Connections to SQLite or PostgreSQL, set so that what is committed is on disk, and the format.

use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::{AnyConnection, AnyPool, Row as _};

use crate::error::{Error, Result};

/// The steps from an empty database to this program's format; a step is never changed once released.
///
/// A database counts how many it has: whatever comes next goes to the end. There is no 0028, and none
/// is put in its place.
const STEPS: &[&str] = &[
    include_str!("../migrations/0001_foundations.sql"),
    include_str!("../migrations/0002_second_person.sql"),
    include_str!("../migrations/0003_identity_provider.sql"),
    include_str!("../migrations/0004_comparison_purpose.sql"),
    include_str!("../migrations/0005_measures.sql"),
    include_str!("../migrations/0006_patient_groups.sql"),
    include_str!("../migrations/0007_api_tokens.sql"),
    include_str!("../migrations/0008_coding_queries.sql"),
    include_str!("../migrations/0009_figure_questions.sql"),
    include_str!("../migrations/0010_assessing.sql"),
    include_str!("../migrations/0011_evidence.sql"),
    include_str!("../migrations/0012_spread.sql"),
    include_str!("../migrations/0013_collecting.sql"),
    include_str!("../migrations/0014_actions.sql"),
    include_str!("../migrations/0015_reviews.sql"),
    include_str!("../migrations/0016_packs.sql"),
    include_str!("../migrations/0017_cases.sql"),
    include_str!("../migrations/0018_variation.sql"),
    include_str!("../migrations/0019_ideas.sql"),
    include_str!("../migrations/0020_walk_throughs.sql"),
    include_str!("../migrations/0021_contracts.sql"),
    include_str!("../migrations/0022_reading.sql"),
    include_str!("../migrations/0023_slots.sql"),
    include_str!("../migrations/0024_feasibility.sql"),
    include_str!("../migrations/0025_coverage.sql"),
    include_str!("../migrations/0026_confidence.sql"),
    include_str!("../migrations/0027_incentives.sql"),
    include_str!("../migrations/0029_agreed_in.sql"),
    include_str!("../migrations/0030_costed_use.sql"),
    include_str!("../migrations/0031_known_issues.sql"),
    include_str!("../migrations/0032_briefings.sql"),
    include_str!("../migrations/0033_others.sql"),
    include_str!("../migrations/0034_idea_review.sql"),
    include_str!("../migrations/0035_walk_through_standards.sql"),
    include_str!("../migrations/0036_sit_down_consultant.sql"),
    include_str!("../migrations/0037_sharing_audience.sql"),
    include_str!("../migrations/0038_triggers.sql"),
    include_str!("../migrations/0039_organisation_type.sql"),
    include_str!("../migrations/0040_post_share.sql"),
    include_str!("../migrations/0041_champion_contacts.sql"),
    include_str!("../migrations/0042_input_owners.sql"),
    include_str!("../migrations/0044_pack_cause.sql"),
    include_str!("../migrations/0045_step_mode.sql"),
    include_str!("../migrations/0046_quorum.sql"),
    include_str!("../migrations/0048_walk_through_attendees.sql"),
    include_str!("../migrations/0049_board_versions.sql"),
];

const READERS_MAX: u32 = 8;
/// How long a change or a question waits for a connection.
const PATIENCE: Duration = Duration::from_secs(10);

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
    AnyPoolOptions::new().acquire_timeout(PATIENCE).after_connect(move |connection, _| {
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

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::Store;
    use crate::testing::{error, on_both, on_both_urls, operator};

    #[test]
    fn a_database_is_opened_again_as_it_was() {
        on_both_urls(|url| async move {
            let store = Store::open(&url).await.expect("a new database opens");
            store.audit(operator().of("one", "1")).await.expect("it is written");
            store.close().await;
            let store = Store::open(&url).await.expect("it opens again");
            let health = store.health().await.expect("it is well");
            assert_eq!((health.format, health.audit_rows), (known(), 1));
            store.close().await;
            let stopped = error(store.health().await);
            expect!["the store takes no more changes: the writer has stopped"].assert_eq(&stopped);
        });
    }

    /// The format that this program knows: one for each step.
    fn known() -> i64 {
        i64::try_from(STEPS.len()).expect("there are few")
    }

    #[test]
    fn a_later_format_is_refused_and_left_alone() {
        on_both_urls(|url| async move {
            let store = Store::open(&url).await.expect("a new database opens");
            store
                .write(|tx| {
                    Box::pin(async move {
                        sqlx::query("UPDATE database SET format = $1, version = '3.2.1'")
                            .bind(known() + 1)
                            .execute(&mut **tx)
                            .await?;
                        Ok(())
                    })
                })
                .await
                .expect("a format from the future");
            store.close().await;
            let (known, later) = (known(), known() + 1);
            assert_eq!(
                error(Store::open(&url).await),
                format!(
                    "the database has format {later}, made by Concord 3.2.1; this program knows \
                     formats up to {known}: start Concord 3.2.1 or later, or restore a backup from \
                     before the upgrade"
                )
            );
            let database = pool_of(&url).await;
            let row = sqlx::query("SELECT format FROM database").fetch_one(&database).await;
            let format: i64 = row.expect("the row").try_get(0).expect("a number");
            assert_eq!(format, later);
            database.close().await;
        });
    }

    async fn pool_of(url: &str) -> AnyPool {
        sqlx::any::install_default_drivers();
        let url =
            if url.starts_with("sqlite") { format!("{url}?mode=rwc") } else { url.to_owned() };
        AnyPoolOptions::new().max_connections(1).connect(&url).await.expect("it opens")
    }

    #[test]
    fn a_step_that_breaks_off_leaves_the_database_as_it_was() {
        on_both_urls(|url| async move {
            let kind = DatabaseKind::of(&url).expect("a known database");
            let database = pool_of(&url).await;
            let good = "CREATE TABLE one (id BIGINT); INSERT INTO one VALUES (1);";
            assert_eq!(migrate(&database, kind, &[good]).await.expect("it is carried out"), 1);

            let broken = "CREATE TABLE two (id BIGINT); INSERT INTO nowhere VALUES (1);";
            let result = migrate(&database, kind, &[good, broken]).await;
            assert!(matches!(result, Err(Error::Database(_))), "{result:?}");
            let two = sqlx::query("SELECT id FROM two").fetch_optional(&database).await;
            assert!(two.is_err(), "the first half of the broken step must be undone");

            let mended = "CREATE TABLE two (id BIGINT);";
            let format = migrate(&database, kind, &[good, mended]).await.expect("it is mended");
            assert_eq!(format, 2);
            let ones = sqlx::query("SELECT id FROM one").fetch_all(&database).await;
            assert_eq!(ones.expect("the rows").len(), 1, "the first step was not done again");
            database.close().await;
        });
    }

    #[test]
    fn two_programs_open_an_empty_database_at_once() {
        on_both_urls(|url| async move {
            let open = |url: String| tokio::spawn(async move { Store::open(&url).await });
            let (one, other) = (open(url.clone()), open(url));
            let one = one.await.expect("no panic").expect("the one opens it");
            let other = other.await.expect("no panic").expect("the other too");
            // Two programs are never meant to, but the chain must not depend on it.
            let tasks: Vec<_> = (0..40)
                .map(|number| {
                    let store = if number % 2 == 0 { one.clone() } else { other.clone() };
                    let entry = operator().of("view", number.to_string());
                    tokio::spawn(async move { store.audit(entry).await })
                })
                .collect();
            for task in tasks {
                task.await.expect("no panic").expect("it is written");
            }
            let head = one.verify_chain(&[]).await.expect("it can be read");
            assert_eq!(head.expect("the chain holds").seq, 40);
            one.close().await;
            other.close().await;
        });
    }

    #[test]
    fn sqlite_waits_for_the_disk() {
        on_both(|store| async move {
            if store.database.kind == DatabaseKind::Postgres {
                return;
            }
            let setting = async |name: &'static str| {
                let mut db = store.database.writer.acquire().await.expect("a connection");
                let row = sqlx::query(name).fetch_one(&mut *db).await.expect("the setting");
                row.try_get::<i64, _>(0).map_or_else(
                    |_| row.try_get::<String, _>(0).expect("a text"),
                    |it| it.to_string(),
                )
            };
            assert_eq!(setting("PRAGMA journal_mode").await, "wal");
            assert_eq!(setting("PRAGMA synchronous").await, "2");
            assert_eq!(setting("PRAGMA foreign_keys").await, "1");
            assert_eq!(setting("PRAGMA busy_timeout").await, "5000");
        });
    }

    #[test]
    fn an_address_of_something_else_is_refused_without_its_password() {
        let result = DatabaseKind::of("mysql://me:secret@host/name");
        expect![
            "`mysql` is not the address of a database: write sqlite://path/to/file or \
             postgres://user@host/name"
        ]
        .assert_eq(&error(result));
        assert_eq!(sqlite_url(std::path::Path::new("/a b/ä?.db")), "sqlite:///a%20b/%C3%A4%3F.db");
    }
}
