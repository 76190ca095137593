//! What the pages of a review show alike: things that people wrote, priorities and actions.

use std::collections::BTreeSet;

use engagement::actions::{Action, Priority};
use engagement::reviews::{Amount, DueAction, Side, waiting};
use store::reviewing::{
    Body, Coming, Input, InputState, Item, Meeting, Progress, ReviewAction, StageState, Version,
};

use super::checks::asked_of;
use super::found::Found;
use super::{baseline, confirm, day, evidence};
use crate::shell::joint_work::number;
use crate::shell::session::calendar;
use crate::shell::words;

/// Something that people wrote.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    pub(super) title: String,
    /// Whose text, where there is more than one, and the text.
    pub(super) texts: Vec<(String, String)>,
    pub(super) tag: String,
    /// Whether somebody must act.
    pub(super) act: bool,
    /// Whether two wrote it at once, and nobody has settled it.
    pub(super) both: bool,
    /// Where it is written anew; blank for those who may not.
    pub(super) edit: String,
    /// Where one tap says that it is at hand, or that somebody is there; blank where it does not.
    pub(super) have: String,
    /// Its reference, and the version that the tap has seen.
    pub(super) key: String,
    pub(super) seen: i64,
    /// Where that is which was attached by itself; blank for nothing, and for those who may not see it.
    pub(super) link: String,
    /// That a decision is still to be confirmed; blank for nothing.
    pub(super) mark: String,
    /// What of the review a decision rests on, and where that is; both blank for nothing.
    pub(super) rests_on: (String, String),
}

/// A priority area.
#[derive(Clone, Debug, Default)]
pub(super) struct PriorityRow {
    pub(super) name: String,
    pub(super) now: String,
    pub(super) of: String,
    /// Where its figure comes from; blank where somebody wrote it, and for those who may not see it.
    pub(super) from: String,
    pub(super) desired: String,
    pub(super) size: String,
    pub(super) both: bool,
    pub(super) edit: String,
}

/// An action.
#[derive(Clone, Debug, Default)]
pub(super) struct ActionRow {
    pub(super) action: String,
    pub(super) noted: String,
    pub(super) owners: String,
    pub(super) state: String,
    /// What was said of it, and by whom.
    pub(super) said: String,
    pub(super) due: String,
    /// How feasible its owners find it; blank where nobody has said so.
    pub(super) feasible: String,
    /// Where it is in the list of actions; blank for those who do not see it there.
    pub(super) address: String,
    /// What comes first, how much work it is, what it may bring and by what one sees that it worked.
    pub(super) about: String,
    /// Its turn among others, the first lowest.
    pub(super) turn: usize,
    /// Where a benefit of it is claimed; blank for those who may not, and while it is not done.
    pub(super) claim: String,
    /// Whether it comes from the list of actions, and not from this review.
    pub(super) is_of_list: bool,
    pub(super) needs_update: bool,
    /// What is wrong with what was typed of it.
    pub(super) wrong: String,
}

impl Entry {
    pub(super) fn of(found: &Found, item: &Item) -> Self {
        let standing = item.standing();
        let latest = &item.latest().body;
        let both = standing.len() > 1;
        // Who notes something for a meeting does so in their own name.
        let is_note = matches!(latest, Body::Note(_));
        let of = found.meetings.iter().find(|it| Some(&it.id) == item.meeting.as_ref());
        let closed_at = of.and_then(|it| it.closed.as_ref()).map(|it| it.at);
        let text = |it: &&Version| {
            let name = found.name(it.by.as_str());
            let is_late = closed_at.is_some_and(|closed| it.at > closed);
            let by = match (is_late, both || is_note) {
                (true, _) => format!("{name}, {}: ", words::moment(it.at)),
                (false, true) => format!("{name}: "),
                (false, false) => String::new(),
            };
            let text = text_of(found, &it.body);
            (by, if both && text.is_empty() { title_of(found, &it.body) } else { text })
        };
        let texts = standing.iter().map(text).filter(|it| !it.1.is_empty());
        let (mark, confirmed) = confirm::mark(found, item);
        let confirmed = (!confirmed.is_empty()).then_some((String::new(), confirmed));
        let (tag, act) = tag_of(latest);
        Self {
            title: title_of(found, latest),
            texts: texts.chain(confirmed).collect(),
            mark: mark.to_owned(),
            rests_on: rests_on(found, latest),
            tag: tag.to_owned(),
            act,
            both,
            edit: edit(found, item),
            have: have(found, item),
            key: item.id.as_str().to_owned(),
            seen: item.number(),
            link: link(found, latest),
        }
    }
}

