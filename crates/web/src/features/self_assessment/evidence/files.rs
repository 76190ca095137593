//! A kept file on its way out, if it is still what was brought in.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;

use super::super::seen;
use super::piece_of;
use crate::App;
use crate::shell::assessing::gather;
use crate::shell::evidence::files::{Kept, attached, read};
use crate::shell::fault::Fault;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;

pub(in crate::features::self_assessment) async fn take(
    State(app): State<App>,
    Path((code, id, revision)): Path<(String, String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    seen(&visit, &gathered, (Capability::ReadAssessments, &code))?;
    let found = piece_of(&app, &visit, (&code, &id)).await?;
    let wanted = found.revisions.iter().find(|it| it.number.to_string() == revision);
    let file = wanted.and_then(|it| it.file.clone()).ok_or(Fault::NotFound)?;
    let (folder, about) = (app.settings().folder.clone(), file.clone());
    let bytes = match reading(move || read(&folder, &about)).await? {
        Kept::Whole(bytes) => bytes,
        Kept::Missing => return Err(lost(&file.name, "is not there any more")),
        Kept::Damaged => {
            return Err(lost(&file.name, "is damaged: it is not what was brought in"));
        }
    };
    let scope = visit.scope(Capability::ReadAssessments)?;
    let object = format!("evidence/{} of {code} revision {revision}", found.id);
    app.store().audit(visit.entry_in(scope, "evidence.take", &object)).await?;
    Ok(attached(&file, bytes))
}

fn lost(name: &str, how: &str) -> Fault {
    let remedy = "Ask your administrator to restore it from a backup, or add the file again as a change of this piece";
    Fault::Refused(words::sentence(&format!("{name} {how}. {remedy}")))
}
