//! What a peer assessor or an internal auditor makes of the steps of a unit, beside what it says
//! itself. It replaces nothing and no level rests on it.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::assessment::Rating as Judged;
use engagement::framework::Step;
use engagement::raters;
use store::assessing::Rating;
use store::units::Branch;

use crate::App;
use crate::shell::assessed::{may, rating_words, seen, shell};
use crate::shell::assessing::{Gathered, Standing, gather};
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::people::names;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/spread/moderated.html")]
pub(super) struct ModeratedPage {
    shell: Shell,
    kicker: String,
    lead: Vec<String>,
    parts: Vec<Part>,
}

/// The steps of a category.
#[derive(Clone, Debug, Default)]
struct Part {
    name: String,
    rows: Vec<Row>,
}

/// One step.
#[derive(Clone, Debug, Default)]
struct Row {
    label: String,
    /// Where it is moderated; blank for those who do not.
    address: String,
    own: String,
    outside: String,
    beside: String,
    words: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let unit = seen(&visit, &gathered, (Capability::ReadAssessments, &code))?;
    let moderates =
        may(&visit, Capability::ModerateRatings, &code) && gathered.assessments.contains_key(&code);
    let is_shown = moderates || gathered.is_open_to_both(unit);
    let names = names(&mut *app.store().read().await?).await?;
    let steps = gathered.steps_of(unit);
    let row = |step: &&Step| row(&gathered, unit, step, (&names, is_shown, moderates));
    let parts = gathered.framework.categories().iter().map(|category| Part {
        name: category.label.clone(),
        rows: steps.iter().filter(|it| it.category == category.id).map(&row).collect(),
    });
    let page = ModeratedPage {
        shell: shell(&visit, unit, "Ratings from outside"),
        kicker: unit.stored.unit.name.clone(),
        lead: lead(&gathered, unit, is_shown),
        parts: parts.filter(|it| !it.rows.is_empty()).collect(),
    };
    Ok(page.respond())
}

type Who<'a> = (&'a std::collections::BTreeMap<String, String>, bool, bool);

fn row(
    gathered: &Gathered,
    unit: &Branch,
    step: &Step,
    (names, is_shown, moderates): Who<'_>,
) -> Row {
    let code = unit.stored.unit.code.as_str();
    let own = own(gathered, unit, step.id.as_str());
    let found = gathered.moderated_as(code, step.id.as_str()).filter(|_| is_shown);
    let by = found.and_then(|it| names.get(it.by.as_str())).map_or("", String::as_str);
    Row {
        label: step.label.clone(),
        address: if moderates {
            format!("/assessment/{code}/moderated/{}", step.id)
        } else {
            String::new()
        },
        own: own.map_or_else(
            || said_of(gathered.standing(code, step.id.as_str()), gathered.is_open_to_both(unit)),
            |it| rating_words(it).to_lowercase(),
        ),
        outside: found.map_or_else(String::new, |it| rating_words(it.rating).to_lowercase()),
        beside: own.zip(found).map_or("", |(own, it)| beside(own, it.rating)).to_owned(),
        words: found
            .map_or_else(String::new, |it| format!("{}. {by}", it.words.trim_end_matches('.'))),
    }
}

/// What the unit says itself, once both professions are done and say the same or have agreed.
fn own(gathered: &Gathered, unit: &Branch, step: &str) -> Option<Rating> {
    let rating = gathered.standing(unit.stored.unit.code.as_str(), step).rating();
    (gathered.is_open_to_both(unit) && rating != Rating::NotAssessed).then_some(rating)
}

fn said_of(standing: Standing, is_open: bool) -> String {
    match standing {
        Standing::Differ if is_open => "they differ",
        _ if is_open => "not rated by both",
        _ => "not both have finished",
    }
    .to_owned()
}

fn beside(own: Rating, outside: Rating) -> &'static str {
    let found = raters::moderation(&[(judged(own), judged(outside))]);
    match (found.same, found.own_higher, found.own_lower) {
        (1, ..) => "Same",
        (_, 1, _) => "Lower from outside",
        (.., 1) => "Higher from outside",
        _ => "",
    }
}

fn judged(rating: Rating) -> Judged {
    match rating {
        Rating::Consistently => Judged::Consistently,
        Rating::Partly => Judged::Partly,
        Rating::NotYet => Judged::NotYet,
        Rating::NotAssessed => Judged::NotAssessed,
    }
}

fn lead(gathered: &Gathered, unit: &Branch, is_shown: bool) -> Vec<String> {
    if gathered.rates_no_steps(unit) {
        return vec!["All steps are recorded for the organisation: ratings from outside stand beside those of the trust.".to_owned()];
    }
    let code = unit.stored.unit.code.as_str();
    let all = gathered.moderated.get(code).map_or(&[][..], Vec::as_slice);
    let mut lead = Vec::new();
    if all.is_empty() {
        lead.push("Nobody from outside has rated its steps.".to_owned());
    } else if is_shown {
        let pairs: Vec<(Judged, Judged)> = all
            .iter()
            .filter_map(|it| Some((judged(own(gathered, unit, &it.step)?), judged(it.rating))))
            .collect();
        let found = raters::moderation(&pairs);
        lead.push(format!(
            "{} rated from outside. Beside what the unit says itself {} lower, {} the same and {} higher.",
            words::count(all.len() as u64, "step is", "steps are"),
            are(found.own_higher),
            are(found.same),
            are(found.own_lower),
        ));
    } else {
        lead.push("What was said from outside is shown once both professions have gone through all steps.".to_owned());
    }
    lead.push(
        "These ratings replace none of the unit’s own, and no level rests on them.".to_owned(),
    );
    lead
}

fn are(count: u32) -> String {
    match count {
        0 => "none is".to_owned(),
        1 => "1 is".to_owned(),
        more => format!("{more} are"),
    }
}

impl Page for ModeratedPage {
    const TEMPLATE: &'static str = "features/spread/moderated.html";

    fn samples() -> Vec<Self> {
        let row = |address: &str| Row {
            label: "Cross-departmental boundary working".to_owned(),
            address: address.to_owned(),
            own: "consistently demonstrated".to_owned(),
            outside: "partly or sometimes".to_owned(),
            beside: "Lower from outside".to_owned(),
            words: "Two of five meetings had anybody of finance. Ines Duarte".to_owned(),
        };
        let page = |parts: Vec<Part>| Self {
            shell: Shell::sample("Ratings from outside"),
            kicker: "Trauma and orthopaedics".to_owned(),
            lead: vec!["1 step is rated from outside.".to_owned()],
            parts,
        };
        let part = |address: &str| Part {
            name: "Culture and behaviours".to_owned(),
            rows: vec![row(address)],
        };
        vec![page(vec![part("/assessment/TORT/moderated/C2")]), page(vec![part("")])]
    }
}
