//! Kills a program while it writes: whatever it was told is stored must be there afterwards.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::Duration;

use jiff::Timestamp;
use store::audit::Asked;
use store::units::{Unit, UnitKind};
use store::{Entry, Store, UnitCode, audit, sqlite_url, units};

/// How long the program lives, in milliseconds: while it opens, begins, and writes.
const LIVES: [u64; 6] = [20, 60, 120, 250, 400, 700];
const TASKS: usize = 8;

/// No test harness: the program starts itself again as the one that is killed.
fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    if let [_, role, url] = arguments.as_slice()
        && role == "write"
    {
        runtime.block_on(write_for_ever(url));
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let sqlite = sqlite_url(&folder.path().join("killed.sqlite"));
    for url in [sqlite, testkit::postgres()] {
        let mut acknowledged = Vec::new();
        for life in LIVES {
            acknowledged.extend(kill_after(&url, life));
            runtime.block_on(check(&url, &acknowledged));
        }
        assert!(acknowledged.len() > 50, "too little was written: {}", acknowledged.len());
        let kind = url.split(':').next().unwrap_or_default();
        let count = acknowledged.len();
        say(&format!("{kind}: {} kills, {count} acknowledged changes, all there", LIVES.len()));
    }
}

/// Adds units, each with its audit row, and says so on standard output once it is told.
async fn write_for_ever(url: &str) {
    let store = Store::open(url).await.expect("the database opens");
    let tasks: Vec<_> = (0..TASKS).map(|_| tokio::spawn(write(store.clone()))).collect();
    for task in tasks {
        task.await.expect("it never ends");
    }
}

async fn write(store: Store) {
    loop {
        let code = store::random_token().expect("random bytes");
        let unit = Unit {
            code: UnitCode::new(code.as_str()),
            name: "Unit".to_owned(),
            kind: UnitKind::Team,
            parent: None,
            from: "2025-04-01".parse().expect("a day"),
            until: None,
        };
        let entry = Entry::by("operator", Timestamp::UNIX_EPOCH);
        let stored = store
            .write(move |tx| Box::pin(async move { units::upsert(tx, &unit, None, &entry).await }));
        stored.await.expect("it is stored");
        say(&code);
    }
}

/// Writes a line at once: what is still in a buffer when the program is killed was never said.
fn say(line: &str) {
    let mut output = std::io::stdout().lock();
    output.write_all(format!("{line}\n").as_bytes()).expect("somebody listens");
    output.flush().expect("somebody listens");
}

/// Starts the writing program, kills it, and returns what it said was stored.
fn kill_after(url: &str, life: u64) -> Vec<String> {
    let program = std::env::current_exe().expect("the program knows where it is");
    let mut writer = Command::new(program)
        .args(["write", url])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts again");
    let output = writer.stdout.take().expect("it was piped");
    let reading = std::thread::spawn(move || {
        let lines = BufReader::new(output).lines().map_while(Result::ok);
        // The last line may have been cut off with the program.
        lines.filter(|it| it.len() == 64).collect::<Vec<_>>()
    });
    std::thread::sleep(Duration::from_millis(life));
    assert!(writer.try_wait().expect("it can be asked").is_none(), "it stopped by itself");
    writer.kill().expect("it can be killed"); // SIGKILL.
    writer.wait().expect("it is gone");
    reading.join().expect("its output can be read")
}

async fn check(url: &str, acknowledged: &[String]) {
    let store = Store::open(url).await.expect("the database opens after the kill");
    // A server may still be ending the last commit of the killed program: this waits for it.
    let entry = Entry::by("operator", Timestamp::UNIX_EPOCH).of("check", "after the kill");
    store.audit(entry).await.expect("it is written");
    let mut db = store.read().await.expect("a connection");
    let stored = units::list(&mut db).await.expect("the units can be read");
    let codes: std::collections::HashSet<&str> =
        stored.iter().map(|it| it.unit.code.as_str()).collect();
    for code in acknowledged {
        assert!(codes.contains(code.as_str()), "{code} was acknowledged and is gone");
    }
    let head = store.verify_chain(&[]).await.expect("the audit can be read");
    let head = head.expect("the chain holds");
    assert!(head.seq > 0);
    // Each unit came with its audit row, and no row without its unit.
    let asked = Asked { action: Some("unit.change".to_owned()), ..Asked::default() };
    let rows = audit::list(&mut db, &asked, u16::MAX).await.expect("the rows can be read");
    assert_eq!(rows.len(), stored.len());
    if url.starts_with("sqlite") {
        let row = sqlx::query("PRAGMA integrity_check").fetch_one(&mut *db).await;
        let answer: String = sqlx::Row::try_get(&row.expect("an answer"), 0).expect("a text");
        assert_eq!(answer, "ok");
    }
    drop(db);
    store.close().await;
}
