//! Steps of a benefit: what is done with it after it was claimed.

use engagement::benefits::{
    Account, BenefitFault, BenefitSettings, Costed, Decision, Evidence, Side, check_decision,
    to_a_tenth,
};
use jiff::Timestamp;
use jiff::civil::Date;

use super::{LETTERS_MAX, NewBenefit, StoredBenefit, costed, fallen_once, get, refused, unused};
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, short, taken, unchanged};
use crate::ids::{BenefitId, PersonId};
use crate::joint_actions::date_at;
use crate::row::texts;
use crate::writer::Tx;

texts! {
    /// What was done with a benefit.
    Act {
        /// So much is claimed.
        Claimed = "claimed",
        /// The ledger shows so much.
        Evidence = "evidence",
        /// So much was reached in a month.
        Reached = "reached",
        /// Published costings were read.
        Read = "read",
        /// Somebody fears for the quality of care.
        Concern = "concern",
        /// A concern was answered.
        Answered = "answered",
        /// A lead decided.
        Decided = "decided",
        /// A side explained why the paired measure worsened.
        Explained = "explained",
        /// It is claimed no more.
        Withdrawn = "withdrawn",
    }
}

/// A step to be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Another amount is claimed, and why.
    Claim {
        /// In millionths of the unit.
        amount: i64,
        /// Why it is another.
        because: String,
    },
    /// The ledger shows more.
    Evidence(Evidence),
    /// What was reached in a month.
    Reached {
        /// The first day of the month.
        month: Date,
        /// In millionths of the unit.
        amount: i64,
        /// Where it is from.
        source: String,
    },
    /// What published costings hold: of the use and the baseline that were read before, if any were,
    /// with later costings that were not. Whoever calls has read them and knows that they are
    /// published.
    Read(Box<Costed>),
    /// Somebody fears what the change behind it does to the quality of care.
    Concern {
        /// What they fear.
        words: String,
    },
    /// What is said or done about a concern.
    Answer {
        /// Number of the step that raised it, from 1.
        number: i64,
        /// The answer.
        words: String,
    },
    /// What a lead makes of the claim.
    Decide {
        /// For which side; whoever calls has looked at the profession.
        side: Side,
        /// What was delivered.
        accepted: i64,
        /// What was not.
        not_accepted: i64,
        /// Why not all is accepted.
        because: String,
    },
    /// Why the paired measure worsened, as far as it is known now.
    Explain {
        /// For which side.
        side: Side,
        /// The explanation.
        words: String,
    },
    /// It is claimed no more.
    Withdraw {
        /// Why.
        because: String,
    },
}

/// A step as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// What.
    pub step: Step,
    /// As far as which month an explanation goes; none for other steps.
    pub until: Option<Date>,
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

impl StoredBenefit {
    /// How much was done with it: what a step must have seen.
    pub fn version(&self) -> i64 {
        i64::try_from(self.steps.len()).unwrap_or(i64::MAX)
    }

    /// Whether it is claimed no more.
    pub fn is_withdrawn(&self) -> bool {
        self.steps.iter().any(|it| matches!(it.step, Step::Withdraw { .. }))
    }

    /// What a side last decided of what is claimed now, if it has.
    pub fn decision(&self, of: Side) -> Option<Decision> {
        let mut found = None;
        for it in &self.steps {
            match &it.step {
                Step::Claim { .. } => found = None,
                Step::Decide { side, accepted, not_accepted, because } if *side == of => {
                    found = Some(Decision {
                        side: of,
                        by: it.by.as_str().to_owned(),
                        accepted: *accepted,
                        not_accepted: *not_accepted,
                        because: because.clone(),
                    });
                }
                _ => {}
            }
        }
        found
    }

    /// As far as which month a side has explained what worsened.
    pub fn explained(&self, of: Side) -> Option<Date> {
        let all = self.steps.iter().filter_map(|it| match &it.step {
            Step::Explain { side, .. } if *side == of => it.until,
            _ => None,
        });
        all.max()
    }

    /// Whether the guard holds it.
    pub fn is_guarded(&self, settings: &BenefitSettings) -> bool {
        let explained = (self.explained(Side::Finance), self.explained(Side::Clinical));
        self.of.proposal(self.pair.clone()).is_guarded(explained, settings)
    }

