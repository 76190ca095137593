//! What the system proposes as evidence of a unit, and what a person of the unit makes of it.

use std::collections::BTreeSet;

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use store::assessing;
use store::units::Branch;

use super::super::{WORDS, day, may, seen};
use crate::App;
use crate::shell::assessing::{Gathered, gather, own_side};
use crate::shell::evidence_providers::{Asked, PROVIDERS, Proposal, open};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::visit::Visit;

/// A proposal as a page shows it.
#[derive(Clone, Debug, Default)]
pub(in crate::features::self_assessment) struct Shown {
    pub(super) title: String,
    pub(super) because: String,
    pub(super) about: String,
    pub(super) steps: String,
    pub(super) source: String,
    pub(super) key: String,
    pub(super) period: String,
    /// What comes of taking it.
    pub(super) taking: &'static str,
}

/// What somebody decided, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Typed {
    key: String,
    period: String,
    decision: String,
    because: String,
}

/// Proposals for a unit on which nobody has decided.
pub(in crate::features::self_assessment) async fn proposed(
    visit: &Visit,
    (gathered, unit): (&Gathered, &Branch),
) -> Result<Vec<Proposal>, Fault> {
    let asked = Asked { app: &visit.app, unit: &unit.stored.unit.code, now: visit.now };
    let steps: BTreeSet<String> =
        gathered.steps_of(unit).into_iter().map(|it| it.id.to_string()).collect();
    open(PROVIDERS, asked, &steps).await
}

/// The same, as a page shows them.
pub(super) async fn shown(
    visit: &Visit,
    (gathered, unit): (&Gathered, &Branch),
) -> Result<Vec<Shown>, Fault> {
    let mut all = Vec::new();
    for it in proposed(visit, (gathered, unit)).await? {
        let labels = gathered.framework.steps().iter();
        let labels = labels.filter(|step| it.steps.contains(step.id.as_str()));
        let taking = if counts(visit, unit, &it).await? {
            "It counts at once: you are a lead, and it is not your word that it rests on."
        } else {
            "It counts once a lead has accepted it."
        };
        all.push(Shown {
            about: format!("{}, {}.", it.kind_words(), day(&it.happened_on)),
            steps: labels.map(|it| it.label.as_str()).collect::<Vec<_>>().join("; "),
            title: it.title,
            because: it.because,
            source: it.source,
            key: it.key,
            period: it.period,
            taking,
        });
    }
    Ok(all)
}

/// Whether what somebody takes counts at once: they are a lead who may say so of other pieces, and
/// the proposal rests on no word of theirs. So two people stand behind each piece, or the system and
/// one.
async fn counts(visit: &Visit, unit: &Branch, it: &Proposal) -> Result<bool, Fault> {
    let signs = may(visit, Capability::SignLevels, unit.stored.unit.code.as_str());
    let is_others = !it.made_by.contains(&visit.person()?.id);
    Ok(signs && is_others && own_side(visit).await?.is_some())
}

/// Takes or declines a proposal.
pub(in crate::features::self_assessment) async fn decide(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let unit = seen(&visit, &gathered, (Capability::Assess, &code))?;
    let typed: Typed = visit.fields.read()?;
    let all = proposed(&visit, (&gathered, unit)).await?;
    let found = all.iter().find(|it| it.key == typed.key && it.period == typed.period);
    let found = found.ok_or_else(|| {
        Fault::Refused(
            "It is not proposed any more: somebody has decided on it, or what it tells of has changed."
                .to_owned(),
        )
    })?;
    let unit_code = &unit.stored.unit.code;
    let of = found.of(unit_code);
    let entry = visit.entry_in(visit.scope(Capability::Assess)?, "evidence.proposal", "");
    let leads_to = format!("/assessment/{code}/evidence");
    match typed.decision.as_str() {
        "taken" => {
            let counts = counts(&visit, unit, found).await?;
            let new = found.piece(unit_code, &visit.person()?.id);
            let said = if counts {
                "It is evidence now, and counts."
            } else {
                "It is evidence now. It counts once a lead has accepted it."
            };
            let done = visit.change(&leads_to, said, move |tx| {
                Box::pin(async move {
                    assessing::take_proposal(tx, &of, (&new, counts), &entry).await?;
                    Ok(())
                })
            });
            done.await
        }
        "declined" => {
            let mut wrong = Wrong::default();
            WORDS.check(&mut wrong, "because", &typed.because, "Say why you decline it");
            if let Some((_, text)) = wrong.all().first() {
                return Err(Fault::Refused(format!("{text}.")));
            }
            let said = "It is declined, and does not come back for this period.";
            let done = visit.change(&leads_to, said, move |tx| {
                Box::pin(async move {
                    assessing::decline_proposal(tx, &of, &typed.because, &entry).await
                })
            });
            done.await
        }
        _ => Err(Fault::Refused("Choose to take or decline it.".to_owned())),
    }
}

impl Shown {
    /// For samples.
    pub(super) fn sample() -> Self {
        Self {
            title: "Costing of 2025/26 to the end of March".to_owned(),
            because: "Two people published it on 20 May 2026, 50 days after its last month ended: patient-level costs of this service are there for those who run it.".to_owned(),
            about: "A published costing, 20 May 2026.".to_owned(),
            steps: "Availability and ownership of data; PLICS implemented".to_owned(),
            source: "/services/TORT".to_owned(),
            key: "costing-run".to_owned(),
            period: "2025-26 to month 12".to_owned(),
            taking: "It counts once a lead has accepted it.",
        }
    }
}
