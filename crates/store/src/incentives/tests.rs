//! Incentives on both databases: refused for one kind, agreed to, decided upon, ended and followed.

use engagement::benefits::{Evidence, Ground, Kind, Side};
use engagement::incentives::{Standing, Way, standing};

use super::*;
use crate::Store;
use crate::audit::Asked;
use crate::benefits::{NewBenefit, Step as BenefitStep};
use crate::ids::BenefitId;
use crate::measures::{Definition, Keeping, Month, Subject};
use crate::testing::{add_person, add_unit, by, change, error, on_both};

const POUND: i64 = 1_000_000;

/// Who takes part; the clock of the tests stands at 1 May 2025.
struct People {
    grace: PersonId,
    helen: PersonId,
    ravi: PersonId,
}

/// 5 falls of 1,000 bed days before; then 3, 1 and 2 of 500 each, together 4.0 for each thousand.
const FALLS: &str = "measure,unit,month,value,of,source\n\
    HARM,HIP,2023-06,5,1000,Reports\n\
    HARM,HIP,2024-04,3,500,Reports\n\
    HARM,HIP,2024-05,1,500,Reports\n\
    HARM,HIP,2024-06,2,500,Reports\n";

async fn trust(store: &Store) -> People {
    add_unit(store, "SURGERY", None).await.expect("a unit");
    add_unit(store, "HIP", Some("SURGERY")).await.expect("a unit");
    let [grace, helen, ravi] = [
        add_person(store, "Grace").await,
        add_person(store, "Helen").await,
        add_person(store, "Ravi").await,
    ];
    for (code, subject) in [("HARM", Subject::Harm), ("SICK", Subject::Sickness)] {
        let new = Definition {
            code: MeasureCode::new(code),
            name: code.to_owned(),
            definition: "Falls with harm".to_owned(),
            subject,
            unit_of_measure: "falls".to_owned(),
            form: measures::Form::Rate,
            good: measures::Good::Down,
            of_patients: true,
            source: "Reports".to_owned(),
            keeper: "Safety team".to_owned(),
        };
        let entry = by(&helen);
        change!(store, |tx| measures::define(tx, &new, 0, &entry)).expect("it is new");
    }
    let keeping = Keeping { units: None, this_month: "2025-05".parse::<Month>().expect("a month") };
    let entry = by(&helen);
    let kept = store.write(move |tx| {
        Box::pin(async move {
            let digest = measures::plan(tx, FALLS, &keeping).await?.digest;
            measures::import(tx, (FALLS, &keeping), &digest, ("m.csv", ""), &entry).await
        })
    });
    kept.await.expect("it is taken");
    People { grace, helen, ravi }
}

/// April to June 2024.
fn quarter() -> Period {
    let day = |text: &str| text.parse().expect("a day");
    Period { from: day("2024-04-01"), to: day("2024-06-30") }
}

/// £80 of savings, and 4.0 falls or fewer.
fn rule() -> Rule {
    Rule {
        way: Way::Promised,
        what: "Half of it buys equipment".to_owned(),
        period: quarter(),
        quality: Some(Aim {
            measure: "HARM".to_owned(),
            unit: "HIP".to_owned(),
            target_e4: 40_000,
        }),
        savings: Some(80 * POUND),
    }
}

async fn proposed(
    store: &Store,
    who: &PersonId,
    (rule, follows): (Rule, Option<&IncentiveId>),
) -> Result<IncentiveId> {
    let (entry, unit, follows) = (by(who), UnitCode::new("HIP"), follows.cloned());
    change!(store, |tx| propose(tx, (&unit, follows.as_ref()), &rule, &entry))
}

async fn agrees(
    store: &Store,
    id: &IncentiveId,
    who: &PersonId,
    (side, seen): (Side, i64),
) -> Result<()> {
    let (id, entry) = (id.clone(), by(who));
    change!(store, |tx| agree(tx, &id, side, seen, &entry))
}

async fn decides(
    store: &Store,
    id: &IncentiveId,
    (who, side, verdict, because): (&PersonId, Side, Verdict, &str),
    seen: i64,
) -> Result<()> {
    let because = because.to_owned();
    let new = NewRuling { side, period: quarter(), verdict, because };
    let (id, entry) = (id.clone(), by(who));
    change!(store, |tx| decide(tx, &id, &new, seen, &entry))
}

