//! What every page can reach: the store, published runs, settings and the clock that was passed in.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use access::RoleMatrix;
use domain::Key;
use jiff::{SignedDuration, Timestamp};
use results::Run;
use results::explain::{NoLine, Weighed, WeighedRow};
use store::Store;

use crate::shell::shelf::Shelf;

/// Tells the time; the edge of the program passes it in.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Where things are and how the site behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Name of the trust, as it stands at the top of every page.
    pub trust: String,
    /// Folder that the site serves.
    pub folder: PathBuf,
    /// Model in force where no version of it was made in the browser.
    pub model: PathBuf,
    /// Folder of datasets, one for each year.
    pub datasets: PathBuf,
    /// Folder of runs.
    pub runs: PathBuf,
    /// Folder of identities.
    pub vault: PathBuf,
    /// What stands above every page, such as that the trust is invented; blank for nothing.
    pub notice: String,
    /// Address as browsers know it, such as `https://concord.trust.nhs.uk`.
    pub address: String,
    /// Whether those with patient rows or keys must show a second factor. Off for demonstrations.
    pub second_factor: bool,
    /// Key that secrets in the database are sealed with.
    pub key: [u8; 32],
    /// A session ends after so long without a request.
    pub idle: SignedDuration,
    /// A session ends after so long in any case.
    pub absolute: SignedDuration,
    /// Bytes of an upload at most.
    pub upload_bytes: u64,
    /// The identity provider that people can sign in with, if there is one.
    pub provider: Option<Arc<oidc::Provider>>,
    /// Whom a demonstration offers at sign-in.
    pub demonstration: Demonstration,
    /// Token of the address where the first administrator of an empty site is made, new at each
    /// start; blank where somebody is there already.
    pub first: String,
    /// Weighs again what happened in one event, for its time line.
    pub weigher: Weigher,
    /// What reviews of service lines are here, with the trust's local numbers.
    pub reviews: engagement::reviews::ReviewGuide,
    /// Addresses of proxies whose `X-Forwarded-For` is believed.
    pub proxies: Vec<std::net::IpAddr>,
}

/// How the feed rows of one event are matched and weighed again. The program that serves passes it
/// in: a page computes no cost, and this is the costing's own way.
#[derive(Clone, Default)]
pub struct Weigher(Option<Arc<WeighRows>>);

/// Weighs the rows of an event of a run, from a dataset.
pub type WeighRows = dyn Fn(&Path, &Run, Key) -> Result<Vec<WeighedRow>, NoLine> + Send + Sync;

impl Weigher {
    /// That does it so.
    pub fn new(weigh: Arc<WeighRows>) -> Self {
        Self(Some(weigh))
    }

    /// The rows of an event from the dataset of its year.
    ///
    /// # Errors
    ///
    /// Why there are none.
    pub fn weigh(&self, datasets: &Path, run: &Run, event: Key) -> Result<Weighed, NoLine> {
        let dataset = datasets.join(&run.manifest().year);
        let weigh = self.0.as_ref().filter(|_| dataset.join("manifest.json").is_file());
        let rows = weigh.ok_or(NoLine::NotHere)?(&dataset, run, event)?;
        Ok(Weighed { dataset, rows })
    }
}

impl std::fmt::Debug for Weigher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "Weigher" } else { "no Weigher" })
    }
}

/// People of a demonstration, who are invented and whose password is no secret.
#[derive(Clone, Debug, Default)]
pub struct Demonstration {
    /// Email address, and who it is.
    pub people: Vec<(String, String)>,
    /// The password of all.
    pub password: String,
}

impl Settings {
    /// Whether browsers come by TLS, so that cookies can be bound to it.
    pub fn is_secure(&self) -> bool {
        self.address.starts_with("https://")
    }

    /// What people call the identity provider; blank for none.
    pub fn provider_name(&self) -> &str {
        self.provider.as_ref().map_or("", |it| it.name())
    }
}

/// The site; cheap to copy.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    store: Store,
    settings: Settings,
    clock: Clock,
    matrix: RoleMatrix,
    shelf: Shelf,
}

impl App {
    /// A site over a store.
    pub fn new(store: Store, settings: Settings, clock: Clock) -> Self {
        let shelf = Shelf::new(settings.runs.clone());
        Self(Arc::new(Inner { store, settings, clock, matrix: RoleMatrix::built_in(), shelf }))
    }

    /// The application's database.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// Settings.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Roles and their rights.
    pub fn matrix(&self) -> &RoleMatrix {
        &self.0.matrix
    }

    /// Runs that can be read.
    pub fn shelf(&self) -> &Shelf {
        &self.0.shelf
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        (self.0.clock)()
    }
}
