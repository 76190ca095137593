//! Examples of the guide by step or characteristic, with their figures, and what else there is to
//! read.

use axum::extract::{Query, State};
use axum::response::Response;
use engagement::Framework;
use engagement::library::{Example, Figure, Library};
use serde::Deserialize;
use store::assessing::resources;

use super::links::standing;
use crate::App;
use crate::shell::assessed::led;
use crate::shell::assessing::gather;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/self_assessment/guide/library.html")]
pub(in super::super) struct LibraryPage {
    shell: Shell,
    lead: String,
    notice: String,
    step: String,
    steps: Vec<(String, String)>,
    characteristic: String,
    characteristics: Vec<(String, String)>,
    examples: Vec<Told>,
    resources: Vec<Resource>,
    /// Whether whoever looks records where resources can be read.
    keeps: bool,
    wrong: Wrong,
    source: String,
}

/// An example.
#[derive(Clone, Debug, Default)]
struct Told {
    title: String,
    about: String,
    story: String,
    /// What was done, and by what it was seen what patients had of it; none where the guide is silent.
    actions: Vec<String>,
    outcomes: Vec<String>,
    figures: Vec<String>,
    steps: String,
}

/// Something to read.
#[derive(Clone, Debug, Default)]
struct Resource {
    title: String,
    about: String,
    address: String,
    standing: String,
    is_broken: bool,
    seen: i64,
    /// What was typed and is wrong; blank else.
    typed: String,
}

/// What is asked for: a step, a characteristic, both or all.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in super::super) struct Asked {
    step: String,
    characteristic: String,
}

pub(in super::super) async fn show(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Result<Response, Fault> {
    Ok(page(&app, &visit, asked).await?.respond())
}

/// The page with an address of a resource that does not fit.
pub(super) async fn again(
    app: &App,
    visit: &Visit,
    (resource, address, wrong): (String, String, Wrong),
) -> Result<Response, Fault> {
    let mut page = page(app, visit, Asked::default()).await?;
    for it in page.resources.iter_mut().filter(|it| it.title == resource) {
        it.typed.clone_from(&address);
    }
    page.shell = page.shell.with_errors(&wrong);
    Ok(LibraryPage { wrong, ..page }.respond())
}

async fn page(app: &App, visit: &Visit, asked: Asked) -> Result<LibraryPage, Fault> {
    let shell = visit.shell("Examples, and what to read").below("Working together", "/assessment");
    let (framework, library) = (Framework::national_2013(), Library::own());
    let links = resources::links(&mut *app.store().read().await?).await?;
    let keeps = led(visit, &gather(app, visit.now).await?).is_ok();
    let mut page = LibraryPage::of(shell, (&framework, &library), asked)?;
    for it in &mut page.resources {
        if let Some(link) = links.get(&it.title) {
            it.address.clone_from(&link.address);
            it.standing = standing(link);
            it.is_broken = link.is_broken();
            it.seen = link.number;
        }
    }
    Ok(LibraryPage { keeps, ..page })
}

impl LibraryPage {
    /// [`Fault::NotFound`] where no such step or characteristic is known.
    fn of(
        shell: Shell,
        (framework, library): (&Framework, &Library),
        asked: Asked,
    ) -> Result<Self, Fault> {
        let choices = |all: Vec<(String, String)>| {
            let mut choices = vec![(String::new(), "All".to_owned())];
            choices.extend(all);
            choices
        };
        let steps = framework.steps().iter();
        let steps = choices(steps.map(|it| (it.id.to_string(), it.label.clone())).collect());
        let known = framework.characteristics().iter();
        let characteristics =
            choices(known.map(|it| (it.id.to_string(), it.label.clone())).collect());
        let is_known = |all: &[(String, String)], id: &str| all.iter().any(|it| it.0 == id);
        if !is_known(&steps, &asked.step) || !is_known(&characteristics, &asked.characteristic) {
            return Err(Fault::NotFound);
        }
        let fits = |it: &&Example| {
            let step = asked.step.is_empty() || it.steps.iter().any(|it| it.as_str() == asked.step);
            let of = |it: &Example| {
                it.characteristics.iter().any(|it| it.as_str() == asked.characteristic)
            };
            step && (asked.characteristic.is_empty() || of(it))
        };
        let examples: Vec<Told> =
            library.examples.iter().filter(fits).map(|it| told(framework, it)).collect();
        let all = words::count(library.examples.len() as u64, "example", "examples");
        Ok(Self {
            shell,
            lead: match examples.len() {
                few if few < library.examples.len() => {
                    format!("{} of {all}.", words::thousands(few as u64))
                }
                _ => format!("{all}."),
            },
            notice: library.notice.clone(),
            step: asked.step,
            steps,
            characteristic: asked.characteristic,
            characteristics,
            examples,
            resources: library.resources.iter().map(resource).collect(),
            keeps: false,
            wrong: Wrong::default(),
            source: format!("{}. {}.", library.source, library.licence),
        })
    }
}

fn told(framework: &Framework, it: &Example) -> Told {
    let labels = it.steps.iter().filter_map(|id| framework.step(id));
    Told {
        title: it.title.clone(),
        about: format!("Section {} of the guide", it.section),
        story: it.story.clone(),
        actions: it.actions.clone(),
        outcomes: it.outcomes.clone(),
        figures: it.figures.iter().map(Figure::in_words).map(|it| words::capital(&it)).collect(),
        steps: labels.map(|it| it.label.as_str()).collect::<Vec<_>>().join("; "),
    }
}

fn resource(it: &engagement::library::Resource) -> Resource {
    let published = it.published.as_ref().map_or_else(String::new, |it| format!(", {it}"));
    Resource {
        title: it.title.clone(),
        about: format!("{}{published}", it.publisher),
        ..Resource::default()
    }
}

impl Page for LibraryPage {
    const TEMPLATE: &'static str = "features/self_assessment/guide/library.html";

    fn samples() -> Vec<Self> {
        let (framework, library) = (Framework::national_2013(), Library::own());
        let page = |step: &str, characteristic: &str| {
            let asked = Asked { step: step.to_owned(), characteristic: characteristic.to_owned() };
            let shell = Shell::sample("Examples, and what to read");
            Self::of(shell, (&framework, &library), asked).expect("known")
        };
        let mut kept = page("C7", "");
        kept.keeps = true;
        if let [first, second, ..] = kept.resources.as_mut_slice() {
            "https://library.example/a".clone_into(&mut first.address);
            let standing = "Link no longer works: it answered 404 on 11 June 2026";
            standing.clone_into(&mut first.standing);
            first.is_broken = true;
            "library".clone_into(&mut second.typed);
        }
        kept.wrong.add("address", "Write an address that begins with https://");
        vec![page("", ""), kept, page("P1", "training")]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_and_every_resource_is_there_and_can_be_narrowed_down() {
        let [all, by_step, none] = LibraryPage::samples().try_into().ok().expect("three samples");
        // The guide has 18 headed examples and eight in running text; chapter 7 has 18 resources.
        assert_eq!((all.examples.len(), all.resources.len()), (26, 18));
        let hips = all.examples.iter().find(|it| it.title.starts_with("Wrightington"));
        let hips = hips.expect("the record of a service that was turned around");
        assert_eq!((hips.actions.len(), hips.outcomes.len(), hips.figures.len()), (4, 4, 4));
        let library = Library::own();
        let expected = library.examples.iter();
        let expected = expected.filter(|it| it.steps.iter().any(|it| it.as_str() == "C7")).count();
        assert!(expected > 0);
        assert_eq!(by_step.examples.len(), expected);
        assert!(none.examples.is_empty());
    }
}
