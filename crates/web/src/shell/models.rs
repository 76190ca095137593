//! The model in force and its versions. A change is always a new version in a folder of its own:
//! nothing is ever changed in place.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use access::Capability;
use axum::response::Response;
use domain::Finding;
use jiff::Timestamp;
use rules::{Model, ModelFiles};
use store::model_versions::{self, ModelVersion, NewVersion, VersionState};
use store::{Connection, Entry, Tx};

use super::fault::Fault;
use super::shelf::reading;
use super::visit::Visit;
use super::{forms, people, words};
use crate::App;

/// Folder of versions, below the folder that is served.
const FOLDER: &str = "models";

/// Begins the names of folders that are not finished yet; models and their readers skip them.
const UNFINISHED: &str = ".writing-";

/// A model as it was read.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Its version; none for the model that the site was set up with.
    pub version: Option<ModelVersion>,
    /// Its folder.
    pub folder: PathBuf,
    /// Its files, with their bytes.
    pub files: ModelFiles,
    /// Hash of its files.
    pub hash: String,
}

impl Opened {
    /// Number of the version; 0 for the model that the site was set up with.
    pub fn number(&self) -> i64 {
        self.version.as_ref().map_or(0, |it| it.number)
    }

    /// Stands in a form for what its author saw.
    pub fn base(&self) -> String {
        format!("{}-{}", self.number(), self.hash)
    }

    /// Its name: `Version 3`, or that nothing was changed yet.
    pub fn name(&self) -> String {
        match self.number() {
            0 => "The model as it was set up".to_owned(),
            number => format!("Version {number}"),
        }
    }
}

/// The model that costings and loads use now, with its files.
///
/// # Errors
///
/// [`Fault::Broken`] if it cannot be read, or its folder was changed by hand.
pub async fn in_force(app: &App) -> Result<Opened, Fault> {
    let mut db = app.store().read().await?;
    let version = model_versions::current(&mut db).await?;
    drop(db);
    opened(app, version).await
}

/// A version with its files; 0 is the model that the site was set up with.
///
/// # Errors
///
/// [`Fault::NotFound`] if there is none, else as [`in_force`].
pub async fn version(app: &App, number: i64) -> Result<Opened, Fault> {
    if number == 0 {
        return opened(app, None).await;
    }
    let mut db = app.store().read().await?;
    let version = model_versions::get(&mut db, number).await?;
    drop(db);
    opened(app, Some(version)).await
}

/// The model that a form was made from, by what [`Opened::base`] gave.
///
/// # Errors
///
/// [`Fault::Stale`] if it does not hold the same rules any more.
pub async fn at_base(app: &App, base: &str) -> Result<Opened, Fault> {
    let unfit = || Fault::Refused("The form does not say which model it is for.".to_owned());
    let (number, hash) = base.split_once('-').ok_or_else(unfit)?;
    let found = version(app, number.parse().map_err(|_| unfit())?).await?;
    if found.hash == hash {
        return Ok(found);
    }
    let now = "The model's files were changed on the server. Open the page again to see them.";
    Err(Fault::Stale(now.to_owned()))
}

async fn opened(app: &App, version: Option<ModelVersion>) -> Result<Opened, Fault> {
    let folder = match &version {
        Some(it) => folder_of(app, it),
        None => app.settings().model.clone(),
    };
    reading(move || {
        let files = rules::folder::load(&folder).map_err(|error| broken(&folder, &error))?;
        let hash = rules::model::hash(&files);
        if let Some(it) = &version
            && it.made.hash != hash
        {
            let what = format!("version {} was changed by hand in {}", it.number, folder.display());
            return Err(Fault::Broken(what));
        }
        Ok(Opened { version, folder, files, hash })
    })
    .await
}

fn folder_of(app: &App, version: &ModelVersion) -> PathBuf {
    app.settings().folder.join(&version.made.folder)
}

fn broken(path: &Path, error: &io::Error) -> Fault {
    if error.kind() != io::ErrorKind::NotFound {
        return Fault::Broken(format!("{}: {error}", path.display()));
    }
    // Where it was looked for stands in the log; the page says what to do.
    tracing::warn!(path = %path.display(), "no model could be read");
    Fault::Refused(
        "There is no model here that could be read. Ask your administrator to put one into the folder of the site."
            .to_owned(),
    )
}

/// A version whose rules a run was costed under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its number; 0 for the model that the site was set up with.
    pub number: i64,
    /// Whether its rules are only proposed: in force neither now nor ever before.
    pub is_draft: bool,
}

