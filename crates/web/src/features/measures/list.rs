//! What is measured, who keeps it, and how far its values go.

use access::Capability;
use axum::extract::State;
use axum::response::Response;
use store::measures::{self, Subject};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::measures::{self as seen, month_words};
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/measures/list.html")]
pub(super) struct List {
    shell: Shell,
    lead: String,
    groups: Vec<Group>,
    may_define: bool,
    may_keep: bool,
}

/// Measures of one subject.
#[derive(Clone, Debug)]
struct Group {
    name: &'static str,
    rows: Vec<Row>,
}

/// One measure.
#[derive(Clone, Debug)]
struct Row {
    name: String,
    address: String,
    definition: String,
    keeper: String,
    /// How many units have values, and up to when.
    held: String,
}

/// A subject as a heading.
pub(super) fn subject_name(subject: Subject) -> &'static str {
    match subject {
        Subject::Waiting => "Waiting",
        Subject::Vacancies => "Vacancies",
        Subject::Sickness => "Sickness",
        Subject::Harm => "Harm to patients",
        Subject::Experience => "What patients say",
        Subject::HealthGain => "How much better patients say they are",
        Subject::Other => "Other",
    }
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let all = measures::list(&mut db).await?;
    drop(db);
    let mut groups: Vec<Group> = Vec::new();
    for subject in Subject::ALL {
        let mut rows = Vec::new();
        for it in all.iter().filter(|it| it.definition.subject == *subject) {
            let definition = &it.definition;
            let (_, series) = seen::of_measure(&app, &visit, definition.code.as_str()).await?;
            let last = series.iter().filter_map(|it| it.points.last()).map(|it| it.month).max();
            rows.push(Row {
                name: definition.name.clone(),
                address: super::show::address(definition.code.as_str(), None),
                definition: words::sentence(&definition.definition),
                keeper: definition.keeper.clone(),
                held: match last {
                    Some(month) => format!(
                        "{}, to {}",
                        words::count(series.len() as u64, "unit", "units"),
                        month_words(month)
                    ),
                    None => "no values".to_owned(),
                },
            });
        }
        if !rows.is_empty() {
            groups.push(Group { name: subject_name(*subject), rows });
        }
    }
    let lead = match all.len() {
        0 => "Nothing is measured here yet. A measure stands beside the cost of the services that it has values of.".to_owned(),
        count => format!(
            "{} from no feed. Each stands beside the cost of the services that it has values of.",
            words::count(count as u64, "measure", "measures")
        ),
    };
    let page = List {
        shell: visit.shell("Measures beside the cost"),
        lead,
        groups,
        may_define: visit.may(Capability::DefineMeasures),
        may_keep: visit.may(Capability::KeepMeasures),
    };
    Ok(page.respond())
}

impl Page for List {
    const TEMPLATE: &'static str = "features/measures/list.html";

    fn samples() -> Vec<Self> {
        let row = Row {
            name: "Friends and Family Test, positive".to_owned(),
            address: "/measures/FFT-POSITIVE".to_owned(),
            definition: "Answers of good or very good, of all answers.".to_owned(),
            keeper: "Patient experience team".to_owned(),
            held: "2\u{a0}units, to March 2026".to_owned(),
        };
        let page = |groups, may| Self {
            shell: Shell::sample("Measures beside the cost"),
            lead: "1\u{a0}measure that comes from no feed.".to_owned(),
            groups,
            may_define: may,
            may_keep: may,
        };
        let group = Group { name: "What patients say", rows: vec![row] };
        vec![page(vec![group], true), page(Vec::new(), false), page(Vec::new(), true)]
    }
}
