//! Takes the rows of a service line's statement back to ledger lines, through its events.

use domain::Money;
use rules::YearRules;
use rules::year::{CostSelector, StatementKind, StatementRow};

use super::Command;
use super::build::must_equal;
use super::figure::{Found, Parts, numbers, restricted};
use super::sources::SourceKey;
use crate::statements::Statement;
use crate::{ResultsError, Run};

pub(super) fn service_line(
    run: &Run,
    code: &str,
    row: Option<&str>,
) -> Result<Found, ResultsError> {
    let statements = run.statements()?;
    let Some(statement) = statements.iter().find(|it| it.service_line.code == code) else {
        let known = statements.iter().map(|it| it.service_line.code.clone()).collect();
        let asked = code.to_owned();
        return Err(ResultsError::NoSuchFigure { what: "service line", asked, known });
    };
    let rules = run.rules()?;
    match row {
        None => cost(run, statement, None),
        Some(row) => match rules.statement.iter().find(|it| it.row == row) {
            None => {
                let known = statement.rows.iter().map(|it| it.row.clone()).collect();
                let asked = row.to_owned();
                Err(ResultsError::NoSuchFigure { what: "row of the statement", asked, known })
            }
            Some(found) => match &found.kind {
                StatementKind::Cost(_) => cost(run, statement, Some(found)),
                StatementKind::Income(which) => Ok(income(run, (statement, found), which)),
                StatementKind::Subtotal(terms) => Ok(subtotal(run, (statement, found), terms)),
            },
        },
    }
}

/// All cost of a service line, or that of one row.
fn cost(
    run: &Run,
    statement: &Statement,
    row: Option<&StatementRow>,
) -> Result<Found, ResultsError> {
    let rules = run.rules()?;
    let code = statement.service_line.code.as_str();
    let is_wanted = |it: &StatementRow| match row {
        Some(row) => row.row == it.row,
        None => matches!(it.kind, StatementKind::Cost(_)),
    };
    let wanted: Vec<&str> =
        rules.statement.iter().filter(|it| is_wanted(it)).map(|it| it.row.as_str()).collect();
    let shown = statement.rows.iter().filter(|it| wanted.contains(&it.row.as_str()));
    let amount: Money = shown.map(|it| it.amount).sum();
    let events = numbers(run, "events", ("service_line", code))?;
    let mut parts = run.parts_of(&|event| events.contains(&event))?;
    parts.retain(&|resource, source| {
        row_of(rules, resource, source).is_some_and(|row| wanted.contains(&row))
    });
    // What they cost is known as a whole, not by row: a row gets what its other events leave.
    let hidden = restricted(run, ("service_line", code))?;
    let restricted = if row.is_some() { amount - parts.total() } else { hidden };
    let line = statement.service_line.with_code();
    let figure = match row {
        Some(row) => format!("{line}, {} ({})", row.name, row.row),
        None => format!("Cost of {line}"),
    };
    if row.is_none() || hidden.is_zero() {
        must_equal(&figure, amount, parts.total() + hidden)?;
    }
    let mut how = vec![format!(
        "The parts of {} events of this service line, each shared to the micro-pound, added up.",
        events.len()
    )];
    if !hidden.is_zero() {
        how.push(
            "Legally restricted events belong to it too; what they cost is not taken apart."
                .to_owned(),
        );
    }
    Ok(Found { figure, amount, how, parts, restricted, commands: commands(run, code, &wanted) })
}

/// The first cost row of the statement that takes a source; the same rule as when it was made.
fn row_of<'a>(rules: &'a YearRules, resource: &str, source: &SourceKey) -> Option<&'a str> {
    let (traceability, cost_type) = rules
        .cost_lines
        .get(&source.cost_line)
        .map_or(("", ""), |it| (it.traceability.as_str(), it.cost_type.as_str()));
    let group = rules.resources.get(resource).map_or("", |it| it.statement_group.as_str());
    let fits = |it: &CostSelector| {
        it.traceability.fits(traceability)
            && it.cost_type.fits(cost_type)
            && it.support_group.fits(&source.support_group)
            && it.statement_group.fits(group)
    };
    let takes = |row: &&StatementRow| match &row.kind {
        StatementKind::Cost(selectors) => selectors.iter().any(fits),
        _ => false,
    };
    rules.statement.iter().find(takes).map(|it| it.row.as_str())
}

