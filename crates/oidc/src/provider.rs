//! A provider: begin to sign in, finish it, and hear of somebody who signed out there.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};
use crate::keys::Keys;
use crate::metadata::Metadata;
use crate::settings::Settings;
use crate::token::{Claims, SKEW_S, Unverified};
use outbound::{Form, Net};

/// What a provider says of itself is believed for so long.
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(1);
/// Its keys are asked for again at most so often, whatever tokens come.
const KEYS_EVERY: SignedDuration = SignedDuration::from_secs(30);
/// Whoever went to the provider is back within so many seconds.
const AWAY_MAX_S: i64 = 600;
/// A notice of signing out is news for so many seconds.
const NEWS_S: i64 = 300;
/// Characters of a subject or session at most; OpenID Connect allows 255.
const NAME_MAX: usize = 255;
const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// An identity provider.
#[derive(Debug)]
pub struct Provider {
    settings: Settings,
    net: Net,
    known: Mutex<Option<Arc<Known>>>,
}

/// What a code is exchanged for, as far as it is used.
#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

/// What the provider said, and when.
#[derive(Debug)]
struct Known {
    metadata: Metadata,
    keys: Keys,
    at: Timestamp,
    keys_at: Timestamp,
}

/// How somebody is to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Whoever is signed in there already need not prove it again.
    Usual,
    /// They prove it now.
    Anew,
}

/// Somebody is sent to the provider.
#[derive(Debug)]
pub struct Begun {
    /// Where to.
    pub address: String,
    /// What their browser must bring back, sealed: it is the proof that it is the same browser.
    pub kept: Kept,
}

/// What is remembered of somebody who was sent to the provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    state: String,
    nonce: String,
    verifier: String,
    anew: bool,
    at: i64,
}

/// What the provider sends a browser back with.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Returned {
    /// The code that is exchanged for a token.
    #[serde(default)]
    pub code: String,
    /// Which of our requests it answers.
    #[serde(default)]
    pub state: String,
    /// Who answers (RFC 9207); blank where the provider does not say.
    #[serde(default)]
    pub iss: String,
    /// Why there is no code; blank where there is one.
    #[serde(default)]
    pub error: String,
}

/// Who somebody is, by the word of the provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Issuer; with the subject, it is all that a person is known by.
    pub issuer: String,
    /// Subject.
    pub subject: String,
    /// The session there, if it has a name.
    pub session: Option<String>,
    /// When they proved who they are, in seconds, if the provider says so.
    proved_at_s: Option<i64>,
    /// Whether they showed a second factor, by the settings.
    pub second_factor: bool,
}

/// Somebody signed out at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedOut {
    /// Issuer.
    pub issuer: String,
    /// Whose sessions end; any person's where it is none.
    pub subject: Option<String>,
    /// Which session ends; each of the person's where it is none.
    pub session: Option<String>,
    /// Name of the notice, which counts once.
    pub name: String,
    /// Until when a notice of this name must be remembered.
    pub until: Timestamp,
}

impl Proof {
    /// When they proved who they are, if the provider says so.
    pub fn proved_at(&self) -> Option<Timestamp> {
        self.proved_at_s.map(instant)
    }
}

impl Kept {
    /// Refuses an answer to another request, of another browser, or one that comes too late. It
    /// asks nobody, so that nothing of an answer is used before.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`].
    pub fn check(&self, returned: &Returned, now: Timestamp) -> Result<()> {
        let (ours, theirs) = (self.state.as_bytes(), returned.state.as_bytes());
        let differs = ours.iter().zip(theirs).fold(0, |it, (a, b)| it | (a ^ b));
        if ours.len() != theirs.len() || differs != 0 {
            return Err(Error::Refused("the answer is to another request"));
        }
        let away = now.as_second() - self.at;
        if !(0..AWAY_MAX_S).contains(&away) {
            return Err(Error::Refused("the answer came too late"));
        }
        Ok(())
    }

    /// Name of the request, which is answered once.
    pub fn name(&self) -> &str {
        &self.state
    }

    /// Until when its name must be remembered.
    pub fn until(&self) -> Timestamp {
        instant(self.at + AWAY_MAX_S)
    }
}

