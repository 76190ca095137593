//! Providers over a site: what is proposed, and what is not any more.

use engagement::benefits::{Form, Good, Ground, Kind, Pair, Reading, Side};
use jiff::SignedDuration;
use store::assessing::{EvidenceState, NewScore, record_score, review, take_proposal};
use store::benefits::{self, NewBenefit, Step, StoredBenefit, Taken};
use store::{BenefitId, Entry};

use super::joint_work::{VerifiedBenefits, benefit};
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

#[tokio::test]
async fn reviews_are_proposed_where_a_clinical_director_was_in_the_chair_within_the_year() {
    let site = site().await;
    let unit = hip();
    let asked = Asked { app: site.app(), unit: &unit, now: site.app().now() };
    let chair = |held_on: &str, role: &str| store::reviewing::Chair {
        closed_by: PersonId::new("daniel"),
        unit: hip(),
        held_on: held_on.parse().expect("a day"),
        person: PersonId::new("amara"),
        role: role.to_owned(),
    };
    // On 11 June 2026 that of June 2025 is a year past, and that of July is still to come.
    let all = [
        chair("2025-06-10", "clinical_director"),
        chair("2025-10-02", "clinical_director"),
        chair("2026-02-03", "manager"),
        chair("2026-07-01", "clinical_director"),
    ];
    let own: Vec<&store::reviewing::Chair> = all.iter().collect();
    let found = super::joint_work::reviews(&own, asked).expect("one is proposed");
    assert_eq!(found.title, "The clinical director chaired 1 of 2\u{a0}reviews");
    assert_eq!((found.period.as_str(), found.steps.len()), ("2025-10-02", 1));
    let made_by: Vec<&str> = found.made_by.iter().map(PersonId::as_str).collect();
    assert_eq!(made_by, ["amara", "daniel"], "by no word of theirs alone");
    assert!(super::joint_work::reviews(&own[2..3], asked).is_none(), "a manager alone");
    assert!(super::joint_work::reviews(&own[..1], asked).is_none(), "too long ago");
}

/// A claim of Leah for which Grace answers; nobody has decided on it.
fn claimed(kind: Kind, pair: Option<Pair>) -> StoredBenefit {
    let of = NewBenefit {
        title: "Fewer temporary nurses".to_owned(),
        kind,
        is_cash: false,
        recurrent: false,
        owner: PersonId::new("grace"),
        ground: Ground {
            basis: "temporary-staff".to_owned(),
            unit: "HIP".to_owned(),
            from: "2026-04-01".parse().expect("a day"),
            to: "2027-03-31".parse().expect("a day"),
        },
        baseline: None,
        target: None,
        used_by: String::new(),
        uses: None,
        costed: None,
        rate_source: String::new(),
        claimed: 100,
        evidence: Vec::new(),
        pair: None,
        action: None,
        domain: String::new(),
    };
    StoredBenefit {
        id: BenefitId::new("b1"),
        of,
        pair,
        read: None,
        added_by: PersonId::new("leah"),
        added_at: Timestamp::UNIX_EPOCH,
        steps: Vec::new(),
    }
}

/// Falls with harm for each thousand bed days: 5 in the year before, and so many since. Agreed is no
/// more than 6.
fn falls(since: i64) -> Pair {
    let reading = |month: &str, falls: i64| Reading {
        month: month.parse().expect("a month"),
        value_e4: falls * 10_000,
        of_e4: Some(1_000 * 10_000),
    };
    let readings = vec![reading("2025-06-01", 5), reading("2026-04-01", since)];
    Pair { form: Form::Rate, good: Good::Down, limit_e4: 60_000, readings }
}

fn decides(side: Side, accepted: i64) -> Step {
    Step::Decide { side, accepted, not_accepted: 0, because: "As far as we saw it".to_owned() }
}

fn taken_on(step: Step, by: &str, day: &str) -> Taken {
    let at = format!("{day}T09:00:00Z").parse().expect("a moment");
    Taken { step, until: None, by: PersonId::new(by), at }
}

/// What a clinical lead accepted in May, and a finance lead three days later.
fn verified(kind: Kind, pair: Option<Pair>, accepted: [i64; 2]) -> StoredBenefit {
    let steps = vec![
        taken_on(decides(Side::Clinical, accepted[0]), "helen", "2026-05-04"),
        taken_on(decides(Side::Finance, accepted[1]), "ravi", "2026-05-07"),
    ];
    StoredBenefit { steps, ..claimed(kind, pair) }
}

/// Codes of the steps of which a benefit is proposed; blank where it is not.
fn proposed_for(it: &StoredBenefit) -> String {
    let steps = benefit(it).map(|it| it.steps.into_iter().collect::<Vec<_>>());
    steps.unwrap_or_default().join(" ")
}

