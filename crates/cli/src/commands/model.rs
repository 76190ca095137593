//! `concord model`: checks, copies, compares and locks models.

use std::fmt::{self, Display};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use domain::Finding;
use rules::lock::LOCK_FILE;
use rules::{Change, Model, ModelFiles};

use super::findings;
use crate::context::{Context, Outcome};
use crate::surroundings;

/// Options of `model`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: ModelVerb,
}

#[derive(Debug, Subcommand)]
enum ModelVerb {
    /// Reads a model and lists everything that is wrong with it.
    Check {
        /// Model folder.
        #[arg(value_name = "MODEL")]
        model: PathBuf,
    },
    /// Copies a model into a new folder, without its lock, so that it can be changed.
    Copy {
        /// Model folder.
        #[arg(value_name = "MODEL")]
        model: PathBuf,
        /// New folder.
        #[arg(value_name = "NEW")]
        to: PathBuf,
    },
    /// Lists the rows in which two models differ.
    Compare {
        /// The one.
        #[arg(value_name = "MODEL")]
        from: PathBuf,
        /// The other.
        #[arg(value_name = "OTHER")]
        to: PathBuf,
    },
    /// Locks a model: from then on a changed file is refused.
    Lock {
        /// Model folder.
        #[arg(value_name = "MODEL")]
        model: PathBuf,
        /// Name of who locks.
        #[arg(long, value_name = "NAME")]
        by: String,
    },
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Outcome> {
    match &arguments.verb {
        ModelVerb::Check { model } => check(model, context),
        ModelVerb::Copy { model, to } => copy(model, to, context),
        ModelVerb::Compare { from, to } => compare(from, to, context),
        ModelVerb::Lock { model, by } => lock(model, by, context),
    }
}

/// A model that has faults.
#[derive(Debug)]
pub(crate) struct RefusedModel {
    folder: PathBuf,
    /// Its faults.
    pub(crate) faults: Vec<Finding>,
}

impl Display for RefusedModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let folder = self.folder.display();
        write!(
            f,
            "the model in `{folder}` is refused:\n{}concord model check {folder} lists this again",
            findings::text(&self.faults)
        )
    }
}

impl std::error::Error for RefusedModel {}

/// Reads a sound model; a refused one is an error that lists its faults.
pub(crate) fn load(folder: &Path) -> Result<Model> {
    match Model::parse(files(folder)?) {
        Ok((model, _)) => Ok(model),
        Err(faults) => Err(RefusedModel { folder: folder.to_owned(), faults }.into()),
    }
}

fn files(folder: &Path) -> Result<ModelFiles> {
    let files = rules::folder::load(folder)
        .with_context(|| format!("cannot read the model in `{}`", folder.display()))?;
    if files.is_empty() {
        bail!("`{}` holds no model: it has no CSV or TOML file", folder.display());
    }
    Ok(files)
}

fn check(folder: &Path, context: &Context) -> Result<Outcome> {
    let checked = checked(folder)?;
    context.print(
        || findings::text(&checked.findings) + &format!("{}\n", checked.verdict()),
        || checked.json(),
    )?;
    Ok(if checked.model.is_some() { Outcome::Done } else { Outcome::Failed })
}

/// A model that was read, sound or not.
pub(crate) struct Checked {
    /// The model, if it is sound.
    pub(crate) model: Option<Model>,
    /// What was found.
    pub(crate) findings: Vec<Finding>,
}

/// Reads a model, and prints nothing.
pub(crate) fn checked(folder: &Path) -> Result<Checked> {
    Ok(match Model::parse(files(folder)?) {
        Ok((model, findings)) => Checked { model: Some(model), findings },
        Err(findings) => Checked { model: None, findings },
    })
}

impl Checked {
    pub(crate) fn verdict(&self) -> String {
        match &self.model {
            Some(model) => {
                let years: Vec<String> = model.years.keys().map(ToString::to_string).collect();
                let locked = if model.locked { ", locked" } else { "" };
                format!("The model is sound: {}{locked}.", years.join(", "))
            }
            None => format!("The model is refused: {} findings.", self.findings.len()),
        }
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "sound": self.model.is_some(),
            "locked": self.model.as_ref().is_some_and(|it| it.locked),
            "hash": self.model.as_ref().map(Model::hash),
            "findings": findings::json(&self.findings),
        })
    }
}

fn copy(from: &Path, to: &Path, context: &Context) -> Result<Outcome> {
    let files = files(from)?;
    if fs::read_dir(to).is_ok_and(|mut it| it.next().is_some()) {
        bail!("`{}` is not empty: name a new folder", to.display());
    }
    let written = files.iter().filter(|(name, _)| *name != LOCK_FILE);
    for (name, bytes) in written {
        let path = to.join(name);
        let folder = path.parent().unwrap_or(to);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, bytes))
            .with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    context.print(
        || {
            let to = to.display();
            format!("{to} is a copy without lock. Change it, then: concord model check {to}\n")
        },
        || serde_json::json!({ "copied": from, "to": to }),
    )?;
    Ok(Outcome::Done)
}

fn compare(from: &Path, to: &Path, context: &Context) -> Result<Outcome> {
    let changes = rules::compare(&files(from)?, &files(to)?);
    context.print(
        || {
            let line =
                |it: &Change| format!("{}  {}  {}: {}\n", it.file, it.what.word(), it.key, it.text);
            let lines: String = changes.iter().map(line).collect();
            if lines.is_empty() {
                return "The models have the same rules.\n".to_owned();
            }
            format!(
                "{lines}What a change moves: cost with both models, then concord compare RUN_A RUN_B --dataset DATASET\n"
            )
        },
        || {
            let object = |it: &Change| {
                serde_json::json!({
                    "file": it.file, "key": it.key, "what": it.what.word(), "text": it.text,
                })
            };
            serde_json::json!({ "changes": changes.iter().map(object).collect::<Vec<_>>() })
        },
    )?;
    Ok(Outcome::Done)
}

fn lock(folder: &Path, by: &str, context: &Context) -> Result<Outcome> {
    if by.trim().is_empty() {
        bail!("--by is blank: name who locks the model");
    }
    let model = load(folder)?;
    if model.locked {
        bail!("the model is locked; `concord model copy` makes one that can be changed");
    }
    let bytes = rules::lock::lock(&model.files, by.trim(), &surroundings::now());
    let path = folder.join(LOCK_FILE);
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    std::io::Write::write_all(&mut file, &bytes)?;
    file.as_file().sync_all()?;
    file.persist(&path).with_context(|| format!("cannot write `{}`", path.display()))?;
    context.print(
        || format!("The model in {} is locked by {}.\n", folder.display(), by.trim()),
        || serde_json::json!({ "locked": folder, "by": by.trim(), "hash": model.hash() }),
    )?;
    Ok(Outcome::Done)
}