/// Claims £100 of lower cost in the quarter, as a journal shows.
async fn claimed(store: &Store, people: &People) -> BenefitId {
    let new = NewBenefit {
        title: "One price".to_owned(),
        kind: Kind::Cost,
        is_cash: true,
        recurrent: false,
        owner: people.grace.clone(),
        ground: Ground {
            basis: "devices".to_owned(),
            unit: "HIP".to_owned(),
            from: quarter().from,
            to: quarter().to,
        },
        baseline: None,
        target: None,
        used_by: String::new(),
        uses: None,
        costed: None,
        rate_source: String::new(),
        claimed: 100 * POUND,
        evidence: vec![Evidence {
            kind: "journal".to_owned(),
            amount: 100 * POUND,
            reference: "Journal 1".to_owned(),
        }],
        pair: Some(PairedWith {
            measure: MeasureCode::new("HARM"),
            unit: UnitCode::new("HIP"),
            limit_e4: 60_000,
        }),
        action: None,
        domain: String::new(),
    };
    let entry = by(&people.grace);
    change!(store, |tx| benefits::claim(tx, &new, &entry)).expect("it is a claim")
}

/// Verifies £80 of it.
async fn verified(store: &Store, people: &People, id: &BenefitId) {
    for (side, who) in [(Side::Finance, &people.ravi), (Side::Clinical, &people.helen)] {
        let decision = BenefitStep::Decide {
            side,
            accepted: 80 * POUND,
            not_accepted: 20 * POUND,
            because: "Prices fell anyway".to_owned(),
        };
        let (id, entry) = (id.clone(), by(who));
        let done = store.write(move |tx| {
            Box::pin(async move {
                let seen = benefits::get(tx, &id).await?.version();
                benefits::step(tx, &id, &decision, seen, &entry).await
            })
        });
        done.await.expect("they decide");
    }
}

async fn outcome(store: &Store, id: &IncentiveId) -> (Outcome, i64) {
    let mut db = store.read().await.expect("a connection");
    let found = get(&mut db, id).await.expect("it is there");
    let (it, _) = reckoned(&mut db, &found, quarter()).await.expect("it is reckoned");
    (it.outcome, i64::try_from(it.verified).expect("small") / POUND)
}

#[test]
fn a_rule_of_one_kind_is_refused_and_leaves_nothing() {
    on_both(|store| async move {
        let people = trust(&store).await;
        let refused = |rule: Rule| {
            let (store, who) = (store.clone(), people.grace.clone());
            async move { error(proposed(&store, &who, (rule, None)).await) }
        };
        let cost = refused(Rule { quality: None, ..rule() }).await;
        assert!(cost.starts_with("this rule names cost improvement alone"), "{cost}");
        let quality = refused(Rule { savings: None, ..rule() }).await;
        assert!(quality.starts_with("this rule names quality alone"), "{quality}");
        let aim = |measure: &str, target_e4| {
            let (measure, unit) = (measure.to_owned(), "HIP".to_owned());
            Rule { quality: Some(Aim { measure, unit, target_e4 }), ..rule() }
        };
        // Sickness of staff says nothing of quality; and falls stood at 5.0 before.
        assert!(refused(aim("SICK", 1)).await.starts_with("choose the quality measure"));
        assert!(refused(aim("HARM", 50_001)).await.starts_with("the target is worse than where"));
        let mut db = store.read().await.expect("a connection");
        assert!(list(&mut db).await.expect("a read").is_empty());
    });
}

#[test]
fn only_what_is_verified_counts_and_the_trigger_follows_the_register() {
    on_both(|store| async move {
        let people = trust(&store).await;
        let id = proposed(&store, &people.grace, (rule(), None)).await.expect("both kinds");
        assert_eq!(outcome(&store, &id).await, (Outcome::QualityAlone, 0));
        let benefit = claimed(&store, &people).await;
        assert_eq!(outcome(&store, &id).await, (Outcome::QualityAlone, 0), "a claim is nothing");
        verified(&store, &people, &benefit).await;
        assert_eq!(outcome(&store, &id).await, (Outcome::Both, 80));
        let (entry, code) = (by(&people.helen), MeasureCode::new("HARM"));
        let month = "2024-06".parse::<Month>().expect("a month");
        let line = (month, "Falls are asked otherwise");
        change!(store, |tx| measures::begin_line(tx, &code, line, &entry)).expect("a line");
        assert_eq!(outcome(&store, &id).await.0, Outcome::NotKnown, "nothing across a break");
    });
}

