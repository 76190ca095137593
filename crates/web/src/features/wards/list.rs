//! All wards, by code: how full, how much of their pay is for temporary staff, and how many stays
//! were of patients who do not belong there.

use access::View;
use axum::extract::State;
use axum::response::Response;
use disclosure::{Count, DisclosureRules, HIDDEN};

use super::book::{Book, Place};
use super::release::{exact, is_told};
use super::released::shown;
use super::sentences::{self, tenths};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::Provenance;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/wards/list.html")]
pub(super) struct List {
    shell: Shell,
    /// None where no run is published.
    view: Option<Listed>,
}

/// The wards of a run.
struct Listed {
    provenance: Provenance,
    sees: String,
    lead: Vec<String>,
    rows: Vec<Row>,
    why: String,
}

/// One ward as it may be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) code: String,
    pub(super) name: String,
    /// `60 in 100`.
    pub(super) full: String,
    pub(super) staffed: String,
    pub(super) night: String,
    pub(super) temporary: String,
    pub(super) stays: String,
    pub(super) others: String,
    /// Whether its small numbers are hidden.
    pub(super) is_hidden: bool,
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let Some(book) = Book::of(&app, &visit).await? else {
        return Ok(List { shell: visit.shell("No costs are published yet"), view: None }.respond());
    };
    let rows: Vec<Row> =
        book.places.iter().filter_map(|it| row(&book, it, book.view(&it.code)?).ok()).collect();
    let why = if rows.iter().any(|it| it.is_hidden) {
        DisclosureRules::own().explanation()
    } else {
        String::new()
    };
    let mut names: Vec<&str> = book.own().map(|it| it.name.as_str()).collect();
    names.truncate(if names.len() == book.places.len() { 0 } else { names.len() });
    let sees = match (names.is_empty(), why.is_empty()) {
        (true, true) => "You see exact figures.".to_owned(),
        (true, false) => book.words(View::Suppressed),
        _ => format!(
            "You see exact figures of {}, and those of other wards with small numbers hidden.",
            words::listed(&names)
        ),
    };
    let view = Listed {
        provenance: Provenance::of(&book.run, visit.now)?,
        sees,
        lead: lead(&book),
        rows,
        why,
    };
    Ok(List { shell: visit.shell("Wards: how full, and with whose patients"), view: Some(view) }
        .respond())
}

/// One ward: exactly, or what may be shown of it.
pub(super) fn row(book: &Book, place: &Place, view: View) -> Result<Row, Fault> {
    let found = book.ward(&place.code)?;
    let ward = &found.now.ward;
    let flow = found.now.flow.as_ref();
    let is_exact = view == View::Exact;
    let stays = if is_exact {
        flow.map(|it| exact(&it.all, it.others.as_ref()))
    } else {
        book.now.released.as_ref().map(|it| it.year(&place.code))
    };
    let name = place.name.clone();
    let code = place.code.clone();
    if !is_exact && !stays.is_some_and(is_told) {
        let hidden = || HIDDEN.to_owned();
        return Ok(Row {
            code,
            name,
            full: hidden(),
            staffed: hidden(),
            night: hidden(),
            temporary: hidden(),
            stays: hidden(),
            others: hidden(),
            is_hidden: true,
        });
    }
    let permille = match (is_exact, stays) {
        (true, Some(it)) => part(it.others, it.all),
        (false, _) => book.now.released.as_ref().and_then(|it| it.permille_of_others(&place.code)),
        (true, None) => None,
    };
    let others = |it: Count| match (it, permille) {
        (Count::Nearest(0), _) => "none".to_owned(),
        (it, Some(0..5)) => format!("{} (under 1%)", shown(it)),
        (it, Some(permille)) => format!("{} ({}%)", shown(it), (permille + 5) / 10),
        (it, None) => shown(it),
    };
    Ok(Row {
        code,
        name,
        full: sentences::occupancy(ward)
            .map_or_else(|| "not known".to_owned(), |it| format!("{it}%")),
        staffed: if ward.beds_e2 > 0 { tenths(ward.beds_e2) } else { "not stated".to_owned() },
        night: ward.cost_of_night().map_or_else(String::new, words::pounds),
        temporary: sentences::temporary_percent(ward)
            .map_or_else(|| "not told".to_owned(), |it| format!("{it}%")),
        stays: stays.map_or_else(|| "not at hand".to_owned(), |it| shown(it.all)),
        others: match stays {
            None => "not at hand".to_owned(),
            Some(_) if place.home.is_none() => "not counted".to_owned(),
            Some(it) => others(it.others),
        },
        is_hidden: !is_exact,
    })
}

