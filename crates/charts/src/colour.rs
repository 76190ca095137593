//! The colours of charts, with their contrast on white.

/// Text, totals, ordinary points: 14.4.
pub(crate) const TEXT: &str = "#212b32";
/// Secondary text, limits, values as recorded: 6.4.
pub(crate) const SECONDARY: &str = "#4c6272";
/// Bars that add, marks of improvement: 6.4.
pub(crate) const BLUE: &str = "#005eb8";
/// Deficits: 11.8.
pub(crate) const DARK_BLUE: &str = "#003087";
/// Concern: 6.6.
pub(crate) const CONCERN: &str = "#a33c00";
/// A change that is neither good nor bad: 12.4.
pub(crate) const NEITHER: &str = "#490092";
/// Grid lines: decoration only.
pub(crate) const GRID: &str = "#d8dde0";
/// The range from chance: decoration only.
pub(crate) const BAND: &str = "#e3e8eb";
/// The ground, and what is cut out of a bar.
pub(crate) const WHITE: &str = "#ffffff";
/// Days of a weekend: decoration only.
pub(crate) const GROUND: &str = "#f0f4f5";
