//! What people sign in with: passwords, one-time codes, recovery codes.

use crate::Connection;
use crate::api_tokens;
use crate::audit::{self, Entry};
use crate::error::{Refusal, Result, taken};
use crate::ids::{PersonId, sha256};
use crate::row::Values as _;
use crate::writer::Tx;

/// On record where somebody sets another's password.
const FIRST_PASSWORD: &str = "credential.first_password";

/// The secret of somebody's one-time codes.
#[derive(Clone, PartialEq, Eq)]
pub struct Totp {
    /// The secret, sealed by the caller; the store cannot read it.
    pub sealed: String,
    /// The latest step of which a code was used.
    pub last_used_step: i64,
}

impl std::fmt::Debug for Totp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Totp(..)")
    }
}

/// Sets a password, as the text of its hash in PHC form, and ends the person's tokens.
///
/// # Errors
/// If there is no such person.
pub async fn set_password(tx: &mut Tx, person: &PersonId, phc: &str, entry: &Entry) -> Result<()> {
    put_password(tx, person, (phc, false), entry).await?;
    // Whoever knew the old one may have made tokens with it.
    api_tokens::end_all(tx, person, entry).await?;
    record(tx, person, "credential.password", entry).await
}

/// Sets a password that somebody else knows: its person must change it ([`must_change`]), and
/// their tokens end.
///
/// # Errors
/// If there is no such person, or whoever sets it reset their second factor and no new one stands.
pub async fn set_first_password(
    tx: &mut Tx,
    person: &PersonId,
    phc: &str,
    entry: &Entry,
) -> Result<()> {
    if latest(tx, person, "credential.totp").await? == Some(did("credential.totp_reset", entry)) {
        return Err(Refusal::BothFactors.into());
    }
    put_password(tx, person, (phc, true), entry).await?;
    // Whoever asks for this may have lost more than a password.
    api_tokens::end_all(tx, person, entry).await?;
    record(tx, person, FIRST_PASSWORD, entry).await
}

/// What was last done to a person's passwords or one-time codes, and by whom.
async fn latest(tx: &mut Tx, person: &PersonId, kind: &str) -> Result<Option<(String, String)>> {
    let also = if kind == "credential.totp" { "credential.totp_reset" } else { FIRST_PASSWORD };
    let row = sqlx::query(
        "SELECT action, actor FROM audit WHERE object = $1 AND (action = $2 OR action = $3)
         ORDER BY seq DESC LIMIT 1",
    )
    .bind(format!("person/{person}"))
    .bind(kind)
    .bind(also)
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|it| Ok((it.text("action")?, it.text("actor")?))).transpose()
}

fn did(action: &str, entry: &Entry) -> (String, String) {
    (action.to_owned(), entry.actor.clone())
}

/// Whether a person's password is one that somebody else has set.
///
/// # Errors
/// If the database cannot be read.
pub async fn must_change(db: &mut Connection, person: &PersonId) -> Result<bool> {
    let row = sqlx::query("SELECT must_change FROM password WHERE person = $1")
        .bind(person.as_str())
        .fetch_optional(db)
        .await?;
    row.map_or(Ok(false), |it| it.flag("must_change"))
}

async fn put_password(
    tx: &mut Tx,
    person: &PersonId,
    (phc, must_change): (&str, bool),
    entry: &Entry,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO password (person, phc, changed_at, must_change) VALUES ($1, $2, $3, $4)
         ON CONFLICT (person) DO UPDATE SET phc = excluded.phc, changed_at = excluded.changed_at,
             must_change = excluded.must_change",
    )
    .bind(person.as_str())
    .bind(phc)
    .bind(entry.at.as_microsecond())
    .bind(i64::from(must_change))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The hash of a person's password; none if they have none or have left.
///
/// # Errors
/// If the database cannot be read.
pub async fn password(db: &mut Connection, person: &PersonId) -> Result<Option<String>> {
    let row = sqlx::query(
        "SELECT phc FROM password JOIN person ON person.id = password.person
         WHERE person.id = $1 AND person.state = 'active'",
    )
    .bind(person.as_str())
    .fetch_optional(db)
    .await?;
    row.map(|it| it.text("phc")).transpose()
}

