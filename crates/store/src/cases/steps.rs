//! Steps of a business case: evidence, submission, decision, withdrawal, and actions that came of it.

use engagement::cases::{Case, CaseState, Document};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::body::unwritable;
use super::{Body, LETTERS_MAX, Record, get, refused};
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, said, short, taken, unchanged};
use crate::ids::{ActionId, CaseId, PersonId};
use crate::joint_actions;
use crate::writer::Tx;

/// A figure of a published costing, as it was when somebody attached it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// The run.
    pub run: String,
    /// Its period, as people read it.
    pub period: String,
    /// By what the same figure is found in another run.
    pub key: String,
    /// What it is called.
    pub name: String,
    /// Millionths of a pound, or a number.
    pub value: i64,
    /// Whether it is a number and no money.
    pub is_count: bool,
}

/// Something that is done with a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// A figure is attached.
    Attached(Figure),
    /// A figure is evidence no more.
    Detached {
        /// Number of the step that attached it, from 1.
        number: usize,
    },
    /// A document stands beside the figures.
    Documented(Document),
    /// A document stands there no more.
    Undocumented {
        /// Number of the step that named it, from 1.
        number: usize,
    },
    /// The case needs no evidence.
    Exempted {
        /// Why.
        because: String,
    },
    /// Somebody else is asked to decide.
    Submitted,
    /// It is written again.
    TakenBack,
    /// It is approved.
    Approved {
        /// Why.
        because: String,
    },
    /// It is refused.
    Refused {
        /// Why.
        because: String,
    },
    /// It is followed no more.
    Withdrawn {
        /// Why.
        because: String,
    },
    /// Whoever assessed what it does to quality signs that.
    Signed {
        /// Number of the version that they saw, from 1.
        version: usize,
    },
    /// Somebody has a concern about it.
    Concern {
        /// What they fear.
        words: String,
    },
    /// A concern is answered.
    Answer {
        /// Number of the step that raised it, from 1.
        number: i64,
        /// What is said or done about it.
        words: String,
    },
    /// An action came of it.
    Action {
        /// Reference of the action.
        action: String,
    },
}

/// A step as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// What.
    pub step: Step,
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

impl Step {
    /// The word in the audit.
    pub const fn act(&self) -> &'static str {
        match self {
            Self::Attached(_) => "attach",
            Self::Detached { .. } => "detach",
            Self::Documented(_) => "document",
            Self::Undocumented { .. } => "undocument",
            Self::Exempted { .. } => "exempt",
            Self::Submitted => "submit",
            Self::TakenBack => "take_back",
            Self::Approved { .. } => "approve",
            Self::Refused { .. } => "refuse",
            Self::Withdrawn { .. } => "withdraw",
            Self::Signed { .. } => "sign_quality",
            Self::Concern { .. } => "concern",
            Self::Answer { .. } => "answer",
            Self::Action { .. } => "action",
        }
    }

    /// Where the case stands after it; none where it stays.
    pub(super) const fn leads_to(&self) -> Option<CaseState> {
        match self {
            Self::Submitted => Some(CaseState::Submitted),
            Self::TakenBack => Some(CaseState::Draft),
            Self::Approved { .. } => Some(CaseState::Approved),
            Self::Refused { .. } => Some(CaseState::Refused),
            Self::Withdrawn { .. } => Some(CaseState::Withdrawn),
            _ => None,
        }
    }

    /// Whether whoever takes it is an author of the case.
    pub(super) const fn is_of_author(&self) -> bool {
        matches!(
            self,
            Self::Attached(_)
                | Self::Detached { .. }
                | Self::Documented(_)
                | Self::Undocumented { .. }
                | Self::Exempted { .. }
                | Self::Submitted
        )
    }

    /// Its words, which must not be blank, and what they are.
    fn words(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::Exempted { because }
            | Self::Approved { because }
            | Self::Refused { because }
            | Self::Withdrawn { because } => Some(("the reason", because)),
            Self::Concern { words } => Some(("what you fear", words)),
            Self::Answer { words, .. } => Some(("what is done about the concern", words)),
            _ => None,
        }
    }

    /// From how it is stored.
    pub(super) fn of_text(text: &str) -> Result<Self> {
        serde_json::from_str(text)
            .map_err(|_| Error::Unreadable { what: "step of a case", value: text.to_owned() })
    }
}

