//! Slots on both databases: what is asked for, what is answered, and the meeting that comes of it.

use super::*;
use crate::audit::Asked as Wanted;
use crate::reviewing::{Item, NewReview, items_of, open};
use crate::testing::{add_person, add_unit, at, by, change, day, error, on_both};
use crate::{Store, reviewing};

/// A review of hips, and four people: two clinicians, one of finance and one who manages.
struct Begun {
    store: Store,
    review: ReviewId,
    people: [PersonId; 4],
}

async fn begun(store: Store) -> Begun {
    add_unit(&store, "HIP", None).await.expect("a unit");
    let mut people = Vec::new();
    for name in ["Amara", "Tomos", "Daniel", "Grace"] {
        people.push(add_person(&store, name).await);
    }
    let people: [PersonId; 4] = people.try_into().expect("four");
    let new = NewReview {
        unit: UnitCode::new("HIP"),
        title: "Hips".to_owned(),
        theme: "discharge".to_owned(),
        meetings: 1,
        minutes: 60,
        due_on: day("2025-09-01"),
        begins_with: Vec::new(),
    };
    let entry = by(&people[0]);
    let review = change!(store, |tx| open(tx, &new, &entry)).expect("it is opened");
    Begun { store, review, people }
}

fn slot(on: &str) -> NewSlot {
    NewSlot { held_on: day(on), begins_at: "08:00".to_owned(), minutes: 60 }
}

impl Begun {
    fn asked(&self, place: usize, profession: Profession, deputy_for: Option<usize>) -> Asked {
        Asked {
            person: self.people[place].clone(),
            profession,
            role: "analyst".to_owned(),
            deputy_for: deputy_for.map(|it| self.people[it].clone()),
        }
    }

    fn poll(&self) -> NewPoll {
        use Profession::{Clinical, Finance, Manager};
        NewPoll {
            slots: vec![slot("2025-08-04"), slot("2025-08-05")],
            asked: vec![
                self.asked(0, Clinical, None),
                self.asked(2, Finance, None),
                self.asked(3, Manager, None),
            ],
        }
    }

    async fn proposed(&self, new: NewPoll) -> Result<SlotPollId> {
        let (entry, review) = (by(&self.people[0]), self.review.clone());
        change!(self.store, |tx| propose(tx, &review, &new, &ReviewGuide::own(), &entry))
    }

    async fn answered(&self, id: &SlotPollId, who: usize, answers: &[Answer]) -> Result<()> {
        let (entry, id) = (by(&self.people[who]), id.clone());
        let answers = answers.to_vec();
        let words = "Beds are full at noon";
        change!(self.store, |tx| answer(tx, &id, (&answers, words), &entry))
    }

    async fn picked(&self, id: &SlotPollId, place: usize, on: &str) -> Result<ReviewMeetingId> {
        let new = NewMeeting {
            held_on: day(on),
            begins_at: "08:00".to_owned(),
            minutes: 60,
            place: "Seminar room".to_owned(),
            chair: self.people[0].clone(),
            chair_role: "clinical_director".to_owned(),
            facilitator: None,
        };
        let (entry, id) = (by(&self.people[0]), id.clone());
        change!(self.store, |tx| arrange_slot(tx, (&id, place), &new, &entry))
    }

    async fn read(&self, id: &SlotPollId) -> SlotPoll {
        poll(&mut self.store.read().await.expect("a connection"), id).await.expect("a read")
    }
}

#[test]
fn a_slot_is_picked_and_the_meeting_has_everybody_with_what_they_answered() {
    use Answer::{IfNeedBe, No, Yes};
    on_both(|store| async move {
        let it = begun(store).await;
        let id = it.proposed(it.poll()).await.expect("it is proposed");
        it.answered(&id, 0, &[Yes, No]).await.expect("asked");
        it.answered(&id, 2, &[No, No]).await.expect("asked");
        it.answered(&id, 2, &[IfNeedBe, No]).await.expect("thought again");
        let found = it.read(&id).await;
        assert_eq!(found.replies.len(), 3, "the earlier answer stays");
        assert_eq!(
            found.reply_of(&it.people[2]).map(|it| it.answers.clone()),
            Some(vec![IfNeedBe, No])
        );
        let best = &found.ranked(&ReviewGuide::own(), at(0)).expect("times")[0];
        assert_eq!((best.place, best.coming.len(), best.meets_quorum()), (0, 2, false));
        let deputy = it.asked(1, Profession::Clinical, Some(0));
        let (asked, entry, of) = (deputy, by(&it.people[0]), id.clone());
        change!(it.store, |tx| ask(tx, &of, &asked, &ReviewGuide::own(), &entry))
            .expect("a deputy");
        it.answered(&id, 1, &[Yes, Yes]).await.expect("asked since");
        let other = it.picked(&id, 1, "2025-08-04").await;
        assert_eq!(error(other), "the meeting is at another time than the slot that was picked");
        let alone = it.picked(&id, 1, "2025-08-05").await;
        assert!(error(alone).starts_with("a meeting needs a clinician and somebody of finance"));
        it.answered(&id, 2, &[IfNeedBe, Yes]).await.expect("finance can come after all");
        let meeting = it.picked(&id, 1, "2025-08-05").await.expect("it is arranged");
        let mut db = it.store.read().await.expect("a connection");
        let items = items_of(&mut db, &it.review).await.expect("a read");
        let listed: Vec<_> = items.iter().map(Item::latest).map(|of| of.body.clone()).collect();
        let one = |place: usize, coming, deputy_for: Option<usize>| {
            Body::Participant(Participant {
                person: it.people[place].to_string(),
                role: "analyst".to_owned(),
                coming,
                deputy_for: deputy_for.map_or(String::new(), |of| it.people[of].to_string()),
            })
        };
        assert_eq!(
            listed,
            [
                one(1, Coming::Deputy, Some(0)),
                one(2, Coming::Yes, None),
                one(3, Coming::Asked, None)
            ]
        );
        let found = it.read(&id).await;
        let ended = found.ended.expect("it is closed");
        assert_eq!(ended.picked, Some((1, meeting)));
        let late = it.answered(&id, 3, &[Yes, Yes]).await;
        assert_eq!(error(late), "this choice of slots is closed and cannot be answered");
        assert!(error(it.picked(&id, 0, "2025-08-04").await).contains("is closed"));
        let rows = audit::list(&mut db, &Wanted::default(), 50).await.expect("a read");
        let kept = format!("{rows:?}");
        assert!(kept.contains("review.answer_slots") && kept.contains("review.end_slots"));
        assert!(!kept.contains("Beds are full"), "no words: {kept}");
    });
}

