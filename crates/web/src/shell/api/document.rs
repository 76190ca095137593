//! The document that describes the operations (`OpenAPI` 3.1), put together from what each feature says of
//! its own.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;
use utoipa::PartialSchema as _;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Components, ContactBuilder, InfoBuilder, LicenseBuilder, OpenApi};

use super::problem::Problem;
use crate::features;

/// What programs are told first.
const ABOUT: &str = "Published figures of Concord for programs: the same as on its pages, under the rights of the person who made the token.

Amounts are pounds sterling, as text with six decimals, so that no program rounds them: `\"1234.560000\"`. Fields that hold one end in `_gbp`.

A figure that is hidden to protect patients is null, and `hidden_because` says so. Where `seen` is `small_numbers_hidden`, counts of people and events are to the nearest 5, an amount may be to the nearest thousand pounds, and a mean is null where it would tell more than its count and its amount.

Figures are of the published run that the pages show: the latest year, to its latest month. Each answer says which run. `ETag` begins with it, and `If-None-Match` saves sending the same again.

Patients' rows, and comparisons of colleagues, are not here.";

/// The whole document.
pub fn document() -> &'static OpenApi {
    static MADE: LazyLock<OpenApi> = LazyLock::new(make);
    &MADE
}

fn make() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Concord")
        .version("1")
        .description(Some(ABOUT))
        .contact(Some(ContactBuilder::new().name(Some("The costing team of the trust")).build()))
        .license(Some(
            LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build(),
        ))
        .build();
    let mut all = OpenApi::new(info, utoipa::openapi::Paths::new());
    for part in features::operations() {
        all.merge(part);
    }
    let mut scheme = Http::new(HttpAuthScheme::Bearer);
    scheme.description =
        Some("A token that its owner made on their account, under Tokens for programs.".to_owned());
    let components = all.components.get_or_insert_with(Components::new);
    components.add_security_scheme("token", SecurityScheme::Http(scheme));
    // Answers that are no figures name it, but do not bring it with them.
    components.schemas.insert("Problem".to_owned(), Problem::schema());
    all
}

/// The document as text, the same each time.
pub fn document_text() -> String {
    let text = serde_json::to_string_pretty(document());
    text.expect("a document is text and lists") + "\n"
}

/// Puts what each address answers, as an example, into a feature's part of the document.
pub fn with_examples(mut part: OpenApi, examples: Vec<(&str, Value)>) -> OpenApi {
    for (path, example) in examples {
        let operation = part.paths.paths.get_mut(path).and_then(|it| it.get.as_mut());
        let responses = operation.map(|it| &mut it.responses.responses);
        let response = responses.and_then(|it| it.get_mut("200"));
        if let Some(utoipa::openapi::RefOr::T(response)) = response
            && let Some(utoipa::openapi::RefOr::T(content)) =
                response.content.get_mut("application/json")
        {
            content.example = Some(example);
        }
    }
    part
}

/// The document, for anybody: it holds no figure.
pub(super) async fn show() -> Response {
    let media = [(header::CONTENT_TYPE, "application/json")];
    (media, document_text()).into_response()
}