#[test]
fn a_month_of_which_two_sources_differ_is_not_known() {
    on_both(|store| async move {
        let people = trust(&store).await;
        let id = proposed(&store, &people.grace, (rule(), None)).await.expect("both kinds");
        assert_eq!(outcome(&store, &id).await.0, Outcome::QualityAlone);
        let csv = "measure,unit,month,value,of,source\nHARM,HIP,2024-06,1,500,Ward return\n";
        let keeping =
            Keeping { units: None, this_month: "2025-05".parse::<Month>().expect("a month") };
        let entry = by(&people.helen);
        let kept = store.write(move |tx| {
            Box::pin(async move {
                let digest = measures::plan(tx, csv, &keeping).await?.digest;
                measures::import(tx, (csv, &keeping), &digest, ("m.csv", "Another"), &entry).await
            })
        });
        kept.await.expect("it is taken");
        assert_eq!(outcome(&store, &id).await.0, Outcome::NotKnown, "until it is settled");
    });
}

#[test]
fn two_leads_agree_and_decide_whatever_the_trigger_says_and_then_it_stays() {
    on_both(|store| async move {
        let people = trust(&store).await;
        let People { grace, helen, ravi } = &people;
        let id = proposed(&store, grace, (rule(), None)).await.expect("both kinds");
        let early = decides(&store, &id, (ravi, Side::Finance, Verdict::Paid, "x"), 1).await;
        assert!(error(early).starts_with("a clinical and a finance lead agree"));
        let own = agrees(&store, &id, grace, (Side::Clinical, 1)).await;
        assert!(error(own).starts_with("whoever wrote the rule"));
        agrees(&store, &id, helen, (Side::Clinical, 1)).await.expect("a lead");
        let stale = agrees(&store, &id, ravi, (Side::Finance, 1)).await;
        assert!(error(stale).starts_with("this rule was changed by somebody else"));
        // What is written anew both agree to anew.
        let (asked, entry, again) = (id.clone(), by(grace), rule());
        change!(store, |tx| super::change(tx, &asked, (&again, "Plainer"), 2, &entry))
            .expect("nobody decided");
        agrees(&store, &id, ravi, (Side::Finance, 3)).await.expect("a lead");
        let half = decides(&store, &id, (ravi, Side::Finance, Verdict::NotPaid, ""), 4).await;
        assert!(error(half).starts_with("a clinical and a finance lead agree"));
        agrees(&store, &id, helen, (Side::Clinical, 4)).await.expect("a lead");
        // Quality was met, no saving is verified: the trigger asks for nothing to be paid.
        let bare = decides(&store, &id, (helen, Side::Clinical, Verdict::Paid, " "), 5).await;
        assert!(error(bare).contains("say why you depart from it"));
        let why = "The supplier was late";
        decides(&store, &id, (helen, Side::Clinical, Verdict::Paid, why), 5)
            .await
            .expect("a reason");
        decides(&store, &id, (ravi, Side::Finance, Verdict::NotPaid, ""), 6)
            .await
            .expect("as asked");
        let mut db = store.read().await.expect("a connection");
        let found = get(&mut db, &id).await.expect("it is there");
        assert_eq!(standing(&found.rulings(), quarter()), Standing::Differ);
        assert_eq!((found.state(), found.versions.len()), (State::Decided, 2));
        drop(db);
        decides(&store, &id, (helen, Side::Clinical, Verdict::NotPaid, ""), 7).await.expect("anew");
        let (asked, entry, other) = (id.clone(), by(grace), rule());
        let late = change!(store, |tx| super::change(tx, &asked, (&other, "More"), 8, &entry));
        assert!(error(late).starts_with("this rule was decided upon, so it stays as it is"));
        let mut db = store.read().await.expect("a connection");
        let found = get(&mut db, &id).await.expect("it is there");
        let settled = standing(&found.rulings(), quarter());
        assert_eq!(settled, Standing::Settled(Verdict::NotPaid));
        let told = found.steps.iter().find_map(|it| match &it.step {
            Step::Decided { found, .. } => Some(*found),
            _ => None,
        });
        let told = told.expect("a decision");
        assert_eq!((told.outcome, told.quality_e4), (Outcome::QualityAlone, Some(40_000)));
        let rows = audit::list(&mut db, &Asked::default(), 100).await.expect("a read");
        let kept = format!("{rows:?}");
        assert!(kept.contains("incentive.decided") && !kept.contains("supplier"), "{kept}");
    });
}

