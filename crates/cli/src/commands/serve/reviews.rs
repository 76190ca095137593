//! Reviews of service lines, as a demonstration begins with them: the register, reviews that are
//! finished, one after the other with what was left open, one under way, and one that is late.

use demonstration::{
    DemonstrationService, HeldReview, ReviewLine, actions, review_inputs, review_lines,
};
use domain::Day;
use engagement::reviews::{Brought, ReviewGuide, next_due};
use jiff::{SignedDuration, Timestamp};
use store::reviewing::{
    self, Agenda, Backfill, Body, Challenge, Coming, Decision, InputState, Item, NewAction,
    NewMeeting, NewRegister, NewReview, Next, Participant, Priority, Progress, StageState, Success,
};
use store::{Entry, PersonId, ReviewId, ReviewMeetingId, Tx, UnitCode, Unknown, units};
use web::features::reviews::{figures_attached, review_of_theme};
use web::shell::session::{calendar, civil, today};

use super::costed::known_at;
use super::joint_work::{self, Scene};

/// Hours of a day.
const DAY: i64 = 24;

/// Days before a meeting on which it was arranged: what clinicians need.
const NOTICE: i32 = 42;

/// Days before a meeting on which its figures were frozen.
const FROZEN: i32 = 6;

/// Days to the meeting of a review under way, after which notice is just kept.
const AHEAD: i32 = 14;

/// Of which review a line is: the one that was held first, or the one that is open.
const HELD: &str = "held";
const OPEN: &str = "open";

/// The first stage, which a review under way has behind it.
const FIRST: &str = "prepare";

/// Whose review it is, and when it is.
struct Place<'a> {
    scene: &'a Scene<'a>,
    unit: UnitCode,
    of: &'a DemonstrationService,
    lines: Vec<&'a ReviewLine>,
    guide: ReviewGuide,
}

/// A review with its meeting, and when something is written in it.
struct Written<'a> {
    review: &'a ReviewId,
    meeting: &'a ReviewMeetingId,
    /// Which lines are of it.
    lines: &'a str,
    at: Timestamp,
}

/// Records what the demonstration says, for service lines that there are.
pub(super) async fn record(tx: &mut Tx, scene: &Scene<'_>) -> store::Result<()> {
    let lines = review_lines();
    for of in demonstration::services() {
        let unit = UnitCode::new(of.unit.as_str());
        // Another model than the demonstration's has other service lines.
        match units::get(tx, &unit).await {
            Err(store::Error::NotFound(_)) => continue,
            other => other?,
        };
        let lines = lines.iter().filter(|it| it.unit == of.unit).collect();
        let place = Place { scene, unit, of: &of, lines, guide: ReviewGuide::own() };
        register(tx, &place).await?;
        service(tx, &place).await?;
    }
    Ok(())
}

impl Place<'_> {
    fn today(&self) -> Day {
        today(self.scene.at)
    }

    fn person(&self, name: &str) -> store::Result<&PersonId> {
        let found = self.scene.people.get(name).map(|it| &it.1);
        found.ok_or_else(|| store::Error::NotFound(format!("person {name}")))
    }

    fn entry(&self, name: &str, on: Day) -> store::Result<Entry> {
        Ok(Entry::by(self.person(name)?.as_str(), self.scene.morning(on)))
    }

    /// A review that is due on a day.
    fn review(&self, theme: &str, title: &str, due_on: Day) -> store::Result<NewReview> {
        let found = review_of_theme(theme, (&self.unit, title), due_on);
        found.ok_or_else(|| store::Error::NotFound(format!("theme {theme}")))
    }

    /// When the review after one that was held on a day is due.
    fn next_due(&self, held_on: Day) -> Day {
        if let Some(days) = self.of.due_in_days {
            return self.today().plus(days);
        }
        let held = calendar(held_on);
        let months = self.guide.cadence(&self.of.cadence).map_or(1, |it| it.months);
        civil(next_due(Some(held), held, months))
    }

    /// The lines of the review with a number after the first; the last ones that there are, where
    /// there were more reviews since.
    fn lines_of(&self, round: usize) -> Option<String> {
        let numbers = self.lines.iter().filter_map(|it| it.of.parse::<usize>().ok());
        Some(numbers.max()?.min(round).to_string())
    }
}

async fn register(tx: &mut Tx, place: &Place<'_>) -> store::Result<()> {
    let of = place.of;
    let begins_on = place.scene.day(&of.begins);
    let entry = place.entry("helen.marsh", begins_on.plus(-NOTICE))?;
    let new = NewRegister {
        conditions: of.conditions.clone(),
        resources: of.resources.clone(),
        cadence: of.cadence.clone(),
        begins_on,
        is_pilot: of.is_pilot,
    };
    reviewing::record_register(tx, &place.unit, &new, 0, &entry).await?;
    for (post, holder) in &of.posts {
        let holder = if holder.is_empty() { None } else { Some(place.person(holder)?) };
        let share = of.partner_share.filter(|_| *post == "business_partner");
        reviewing::allot(tx, &place.unit, (post, holder, share), 0, &entry).await?;
    }
    Ok(())
}

