//! How the fake provider signs, or seems to.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaEncoding, RsaKeyPair,
};
use serde_json::{Value, json};

use super::{CLIENT, SECRET};

/// A key that is in the repository and so protects nothing; to make one takes too long for a test.
const RSA: &[u8] = include_bytes!("../../data/fake_provider_rsa.pk8");

/// How a token is signed, or seems to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// RSA, PKCS #1.
    Rs256,
    /// RSA, PSS.
    Ps256,
    /// P-256.
    Es256,
    /// Without naming the key.
    WithoutKeyName,
    /// Not at all, and says so.
    None,
    /// Not at all, and says so in another spelling.
    NoneSpelled,
    /// By whoever knows the client's secret.
    HmacOfSecret,
    /// By whoever knows the client's name.
    HmacOfClient,
    /// By whoever knows the public key.
    HmacOfPublicKey,
    /// By a key that the provider does not publish.
    UnknownKey,
    /// By such a key, under the name of one that it does.
    StolenName,
    /// Honest, but the claims were changed afterwards.
    ChangedAfterwards,
    /// Honest, but cut off.
    CutOff,
    /// Honest, with a header that wants to be understood.
    Critical,
}

/// Keys of one generation.
pub(super) struct Keys {
    generation: u32,
    rsa: RsaKeyPair,
    p256: EcdsaKeyPair,
    random: SystemRandom,
}

impl Keys {
    pub(super) fn new() -> Self {
        Self::of(1)
    }

    /// The next generation; since an RSA key takes long to make, it signs by P-256 alone.
    pub(super) fn next(&self) -> Self {
        Self::of(self.generation + 1)
    }

    fn of(generation: u32) -> Self {
        let random = SystemRandom::new();
        let p256 = p256(&random);
        let rsa = RsaKeyPair::from_pkcs8(RSA).expect("the key of the repository");
        Self { generation, rsa, p256, random }
    }

    fn name(&self, kind: &str) -> String {
        format!("{kind}-{}", self.generation)
    }

    /// As they are published.
    pub(super) fn published(&self) -> Value {
        let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let rsa: PublicKeyComponents<Vec<u8>> = self.rsa.public().into();
        let point = self.p256.public_key().as_ref();
        let p256 = json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "kid": self.name("ec"),
            "x": text(&point[1..33]), "y": text(&point[33..65]),
        });
        let rsa = json!({
            "kty": "RSA", "use": "sig", "kid": self.name("rsa"),
            "n": text(&rsa.n), "e": text(&rsa.e),
        });
        // One that is no key for signatures, and one of a kind that is not used.
        let others = [
            json!({"kty": "RSA", "use": "enc", "kid": "enc", "n": "AQAB", "e": "AQAB"}),
            json!({"kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": "AQAB"}),
        ];
        let mut keys = others.to_vec();
        keys.push(p256);
        if self.generation == 1 {
            keys.push(rsa);
        }
        json!({ "keys": keys })
    }

    pub(super) fn sign(&self, kind: &str, claims: &Value, how: Signature) -> String {
        let (algorithm, key) = match how {
            Signature::Ps256 => ("PS256", Some(self.name("rsa"))),
            Signature::Es256 | Signature::StolenName => ("ES256", Some(self.name("ec"))),
            Signature::WithoutKeyName => ("ES256", None),
            Signature::None => ("none", None),
            Signature::NoneSpelled => ("nOnE", Some(self.name("ec"))),
            Signature::HmacOfSecret | Signature::HmacOfClient => ("HS256", None),
            Signature::HmacOfPublicKey => ("HS256", Some(self.name("rsa"))),
            Signature::UnknownKey => ("ES256", Some("stranger".to_owned())),
            _ => ("RS256", Some(self.name("rsa"))),
        };
        let mut head = json!({ "alg": algorithm, "typ": kind });
        if let Some(key) = key {
            head["kid"] = Value::String(key);
        }
        if how == Signature::Critical {
            head["crit"] = json!(["exp"]);
        }
        let part = |it: &Value| BASE64_URL_SAFE_NO_PAD.encode(it.to_string());
        let signed = format!("{}.{}", part(&head), part(claims));
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.signature(how, signed.as_bytes()));
        match how {
            Signature::ChangedAfterwards => {
                let mut claims = claims.clone();
                claims["sub"] = json!("subject-2");
                format!("{}.{}.{signature}", part(&head), part(&claims))
            }
            // At a multiple of four characters, so that it is still base64.
            Signature::CutOff => format!("{signed}.{}", &signature[..signature.len() / 8 * 4]),
            _ => format!("{signed}.{signature}"),
        }
    }

    fn signature(&self, how: Signature, signed: &[u8]) -> Vec<u8> {
        let hmac = |key: &[u8]| {
            let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key);
            ring::hmac::sign(&key, signed).as_ref().to_vec()
        };
        let p256 = |key: &EcdsaKeyPair| {
            key.sign(&self.random, signed).expect("it signs").as_ref().to_vec()
        };
        match how {
            Signature::None | Signature::NoneSpelled => Vec::new(),
            Signature::HmacOfSecret => hmac(SECRET.as_bytes()),
            Signature::HmacOfClient => hmac(CLIENT.as_bytes()),
            Signature::HmacOfPublicKey => hmac(self.rsa.public().as_ref()),
            Signature::UnknownKey | Signature::StolenName => p256(&self::p256(&self.random)),
            Signature::Es256 | Signature::WithoutKeyName => p256(&self.p256),
            Signature::Ps256 => self.rsa(&RSA_PSS_SHA256, signed),
            _ => self.rsa(&RSA_PKCS1_SHA256, signed),
        }
    }

    fn rsa(&self, padding: &'static dyn RsaEncoding, signed: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.rsa.public().modulus_len()];
        self.rsa.sign(padding, &self.random, signed, &mut signature).expect("it signs");
        signature
    }
}

fn p256(random: &SystemRandom) -> EcdsaKeyPair {
    let how = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let made = EcdsaKeyPair::generate_pkcs8(how, random).expect("a key is made");
    EcdsaKeyPair::from_pkcs8(how, made.as_ref(), random).expect("a key was made")
}
