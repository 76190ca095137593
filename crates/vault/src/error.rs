//! Why a vault could not be opened, written or asked.

use std::io;
use std::path::{Path, PathBuf};

/// Why the vault refuses. No message holds an identifier or a key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// There is no vault in the folder.
    #[error("{0} holds no vault: name the right folder with --vault, or run intake to make one")]
    NoVault(PathBuf),
    /// The database is there, its key is not.
    #[error(
        "{0} has identities.sqlite but no pseudonym.key: restore the key from its backup; a new \
         key would give every patient another reference, so none is made"
    )]
    KeyMissing(PathBuf),
    /// The key is not the one that the database was made with.
    #[error(
        "pseudonym.key has the fingerprint {found}, but this vault was made with {known}: restore \
         the right key"
    )]
    OtherKey {
        /// Fingerprint in the database.
        known: String,
        /// Fingerprint of the key in the folder.
        found: String,
    },
    /// The key file is not 64 hexadecimal digits.
    #[error("{0} does not hold 64 hexadecimal digits: restore it from its backup")]
    KeyUnreadable(PathBuf),
    /// Others than the owner may read the key.
    #[error("{0} can be read by others: run `chmod 600` on it")]
    KeyExposed(PathBuf),
    /// The vault was made by a later version.
    #[error("this vault has format {0}, which this version does not know: use a newer version")]
    LaterFormat(i64),
    /// A question without a name or a reason.
    #[error("say who asks and why: both are written to the access log")]
    NoReason,
    /// The system has no random numbers to give.
    #[error("no random numbers to make a key from: {0}")]
    NoRandomNumbers(String),
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The database failed.
    #[error("identities.sqlite: {0}")]
    Database(#[from] sqlx::Error),
}

/// Names the file in an error of the system.
pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> VaultError + '_ {
    move |source| VaultError::File { path: path.to_owned(), source }
}
