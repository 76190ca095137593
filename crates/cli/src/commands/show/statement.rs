//! The whole statement of one service line.

use std::path::Path;

use anyhow::{Result, bail};
use domain::Money;
use results::Run;
use results::against::{Against, Side};
use results::records::Records;
use results::staff::Staff;
use results::statements::Statement;

use super::{Arguments, budget, head};
use crate::context::{Context, Outcome};

pub(super) fn run(
    run: &Run,
    code: &str,
    arguments: &Arguments,
    context: &Context,
) -> Result<Outcome> {
    if let Some(earlier) = &arguments.against {
        return against(run, earlier, (code, arguments), context);
    }
    let statements = super::statements_of(run, arguments)?;
    let statement = of(&statements, code)?;
    let staff = run.staff()?.remove(code);
    let budget = run.budget_of(code)?;
    context.print_of(
        run,
        || {
            let aside = if arguments.recurrent {
                "Without what is non-recurrent or technical\n"
            } else {
                ""
            };
            let head = head(run, &Records::default());
            format!(
                "{head}{aside}\n{}{}{}{}",
                rows(statement),
                staff_text(staff.as_ref()),
                budget::text(budget.as_ref()),
                where_from(&arguments.run, code)
            )
        },
        || {
            serde_json::json!({
                "run": run.id(), "statement": statement, "staff": staff, "budget": budget,
            })
        },
    )?;
    Ok(Outcome::Done)
}

/// The service line beside an earlier run, such as last year's.
fn against(
    run: &Run,
    earlier: &Path,
    (code, arguments): (&str, &Arguments),
    context: &Context,
) -> Result<Outcome> {
    let found = run.against(&Run::open(earlier)?, code, arguments.recurrent)?;
    context.print_of(
        run,
        || {
            let aside = if arguments.recurrent {
                "Without what is non-recurrent or technical\n"
            } else {
                ""
            };
            let (path, before) = (arguments.run.display(), earlier.display());
            format!(
                "{}{aside}\n{}\nWhere this comes from\n  \
                 a row of this run           concord explain {path} --service-line {code} --row ROW\n  \
                 a row of the earlier one    concord explain {before} --service-line {code} --row ROW\n  \
                 events of this run          concord query {path} \"select count(*), sum(own + absorbed) from events where service_line = '{code}' and category in ('', 'OWN') and own + absorbed <> 0\" (restricted_events has the others)\n  \
                 what moved, and why         concord compare {before} {path}\n",
                head(run, &Records::default()),
                against_text(&found)
            )
        },
        || serde_json::to_value(&found).expect("both runs are plain values"),
    )?;
    Ok(Outcome::Done)
}

fn against_text(found: &Against) -> String {
    let period = |it: &Side| format!("{} to period {}", it.year, it.last_period);
    let (before, after) = (&found.before, &found.after);
    let mut text = format!(
        "{}\n  {:>20} {:>20} {:>18}\n",
        found.service_line.with_code(),
        period(before),
        period(after),
        "difference"
    );
    let shown = |it: Option<Money>| it.map_or_else(|| "-".to_owned(), Money::to_pence);
    for row in &found.rows {
        text += &format!(
            "  {:>20} {:>20} {:>18}  {} ({})\n",
            shown(row.before),
            shown(row.after),
            row.difference.to_pence(),
            row.name,
            row.row
        );
    }
    text += &format!(
        "  {:>20} {:>20} {:>18}  events of own patients\n",
        before.events,
        after.events,
        after.events - before.events
    );
    let one = match (before.per_event, after.per_event) {
        (Some(before), Some(after)) => (after - before).to_pence(),
        _ => "-".to_owned(),
    };
    text + &format!(
        "  {:>20} {:>20} {one:>18}  cost of one of these events\n",
        shown(before.per_event),
        shown(after.per_event)
    )
}

/// Staff whose cost the service line bears; nothing where the model states none.
fn staff_text(staff: Option<&Staff>) -> String {
    staff.map_or_else(String::new, |it| format!("\nstaff: {}\n", it.in_words()))
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
         staff                       concord query {path} \"select * from service_line_wte where service_line = '{code}'\"\n  \
         budget of a cost line       concord query {path} \"select * from budget_lines where cost_line = 'COST_LINE'\"\n  \
         booked on a cost line       concord query {path} \"select * from cost_lines where cost_line = 'COST_LINE'\"\n  \
         beside last year            concord show {path} --service-line {code} --against EARLIER_RUN\n  \
         that it all recomputes      concord verify {path}\n"
    )
}