/// Income has no ledger parts: it is stated by priced lines.
fn income(run: &Run, (statement, row): (&Statement, &StatementRow), which: &str) -> Found {
    let code = &statement.service_line.code;
    let column = match which {
        "unit_price" => "income_at_unit_price",
        "difference" => "income_recognised - income_at_unit_price",
        _ => "income_recognised",
    };
    let folder = run.folder().display();
    let query = |shows: &str, sql: String| Command {
        shows: shows.to_owned(),
        command: format!("concord query {folder} \"{sql}\""),
    };
    let of_events =
        format!("select sum({column}) as income from events where service_line = '{code}'");
    let of_restricted = format!(
        "select sum({column}) as income from restricted_events where service_line = '{code}'"
    );
    let commands = vec![
        query("income of its events", of_events),
        query("of legally restricted events", of_restricted),
        query("of its specialties as a whole", "select * from loose_income".to_owned()),
    ];
    Found {
        how: vec![
            "Priced income lines of its events, and those of its specialties that name no event."
                .to_owned(),
        ],
        ..without_parts((statement, row), commands)
    }
}

fn subtotal(
    run: &Run,
    (statement, row): (&Statement, &StatementRow),
    terms: &[(bool, String)],
) -> Found {
    let code = &statement.service_line.code;
    let folder = run.folder().display();
    let amount = |row: &str| {
        statement.rows.iter().find(|it| it.row == row).map_or(Money::ZERO, |it| it.amount)
    };
    let term = |(adds, row): &(bool, String)| {
        format!("{} {row} {}", if *adds { "+" } else { "−" }, amount(row))
    };
    let terms_text: Vec<String> = terms.iter().map(term).collect();
    let command = |(_, row): &(bool, String)| Command {
        shows: format!("row {row}"),
        command: format!("concord explain {folder} --service-line {code} --row {row}"),
    };
    Found {
        how: vec![format!("A sum of rows above it: {}", terms_text.join(" "))],
        ..without_parts((statement, row), terms.iter().map(command).collect())
    }
}

/// A figure that rows or priced lines explain, not ledger lines: the amount is said in words, and
/// nothing of the ledger is claimed for it.
fn without_parts((statement, row): (&Statement, &StatementRow), commands: Vec<Command>) -> Found {
    let shown = statement.rows.iter().find(|it| it.row == row.row);
    let amount = shown.map_or(Money::ZERO, |it| it.amount);
    let line = statement.service_line.with_code();
    Found {
        figure: format!("{line}, {} ({}): {amount}", row.name, row.row),
        amount: Money::ZERO,
        how: Vec::new(),
        parts: Parts::default(),
        restricted: Money::ZERO,
        commands,
    }
}

fn commands(run: &Run, code: &str, rows: &[&str]) -> Vec<Command> {
    let folder = run.folder().display();
    let mut commands = vec![
        Command {
            shows: "its statement".to_owned(),
            command: format!("concord show {folder} --service-line {code}"),
        },
        Command {
            shows: "its cost by every attribute".to_owned(),
            command: format!(
                "concord query {folder} \"select * from service_line_costs where service_line = '{code}'\""
            ),
        },
        Command {
            shows: "its dearest events".to_owned(),
            command: format!(
                "concord query {folder} \"select event, own, absorbed from events where service_line = '{code}' order by own desc limit 10\""
            ),
        },
    ];
    if rows.len() > 1 {
        commands.extend(rows.iter().map(|row| Command {
            shows: format!("row {row} alone"),
            command: format!("concord explain {folder} --service-line {code} --row {row}"),
        }));
    }
    commands
}
