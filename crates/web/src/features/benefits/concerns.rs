//! Concerns for the quality of care behind a benefit, and how long its sign-off has waited.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::benefits::Side;
use jiff::Timestamp;
use store::benefits::{Step, StoredBenefit, Taken};

use super::TEXT;
use super::steps::taken;
use crate::App;
use crate::shell::concerns::{self, Row, days};
use crate::shell::fault::Fault;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Concerns of a benefit, with the names of people.
pub(super) fn rows(
    benefit: &StoredBenefit,
    names: &BTreeMap<String, String>,
    now: Timestamp,
) -> Vec<Row> {
    let by = |it: &Taken| {
        let name = names.get(it.by.as_str()).map_or(it.by.as_str(), String::as_str);
        format!("{name}, {}", words::moment(it.at))
    };
    concerns::rows(&benefit.concerns(), (by, |it: &Taken| it.at), now)
}

/// How long the sign-off has waited, and for whom; blank where it waits for nobody.
pub(super) fn waits(benefit: &StoredBenefit, now: Timestamp) -> String {
    let Some((since, sides)) = benefit.waits_for() else { return String::new() };
    let lead = |it: &Side| match it {
        Side::Clinical => "a clinical lead",
        Side::Finance => "a finance lead",
    };
    let sides: Vec<&str> = sides.iter().map(lead).collect();
    format!("Has waited {} for the decision of {}.", days(since, now), words::listed(&sides))
}

pub(super) async fn raise(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let of = (id.as_str(), Capability::KeepActions);
    taken((&app, &visit), of, "The concern is recorded.", |typed, _, wrong| {
        TEXT.check(wrong, "concern", &typed.concern, "Say what you fear for the quality of care");
        Some(Step::Concern { words: typed.concern.trim().to_owned() })
    })
    .await
}

pub(super) async fn answer(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let of = (id.as_str(), Capability::KeepActions);
    taken((&app, &visit), of, "The answer is recorded.", |typed, _, wrong| {
        TEXT.check(wrong, "answer", &typed.answer, "Say what is done about the concern");
        let number = typed.of.parse().ok();
        wrong.unless(number.is_some(), "of", "Choose which concern is answered");
        Some(Step::Answer { number: number?, words: typed.answer.trim().to_owned() })
    })
    .await
}