impl Provider {
    /// A provider; nothing is asked of it yet.
    ///
    /// # Errors
    ///
    /// [`Error::Unfit`] as [`Settings::checked`].
    pub fn new(settings: Settings) -> Result<Self> {
        let settings = settings.checked()?;
        let net = Net::new(settings.allowed(), settings.patience);
        Ok(Self { settings, net, known: Mutex::new(None) })
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// Sends somebody to the provider.
    ///
    /// # Errors
    ///
    /// [`Error::Unreachable`] or [`Error::Unfit`] if it does not say where to.
    pub async fn begin(&self, ask: Ask, now: Timestamp) -> Result<Begun> {
        let known = self.known(now).await?;
        let kept = Kept {
            state: random()?,
            nonce: random()?,
            verifier: random()?,
            anew: ask == Ask::Anew,
            at: now.as_second(),
        };
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(kept.verifier.as_bytes()));
        let scopes = self.settings.scopes.join(" ");
        let mut asked = vec![
            ("response_type", "code"),
            ("client_id", &self.settings.client_id),
            ("redirect_uri", &self.settings.return_address),
            ("scope", &scopes),
            ("state", &kept.state),
            ("nonce", &kept.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        if !self.settings.acr_values.is_empty() {
            asked.push(("acr_values", &self.settings.acr_values));
        }
        if ask == Ask::Anew {
            asked.extend([("prompt", "login"), ("max_age", "0")]);
        }
        let endpoint = &known.metadata.authorization_endpoint;
        let joint = if endpoint.contains('?') { '&' } else { '?' };
        Ok(Begun { address: format!("{endpoint}{joint}{}", encoded(&asked)?), kept })
    }

    /// Finishes what was begun: exchanges the code and believes the token, if all of it holds.
    ///
    /// # Errors
    ///
    /// Whatever speaks against it; then nobody is signed in.
    pub async fn finish(&self, kept: &Kept, returned: &Returned, now: Timestamp) -> Result<Proof> {
        kept.check(returned, now)?;
        let known = self.known(now).await?;
        self.is_from_here(&known, returned)?;
        if !returned.error.is_empty() {
            return Err(Error::Declined(word(&returned.error)));
        }
        if returned.code.is_empty() {
            return Err(Error::Refused("the answer has no code"));
        }
        let text = self.exchange(&known, kept, &returned.code).await?;
        let claims = self.believed(known, &text, now).await?;
        if claims.typ == "logout+jwt" || claims.get("events").is_some() {
            return Err(Error::Refused("the token is of another kind"));
        }
        claims.is_of_now(now, AWAY_MAX_S)?;
        if claims.get("exp").is_none() {
            return Err(Error::Refused("the token never expires"));
        }
        if claims.text("nonce") != Some(&kept.nonce) {
            return Err(Error::Refused("the token answers another request"));
        }
        self.proof(&claims, kept, now)
    }

    /// Who names themselves in an answer must be who was asked (RFC 9207).
    fn is_from_here(&self, known: &Known, returned: &Returned) -> Result<()> {
        let must = known.metadata.authorization_response_iss_parameter_supported;
        if (must || !returned.iss.is_empty()) && returned.iss != self.settings.issuer {
            return Err(Error::Refused("another provider answers"));
        }
        Ok(())
    }

    fn proof(&self, claims: &Claims, kept: &Kept, now: Timestamp) -> Result<Proof> {
        let proved = claims.seconds("auth_time");
        if kept.anew && proved.is_none_or(|it| it < kept.at - SKEW_S) {
            return Err(Error::Refused("nobody proved anew who they are"));
        }
        if proved.is_some_and(|it| it > now.as_second() + SKEW_S) {
            return Err(Error::Refused("the token is from the future"));
        }
        let shown = |(claim, values): (&String, &Vec<String>)| claims.has_one_of(claim, values);
        Ok(Proof {
            issuer: self.settings.issuer.clone(),
            subject: name(claims, "sub")?.ok_or(Error::Refused("the token names nobody"))?,
            session: name(claims, "sid")?,
            proved_at_s: proved.map(|it| it.min(now.as_second())),
            second_factor: self.settings.second_factor.iter().any(shown),
        })
    }

    /// Reads a notice that somebody signed out (OpenID Connect Back-Channel Logout 1.0, 2.6).
    ///
    /// # Errors
    ///
    /// Whatever speaks against it; then no session ends.
    pub async fn logged_out(&self, token: &str, now: Timestamp) -> Result<LoggedOut> {
        // A token that cannot be right costs the provider no question.
        Unverified::read(token)?;
        let known = self.known(now).await?;
        let claims = self.believed(known, token, now).await?;
        claims.is_of_now(now, NEWS_S)?;
        if !matches!(claims.typ.as_str(), "" | "jwt" | "logout+jwt") {
            return Err(Error::Refused("the token is of another kind"));
        }
        let event = claims.get("events").and_then(|it| it.get(LOGOUT_EVENT));
        if !event.is_some_and(serde_json::Value::is_object) {
            return Err(Error::Refused("the token is of another kind"));
        }
        if claims.get("nonce").is_some() {
            return Err(Error::Refused("a notice of signing out has no nonce"));
        }
        let (subject, session) = (name(&claims, "sub")?, name(&claims, "sid")?);
        if subject.is_none() && session.is_none() {
            return Err(Error::Refused("the token names nobody"));
        }
        Ok(LoggedOut {
            issuer: self.settings.issuer.clone(),
            subject,
            session,
            name: name(&claims, "jti")?.ok_or(Error::Refused("the notice has no name"))?,
            until: now + SignedDuration::from_secs(NEWS_S + 2 * SKEW_S),
        })
    }

    /// The claims of a token of this provider for this site. Where its key is unknown, the keys are
    /// fetched again: a provider changes them.
    async fn believed(&self, known: Arc<Known>, text: &str, now: Timestamp) -> Result<Claims> {
        let token = Unverified::read(text)?;
        let is_due = now.duration_since(known.keys_at).abs() >= KEYS_EVERY;
        let known = if !token.is_known_to(&known.keys) && is_due {
            let keys = Keys::fetch(&self.net, &known.metadata.jwks_uri).await?;
            let metadata = known.metadata.clone();
            self.remember(Known { metadata, keys, at: known.at, keys_at: now })
        } else {
            known
        };
        let claims = token.verify(&known.keys)?;
        claims.is_from_to(&self.settings.issuer, &self.settings.client_id)?;
        Ok(claims)
    }

    async fn exchange(&self, known: &Known, kept: &Kept, code: &str) -> Result<String> {
        let (id, secret) = (&self.settings.client_id, self.settings.client_secret.reveal());
        let mut asked = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.settings.return_address),
            ("code_verifier", &kept.verifier),
        ];
        let takes_header = known.metadata.takes_header();
        let authorization = takes_header.then(|| basic(id, secret));
        if !takes_header {
            asked.extend([("client_id", id.as_str()), ("client_secret", secret)]);
        }
        let form = Form { body: encoded(&asked)?, authorization };
        let (status, body) = self.net.ask(&known.metadata.token_endpoint, Some(form)).await?;
        match status {
            StatusCode::OK => {}
            it if it.is_client_error() => {
                return Err(Error::Refused("the provider does not take the code"));
            }
            it => return Err(Error::Unreachable(format!("it answered {}", it.as_u16()))),
        }
        let answer: serde_json::Result<Tokens> = serde_json::from_slice(&body);
        answer.map(|it| it.id_token).map_err(|_| Error::Refused("the answer has no token"))
    }

