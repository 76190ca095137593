//! The action plan of a review as a file, and what worked: what the page of the plan shows to the same
//! person, cell by cell.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use engagement::actions::{Action, Owner, Profession};
use store::measures::Decimal;
use store::reviewing::{Body, Item};

use super::found::Found;
use super::papers::brought;
use super::parts::ActionRow;
use super::plan;
use crate::App;
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::registry::{Policy, Route};
use crate::shell::visit::Visit;

/// Routes of the files: whoever reads the page takes them.
pub(super) fn routes(reads: Policy) -> Vec<Route> {
    vec![
        Route::table(
            ["/reviews/{unit}/{review}/plan.csv", "/reviews/{unit}/{review}/plan.xlsx"],
            reads,
            get(actions),
        ),
        Route::table(
            ["/reviews/{unit}/{review}/successes.csv", "/reviews/{unit}/{review}/successes.xlsx"],
            reads,
            get(successes),
        ),
    ]
}

/// The actions, those that have their turn first before the others.
async fn actions(
    State(app): State<App>,
    Path((unit, review)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = Found::of(&app, &visit, Capability::ReadReviews, (&unit, &review)).await?;
    let rows = plan::actions_in_turn(&found).iter().map(|it| action(&found, it)).collect();
    let text = |name| (name, Kind::Text);
    let columns = [
        text("action"),
        text("owners"),
        text("professions"),
        text("due"),
        text("priority"),
        text("effort"),
        ("size_low", Kind::Decimal),
        ("size_high", Kind::Decimal),
        text("size_unit"),
        text("measure"),
        text("state"),
        text("last_update"),
    ];
    Table::new(&columns, rows)
        .about("Review", found.review.title.as_str())
        .about("What it is", "Actions as they stand; what they may bring is never added up.")
        .file(&visit, &format!("plan-{}", found.unit.code))
}

/// One action. What comes from the list of actions is blank for those who do not see it there.
fn action(found: &Found, it: &ActionRow) -> Vec<String> {
    let noted = found.actions.iter().find(|of| of.of.action == it.action);
    let due = noted.map_or_else(String::new, |it| it.of.due_on.to_string());
    let kept = found.kept.get(&it.action).map(|it| &it.agreed.of);
    let of = |told: fn(&Action) -> String| kept.map_or_else(String::new, told);
    let row = [
        it.noted.clone(),
        it.owners.clone(),
        kept.map_or_else(String::new, |it| professions(found, it)),
        due,
        of(|it| it.priority.name().to_owned()),
        of(|it| it.effort.name().to_owned()),
        of(|it| it.size.as_ref().map_or_else(String::new, |it| decimal(it.low_e4))),
        of(|it| it.size.as_ref().map_or_else(String::new, |it| decimal(it.high_e4))),
        of(|it| it.size.as_ref().map_or_else(String::new, |it| it.unit.clone())),
        of(|it| it.measure.clone()),
        it.state.clone(),
        it.said.clone(),
    ];
    row.to_vec()
}

fn decimal(e4: i64) -> String {
    Decimal::of_e4(e4).to_string()
}

/// Who owns an action for which profession, in the order of professions: `Amara Okafor: Clinical`.
fn professions(found: &Found, of: &Action) -> String {
    let mut all = Vec::new();
    for profession in Profession::ALL {
        let owners = of.owners.iter().filter(|it| it.profession == *profession);
        let told = |it: &Owner| format!("{}: {}", found.name(&it.person), profession.name());
        all.extend(owners.map(told));
    }
    all.join("; ")
}

/// What worked: what people wrote, and the benefits that are claimed of its actions.
async fn successes(
    State(app): State<App>,
    Path((unit, review)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = Found::of(&app, &visit, Capability::ReadReviews, (&unit, &review)).await?;
    let mut rows = Vec::new();
    for version in found.items.iter().flat_map(Item::standing) {
        if let Body::Success(it) = &version.body {
            let by = found.name(version.by.as_str());
            rows.push(row(["success", &it.words, &it.evidence, by, "", ""]));
        }
    }
    let all = brought(&found);
    rows.extend(
        all.iter().map(|it| row(["benefit", &it.title, "", "", &it.claimed, &it.verified])),
    );
    let columns = ["kind", "what", "what_shows_it", "written_by", "claimed", "verified"];
    Table::new(&columns.map(|it| (it, Kind::Text)), rows)
        .about("Review", found.review.title.as_str())
        .about("What it is", "Benefits are never added up: cash and bed days are not the same.")
        .file(&visit, &format!("successes-{}", found.unit.code))
}

/// Cells with plain spaces, as a spreadsheet finds them.
fn row(cells: [&str; 6]) -> Vec<String> {
    cells.map(|it| it.replace('\u{a0}', " ")).to_vec()
}
