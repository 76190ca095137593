//! Evidence of a case: figures of a published costing, kept as they were when somebody attached
//! them, or why there are none; and documents beside them, which stay where they are kept.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::cases::{Document, DocumentFault, DocumentKind};
use store::cases::Step;

use super::TEXT;
use super::figures::{costing, shown};
use super::found::Found;
use super::outdated::{anew, marked};
use super::write::{kept, written};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::form_page::{Field, FormPage, Kind, Other};
use crate::shell::forms::Wrong;
use crate::shell::joint_work::choices;
use crate::shell::provenance::PUBLISHED_SINCE;
use crate::shell::visit::Visit;
use crate::shell::words;

const TITLE: &str = "Evidence of the costing, and documents";

/// What the page says where nothing is published.
const NOTHING: &str = "No published costing has figures of this service line. Record below why the case has none, or wait for the costing team to publish.";

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = written(&app, &visit, &id).await?;
    Ok(page(&app, &visit, &found, Wrong::default()).await?.answer())
}

async fn page(app: &App, visit: &Visit, found: &Found, wrong: Wrong) -> Result<FormPage, Fault> {
    let now = costing(app, found.record.unit.as_str()).await?;
    let address = found.address();
    let exempt = Other {
        heading: "The case has no such figure".to_owned(),
        action: format!("{address}/exempt"),
        fields: vec![
            Field::new(
                Kind::Lines,
                "because",
                "Why it is exempt from evidence",
                "Such as: a new service, of which no patient was ever costed. Your name stands beside it",
            )
            .with(visit.fields.get("because")),
        ],
        button: "Record the exemption".to_owned(),
    };
    let choices = now.iter().flat_map(|it| &it.figures);
    let mut figures = vec![(String::new(), "Choose a figure".to_owned())];
    figures.extend(choices.map(|it| (it.key.clone(), format!("{}: {}", it.name, shown(it)))));
    let lead = now.as_ref().map_or_else(
        || NOTHING.to_owned(),
        |it| format!("From the latest published costing, {}. A figure is kept as it is now; the case says when a later costing has it differently.", it.period),
    );
    let mut page = FormPage {
        shell: found.shell(visit, TITLE),
        kicker: found.unit.clone(),
        lead: vec![lead],
        action: format!("{address}/evidence"),
        hidden: vec![("seen", found.record.seen().to_string())],
        fields: vec![
            Field::new(Kind::Choice, "figure", "Which figure", "")
                .with(visit.fields.get("figure"))
                .of(&figures),
            Field::new(Kind::Hidden, "run", "", "").with(now.map_or_else(String::new, |it| it.run)),
        ],
        button: "Attach the figure".to_owned(),
        others: vec![exempt],
        back: address,
        wrong,
        ..FormPage::default()
    };
    page.others.push(document(visit, found));
    page.others.extend(attached(found));
    Ok(page)
}

/// The form that names a document.
fn document(visit: &Visit, found: &Found) -> Other {
    let field = |kind, name: &str, label: &str, hint: &str| {
        Field::new(kind, name, label, hint).with(visit.fields.get(name))
    };
    let kinds = DocumentKind::ALL.iter().map(|it| (it.word(), it.name()));
    let place =
        "The address of a page, beginning with https://, or a place in words. Nothing is sent here";
    Other {
        heading: "A document beside the figures".to_owned(),
        action: format!("{}/documents", found.address()),
        fields: vec![
            field(Kind::Line, "title", "What the document is called", ""),
            field(Kind::Choice, "kind", "What kind of document it is", "")
                .of(choices("Choose a kind", kinds)),
            field(Kind::Day, "dated", "The day of the document", ""),
            field(Kind::Line, "place", "Where it is kept", place),
        ],
        button: "Name the document".to_owned(),
    }
}

/// Forms that take out figures and documents.
fn attached(found: &Found) -> Vec<Other> {
    let out = |heading: String, to: &str, field: String, (number, yes): (usize, &str)| Other {
        heading,
        action: format!("{}/{to}", found.address()),
        fields: vec![
            Field::new(Kind::Choice, field, "Take it out?", "It stays on record that it was there")
                .of(&[(number.to_string(), yes.to_owned())]),
        ],
        button: "Take it out".to_owned(),
    };
    let figures = found.record.figures().into_iter().map(|(number, figure, _)| {
        let heading = format!("Attached: {}, {}", figure.name, shown(figure));
        let yes = "Yes, it is no evidence for this case";
        out(heading, "detach", format!("number-{number}"), (number, yes))
    });
    let documents = found.record.documents().into_iter().map(|(number, it, _)| {
        let heading = format!("Named: {}", it.title);
        let yes = "Yes, it belongs to this case no more";
        out(heading, "documents/out", format!("document-{number}"), (number, yes))
    });
    figures.chain(documents).collect()
}