#[test]
fn a_rule_that_ended_is_followed_by_one_other() {
    on_both(|store| async move {
        let people = trust(&store).await;
        let first = proposed(&store, &people.grace, (rule(), None)).await.expect("both kinds");
        let early = proposed(&store, &people.grace, (rule(), Some(&first))).await;
        assert!(error(early).starts_with("only a rule of the same unit that has ended"));
        let ended = |because: &'static str, seen| {
            let (store, id, entry) = (store.clone(), first.clone(), by(&people.grace));
            async move { change!(store, |tx| end(tx, &id, because, seen, &entry)) }
        };
        assert_eq!(error(ended(" ", 1).await), "why it ends is missing");
        ended("Another target", 1).await.expect("a reason");
        assert_eq!(error(ended("Again", 2).await), "this rule has ended");
        let late = agrees(&store, &first, &people.ravi, (Side::Finance, 2)).await;
        assert_eq!(error(late), "this rule has ended");
        let second = proposed(&store, &people.grace, (rule(), Some(&first))).await;
        let second = second.expect("it follows");
        let third = proposed(&store, &people.grace, (rule(), Some(&first))).await;
        assert_eq!(error(third), "there is already a rule that follows this one");
        let mut db = store.read().await.expect("a connection");
        let found = get(&mut db, &second).await.expect("it is there");
        assert_eq!((found.follows, found.unit.as_str()), (Some(first), "HIP"));
    });
}

/// Both leads agree to a rule that nobody has agreed to, which grace wrote once.
async fn both_agree(store: &Store, id: &IncentiveId, people: &People) {
    agrees(store, id, &people.helen, (Side::Clinical, 1)).await.expect("a lead");
    agrees(store, id, &people.ravi, (Side::Finance, 2)).await.expect("a lead");
}

/// Ends a rule.
async fn ended(store: &Store, id: &IncentiveId, people: &People, seen: i64) {
    let (id, entry) = (id.clone(), by(&people.grace));
    change!(store, |tx| end(tx, &id, "Another target", seen, &entry)).expect("a reason");
}

#[test]
fn months_that_a_rule_was_decided_upon_are_not_decided_upon_by_those_that_follow_it() {
    on_both(|store| async move {
        let people = trust(&store).await;
        let of = |from: &str, to: &str| {
            let day = |text: &str| text.parse().expect("a day");
            Rule { period: Period { from: day(from), to: day(to) }, ..rule() }
        };
        let first = proposed(&store, &people.grace, (rule(), None)).await.expect("both kinds");
        both_agree(&store, &first, &people).await;
        let not_paid = (&people.ravi, Side::Finance, Verdict::NotPaid, "");
        decides(&store, &first, not_paid, 3).await.expect("as asked");
        ended(&store, &first, &people, 4).await;
        let before =
            "some of these months were decided upon by the rule before: choose later months";
        for same in [rule(), of("2024-06-01", "2024-08-31")] {
            let told = error(proposed(&store, &people.grace, (same, Some(&first))).await);
            assert_eq!(told, before);
        }
        let later = of("2024-07-01", "2024-09-30");
        let second = proposed(&store, &people.grace, (later.clone(), Some(&first))).await;
        let second = second.expect("later months");
        let (asked, entry, back) = (second.clone(), by(&people.grace), rule());
        let told = change!(store, |tx| super::change(tx, &asked, (&back, "Sooner"), 1, &entry));
        assert_eq!(error(told), before);
        // Nor does it help to let another rule stand between them.
        ended(&store, &second, &people, 1).await;
        let told = error(proposed(&store, &people.grace, (rule(), Some(&second))).await);
        assert_eq!(told, before);
        proposed(&store, &people.grace, (later, Some(&second))).await.expect("nobody decided");
    });
}

#[test]
fn a_rule_that_ended_is_not_decided_upon_for_months_that_the_next_was() {
    on_both(|store| async move {
        let people = trust(&store).await;
        let first = proposed(&store, &people.grace, (rule(), None)).await.expect("both kinds");
        both_agree(&store, &first, &people).await;
        ended(&store, &first, &people, 3).await;
        let second = proposed(&store, &people.grace, (rule(), Some(&first))).await;
        let second = second.expect("nobody decided");
        both_agree(&store, &second, &people).await;
        let not_paid = || (&people.ravi, Side::Finance, Verdict::NotPaid, "");
        decides(&store, &second, not_paid(), 3).await.expect("as asked");
        let told = error(decides(&store, &first, not_paid(), 4).await);
        assert_eq!(
            told,
            "some of these months were decided upon by the rule that follows this one"
        );
    });
}
