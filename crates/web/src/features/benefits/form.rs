//! A benefit as it is typed, and what it is read as.

use engagement::benefits::{BenefitSettings, Evidence, Ground, Kind, Rate, Use};
use jiff::civil::Date;
use serde::Deserialize;
use store::benefits::{NewBenefit, PairedWith};
use store::measures::Decimal;
use store::{ActionId, MeasureCode, PersonId, UnitCode};

use super::TEXT;
use super::reading::Asked;
use crate::shell::forms::Wrong;
use crate::shell::joint_work::{measure_of, typed};

/// A benefit as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    pub(super) action: String,
    pub(super) title: String,
    pub(super) unit: String,
    pub(super) kind: String,
    pub(super) cash: String,
    pub(super) recurrent: String,
    pub(super) owner: String,
    pub(super) basis: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) claimed: String,
    pub(super) used_by: String,
    pub(super) pair: String,
    pub(super) limit: String,
    pub(super) evidence: String,
    pub(super) shown: String,
    pub(super) reference: String,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) variable: String,
    pub(super) semi_fixed: String,
    pub(super) fixed: String,
    pub(super) rate_source: String,
    pub(super) activity: String,
    pub(super) baseline_run: String,
    pub(super) later: String,
    /// Which button was pressed.
    pub(super) go: String,
    pub(super) baseline: String,
    pub(super) target: String,
    pub(super) domain: String,
}

/// What there is to choose from.
pub(super) struct Choices {
    pub(super) units: Vec<(String, String)>,
    pub(super) owners: Vec<(String, String)>,
    pub(super) pairs: Vec<(String, String)>,
    pub(super) settings: BenefitSettings,
}

fn has(all: &[(String, String)], code: &str) -> bool {
    !code.is_empty() && all.iter().any(|it| it.0 == code)
}

impl Typed {
    /// What of the costings is to be read.
    pub(super) fn asked(&self) -> Asked {
        Asked {
            activity: self.activity.clone(),
            baseline_run: self.baseline_run.clone(),
            later: self.later.clone(),
        }
    }

    pub(super) fn read(&self, from: &Choices) -> Result<NewBenefit, Wrong> {
        let mut wrong = Wrong::default();
        TEXT.check(&mut wrong, "title", &self.title, "Say what the benefit is");
        wrong.unless(has(&from.units, &self.unit), "unit", "Choose in which unit it is");
        let kind = self.kind.parse::<Kind>().ok();
        wrong.unless(kind.is_some(), "kind", "Choose what kind of benefit it is");
        wrong.unless(has(&from.owners, &self.owner), "owner", "Choose who answers for it");
        let basis = from.settings.basis(&self.basis);
        wrong.unless(basis.is_some(), "basis", "Choose what the claim rests on");
        let days = self.days(&mut wrong);
        let claimed = number(&mut wrong, "claimed", &self.claimed);
        wrong.unless(!self.claimed.trim().is_empty(), "claimed", "Enter what is claimed");
        let is_cash = self.cash == "yes";
        let pair = self.pair(from, &mut wrong);
        let needs_pair =
            kind.is_some_and(|it| it.needs_pair(is_cash)) || basis.is_some_and(|it| it.released);
        let choose = "Choose the quality measure this could affect";
        wrong.unless(!needs_pair || !self.pair.is_empty(), "pair", choose);
        let evidence = self.evidence(from, &mut wrong);
        let uses = self.uses(&mut wrong);
        if !self.used_by.trim().is_empty() {
            TEXT.check(&mut wrong, "used_by", &self.used_by, "");
        }
        let baseline = number(&mut wrong, "baseline", &self.baseline);
        let target = number(&mut wrong, "target", &self.target);
        let (Some(kind), Some((from_day, to_day)), Some(claimed), true) =
            (kind, days, claimed, wrong.is_empty())
        else {
            return Err(wrong);
        };
        let ground = Ground {
            basis: self.basis.clone(),
            unit: self.unit.clone(),
            from: from_day,
            to: to_day,
        };
        Ok(NewBenefit {
            title: self.title.trim().to_owned(),
            kind,
            is_cash,
            recurrent: self.recurrent == "yes",
            owner: PersonId::new(self.owner.as_str()),
            ground,
            baseline,
            target,
            used_by: self.used_by.trim().to_owned(),
            uses,
            costed: None,
            rate_source: self.rate_source.trim().to_owned(),
            claimed,
            evidence,
            pair,
            action: (!self.action.is_empty()).then(|| ActionId::new(self.action.as_str())),
            domain: self.domain.clone(),
        })
    }

