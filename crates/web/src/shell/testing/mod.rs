//! A site over an empty database, for tests: requests in, pages out.

pub(crate) mod working;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use jiff::{SignedDuration, Timestamp};
use store::grants::NewGrant;
use store::people::Person;
use store::sessions::NewSession;
use store::units::{Unit, UnitKind};
use store::{
    Entry, PersonId, Store, UnitCode, api_tokens, credentials, grants, people, sessions, units,
};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use tower::ServiceExt as _;

use super::guard::Reached;
use crate::app::{Demonstration, Settings};
use crate::{App, router};

/// Code of the whole trust.
pub(crate) const TRUST: &str = "TRUST";

/// A site, its clock, and a folder that goes away with it.
pub(crate) struct Site {
    app: App,
    router: Router,
    clock: Arc<AtomicI64>,
    _folder: TempDir,
}

/// A browser with a session.
#[derive(Clone, Default)]
pub(crate) struct Browser {
    pub(crate) cookie: String,
    pub(crate) csrf: String,
    /// Token of a program; blank for a browser.
    pub(crate) token: String,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    /// Whether a page answered, and not the gate before it.
    pub(crate) reached: bool,
}

impl Answer {
    /// Where it leads; blank for nowhere.
    pub(crate) fn location(&self) -> &str {
        self.headers.get(header::LOCATION).and_then(|it| it.to_str().ok()).unwrap_or_default()
    }
}

/// An empty site at 10 o'clock on 11 June 2026, with two units: the trust, and hips within it.
pub(crate) async fn site() -> Site {
    site_with(|_| ()).await
}

/// As [`site`], with other settings.
pub(crate) async fn site_with(change: impl FnOnce(&mut Settings)) -> Site {
    let folder = tempfile::tempdir().expect("a folder");
    let url = sqlite_in(folder.path()).await;
    site_over((folder, url), change).await
}

/// The address of an empty database of this program's format, which is made once and copied: all
/// steps from nothing to the format take longer than most tests.
pub(crate) async fn sqlite_in(folder: &std::path::Path) -> String {
    static EMPTY: OnceCell<Vec<u8>> = OnceCell::const_new();
    let empty = EMPTY.get_or_init(|| async {
        let made = tempfile::tempdir().expect("a folder");
        let path = made.path().join("empty.sqlite");
        let store = Store::open(&store::sqlite_url(&path)).await.expect("a new database opens");
        store.close().await;
        std::fs::read(path).expect("it is whole in one file")
    });
    let path = folder.join("concord.sqlite");
    std::fs::write(&path, empty.await).expect("the folder can be written");
    store::sqlite_url(&path)
}

/// As [`site`], on a database of its own of a PostgreSQL server.
pub(crate) async fn site_on_postgres() -> Site {
    let folder = tempfile::tempdir().expect("a folder");
    site_over((folder, postgres().await), |_| ()).await
}

/// The address of a new PostgreSQL database.
pub(crate) async fn postgres() -> String {
    // The server is started and asked by programs that are waited for.
    let made = tokio::task::spawn_blocking(testkit::postgres).await;
    made.expect("PostgreSQL is installed")
}

async fn site_over((folder, url): (TempDir, String), change: impl FnOnce(&mut Settings)) -> Site {
    let store = Store::open(&url).await.expect("the database opens");
    let start: Timestamp = "2026-06-11T09:00:00Z".parse().expect("an instant");
    let clock = Arc::new(AtomicI64::new(start.as_second()));
    let mut settings = settings_of(folder.path());
    change(&mut settings);
    let hands = Arc::clone(&clock);
    let now = move || {
        Timestamp::from_second(hands.load(Ordering::SeqCst)).expect("the clock shows an instant")
    };
    let app = App::new(store, settings, Arc::new(now));
    let site = Site { router: router(app.clone()), app, clock, _folder: folder };
    site.unit(TRUST, None).await;
    site.unit("HIP", Some(TRUST)).await;
    site
}

