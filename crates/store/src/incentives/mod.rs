//! Incentives and penalties of service lines: proposed, agreed to by two leads, decided upon, ended.
//!
//! Every step passes the rules of [`engagement::incentives`] in the transaction that writes it. What
//! was met is read there and then from the register of measures and the ledger of benefits, and kept
//! with the decision. Nothing here pays or books anything.

mod read;
mod steps;

use engagement::benefits::{BenefitSettings, Good, Side};
use engagement::incentives::{
    Aim, IncentiveFault, Outcome, Period, Reckoning, Rule, Ruling, Saving, State, Verdict, Watched,
};
use jiff::Timestamp;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::benefits::{self, PairedWith, StoredBenefit};
use crate::error::{Error, Refusal, Result, said, taken, unchanged};
use crate::ids::{IncentiveId, MeasureCode, PersonId, UnitCode};
use crate::joint_actions::date_at;
use crate::known_issues;
use crate::measures;
use crate::units;
use crate::writer::Tx;

pub use self::read::{get, list};
pub use self::steps::{Act, agree, decide, end};

/// Letters that a text may have.
pub const LETTERS_MAX: usize = 1_000;

/// What a rule says, as somebody wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// What.
    pub rule: Rule,
    /// Which way of its measure is good, as it was then.
    pub good: Good,
    /// Why it was written anew; blank for the first.
    pub because: String,
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// What the trigger said when somebody decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// What was met.
    pub outcome: Outcome,
    /// Where quality stood, in ten-thousandths; none where that could not be told.
    pub quality_e4: Option<i64>,
    /// What was verified, in millionths of a pound.
    pub verified: i64,
}

/// What is done with a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A lead agrees to what it says.
    Agreed {
        /// For which side.
        side: Side,
        /// Number of the version, from 1.
        version: i64,
    },
    /// A lead decides.
    Decided {
        /// What.
        ruling: Ruling,
        /// What the trigger said.
        found: Found,
    },
    /// It holds for no more months.
    Ended {
        /// Why.
        because: String,
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

/// A rule as stored, with all that was ever written and done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredIncentive {
    /// Its reference.
    pub id: IncentiveId,
    /// The service line.
    pub unit: UnitCode,
    /// The rule that it takes the place of.
    pub follows: Option<IncentiveId>,
    /// Versions in order, one at least.
    pub versions: Vec<Version>,
    /// Steps in order.
    pub steps: Vec<Taken>,
}

/// A decision as it should be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRuling {
    /// For which side.
    pub side: Side,
    /// Of which months.
    pub period: Period,
    /// What.
    pub verdict: Verdict,
    /// Why.
    pub because: String,
}

impl StoredIncentive {
    /// What was written last.
    ///
    /// # Panics
    /// Never: a rule begins with a version.
    pub fn latest(&self) -> &Version {
        self.versions.last().expect("a rule begins with a version")
    }

    /// What it says.
    pub fn rule(&self) -> &Rule {
        &self.latest().rule
    }

    /// What whoever changes it must have seen: versions and steps together.
    pub fn seen(&self) -> i64 {
        i64::try_from(self.versions.len() + self.steps.len()).unwrap_or(i64::MAX)
    }

    /// Who agreed to what it says now.
    pub fn agreed(&self) -> Vec<(Side, &Taken)> {
        let now = i64::try_from(self.versions.len()).unwrap_or(i64::MAX);
        let each = self.steps.iter().filter_map(|it| match it.step {
            Step::Agreed { side, version } if version == now => Some((side, it)),
            _ => None,
        });
        each.collect()
    }

    /// What was decided, in order.
    pub fn rulings(&self) -> Vec<Ruling> {
        let each = self.steps.iter().filter_map(|it| match &it.step {
            Step::Decided { ruling, .. } => Some(ruling.clone()),
            _ => None,
        });
        each.collect()
    }

    /// When it ended; none while it has not.
    pub fn ended(&self) -> Option<&Taken> {
        self.steps.iter().find(|it| matches!(it.step, Step::Ended { .. }))
    }

    /// The months that it holds for; none where it ended before the first was over.
    pub fn held(&self) -> Option<Period> {
        self.rule().held(self.ended().map(|it| date_at(it.at)))
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        if self.ended().is_some() {
            State::Ended
        } else if !self.rulings().is_empty() {
            State::Decided
        } else if self.agreed().len() == Side::ALL.len() {
            State::Agreed
        } else {
            State::Proposed
        }
    }