#[test]
fn a_verified_benefit_tells_of_the_steps_of_its_kind() {
    let told = Kind::ALL
        .iter()
        .map(|it| format!("{} {}", it.word(), proposed_for(&verified(*it, None, [100, 100]))));
    // Better care is B6, the same with less is B8; the others tell of no step by themselves.
    let expected = [
        "cost B8",
        "income ",
        "quality B6",
        "patient_time B6",
        "staff_time B8",
        "capacity B8",
        "resilience ",
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
    let beside = |kind, since| proposed_for(&verified(kind, Some(falls(since)), [100, 100]));
    // A saving is lower cost with higher quality only where its paired measure became better.
    assert_eq!(beside(Kind::Cost, 4), "B7 B8");
    assert_eq!(beside(Kind::Cost, 5), "B8", "it stands where it stood");
    assert_eq!(beside(Kind::Cost, 6), "B8", "worse, and no more than was agreed");
    assert_eq!(beside(Kind::Cost, 7), "", "the guard holds it");
    assert_eq!(beside(Kind::Capacity, 4), "B8", "it is no saving");
}

#[test]
fn a_verified_benefit_is_told_with_its_source_its_day_and_whose_word_it_is() {
    let found = benefit(&verified(Kind::Cost, Some(falls(4)), [100, 100])).expect("it is proposed");
    assert_eq!((found.key.as_str(), found.source.as_str()), ("benefit b1", "/benefits/b1"));
    assert_eq!((found.kind, found.title.as_str()), ("outcome", "A verified benefit: cost"));
    assert_eq!(found.period, "2026-05-07", "the second lead decided then");
    assert_eq!((found.happened_on.to_string(), found.expires_on), (found.period.clone(), None));
    assert_eq!(
        found.because,
        "A finance and a clinical lead verified all of what was claimed. A measure of quality stands beside it."
    );
    let made_by: Vec<&str> = found.made_by.iter().map(PersonId::as_str).collect();
    assert_eq!(made_by, ["grace", "helen", "leah", "ravi"], "by no word of theirs alone");
    let part = benefit(&verified(Kind::Cost, None, [100, 60])).expect("it is proposed");
    assert_eq!(part.because, "A finance and a clinical lead verified part of what was claimed.");
    // Whoever reads assessments may see no costs, and no words that somebody typed.
    assert!(!format!("{found:?}{part:?}").contains("nurses"));
}

#[test]
fn what_is_not_verified_by_both_leads_is_not_proposed() {
    let after = |step: Step| {
        let mut it = verified(Kind::Cost, None, [100, 100]);
        it.steps.push(taken_on(step, "leah", "2026-05-11"));
        it
    };
    let one_lead = |at: usize| {
        let mut it = verified(Kind::Cost, None, [100, 100]);
        it.steps.remove(at);
        it
    };
    assert!(benefit(&claimed(Kind::Cost, None)).is_none(), "nobody has decided");
    assert!(benefit(&one_lead(0)).is_none() && benefit(&one_lead(1)).is_none(), "one lead alone");
    for accepted in [[0, 100], [100, 0], [0, 0]] {
        assert!(benefit(&verified(Kind::Cost, None, accepted)).is_none(), "{accepted:?}");
    }
    let because = "More was freed".to_owned();
    let more = Step::Claim { amount: 200, because: because.clone() };
    assert!(benefit(&after(more)).is_none(), "both decide anew");
    assert!(benefit(&after(Step::Withdraw { because })).is_none());
}

#[tokio::test]
async fn a_benefit_is_proposed_to_its_unit_once_the_second_lead_has_verified_it() {
    let site = site().await;
    let grace = site.person("Grace", "").await;
    let (helen, ravi) = (site.person("Helen", "").await, site.person("Ravi", "").await);
    let proposed = async |code: &str| {
        let unit = UnitCode::new(code);
        let asked = Asked { app: site.app(), unit: &unit, now: site.app().now() };
        VerifiedBenefits.propose(asked).await.expect("it looks")
    };
    let new = NewBenefit { owner: grace.clone(), ..claimed(Kind::Quality, None).of };
    let entry = Entry::by(grace.as_str(), site.app().now());
    let done = site
        .store()
        .write(move |tx| Box::pin(async move { benefits::claim(tx, &new, &entry).await }));
    let id = done.await.expect("it is claimed");
    let decided = async |who: &PersonId, lead: Side, seen: i64| {
        let (id, entry) = (id.clone(), Entry::by(who.as_str(), site.app().now()));
        let step = decides(lead, 100);
        let done = site.store().write(move |tx| {
            Box::pin(async move { benefits::step(tx, &id, &step, seen, &entry).await })
        });
        done.await.expect("the lead may decide");
    };
    assert_eq!(proposed("HIP").await, []);
    decided(&helen, Side::Clinical, 1).await;
    assert_eq!(proposed("HIP").await, [], "one lead is half of it");
    decided(&ravi, Side::Finance, 2).await;
    let found = proposed("HIP").await;
    let [found] = found.as_slice() else { panic!("one: {found:?}") };
    assert_eq!((found.source.clone(), found.steps.len()), (format!("/benefits/{id}"), 1));
    assert!(found.steps.contains("B6") && found.made_by.len() == 3, "{found:?}");
    assert_eq!(proposed("TRUST").await, [], "it is of hips");
}
