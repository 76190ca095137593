//! Cases F: the ledger.

use super::Action::{Accept, Pool, RefuseFile, Stop, Warn};
use super::{Entry, costing, here};

pub(super) const CASES: &[Entry] = &[
    here(
        "F1",
        Stop,
        "the ledger does not add up to its control total",
        "extract ledger and control total again, at the same moment",
    ),
    costing("F2", Stop, "a cost line, resource or pool is net negative"),
    costing("F3", Stop, "income stands in a cost account"),
    costing("F4", Pool, "no mapping rule fits a cost centre and account"),
    here(
        "F5",
        RefuseFile,
        "two journal lines have one id",
        "extract the ledger again; without ids, equal lines are accepted with a warning",
    ),
    here(
        "F6",
        Accept,
        "a period 13 of year-end adjustments",
        "nothing where the mapping declares adjustments = true",
    ),
    here("F7", RefuseFile, "lines of another financial year", "extract the year that is costed"),
    here(
        "F8",
        RefuseFile,
        "amounts with fractions of a penny",
        "declare `fractions` under `money` if the ledger holds such amounts",
    ),
    here("F9", RefuseFile, "the ledger has a line of totals", "leave totals out of the extract"),
    here(
        "F10",
        RefuseFile,
        "the amounts are the budget's, not the actuals",
        "map the column of actual amounts",
    ),
    here("F11", RefuseFile, "the amounts are in thousands of pounds", "extract pounds"),
    here("F12", Accept, "columns of currencies or VAT", "nothing: the mapping leaves them out"),
    costing("F13", Pool, "a pool has no driver"),
    costing("F14", Stop, "a driver is not a finite number"),
    costing("F15", Stop, "support lines send cost to each other and nowhere else"),
    costing("F16", Stop, "a reclassification does not net to zero"),
    here("F17", Warn, "the ledger was restated", "nothing: the dataset before is kept"),
    here("F18", RefuseFile, "an amount of a trillion pounds or more", "mend the amount"),
];