/// The version with these rules; one that is or was in force before one that is a draft.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn by_hash(app: &App, hash: &str) -> Result<Option<Known>, Fault> {
    let mut db = app.store().read().await?;
    let all = model_versions::list(&mut db).await?;
    drop(db);
    let known =
        |it: &ModelVersion| Known { number: it.number, is_draft: it.state == VersionState::Draft };
    let found: Vec<Known> = all.iter().filter(|it| it.made.hash == hash).map(known).collect();
    let best = found.iter().min_by_key(|it| (it.is_draft, it.number)).copied();
    if best.is_some_and(|it| !it.is_draft) {
        return Ok(best);
    }
    // A draft that takes every change back has the rules of the set-up.
    let set_up = opened(app, None).await.ok().filter(|it| it.hash == hash);
    Ok(set_up.map(|_| Known { number: 0, is_draft: false }).or(best))
}

/// Drafts that could come into force now, latest first.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn proposed(app: &App) -> Result<Vec<ModelVersion>, Fault> {
    let mut db = app.store().read().await?;
    let current = model_versions::current(&mut db).await?.map(|it| it.number);
    let mut all = model_versions::list(&mut db).await?;
    all.retain(|it| it.state == VersionState::Draft && it.made.parent == current);
    Ok(all)
}

/// Reads and checks the files of a model away from the threads that answer requests.
///
/// # Errors
///
/// [`Fault::Broken`] if the check panicked; faults of the model are the inner result.
pub async fn checked(files: ModelFiles) -> Result<Result<Model, Vec<Finding>>, Fault> {
    reading(move || Ok(Model::parse(files).map(|it| it.0))).await
}

/// Who made a version, when and why, in one sentence.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn in_words(app: &App, opened: &Opened) -> Result<String, Fault> {
    let Some(version) = &opened.version else {
        return Ok("The model as it was set up; nothing was changed in the browser yet".to_owned());
    };
    let mut db = app.store().read().await?;
    let by = people::name_of(&mut db, &version.author).await?;
    let (number, at) = (version.number, words::moment(version.at));
    Ok(format!("Version {number}, made by {by} on {at}: {}", version.made.reason))
}

/// What can become of a change, as a form offers it.
pub fn states() -> Vec<(String, String)> {
    [
        ("in_force", "Put it in force now: the next costing uses it"),
        ("draft", "Keep it as a draft, to be put in force later"),
    ]
    .map(|(code, text)| (code.to_owned(), text.to_owned()))
    .into()
}

/// A changed model to be saved.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The model that it was made from.
    pub base: Opened,
    /// Its files, checked.
    pub files: ModelFiles,
    /// Why.
    pub reason: String,
    /// Whether it comes into force at once; a draft otherwise.
    pub put_in_force: bool,
}

/// Saves a changed model as a new version, once for each form. Of two people who change the same
/// version, the second is told and nothing of theirs is saved.
///
/// # Errors
///
/// [`Fault::Stale`] if another version is in force by now; [`Fault::NotFound`] without the right.
pub async fn save(
    visit: &Visit,
    proposal: Proposal,
    leads_to: &str,
    said: &str,
) -> Result<Response, Fault> {
    if proposal.put_in_force {
        visit.scope(Capability::EditRules)?;
    }
    let models = visit.app.settings().folder.join(FOLDER);
    let now = visit.now;
    let Proposal { base, files, reason, put_in_force } = proposal;
    let staged = reading(move || {
        let failed = |error: io::Error| broken(&models, &error);
        fs::create_dir_all(&models).map_err(failed)?;
        sweep(&models, now);
        let first = match &base.version {
            None => Some(Staged::write(&models, &base.files).map_err(failed)?),
            Some(_) => None,
        };
        let next = Staged::write(&models, &without_lock(&files)).map_err(failed)?;
        Ok((first, next, base.version.map(|it| it.number)))
    });
    let (first, next, base) = staged.await?;
    let entry = visit.entry("model.draft", "model");
    visit
        .change(leads_to, said, move |tx| {
            Box::pin(async move {
                still_at(tx, base).await?;
                let mut parent = base;
                if let Some(first) = first {
                    let why = "Copy of the model as it was set up, before its first change here";
                    let number = record(tx, first, (None, why), &entry).await?;
                    model_versions::put_in_force(tx, number, &entry).await?;
                    parent = Some(number);
                }
                let number = record(tx, next, (parent, &reason), &entry).await?;
                if put_in_force {
                    model_versions::put_in_force(tx, number, &entry).await?;
                }
                Ok(())
            })
        })
        .await
}

