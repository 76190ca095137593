//! The fields of each kind of thing that people write in a review, and what is asked of them.

use std::collections::BTreeMap;

use engagement::reviews::Side;
use serde_json::{Map, Value};
use store::reviewing::Body;

use super::WORDS;
use super::baseline;
use super::checks::{asked_of, further, is_of_side, is_senior};
use super::evidence;
use super::found::{Found, participants};
use super::raised;
use crate::shell::form_page::{Field, Kind};
use crate::shell::forms::{Fields, Wrong};

/// What a kind is called, what its page says, and its fields: kind, name, label, hint, and what is
/// said where it is blank; nothing there where it may be.
struct Spec {
    title: &'static str,
    lead: &'static str,
    button: &'static str,
    fields: &'static [Asks],
}

/// Kind, name, label, hint, and what is said where it is blank.
type Asks = (Kind, &'static str, &'static str, &'static str, &'static str);

const STAGE: Spec = Spec {
    title: "A stage of this review",
    lead: "Every stage can be left out, called otherwise or moved, with a reason that stays on record.",
    button: "Keep the stage so",
    fields: &[
        (Kind::Line, "name", "What it is called here", "", "Write what the stage is called"),
        (Kind::Choice, "place", "Its place among the stages", "", "Choose its place"),
        (Kind::Radios, "state", "How it stands", "", "Choose how it stands"),
        (
            Kind::Lines,
            "because",
            "Why",
            "Needed where it is left out, called otherwise or moved",
            "",
        ),
    ],
};

const INPUT: Spec = Spec {
    title: "Something to have at hand",
    lead: "Say where it is, or why the review goes on without it.",
    button: "Keep it",
    fields: &[
        (Kind::Line, "asks", "What is asked for", "", "Write what is asked for"),
        (Kind::Radios, "state", "How it stands", "", "Choose how it stands"),
        (Kind::Lines, "words", "Where it is, or why we go on without it", "", ""),
    ],
};

const QUESTION: Spec = Spec {
    title: "A question to answer together",
    lead: "In plain words, for somebody who does not work in finance.",
    button: "Keep it",
    fields: &[
        (Kind::Line, "asks", "The question", "", "Write the question"),
        (Kind::Lines, "answer", "The answer", "Leave it blank until there is one", ""),
    ],
};

const SIDED: Spec = Spec {
    title: "A question to one side",
    lead: "A cause is found by both sides: what the figures say, and what is seen at the bedside.",
    button: "Keep it",
    fields: &[
        (Kind::Line, "asks", "The question", "", "Write the question"),
        (Kind::Lines, "answer", "The answer", "Leave it blank until there is one", ""),
        (
            Kind::Choice,
            "answers",
            "Who answers it for their side",
            "Needed with an answer of clinicians or of finance",
            "",
        ),
    ],
};

const TEXT: Spec = Spec {
    title: "Something to be written",
    lead: "Short and plain: it is read out in the meeting.",
    button: "Keep the text",
    fields: &[
        (Kind::Line, "about", "What it is about", "", "Write what it is about"),
        (
            Kind::Lines,
            "words",
            "The text",
            "Do not write a name of a patient, an NHS number or a date of birth",
            "",
        ),
    ],
};

const MEASURE: Spec = Spec {
    title: "A measure to choose priorities by",
    lead: "Each with the one that shows whether patients pay for it.",
    button: "Keep the measure",
    fields: &[(
        Kind::Line,
        "name",
        "The measure",
        "Such as: length of stay, days; with readmissions",
        "Write the measure",
    )],
};

const PRIORITY: Spec = Spec {
    title: "A priority area",
    lead: "Where there is room for improvement: what it is now, and from how little to how much it could be. Sizes of two areas are never added.",
    button: "Keep the priority area",
    fields: &[
        (Kind::Line, "name", "What it is", "Such as: leaving when ready", "Write what it is"),
        (Kind::Line, "desired", "Where we want to be", "", ""),
        (
            Kind::Choice,
            "figure",
            "Take the baseline from the frozen figures",
            "Value, unit, period and source are then filled in from it",
            "",
        ),
        (Kind::Line, "value", "Baseline", "A number, such as 5.1", ""),
        (Kind::Line, "unit", "Unit of the baseline", "Such as days a patient", ""),
        (Kind::Line, "period", "Period of the baseline", "Such as April 2025 to March 2026", ""),
        (
            Kind::Line,
            "source",
            "Where the baseline comes from",
            "Such as the costing run, or a report",
            "",
        ),
        (Kind::Line, "low", "Possible improvement, at the least", "", ""),
        (Kind::Line, "high", "Possible improvement, at the most", "", ""),
        (Kind::Line, "size_unit", "Unit of the improvement", "Such as bed days a year", ""),
    ],
};

