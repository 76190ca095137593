//! What the system proposed as evidence, and what people made of it. Nothing counts before a person
//! has taken it; what was declined stays declined for its period.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::evidence::{self, EvidenceState, NewEvidence};
use super::{said, units};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Result, code, taken};
use crate::ids::{EvidenceId, PersonId, UnitCode};
use crate::people;
use crate::row::{Values as _, texts};
use crate::writer::Tx;

texts! {
    /// What somebody made of a proposal.
    Decision {
        /// It is a piece of evidence now.
        Accepted = "accepted",
        /// It is none.
        Declined = "declined",
    }
}

/// Which proposal of a unit, and of which period it tells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProposalOf {
    /// The unit.
    pub unit: UnitCode,
    /// What is proposed, by a name that stays.
    pub proposal: String,
    /// The period that it tells of: another one is another proposal.
    pub period: String,
}

/// A decision as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// On what.
    pub of: ProposalOf,
    /// What was decided.
    pub decision: Decision,
    /// Why it was declined; blank otherwise.
    pub because: String,
    /// The piece that came of it.
    pub evidence: Option<EvidenceId>,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Takes a proposal as a piece of evidence. It waits for somebody to accept it, unless whoever takes
/// it may, and it rests on no word of theirs: `counts`.
///
/// # Errors
/// As [`evidence::bring`], or if somebody has decided on it already.
pub async fn take_proposal(
    tx: &mut Tx,
    of: &ProposalOf,
    (new, counts): (&NewEvidence, bool),
    entry: &Entry,
) -> Result<EvidenceId> {
    let id = evidence::add(tx, new, entry).await?;
    decide(tx, of, (Decision::Accepted, "", Some(&id)), entry).await?;
    if counts {
        evidence::review(tx, &id, (EvidenceState::Accepted, ""), 0, entry).await?;
    }
    Ok(id)
}

/// Declines a proposal, with the reason.
///
/// # Errors
/// If the reason is missing, or somebody has decided on it already.
pub async fn decline_proposal(
    tx: &mut Tx,
    of: &ProposalOf,
    because: &str,
    entry: &Entry,
) -> Result<()> {
    let because = said("the reason", because)?;
    decide(tx, of, (Decision::Declined, because, None), entry).await
}

async fn decide(
    tx: &mut Tx,
    of: &ProposalOf,
    (decision, because, evidence): (Decision, &str, Option<&EvidenceId>),
    entry: &Entry,
) -> Result<()> {
    units::get(tx, &of.unit).await?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    sqlx::query(
        "INSERT INTO evidence_proposal_decided (unit, proposal, period, decision, because, evidence,
             decided_by, decided_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(of.unit.as_str())
    .bind(code("the proposal", &of.proposal)?)
    .bind(code("its period", &of.period)?)
    .bind(decision.as_str())
    .bind(because)
    .bind(evidence.map(EvidenceId::as_str))
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("a decision on this proposal"))?;
    let object = format!("{} {} of {} {decision}", of.proposal, of.period, of.unit);
    audit::append(tx, &entry.of("evidence.proposal", object)).await?;
    Ok(())
}

/// Decisions on proposals of some units, in order of time.
///
/// # Errors
/// If the database cannot be read.
pub async fn decided_proposals(
    db: &mut Connection,
    units: &BTreeSet<UnitCode>,
) -> Result<Vec<Decided>> {
    let rows = sqlx::query(
        "SELECT * FROM evidence_proposal_decided ORDER BY decided_at, unit, proposal, period",
    );
    let mut found = Vec::new();
    for row in rows.fetch_all(db).await? {
        let unit = UnitCode::new(row.text("unit")?);
        if !units.contains(&unit) {
            continue;
        }
        found.push(Decided {
            of: ProposalOf { unit, proposal: row.text("proposal")?, period: row.text("period")? },
            decision: row.parsed("decision", "decision on a proposal")?,
            because: row.text("because")?,
            evidence: row.text_if("evidence")?.map(EvidenceId::new),
            by: PersonId::new(row.text("decided_by")?),
            at: row.at("decided_at")?,
        });
    }
    Ok(found)
}
