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
            let rests_on = String::new();
            Body::Decision(Decision { words, evidence, touches_safety, senior, rests_on })
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

#[test]
fn a_share_of_time_is_of_whoever_holds_the_post_and_ends_with_them() {
    on_both(|store| async move {
        let (amara, daniel, _) = begun(&store).await;
        let allots = async |who: Option<PersonId>, share, seen| {
            let entry = by(&amara);
            change!(store, |tx| allot(
                tx,
                &hip(),
                ("business_partner", who.as_ref(), share),
                seen,
                &entry
            ))
        };
        let nobody = error(allots(None, Some(40), 0).await);
        assert_eq!(nobody, "nobody holds this post, so no share of time is given to it");
        for (share, said) in [(0, "is 0%"), (101, "is 101%: write a whole number from 1 to 100")] {
            assert!(error(allots(Some(daniel.clone()), Some(share), 0).await).contains(said));
        }
        allots(Some(daniel.clone()), Some(40), 0).await.expect("it is stated");
        let held = async || {
            let mut db = store.read().await.expect("a connection");
            let found = posts(&mut db).await.expect("a read").remove(0);
            (found.number, found.person, found.share)
        };
        assert_eq!(held().await, (1, Some(daniel.clone()), Some(40)));
        allots(Some(daniel.clone()), Some(100), 1).await.expect("all of it");
        assert_eq!(held().await, (2, Some(daniel.clone()), Some(100)));
        assert!(error(allots(None, None, 1).await).contains("changed by somebody else"));
        // Somebody else has not taken over the share.
        allots(Some(amara.clone()), None, 2).await.expect("another");
        assert_eq!(held().await, (3, Some(amara.clone()), None));
        allots(Some(daniel.clone()), Some(30), 3).await.expect("back again");
        let (entry, gone) = (by(&amara), daniel.clone());
        change!(store, |tx| crate::people::leave(tx, &gone, day("2025-05-01"), &entry))
            .expect("they leave");
        assert_eq!(held().await, (4, None, None), "nobody gives time after they have left");
    });
}

async fn noted(store: &Store, who: &PersonId, review: &ReviewId, action: &str, due: &str) {
    let new = NewAction {
        action: action.to_owned(),
        noted: "Discharge by criteria".to_owned(),
        owners: "Amara and Daniel".to_owned(),
        due_on: day(due),
        agreed_in: None,
    };
    let (entry, review) = (by(who), review.clone());
    change!(store, |tx| note_action(tx, &review, &new, &entry)).expect("it is taken up");
}

