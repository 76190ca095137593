//! The crowd: people of the demonstration in many sessions, and the pages that they open.

use std::sync::Mutex;

use anyhow::{Context as _, Result, bail};

use super::client::{Answer, BEFORE, Client, Request, encoded};
use super::open_loop::{self, Seen};

const PASSWORD: &str = "for-the-demonstration";

/// People who browse; those of one service line see theirs.
const PEOPLE: [&str; 8] = [
    "priya.raman",
    "moira.flynn",
    "ravi.sethi",
    "helen.marsh",
    "owen.clarke",
    "ines.duarte",
    "daniel.osei",
    "amara.okafor",
];

/// The costing accountants: they see runs, rules and patients of the whole trust.
const TEAM: usize = 2;

/// A page of the mixed browse.
pub(super) struct Page {
    pub(super) name: &'static str,
    /// How many in a hundred requests.
    pub(super) share: u64,
    /// Address; `RUN` and `PATIENT` stand for one of the trust's.
    path: &'static str,
    /// Whether only the costing team sees it.
    team: bool,
    /// Whether it saves something.
    saves: bool,
}

const fn page(name: &'static str, share: u64, path: &'static str, team: bool) -> Page {
    Page { name, share, path, team, saves: false }
}

/// The mix: nine in ten read, one in ten saves.
pub(super) const PAGES: &[Page] = &[
    page("first page", 20, "/", false),
    page("service lines", 20, "/services", false),
    page("one service line", 20, "/services/TORT", false),
    page("runs", 5, "/runs", true),
    page("one run", 8, "/runs/RUN", true),
    page("ledger mapping", 3, "/mapping", true),
    page("data quality", 3, "/data-quality", true),
    page("patients of a line", 3, "/patients?line=TORT", true),
    page("one patient", 8, "/patients/RUN/PATIENT", true),
    Page {
        name: "a reason put on record",
        share: 10,
        path: "/patients/reason",
        team: true,
        saves: true,
    },
];

/// A session with what its forms must carry.
#[derive(Clone, Debug)]
struct Session {
    person: usize,
    token: String,
    csrf: String,
    from: String,
}

/// Everybody who is signed in.
pub(super) struct Crowd {
    host: String,
    sessions: Vec<Session>,
    auditor: Session,
    run: String,
    patient: String,
}

impl Crowd {
    /// Finds the latest published run and its dearest event, as a costing accountant would.
    pub(super) fn new(host: &str) -> Result<Self> {
        let mut client = Client::new(host);
        let first = signed_in(&mut client, 0, 0)?;
        let get = |path: &str| Request { path: path.to_owned(), ..asked_by(&first) };
        let list = client.ask(&get("/patients?line=TORT&order=dearest"))?;
        let link = list.body.split("href=\"/patients/").nth(1).context("the line has no event")?;
        let link = link.split('"').next().unwrap_or_default();
        let (run, patient) = link.split_once('/').context("an event is of a run")?;
        let auditor = PEOPLE.iter().position(|it| *it == "ines.duarte").context("an auditor")?;
        let auditor = signed_in(&mut client, auditor, 1)?;
        let (host, run, patient) = (host.to_owned(), run.to_owned(), patient.to_owned());
        Ok(Self { host, sessions: Vec::new(), auditor, run, patient })
    }

    /// Audit records so far, by the proof that the chain of all of them is whole.
    pub(super) fn records(&self) -> Result<u64> {
        let request = Request { path: "/audit/proof".to_owned(), ..asked_by(&self.auditor) };
        let page = Client::new(&self.host).ask(&request)?.body;
        let count = page.split("<p class=\"concord-lead\">All ").nth(1);
        let count = count.context("the audit chain is not whole")?.chars();
        let digits: String = count
            .take_while(|it| it.is_ascii_digit() || *it == ',')
            .filter(|it| *it != ',')
            .collect();
        digits.parse().context("the proof counts records")
    }

    /// Signs so many a second in, for so long.
    pub(super) fn sign_in_all(&mut self, rate: u64, seconds: u64) -> Seen {
        let begun = Mutex::new(Vec::new());
        let seen = open_loop::run(&self.host, (rate, seconds), &sign_in, &|number, answer| {
            if let Some(session) = begun_by(number, answer) {
                begun.lock().expect("no browser panics").push(session);
            }
        });
        self.sessions = begun.into_inner().expect("no browser panics");
        seen
    }

    /// Signs in whoever is missing, one after another, and learns what forms must carry.
    pub(super) fn complete(&mut self, wanted: u64) -> Result<()> {
        let mut client = Client::new(&self.host);
        for number in 0.. {
            if self.sessions.len() as u64 >= wanted {
                break;
            }
            let request = Request { from: address(50_000 + number), ..sign_in(number) };
            self.sessions.extend(begun_by(number, &client.ask(&request)?));
        }
        for session in &mut self.sessions {
            session.csrf = csrf(&mut client, session)?;
        }
        Ok(())
    }

    /// The mixed browse.
    pub(super) fn browse(&self, rate: u64, seconds: u64) -> Seen {
        let request = |number: u64| {
            // Shares of a hundred, mixed by a step that meets each of them once.
            let mut place = number * 37 % 100;
            let page = PAGES.iter().find(|it| {
                let is_it = place < it.share;
                place = place.saturating_sub(it.share);
                is_it
            });
            self.opens(page.unwrap_or(&PAGES[0]), number)
        };
        open_loop::run(&self.host, (rate, seconds), &request, &|_, _| {})
    }

