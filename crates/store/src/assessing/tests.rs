//! Assessments on both databases: what is kept, what counts, and what is refused.

use std::collections::BTreeSet;

use super::*;
use crate::Store;
use crate::audit::Asked;
use crate::ids::{EvidenceId, LevelId};
use crate::testing::{add_person, add_unit, at, by, change, day, error, on_both};

fn hip() -> UnitCode {
    UnitCode::new("HIP")
}

async fn opened(store: &Store, who: &PersonId, framework: &'static str) -> Result<AssessmentId> {
    let entry = by(who);
    change!(store, |tx| open(tx, &hip(), framework, &entry))
}

async fn rated(
    store: &Store,
    (id, who): (&AssessmentId, &PersonId),
    (step, side, rating): (&str, Side, Rating),
    seconds: i64,
) -> Result<()> {
    let new = NewRating { step: step.to_owned(), side, rating, words: "So it is".to_owned() };
    let (entry, id) = (Entry { at: at(seconds), ..by(who) }, id.clone());
    change!(store, |tx| rate(tx, &id, &new, &entry))
}

/// Ratings at an instant, as `C1 clinical partly`.
async fn told(store: &Store, id: &AssessmentId, seconds: i64) -> Vec<String> {
    let mut db = store.read().await.expect("a connection");
    let found = ratings(&mut db, id, at(seconds)).await.expect("a read");
    found.iter().map(|it| format!("{} {} {}", it.said.step, it.said.side, it.said.rating)).collect()
}

#[test]
fn one_assessment_is_open_and_another_framework_takes_its_place() {
    on_both(|store| async move {
        add_unit(&store, "HIP", None).await.expect("a unit");
        let amara = add_person(&store, "Amara").await;
        let first = opened(&store, &amara, "2013").await.expect("it is the first");
        let again = opened(&store, &amara, "2013").await;
        assert_eq!(error(again), "there is already an open assessment of HIP");
        rated(&store, (&first, &amara), ("C1", Side::Clinical, Rating::Partly), 1)
            .await
            .expect("it is open");
        let second = opened(&store, &amara, "2027").await.expect("another framework");
        assert_eq!(told(&store, &first, 9).await, ["C1 clinical partly"], "the old one stays");
        assert_eq!(told(&store, &second, 9).await, [""; 0], "and nothing is carried over");
        let late = rated(&store, (&first, &amara), ("C1", Side::Clinical, Rating::NotYet), 2).await;
        assert_eq!(error(late), "the assessment of HIP is closed and cannot be added to");
        let mut db = store.read().await.expect("a connection");
        let open = current(&mut db, &hip()).await.expect("a read").expect("one is open");
        assert_eq!((open.id, open.framework.as_str()), (second, "2027"));
        assert_eq!(list(&mut db).await.expect("a read").len(), 2);
    });
}

#[test]
fn everybody_rates_and_any_day_can_be_looked_at_again() {
    on_both(|store| async move {
        add_unit(&store, "HIP", None).await.expect("a unit");
        let (amara, daniel) =
            (add_person(&store, "Amara").await, add_person(&store, "Daniel").await);
        let id = opened(&store, &amara, "2013").await.expect("opened");
        let clinical = ("C1", Side::Clinical, Rating::Consistently);
        rated(&store, (&id, &amara), clinical, 10).await.expect("rated");
        let finance = ("C1", Side::Finance, Rating::NotYet);
        rated(&store, (&id, &daniel), finance, 20).await.expect("rated");
        let changed = ("C1", Side::Clinical, Rating::Partly);
        rated(&store, (&id, &amara), changed, 30).await.expect("rated");
        assert_eq!(told(&store, &id, 9).await, [""; 0]);
        assert_eq!(told(&store, &id, 25).await, ["C1 clinical consistently", "C1 finance not_yet"]);
        assert_eq!(told(&store, &id, 30).await, ["C1 finance not_yet", "C1 clinical partly"]);
        let agrees = |rating, because: &'static str, seen| {
            let (store, id, entry) = (store.clone(), id.clone(), by(&amara));
            async move {
                let said = ("C1", rating, because);
                change!(store, |tx| agree(tx, &id, said, (seen, true), &entry))
            }
        };
        let found = agrees(Rating::Partly, " ", 0).await;
        assert_eq!(error(found), "the reason is missing");
        agrees(Rating::Partly, "Monthly, but not in August", 0).await.expect("agreed");
        let stale = agrees(Rating::NotYet, "So", 0).await;
        assert_eq!(
            error(stale),
            "what is agreed on step C1 was changed by somebody else: you edited version 0, it is at 1"
        );
        agrees(Rating::Consistently, "August too", 1).await.expect("agreed");
        let mut db = store.read().await.expect("a connection");
        let found = agreed(&mut db, &id, at(9)).await.expect("a read");
        assert_eq!((found.len(), found[0].rating, found[0].number), (1, Rating::Consistently, 2));
        let recorded = Asked { action: Some("assessment.".to_owned()), ..Asked::default() };
        let recorded = audit::list(&mut db, &recorded, 20).await.expect("a read");
        assert_eq!(recorded.len(), 6, "each change has its record, and what failed has none");
        assert!(!format!("{recorded:?}").contains("August"), "no words that somebody wrote");
    });
}

