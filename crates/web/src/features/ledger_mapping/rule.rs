//! One mapping rule in a form: a new one, or one to change.

use access::Capability;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use rules::Model;
use serde::Deserialize;

use super::FILE;
use super::edits::{self, Form};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::models::{self, Opened};
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/ledger_mapping/rule.html")]
pub(super) struct RulePage {
    shell: Shell,
    form: Form,
    wrong: Wrong,
    /// Whether the person may put it in force at once.
    may_decide: bool,
    cost_lines: Vec<(String, String)>,
    sources: Vec<(String, String)>,
    states: Vec<(String, String)>,
}

/// The place in the ledger that a new rule is for.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct For {
    #[serde(default)]
    cost_centre: String,
    #[serde(default)]
    account: String,
}

pub(super) async fn add(
    State(app): State<App>,
    Query(asked): Query<For>,
    visit: Visit,
) -> Result<Response, Fault> {
    let opened = models::in_force(&app).await?;
    let sheet = rules::rows::sheet(file(&opened)).unwrap_or_default();
    let form = Form {
        base: opened.base(),
        sequence: edits::next_sequence(&sheet),
        cost_centre: asked.cost_centre,
        account: asked.account,
        targets: vec![(String::new(), "100".to_owned())],
        ..Form::default()
    };
    Ok(page(&visit, opened, form, Wrong::default()).await?.respond())
}

pub(super) async fn edit(
    State(app): State<App>,
    Path(line): Path<u64>,
    visit: Visit,
) -> Result<Response, Fault> {
    let opened = models::in_force(&app).await?;
    let sheet = rules::rows::sheet(file(&opened)).unwrap_or_default();
    let rows = edits::rule_at(&sheet, line);
    if rows.is_empty() {
        return Err(Fault::NotFound);
    }
    let form = Form::of(&rows, opened.base());
    Ok(page(&visit, opened, form, Wrong::default()).await?.respond())
}

/// The bytes of the mapping.
pub(super) fn file(opened: &Opened) -> &[u8] {
    opened.files.get(FILE).map_or(&[][..], Vec::as_slice)
}

/// The page with a form, and what is wrong with it.
pub(super) async fn page(
    visit: &Visit,
    opened: Opened,
    mut form: Form,
    wrong: Wrong,
) -> Result<RulePage, Fault> {
    let title = if form.line.is_empty() {
        "Add a mapping rule".to_owned()
    } else {
        format!("Change mapping rule {}", form.sequence)
    };
    let model = models::checked(opened.files).await?.ok();
    let shell = visit.shell(title).below("Mapping", "/mapping");
    let shell = shell.with_errors(&wrong);
    if form.effective_from.is_empty() && form.line.is_empty() && wrong.is_empty() {
        let first = model.as_ref().and_then(|it| it.years.keys().next_back());
        form.effective_from = first.map_or_else(String::new, |it| it.first_day().to_string());
    }
    if form.state.is_empty() {
        "in_force".clone_into(&mut form.state);
    }
    Ok(RulePage {
        shell,
        form: form.with_room(),
        wrong,
        may_decide: visit.may(Capability::EditRules),
        cost_lines: cost_lines(model.as_ref()),
        sources: sources(model.as_ref()),
        states: models::states(),
    })
}

fn cost_lines(model: Option<&Model>) -> Vec<(String, String)> {
    let mut found = std::collections::BTreeMap::new();
    for year in model.into_iter().flat_map(|it| it.years.values()) {
        found.extend(year.cost_lines.iter().map(|(code, it)| (code.clone(), it.name.clone())));
    }
    found.into_iter().collect()
}

fn sources(model: Option<&Model>) -> Vec<(String, String)> {
    let mut found = std::collections::BTreeMap::new();
    for year in model.into_iter().flat_map(|it| it.years.values()) {
        let named = year.sources.iter();
        found.extend(named.map(|(key, it)| (key.clone(), format!("{key}: {}", it.title))));
    }
    let choose = (String::new(), "Choose a source".to_owned());
    std::iter::once(choose).chain(found).collect()
}

/// Name of a cost line in the latest year that has it.
pub(super) fn cost_line_name<'a>(model: Option<&'a Model>, code: &str) -> &'a str {
    let years = model.into_iter().flat_map(|it| it.years.values().rev());
    let mut found = years.filter_map(|it| it.cost_lines.get(code));
    found.next().map_or("", |it| it.name.as_str())
}

impl Page for RulePage {
    const TEMPLATE: &'static str = "features/ledger_mapping/rule.html";

    fn samples() -> Vec<Self> {
        let form = |line: &str| Form {
            base: "0-434898a0".to_owned(),
            line: line.to_owned(),
            sequence: "900".to_owned(),
            cost_centre: "999000".to_owned(),
            account: "999900".to_owned(),
            targets: vec![("NURSES".to_owned(), "60".to_owned())],
            effective_from: "2025-04-01".to_owned(),
            source: "local".to_owned(),
            state: "in_force".to_owned(),
            ..Form::default()
        };
        let page = |title: &str, line: &str, wrong: Wrong, may_decide| Self {
            shell: Shell::sample(title),
            form: form(line).with_room(),
            wrong,
            may_decide,
            cost_lines: vec![("NURSES".to_owned(), "Theatre nurses".to_owned())],
            sources: vec![("local".to_owned(), "local: Local decisions".to_owned())],
            states: models::states(),
        };
        let mut wrong = Wrong::default();
        wrong.add("percentage-1", "The percentages of rule 900 sum to 60, not to 100.0000.");
        wrong.add("reason", "Say why the rule changes");
        vec![
            page("Add a mapping rule", "", Wrong::default(), true),
            page("Change mapping rule 900", "7", wrong, false),
        ]
    }
}
