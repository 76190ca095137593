//! Saves a mapping rule as a new version of the model, once the whole model was read with it.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use rules::rows::{Edited, RowEditError};

use super::edits::{self, Edits, Form};
use super::{FILE, rule};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::model_faults::{at_fields, plain};
use crate::shell::models::{self, Opened, Proposal};
use crate::shell::page::Page as _;
use crate::shell::visit::Visit;
use crate::shell::words;

pub(super) async fn save(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let form = Form::read(&visit.fields);
    let base = models::at_base(&app, &form.base).await?;
    let (own, changed) = changed(&base, &form);
    let Some(changed) = changed else {
        return Ok(rule::page(&visit, base, form, own).await?.respond());
    };
    let mut files = base.files.clone();
    files.insert(FILE.to_owned(), changed.edited.bytes);
    files.remove(rules::lock::LOCK_FILE);
    let faults = models::checked(files.clone()).await?.err().unwrap_or_default();
    let field = |file: &str, line: u64, column: &str| {
        let number = (file == FILE).then(|| changed.targets.get(&line)).flatten()?;
        Some(field_of(column, *number))
    };
    let wrong = at_fields(&faults, &field, "sequence").and(&own);
    if !wrong.is_empty() {
        return Ok(rule::page(&visit, base, form, wrong).await?.respond());
    }
    let put_in_force = visit.may(access::Capability::EditRules) && form.state == "in_force";
    let proposal = Proposal { base, files, reason: form.reason, put_in_force };
    let (leads_to, said) = if put_in_force {
        ("/mapping", "The rule is saved in a new version. The next costing uses it.")
    } else {
        ("/rules/versions", "The change is kept as a draft. It is not in force yet.")
    };
    models::save(&visit, proposal, leads_to, said).await
}

/// The changed file, and which cost line of the form stands on which of its lines.
struct Changed {
    edited: Edited,
    targets: BTreeMap<u64, usize>,
}

/// What is wrong with the form by itself, and the changed file if it can be made.
fn changed(base: &Opened, form: &Form) -> (Wrong, Option<Changed>) {
    let mut wrong = Wrong::default();
    let bytes = rule::file(base);
    let sheet = rules::rows::sheet(bytes).unwrap_or_default();
    let rows = match form.line.parse() {
        Ok(line) => edits::rule_at(&sheet, line),
        Err(_) => Vec::new(),
    };
    let Edits { edits, targets } = edits::edits(form, &rows);
    let is_gone = !form.line.is_empty() && rows.is_empty();
    wrong.unless(!is_gone, "sequence", "This rule is not in the model any more");
    let has_target = form.remove || targets.iter().any(|it| *it > 0);
    wrong.unless(has_target, "cost_line-1", "Name at least one cost line");
    wrong.unless(!form.reason.trim().is_empty(), "reason", "Say why the rule is changed");
    let edited = match rules::rows::edited(bytes, &edits) {
        Ok(it) => it,
        Err(error) => {
            wrong.add("sequence", refused(&error));
            return (wrong, None);
        }
    };
    wrong.unless(edited.bytes != bytes || !wrong.is_empty(), "sequence", "Nothing is changed");
    let placed = edited.lines.iter().zip(targets);
    let targets = placed.filter_map(|(line, target)| line.map(|it| (it, target))).collect();
    (wrong, Some(Changed { edited, targets }))
}

fn refused(error: &RowEditError) -> String {
    format!("{}.", words::capital(&plain(&error.to_string())))
}

/// The field of a column; cost lines and percentages have one for each line of the form.
fn field_of(column: &str, number: usize) -> String {
    match column {
        "cost_line" | "percentage" => format!("{column}-{number}"),
        "" => "sequence".to_owned(),
        other => other.to_owned(),
    }
}
