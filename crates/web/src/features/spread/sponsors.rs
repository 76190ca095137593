//! The sponsor pair: which two directors lead together, and when the board last saw it.

use access::{Capability, ProfessionGroup};
use axum::extract::State;
use axum::response::Response;
use domain::Day;
use serde::Deserialize;
use store::PersonId;
use store::assessing::sponsors::{self, NewPair};

use super::{choices, is_chosen, past_if};
use crate::App;
use crate::shell::assessed::{WORDS, led};
use crate::shell::assessing::gather;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::session::today;
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/spread/sponsors.html")]
pub(super) struct SponsorsPage {
    shell: Shell,
    clinicians: Vec<(String, String)>,
    finance: Vec<(String, String)>,
    seen: i64,
    typed: Typed,
    wrong: Wrong,
}

/// The pair as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    medical: String,
    finance: String,
    appeared_on: String,
    words: String,
    seen: String,
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    led(&visit, &gathered)?;
    let found = sponsors::latest(&mut *app.store().read().await?, visit.now).await?;
    let number = found.as_ref().map_or(0, |it| it.number);
    let typed = found.map_or_else(Typed::default, |it| Typed {
        medical: it.of.medical.as_str().to_owned(),
        finance: it.of.finance.as_str().to_owned(),
        appeared_on: it.of.appeared_on.map_or_else(String::new, |it| it.to_string()),
        words: it.of.words,
        seen: String::new(),
    });
    Ok(page(&visit, number, (typed, Wrong::default())).await?.respond())
}

pub(super) async fn record(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    led(&visit, &gathered)?;
    let typed: Typed = visit.fields.read()?;
    let number = typed.seen.parse().unwrap_or_default();
    let clinicians = choices(&visit, ProfessionGroup::Clinician, "").await?;
    let finance = choices(&visit, ProfessionGroup::Finance, "").await?;
    let (new, wrong) = read(&typed, (&clinicians, &finance), today(visit.now));
    if !wrong.is_empty() {
        return Ok(page(&visit, number, (typed, wrong)).await?.respond());
    }
    let entry = visit.entry_in(visit.scope(Capability::SignLevels)?, "assessment.sponsors", "");
    let done = visit.change("/assessment/dialogue", "The pair is kept.", move |tx| {
        Box::pin(async move { sponsors::record(tx, &new, number, &entry).await })
    });
    done.await
}

type People = [(String, String)];

fn read(typed: &Typed, (clinicians, finance): (&People, &People), today: Day) -> (NewPair, Wrong) {
    let mut wrong = Wrong::default();
    let leads = "Choose the clinician of the pair";
    wrong.unless(is_chosen(clinicians, &typed.medical), "medical", leads);
    wrong.unless(is_chosen(finance, &typed.finance), "finance", "Choose who of finance it is");
    let appeared_on = past_if(&mut wrong, "appeared_on", &typed.appeared_on, today);
    if !typed.words.trim().is_empty() {
        WORDS.check(&mut wrong, "words", &typed.words, "");
    }
    let new = NewPair {
        medical: PersonId::new(typed.medical.as_str()),
        finance: PersonId::new(typed.finance.as_str()),
        appeared_on,
        words: typed.words.trim().to_owned(),
    };
    (new, wrong)
}

async fn page(
    visit: &Visit,
    seen: i64,
    (typed, wrong): (Typed, Wrong),
) -> Result<SponsorsPage, Fault> {
    let shell = visit
        .shell("The two directors who lead together")
        .below("Working together", "/assessment")
        .below("Dialogue of the directors", "/assessment/dialogue")
        .with_errors(&wrong);
    Ok(SponsorsPage {
        shell,
        clinicians: choices(visit, ProfessionGroup::Clinician, "Choose a clinician").await?,
        finance: choices(visit, ProfessionGroup::Finance, "Choose somebody of finance").await?,
        seen,
        typed,
        wrong,
    })
}

impl Page for SponsorsPage {
    const TEMPLATE: &'static str = "features/spread/sponsors.html";

    fn samples() -> Vec<Self> {
        let people = || vec![(String::new(), "Choose a person".to_owned())];
        let page = |wrong: Wrong| Self {
            shell: Shell::sample("The two directors who lead together").with_errors(&wrong),
            clinicians: people(),
            finance: people(),
            seen: 0,
            typed: Typed::default(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("medical", "Choose the clinician of the pair");
        vec![page(Wrong::default()), page(wrong)]
    }
}