    fn writers(&self) -> Vec<&str> {
        self.versions.iter().map(|it| it.by.as_str()).collect()
    }
}

fn refused(fault: &IncentiveFault) -> Error {
    Refusal::Rule(fault.to_string()).into()
}

/// The measure of an aim as the register holds it now, its target as limit. A month of which two
/// sources say different things is left out until somebody settles it, so that nothing rests on it.
async fn watched(db: &mut Connection, aim: &Aim) -> Result<Watched> {
    let with = PairedWith {
        measure: MeasureCode::new(aim.measure.as_str()),
        unit: UnitCode::new(aim.unit.as_str()),
        limit_e4: aim.target_e4,
    };
    let measure = measures::get(db, &with.measure).await?;
    let changed = measure.breaks.last().and_then(|it| format!("{}-01", it.month).parse().ok());
    let mut pair = benefits::pair_of(db, &with).await?;
    let in_doubt = known_issues::months_in_doubt(db, (&with.measure, &with.unit)).await?;
    let in_doubt: Vec<String> = in_doubt.iter().map(|it| format!("{it}-01")).collect();
    pair.readings.retain(|it| !in_doubt.contains(&it.month.to_string()));
    Ok(Watched { pair, changed })
}

/// Which way of its measure is good, where the rules allow what somebody would write.
async fn checked(db: &mut Connection, unit: &UnitCode, rule: &Rule) -> Result<(Aim, Good, i64)> {
    let pair = match &rule.quality {
        None => None,
        Some(aim) => {
            let with = PairedWith {
                measure: MeasureCode::new(aim.measure.as_str()),
                unit: UnitCode::new(aim.unit.as_str()),
                limit_e4: aim.target_e4,
            };
            Some(benefits::quality_beside(db, unit, &with).await?)
        }
    };
    if let Some(fault) = rule.faults(pair.as_ref()).first() {
        return Err(refused(fault));
    }
    match (&rule.quality, pair, rule.savings) {
        (Some(aim), Some(pair), Some(savings)) => Ok((aim.clone(), pair.good, savings)),
        _ => Err(refused(&IncentiveFault::NoTrigger)),
    }
}

/// Refuses months that were decided upon by another rule of the same succession: by one that a rule
/// follows, however far back, or by one that follows it.
async fn undecided(
    db: &mut Connection,
    (id, follows): (Option<&IncentiveId>, Option<&IncentiveId>),
    period: Period,
) -> Result<()> {
    let all = list(db).await?;
    let is_decided = |it: &StoredIncentive| it.rulings().iter().any(|of| of.period.meets(period));
    let mut back = follows;
    while let Some(found) = back.and_then(|id| all.iter().find(|it| it.id == *id)) {
        if is_decided(found) {
            return Err(refused(&IncentiveFault::DecidedBefore));
        }
        back = found.follows.as_ref();
    }
    let mut on = id;
    while let Some(found) = on.and_then(|id| all.iter().find(|it| it.follows.as_ref() == Some(id)))
    {
        if is_decided(found) {
            return Err(refused(&IncentiveFault::DecidedAfter));
        }
        on = Some(&found.id);
    }
    Ok(())
}

/// Proposes a rule for a service line; where it follows another, that one has ended.
///
/// # Errors
/// If a rule of incentives forbids it, such as that it names one kind alone; the rule that it follows
/// has not ended, is followed already or is of another unit; some of its months were decided upon by
/// a rule before; or there is no such unit or measure.
pub async fn propose(
    tx: &mut Tx,
    (unit, follows): (&UnitCode, Option<&IncentiveId>),
    rule: &Rule,
    entry: &Entry,
) -> Result<IncentiveId> {
    units::get(tx, unit).await?;
    if let Some(before) = follows {
        let before = get(tx, before).await?;
        if before.unit != *unit || before.ended().is_none() {
            let said = "only a rule of the same unit that has ended is followed by another";
            return Err(Refusal::Rule(said.to_owned()).into());
        }
    }
    undecided(tx, (None, follows), rule.period).await?;
    let checked = checked(tx, unit, rule).await?;
    let id = IncentiveId::random()?;
    sqlx::query(
        "INSERT INTO incentive (id, unit, follows, added_by, added_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id.as_str())
    .bind(unit.as_str())
    .bind(follows.map(IncentiveId::as_str))
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("a rule that follows this one"))?;
    put(tx, (&id, 1), (rule, &checked), ("", entry)).await?;
    let object = format!("incentive/{id} of {unit} beside {}", checked.0.measure);
    audit::append(tx, &entry.of("incentive.propose", object)).await?;
    Ok(id)
}

