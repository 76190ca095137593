//! What a costing run holds, from ledger line to event, each table with its trail.
//!
//! A run is a folder named by its id:
//!
//! | file | holds |
//! |---|---|
//! | `manifest.json` | inputs, model, options and every file with its hash; written last |
//! | `model/` | the model as it was |
//! | `budget.parquet`, `budget_lines.parquet` | the budget as it was read, and on the cost lines that actual cost is on; without rows where the trust gave none |
//! | `control.parquet`, `quantum.parquet`, `cost_lines.parquet`, `support_weights.parquet`, `final_lines.parquet`, `pools.parquet`, `absorbed.parquet` | the way from ledger line to pool, with sources |
//! | `weights/<weight set>.parquet`, `residual_weights.parquet` | every receiver's weight |
//! | `event_costs/<resource>.parquet` | cost of every event by activity, a file for each resource |
//! | `events.parquet`, `event_activities.parquet` | events with totals, and their activity |
//! | `restricted_events.parquet`, `restricted_costs.parquet`, `restricted_weights.parquet`, `restricted_activities.parquet` | legally restricted events, by their second reference, without running weights |
//! | `row_reconciliation.parquet`, `report_lines.parquet`, `activity_out.parquet`, `stated_activity.parquet`, `income_apart.parquet`, `unmatched_costs.parquet`, `bed_use.parquet`, `measured_figures.parquet`, `service_line_wte.parquet` | reports beside the identities, and what was judged |
//! | `unit_costs.parquet`, `service_lines.parquet`, `service_line_costs.parquet`, `residuals.parquet`, `reconciliation.parquet`, `session_use.parquet`, `feed_counts.parquet`, `match_counts.parquet`, `loose_income.parquet`, `intake_findings.csv`, `weighing_findings.csv`, `findings.csv` | what people read |
//!
//! File names of weight sets and resources are their codes, with every byte outside
//! `A-Z a-z 0-9 - _ .` written as `%` and two hexadecimal digits.
//!
//! Sources are stated by `support_group`, `cost_line` (the line booked) and `ledger_line`; a
//! line's own cost has the group `DIRECT`. Columns that say `key` in the reference fix the order
//! of rows.

use domain::Money;

pub use crate::reports::{
    ActivityOut, BedUse, IncomeApart, MeasuredFigure, ReportLine, RowIdentity, ServiceLineWte,
    StatedActivity, UnmatchedCost,
};

table! {
    /// One ledger line and what the quantum made of it.
    QuantumLine = "quantum", key ["ledger_line"] {
        /// Ledger line.
        ledger_line: String, "code", Finance;
        /// Cost centre.
        cost_centre: String, "code", Finance;
        /// Name of the cost centre, blank if the ledger has none.
        cost_centre_name: String, "text", Finance;
        /// Account.
        account: String, "code", Finance;
        /// Name of the account, blank if the ledger has none.
        account_name: String, "text", Finance;
        /// Financial year.
        year: String, "year", Finance;
        /// Period, 1 for April.
        period: i64, "period", Finance;
        /// Amount; cost positive.
        amount: Money, "pounds", Finance;
        /// `COST`, `INCOME` or `OUTSIDE_PERIOD`.
        outcome: String, "code", Finance;
        /// Treatment of an income line; blank for cost.
        treatment: String, "code", Finance;
        /// Mapping rule (sequence) that took the line; blank if none did.
        mapping_rule: String, "code", Finance;
    }
}

table! {
    /// Part of a ledger line on a cost line.
    CostLineSource = "cost_lines", key ["cost_line", "ledger_line"] {
        /// Cost line; blank for UNMAPPED.
        cost_line: String, "code", Finance;
        /// Ledger line.
        ledger_line: String, "code", Finance;
        /// Amount.
        amount: Money, "pounds", Finance;
    }
}

table! {
    /// Part of one budget line on a cost line, by the rules that the ledger goes by.
    BudgetPart = "budget_lines", key ["outcome", "cost_line", "cost_centre", "account", "period"] {
        /// `COST`, `INCOME` or `OUTSIDE_PERIOD`, as in `quantum`.
        outcome: String, "code", Finance;
        /// Cost line; blank where no mapping rule fits, and for what is no cost of the period.
        cost_line: String, "code", Finance;
        /// Cost centre.
        cost_centre: String, "code", Finance;
        /// Account.
        account: String, "code", Finance;
        /// Period, 1 for April.
        period: i64, "period", Finance;
        /// Amount; cost positive, income negative.
        amount: Money, "pounds", Finance;
    }
}

table! {
    /// Share of one support line's cost that ends at one final line.
    SupportWeight = "support_weights", key ["support_line", "final_line"] {
        /// Support line.
        support_line: String, "code", Finance;
        /// Final line.
        final_line: String, "code", Finance;
        /// Ultimate share × 10¹⁸, rounded half up.
        weight_e18: i128, "share × 10¹⁸", Finance;
    }
}

