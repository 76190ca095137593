//! What an assessment is given as: ratings with their evidence, units, and what people stated.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::days::{days_later, months_later};
use crate::framework::{FrameworkId, StepId, identifier};
use crate::{Share, Thresholds};

identifier! {
    /// Names a unit of the organisation.
    UnitId,
}

/// For whom the steps other than those of the board are recorded: all of them alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// For the organisation as a whole.
    Organisation,
    /// For each unit by itself.
    ByUnit,
}

/// How far a step is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rating {
    /// Nobody has looked.
    #[default]
    NotAssessed,
    /// It is not there yet.
    NotYet,
    /// Partly or sometimes.
    Partly,
    /// Consistently demonstrated.
    Consistently,
}

/// Where a piece of evidence stands in its review. That it has expired is told by its date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReviewState {
    /// Its owner still works on it.
    Draft,
    /// Somebody looks at it.
    InReview,
    /// It was found sufficient.
    Accepted,
    /// It was not.
    Rejected,
}

/// A piece of evidence. It supports the rating beside which it stands, and no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// By which people know it.
    pub reference: String,
    /// Where it stands in its review.
    pub state: ReviewState,
    /// The day of what it shows.
    pub event: Date,
    /// The last day on which it is live; if none, it lives for the threshold's months.
    pub expires: Option<Date>,
}

/// A step's rating, with its evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rated {
    /// How far the step is there.
    pub rating: Rating,
    /// What shows it.
    pub evidence: Vec<Evidence>,
}

/// How a step stands on a day, for a table of all steps. PLICS has one as well, and never counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nobody has looked.
    NotAssessed,
    /// It is not there yet.
    NotYet,
    /// Partly or sometimes.
    Partly,
    /// Consistently demonstrated, without live evidence.
    EvidenceNeeded,
    /// Consistently demonstrated, with live evidence.
    Shown,
}

/// Ratings by step; a step that is not there is not assessed.
pub type Ratings = BTreeMap<StepId, Rated>;

/// What kind of unit it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnitKind {
    /// The trust itself.
    Trust,
    /// A division.
    Division,
    /// A directorate.
    Directorate,
    /// A clinical specialty or service line.
    Specialty,
    /// A clinical support service, such as pathology.
    ClinicalSupport,
    /// No clinical unit.
    Corporate,
}

/// How widely a unit's clinicians and finance staff work together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// On the board alone.
    #[default]
    BoardOnly,
    /// When a project needs it.
    AdHoc,
    /// It is the norm.
    Norm,
}

/// How often a unit said that it shares data on cost and quality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Frequency {
    /// Every week.
    Weekly,
    /// Every two weeks.
    Fortnightly,
    /// Every month.
    Monthly,
    /// Every quarter.
    Quarterly,
    /// Every half year.
    HalfYearly,
    /// Every year.
    Yearly,
}

/// How often data on cost and quality is shared, and when it last was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sharing {
    /// The stated frequency.
    pub every: Frequency,
    /// The last time, if there was one.
    pub last: Option<Date>,
}

/// Whether clinicians and other service managers are supported in using financial data to run
/// their departments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Support {
    /// Nobody has answered.
    #[default]
    Unanswered,
    /// They are not.
    No,
    /// They are.
    Yes,
}

/// A unit of the organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its identifier; units are listed in its order.
    pub id: UnitId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: UnitKind,
    /// The unit that it is part of.
    pub parent: Option<UnitId>,
    /// The first day on which it was open, if known.
    pub open_from: Option<Date>,
    /// The last day on which it was open, if it has closed.
    pub open_to: Option<Date>,
    /// How widely its people work together; none counts as board only and is named.
    pub status: Option<Status>,
    /// How often it shares data.
    pub sharing: Option<Sharing>,
    /// A person confirmed that sharing has lapsed; it counts only while it is lapsed by its dates.
    pub lapse_confirmed: bool,
    /// A person flagged it as very small.
    pub very_small: bool,
    /// Its share of the trust's patient cost, as a cost object.
    pub cost_object_share: Option<Share>,
    /// Its share of the expenditure that is directly managed.
    pub expenditure_share: Option<Share>,
    /// Its share of the trust's activity.
    pub activity_share: Option<Share>,
    /// Whether its managers are supported in using financial data.
    pub support: Support,
    /// Its ratings, where steps are recorded by unit.
    pub ratings: Ratings,
}

/// A signed statement that the trust's outcomes would not be materially affected by these units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaterialityStatement {
    /// The units that it names; one that is not among the assessment's has no effect.
    pub units: BTreeSet<UnitId>,
    /// Whether it is signed.
    pub signed: bool,
}

/// One assessment of an organisation on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// The version of the framework under which it was made.
    pub framework: FrameworkId,
    /// The day that it is for.
    pub date: Date,
    /// For whom steps are recorded.
    pub mode: Mode,
    /// Ratings of the organisation.
    pub organisation: Ratings,
    /// All units, also those that do not count.
    pub units: Vec<Unit>,
    /// The statement on very small units.
    pub statement: Option<MaterialityStatement>,
    /// The units that a plan to roll out joint working covers; one that is not among the
    /// assessment's has no effect.
    pub roll_out: BTreeSet<UnitId>,
    /// Whether managers are supported in using financial data, answered for the organisation.
    pub support: Support,
}

impl Assessment {
    /// An assessment in which nothing is recorded yet.
    pub fn new(framework: FrameworkId, date: Date, mode: Mode) -> Self {
        Self {
            framework,
            date,
            mode,
            organisation: Ratings::new(),
            units: Vec::new(),
            statement: None,
            roll_out: BTreeSet::new(),
            support: Support::Unanswered,
        }
    }
}