    async fn known(&self, now: Timestamp) -> Result<Arc<Known>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known.filter(|it| now.duration_since(it.at).abs() < KNOWN_FOR) {
            return Ok(known);
        }
        let metadata = Metadata::fetch(&self.net, &self.settings.issuer).await?;
        let keys = Keys::fetch(&self.net, &metadata.jwks_uri).await?;
        Ok(self.remember(Known { metadata, keys, at: now, keys_at: now }))
    }

    fn remember(&self, known: Known) -> Arc<Known> {
        let known = Arc::new(known);
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&known));
        known
    }
}

/// A name of somebody or something; none if it is not said.
fn name(claims: &Claims, claim: &'static str) -> Result<Option<String>> {
    if claims.get(claim).is_none() {
        return Ok(None);
    }
    let text = claims.text(claim).filter(|it| it.len() <= NAME_MAX && !it.contains('\0'));
    text.map(|it| Some(it.to_owned())).ok_or(Error::Refused("a name in the token is none"))
}

/// 256 random bits in characters that stand in an address as they are.
fn random() -> Result<String> {
    let mut bytes = [0; 32];
    let none = |_| Error::Unfit("the system gave no random bytes".to_owned());
    getrandom::fill(&mut bytes).map_err(none)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

fn encoded(pairs: &[(&str, &str)]) -> Result<String> {
    serde_urlencoded::to_string(pairs).map_err(|error| Error::Unfit(error.to_string()))
}

/// The header of RFC 6749, 2.3.1: both are encoded as in a form first.
fn basic(id: &str, secret: &str) -> String {
    let encode = |text: &str| {
        let pair = serde_urlencoded::to_string([("", text)]).unwrap_or_default();
        pair.trim_start_matches('=').to_owned()
    };
    let pair = format!("{}:{}", encode(id), encode(secret));
    format!("Basic {}", BASE64_STANDARD.encode(pair))
}

/// What a provider says, as far as it is a word of the standard.
fn word(text: &str) -> String {
    text.chars().filter(|it| it.is_ascii_lowercase() || *it == '_').take(40).collect()
}

fn instant(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