/// Where that is which was attached to something by itself, for those who see what a service line costs.
fn link(found: &Found, body: &Body) -> String {
    match body {
        Body::Input(it) if found.sees && it.state == InputState::Attached => it.link.clone(),
        _ => String::new(),
    }
}

/// What of the review a decision rests on, and where that is.
fn rests_on(found: &Found, body: &Body) -> (String, String) {
    match body {
        Body::Decision(it) => evidence::shown(found, &it.rests_on),
        _ => Default::default(),
    }
}

/// Where one tap says that something is at hand, or that somebody is there.
fn have(found: &Found, item: &Item) -> String {
    let is_asked = match &item.latest().body {
        Body::Input(it) => it.state == InputState::Open && !found.is_finished(),
        Body::Participant(it) => {
            let meeting = found.meetings.iter().find(|of| Some(&of.id) == item.meeting.as_ref());
            it.coming == Coming::Asked && meeting.is_some_and(|it| it.closed.is_none())
        }
        _ => false,
    };
    if found.runs && is_asked && item.standing().len() == 1 {
        format!("{}/have/{}", found.address(), item.id)
    } else {
        String::new()
    }
}

/// Where somebody who may writes something anew; a finished review stays, but for its meetings.
pub(super) fn edit(found: &Found, item: &Item) -> String {
    let is_open = item.meeting.is_some() || !found.is_finished();
    if found.runs && is_open {
        format!("{}/items/{}", found.address(), item.id)
    } else {
        String::new()
    }
}

fn title_of(found: &Found, body: &Body) -> String {
    match body {
        Body::Stage(it) => it.name.clone(),
        Body::Input(it) => it.asks.clone(),
        Body::Question(it) => it.asks.clone(),
        Body::Text(it) => it.about.clone(),
        Body::Measure(it) => it.name.clone(),
        Body::Priority(it) => it.name.clone(),
        Body::Success(it) => it.words.clone(),
        Body::Agenda(it) => it.subject.clone(),
        Body::Challenge(it) => it.words.clone(),
        Body::Decision(it) => it.words.clone(),
        Body::Minutes { .. } | Body::Note(_) => String::new(),
        Body::Participant(it) => found.name(&it.person).to_owned(),
        Body::LineNote(it) => it.line.clone(),
        Body::Backfill(it) => it.role.clone(),
        Body::Presented(it) => {
            let on = it.on.parse().map_or_else(|_| it.on.clone(), day);
            format!("Presented on {on}")
        }
    }
}

