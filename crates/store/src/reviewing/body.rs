//! What people write in a review: each kind with its own parts, kept as a document.

use domain::Day;
use engagement::reviews::backfill;
use serde::{Deserialize, Serialize};

use super::short;
use crate::error::{Error, Refusal, Result};
use crate::ids::PersonId;

/// How a stage stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageState {
    /// It is to be gone through.
    #[default]
    Open,
    /// It is behind us.
    Done,
    /// It is left out, with a reason.
    Skipped,
}

/// How something stands that is to be at hand, or done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InputState {
    /// Nobody has brought it yet.
    #[default]
    Open,
    /// It is at hand, or done; the words say where.
    Attached,
    /// The review goes on without it; the words say why.
    Waived,
}

/// Whether somebody comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coming {
    /// Was asked.
    #[default]
    Asked,
    /// Is there.
    Yes,
    /// Stands in for somebody.
    Deputy,
    /// Is not there.
    No,
}

/// A stage of the review.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// Code of the stage.
    pub stage: String,
    /// What it is called here.
    pub name: String,
    /// Its place among the stages, from 1.
    pub place: u32,
    /// How it stands.
    pub state: StageState,
    /// Why it is skipped, called otherwise or moved.
    pub because: String,
}

/// Something that is to be at hand, or done, in a stage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Code of the stage.
    pub stage: String,
    /// What is asked for.
    pub asks: String,
    /// How it stands.
    pub state: InputState,
    /// Where it is, or why the review goes on without it.
    pub words: String,
    /// What was attached by itself, such as a pack that was kept; blank for nothing.
    #[serde(default)]
    pub attached: String,
    /// Where that is.
    #[serde(default)]
    pub link: String,
}

/// A question to answer together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Code of the stage.
    pub stage: String,
    /// The question.
    pub asks: String,
    /// The answer; blank until there is one.
    pub answer: String,
    /// From whose side it is asked: `clinical`, `finance` or `both`; blank where that is open.
    #[serde(default)]
    pub side: String,
    /// Who answers it for their side; blank for nobody.
    #[serde(default)]
    pub answers: String,
}

/// Something to be written in a stage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Code of the stage.
    pub stage: String,
    /// What it is about.
    pub about: String,
    /// The text; blank until somebody writes it.
    pub words: String,
}

/// A measure to choose priorities by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// What it is, with the measure that shows whether patients pay for it.
    pub name: String,
}

/// An area with room for improvement. Sizes of two are never added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Priority {
    /// What it is.
    pub name: String,
    /// Where the service wants to be.
    pub desired: String,
    /// The baseline.
    pub value: String,
    /// Its unit.
    pub unit: String,
    /// Its period.
    pub period: String,
    /// Where it comes from.
    pub source: String,
    /// The frozen figure that the baseline was taken from, such as `2/row-theatres`; blank where
    /// somebody wrote it.
    #[serde(default)]
    pub figure: String,
    /// The run that the figure is of; blank where there is none.
    #[serde(default)]
    pub run: String,
    /// The possible improvement, at the least.
    pub low: String,
    /// At the most.
    pub high: String,
    /// Unit of the two.
    pub size_unit: String,
}

/// Something that worked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Success {
    /// What.
    pub words: String,
    /// What shows it.
    pub evidence: String,
}

/// Something to talk about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agenda {
    /// What.
    pub subject: String,
    /// What was said.
    pub words: String,
}

/// A challenge that somebody raised, and what was answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// The challenge.
    pub words: String,
    /// Profession of who raised it: `clinical`, `finance` or `other`.
    pub side: String,
    /// The answer; blank until there is one.
    pub answer: String,
    /// When whoever raised it was content, as `2026-06-11`; blank until then.
    pub closed_on: String,
}

/// Something that was decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What.
    pub words: String,
    /// What it rested on.
    pub evidence: String,
    /// Whether it touches the safety of patients.
    pub touches_safety: bool,
    /// The senior clinician who took part; blank for nobody.
    pub senior: String,
    /// What the review holds that it rested on, such as `figures-2` or `item-4f1c`; blank for nothing.
    #[serde(default)]
    pub rests_on: String,
}

