//! What the system knows, proposed as evidence: each provider looks at one thing and says of which
//! step it tells and why. Nothing of it counts before a person of the unit has taken it.
//!
//! A feature that has something to propose adds one entry to [`PROVIDERS`].

mod costing_quality;
mod costing_runs;
mod joint_work;
mod staff_asked;
mod use_of_figures;

use std::collections::BTreeSet;
use std::pin::Pin;

use domain::Day;
use jiff::Timestamp;
use store::assessing::{self, Decision, Evidence, NewEvidence, ProposalOf};
use store::{PersonId, UnitCode};

use super::evidence::{SETTINGS, Standing, last_day, standing};
use super::fault::Fault;
use super::session::today;
use crate::App;

/// Something that may be evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// What it is, by a name that stays from period to period.
    pub key: String,
    /// The period that it tells of: what was declined comes back with another one.
    pub period: String,
    /// Code of the kind of evidence.
    pub kind: &'static str,
    /// Title.
    pub title: String,
    /// Address in this site where it can be looked at.
    pub source: String,
    /// When what it shows took place.
    pub happened_on: Day,
    /// The last day on which it counts; none where the framework says how long.
    pub expires_on: Option<Day>,
    /// Codes of the steps of which it tells.
    pub steps: BTreeSet<String>,
    /// Why it tells of them, in a sentence or two.
    pub because: String,
    /// Whose word it rests on: none of these makes it count alone.
    pub made_by: BTreeSet<PersonId>,
}

/// What a provider is asked with.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The site.
    pub app: &'a App,
    /// The unit.
    pub unit: &'a UnitCode,
    /// When.
    pub now: Timestamp,
}

/// What a provider has to propose, once it has looked.
pub type Found<'a> = Pin<Box<dyn Future<Output = Result<Vec<Proposal>, Fault>> + Send + 'a>>;

/// Looks at something that the system knows, for evidence of a unit.
pub trait Provider: Sync {
    /// What it proposes for a unit. It says nothing of a person, and nothing that few people make up.
    fn propose<'a>(&'a self, asked: Asked<'a>) -> Found<'a>;
}

/// All providers.
pub static PROVIDERS: &[&dyn Provider] = &[
    &costing_runs::PublishedCosting,
    &costing_quality::Scores,
    &costing_quality::MatchQuality,
    &use_of_figures::LookedBehind,
    &joint_work::ReviewsChaired,
    &joint_work::VerifiedBenefits,
    &staff_asked::StaffAsked,
];

/// Proposals for a unit on which nobody has decided, of steps that are rated there. What was taken is
/// not proposed again while the piece that came of it counts, and not soon before it expires either.
///
/// # Errors
///
/// [`Fault::Broken`] if a provider or the store fails.
pub async fn open(
    providers: &[&dyn Provider],
    asked: Asked<'_>,
    steps: &BTreeSet<String>,
) -> Result<Vec<Proposal>, Fault> {
    let units = [asked.unit.clone()].into();
    let mut db = asked.app.store().read().await?;
    let decided = assessing::decided_proposals(&mut db, &units).await?;
    let pieces = assessing::evidence_of(&mut db, &units).await?;
    drop(db);
    let day = today(asked.now);
    let mut all = Vec::new();
    for provider in providers {
        for mut it in provider.propose(asked).await? {
            it.steps.retain(|step| steps.contains(step));
            let is_known = decided.iter().filter(|of| of.of.proposal == it.key).any(|of| {
                let taken = of.evidence.as_ref();
                let piece = pieces.iter().find(|piece| taken == Some(&piece.id));
                of.of.period == it.period
                    || (of.decision == Decision::Accepted
                        && piece.is_some_and(|piece| still_serves(piece, day)))
            });
            let lasts = last_day(&as_piece(&it, asked.unit)) >= day;
            if !it.steps.is_empty() && !is_known && lasts {
                all.push(it);
            }
        }
    }
    Ok(all)
}

/// Whether a piece waits to be looked at, or counts for a while.
fn still_serves(piece: &Evidence, day: Day) -> bool {
    match standing(piece, day) {
        Standing::Accepted | Standing::InReview => true,
        Standing::Draft | Standing::ExpiresSoon | Standing::Expired | Standing::Rejected => false,
    }
}

impl Proposal {
    /// As a piece that somebody takes.
    pub fn piece(&self, unit: &UnitCode, owner: &PersonId) -> NewEvidence {
        NewEvidence {
            unit: unit.clone(),
            kind: self.kind.to_owned(),
            title: self.title.clone(),
            place: self.source.clone(),
            happened_on: self.happened_on,
            expires_on: self.expires_on,
            owner: owner.clone(),
            steps: self.steps.clone(),
        }
    }

    /// What a decision is on.
    pub fn of(&self, unit: &UnitCode) -> ProposalOf {
        ProposalOf { unit: unit.clone(), proposal: self.key.clone(), period: self.period.clone() }
    }

    /// What it is, in words.
    pub fn kind_words(&self) -> &'static str {
        SETTINGS.kind(self.kind)
    }
}

/// A proposal as it would be once somebody accepted it, to see until when it would count.
fn as_piece(it: &Proposal, unit: &UnitCode) -> Evidence {
    let nobody = PersonId::new("");
    Evidence {
        id: store::EvidenceId::new(""),
        of: it.piece(unit, &nobody),
        added_by: nobody,
        added_at: Timestamp::UNIX_EPOCH,
        reviews: Vec::new(),
        revisions: Vec::new(),
        began_as_draft: false,
        is_collected: true,
    }
}

#[cfg(test)]
mod tests;
