//! Clinical and financial engagement: the framework as data, and the level it gives an assessment.
//!
//! Plain values in, plain values out. Nothing here opens a file, reads a clock or stores anything;
//! no figure is a float, and nothing is averaged. A level is a judgement of people: the engine
//! proposes one with its reasons, and [`confirm`] says what a person must add.

pub mod assessment;
pub mod compare;
pub mod confirm;
mod days;
pub mod framework;
pub mod level;
pub mod library;
pub mod national;
pub mod raters;
pub mod reference;
pub mod returns;
mod share;
pub mod thresholds;
pub mod words;

pub use assessment::{Assessment, Mode, Unit, UnitId};
pub use framework::{Framework, FrameworkId, Level, StepId};
pub use level::{Proposal, propose};
pub use share::{Share, ShareError};
pub use thresholds::Thresholds;