/// What somebody on the list of a meeting notes for it, in their own name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The words.
    pub words: String,
}

/// Somebody on the list of a meeting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// Who.
    pub person: String,
    /// Code of the role.
    pub role: String,
    /// Whether they come.
    pub coming: Coming,
    /// For whom they stand in; blank for nobody.
    pub deputy_for: String,
}

/// What must be thought of before a cost line of the frozen figures is cut.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineNote {
    /// The cost line.
    pub line: String,
    /// What would be unsafe to cut, and what could go.
    pub words: String,
}

/// That the action plan was presented.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presented {
    /// When, as `2026-06-11`.
    pub on: String,
    /// To whom.
    pub words: String,
}

/// Time that was bought so that clinicians can take part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backfill {
    /// Who is stood in for, by role.
    pub role: String,
    /// Sessions, such as `2.5`.
    pub sessions: String,
    /// What they cost, in pounds, such as `1,250.50`.
    pub cost: String,
    /// The first day, as `2026-06-11`.
    pub from: String,
    /// The last day.
    pub to: String,
    /// The programme that pays for it, or that it is for; blank where none is named.
    #[serde(default)]
    pub programme: String,
}

/// What people write in a review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is documented where it is declared")]
pub enum Body {
    Stage(Stage),
    Input(Input),
    Question(Question),
    Text(Text),
    Measure(Measure),
    Priority(Priority),
    Success(Success),
    Agenda(Agenda),
    Challenge(Challenge),
    Decision(Decision),
    Minutes { words: String },
    Note(Note),
    Participant(Participant),
    LineNote(LineNote),
    Presented(Presented),
    Backfill(Backfill),
}