#[test]
fn what_breaks_a_rule_is_refused_and_nothing_is_kept() {
    use Answer::Yes;
    on_both(|store| async move {
        let it = begun(store).await;
        let one = NewPoll { slots: vec![slot("2025-08-04")], ..it.poll() };
        assert_eq!(error(it.proposed(one).await), "propose from 2 to 10 slots: there are 1");
        let past = NewPoll { slots: vec![slot("2025-04-04"), slot("2025-08-04")], ..it.poll() };
        assert_eq!(error(it.proposed(past).await), "this slot is past: choose a later one");
        let mut alone = it.poll();
        alone.asked[1].profession = Profession::Clinical;
        assert!(error(it.proposed(alone).await).starts_with("ask somebody of finance too"));
        let id = it.proposed(it.poll()).await.expect("it is proposed");
        let again = it.proposed(it.poll()).await;
        assert!(error(again).contains("wait for answers already"));
        let stranger = it.answered(&id, 1, &[Yes, Yes]).await;
        assert_eq!(error(stranger), format!("there is no slots {id}"));
        let half = it.answered(&id, 0, &[Yes]).await;
        assert_eq!(error(half), "an answer to each slot is missing");
        let (twice, entry, of) =
            (it.asked(2, Profession::Finance, None), by(&it.people[0]), id.clone());
        let twice = change!(it.store, |tx| ask(tx, &of, &twice, &ReviewGuide::own(), &entry));
        assert!(error(twice).starts_with("this person is asked already"));
        assert!(error(it.picked(&id, 7, "2025-08-04").await).contains("no slot 8"));
        // A slot that was picked has its meeting.
        let (of, who) = (id.clone(), it.people[0].clone());
        let stray = it.store.write(move |tx| {
            Box::pin(async move {
                let row = "INSERT INTO slot_poll_ended (poll, slot, meeting, ended_by, ended_at)
                     VALUES ($1, 2, NULL, $2, 1)";
                let row = sqlx::query(row).bind(of.as_str()).bind(who.as_str());
                row.execute(&mut **tx).await?;
                Ok(())
            })
        });
        assert!(stray.await.is_err(), "a slot without a meeting");
        let (entry, of) = (by(&it.people[0]), id.clone());
        change!(it.store, |tx| give_up(tx, &of, &entry)).expect("none would do");
        let found = it.read(&id).await;
        assert!(found.replies.is_empty() && !found.is_open());
        assert_eq!(found.ended.expect("closed").picked, None);
        it.proposed(it.poll()).await.expect("others take their place");
        let mut db = it.store.read().await.expect("a connection");
        assert_eq!(polls_of(&mut db, &it.review).await.expect("a read").len(), 2);
        assert!(reviewing::meetings_of(&mut db, &it.review).await.expect("a read").is_empty());
    });
}

#[test]
fn what_is_open_is_told_to_whoever_is_asked_or_proposed_it_until_it_is_closed() {
    on_both(|store| async move {
        let it = begun(store).await;
        let id = it.proposed(it.poll()).await.expect("it is proposed");
        let open = async |who: usize| {
            let mut db = it.store.read().await.expect("a connection");
            let all = open_polls_of(&mut db, &it.people[who]).await.expect("a read");
            all.into_iter().map(|it| (it.id, it.of.slots.len())).collect::<Vec<_>>()
        };
        assert_eq!((open(2).await, open(1).await), (vec![(id.clone(), 2)], vec![]));
        assert_eq!(open(0).await.len(), 1);
        let (entry, of) = (by(&it.people[0]), id.clone());
        change!(it.store, |tx| give_up(tx, &of, &entry)).expect("closed");
        assert!(open(2).await.is_empty() && open(0).await.is_empty());
    });
}
