//! `concord demo`: writes a demonstration trust.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use demonstration::Size;
use vault::Vault;

use crate::context::{Context, Outcome};

/// The key of every demonstration's vault: public, so that everyone gets the same references.
const PUBLIC_KEY: [u8; 32] = *b"concord demonstration public key";

/// Options of `demo`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folder to write, made if it is not there.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// How large the trust is: small, district, trust or large.
    #[arg(long, default_value = "district")]
    size: Size,
    /// Another number makes another trust; the same makes the same bytes.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Outcome> {
    let progress = context.progress();
    let told = |task: &str, done: u64, of: u64| progress.amount(task, done, of);
    let dir = &arguments.dir;
    let summary = demonstration::write(dir, arguments.size, arguments.seed, &told)
        .with_context(|| format!("cannot write the demonstration trust to `{}`", dir.display()))?;
    drop(progress);
    Vault::create_with_key(&dir.join("vault"), PUBLIC_KEY)?;
    context.print(
        || text(arguments, &summary),
        || {
            let years = summary.years.iter().map(|(year, it)| (year.clone(), of_year(it)));
            serde_json::json!({
                "dir": dir,
                "size": arguments.size.to_string(),
                "seed": arguments.seed,
                "years": years.collect::<serde_json::Map<_, _>>(),
            })
        },
    )?;
    Ok(Outcome::Done)
}

fn text(arguments: &Arguments, summary: &demonstration::Summary) -> String {
    let dir = arguments.dir.display();
    let mut text = format!(
        "A {} demonstration trust, seed {}, is in {dir}; everything in it is invented.\n",
        arguments.size, arguments.seed
    );
    for (year, it) in &summary.years {
        text += &format!(
            "{year}: {} events, {} rows of activity, {} ledger lines, {} of cost, {} of income for patients\n",
            it.events.values().sum::<u64>(),
            it.rows.values().sum::<u64>(),
            it.ledger_lines,
            domain::Money::from_pounds(it.cost_pounds).to_pence(),
            domain::Money::from_pounds(it.patient_income_pounds).to_pence(),
        );
    }
    let latest = summary.years.keys().next_back().map_or("YEAR", String::as_str);
    text + &format!(
        "Next, and what counts these figures again from the files: concord intake --model {dir}/model --from {dir} --to {dir}/datasets/{latest} --year {latest} --vault {dir}/vault\n"
    )
}

fn of_year(year: &demonstration::YearSummary) -> serde_json::Value {
    serde_json::json!({
        "events": year.events,
        "rows": year.rows,
        "ledger_lines": year.ledger_lines,
        "cost_pounds": year.cost_pounds,
        "patient_income_pounds": year.patient_income_pounds,
    })
}
