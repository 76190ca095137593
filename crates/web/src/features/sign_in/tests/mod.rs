//! Signing in through an identity provider, honest and lying, as a browser sees it.

mod account;
mod lies;
mod logout;
mod network;
mod signing_in;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use jiff::SignedDuration;
use store::audit::{self, Asked, Outcome, Recorded};
use store::{PersonId, identities};
use testkit::provider::{CLIENT, FakeProvider, SECRET};

use crate::shell::testing::{Answer, Browser, Site, request, site_with};

/// When a site of tests begins.
const START: &str = "2026-06-11T09:00:00Z";

/// A site with a provider, and the provider's clock.
struct World {
    site: Site,
    provider: FakeProvider,
    clock: Arc<AtomicI64>,
}

/// An honest provider, and a site that knows it.
async fn world() -> World {
    world_with(|_| ()).await
}

async fn world_with(change: impl FnOnce(&mut oidc::Settings)) -> World {
    world_of(|_| (), change).await
}

async fn world_of(
    change_site: impl FnOnce(&mut crate::Settings),
    change: impl FnOnce(&mut oidc::Settings),
) -> World {
    let start: jiff::Timestamp = START.parse().expect("an instant");
    let clock = Arc::new(AtomicI64::new(start.as_second()));
    let hands = Arc::clone(&clock);
    let provider = FakeProvider::start(move || hands.load(Ordering::SeqCst)).await;
    let mut settings = oidc::Settings {
        name: "NHS CIS2".to_owned(),
        issuer: provider.issuer(),
        client_id: CLIENT.to_owned(),
        client_secret: oidc::Secret::new(SECRET),
        return_address: "http://127.0.0.1:8080/sign-in/provider/return".to_owned(),
        scopes: vec!["openid".to_owned(), "profile".to_owned()],
        acr_values: String::new(),
        second_factor: [
            ("acr".to_owned(), vec!["AAL3".to_owned(), "AAL2".to_owned()]),
            ("amr".to_owned(), vec!["mfa".to_owned()]),
        ]
        .into(),
        origins: Vec::new(),
        patience: Duration::from_secs(5),
    };
    change(&mut settings);
    let known = oidc::Provider::new(settings).expect("settings that can work");
    let site = site_with(|it| {
        it.provider = Some(Arc::new(known));
        change_site(it);
    })
    .await;
    World { site, provider, clock }
}

impl World {
    /// Lets time pass, here and there.
    fn wait(&self, time: SignedDuration) {
        self.site.wait(time);
        self.clock.fetch_add(time.as_secs(), Ordering::SeqCst);
    }

    /// A person whom the provider knows by a subject.
    async fn known(&self, name: &str, role: &str, subject: &'static str) -> PersonId {
        let id = self.site.person(name, role).await;
        self.link(&id, subject).await;
        id
    }

    async fn link(&self, id: &PersonId, subject: &'static str) {
        let (id, entry, issuer) = (id.clone(), self.site.operator(), self.provider.issuer());
        let linked = self.site.store().write(move |tx| {
            Box::pin(async move { identities::link(tx, &id, (&issuer, subject), &entry).await })
        });
        linked.await.expect("it is new");
    }

    /// Sends a browser to the provider; what it carries, and where it was sent.
    async fn leave(&self, browser: &Browser, path: &str) -> (Browser, String) {
        let answer = self.site.get(browser, path).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", answer.text);
        (carrying(browser, &answer), answer.location().to_owned())
    }

    /// Comes back with what the provider gave.
    async fn come_back(&self, browser: &Browser, address: &str) -> Answer {
        let answer = self.provider.visit(address);
        self.site.get(browser, &back(&answer)).await
    }

    /// Signs in by the provider, or tries to.
    async fn sign_in(&self) -> Answer {
        let (browser, address) = self.leave(&stranger(), "/sign-in/provider?next=/account").await;
        self.come_back(&browser, &address).await
    }

