//! Why a run cannot be read, explained, accepted, published or exported.

use std::path::{Path, PathBuf};

use domain::Money;

/// Why there is no result. Every message says what the reader can do next.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResultsError {
    /// The folder has no manifest.
    #[error(
        "`{}` is not a finished run: it has no manifest.json. Give the folder that `concord cost` printed",
        .0.display()
    )]
    NotARun(PathBuf),
    /// The run was written by a later version.
    #[error(
        "this run has format {found} and was written by Concord {engine}, but this version reads formats up to {known}: use Concord {engine} or later"
    )]
    NewerFormat {
        /// Format of the run.
        found: u32,
        /// Latest format that this version reads.
        known: u32,
        /// Version that wrote it.
        engine: String,
    },
    /// A file is missing or does not hold what the manifest or its contract says.
    #[error(
        "`{file}` of this run is damaged: {why}. `concord verify RUN` lists everything that differs; cost again to make a sound run"
    )]
    Damaged {
        /// Name below the run's folder, or of a record file beside it.
        file: String,
        /// What is wrong.
        why: String,
    },
    /// The file system refused.
    #[error("cannot {doing} `{}`: {source}", .path.display())]
    Files {
        /// What was tried: `read`, `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The rules that the run holds cannot be read by this version.
    #[error(
        "the model inside this run cannot be read: {0}. `concord verify RUN` says whether it was changed"
    )]
    Model(String),
    /// Parts do not add to a total, which a sound run never shows. The message holds no amount: it
    /// may be one patient's.
    #[error(
        "{what} does not add up: its parts do not come to what the run says. Nothing is shown; `concord verify RUN` lists every break"
    )]
    DoesNotAddUp {
        /// The total.
        what: String,
        /// What the run says.
        stated: Money,
        /// What the parts add to.
        found: Money,
    },
    /// No event has this reference.
    #[error(
        "this run has no event {0}. References are in the column `event` of the table `events`: concord query RUN \"select event, event_type, start_s from events limit 10\""
    )]
    NoSuchEvent(String),
    /// The run has no such figure.
    #[error("this run has no {what} `{asked}`; it has {}", .known.join(", "))]
    NoSuchFigure {
        /// Kind of figure.
        what: &'static str,
        /// The one asked for.
        asked: String,
        /// Those there are.
        known: Vec<String>,
    },
    /// Two runs that give no month.
    #[error(
        "{later} less {earlier} is no part of a year: give an earlier run of the same organisation and year, costed to an earlier period"
    )]
    NotEarlier {
        /// Year and period of the run that was to be earlier.
        earlier: String,
        /// Year and period of the other.
        later: String,
    },
    /// A run that is to stand beside an earlier one is not later than it.
    #[error(
        "{earlier} is not before {later} of the same organisation: name a run of an earlier year or period"
    )]
    NotBefore {
        /// Organisation, year and period of the run that was to be earlier.
        earlier: String,
        /// The same of the other.
        later: String,
    },
    /// The event is legally restricted.
    #[error(
        "event {0} is legally restricted: its identity and trail were removed when it was costed, so it cannot be drilled into. Its cost is part of the totals of its service line"
    )]
    Restricted(String),
    /// Feed rows do not have the weight that the run states.
    #[error(
        "the feed rows of this event do not have the weight that the run states in weight set {0}. Nothing is shown; `concord verify RUN --dataset DATASET` lists every break"
    )]
    OtherRows(String),
    /// A dataset is not the one that the run was costed from.
    #[error("`{}` is not the dataset of run {run}: name its folder", .folder.display())]
    OtherDataset {
        /// The folder.
        folder: PathBuf,
        /// The run.
        run: String,
    },
    /// No finding has this id.
    #[error("this run has no finding {id}{}", listed(.outstanding))]
    NoSuchFinding {
        /// The id asked for.
        id: String,
        /// Ids of findings that still need an acceptance.
        outstanding: Vec<String>,
    },
    /// The finding is told for information only.
    #[error("finding {id} is a {severity} and needs no acceptance{}", listed(.outstanding))]
    NeedsNone {
        /// The finding.
        id: String,
        /// Its severity in words.
        severity: String,
        /// Ids of findings that still need an acceptance.
        outstanding: Vec<String>,
    },
    /// Somebody accepted it before.
    #[error("finding {id} was accepted by {by} on {at}; nothing more is needed for it")]
    AlreadyAccepted {
        /// The finding.
        id: String,
        /// By whom.
        by: String,
        /// When.
        at: String,
    },
    /// A name or reason was left blank.
    #[error("{0} is blank: say it in words, since it stays on record")]
    Blank(&'static str),
    /// Findings without acceptance stand in the way of publication.
    #[error(
        "this run is still a draft: {} of {money} must be accepted first: {}. Accept each with `concord accept RUN FINDING --by NAME --reason TEXT`",
        counted(.findings.len(), "finding"), .findings.join(", ")
    )]
    Outstanding {
        /// Their ids.
        findings: Vec<String>,
        /// Money that they touch.
        money: Money,
    },
    /// One person cannot publish alone.
    #[error("publication needs two different people: `{0}` was named twice")]
    OnePerson(String),
    /// The run was published before.
    #[error(
        "this run was published by {first} and {second} on {at} and cannot be published again; corrections are new runs"
    )]
    AlreadyPublished {
        /// One of the two.
        first: String,
        /// The other.
        second: String,
        /// When.
        at: String,
    },
    /// The question is not one that only reads.
    #[error(
        "a run can only be read: give one SELECT, WITH, EXPLAIN, SHOW or DESCRIBE statement, not {0}"
    )]
    NotReadOnly(String),
    /// The SQL has a fault.
    #[error(
        "the query cannot be answered: {0}\nconcord query RUN \"show tables\" lists the tables, and \"describe TABLE\" their columns"
    )]
    Query(String),
    /// The run has no such table.
    #[error("this run has no table `{name}`; it has {}", .known.join(", "))]
    NoSuchTable {
        /// The name asked for.
        name: String,
        /// The tables there are.
        known: Vec<String>,
    },
    /// A worksheet cannot hold so many rows.
    #[error(
        "table `{table}` has {rows} rows, and a worksheet holds {limit} below its header: export it with `--table {table}` to a .parquet or .csv file"
    )]
    TooLongForSheet {
        /// The table.
        table: String,
        /// Its rows.
        rows: u64,
        /// Rows that fit.
        limit: u64,
    },
    /// The ending of the file name says nothing known.
    #[error("`{}` does not end in .csv, .xlsx or .parquet, so its format is unknown", .0.display())]
    UnknownFormat(PathBuf),
    /// The folder of an export is not there.
    #[error("the folder of `{}` is not there: make it, or give another name", .0.display())]
    NoFolder(PathBuf),
    /// A file of that name is there.
    #[error("`{}` is there already: give another name, or `--replace` to write over it", .0.display())]
    WouldReplace(PathBuf),
    /// A library that writes a format refused.
    #[error("cannot write `{}`: {why}", .path.display())]
    Export {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

impl ResultsError {
    /// Whether conservation is broken, which the command line tells by its own exit code.
    pub fn breaks_conservation(&self) -> bool {
        matches!(self, Self::DoesNotAddUp { .. })
    }

    /// How the audit says that nothing was shown; never with a value from a row.
    pub(crate) fn outcome(&self) -> &'static str {
        match self {
            Self::NoSuchEvent(_) => "refused: no such event",
            Self::Restricted(_) => "refused: legally restricted",
            Self::DoesNotAddUp { .. } => "refused: it does not add up",
            Self::NotReadOnly(_) => "refused: not a statement that reads",
            Self::Query(_) => "failed: the query cannot be answered",
            Self::NoSuchTable { .. } => "refused: no such table",
            Self::Damaged { .. } | Self::Model(_) => "failed: the run is damaged",
            Self::WouldReplace(_) => "refused: a file is in the way",
            _ => "failed",
        }
    }

    pub(crate) fn damaged(file: impl Into<String>, why: &(impl ToString + ?Sized)) -> Self {
        Self::Damaged { file: file.into(), why: why.to_string() }
    }

    pub(crate) fn reading(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Files { doing: "read", path, source }
    }

    pub(crate) fn writing(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Files { doing: "write", path, source }
    }
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

fn listed(outstanding: &[String]) -> String {
    if outstanding.is_empty() {
        return "; no finding of it waits for acceptance".to_owned();
    }
    format!("; these wait for acceptance: {}", outstanding.join(", "))
}
