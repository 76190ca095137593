//! One file for each verb: its options, what it does and what it prints.

pub(crate) mod demo;
pub(crate) mod intake;

pub(crate) mod cost;
pub(crate) mod verify;

pub(crate) mod accept;
pub(crate) mod publish;

pub(crate) mod compare;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod query;
pub(crate) mod show;

pub(crate) mod model;

pub(crate) mod serve;

pub(crate) mod engine;

#[cfg(feature = "cluster")]
pub(crate) mod cluster;

mod findings;
mod invented;

use anyhow::Result;

use crate::arguments::Verb;
use crate::context::{Context, Outcome};

/// Does what was asked for.
pub(crate) fn run(verb: &Verb, context: &Context) -> Result<Outcome> {
    match verb {
        Verb::Demo(arguments) => demo::run(arguments, context),
        Verb::Intake(arguments) => intake::run(arguments, context),
        Verb::Cost(arguments) => cost::run(arguments, context),
        Verb::Accept(arguments) => accept::run(arguments, context),
        Verb::Publish(arguments) => publish::run(arguments, context),
        Verb::Verify(arguments) => verify::run(arguments, context),
        Verb::Show(arguments) => show::run(arguments, context),
        Verb::Explain(arguments) => explain::run(arguments, context),
        Verb::Compare(arguments) => compare::run(arguments, context),
        Verb::Query(arguments) => query::run(arguments, context),
        Verb::Export(arguments) => export::run(arguments, context),
        Verb::Model(arguments) => model::run(arguments, context),
        Verb::Serve(arguments) => serve::run(arguments, context),
        Verb::Engine(arguments) => engine::run(arguments, context),
        #[cfg(feature = "cluster")]
        Verb::Cluster(arguments) => cluster::run(arguments, context),
    }
}