table! {
    /// Part of a final line after support, by source.
    FinalLineSource = "final_lines", key ["final_line", "support_group", "cost_line", "ledger_line"] {
        /// Final line.
        final_line: String, "code", Finance;
        /// Support group, or `DIRECT`.
        support_group: String, "code", Finance;
        /// Cost line booked.
        cost_line: String, "code", Finance;
        /// Ledger line.
        ledger_line: String, "code", Finance;
        /// Amount.
        amount: Money, "pounds", Finance;
    }
}

table! {
    /// Part of a (resource, activity) pool, by source.
    PoolSource = "pools", key ["resource", "activity", "support_group", "cost_line", "ledger_line"] {
        /// Resource.
        resource: String, "code", Finance;
        /// Activity.
        activity: String, "code", Finance;
        /// Support group, or `DIRECT`.
        support_group: String, "code", Finance;
        /// Cost line booked.
        cost_line: String, "code", Finance;
        /// Ledger line.
        ledger_line: String, "code", Finance;
        /// Amount.
        amount: Money, "pounds", Finance;
    }
}

table! {
    /// Weight of one event in one weight set, with the sum of all weights up to it.
    EventWeight = "weights", key ["event_number"] {
        /// Number of the event in `events`.
        event_number: i64, "number", Patient;
        /// Weight of the event; for absolute sets its traced cost in micro-pounds, with sign.
        weight: i64, "weight", Patient;
        /// Weights of all events up to and with this one.
        running: i128, "weight", Patient;
        /// Sum of max(0, weight) up to and with this event, by which absorbed cost is shared; null where it equals `running`, as in every set that is not absolute.
        absorbing: Option<i128>, "weight", Patient;
    }
}

table! {
    /// Part of what a pool's unmatched activity cost, shared a second time over its events.
    AbsorbedSource = "absorbed", key ["resource", "activity", "support_group", "cost_line", "ledger_line"] {
        /// Resource.
        resource: String, "code", Finance;
        /// Activity.
        activity: String, "code", Finance;
        /// Support group, or `DIRECT`.
        support_group: String, "code", Finance;
        /// Cost line booked.
        cost_line: String, "code", Finance;
        /// Ledger line.
        ledger_line: String, "code", Finance;
        /// Amount.
        amount: Money, "pounds", Finance;
    }
}

table! {
    /// Cost of one legally restricted event, for one resource and activity.
    RestrictedCost = "restricted_costs", key ["event", "resource", "activity"] {
        /// Restricted reference of the event.
        event: String, "reference", Patient;
        /// Resource.
        resource: String, "code", Patient;
        /// Activity.
        activity: String, "code", Patient;
        /// Own cost.
        own: Money, "pounds", Patient;
        /// Absorbed cost.
        absorbed: Money, "pounds", Patient;
    }
}

table! {
    /// Weight of one legally restricted event in one weight set.
    RestrictedWeight = "restricted_weights", key ["event", "weight_set"] {
        /// Restricted reference of the event.
        event: String, "reference", Patient;
        /// Weight set.
        weight_set: String, "code", Patient;
        /// Weight.
        weight: i64, "weight", Patient;
    }
}

table! {
    /// How much of an activity one legally restricted event had in the period.
    RestrictedActivity = "restricted_activities", key ["event", "activity"] {
        /// Restricted reference of the event.
        event: String, "reference", Patient;
        /// Activity.
        activity: String, "code", Patient;
        /// As in `event_activities`.
        count: i64, "number or seconds", Patient;
    }
}

table! {
    /// Weight of a receiver that is not an event: unused time, cost object, unmatched, variance.
    ResidualWeight = "residual_weights", key ["weight_set", "kind", "name"] {
        /// Weight set.
        weight_set: String, "code", Open;
        /// `UNUSED_SESSION_TIME`, `COST_OBJECT`, `UNMATCHED`.
        kind: String, "code", Open;
        /// Session, cost object or reason.
        name: String, "code", Open;
        /// Weight.
        weight: i128, "weight", Open;
    }
}

table! {
    /// Cost of one event, for one resource and activity.
    EventCost = "event_costs", key ["event_number", "activity"] {
        /// Number of the event in `events`.
        event_number: i64, "number", Patient;
        /// Activity.
        activity: String, "code", Open;
        /// Own cost.
        own: Money, "pounds", Patient;
        /// Cost absorbed from activity that found no event.
        absorbed: Money, "pounds", Patient;
    }
}

