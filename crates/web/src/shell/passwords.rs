//! Passwords: argon2id, two at a time, so that signing in cannot use up the machine's memory.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::shell::fault::Fault;

/// 46 MiB, one pass, one lane: the first choice of OWASP's verification standard, appendix C.
const MEMORY_KIB: u32 = 47_104;

static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// A hash that no password has, so that an unknown name takes as long as a known one.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now("nobody").unwrap_or_default());

fn hasher() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, 1, 1, None).expect("these are allowed");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash_now(password: &str) -> Result<String, Fault> {
    let hash = hasher().hash_password(password.as_bytes());
    hash.map(|it| it.to_string()).map_err(|error| Fault::Broken(error.to_string()))
}

/// The hash of a password, as it is stored.
///
/// # Errors
///
/// [`Fault::Broken`] if the system gives no random numbers.
pub async fn hash(password: String) -> Result<String, Fault> {
    let _turn = AT_ONCE.acquire().await.map_err(|error| Fault::Broken(error.to_string()))?;
    crate::shell::shelf::reading(move || hash_now(&password)).await
}

/// Whether a password is the stored one; takes as long where nothing is stored.
///
/// # Errors
///
/// [`Fault::Broken`] if what is stored is no hash.
pub async fn verify(password: String, stored: Option<String>) -> Result<bool, Fault> {
    let _turn = AT_ONCE.acquire().await.map_err(|error| Fault::Broken(error.to_string()))?;
    crate::shell::shelf::reading(move || {
        let known = stored.is_some();
        let text = stored.unwrap_or_else(|| NOBODY.clone());
        let hash = PasswordHash::new(&text).map_err(|error| Fault::Broken(error.to_string()))?;
        Ok(hasher().verify_password(password.as_bytes(), &hash).is_ok() && known)
    })
    .await
}

/// What is wrong with a new password; blank for nothing. Length counts, not composition.
pub fn fault_of(password: &str, about: &[&str]) -> &'static str {
    const SHORTEST: usize = 12;
    const LONGEST: usize = 128;
    let length = password.chars().count();
    let small = password.to_lowercase();
    let names_them = about
        .iter()
        .flat_map(|it| it.split([' ', '@', '.']))
        .any(|it| it.len() > 3 && small.contains(&it.to_lowercase()));
    let mut letters: Vec<char> = small.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    match () {
        () if length < SHORTEST => "Use at least 12 characters. Three or four words are good",
        () if length > LONGEST => "Use at most 128 characters",
        () if letters.len() < 5 => "Use more than a few different characters",
        () if names_them => "Leave out your name, your address and the name of the trust",
        () => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_verified_and_another_is_not() {
        let stored = hash("three words and a fish".to_owned()).await.expect("hashes");
        assert!(stored.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"), "{stored}");
        let right = verify("three words and a fish".to_owned(), Some(stored.clone())).await;
        assert!(right.expect("verifies"));
        let wrong = verify("three words and a dish".to_owned(), Some(stored)).await;
        assert!(!wrong.expect("verifies"));
        assert!(!verify("nobody".to_owned(), None).await.expect("verifies"));
    }

    #[test]
    fn length_counts_and_names_do_not() {
        assert!(fault_of("short", &[]).starts_with("Use at least 12"));
        assert!(fault_of(&"x".repeat(129), &[]).starts_with("Use at most 128"));
        assert!(fault_of("aaaaaaaaaaaaab", &[]).starts_with("Use more"));
        let about = ["Priya Raman", "priya.raman@ashbourne.example", "Ashbourne Vale"];
        assert!(fault_of("raman-the-second-time", &about).starts_with("Leave out"));
        assert_eq!(fault_of("three words and a fish", &about), "");
    }
}
