//! A signed token (RFC 7515, 7519): three parts, believed only once everything holds.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::keys::{Algorithm, Keys};

/// Clocks may differ by so many seconds.
pub(crate) const SKEW_S: i64 = 60;

/// Characters of a token at most.
const TOKEN_MAX: usize = 32 << 10;

#[derive(Debug, Deserialize)]
struct Head {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    typ: Option<String>,
    #[serde(default)]
    crit: Option<Value>,
}

/// A token whose signature nobody has looked at.
#[derive(Debug)]
pub(crate) struct Unverified<'a> {
    algorithm: Algorithm,
    kid: Option<String>,
    typ: String,
    signed: &'a str,
    payload: &'a str,
    signature: Vec<u8>,
}

impl<'a> Unverified<'a> {
    /// Takes a token apart; one that is signed in a way that is not on the list ends here.
    pub(crate) fn read(text: &'a str) -> Result<Self> {
        let unreadable = || Error::Refused("the token cannot be read");
        if text.len() > TOKEN_MAX {
            return Err(Error::Refused("the token is too long"));
        }
        let (signed, signature) = text.rsplit_once('.').ok_or_else(unreadable)?;
        let (head, payload) = signed.split_once('.').ok_or_else(unreadable)?;
        let head: Head = serde_json::from_slice(&decoded(head)?).map_err(|_| unreadable())?;
        let algorithm = serde_json::from_value(Value::String(head.alg));
        let algorithm =
            algorithm.map_err(|_| Error::Refused("signed in a way that is not allowed"))?;
        if head.crit.is_some() {
            return Err(Error::Refused("the token asks for more than is understood"));
        }
        let typ = head.typ.unwrap_or_default().to_ascii_lowercase();
        let signature = decoded(signature)?;
        Ok(Self { algorithm, kid: head.kid, typ, signed, payload, signature })
    }

    /// Whether the keys have the one that signed it.
    pub(crate) fn is_known_to(&self, keys: &Keys) -> bool {
        keys.has(self.algorithm, self.kid.as_deref())
    }

    /// The claims, once the signature holds.
    pub(crate) fn verify(self, keys: &Keys) -> Result<Claims> {
        let by = (self.algorithm, self.kid.as_deref());
        keys.verify(by, self.signed.as_bytes(), &self.signature)?;
        let claims = serde_json::from_slice(&decoded(self.payload)?);
        let claims = claims.map_err(|_| Error::Refused("the token cannot be read"))?;
        Ok(Claims { claims, typ: self.typ })
    }
}

fn decoded(part: &str) -> Result<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| Error::Refused("the token cannot be read"))
}

/// What a token says.
#[derive(Debug)]
pub(crate) struct Claims {
    claims: Map<String, Value>,
    pub(crate) typ: String,
}

impl Claims {
    /// A claim, whatever it is.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.claims.get(name)
    }

    /// A text that is not blank.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str().filter(|it| !it.is_empty())
    }

    /// An instant in whole seconds; some providers write fractions, which go away.
    pub(crate) fn seconds(&self, name: &str) -> Option<i64> {
        let value = self.get(name)?;
        value.as_i64().or_else(|| value.to_string().split('.').next()?.parse().ok())
    }

    /// Refuses what another issuer made, or what is for another site.
    pub(crate) fn is_from_to(&self, issuer: &str, client: &str) -> Result<()> {
        if self.text("iss") != Some(issuer) {
            return Err(Error::Refused("the token is of another issuer"));
        }
        let is_ours = match self.get("aud") {
            Some(Value::String(one)) => one == client,
            Some(Value::Array(many)) => {
                // Others beside us could pass it on, so it must have been made for us.
                many.iter().any(|it| it == client)
                    && (many.len() == 1 || self.text("azp") == Some(client))
            }
            _ => false,
        };
        if !is_ours || self.get("azp").is_some_and(|it| it != client) {
            return Err(Error::Refused("the token is for another site"));
        }
        Ok(())
    }

    /// Refuses what has expired, or was made in the future or longer ago than that.
    pub(crate) fn is_of_now(&self, now: Timestamp, age_max_s: i64) -> Result<()> {
        let now = now.as_second();
        let made = self.seconds("iat").ok_or(Error::Refused("the token does not say its time"))?;
        if made > now + SKEW_S || self.seconds("nbf").is_some_and(|it| it > now + SKEW_S) {
            return Err(Error::Refused("the token is from the future"));
        }
        if made < now - age_max_s - SKEW_S {
            return Err(Error::Refused("the token is too old"));
        }
        if self.get("exp").is_some() && self.seconds("exp").is_none_or(|it| it + SKEW_S <= now) {
            return Err(Error::Refused("the token has expired"));
        }
        Ok(())
    }

    /// Whether a claim is, or has among others, one of some values.
    pub(crate) fn has_one_of(&self, name: &str, values: &[String]) -> bool {
        let is_one = |it: &Value| it.as_str().is_some_and(|it| values.iter().any(|v| v == it));
        match self.get(name) {
            Some(Value::Array(many)) => many.iter().any(is_one),
            Some(one) => is_one(one),
            None => false,
        }
    }
}
