//! Sign-in through an identity provider by OpenID Connect: authorisation code with PKCE, and logout
//! by the provider.
//!
//! Nothing that comes from outside is believed before its signature, issuer, audience, times and
//! nonce hold; only hosts that the settings name are spoken to, no redirect is followed, and time
//! and size of an answer are bounded. No clock is read here: `now` is an argument. Nothing is
//! stored: what must be remembered from one request to the next is given to the caller as [`Kept`].

mod error;
mod keys;
mod metadata;
mod provider;
mod settings;
mod token;

pub use self::error::{Error, Result};
pub use self::provider::{Ask, Begun, Kept, LoggedOut, Proof, Provider, Returned};
pub use self::settings::{Secret, Settings};