    /// What became of its claim.
    pub fn account(&self, settings: &BenefitSettings) -> Account {
        if self.is_withdrawn() {
            return Account::withdrawn(self.of.claimed);
        }
        let (finance, clinical) = (self.decision(Side::Finance), self.decision(Side::Clinical));
        let both = (finance.as_ref(), clinical.as_ref());
        // A measure that can no longer be looked at, such as after a break, verifies nothing.
        let proposal = self.of.proposal(self.pair.clone());
        let is_blind = self.pair.is_some() && proposal.looked(settings).is_none();
        Account::of(self.of.claimed, both, is_blind || self.is_guarded(settings))
    }

    /// What was reached by month; the latest word on a month counts.
    pub fn reached(&self, with_costed: bool) -> std::collections::BTreeMap<Date, (i64, String)> {
        let mut reached = std::collections::BTreeMap::new();
        for it in &self.steps {
            match &it.step {
                Step::Reached { month, amount, source } => {
                    reached.insert(*month, (*amount, source.clone()));
                }
                Step::Read(read) if with_costed => reached.extend(self.costed_months(read)),
                _ => {}
            }
        }
        reached
    }

    /// Months of costings that were read, from the month in which the benefit begins, in tenths of
    /// the unit: they are for people to read, and nothing is summed of them.
    fn costed_months(&self, read: &Costed) -> Vec<(Date, (i64, String))> {
        let from = self.of.ground.from.first_of_month();
        let mut found = Vec::new();
        for later in &read.later {
            let source = format!("Published costing {}", later.run);
            let since = later.by_month.iter().filter(|it| it.0 >= from);
            let each = since
                .filter_map(|it| Some((it.0, (to_a_tenth(read.units(it.1)?), source.clone()))));
            found.extend(each);
        }
        found
    }
}

/// Takes a step with a benefit that was seen after so many.
///
/// # Errors
/// If a rule of benefits forbids it, something was done with it since, it is withdrawn, or there is
/// none.
pub async fn step(
    tx: &mut Tx,
    id: &BenefitId,
    step: &Step,
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let found = get(tx, id).await?;
    unchanged(|| "this benefit".to_owned(), seen, found.version())?;
    if found.is_withdrawn() {
        let (what, from) = ("this benefit".to_owned(), "withdrawn".to_owned());
        return Err(Refusal::WrongMove { what, from, to: "changed" }.into());
    }
    let settings = BenefitSettings::own();
    let until = allowed(&found, step, (&settings, entry))?;
    if let Step::Evidence(it) = step {
        unused(tx, std::slice::from_ref(it)).await?;
    }
    // More may be claimed of what was read since, which another may claim by now.
    if matches!(step, Step::Claim { amount, .. } if *amount > found.of.claimed) {
        fallen_once(tx, &found.of, Some(id)).await?;
    }
    put(tx, (id, seen + 1), (step, until), entry).await?;
    if let Step::Read(read) = step {
        costed::put(tx, (id, seen + 1), read, (found.read.is_none(), false)).await?;
    }
    let act = act_of(step);
    let action = format!("benefit.{act}");
    let side = match step {
        Step::Decide { side, .. } | Step::Explain { side, .. } => format!(" {}", side.word()),
        Step::Read(read) => format!(" {}", runs(read)),
        _ => String::new(),
    };
    let object = format!("benefit/{id} of {} step {}{side}", found.of.ground.unit, seen + 1);
    audit::append(tx, &entry.of(&action, object)).await?;
    Ok(())
}

