//! What the pages of a review show alike: things that people wrote, priorities and actions.

use engagement::reviews::{Amount, DueAction, waiting};
use store::reviewing::{
    Body, InputState, Item, Meeting, Progress, ReviewAction, StageState, Version,
};

use super::day;
use super::found::Found;
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
}

/// A priority area.
#[derive(Clone, Debug, Default)]
pub(super) struct PriorityRow {
    pub(super) name: String,
    pub(super) now: String,
    pub(super) of: String,
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
    pub(super) needs_update: bool,
    /// What is wrong with what was typed of it.
    pub(super) wrong: String,
}

impl Entry {
    pub(super) fn of(found: &Found, item: &Item) -> Self {
        let standing = item.standing();
        let latest = &item.latest().body;
        let both = standing.len() > 1;
        let of = found.meetings.iter().find(|it| Some(&it.id) == item.meeting.as_ref());
        let closed_at = of.and_then(|it| it.closed.as_ref()).map(|it| it.at);
        let text = |it: &&Version| {
            let name = found.name(it.by.as_str());
            let is_late = closed_at.is_some_and(|closed| it.at > closed);
            let by = match (is_late, both) {
                (true, _) => format!("{name}, {}: ", words::moment(it.at)),
                (false, true) => format!("{name}: "),
                (false, false) => String::new(),
            };
            let text = text_of(found, &it.body);
            (by, if both && text.is_empty() { title_of(found, &it.body) } else { text })
        };
        let texts = standing.iter().map(text).filter(|it| !it.1.is_empty());
        let (tag, act) = tag_of(latest);
        Self {
            title: title_of(found, latest),
            texts: texts.collect(),
            tag: tag.to_owned(),
            act,
            both,
            edit: edit(found, item),
        }
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
        Body::Minutes { .. } => String::new(),
        Body::Participant(it) => found.name(&it.person).to_owned(),
    }
}

fn text_of(found: &Found, body: &Body) -> String {
    match body {
        Body::Stage(it) => it.because.clone(),
        Body::Input(it) => it.words.clone(),
        Body::Question(it) => it.answer.clone(),
        Body::Text(it) => it.words.clone(),
        Body::Measure(_) => String::new(),
        Body::Priority(it) => it.desired.clone(),
        Body::Success(it) => it.evidence.clone(),
        Body::Agenda(it) => it.words.clone(),
        Body::Challenge(it) => {
            let side = match it.side.as_str() {
                "clinical" => "a clinician",
                "finance" => "finance",
                _ => "somebody else",
            };
            let answer = if it.answer.is_empty() { "no answer yet" } else { it.answer.as_str() };
            format!("Raised by {side}. Answer: {answer}")
        }
        Body::Decision(it) => {
            let senior = if it.senior.is_empty() {
                String::new()
            } else {
                format!(" Senior clinician: {}.", found.name(&it.senior))
            };
            format!("Rested on: {}.{senior}", it.evidence.trim_end_matches('.'))
        }
        Body::Minutes { words } => words.clone(),
        Body::Participant(it) => {
            let role = found.guide.role(&it.role).map_or(it.role.as_str(), |it| it.name.as_str());
            if it.deputy_for.is_empty() {
                return role.to_owned();
            }
            format!("{role}, for {}", found.name(&it.deputy_for))
        }
    }
}

/// How it stands in two words, and whether somebody must act.
fn tag_of(body: &Body) -> (&'static str, bool) {
    use store::reviewing::Coming;
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
            now: format!("{} {}", number(&it.value), it.unit),
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
    let due: Vec<DueAction> = found.actions.iter().map(|it| due(found, it, meeting)).collect();
    let open = meeting.map(|it| waiting(&due, calendar(it.of.held_on))).unwrap_or_default();
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
        };
        ActionRow {
            action: it.of.action.clone(),
            noted: it.of.noted.clone(),
            owners: it.of.owners.clone(),
            state: state.to_owned(),
            said: last.map_or_else(String::new, |it| it.words.clone()),
            due: day(it.of.due_on),
            needs_update: open.iter().any(|open| open.action == it.of.action),
            wrong: String::new(),
        }
    };
    // What is due on the day is looked at with what was taken over, wherever it was agreed.
    let is_of_last = |it: &&ReviewAction| {
        let is_due = meeting.is_some_and(|meeting| it.of.due_on <= meeting.of.held_on);
        it.carried_from.is_some() || is_due
    };
    let (last, new): (Vec<&ReviewAction>, Vec<&ReviewAction>) =
        found.actions.iter().partition(is_of_last);
    (last.into_iter().map(row).collect(), new.into_iter().map(row).collect())
}

fn due(found: &Found, it: &ReviewAction, meeting: Option<&Meeting>) -> DueAction {
    let is_here = |update: &store::reviewing::ActionUpdate| {
        update.action == it.of.action && meeting.is_some_and(|at| at.id == update.meeting)
    };
    DueAction {
        action: it.of.action.clone(),
        due_on: calendar(it.of.due_on),
        is_done: it.progress == Some(Progress::Done),
        has_update: found.updates.iter().any(is_here),
    }
}

/// A whole number in words up to ten, as sentences have it.
pub(super) fn in_words(number: usize) -> String {
    const WORDS: [&str; 11] =
        ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    WORDS.get(number).map_or_else(|| number.to_string(), |it| (*it).to_owned())
}