/// Sets the sealed secret of a person's one-time codes; codes up to `used_step` are used.
///
/// # Errors
/// If there is no such person.
pub async fn set_totp(
    tx: &mut Tx,
    person: &PersonId,
    sealed: &str,
    used_step: i64,
    entry: &Entry,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO totp (person, sealed, last_used_step) VALUES ($1, $2, $3)
         ON CONFLICT (person) DO UPDATE
         SET sealed = excluded.sealed, last_used_step = excluded.last_used_step",
    )
    .bind(person.as_str())
    .bind(sealed)
    .bind(used_step)
    .execute(&mut **tx)
    .await?;
    record(tx, person, "credential.totp", entry).await
}

/// The sealed secret of a person's one-time codes; none if they have none or have left.
///
/// # Errors
/// If the database cannot be read.
pub async fn totp(db: &mut Connection, person: &PersonId) -> Result<Option<Totp>> {
    let row = sqlx::query(
        "SELECT sealed, last_used_step FROM totp JOIN person ON person.id = totp.person
         WHERE person.id = $1 AND person.state = 'active'",
    )
    .bind(person.as_str())
    .fetch_optional(db)
    .await?;
    let read = |it: sqlx::any::AnyRow| {
        Ok(Totp { sealed: it.text("sealed")?, last_used_step: it.number("last_used_step")? })
    };
    row.map(read).transpose()
}

/// Forgets a person's one-time codes and recovery codes, so that they set up new ones, and ends
/// their tokens, which stood on what is lost.
///
/// # Errors
/// If whoever resets them set the person's password, and it is not changed yet.
pub async fn reset_totp(tx: &mut Tx, person: &PersonId, entry: &Entry) -> Result<()> {
    if latest(tx, person, "credential.password").await? == Some(did(FIRST_PASSWORD, entry)) {
        return Err(Refusal::BothFactors.into());
    }
    for forget in
        ["DELETE FROM totp WHERE person = $1", "DELETE FROM recovery_code WHERE person = $1"]
    {
        sqlx::query(forget).bind(person.as_str()).execute(&mut **tx).await?;
    }
    api_tokens::end_all(tx, person, entry).await?;
    record(tx, person, "credential.totp_reset", entry).await
}

/// Uses the code of a step: true for one caller only, and never again for this step or an earlier.
///
/// # Errors
/// If the database refuses.
pub async fn use_totp_step(tx: &mut Tx, person: &PersonId, step: i64) -> Result<bool> {
    let changed = sqlx::query(
        "UPDATE totp SET last_used_step = $1 WHERE person = $2 AND last_used_step < $1",
    )
    .bind(step)
    .bind(person.as_str())
    .execute(&mut **tx)
    .await?;
    Ok(changed.rows_affected() == 1)
}

/// Replaces a person's recovery codes. They should be random; only hashes are stored.
///
/// # Errors
/// If there is no such person.
pub async fn set_recovery_codes(
    tx: &mut Tx,
    person: &PersonId,
    codes: &[String],
    entry: &Entry,
) -> Result<()> {
    sqlx::query("DELETE FROM recovery_code WHERE person = $1")
        .bind(person.as_str())
        .execute(&mut **tx)
        .await?;
    for code in codes {
        sqlx::query("INSERT INTO recovery_code (person, hash) VALUES ($1, $2)")
            .bind(person.as_str())
            .bind(recovery_hash(person, code))
            .execute(&mut **tx)
            .await
            .map_err(taken("a recovery code like this"))?;
    }
    record(tx, person, "credential.recovery_codes", entry).await
}