/// Whether the rules allow a step; as far as which month an explanation goes.
fn allowed(
    found: &StoredBenefit,
    step: &Step,
    (settings, entry): (&BenefitSettings, &Entry),
) -> Result<Option<Date>> {
    let mut then = found.of.clone();
    let is_guarded = found.is_guarded(settings);
    let said = |text: &str, what| match text.trim() {
        "" => Err(refused(&BenefitFault::Missing(what))),
        _ => Ok(()),
    };
    match step {
        // Nor does less claimed take away what the guard holds.
        Step::Claim { amount, .. } if is_guarded && *amount < found.of.claimed => {
            return Err(refused(&BenefitFault::Guarded));
        }
        Step::Claim { amount, because } => {
            said(because, "why another amount is claimed")?;
            then.claimed = *amount;
        }
        Step::Evidence(it) => then.evidence.push(it.clone()),
        Step::Reached { source, .. } => {
            return said(source, "where the figure is from").map(|()| None);
        }
        Step::Concern { words } => {
            return said(words, "what you fear for the quality of care").map(|()| None);
        }
        Step::Answer { number, words } => {
            if !found.concerns().iter().any(|it| it.number == *number) {
                return Err(Error::NotFound(format!("concern {number} of this benefit")));
            }
            return said(words, "what is done about the concern").map(|()| None);
        }
        Step::Read(read) => return readable(found, read, settings).map(|()| None),
        Step::Decide { side, accepted, not_accepted, because } => {
            let decision = Decision {
                side: *side,
                by: entry.actor.clone(),
                accepted: *accepted,
                not_accepted: *not_accepted,
                because: because.clone(),
            };
            return decide(found, &decision, is_guarded, (settings, entry)).map(|()| None);
        }
        Step::Explain { side, words } => {
            said(words, "what happened")?;
            return explain(found, *side, (settings, entry)).map(Some);
        }
        // Whoever could take back what the guard holds could claim it again beside another measure.
        Step::Withdraw { .. } if is_guarded || is_broken(found) => {
            return Err(refused(&BenefitFault::Guarded));
        }
        Step::Withdraw { because } => {
            return said(because, "why it is claimed no more").map(|()| None);
        }
    }
    let faults = then.proposal(found.pair.clone()).faults(settings);
    faults.first().map_or(Ok(None), |fault| Err(refused(fault)))
}

/// Whether the paired measure broke after it was claimed: it was there when it was, and what it would
/// say now nobody can see.
fn is_broken(found: &StoredBenefit) -> bool {
    found.pair.as_ref().is_some_and(|it| it.before(found.of.ground.from).is_none())
}

fn decide(
    found: &StoredBenefit,
    decision: &Decision,
    is_guarded: bool,
    (settings, entry): (&BenefitSettings, &Entry),
) -> Result<()> {
    let other = match decision.side {
        Side::Finance => found.decision(Side::Clinical),
        Side::Clinical => found.decision(Side::Finance),
    };
    let of = (found.of.owner.as_str(), other.as_ref());
    // Nor does whoever claimed it, or wrote what the ledger shows.
    if decision.accepted > 0 && found.is_claimed_by(&decision.by) {
        return Err(refused(&BenefitFault::OwnBenefit));
    }
    check_decision(found.of.claimed, decision, of, is_guarded).map_err(|it| refused(&it))?;
    let proposal = found.of.proposal(found.pair.clone());
    if let Some(fault) = proposal.accepting_fault(decision.accepted, settings)
        && decision.accepted > 0
    {
        return Err(refused(&fault));
    }
    match proposal.reading_fault(date_at(entry.at), settings) {
        Some(fault) if decision.accepted > 0 => Err(refused(&fault)),
        _ => Ok(()),
    }
}

/// An explanation goes as far as the month that shows what worsened, and no further. It takes two
/// people who do not own the benefit.
fn explain(
    found: &StoredBenefit,
    side: Side,
    (settings, entry): (&BenefitSettings, &Entry),
) -> Result<Date> {
    let looked = found.of.proposal(found.pair.clone()).looked(settings);
    let Some(looked) = looked.filter(|it| it.is_worse) else {
        let what = "the paired measure of this benefit".to_owned();
        let from = "within its limit".to_owned();
        return Err(Refusal::WrongMove { what, from, to: "explained" }.into());
    };
    if entry.actor == found.of.owner.as_str() {
        return Err(refused(&BenefitFault::OwnBenefit));
    }
    let is_other = |it: &Taken| {
        let other = matches!(&it.step, Step::Explain { side: of, .. } if *of != side);
        other && it.by.as_str() == entry.actor
    };
    if found.steps.iter().any(is_other) {
        return Err(refused(&BenefitFault::OnePersonForBoth));
    }
    Ok(looked.month)
}

