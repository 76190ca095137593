//! Reviews on both databases: what is kept, what stands where two write at once, and what keeps a
//! meeting open.

use super::*;
use crate::Store;
use crate::audit::Asked;
use crate::ids::ReviewItemId;
use crate::testing::{add_person, add_unit, at, by, change, day, error, on_both};

fn hip() -> UnitCode {
    UnitCode::new("HIP")
}

fn new_review(title: &str) -> NewReview {
    let stage =
        Stage { stage: "prepare".into(), name: "Prepare".into(), place: 1, ..Stage::default() };
    NewReview {
        unit: hip(),
        title: title.to_owned(),
        theme: "discharge".to_owned(),
        meetings: 1,
        minutes: 60,
        due_on: day("2025-06-01"),
        begins_with: vec![Body::Stage(stage)],
    }
}

/// A store with hips, two people and an open review.
async fn begun(store: &Store) -> (PersonId, PersonId, ReviewId) {
    add_unit(store, "HIP", None).await.expect("a unit");
    let (amara, daniel) = (add_person(store, "Amara").await, add_person(store, "Daniel").await);
    let entry = by(&amara);
    let id = change!(store, |tx| open(tx, &new_review("Hips"), &entry)).expect("it is opened");
    (amara, daniel, id)
}

async fn arranged(store: &Store, who: &PersonId, review: &ReviewId) -> ReviewMeetingId {
    let (entry, review, new) = (by(who), review.clone(), planned(who, "2025-06-01"));
    change!(store, |tx| arrange(tx, &review, &new, &entry)).expect("it is arranged")
}

fn planned(chair: &PersonId, on: &str) -> NewMeeting {
    NewMeeting {
        held_on: day(on),
        begins_at: "08:00".to_owned(),
        minutes: 60,
        place: "Seminar room".to_owned(),
        chair: chair.clone(),
        chair_role: "clinical_director".to_owned(),
        facilitator: None,
    }
}

async fn added(
    store: &Store,
    who: &PersonId,
    (review, meeting): (&ReviewId, Option<&ReviewMeetingId>),
    body: Body,
) -> Result<ReviewItemId> {
    let (entry, review, meeting) = (by(who), review.clone(), meeting.cloned());
    change!(store, |tx| add_item(tx, (&review, meeting.as_ref()), &body, &entry))
}

async fn written(
    store: &Store,
    who: &PersonId,
    (id, seen): (&ReviewItemId, i64),
    body: Body,
) -> Result<bool> {
    let (entry, id) = (by(who), id.clone());
    change!(store, |tx| edit_item(tx, &id, &body, seen, &entry))
}

fn minutes(words: &str) -> Body {
    Body::Minutes { words: words.to_owned() }
}

async fn standing(store: &Store, id: &ReviewItemId) -> Vec<String> {
    let mut db = store.read().await.expect("a connection");
    let found = item(&mut db, id).await.expect("it is there");
    let words = |it: &&Version| match &it.body {
        Body::Minutes { words } => words.clone(),
        other => panic!("{other:?}"),
    };
    found.standing().iter().map(words).collect()
}

#[test]
fn two_who_write_one_thing_at_once_lose_nothing() {
    on_both(|store| async move {
        let (amara, daniel, review) = begun(&store).await;
        let meeting = arranged(&store, &amara, &review).await;
        let place = (&review, Some(&meeting));
        let id = added(&store, &amara, place, minutes("Begun")).await.expect("it is added");
        assert!(!written(&store, &amara, (&id, 1), minutes("Amara")).await.expect("alone"));
        assert!(written(&store, &daniel, (&id, 1), minutes("Daniel")).await.expect("beside it"));
        assert_eq!(standing(&store, &id).await, ["Amara", "Daniel"]);
        // A third who saw neither adds a third text; who saw all of them settles it.
        assert!(written(&store, &amara, (&id, 1), minutes("Third")).await.expect("beside them"));
        assert_eq!(standing(&store, &id).await, ["Amara", "Daniel", "Third"]);
        assert!(!written(&store, &daniel, (&id, 4), minutes("All")).await.expect("settled"));
        assert_eq!(standing(&store, &id).await, ["All"]);
        let mut db = store.read().await.expect("a connection");
        let kept = item(&mut db, &id).await.expect("it is there").versions;
        assert_eq!(kept.len(), 5, "nothing is ever taken away");
        // The same words at once are one text.
        written(&store, &amara, (&id, 5), minutes("Same")).await.expect("it is written");
        assert!(!written(&store, &daniel, (&id, 5), minutes("Same")).await.expect("the same"));
        assert_eq!(standing(&store, &id).await, ["Same"]);
        for (seen, body) in
            [(0, minutes("So")), (9, minutes("So")), (5, Body::Measure(Measure::default()))]
        {
            assert!(written(&store, &amara, (&id, seen), body).await.is_err(), "{seen}");
        }
        let asked = Asked { action: Some("review.".to_owned()), ..Asked::default() };
        let recorded = audit::list(&mut db, &asked, 100).await.expect("a read");
        // The review with its stage, the meeting, six versions and the two at once.
        assert_eq!(recorded.iter().filter(|it| it.entry.action == "review.write").count(), 1 + 7);
        assert!(!format!("{recorded:?}").contains("Daniel\""), "no words that somebody wrote");
    });
}

