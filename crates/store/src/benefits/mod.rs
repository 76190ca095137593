//! Benefits that are claimed, and every step of them: other amounts, evidence, months, decisions,
//! explanations, withdrawal.
//!
//! There is no way in but [`claim`] and [`step`], and both ask the rules of benefits inside the
//! transaction that writes: a paired measure is read from the register there and then, whoever calls
//! and from wherever. What a benefit is never changes; only what is claimed of it does, and then both
//! leads decide anew.

mod concerns;
mod costed;
mod read;
mod steps;

use std::collections::BTreeSet;

use engagement::benefits::{
    BenefitFault, BenefitSettings, Costed, Evidence, Form, Good, Ground, Kind, Pair, Proposal,
    Reading, Use, overlapping,
};
use jiff::Timestamp;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, short, taken};
use crate::ids::{ActionId, BenefitId, MeasureCode, PersonId, UnitCode};
use crate::measures;
use crate::people::{self, PersonState};
use crate::units;
use crate::writer::Tx;

pub use self::concerns::Concern;
pub use self::read::{get, list};
pub use self::steps::{Act, Step, Taken, step};

/// Letters that a text of a benefit may have.
pub const LETTERS_MAX: usize = 1_000;

/// A measure of the register that a benefit is paired with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairedWith {
    /// The measure.
    pub measure: MeasureCode,
    /// Of which unit.
    pub unit: UnitCode,
    /// Its limit, in ten-thousandths of what is drawn of it.
    pub limit_e4: i64,
}

/// A benefit, as it should be claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBenefit {
    /// What it is, in a few words.
    pub title: String,
    /// Its kind.
    pub kind: Kind,
    /// Whether money is gone from the ledger.
    pub is_cash: bool,
    /// Whether it comes again every year.
    pub recurrent: bool,
    /// Who answers for it.
    pub owner: PersonId,
    /// What it rests on: of which unit of the trust, and when.
    pub ground: Ground,
    /// Where a month stood before, and where it should stand, in millionths of the unit.
    pub baseline: Option<i64>,
    /// The target of a month.
    pub target: Option<i64>,
    /// What used the capacity that was released.
    pub used_by: String,
    /// The change in use, where that is how it is valued.
    pub uses: Option<Use>,
    /// The same as published costings hold it, where it is claimed from them.
    pub costed: Option<Costed>,
    /// Of which costing its rates are.
    pub rate_source: String,
    /// What is claimed, in millionths of the unit.
    pub claimed: i64,
    /// What the ledger shows.
    pub evidence: Vec<Evidence>,
    /// The measure of quality beside it.
    pub pair: Option<PairedWith>,
    /// The action of which it came.
    pub action: Option<ActionId>,
    /// Domain of the outcomes framework; blank for none.
    pub domain: String,
}

/// A benefit as stored, with all its steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredBenefit {
    /// Its reference.
    pub id: BenefitId,
    /// What it is, with what is claimed and what the ledger shows now.
    pub of: NewBenefit,
    /// Its paired measure with the months of the register.
    pub pair: Option<Pair>,
    /// What was read of it from published costings, with the claim or since.
    pub read: Option<Costed>,
    /// Who claimed it.
    pub added_by: PersonId,
    /// When.
    pub added_at: Timestamp,
    /// What was done with it, in order.
    pub steps: Vec<Taken>,
}

impl NewBenefit {
    /// As the rules of benefits take it.
    pub fn proposal(&self, pair: Option<Pair>) -> Proposal {
        Proposal {
            title: self.title.clone(),
            kind: self.kind,
            is_cash: self.is_cash,
            owner: self.owner.as_str().to_owned(),
            ground: self.ground.clone(),
            uses: self.uses,
            costed: self.costed.clone(),
            used_by: self.used_by.clone(),
            claimed: self.claimed,
            evidence: self.evidence.clone(),
            pair,
        }
    }
}

