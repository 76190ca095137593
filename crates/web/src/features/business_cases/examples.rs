//! Examples of the guide with their figures, worked out as this program works them out.

use axum::response::Response;
use engagement::journeys::{Idea, Journey};
use engagement::library::{Example, FigureUnit, Library};
use engagement::pence::Pence;

use super::HOME;
use super::found::lists;
use crate::shell::page::{Link, Page, Shell};
use crate::shell::visit::Visit;

/// Pence of a pound.
const POUND: i64 = 100;

const TITLE: &str = "Examples of the guide";

#[derive(askama::Template)]
#[template(path = "features/business_cases/examples.html")]
pub(super) struct Examples {
    shell: Shell,
    lists: Vec<Link>,
    notice: String,
    all: Vec<Worked>,
}

/// One example, worked out.
#[derive(Clone, Debug, Default)]
struct Worked {
    title: String,
    trust: String,
    story: String,
    /// What each saved a year; none where the guide gives no amounts.
    rows: Vec<(String, String)>,
    /// What they come to, in words; blank for none.
    total: (String, String),
    /// Other figures, in words.
    others: Vec<String>,
}

fn pence(pounds: i64) -> Pence {
    Pence::new(pounds * POUND)
}

/// Savings of one service of an example, added up as ideas of a journey are.
fn savings(example: &Example, title: &str, of: &str) -> Worked {
    let figures = example.figures_in(of, FigureUnit::PoundsAYear);
    let idea = |what: &str, pounds: i64| Idea {
        what: what.to_owned(),
        saving: pence(pounds),
        ..Idea::default()
    };
    let journey = Journey {
        ideas: figures.iter().map(|it| idea(&it.what, it.value)).collect(),
        ..Journey::default()
    };
    let is_other =
        |it: &&engagement::library::Figure| it.of == of && it.unit != FigureUnit::PoundsAYear;
    Worked {
        title: title.to_owned(),
        rows: journey.ideas.iter().map(|it| (it.what.clone(), it.saving.to_string())).collect(),
        total: ("Saved a year in all".to_owned(), journey.ideas_in_all().to_string()),
        others: example
            .figures
            .iter()
            .filter(is_other)
            .map(engagement::library::Figure::in_words)
            .collect(),
        ..told(example)
    }
}

/// How a result moved from before to after.
fn swing(example: &Example, title: &str) -> Worked {
    let figures = example.figures_in("", FigureUnit::Pounds);
    let all = figures.iter().map(|it| (it.what.clone(), pence(it.value).balance()));
    let (first, last) = (figures.first(), figures.last());
    let moved = first.zip(last).map(|(first, last)| pence(last.value) - pence(first.value));
    let others = example.figures.iter().filter(|it| it.unit != FigureUnit::Pounds);
    Worked {
        title: title.to_owned(),
        rows: all.collect(),
        total: ("Better by".to_owned(), moved.map_or_else(String::new, |it| it.to_string())),
        others: others.map(engagement::library::Figure::in_words).collect(),
        ..told(example)
    }
}

fn told(example: &Example) -> Worked {
    Worked {
        trust: format!("{}, section {} of the guide", example.title, example.section),
        story: example.story.clone(),
        ..Worked::default()
    }
}

fn worked(library: &Library) -> Vec<Worked> {
    let mut all = Vec::new();
    if let Some(it) = library.example("chelsea-bariatric-and-dermatology") {
        all.push(savings(it, "A patient journey that was mapped and costed", "bariatric surgery"));
        all.push(savings(it, "A review of demand and capacity", "dermatology"));
    }
    if let Some(it) = library.example("liverpool-womens-ivf") {
        all.push(swing(it, "A service that was turned round"));
    }
    if let Some(it) = library.example("epsom-prosthetics") {
        let others =
            vec!["The guide gives no figure: it calls the savings significant.".to_owned()];
        let title = "Prices that surgeons and finance set together".to_owned();
        all.push(Worked { title, others, ..told(it) });
    }
    all
}

impl Examples {
    fn of(shell: Shell, library: &Library) -> Self {
        Self {
            shell: shell.below(HOME.0, HOME.1),
            lists: lists("/cases/examples"),
            notice: library.notice.clone(),
            all: worked(library),
        }
    }
}

pub(super) async fn show(visit: Visit) -> Response {
    Examples::of(visit.shell(TITLE), &Library::own()).respond()
}

impl Page for Examples {
    const TEMPLATE: &'static str = "features/business_cases/examples.html";

    fn samples() -> Vec<Self> {
        vec![Self::of(Shell::sample(TITLE), &Library::own())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_the_guide_come_out() {
        let all = worked(&Library::own());
        let totals: Vec<&str> = all.iter().map(|it| it.total.1.as_str()).collect();
        // £55,000 + £140,000 + £20,000; £80,000 + £33,000; from −£0.2 million to £1.2 million.
        assert_eq!(totals, ["£215,000.00", "£113,000.00", "£1,400,000.00", ""]);
        assert_eq!(all[1].others, ["appointments missed in dermatology, after: 12%"]);
        assert_eq!(all[2].rows[0].1, "deficit of £200,000.00");
        assert!(all[2].others.contains(&"improvement of productivity: 30%".to_owned()));
        assert_eq!(all[3].rows.len(), 0, "no figure is invented");
    }
}
