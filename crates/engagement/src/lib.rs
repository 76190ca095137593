//! Clinical and financial engagement: the framework as data, and the level it gives an assessment.
//!
//! Plain values in, plain values out. Nothing here opens a file, reads a clock or stores anything;
//! no figure is a float, and nothing is averaged. A level is a judgement of people: the engine
//! proposes one with its reasons, and [`confirm`] says what a person must add.
//!
//! ```
//! use engagement::assessment::{Status, UnitKind};
//! use engagement::words::Words;
//! use engagement::{Assessment, Framework, Mode, Thresholds, Unit, UnitId, propose};
//!
//! let framework = Framework::national_2013();
//! let day = "2013-07-01".parse()?;
//! let mut assessment = Assessment::new(framework.id().clone(), day, Mode::Organisation);
//! let mut unit = Unit::new(UnitId::from("cardiology"), "Cardiology", UnitKind::Specialty);
//! unit.status = Some(Status::AdHoc);
//! assessment.units.push(unit);
//! let proposal = propose(&framework, &Thresholds::own(), &assessment)?;
//! let words = Words::new(&framework, &proposal).level();
//! assert_eq!(words[0], "Level 1 not yet shown.");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod actions;
pub mod assessment;
pub mod assurance;
pub mod audiences;
pub mod benefits;
pub mod briefings;
pub mod cases;
pub mod ceilings;
pub mod compare;
pub mod confidence;
pub mod confirm;
pub mod conflicts;
pub mod costing_standards;
mod days;
pub mod demand;
pub mod framework;
pub mod ideas;
pub mod incentives;
pub mod journeys;
pub mod known_issues;
pub mod level;
pub mod library;
mod listed;
pub mod national;
pub mod organisation_types;
pub mod pack_checks;
pub mod pence;
pub mod raters;
pub mod reference;
pub mod returns;
pub mod reviews;
mod rounding;
mod share;
pub mod thresholds;
pub mod triggers;
pub mod variation;
pub mod walk_throughs;
pub mod words;

pub use assessment::{Assessment, Mode, Unit, UnitId};
pub use framework::{Framework, FrameworkId, Level, StepId};
pub use level::{Proposal, propose};
pub use listed::NotListed;
pub use share::{Share, ShareError};
pub use thresholds::Thresholds;
