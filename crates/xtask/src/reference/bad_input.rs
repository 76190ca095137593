//! The page of bad input: each case, what is done about it, and what the reader can do.

use std::fmt::Write as _;

use intake::{Action, Handled, catalogue};

use crate::{cell, head};

const INTRODUCTION: &str = "\
What is done about data that is not as it should be.
Nothing is dropped in silence: for every file, rows read = used + quarantined + rejected, and each case below leaves a finding with its code.

*Quarantined* rows are kept apart, counted and shown, and not costed.
A *repair* is made only where the model declares it, or where nothing can be lost; it is counted.
Cases of costing are found when costs are worked out, those of the web application on its pages.

| code | what is wrong | what is done | where | what to do next |
|---|---|---|---|---|";

/// The page.
pub(crate) fn page() -> String {
    let mut page = head("Bad input", INTRODUCTION);
    for entry in catalogue() {
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | {} |",
            entry.code,
            cell(entry.text),
            done(entry.action),
            place(entry.handled),
            cell(entry.remedy)
        );
    }
    page
}

const fn done(action: Action) -> &'static str {
    match action {
        Action::Accept => "accepted",
        Action::Warn => "loaded, with a warning",
        Action::Repair => "repaired",
        Action::RepairAndWarn => "repaired, with a warning",
        Action::Quarantine => "row quarantined",
        Action::RefuseFile => "file refused",
        Action::Stop => "intake or run stopped",
        Action::Pool => "cost to a named residual",
    }
}

const fn place(handled: Handled) -> &'static str {
    match handled {
        Handled::Intake => "intake",
        Handled::Costing => "costing",
        Handled::Web => "web",
    }
}
