//! The keys that a provider signs with, and whether a signature is by one of them.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;

use crate::error::{Error, Result};
use outbound::Net;

/// Keys at most; a provider has a handful.
const KEYS_MAX: usize = 64;

/// How a token may be signed: by a key of the provider alone. What anybody can make (`none`) or
/// whoever knows a shared secret (`HS256`) is not on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum Algorithm {
    RS256,
    PS256,
    ES256,
}

/// A key as it is published (RFC 7517).
#[derive(Clone, Debug, Deserialize)]
struct Published {
    kty: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default, rename = "use")]
    purpose: Option<String>,
    #[serde(default)]
    alg: Option<String>,
    #[serde(default)]
    crv: String,
    #[serde(default)]
    n: String,
    #[serde(default)]
    e: String,
    #[serde(default)]
    x: String,
    #[serde(default)]
    y: String,
}

#[derive(Debug, Deserialize)]
struct PublishedSet {
    keys: Vec<serde_json::Value>,
}

/// One key that can be checked with.
#[derive(Clone, Debug)]
struct Key {
    kid: Option<String>,
    alg: Option<String>,
    public: Public,
}

#[derive(Clone, Debug)]
enum Public {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256(Vec<u8>),
}

/// All keys of a provider.
#[derive(Clone, Debug)]
pub(crate) struct Keys(Vec<Key>);

impl Keys {
    pub(crate) async fn fetch(net: &Net, address: &str) -> Result<Self> {
        Self::read(&net.get(address).await?)
    }

    /// Keys of kinds that are not used are passed over.
    pub(crate) fn read(text: &[u8]) -> Result<Self> {
        let unreadable = |_| Error::Unfit("its keys cannot be read".to_owned());
        let set: PublishedSet = serde_json::from_slice(text).map_err(unreadable)?;
        let keys = set.keys.into_iter().take(KEYS_MAX).filter_map(|it| {
            let published: Published = serde_json::from_value(it).ok()?;
            Key::of(published)
        });
        Ok(Self(keys.collect()))
    }

    /// Whether there is a key by which a token says it is signed.
    pub(crate) fn has(&self, algorithm: Algorithm, kid: Option<&str>) -> bool {
        self.find(algorithm, kid).is_some()
    }

    /// Whether a signature is by the key.
    pub(crate) fn verify(
        &self,
        (algorithm, kid): (Algorithm, Option<&str>),
        signed: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        let key = self.find(algorithm, kid).ok_or(Error::Refused("signed by an unknown key"))?;
        let holds = match (&key.public, algorithm) {
            (Public::Rsa { n, e }, Algorithm::RS256) => {
                let key = RsaPublicKeyComponents { n, e };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature)
            }
            (Public::Rsa { n, e }, Algorithm::PS256) => {
                let key = RsaPublicKeyComponents { n, e };
                key.verify(&RSA_PSS_2048_8192_SHA256, signed, signature)
            }
            (Public::P256(point), Algorithm::ES256) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed, signature)
            }
            _ => Err(ring::error::Unspecified),
        };
        holds.map_err(|_| Error::Refused("the signature does not hold"))
    }

    /// The key of a name; where a token names none, the only one that fits.
    fn find(&self, algorithm: Algorithm, kid: Option<&str>) -> Option<&Key> {
        let mut fitting = self.0.iter().filter(|it| it.fits(algorithm));
        match kid {
            Some(kid) => fitting.find(|it| it.kid.as_deref() == Some(kid)),
            None => fitting.next().filter(|_| fitting.next().is_none()),
        }
    }
}

impl Key {
    fn of(it: Published) -> Option<Self> {
        if it.purpose.as_deref().is_some_and(|it| it != "sig") {
            return None;
        }
        let bytes = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).ok();
        let public = match it.kty.as_str() {
            "RSA" => Public::Rsa { n: bytes(&it.n)?, e: bytes(&it.e)? },
            "EC" if it.crv == "P-256" => {
                let (x, y) = (bytes(&it.x)?, bytes(&it.y)?);
                // 4 marks a point that is written out whole.
                Public::P256([&[4], x.as_slice(), y.as_slice()].concat())
            }
            _ => return None,
        };
        Some(Self { kid: it.kid, alg: it.alg, public })
    }

    fn fits(&self, algorithm: Algorithm) -> bool {
        let is_of_kind = match self.public {
            Public::Rsa { .. } => matches!(algorithm, Algorithm::RS256 | Algorithm::PS256),
            Public::P256(_) => algorithm == Algorithm::ES256,
        };
        let named = format!("{algorithm:?}");
        is_of_kind && self.alg.as_ref().is_none_or(|it| *it == named)
    }
}