/// Settings of a site below a folder.
pub(crate) fn settings_of(folder: &std::path::Path) -> Settings {
    let inside = |name: &str| folder.join(name);
    Settings {
        trust: "Ashbourne Vale NHS Trust".to_owned(),
        folder: folder.to_owned(),
        model: inside("model"),
        datasets: inside("datasets"),
        runs: inside("runs"),
        vault: inside("vault"),
        notice: String::new(),
        address: "http://127.0.0.1:8080".to_owned(),
        second_factor: false,
        key: [7; 32],
        idle: SignedDuration::from_mins(30),
        absolute: SignedDuration::from_hours(12),
        upload_bytes: 1 << 20,
        provider: None,
        demonstration: Demonstration::default(),
        first: String::new(),
        weigher: crate::app::Weigher::default(),
        reviews: engagement::reviews::ReviewGuide::own(),
        proxies: Vec::new(),
    }
}

impl Site {
    pub(crate) fn store(&self) -> &Store {
        self.app.store()
    }

    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    /// Lets time pass.
    pub(crate) fn wait(&self, time: SignedDuration) {
        self.clock.fetch_add(time.as_secs(), Ordering::SeqCst);
    }

    /// What the operator does now.
    pub(crate) fn operator(&self) -> Entry {
        Entry::by("operator", self.app.now())
    }

    async fn unit(&self, code: &str, parent: Option<&str>) {
        let unit = Unit {
            code: UnitCode::new(code),
            name: format!("Unit {code}"),
            kind: if parent.is_some() { UnitKind::ServiceLine } else { UnitKind::Trust },
            parent: parent.map(UnitCode::new),
            from: "2024-04-01".parse().expect("a day"),
            until: None,
        };
        let entry = self.operator();
        let put = self
            .store()
            .write(move |tx| Box::pin(async move { units::upsert(tx, &unit, None, &entry).await }));
        put.await.expect("the unit is new");
    }

    /// A person with a role for the whole trust; blank for none.
    pub(crate) async fn person(&self, name: &str, role: &str) -> PersonId {
        let id = self.nobody(name).await;
        if !role.is_empty() {
            self.grant(&grant(&id, role, TRUST)).await;
        }
        id
    }

    async fn nobody(&self, name: &str) -> PersonId {
        self.of_profession(name, "finance").await
    }

    /// A person of a profession, without any right.
    pub(crate) async fn of_profession(&self, name: &str, profession: &str) -> PersonId {
        let person = Person {
            name: name.to_owned(),
            email: format!("{}@trust.example", name.to_lowercase().replace(' ', ".")),
            job_title: "Tester".to_owned(),
            profession: profession.to_owned(),
        };
        let entry = self.operator();
        let created = self
            .store()
            .write(move |tx| Box::pin(async move { people::create(tx, &person, &entry).await }));
        created.await.expect("the person is new")
    }

    /// Grants a right as the operator.
    pub(crate) async fn grant(&self, new: &NewGrant) -> store::GrantId {
        let (new, entry) = (new.clone(), self.operator());
        let granted = self
            .store()
            .write(move |tx| Box::pin(async move { grants::grant(tx, &new, &entry).await }));
        granted.await.expect("the right is granted")
    }

    /// Gives a person a password of their own.
    pub(crate) async fn password(&self, id: &PersonId, password: &str) {
        let phc = super::passwords::hash(password.to_owned()).await.expect("it is hashed");
        let (id, entry) = (id.clone(), self.operator());
        let set = self.store().write(move |tx| {
            Box::pin(async move { credentials::set_password(tx, &id, &phc, &entry).await })
        });
        set.await.expect("the password is set");
    }

