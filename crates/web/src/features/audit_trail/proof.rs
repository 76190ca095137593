//! Whether the chain of the audit holds, in words.

use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/audit_trail/proof.html")]
pub(super) struct Proof {
    shell: Shell,
    /// Hash of the last row, and what was found; the break where there is one.
    found: Result<(String, String), String>,
}

/// Reads the whole chain and says what it found; that too is on record, after it.
pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let found = match app.store().verify_chain(&[]).await? {
        Ok(head) => {
            let rows = words::count(head.seq.unsigned_abs(), "record", "records");
            Ok((head.hash, rows))
        }
        Err(broken) => Err(broken.to_string()),
    };
    let (title, purpose) = match &found {
        Ok(_) => ("The audit is whole", "it holds".to_owned()),
        Err(broken) => ("The audit was tampered with", broken.clone()),
    };
    app.store().audit(visit.entry("audit.verify", "audit").because(purpose)).await?;
    let shell = visit.shell(title).below("Audit", "/audit");
    Ok(Proof { shell, found }.respond())
}

impl Page for Proof {
    const TEMPLATE: &'static str = "features/audit_trail/proof.html";

    fn samples() -> Vec<Self> {
        vec![
            Self {
                shell: Shell::sample("The audit is whole"),
                found: Ok(("0f".repeat(32), "12,345 records".to_owned())),
            },
            Self {
                shell: Shell::sample("The audit was tampered with"),
                found: Err("audit row 7 was edited".to_owned()),
            },
        ]
    }
}
