//! What a site knows of its identity provider.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::error::{Error, Result};
use outbound::Origin;

/// A secret that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret in; spaces and line ends around it are none of it.
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Settings of one provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What people call it; stands on the button.
    pub name: String,
    /// The issuer, to the letter.
    pub issuer: String,
    /// What the provider calls this site.
    pub client_id: String,
    /// What this site proves itself with.
    pub client_secret: Secret,
    /// Where the provider sends people back to.
    pub return_address: String,
    /// What is asked for; `openid` is always in it.
    pub scopes: Vec<String>,
    /// Classes of authentication that are asked for; blank to leave it to the provider.
    pub acr_values: String,
    /// Claims and their values that say that a second factor was shown.
    pub second_factor: BTreeMap<String, Vec<String>>,
    /// Origins that may be called beside that of the issuer.
    pub origins: Vec<String>,
    /// How long an answer may take.
    pub patience: Duration,
}

impl Settings {
    /// Settings that can work; a provider is made of nothing else.
    ///
    /// # Errors
    ///
    /// [`Error::Unfit`] naming the setting.
    pub fn checked(self) -> Result<Self> {
        let unfit = |what: &str| Err(Error::Unfit(what.to_owned()));
        if self.name.trim().is_empty() {
            return unfit("`name` is what stands on the button, and is blank");
        }
        if self.client_id.trim().is_empty() || self.client_secret.reveal().is_empty() {
            return unfit("`client_id` and a client secret are needed");
        }
        if self.issuer.contains(['?', '#']) {
            return unfit("`issuer` has neither a query nor a fragment");
        }
        let fits = |scope: &String| scope.bytes().all(|it| it.is_ascii_graphic());
        if !self.scopes.iter().any(|it| it == "openid") || !self.scopes.iter().all(fits) {
            return unfit("`scopes` are words, and `openid` is one of them");
        }
        for address in self.origins.iter().chain([&self.issuer]) {
            Origin::of(address)?;
        }
        Ok(self)
    }

    /// Everything that may be called.
    pub(crate) fn allowed(&self) -> Vec<Origin> {
        let all = self.origins.iter().chain([&self.issuer]);
        all.filter_map(|it| Origin::of(it).ok()).collect()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn settings(issuer: &str) -> Settings {
        Settings {
            name: "NHS CIS2".to_owned(),
            issuer: issuer.to_owned(),
            client_id: "concord".to_owned(),
            client_secret: Secret::new("hush"),
            return_address: "https://concord.example/sign-in/provider/return".to_owned(),
            scopes: vec!["openid".to_owned()],
            acr_values: String::new(),
            second_factor: BTreeMap::new(),
            origins: Vec::new(),
            patience: Duration::from_secs(5),
        }
    }

    #[test]
    fn only_tls_or_this_machine() {
        let fault = |issuer: &str| settings(issuer).checked().err().map(|it| it.to_string());
        for good in [
            "https://id.example/realm",
            "https://id.example:443",
            "http://127.0.0.1:9/x",
            "http://[::1]:9",
        ] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in [
            "http://id.example",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "https://user@id.example",
            "ftp://id.example",
            "id.example",
            "https://id.example?x=1",
            "",
        ] {
            assert!(fault(bad).is_some(), "{bad}");
        }
        let mut plain = settings("https://id.example");
        plain.origins.push("http://keys.example".to_owned());
        assert!(plain.checked().is_err(), "another origin in clear");
    }

    #[test]
    fn what_cannot_work_is_named() {
        let mut it = settings("https://id.example");
        it.scopes = vec!["profile".to_owned()];
        assert!(it.checked().expect_err("no openid").to_string().contains("`openid`"));
        let mut it = settings("https://id.example");
        it.client_secret = Secret::new(" \n");
        assert!(it.checked().expect_err("no secret").to_string().contains("client secret"));
    }

    #[test]
    fn the_secret_is_never_printed() {
        assert!(!format!("{:?}", settings("https://id.example")).contains("hush"));
    }
}
