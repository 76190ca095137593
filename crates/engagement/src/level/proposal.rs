//! What the engine answers: the level it proposes, and everything that it rests on.

use std::fmt;

use jiff::civil::Date;

use crate::Share;
use crate::assessment::{Mode, Status, Support, UnitId};
use crate::framework::{CategoryId, FrameworkId, Level, StepId};
use crate::thresholds::Thresholds;

/// What a test shows: a level, or not even the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    /// Level 1 is not yet shown.
    NotYet,
    /// The level.
    Level(Level),
}

/// One of the tests of which the lowest decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Test {
    /// Which steps count, where they are recorded for the organisation.
    Steps,
    /// How widely joint working has spread, where steps are recorded for the organisation.
    Spread,
    /// Steps and spread together, where steps are recorded by unit.
    Units,
    /// Whether managers are supported in using financial data.
    Cap,
}

/// Counted of how many, and how many are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fraction {
    /// How many count.
    pub counted: u32,
    /// Of how many.
    pub of: u32,
    /// How many are needed; zero where none is asked for.
    pub need: u32,
}

/// The counts of a category at a level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryCount {
    /// The category.
    pub category: CategoryId,
    /// (a): of the level's column.
    pub column: Fraction,
    /// (c): of what the level introduces.
    pub introduced: Fraction,
}

/// How a set of counted steps stands at a level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelTest {
    /// The level.
    pub level: Level,
    /// Whether the steps show it.
    pub passes: bool,
    /// (a) and (c).
    pub by_category: Vec<CategoryCount>,
    /// (b) at this level; at Level 1, the steps of the board.
    pub introduced: Fraction,
    /// (b) at the levels from 2 below this one.
    pub earlier: Vec<(Level, Fraction)>,
}

/// Whether a unit's sharing of data has lapsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lapse {
    /// It has not.
    None,
    /// By its dates it has, and nobody has confirmed it.
    Flagged,
    /// It has, and a person confirmed it.
    Confirmed,
}

/// What a counting unit shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitResult {
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// How widely its people work together; board only where nobody recorded it.
    pub status: Status,
    /// Whether its sharing has lapsed.
    pub lapse: Lapse,
    /// The level that its status allows.
    pub status_level: Level,
    /// Whether its managers are supported.
    pub support: Support,
    /// The steps that count for it, where steps are recorded by unit.
    pub counted: Vec<StepId>,
    /// The level that its steps show, where steps are recorded by unit.
    pub steps_level: Option<Shown>,
    /// The lower of both, where steps are recorded by unit.
    pub level: Option<Shown>,
    /// How its steps stand at every level, where steps are recorded by unit.
    pub tests: Vec<LevelTest>,
}

/// What each test shows. Those that do not apply are empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tests {
    /// Steps recorded for the organisation.
    pub steps: Option<Shown>,
    /// Spread, where steps are recorded for the organisation.
    pub spread: Option<Shown>,
    /// Units, where steps are recorded by unit.
    pub units: Option<Shown>,
    /// The cap.
    pub cap: Level,
}

/// Why very small units cannot be left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotExempt {
    /// More units than may be.
    TooMany {
        /// How many there are.
        units: usize,
        /// How many may be.
        most: u32,
    },
    /// No other unit would remain.
    NoneRemains,
    /// A unit is not flagged as very small.
    NotFlagged(UnitId),
    /// No signed statement names the unit.
    NotStated(UnitId),
    /// A share of its cost or activity is not known.
    ShareUnknown(UnitId),
    /// Their cost together is not below the limit.
    Cost(Share),
    /// Their activity together is not below the limit.
    Activity(Share),
}

/// The exception for very small units: whom it would leave out, and whether it may.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exemption {
    /// The units that would have to be left out, by identifier.
    pub units: Vec<UnitId>,
    /// Why they cannot be; empty if they are left out, or if there are none.
    pub faults: Vec<NotExempt>,
}

/// Something that a person should know, and that blocks nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Warning {
    /// No plan covers any of the units to which joint working has yet to spread.
    NoRollOutPlan,
    /// A step of Level 1 does not count, although a higher level is shown.
    FoundationGap(StepId),
    /// A step is rated consistently demonstrated and has no live evidence.
    EvidenceNeeded {
        /// The unit, where steps are recorded by unit.
        unit: Option<UnitId>,
        /// The step.
        step: StepId,
    },
    /// Sharing has lapsed.
    Lapsed {
        /// The unit.
        unit: UnitId,
        /// Whether a person confirmed it.
        confirmed: bool,
    },
    /// Nobody recorded a status, so the unit counts as board only.
    NoStatus(UnitId),
}

