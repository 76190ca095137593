//! What came of joint work: benefits that are claimed, guarded against false savings, and verified.
//!
//! Every way by which a benefit comes in passes [`Proposal::faults`] and [`overlapping`]; every
//! decision on it passes [`check_decision`]. Amounts are in millionths of their unit: of a pound
//! where a benefit is cash, else of what its basis is counted in.

mod account;
mod costed;
mod guard;
mod ledger;
mod settings;
mod value;

use jiff::civil::Date;

use crate::listed::listed;

pub use self::account::{Account, Decision, Side, check_decision};
pub use self::costed::{Costed, CostedParts, CostedUse};
pub use self::guard::{Form, Good, Looked, Pair, Reading, drawn, month, months_later};
pub use self::ledger::{Entry, Ledger, Totals};
pub use self::settings::{
    Basis, BenefitSettings, BenefitSettingsError, EvidenceKind, Limit, Named, Part, QualitySubject,
};
pub use self::value::{Rate, Shown, Worth, to_a_tenth, value_of_change};

listed! {
    /// What kind of benefit it is.
    Kind {
        /// Something costs less.
        Cost = "cost", "Cost";
        /// More is earned.
        Income = "income", "Income";
        /// Care is better or safer.
        Quality = "quality", "Quality";
        /// Patients wait or stay less.
        PatientTime = "patient_time", "Time of patients";
        /// Staff have more time.
        StaffTime = "staff_time", "Time of staff";
        /// More can be done.
        Capacity = "capacity", "Capacity";
        /// Work no longer depends on one person or one machine.
        Resilience = "resilience", "Resilience";
    }
}

impl Kind {
    /// Whether it is about money.
    pub const fn is_money(self) -> bool {
        matches!(self, Self::Cost | Self::Income)
    }

    /// Whether quality could pay for it, so that it is paired with a measure of quality.
    pub const fn needs_pair(self, is_cash: bool) -> bool {
        is_cash || matches!(self, Self::Cost | Self::Capacity | Self::StaffTime)
    }
}

/// What a claim rests on: the same days, minutes or lines can be claimed once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ground {
    /// Code of its basis.
    pub basis: String,
    /// The unit of the trust in which it is.
    pub unit: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

/// A change in use, and what one unit of it cost before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// Use before, over as long a time as the claim, in millionths of its unit.
    pub before: i64,
    /// Use since.
    pub after: i64,
    /// What one unit cost in the baseline.
    pub rate: Rate,
}

/// A piece of evidence that the ledger gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Code of its kind.
    pub kind: String,
    /// What it shows, in millionths of a pound a year.
    pub amount: i64,
    /// Where in the ledger it is found.
    pub reference: String,
}

/// A benefit, as it should be claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// What it is, in a few words.
    pub title: String,
    /// Its kind.
    pub kind: Kind,
    /// Whether money is gone from the ledger.
    pub is_cash: bool,
    /// Who answers for it: one person.
    pub owner: String,
    /// What it rests on.
    pub ground: Ground,
    /// The change in use, where that is how it is valued.
    pub uses: Option<Use>,
    /// The same as published costings hold it, where it was claimed from them.
    pub costed: Option<Costed>,
    /// What used the capacity that was released.
    pub used_by: String,
    /// What is claimed.
    pub claimed: i64,
    /// What the ledger shows.
    pub evidence: Vec<Evidence>,
    /// The measure of quality that it could affect.
    pub pair: Option<Pair>,
}