/// Writes a rule anew that nobody has decided upon; both leads agree anew.
///
/// # Errors
/// As [`propose`]; or if it was decided upon, has ended, or was changed since it was seen, or no
/// reason is given.
pub async fn change(
    tx: &mut Tx,
    id: &IncentiveId,
    (rule, because): (&Rule, &str),
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let found = get(tx, id).await?;
    unchanged(|| "this rule".to_owned(), seen, found.seen())?;
    let because = said("why it is changed", because, LETTERS_MAX)?;
    match found.state() {
        State::Decided => return Err(refused(&IncentiveFault::DecidedUpon)),
        State::Ended => return Err(refused(&IncentiveFault::Ended)),
        State::Proposed | State::Agreed => {}
    }
    undecided(tx, (Some(id), found.follows.as_ref()), rule.period).await?;
    let checked = checked(tx, &found.unit, rule).await?;
    let number = i64::try_from(found.versions.len() + 1).unwrap_or(i64::MAX);
    put(tx, (id, number), (rule, &checked), (because, entry)).await?;
    let object = format!("incentive/{id} of {} version {number}", found.unit);
    audit::append(tx, &entry.of("incentive.change", object)).await?;
    Ok(())
}

async fn put(
    tx: &mut Tx,
    (id, number): (&IncentiveId, i64),
    (rule, (aim, good, savings)): (&Rule, &(Aim, Good, i64)),
    (because, entry): (&str, &Entry),
) -> Result<()> {
    sqlx::query(
        "INSERT INTO incentive_version (incentive, number, way, what, from_day, to_day, measure,
             measure_unit, good, target_e4, savings_micro, because, written_by, written_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(id.as_str())
    .bind(number)
    .bind(rule.way.word())
    .bind(said("what is promised or withheld", &rule.what, LETTERS_MAX)?)
    .bind(rule.period.from.to_string())
    .bind(rule.period.to.to_string())
    .bind(&aim.measure)
    .bind(&aim.unit)
    .bind(good.word())
    .bind(aim.target_e4)
    .bind(*savings)
    .bind(because)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("version {number} of this rule")))?;
    Ok(())
}

/// Benefits of a service line and of the units below it, as far as they were not withdrawn.
async fn savings(db: &mut Connection, unit: &UnitCode) -> Result<Vec<Saving>> {
    let within = units::within(db, unit).await?;
    let settings = BenefitSettings::own();
    let all = benefits::list(db).await?;
    let of_line = |it: &&StoredBenefit| {
        !it.is_withdrawn() && within.contains(&UnitCode::new(it.of.ground.unit.as_str()))
    };
    let saving = |it: &StoredBenefit| Saving {
        reference: it.id.to_string(),
        title: it.of.title.clone(),
        kind: it.of.kind,
        is_cash: it.of.is_cash,
        period: Period { from: it.of.ground.from, to: it.of.ground.to },
        account: it.account(&settings),
    };
    Ok(all.iter().filter(of_line).map(saving).collect())
}

/// What was met in some months of a rule, by the register and the ledger as they stand, with the
/// savings that were reckoned with: those of other months too.
///
/// # Errors
/// If the database cannot be read.
pub async fn reckoned(
    db: &mut Connection,
    of: &StoredIncentive,
    period: Period,
) -> Result<(Reckoning, Vec<Saving>)> {
    let rule = of.rule();
    let aim = rule.quality.as_ref();
    let aim = aim.ok_or_else(|| refused(&IncentiveFault::NoTrigger))?;
    let mut watched = watched(db, aim).await?;
    // Which way is good stays as it was agreed, whatever the register says later.
    watched.pair.good = of.latest().good;
    let savings = savings(db, &of.unit).await?;
    Ok((rule.reckon(&watched, &savings, period), savings))
}

#[cfg(test)]
mod tests;
