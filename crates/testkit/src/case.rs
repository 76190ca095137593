//! One worked example: its folder, what is given and what is expected.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::table::Table;

/// Tables by name, without the `.csv`.
pub type Tables = BTreeMap<String, Table>;

/// A folder of a worked example.
#[derive(Clone, Debug)]
pub struct Case {
    /// Name of the folder, which says what is shown.
    pub name: String,
    /// The folder.
    pub folder: PathBuf,
    given: Tables,
}

impl Case {
    /// Reads what is given.
    ///
    /// # Errors
    ///
    /// What is wrong with the folder, as a sentence.
    pub(crate) fn read(folder: &Path) -> Result<Self, String> {
        let name = file_name(folder);
        let given = read_tables(&folder.join("given"))?;
        Ok(Self { name, folder: folder.to_owned(), given })
    }

    /// A given table.
    ///
    /// # Panics
    ///
    /// If the case does not give it.
    #[track_caller]
    pub fn given(&self, table: &str) -> &Table {
        let found = self.given.get(table);
        found.unwrap_or_else(|| panic!("{}: there is no given/{table}.csv", self.name))
    }

    /// A given table that a case may leave out.
    pub fn given_if_any(&self, table: &str) -> Option<&Table> {
        self.given.get(table)
    }

    /// What the case expects, by file name; nothing where it does not say yet.
    pub(crate) fn expected(&self) -> Result<BTreeMap<String, String>, String> {
        read_texts(&self.expected_folder())
    }

    pub(crate) fn expected_folder(&self) -> PathBuf {
        self.folder.join("expected")
    }

    /// Whether a person has put their name to the expected figures: a line `signed: NAME, DATE`.
    pub(crate) fn is_signed(&self) -> bool {
        let readme = fs::read_to_string(self.folder.join("README.md")).unwrap_or_default();
        readme.lines().any(|it| it.trim_start().to_lowercase().starts_with("signed:"))
    }
}

/// The folders directly below a folder, in name order.
pub(crate) fn folders_below(folder: &Path) -> Result<Vec<PathBuf>, String> {
    Ok(entries(folder)?.into_iter().filter(|it| it.is_dir()).collect())
}

fn read_tables(folder: &Path) -> Result<Tables, String> {
    let mut tables = Tables::new();
    for (file, text) in read_texts(folder)? {
        let table = Table::parse(&text)
            .map_err(|error| format!("{}: {error}", folder.join(&file).display()))?;
        tables.insert(file.trim_end_matches(".csv").to_owned(), table);
    }
    Ok(tables)
}

/// The CSV files of a folder; a folder that is not there holds none.
fn read_texts(folder: &Path) -> Result<BTreeMap<String, String>, String> {
    let mut texts = BTreeMap::new();
    if !folder.exists() {
        return Ok(texts);
    }
    for path in entries(folder)? {
        if path.extension().is_some_and(|it| it == "csv") {
            let text = fs::read_to_string(&path)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            texts.insert(file_name(&path), text);
        }
    }
    Ok(texts)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let fault = |error: std::io::Error| format!("{}: {error}", folder.display());
    let listing = fs::read_dir(folder).map_err(fault)?;
    let mut paths = Vec::new();
    for entry in listing {
        paths.push(entry.map_err(fault)?.path());
    }
    paths.sort();
    Ok(paths)
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default()
}
