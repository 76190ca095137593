//! Tables of a run that say how it reconciles in rows, what reports show, and what was judged.

use domain::Money;

table! {
    /// One identity in rows that must close to zero.
    RowIdentity = "row_reconciliation", key ["report", "line"] {
        /// Number of the report in the reconciliation set, and its name.
        report: String, "text", Open;
        /// What is compared.
        line: String, "text", Open;
        /// What goes in.
        input: i64, "rows", Open;
        /// What comes out.
        output: i64, "rows", Open;
        /// Input less output: must be zero.
        difference: i64, "rows", Open;
    }
}

table! {
    /// One line of a report that shows amounts and proves nothing by itself, such as the quantum walk.
    ReportLine = "report_lines", key ["report", "order"] {
        /// Number of the report in the reconciliation set, and its name.
        report: String, "text", Finance;
        /// Order in the report.
        order: i64, "number", Finance;
        /// What is shown.
        line: String, "text", Finance;
        /// Amount; where a difference is shown, it need not be zero.
        amount: Money, "pounds", Finance;
    }
}

table! {
    /// Activity in and out of one service line at one point of delivery.
    ActivityOut = "activity_out", key ["service_line", "pod"] {
        /// Service line.
        service_line: String, "code", Finance;
        /// Point of delivery.
        pod: String, "code", Finance;
        /// Events of the dataset.
        events: i64, "events", Finance;
        /// Of these, events with time in the period.
        in_period: i64, "events", Finance;
        /// Events with a cost, whenever they were.
        costed: i64, "events", Finance;
        /// Events with a cost, but without any activity count.
        without_activity: i64, "events", Finance;
        /// Own cost.
        own: Money, "pounds", Finance;
        /// Absorbed cost.
        absorbed: Money, "pounds", Finance;
    }
}

table! {
    /// Events of one month and point of delivery as another source counts them, beside the costing.
    StatedActivity = "stated_activity", key ["stated_by", "pod", "period"] {
        /// Who states it, as in `stated_activity.csv` of the model.
        stated_by: String, "code", Finance;
        /// Point of delivery.
        pod: String, "code", Finance;
        /// Period, 1 for April.
        period: i64, "period", Finance;
        /// Which events count: `ended`, `started` or `attended` in the month.
        counted: String, "code", Finance;
        /// Events that the source states; null if it states none for this month.
        stated: Option<i64>, "events", Finance;
        /// Events in the costing.
        costed: i64, "events", Finance;
        /// Costing less stated; null if nothing is stated.
        difference: Option<i64>, "events", Finance;
        /// Difference in percent of what is stated × 10⁴, half up; null if nothing or 0 is stated.
        percent_e4: Option<i64>, "percent × 10⁴", Finance;
    }
}

table! {
    /// Income lines that are no patient income of the period, with why they are kept apart.
    IncomeApart = "income_apart", key ["outcome", "kind", "specialty"] {
        /// `OUTSIDE_PERIOD` or `OTHER_INCOME`.
        outcome: String, "code", Finance;
        /// Kind of income as the line states it.
        kind: String, "code", Finance;
        /// Treatment function code.
        specialty: String, "code", Finance;
        /// Income lines.
        lines: i64, "rows", Finance;
        /// Activity at unit price.
        at_unit_price: Money, "pounds", Finance;
        /// Income recognised.
        recognised: Money, "pounds", Finance;
    }
}

table! {
    /// What activity without an event cost in one pool, whether it is visible or absorbed.
    UnmatchedCost = "unmatched_costs", key ["reason", "resource", "activity"] {
        /// Why no event was found.
        reason: String, "code", Finance;
        /// Resource.
        resource: String, "code", Finance;
        /// Activity.
        activity: String, "code", Finance;
        /// Cost that stands as a residual.
        visible: Money, "pounds", Finance;
        /// Cost that the events of the pool absorb.
        absorbed: Money, "pounds", Finance;
    }
}

table! {
    /// Staffed bed-time of one ward in the period, and what ward stays used of it.
    BedUse = "bed_use", key ["location"] {
        /// Ward.
        location: String, "code", Open;
        /// Staffed beds × 10²; 0 if the model states none.
        beds_e2: i64, "beds × 10²", Open;
        /// Staffed bed-time of the period.
        available_s: i64, "seconds", Open;
        /// Counted time of ward stays, whoever they belong to.
        used_s: i64, "seconds", Open;
        /// Available less used: empty beds; negative where more were used than are staffed.
        unused_s: i64, "seconds", Open;
        /// Used of available, half up; null without staffed beds.
        occupancy_e4: Option<i64>, "× 10⁴", Open;
    }
}

table! {
    /// One figure of the run that the model gives a usual range for.
    MeasuredFigure = "measured_figures", key ["measure"] {
        /// Measure as `plausibility.csv` names it.
        measure: String, "code", Finance;
        /// The figure × 10⁴, half up; null if there is nothing to measure.
        value_e4: Option<i64>, "unit × 10⁴", Finance;
        /// Lower end of what is usual × 10⁴.
        low_e4: i64, "unit × 10⁴", Finance;
        /// Upper end × 10⁴; the same as the lower for a published figure.
        high_e4: i64, "unit × 10⁴", Finance;
        /// Unit.
        unit: String, "text", Finance;
        /// Key of the source that states the range.
        source: String, "code", Finance;
    }
}

table! {
    /// Staff of one service line by kind of pay: those of each cost line follow its cost.
    ServiceLineWte = "service_line_wte", key ["service_line", "pay_type"] {
        /// Service line; blank for staff whose cost reached no event.
        service_line: String, "code", Finance;
        /// Kind of pay.
        pay_type: String, "code", Finance;
        /// Whole-time equivalents funded × 10⁴.
        wte_funded_e4: i64, "people × 10⁴", Finance;
        /// Whole-time equivalents contracted × 10⁴.
        wte_contracted_e4: i64, "people × 10⁴", Finance;
        /// Whole-time equivalents worked × 10⁴.
        wte_worked_e4: i64, "people × 10⁴", Finance;
    }
}