    /// Saves alone.
    pub(super) fn save(&self, rate: u64, seconds: u64) -> Seen {
        let page = PAGES.iter().find(|it| it.saves).expect("one of them saves");
        open_loop::run(&self.host, (rate, seconds), &|it| self.opens(page, it), &|_, _| {})
    }

    /// The list of service lines and one of them, in turn.
    pub(super) fn service_lines(&self, rate: u64, seconds: u64) -> Seen {
        let pages = [named("service lines"), named("one service line")];
        let request = |it: u64| self.opens(pages[usize::from(it % 2 == 1)], it / 2);
        open_loop::run(&self.host, (rate, seconds), &request, &|_, _| {})
    }

    /// The page of one patient alone.
    pub(super) fn patients(&self, rate: u64, seconds: u64) -> Seen {
        let page = named("one patient");
        open_loop::run(&self.host, (rate, seconds), &|it| self.opens(page, it), &|_, _| {})
    }

    /// Each page alone, five times a second, so that no two wait for each other.
    pub(super) fn alone(&self) -> Result<Vec<(&'static str, Seen)>> {
        let mut all = Vec::new();
        for page in PAGES {
            let seen = open_loop::run(&self.host, (5, 4), &|it| self.opens(page, it), &|_, _| {});
            if seen.errors(&[200, 303]) > 0 {
                bail!("{} answers {:?}", page.path, seen.statuses);
            }
            all.push((page.name, seen));
        }
        Ok(all)
    }

    fn opens(&self, page: &Page, number: u64) -> Request {
        let able: Vec<&Session> =
            self.sessions.iter().filter(|it| !page.team || it.person < TEAM).collect();
        let session = able[usize::try_from(number).unwrap_or(0) % able.len()];
        let path = page.path.replace("RUN", &self.run).replace("PATIENT", &self.patient);
        let reason = "A load of the site is measured";
        let form = page.saves.then(|| {
            format!("csrf={}&next=&reason={}", session.csrf, encoded(&format!("{reason} {number}")))
        });
        Request { path, form, ..asked_by(session) }
    }
}

fn named(name: &str) -> &'static Page {
    PAGES.iter().find(|it| it.name == name).expect("the mix has it")
}

fn asked_by(session: &Session) -> Request {
    Request { session: session.token.clone(), from: session.from.clone(), ..Request::default() }
}

/// An address of a hospital's network for each sign-in.
fn address(number: u64) -> String {
    format!("10.{}.{}.{}", number / 65_536 % 256, number / 256 % 256, number % 256)
}

/// The person of a session; the costing team has every second one, since most pages are theirs.
fn person(number: u64) -> usize {
    let number = usize::try_from(number).unwrap_or(0);
    if number % 2 == 0 { number / 2 % TEAM } else { TEAM + number / 2 % (PEOPLE.len() - TEAM) }
}

fn sign_in(number: u64) -> Request {
    sign_in_of(person(number), number)
}

fn sign_in_of(person: usize, number: u64) -> Request {
    let email = encoded(&format!("{}@ashbourne.example", PEOPLE[person]));
    let form = format!("csrf={BEFORE}&next=&email={email}&password={PASSWORD}");
    let path = "/sign-in".to_owned();
    Request { path, form: Some(form), from: address(number), session: String::new() }
}

fn begun_by(number: u64, answer: &Answer) -> Option<Session> {
    let token = answer.session.clone();
    let from = address(number);
    let session = Session { person: person(number), token, csrf: String::new(), from };
    (answer.status == 303 && !answer.session.is_empty()).then_some(session)
}

fn signed_in(client: &mut Client, person: usize, number: u64) -> Result<Session> {
    let from = address(60_000 + number);
    let answer = client.ask(&Request { from: from.clone(), ..sign_in_of(person, number) })?;
    if answer.session.is_empty() {
        bail!("{} cannot sign in: {}", PEOPLE[person], answer.status);
    }
    let mut session = Session { person, token: answer.session, csrf: String::new(), from };
    session.csrf = csrf(client, &session)?;
    Ok(session)
}

/// What the forms of a session carry, from the one that signs out.
fn csrf(client: &mut Client, session: &Session) -> Result<String> {
    let page = client.ask(&Request { path: "/account".to_owned(), ..asked_by(session) })?.body;
    let token = page.split("name=\"csrf\" value=\"").nth(1).and_then(|it| it.split('"').next());
    token.map(str::to_owned).context("the page of the account has a form to sign out")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mix_is_a_hundred_and_a_tenth_of_it_saves() {
        let share = |saves: bool| -> u64 {
            PAGES.iter().filter(|it| it.saves == saves).map(|it| it.share).sum()
        };
        assert_eq!((share(false), share(true)), (90, 10));
    }

    #[test]
    fn half_of_the_sessions_are_the_costing_teams() {
        let team = (0..500).filter(|it| person(*it) < TEAM).count();
        assert_eq!(team, 250);
        assert!(PEOPLE.iter().enumerate().all(|(at, _)| (0..500).any(|it| person(it) == at)));
    }
}
