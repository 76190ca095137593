//! Identifiers as types: random ones of 128 bits, and codes that people give.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};

/// Declares texts that are identifiers; `random` ones can be made here.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $($random:ident)?;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Takes a text as it came, from an address or a form; whether it exists is asked later.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// As text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
            $(
                /// A new one of 128 random bits.
                ///
                /// # Errors
                /// If the system gives no random bytes.
                pub fn $random() -> Result<Self> {
                    Ok(Self(hex(&random_bytes::<16>()?)))
                }
            )?
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }
    )*};
}

ids! {
    /// A person, known by a random reference; never by name or email.
    PersonId random;
    /// Code of a measure, as the trust writes it.
    MeasureCode;
    /// Code of a unit, as the trust writes it.
    UnitCode;
    /// A patient group that somebody defined.
    GroupId random;
    /// A question to clinical coding.
    QueryId random;
    /// An assessment of how well clinicians and finance work together.
    AssessmentId random;
    /// A piece of evidence for such an assessment.
    EvidenceId random;
    /// A level that was put forward.
    LevelId random;
    /// A return of a level to a collector.
    ReturnId random;
    /// A person's consent that a level is shared with a group.
    ConsentId random;
    /// A contract with a commissioner.
    ContractId random;
    /// A round of a collection of levels.
    /// A statement on very small specialties.
    StatementId random;
    /// A joint team of a unit.
    TeamId random;
    /// A dialogue of the medical and the finance director.
    DialogueId random;
    /// A round of assessments.
    RoundId random;
    /// A question about a figure.
    QuestionId random;
    /// A review of a service line.
    ReviewId random;
    /// A meeting of a review.
    ReviewMeetingId random;
    /// Something that people write in a review.
    ReviewItemId random;
    /// Slots that are proposed for a meeting of a review.
    SlotPollId random;
    /// A template of a review that a trust made itself.
    ReviewTemplateId random;
    /// Something that people agreed to do.
    ActionId random;
    /// A difference that is followed up.
    InsightId random;
    /// A clinician who is followed up.
    FollowUpId random;
    /// An idea of staff.
    IdeaId random;
    /// An allocation that was walked through.
    WalkThroughId random;
    /// An incentive, or a penalty, of a service line.
    IncentiveId random;
    /// A benefit that is claimed.
    BenefitId random;
    /// A business case, or what is worked out for one.
    CaseId random;
    /// A granted right.
    GrantId random;
    /// A token of a program; what opens it is another text.
    ApiTokenId random;
    /// A session: the SHA-256 of its token, in hexadecimal. The token itself is stored nowhere.
    SessionId;
    /// A background job.
    JobId random;
    /// A data load.
    LoadId random;
    /// A known issue of the data of a unit.
    DataIssueId random;
    /// A review of coding.
    CodingReviewId random;
    /// Two values of one measure that two sources give.
    ConflictId random;
    /// A pack for a service line review.
    PackId random;
    /// A request to publish a run.
    PublicationId random;
}

impl SessionId {
    /// The session that a token opens.
    pub fn of_token(token: &str) -> Self {
        Self(sha256(&[b"session", token.as_bytes()]))
    }
}

/// A secret of 256 random bits in hexadecimal, for a session's token or its protection of forms.
///
/// # Errors
/// If the system gives no random bytes.
pub fn random_token() -> Result<String> {
    Ok(hex(&random_bytes::<32>()?))
}

fn random_bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Error::NoRandomBytes)?;
    Ok(bytes)
}

/// SHA-256 in hexadecimal over parts, each preceded by its length.
pub(crate) fn sha256(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex(&hash.finalize())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a text takes everything");
        text
    })
}