#[test]
fn separate_things_of_one_meeting_never_collide_and_a_choice_is_looked_at_again() {
    on_both(|store| async move {
        let (amara, daniel, review) = begun(&store).await;
        let meeting = arranged(&store, &amara, &review).await;
        let tasks: Vec<_> = (0..10)
            .map(|number| {
                let (store, review, meeting) = (store.clone(), review.clone(), meeting.clone());
                let who = if number % 2 == 0 { amara.clone() } else { daniel.clone() };
                tokio::spawn(async move {
                    let subject = format!("Subject {number}");
                    let body = Body::Agenda(Agenda { subject, ..Agenda::default() });
                    added(&store, &who, (&review, Some(&meeting)), body).await
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic").expect("it is added");
        }
        let mut db = store.read().await.expect("a connection");
        let all = items_of(&mut db, &review).await.expect("a read");
        assert_eq!(all.len(), 1 + 10, "the stage and all subjects");
        let stage = |state| {
            let name = "Prepare".to_owned();
            let because = "Nothing to gather".to_owned();
            Body::Stage(Stage { stage: "prepare".into(), name, place: 1, state, because })
        };
        let id = all[0].id.clone();
        written(&store, &amara, (&id, 1), stage(StageState::Done)).await.expect("it is a choice");
        let late = written(&store, &daniel, (&id, 1), stage(StageState::Skipped)).await;
        let text = "this stage was changed by somebody else: you edited version 1, it is at 2";
        assert_eq!(error(late), text);
    });
}

#[test]
fn what_must_be_there_is_asked_for() {
    on_both(|store| async move {
        let (amara, _, review) = begun(&store).await;
        let meeting = arranged(&store, &amara, &review).await;
        let decision = |touches_safety, senior: &str| {
            let (words, evidence) = ("One ward less".to_owned(), "Bed use".to_owned());
            let senior = senior.to_owned();
            Body::Decision(Decision { words, evidence, touches_safety, senior })
        };
        let at_meeting = (&review, Some(&meeting));
        let unsafe_ = added(&store, &amara, at_meeting, decision(true, "")).await;
        let text = "a decision that touches the safety of patients names a senior clinician";
        assert_eq!(error(unsafe_), text);
        let nobody = added(&store, &amara, at_meeting, decision(true, "nobody")).await;
        assert_eq!(error(nobody), "there is no person nobody");
        added(&store, &amara, at_meeting, decision(true, amara.as_str())).await.expect("named");
        added(&store, &amara, at_meeting, decision(false, "")).await.expect("none needed");
        let without = Body::Decision(Decision { words: "So".to_owned(), ..Decision::default() });
        let without = added(&store, &amara, at_meeting, without).await;
        assert_eq!(error(without), "what the decision rests on is missing");
        let waived = Input { asks: "Rotas".into(), state: InputState::Waived, ..Input::default() };
        let waived = added(&store, &amara, (&review, None), Body::Input(waived)).await;
        assert_eq!(error(waived), "the reason for going on without it is missing");
        let priority = Priority { name: "Stay".into(), value: "5".into(), ..Priority::default() };
        let priority = added(&store, &amara, (&review, None), Body::Priority(priority)).await;
        assert_eq!(error(priority), "the unit of the baseline is missing");
        let long = minutes(&"a".repeat(LETTERS_MAX + 1));
        assert!(added(&store, &amara, at_meeting, long).await.is_err());
        assert!(added(&store, &amara, (&review, None), minutes("So")).await.is_err(), "no meeting");
    });
}

#[test]
fn the_register_says_who_is_there_and_which_posts_are_vacant() {
    on_both(|store| async move {
        let (amara, daniel, _) = begun(&store).await;
        let new = NewRegister {
            conditions: "Hips and knees".to_owned(),
            resources: String::new(),
            cadence: "quarter".to_owned(),
            begins_on: day("2025-06-01"),
            is_pilot: true,
        };
        let record = async |new: NewRegister, seen| {
            let entry = by(&amara);
            change!(store, |tx| record_register(tx, &hip(), &new, seen, &entry))
        };
        record(new.clone(), 0).await.expect("the first");
        assert!(error(record(new.clone(), 0).await).contains("changed by somebody else"));
        let silent = NewRegister { conditions: " ".to_owned(), ..new };
        assert_eq!(error(record(silent, 1).await), "what the service treats is missing");
        let post = async |who: Option<PersonId>, seen| {
            let entry = by(&amara);
            change!(store, |tx| appoint(tx, &hip(), ("clinical_lead", who.as_ref()), seen, &entry))
        };
        post(Some(daniel.clone()), 0).await.expect("the first");
        assert!(error(post(None, 0).await).contains("changed by somebody else"));
        let holder = async || {
            let mut db = store.read().await.expect("a connection");
            posts(&mut db).await.expect("a read")[0].person.clone()
        };
        assert_eq!(holder().await, Some(daniel.clone()));
        let (entry, gone) = (by(&amara), daniel.clone());
        change!(store, |tx| crate::people::leave(tx, &gone, day("2025-05-01"), &entry))
            .expect("they leave");
        assert_eq!(holder().await, None, "a post of somebody who has left is vacant");
        assert_eq!(error(post(Some(daniel), 1).await), "this person has left");
        post(None, 1).await.expect("vacant");
    });
}

async fn noted(store: &Store, who: &PersonId, review: &ReviewId, action: &str, due: &str) {
    let new = NewAction {
        action: action.to_owned(),
        noted: "Discharge by criteria".to_owned(),
        owners: "Amara and Daniel".to_owned(),
        due_on: day(due),
    };
    let (entry, review) = (by(who), review.clone());
    change!(store, |tx| note_action(tx, &review, &new, &entry)).expect("it is taken up");
}

async fn progressed(
    store: &Store,
    who: &PersonId,
    (review, meeting): (&ReviewId, &ReviewMeetingId),
    (action, progress, words): (&'static str, Progress, &'static str),
) -> Result<()> {
    let (entry, review, meeting) = (by(who), review.clone(), meeting.clone());
    change!(store, |tx| say_progress(tx, (&review, &meeting), action, (progress, words), &entry))
}

async fn closed(
    store: &Store,
    who: &PersonId,
    id: &ReviewMeetingId,
    next: Next,
) -> Result<Option<ReviewId>> {
    let (entry, id) = (by(who), id.clone());
    change!(store, |tx| close(tx, &id, &next, &entry))
}

#[test]
fn a_meeting_stays_open_until_each_due_action_has_an_update_and_the_rest_is_carried_over() {
    on_both(|store| async move {
        let (amara, _, review) = begun(&store).await;
        let meeting = arranged(&store, &amara, &review).await;
        for (action, due) in [("A", "2025-05-31"), ("B", "2025-06-01"), ("C", "2025-09-01")] {
            noted(&store, &amara, &review, action, due).await;
        }
        let next = || Next::Review(Box::new(new_review("Hips again")));
        let refused = closed(&store, &amara, &meeting, next()).await;
        assert_eq!(
            error(refused),
            "a meeting is closed when each due action has an update: 2 still wait for one"
        );
        let place = (&review, &meeting);
        progressed(&store, &amara, place, ("A", Progress::Done, "")).await.expect("done");
        let silent = progressed(&store, &amara, place, ("B", Progress::NoProgress, " ")).await;
        assert_eq!(error(silent), "why there is no progress is missing");
        let unknown = progressed(&store, &amara, place, ("X", Progress::Done, "")).await;
        assert_eq!(error(unknown), "there is no action X");
        progressed(&store, &amara, place, ("B", Progress::NoProgress, "Leave")).await.expect("why");
        let second = closed(&store, &amara, &meeting, next()).await.expect("it closes");
        let second = second.expect("another review");
        let mut db = store.read().await.expect("a connection");
        let carried = actions_of_review(&mut db, &second).await.expect("a read");
        let told: Vec<_> = carried.iter().map(|it| (it.of.action.as_str(), it.progress)).collect();
        assert_eq!(told, [("B", Some(Progress::NoProgress)), ("C", None)], "A is done");
        assert!(carried.iter().all(|it| it.carried_from.as_ref() == Some(&review)));
        let said = updates_of_review(&mut db, &second).await.expect("a read");
        assert_eq!(said.len(), 1, "what was said of B goes with it");
        assert_eq!((said[0].words.as_str(), &said[0].meeting), ("Leave", &meeting));
        assert_eq!(get(&mut db, &review).await.expect("a read").next, Some(second.clone()));
        assert!(error(closed(&store, &amara, &meeting, next()).await).contains("closed again"));
        let late = progressed(&store, &amara, place, ("C", Progress::Done, "")).await;
        assert!(error(late).contains("this meeting is closed"));
        // Whoever was still writing minutes loses nothing.
        let place = (&review, Some(&meeting));
        added(&store, &amara, place, minutes("What was still to be written")).await.expect("kept");
        assert!(
            added(&store, &amara, (&review, None), Body::Measure(Measure { name: "M".into() }))
                .await
                .is_err()
        );
        let found = chairs(&mut db).await.expect("a read");
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].role.as_str(), found[0].held_on),
            ("clinical_director", day("2025-06-01"))
        );
    });
}

