//! What every verb works with: settings, how to print, how to say what goes on.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use costing::CostingError;
use jobs::ProgressWriter;
use results::{Caller, ResultsError, Run};

use crate::arguments::{Arguments, Format};
use crate::configuration::Configuration;
use crate::progress::Progress;
use crate::surroundings;

/// How a verb ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// As wanted, also with findings that wait for acceptance.
    Done,
    /// A break was found, or the user made a mistake.
    Failed,
    /// Money was made or lost: a fault of the engine or a changed run.
    NotConserved,
}

impl Outcome {
    /// The exit code.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::NotConserved => 2,
        }
    }
}

/// Which exit code an error has.
pub(crate) fn outcome_of(error: &anyhow::Error) -> Outcome {
    let not_conserved = error.chain().any(|cause| {
        matches!(cause.downcast_ref(), Some(CostingError::NotConserved { .. }))
            || cause.downcast_ref().is_some_and(ResultsError::breaks_conservation)
    });
    if not_conserved { Outcome::NotConserved } else { Outcome::Failed }
}

/// What every verb works with.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    /// Settings behind the options.
    pub(crate) configuration: Configuration,
    format: Format,
    quiet: bool,
    /// Hears how far work is instead of whoever started the program.
    listener: Option<Arc<ProgressWriter>>,
    /// Who acts, instead of who the settings say.
    by: Option<String>,
}

impl Context {
    /// Reads the settings.
    pub(crate) fn new(arguments: &Arguments) -> Result<Self> {
        let named =
            arguments.config.clone().or_else(|| surroundings::setting("CONFIG").map(PathBuf::from));
        Ok(Self {
            configuration: Configuration::read(named.as_deref())?,
            format: arguments.format,
            quiet: arguments.quiet,
            listener: None,
            by: None,
        })
    }

    /// The same, but a progress file hears how far work is.
    pub(crate) fn heard_by(&self, writer: Arc<ProgressWriter>) -> Self {
        Self { listener: Some(writer), ..self.clone() }
    }

    /// The same, in the name of whoever asked for a job.
    pub(crate) fn acting_for(&self, by: &str) -> Self {
        Self { by: Some(by.to_owned()), ..self.clone() }
    }

    /// Prints the result, as people or programs want it. The text ends with its own line break.
    pub(crate) fn print(
        &self,
        text: impl FnOnce() -> String,
        json: impl FnOnce() -> serde_json::Value,
    ) -> Result<()> {
        let output = match self.format {
            Format::Text => text(),
            Format::Json => format!("{:#}\n", json()),
        };
        let mut stdout = std::io::stdout().lock();
        match stdout.write_all(output.as_bytes()).and_then(|()| stdout.flush()) {
            // Whoever read the output has seen enough.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            done => Ok(done?),
        }
    }

    /// Prints a result of a run: title and footnote of its model are on every output.
    pub(crate) fn print_of(
        &self,
        run: &Run,
        text: impl FnOnce() -> String,
        json: impl FnOnce() -> serde_json::Value,
    ) -> Result<()> {
        let of = Notice::of(run);
        self.print(|| of.above(&text()), || of.within(json()))
    }

    /// Says something beside the result, on standard error.
    pub(crate) fn remark(&self, text: &str) {
        if !self.quiet {
            eprintln!("{text}");
        }
    }

    /// Shows how far long work is.
    pub(crate) fn progress(&self) -> Progress {
        match &self.listener {
            Some(writer) => Progress::to_file(Arc::clone(writer)),
            None => Progress::new(self.quiet),
        }
    }

    /// Who asks, for the audit.
    pub(crate) fn caller(&self, reason: &str) -> Caller {
        let user = surroundings::user();
        let who = match self.by.clone().or_else(|| self.configuration.operator()) {
            Some(operator) => format!("{operator} ({user})"),
            None => user,
        };
        Caller { who, at: surroundings::now(), reason: reason.to_owned() }
    }

    /// Says that patient rows follow, since this is not the place where they are suppressed; no
    /// option silences it.
    #[expect(clippy::unused_self, reason = "whoever says something says it through the context")]
    pub(crate) fn warn_of_patient_rows(&self, run: &Run) {
        eprintln!(
            "Patient rows are shown and small numbers are not suppressed; this is recorded in {}",
            audit_of(run).display()
        );
    }
}

/// The same for programs: a field of every output with patient rows.
pub(crate) fn with_patient_rows(mut json: serde_json::Value, run: &Run) -> serde_json::Value {
    json["patient_rows"] = serde_json::json!({
        "shown": true, "small_numbers_suppressed": false, "recorded_in": audit_of(run),
    });
    json
}

fn audit_of(run: &Run) -> PathBuf {
    run.folder().parent().unwrap_or(run.folder()).join("audit.jsonl")
}

/// What every output of a run says of it: title and footnote, such as the licence of its data.
pub(crate) struct Notice {
    id: String,
    title: String,
    footnote: String,
}

impl Notice {
    pub(crate) fn of(run: &Run) -> Self {
        let manifest = run.manifest();
        Self {
            id: manifest.id.clone(),
            title: manifest.title.clone(),
            footnote: manifest.footnote.clone(),
        }
    }

    /// In one line, for a column.
    pub(crate) fn line(&self) -> String {
        let footnote = match self.footnote.as_str() {
            "" => String::new(),
            footnote => format!(". {footnote}"),
        };
        format!("{}, run {}{footnote}", self.title, self.id)
    }

    /// Above a text, unless the text says it itself.
    fn above(&self, text: &str) -> String {
        let mut head = String::new();
        if !text.contains(&self.title) {
            head += &format!("{}, run {}\n", self.title, self.id);
        }
        if !text.contains(&self.footnote) {
            head += &format!("{}\n", self.footnote);
        }
        head + text
    }

    /// As fields of an object.
    pub(crate) fn within(&self, mut json: serde_json::Value) -> serde_json::Value {
        if let Some(fields) = json.as_object_mut() {
            fields.insert("title".to_owned(), self.title.clone().into());
            fields.insert("footnote".to_owned(), self.footnote.clone().into());
        }
        json
    }
}