/// Takes a step with a case, as somebody who has seen so much of it.
///
/// # Errors
/// If a rule of cases forbids it, somebody whom a case to be approved names has left, it was changed
/// since it was seen, or there is none.
pub async fn step(tx: &mut Tx, id: &CaseId, step: &Step, seen: i64, entry: &Entry) -> Result<()> {
    let found = get(tx, id).await?;
    unchanged(|| "this case".to_owned(), seen, found.seen())?;
    let Body::Case(case) = found.body() else {
        return Err(Error::NotFound(format!("business case {id}")));
    };
    allowed(&found, (case, step), entry)?;
    if let Some((what, words)) = step.words() {
        said(what, words, LETTERS_MAX)?;
    }
    if let Step::Attached(figure) = step {
        short("the figure", &figure.name, LETTERS_MAX)?;
    }
    if let Step::Documented(it) = step {
        whole(it)?;
    }
    if let Step::Approved { .. } = step {
        found.body().check_people(tx).await?;
    }
    if let Step::Action { action } = step {
        let action = joint_actions::get(tx, &ActionId::new(action.as_str())).await?;
        if action.agreed.unit != found.unit {
            let said = "an action of another unit cannot come of this case";
            return Err(Refusal::Rule(said.to_owned()).into());
        }
    }
    let number = i64::try_from(found.steps.len() + 1).unwrap_or(i64::MAX);
    sqlx::query(
        "INSERT INTO case_step (record, number, step, taken_by, taken_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id.as_str())
    .bind(number)
    .bind(serde_json::to_string(step).map_err(unwritable)?)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("step {number} of this case")))?;
    let act = step.act();
    // Reasons are somebody's own words: they stay out of the audit.
    let object = format!("case/{id} of {} step {number}", found.unit);
    audit::append(tx, &entry.of(&format!("case.{act}"), object)).await?;
    Ok(())
}

/// Refuses a document of which something is missing, or a text of it too long.
fn whole(document: &Document) -> Result<()> {
    if let Some(fault) = document.faults().first() {
        return Err(Refusal::Rule(fault.to_string()).into());
    }
    short("the title of the document", &document.title, LETTERS_MAX)?;
    short("where the document is kept", &document.place, LETTERS_MAX)?;
    Ok(())
}

/// Whether the rules allow a step.
fn allowed(found: &Record, (case, step): (&Case, &Step), entry: &Entry) -> Result<()> {
    let (state, evidence) = (found.state(), found.evidence());
    let decides = |approves: bool, because: &str| {
        let (authors, named) = (found.authors(), found.named());
        let who = (entry.actor.as_str(), authors.as_slice(), named.as_slice());
        case.decide_fault((state, evidence), (approves, because), who)
    };
    let fault = match step {
        Step::Attached(_) | Step::Documented(_) | Step::Exempted { .. } => state.change_fault(),
        Step::Detached { number } => {
            if !found.figures().iter().any(|it| it.0 == *number) {
                return Err(Error::NotFound(format!("figure {number} of this case")));
            }
            state.change_fault()
        }
        Step::Undocumented { number } => {
            if !found.documents().iter().any(|it| it.0 == *number) {
                return Err(Error::NotFound(format!("document {number} of this case")));
            }
            state.change_fault()
        }
        Step::Submitted => case.submit_fault(state, evidence),
        Step::TakenBack => state.take_back_fault(),
        Step::Approved { because } => decides(true, because)
            .or_else(|| case.approval_fault(found.is_signed(), &found.unanswered())),
        Step::Refused { because } => decides(false, because),
        Step::Withdrawn { because } => state.withdraw_fault(because),
        Step::Signed { version } => {
            if *version != found.versions.len() {
                return Err(Error::NotFound(format!("version {version} of this case")));
            }
            case.sign_fault(state, &entry.actor)
        }
        Step::Concern { .. } => state.concern_fault(),
        Step::Answer { number, .. } => {
            if !found.concerns().iter().any(|it| it.number == *number) {
                return Err(Error::NotFound(format!("concern {number} of this case")));
            }
            state.concern_fault()
        }
        Step::Action { action } => {
            if found.actions().contains(&action.as_str()) {
                return Err(Error::Duplicate("this action at this case".to_owned()));
            }
            state.action_fault()
        }
    };
    fault.map_or(Ok(()), |it| Err(refused(&it)))
}