/// Uses a recovery code up: true once for each code.
///
/// # Errors
/// If the database refuses.
pub async fn use_recovery_code(
    tx: &mut Tx,
    person: &PersonId,
    code: &str,
    entry: &Entry,
) -> Result<bool> {
    let changed = sqlx::query("DELETE FROM recovery_code WHERE person = $1 AND hash = $2")
        .bind(person.as_str())
        .bind(recovery_hash(person, code))
        .execute(&mut **tx)
        .await?;
    let is_used = changed.rows_affected() == 1;
    if is_used {
        record(tx, person, "credential.recovery_code_used", entry).await?;
    }
    Ok(is_used)
}

/// How many recovery codes a person has left.
///
/// # Errors
/// If the database cannot be read.
pub async fn recovery_codes_left(db: &mut Connection, person: &PersonId) -> Result<usize> {
    let row = sqlx::query("SELECT COUNT(*) AS codes FROM recovery_code WHERE person = $1")
        .bind(person.as_str())
        .fetch_one(db)
        .await?;
    Ok(usize::try_from(row.number("codes")?).unwrap_or(0))
}

/// Forgets the secrets of a person who leaves; identities elsewhere stay theirs.
pub(crate) async fn forget(tx: &mut Tx, person: &PersonId) -> Result<()> {
    for forget in [
        "DELETE FROM password WHERE person = $1",
        "DELETE FROM totp WHERE person = $1",
        "DELETE FROM recovery_code WHERE person = $1",
    ] {
        sqlx::query(forget).bind(person.as_str()).execute(&mut **tx).await?;
    }
    Ok(())
}

fn recovery_hash(person: &PersonId, code: &str) -> String {
    sha256(&[b"recovery", person.as_str().as_bytes(), code.trim().as_bytes()])
}