/// What stands in the way of a benefit, or of a decision on it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BenefitFault {
    /// A text is missing.
    #[error("say {0}")]
    Missing(&'static str),
    /// No measure of quality stands beside it.
    #[error("choose the quality measure this could affect")]
    NoQualityMeasure,
    /// The measure has no good direction.
    #[error(
        "this measure cannot guard a saving, as neither more nor less of it is better: choose another"
    )]
    NoDirection,
    /// The measure has no value from before.
    #[error(
        "the paired measure has no value in the year before the benefit began, so nobody could \
         see it worsen: choose a measure that is kept"
    )]
    NothingBefore,
    /// The measure has no value since, or an old one.
    #[error(
        "the paired measure has no recent value since the benefit began: bring its values in, then \
         decide"
    )]
    NothingSince,
    /// The limit would catch nothing.
    #[error(
        "the limit is so far from where the measure stood before ({before}) that it would catch \
         nothing: keep within {share}% of it"
    )]
    LimitTooFar {
        /// Where it stood.
        before: String,
        /// How far it may be.
        share: u32,
    },
    /// It ends before it begins.
    #[error("the last day of the benefit is before its first")]
    PeriodBackwards,
    /// What it rests on is on no list.
    #[error("choose what the claim rests on")]
    NoBasis,
    /// A kind that cannot be cash.
    #[error("only a cost or an income can be cash: claim this in its own unit")]
    NotCash,
    /// A cost that is not shown in the ledger.
    #[error(
        "cash needs evidence from the ledger: a budget removed, posts removed, a ward closed or a \
         journal. Without it, claim what was released in days, sessions or slots"
    )]
    NoEvidence,
    /// Evidence that is none.
    #[error("evidence needs its kind, an amount above £0 and where in the ledger it is found")]
    PoorEvidence,
    /// More cash than there is evidence for.
    #[error(
        "at most {0} of this can be cash: the variable part as far as the ledger shows it, the \
         semi-fixed part as far as posts or beds are gone, the fixed part never"
    )]
    MoreThanCash(String),
    /// What is not cash is not released either.
    #[error(
        "a cost that is not cash is claimed as capacity released: choose bed days, sessions, slots or \
         another thing that can be used again"
    )]
    NotReleased,
    /// Nobody says what used it.
    #[error("say what used the capacity released, or that nothing has yet")]
    NotUsed,
    /// Nothing is claimed.
    #[error("a claim is above nothing")]
    NothingClaimed,
    /// More than the change in use.
    #[error("the claim is more than the change in use, which is {0}")]
    MoreThanChange(String),
    /// The worth cannot be counted.
    #[error("the use or its rate is too large to be counted")]
    TooLarge,
    /// What a costing counts is not what the claim is counted in.
    #[error(
        "this use is not counted in {0} by the costings: choose another use, or let the claim rest on \
         something else"
    )]
    OtherCount(String),
    /// There is no use in the baseline.
    #[error("the baseline holds none of this use, and there is no rate of nothing: choose another")]
    NoRate,
    /// The baseline begins with the benefit or after it.
    #[error("the baseline is no costing from before the benefit: choose one that begins earlier")]
    BaselineSince,
    /// Nothing stands beside the baseline.
    #[error("choose a later costing")]
    NothingLater,
    /// A later costing that is none.
    #[error("the later costing is not later than the baseline: choose one of a later year")]
    NotLater,
    /// Costings of other months.
    #[error(
        "the later costing holds {now} months and the baseline {before}: choose two that hold the \
         same months of their years"
    )]
    OtherMonths {
        /// Of the later.
        now: i64,
        /// Of the baseline.
        before: i64,
    },
    /// A costing from before the benefit.
    #[error("the later costing ends before the benefit begins, so it cannot show it")]
    EndsBefore,
    /// A costing that was read before.
    #[error("this costing is read already")]
    ReadAlready,
    /// Somebody claims the same.
    #[error(
        "“{0}” claims the same already, in the same days and the same part of the trust: one thing is saved once"
    )]
    Overlaps(String),
    /// A decision that does not fit the claim.
    #[error("what is accepted and what is not must be within the claim")]
    MoreThanClaimed,
    /// The owner decides.
    #[error("whoever owns a benefit cannot verify it: ask another lead")]
    OwnBenefit,
    /// One person decides for both.
    #[error(
        "a benefit is verified by two people: whoever decided for one side cannot for the other"
    )]
    OnePersonForBoth,
    /// The guard holds it.
    #[error(
        "the paired measure has worsened beyond its limit: the claim is held until a clinician and \
         an accountant have explained it"
    )]
    Guarded,
}

