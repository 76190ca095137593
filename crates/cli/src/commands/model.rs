//! `concord model`: checks, copies, compares and locks models.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use rules::model::ModelFiles;
use rules::{Model, compare, lock};
use serde_json::json;

use super::read_model;
use crate::arguments::{Arguments, ModelCommand};
use crate::{output, surroundings};

pub(super) fn run(arguments: &Arguments, command: &ModelCommand) -> Result<bool> {
    match command {
        ModelCommand::Check { model } => check(arguments, model),
        ModelCommand::Copy { model, to } => copy(arguments, model, to),
        ModelCommand::Compare { from, to } => differences(arguments, from, to),
        ModelCommand::Lock { model, by } => lock_model(arguments, model, by),
    }
}

fn check(arguments: &Arguments, folder: &Path) -> Result<bool> {
    let files = load(folder)?;
    let (sound, findings) = match Model::parse(files) {
        Ok((_, findings)) => (true, findings),
        Err(findings) => (false, findings),
    };
    let text = || {
        let verdict = if sound { "The model can be used." } else { "The model is refused." };
        format!("{}{verdict} {} findings.", output::findings_text(&findings), findings.len())
    };
    output::answer(
        arguments,
        text,
        || json!({ "sound": sound, "findings": output::findings_json(&findings) }),
    );
    Ok(sound)
}

fn load(folder: &Path) -> Result<ModelFiles> {
    Model::load(folder).with_context(|| format!("{}: the model cannot be read", folder.display()))
}

fn copy(arguments: &Arguments, from: &Path, to: &Path) -> Result<bool> {
    if to.exists() {
        bail!("{} is there already: choose another folder", to.display());
    }
    let mut files = load(from)?;
    files.remove(lock::LOCK_FILE);
    for (name, bytes) in &files {
        let path = to.join(name);
        let failed = || format!("{} cannot be written", path.display());
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).with_context(failed)?;
        }
        std::fs::write(&path, bytes).with_context(failed)?;
    }
    let text =
        || format!("{} files are copied to {}; the copy has no lock.", files.len(), to.display());
    output::answer(arguments, text, || json!({ "to": to, "files": files.len() }));
    Ok(true)
}

fn differences(arguments: &Arguments, from: &Path, to: &Path) -> Result<bool> {
    let changes = compare::compare(&load(from)?, &load(to)?);
    let text = || {
        let line =
            |it: &compare::Change| format!("{} {:?} {}: {}\n", it.file, it.what, it.key, it.text);
        let lines: String = changes.iter().map(line).collect();
        format!("{lines}{} rows differ.", changes.len())
    };
    let rows = || {
        let row = |it: &compare::Change| json!({ "file": it.file, "key": it.key, "what": format!("{:?}", it.what), "text": it.text });
        changes.iter().map(row).collect::<Vec<_>>()
    };
    output::answer(arguments, text, || json!({ "changes": rows() }));
    Ok(true)
}

fn lock_model(arguments: &Arguments, folder: &Path, by: &str) -> Result<bool> {
    let (model, _) = read_model(folder)?;
    if model.locked {
        bail!("{} is locked already: copy it to change it", folder.display());
    }
    let bytes = lock::lock(&model.files, by, &surroundings::now());
    let path = folder.join(lock::LOCK_FILE);
    std::fs::write(&path, bytes)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    let text = || {
        format!("{} is locked by {by}: any later change to its files is refused.", folder.display())
    };
    output::answer(arguments, text, || json!({ "locked": folder, "by": by, "hash": model.hash() }));
    Ok(true)
}
