//! What a rule and its trigger say in words, as far as whoever looks sees the values of its measure.

use std::collections::BTreeMap;

use access::{Capability, View};
use engagement::benefits::Good;
use engagement::incentives::{Aim, Gap, Outcome, Period, Reckoning, Rule, Verdict, months_words};
use jiff::civil::Date;
use store::incentives::{StoredIncentive, Version};
use store::measures::{self, Decimal, Definition};
use store::{Connection, MeasureCode};

use crate::shell::fault::Fault;
use crate::shell::joint_work::{amount, sum};
use crate::shell::measures::one_place;
use crate::shell::visit::Visit;
use crate::shell::words;

/// A measure of the register as a rule names it.
pub(super) struct Named {
    pub(super) definition: Definition,
    /// Its name with that of its unit.
    pub(super) name: String,
    /// Whether whoever looks sees its values.
    pub(super) is_shown: bool,
    /// Where it is; blank for those who may not read measures.
    pub(super) address: String,
}

impl Named {
    pub(super) async fn of(
        db: &mut Connection,
        visit: &Visit,
        (aim, units): (&Aim, &BTreeMap<String, String>),
    ) -> Result<Self, Fault> {
        let measure = measures::get(db, &MeasureCode::new(aim.measure.as_str())).await?;
        let definition = measure.definition;
        let unit = units.get(&aim.unit).map_or(aim.unit.as_str(), String::as_str);
        let scope = visit.scope(Capability::ReadMeasures).ok();
        let view = scope.and_then(|it| it.of_unit(&aim.unit)).map(|it| it.view);
        let is_shown = view.is_some_and(|it| it == View::Exact || !definition.of_patients);
        let query = serde_urlencoded::to_string([("unit", &aim.unit)]).unwrap_or_default();
        let address = match view {
            Some(_) => format!("/measures/{}?{query}", aim.measure),
            None => String::new(),
        };
        Ok(Self { name: format!("{}, {unit}", definition.name), definition, is_shown, address })
    }

    /// A figure of it with what it counts.
    fn figure(&self, e4: i64) -> String {
        let figure = one_place(Decimal::of_e4(e4));
        match self.definition.form {
            measures::Form::Proportion => format!("{figure}%"),
            _ => format!("{figure}\u{a0}{}", self.definition.unit_of_measure),
        }
    }

    /// Its target in words: `no more than 4.0 falls per 1000 bed days`.
    pub(super) fn target(&self, version: &Version) -> String {
        let side = match version.good {
            Good::Up => "no less than",
            Good::Down | Good::Neither => "no more than",
        };
        let target = version.rule.quality.as_ref().map_or(0, |it| it.target_e4);
        format!("{side} {}", self.figure(target))
    }

    /// What became of quality, with figure, target and source.
    pub(super) fn quality(&self, version: &Version, of: &Reckoning) -> String {
        let met = match of.outcome {
            Outcome::Both | Outcome::QualityAlone => "Met",
            Outcome::CostAlone | Outcome::Neither => "Not met",
            Outcome::NotKnown => "Cannot be told",
        };
        let why = |it: &Gap| words::sentence(&it.to_string());
        let said = match &of.quality_e4 {
            Err(gap) => why(gap),
            Ok(_) if !self.is_shown => "Its values are hidden from you.".to_owned(),
            Ok(e4) => format!("It stood at {}.", self.figure(*e4)),
        };
        format!(
            "{met}. {said} The target is {}. From the register of measures: {}.",
            self.target(version),
            words::capital(&self.definition.source)
        )
    }

    /// What the trigger said when somebody decided.
    pub(super) fn found(&self, it: &store::incentives::Found) -> String {
        let outcome = it.outcome.name();
        let verified = amount(it.verified, None);
        match it.quality_e4.filter(|_| self.is_shown) {
            Some(e4) => format!("{outcome}: {}, and {verified} verified", self.figure(e4)),
            None => format!("{outcome}; {verified} verified"),
        }
    }
}

/// Whether whoever looks sees the values of the measure that a rule names.
pub(super) async fn is_shown(
    db: &mut Connection,
    visit: &Visit,
    it: &StoredIncentive,
) -> Result<bool, Fault> {
    let Some(aim) = &it.rule().quality else { return Ok(false) };
    Ok(Named::of(db, visit, (aim, &BTreeMap::new())).await?.is_shown)
}

/// What became of cost improvement, with figure, target and source.
pub(super) fn cost(rule: &Rule, of: &Reckoning) -> String {
    let target = rule.savings.unwrap_or(0);
    let met = if of.verified >= i128::from(target) { "Met" } else { "Not met" };
    format!(
        "{met}. {} is verified by both leads; the target is {}. From the ledger of benefits; what is only claimed never counts.",
        sum(of.verified, None),
        amount(target, None)
    )
}

/// What the trigger asks for, in a sentence.
pub(super) fn asks(rule: &Rule, outcome: Outcome) -> String {
    let asked = rule.way.asks(outcome).map(Verdict::name);
    match asked {
        Some(verdict) => format!("The trigger asks for: {}.", verdict.to_lowercase()),
        None => "The trigger asks for nothing, as one part cannot be told.".to_owned(),
    }
}

/// A month as it is typed: `2026-04`.
pub(super) fn typed_month(day: Date) -> String {
    day.strftime("%Y-%m").to_string()
}

/// Months that were typed.
pub(super) fn typed_period(from: &str, to: &str) -> (Option<Date>, Option<Date>) {
    let month = |text: &str| format!("{}-01", text.trim()).parse::<Date>().ok();
    (month(from), month(to).map(Date::last_of_month))
}

/// A rule in a sentence: `Promised where both are delivered, April 2025 to March 2026`.
pub(super) fn in_short(it: &StoredIncentive) -> String {
    let rule = it.rule();
    format!("{}, {}", rule.way.name(), months_words(rule.period))
}

/// Months of a rule that are over: those that its page tells first.
pub(super) fn over(it: &StoredIncentive, today: Date) -> Option<Period> {
    it.held().and_then(|it| it.over_by(today))
}