fn text_of(found: &Found, body: &Body) -> String {
    match body {
        Body::Stage(it) => it.because.clone(),
        Body::Input(it) => at_hand(found, it),
        Body::Question(it) if it.answers.is_empty() || it.answer.is_empty() => it.answer.clone(),
        Body::Question(it) => {
            let side = match asked_of(it) {
                Side::Clinical => "for clinicians",
                Side::Finance => "for finance",
                Side::Other => "for both",
            };
            let (answer, by) = (words::sentence(&it.answer), found.name(&it.answers));
            format!("{answer} Answered {side} by {by}.")
        }
        Body::Text(it) => it.words.clone(),
        Body::Measure(_) => String::new(),
        Body::Priority(it) => it.desired.clone(),
        Body::Success(it) => it.evidence.clone(),
        Body::Agenda(it) => it.words.clone(),
        Body::Challenge(it) => {
            let side = match Side::of_word(&it.side) {
                Side::Clinical => "a clinician",
                Side::Finance => "finance",
                Side::Other => "somebody else",
            };
            let answer = if it.answer.is_empty() { "no answer yet" } else { it.answer.as_str() };
            format!("Raised by {side}. Answer: {answer}")
        }
        Body::Decision(it) => {
            let rested = it.evidence.trim_end_matches('.');
            let rested = (!rested.is_empty()).then(|| format!("Rested on: {rested}."));
            let senior = (!it.senior.is_empty())
                .then(|| format!("Senior clinician: {}.", found.name(&it.senior)));
            [rested, senior].into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
        Body::Minutes { words } => words.clone(),
        Body::Note(it) => it.words.clone(),
        Body::Participant(it) => {
            let role = found.guide.role(&it.role).map_or(it.role.as_str(), |it| it.name.as_str());
            if it.deputy_for.is_empty() {
                return role.to_owned();
            }
            format!("{role}, for {}", found.name(&it.deputy_for))
        }
        Body::LineNote(it) => it.words.clone(),
        Body::Backfill(it) => {
            let of = if it.programme.is_empty() { "" } else { ", for " };
            format!(
                "{} sessions, £{}, {} to {}{of}{}",
                it.sessions,
                it.cost.trim_start_matches('£'),
                words::day(&it.from),
                words::day(&it.to),
                it.programme
            )
        }
        Body::Presented(it) => format!("To {}", it.words),
    }
}

/// Where something is, and that nothing was attached which could have been.
fn at_hand(found: &Found, it: &Input) -> String {
    let missing = || found.guide.missing(&it.asks).unwrap_or_default().to_owned();
    let attached = match (it.state, it.attached.is_empty()) {
        (InputState::Attached, true) => missing(),
        (InputState::Attached, false) => words::sentence(&it.attached),
        _ => String::new(),
    };
    let said = [attached.as_str(), &it.words];
    let said: Vec<&str> = said.into_iter().filter(|it| !it.is_empty()).collect();
    said.join(" ")
}

/// How it stands in two words, and whether somebody must act.
fn tag_of(body: &Body) -> (&'static str, bool) {
    match body {
        Body::Input(it) => match it.state {
            InputState::Open => ("Not yet there", true),
            InputState::Attached => ("At hand", false),
            InputState::Waived => ("Without it", false),
        },
        Body::Stage(it) => match it.state {
            StageState::Open => ("To be gone through", false),
            StageState::Done => ("Behind us", false),
            StageState::Skipped => ("Left out", false),
        },
        Body::Challenge(it) if !it.closed_on.is_empty() => ("Closed", false),
        Body::Challenge(it) if !it.answer.is_empty() => ("Answered", false),
        Body::Challenge(_) => ("Not answered", true),
        Body::Decision(it) if it.touches_safety => ("Touches safety", false),
        Body::Participant(it) => match it.coming {
            Coming::Asked => ("Asked", false),
            Coming::Yes => ("Here", false),
            Coming::Deputy => ("Deputy", false),
            Coming::No => ("Not here", false),
        },
        _ => ("", false),
    }
}

/// The priority areas of a review. They are never added up.
pub(super) fn priorities(found: &Found) -> Vec<PriorityRow> {
    let number = |text: &str| text.parse::<Amount>().map_or(text.to_owned(), |it| it.to_string());
    let row = |item: &Item| match &item.latest().body {
        Body::Priority(it) => Some(PriorityRow {
            name: it.name.clone(),
            now: if baseline::is_hidden(found, it) {
                baseline::HIDDEN.to_owned()
            } else {
                format!("{} {}", number(&it.value), it.unit)
            },
            from: baseline::from(found, it),
            of: format!("{}, {}", it.period, it.source),
            desired: it.desired.clone(),
            size: format!("{} to {} {}", number(&it.low), number(&it.high), it.size_unit),
            both: item.standing().len() > 1,
            edit: edit(found, item),
        }),
        _ => None,
    };
    found.items.iter().filter_map(row).collect()
}

/// The actions of a review as a meeting looks at them, or as they stand where none does: those that
/// it took over, and those that it agreed on.
pub(super) fn actions(
    found: &Found,
    meeting: Option<&Meeting>,
) -> (Vec<ActionRow>, Vec<ActionRow>) {
    let all: Vec<&ReviewAction> = found.looked_at(meeting).collect();
    let open = meeting.map(|it| open_in(found, it, &all)).unwrap_or_default();
    // A meeting that is closed, or a review that is finished, stays as it was then.
    let ended = match meeting {
        Some(meeting) => meeting.closed.as_ref(),
        None => {
            found.meetings.iter().filter_map(|it| it.closed.as_ref()).find(|it| it.next.is_some())
        }
    };
    let until = ended.map(|it| it.at);
    let row = |it: &ReviewAction| {
        let last = found.updates.iter().rfind(|update| {
            update.action == it.of.action && until.is_none_or(|until| update.at <= until)
        });
        let state = match last.map(|it| it.progress) {
            None => "Agreed",
            Some(Progress::Done) => "Done",
            Some(Progress::InProgress) => "In progress",
            Some(Progress::NoProgress) => "No progress",
            Some(Progress::Stopped) => "Stopped",
        };
        ActionRow {
            is_of_list: !it.is_taken_up,
            action: it.of.action.clone(),
            noted: it.of.noted.clone(),
            owners: it.of.owners.clone(),
            state: state.to_owned(),
            said: last.map_or_else(String::new, |it| it.words.clone()),
            due: day(it.of.due_on),
            feasible: found.feasible(&it.of.action, until),
            needs_update: open.contains(&it.of.action),
            ..of_list(found, it, last.map(|it| it.progress))
        }
    };
    // What is due on the day is looked at with what was taken over, wherever it was agreed.
    let is_of_last = |it: &&ReviewAction| {
        let is_of_day = |of: &Meeting| it.of.due_on <= of.of.held_on && !it.is_new_in(of);
        it.carried_from.is_some() || meeting.is_some_and(is_of_day)
    };
    let (last, new): (Vec<&ReviewAction>, Vec<&ReviewAction>) =
        all.into_iter().partition(is_of_last);
    (last.into_iter().map(row).collect(), new.into_iter().map(row).collect())
}

/// References of the actions that keep a meeting open, of those that it looks at.
fn open_in(found: &Found, meeting: &Meeting, all: &[&ReviewAction]) -> BTreeSet<String> {
    let since = meeting.hears_since(found.review.opened_at, &found.meetings);
    let has_update = |it: &ReviewAction| {
        let mut said = found.updates.iter().filter(|said| said.action == it.of.action);
        said.any(|said| meeting.hears(said, since))
    };
    let due: Vec<DueAction> = all.iter().map(|it| it.as_due(meeting, has_update(it))).collect();
    let open = waiting(&due, calendar(meeting.of.held_on));
    open.into_iter().map(|it| it.action.clone()).collect()
}

/// What the list of actions holds of an action: where it is, what it may bring, and its turn.
fn of_list(found: &Found, it: &ReviewAction, progress: Option<Progress>) -> ActionRow {
    let Some(kept) = found.kept.get(&it.of.action) else {
        return ActionRow { turn: Priority::ALL.len(), ..ActionRow::default() };
    };
    let of = &kept.agreed.of;
    let turn = Priority::ALL.iter().position(|it| *it == of.priority);
    let claims = found.keeps && progress == Some(Progress::Done);
    ActionRow {
        address: format!("/actions/{}", kept.id),
        about: about(of),
        turn: turn.unwrap_or(Priority::ALL.len()),
        claim: if claims { format!("/benefits/new?action={}", kept.id) } else { String::new() },
        ..ActionRow::default()
    }
}

/// What an action asks and may bring, in a sentence or two.
fn about(of: &Action) -> String {
    let size = of.size.as_ref().map_or_else(String::new, |it| {
        let end = |e4: i64| number(e4.saturating_mul(MICRO_OF_E4));
        format!("; may bring {} to {} {}", end(it.low_e4), end(it.high_e4), it.unit)
    });
    let (turn, work) = (of.priority.name().to_lowercase(), of.effort.name().to_lowercase());
    let measure = words::sentence(&format!("It worked if: {}", of.measure));
    format!("Turn: {turn}; {work} work{size}. {measure}")
}

/// Millionths of one, in ten-thousandths of one.
const MICRO_OF_E4: i64 = 100;

/// A whole number in words up to ten, as sentences have it.
pub(super) fn in_words(number: usize) -> String {
    const WORDS: [&str; 11] =
        ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    WORDS.get(number).map_or_else(|| number.to_string(), |it| (*it).to_owned())
}
