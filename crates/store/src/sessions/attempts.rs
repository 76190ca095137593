//! Attempts to sign in, counted in the database so that a restart forgets none.

use jiff::{SignedDuration, Timestamp};

use crate::error::Result;
use crate::ids::sha256;
use crate::row::Values as _;
use crate::writer::Tx;

/// How many attempts a key has, and how they slow down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptLimit {
    /// So many in the window.
    pub max: usize,
    /// How far back attempts count.
    pub window: SignedDuration,
    /// So many come without delay; each further one waits twice as long, from one second.
    pub without_delay: usize,
}

impl AttemptLimit {
    /// Ten in five minutes for an account, the first three without delay.
    pub const ACCOUNT: Self =
        Self { max: 10, window: SignedDuration::from_mins(5), without_delay: 3 };
    /// Fifty in five minutes for an address, where many people may sit.
    pub const ADDRESS: Self =
        Self { max: 50, window: SignedDuration::from_mins(5), without_delay: 50 };

    /// Six hundred questions of one program in five minutes: a loop that never ends is stopped, and a
    /// report that reads every service line is not.
    pub const PROGRAM: Self =
        Self { max: 600, window: SignedDuration::from_mins(5), without_delay: 600 };

    /// When the next attempt may come, after those in the window, oldest first.
    fn next(&self, attempts: &[Timestamp]) -> Option<Timestamp> {
        let last = *attempts.last()?;
        if attempts.len() >= self.max {
            // Once the oldest of the last `max` leaves the window.
            return Some(attempts[attempts.len() - self.max] + self.window);
        }
        let doublings = attempts.len().checked_sub(self.without_delay)?;
        let seconds = 1_i64.checked_shl(u32::try_from(doublings).ok()?).unwrap_or(i64::MAX);
        Some(last + SignedDuration::from_secs(seconds).min(self.window))
    }
}

/// Whether an attempt may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It may, and is counted.
    Allowed,
    /// Not before this instant. It is not counted, so that nobody can be locked out for good.
    Wait(Timestamp),
}

/// Asks for an attempt under keys such as `account/…` and `address/…`, and counts it if allowed.
///
/// # Errors
/// If the database refuses; then nobody may sign in.
pub async fn attempt(
    tx: &mut Tx,
    keys: &[(String, AttemptLimit)],
    now: Timestamp,
) -> Result<Attempt> {
    let mut wait = None;
    for (key, limit) in keys {
        // What lies in the future was written before the clock was set back.
        let rows = sqlx::query(
            "SELECT at FROM sign_in_attempt WHERE key_hash = $1 AND at > $2 AND at <= $3 ORDER BY at",
        )
        .bind(hash(key))
        .bind((now - limit.window).as_microsecond())
        .bind(now.as_microsecond())
        .fetch_all(&mut **tx)
        .await?;
        let attempts = rows.iter().map(|it| it.at("at")).collect::<Result<Vec<_>>>()?;
        wait = wait.max(limit.next(&attempts).filter(|it| *it > now));
    }
    if let Some(until) = wait {
        return Ok(Attempt::Wait(until));
    }
    for (key, limit) in keys {
        // What counts no more goes, so that one key has no more rows than it has attempts.
        sqlx::query("DELETE FROM sign_in_attempt WHERE key_hash = $1 AND at <= $2")
            .bind(hash(key))
            .bind((now - limit.window).as_microsecond())
            .execute(&mut **tx)
            .await?;
        sqlx::query("INSERT INTO sign_in_attempt (key_hash, at) VALUES ($1, $2)")
            .bind(hash(key))
            .bind(now.as_microsecond())
            .execute(&mut **tx)
            .await?;
    }
    Ok(Attempt::Allowed)
}

