//! A site with background work over an empty database, for tests.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use domain::Day;
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use store::grants::{self, NewGrant};
use store::people::{self, Person};
use store::sessions::{self, NewSession};
use store::units::{self, Unit, UnitKind};
use store::{Entry, PersonId, Store, UnitCode};
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::{App, Settings};

/// Token of the forms of every session.
const CSRF: &str = "0123456789abcdef0123456789abcdef";

/// A site with the worked example's model and files, at a fixed time.
pub(crate) struct Site {
    folder: TempDir,
    pub(crate) app: App,
    router: Router,
}

/// What a request was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// Where it leads; blank if nowhere.
    pub(crate) location: String,
    pub(crate) text: String,
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Browser {
    pub(crate) person: PersonId,
    cookie: String,
}

pub(crate) fn now() -> Timestamp {
    "2026-05-20T09:00:00Z".parse().expect("a moment")
}

pub(crate) async fn site() -> Site {
    let folder = tempfile::tempdir().expect("a folder");
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/whole_trust");
    copy(&golden, folder.path());
    let url = super::sqlite_in(folder.path()).await;
    let store = Store::open(&url).await.expect("a new database opens");
    let unit = Unit {
        code: UnitCode::new("TRUST"),
        name: "Trust".to_owned(),
        kind: UnitKind::Trust,
        parent: None,
        from: Day::from_civil(2025, 4, 1),
        until: None,
    };
    let entry = Entry::by("operator", now());
    let made = store
        .write(move |tx| Box::pin(async move { units::upsert(tx, &unit, None, &entry).await }));
    made.await.expect("the unit is new");
    let settings = Settings {
        trust: "Trust".to_owned(),
        address: "http://site.test".to_owned(),
        ..super::settings_of(folder.path())
    };
    let app = App::new(store, settings, Arc::new(now));
    let router = crate::router(app.clone());
    Site { folder, app, router }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("it is there").flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("copies");
        }
    }
}

impl Site {
    /// A path below the site's folder.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// Somebody with a role over the whole trust, signed in.
    pub(crate) async fn sign_in(&self, name: &str, role: &str) -> Browser {
        let person = Person {
            name: name.to_owned(),
            email: format!("{}@site.test", name.to_lowercase().replace(' ', ".")),
            job_title: "Accountant".to_owned(),
            profession: "finance".to_owned(),
        };
        let (token, role) = (store::random_token().expect("random bytes"), role.to_owned());
        let (entry, secret) = (Entry::by("operator", now()), token.clone());
        let made = self.app.store().write(move |tx| {
            Box::pin(async move {
                let id = people::create(tx, &person, &entry).await?;
                let grant = NewGrant {
                    person: id.clone(),
                    role,
                    unit: UnitCode::new("TRUST"),
                    patient_level: false,
                    reason: "Test".to_owned(),
                    from: Day::from_civil(2025, 4, 1),
                    until: None,
                };
                grants::grant(tx, &grant, &entry).await?;
                let (ip, agent) = ("127.0.0.1", "test");
                let session = NewSession { token: &secret, person: &id, csrf: CSRF, ip, agent };
                sessions::start(tx, &session, &entry).await?;
                Ok(id)
            })
        });
        let person = made.await.expect("the person is new");
        Browser { person, cookie: format!("sid={token}") }
    }

    pub(crate) async fn get(&self, who: &Browser, path: &str) -> Answer {
        self.send(who, Request::get(path).body(Body::empty())).await
    }

    /// Sends a form with the token of the session.
    pub(crate) async fn post(&self, who: &Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
        let fields: Vec<_> = [("csrf", CSRF)].iter().chain(fields).collect();
        let body = serde_urlencoded::to_string(fields).expect("fields are texts");
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body));
        self.send(who, request).await
    }

    /// Sends files; the token comes first where it is to be sent.
    pub(crate) async fn upload(
        &self,
        who: &Browser,
        path: &str,
        (has_token, fields): (bool, &[(&str, &str)]),
        files: &[(&str, &[u8])],
    ) -> Answer {
        let mut body = Vec::new();
        let token = [("csrf", CSRF)];
        for (name, value) in token.iter().filter(|_| has_token).chain(fields) {
            let part = format!(
                "--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend_from_slice(part.as_bytes());
        }
        for (name, bytes) in files {
            let head = format!(
                "--edge\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--edge--\r\n");
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
            .body(Body::from(body));
        self.send(who, request).await
    }

    async fn send(
        &self,
        who: &Browser,
        request: Result<Request<Body>, axum::http::Error>,
    ) -> Answer {
        let mut request = request.expect("a request");
        let cookie = who.cookie.parse().expect("a header");
        request.headers_mut().insert(header::COOKIE, cookie);
        let answered = self.router.clone().oneshot(request).await.expect("it always answers");
        read(answered).await
    }
}

async fn read(answered: Response<Body>) -> Answer {
    let status = answered.status();
    let location = answered.headers().get(header::LOCATION);
    let location = location.and_then(|it| it.to_str().ok()).unwrap_or_default().to_owned();
    let bytes = answered.into_body().collect().await.expect("a body").to_bytes();
    Answer { status, location, text: String::from_utf8_lossy(&bytes).into_owned() }
}