impl Proposal {
    /// Everything that stands in the way of claiming it.
    pub fn faults(&self, settings: &BenefitSettings) -> Vec<BenefitFault> {
        let mut faults = Vec::new();
        if self.title.trim().is_empty() {
            faults.push(BenefitFault::Missing("what the benefit is"));
        }
        if self.owner.trim().is_empty() {
            faults.push(BenefitFault::Missing("who answers for it"));
        }
        if self.ground.to < self.ground.from {
            faults.push(BenefitFault::PeriodBackwards);
        }
        faults.extend(self.pair_fault(settings));
        faults.extend(self.amount_faults(settings));
        faults
    }

    fn pair_fault(&self, settings: &BenefitSettings) -> Option<BenefitFault> {
        let Some(pair) = &self.pair else {
            let needs = self.kind.needs_pair(self.is_cash) || self.is_released(settings);
            return needs.then_some(BenefitFault::NoQualityMeasure);
        };
        if pair.good == Good::Neither {
            return Some(BenefitFault::NoDirection);
        }
        let Some(before) = pair.before(self.ground.from) else {
            return Some(BenefitFault::NothingBefore);
        };
        pair.limit_is_too_far(before, settings).then(|| BenefitFault::LimitTooFar {
            before: in_ten_thousandths(before),
            share: settings.limit_share.value,
        })
    }

    /// Whether what it rests on can be released, such as bed days: whatever kind it is called, quality
    /// could pay for it, and the ledger adds it to the others of its unit.
    fn is_released(&self, settings: &BenefitSettings) -> bool {
        settings.basis(&self.ground.basis).is_some_and(|it| it.released)
    }

    fn amount_faults(&self, settings: &BenefitSettings) -> Vec<BenefitFault> {
        let mut faults = Vec::new();
        let Some(basis) = settings.basis(&self.ground.basis) else {
            return vec![BenefitFault::NoBasis];
        };
        if self.claimed <= 0 {
            faults.push(BenefitFault::NothingClaimed);
        }
        let is_poor = |it: &Evidence| {
            settings.evidence(&it.kind).is_none()
                || it.amount <= 0
                || it.reference.trim().is_empty()
        };
        if self.evidence.iter().any(is_poor) {
            faults.push(BenefitFault::PoorEvidence);
        }
        let costed = self.costed.as_ref();
        if let Some(fault) = costed.and_then(|it| it.fault(basis, self.ground.from)) {
            faults.push(fault);
            return faults;
        }
        if self.is_cash {
            faults.extend(self.cash_fault(settings));
            return faults;
        }
        let is_released = matches!(self.kind, Kind::Cost | Kind::Capacity);
        if is_released && !basis.released {
            faults.push(BenefitFault::NotReleased);
        }
        if (is_released || basis.released) && self.used_by.trim().is_empty() {
            faults.push(BenefitFault::NotUsed);
        }
        faults.extend(self.change_fault(&basis.unit));
        faults
    }

    /// More claimed than the use changed.
    fn change_fault(&self, unit: &str) -> Option<BenefitFault> {
        let uses = self.used()?;
        let change = i128::from(uses.before) - i128::from(uses.after);
        let is_more = i128::from(self.claimed) > change;
        let change = format!("{} {unit}", whole(change.max(0), 1_000_000));
        is_more.then_some(BenefitFault::MoreThanChange(change))
    }

    /// The change in use, as it was typed or as the costings hold it.
    fn used(&self) -> Option<Use> {
        self.uses.or_else(|| self.costed.as_ref()?.uses())
    }

    /// What stands in the way of accepting so much of it: less than that was used less, as far as the
    /// latest costing that was read shows it. A claim whose use was typed is held to that when it is
    /// made.
    pub fn accepting_fault(
        &self,
        accepted: i64,
        settings: &BenefitSettings,
    ) -> Option<BenefitFault> {
        self.costed.as_ref()?;
        let then = Self { claimed: accepted, ..self.clone() };
        let basis = settings.basis(&self.ground.basis)?;
        if self.is_cash { then.cash_fault(settings) } else { then.change_fault(&basis.unit) }
    }