pub(super) async fn attach(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = kept(&app, &visit, &id).await?;
    if let Some(answer) = blocked(&app, &visit, &found).await? {
        return Ok(answer);
    }
    let now = costing(&app, found.record.unit.as_str()).await?;
    let mut wrong = Wrong::default();
    let is_seen = now.as_ref().is_none_or(|it| it.run == visit.fields.get("run"));
    wrong.unless(is_seen, "figure", PUBLISHED_SINCE);
    let figure = now.as_ref().and_then(|it| it.figure(visit.fields.get("figure")));
    wrong.unless(figure.is_some(), "figure", "Choose a figure of the list");
    let Some(figure) = figure.filter(|_| wrong.is_empty()) else {
        return Ok(page(&app, &visit, &found, wrong).await?.answer());
    };
    let step = Step::Attached(figure.clone());
    taken(&app, &visit, &found, (step, "The figure is attached.")).await
}

pub(super) async fn exempt(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = kept(&app, &visit, &id).await?;
    if let Some(answer) = blocked(&app, &visit, &found).await? {
        return Ok(answer);
    }
    let because = visit.fields.get("because").trim().to_owned();
    let mut wrong = Wrong::default();
    TEXT.check(&mut wrong, "because", &because, "Say why it is exempt from evidence");
    if !wrong.is_empty() {
        return Ok(page(&app, &visit, &found, wrong).await?.answer());
    }
    let step = Step::Exempted { because };
    taken(&app, &visit, &found, (step, "The exemption is recorded.")).await
}

pub(super) async fn detach(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = kept(&app, &visit, &id).await?;
    if let Some(answer) = blocked(&app, &visit, &found).await? {
        return Ok(answer);
    }
    let attached = found.record.figures();
    let is_named =
        |number: usize| visit.fields.get(&format!("number-{number}")) == number.to_string();
    let number = attached.iter().map(|it| it.0).find(|it| is_named(*it)).ok_or(Fault::NotFound)?;
    let step = Step::Detached { number };
    taken(&app, &visit, &found, (step, "The figure is taken out.")).await
}

pub(super) async fn name_document(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = kept(&app, &visit, &id).await?;
    if let Some(answer) = blocked(&app, &visit, &found).await? {
        return Ok(answer);
    }
    let text = |name: &str| visit.fields.get(name).trim().to_owned();
    let document = Document {
        title: text("title"),
        kind: text("kind"),
        dated: text("dated"),
        place: text("place"),
    };
    let mut wrong = Wrong::default();
    for fault in document.faults() {
        let field = match fault {
            DocumentFault::NoTitle => "title",
            DocumentFault::NoKind => "kind",
            DocumentFault::NoDay => "dated",
            DocumentFault::NoPlace => "place",
        };
        wrong.add(field, words::capital(&fault.to_string()));
    }
    for (field, text) in [("title", &document.title), ("place", &document.place)] {
        if !text.is_empty() {
            TEXT.check(&mut wrong, field, text, "");
        }
    }
    if !wrong.is_empty() {
        return Ok(page(&app, &visit, &found, wrong).await?.answer());
    }
    let step = Step::Documented(document);
    taken(&app, &visit, &found, (step, "The document is named.")).await
}

pub(super) async fn take_document_out(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = kept(&app, &visit, &id).await?;
    if let Some(answer) = blocked(&app, &visit, &found).await? {
        return Ok(answer);
    }
    let named = found.record.documents();
    let is_named =
        |number: usize| visit.fields.get(&format!("document-{number}")) == number.to_string();
    let number = named.iter().map(|it| it.0).find(|it| is_named(*it)).ok_or(Fault::NotFound)?;
    let step = Step::Undocumented { number };
    taken(&app, &visit, &found, (step, "The document is taken out.")).await
}

/// What somebody saw of the case when they opened the page.
fn seen(visit: &Visit) -> i64 {
    visit.fields.get("seen").parse().unwrap_or_default()
}

/// The page again, with everything that was typed, where the case is written no more. Whoever sends a
/// form twice is led on by the step itself.
async fn blocked(app: &App, visit: &Visit, found: &Found) -> Result<Option<Response>, Fault> {
    if found.record.state().change_fault().is_none() {
        return Ok(None);
    }
    let page = page(app, visit, found, Wrong::default()).await?;
    Ok(Some(marked(found, page, seen(visit)).answer()))
}

async fn taken(
    app: &App,
    visit: &Visit,
    found: &Found,
    (step, said): (Step, &str),
) -> Result<Response, Fault> {
    let home = found.address();
    let step = (Capability::KeepCases, step);
    match found.step(visit, step, (&home, said)).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(wrong)) => Ok(page(app, visit, found, wrong).await?.answer()),
        Err(Fault::Stale(_)) => {
            let now = anew(app, visit, found).await?;
            let page = page(app, visit, &now, Wrong::default()).await?;
            Ok(marked(&now, page, seen(visit)).answer())
        }
        Err(fault) => Err(fault),
    }
}
