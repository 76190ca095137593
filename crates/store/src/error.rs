//! Why the store could not read or change something.

use std::fmt;

/// What a function of the store returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the store refused or failed. No message holds a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address is not one of a database that the program knows.
    #[error(
        "`{0}` is not the address of a database: write sqlite://path/to/file or \
         postgres://user@host/name"
    )]
    NotAnAddress(String),
    /// A later program has changed this database.
    #[error(
        "the database has format {found}, made by Concord {version}; this program knows formats up \
         to {known}: start Concord {version} or later, or restore a backup from before the upgrade"
    )]
    LaterFormat {
        /// Format of the database.
        found: i64,
        /// Program that made it.
        version: String,
        /// The latest format that this program knows.
        known: i64,
    },
    /// Somebody else changed it since it was read.
    #[error("{what} was changed by somebody else: you edited version {yours}, it is at {current}")]
    Stale {
        /// What was edited.
        what: String,
        /// The version that the edit began from.
        yours: i64,
        /// The version that it has now.
        current: i64,
    },
    /// There is no such thing.
    #[error("there is no {0}")]
    NotFound(String),
    /// There is one already.
    #[error("there is already {0}")]
    Duplicate(String),
    /// A rule of the store forbids it.
    #[error("{0}")]
    Refused(Refusal),
    /// Lines of a file that cannot be taken; nothing of the file was.
    #[error("nothing was imported: {}", shown(.0))]
    Faults(Vec<LineFault>),
    /// The commit failed: nothing of the batch may be taken as stored, and it was not tried again.
    #[error("the change could not be stored and was not tried again: {0}")]
    Commit(String),
    /// The writer stopped after a failed commit, or the store was closed.
    #[error("the store takes no more changes: {0}")]
    Stopped(String),
    /// The code of a change panicked; nothing of it is stored.
    #[error("the change was broken off by a fault in the program; nothing of it is stored")]
    Panicked,
    /// The database answered with an error.
    #[error("the database answered: {0}")]
    Database(#[from] sqlx::Error),
    /// A stored value is not one that the program could have written.
    #[error("the database holds a {what} that this program does not know: `{value}`")]
    Unreadable {
        /// Which value.
        what: &'static str,
        /// What stands there.
        value: String,
    },
    /// The system gave no random bytes.
    #[error("the system gave no random bytes")]
    NoRandomBytes,
}