table! {
    /// How much of an activity one event had in the period.
    EventActivity = "event_activities", key ["event_number", "activity"] {
        /// Number of the event in `events`.
        event_number: i64, "number", Patient;
        /// Activity.
        activity: String, "code", Open;
        /// Rows counted (a return is −1) for activities counted by number, else counted seconds.
        count: i64, "number or seconds", Patient;
    }
}

table! {
    /// One costed event with its totals.
    CostedEvent = "events", key ["event_number"] {
        /// Place of the event among all receivers, from 1, in the order of (patient, event) references; restricted events keep theirs, so there may be gaps.
        event_number: i64, "number", Patient;
        /// Patient reference.
        patient: String, "reference", Patient;
        /// Event reference.
        event: String, "reference", Patient;
        /// Type of event.
        event_type: String, "code", Open;
        /// Spell reference, blank if none.
        spell: String, "reference", Patient;
        /// Consultant reference, blank if unknown.
        consultant: String, "reference", Staff;
        /// Start.
        start_s: i64, "seconds UTC", Patient;
        /// End, half-open; null while open.
        end_s: Option<i64>, "seconds UTC", Patient;
        /// How the event lies over the period: `WITHIN`, `BEGAN_BEFORE`, `OPEN_AT_END`, `BEGAN_BEFORE_AND_OPEN`, `WHOLLY_OUTSIDE`.
        completeness: String, "code", Open;
        /// Treatment function code.
        specialty: String, "code", Open;
        /// Service line of the specialty.
        service_line: String, "code", Open;
        /// Site.
        site: String, "code", Open;
        /// HRG.
        hrg: String, "code", Open;
        /// Point of delivery.
        pod: String, "code", Open;
        /// Whose patient.
        category: String, "code", Open;
        /// Admission method.
        admission_method: String, "code", Patient;
        /// Discharge method.
        discharge_method: String, "code", Patient;
        /// Attended or not.
        attended: String, "code", Patient;
        /// Age band.
        age_band: String, "text", Patient;
        /// Sex.
        sex: String, "code", Patient;
        /// Primary diagnosis.
        diagnosis: String, "code", Patient;
        /// Primary procedure.
        procedure: String, "code", Patient;
        /// Own cost.
        own: Money, "pounds", Patient;
        /// Absorbed cost.
        absorbed: Money, "pounds", Patient;
        /// Activity at unit price.
        income_at_unit_price: Money, "pounds", Patient;
        /// Contract income recognised.
        income_recognised: Money, "pounds", Patient;
    }
}

table! {
    /// Unit cost of one resource in one activity.
    UnitCost = "unit_costs", key ["resource", "activity"] {
        /// Resource.
        resource: String, "code", Finance;
        /// Activity.
        activity: String, "code", Finance;
        /// Resource of the national collection, as the model has it; blank if none.
        collection_resource: String, "code", Finance;
        /// Activity of the national collection, as the model has it; blank if none.
        collection_activity: String, "code", Finance;
        /// Weight set that shares the pool.
        weight_set: String, "code", Finance;
        /// Pool.
        pool: Money, "pounds", Finance;
        /// Total weight over all receivers; for absolute sets the pool itself in micro-pounds.
        weight: i128, "weight", Finance;
        /// Total weight of events, by which absorbed cost is shared.
        event_weight: i128, "weight", Finance;
        /// Own cost of events.
        own: Money, "pounds", Finance;
        /// Absorbed cost of events.
        absorbed: Money, "pounds", Finance;
        /// Activity count of events.
        count: i64, "number or seconds", Finance;
        /// Own cost for one of the activity count, half up; display only.
        unit_own: Option<Money>, "pounds", Finance;
        /// Own and absorbed cost for one of the activity count, half up; display only.
        unit_with_absorbed: Option<Money>, "pounds", Finance;
    }
}

table! {
    /// Money that reached no own patient, named, by source.
    ResidualSource = "residuals", key ["residual", "reason", "resource", "activity", "support_group", "cost_line", "ledger_line"] {
        /// `OUTSIDE_PERIOD`, `UNMAPPED`, `RECONCILIATION_ITEM`, `NO_DRIVER`, `UNMATCHED`, `UNUSED_SESSION_TIME`, `TRACED_VARIANCE`, `NOT_OWN_PATIENT`.
        residual: String, "code", Finance;
        /// Reason, session kind, cost object or item.
        reason: String, "code", Finance;
        /// Resource, blank before stage 5.
        resource: String, "code", Finance;
        /// Activity, blank before stage 8.
        activity: String, "code", Finance;
        /// Support group, or `DIRECT`.
        support_group: String, "code", Finance;
        /// Cost line booked, blank before stage 2.
        cost_line: String, "code", Finance;
        /// Ledger line.
        ledger_line: String, "code", Finance;
        /// Amount.
        amount: Money, "pounds", Finance;
    }
}