/// What a benefit begins with: its claim and its evidence, as its first steps.
pub(super) async fn begin(
    tx: &mut Tx,
    id: &BenefitId,
    new: &NewBenefit,
    entry: &Entry,
) -> Result<()> {
    let claim = Step::Claim { amount: new.claimed, because: "First claimed".to_owned() };
    put(tx, (id, 1), (&claim, None), entry).await?;
    let mut number = 1;
    for it in &new.evidence {
        number += 1;
        put(tx, (id, number), (&Step::Evidence(it.clone()), None), entry).await?;
    }
    if let Some(read) = &new.costed {
        number += 1;
        put(tx, (id, number), (&Step::Read(Box::new(read.clone())), None), entry).await?;
        costed::put(tx, (id, number), read, (true, true)).await?;
    }
    Ok(())
}

/// The later costings of a reading, by their references.
fn runs(read: &Costed) -> String {
    let each: Vec<&str> = read.later.iter().map(|it| it.run.as_str()).collect();
    each.join(" ")
}

/// What stands in the way of adding what costings hold: it is of another use or baseline than what was
/// read before, or cannot be set beside it.
fn readable(found: &StoredBenefit, read: &Costed, settings: &BenefitSettings) -> Result<()> {
    let Some(basis) = settings.basis(&found.of.ground.basis) else {
        return Err(refused(&BenefitFault::NoBasis));
    };
    let mut whole = read.clone();
    if let Some(before) = &found.read {
        let is_same = Costed { later: Vec::new(), ..before.clone() }
            == Costed { later: Vec::new(), ..read.clone() };
        if !is_same {
            let what = "the baseline of this benefit".to_owned();
            return Err(Refusal::WrongMove { what, from: "read".to_owned(), to: "changed" }.into());
        }
        whole.later = before.later.iter().chain(&read.later).cloned().collect();
    }
    if read.later.is_empty() {
        return Err(refused(&BenefitFault::NothingLater));
    }
    whole.fault(basis, found.of.ground.from).map_or(Ok(()), |fault| Err(refused(&fault)))
}

pub(super) fn act_of(step: &Step) -> Act {
    match step {
        Step::Claim { .. } => Act::Claimed,
        Step::Evidence(_) => Act::Evidence,
        Step::Reached { .. } => Act::Reached,
        Step::Read(_) => Act::Read,
        Step::Concern { .. } => Act::Concern,
        Step::Answer { .. } => Act::Answered,
        Step::Decide { .. } => Act::Decided,
        Step::Explain { .. } => Act::Explained,
        Step::Withdraw { .. } => Act::Withdrawn,
    }
}

/// The columns of a step: side, code, amount, what is not accepted, and words.
type Columns<'a> = (&'a str, &'a str, i64, i64, &'a str);

fn columns<'a>(step: &'a Step, runs: &'a str) -> Columns<'a> {
    match step {
        Step::Claim { amount, because } => ("", "", *amount, 0, because),
        Step::Evidence(it) => ("", &it.kind, it.amount, 0, &it.reference),
        Step::Reached { amount, source, .. } => ("", "", *amount, 0, source),
        Step::Read(read) => ("", &read.activity, 0, 0, runs),
        Step::Concern { words } => ("", "", 0, 0, words),
        Step::Answer { number, words } => ("", "", *number, 0, words),
        Step::Decide { side, accepted, not_accepted, because } => {
            (side.word(), "", *accepted, *not_accepted, because)
        }
        Step::Explain { side, words } => (side.word(), "", 0, 0, words),
        Step::Withdraw { because } => ("", "", 0, 0, because),
    }
}

async fn put(
    tx: &mut Tx,
    (id, number): (&BenefitId, i64),
    (step, until): (&Step, Option<Date>),
    entry: &Entry,
) -> Result<()> {
    let runs = match step {
        Step::Read(read) => runs(read),
        _ => String::new(),
    };
    let (side, code, amount, not_accepted, words) = columns(step, &runs);
    let month = match step {
        Step::Reached { month, .. } => Some(*month),
        _ => until,
    };
    sqlx::query(
        "INSERT INTO benefit_step (benefit, number, act, side, code, month, amount, not_accepted,
             words, taken_by, taken_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(id.as_str())
    .bind(number)
    .bind(act_of(step).as_str())
    .bind(side)
    .bind(code)
    .bind(month.map_or_else(String::new, |it| it.to_string()))
    .bind(amount)
    .bind(not_accepted)
    .bind(short("the text", words, LETTERS_MAX)?)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("step {number} of this benefit")))?;
    Ok(())
}
