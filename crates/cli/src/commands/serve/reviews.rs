//! Reviews of service lines, as a demonstration begins with them: the register, one review that is
//! finished, one under way, and one that is late.

use std::collections::BTreeMap;

use demonstration::{DemonstrationService, HeldReview, Person, ReviewLine};
use domain::Day;
use engagement::actions::{Action, Effort, Owner, Priority as Urgency};
use engagement::reviews::{ReviewGuide, next_due};
use jiff::{SignedDuration, Timestamp};
use store::joint_actions::{self, NewAction as NewJointAction};
use store::reviewing::{
    self, Agenda, Body, Challenge, Coming, Decision, Item, NewAction, NewMeeting, NewRegister,
    NewReview, Next, Participant, Priority, Progress, Success, Text,
};
use store::{Entry, PersonId, ReviewId, ReviewMeetingId, Tx, UnitCode, Unknown, units};
use web::features::reviews::review_of_theme;
use web::shell::joint_work::profession;
use web::shell::session::{calendar, civil, today};

/// Hours of a day.
const DAY: i64 = 24;

/// Days before a meeting on which it was arranged: what clinicians need.
const NOTICE: i64 = 42;

/// Days to the meeting of a review under way, after which notice is just kept.
const AHEAD: i32 = 14;

/// People by the part of their email address before the `@`.
type People<'a> = BTreeMap<&'a str, &'a PersonId>;

/// Whose review it is, and when it is.
struct Place<'a> {
    people: &'a People<'a>,
    staff: &'a [(Person, PersonId)],
    unit: UnitCode,
    of: &'a DemonstrationService,
    at: Timestamp,
    guide: ReviewGuide,
}

/// Records what the demonstration says, for service lines that there are.
pub(super) async fn record(
    tx: &mut Tx,
    staff: &[(Person, PersonId)],
    at: Timestamp,
) -> store::Result<()> {
    let people: People<'_> = staff.iter().map(|it| (it.0.login(), &it.1)).collect();
    let lines = demonstration::review_lines();
    for of in demonstration::services() {
        let unit = UnitCode::new(of.unit.as_str());
        // Another model than the demonstration's has other service lines.
        match units::get(tx, &unit).await {
            Err(store::Error::NotFound(_)) => continue,
            other => other?,
        };
        let place = Place { people: &people, staff, unit, of: &of, at, guide: ReviewGuide::own() };
        let lines: Vec<&ReviewLine> = lines.iter().filter(|it| it.unit == of.unit).collect();
        register(tx, &place).await?;
        service(tx, &place, &lines).await?;
    }
    Ok(())
}

impl Place<'_> {
    fn ago(&self, days: i64) -> Timestamp {
        self.at - SignedDuration::from_hours(DAY * days)
    }

    fn person(&self, name: &str) -> store::Result<&PersonId> {
        let found = self.people.get(name).copied();
        found.ok_or_else(|| store::Error::NotFound(format!("person {name}")))
    }

    /// What was agreed, with its owners by name, as the register of joint actions takes it.
    fn joint(&self, (what, owners): (&str, &str), (day, due_on): (Day, Day)) -> NewJointAction {
        let named = self.staff.iter().filter(|it| owners.split(", ").any(|name| it.0.name == name));
        let owner = |it: &(Person, PersonId)| Owner {
            person: it.1.to_string(),
            profession: profession(&it.0.profession),
        };
        NewJointAction {
            unit: self.unit.clone(),
            origin: format!("/reviews/{}", self.unit),
            of: Action {
                what: what.to_owned(),
                owners: named.map(owner).collect(),
                joint: true,
                size: None,
                effort: Effort::Medium,
                priority: Urgency::Medium,
                measure: "What the review looks at next time".to_owned(),
                quality: "Looked at in the review, beside what patients got".to_owned(),
                starts_on: calendar(day.min(due_on)),
                due_on: calendar(due_on),
            },
        }
    }

    /// A review that is due on a day.
    fn review(&self, theme: &str, title: &str, due_on: Day) -> store::Result<NewReview> {
        let found = review_of_theme(theme, (&self.unit, title), due_on);
        found.ok_or_else(|| store::Error::NotFound(format!("theme {theme}")))
    }

    /// When the review after one that was held on a day is due.
    fn next_due(&self, held_on: Day) -> Day {
        if let Some(days) = self.of.due_in_days {
            return today(self.at).plus(days);
        }
        let held = calendar(held_on);
        let months = self.guide.cadence(&self.of.cadence).map_or(1, |it| it.months);
        civil(next_due(Some(held), held, months))
    }
}