impl Evidence {
    /// The last day on which it is live.
    pub fn last_day(&self, thresholds: &Thresholds) -> Date {
        self.expires.unwrap_or_else(|| months_later(self.event, thresholds.evidence_life.value))
    }

    /// Whether it is live on the day: accepted, of an event no later than the day, not expired.
    pub fn is_live(&self, day: Date, thresholds: &Thresholds) -> bool {
        let accepted = self.state == ReviewState::Accepted;
        accepted && self.event <= day && day <= self.last_day(thresholds)
    }
}

impl Rated {
    /// Whether at least one piece of its evidence is live.
    pub fn has_live_evidence(&self, day: Date, thresholds: &Thresholds) -> bool {
        self.evidence.iter().any(|it| it.is_live(day, thresholds))
    }

    /// The last day on which the evidence that is live on a day is still live, to warn before it
    /// expires; none if no evidence is live.
    pub fn live_until(&self, day: Date, thresholds: &Thresholds) -> Option<Date> {
        let live = self.evidence.iter().filter(|it| it.is_live(day, thresholds));
        live.map(|it| it.last_day(thresholds)).max()
    }

    /// How the step stands on the day.
    pub fn standing(&self, day: Date, thresholds: &Thresholds) -> Standing {
        match self.rating {
            Rating::NotAssessed => Standing::NotAssessed,
            Rating::NotYet => Standing::NotYet,
            Rating::Partly => Standing::Partly,
            Rating::Consistently if self.has_live_evidence(day, thresholds) => Standing::Shown,
            Rating::Consistently => Standing::EvidenceNeeded,
        }
    }

    /// Whether the step counts: consistently demonstrated, with at least one live piece of evidence.
    pub fn counts(&self, day: Date, thresholds: &Thresholds) -> bool {
        self.standing(day, thresholds) == Standing::Shown
    }
}

impl Frequency {
    /// The day by which it is to happen again, after it last did.
    pub fn next_due(self, last: Date) -> Date {
        self.later(last, 1)
    }

    /// The day so many cycles later.
    fn later(self, day: Date, cycles: u32) -> Date {
        match self {
            Self::Weekly => days_later(day, cycles * 7),
            Self::Fortnightly => days_later(day, cycles * 14),
            Self::Monthly => months_later(day, cycles),
            Self::Quarterly => months_later(day, cycles * 3),
            Self::HalfYearly => months_later(day, cycles * 6),
            Self::Yearly => months_later(day, cycles * 12),
        }
    }
}

impl Unit {
    /// A unit of which nothing else is known yet.
    pub fn new(id: UnitId, name: &str, kind: UnitKind) -> Self {
        Self {
            id,
            name: name.to_owned(),
            kind,
            parent: None,
            open_from: None,
            open_to: None,
            status: None,
            sharing: None,
            lapse_confirmed: false,
            very_small: false,
            cost_object_share: None,
            expenditure_share: None,
            activity_share: None,
            support: Support::Unanswered,
            ratings: Ratings::new(),
        }
    }

    /// Whether it is open on the day.
    pub fn is_open(&self, day: Date) -> bool {
        self.open_from.is_none_or(|it| it <= day) && self.open_to.is_none_or(|it| day <= it)
    }

    /// Whether sharing has lapsed: the unit is norm, and more than the threshold's cycles have gone
    /// by since it last shared. Without a stated frequency or a last time there is nothing to miss.
    pub fn has_lapsed(&self, day: Date, thresholds: &Thresholds) -> bool {
        let Some(Sharing { every, last: Some(last) }) = self.sharing else { return false };
        let norm = self.status == Some(Status::Norm);
        norm && day > every.later(last, thresholds.lapsed_after.value)
    }

    /// The larger of its shares as a cost object and of directly managed expenditure, so that
    /// theatres and pathology are never small. Both must be known.
    pub fn cost_share(&self) -> Option<Share> {
        Some(self.cost_object_share?.max(self.expenditure_share?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    fn accepted(event: &str, expires: Option<&str>) -> Evidence {
        Evidence {
            reference: "minutes".to_owned(),
            state: ReviewState::Accepted,
            event: day(event),
            expires: expires.map(day),
        }
    }

    #[track_caller]
    fn check_last_day(event: &str, expires: Option<&str>, expected: &str) {
        assert_eq!(accepted(event, expires).last_day(&Thresholds::own()), day(expected));
    }

    #[test]
    fn evidence_lives_a_year_or_until_it_expires() {
        check_last_day("2012-06-30", None, "2013-06-30");
        // There is no 29 February 2013: the last day of the month stands for it.
        check_last_day("2012-02-29", None, "2013-02-28");
        check_last_day("2012-06-30", Some("2015-01-01"), "2015-01-01");
        check_last_day("9999-06-30", None, "9999-12-31");
    }

    #[test]
    fn the_last_live_evidence_decides_until_when_a_step_is_shown() {
        let evidence = vec![
            accepted("2013-01-01", Some("2013-08-01")),
            accepted("2012-09-15", None),
            // Of a later event, and expired.
            accepted("2013-07-02", None),
            accepted("2012-06-30", None),
        ];
        let rated = Rated { rating: Rating::Consistently, evidence };
        let until = |text| rated.live_until(day(text), &Thresholds::own());
        assert_eq!(until("2013-07-01"), Some(day("2013-09-15")));
        assert_eq!(until("2014-07-03"), None);
    }
}