#[test]
fn notice_counts_from_when_the_day_was_known_and_a_meeting_may_be_followed_by_another() {
    on_both(|store| async move {
        let (amara, daniel, review) = begun(&store).await;
        let id = arranged(&store, &amara, &review).await;
        let moved = async |chair: &PersonId, on: &str, seen, seconds| {
            let (entry, id) = (Entry { at: at(seconds), ..by(&amara) }, id.clone());
            let new = planned(chair, on);
            change!(store, |tx| rearrange(tx, &id, &new, seen, &entry))
        };
        moved(&daniel, "2025-06-01", 1, 60).await.expect("another chair");
        let mut db = store.read().await.expect("a connection");
        let known = meeting(&mut db, &id).await.expect("a read").day_known_at;
        assert_eq!(known, at(0), "the day was known before");
        moved(&daniel, "2025-06-02", 2, 120).await.expect("another day");
        let found = meeting(&mut db, &id).await.expect("a read");
        assert_eq!((found.day_known_at, found.number), (at(120), 3));
        assert!(error(moved(&daniel, "2025-06-03", 2, 180).await).contains("by somebody else"));
        assert_eq!(closed(&store, &amara, &id, Next::Meeting).await.expect("it closes"), None);
        assert!(chairs(&mut db).await.expect("a read").is_empty(), "the review goes on");
        arranged(&store, &amara, &review).await;
        assert_eq!(meetings_of(&mut db, &review).await.expect("a read").len(), 2);
        assert_eq!(meetings(&mut db).await.expect("a read").len(), 2);
        assert!(error(moved(&daniel, "2025-06-03", 3, 180).await).contains("closed"));
    });
}

