//! The CSV files of a model: name, columns, key, whether it may be missing, and its change group.

use crate::groups::ChangeGroup::{self, Feeds, Mapping, Matching, Shares, Support, Weights};

/// One CSV file of a model.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// File name.
    pub file: &'static str,
    /// Its own columns; those of [`COMMON_COLUMNS`] follow in every file.
    pub columns: &'static [&'static str],
    /// Those of its columns that a header may lack: their cells are then blank.
    pub may_lack: &'static [&'static str],
    /// Columns that no two rows in force in one year may share.
    pub key: &'static [&'static str],
    /// Whether a model without it is refused.
    pub required: bool,
    /// The group of changes that it belongs to.
    pub group: ChangeGroup,
}

/// Columns at the end of every CSV file.
pub const COMMON_COLUMNS: &[&str] = &["effective_from", "effective_to", "source", "note"];

/// All CSV files of a model, in the order of the reference.
pub const FORMS: &[Form] = &[
    needed("settings.csv", &["setting", "value", "unit"], &["setting"], Feeds),
    needed(
        "sources.csv",
        &["source_key", "title", "edition", "link", "licence"],
        &["source_key"],
        Feeds,
    ),
    needed(
        "mapping.csv",
        &["sequence", "cost_centre", "account", "cost_line", "percentage"],
        &["sequence", "cost_line"],
        Mapping,
    ),
    needed(
        "income.csv",
        &["sequence", "cost_centre", "account", "treatment"],
        &["sequence"],
        Mapping,
    ),
    needed(
        "cost_lines.csv",
        &[
            "cost_line",
            "name",
            "class",
            "support_group",
            "driver",
            "resource",
            "cost_object",
            "reconciliation_item",
            "traceability",
            "behaviour",
            "controllable",
            "cost_type",
            "pay_type",
            "wte_funded",
            "wte_contracted",
            "wte_worked",
            "recurrence",
            "negative_reason",
        ],
        &["cost_line"],
        Mapping,
    ),
    needed(
        "support_groups.csv",
        &["support_group", "name", "capital"],
        &["support_group"],
        Support,
    ),
    needed("cost_objects.csv", &["cost_object", "name", "kind"], &["cost_object"], Feeds),
    needed("drivers.csv", &["driver", "name", "unit"], &["driver"], Support),
    needed(
        "statistics.csv",
        &["driver", "cost_line", "quantity"],
        &["driver", "cost_line"],
        Support,
    ),
    needed(
        "resources.csv",
        &[
            "resource",
            "name",
            "collection_resource",
            "method",
            "statement_group",
            "staff_pool",
            "people",
            "staff_group",
            "specialty",
            "directorate",
            "negative_reason",
        ],
        &["resource"],
        Shares,
    ),
    needed(
        "activities.csv",
        &["activity", "name", "collection_activity", "count_unit"],
        &["activity"],
        Shares,
    ),
    needed(
        "activity_rules.csv",
        &["feed", "code", "band", "specialty", "location", "category", "activity"],
        &["feed", "code", "band", "specialty", "location", "category", "activity"],
        Weights,
    ),
    needed(
        "weight_sets.csv",
        &[
            "weight_set",
            "activity",
            "driver",
            "staff",
            "rwv_table",
            "rwv_key",
            "default_rwv",
            "minimum_seconds",
            "basis",
        ],
        &["weight_set"],
        Weights,
    ),
    optional("rwv.csv", &["rwv_table", "code", "value"], &["rwv_table", "code"], Weights),
    needed(
        "shares.csv",
        &["resource", "activity", "weight_set", "share"],
        &["resource", "activity"],
        Shares,
    ),
    Form {
        may_lack: &["theatre"],
        ..optional(
            "session_kinds.csv",
            &["session_kind", "name", "used_by", "unused_to", "method", "theatre"],
            &["session_kind"],
            Shares,
        )
    },
    needed(
        "feeds.csv",
        &[
            "feed",
            "name",
            "role",
            "event_type",
            "exclusive",
            "open_end",
            "unmatched",
            "required",
            "repeats",
        ],
        &["feed"],
        Matching,
    ),
    needed(
        "matching.csv",
        &[
            "feed",
            "sequence",
            "identity",
            "event_type",
            "before",
            "after",
            "equalities",
            "tie_breaks",
            "confidence",
        ],
        &["feed", "sequence"],
        Matching,
    ),
    needed("specialties.csv", &["specialty", "name", "service_line"], &["specialty"], Mapping),
    needed(
        "service_lines.csv",
        &["service_line", "name", "directorate", "division", "fixed_payment"],
        &["service_line"],
        Mapping,
    ),
    needed("event_types.csv", &["event_type", "name"], &["event_type"], Feeds),
    needed("statement_groups.csv", &["statement_group", "name"], &["statement_group"], Feeds),
    needed("statement.csv", &["order", "row", "name", "kind", "selector"], &["row"], Feeds),
    optional(
        "reference_costs.csv",
        &["department", "currency", "unit_cost", "activity"],
        &["department", "currency"],
        Feeds,
    ),
    optional(
        "decisions.csv",
        &[
            "decision",
            "subject",
            "method_used",
            "prescribed_method",
            "superior_method",
            "owner",
            "decided_on",
            "evidence",
        ],
        &["decision"],
        Feeds,
    ),
    optional("capacity.csv", &["location", "beds"], &["location"], Feeds),
    optional(
        "stated_activity.csv",
        &["stated_by", "pod", "period", "counted", "events"],
        &["stated_by", "pod", "period"],
        Feeds,
    ),
    optional("plausibility.csv", &["measure", "low", "high", "unit"], &["measure"], Feeds),
    optional(
        "peers.csv",
        &["peers", "hrg", "pod", "measure", "kind", "counted_by", "costed_by", "value", "unit"],
        &["hrg", "pod", "measure"],
        Feeds,
    ),
    optional("budget_holders.csv", &["cost_centre", "directorate"], &["cost_centre"], Feeds),
    optional(
        "reference_codes.csv",
        &["list", "code", "name", "length", "valid_from", "valid_to"],
        &["list", "code"],
        Feeds,
    ),
];

/// The form of a file, if it is one of a model's CSV files.
pub fn form(file: &str) -> Option<&'static Form> {
    FORMS.iter().find(|it| it.file == file)
}

const fn needed(
    file: &'static str,
    columns: &'static [&'static str],
    key: &'static [&'static str],
    group: ChangeGroup,
) -> Form {
    Form { file, columns, may_lack: &[], key, required: true, group }
}

const fn optional(
    file: &'static str,
    columns: &'static [&'static str],
    key: &'static [&'static str],
    group: ChangeGroup,
) -> Form {
    Form { file, columns, may_lack: &[], key, required: false, group }
}
