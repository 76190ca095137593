//! Style sheets, scripts and icons, embedded in the program.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use super::fault::Fault;
use super::registry::{Policy, Route};

mod design_system {
    include!(concat!(env!("OUT_DIR"), "/design_system.rs"));
}

const OURS: &[(&str, &str, &[u8])] = &[
    ("charts.css", "text/css", charts::STYLE.as_bytes()),
    ("concord.css", "text/css", include_bytes!("../../assets/concord.css")),
    ("icon.svg", "image/svg+xml", include_bytes!("../../assets/icon.svg")),
    ("concord.js", "text/javascript", include_bytes!("../../assets/concord.js")),
];

/// Whether the design system was there when the program was built.
pub fn has_design_system() -> bool {
    design_system::IS_DESIGN_SYSTEM
}

/// Name and bytes of every file.
pub fn all() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    OURS.iter().chain(design_system::FILES).map(|it| (it.0, it.2))
}

/// Routes of this folder.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/assets/{*file}", Policy::Public, get(file))]
}

async fn file(Path(name): Path<String>) -> Result<Response, Fault> {
    let mut files = OURS.iter().chain(design_system::FILES);
    let (_, kind, bytes) = files.find(|it| it.0 == name).ok_or(Fault::NotFound)?;
    let headers = [(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, "public, max-age=3600")];
    Ok((headers, *bytes).into_response())
}