    /// A browser of whoever the provider signs in, who is known here.
    async fn browser(&self) -> Browser {
        let answer = self.sign_in().await;
        assert_eq!(answer.location(), "/account", "{}", answer.text);
        self.in_session(&answer).await
    }

    /// The browser with the session that an answer left with it, and the token of its forms.
    async fn in_session(&self, answer: &Answer) -> Browser {
        let cookie = cookie_of(answer, "sid").expect("a session");
        self.with_token(Browser { cookie: format!("sid={cookie}"), ..Browser::default() }).await
    }

    async fn with_token(&self, browser: Browser) -> Browser {
        let page = self.site.get(&browser, "/account").await.text;
        let csrf = page.split("name=\"csrf\" value=\"").nth(1).and_then(|it| it.split('"').next());
        Browser { csrf: csrf.unwrap_or_default().to_owned(), ..browser }
    }

    async fn is_in(&self, browser: &Browser) -> bool {
        self.site.get(browser, "/account").await.reached
    }

    /// The latest record.
    async fn last(&self) -> Recorded {
        let mut db = self.site.store().read().await.expect("a connection");
        let rows = audit::list(&mut db, &Asked::default(), 1).await.expect("a read");
        rows.into_iter().next().expect("there are rows")
    }

    /// Nobody is signed in: a clear page, no session, and a record of why.
    async fn is_refused(&self, answer: &Answer, why: &str) {
        assert!(cookie_of(answer, "sid").is_none(), "{why}: no session");
        let status = answer.status;
        let expected = [StatusCode::UNPROCESSABLE_ENTITY, StatusCode::SERVICE_UNAVAILABLE];
        assert!(expected.contains(&status), "{why}: {status}");
        assert!(answer.text.contains("<h1"), "{why}: a page");
        assert!(answer.text.contains("NHS CIS2"), "{why}: it names the provider");
        assert!(answer.text.contains("Start again"), "{why}: it says what to do");
        let row = self.last().await;
        assert_eq!(row.entry.action, "sign-in.provider", "{why}");
        assert_eq!(row.entry.outcome, Outcome::Refused, "{why}");
        let because = row.entry.purpose.unwrap_or_default();
        assert!(because.contains(why), "`{because}` is not `{why}`");
    }
}

/// A browser that nobody has signed in with.
fn stranger() -> Browser {
    let token = "0123456789abcdef0123456789abcdef";
    Browser { cookie: format!("before={token}"), csrf: token.to_owned(), ..Browser::default() }
}

/// The value of a cookie that an answer sets; none if it sets none or takes it away.
fn cookie_of(answer: &Answer, name: &str) -> Option<String> {
    let lines = answer.headers.get_all("set-cookie").iter().filter_map(|it| it.to_str().ok());
    let mut pairs = lines.filter_map(|it| it.split(';').next()?.split_once('='));
    pairs.find(|it| it.0 == name && !it.1.is_empty()).map(|it| it.1.to_owned())
}

/// The browser with the cookies that an answer set beside those it had.
fn carrying(browser: &Browser, answer: &Answer) -> Browser {
    let mut cookie = browser.cookie.clone();
    for name in ["away", "proof"] {
        if let Some(value) = cookie_of(answer, name) {
            cookie += &format!("; {name}={value}");
        }
    }
    Browser { cookie, ..browser.clone() }
}

/// Where the provider sends a browser back to, with parameters.
fn back(answer: &std::collections::BTreeMap<String, String>) -> String {
    let query = serde_urlencoded::to_string(answer).expect("texts");
    format!("/sign-in/provider/return?{query}")
}

/// What the provider sends: a notice, without cookies.
async fn notify(world: &World, token: &str) -> Answer {
    let nobody = Browser::default();
    let request = request(Method::POST, &nobody, "/sign-in/provider/logout");
    world.site.form(request, &[("logout_token", token)]).await
}