async fn register(tx: &mut Tx, place: &Place<'_>) -> store::Result<()> {
    let of = place.of;
    let by = place.person("helen.marsh")?;
    let entry = Entry::by(by.as_str(), place.ago(i64::from(of.begins_days_ago)));
    let new = NewRegister {
        conditions: of.conditions.clone(),
        resources: of.resources.clone(),
        cadence: of.cadence.clone(),
        begins_on: today(place.at).plus(-of.begins_days_ago),
        is_pilot: of.is_pilot,
    };
    reviewing::record_register(tx, &place.unit, &new, 0, &entry).await?;
    for (post, holder) in &of.posts {
        let holder = if holder.is_empty() { None } else { Some(place.person(holder)?) };
        reviewing::appoint(tx, &place.unit, (post, holder), 0, &entry).await?;
    }
    Ok(())
}

/// The review that was held, and the one that is open.
async fn service(tx: &mut Tx, place: &Place<'_>, lines: &[&ReviewLine]) -> store::Result<()> {
    let of = place.of;
    let Some(held) = &of.held else {
        let due = today(place.at).plus(of.due_in_days.unwrap_or_default());
        let new = place.review(&of.theme, &of.title, due)?;
        let entry = Entry::by(place.person("helen.marsh")?.as_str(), place.ago(NOTICE));
        let id = reviewing::open(tx, &new, &entry).await?;
        let chair = ("helen.marsh", "clinical_director");
        let meeting = meet(tx, place, &id, (chair, today(place.at).plus(AHEAD))).await?;
        return write(tx, place, (&id, &meeting), (lines, false, place.at)).await;
    };
    let id = hold(tx, place, held, lines).await?;
    let review = reviewing::get(tx, &id).await?;
    // Only a review that somebody has begun to prepare has a meeting.
    if let (Some(next), true) = (review.next, lines.iter().any(|it| !it.is_held)) {
        let chair = (held.chair.as_str(), held.role.as_str());
        let meeting = meet(tx, place, &next, (chair, today(place.at).plus(AHEAD))).await?;
        write(tx, place, (&next, &meeting), (lines, false, place.at)).await?;
    }
    Ok(())
}

/// Arranges a meeting, as long before it as clinicians need.
async fn meet(
    tx: &mut Tx,
    place: &Place<'_>,
    review: &ReviewId,
    ((chair, role), held_on): ((&str, &str), Day),
) -> store::Result<ReviewMeetingId> {
    let new = NewMeeting {
        held_on,
        begins_at: "08:00".to_owned(),
        minutes: 60,
        place: "Seminar room 2".to_owned(),
        chair: place.person(chair)?.clone(),
        chair_role: role.to_owned(),
        facilitator: None,
    };
    let days = i64::from(days_from(today(place.at), held_on));
    let entry = Entry::by(new.chair.as_str(), place.ago(NOTICE - days));
    reviewing::arrange(tx, review, &new, &entry).await
}

/// Days from one day to another; below none where it is earlier.
fn days_from(from: Day, to: Day) -> i32 {
    (calendar(to) - calendar(from)).get_days()
}

/// The review that was held, with all that was written in it, closed on its day.
async fn hold(
    tx: &mut Tx,
    place: &Place<'_>,
    held: &HeldReview,
    lines: &[&ReviewLine],
) -> store::Result<ReviewId> {
    let of = place.of;
    let held_on = today(place.at).plus(-held.days_ago);
    let ago = i64::from(held.days_ago);
    let entry = Entry::by(place.person(&held.chair)?.as_str(), place.ago(ago + NOTICE));
    let new = place.review(&of.theme, &of.title, held_on)?;
    let id = reviewing::open(tx, &new, &entry).await?;
    let meeting = meet(tx, place, &id, ((&held.chair, &held.role), held_on)).await?;
    write(tx, place, (&id, &meeting), (lines, true, place.ago(ago))).await?;
    let due = place.next_due(held_on);
    let title = if of.due_in_days.is_some() {
        of.title.clone()
    } else {
        let unit = units::get(tx, &place.unit).await?.unit;
        format!("{} review", unit.name)
    };
    let next = Next::Review(Box::new(place.review("whole", &title, due)?));
    let entry = Entry::by(entry.actor.as_str(), place.ago(ago));
    reviewing::close(tx, &meeting, &next, &entry).await?;
    Ok(id)
}

