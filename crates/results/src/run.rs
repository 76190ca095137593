//! Opens a run: its manifest, its files, its rules and its tables.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rules::{Model, ModelFiles, YearRules};
use sha2::{Digest as _, Sha256};
use tables::manifest::{FileEntry, RUN_FORMAT, RunManifest};

use crate::ResultsError;
use crate::kept::Kept;

/// A finished run. Opening it checks that every file of the manifest is there in full size; it
/// does not read them.
#[derive(Debug)]
pub struct Run {
    folder: PathBuf,
    manifest: RunManifest,
    manifest_sha256: String,
    rules: OnceLock<YearRules>,
    pub(crate) kept: Kept,
}

/// One file of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableFile {
    /// Resource or weight set that the file is for; blank for a table of one file.
    pub code: String,
    /// Where it is.
    pub path: PathBuf,
    /// Rows in it.
    pub rows: u64,
}

/// A table of the run and its files, in name order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunTable {
    /// Name in SQL.
    pub name: String,
    /// Column that the file names stand for: `resource`, `weight_set`; blank for one file.
    pub code_column: &'static str,
    /// Its files.
    pub files: Vec<TableFile>,
}

impl RunTable {
    /// Rows in all its files.
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|it| it.rows).sum()
    }
}

impl Run {
    /// Opens the folder that `concord cost` printed.
    ///
    /// # Errors
    ///
    /// [`ResultsError::NotARun`] without a manifest, [`ResultsError::NewerFormat`] for a run of a
    /// later version, [`ResultsError::Damaged`] if a file is missing or has another size.
    pub fn open(folder: &Path) -> Result<Self, ResultsError> {
        let path = folder.join("manifest.json");
        let text = fs::read(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => ResultsError::NotARun(folder.to_owned()),
            _ => ResultsError::reading(&path)(error),
        })?;
        refuse_newer_format(&text)?;
        let manifest: RunManifest = serde_json::from_slice(&text)
            .map_err(|error| ResultsError::damaged("manifest.json", &error))?;
        let folder = fs::canonicalize(folder).map_err(ResultsError::reading(folder))?;
        for entry in &manifest.files {
            check_size(&folder, entry)?;
        }
        let manifest_sha256 = hexadecimal(&Sha256::digest(&text));
        let (rules, kept) = (OnceLock::new(), Kept::default());
        Ok(Self { folder, manifest, manifest_sha256, rules, kept })
    }

    /// Its folder, as an absolute path.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.manifest.id
    }

    /// Its manifest.
    pub fn manifest(&self) -> &RunManifest {
        &self.manifest
    }

    /// SHA-256 of its manifest in hexadecimal: stands for the whole run, since the manifest holds
    /// the hash of every file.
    pub fn manifest_sha256(&self) -> &str {
        &self.manifest_sha256
    }

    /// The rules of its year, from the model that it holds.
    ///
    /// # Errors
    ///
    /// [`ResultsError::Model`] if this version cannot read that model.
    pub fn rules(&self) -> Result<&YearRules, ResultsError> {
        if let Some(rules) = self.rules.get() {
            return Ok(rules);
        }
        let rules = self.parse_rules()?;
        Ok(self.rules.get_or_init(|| rules))
    }

    /// The tables that it holds, in name order.
    pub fn tables(&self) -> Vec<RunTable> {
        let mut tables: Vec<RunTable> = Vec::new();
        for entry in &self.manifest.files {
            let Some(stem) = entry.name.strip_suffix(".parquet") else { continue };
            let (name, code) = stem.split_once('/').unwrap_or((stem, ""));
            let file = TableFile {
                code: code_of(code),
                path: self.folder.join(&entry.name),
                rows: entry.rows,
            };
            match tables.iter_mut().find(|it| it.name == name) {
                Some(table) => table.files.push(file),
                None => tables.push(RunTable {
                    name: name.to_owned(),
                    code_column: code_column(name),
                    files: vec![file],
                }),
            }
        }
        tables.sort_by(|one, other| one.name.cmp(&other.name));
        tables
    }

    /// One table by name.
    ///
    /// # Errors
    ///
    /// [`ResultsError::NoSuchTable`] naming those there are.
    pub fn table(&self, name: &str) -> Result<RunTable, ResultsError> {
        let tables = self.tables();
        let known = tables.iter().map(|it| it.name.clone()).collect();
        tables
            .into_iter()
            .find(|it| it.name == name)
            .ok_or_else(|| ResultsError::NoSuchTable { name: name.to_owned(), known })
    }

    /// Reads every file and compares its hash with the manifest.
    ///
    /// # Errors
    ///
    /// [`ResultsError::Damaged`] for the first that differs.
    pub fn check_hashes(&self) -> Result<(), ResultsError> {
        for entry in &self.manifest.files {
            let path = self.folder.join(&entry.name);
            if hash_file(&path)? != entry.sha256 {
                let why = "its content is not what the manifest says";
                return Err(ResultsError::damaged(&entry.name, &why));
            }
        }
        Ok(())
    }

    /// A file beside the run, such as its records.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.parent().unwrap_or(&self.folder).join(name)
    }

    fn parse_rules(&self) -> Result<YearRules, ResultsError> {
        let mut files = ModelFiles::new();
        for entry in &self.manifest.files {
            if let Some(name) = entry.name.strip_prefix("model/") {
                let path = self.folder.join(&entry.name);
                let bytes = fs::read(&path).map_err(ResultsError::reading(&path))?;
                files.insert(name.to_owned(), bytes);
            }
        }
        let (mut model, _) = Model::parse(files).map_err(|faults| {
            let first = faults.first().map_or_else(String::new, |it| it.message.clone());
            ResultsError::Model(first)
        })?;
        let year = self
            .manifest
            .year
            .parse()
            .map_err(|error| ResultsError::damaged("manifest.json", &error))?;
        model
            .years
            .remove(&year)
            .ok_or_else(|| ResultsError::Model(format!("it has no rules for {year}")))
    }
}

