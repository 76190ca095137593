//! An identity provider on this very machine, for tests: it tells the truth, or lies as it is told.
//!
//! It is strict with whoever asks it: a request without PKCE, nonce or the right secret gets no
//! token, so that an honest sign-in proves that the client asks as it should.

mod answers;
mod signing;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;

use self::signing::Keys;
pub use self::signing::Signature;

/// What the provider calls the client.
pub const CLIENT: &str = "concord";
/// The secret of the client; the odd letters must be encoded in the header.
pub const SECRET: &str = "h:u/s h+";
/// The event of a notice that somebody signed out.
pub const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// How it behaves on the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// As it should.
    Proper,
    /// Every answer is an error of its own.
    Down,
    /// No answer for a minute.
    Slow,
    /// What it says of itself is megabytes.
    Huge,
    /// What it says of itself stands elsewhere.
    Redirects,
    /// It calls itself by another issuer.
    OtherIssuer,
    /// Its tokens come from another host.
    Elsewhere,
    /// It takes the secret in the form alone.
    SecretInForm,
    /// It does not say that its answers name it, and they do not.
    Nameless,
}

type Change = Box<dyn Fn(&mut Map<String, Value>) + Send>;

/// What somebody was asked for, until the code is exchanged.
struct Asked {
    nonce: String,
    challenge: String,
    redirect: String,
}

struct State {
    manner: Manner,
    signature: Signature,
    keys: Keys,
    subject: String,
    session: String,
    change: Change,
    names_itself: Option<String>,
    codes: BTreeMap<String, Asked>,
    calls: Vec<String>,
    number: u64,
}

struct Inner {
    address: String,
    clock: Box<dyn Fn() -> i64 + Send + Sync>,
    state: Mutex<State>,
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The provider. It ends with the runtime that it was started in.
#[derive(Clone)]
pub struct FakeProvider(Arc<Inner>);

impl FakeProvider {
    /// Starts an honest one, whose clock shows seconds since 1970.
    ///
    /// # Panics
    ///
    /// If the machine gives no port.
    pub async fn start(clock: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port of this machine");
        let address = listener.local_addr().expect("it has an address");
        let state = State {
            manner: Manner::Proper,
            signature: Signature::Rs256,
            keys: Keys::new(),
            subject: "subject-1".to_owned(),
            session: "there-1".to_owned(),
            change: Box::new(|_| ()),
            names_itself: None,
            codes: BTreeMap::new(),
            calls: Vec::new(),
            number: 0,
        };
        let inner = Inner {
            address: format!("http://{address}"),
            clock: Box::new(clock),
            state: Mutex::new(state),
        };
        let provider = Self(Arc::new(inner));
        let router = answers::router(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    /// Its issuer.
    pub fn issuer(&self) -> String {
        format!("{}/realm", self.0.address)
    }

    /// How it behaves from now on.
    pub fn behaves(&self, manner: Manner) {
        self.0.state().manner = manner;
    }

    /// How it signs from now on.
    pub fn signs(&self, signature: Signature) {
        self.0.state().signature = signature;
    }

    /// What it changes about the claims of each token of who somebody is.
    pub fn claims(&self, change: impl Fn(&mut Map<String, Value>) + Send + 'static) {
        self.0.state().change = Box::new(change);
    }

    /// Who signs in there from now on, and the name of their session.
    pub fn signs_in(&self, subject: &str, session: &str) {
        let mut state = self.0.state();
        (state.subject, state.session) = (subject.to_owned(), session.to_owned());
    }

    /// As whom it names itself when it sends a browser back.
    pub fn names_itself(&self, issuer: &str) {
        self.0.state().names_itself = Some(issuer.to_owned());
    }

    /// Takes new keys, and forgets the old ones.
    pub fn roll_over(&self) {
        let mut state = self.0.state();
        state.keys = state.keys.next();
    }

    /// How often an address of it was asked.
    pub fn calls(&self, path: &str) -> usize {
        self.0.state().calls.iter().filter(|it| *it == path).count()
    }

    /// What a browser does that is sent here: somebody signs in, and the browser is sent back. The
    /// parameters of the answer.
    ///
    /// # Panics
    ///
    /// If what is asked for is not as OpenID Connect and PKCE want it.
    pub fn visit(&self, address: &str) -> BTreeMap<String, String> {
        let asked = parameters(address);
        let get = |name: &str| asked.get(name).cloned().unwrap_or_default();
        assert!(address.starts_with(&format!("{}/realm/authorize?", self.0.address)), "{address}");
        assert_eq!(get("response_type"), "code");
        assert_eq!(get("client_id"), CLIENT);
        assert_eq!(get("code_challenge_method"), "S256");
        assert!(get("scope").split(' ').any(|it| it == "openid"), "{address}");
        for random in ["state", "nonce", "code_challenge"] {
            assert!(get(random).len() >= 43, "{random} has 256 bits");
        }
        let mut state = self.0.state();
        state.number += 1;
        let code = format!("code-{}", state.number);
        let kept = Asked {
            nonce: get("nonce"),
            challenge: get("code_challenge"),
            redirect: get("redirect_uri"),
        };
        state.codes.insert(code.clone(), kept);
        let mut answer = BTreeMap::new();
        answer.insert("code".to_owned(), code);
        answer.insert("state".to_owned(), get("state"));
        if state.manner != Manner::Nameless {
            let name = state.names_itself.clone().unwrap_or_else(|| self.issuer());
            answer.insert("iss".to_owned(), name);
        }
        answer
    }

    /// A token with claims, signed in a way.
    pub fn token(&self, (kind, claims): (&str, &Value), signature: Signature) -> String {
        self.0.state().keys.sign(kind, claims, signature)
    }

    /// The claims of an honest notice that somebody signed out.
    pub fn notice(&self, subject: &str, session: &str) -> Value {
        let now = (self.0.clock)();
        let mut state = self.0.state();
        state.number += 1;
        json!({
            "iss": self.issuer(),
            "aud": CLIENT,
            "iat": now,
            "exp": now + 120,
            "jti": format!("notice-{}", state.number),
            "sub": subject,
            "sid": session,
            "events": { LOGOUT_EVENT: {} },
        })
    }

    /// Exchanges a code, once, for whoever has the verifier.
    fn exchange(&self, form: &BTreeMap<String, String>) -> Option<String> {
        let get = |name: &str| form.get(name).map_or("", String::as_str);
        let now = (self.0.clock)();
        let mut state = self.0.state();
        let asked = state.codes.remove(get("code"))?;
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(get("code_verifier")));
        let is_right = get("grant_type") == "authorization_code"
            && challenge == asked.challenge
            && get("redirect_uri") == asked.redirect;
        if !is_right {
            return None;
        }
        let mut claims = Map::new();
        let said = json!({
            "iss": self.issuer(),
            "aud": CLIENT,
            "sub": state.subject,
            "sid": state.session,
            "nonce": asked.nonce,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
        });
        claims.extend(said.as_object().cloned().unwrap_or_default());
        (state.change)(&mut claims);
        Some(state.keys.sign("JWT", &Value::Object(claims), state.signature))
    }
}

/// The parameters of an address.
pub fn parameters(address: &str) -> BTreeMap<String, String> {
    let query = address.split_once('?').map_or("", |it| it.1);
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    pairs.into_iter().collect()
}
