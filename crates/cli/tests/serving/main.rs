//! The site as a program: killed in the middle of saves it loses nothing that it acknowledged.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use store::grants::NewGrant;
use store::sessions::NewSession;
use store::units::{Unit, UnitKind};
use store::{Entry, Store, UnitCode, grants, people, sessions, sqlite_url, units};

const TOKEN: &str = "a-token-of-a-session";
const CSRF: &str = "a-token-of-its-forms";

/// So many browsers save at once, and so often the program is killed.
const BROWSERS: usize = 4;
const KILLS: [u64; 3] = [150, 400, 900];

/// A site that runs; it is killed when dropped.
struct Running {
    program: Child,
    address: String,
    said: String,
}

impl Running {
    fn start(folder: &Path) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = free.local_addr().expect("its address").to_string();
        drop(free);
        let mut program = Command::new(env!("CARGO_BIN_EXE_concord"))
            .args(["serve", "--listen", &address, "--dir"])
            .arg(folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let output = program.stdout.take().expect("it was piped");
        let mut said = String::new();
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            said += &line;
            said.push('\n');
            if line.starts_with("Stop it") {
                break;
            }
        }
        Self { program, address, said }
    }

    fn kill(&mut self) {
        self.program.kill().expect("it lives"); // SIGKILL.
        self.program.wait().expect("it is gone");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// Sends a request and gives back the whole answer; nothing if the site died before all of it came.
fn send(address: &str, head: &str, body: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    let length = body.len();
    let text = format!(
        "{head} HTTP/1.1\r\nHost: {address}\r\nCookie: sid={TOKEN}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(text.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.contains("\r\n\r\n").then_some(answer)
}

/// Adds teams until the site dies; the codes of those that it acknowledged.
fn save(address: &str, name: &str) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for number in 0.. {
        let code = format!("{name}-{number}");
        let body = format!(
            "csrf={CSRF}&once={code}&code={code}&name=Team&kind=team&parent=TRUST\
             &from=2026-04-01&until=&version="
        );
        match send(address, "POST /people/units/new", &body) {
            Some(answer) => {
                assert!(answer.starts_with("HTTP/1.1 303 "), "{answer}");
                acknowledged.push(code);
            }
            None => break,
        }
    }
    acknowledged
}

/// A site whose administrator is signed in with a second factor.
async fn prepare(folder: &Path) {
    std::fs::write(folder.join("site.key"), [7; 32]).expect("the key is written");
    let store = Store::open(&sqlite_url(&folder.join("concord.sqlite"))).await;
    let store = store.expect("the database opens");
    let entry = Entry::by("operator", now());
    let prepared = store.write(move |tx| {
        Box::pin(async move {
            let unit = Unit {
                code: UnitCode::new("TRUST"),
                name: "The trust".to_owned(),
                kind: UnitKind::Trust,
                parent: None,
                from: "2020-04-01".parse().expect("a day"),
                until: None,
            };
            units::upsert(tx, &unit, None, &entry).await?;
            let person = people::Person {
                name: "Ada Bright".to_owned(),
                email: "ada@trust.example".to_owned(),
                job_title: String::new(),
                profession: String::new(),
            };
            let id = people::create(tx, &person, &entry).await?;
            let new = NewGrant {
                person: id.clone(),
                role: "ADMINISTRATOR".to_owned(),
                unit: unit.code,
                patient_level: false,
                reason: "for the test".to_owned(),
                from: unit.from,
                until: None,
            };
            grants::grant(tx, &new, &entry).await?;
            let session = NewSession {
                token: TOKEN,
                person: &id,
                csrf: CSRF,
                ip: "127.0.0.1",
                agent: "test",
            };
            let session = sessions::start(tx, &session, &entry).await?;
            sessions::step_up(tx, &session, sessions::Proved::TwoFactors, &entry).await
        })
    });
    prepared.await.expect("it is stored");
    store.close().await;
}

#[expect(clippy::disallowed_methods, reason = "the session must last while the program runs")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

async fn check(folder: &Path, acknowledged: &[String]) {
    let store = Store::open(&sqlite_url(&folder.join("concord.sqlite"))).await;
    let store = store.expect("the database opens after the kill");
    let mut db = store.read().await.expect("a connection");
    let stored = units::list(&mut db).await.expect("a read");
    for code in acknowledged {
        assert!(
            stored.iter().any(|it| it.unit.code.as_str() == code),
            "{code} was acknowledged and is gone"
        );
    }
    drop(db);
    store.verify_chain(&[]).await.expect("the audit can be read").expect("the chain holds");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_site_has_everything_that_it_acknowledged() {
    let folder = tempfile::tempdir().expect("a folder");
    prepare(folder.path()).await;
    let mut acknowledged = Vec::new();
    for (round, life) in KILLS.into_iter().enumerate() {
        let mut site = Running::start(folder.path());
        assert!(!site.said.contains("/first?token="), "somebody is there: {}", site.said);
        let savers: Vec<_> = (0..BROWSERS)
            .map(|browser| {
                let (address, name) = (site.address.clone(), format!("T{round}-{browser}"));
                thread::spawn(move || save(&address, &name))
            })
            .collect();
        thread::sleep(Duration::from_millis(life));
        site.kill();
        for saver in savers {
            acknowledged.extend(saver.join().expect("no answer was wrong"));
        }
        check(folder.path(), &acknowledged).await;
    }
    assert!(acknowledged.len() >= 20, "too little was saved: {}", acknowledged.len());
}

#[tokio::test]
async fn an_empty_site_says_where_its_first_administrator_is_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut site = Running::start(folder.path());
    let token = |said: &str| {
        let after = said.split("/first?token=").nth(1).expect("the address is printed");
        after.lines().next().expect("a line").to_owned()
    };
    let first = token(&site.said);
    assert_eq!(first.len(), 64, "{first}");
    let page = send(&site.address, &format!("GET /first?token={first}"), "").expect("an answer");
    assert!(page.starts_with("HTTP/1.1 200 "), "{page}");
    site.kill();
    let again = Running::start(folder.path());
    assert_ne!(token(&again.said), first, "a new one at each start");
    let page = send(&again.address, &format!("GET /first?token={first}"), "").expect("an answer");
    assert!(page.starts_with("HTTP/1.1 404 "), "{page}");
}