fn minutes(owner: &PersonId) -> NewEvidence {
    NewEvidence {
        unit: hip(),
        kind: "minutes".to_owned(),
        title: "Service line review of May".to_owned(),
        place: "Shared drive, reviews".to_owned(),
        happened_on: day("2025-05-01"),
        expires_on: Some(day("2025-10-31")),
        owner: owner.clone(),
        steps: ["P2", "C3"].map(str::to_owned).into(),
    }
}

async fn reviewed(
    store: &Store,
    (id, who): (&EvidenceId, &PersonId),
    (state, because): (EvidenceState, &'static str),
    seen: i64,
) -> Result<()> {
    let (entry, id) = (Entry { at: at(50 + seen), ..by(who) }, id.clone());
    change!(store, |tx| review(tx, &id, (state, because), seen, &entry))
}

#[test]
fn evidence_counts_once_somebody_accepts_it() {
    on_both(|store| async move {
        add_unit(&store, "HIP", None).await.expect("a unit");
        let amara = add_person(&store, "Amara").await;
        let adds = |new: NewEvidence| {
            let (store, entry) = (store.clone(), by(&amara));
            async move { change!(store, |tx| add(tx, &new, &entry)) }
        };
        let id = adds(minutes(&amara)).await.expect("it is whole");
        for (new, expected) in [
            (NewEvidence { title: " ".to_owned(), ..minutes(&amara) }, "the title is missing"),
            (
                NewEvidence { steps: BTreeSet::new(), ..minutes(&amara) },
                "the step that it bears is missing",
            ),
            (
                NewEvidence { expires_on: Some(day("2025-04-30")), ..minutes(&amara) },
                "the last day is before the first",
            ),
            (NewEvidence { unit: UnitCode::new("U"), ..minutes(&amara) }, "there is no unit U"),
        ] {
            assert_eq!(error(adds(new).await), expected);
        }
        let found = reviewed(&store, (&id, &amara), (EvidenceState::Rejected, ""), 0).await;
        assert_eq!(error(found), "the reason is missing");
        reviewed(&store, (&id, &amara), (EvidenceState::Accepted, ""), 0).await.expect("accepted");
        let stale = reviewed(&store, (&id, &amara), (EvidenceState::Accepted, ""), 0).await;
        assert!(error(stale).contains("you edited version 0, it is at 1"));
        let wrong = (EvidenceState::Rejected, "Of another service");
        reviewed(&store, (&id, &amara), wrong, 1).await.expect("rejected");
        let mut db = store.read().await.expect("a connection");
        let all = evidence_of(&mut db, &[hip()].into()).await.expect("a read");
        let found = &all[0];
        assert_eq!((all.len(), found.of.clone()), (1, minutes(&amara)));
        assert_eq!(found.state_at(at(49)), EvidenceState::InReview);
        assert_eq!(found.state_at(at(50)), EvidenceState::Accepted);
        assert_eq!(found.state(), EvidenceState::Rejected);
        assert_eq!(evidence_of(&mut db, &BTreeSet::new()).await.expect("a read"), []);
    });
}

fn with(audience: &str, words: &str) -> SharedWith {
    SharedWith { audience: audience.to_owned(), words: words.to_owned() }
}

#[test]
fn sharing_says_with_whom_and_older_records_do_not() {
    on_both(|store| async move {
        add_unit(&store, "HIP", None).await.expect("a unit");
        let amara = add_person(&store, "Amara").await;
        let new = |every, shared_with| NewJointWorking {
            status: Status::Norm,
            trigger: None,
            words: "Every month".to_owned(),
            shared_every: every,
            last_shared_on: Some(day("2025-04-20")),
            shared_with,
            lapse_confirmed: false,
            supports_managers: Support::Yes,
        };
        let records = |said: NewJointWorking, seen: i64| {
            let (store, entry) = (store.clone(), Entry { at: at(seen), ..by(&amara) });
            async move { change!(store, |tx| record(tx, &hip(), &said, seen, &entry)) }
        };
        let month = Some(Every::Month);
        for (every, shared_with, expected) in [
            (month, None, "say with whom data on cost and quality are shared"),
            (None, Some(with("board", "")), "say how often data on cost and quality are shared"),
            (
                month,
                Some(with("invented", "")),
                "choose with whom data are shared from the list of audiences",
            ),
            (month, Some(with("others", " ")), "say in your own words with whom data are shared"),
        ] {
            assert_eq!(error(records(new(every, shared_with), 0).await), expected);
        }
        let kept = new(month, Some(with("others", "The league of friends")));
        records(kept.clone(), 0).await.expect("recorded");
        let mut db = store.read().await.expect("a connection");
        let now = joint_working(&mut db, at(0)).await.expect("a read");
        assert_eq!(now[0].said, kept);
        drop(db);
        // As a record is from before this was asked.
        let older = "UPDATE joint_working SET audience = NULL, audience_words = NULL";
        let change = store.write(move |tx| {
            Box::pin(async move {
                sqlx::query(older).execute(&mut **tx).await?;
                Ok(())
            })
        });
        change.await.expect("changed");
        let mut db = store.read().await.expect("a connection");
        let then = joint_working(&mut db, at(0)).await.expect("a read");
        assert_eq!(then[0].said, NewJointWorking { shared_with: None, ..kept });
    });
}

#[test]
fn joint_working_keeps_what_it_was() {
    on_both(|store| async move {
        add_unit(&store, "HIP", None).await.expect("a unit");
        let amara = add_person(&store, "Amara").await;
        let new = |status, words: &str| NewJointWorking {
            status,
            trigger: None,
            words: words.to_owned(),
            shared_every: Some(Every::Month),
            last_shared_on: Some(day("2025-04-20")),
            shared_with: Some(with("both_professions", "")),
            lapse_confirmed: false,
            supports_managers: Support::Yes,
        };
        let records = |said: NewJointWorking, seen: i64| {
            let (store, entry) = (store.clone(), Entry { at: at(seen), ..by(&amara) });
            async move { change!(store, |tx| record(tx, &hip(), &said, seen, &entry)) }
        };
        let called = |kind: &str, words: &str| {
            let trigger = Trigger { kind: kind.to_owned(), words: words.to_owned() };
            NewJointWorking { trigger: Some(trigger), ..new(Status::AdHoc, "Twice a month") }
        };
        // It is ad hoc if something called for it, and only then.
        let unasked = records(new(Status::AdHoc, "Twice a month"), 0).await;
        assert_eq!(error(unasked), "what called for it is missing");
        assert_eq!(
            error(records(called("contract_goal", " "), 0).await),
            "what called for it is missing"
        );
        let norm = NewJointWorking { status: Status::Norm, ..called("contract_goal", "Falls") };
        let rule = "only joint work that is ad hoc was called for by something";
        assert_eq!(error(records(norm, 0).await), rule);
        let first = called("contract_goal", "Falls on two wards");
        records(first.clone(), 0).await.expect("recorded");
        records(new(Status::Norm, "Every month"), 1).await.expect("recorded");
        let stale = records(new(Status::Norm, "Every month"), 1).await;
        assert!(error(stale).contains("you edited version 1, it is at 2"));
        let mut db = store.read().await.expect("a connection");
        let then = joint_working(&mut db, at(0)).await.expect("a read");
        let now = joint_working(&mut db, at(1)).await.expect("a read");
        assert_eq!((&then[0].said, now[0].said.status), (&first, Status::Norm));
        assert_eq!((now.len(), &now[0].said), (1, &new(Status::Norm, "Every month")));
    });
}

fn level(level: i64, proposed: Option<i64>, because: &str) -> NewLevel {
    NewLevel {
        level,
        proposed,
        because: because.to_owned(),
        culture: "People ask each other".to_owned(),
        reassess_by: day("2026-05-01"),
        snapshot: "{}".to_owned(),
    }
}

async fn put(
    store: &Store,
    of: (&AssessmentId, &PersonId),
    new: NewLevel,
    seen: i64,
) -> Result<LevelId> {
    let (entry, id) = (by(of.1), of.0.clone());
    let today = day("2025-05-01");
    change!(store, |tx| put_forward(tx, &id, &new, (seen, today), &entry))
}

async fn says(
    store: &Store,
    (id, who): (&LevelId, &PersonId),
    (side, says, because): (Side, Says, &'static str),
) -> Result<()> {
    let (entry, id) = (by(who), id.clone());
    change!(store, |tx| answer(tx, &id, (side, says, because), &entry))
}

#[test]
fn a_level_is_signed_by_two_people_of_two_professions_and_never_changes() {
    on_both(|store| async move {
        add_unit(&store, "HIP", None).await.expect("a unit");
        let (amara, daniel) =
            (add_person(&store, "Amara").await, add_person(&store, "Daniel").await);
        let id = opened(&store, &amara, "2013").await.expect("opened");
        let of = (&id, &amara);
        for (new, expected) in [
            (level(4, Some(3), ""), "the reason for departing from the proposal is missing"),
            (level(1, None, ""), "the reason for departing from the proposal is missing"),
            (
                NewLevel { culture: String::new(), ..level(3, Some(3), "") },
                "what day-to-day culture is like is missing",
            ),
            (
                NewLevel { reassess_by: day("2025-05-01"), ..level(3, Some(3), "") },
                "the day of the review must be still to come",
            ),
        ] {
            assert_eq!(error(put(&store, of, new, 0).await), expected);
        }
        let first = put(&store, of, level(3, Some(3), ""), 0).await.expect("put forward");
        let again = put(&store, of, level(3, Some(3), ""), 1).await;
        assert_eq!(
            error(again),
            "the level of HIP is waiting for an answer and cannot be put forward again"
        );
        let silent = says(&store, (&first, &daniel), (Side::Finance, Says::Changes, " ")).await;
        assert_eq!(error(silent), "what should be changed is missing");
        says(&store, (&first, &daniel), (Side::Finance, Says::Changes, "The audit is missing"))
            .await
            .expect("sent back");
        let second = put(&store, of, level(4, Some(3), "One ward"), 1).await.expect("put forward");
        says(&store, (&second, &amara), (Side::Clinical, Says::Signed, "")).await.expect("signed");
        let both = says(&store, (&second, &amara), (Side::Finance, Says::Signed, "")).await;
        assert!(error(both).starts_with("a level is signed by a clinical and a finance lead"));
        let twice = says(&store, (&second, &daniel), (Side::Clinical, Says::Signed, "")).await;
        assert_eq!(error(twice), "there is already a signature of this side");
        says(&store, (&second, &daniel), (Side::Finance, Says::Signed, "")).await.expect("signed");
        let late = says(&store, (&second, &daniel), (Side::Finance, Says::Changes, "So")).await;
        assert_eq!(error(late), "level 4 is confirmed and cannot be answered");
        let mut db = store.read().await.expect("a connection");
        let all = levels(&mut db, Some(&id)).await.expect("a read");
        let states: Vec<LevelState> = all.iter().map(Level::state).collect();
        assert_eq!(states, [LevelState::ChangesRequested, LevelState::Confirmed]);
        assert_eq!(
            (all[1].confirmed_at(), &all[1].of),
            (Some(at(0)), &level(4, Some(3), "One ward"))
        );
        drop(db);
        put(&store, of, level(4, Some(4), ""), 2).await.expect("the next one");
        let none = LevelId::new("none");
        let lost = says(&store, (&none, &amara), (Side::Finance, Says::Signed, "")).await;
        assert_eq!(error(lost), "there is no level none");
    });
}
