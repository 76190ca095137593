//! Providers over a site: what is proposed, and what is not any more.

use jiff::SignedDuration;
use store::Entry;
use store::assessing::{EvidenceState, NewScore, record_score, review, take_proposal};

use super::*;
use crate::shell::testing::{Site, site};

/// What a later feature might propose, of one step and another.
struct Reviews(&'static str);

impl Provider for Reviews {
    fn propose<'a>(&'a self, asked: Asked<'a>) -> Found<'a> {
        Box::pin(async move {
            let day = today(asked.now);
            Ok(vec![Proposal {
                key: "reviews-chaired".to_owned(),
                period: self.0.to_owned(),
                kind: "minutes",
                title: format!("Reviews chaired by the clinical director in {}", self.0),
                source: "/".to_owned(),
                happened_on: day,
                expires_on: None,
                steps: ["P7", "C1"].map(str::to_owned).into(),
                because: "She chaired four of four".to_owned(),
                made_by: BTreeSet::new(),
            }])
        })
    }
}

fn hip() -> UnitCode {
    UnitCode::new("HIP")
}

/// Titles of what is open, of the steps of a specialty.
async fn titles(site: &Site, providers: &[&dyn Provider]) -> Vec<String> {
    let unit = hip();
    let asked = Asked { app: site.app(), unit: &unit, now: site.app().now() };
    let steps = ["P3", "P7", "C6"].map(str::to_owned).into();
    let all = open(providers, asked, &steps).await.expect("they look");
    assert!(all.iter().all(|it| it.steps.is_subset(&steps)), "{all:?}");
    all.into_iter().map(|it| it.title).collect()
}

async fn taken(site: &Site, period: &'static str, counts: bool) -> store::EvidenceId {
    let who = site.person(&format!("Taker of {period}"), "").await;
    let unit = hip();
    let asked = Asked { app: site.app(), unit: &unit, now: site.app().now() };
    let proposed = Reviews(period).propose(asked).await.expect("it looks").remove(0);
    let (of, new) = (proposed.of(&unit), proposed.piece(&unit, &who));
    let entry = Entry::by(who.as_str(), site.app().now());
    let done = site.store().write(move |tx| {
        Box::pin(async move { take_proposal(tx, &of, (&new, counts), &entry).await })
    });
    done.await.expect("nobody has decided")
}

#[tokio::test]
async fn what_was_taken_comes_back_only_when_it_is_about_to_expire() {
    let site = site().await;
    let (may, june) = (Reviews("May"), Reviews("June"));
    let (may, june): (&[&dyn Provider], &[&dyn Provider]) = (&[&may], &[&june]);
    assert_eq!(titles(&site, may).await.len(), 1);
    taken(&site, "May", true).await;
    assert_eq!(titles(&site, may).await, [""; 0]);
    assert_eq!(titles(&site, june).await, [""; 0], "what was taken still counts");
    // It counts for a year, so 336 days on it expires within the month of warning.
    site.wait(SignedDuration::from_hours(24 * 336));
    assert_eq!(titles(&site, june).await.len(), 1);
    assert_eq!(titles(&site, may).await, [""; 0], "the same period was decided on");
}

#[tokio::test]
async fn what_a_lead_rejected_comes_back_with_another_period() {
    let site = site().await;
    let id = taken(&site, "May", false).await;
    let june = Reviews("June");
    assert_eq!(titles(&site, &[&june]).await, [""; 0], "it waits for a lead");
    let lead = site.person("Lead", "").await;
    let entry = Entry::by(lead.as_str(), site.app().now());
    let done = site.store().write(move |tx| {
        Box::pin(async move {
            review(tx, &id, (EvidenceState::Rejected, "She was away"), 0, &entry).await
        })
    });
    done.await.expect("it is in review");
    assert_eq!(titles(&site, &[&june]).await.len(), 1);
}

#[tokio::test]
async fn a_score_is_proposed_once_it_is_compared_with_something() {
    let site = site().await;
    let moira = site.person("Moira", "").await;
    let records = async |benchmark: &str, seen: i64| {
        let new = NewScore {
            measure: "MAQS".to_owned(),
            period: "2025-26".to_owned(),
            score_tenths: 712,
            target_tenths: None,
            benchmark: benchmark.to_owned(),
            assessor: "Moira Flynn".to_owned(),
            assessed_on: "2026-05-20".parse().expect("a day"),
        };
        let entry = Entry::by(moira.as_str(), site.app().now());
        let done = site
            .store()
            .write(move |tx| Box::pin(async move { record_score(tx, &new, seen, &entry).await }));
        done.await.expect("a score");
    };
    assert_eq!(titles(&site, PROVIDERS).await, [""; 0], "there is nothing to propose");
    records("", 0).await;
    assert_eq!(titles(&site, PROVIDERS).await, [""; 0]);
    records("The region: 71%", 1).await;
    let told = titles(&site, PROVIDERS).await;
    assert_eq!(told, ["Materiality and Quality Score of 2025/26: 71.2%"]);
}
