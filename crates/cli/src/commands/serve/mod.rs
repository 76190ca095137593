//! `concord serve`: the application in the browser.

mod assessing;
mod cases;
mod collecting;
mod confidence;
mod contracts;
mod costed;
mod coverage;
mod evidence;
mod followed;
mod incentives;
mod joint_work;
mod key;
mod known;
mod local_reviews;
mod packs;
mod people;
mod provider;
mod questions;
mod reviews;
mod seed;
mod slots;
mod spread;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use jiff::SignedDuration;
use jobs::{FolderLock, Runner, StoreBook};
use store::Store;
use tokio::net::TcpListener;
use web::app::Demonstration;
use web::{App, Settings};

use crate::configuration::{Configuration, Site};
use crate::context::{Context, Outcome};
use crate::{surroundings, weigh};

/// Bytes of an upload at most, where the settings say nothing: 2 GiB.
const UPLOAD_BYTES: u64 = 2 << 30;

/// Options of `serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folder that is served, with a `concord.toml` or empty.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// Address to listen at.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Outcome> {
    let dir = &arguments.dir;
    std::fs::create_dir_all(dir).with_context(|| format!("cannot make `{}`", dir.display()))?;
    let dir = dir.canonicalize()?;
    let configuration = Configuration::of_folder(&dir)?;
    let site = configuration.site();
    refuse_unsafe(arguments, &site)?;
    let _served = FolderLock::take(&dir)?;
    let settings = settings(dir, arguments, (&configuration, &site))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(arguments, (settings, site), context))?;
    Ok(Outcome::Done)
}

/// What would let anybody in.
fn refuse_unsafe(arguments: &Arguments, site: &Site) -> Result<()> {
    let is_local = arguments.listen.ip().is_loopback();
    if site.demonstration && !is_local {
        bail!(
            "a demonstration's passwords are public: listen at 127.0.0.1, not at {}",
            arguments.listen
        );
    }
    if !is_local && !site.address.as_ref().is_some_and(|it| it.starts_with("https://")) {
        bail!(
            "{} can be reached from other machines, and passwords would cross the network in clear: \
             put a proxy with TLS before it and set `address = \"https://…\"` under [site] in concord.toml",
            arguments.listen
        );
    }
    Ok(())
}

/// Settings of the site. Its paths are whole, since engines may start in another folder.
fn settings(
    dir: PathBuf,
    arguments: &Arguments,
    (from, site): (&Configuration, &Site),
) -> Result<Settings> {
    let inside = |found: Result<PathBuf>, name: &str| {
        let path = found.unwrap_or_else(|_| dir.join(name));
        std::path::absolute(&path).unwrap_or(path)
    };
    let runs = inside(from.runs(None), "runs");
    let address = site.address.clone().unwrap_or_else(|| format!("http://{}", arguments.listen));
    Ok(Settings {
        trust: site.trust.clone().unwrap_or_else(|| "Your trust".to_owned()),
        model: inside(from.model(None), "model"),
        datasets: inside(from.datasets(), "datasets"),
        runs,
        vault: inside(from.vault(None, None), "vault"),
        notice: notice(site),
        provider: provider::of(&dir, &address, site.provider.as_ref())?,
        address,
        second_factor: !site.demonstration,
        key: key::of(&dir)?,
        idle: SignedDuration::from_mins(site.idle_minutes.unwrap_or(30)),
        absolute: SignedDuration::from_hours(site.absolute_hours.unwrap_or(12)),
        upload_bytes: site.upload_bytes.unwrap_or(UPLOAD_BYTES),
        demonstration: Demonstration::default(),
        first: String::new(),
        weigher: web::app::Weigher::new(Arc::new(|dataset, run, event| {
            weigh::checked_once(dataset, run, event)
        })),
        reviews: local_reviews::guide(&dir)?,
        proxies: site.proxies.clone(),
        folder: dir,
    })
}

fn notice(site: &Site) -> String {
    if site.demonstration {
        return "This trust is invented: no patient, colleague or pound is real.".to_owned();
    }
    site.notice.clone().unwrap_or_default()
}