/// Claims a benefit.
///
/// # Errors
/// If a rule of benefits forbids it: it has no measure of quality beside it where it needs one, it
/// claims what another claims, more cash than the ledger shows, or something is missing.
pub async fn claim(tx: &mut Tx, new: &NewBenefit, entry: &Entry) -> Result<BenefitId> {
    let unit = UnitCode::new(new.ground.unit.as_str());
    units::get(tx, &unit).await?;
    if people::get(tx, &new.owner).await?.state != PersonState::Active {
        return Err(Refusal::HasLeft.into());
    }
    let settings = BenefitSettings::own();
    let pair = match &new.pair {
        None => None,
        Some(with) => Some(quality_beside(tx, &unit, with).await?),
    };
    // Which way is good stays as it was agreed, whatever the register says later.
    let good = pair.as_ref().map(|it| it.good);
    if let Some(fault) = new.proposal(pair).faults(&settings).into_iter().next() {
        return Err(refused(&fault));
    }
    let is_domain = settings.domain.iter().any(|it| it.code == new.domain);
    if !new.domain.is_empty() && !is_domain {
        return Err(Refusal::Unusable("the domain").into());
    }
    free(tx, new).await?;
    fallen_once(tx, new, None).await?;
    unused(tx, &new.evidence).await?;
    let id = BenefitId::random()?;
    insert(tx, (&id, &unit), (new, good), entry).await?;
    steps::begin(tx, &id, new, entry).await?;
    let pair = new.pair.as_ref().map_or_else(String::new, |it| format!(" beside {}", it.measure));
    let object = format!("benefit/{id} of {unit} {} {}{pair}", new.kind.word(), new.ground.basis);
    audit::append(tx, &entry.of("benefit.claim", object)).await?;
    Ok(id)
}

/// A measure of quality beside a unit, with its months.
///
/// # Errors
/// If it is none of quality, or of no part of the trust that the unit belongs to.
pub(crate) async fn quality_beside(
    db: &mut Connection,
    unit: &UnitCode,
    with: &PairedWith,
) -> Result<Pair> {
    let measure = measures::get(db, &with.measure).await?;
    let is_here = units::within(db, unit).await?.contains(&with.unit)
        || units::within(db, &with.unit).await?.contains(unit);
    if !is_here || !BenefitSettings::own().is_quality(measure.definition.subject.as_str()) {
        return Err(refused(&BenefitFault::NoQualityMeasure));
    }
    pair_of(db, with).await
}

/// A paired measure with the months that the register holds now. After a break the line begins anew,
/// so that nothing is compared across it.
pub(crate) async fn pair_of(db: &mut Connection, with: &PairedWith) -> Result<Pair> {
    let measure = measures::get(db, &with.measure).await?;
    let all = measures::of_measure(db, &with.measure).await?;
    let unreadable = |value: &str| Error::Unreadable { what: "month", value: value.to_owned() };
    let last_break = measure.breaks.last().map(|it| it.month);
    let mut readings = Vec::new();
    for it in measures::latest(&all) {
        let recorded = &it.recorded;
        if recorded.unit != with.unit || last_break.is_some_and(|it| recorded.month < it) {
            continue;
        }
        let month = recorded.month.to_string();
        readings.push(Reading {
            month: format!("{month}-01").parse().map_err(|_| unreadable(&month))?,
            value_e4: recorded.value.e4(),
            of_e4: recorded.of.map(measures::Decimal::e4),
        });
    }
    readings.sort_by_key(|it| it.month);
    let definition = &measure.definition;
    let form: Form = definition.form.as_str().parse().map_err(|_| unreadable("form"))?;
    let good: Good = definition.good.as_str().parse().map_err(|_| unreadable("direction"))?;
    Ok(Pair { form, good, limit_e4: with.limit_e4, readings })
}

/// Refuses a claim on what another benefit claims that was not withdrawn.
async fn free(tx: &mut Tx, new: &NewBenefit) -> Result<()> {
    let standing = list(tx).await?;
    let standing = standing.iter().filter(|it| !it.is_withdrawn());
    let grounds: Vec<(String, Ground)> =
        standing.map(|it| (it.of.title.clone(), reach(&it.of))).collect();
    let mut below: BTreeSet<(String, String)> = BTreeSet::new();
    let units = grounds.iter().map(|it| it.1.unit.clone()).chain([new.ground.unit.clone()]);
    for unit in units.collect::<BTreeSet<String>>() {
        for it in units::within(tx, &UnitCode::new(unit.as_str())).await? {
            below.insert((it.as_str().to_owned(), unit.clone()));
        }
    }
    let each = grounds.iter().map(|it| (it.0.as_str(), &it.1));
    let is_within = |one: &str, other: &str| below.contains(&(one.to_owned(), other.to_owned()));
    overlapping(&reach(new), each, is_within).map_or(Ok(()), |fault| Err(refused(&fault)))
}

