//! One option of a case: written, written anew, taken out. Doing nothing cannot be taken out.

use axum::extract::{Path, State};
use axum::response::Response;
use engagement::cases::{Case, CaseFault, CaseOption, Cost};
use store::cases::Body;

use super::form::{Reader, Values};
use super::found::Found;
use super::outdated::{as_seen, keep, outdated};
use super::write::{case, draft, kept, written};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::form_page::{Field, FormPage, Kind, Other};
use crate::shell::page::Shell;
use crate::shell::visit::Visit;
use crate::shell::words;

/// What stands in an address for an option that is still to be written.
const NEW: &str = "new";

/// The place of an option in an address; none for a new one.
fn place(of: &Case, text: &str) -> Result<Option<usize>, Fault> {
    if text == NEW {
        return Ok(None);
    }
    let found = text.parse().ok().filter(|it: &usize| *it < of.options.len());
    found.map(Some).ok_or(Fault::NotFound)
}

/// Where an option stands now that had a place when somebody saw the case; none where it was taken out,
/// so that what was typed of it would be another.
fn place_now(now: &Found, seen: i64, text: &str) -> Result<Option<usize>, Fault> {
    let Some(was) = as_seen(&now.record, seen) else { return Ok(None) };
    let Some(place) = place(was, text)? else { return Ok(None) };
    let name = &was.options[place].name;
    Ok(case(now)?.options.iter().position(|it| it.name == *name))
}

fn refused(fault: &CaseFault) -> Fault {
    Fault::Refused(words::sentence(&fault.to_string()))
}

pub(super) async fn show(
    State(app): State<App>,
    Path((id, text)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = written(&app, &visit, &id).await?;
    let case = case(&found)?;
    let place = place(case, &text)?;
    let option = place.and_then(|it| case.options.get(it)).cloned().unwrap_or_default();
    let plain = |of: fn(Cost) -> engagement::pence::Pence| {
        option.cost.map_or_else(String::new, |it| of(it).plain())
    };
    let values = |name: &str| match name {
        "name" => option.name.clone(),
        "one_off" => plain(|it| it.one_off),
        "recurrent" => plain(|it| it.recurrent),
        "outcome" => option.outcome.clone(),
        "experience" => option.experience.clone(),
        _ => option.safety.clone(),
    };
    let page = page(&found, (shell(&found, &visit), found.record.seen()), (place, &values));
    Ok(page.answer())
}

fn shell(found: &Found, visit: &Visit) -> Shell {
    found.shell(visit, "An option")
}

fn page(
    found: &Found,
    (shell, seen): (Shell, i64),
    (place, value): (Option<usize>, &Values<'_>),
) -> FormPage {
    let field = |kind, name: &str, label: &str, hint: &str| {
        Field::new(kind, name, label, hint).with(value(name))
    };
    let is_nothing = place == Some(0);
    let mut fields = vec![
        field(Kind::Figure, "one_off", "What it costs once", "In pounds and pence; 0 for nothing"),
        field(
            Kind::Figure,
            "recurrent",
            "What it costs every year",
            "All of it, as for doing nothing: the page works out the difference",
        ),
        field(
            Kind::Lines,
            "outcome",
            "What becomes of patients",
            "What is better or worse in what they get",
        ),
        field(Kind::Lines, "experience", "How patients and staff would see it", ""),
        field(Kind::Lines, "safety", "What it does to safety", ""),
    ];
    if !is_nothing {
        fields.insert(0, field(Kind::Line, "name", "What it is called", ""));
    }
    let at = place.map_or_else(|| NEW.to_owned(), |it| it.to_string());
    let address = format!("{}/options/{at}", found.address());
    let remove = place.filter(|_| !is_nothing).map(|_| Other {
        heading: "Take this option out".to_owned(),
        action: format!("{address}/remove"),
        fields: Vec::new(),
        button: "Take the option out".to_owned(),
    });
    let lead = if is_nothing {
        "Doing nothing: what it costs and what it means. Everything else is compared with it."
    } else {
        "Say the same of each option, so that they can be compared."
    };
    FormPage {
        shell: if is_nothing { shell.titled("Do nothing") } else { shell },
        kicker: found.record.body().title().to_owned(),
        lead: vec![lead.to_owned()],
        action: address,
        hidden: vec![("seen", seen.to_string())],
        fields,
        button: "Keep the option".to_owned(),
        others: remove.into_iter().collect(),
        back: found.address(),
        ..FormPage::default()
    }
}

pub(super) async fn write(
    State(app): State<App>,
    Path((id, text)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = kept(&app, &visit, &id).await?;
    let mut read = Reader::of(&visit.fields);
    let seen = read.seen();
    let again = |now: &Found| {
        let typed = |name: &str| visit.fields.get(name).to_owned();
        let place = place_now(now, seen, &text)?;
        Ok(page(now, (shell(now, &visit), now.record.seen()), (place, &typed)))
    };
    if let Some(answer) = outdated((&app, &visit), &found, seen, &again).await? {
        return Ok(answer);
    }
    draft(&found)?;
    let case = case(&found)?;
    let place = place(case, &text)?;
    let name = if place == Some(0) {
        String::new()
    } else {
        read.needed("name", "Give the option a name")
    };
    let is_named = |it: &(usize, &CaseOption)| Some(it.0) != place && it.1.name == name;
    let is_free = name.is_empty() || !case.options.iter().enumerate().any(|it| is_named(&it));
    read.wrong.unless(is_free, "name", "Another option is called so: give this one another name");
    let cost = Cost { one_off: read.amount("one_off"), recurrent: read.amount("recurrent") };
    let option = CaseOption {
        name,
        cost: Some(cost),
        outcome: read.text("outcome"),
        experience: read.text("experience"),
        safety: read.text("safety"),
    };
    if !read.wrong.is_empty() {
        let typed = |name: &str| visit.fields.get(name).to_owned();
        let page = page(&found, (shell(&found, &visit), seen), (place, &typed));
        return Ok(FormPage { wrong: read.wrong, ..page }.answer());
    }
    let case = match place {
        None => case.clone().with_option(option),
        Some(place) => case.clone().with_option_at(place, option),
    };
    let case = case.map_err(|it| refused(&it))?;
    keep((&app, &visit), &found, (Body::Case(case), seen), "The option is kept.", &again).await
}

pub(super) async fn remove(
    State(app): State<App>,
    Path((id, text)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = written(&app, &visit, &id).await?;
    let case = case(&found)?;
    let place = place(case, &text)?.ok_or(Fault::NotFound)?;
    let case = case.clone().without_option(place).map_err(|it| refused(&it))?;
    let seen = visit.fields.get("seen").parse().unwrap_or_default();
    found.rewrite(&visit, (Body::Case(case), seen), "The option is taken out.").await
}
