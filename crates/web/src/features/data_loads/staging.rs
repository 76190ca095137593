//! The files of a load: where each belongs, and all files of the year with the new ones among them.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use domain::FinancialYear;
use store::loads::{self, Load, LoadState};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::random_token;
use crate::shell::models;
use crate::shell::shelf::reading;

/// The folder of one load.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    /// Relative to the site's.
    pub(super) name: String,
    root: PathBuf,
}

impl Folder {
    /// A new folder of the site.
    pub(super) fn new(site: &Path) -> Self {
        Self::at(site, format!("loads/{}", random_token()))
    }

    /// The folder of a load.
    pub(super) fn of(site: &Path, load: &Load) -> Self {
        Self::at(site, load.loaded.folder.clone())
    }

    fn at(site: &Path, name: String) -> Self {
        Self { root: site.join(&name), name }
    }

    /// What came.
    pub(super) fn new_files(&self) -> PathBuf {
        self.root.join("new")
    }

    /// All files of the year.
    pub(super) fn files(&self) -> PathBuf {
        self.root.join("files")
    }

    /// What the check makes.
    pub(super) fn dataset(&self) -> PathBuf {
        self.root.join("dataset")
    }

    /// Manifest of the dataset that was accepted when the files were put together.
    pub(super) fn before(&self) -> PathBuf {
        self.root.join("before.json")
    }

    /// Hash of the manifest that is to be put in place.
    pub(super) fn meant(&self) -> PathBuf {
        self.root.join("placed.sha256")
    }

    /// Takes the files of a rejected load away, and the dataset that was made of them. What they
    /// were compared with stays, and so does what was found, which lies with the job.
    pub(super) fn empty(&self) {
        for folder in [self.new_files(), self.files(), self.dataset()] {
            match fs::remove_dir_all(&folder) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    tracing::warn!(folder = %folder.display(), %error, "files of a rejected load could not be taken away");
                }
                _ => {}
            }
        }
    }

    /// Takes the folder away, where nothing came of it.
    pub(super) fn forget(&self) {
        if let Err(error) = fs::remove_dir_all(&self.root) {
            tracing::warn!(folder = %self.root.display(), %error, "a load could not be taken away");
        }
    }
}

/// Which files the model takes.
#[derive(Clone, Debug, Default)]
pub(super) struct Takes {
    patterns: BTreeSet<String>,
    /// Years of the model, the latest first.
    pub(super) years: Vec<FinancialYear>,
}

impl Takes {
    /// What the model in force takes.
    pub(super) async fn now(app: &App) -> Result<Self, Fault> {
        let opened = models::in_force(app).await?;
        let model = models::checked(opened.files).await?.map_err(|faults| {
            let count = faults.len();
            Fault::Refused(format!(
                "The model has {count} faults, so no file can be checked. Mend the model first."
            ))
        })?;
        let mut patterns = BTreeSet::new();
        for mapping in model.intake.values() {
            patterns.extend(mapping.files.iter().cloned());
            patterns.extend(mapping.joins.iter().flat_map(|it| it.files.iter().cloned()));
            let sides = mapping.grouper.iter().chain(&mapping.merges);
            patterns.extend(sides.flat_map(|it| it.files.iter().cloned()));
        }
        let years = model.years.keys().rev().copied().collect();
        Ok(Self { patterns, years })
    }

    /// Where a file of a name belongs below the folder of the year: where one of this name was
    /// accepted before, else where a feed of the model takes it. Nothing if no feed takes it.
    pub(super) fn place_of(&self, name: &str, accepted: &[String], year: &str) -> Option<String> {
        let is_it = |it: &&String| it.rsplit('/').next() == Some(name);
        if let Some(there) = accepted.iter().find(is_it) {
            return Some(there.clone());
        }
        let below_year = format!("{year}/");
        let place = |pattern: &String| {
            let pattern = pattern.strip_prefix(&below_year).unwrap_or(pattern);
            let (folder, file) = pattern.rsplit_once('/').unwrap_or(("", pattern));
            let fits = !folder.contains('*') && fits(file, name);
            fits.then(
                || if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") },
            )
        };
        self.patterns.iter().find_map(place)
    }