table! {
    /// One identity that must close to zero.
    Identity = "reconciliation", key ["report", "line"] {
        /// Number of the report in the reconciliation set, and its name.
        report: String, "text", Finance;
        /// What is compared.
        line: String, "text", Finance;
        /// What goes in.
        input: Money, "pounds", Finance;
        /// What comes out.
        output: Money, "pounds", Finance;
        /// Input less output: must be zero.
        difference: Money, "pounds", Finance;
    }
}

table! {
    /// Activity in and out, by feed.
    FeedCount = "feed_counts", key ["feed"] {
        /// Feed.
        feed: String, "code", Open;
        /// Source rows read.
        read: i64, "rows", Open;
        /// Source rows rejected with their file.
        rejected: i64, "rows", Open;
        /// Source rows quarantined.
        quarantined: i64, "rows", Open;
        /// Rows made of the used source rows (a theatre visit gives one for each phase).
        rows: i64, "rows", Open;
        /// Rows with an event.
        matched: i64, "rows", Open;
        /// Rows for a cost object.
        other: i64, "rows", Open;
        /// Rows without an event.
        unmatched: i64, "rows", Open;
        /// Rows wholly outside the period.
        outside: i64, "rows", Open;
        /// Rows whose code has no activity.
        unmapped: i64, "rows", Open;
    }
}

table! {
    /// One planned session: what it offered, what was used, what became of the rest.
    SessionUse = "session_use", key ["session"] {
        /// Session.
        session: String, "code", Open;
        /// Kind of session.
        kind: String, "code", Open;
        /// Staffed time planned in the period.
        planned: i128, "seconds × people × 10²", Open;
        /// Staffed time used by its rows, matched or not.
        used: i128, "seconds × people × 10²", Open;
        /// `NOTHING_LEFT`, `SEPARATE` (a residual of its own) or `SPREAD` over its rows.
        fate: String, "code", Open;
    }
}

table! {
    /// How often a matching rule decided, by feed and month.
    MatchCount = "match_counts", key ["feed", "month", "rule"] {
        /// Feed.
        feed: String, "code", Open;
        /// Month of the row's start, `2025-04`.
        month: String, "month", Open;
        /// Sequence of the rule, `OWN_EVENT` for the rows of a master feed, or the reason why no rule decided.
        rule: String, "code", Open;
        /// Rows.
        rows: i64, "rows", Open;
    }
}

table! {
    /// Patient income of a specialty that no event earned by itself.
    LooseIncome = "loose_income", key ["specialty"] {
        /// Treatment function code.
        specialty: String, "code", Finance;
        /// Income lines.
        lines: i64, "rows", Finance;
        /// Activity at unit price.
        at_unit_price: Money, "pounds", Finance;
        /// Contract income recognised.
        recognised: Money, "pounds", Finance;
    }
}

table! {
    /// Cost of a service line's events by resource, activity and every attribute of the cost line.
    ServiceLineCost = "service_line_costs", key ["service_line", "pod", "category", "resource", "activity", "support_group", "traceability", "behaviour", "controllable", "cost_type", "pay_type", "recurrence"] {
        /// Service line.
        service_line: String, "code", Finance;
        /// Point of delivery.
        pod: String, "code", Finance;
        /// Whose patients: `OWN`, `PRIVATE`, `OVERSEAS` or another category of the model.
        category: String, "code", Finance;
        /// Resource.
        resource: String, "code", Finance;
        /// Activity.
        activity: String, "code", Finance;
        /// Support group, or `DIRECT`.
        support_group: String, "code", Finance;
        /// `direct`, `indirect` or `overhead`.
        traceability: String, "code", Finance;
        /// `fixed`, `semi-fixed` or `variable`.
        behaviour: String, "code", Finance;
        /// Whether safe clinical change can move it.
        controllable: bool, "yes/no", Finance;
        /// Kind of cost.
        cost_type: String, "code", Finance;
        /// Kind of pay; blank for non-pay.
        pay_type: String, "code", Finance;
        /// `recurrent`, `non-recurrent` or `technical`.
        recurrence: String, "code", Finance;
        /// Own cost.
        own: Money, "pounds", Finance;
        /// Absorbed cost.
        absorbed: Money, "pounds", Finance;
    }
}

table! {
    /// One row of a service line's statement.
    StatementLine = "service_lines", key ["service_line", "order"] {
        /// Service line.
        service_line: String, "code", Finance;
        /// Order in the statement.
        order: i64, "number", Finance;
        /// Row code of the statement.
        row: String, "code", Finance;
        /// Row name.
        name: String, "text", Finance;
        /// Amount; income and costs positive, results signed.
        amount: Money, "pounds", Finance;
        /// Of which non-recurrent or technical.
        non_recurrent: Money, "pounds", Finance;
    }
}
