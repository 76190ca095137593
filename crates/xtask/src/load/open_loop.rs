//! An open loop: requests come when they are due, whether or not those before were answered, and
//! the wait of a request begins when it was due. So a site that stalls cannot hide it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::client::{Answer, Client, Request};

/// Connections, as many browsers as may wait at once.
const CONNECTIONS: usize = 64;

/// What was seen of one load.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Waits in microseconds, in order once it is summed up.
    pub(super) waits: Vec<u64>,
    /// Answers by status; 0 where none came.
    pub(super) statuses: BTreeMap<u16, u64>,
    /// How long it took until the last answer.
    pub(super) took: Duration,
}

impl Seen {
    /// The wait that so many in a thousand requests did not exceed, in milliseconds.
    #[expect(clippy::float_arithmetic, reason = "a measured time")]
    pub(super) fn wait_ms(&self, per_thousand: usize) -> f64 {
        let place = (self.waits.len() * per_thousand).div_ceil(1000).max(1);
        let micros = self.waits.get(place - 1).copied().unwrap_or_default();
        Duration::from_micros(micros).as_secs_f64() * 1000.0
    }

    /// Whole answers a second.
    pub(super) fn a_second(&self) -> u128 {
        u128::from(self.count()) * 1_000_000 / self.took.as_micros().max(1)
    }

    /// Requests.
    pub(super) fn count(&self) -> u64 {
        self.statuses.values().sum()
    }

    /// Answers other than those that are right.
    pub(super) fn errors(&self, right: &[u16]) -> u64 {
        self.statuses.iter().filter(|it| !right.contains(it.0)).map(|it| it.1).sum()
    }

    fn add(&mut self, other: Self) {
        self.waits.extend(other.waits);
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
    }
}

/// Sends so many requests a second for so long; `each` is told every answer with its number.
#[expect(clippy::disallowed_methods, reason = "time is what is measured")]
pub(super) fn run(
    host: &str,
    (rate, seconds): (u64, u64),
    request: &(dyn Fn(u64) -> Request + Sync),
    each: &(dyn Fn(u64, &Answer) + Sync),
) -> Seen {
    let (next, total) = (AtomicU64::new(0), rate * seconds);
    let began = Instant::now();
    let browser = || {
        let (mut client, mut seen) = (Client::new(host), Seen::default());
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= total {
                return seen;
            }
            let due = began + Duration::from_micros(number * 1_000_000 / rate);
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let answer = client.ask(&request(number)).unwrap_or_default();
            let wait = due.elapsed().as_micros();
            seen.waits.push(u64::try_from(wait).unwrap_or(u64::MAX));
            *seen.statuses.entry(answer.status).or_default() += 1;
            each(number, &answer);
        }
    };
    let mut all = Seen::default();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(browser)).collect();
        for it in threads {
            all.add(it.join().expect("a browser does not panic"));
        }
    });
    all.took = began.elapsed();
    all.waits.sort_unstable();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_and_errors_are_counted() {
        let seen = |waits: &[u64], statuses: &[(u16, u64)]| Seen {
            waits: waits.to_vec(),
            statuses: statuses.iter().copied().collect(),
            took: Duration::ZERO,
        };
        let mut all = seen(&[1000, 2000], &[(200, 2)]);
        all.add(seen(&[3000, 9000], &[(200, 1), (500, 1)]));
        // Half of four requests waited no longer than the second, all no longer than the fourth.
        let shown = format!("{:.1} {:.1} {}", all.wait_ms(500), all.wait_ms(990), all.count());
        assert_eq!(shown, "2.0 9.0 4");
        assert_eq!((all.errors(&[200]), all.errors(&[200, 500])), (1, 0));
        assert!(Seen::default().wait_ms(500) < 0.1);
    }
}
