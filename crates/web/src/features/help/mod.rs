//! Help, accessibility and privacy: pages of words for everybody.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/help`, `/help/accessibility`, `/help/privacy`, `/help/api`, `/help/words` | anybody |

mod api;

use axum::response::Response;
use axum::routing::get;

use crate::shell::page::{Page, Shell, rendered};
use crate::shell::registry::{Policy, Route};
use crate::shell::terms::{self, Term};
use crate::shell::visit::Visit;

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/help", Policy::Public, get(help)),
        Route::get("/help/accessibility", Policy::Public, get(accessibility)),
        Route::get("/help/api", Policy::Public, get(api::show)),
        Route::get("/help/privacy", Policy::Public, get(privacy)),
        Route::get("/help/words", Policy::Public, get(glossary)),
    ]
}

/// Declares a page of words.
macro_rules! words {
    ($name:ident, $show:ident, $template:literal, $title:literal) => {
        #[derive(askama::Template)]
        #[template(path = $template)]
        struct $name {
            shell: Shell,
        }

        async fn $show(visit: Visit) -> Response {
            $name { shell: visit.shell($title) }.respond()
        }

        impl Page for $name {
            const TEMPLATE: &'static str = $template;

            fn samples() -> Vec<Self> {
                vec![Self { shell: Shell::sample($title) }]
            }
        }
    };
}

words!(Help, help, "features/help/help.html", "Help");
words!(
    Accessibility,
    accessibility,
    "features/help/accessibility.html",
    "Accessibility of this site"
);
words!(Privacy, privacy, "features/help/privacy.html", "Privacy");

/// The glossary of pages.
#[derive(askama::Template)]
#[template(path = "features/help/words.html")]
struct Glossary {
    shell: Shell,
    terms: &'static [Term],
}

async fn glossary(visit: Visit) -> Response {
    Glossary { shell: visit.shell("Words that Concord uses"), terms: terms::all() }.respond()
}

impl Page for Glossary {
    const TEMPLATE: &'static str = "features/help/words.html";

    fn samples() -> Vec<Self> {
        vec![Self { shell: Shell::sample("Words that Concord uses"), terms: terms::all() }]
    }
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![
        rendered::<Help>(),
        rendered::<Accessibility>(),
        rendered::<Privacy>(),
        rendered::<Glossary>(),
        rendered::<api::ForPrograms>(),
    ]
}
