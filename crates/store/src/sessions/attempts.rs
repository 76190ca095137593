//! Attempts to sign in, counted in the database so that a restart forgets none.

use jiff::{SignedDuration, Timestamp};

use crate::error::Result;
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
            "SELECT at FROM sign_in_attempt WHERE key = $1 AND at > $2 AND at <= $3 ORDER BY at",
        )
        .bind(key.as_str())
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
    for (key, _) in keys {
        sqlx::query("INSERT INTO sign_in_attempt (key, at) VALUES ($1, $2)")
            .bind(key.as_str())
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
    sqlx::query("DELETE FROM sign_in_attempt WHERE key = $1").bind(key).execute(&mut **tx).await?;
    Ok(())
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
