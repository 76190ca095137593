//! Secrets that are kept sealed in the database, under a key that is not in it.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};

use super::fault::Fault;

/// Seals a secret for one owner; sealed for another, it cannot be opened.
///
/// # Errors
///
/// [`Fault::Broken`] if the system gives no random numbers.
pub fn seal(key: &[u8; 32], owner: &str, secret: &[u8]) -> Result<String, Fault> {
    let mut nonce = [0; 24];
    getrandom::fill(&mut nonce).map_err(|error| Fault::Broken(error.to_string()))?;
    let cipher = XChaCha20Poly1305::new(&Key::from(*key));
    let payload = Payload { msg: secret, aad: owner.as_bytes() };
    let sealed = cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| broken())?;
    Ok(hex(&[&nonce[..], &sealed].concat()))
}

/// Opens what was sealed for an owner.
///
/// # Errors
///
/// [`Fault::Broken`] if it was sealed for another, with another key, or changed.
pub fn open(key: &[u8; 32], owner: &str, sealed: &str) -> Result<Vec<u8>, Fault> {
    let bytes = bytes(sealed).ok_or_else(broken)?;
    let (nonce, sealed) = bytes.split_at_checked(24).ok_or_else(broken)?;
    let nonce: [u8; 24] = nonce.try_into().map_err(|_| broken())?;
    let cipher = XChaCha20Poly1305::new(&Key::from(*key));
    let payload = Payload { msg: sealed, aad: owner.as_bytes() };
    cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| broken())
}

fn broken() -> Fault {
    Fault::Broken("a sealed secret cannot be opened: the key of the site is another".to_owned())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|it| format!("{it:02x}")).collect()
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|it| it.to_digit(16).and_then(|it| u8::try_from(it).ok())).collect();
    digits.map(|it| it.chunks(2).map(|it| it[0] << 4 | it.get(1).copied().unwrap_or(0)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_owner_and_key_open_it() {
        let key = [7; 32];
        let sealed = seal(&key, "a", b"secret").expect("seals");
        assert_eq!(open(&key, "a", &sealed).expect("opens"), b"secret");
        assert!(open(&key, "b", &sealed).is_err());
        assert!(open(&[8; 32], "a", &sealed).is_err());
        assert!(open(&key, "a", &sealed[..20]).is_err());
        assert_ne!(sealed, seal(&key, "a", b"secret").expect("seals"), "never the same twice");
    }
}