/// Refuses a claim on a change in use, as the costings hold it, that another benefit claims that was
/// not withdrawn: wards of one line all read the fall of that line, and so does each month.
async fn fallen_once(tx: &mut Tx, new: &NewBenefit, own: Option<&BenefitId>) -> Result<()> {
    let Some(read) = &new.costed else { return Ok(()) };
    let all = list(tx).await?;
    let is_same = |it: &&StoredBenefit| {
        let is_standing = Some(&it.id) != own && !it.is_withdrawn();
        is_standing && it.of.costed.as_ref().is_some_and(|it| it.meets(read))
    };
    let found = all.iter().find(is_same).map(|it| it.of.title.clone());
    found.map_or(Ok(()), |title| Err(refused(&BenefitFault::Overlaps(title))))
}

/// The days that a claim takes up: one that comes again every year, all days from its first.
fn reach(of: &NewBenefit) -> Ground {
    let to = if of.recurrent { jiff::civil::Date::MAX } else { of.ground.to };
    Ground { to, ..of.ground.clone() }
}

/// Refuses an entry of the ledger that is evidence of a benefit already: it frees its money once.
async fn unused(tx: &mut Tx, new: &[Evidence]) -> Result<()> {
    let is_same = |one: &Evidence, other: &Evidence| {
        let (one_is, other_is) = (one.reference.trim(), other.reference.trim());
        one.kind == other.kind && one_is.eq_ignore_ascii_case(other_is)
    };
    let twice = new.iter().enumerate().any(|(at, it)| new[..at].iter().any(|of| is_same(of, it)));
    let all = list(tx).await?;
    let standing = all.iter().filter(|it| !it.is_withdrawn());
    let mut used = standing
        .filter(|it| it.of.evidence.iter().any(|held| new.iter().any(|it| is_same(held, it))));
    let title = match used.next() {
        Some(it) => it.of.title.clone(),
        None if twice => "this benefit".to_owned(),
        None => return Ok(()),
    };
    let said = format!("this entry of the ledger is evidence of “{title}” already");
    Err(Refusal::Rule(said).into())
}

async fn insert(
    tx: &mut Tx,
    (id, unit): (&BenefitId, &UnitCode),
    (new, good): (&NewBenefit, Option<Good>),
    entry: &Entry,
) -> Result<()> {
    let text = |what: &'static str, text| short(what, text, LETTERS_MAX);
    let rate = new.uses.map(|it| it.rate);
    sqlx::query(
        "INSERT INTO benefit (id, unit, title, kind, is_cash, recurrent, owner, basis, from_day,
             to_day, baseline, target, used_by, use_before, use_after, rate_variable,
             rate_semi_fixed, rate_fixed, rate_source, pair_measure, pair_unit, pair_limit_e4,
             pair_good, action, domain, added_by, added_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
             $19, $20, $21, $22, $23, $24, $25, $26, $27)",
    )
    .bind(id.as_str())
    .bind(unit.as_str())
    .bind(text("what the benefit is", &new.title)?)
    .bind(new.kind.word())
    .bind(i64::from(new.is_cash))
    .bind(i64::from(new.recurrent))
    .bind(new.owner.as_str())
    .bind(&new.ground.basis)
    .bind(new.ground.from.to_string())
    .bind(new.ground.to.to_string())
    .bind(new.baseline)
    .bind(new.target)
    .bind(text("what used it", &new.used_by)?)
    .bind(new.uses.map(|it| it.before))
    .bind(new.uses.map(|it| it.after))
    .bind(rate.map(|it| it.variable))
    .bind(rate.map(|it| it.semi_fixed))
    .bind(rate.map(|it| it.fixed))
    .bind(text("where the rates are from", &new.rate_source)?)
    .bind(new.pair.as_ref().map(|it| it.measure.as_str()))
    .bind(new.pair.as_ref().map(|it| it.unit.as_str()))
    .bind(new.pair.as_ref().map(|it| it.limit_e4))
    .bind(good.map(Good::word))
    .bind(new.action.as_ref().map(ActionId::as_str))
    .bind(&new.domain)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this benefit"))?;
    Ok(())
}

fn refused(fault: &BenefitFault) -> Error {
    Refusal::Rule(fault.to_string()).into()
}

#[cfg(test)]
mod tests;