impl Body {
    /// The kind, as in addresses and the audit.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Stage(_) => "stage",
            Self::Input(_) => "input",
            Self::Question(_) => "question",
            Self::Text(_) => "text",
            Self::Measure(_) => "measure",
            Self::Priority(_) => "priority",
            Self::Success(_) => "success",
            Self::Agenda(_) => "agenda",
            Self::Challenge(_) => "challenge",
            Self::Decision(_) => "decision",
            Self::Minutes { .. } => "minutes",
            Self::Note(_) => "note",
            Self::Participant(_) => "participant",
            Self::LineNote(_) => "line_note",
            Self::Presented(_) => "presented",
            Self::Backfill(_) => "backfill",
        }
    }

    /// Whether it belongs to a meeting.
    pub const fn is_of_meeting(&self) -> bool {
        matches!(
            self,
            Self::Agenda(_)
                | Self::Challenge(_)
                | Self::Decision(_)
                | Self::Minutes { .. }
                | Self::Note(_)
                | Self::Participant(_)
        )
    }

    /// Whether it is a choice and no text: then whoever comes second must look again, since two
    /// choices cannot both stand.
    pub const fn is_choice(&self) -> bool {
        matches!(self, Self::Stage(_) | Self::Participant(_))
    }

    /// Its texts, each with what it is called where it may not be blank.
    fn texts(&self) -> Vec<(Option<&'static str>, &str)> {
        match self {
            Self::Stage(it) => {
                vec![(Some("the name of the stage"), &it.name), (None, &it.because)]
            }
            Self::Input(it) => vec![(Some("what is asked for"), &it.asks), (None, &it.words)],
            Self::Question(it) => vec![(Some("the question"), &it.asks), (None, &it.answer)],
            Self::Text(it) => vec![(Some("what it is about"), &it.about), (None, &it.words)],
            Self::Measure(it) => vec![(Some("the measure"), &it.name)],
            Self::Priority(it) => vec![
                (Some("the priority area"), &it.name),
                (None, &it.desired),
                (Some("the baseline"), &it.value),
                (Some("the unit of the baseline"), &it.unit),
                (Some("the period of the baseline"), &it.period),
                (Some("the source of the baseline"), &it.source),
                (None, &it.figure),
                (None, &it.run),
                (Some("the low size"), &it.low),
                (Some("the high size"), &it.high),
                (Some("the unit of the size"), &it.size_unit),
            ],
            Self::Success(it) => vec![(Some("the success"), &it.words), (None, &it.evidence)],
            Self::Agenda(it) => vec![(Some("the subject"), &it.subject), (None, &it.words)],
            Self::Challenge(it) => vec![
                (Some("the challenge"), &it.words),
                (Some("who raised it"), &it.side),
                (None, &it.answer),
            ],
            Self::Decision(it) => vec![
                (Some("the decision"), &it.words),
                // What the review holds is evidence too.
                (it.rests_on.is_empty().then_some("what the decision rests on"), &it.evidence),
                (None, &it.rests_on),
            ],
            Self::Minutes { words } => vec![(Some("the minutes"), words)],
            Self::Note(it) => vec![(Some("the note"), &it.words)],
            Self::Participant(it) => {
                vec![(Some("the person"), &it.person), (Some("the role"), &it.role)]
            }
            Self::LineNote(it) => vec![
                (Some("the cost line"), &it.line),
                (Some("what would be unsafe to cut"), &it.words),
            ],
            Self::Backfill(it) => vec![
                (Some("who is stood in for"), &it.role),
                (Some("the sessions"), &it.sessions),
                (Some("the cost"), &it.cost),
                (Some("the first day"), &it.from),
                (Some("the last day"), &it.to),
                (None, &it.programme),
            ],
            Self::Presented(it) => {
                vec![(Some("the day"), &it.on), (Some("to whom the plan was presented"), &it.words)]
            }
        }
    }

    /// Refuses what must not be stored: a text that is missing or too long, a waiver without a
    /// reason, a decision on safety without a senior clinician, a day that is none.
    pub(super) fn check(&self) -> Result<()> {
        for (needed, text) in self.texts() {
            let text = short(needed.unwrap_or("a text"), text)?;
            if let Some(what) = needed.filter(|_| text.is_empty()) {
                return Err(Refusal::Empty(what).into());
            }
        }
        match self {
            Self::Stage(it) if it.state == StageState::Skipped && it.because.trim().is_empty() => {
                Err(Refusal::Empty("the reason for leaving the stage out").into())
            }
            Self::Input(it) if it.state == InputState::Waived && it.words.trim().is_empty() => {
                Err(Refusal::Empty("the reason for going on without it").into())
            }
            Self::Decision(it) if it.touches_safety && it.senior.is_empty() => {
                Err(Refusal::NoSeniorClinician.into())
            }
            Self::Challenge(it) if !it.closed_on.is_empty() => {
                let day = it.closed_on.parse::<Day>();
                day.map_err(|_| Refusal::Unusable("the day on which it was closed"))?;
                Ok(())
            }
            Self::Backfill(it) => {
                let read = backfill((&it.sessions, &it.cost), (&it.from, &it.to));
                read.map_err(|fault| Refusal::Rule(fault.to_string()))?;
                Ok(())
            }
            Self::Presented(it) => {
                let day = it.on.parse::<Day>();
                day.map_err(|_| Refusal::Unusable("the day on which the plan was presented"))?;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// People whom it names, who must be there.
    pub(super) fn people(&self) -> Vec<PersonId> {
        let named: &[&String] = match self {
            Self::Decision(it) => &[&it.senior],
            Self::Question(it) => &[&it.answers],
            Self::Participant(it) => &[&it.person, &it.deputy_for],
            _ => &[],
        };
        named.iter().filter(|it| !it.is_empty()).map(|it| PersonId::new(it.as_str())).collect()
    }

    /// As it is stored.
    pub(super) fn to_text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| Error::Unreadable {
            what: "text of a review",
            value: error.to_string(),
        })
    }

    /// From how it is stored.
    pub(super) fn of_text(text: &str) -> Result<Self> {
        serde_json::from_str(text)
            .map_err(|_| Error::Unreadable { what: "text of a review", value: text.to_owned() })
    }
}
