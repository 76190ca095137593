//! The text files of the repository, read once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// All files by path relative to the repository, with `/`; text where a rule reads it.
#[derive(Debug, Default)]
pub(super) struct Repository {
    /// Files that the rules read.
    pub(super) texts: BTreeMap<String, String>,
    /// Every file and folder there is.
    pub(super) paths: BTreeSet<String>,
}

/// Folder of files that are bad on purpose: no rule reads what is in them.
const BAD_ON_PURPOSE: &str = "golden/bad_input/";

const TEXT_ENDINGS: [&str; 6] = [".rs", ".md", ".toml", ".csv", ".yml", ".ci/run"];

impl Repository {
    /// Reads all files but those that `.gitignore` names.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let ignored = fs::read_to_string(root.join(".gitignore")).unwrap_or_default();
        let ignored: Vec<&str> = ignored.lines().map(|it| it.trim_start_matches('/')).collect();
        let mut repository = Self::default();
        repository.read_folder(root, "", &ignored)?;
        Ok(repository)
    }

    fn read_folder(&mut self, root: &Path, folder: &str, ignored: &[&str]) -> Result<()> {
        let path = root.join(folder);
        let context = || format!("cannot read {}", path.display());
        for entry in fs::read_dir(&path).with_context(context)? {
            let entry = entry.with_context(context)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let inner = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            if inner == ".git" || ignored.contains(&inner.as_str()) {
                continue;
            }
            self.paths.insert(inner.clone());
            if entry.file_type().with_context(context)?.is_dir() {
                self.read_folder(root, &inner, ignored)?;
            } else if is_read(&inner) {
                let text = fs::read_to_string(root.join(&inner));
                self.texts
                    .insert(inner.clone(), text.with_context(|| format!("{inner} is not text"))?);
            }
        }
        Ok(())
    }

    /// The files whose path ends so.
    pub(super) fn ending<'a>(
        &'a self,
        ending: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let all = self.texts.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        all.filter(move |(path, _)| path.ends_with(ending))
    }

    /// One file that must be there.
    pub(super) fn text(&self, path: &str) -> Result<&str> {
        self.texts.get(path).map(String::as_str).with_context(|| format!("there is no {path}"))
    }

    /// A repository of these files only.
    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let mut repository = Self::default();
        for (path, text) in files {
            let mut folder = *path;
            while let Some((above, _)) = folder.rsplit_once('/') {
                repository.paths.insert(above.to_owned());
                folder = above;
            }
            repository.paths.insert((*path).to_owned());
            repository.texts.insert((*path).to_owned(), (*text).to_owned());
        }
        repository
    }
}

/// Whether rules read a file.
fn is_read(path: &str) -> bool {
    !path.starts_with(BAD_ON_PURPOSE) && TEXT_ENDINGS.iter().any(|it| path.ends_with(it))
}