const SUCCESS: Spec = Spec {
    title: "A success",
    lead: "What worked, and what shows it.",
    button: "Keep the success",
    fields: &[
        (Kind::Lines, "words", "What worked", "", "Write what worked"),
        (Kind::Line, "evidence", "What shows it", "", ""),
    ],
};

const AGENDA: Spec = Spec {
    title: "Something for the agenda",
    lead: "Due actions come first by themselves.",
    button: "Keep it",
    fields: &[
        (Kind::Line, "subject", "What we talk about", "", "Write what the meeting talks about"),
        (Kind::Lines, "words", "What was said", "Leave it blank until the meeting", ""),
    ],
};

const CHALLENGE: Spec = Spec {
    title: "A challenge",
    lead: "A review is there to be challenged. Who raised it is told by profession alone.",
    button: "Keep the challenge",
    fields: &[
        (Kind::Lines, "words", "The challenge", "", "Write the challenge"),
        (Kind::Radios, "side", "Who raised it", "", "Choose who raised it"),
        (Kind::Lines, "answer", "What was answered", "Leave it blank until there is an answer", ""),
        (
            Kind::Day,
            "closed_on",
            "Day on which whoever raised it was content",
            "Leave it blank until then",
            "",
        ),
    ],
};

const DECISION: Spec = Spec {
    title: "A decision",
    lead: "What was decided, and on what it rested.",
    button: "Keep the decision",
    fields: &[
        (Kind::Lines, "words", "What was decided", "", "Write what was decided"),
        (
            Kind::Choice,
            evidence::RESTS_ON,
            "What of this review it rested on",
            "Shown beside the decision as a link",
            "",
        ),
        (
            Kind::Lines,
            "evidence",
            "What else it rested on",
            "Other figures, or what somebody saw. Needed where nothing is chosen from this review",
            "",
        ),
        (
            Kind::Radios,
            "touches_safety",
            "Does it touch the safety of patients?",
            "",
            "Choose whether it touches the safety of patients",
        ),
        (
            Kind::Choice,
            "senior",
            "Senior clinician who took part",
            "Needed where it touches safety: a role, a post or the job title makes them senior",
            "",
        ),
    ],
};

const LINE_NOTE: Spec = Spec {
    title: "What would be unsafe to cut",
    lead: "Before somebody saves on this line: what patients need of it, and what could go.",
    button: "Keep the note",
    fields: &[
        (
            Kind::Line,
            "line",
            "The cost line",
            "As it stands in the frozen figures",
            "Write the line",
        ),
        (
            Kind::Lines,
            "words",
            "What would be unsafe to cut",
            "And what could go without harm",
            "Write what would be unsafe to cut",
        ),
    ],
};

const PRESENTED: Spec = Spec {
    title: "The plan was presented",
    lead: "The plan on one page is there to be presented: to the service, or to whoever decides.",
    button: "Keep the day",
    fields: &[
        (Kind::Day, "on", "On which day", "", "Write the day as 2026-06-11"),
        (Kind::Line, "words", "To whom", "Such as the ward", "Write to whom it was presented"),
    ],
};

const BACKFILL: Spec = Spec {
    title: "Time bought for clinicians",
    lead: "Clinicians take part where somebody stands in for them. Write a role, and nobody's name.",
    button: "Keep it",
    fields: &[
        (
            Kind::Line,
            "role",
            "Who is stood in for",
            "A role, such as consultant or ward sister",
            "Write the role",
        ),
        (Kind::Line, "sessions", "Sessions", "Such as 6 or 2.5", "Write how many sessions"),
        (Kind::Line, "cost", "What they cost", "In pounds, such as 1,250.50", "Write the cost"),
        (Kind::Day, "from", "First day", "", "Write the day as 2026-06-11"),
        (Kind::Day, "to", "Last day", "", "Write the day as 2026-06-11"),
        (
            Kind::Line,
            "programme",
            "Programme that it is for",
            "One of those before, or another",
            "",
        ),
    ],
};

