//! The one gate before everything of a service line that is told exactly.

use std::sync::Arc;

use access::View;
use results::Run;

use super::figures::Sees;
use crate::App;
use crate::shell::cube::{self, Cube};
use crate::shell::fault::Fault;
use crate::shell::visit::Visit;

/// A service line that somebody sees exactly.
pub(super) struct Exactly {
    /// The run that is shown.
    pub(super) run: Arc<Run>,
    /// Its figures as others see them.
    pub(super) cube: Arc<Cube>,
    pub(super) code: String,
    pub(super) name: String,
    /// How it is seen, in words.
    pub(super) sees: String,
    /// All service lines that are seen exactly, by code.
    pub(super) lines: Vec<String>,
}

/// The run that is shown and a service line of it.
///
/// # Errors
///
/// [`Fault::NotFound`] for those who do not see it exactly: a free choice of what is added up would
/// give small numbers away.
pub(super) async fn exactly(app: &App, visit: &Visit, code: String) -> Result<Exactly, Fault> {
    let sees = Sees::of(app, visit)?;
    let (run, cube) = cube::latest(app, visit).await?.ok_or(Fault::NotFound)?;
    let line = cube.lines.iter().find(|it| it.code == code).ok_or(Fault::NotFound)?;
    if sees.view(line) != Some(View::Exact) {
        return Err(Fault::NotFound);
    }
    let (name, said) = (line.name.clone(), sees.words(std::iter::once(line)));
    let exact = cube.lines.iter().filter(|it| sees.view(it) == Some(View::Exact));
    let lines = exact.map(|it| it.code.clone()).collect();
    Ok(Exactly { run, cube, code, name, sees: said, lines })
}
