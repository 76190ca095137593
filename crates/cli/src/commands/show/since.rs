//! A month as the difference of two years to date.

use std::path::Path;

use anyhow::Result;
use results::Run;
use results::records::Records;

use super::{Arguments, head, statement, statements};
use crate::context::{Context, Outcome};

pub(super) fn run(
    run: &Run,
    earlier: &Path,
    arguments: &Arguments,
    context: &Context,
) -> Result<Outcome> {
    let mut since = run.since(&Run::open(earlier)?)?;
    since.statements = super::asked(since.statements, arguments.recurrent);
    let one = match &arguments.service_line {
        Some(code) => Some(statement::of(&since.statements, code)?),
        None => None,
    };
    let (path, before) = (arguments.run.display(), earlier.display());
    context.print_of(
        run,
        || {
            let mut text = head(run, &Records::default());
            text += &format!("{}\n", since.label);
            if let Some(one) = one {
                text += &format!("\n{}", statement::rows(one));
            } else {
                text += &statements(&since.statements, arguments.recurrent);
                text += "\nMoney that reached no own patient\n";
                for it in &since.residuals {
                    let amount = it.amount.to_string();
                    text += &format!("  {amount:>22}  {} ({})\n", it.words, it.residual);
                }
                text += &format!(
                    "\nLedger {}: own patients {}, the residuals above, income {}\n",
                    since.ledger, since.own_patients, since.income
                );
            }
            text + &format!(
                "\nWhere this comes from\n  \
                 the year to date        concord show {path}\n  \
                 the one before          concord show {before}\n  \
                 what moved, and why     concord compare {before} {path}\n"
            )
        },
        || serde_json::to_value(&since).expect("a difference is plain values"),
    )?;
    Ok(Outcome::Done)
}
