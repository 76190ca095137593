//! The identity vault: the only place that knows which pseudonym stands for whom.
//!
//! A vault is a folder (mode 0700) with `pseudonym.key` (256 random bits in hexadecimal, mode
//! 0600), `identities.sqlite` (native identifiers beside their pseudonyms) and `access.jsonl` (who
//! asked for whom, and why). Everything outside the vault holds pseudonyms only: HMAC-SHA-256 of
//! the native identifier, cut to 128 bits. Without the key a pseudonym says nothing; with another
//! key every pseudonym would differ, so a vault never makes a key when it has made one before.

mod access;
mod database;
mod error;
pub mod identity;
mod key;
mod pseudonym;
mod store;

pub use access::Asked;
pub use error::VaultError;
pub use identity::nhs_number::{NhsNumber, NhsNumberFault};
pub use pseudonym::{Namespace, Pseudonyms};
pub use store::{Remembered, Vault};
