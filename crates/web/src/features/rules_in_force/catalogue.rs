//! Plain names of the tables of a model, and what each is for.

/// Tables that belong together.
pub(super) struct Section {
    /// Heading.
    pub(super) name: &'static str,
    /// Its tables.
    pub(super) tables: &'static [Described],
}

/// One table.
#[derive(Clone, Copy)]
pub(super) struct Described {
    /// File.
    pub(super) file: &'static str,
    /// What people call it.
    pub(super) name: &'static str,
    /// What it decides.
    pub(super) purpose: &'static str,
}

const fn table(file: &'static str, name: &'static str, purpose: &'static str) -> Described {
    Described { file, name, purpose }
}

/// All tables, in the order of a costing.
pub(super) const SECTIONS: &[Section] = &[
    Section {
        name: "Ledger",
        tables: &[
            table("mapping.csv", "Mapping rules", "Which cost line a line of the ledger goes to"),
            table(
                "income.csv",
                "Income rules",
                "Which lines of the ledger are income, and whether it may be netted",
            ),
            table(
                "cost_lines.csv",
                "Cost lines",
                "What each cost line is: its class, resource, driver and behaviour",
            ),
        ],
    },
    Section {
        name: "Support costs",
        tables: &[
            table("support_groups.csv", "Support groups", "Groups that overheads are shown in"),
            table("drivers.csv", "Support drivers", "What overheads are shared by"),
            table(
                "statistics.csv",
                "Statistics of drivers",
                "How much of a driver each cost line has",
            ),
        ],
    },
    Section {
        name: "Resources and activities",
        tables: &[
            table(
                "resources.csv",
                "Resources",
                "What patients use, such as ward nursing, and how its cost is shared",
            ),
            table(
                "activities.csv",
                "Activities",
                "What is done for patients, and how it is counted",
            ),
            table(
                "activity_rules.csv",
                "Activity rules",
                "In which activity a row of a feed counts",
            ),
            table("shares.csv", "Shares", "How a resource is divided between activities"),
            table(
                "weight_sets.csv",
                "Weight sets",
                "What makes one piece of activity cost more than another",
            ),
            table("rwv.csv", "Relative weights", "Values of those weights by code"),
            table(
                "session_kinds.csv",
                "Kinds of sessions",
                "Who uses planned sessions, and what becomes of unused time",
            ),
        ],
    },
    Section {
        name: "Feeds and matching",
        tables: &[
            table("feeds.csv", "Feeds", "Which feeds there are and what part each plays"),
            table(
                "matching.csv",
                "Matching rules",
                "How a row of a feed finds its patient’s event",
            ),
        ],
    },
    Section {
        name: "Services and statements",
        tables: &[
            table("specialties.csv", "Specialties", "Which service line a specialty belongs to"),
            table(
                "service_lines.csv",
                "Service lines",
                "Service lines with directorate and division",
            ),
            table("event_types.csv", "Kinds of events", "Names of the kinds of events"),
            table(
                "cost_objects.csv",
                "Other cost objects",
                "What is costed beside patients, such as research",
            ),
            table("statement_groups.csv", "Statement groups", "Groups of resources in a statement"),
            table(
                "statement.csv",
                "Unit statement rows",
                "Rows of a service line’s statement, in order",
            ),
        ],
    },
    Section {
        name: "Checks and evidence",
        tables: &[
            table(
                "settings.csv",
                "Settings",
                "Thresholds for small numbers, staff pools and bad files",
            ),
            table("plausibility.csv", "Usual ranges", "In which range a figure of a run is usual"),
            table(
                "stated_activity.csv",
                "Activity stated elsewhere",
                "Counts of an SUS extract or a contract, to set beside the costing's",
            ),
            table("capacity.csv", "Staffed beds", "Beds by ward, so that empty ones are seen"),
            table("reference_costs.csv", "Reference costs", "National unit costs to compare with"),
            table("peers.csv", "Similar trusts", "What they use or pay for one kind of care"),
            table(
                "budget_holders.csv",
                "Budget holders",
                "Whose budget statement shows a cost centre",
            ),
            table("reference_codes.csv", "Reference codes", "Codes that feeds may hold"),
            table(
                "decisions.csv",
                "Log of decisions",
                "Which costing methods were chosen, by whom and why",
            ),
            table("sources.csv", "Sources", "Where rules come from"),
        ],
    },
];

/// A table by its file; nothing if a model has no such table.
pub(super) fn described(file: &str) -> Option<Described> {
    SECTIONS.iter().flat_map(|it| it.tables).find(|it| it.file == file).copied()
}

/// A column as people read it: `Effective from`.
pub(super) fn column_name(column: &str) -> String {
    let words = column.replace('_', " ").replace("wte ", "WTE ").replace("rwv", "RWV");
    crate::shell::words::capital(&words)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_table_of_a_model_is_described_once() {
        let all: Vec<&str> = SECTIONS.iter().flat_map(|it| it.tables).map(|it| it.file).collect();
        let files: BTreeSet<&str> = rules::forms::FORMS.iter().map(|it| it.file).collect();
        assert_eq!(all.iter().copied().collect::<BTreeSet<_>>(), files);
        assert_eq!(all.len(), files.len());
    }

    #[test]
    fn columns_read_as_words() {
        assert_eq!(column_name("effective_from"), "Effective from");
        assert_eq!(column_name("wte_worked"), "WTE worked");
        assert_eq!(column_name("rwv_table"), "RWV table");
    }
}