    fn cash_fault(&self, settings: &BenefitSettings) -> Option<BenefitFault> {
        if !self.kind.is_money() {
            return Some(BenefitFault::NotCash);
        }
        if self.evidence.is_empty() {
            return Some(BenefitFault::NoEvidence);
        }
        let Some(most) = self.most_cash(settings) else { return Some(BenefitFault::TooLarge) };
        let is_more = i128::from(self.claimed) > most;
        is_more.then(|| BenefitFault::MoreThanCash(in_pounds(most)))
    }

    /// What the change in use is worth by parts; none where it is not valued so.
    pub fn worth(&self) -> Option<Worth> {
        match (&self.uses, &self.costed) {
            (Some(it), _) => value_of_change(it.before, it.after, &it.rate),
            (None, Some(it)) => it.worth(it.latest()?),
            (None, None) => None,
        }
    }

    /// The most that can be cash, in millionths of a pound; none where it cannot be counted.
    pub fn most_cash(&self, settings: &BenefitSettings) -> Option<i128> {
        let piece = |it: &Evidence| Some((settings.evidence(&it.kind)?.part, it.amount));
        let shown = Shown::of(self.evidence.iter().filter_map(piece));
        if self.uses.is_none() && self.costed.is_none() {
            return Some(shown.all());
        }
        Some(self.worth()?.cash(&shown))
    }

    /// What the guard sees, where the benefit is paired.
    pub fn looked(&self, settings: &BenefitSettings) -> Option<Looked> {
        self.pair.as_ref()?.look(self.ground.from, settings)
    }

    /// Whether the guard holds the claim: the paired measure has worsened beyond its limit, and not
    /// both sides have explained it as far as the month that shows it.
    pub fn is_guarded(
        &self,
        (finance, clinical): (Option<Date>, Option<Date>),
        settings: &BenefitSettings,
    ) -> bool {
        let Some(looked) = self.looked(settings).filter(|it| it.is_worse) else { return false };
        let explains = |until: Option<Date>| until.is_some_and(|it| it >= looked.month);
        !(explains(finance) && explains(clinical))
    }

    /// What stands in the way of verifying it on a day: a paired measure that nobody keeps.
    pub fn reading_fault(&self, today: Date, settings: &BenefitSettings) -> Option<BenefitFault> {
        self.pair.as_ref()?;
        let age = i32::try_from(settings.reading_age.value).unwrap_or(0);
        let oldest = months_later(today.min(self.ground.to), -age);
        let is_kept = self.looked(settings).is_some_and(|it| it.month >= oldest);
        (!is_kept).then_some(BenefitFault::NothingSince)
    }
}

/// What of the claims that stand rests on the same as another; `is_within` says whether one unit of
/// the trust is another or below it.
pub fn overlapping<'a>(
    ground: &Ground,
    standing: impl IntoIterator<Item = (&'a str, &'a Ground)>,
    is_within: impl Fn(&str, &str) -> bool,
) -> Option<BenefitFault> {
    let is_same = |it: &Ground| {
        it.basis == ground.basis
            && it.from <= ground.to
            && ground.from <= it.to
            && (is_within(&it.unit, &ground.unit) || is_within(&ground.unit, &it.unit))
    };
    let found = standing.into_iter().find(|it| is_same(it.1))?;
    Some(BenefitFault::Overlaps(found.0.to_owned()))
}

fn in_pounds(micro: i128) -> String {
    format!("£{}", whole(micro, 1_000_000))
}

fn in_ten_thousandths(e4: i64) -> String {
    let tenths = (i128::from(e4) + 500).div_euclid(1_000);
    format!("{}.{}", tenths.div_euclid(10), tenths.rem_euclid(10))
}

/// Whole units with commas; what is less than one is left out.
fn whole(amount: i128, one: i128) -> String {
    let digits = (amount / one).to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) && !text.ends_with('-') {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests;