const MINUTES: Spec = Spec {
    title: "Minutes",
    lead: "One scribe is usual. Where two write at once, both texts are kept.",
    button: "Keep the minutes",
    fields: &[(
        Kind::Lines,
        "words",
        "What was said",
        "Do not write a name of a patient, an NHS number or a date of birth",
        "Write what was said",
    )],
};

const NOTE: Spec = Spec {
    title: "A note for the meeting",
    lead: "What the meeting should know from you. It stands there with your name.",
    button: "Keep the note",
    fields: &[(
        Kind::Lines,
        "words",
        "Your note",
        "Do not write a name of a patient, an NHS number or a date of birth",
        "Write your note",
    )],
};

const PARTICIPANT: Spec = Spec {
    title: "Somebody on the list",
    lead: "Five roles are the core of a review, six more add value. A deputy counts.",
    button: "Keep it",
    fields: &[
        (Kind::Choice, "person", "Who", "", "Choose who it is"),
        (Kind::Choice, "role", "In which role", "", "Choose the role"),
        (Kind::Radios, "coming", "Are they there?", "", "Choose whether they are there"),
        (Kind::Choice, "deputy_for", "For whom, where they stand in for somebody", "", ""),
    ],
};

fn spec(body: &Body) -> &'static Spec {
    match body {
        Body::Stage(_) => &STAGE,
        Body::Input(_) => &INPUT,
        Body::Question(it) if !it.side.is_empty() => &SIDED,
        Body::Question(_) => &QUESTION,
        Body::Text(_) => &TEXT,
        Body::Measure(_) => &MEASURE,
        Body::Priority(_) => &PRIORITY,
        Body::Success(_) => &SUCCESS,
        Body::Agenda(_) => &AGENDA,
        Body::Challenge(_) => &CHALLENGE,
        Body::Decision(_) => &DECISION,
        Body::Minutes { .. } => &MINUTES,
        Body::Note(_) => &NOTE,
        Body::Participant(_) => &PARTICIPANT,
        Body::LineNote(_) => &LINE_NOTE,
        Body::Backfill(_) => &BACKFILL,
        Body::Presented(_) => &PRESENTED,
    }
}

/// Title, lead and button of its form.
pub(super) fn says(body: &Body) -> (&'static str, &'static str, &'static str) {
    let spec = spec(body);
    (spec.title, spec.lead, spec.button)
}

/// Values of its fields by name, as a form shows them.
pub(super) fn values(found: &Found, body: &Body) -> BTreeMap<String, String> {
    let Ok(Value::Object(all)) = serde_json::to_value(body) else { return BTreeMap::new() };
    let text = |it: Value| match it {
        Value::String(it) => it,
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        other => other.to_string(),
    };
    let mut values: BTreeMap<String, String> =
        all.into_iter().map(|(name, it)| (name, text(it))).collect();
    baseline::hide(found, body, &mut values);
    values
}

/// What a form asks: all of it whoever runs the review, and what they raise those on the list.
fn asked(found: &Found, body: &Body) -> impl Iterator<Item = &'static Asks> {
    let (runs, kind) = (found.runs, body.kind());
    spec(body).fields.iter().filter(move |it| runs || raised::FIELDS.contains(&(kind, it.1)))
}

/// The fields of its form, filled with values.
pub(super) fn fields(found: &Found, body: &Body, values: &BTreeMap<String, String>) -> Vec<Field> {
    let field = |it: &Asks| {
        let value = values.get(it.1).cloned().unwrap_or_default();
        Field::new(it.0, it.1, it.2, it.3).with(value).of(options(found, body, it.1))
    };
    // Where nothing is frozen, or held, there is nothing to choose.
    let is_of_review = |it: &Field| it.name == baseline::FIGURE || it.name == evidence::RESTS_ON;
    let is_asked = |it: &Field| !is_of_review(it) || it.options.len() > 1;
    asked(found, body).map(field).filter(is_asked).collect()
}

