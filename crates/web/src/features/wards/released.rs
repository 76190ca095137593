//! One ward for those who see small numbers hidden: what may be shown of it, and nothing else.

use access::View;
use disclosure::{Count, DisclosureRules, HIDDEN};
use results::ward::Ward;

use super::book::{Book, Found, Missing};
use super::release::{Shown, is_told};
use super::sentences;
use super::show::NO_ROWS;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::Provenance;
use crate::shell::questions::Questions;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/wards/released.html")]
pub(super) struct Released {
    shell: Shell,
    kicker: String,
    provenance: Provenance,
    sees: String,
    says: Vec<String>,
    why: String,
    pub(super) questions: Questions,
}

/// A count as it may be shown.
pub(super) fn shown(count: Count) -> String {
    match count {
        Count::Hidden => HIDDEN.to_owned(),
        Count::Nearest(it) => words::thousands(it),
    }
}

impl Released {
    pub(super) fn of(visit: &Visit, book: &Book, found: Found<'_>) -> Result<Self, Fault> {
        let Found { place, now, .. } = found;
        let before = book.told_before(found).map(|it| &it.ward);
        let released = book.now.released.as_ref();
        let year = released.map(|it| it.year(&place.code));
        // Of a ward of few patients nothing else is told either.
        let is_told = year.is_some_and(is_told);
        let title = if is_told {
            sentences::headline(&now.ward)
        } else {
            "What this ward used and cost is hidden".to_owned()
        };
        let says = match year.filter(|_| is_told) {
            Some(year) => says((&now.ward, before), year, place.home.as_deref()),
            None if released.is_none() => vec![NO_ROWS.to_owned()],
            None => Vec::new(),
        };
        Ok(Self {
            shell: visit.shell(title).below("Wards", "/wards"),
            kicker: format!("{} ({})", place.name, place.code),
            provenance: Provenance::of(&book.run, visit.now)?,
            sees: book.words(View::Suppressed),
            says,
            why: released.map_or_else(|| DisclosureRules::own().explanation(), |it| it.why.clone()),
            questions: Questions::default(),
        })
    }
}

fn says(
    (ward, before): (&Ward, Result<&Ward, Missing>),
    year: Shown,
    home: Option<&str>,
) -> Vec<String> {
    let mut said = vec![sentences::beds(ward, before.ok())];
    said.extend(sentences::money(ward, before));
    if let Some(home) = home {
        said.push(format!(
            "About {} stays began here or went on from the year before, {} of them of patients known to be of other divisions than {home}.",
            shown(year.all),
            match year.others {
                Count::Nearest(0) => "none".to_owned(),
                Count::Nearest(it) => format!("about {}", words::thousands(it)),
                Count::Hidden => HIDDEN.to_owned(),
            }
        ));
    }
    said
}

impl Page for Released {
    const TEMPLATE: &'static str = "features/wards/released.html";

    fn samples() -> Vec<Self> {
        let page = |says: Vec<String>| Self {
            shell: Shell::sample("61 in 100 staffed beds are in use, and a night costs £405")
                .below("Wards", "/wards"),
            kicker: "Elective orthopaedics (W10)".to_owned(),
            provenance: Provenance::sample(),
            sees: "You see figures with small numbers hidden, as board member.".to_owned(),
            says,
            why: DisclosureRules::own().explanation(),
            questions: Questions::sample(),
        };
        let says = "On a mean day 11 of 28 staffed beds are empty.".to_owned();
        vec![page(vec![says]), page(Vec::new())]
    }
}
