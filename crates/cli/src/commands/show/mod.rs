//! `concord show`: what people read first of a run.

mod activity;
mod assurance;
mod budget;
mod dataset;
mod matching;
mod reconciliation;
mod since;
mod statement;
mod step_down;
mod unit_costs;
mod usual;
mod whole;

use std::path::PathBuf;

use anyhow::Result;
use results::records::Records;
use results::statements::Statement;
use results::{ResultsError, Run};

use crate::context::{Context, Outcome};

/// Options of `show`.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a page that can be asked for")]
pub(crate) struct Arguments {
    /// Folder of the run, or of a dataset, whose files and findings are shown then.
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// Shows the whole statement of this service line only.
    #[arg(long, value_name = "CODE", conflicts_with = "page", group = "of_two")]
    service_line: Option<String>,
    /// Shows that service line beside an earlier run, such as last year's: each row, and the cost
    /// of one event; with --reconciliation the activity in and out of both.
    #[arg(long, value_name = "EARLIER_RUN", requires = "of_two", conflicts_with = "since")]
    against: Option<PathBuf>,
    /// Shows service lines without what is non-recurrent or technical.
    #[arg(long, conflicts_with = "page")]
    recurrent: bool,
    /// Shows what this run says beyond an earlier one of the same year: a month is the difference
    /// of two years to date.
    #[arg(long, value_name = "EARLIER_RUN", conflicts_with = "page")]
    since: Option<PathBuf>,
    /// Shows which rows of a feed found their event, by rule, month and reason, in rows and pounds,
    /// with both unit costs; of all feeds unless one is named.
    #[arg(long, value_name = "FEED", num_args = 0..=1, default_missing_value = "", group = "page")]
    matching: Option<String>,
    /// Shows everything of the first page: every reason, feed, ward, figure and warning.
    #[arg(long, conflicts_with_all = ["page", "service_line", "since"])]
    all: bool,
    /// Shows every identity with both sides and the queries that give them, in pounds and in rows,
    /// and the reports beside them.
    #[arg(long, groups = ["page", "of_two"])]
    reconciliation: bool,
    /// Shows the staffed beds of every ward, their use, and the days that they stood empty.
    #[arg(long, group = "page")]
    beds: bool,
    /// Shows every figure that the model gives a usual range for.
    #[arg(long, group = "page")]
    plausibility: bool,
    /// Shows final lines with support by step-down beside the mutual support of the run: for
    /// comparison only.
    #[arg(long, group = "page")]
    step_down: bool,
    /// Shows what one of each activity costs, with and without absorbed cost.
    #[arg(long, group = "page")]
    unit_costs: bool,
    /// Shows the log of decisions: methods, acceptances and publication, each with a name.
    #[arg(long, group = "page")]
    assurance: bool,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Outcome> {
    let run = match Run::open(&arguments.run) {
        Err(ResultsError::Damaged { .. }) if dataset::is_one(&arguments.run) => {
            return dataset::run(&arguments.run, context);
        }
        opened => opened?,
    };
    if let Some(feed) = &arguments.matching {
        return matching::run(&run, &arguments.run, feed, context);
    }
    if arguments.reconciliation {
        return reconciliation::run(&run, arguments, context);
    }
    if arguments.beds {
        return usual::run_beds(&run, &arguments.run, context);
    }
    if arguments.plausibility {
        return usual::run_measured(&run, &arguments.run, context);
    }
    if arguments.step_down {
        return step_down::run(&run, &arguments.run, context);
    }
    if arguments.unit_costs {
        return unit_costs::run(&run, &arguments.run, context);
    }
    if arguments.assurance {
        return assurance::run(&run, &arguments.run, context);
    }
    if let Some(earlier) = &arguments.since {
        return since::run(&run, earlier, arguments, context);
    }
    match &arguments.service_line {
        Some(code) => statement::run(&run, code, arguments, context),
        None => whole::run(&run, arguments, context),
    }
}

/// The statements as asked for: whole, or without what is non-recurrent.
fn statements_of(run: &Run, arguments: &Arguments) -> Result<Vec<Statement>> {
    Ok(asked(run.statements()?, arguments.recurrent))
}

fn asked(statements: Vec<Statement>, recurrent: bool) -> Vec<Statement> {
    if recurrent { statements.into_iter().map(Statement::recurrent).collect() } else { statements }
}

fn head(run: &Run, records: &Records) -> String {
    let manifest = run.manifest();
    let mut text = format!(
        "{}, {} to the end of period {}, run {}\n",
        manifest.title, manifest.year, manifest.last_period, manifest.id
    );
    if !manifest.footnote.is_empty() {
        text += &format!("{}\n", manifest.footnote);
    }
    if let Some(it) = &records.publication {
        text += &format!("Published by {} on {}\n", it.by.join(" and "), it.at);
    }
    text
}

fn statements(statements: &[Statement], recurrent: bool) -> String {
    let line = |it: &Statement| format!("  {} {}\n", it.service_line.with_code(), it.in_words);
    let lines: String = statements.iter().map(line).collect();
    let aside = if recurrent { ", without what is non-recurrent or technical" } else { "" };
    format!("\nService lines{aside}\n{lines}")
}
