//! Questions to other machines: by TLS or on this very machine, to hosts that whoever asks names, with
//! no redirect followed, and time and size of an answer bounded.
//!
//! Nothing of an answer is believed here; what it means is for whoever asked.

mod net;

pub use self::net::{Form, Net, Origin};

/// What this crate's functions return.
pub type Result<T> = std::result::Result<T, Error>;

/// Why there is no answer. Its text is ours alone, so that it can go on record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There was no answer in time, or none as a server gives.
    #[error("{0}")]
    Unreachable(String),
    /// It may not be asked, or cannot be.
    #[error("{0}")]
    Unfit(String),
}