async fn record(tx: &mut Tx, person: &PersonId, action: &str, entry: &Entry) -> Result<()> {
    audit::append(tx, &entry.of(action, format!("person/{person}"))).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::people;
    use crate::testing::{add_person, change, day, error, on_both, operator};

    #[test]
    fn a_password_is_replaced_and_gone_with_the_person() {
        on_both(|store| async move {
            let id = add_person(&store, "Ann Other").await;
            let read = async || {
                password(&mut store.read().await.expect("a connection"), &id).await.expect("a read")
            };
            assert_eq!(read().await, None);
            for phc in ["$argon2id$one", "$argon2id$two"] {
                let id = id.clone();
                change!(store, |tx| set_password(tx, &id, phc, &operator())).expect("it is set");
                assert_eq!(read().await.as_deref(), Some(phc));
            }
            let leaver = id.clone();
            change!(store, |tx| people::leave(tx, &leaver, day("2025-05-01"), &operator()))
                .expect("they leave");
            assert_eq!(read().await, None);
            // Whoever comes back has no password until one is set anew.
            let (back, again) = (id.clone(), id.clone());
            change!(store, |tx| people::rejoin(tx, &back, &operator())).expect("taken back");
            assert_eq!(read().await, None);
            let result = change!(store, |tx| people::rejoin(tx, &again, &operator()));
            expect!["Ann Other is active and cannot be taken back"].assert_eq(&error(result));
        });
    }

    #[test]
    fn a_password_of_somebody_else_must_be_changed_and_codes_can_be_set_up_anew() {
        on_both(|store| async move {
            let id = add_person(&store, "Ann Other").await;
            let must = async || {
                must_change(&mut store.read().await.expect("a connection"), &id)
                    .await
                    .expect("read")
            };
            assert!(!must().await, "there is none");
            let target = id.clone();
            change!(store, |tx| set_first_password(tx, &target, "$one", &operator())).expect("set");
            assert!(must().await);
            let target = id.clone();
            change!(store, |tx| set_password(tx, &target, "$two", &operator())).expect("it is set");
            assert!(!must().await, "it is their own now");

            let target = id.clone();
            change!(store, |tx| async {
                set_totp(tx, &target, "sealed", 1, &operator()).await?;
                set_recovery_codes(tx, &target, &["first".to_owned()], &operator()).await?;
                reset_totp(tx, &target, &operator()).await
            })
            .expect("they are reset");
            let mut db = store.read().await.expect("a connection");
            assert!(totp(&mut db, &id).await.expect("a read").is_none());
            assert_eq!(recovery_codes_left(&mut db, &id).await.expect("a read"), 0);
        });
    }

    #[test]
    fn one_person_does_not_set_a_password_and_reset_the_second_factor() {
        on_both(|store| async move {
            let id = add_person(&store, "Ann Other").await;
            let by = |who: &str| Entry { actor: who.to_owned(), ..operator() };
            let set = async |who: &str| {
                let (id, entry) = (id.clone(), by(who));
                change!(store, |tx| set_first_password(tx, &id, "$one", &entry))
            };
            let reset = async |who: &str| {
                let (id, entry) = (id.clone(), by(who));
                change!(store, |tx| reset_totp(tx, &id, &entry))
            };
            set("ada").await.expect("a first password");
            expect!["whoever sets a person's password may not reset their second factor as well, as they could then sign in as this person: ask another administrator"]
                .assert_eq(&error(reset("ada").await));
            reset("bea").await.expect("another may");
            assert!(error(set("bea").await).contains("ask another administrator"));
            set("ada").await.expect("the other may");
            // Once the password is the person's own, and the codes as well, all begins anew.
            let (target, own) = (id.clone(), by("ann"));
            change!(store, |tx| async {
                set_password(tx, &target, "$two", &own).await?;
                set_totp(tx, &target, "sealed", 1, &own).await
            })
            .expect("they are set");
            reset("ada").await.expect("she knows no password");
            assert!(error(set("ada").await).contains("ask another administrator"));
        });
    }

    #[test]
    fn a_one_time_code_works_once_however_many_try() {
        on_both(|store| async move {
            let id = add_person(&store, "Ann Other").await;
            let target = id.clone();
            change!(store, |tx| set_totp(tx, &target, "sealed", 100, &operator())).expect("set");
            let try_step = async |step: i64| {
                let id = id.clone();
                change!(store, |tx| use_totp_step(tx, &id, step)).expect("a write")
            };
            assert!(!try_step(100).await, "the step of the enrolment is used");
            let tries: Vec<_> = (0..10)
                .map(|_| {
                    let (store, id) = (store.clone(), id.clone());
                    tokio::spawn(async move {
                        change!(store, |tx| use_totp_step(tx, &id, 101)).expect("a write")
                    })
                })
                .collect();
            let mut successes = 0;
            for it in tries {
                successes += u32::from(it.await.expect("no panic"));
            }
            assert_eq!(successes, 1);
            assert!(!try_step(100).await, "an earlier step is refused");
            assert!(try_step(102).await, "a later step works");
            let found = totp(&mut store.read().await.expect("a connection"), &id).await;
            let found = found.expect("a read").expect("it is set");
            assert_eq!((found.sealed.as_str(), found.last_used_step), ("sealed", 102));
        });
    }

    #[test]
    fn recovery_codes_work_once_each_and_are_stored_hashed() {
        on_both(|store| async move {
            let (ann, bob) = (add_person(&store, "Ann").await, add_person(&store, "Bob").await);
            let target = ann.clone();
            change!(store, |tx| async {
                let codes = ["first".to_owned(), "second".to_owned()];
                set_recovery_codes(tx, &target, &codes, &operator()).await
            })
            .expect("they are set");
            let use_code = async |person: &PersonId, code: &'static str| {
                let person = person.clone();
                change!(store, |tx| use_recovery_code(tx, &person, code, &operator()))
                    .expect("a write")
            };
            assert!(!use_code(&bob, "first").await, "somebody else's code");
            assert!(use_code(&ann, " first").await);
            assert!(!use_code(&ann, "first").await, "used up");
            let mut db = store.read().await.expect("a connection");
            assert_eq!(recovery_codes_left(&mut db, &ann).await.expect("a read"), 1);
            let row = sqlx::query("SELECT hash FROM recovery_code").fetch_one(&mut *db).await;
            let hash = row.expect("the row").text("hash").expect("a text");
            assert!(hash.len() == 64 && !hash.contains("second"), "{hash}");
        });
    }
}