    /// A session of a person, as if they had just signed in.
    pub(crate) async fn sign_in(&self, id: &PersonId) -> Browser {
        let token = store::random_token().expect("random bytes");
        let csrf = store::random_token().expect("random bytes");
        let browser =
            Browser { cookie: format!("sid={token}"), csrf: csrf.clone(), ..Browser::default() };
        let (id, entry) = (id.clone(), Entry::by(id.as_str(), self.app.now()));
        let started = self.store().write(move |tx| {
            Box::pin(async move {
                let new = NewSession {
                    token: &token,
                    person: &id,
                    csrf: &csrf,
                    ip: "127.0.0.1",
                    agent: "test",
                };
                sessions::start(tx, &new, &entry).await
            })
        });
        started.await.expect("the session starts");
        browser
    }

    /// A program with a token of a person, for everything that programs may read.
    pub(crate) async fn program(&self, id: &PersonId) -> Browser {
        let scopes: Vec<&str> = access::ApiScope::ALL.iter().map(|it| it.word()).collect();
        let new = api_tokens::NewToken {
            person: id.clone(),
            name: "a program".to_owned(),
            scopes: scopes.join(" "),
            second_factor: false,
            until: self.app.now() + SignedDuration::from_hours(24 * 30),
        };
        let entry = Entry::by(id.as_str(), self.app.now());
        let made = self
            .store()
            .write(move |tx| Box::pin(async move { api_tokens::create(tx, &new, &entry).await }));
        Browser { token: made.await.expect("it is made").1, ..Browser::default() }
    }

    /// Asks for a page.
    pub(crate) async fn get(&self, browser: &Browser, path: &str) -> Answer {
        self.send(request(Method::GET, browser, path).body(Body::empty()).expect("a request")).await
    }

    /// Sends a form with the token of the browser's session.
    pub(crate) async fn post(
        &self,
        browser: &Browser,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let mut all = vec![("csrf", browser.csrf.as_str())];
        all.extend_from_slice(fields);
        self.form(request(Method::POST, browser, path), &all).await
    }

    /// Sends a form as it is.
    pub(crate) async fn form(
        &self,
        request: axum::http::request::Builder,
        fields: &[(&str, &str)],
    ) -> Answer {
        let body = serde_urlencoded::to_string(fields).expect("fields are text");
        let form = "application/x-www-form-urlencoded";
        let request = request.header(header::CONTENT_TYPE, form).body(Body::from(body));
        self.send(request.expect("a request")).await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("a router answers");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a whole page").to_bytes();
        Answer {
            status: parts.status,
            reached: parts.extensions.get::<Reached>().is_some(),
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}

/// A page with its words not led to the glossary, so that sentences stay whole.
pub(crate) fn unlinked(page: &str) -> String {
    let mut parts = page.split("<a class=\"concord-term\"");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (_, inside) = part.split_once('>').expect("a tag ends");
        whole += &inside.replacen("</a>", "", 1);
    }
    whole
}

/// The value of a hidden field.
pub(crate) fn hidden(page: &str, name: &str) -> String {
    let begin = format!("name=\"{name}\" value=\"");
    let at = page.find(&begin).unwrap_or_else(|| panic!("no {name} in {page}")) + begin.len();
    let value = page[at..].split('"').next().unwrap_or_default();
    value.replace("&#38;", "&").replace("&#39;", "'").replace("&#34;", "\"")
}

/// A request of a browser, without a body yet.
pub(crate) fn request(
    method: Method,
    browser: &Browser,
    path: &str,
) -> axum::http::request::Builder {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "127.0.0.1:8080")
        .header(header::COOKIE, &browser.cookie);
    if browser.token.is_empty() {
        return request;
    }
    request.header(header::AUTHORIZATION, format!("Bearer {}", browser.token))
}

/// A right from a year ago, without end.
pub(crate) fn grant(person: &PersonId, role: &str, unit: &str) -> NewGrant {
    NewGrant {
        person: person.clone(),
        role: role.to_owned(),
        unit: UnitCode::new(unit),
        patient_level: false,
        reason: "for the test".to_owned(),
        from: "2025-06-11".parse().expect("a day"),
        until: None,
    }
}