/// Refuses where another version has come into force.
async fn still_at(tx: &mut Tx, base: Option<i64>) -> store::Result<()> {
    let current = model_versions::current(tx).await?.map(|it| it.number);
    if current == base {
        return Ok(());
    }
    // Version 1 holds what the model was as it was set up.
    Err(store::Error::Stale {
        what: "the model".to_owned(),
        yours: base.unwrap_or(1),
        current: current.unwrap_or(0),
    })
}

/// Gives a finished folder its number and writes the version down. The folder is there before the
/// record is: a folder without a record is nobody's, and makes way for the next of its number.
async fn record(
    tx: &mut Tx,
    staged: Staged,
    (parent, reason): (Option<i64>, &str),
    entry: &Entry,
) -> store::Result<i64> {
    let next = next_number(tx).await?;
    let hash = staged.hash.clone();
    staged.keep_as(next).map_err(|error| store::Error::Commit(error.to_string()))?;
    let folder = format!("{FOLDER}/{next}");
    let reason = reason.to_owned();
    model_versions::draft(tx, &NewVersion { folder, parent, reason, hash }, entry).await
}

async fn next_number(db: &mut Connection) -> store::Result<i64> {
    Ok(model_versions::list(db).await?.first().map_or(1, |it| it.number + 1))
}

/// A lock holds for the version that was locked, not for what is made from it.
fn without_lock(files: &ModelFiles) -> ModelFiles {
    let mut files = files.clone();
    files.remove(rules::lock::LOCK_FILE);
    files
}

/// A whole model on disk that is no version yet; gone when dropped.
struct Staged {
    folder: PathBuf,
    hash: String,
}

impl Staged {
    fn write(models: &Path, files: &ModelFiles) -> io::Result<Self> {
        let folder = models.join(format!("{UNFINISHED}{}", forms::random_token()));
        fs::create_dir(&folder)?;
        let staged = Self { folder, hash: rules::model::hash(files) };
        for (name, bytes) in files {
            let path = staged.folder.join(name);
            let parent = path.parent().unwrap_or(&staged.folder);
            fs::create_dir_all(parent)?;
            write_whole(&path, bytes)?;
            fs::File::open(parent)?.sync_all()?;
        }
        fs::File::open(&staged.folder)?.sync_all()?;
        Ok(staged)
    }

    /// Moves it to its place at one stroke.
    fn keep_as(self, number: i64) -> io::Result<()> {
        let models = self.folder.parent().unwrap_or(&self.folder).to_owned();
        let place = models.join(number.to_string());
        if place.exists() {
            // Left by a change that was broken off between this move and its record.
            fs::rename(&place, models.join(format!("{UNFINISHED}{}", forms::random_token())))?;
        }
        fs::rename(&self.folder, &place)?;
        fs::File::open(&models)?.sync_all()
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // Not there any more if it was kept.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Writes a file so that it is on disk when this returns.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Takes away what a killed process left unfinished an hour ago or earlier.
fn sweep(models: &Path, now: Timestamp) {
    for entry in fs::read_dir(models).into_iter().flatten().flatten() {
        let is_unfinished = entry.file_name().to_string_lossy().starts_with(UNFINISHED);
        let modified = entry.metadata().and_then(|it| it.modified()).ok();
        let modified = modified.and_then(|it| Timestamp::try_from(it).ok());
        let is_old = modified.is_some_and(|it| now.duration_since(it).as_hours() >= 1);
        if is_unfinished && is_old {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Writes the lock into the folder of a version: from then on no file of it may change unseen.
///
/// # Errors
///
/// [`Fault::Broken`] if it cannot be written.
pub async fn write_lock(opened: Opened, by: String, at: String) -> Result<(), Fault> {
    reading(move || {
        if opened.files.contains_key(rules::lock::LOCK_FILE) {
            return Ok(());
        }
        let bytes = rules::lock::lock(&opened.files, &by, &at);
        let path = opened.folder.join(rules::lock::LOCK_FILE);
        let unfinished = opened.folder.join(format!("{UNFINISHED}{}", rules::lock::LOCK_FILE));
        write_whole(&unfinished, &bytes)
            .and_then(|()| fs::rename(&unfinished, &path))
            .and_then(|()| fs::File::open(&opened.folder)?.sync_all())
            .map_err(|error| broken(&path, &error))
    })
    .await
}