fn options(found: &Found, body: &Body, name: &str) -> Vec<(String, String)> {
    let fixed = |all: &[(&str, &str)]| {
        all.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect::<Vec<_>>()
    };
    match (body, name) {
        (Body::Stage(_), "place") => {
            (1..=found.guide.stages.len()).map(|it| (it.to_string(), it.to_string())).collect()
        }
        (Body::Stage(_), "state") => {
            fixed(&[("open", "To be gone through"), ("done", "Behind us"), ("skipped", "Left out")])
        }
        (Body::Input(_), "state") => fixed(&[
            ("open", "Not yet there"),
            ("attached", "At hand, or done"),
            ("waived", "We go on without it"),
        ]),
        (Body::Priority(_), baseline::FIGURE) => baseline::options(found, body),
        (_, "side") => fixed(&[
            (Side::Clinical.word(), "A clinician"),
            (Side::Finance.word(), "Somebody of finance"),
            (Side::Other.word(), "Somebody else"),
        ]),
        (_, "touches_safety") => fixed(&[("yes", "Yes"), ("no", "No")]),
        (_, "senior") => seniors(found),
        (_, evidence::RESTS_ON) => evidence::options(found, body),
        (Body::Question(it), "answers") => of_side(found, asked_of(it)),
        (Body::Backfill(_), "programme") => {
            found.programmes.iter().map(|it| (it.clone(), it.clone())).collect()
        }
        (_, "person") => participants(&found.people, "Choose somebody"),
        (_, "deputy_for") => participants(&found.people, "Nobody"),
        (Body::Participant(_), "role") => {
            let roles = found.guide.roles.iter();
            let name = |it: &engagement::reviews::Role| {
                (
                    it.id.clone(),
                    if it.core { format!("{} (core)", it.name) } else { it.name.clone() },
                )
            };
            let mut all = fixed(&[("", "Choose a role")]);
            all.extend(roles.map(name));
            all
        }
        (_, "coming") => fixed(&[
            ("asked", "Asked, no answer yet"),
            ("yes", "Yes"),
            ("deputy", "As a deputy"),
            ("no", "No"),
        ]),
        _ => Vec::new(),
    }
}

/// People of a side who can take part; everybody who can where it is neither of the two.
fn of_side(found: &Found, of: Side) -> Vec<(String, String)> {
    let all = participants(&found.people, "Nobody").into_iter();
    all.filter(|it| it.0.is_empty() || is_of_side(found, &it.0, of)).collect()
}

/// Clinicians who can take part, and of whom among them it is not recorded that they are senior.
fn seniors(found: &Found) -> Vec<(String, String)> {
    let named = |(id, name): (String, String)| {
        let is_plain = id.is_empty() || is_senior(found, &id);
        let name = if is_plain { name } else { format!("{name} (not recorded as senior)") };
        (id, name)
    };
    of_side(found, Side::Clinical).into_iter().map(named).collect()
}

/// What was typed in place of what stood there; also what is wrong with it. There is nothing to be
/// written where something is.
pub(super) fn read(
    found: &Found,
    before: &Body,
    typed: &Fields,
) -> (BTreeMap<String, String>, Result<Body, Wrong>) {
    let mut wrong = Wrong::default();
    let mut shown = values(found, before);
    let mut document = match serde_json::to_value(before) {
        Ok(Value::Object(it)) => it,
        _ => Map::new(),
    };
    for (kind, name, _, _, missing) in asked(found, before) {
        let text = typed.get(name).trim().to_owned();
        shown.insert((*name).to_owned(), text.clone());
        let is_choice = matches!(kind, Kind::Choice | Kind::Radios);
        let options = options(found, before, name);
        if is_choice && !text.is_empty() && !options.iter().any(|it| it.0 == text) {
            wrong.add(name, "Choose one of those that stand there");
        } else if !missing.is_empty() || !text.is_empty() {
            WORDS.check(&mut wrong, name, &text, missing);
        }
        document.insert((*name).to_owned(), as_document(name, &text));
    }
    baseline::take(found, before, (&mut shown, &mut document), &mut wrong);
    if !wrong.is_empty() {
        return (shown, Err(wrong));
    }
    let Ok(body) = serde_json::from_value::<Body>(Value::Object(document)) else {
        wrong.add(spec(before).fields[0].1, "Fill the form in again");
        return (shown, Err(wrong));
    };
    further(found, (before, &body), &mut wrong);
    (shown, if wrong.is_empty() { Ok(body) } else { Err(wrong) })
}

fn as_document(name: &str, text: &str) -> Value {
    match name {
        "touches_safety" => Value::Bool(text == "yes"),
        "place" => text.parse::<u32>().map_or(Value::Null, Value::from),
        _ => Value::String(text.to_owned()),
    }
}
