//! What good looks like: the characteristics of organisations in which engagement works, in the
//! groups of the guide, with the steps they feed and examples of them.

use axum::response::Response;
use engagement::Framework;
use engagement::framework::Characteristic;
use engagement::library::Library;

use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/self_assessment/guide/characteristics.html")]
pub(in super::super) struct CharacteristicsPage {
    shell: Shell,
    lead: String,
    groups: Vec<Group>,
    source: String,
}

/// A group of the guide.
#[derive(Clone, Debug, Default)]
struct Group {
    name: String,
    all: Vec<Told>,
}

/// A characteristic.
#[derive(Clone, Debug, Default)]
struct Told {
    name: String,
    in_short: String,
    about: String,
    address: String,
    examples: String,
}

pub(in super::super) async fn show(visit: Visit) -> Result<Response, Fault> {
    let shell = visit.shell("What good looks like").below("Working together", "/assessment");
    Ok(CharacteristicsPage::of(shell, &Framework::national_2013(), &Library::own()).respond())
}

impl CharacteristicsPage {
    fn of(shell: Shell, framework: &Framework, library: &Library) -> Self {
        let all = framework.characteristics();
        let group = |of: &engagement::framework::Group| Group {
            name: of.label.clone(),
            all: all
                .iter()
                .filter(|it| it.group == of.id)
                .map(|it| told(framework, library, it))
                .collect(),
        };
        let count = words::count(all.len() as u64, "characteristic", "characteristics");
        Self {
            shell,
            lead: format!(
                "{count} of organisations in which clinicians and finance work well together. They guide; only the steps are rated."
            ),
            groups: framework.groups().iter().map(group).collect(),
            source: format!("{}. {}.", library.source, library.licence),
        }
    }
}

fn told(framework: &Framework, library: &Library, it: &Characteristic) -> Told {
    let labels: Vec<&str> =
        it.steps.iter().filter_map(|id| framework.step(id)).map(|it| it.label.as_str()).collect();
    let examples = library.examples.iter();
    let examples = examples.filter(|example| example.characteristics.contains(&it.id)).count();
    Told {
        name: it.label.clone(),
        in_short: it.in_short.clone(),
        about: format!("Section {} of the guide. Feeds: {}", it.section, labels.join("; ")),
        address: format!("/assessment/library?characteristic={}", it.id),
        examples: words::count(examples as u64, "example", "examples"),
    }
}

impl Page for CharacteristicsPage {
    const TEMPLATE: &'static str = "features/self_assessment/guide/characteristics.html";

    fn samples() -> Vec<Self> {
        let shell = Shell::sample("What good looks like");
        vec![Self::of(shell, &Framework::national_2013(), &Library::own())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_groups_are_those_of_the_guide() {
        let [page] = CharacteristicsPage::samples().try_into().ok().expect("one sample");
        // Chapter 3 heads five, four and three.
        let sizes: Vec<(&str, usize)> =
            page.groups.iter().map(|it| (it.name.as_str(), it.all.len())).collect();
        assert_eq!(sizes, [("Organisational behaviours", 5), ("People", 4), ("Data", 3)]);
        let all = page.groups.iter().flat_map(|it| &it.all);
        assert!(
            all.clone().all(|it| !it.examples.starts_with('0') && it.about.contains("Feeds: "))
        );
    }
}