/// The format alone is read first, so that a run of a later version is refused by its number and
/// not by the first field that this version does not know.
fn refuse_newer_format(manifest: &[u8]) -> Result<(), ResultsError> {
    #[derive(serde::Deserialize)]
    struct FormatOnly {
        format: u32,
        #[serde(default)]
        engine: String,
    }
    let head: FormatOnly = serde_json::from_slice(manifest)
        .map_err(|error| ResultsError::damaged("manifest.json", &error))?;
    if head.format > RUN_FORMAT {
        return Err(ResultsError::NewerFormat {
            found: head.format,
            known: RUN_FORMAT,
            engine: head.engine,
        });
    }
    Ok(())
}

fn check_size(folder: &Path, entry: &FileEntry) -> Result<(), ResultsError> {
    if entry.name.starts_with('/') || entry.name.split('/').any(|it| it == "..") {
        let why = format!("it names `{}`, which is outside the run", entry.name);
        return Err(ResultsError::damaged("manifest.json", &why));
    }
    match fs::metadata(folder.join(&entry.name)) {
        Ok(found) if found.len() == entry.bytes => Ok(()),
        Ok(found) => {
            let why = format!("it has {} bytes instead of {}", found.len(), entry.bytes);
            Err(ResultsError::damaged(&entry.name, &why))
        }
        Err(error) => Err(ResultsError::damaged(&entry.name, &error)),
    }
}

/// What the names of a table's files stand for.
fn code_column(table: &str) -> &'static str {
    match table {
        "event_costs" => "resource",
        "weights" => "weight_set",
        _ => "",
    }
}

/// The code behind a file name: the inverse of [`tables::manifest::file_name`].
fn code_of(name: &str) -> String {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = (*first == b'%')
            .then(|| after.get(..2).and_then(|it| std::str::from_utf8(it).ok()))
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hash_file(path: &Path) -> Result<String, ResultsError> {
    let mut file = fs::File::open(path).map_err(ResultsError::reading(path))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut buffer).map_err(ResultsError::reading(path))?;
        if read == 0 {
            return Ok(hexadecimal(&hash.finalize()));
        }
        hash.update(&buffer[..read]);
    }
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