    fn days(&self, wrong: &mut Wrong) -> Option<(Date, Date)> {
        let from: Option<Date> = self.from.trim().parse().ok();
        let to: Option<Date> = self.to.trim().parse().ok();
        wrong.unless(from.is_some(), "from", "Enter the first day of the benefit");
        wrong.unless(to.is_some(), "to", "Enter the last day that the claim is for");
        from.zip(to)
    }

    fn pair(&self, from: &Choices, wrong: &mut Wrong) -> Option<PairedWith> {
        if self.pair.is_empty() {
            return None;
        }
        wrong.unless(has(&from.pairs, &self.pair), "pair", "Choose a measure of the list");
        let limit = self.limit.trim().trim_end_matches('%').parse::<Decimal>().ok();
        wrong.unless(limit.is_some(), "limit", "Enter the limit as a number");
        let (measure, unit) = measure_of(&self.pair)?;
        Some(PairedWith {
            measure: MeasureCode::new(measure),
            unit: UnitCode::new(unit),
            limit_e4: limit?.e4(),
        })
    }

    fn evidence(&self, from: &Choices, wrong: &mut Wrong) -> Vec<Evidence> {
        let all = [&self.evidence, &self.shown, &self.reference];
        if all.iter().all(|it| it.trim().is_empty()) {
            return Vec::new();
        }
        let is_kind = from.settings.evidence(&self.evidence).is_some();
        wrong.unless(is_kind, "evidence", "Choose what the ledger shows");
        let shown = number(wrong, "shown", &self.shown);
        wrong.unless(shown.is_some(), "shown", "Enter the amount that the ledger shows");
        TEXT.check(wrong, "reference", &self.reference, "Say where in the ledger it is found");
        let piece = |amount| Evidence {
            kind: self.evidence.clone(),
            amount,
            reference: self.reference.trim().to_owned(),
        };
        shown.map(piece).into_iter().collect()
    }

    fn uses(&self, wrong: &mut Wrong) -> Option<Use> {
        let all = [&self.before, &self.after, &self.variable, &self.semi_fixed, &self.fixed];
        if all.iter().all(|it| it.trim().is_empty()) {
            return None;
        }
        let is_read = !self.asked().is_blank();
        wrong.unless(!is_read, "before", "Leave these blank: the use is read from costings");
        let mut asked = |field: &str, text: &str| {
            let found = number(wrong, field, text);
            wrong.unless(
                !text.trim().is_empty(),
                field,
                "Enter a number, or leave all of these blank",
            );
            found.unwrap_or(0)
        };
        let (before, after) = (asked("before", &self.before), asked("after", &self.after));
        let rate = Rate {
            variable: asked("variable", &self.variable),
            semi_fixed: asked("semi_fixed", &self.semi_fixed),
            fixed: asked("fixed", &self.fixed),
        };
        let missing = "Say of which costing and period the rates are";
        TEXT.check(wrong, "rate_source", &self.rate_source, missing);
        Some(Use { before, after, rate })
    }
}

/// A number of a field that may be blank.
pub(super) fn number(wrong: &mut Wrong, field: &str, text: &str) -> Option<i64> {
    if text.trim().is_empty() {
        return None;
    }
    let found = typed(text);
    wrong.unless(found.is_some(), field, "Enter a number, such as 1,250 or 12.5");
    found
}