/// Forgets the attempts of an account that signed in.
///
/// # Errors
/// If the database refuses.
pub async fn succeeded(tx: &mut Tx, key: &str) -> Result<()> {
    sqlx::query("DELETE FROM sign_in_attempt WHERE key_hash = $1")
        .bind(hash(key))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// People type all kinds of things where a name is asked, passwords too: none of it is stored.
fn hash(key: &str) -> String {
    sha256(&[b"attempt", key.as_bytes()])
}

/// Throws old attempts away; how many.
///
/// # Errors
/// If the database refuses.
pub async fn prune(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    let gone = sqlx::query("DELETE FROM sign_in_attempt WHERE at < $1")
        .bind(before.as_microsecond())
        .execute(&mut **tx)
        .await?;
    Ok(gone.rows_affected())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use crate::testing::{at, change, on_both};

    async fn tried(store: &Store, account: &str, address: &str, seconds: i64) -> Attempt {
        let keys = [
            (format!("account/{account}"), AttemptLimit::ACCOUNT),
            (format!("address/{address}"), AttemptLimit::ADDRESS),
        ];
        change!(store, |tx| attempt(tx, &keys, at(seconds))).expect("a write")
    }

    #[test]
    fn attempts_at_an_account_slow_down_and_stop_at_ten() {
        on_both(|store| async move {
            // Three without delay, then 1, 2, 4, 8, 16, 32 and 64 seconds: the tenth after 127.
            let mut now = 0;
            for number in 1..=10_u32 {
                assert_eq!(tried(&store, "ann", "a", now).await, Attempt::Allowed, "{number}");
                if (3..10).contains(&number) {
                    let delay = 2_i64.pow(number - 3);
                    let wait = Attempt::Wait(at(now + delay));
                    assert_eq!(tried(&store, "ann", "a", now + delay - 1).await, wait, "{number}");
                    now += delay;
                }
            }
            assert_eq!(now, 127);
            // The first three were at 0 and leave the window after 5 minutes. Then 7 remain, the
            // last at 127: 2^(7-3) = 16 seconds after it are over.
            assert_eq!(tried(&store, "ann", "b", 128).await, Attempt::Wait(at(300)));
            assert_eq!(tried(&store, "ann", "b", 299).await, Attempt::Wait(at(300)));
            assert_eq!(tried(&store, "ann", "b", 300).await, Attempt::Allowed);
            // Others are not slowed down.
            assert_eq!(tried(&store, "bob", "b", 128).await, Attempt::Allowed);
        });
    }

    #[test]
    fn an_address_has_fifty_for_all_its_accounts() {
        on_both(|store| async move {
            for number in 0..50 {
                let account = format!("person {number}");
                assert_eq!(tried(&store, &account, "a", number).await, Attempt::Allowed);
            }
            // The first, at 0, leaves the window at 300.
            assert_eq!(tried(&store, "next", "a", 60).await, Attempt::Wait(at(300)));
            assert_eq!(tried(&store, "next", "elsewhere", 60).await, Attempt::Allowed);
            assert_eq!(tried(&store, "next", "a", 300).await, Attempt::Allowed);
        });
    }

    #[test]
    fn success_forgets_and_so_does_time() {
        on_both(|store| async move {
            for _ in 0..3 {
                tried(&store, "ann", "a", 0).await;
            }
            assert_eq!(tried(&store, "ann", "a", 0).await, Attempt::Wait(at(1)));
            change!(store, |tx| succeeded(tx, "account/ann")).expect("a write");
            assert_eq!(tried(&store, "ann", "a", 0).await, Attempt::Allowed);
            // One of the account and four of the address are older than a second.
            let gone = change!(store, |tx| prune(tx, at(1)));
            assert_eq!(gone.expect("a write"), 5);
        });
    }

    #[test]
    fn what_counts_no_more_is_not_kept() {
        on_both(|store| async move {
            for number in 0..20 {
                tried(&store, "ann", "a", number * 300).await;
            }
            let gone = change!(store, |tx| prune(tx, at(20 * 300)));
            assert_eq!(gone.expect("a write"), 2, "the last of the account and of the address");
        });
    }

    #[test]
    fn of_many_at_once_no_more_than_allowed_get_through() {
        on_both(|store| async move {
            let tries: Vec<_> = (0..20)
                .map(|_| {
                    let store = store.clone();
                    tokio::spawn(async move { tried(&store, "ann", "a", 0).await })
                })
                .collect();
            let mut allowed = 0;
            for it in tries {
                allowed += u32::from(it.await.expect("no panic") == Attempt::Allowed);
            }
            assert_eq!(allowed, 3);
        });
    }
}