async fn serve(
    arguments: &Arguments,
    (mut settings, site): (Settings, Site),
    context: &Context,
) -> Result<()> {
    let url = site.database.clone().unwrap_or_else(|| database(&settings.folder));
    let store = Store::open(&url).await?;
    if site.demonstration {
        settings.demonstration = seed::demonstration(&store, &settings).await?;
    }
    settings.first = first_token(&store).await?;
    let listener = TcpListener::bind(arguments.listen).await.with_context(|| {
        format!("cannot listen at {}: is another site running there?", arguments.listen)
    })?;
    let address = settings.address.clone();
    let (people, first) = (settings.demonstration.clone(), settings.first.clone());
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let working = tokio::spawn(work(runner(&store, &settings)?, stopped));
    let app = App::new(store.clone(), settings, Arc::new(surroundings::instant));
    if site.demonstration
        && let Err(error) = packs::record(&app).await
    {
        // One run that cannot be read leaves everything else to be shown.
        tracing::warn!(why = %format!("{error:#}"), "the pack of the demonstration is not kept");
    }
    announce(context, &address, (&people, &first))?;
    let service = web::router(app).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(asked_to_stop()).await?;
    let _ = stop.send(true);
    working.await?;
    store.close().await;
    Ok(())
}

/// What does the site's jobs: this very program, as an engine.
fn runner(store: &Store, settings: &Settings) -> Result<Arc<Runner<StoreBook>>> {
    let folder = &settings.folder;
    let book = StoreBook::new(store.clone(), folder, Arc::new(surroundings::instant));
    let program = surroundings::program().context("cannot find the program itself")?;
    let how = jobs::Settings {
        at_once: StoreBook::AT_ONCE,
        ..jobs::Settings::new(program, folder.clone())
    };
    Ok(Arc::new(Runner::new(how, Arc::new(book))))
}

/// Does jobs until the site stops. Engines go on; the next site finds them.
async fn work(runner: Arc<Runner<StoreBook>>, mut stopped: tokio::sync::watch::Receiver<bool>) {
    let stop = async move {
        // A site that is gone has stopped too.
        let _ = stopped.wait_for(|it| *it).await;
    };
    runner.serve(stop).await;
}

fn database(folder: &Path) -> String {
    store::sqlite_url(&folder.join("concord.sqlite"))
}

/// The token of the address where the first administrator is made; blank once somebody is there. It
/// is kept in memory alone, so that it ends with this start.
async fn first_token(store: &Store) -> Result<String> {
    let mut db = store.read().await?;
    let is_empty = store::people::list(&mut db).await?.is_empty();
    if is_empty { Ok(store::random_token()?) } else { Ok(String::new()) }
}

fn announce(
    context: &Context,
    address: &str,
    (people, first): (&Demonstration, &str),
) -> Result<()> {
    let begin = match first {
        "" => None,
        token => Some(format!("{address}/first?token={token}")),
    };
    context.print(
        || {
            let mut text = format!("Concord is at {address}\n");
            if !web::shell::assets::has_design_system() {
                text += "The design system was not there when this program was built, so pages are plain: run `cargo xtask setup` and build again.\n";
            }
            if !people.people.is_empty() {
                text += &format!("People who can sign in, all with the password {}:\n", people.password);
                for (email, who) in &people.people {
                    text += &format!("  {email:<42} {who}\n");
                }
            }
            if let Some(begin) = &begin {
                text += &format!("Nobody is here yet. Make the first administrator at this address, which works once:\n  {begin}\n");
            }
            text + "Stop it with Ctrl-C.\n"
        },
        || serde_json::json!({ "address": address, "people": people.people, "first": begin }),
    )
}

/// Ctrl-C, or the signal that a supervisor sends.
async fn asked_to_stop() {
    let mut terminated =
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(it) => it,
            Err(error) => {
                tracing::warn!(why = %error, "only Ctrl-C stops this site");
                let _ = tokio::signal::ctrl_c().await;
                return;
            }
        };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
}
