//! The page of model faults: every code that checking a model can report.

use std::fmt::Write as _;

use crate::{cell, head};

const INTRODUCTION: &str = "\
Everything that checking a [model](model.md) can find.
All faults of a model are reported together, each with file, row, column and what to do; a model with a fault is refused.
Entries that begin with *Warning* or *Note* refuse nothing.

| code | what it means |
|---|---|";

/// The page.
pub(crate) fn page() -> String {
    let mut page = head("Model faults", INTRODUCTION);
    for (code, explanation) in rules::CATALOGUE {
        let _ = writeln!(page, "| `{code}` | {} |", cell(explanation));
    }
    page
}
