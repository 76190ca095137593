//! Groups of changes, so that two models can be compared by what each group of rules moves.

use crate::forms;
use crate::lock::LOCK_FILE;
use crate::model::ModelFiles;

/// A group of changes between two runs. Each file of a model belongs to exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeGroup {
    /// Year, last period and day of the extract, which `model.toml` states beside much else.
    Period,
    /// The ledger itself: data, no file of the model.
    Ledger,
    /// Intake mappings, settings, statement, reference lists: all other files.
    Feeds,
    /// Ledger mapping, income treatment, cost lines with their class, service lines and
    /// specialties.
    Mapping,
    /// Support groups, drivers and statistics.
    Support,
    /// Resources, activities, shares and kinds of sessions; of the settings the smallest staff pool.
    Shares,
    /// Weight sets, relative weights and activity rules.
    Weights,
    /// Feeds and matching rules.
    Matching,
}

impl ChangeGroup {
    /// All groups, in the order of costing.
    pub const ALL: [Self; 8] = [
        Self::Period,
        Self::Ledger,
        Self::Feeds,
        Self::Mapping,
        Self::Support,
        Self::Shares,
        Self::Weights,
        Self::Matching,
    ];

    /// The word that users see.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Period => "period",
            Self::Ledger => "ledger",
            Self::Feeds => "feeds",
            Self::Mapping => "mapping",
            Self::Support => "support",
            Self::Shares => "shares",
            Self::Weights => "weights",
            Self::Matching => "matching",
        }
    }
}

/// The group that a file of a model belongs to.
pub fn group_of(file: &str) -> ChangeGroup {
    forms::form(file).map_or(ChangeGroup::Feeds, |it| it.group)
}

/// The files of `a`, but those of the named groups as `b` has them.
///
/// The lock of either is left out, since what comes back is a model of its own. It need not be
/// a sound one: a new cost line of `b` may name a driver that `a` lacks, so parse it and put
/// groups together where that finds a fault.
pub fn hybrid(a: &ModelFiles, b: &ModelFiles, groups: &[ChangeGroup]) -> ModelFiles {
    let from_b = |file: &str| groups.contains(&group_of(file));
    let kept = a.iter().filter(|(file, _)| !from_b(file));
    let taken = b.iter().filter(|(file, _)| from_b(file));
    let files = kept.chain(taken).filter(|(file, _)| *file != LOCK_FILE);
    files.map(|(file, bytes)| (file.clone(), bytes.clone())).collect()
}