#[test]
fn a_meeting_is_not_moved_before_what_is_due_and_a_review_waits_for_its_other_meeting() {
    on_both(|store| async move {
        let (amara, daniel, review) = begun(&store).await;
        let id = arranged(&store, &amara, &review).await;
        let other = arranged(&store, &amara, &review).await;
        let moved = async |on: &str, now: &str| {
            let at = now.parse().expect("an instant");
            let (entry, id) = (Entry { at, ..by(&amara) }, id.clone());
            let new = planned(&daniel, on);
            change!(store, |tx| rearrange(tx, &id, &new, 1, &entry))
        };
        // Held on 1 June; on 3 June it cannot have been in May, and may still be on the day itself.
        let before = moved("2025-05-20", "2025-06-03T09:00:00Z").await;
        assert!(error(before).contains("moved to a day that is past"));
        moved("2025-05-28", "2025-05-28T09:00:00Z").await.expect("today");
        let next = || Next::Review(Box::new(new_review("Hips again")));
        let early = closed(&store, &amara, &id, next()).await;
        assert!(error(early).contains("waiting for another meeting of it"));
        closed(&store, &amara, &other, Next::Meeting).await.expect("the other first");
        closed(&store, &amara, &id, next()).await.expect("then the review");
    });
}

#[test]
fn figures_are_frozen_and_a_template_is_added_once() {
    on_both(|store| async move {
        let (amara, _, review) = begun(&store).await;
        let frozen = async |run: &'static str, seen| {
            let (entry, review) = (by(&amara), review.clone());
            let what = (run, day("2025-03-31"), "{\"cost\":1}");
            change!(store, |tx| freeze(tx, &review, what, seen, &entry))
        };
        frozen("1fe9a090556158bd", 0).await.expect("the first");
        assert!(error(frozen("2fe9a090556158bd", 0).await).contains("by somebody else"));
        frozen("2fe9a090556158bd", 1).await.expect("newer ones");
        let mut db = store.read().await.expect("a connection");
        let found = figures(&mut db, &review).await.expect("a read").expect("they are there");
        assert_eq!((found.number, found.run.as_str()), (2, "2fe9a090556158bd"));
        let add = async |name: &str| {
            let text = "A line".to_owned();
            let new = NewTemplate {
                name: name.to_owned(),
                about: text.clone(),
                questions: text,
                ..NewTemplate::default()
            };
            let entry = by(&amara);
            change!(store, |tx| add_template(tx, &new, &entry))
        };
        add("Falls").await.expect("it is new");
        assert_eq!(error(add("Falls").await), "there is already a template Falls");
        assert_eq!(templates(&mut db).await.expect("a read").len(), 1);
        assert_eq!(list(&mut db).await.expect("a read").len(), 1);
    });
}