/// The reviews that were held, each followed by the next, and the one that is open.
async fn service(tx: &mut Tx, place: &Place<'_>) -> store::Result<()> {
    let (scene, of) = (place.scene, place.of);
    let Some(held) = &of.held else { return under_way(tx, place).await };
    let mut held_on = scene.day(&held.on);
    let entry = place.entry(&held.chair, held_on.plus(-NOTICE))?;
    let new = place.review(&of.theme, &of.title, held_on)?;
    let first = reviewing::open(tx, &new, &entry).await?;
    let mut open = hold(tx, place, (held, &first, HELD), held_on).await?;
    for round in 1.. {
        let Some(lines) = place.lines_of(round) else { break };
        let due = place.next_due(held_on);
        if due >= place.today() {
            break;
        }
        // What was said in between stands before what the next meeting hears.
        joint_work::say(tx, scene, (&of.unit, true), (held_on, due)).await?;
        open = hold(tx, place, (held, &open, &lines), due).await?;
        held_on = due;
    }
    joint_work::say(tx, scene, (&of.unit, true), (held_on, place.today())).await
}

/// A review that is prepared, with its meeting ahead.
async fn under_way(tx: &mut Tx, place: &Place<'_>) -> store::Result<()> {
    let (scene, of) = (place.scene, place.of);
    let due = place.today().plus(of.due_in_days.unwrap_or_default());
    let new = place.review(&of.theme, &of.title, due)?;
    let entry = place.entry("helen.marsh", place.today().plus(-NOTICE))?;
    let id = reviewing::open(tx, &new, &entry).await?;
    let chair = ("helen.marsh", "clinical_director");
    let meeting = meet(tx, place, &id, (chair, place.today().plus(AHEAD))).await?;
    let at = scene.at - SignedDuration::from_hours(DAY);
    freeze(tx, place, &id, &Entry::by(entry.actor.as_str(), at)).await?;
    let to = Written { review: &id, meeting: &meeting, lines: OPEN, at };
    write(tx, place, &to).await?;
    go_through(tx, &to, (&entry.actor, |stage: &str| stage == FIRST)).await?;
    let long_ago = place.today().plus(-NOTICE);
    joint_work::say(tx, scene, (&of.unit, true), (long_ago, place.today())).await
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
    let entry = place.entry(chair, held_on.plus(-NOTICE))?;
    reviewing::arrange(tx, review, &new, &entry).await
}

/// Freezes the figures of the costing that was published last before a moment, if there was one.
async fn freeze(
    tx: &mut Tx,
    place: &Place<'_>,
    review: &ReviewId,
    entry: &Entry,
) -> store::Result<()> {
    let Some(costed) = known_at(place.scene.costed, entry.at) else { return Ok(()) };
    let Some((end, figures)) = costed.figures.get(place.unit.as_str()) else { return Ok(()) };
    reviewing::freeze(tx, review, (&costed.run, *end, figures), 0, entry).await?;
    let asks = place.guide.brings(Brought::Figures).map_or_else(Vec::new, |it| it.asks.clone());
    let link = format!("/reviews/{}/{review}#figures", place.unit);
    let told = figures_attached(&costed.run, *end);
    reviewing::attach(tx, review, &asks, (&told, &link), entry).await
}

/// Holds a review that is open, with all that was written in it, and closes it on its day; gives the
/// one after it.
async fn hold(
    tx: &mut Tx,
    place: &Place<'_>,
    (held, review, lines): (&HeldReview, &ReviewId, &str),
    held_on: Day,
) -> store::Result<ReviewId> {
    let chair = (held.chair.as_str(), held.role.as_str());
    let meeting = meet(tx, place, review, (chair, held_on)).await?;
    freeze(tx, place, review, &place.entry(&held.chair, held_on.plus(-FROZEN))?).await?;
    let entry = place.entry(&held.chair, held_on)?;
    let to = Written { review, meeting: &meeting, lines, at: entry.at };
    write(tx, place, &to).await?;
    go_through(tx, &to, (&entry.actor, |_: &str| true)).await?;
    let due = place.next_due(held_on);
    let title = if place.of.due_in_days.is_some() {
        place.of.title.clone()
    } else {
        format!("{} review", units::get(tx, &place.unit).await?.unit.name)
    };
    let next = Next::Review(Box::new(place.review("whole", &title, due)?));
    let next = reviewing::close(tx, &meeting, &next, &entry).await?;
    next.ok_or_else(|| store::Error::NotFound(format!("a review after {review}")))
}