    /// Names that the model takes, for people.
    pub(super) fn names(&self) -> String {
        let name = |it: &String| it.rsplit('/').next().unwrap_or_default().to_owned();
        self.patterns
            .iter()
            .map(name)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// Whether a name fits a pattern, in which `*` stands for anything.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return pattern == name };
    let Some(rest) = name.strip_prefix(before) else { return false };
    (0..=rest.len()).filter(|it| rest.is_char_boundary(*it)).any(|it| fits(after, &rest[it..]))
}

/// Files of a year that were accepted last.
#[derive(Clone, Debug, Default)]
pub(super) struct Accepted {
    folder: Option<PathBuf>,
    /// Whether the folder is a load's, so that nobody changes its files.
    is_ours: bool,
    /// Names below the folder.
    pub(super) names: Vec<String>,
}

impl Accepted {
    /// Those of the load that was accepted last, or those that lie in the year's folder of the site
    /// where none was.
    pub(super) async fn now(app: &App, year: FinancialYear) -> Result<Self, Fault> {
        let mut db = app.store().read().await?;
        let all = loads::list(&mut db, Some(year)).await?;
        drop(db);
        let accepted = all.into_iter().filter(|it| it.state == LoadState::Accepted);
        let last = accepted.max_by_key(|it| it.decided_at);
        let site = app.settings().folder.clone();
        let (folder, is_ours) = match &last {
            Some(load) => (Folder::of(&site, load).files().join(year.to_string()), true),
            None => (site.join(year.to_string()), false),
        };
        reading(move || {
            if !folder.is_dir() {
                return Ok(Self::default());
            }
            let names = names_below(&folder).map_err(|error| unreadable(&folder, &error))?;
            Ok(Self { folder: Some(folder), is_ours, names })
        })
        .await
    }
}

/// Names of all files below a folder, with `/`, in order. Links and hidden files are left out.
pub(super) fn names_below(folder: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    walk(folder, "", &mut found)?;
    found.sort();
    Ok(found)
}

fn walk(folder: &Path, prefix: &str, found: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type()?;
        if name.starts_with('.') {
            continue;
        }
        if kind.is_dir() {
            walk(&entry.path(), &format!("{prefix}{name}/"), found)?;
        } else if kind.is_file() {
            found.push(format!("{prefix}{name}"));
        }
    }
    Ok(())
}

/// Puts all files of the year together: those accepted last, and those that came in their places.
///
/// Files of a load are linked, since they never change; files of the trust are copied.
pub(super) fn assemble(
    folder: &Folder,
    accepted: &Accepted,
    year: FinancialYear,
    datasets: &Path,
) -> Result<(), Fault> {
    let to = folder.files();
    put_together(folder, accepted, &year.to_string()).map_err(|error| unreadable(&to, &error))?;
    let manifest = datasets.join(year.to_string()).join("manifest.json");
    let before = folder.before();
    let kept = match fs::copy(&manifest, &before) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => remove(&before),
        copied => copied.map(|_| ()),
    };
    kept.map_err(|error| unreadable(&before, &error))
}

fn put_together(folder: &Folder, accepted: &Accepted, year: &str) -> io::Result<()> {
    let to = folder.files();
    match fs::remove_dir_all(&to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        removed => removed?,
    }
    let to = to.join(year);
    fs::create_dir_all(&to)?;
    if let Some(from) = &accepted.folder {
        for name in &accepted.names {
            let (from, to) = (from.join(name), to.join(name));
            if accepted.is_ours { link(&from, &to)? } else { copy(&from, &to)? }
        }
    }
    let new = folder.new_files().join(year);
    for name in names_below(&new)? {
        let place = to.join(&name);
        remove(&place)?;
        // The same file packed and not packed would be read twice.
        remove(&to.join(twin(&name)))?;
        link(&new.join(&name), &place)?;
    }
    Ok(())
}