fn part(part: Count, whole: Count) -> Option<u64> {
    match (part, whole) {
        (Count::Nearest(part), Count::Nearest(whole)) if whole > 0 => {
            Some((part * 1000 + whole / 2) / whole)
        }
        _ => None,
    }
}

/// Which ward has most of each: empty beds, temporary staff, others' patients. Only of figures that
/// everybody may see who sees this page.
fn lead(book: &Book) -> Vec<String> {
    // Of some wards nothing could be said about all.
    if !book.places.iter().all(|it| book.view(&it.code).is_some()) {
        return Vec::new();
    }
    let told = |it: &&Place| {
        let released = book.now.released.as_ref();
        released.is_some_and(|released| is_told(released.year(&it.code)))
    };
    let wards: Vec<(&Place, &results::ward::Ward)> = book
        .places
        .iter()
        .filter(told)
        .filter_map(|it| Some((it, &book.ward(&it.code).ok()?.now.ward)))
        .collect();
    let all = book.places.len();
    let mut said = Vec::new();
    let full = wards.iter().filter_map(|it| Some((it.0, 100 - sentences::occupancy(it.1)?)));
    if let Some(Most { place, part, of }) = most(full, all) {
        said.push(format!(
            "No ward has a larger part of its staffed beds empty than {}: {} in 100 are in use{of}.",
            place.name,
            100 - part
        ));
    }
    let temporary = wards.iter().filter_map(|it| Some((it.0, sentences::temporary_percent(it.1)?)));
    if let Some(Most { place, part, of }) = most(temporary, all) {
        said.push(format!(
            "On no ward are temporary staff a larger part of pay than on {}: {part}%{of}.",
            place.name
        ));
    }
    let counted = wards.iter().filter(|it| it.0.home.is_some());
    let others = counted.filter_map(|it| {
        let permille = book.now.released.as_ref()?.permille_of_others(&it.0.code)?;
        Some((it.0, i64::try_from((permille + 5) / 10).ok()?))
    });
    if let Some(Most { place, part, of }) = most(others, all) {
        said.push(format!(
            "On no ward are patients of other divisions a larger part of stays than on {}: about {part}%{of}.",
            place.name
        ));
    }
    said
}

/// The ward with more of something than any other, and of which wards that is said.
struct Most<'a> {
    place: &'a Place,
    part: i64,
    /// Blank where it is all wards.
    of: &'static str,
}

/// None where two have as much, or nothing. What is hidden, not stated or not counted is not among
/// the wards, and then it is not said of all of them.
fn most<'a>(wards: impl Iterator<Item = (&'a Place, i64)>, all: usize) -> Option<Most<'a>> {
    let mut wards: Vec<(&Place, i64)> = wards.collect();
    let of = if wards.len() < all { ", of the wards that can be shown here" } else { "" };
    wards.retain(|it| it.1 > 0);
    wards.sort_by_key(|it| std::cmp::Reverse(it.1));
    let (place, part) = *wards.first()?;
    wards.get(1).is_none_or(|it| it.1 < part).then_some(Most { place, part, of })
}

impl Page for List {
    const TEMPLATE: &'static str = "features/wards/list.html";

    fn samples() -> Vec<Self> {
        let row = |code: &str, others: &str| Row {
            code: code.to_owned(),
            name: "Elective orthopaedics".to_owned(),
            full: "61%".to_owned(),
            staffed: "28".to_owned(),
            night: "£405".to_owned(),
            temporary: "4%".to_owned(),
            stays: "1,210".to_owned(),
            others: others.to_owned(),
            is_hidden: true,
        };
        let view = Listed {
            provenance: Provenance::sample(),
            sees: "You see figures with small numbers hidden, as board member.".to_owned(),
            lead: vec![
                "Most staffed beds stand empty on Elective orthopaedics: 61 in 100 are in use."
                    .to_owned(),
            ],
            rows: vec![row("W10", "none"), row("W11", "*")],
            why: DisclosureRules::own().explanation(),
        };
        vec![
            Self {
                shell: Shell::sample("Wards: how full, and with whose patients"),
                view: Some(view),
            },
            Self { shell: Shell::sample("No costs are published yet"), view: None },
        ]
    }
}
