//! The page of stages: the pipeline, in order.

use std::fmt::Write as _;

use costing::pipeline::STAGES;

use crate::{cell, head};

const INTRODUCTION: &str = "\
The stages of a costing in their order, with the costing process that each belongs to.
*Closes* is the identity that must hold to the micro-pound before the next stage begins; [costing semantics](costing-semantics.md) has the rules.

| | stage | process | reads | writes | closes |
|---|---|---|---|---|---|";

/// The page.
pub(crate) fn page() -> String {
    let mut page = head("Stages", INTRODUCTION);
    for stage in STAGES {
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} | {} | {} |",
            stage.number,
            cell(stage.name),
            cell(stage.process),
            cell(stage.reads),
            cell(stage.writes),
            cell(stage.closes)
        );
    }
    page
}
