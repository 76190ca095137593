//! `concord explain`: an event's cost, a residual, a unit cost or a service line back to ledger lines.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use costing::dataset::Dataset;
use results::explain::{CellRows, Figure, rows_text};
use results::{Caller, Run};
use vault::{Asked, Vault};

use crate::context::{Context, Outcome, with_patient_rows};
use crate::weigh;

/// Options of `explain`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the run.
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// Reference of the event: 26 characters of 0-9 and a-v.
    #[arg(long, value_name = "REF", group = "figure", required_unless_present_any = ["local_id", "residual", "unit_cost", "service_line"])]
    event: Option<String>,
    /// The trust's own identifier of the event, as its intake mapping builds it; the vault is asked
    /// for its reference, with a reason, and writes that down.
    #[arg(long, value_name = "ID", requires = "reason", group = "figure")]
    local_id: Option<String>,
    /// Residual, as `concord show` names it, or one of its reasons: `NO_DRIVER`,
    /// `UNMATCHED/NO_IDENTITY`.
    #[arg(long, value_name = "NAME[/REASON]", group = "figure")]
    residual: Option<String>,
    /// Resource and activity whose unit cost is asked for.
    #[arg(long, num_args = 2, value_names = ["RESOURCE", "ACTIVITY"], group = "figure")]
    unit_cost: Option<Vec<String>>,
    /// Service line whose cost is asked for.
    #[arg(long, value_name = "CODE", group = "figure")]
    service_line: Option<String>,
    /// Row of its statement alone.
    #[arg(long, value_name = "ROW", requires = "service_line")]
    row: Option<String>,
    /// Why you look; it stays on record.
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
    /// Vault folder, for --local-id.
    #[arg(long, value_name = "VAULT")]
    vault: Option<PathBuf>,
    /// Dataset of the run: rows are matched and weighed again, and each feed row's own cost is
    /// shown too.
    #[arg(long, value_name = "DATASET")]
    dataset: Option<PathBuf>,
    /// Shows every line instead of the largest.
    #[arg(long)]
    all: bool,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Outcome> {
    let run = Run::open(&arguments.run)?;
    if let Some(figure) = figure(arguments) {
        let trace = run.trace(&figure, &context.caller(&arguments.reason))?;
        context.print_of(
            &run,
            || trace.text(arguments.all),
            || serde_json::to_value(&trace).expect("a traced figure is plain values"),
        )?;
        return Ok(Outcome::Done);
    }
    let event = match (&arguments.event, &arguments.local_id) {
        (Some(event), _) => event.clone(),
        (None, Some(native)) => event_of_native(native, &run, arguments, context)?,
        (None, None) => bail!("name the event: --event REF, or --local-id ID --reason TEXT"),
    };
    context.warn_of_patient_rows(&run);
    let caller = context.caller(&arguments.reason);
    let explanation = run.explain(&event, &caller)?;
    let rows = match &arguments.dataset {
        Some(dataset) => Some(feed_rows(&run, &event, dataset, (context, &caller))?),
        None => None,
    };
    context.print_of(
        &run,
        || explanation.text(arguments.all) + &rows.as_deref().map_or_else(String::new, rows_text),
        || {
            let json = serde_json::to_value(&explanation);
            let mut json = json.expect("an explanation is plain values");
            if let Some(rows) = &rows {
                json["feed_rows"] = serde_json::to_value(rows).expect("rows are plain values");
            }
            with_patient_rows(json, &run)
        },
    )?;
    Ok(Outcome::Done)
}

/// Matches and weighs again what the run's own dataset holds of the event.
fn feed_rows(
    run: &Run,
    event: &str,
    folder: &Path,
    (context, caller): (&Context, &Caller),
) -> Result<Vec<CellRows>> {
    let progress = context.progress();
    progress.step("Matching the feeds again");
    let dataset = Dataset::open(folder)?;
    if dataset.hash != run.manifest().dataset_hash {
        bail!("`{}` is not the dataset of run {}: name its folder", folder.display(), run.id());
    }
    dataset.check_hashes()?;
    let rows = weigh::rows(&dataset, run, event.trim().parse()?)?;
    drop(progress);
    Ok(run.explain_rows(event, &rows, caller)?)
}

/// The figure asked for, if it is not that of an event.
fn figure(arguments: &Arguments) -> Option<Figure> {
    if let Some(asked) = &arguments.residual {
        let (name, reason) = match asked.split_once('/') {
            Some((name, reason)) => (name, Some(reason.to_owned())),
            None => (asked.as_str(), None),
        };
        return Some(Figure::Residual { name: name.to_owned(), reason });
    }
    if let Some([resource, activity]) = arguments.unit_cost.as_deref() {
        let (resource, activity) = (resource.clone(), activity.clone());
        return Some(Figure::UnitCost { resource, activity });
    }
    let code = arguments.service_line.clone()?;
    Some(Figure::ServiceLine { code, row: arguments.row.clone() })
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
