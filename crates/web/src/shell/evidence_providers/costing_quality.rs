//! Scores of costing quality that are compared with something, and the match quality of published
//! costings beside that of the period before.

use std::collections::BTreeSet;

use super::{Asked, Found, Proposal, Provider};
use crate::shell::costing_quality::{matched, percent, scores};
use crate::shell::evidence::SETTINGS;
use crate::shell::session::today;
use crate::shell::words;

/// Where both are shown.
const PAGE: &str = "/assessment/costing-quality";

/// The step that any benchmarked score of costing quality satisfies.
const STEP: &str = "P3";

/// Proposes the latest score of each measure that is compared with something.
pub(super) struct Scores;

impl Provider for Scores {
    fn propose<'a>(&'a self, asked: Asked<'a>) -> Found<'a> {
        Box::pin(async move {
            let all = scores(asked.app).await?;
            let day = today(asked.now);
            let is_latest = |at: usize| {
                all.get(at + 1).is_none_or(|next| next.of.measure != all[at].of.measure)
            };
            let latest = (0..all.len()).filter(|it| is_latest(*it)).map(|it| (it, &all[it]));
            let proposed =
                latest.filter(|(_, it)| !it.of.benchmark.is_empty() && it.of.assessed_on <= day);
            let one = |(at, it): (usize, &store::assessing::Score)| {
                let before = at.checked_sub(1).map(|it| &all[it]);
                let before = before.filter(|before| before.of.measure == it.of.measure);
                let before = before.map_or_else(String::new, |it| {
                    let (score, year) = (percent(it.of.score_tenths), words::year(&it.of.period));
                    format!(", after {score} in {year}")
                });
                let name = SETTINGS.measure(&it.of.measure);
                let score = percent(it.of.score_tenths);
                Proposal {
                    key: format!("costing-quality {}", it.of.measure),
                    period: it.of.period.clone(),
                    kind: "quality",
                    title: format!("{name} of {}: {score}", words::year(&it.of.period)),
                    source: PAGE.to_owned(),
                    happened_on: it.of.assessed_on,
                    expires_on: None,
                    steps: [STEP.to_owned()].into(),
                    because: format!(
                        "{} scored the costing at {score}{before}. It is compared with: {}",
                        it.of.assessor,
                        words::sentence(&it.of.benchmark)
                    ),
                    made_by: [it.recorded_by.clone()].into(),
                }
            };
            Ok(proposed.map(one).collect())
        })
    }
}

/// Proposes the match quality of the latest published costing beside that of the one before.
pub(super) struct MatchQuality;

impl Provider for MatchQuality {
    fn propose<'a>(&'a self, asked: Asked<'a>) -> Found<'a> {
        Box::pin(async move {
            let all = matched(asked.app).await?;
            // One alone is compared with nothing.
            let [.., before, it] = all.as_slice() else { return Ok(Vec::new()) };
            let rows = words::count(it.rows.unsigned_abs(), "row", "rows");
            Ok(vec![Proposal {
                key: "match-quality".to_owned(),
                period: format!("{} to month {}", it.year, it.last_month),
                kind: "quality",
                title: format!("Match quality of {}: {}", it.period(), percent(it.tenths())),
                source: PAGE.to_owned(),
                happened_on: it.published_on,
                expires_on: None,
                steps: [STEP.to_owned()].into(),
                because: format!(
                    "Of {rows} of activity, {} found their patient; in the costing of {} it was {}. It is compared with our own earlier costing, and with no other trust.",
                    percent(it.tenths()),
                    before.period(),
                    percent(before.tenths())
                ),
                made_by: BTreeSet::new(),
            }])
        })
    }
}
