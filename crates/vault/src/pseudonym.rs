//! Keyed pseudonyms: HMAC-SHA-256 of a native identifier, cut to 128 bits.

use std::fmt;

use domain::Key;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::key::SecretKey;

/// What a native identifier identifies; the same text gives another pseudonym in each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Namespace {
    /// A patient: `nhs|<ten digits>` or `local|<local id>`.
    Patient,
    /// A patient event.
    Event,
    /// A hospital provider spell.
    Spell,
    /// A consultant.
    Consultant,
    /// A row of an activity feed.
    Row,
    /// The stand-in for a restricted event after matching, by a key of its own.
    Restricted,
}

impl Namespace {
    /// The word that goes into the hash and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::Event => "event",
            Self::Spell => "spell",
            Self::Consultant => "consultant",
            Self::Row => "row",
            Self::Restricted => "restricted",
        }
    }
}

/// Makes pseudonyms; cheap to clone, safe to use from many threads at once.
#[derive(Clone)]
pub struct Pseudonyms {
    main: Hmac<Sha256>,
    restricted: Hmac<Sha256>,
}

impl Pseudonyms {
    pub(crate) fn new(key: &SecretKey) -> Self {
        let main = keyed(key.bytes());
        let second = main.clone().chain_update(b"restricted-key").finalize().into_bytes();
        Self { main, restricted: keyed(&second) }
    }

    /// The pseudonym of a native identifier.
    pub fn of(&self, namespace: Namespace, native: &str) -> Key {
        self.of_bytes(namespace, native.as_bytes())
    }

    /// The pseudonym of a native identifier given as bytes.
    ///
    /// # Source
    ///
    /// Our own design: HMAC-SHA-256 of `<namespace>|<native id>`, the first 128 bits.
    pub fn of_bytes(&self, namespace: Namespace, native: &[u8]) -> Key {
        let hash = match namespace {
            Namespace::Restricted => self.restricted.clone(),
            _ => self.main.clone(),
        };
        let hash = hash
            .chain_update(namespace.word().as_bytes())
            .chain_update(b"|")
            .chain_update(native)
            .finalize()
            .into_bytes();
        let mut first = [0; 16];
        first.copy_from_slice(&hash[..16]);
        Key::from_bytes(first)
    }
}

impl fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pseudonyms(..)")
    }
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}