/// What was written in a review, at a moment.
async fn write(
    tx: &mut Tx,
    place: &Place<'_>,
    (review, meeting): (&ReviewId, &ReviewMeetingId),
    (lines, is_held, at): (&[&ReviewLine], bool, Timestamp),
) -> store::Result<()> {
    for it in lines.iter().filter(|it| it.is_held == is_held) {
        let entry = Entry::by(place.person(&it.by)?.as_str(), at);
        let [first, second, third, fourth] = &it.parts;
        match it.kind.as_str() {
            "text" => {
                let items = reviewing::items_of(tx, review).await?;
                if let Some((item, body)) = text(&items, first, second) {
                    reviewing::edit_item(tx, &item.id, &body, item.number(), &entry).await?;
                }
            }
            "action" => {
                let days = third.parse().map_err(|_| unreadable("day", third))?;
                let due_on = today(place.at).plus(days);
                let joint = place.joint((first, second), (today(at), due_on));
                let new = NewAction {
                    action: joint_actions::agree(tx, &joint, &entry).await?.to_string(),
                    noted: first.clone(),
                    owners: second.clone(),
                    due_on,
                };
                reviewing::note_action(tx, review, &new, &entry).await?;
                if !fourth.is_empty() {
                    let progress: Progress =
                        fourth.parse().map_err(|it: Unknown| unreadable("progress", &it.0))?;
                    let at = (review, meeting);
                    reviewing::say_progress(tx, at, &new.action, (progress, ""), &entry).await?;
                }
            }
            _ => {
                let body = body(place, it, today(at))?;
                let meeting = body.is_of_meeting().then_some(meeting);
                reviewing::add_item(tx, (review, meeting), &body, &entry).await?;
            }
        }
    }
    Ok(())
}

/// The text of a stage that is about something, written anew.
fn text<'a>(items: &'a [Item], about: &str, words: &str) -> Option<(&'a Item, Body)> {
    items.iter().find_map(|it| match &it.latest().body {
        Body::Text(of) if of.about == about => {
            Some((it, Body::Text(Text { words: words.to_owned(), ..of.clone() })))
        }
        _ => None,
    })
}

fn unreadable(what: &'static str, value: &str) -> store::Error {
    store::Error::Unreadable { what, value: value.to_owned() }
}

fn body(place: &Place<'_>, it: &ReviewLine, on: Day) -> store::Result<Body> {
    let [first, second, third, fourth] = it.parts.clone();
    let part = |text: &str, at: usize| text.split(';').nth(at).unwrap_or_default().to_owned();
    Ok(match it.kind.as_str() {
        "priority" => Body::Priority(Priority {
            name: first,
            desired: fourth,
            value: part(&second, 0),
            unit: part(&second, 1),
            period: part(&second, 2),
            source: part(&second, 3),
            low: part(&third, 0),
            high: part(&third, 1),
            size_unit: part(&third, 2),
        }),
        "success" => Body::Success(Success { words: first, evidence: second }),
        "agenda" => Body::Agenda(Agenda { subject: first, words: second }),
        "minutes" => Body::Minutes { words: first },
        "challenge" => Body::Challenge(Challenge {
            words: first,
            side: second,
            answer: third,
            closed_on: if fourth == "closed" { on.to_string() } else { String::new() },
        }),
        "decision" => Body::Decision(Decision {
            words: first,
            evidence: second,
            touches_safety: third == "yes",
            senior: if fourth.is_empty() {
                String::new()
            } else {
                place.person(&fourth)?.as_str().to_owned()
            },
        }),
        "participant" => Body::Participant(Participant {
            person: place.person(&first)?.as_str().to_owned(),
            role: second,
            coming: if third == "yes" { Coming::Yes } else { Coming::Asked },
            deputy_for: String::new(),
        }),
        other => return Err(unreadable("kind of text", other)),
    })
}
