//! `concord explain`: one event's cost back to ledger lines.

use std::path::PathBuf;

use anyhow::{Result, bail};
use results::Run;
use vault::{Asked, Vault};

use crate::context::{Context, Outcome, with_patient_rows};

/// Options of `explain`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the run.
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// Reference of the event: 26 characters of 0-9 and a-v.
    #[arg(long, value_name = "REF", required_unless_present = "local_id")]
    event: Option<String>,
    /// The trust's own identifier of the event, as its intake mapping builds it; the vault is asked
    /// for its reference, with a reason, and writes that down.
    #[arg(long, value_name = "ID", conflicts_with = "event", requires = "reason")]
    local_id: Option<String>,
    /// Why you look; it stays on record.
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
    /// Vault folder, for --local-id.
    #[arg(long, value_name = "VAULT")]
    vault: Option<PathBuf>,
    /// Shows every line instead of the largest.
    #[arg(long)]
    all: bool,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Outcome> {
    let run = Run::open(&arguments.run)?;
    let event = match (&arguments.event, &arguments.local_id) {
        (Some(event), _) => event.clone(),
        (None, Some(native)) => event_of_native(native, &run, arguments, context)?,
        (None, None) => bail!("name the event: --event REF, or --local-id ID --reason TEXT"),
    };
    context.warn_of_patient_rows(&run);
    let explanation = run.explain(&event, &context.caller(&arguments.reason))?;
    context.print_of(
        &run,
        || explanation.text(arguments.all),
        || {
            let json = serde_json::to_value(&explanation);
            with_patient_rows(json.expect("an explanation is plain values"), &run)
        },
    )?;
    Ok(Outcome::Done)
}

fn event_of_native(
    native: &str,
    run: &Run,
    arguments: &Arguments,
    context: &Context,
) -> Result<String> {
    let folder = context.configuration.vault(arguments.vault.as_deref(), None)?;
    let mut vault = Vault::open(&folder)?;
    let caller = context.caller(&arguments.reason);
    let wanted = &run.manifest().key_fingerprint;
    if vault.fingerprint() != wanted {
        bail!(
            "the vault in `{}` has another key ({}) than this run ({wanted}): name the vault that its intake used with --vault",
            folder.display(),
            vault.fingerprint()
        );
    }
    let asked = Asked { by: &caller.who, reason: &caller.reason, at: &caller.at };
    match vault.event_of_native(native, &asked)? {
        Some(key) => Ok(key.to_string()),
        None => bail!(
            "no intake with this vault has seen such an event; check how the intake mapping builds its identifier"
        ),
    }
}
