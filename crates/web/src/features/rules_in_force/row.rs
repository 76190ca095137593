//! One row of a table in a form, and saving it once the whole model was read with it.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use rules::rows::{Edited, Sheet};

use super::catalogue::{Described, column_name, described};
use super::row_form::{Form, field_of};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::model_faults::{at_fields, plain};
use crate::shell::models::{self, Opened, Proposal};
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/rules_in_force/row.html")]
pub(super) struct RowPage {
    shell: Shell,
    file: String,
    purpose: String,
    form: Form,
    cells: Vec<Cell>,
    wrong: Wrong,
    may_decide: bool,
    states: Vec<(String, String)>,
}

/// One cell of the form.
struct Cell {
    field: String,
    label: String,
    value: String,
    hint: &'static str,
}

pub(super) async fn add(
    State(app): State<App>,
    Path(file): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let table = described(&file).ok_or(Fault::NotFound)?;
    let opened = models::in_force(&app).await?;
    let sheet = rules::rows::sheet(&bytes(&opened, table)).unwrap_or_default();
    let form = Form::of(&sheet, None, opened.base());
    Ok(page(&visit, table, form, Wrong::default()).respond())
}

pub(super) async fn edit(
    State(app): State<App>,
    Path((file, line)): Path<(String, u64)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let table = described(&file).ok_or(Fault::NotFound)?;
    let opened = models::in_force(&app).await?;
    let sheet = rules::rows::sheet(&bytes(&opened, table)).unwrap_or_default();
    let row = sheet.rows.iter().find(|it| it.line == line).ok_or(Fault::NotFound)?;
    let form = Form::of(&sheet, Some(row), opened.base());
    Ok(page(&visit, table, form, Wrong::default()).respond())
}

/// The file as it stands; one that the model lacks is made with its header.
fn bytes(opened: &Opened, table: Described) -> Vec<u8> {
    let empty = || rules::forms::form(table.file).map(rules::rows::empty_file).unwrap_or_default();
    opened.files.get(table.file).cloned().unwrap_or_else(empty)
}

pub(super) async fn save(
    State(app): State<App>,
    Path(file): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let table = described(&file).ok_or(Fault::NotFound)?;
    let base = models::at_base(&app, visit.fields.get("base")).await?;
    let bytes = bytes(&base, table);
    let sheet = rules::rows::sheet(&bytes).unwrap_or_default();
    let form = Form::read(&visit.fields, &sheet);
    let (own, edited) = changed(&bytes, &sheet, &form);
    let Some(edited) = edited else { return Ok(page(&visit, table, form, own).respond()) };
    let mut files = base.files.clone();
    files.insert(file.clone(), edited.bytes);
    files.remove(rules::lock::LOCK_FILE);
    let faults = models::checked(files.clone()).await?.err().unwrap_or_default();
    let line = edited.lines.first().copied().flatten();
    let field = |found: &str, at: u64, column: &str| {
        let is_here = found == table.file && Some(at) == line;
        let known = form.cells.iter().any(|it| it.0 == column);
        (is_here && known).then(|| field_of(column))
    };
    let wrong = at_fields(&faults, &field, "reason").and(&own);
    if !wrong.is_empty() {
        return Ok(page(&visit, table, form, wrong).respond());
    }
    let put_in_force = visit.may(Capability::EditRules) && form.state == "in_force";
    let proposal = Proposal { base, files, reason: form.reason, put_in_force };
    let (leads_to, said) = if put_in_force {
        let said = "The change is saved in a new version. The next costing uses it.";
        (format!("/rules/tables/{file}"), said)
    } else {
        let said = "The change is kept as a draft. It is not in force yet.";
        ("/rules/versions".to_owned(), said)
    };
    models::save(&visit, proposal, &leads_to, said).await
}

/// What is wrong with the form by itself, and the changed file if it can be made.
fn changed(bytes: &[u8], sheet: &Sheet, form: &Form) -> (Wrong, Option<Edited>) {
    let mut wrong = Wrong::default();
    let first = sheet.columns.first().map(|it| field_of(it)).unwrap_or_default();
    wrong.unless(!form.reason.is_empty(), "reason", "Say why this is changed");
    let edited = rules::rows::edited(bytes, &[form.edit()]);
    let edited = match edited {
        Ok(it) => it,
        Err(error) => {
            wrong.add(&first, format!("{}.", words::capital(&plain(&error.to_string()))));
            return (wrong, None);
        }
    };
    wrong.unless(edited.bytes != bytes, &first, "Nothing is changed");
    (wrong, Some(edited))
}

fn page(visit: &Visit, table: Described, form: Form, wrong: Wrong) -> RowPage {
    let what = if form.line.is_empty() { "add a row" } else { "change a row" };
    let title = format!("{}: {what}", table.name);
    let address = format!("/rules/tables/{}", table.file);
    let shell = visit.shell(title).below("Rules", "/rules").below(table.name, address);
    let shell = shell.with_errors(&wrong);
    of(shell, table, (form, wrong), visit.may(Capability::EditRules))
}

fn of(shell: Shell, table: Described, (mut form, wrong): (Form, Wrong), decides: bool) -> RowPage {
    if form.state.is_empty() {
        "in_force".clone_into(&mut form.state);
    }
    let cell = |(column, value): &(String, String)| Cell {
        field: field_of(column),
        label: column_name(column),
        value: value.clone(),
        hint: hint(column),
    };
    RowPage {
        shell,
        file: table.file.to_owned(),
        purpose: table.purpose.to_owned(),
        cells: form.cells.iter().map(cell).collect(),
        form,
        wrong,
        may_decide: decides,
        states: models::states(),
    }
}

fn hint(column: &str) -> &'static str {
    match column {
        "effective_from" => "1 April of a year, such as 2025-04-01",
        "effective_to" => {
            "31 March of a year; empty while the row is in force. To change a rule only from a year on, end it here and add another"
        }
        "source" => "Key of a row of the table Sources",
        _ => "",
    }
}

impl Page for RowPage {
    const TEMPLATE: &'static str = "features/rules_in_force/row.html";

    fn samples() -> Vec<Self> {
        let form = |line: &str| Form {
            base: "0-434898a0".to_owned(),
            line: line.to_owned(),
            cells: [("driver", "AREA"), ("name", "Floor area"), ("effective_from", "2025-04-02")]
                .map(|(column, cell)| (column.to_owned(), cell.to_owned()))
                .into(),
            ..Form::default()
        };
        let table = described("drivers.csv").expect("a table of every model");
        let page = |title: &str, line, wrong, decides| {
            of(Shell::sample(title), table, (form(line), wrong), decides)
        };
        let mut wrong = Wrong::default();
        wrong.add("cell-effective_from", "2025-04-02 is not 1 April of a year.");
        wrong.add("reason", "Say why this is changed");
        vec![
            page("Support drivers: add a row", "", Wrong::default(), false),
            page("Support drivers: change a row", "2", wrong, true),
        ]
    }
}
