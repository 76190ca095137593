//! All tables of the model in force, with what each decides.

use axum::extract::State;
use axum::response::Response;
use rules::ModelFiles;

use super::catalogue::{SECTIONS, described};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::models;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/rules_in_force/overview.html")]
pub(super) struct Overview {
    shell: Shell,
    model: String,
    state: String,
    sections: Vec<SectionView>,
    texts: Vec<String>,
}

/// Tables that belong together.
struct SectionView {
    name: &'static str,
    tables: Vec<TableLine>,
}

/// One table.
struct TableLine {
    file: &'static str,
    name: &'static str,
    purpose: &'static str,
    rows: String,
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let opened = models::in_force(&app).await?;
    let model = models::in_words(&app, &opened).await?;
    let shell = visit.shell("Rules in force");
    let state = super::versions::state_of(opened.version.as_ref()).to_owned();
    let texts = texts(&opened.files);
    let sections = sections(&opened.files);
    Ok(Overview { shell, model, state, sections, texts }.respond())
}

fn sections(files: &ModelFiles) -> Vec<SectionView> {
    let line = |it: &super::catalogue::Described| {
        let rows = files.get(it.file).and_then(|it| rules::rows::sheet(it));
        let rows = rows.map_or(0, |it| it.rows.len() as u64);
        TableLine {
            file: it.file,
            name: it.name,
            purpose: it.purpose,
            rows: words::count(rows, "row", "rows"),
        }
    };
    let section = |it: &super::catalogue::Section| SectionView {
        name: it.name,
        tables: it.tables.iter().map(line).collect(),
    };
    SECTIONS.iter().map(section).collect()
}

/// Files that are texts and no tables.
fn texts(files: &ModelFiles) -> Vec<String> {
    let is_text = |it: &&String| it.as_str() != rules::lock::LOCK_FILE && described(it).is_none();
    files.keys().filter(is_text).cloned().collect()
}

impl Page for Overview {
    const TEMPLATE: &'static str = "features/rules_in_force/overview.html";

    fn samples() -> Vec<Self> {
        let page = |texts: Vec<String>, state: &str| Self {
            shell: Shell::sample("Rules in force"),
            model: "Version 3, made by Priya Raman on 11 June 2026, 09:14: New cost centre"
                .to_owned(),
            state: state.to_owned(),
            sections: sections(&ModelFiles::new()),
            texts,
        };
        vec![page(vec!["model.toml".to_owned()], "In force"), page(Vec::new(), "Locked")]
    }
}