fn twin(name: &str) -> String {
    name.strip_suffix(".gz").map_or_else(|| format!("{name}.gz"), str::to_owned)
}

fn link(from: &Path, to: &Path) -> io::Result<()> {
    make_parent(to)?;
    match fs::hard_link(from, to) {
        Ok(()) => Ok(()),
        // File systems without links, or with too many of one file.
        Err(_) => fs::copy(from, to).map(|_| ()),
    }
}

/// Copies a file, making the folders above it.
pub(super) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    make_parent(to)?;
    fs::copy(from, to).map(|_| ())
}

/// Makes the folders above a path.
pub(super) fn make_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)
}

/// Takes a file away, if it is there.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

pub(super) fn unreadable(path: &Path, error: &io::Error) -> Fault {
    Fault::Broken(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(patterns: &[&str]) -> Takes {
        let patterns = patterns.iter().map(|it| (*it).to_owned()).collect();
        Takes { patterns, years: Vec::new() }
    }

    #[test]
    fn a_file_goes_where_it_was_or_where_a_feed_takes_it() {
        let takes = takes(&["feeds/ward*.csv", "2025-26/ledger/tb.csv", "*/x.csv", "control.csv"]);
        let place = |name: &str, accepted: &[String]| takes.place_of(name, accepted, "2025-26");
        assert_eq!(place("ward_07.csv", &[]).as_deref(), Some("feeds/ward_07.csv"));
        assert_eq!(place("tb.csv", &[]).as_deref(), Some("ledger/tb.csv"));
        assert_eq!(place("control.csv", &[]).as_deref(), Some("control.csv"));
        let before = ["old/ward_07.csv".to_owned()];
        assert_eq!(place("ward_07.csv", &before).as_deref(), Some("old/ward_07.csv"));
        for unknown in ["x.csv", "ward.txt", "tb.csv.gz"] {
            assert_eq!(place(unknown, &[]), None, "{unknown}");
        }
        assert_eq!(takes.names(), "control.csv, tb.csv, ward*.csv, x.csv");
    }

    #[test]
    fn what_came_takes_the_place_of_what_was_there() {
        let site = tempfile::tempdir().expect("a folder");
        let write = |path: &Path, text: &str| {
            make_parent(path).expect("a folder");
            fs::write(path, text).expect("writes");
        };
        let year = FinancialYear::beginning(2025);
        let trust = site.path().join("2025-26");
        for name in ["feeds/a.csv", "feeds/b.csv.gz", "ledger/tb.csv"] {
            write(&trust.join(name), "old");
        }
        let folder = Folder::new(site.path());
        write(&folder.new_files().join("2025-26/feeds/a.csv"), "new");
        write(&folder.new_files().join("2025-26/feeds/b.csv"), "new");
        let names = names_below(&trust).expect("reads");
        let accepted = Accepted { folder: Some(trust.clone()), is_ours: false, names };
        let datasets = site.path().join("datasets");
        // Twice: a check that is done again begins anew.
        for _ in 0..2 {
            assemble(&folder, &accepted, year, &datasets).expect("put together");
        }
        let files = folder.files().join("2025-26");
        let names = names_below(&files).expect("reads");
        assert_eq!(names, ["feeds/a.csv", "feeds/b.csv", "ledger/tb.csv"], "no file twice");
        let text = |path: PathBuf| fs::read_to_string(path).expect("reads");
        assert_eq!(text(files.join("feeds/a.csv")), "new");
        assert_eq!(text(files.join("ledger/tb.csv")), "old");
        assert_eq!(text(trust.join("feeds/a.csv")), "old", "the trust's own file stays");
    }
}