/// What was written in a review.
async fn write(tx: &mut Tx, place: &Place<'_>, to: &Written<'_>) -> store::Result<()> {
    for it in place.lines.iter().filter(|it| it.of == to.lines) {
        let entry = Entry::by(place.person(&it.by)?.as_str(), to.at);
        let [first, second, third, _] = &it.parts;
        match it.kind.as_str() {
            "text" | "answer" => {
                let items = reviewing::items_of(tx, to.review).await?;
                if let Some((item, body)) = said(&items, (&it.kind, first, second)) {
                    reviewing::edit_item(tx, &item.id, &body, item.number(), &entry).await?;
                }
            }
            "action" => agree(tx, place, to, (first, &entry)).await?,
            "progress" => {
                let unit = place.unit.as_str();
                let Some(id) = joint_work::action(tx, unit, first).await? else { continue };
                let progress: Progress =
                    second.parse().map_err(|it: Unknown| unreadable("progress", &it.0))?;
                let at = (to.review, to.meeting);
                reviewing::say_progress(tx, at, id.as_str(), (progress, third), &entry).await?;
            }
            _ => {
                let body = body(place, it, today(to.at))?;
                let meeting = body.is_of_meeting().then_some(to.meeting);
                reviewing::add_item(tx, (to.review, meeting), &body, &entry).await?;
            }
        }
    }
    Ok(())
}

/// Agrees on a joint action and notes it in the review: in its meeting, where that was held.
async fn agree(
    tx: &mut Tx,
    place: &Place<'_>,
    to: &Written<'_>,
    (what, entry): (&str, &Entry),
) -> store::Result<()> {
    let all = actions();
    let Some(it) = all.iter().find(|it| it.unit == place.of.unit && it.what == what) else {
        return Err(store::Error::NotFound(format!("action {what}")));
    };
    let origin = format!("/reviews/{}", place.unit);
    let Some(agreed) = joint_work::agree(tx, it, place.scene, &origin).await? else {
        return Ok(());
    };
    let new = NewAction {
        action: agreed.id.to_string(),
        noted: what.to_owned(),
        owners: agreed.owners,
        due_on: agreed.due_on,
        agreed_in: (to.lines != OPEN).then(|| to.meeting.clone()),
    };
    reviewing::note_action(tx, to.review, &new, entry).await
}

/// Leaves stages behind, with what they ask for at hand.
async fn go_through(
    tx: &mut Tx,
    to: &Written<'_>,
    (by, is_behind): (&str, impl Fn(&str) -> bool),
) -> store::Result<()> {
    let brought = review_inputs();
    let entry = Entry::by(by, to.at);
    for item in reviewing::items_of(tx, to.review).await? {
        let mut body = item.latest().body.clone();
        match &mut body {
            Body::Stage(it) if is_behind(&it.stage) => it.state = StageState::Done,
            Body::Input(it) if is_behind(&it.stage) => {
                it.state = InputState::Attached;
                it.words = brought.get(&it.asks).cloned().unwrap_or_default();
            }
            _ => continue,
        }
        reviewing::edit_item(tx, &item.id, &body, item.number(), &entry).await?;
    }
    Ok(())
}

/// The text of a stage, or the answer to a question, written anew.
fn said<'a>(
    items: &'a [Item],
    (kind, about, words): (&str, &str, &str),
) -> Option<(&'a Item, Body)> {
    items.iter().find_map(|it| {
        let mut body = it.latest().body.clone();
        match &mut body {
            Body::Text(of) if kind == "text" && of.about == about => {
                words.clone_into(&mut of.words);
            }
            Body::Question(of) if kind == "answer" && of.asks == about => {
                words.clone_into(&mut of.answer);
            }
            _ => return None,
        }
        Some((it, body))
    })
}

fn unreadable(what: &'static str, value: &str) -> store::Error {
    store::Error::Unreadable { what, value: value.to_owned() }
}

/// A size: a number, or `{2}` for two for each hip of the trust.
fn sized(text: &str, hips: i64) -> String {
    let each = text.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
    let each = each.and_then(|it| it.parse::<i64>().ok());
    each.map_or_else(|| text.to_owned(), |it| (it * hips).to_string())
}

fn body(place: &Place<'_>, it: &ReviewLine, on: Day) -> store::Result<Body> {
    let [first, second, third, fourth] = it.parts.clone();
    let part = |text: &str, at: usize| text.split(';').nth(at).unwrap_or_default().to_owned();
    let size = |text: &str, at: usize| sized(&part(text, at), place.scene.hips());
    Ok(match it.kind.as_str() {
        "priority" => Body::Priority(Priority {
            name: first,
            desired: fourth,
            value: part(&second, 0),
            unit: part(&second, 1),
            period: part(&second, 2),
            source: part(&second, 3),
            low: size(&third, 0),
            high: size(&third, 1),
            size_unit: part(&third, 2),
            ..Priority::default()
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
            rests_on: String::new(),
        }),
        "participant" => Body::Participant(Participant {
            person: place.person(&first)?.as_str().to_owned(),
            role: second,
            coming: if third == "yes" { Coming::Yes } else { Coming::Asked },
            deputy_for: String::new(),
        }),
        "backfill" => {
            // Days from the one on which it is written.
            let day = |at: usize| on.plus(part(&third, at).parse().unwrap_or_default()).to_string();
            Body::Backfill(Backfill {
                role: first,
                sessions: part(&second, 0),
                cost: part(&second, 1),
                from: day(0),
                to: day(1),
                programme: fourth,
            })
        }
        other => return Err(unreadable("kind of text", other)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_hips_of_the_trust() {
        assert_eq!(sized("{240}", 61), "14640");
        assert_eq!(sized("310", 61), "310");
        assert_eq!(sized("", 61), "");
    }
}
