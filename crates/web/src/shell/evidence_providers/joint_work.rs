//! What came of joint work: reviews that clinical directors chaired, and benefits that both leads
//! verified.

use std::collections::BTreeSet;

use domain::Day;
use engagement::benefits::{BenefitSettings, Kind, Side};
use engagement::reviews::{Held, ReviewGuide, chaired};
use store::benefits::{self, Step, StoredBenefit};
use store::reviewing::{self, Chair};

use super::{Asked, Found, Proposal, Provider};
use crate::shell::evidence::SETTINGS;
use crate::shell::session::{calendar, today};
use crate::shell::words;

/// The step that reviews chaired by clinical directors satisfy.
const CHAIRED: &str = "P7";

/// A verified saving whose paired measure of quality became better.
const SAVED_AND_BETTER: &str = "B7";

/// Proposes that the clinical director chairs the reviews of a service line.
pub(super) struct ReviewsChaired;

impl Provider for ReviewsChaired {
    fn propose<'a>(&'a self, asked: Asked<'a>) -> Found<'a> {
        Box::pin(async move {
            let all = reviewing::chairs(&mut *asked.app.store().read().await?).await?;
            let own: Vec<&Chair> = all.iter().filter(|it| it.unit == *asked.unit).collect();
            Ok(reviews(&own, asked).into_iter().collect())
        })
    }
}

/// None where no clinical director was in the chair within the months that count.
pub(super) fn reviews(own: &[&Chair], asked: Asked<'_>) -> Option<Proposal> {
    let guide = ReviewGuide::own();
    let day = today(asked.now);
    let held = own.iter().map(|it| Held { on: calendar(it.held_on), chair: it.role.clone() });
    let counted = chaired(&guide, &held.collect::<Vec<_>>(), calendar(day));
    let is_director =
        |it: &&&Chair| guide.chair(&it.role).is_some_and(|it| it.is_clinical_director);
    let last = own.iter().filter(is_director).filter(|it| it.held_on <= day).map(|it| it.held_on);
    let last = last.max().filter(|_| counted.by_directors > 0)?;
    let reviews = words::count(counted.held, "review", "reviews");
    Some(Proposal {
        key: "reviews-chaired".to_owned(),
        period: last.to_string(),
        kind: "minutes",
        title: format!(
            "The clinical director chaired {} of {reviews}",
            words::thousands(counted.by_directors)
        ),
        source: format!("/reviews/{}", asked.unit),
        happened_on: last,
        expires_on: None,
        steps: [CHAIRED.to_owned()].into(),
        because: format!(
            "Of {reviews} of the last {} that are finished, a clinical director chaired {}; the last on {}.",
            words::count(guide.settings.chaired_within.value.into(), "month", "months"),
            words::thousands(counted.by_directors),
            words::day(&last.to_string())
        ),
        made_by: own.iter().flat_map(|it| [it.person.clone(), it.closed_by.clone()]).collect(),
    })
}

/// Proposes each benefit of a unit that a finance and a clinical lead verified.
pub(super) struct VerifiedBenefits;

impl Provider for VerifiedBenefits {
    fn propose<'a>(&'a self, asked: Asked<'a>) -> Found<'a> {
        Box::pin(async move {
            let all = benefits::list(&mut *asked.app.store().read().await?).await?;
            let own = all.iter().filter(|it| it.of.ground.unit == asked.unit.as_str());
            Ok(own.filter_map(benefit).collect())
        })
    }
}

/// None where nothing of it is verified, or what it is tells of no step.
pub(super) fn benefit(it: &StoredBenefit) -> Option<Proposal> {
    let settings = BenefitSettings::own();
    let verified = it.account(&settings).verified;
    let steps = steps(it, &settings);
    let verified_on = verified_on(it)?;
    if verified == 0 || steps.is_empty() {
        return None;
    }
    let whole = if verified == it.of.claimed { "all" } else { "part" };
    let leads = [Side::Clinical, Side::Finance].into_iter().filter_map(|side| it.decision(side));
    let leads = leads.map(|it| store::PersonId::new(it.by));
    Some(Proposal {
        key: format!("benefit {}", it.id),
        period: verified_on.to_string(),
        kind: "outcome",
        // Whoever reads an assessment may see no costs, so nothing that people typed of it and no
        // amount stands here.
        title: format!("A verified benefit: {}", it.of.kind.name().to_lowercase()),
        source: format!("/benefits/{}", it.id),
        happened_on: verified_on,
        expires_on: None,
        steps,
        because: format!(
            "A finance and a clinical lead verified {whole} of what was claimed.{}",
            if it.pair.is_some() { " A measure of quality stands beside it." } else { "" }
        ),
        made_by: leads.chain([it.of.owner.clone(), it.added_by.clone()]).collect::<BTreeSet<_>>(),
    })
}

/// The day on which the second of both leads decided; none where one has not.
fn verified_on(it: &StoredBenefit) -> Option<Day> {
    let decided = |side: Side| {
        let is_its = |step: &Step| matches!(step, Step::Decide { side: of, .. } if *of == side);
        it.steps.iter().rfind(|taken| is_its(&taken.step)).map(|taken| taken.at)
    };
    let last = decided(Side::Clinical)?.max(decided(Side::Finance)?);
    Some(today(last))
}

/// Of which steps a benefit tells; a saving is lower cost with higher quality only where its paired
/// measure became better.
fn steps(it: &StoredBenefit, settings: &BenefitSettings) -> BTreeSet<String> {
    let mut steps = SETTINGS.steps_of_benefit(it.of.kind.word());
    let looked = it.of.proposal(it.pair.clone()).looked(settings);
    let is_better = it
        .pair
        .as_ref()
        .zip(looked)
        .is_some_and(|(pair, looked)| pair.is_worse(looked.before_e4, looked.now_e4));
    if it.of.kind == Kind::Cost && is_better {
        steps.insert(SAVED_AND_BETTER.to_owned());
    }
    steps
}
