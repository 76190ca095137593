//! Tokens by which a program reads published figures under the rights of a person, opened by a
//! secret of which only the hash is stored.

use jiff::{SignedDuration, Timestamp};
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, filled};
use crate::ids::{ApiTokenId, PersonId, random_token, sha256};
use crate::people::{self, PersonState};
use crate::row::Values as _;
use crate::writer::Tx;

/// What every secret begins with, so that people and programs that look for secrets know it.
pub const BEGINS: &str = "concord_";

/// A token lasts so many days at most.
pub const DAYS_MAX: i64 = 365;

/// A person holds so many at most that last.
pub const TOKENS_MAX: usize = 20;

/// How often a use is written down at most.
const USED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// A token to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// Whose.
    pub person: PersonId,
    /// What it is for, in their words.
    pub name: String,
    /// What it may read, as words with a space between.
    pub scopes: String,
    /// Whether they showed a second factor before they made it.
    pub second_factor: bool,
    /// Until when it lasts.
    pub until: Timestamp,
}

/// A token as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Its reference.
    pub id: ApiTokenId,
    /// What was asked for.
    pub token: NewToken,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub used_at: Option<Timestamp>,
}

impl ApiToken {
    /// Whether a use is due to be written down.
    pub fn is_touch_due(&self, now: Timestamp) -> bool {
        self.used_at.is_none_or(|it| now.duration_since(it) >= USED_EVERY)
    }
}

/// Makes a token; gives its secret, which is shown once and stored nowhere.
///
/// # Errors
/// If something is missing, the person has left or holds too many, or it would last too long.
pub async fn create(tx: &mut Tx, new: &NewToken, entry: &Entry) -> Result<(ApiTokenId, String)> {
    let name = filled("the name", &new.name)?;
    let scopes = filled("what it may read", &new.scopes)?;
    let lasts = new.until.duration_since(entry.at);
    if lasts <= SignedDuration::ZERO || lasts > SignedDuration::from_hours(24 * DAYS_MAX) {
        return Err(Refusal::TokenLastsTooLong.into());
    }
    if people::get(tx, &new.person).await?.state == PersonState::Left {
        return Err(Refusal::HasLeft.into());
    }
    if list(tx, &new.person, entry.at).await?.len() >= TOKENS_MAX {
        return Err(Refusal::TooManyTokens.into());
    }
    let (id, secret) = (ApiTokenId::random()?, format!("{BEGINS}{}", random_token()?));
    sqlx::query(
        "INSERT INTO api_token (id, hash, person, name, scopes, second_factor, created_at, until_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id.as_str())
    .bind(hash(&secret))
    .bind(new.person.as_str())
    .bind(name)
    .bind(scopes)
    .bind(i64::from(new.second_factor))
    .bind(entry.at.as_microsecond())
    .bind(new.until.as_microsecond())
    .execute(&mut **tx)
    .await?;
    let entry = Entry { purpose: Some(format!("{name}: {scopes}")), ..entry.clone() };
    audit::append(tx, &entry.of("token.create", format!("token/{id}"))).await?;
    Ok((id, secret))
}

/// The token that a secret opens, if it lasts and its person works here.
///
/// # Errors
/// If the database cannot be read.
pub async fn find(db: &mut Connection, secret: &str, now: Timestamp) -> Result<Option<ApiToken>> {
    let row = sqlx::query(
        "SELECT api_token.* FROM api_token
         JOIN person ON person.id = api_token.person AND person.state = 'active'
         WHERE api_token.hash = $1 AND api_token.ended_at IS NULL AND api_token.until_at > $2",
    )
    .bind(hash(secret))
    .bind(now.as_microsecond())
    .fetch_optional(db)
    .await?;
    row.as_ref().map(stored).transpose()
}

/// The tokens of a person that last, latest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection, person: &PersonId, now: Timestamp) -> Result<Vec<ApiToken>> {
    let rows = sqlx::query(
        "SELECT * FROM api_token WHERE person = $1 AND ended_at IS NULL AND until_at > $2
         ORDER BY created_at DESC, id",
    )
    .bind(person.as_str())
    .bind(now.as_microsecond())
    .fetch_all(db)
    .await?;
    rows.iter().map(stored).collect()
}