/// A rule of the store that a change would break.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// Nobody grants a right to themselves.
    OwnGrant,
    /// Approver of a patient-level right who granted it or would receive it.
    NotASecondPerson,
    /// The right needs no approval, or has one.
    NothingToApprove,
    /// The right is revoked already.
    AlreadyRevoked,
    /// The unit would be above itself.
    Cycle(String),
    /// The last day is before the first.
    EndsBeforeItBegins,
    /// The person has left.
    HasLeft,
    /// Something that must be written is empty.
    Empty(&'static str),
    /// A text is too long for what it is, or holds a character that no database takes.
    Unusable(&'static str),
    /// The move from one state to another is none of its moves.
    WrongMove {
        /// What should move.
        what: String,
        /// Where it stands.
        from: String,
        /// Where it should go.
        to: &'static str,
    },
    /// One person may not set somebody's password and reset their second factor as well.
    BothFactors,
    /// The key of a form was sent again with other content.
    OtherContent,
    /// Clinicians are consulted before they are compared.
    NotYetConsulted,
    /// What is agreed ends with its review, which is past.
    ReviewIsPast,
    /// A person may never be second to what they prepared.
    OwnPublication,
    /// Nobody checks what they wrote themselves.
    OwnCheck,
    /// Nobody signs for clinicians and for finance.
    NotOfBothSides,
    /// Nobody stands for clinicians and for finance.
    OnePersonForBoth,
    /// A day that must be still to come is past.
    DueIsPast,
    /// A token of a program would last longer than a year, or not at all.
    TokenLastsTooLong,
    /// Somebody holds as many tokens as they may.
    TooManyTokens,
    /// So many joint actions are due and nobody has said how they stand.
    ActionsWithoutUpdate(usize),
    /// What touches the safety of patients is decided with a senior clinician.
    NoSeniorClinician,
    /// Values of a measure are there, made in the way that would change.
    MeasureHasValues,
    /// A file would not do any more what was said of it.
    FileDoesSomethingElse,
    /// A rule of joint work forbids it; says which and what to do.
    Rule(String),
    /// The draft does not follow from the version in force.
    NotFromTheVersionInForce {
        /// Version that the draft was made from.
        parent: Option<i64>,
        /// Version in force now.
        in_force: Option<i64>,
    },
}

impl Refusal {
    /// What is said of one that names nothing.
    fn plain(&self) -> Option<&'static str> {
        Some(match self {
            Self::OwnGrant => "nobody grants a right to themselves: ask somebody else",
            Self::NotASecondPerson => {
                "a patient-level right is approved by a second person, who neither granted it nor \
                 receives it"
            }
            Self::NothingToApprove => "this right needs no approval any more",
            Self::AlreadyRevoked => "this right is revoked already",
            Self::EndsBeforeItBegins => "the last day is before the first",
            Self::HasLeft => "this person has left",
            Self::BothFactors => {
                "whoever sets a person's password may not reset their second factor as well, as \
                 they could then sign in as this person: ask another administrator"
            }
            Self::OtherContent => {
                "this form was sent before with other content: open it anew to send it again"
            }
            Self::NotYetConsulted => "the consultation comes first: its day is still to come",
            Self::MeasureHasValues => {
                "values of this measure are recorded already, so how they are made stays: define \
                 another measure"
            }
            Self::FileDoesSomethingElse => {
                "what is held has changed since you looked at this file: look at what it would do \
                 now, then take it"
            }
            Self::OwnCheck => "nobody checks what they wrote themselves: ask a second person",
            Self::NotOfBothSides => {
                "a level is signed by a clinical and a finance lead: whoever signed for one cannot \
                 sign for the other"
            }
            Self::OnePersonForBoth => {
                "clinicians and finance are two people: choose another for one of them"
            }
            Self::DueIsPast => "the day by which it is due must be still to come",
            Self::TokenLastsTooLong => "a token lasts a year at most, and at least a moment",
            Self::TooManyTokens => "there are twenty tokens that last: end one first",
            Self::NoSeniorClinician => {
                "a decision that touches the safety of patients names a senior clinician"
            }
            Self::ReviewIsPast => "the day of the review must be still to come",
            Self::OwnPublication => {
                "whoever prepared a run cannot be the second person to publish it"
            }
            Self::Cycle(_)
            | Self::Empty(_)
            | Self::Unusable(_)
            | Self::WrongMove { .. }
            | Self::ActionsWithoutUpdate(_)
            | Self::Rule(_)
            | Self::NotFromTheVersionInForce { .. } => return None,
        })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(said) = self.plain() {
            return f.write_str(said);
        }
        match self {
            Self::Cycle(code) => write!(f, "unit {code} would stand above itself"),
            Self::Empty(what) => write!(f, "{what} is missing"),
            Self::Unusable(what) => {
                write!(f, "{what} is too long, or holds a character that cannot be stored")
            }
            Self::WrongMove { what, from, to } => write!(f, "{what} is {from} and cannot be {to}"),
            Self::ActionsWithoutUpdate(number) => write!(
                f,
                "a meeting is closed when each due action has an update: {number} still wait for one"
            ),
            Self::Rule(said) => f.write_str(said),
            Self::NotFromTheVersionInForce { parent, in_force } => {
                let number = |it: &Option<i64>| it.map_or("none".to_owned(), |it| it.to_string());
                let (parent, in_force) = (number(parent), number(in_force));
                write!(
                    f,
                    "the draft was made from model version {parent}, but {in_force} is in force: \
                     make it again from there"
                )
            }
            // Each of the others is plain.
            _ => Ok(()),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// What is wrong with a line of an imported file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineFault {
    /// Line from 1, the header being the first.
    pub line: u64,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for LineFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

fn shown(faults: &[LineFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Texts that people write.
const TEXT_MAX: usize = 20_000;
/// Texts that things are found by; PostgreSQL refuses long ones in an index.
const CODE_MAX: usize = 254;

/// Refuses an empty text.
pub(crate) fn filled<'a>(what: &'static str, text: &'a str) -> Result<&'a str> {
    let text = usable(what, text)?.trim();
    if text.is_empty() { Err(Refusal::Empty(what).into()) } else { Ok(text) }
}

/// Refuses a text that is empty or too long to find something by.
pub(crate) fn code<'a>(what: &'static str, text: &'a str) -> Result<&'a str> {
    let text = filled(what, text)?;
    if text.len() > CODE_MAX { Err(Refusal::Unusable(what).into()) } else { Ok(text) }
}

/// Refuses a text that a database could not take; it may be empty.
pub(crate) fn usable<'a>(what: &'static str, text: &'a str) -> Result<&'a str> {
    if text.len() > TEXT_MAX || text.contains('\0') {
        return Err(Refusal::Unusable(what).into());
    }
    Ok(text)
}

/// An error of the database, or that there is one already if it says so.
pub(crate) fn taken(what: impl Into<String>) -> impl FnOnce(sqlx::Error) -> Error {
    let what = what.into();
    move |error| match error.as_database_error() {
        Some(it) if it.is_unique_violation() => Error::Duplicate(what),
        _ => error.into(),
    }
}

/// Refuses a text that is missing or longer than so many letters.
pub(crate) fn said<'a>(what: &'static str, text: &'a str, letters: usize) -> Result<&'a str> {
    short(what, filled(what, text)?, letters)
}

/// Refuses a change of what somebody has changed since it was seen.
pub(crate) fn unchanged(what: impl FnOnce() -> String, seen: i64, current: i64) -> Result<()> {
    if seen == current {
        return Ok(());
    }
    Err(Error::Stale { what: what(), yours: seen, current })
}

/// Refuses a text that is longer than so many letters; it may be empty.
pub(crate) fn short<'a>(what: &'static str, text: &'a str, letters: usize) -> Result<&'a str> {
    let text = usable(what, text)?.trim();
    if text.chars().count() > letters { Err(Refusal::Unusable(what).into()) } else { Ok(text) }
}
