//! The identity provider of the settings, with its secret from a file or the environment.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use oidc::{Provider, Secret, Settings};

use crate::configuration::SiteProvider;
use crate::surroundings;

/// Where the provider sends people back to, below the address of the site.
const RETURN: &str = "/sign-in/provider/return";
/// An answer takes so long at most.
const PATIENCE: Duration = Duration::from_secs(5);

/// The provider, if the settings name one.
pub(super) fn of(
    folder: &Path,
    address: &str,
    set: Option<&SiteProvider>,
) -> Result<Option<Arc<Provider>>> {
    let Some(set) = set else { return Ok(None) };
    let given = surroundings::setting("PROVIDER_SECRET");
    let settings = Settings {
        name: set.name.clone(),
        issuer: set.issuer.clone(),
        client_id: set.client_id.clone(),
        client_secret: secret(folder, set, given)?,
        return_address: format!("{}{RETURN}", address.trim_end_matches('/')),
        scopes: set.scopes.clone().unwrap_or_else(|| vec!["openid".to_owned()]),
        acr_values: set.acr_values.clone().unwrap_or_default(),
        second_factor: set.second_factor.clone(),
        origins: set.origins.clone(),
        patience: PATIENCE,
    };
    let provider = Provider::new(settings).context("[site.provider] in concord.toml")?;
    Ok(Some(Arc::new(provider)))
}

/// The secret of the environment, or else of its file, which nobody else may read.
fn secret(folder: &Path, set: &SiteProvider, given: Option<String>) -> Result<Secret> {
    if let Some(text) = given {
        return Ok(Secret::new(&text));
    }
    let Some(file) = &set.client_secret_file else {
        bail!(
            "the secret of the identity provider is not given: set CONCORD_PROVIDER_SECRET, or `client_secret_file` under [site.provider] in concord.toml"
        );
    };
    let path = folder.join(file);
    let metadata = std::fs::metadata(&path)
        .with_context(|| format!("cannot read the secret in `{}`", path.display()))?;
    if metadata.permissions().mode() & 0o077 != 0 {
        bail!(
            "`{}` holds a secret and can be read by others: run `chmod 600` on it",
            path.display()
        );
    }
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read the secret in `{}`", path.display()))?;
    Ok(Secret::new(&text))
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;

    use super::*;

    fn set(issuer: &str) -> SiteProvider {
        let text = format!(
            "name = \"NHS CIS2\"\nissuer = \"{issuer}\"\nclient_id = \"concord\"\n\
             client_secret_file = \"provider.secret\"\n\
             second_factor = {{ acr = [\"AAL3\"], amr = [\"mfa\"] }}\n"
        );
        toml::from_str(&text).expect("settings")
    }

    #[test]
    fn the_secret_is_read_from_a_file_that_nobody_else_reads() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("provider.secret");
        let made = |set: &SiteProvider| of(folder.path(), "https://concord.example", Some(set));
        let fault = |set: &SiteProvider| format!("{:#}", made(set).expect_err("refused"));
        assert!(fault(&set("https://id.example")).contains("cannot read the secret"));
        std::fs::write(&file, "hush\n").expect("it is written");
        std::fs::set_permissions(&file, Permissions::from_mode(0o644)).expect("it is set");
        assert!(fault(&set("https://id.example")).contains("chmod 600"));
        std::fs::set_permissions(&file, Permissions::from_mode(0o600)).expect("it is set");
        let provider = made(&set("https://id.example")).expect("it is read").expect("it is set");
        assert_eq!(provider.name(), "NHS CIS2");
        assert!(!format!("{provider:?}").contains("hush"), "the secret is never printed");
        assert!(fault(&set("http://id.example")).contains("no address by https"));
        assert!(of(folder.path(), "https://concord.example", None).expect("none").is_none());
    }

    #[test]
    fn the_environment_is_asked_before_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let given = secret(folder.path(), &set("https://id.example"), Some("hush".to_owned()));
        assert_eq!(given.expect("it is given"), Secret::new("hush"));
    }
}
