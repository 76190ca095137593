//! Measures how many changes a second a database takes: `cargo run -p store --example writes URL`.

use std::io::Write as _;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use store::{Entry, Result, Store};

const MEASURED: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() -> Result<()> {
    let url = std::env::args().nth(1).unwrap_or_else(|| "sqlite://writes.sqlite".to_owned());
    let store = Store::open(&url).await?;
    for tasks in [1, 10, 50, 200] {
        let begin = now();
        let running: Vec<_> = (0..tasks).map(|_| tokio::spawn(write(store.clone()))).collect();
        let mut waits = Vec::new();
        for task in running {
            waits.extend(task.await.expect("no panic")?);
        }
        let milliseconds = begin.elapsed().as_millis();
        waits.sort_unstable();
        let at = |percent: usize| waits[waits.len() * percent / 100];
        let line = format!(
            "{tasks} tasks: {} audit rows a second, p50 {:.1?}, p99 {:.1?}\n",
            waits.len() as u128 * 1000 / milliseconds,
            at(50),
            at(99)
        );
        std::io::stdout().write_all(line.as_bytes()).expect("somebody listens");
    }
    let begin = now();
    let verified = store.verify_chain(&[]).await?;
    let line = format!("chain: {verified:?} in {:.1?}\n", begin.elapsed());
    std::io::stdout().write_all(line.as_bytes()).expect("somebody listens");
    store.close().await;
    Ok(())
}

async fn write(store: Store) -> Result<Vec<Duration>> {
    let begin = now();
    let mut waits = Vec::new();
    while begin.elapsed() < MEASURED {
        let entry = Entry::by("operator", Timestamp::UNIX_EPOCH).of("patient.view", "event/1");
        let asked = now();
        store.audit(entry).await?;
        waits.push(asked.elapsed());
    }
    Ok(waits)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a measurement needs a clock; nothing is stored of it"
)]
fn now() -> Instant {
    Instant::now()
}
