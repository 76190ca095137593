//! Why nobody was signed in.

/// What this crate's functions return.
pub type Result<T> = std::result::Result<T, Error>;

/// Why there is no proof of who somebody is. Its text is ours alone, so that it can go on record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The provider did not answer in time, or not as a provider does.
    #[error("the provider cannot be reached: {0}")]
    Unreachable(String),
    /// The settings, or what the provider says of itself, cannot be used.
    #[error("the provider's settings do not fit: {0}")]
    Unfit(String),
    /// The provider says that it signed nobody in.
    #[error("the provider declined: {0}")]
    Declined(String),
    /// What came back proves nothing.
    #[error("what came back was not accepted: {0}")]
    Refused(&'static str),
}

impl From<outbound::Error> for Error {
    fn from(error: outbound::Error) -> Self {
        match error {
            outbound::Error::Unfit(why) => Self::Unfit(why),
            other => Self::Unreachable(other.to_string()),
        }
    }
}
