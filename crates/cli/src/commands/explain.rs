//! `concord explain`: one event's cost back to ledger lines.

use anyhow::{Context as _, Result, bail};
use results::Run;

use super::{caller, runs_of};
use crate::arguments::{Arguments, Explain};
use crate::{output, surroundings};

pub(super) fn run(arguments: &Arguments, options: &Explain) -> Result<bool> {
    let run = Run::open(&options.run)?;
    let event = event(options)?;
    let explanation = run.explain(&event, &caller(&options.reason))?;
    output::patient_rights(arguments, "explain", runs_of(&options.run));
    output::answer(
        arguments,
        || explanation.text(options.all),
        || serde_json::to_value(&explanation).unwrap_or_default(),
    );
    Ok(true)
}

/// The reference that was given, or that of a native id, looked up with a reason.
fn event(options: &Explain) -> Result<String> {
    if let Some(event) = &options.event {
        return Ok(event.clone());
    }
    let (Some(native), Some(folder)) = (&options.local_id, &options.vault) else {
        bail!("give --event REFERENCE, or --local-id ID with --vault and --reason");
    };
    let mut vault = vault::Vault::open(folder)?;
    let (by, at) = (surroundings::user(), surroundings::now());
    let asked = vault::Asked { by: &by, reason: &options.reason, at: &at };
    let found = vault.event_of_native(native, &asked)?;
    let key = found.with_context(|| {
        "the vault knows no event of that id: check the id as the feed writes it".to_owned()
    })?;
    Ok(key.to_string())
}