/// Writes a use down, at most once a minute.
///
/// # Errors
/// If the database refuses.
pub async fn touch(tx: &mut Tx, id: &ApiTokenId, now: Timestamp) -> Result<()> {
    sqlx::query(
        "UPDATE api_token SET used_at = $1 WHERE id = $2 AND (used_at IS NULL OR used_at <= $3)",
    )
    .bind(now.as_microsecond())
    .bind(id.as_str())
    .bind((now - USED_EVERY).as_microsecond())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends one token of a person.
///
/// # Errors
/// If it is not theirs or has ended.
pub async fn end(tx: &mut Tx, person: &PersonId, id: &ApiTokenId, entry: &Entry) -> Result<()> {
    let changed = sqlx::query(
        "UPDATE api_token SET ended_at = $1 WHERE id = $2 AND person = $3 AND ended_at IS NULL",
    )
    .bind(entry.at.as_microsecond())
    .bind(id.as_str())
    .bind(person.as_str())
    .execute(&mut **tx)
    .await?;
    if changed.rows_affected() != 1 {
        return Err(Error::NotFound("token that lasts".to_owned()));
    }
    audit::append(tx, &entry.of("token.end", format!("token/{id}"))).await?;
    Ok(())
}

/// Ends every token of a person; how many. On record where there was any.
///
/// # Errors
/// If the database refuses.
pub async fn end_all(tx: &mut Tx, person: &PersonId, entry: &Entry) -> Result<usize> {
    let changed =
        sqlx::query("UPDATE api_token SET ended_at = $1 WHERE person = $2 AND ended_at IS NULL")
            .bind(entry.at.as_microsecond())
            .bind(person.as_str())
            .execute(&mut **tx)
            .await?;
    let ended = usize::try_from(changed.rows_affected()).unwrap_or(usize::MAX);
    if ended > 0 {
        let entry = entry.of("token.end_all", format!("person/{person}")).rows(ended);
        audit::append(tx, &entry).await?;
    }
    Ok(ended)
}

/// What stands in the database for a secret.
fn hash(secret: &str) -> String {
    sha256(&[b"api token", secret.as_bytes()])
}

fn stored(row: &AnyRow) -> Result<ApiToken> {
    Ok(ApiToken {
        id: ApiTokenId::new(row.text("id")?),
        token: NewToken {
            person: PersonId::new(row.text("person")?),
            name: row.text("name")?,
            scopes: row.text("scopes")?,
            second_factor: row.flag("second_factor")?,
            until: row.at("until_at")?,
        },
        created_at: row.at("created_at")?,
        used_at: row.at_if("used_at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Asked;
    use crate::testing::{add_person, at, by, change, day, error, on_both, operator};
    use crate::{Store, credentials};

    const DAY: i64 = 24 * 60 * 60;

    fn new(person: &PersonId, days: i64) -> NewToken {
        NewToken {
            person: person.clone(),
            name: "Power BI".to_owned(),
            scopes: "results:read".to_owned(),
            second_factor: false,
            until: at(days * DAY),
        }
    }

    async fn made(store: &Store, person: &PersonId) -> (ApiTokenId, String) {
        let (new, entry) = (new(person, 90), by(person));
        change!(store, |tx| create(tx, &new, &entry)).expect("it is made")
    }

    async fn opens(store: &Store, secret: &str, seconds: i64) -> bool {
        let mut db = store.read().await.expect("a connection");
        find(&mut db, secret, at(seconds)).await.expect("a read").is_some()
    }

    #[test]
    fn a_secret_opens_its_token_until_its_day_and_is_stored_nowhere() {
        on_both(|store| async move {
            let ann = add_person(&store, "Ann").await;
            let (id, secret) = made(&store, &ann).await;
            assert!(secret.starts_with(BEGINS) && secret.len() == BEGINS.len() + 64);
            assert!(opens(&store, &secret, 90 * DAY - 1).await);
            assert!(!opens(&store, &secret, 90 * DAY).await, "its time is over");
            assert!(!opens(&store, &secret[1..], 1).await);
            let mut db = store.read().await.expect("a connection");
            let rows = sqlx::query("SELECT * FROM api_token").fetch_all(&mut *db).await;
            for row in rows.expect("a read") {
                for column in ["id", "hash", "person", "name", "scopes"] {
                    assert!(!row.text(column).expect("a text").contains(&secret[8..]), "{column}");
                }
            }
            let all = audit::list(&mut db, &Asked::default(), 100).await.expect("a read");
            let found = all.iter().find(|it| it.entry.action == "token.create").expect("is there");
            assert_eq!(found.entry.object.as_deref(), Some(&*format!("token/{id}")));
            assert_eq!(found.entry.purpose.as_deref(), Some("Power BI: results:read"));
            assert!(!format!("{all:?}").contains(&secret[8..]));
        });
    }

    #[test]
    fn a_use_is_written_down_once_a_minute() {
        on_both(|store| async move {
            let ann = add_person(&store, "Ann").await;
            let (id, _) = made(&store, &ann).await;
            for (seconds, expected) in [(10, 10), (69, 10), (70, 70)] {
                let id = id.clone();
                change!(store, |tx| touch(tx, &id, at(seconds))).expect("a write");
                let mut db = store.read().await.expect("a connection");
                let found = list(&mut db, &ann, at(seconds)).await.expect("a read");
                assert_eq!(found[0].used_at, Some(at(expected)), "{seconds}");
                assert!(!found[0].is_touch_due(at(expected + 59)));
                assert!(found[0].is_touch_due(at(expected + 60)));
            }
        });
    }

    #[test]
    fn it_ends_with_its_owner_at_once_and_when_they_say_so() {
        on_both(|store| async move {
            let (ann, ben) = (add_person(&store, "Ann").await, add_person(&store, "Ben").await);
            let (id, secret) = made(&store, &ann).await;
            let (theirs, entry) = (id.clone(), by(&ben));
            let other = ben.clone();
            let refused = change!(store, |tx| end(tx, &other, &theirs, &entry));
            assert_eq!(error(refused), "there is no token that lasts");
            let (person, entry) = (ann.clone(), by(&ann));
            change!(store, |tx| end(tx, &person, &id, &entry)).expect("it ends");
            assert!(!opens(&store, &secret, 1).await);

            let (_, secret) = made(&store, &ann).await;
            let person = ann.clone();
            let last = day("2025-05-01");
            change!(store, |tx| people::leave(tx, &person, last, &operator())).expect("they leave");
            assert!(!opens(&store, &secret, 1).await);
            let person = ann.clone();
            change!(store, |tx| people::rejoin(tx, &person, &operator())).expect("back");
            assert!(!opens(&store, &secret, 1).await, "it stays ended when they come back");

            let (_, secret) = made(&store, &ann).await;
            let person = ann.clone();
            change!(store, |tx| credentials::set_first_password(tx, &person, "phc", &operator()))
                .expect("somebody else sets their password");
            assert!(!opens(&store, &secret, 1).await);
        });
    }

    #[test]
    fn what_cannot_be_is_refused() {
        on_both(|store| async move {
            let ann = add_person(&store, "Ann").await;
            let all = [
                (NewToken { name: " ".to_owned(), ..new(&ann, 90) }, "the name is missing"),
                (
                    NewToken { scopes: String::new(), ..new(&ann, 90) },
                    "what it may read is missing",
                ),
                (new(&ann, DAYS_MAX + 1), "a token lasts a year at most, and at least a moment"),
                (new(&ann, 0), "a token lasts a year at most, and at least a moment"),
            ];
            for (new, expected) in all {
                let entry = by(&ann);
                assert_eq!(error(change!(store, |tx| create(tx, &new, &entry))), expected);
            }
            for _ in 0..TOKENS_MAX {
                made(&store, &ann).await;
            }
            let (new, entry) = (new(&ann, DAYS_MAX), by(&ann));
            assert_eq!(
                error(change!(store, |tx| create(tx, &new, &entry))),
                "there are twenty tokens that last: end one first"
            );
        });
    }
}
