//! What programs can read, from the document that describes it.

use access::ApiScope;
use axum::response::Response;
use utoipa::openapi::path::{Operation, Parameter};
use utoipa::openapi::{OpenApi, RefOr};

use crate::shell::api;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/help/api.html")]
pub(super) struct ForPrograms {
    shell: Shell,
    /// What holds of all of it, a paragraph each.
    about: Vec<String>,
    scopes: Vec<(&'static str, &'static str)>,
    operations: Vec<Line>,
    document: &'static str,
}

/// One operation.
struct Line {
    path: String,
    summary: String,
    does: String,
    scope: String,
    /// What can be asked in its address: name, and what it is.
    asks: Vec<(String, String)>,
}

pub(super) async fn show(visit: Visit) -> Response {
    page(visit.shell(TITLE).below("Help", "/help")).respond()
}

const TITLE: &str = "Figures for programs";

fn page(shell: Shell) -> ForPrograms {
    let document = api::document();
    let about = document.info.description.as_deref().unwrap_or_default();
    ForPrograms {
        shell,
        about: about.split("\n\n").map(|it| it.replace('`', "")).collect(),
        scopes: ApiScope::ALL.iter().map(|it| (it.word(), api::does(*it))).collect(),
        operations: operations(document),
        document: api::DOCUMENT,
    }
}

fn operations(document: &OpenApi) -> Vec<Line> {
    let all = document.paths.paths.iter();
    all.filter_map(|(path, item)| Some(line(path, item.get.as_ref()?))).collect()
}

fn line(path: &str, it: &Operation) -> Line {
    let asked = it.parameters.iter().flatten().filter_map(|it| match it {
        RefOr::T(it) => Some(it),
        RefOr::Ref(_) => None,
    });
    let words = |it: &Parameter| it.description.clone().unwrap_or_default().replace('`', "");
    Line {
        path: path.to_owned(),
        summary: it.summary.clone().unwrap_or_default(),
        does: it.description.clone().unwrap_or_default().replace('\n', " "),
        scope: scope(it),
        asks: asked.map(|it| (it.name.clone(), words(it))).collect(),
    }
}

/// The scope that an operation needs, as the document says.
fn scope(it: &Operation) -> String {
    let all = serde_json::to_value(&it.security).unwrap_or_default();
    all[0]["token"][0].as_str().unwrap_or_default().to_owned()
}

impl Page for ForPrograms {
    const TEMPLATE: &'static str = "features/help/api.html";

    fn samples() -> Vec<Self> {
        vec![page(Shell::sample(TITLE).below("Help", "/help"))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Policy, routes};

    /// The page and the document name every route for programs with the scope that guards it.
    #[test]
    fn every_route_for_programs_is_described_with_its_scope() {
        let mut guarded: Vec<(String, String)> = routes()
            .iter()
            .filter_map(|it| match it.policy {
                Policy::Token(scope) => Some((it.path.to_owned(), scope.word().to_owned())),
                _ => None,
            })
            .collect();
        guarded.sort();
        let described = operations(api::document()).into_iter();
        let mut described: Vec<(String, String)> =
            described.map(|it| (it.path, it.scope)).collect();
        described.sort();
        assert!(guarded.len() >= 9, "{guarded:?}");
        assert_eq!(described, guarded);
        let page = page(Shell::sample(TITLE)).render_text();
        for (path, scope) in guarded {
            assert!(page.contains(&path) && page.contains(&scope), "{path}");
        }
    }

    impl ForPrograms {
        fn render_text(&self) -> String {
            askama::Template::render(self).expect("it renders")
        }
    }
}
