//! What a provider says of itself (OpenID Connect Discovery 1.0).

use serde::Deserialize;

use crate::error::{Error, Result};
use outbound::Net;

/// The part of it that is used.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Metadata {
    issuer: String,
    pub(crate) authorization_endpoint: String,
    pub(crate) token_endpoint: String,
    pub(crate) jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
    /// RFC 9207: its answers name it.
    #[serde(default)]
    pub(crate) authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    /// Fetches it, and refuses what is of another issuer or leads to another host.
    pub(crate) async fn fetch(net: &Net, issuer: &str) -> Result<Self> {
        let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let text = net.get(&address).await?;
        let unreadable = |_| Error::Unfit("what it says of itself cannot be read".to_owned());
        let metadata: Self = serde_json::from_slice(&text).map_err(unreadable)?;
        if metadata.issuer != issuer {
            return Err(Error::Unfit("it calls itself by another issuer".to_owned()));
        }
        let called =
            [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri];
        for endpoint in called {
            if !net.allows(endpoint) {
                let why = "it leads to a host that may not be called";
                return Err(Error::Unfit(why.to_owned()));
            }
        }
        Ok(metadata)
    }

    /// Whether this site proves itself by a header; that is what OpenID Connect takes for granted.
    pub(crate) fn takes_header(&self) -> bool {
        let methods = &self.token_endpoint_auth_methods_supported;
        let has = |method: &str| methods.iter().any(|it| it == method);
        !has("client_secret_post") || has("client_secret_basic")
    }
}