async fn progressed(
    store: &Store,
    who: &PersonId,
    (review, meeting): (&ReviewId, &ReviewMeetingId),
    (action, progress, words): (&str, Progress, &'static str),
) -> Result<()> {
    let (entry, review, meeting) = (by(who), review.clone(), meeting.clone());
    let action = action.to_owned();
    change!(store, |tx| say_progress(tx, (&review, &meeting), &action, (progress, words), &entry))
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
        let said = updates_of_review(&mut db, &second).await.expect("a read");
        let carried = actions_of_review(&mut db, &second, &said).await.expect("a read");
        let told: Vec<_> = carried.iter().map(|it| (it.of.action.as_str(), it.progress)).collect();
        assert_eq!(told, [("B", Some(Progress::NoProgress)), ("C", None)], "A is done");
        assert!(carried.iter().all(|it| it.carried_from.as_ref() == Some(&review)));
        assert_eq!(said.len(), 1, "what was said of B goes with it");
        assert_eq!((said[0].words.as_str(), said[0].meeting.as_ref()), ("Leave", Some(&meeting)));
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

#[test]
fn whose_practice_a_sit_down_is_about_is_named_anew_and_stands_in_no_audit_row() {
    on_both(|store| async move {
        let (amara, daniel, review) = begun(&store).await;
        let named = async |who: &PersonId, reference: &'static str, seen| {
            let (entry, review) = (by(who), review.clone());
            change!(store, |tx| name_consultant(tx, &review, reference, seen, &entry))
        };
        let mut db = store.read().await.expect("a connection");
        assert_eq!(consultant(&mut db, &review).await.expect("a read"), None);
        named(&daniel, "4gje1soo2hidijcbmlqsdhlg4o", 0).await.expect("the first");
        let late = error(named(&amara, "3nq808smau3efgclge6peksbhm", 0).await);
        assert!(late.contains("by somebody else"), "{late}");
        named(&amara, "3nq808smau3efgclge6peksbhm", 1).await.expect("another");
        assert!(error(named(&amara, " ", 2).await).contains("the consultant"));
        let found = consultant(&mut db, &review).await.expect("a read").expect("it is named");
        assert_eq!((found.number, found.reference.as_str()), (2, "3nq808smau3efgclge6peksbhm"));
        assert_eq!((found.by, found.at), (amara, at(0)));
        let asked = Asked { action: Some("sit_down.".to_owned()), ..Asked::default() };
        let rows = audit::list(&mut db, &asked, 10).await.expect("a read");
        let objects: Vec<String> = rows.into_iter().filter_map(|it| it.entry.object).collect();
        let wanted = [2, 1].map(|it| format!("review/{review} consultant {it}"));
        assert_eq!(objects, wanted, "the latest first, without a reference");
    });
}

/// Seconds to 21 May 2025.
const LATER: i64 = 20 * 24 * 3600;

/// An action of both in the list of actions, taken up by a review.
async fn listed(
    store: &Store,
    (amara, daniel): (&PersonId, &PersonId),
    review: &ReviewId,
) -> crate::ActionId {
    let id = agreed(store, (amara, daniel), ("HIP", "2025-05-31")).await;
    noted(store, amara, review, id.as_str(), "2025-05-31").await;
    id
}

/// An action of both in the list of actions alone: of a unit, and due on a day.
async fn agreed(
    store: &Store,
    (amara, daniel): (&PersonId, &PersonId),
    (unit, due): (&str, &str),
) -> crate::ActionId {
    use engagement::actions::{Action, Effort, Owner, Priority, Profession};
    let owner = |person: &PersonId, profession| Owner { person: person.to_string(), profession };
    let new = crate::joint_actions::NewAction {
        unit: UnitCode::new(unit),
        origin: "/ideas/1".to_owned(),
        of: Action {
            what: "Discharge by criteria".to_owned(),
            owners: vec![owner(amara, Profession::Clinical), owner(daniel, Profession::Finance)],
            joint: true,
            size: None,
            effort: Effort::Medium,
            priority: Priority::High,
            measure: "Stay below 4.4 days".to_owned(),
            quality: "Patients may come back".to_owned(),
            starts_on: "2025-03-12".parse().expect("a day"),
            due_on: due.parse().expect("a day"),
        },
    };
    let entry = by(amara);
    change!(store, |tx| crate::joint_actions::agree(tx, &new, &entry)).expect("agreed")
}

#[test]
fn what_was_said_in_the_list_of_actions_counts_for_the_next_meeting_and_no_later_one() {
    use engagement::actions::{Says, Update};
    on_both(|store| async move {
        let (amara, daniel, review) = begun(&store).await;
        let action = listed(&store, (&amara, &daniel), &review).await;
        let said = async |says: Says, because: &str, seen, seconds| {
            let on = "2025-05-01".parse().expect("a day");
            let new = Update { on, says, because: because.to_owned(), due_on: None };
            let (id, entry) = (action.clone(), Entry { at: at(seconds), ..by(&daniel) });
            change!(store, |tx| crate::joint_actions::update(tx, &id, &new, seen, &entry))
        };
        let closes = async |id: &ReviewMeetingId, seconds| {
            let (id, entry) = (id.clone(), Entry { at: at(seconds), ..by(&amara) });
            change!(store, |tx| close(tx, &id, &Next::Meeting, &entry))
        };
        let first = arranged(&store, &amara, &review).await;
        assert!(error(closes(&first, 5).await).contains("1 still wait"));
        // On 1 May: more than 28 days before the meeting of 1 June.
        said(Says::SomeProgress, "", 0, 10).await.expect("in the list");
        assert!(error(closes(&first, 20).await).contains("1 still wait"), "too long ago");
        said(Says::SomeProgress, "", 1, LATER + 10).await.expect("in the list");
        closes(&first, LATER + 20).await.expect("it has its update");
        let second = arranged(&store, &amara, &review).await;
        assert!(error(closes(&second, LATER + 30).await).contains("1 still wait"), "told before");
        said(Says::Stopped, "The ward is closed", 2, LATER + 40).await.expect("in the list");
        closes(&second, LATER + 50).await.expect("nothing more comes of it");
        let mut db = store.read().await.expect("a connection");
        let all = updates_of_review(&mut db, &review).await.expect("a read");
        let told: Vec<_> = all.iter().map(|it| (it.progress, it.meeting.is_some())).collect();
        let going = (Progress::InProgress, false);
        assert_eq!(told, [going, going, (Progress::Stopped, false)]);
        // What a meeting says is told to the list, and is one update there and here.
        let third = arranged(&store, &amara, &review).await;
        let place = (&review, &third);
        let (id, entry) = (action.to_string(), Entry { at: at(LATER + 60), ..by(&amara) });
        let (review_of, meeting) = (place.0.clone(), place.1.clone());
        let back = change!(store, |tx| say_progress(
            tx,
            (&review_of, &meeting),
            &id,
            (Progress::InProgress, ""),
            &entry
        ));
        back.expect("it goes on after all");
        let all = updates_of_review(&mut db, &review).await.expect("a read");
        assert_eq!(all.len(), 4, "{all:?}");
    });
}

/// References of the actions that a review looks at, in order.
async fn looked_at(db: &mut Connection, review: &ReviewId) -> Vec<String> {
    let all = actions_of_review(db, review, &[]).await.expect("a read");
    let mut all: Vec<String> = all.into_iter().map(|it| it.of.action).collect();
    all.sort();
    all
}

#[test]
fn a_meeting_asks_for_each_due_joint_action_of_the_service_line_wherever_it_was_agreed() {
    on_both(|store| async move {
        let (amara, daniel, review) = begun(&store).await;
        let both = (&amara, &daniel);
        add_unit(&store, "KNEE", Some("HIP")).await.expect("a unit below");
        add_unit(&store, "DERM", None).await.expect("another unit");
        let own = agreed(&store, both, ("HIP", "2025-05-31")).await;
        let below = agreed(&store, both, ("KNEE", "2025-06-01")).await;
        let later = agreed(&store, both, ("HIP", "2025-06-02")).await;
        agreed(&store, both, ("DERM", "2025-05-01")).await;
        let meeting = arranged(&store, &amara, &review).await;
        let next = || Next::Review(Box::new(new_review("Hips again")));
        let early = closed(&store, &amara, &meeting, next()).await;
        assert!(error(early).contains("2 still wait for one"));
        let place = (&review, &meeting);
        let elsewhere =
            progressed(&store, &amara, place, (later.as_str(), Progress::Done, "")).await;
        assert_eq!(error(elsewhere), format!("there is no action {later}"), "it is not due");
        let told = (own.as_str(), Progress::NoProgress, "We wait for somebody else");
        progressed(&store, &amara, place, told).await.expect("it is taken up");
        let early = closed(&store, &amara, &meeting, next()).await;
        assert!(error(early).contains("1 still wait"));
        // Its owner speaks of it in the list of actions, eleven days before the meeting.
        let on = "2025-05-28".parse().expect("a day");
        let says = engagement::actions::Says::SomeProgress;
        let new = engagement::actions::Update { on, says, because: String::new(), due_on: None };
        let (id, entry) = (below.clone(), Entry { at: at(LATER), ..by(&daniel) });
        change!(store, |tx| crate::joint_actions::update(tx, &id, &new, 0, &entry)).expect("said");
        let (id, entry) = (meeting.clone(), Entry { at: at(LATER + 10), ..by(&amara) });
        let second = change!(store, |tx| close(tx, &id, &next(), &entry)).expect("it closes");
        let mut db = store.read().await.expect("a connection");
        let mut both = vec![own.to_string(), below.to_string()];
        both.sort();
        assert_eq!(looked_at(&mut db, &review).await, both, "the record of what it looked at");
        let second = second.expect("another review");
        assert_eq!(looked_at(&mut db, &second).await, both, "unfinished, they are carried over");
    });
}

#[test]
fn no_meeting_of_the_service_asks_for_what_a_sit_down_agreed_on() {
    on_both(|store| async move {
        let (amara, daniel, review) = begun(&store).await;
        let new = NewReview { theme: "sit_down".to_owned(), ..new_review("Sit-down on hips") };
        let entry = by(&amara);
        let sit_down = change!(store, |tx| open(tx, &new, &entry)).expect("it is opened");
        let own = listed(&store, (&amara, &daniel), &sit_down).await;
        let of_service = agreed(&store, (&amara, &daniel), ("HIP", "2025-05-31")).await;
        let mut db = store.read().await.expect("a connection");
        let until = (day("2025-06-01"), at(LATER));
        let (due, _) = due_of_unit(&mut db, &review, until).await.expect("a read");
        let due: Vec<&str> = due.iter().map(|it| it.of.action.as_str()).collect();
        assert_eq!(due, [of_service.as_str()]);
        let meeting = arranged(&store, &amara, &review).await;
        let place = (&review, &meeting);
        let told = progressed(&store, &amara, place, (own.as_str(), Progress::Done, "")).await;
        assert_eq!(error(told), format!("there is no action {own}"));
        let kept = actions_of_sit_downs(&mut db).await.expect("a read");
        assert_eq!(kept.len(), 1);
        assert!(kept[&sit_down].contains(own.as_str()), "{kept:?}");
    });
}

#[test]
fn whoever_chaired_a_sit_down_chaired_no_review_of_the_service() {
    on_both(|store| async move {
        let (amara, daniel, review) = begun(&store).await;
        let of_two = || NewReview { theme: "sit_down".to_owned(), ..new_review("Sit-down") };
        let (entry, new) = (by(&amara), of_two());
        let sit_down = change!(store, |tx| open(tx, &new, &entry)).expect("it is opened");
        for (chair, of, next) in
            [(&daniel, &sit_down, of_two()), (&amara, &review, new_review("Hips again"))]
        {
            let id = arranged(&store, chair, of).await;
            let next = Next::Review(Box::new(next));
            closed(&store, &amara, &id, next).await.expect("it closes");
        }
        let mut db = store.read().await.expect("a connection");
        let found = chairs(&mut db).await.expect("a read");
        let found: Vec<&PersonId> = found.iter().map(|it| &it.person).collect();
        assert_eq!(found, [&amara]);
    });
}

#[test]
fn one_person_is_on_the_list_of_a_meeting_once() {
    on_both(|store| async move {
        let (amara, daniel, review) = begun(&store).await;
        let meeting = arranged(&store, &amara, &review).await;
        let one = |person: &PersonId, role: &str| {
            let (person, role) = (person.to_string(), role.to_owned());
            Body::Participant(Participant { person, role, ..Participant::default() })
        };
        let place = (&review, Some(&meeting));
        let first = added(&store, &amara, place, one(&amara, "nurse")).await.expect("added");
        let again = added(&store, &daniel, place, one(&amara, "analyst")).await;
        assert!(matches!(again, Err(Error::Duplicate(_))), "{again:?}");
        let other = added(&store, &daniel, place, one(&daniel, "analyst")).await.expect("added");
        let into = written(&store, &daniel, (&other, 1), one(&amara, "analyst")).await;
        assert_eq!(error(into), "there is already this person on the list of the meeting");
        written(&store, &amara, (&first, 1), one(&amara, "consultant")).await.expect("a role");
        let next = arranged(&store, &amara, &review).await;
        let place = (&review, Some(&next));
        added(&store, &amara, place, one(&amara, "nurse")).await.expect("of another meeting");
    });
}

#[test]
fn what_a_meeting_agrees_on_needs_an_update_in_the_next_meeting_and_not_in_this() {
    on_both(|store| async move {
        let (amara, _, review) = begun(&store).await;
        let first = arranged(&store, &amara, &review).await;
        let agree = async |meeting: &ReviewMeetingId| {
            let new = NewAction {
                action: "A".to_owned(),
                noted: "Discharge by criteria".to_owned(),
                owners: "Amara and Daniel".to_owned(),
                due_on: day("2025-05-20"),
                agreed_in: Some(meeting.clone()),
            };
            let (entry, review) = (by(&amara), review.clone());
            change!(store, |tx| note_action(tx, &review, &new, &entry))
        };
        agree(&first).await.expect("it is agreed");
        closed(&store, &amara, &first, Next::Meeting).await.expect("nothing is asked of it yet");
        assert!(error(agree(&first).await).contains("closed"), "what is closed agrees on nothing");
        let second = arranged(&store, &amara, &review).await;
        let early = closed(&store, &amara, &second, Next::Meeting).await;
        assert!(error(early).contains("1 still wait"));
        let mut db = store.read().await.expect("a connection");
        let all = actions_of_review(&mut db, &review, &[]).await.expect("a read");
        for (id, is_new, waits) in [(&first, true, ""), (&second, false, "A")] {
            let of = meeting(&mut db, id).await.expect("a read");
            let due = all[0].as_due(&of, false);
            assert_eq!((all[0].is_new_in(&of), due.is_new, due.is_done), (is_new, is_new, false));
            let found = waiting_for(&mut db, &of, at(5)).await.expect("a read");
            assert_eq!(found.concat(), waits);
        }
        let place = (&review, &second);
        progressed(&store, &amara, place, ("A", Progress::InProgress, "")).await.expect("said");
        let next = Next::Review(Box::new(new_review("Hips again")));
        let next = closed(&store, &amara, &second, next).await.expect("it closes");
        let carried = actions_of_review(&mut db, &next.expect("another"), &[]).await.expect("read");
        assert_eq!(carried[0].of.agreed_in, None);
    });
}

#[test]
fn what_is_attached_by_itself_ticks_what_is_asked_for_and_leaves_what_people_said() {
    on_both(|store| async move {
        let (amara, _, review) = begun(&store).await;
        let input = |asks: &str, state, words: &str| {
            let (asks, words) = (asks.to_owned(), words.to_owned());
            Body::Input(Input { stage: "prepare".into(), asks, state, words, ..Input::default() })
        };
        let all = [
            input("Figures", InputState::Open, ""),
            input("Figures of wards", InputState::Attached, "In the folder"),
            input("Figures of theatres", InputState::Waived, "None are open"),
            input("Rotas", InputState::Open, ""),
        ];
        for body in all {
            added(&store, &amara, (&review, None), body).await.expect("it is added");
        }
        let asks: Vec<String> =
            ["Figures", "Figures of wards", "Figures of theatres"].map(str::to_owned).to_vec();
        for words in ["Run 1", "Run 2", "Run 2"] {
            let (entry, id, asks) = (by(&amara), review.clone(), asks.clone());
            change!(store, |tx| attach(tx, &id, &asks, (words, "/runs"), &entry))
                .expect("attached");
        }
        let mut db = store.read().await.expect("a connection");
        let items = items_of(&mut db, &review).await.expect("they are read");
        let told = |it: &Item| match &it.latest().body {
            Body::Input(of) => Some((of.state, of.words.clone(), of.attached.clone(), it.number())),
            _ => None,
        };
        let found: Vec<_> = items.iter().filter_map(told).collect();
        let of = |state, words: &str, attached: &str, number| {
            (state, words.to_owned(), attached.to_owned(), number)
        };
        // The third time changes nothing.
        assert_eq!(found[0], of(InputState::Attached, "", "Run 2", 3));
        assert_eq!(found[1], of(InputState::Attached, "In the folder", "Run 2", 3));
        assert_eq!(found[2], of(InputState::Waived, "None are open", "", 1));
        assert_eq!(found[3], of(InputState::Open, "", "", 1));
    });
}

#[test]
fn time_that_is_bought_is_read_as_it_was_written_last() {
    on_both(|store| async move {
        let (amara, _, review) = begun(&store).await;
        let body = |sessions: &str, programme: &str| {
            Body::Backfill(Backfill {
                role: "Consultant".into(),
                sessions: sessions.to_owned(),
                cost: "400".into(),
                from: "2025-06-01".into(),
                to: "2025-06-30".into(),
                programme: programme.to_owned(),
            })
        };
        let id = added(&store, &amara, (&review, None), body("2", "")).await.expect("it is added");
        // Another kind of text may speak of it.
        let text = "\"kind\":\"backfill\"".to_owned();
        let text = Body::Success(Success { words: text, evidence: String::new() });
        added(&store, &amara, (&review, None), text).await.expect("it is added");
        let (entry, new) = (by(&amara), body("2.5", "Hip pathway"));
        change!(store, |tx| edit_item(tx, &id, &new, 1, &entry)).expect("it is written");
        let mut db = store.read().await.expect("a connection");
        let found = bought(&mut db).await.expect("it is read");
        let Body::Backfill(of) = body("2.5", "Hip pathway") else { panic!("it is backfill") };
        assert_eq!(found, [(review, of)]);
    });
}

#[test]
fn what_a_meeting_without_quorum_decided_waits_for_one_that_can_decide() {
    on_both(|store| async move {
        let (amara, daniel, review) = begun(&store).await;
        let first = arranged(&store, &amara, &review).await;
        let decision = |words: &str| {
            let (words, rests_on) = (words.to_owned(), "figures-1".to_owned());
            Body::Decision(Decision { words, rests_on, ..Decision::default() })
        };
        let place = (&review, Some(&first));
        let id = added(&store, &amara, place, decision("One ward less")).await.expect("added");
        added(&store, &amara, place, minutes("We met")).await.expect("no decision");
        let counts = async |meeting: &ReviewMeetingId, people, finance| {
            let (entry, id) = (by(&amara), meeting.clone());
            let of = Quorum { people, needed: 3, clinical: true, finance };
            change!(store, |tx| keep_quorum(tx, &id, of, &entry))
        };
        let waits = async |review: &ReviewId| {
            let mut db = store.read().await.expect("a connection");
            let all = unsettled(&mut db, review).await.expect("a read");
            let told = |it: Unsettled| (it.item.id.clone(), it.item.number(), it.confirmed);
            all.into_iter().map(told).collect::<Vec<_>>()
        };
        assert!(waits(&review).await.is_empty(), "the meeting is not over");
        // Three people, but nobody of finance.
        counts(&first, 3, false).await.expect("counted");
        assert_eq!(waits(&review).await, [(id.clone(), 1, None)]);
        let again = Next::Review(Box::new(new_review("Hips again")));
        let next = closed(&store, &amara, &first, again).await.expect("it closes");
        let next = next.expect("another review");
        assert!(error(counts(&first, 3, true).await).contains("counted again"));
        assert_eq!(waits(&next).await, [(id.clone(), 1, None)], "it is carried over");
        let (second, third) =
            (arranged(&store, &amara, &next).await, arranged(&store, &amara, &next).await);
        let confirms = async |meeting: &ReviewMeetingId, seen| {
            let (entry, id, meeting) = (by(&daniel), id.clone(), meeting.clone());
            change!(store, |tx| confirm(tx, (&id, seen), &meeting, &entry))
        };
        assert!(error(confirms(&first, 1).await).contains("of the same meeting"));
        assert!(error(confirms(&second, 9).await).contains("changed by somebody else"));
        confirms(&second, 1).await.expect("confirmed");
        assert!(confirms(&second, 1).await.is_err(), "it is confirmed once");
        let who = |found: &[(ReviewItemId, i64, Option<Confirmed>)]| {
            found.iter().map(|it| it.2.as_ref().map(|it| it.meeting.clone())).collect::<Vec<_>>()
        };
        assert_eq!(who(&waits(&next).await), [Some(second.clone())]);
        // Two of three people: what this meeting confirmed does not count.
        counts(&second, 2, true).await.expect("counted");
        assert_eq!(who(&waits(&next).await), [None]);
        closed(&store, &amara, &second, Next::Meeting).await.expect("it closes");
        assert!(error(confirms(&second, 1).await).contains("a meeting that is closed"));
        confirms(&third, 1).await.expect("confirmed");
        counts(&third, 3, true).await.expect("counted");
        assert_eq!(who(&waits(&next).await), [Some(third.clone())]);
        // Whoever writes it anew writes something that no meeting has confirmed.
        written(&store, &amara, (&id, 1), decision("Two wards less")).await.expect("written");
        assert_eq!(waits(&next).await, [(id, 2, None)]);
    });
}
