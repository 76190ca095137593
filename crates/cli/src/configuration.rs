//! Settings: `concord.toml`, then `CONCORD_…` of the environment, then options.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::surroundings;

const FILE: &str = "concord.toml";

/// Settings with what stands behind the options of all verbs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Configuration {
    file: File,
    /// Folder of the file; its paths are relative to it.
    folder: PathBuf,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    /// Name of who acts, beside the user of the operating system.
    operator: Option<String>,
    /// Model folder.
    model: Option<PathBuf>,
    /// Folder of the trust's files.
    from: Option<PathBuf>,
    /// Folder of datasets, one by year.
    datasets: Option<PathBuf>,
    /// Folder of runs.
    runs: Option<PathBuf>,
    /// Vault folder.
    vault: Option<PathBuf>,
    /// Worker threads.
    threads: Option<usize>,
    /// The application in the browser.
    site: Site,
}

/// Settings of the application in the browser, under `[site]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Site {
    /// Name of the trust, at the top of every page.
    pub(crate) trust: Option<String>,
    /// Address as browsers know it.
    pub(crate) address: Option<String>,
    /// Database: `sqlite://…` or `postgres://…`; by default a file in the folder.
    pub(crate) database: Option<String>,
    /// What stands above every page.
    pub(crate) notice: Option<String>,
    /// Whether people and passwords are invented and public.
    pub(crate) demonstration: bool,
    /// A session ends after so many minutes without a request.
    pub(crate) idle_minutes: Option<i64>,
    /// A session ends after so many hours in any case.
    pub(crate) absolute_hours: Option<i64>,
    /// Bytes of an upload at most.
    pub(crate) upload_bytes: Option<u64>,
    /// Addresses of our own proxies.
    pub(crate) proxies: Vec<std::net::IpAddr>,
    /// Identity provider that people can sign in with, under `[site.provider]`.
    pub(crate) provider: Option<SiteProvider>,
}

/// Settings of an identity provider. Its secret is none of them: it is in a file, or in
/// `CONCORD_PROVIDER_SECRET`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SiteProvider {
    /// What stands on the button.
    pub(crate) name: String,
    /// The issuer, to the letter.
    pub(crate) issuer: String,
    /// What the provider calls this site.
    pub(crate) client_id: String,
    /// File with the secret alone.
    pub(crate) client_secret_file: Option<PathBuf>,
    /// What is asked for; `openid` alone by default.
    pub(crate) scopes: Option<Vec<String>>,
    /// Classes of authentication that are asked for.
    pub(crate) acr_values: Option<String>,
    /// Claims and values that say that a second factor was shown.
    #[serde(default)]
    pub(crate) second_factor: BTreeMap<String, Vec<String>>,
    /// Origins that may be called beside that of the issuer.
    #[serde(default)]
    pub(crate) origins: Vec<String>,
}

impl Configuration {
    /// Reads the named file, or `concord.toml` of the working folder if there is one.
    pub(crate) fn read(named: Option<&Path>) -> Result<Self> {
        let path = named.unwrap_or_else(|| Path::new(FILE));
        if named.is_none() && !path.exists() {
            return Ok(Self::default());
        }
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the settings in `{}`", path.display()))?;
        let file = toml::from_str(&text)
            .with_context(|| format!("`{}` is not a settings file", path.display()))?;
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        Ok(Self { file, folder })
    }

    /// Reads the `concord.toml` of a folder, if there is one.
    pub(crate) fn of_folder(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        if path.exists() {
            return Self::read(Some(&path));
        }
        Ok(Self { file: File::default(), folder: folder.to_owned() })
    }

    /// Settings of the application in the browser.
    pub(crate) fn site(&self) -> Site {
        self.file.site.clone()
    }

    /// The folder of datasets.
    pub(crate) fn datasets(&self) -> Result<PathBuf> {
        self.path(None, "datasets", self.file.datasets.as_deref())
    }

    /// Name of who acts, if it is set.
    pub(crate) fn operator(&self) -> Option<String> {
        surroundings::setting("OPERATOR").or_else(|| self.file.operator.clone())
    }

    /// The model.
    pub(crate) fn model(&self, option: Option<&Path>) -> Result<PathBuf> {
        self.path(option, "model", self.file.model.as_deref())
    }

    /// The folder of the trust's files.
    pub(crate) fn from(&self, option: Option<&Path>) -> Result<PathBuf> {
        self.path(option, "from", self.file.from.as_deref())
    }

    /// The folder of runs.
    pub(crate) fn runs(&self, option: Option<&Path>) -> Result<PathBuf> {
        self.path(option, "runs", self.file.runs.as_deref())
    }

    /// The folder of one year's dataset, if there is a folder of datasets.
    pub(crate) fn dataset(&self, option: Option<&Path>, name: &str, year: &str) -> Result<PathBuf> {
        if let Some(path) = option {
            return Ok(path.to_owned());
        }
        match self.path(None, "datasets", self.file.datasets.as_deref()) {
            Ok(folder) => Ok(folder.join(year)),
            Err(_) => bail!(
                "the dataset is not named: add --{name} FOLDER, or set CONCORD_DATASETS or `datasets` in {FILE}"
            ),
        }
    }

    /// The vault; by default beside the dataset.
    pub(crate) fn vault(&self, option: Option<&Path>, dataset: Option<&Path>) -> Result<PathBuf> {
        let set = self.path(option, "vault", self.file.vault.as_deref());
        match (set, dataset) {
            (Ok(path), _) => Ok(path),
            (Err(_), Some(dataset)) => {
                let beside = dataset.parent().filter(|it| !it.as_os_str().is_empty());
                Ok(beside.unwrap_or_else(|| Path::new(".")).join("vault"))
            }
            (Err(error), None) => Err(error),
        }
    }

    /// Worker threads; by default as many as the machine has processors.
    pub(crate) fn threads(&self, option: Option<usize>) -> Result<usize> {
        let set = surroundings::setting("THREADS");
        let set =
            set.map(|it| it.parse().context("CONCORD_THREADS is not a number")).transpose()?;
        let threads = option.or(set).or(self.file.threads).unwrap_or_else(surroundings::processors);
        if threads == 0 {
            bail!("no work can be done with 0 threads: leave --threads out to use every processor");
        }
        Ok(threads)
    }

    fn path(&self, option: Option<&Path>, name: &str, in_file: Option<&Path>) -> Result<PathBuf> {
        let upper = name.to_uppercase();
        if let Some(path) = option {
            return Ok(path.to_owned());
        }
        if let Some(path) = surroundings::setting(&upper) {
            return Ok(PathBuf::from(path));
        }
        match in_file {
            Some(path) => Ok(self.folder.join(path)),
            None => bail!(
                "the folder for `{name}` is not named: add --{name} FOLDER, or set CONCORD_{upper} or `{name}` in {FILE}"
            ),
        }
    }
}
