//! The whole statement of one service line.

use std::path::Path;

use anyhow::{Result, bail};
use domain::Money;
use results::Run;
use results::records::Records;
use results::statements::Statement;

use super::{Arguments, head};
use crate::context::{Context, Outcome};

pub(super) fn run(
    run: &Run,
    code: &str,
    arguments: &Arguments,
    context: &Context,
) -> Result<Outcome> {
    let statements = super::statements_of(run, arguments)?;
    let statement = of(&statements, code)?;
    context.print_of(
        run,
        || {
            let aside = if arguments.recurrent {
                "Without what is non-recurrent or technical\n"
            } else {
                ""
            };
            let head = head(run, &Records::default());
            format!("{head}{aside}\n{}{}", rows(statement), where_from(&arguments.run, code))
        },
        || serde_json::json!({ "run": run.id(), "statement": statement }),
    )?;
    Ok(Outcome::Done)
}

/// The statement of a service line among all.
pub(super) fn of<'a>(statements: &'a [Statement], code: &str) -> Result<&'a Statement> {
    let Some(statement) = statements.iter().find(|it| it.service_line.code == code) else {
        let codes: Vec<&str> = statements.iter().map(|it| it.service_line.code.as_str()).collect();
        bail!("this run has no service line {code}; it has {}", codes.join(", "));
    };
    Ok(statement)
}

/// Its result in words, then its rows.
pub(super) fn rows(statement: &Statement) -> String {
    let mut text = format!("{} {}\n", statement.service_line.with_code(), statement.in_words);
    for row in &statement.rows {
        let aside = match row.non_recurrent {
            Money::ZERO => String::new(),
            amount => format!(", of which {} non-recurrent or technical", amount.to_pence()),
        };
        text += &format!("  {:>18}  {} ({}){aside}\n", row.amount.to_pence(), row.name, row.row);
    }
    text
}

fn where_from(path: &Path, code: &str) -> String {
    let path = path.display();
    format!(
        "\nWhere this comes from\n  \
         a row to its ledger lines   concord explain {path} --service-line {code} --row ROW\n  \
         all cost to ledger lines    concord explain {path} --service-line {code}\n  \
         without non-recurrent       concord show {path} --service-line {code} --recurrent\n  \
         that it all recomputes      concord verify {path}\n"
    )
}