/// What a step lacks to count; what lacks less is preferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lacks {
    /// It is consistently demonstrated: only live evidence is missing.
    Evidence,
    /// It is there partly or sometimes.
    Partly,
    /// It is not there yet.
    NotYet,
    /// Nobody has looked.
    NotAssessed,
}

/// A change that helps to lift the level.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// A step comes to count.
    Step {
        /// What it lacks.
        lacks: Lacks,
        /// For which unit, or for the organisation.
        unit: Option<UnitId>,
        /// The step.
        step: StepId,
    },
    /// Joint working spreads. Where it becomes the norm, data are shared as often as stated.
    Status {
        /// The unit.
        unit: UnitId,
        /// How it is.
        from: Status,
        /// How it must be.
        to: Status,
    },
    /// A unit whose lapse was confirmed shares data again.
    ShareAgain(UnitId),
    /// Managers are supported in using financial data, for a unit or the organisation.
    Support(Option<UnitId>),
}

/// The fewest changes that bring one test to the next level. All are needed; there are none where
/// the lifts before this one are enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lift {
    /// The test.
    pub test: Test,
    /// The level to reach.
    pub to: Level,
    /// The changes.
    pub changes: Vec<Change>,
}

/// Why nothing can be proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No unit counts.
    NoUnits {
        /// Units that are registered, of any kind.
        registered: usize,
        /// Of these, clinical ones that are not open on the day.
        not_open: usize,
    },
}

/// What is proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proposed {
    /// A level, or that Level 1 is not yet shown.
    Shown(Shown),
    /// Nothing, and nothing can be confirmed.
    Refused(Refusal),
}

/// What stands in the way of signing off Level 4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// The units that have not answered; the organisation's answer serves for all of them.
    pub units: Vec<UnitId>,
}

/// A rating that is not used, since its step is recorded elsewhere or its unit does not count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotUsed {
    /// The unit beside which it stands, or the organisation.
    pub unit: Option<UnitId>,
    /// The step.
    pub step: StepId,
}

/// The level that is proposed for an assessment, and everything that it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The version of the framework.
    pub framework: FrameworkId,
    /// The hash of its text.
    pub framework_hash: String,
    /// The national version whose steps it has.
    pub national_framework: FrameworkId,
    /// The day that it is for.
    pub date: Date,
    /// For whom steps are recorded.
    pub mode: Mode,
    /// What is proposed.
    pub proposed: Proposed,
    /// What each test shows; the proposal is the lowest.
    pub tests: Tests,
    /// The tests that hold the level where it is.
    pub binding: Vec<Test>,
    /// The exception for very small units, for spread or units.
    pub exemption: Exemption,
    /// The same, for the cap.
    pub cap_exemption: Exemption,
    /// Units outside the exception whose managers are not supported.
    pub unsupported: Vec<UnitId>,
    /// The organisation's own answer on support.
    pub support: Support,
    /// The steps that count for the organisation.
    pub counted: Vec<StepId>,
    /// How they stand at every level; where steps are recorded by unit, at Level 1 alone.
    pub organisation: Vec<LevelTest>,
    /// What each counting unit shows, by identifier.
    pub units: Vec<UnitResult>,
    /// What a person should know.
    pub warnings: Vec<Warning>,
    /// The fewest changes to the next level, for each test that holds it.
    pub lifts: Vec<Lift>,
    /// What stands in the way of signing off Level 4, if anything.
    pub unanswered: Option<Unanswered>,
    /// Ratings that are not used.
    pub not_used: Vec<NotUsed>,
    /// The thresholds in force.
    pub thresholds: Thresholds,
}

impl Exemption {
    /// Whether units are left out.
    pub fn is_used(&self) -> bool {
        !self.units.is_empty() && self.faults.is_empty()
    }

    /// The units that are left out.
    pub fn left_out(&self) -> &[UnitId] {
        if self.faults.is_empty() { &self.units } else { &[] }
    }
}

impl Fraction {
    /// Whether enough count.
    pub fn passes(self) -> bool {
        self.counted >= self.need
    }
}

impl Proposal {
    /// The level that is proposed, if there is one.
    pub fn level(&self) -> Option<Level> {
        match self.proposed {
            Proposed::Shown(Shown::Level(level)) => Some(level),
            _ => None,
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotYet => f.write_str("Level 1 not yet shown"),
            Self::Level(level) => level.fmt(f),
        }
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Steps => "steps",
            Self::Spread => "spread",
            Self::Units => "units",
            Self::Cap => "cap",
        })
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.counted, self.of)
    }
}
