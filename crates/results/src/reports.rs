//! Reports beside the identities: the quantum walk, rows, activity, beds, and what is usual.

use std::collections::BTreeMap;

use domain::{Money, number::show_scaled};
use serde::Serialize;
use tables::run::{ActivityOut, BedUse, MeasuredFigure, ReportLine, RowIdentity, StatedActivity};

use crate::explain::Named;
use crate::explain::names::Names;
use crate::output::as_decimal;
use crate::since::month;
use crate::{ResultsError, Run, reading};

/// Name of the report that goes from the ledger to the quantum.
const WALK: &str = "5 Quantum walk";

/// Seconds of a day.
const DAY_S: i128 = 86_400;

/// One line of a report that shows amounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownLine {
    /// Report, with its number.
    pub report: String,
    /// What is shown, as the run names it.
    pub line: String,
    /// The same for people.
    pub words: String,
    /// Amount.
    #[serde(serialize_with = "as_decimal")]
    pub amount: Money,
}

/// One identity in rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReconciledRows {
    /// Report, with its number.
    pub report: String,
    /// What is compared.
    pub line: String,
    /// What goes in.
    pub input: i64,
    /// What comes out.
    pub output: i64,
    /// Input less output.
    pub difference: i64,
}

/// Activity in and out of a service line at a point of delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownActivity {
    /// Service line.
    pub service_line: Named,
    /// Point of delivery; blank where the events have none.
    pub pod: String,
    /// Events of the dataset.
    pub events: i64,
    /// Events with time in the period.
    pub in_period: i64,
    /// Events with a cost.
    pub costed: i64,
    /// Events with a cost and no activity.
    pub without_activity: i64,
    /// Own cost.
    #[serde(serialize_with = "as_decimal")]
    pub own: Money,
    /// Absorbed cost.
    #[serde(serialize_with = "as_decimal")]
    pub absorbed: Money,
}

/// Events of one month and point of delivery beside what another source counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownStated {
    /// Who states it.
    pub stated_by: String,
    /// Point of delivery; blank where the events have none.
    pub pod: String,
    /// Period, 1 for April.
    pub period: i64,
    /// The same as a month.
    pub month: String,
    /// Which events count: `ended`, `started` or `attended` in the month.
    pub counted: String,
    /// Events stated; none if nothing is.
    pub stated: Option<i64>,
    /// Events in the costing.
    pub costed: i64,
    /// Costing less stated.
    pub difference: Option<i64>,
    /// Difference in percent of what is stated.
    pub percent: Option<String>,
}

/// One ward: its beds and their use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WardBeds {
    /// Ward.
    pub ward: String,
    /// Staffed beds; `0` where the model states none.
    pub beds: String,
    /// Used of available in percent; none without staffed beds.
    pub occupancy: Option<String>,
    /// Days that staffed beds stood empty; negative where more were used than are staffed.
    pub empty_bed_days: String,
}

/// One figure of the run beside what is usual.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Measured {
    /// Measure, as `plausibility.csv` names it.
    pub measure: String,
    /// In words.
    pub words: String,
    /// The figure; none if there is nothing to measure.
    pub value: Option<String>,
    /// Lower end of what is usual.
    pub low: String,
    /// Upper end; the lower one again for a single published figure.
    pub high: String,
    /// Unit.
    pub unit: String,
    /// Source of the range.
    pub source: String,
    /// Whether the figure lies outside.
    pub outside: bool,
}

impl Run {
    /// The steps from the ledger to the cost quantum, in order.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if the table cannot be read.
    pub fn quantum_walk(&self) -> Result<Vec<ShownLine>, ResultsError> {
        Ok(self.report_lines()?.into_iter().filter(|it| it.report == WALK).collect())
    }

    /// Every line of the reports that show amounts and prove nothing by themselves.
    ///
    /// # Errors
    ///
    /// As [`Run::quantum_walk`].
    pub fn report_lines(&self) -> Result<Vec<ShownLine>, ResultsError> {
        let line = |it: ReportLine| ShownLine {
            words: if it.report == WALK { walk_words(&it.line) } else { it.line.clone() },
            report: it.report,
            line: it.line,
            amount: it.amount,
        };
        Ok(reading::all_rows::<ReportLine>(self)?.into_iter().map(line).collect())
    }

    /// Every identity in rows, in order.
    ///
    /// # Errors
    ///
    /// As [`Run::quantum_walk`].
    pub fn row_reconciliation(&self) -> Result<Vec<ReconciledRows>, ResultsError> {
        let line = |it: RowIdentity| ReconciledRows {
            report: it.report,
            line: it.line,
            input: it.input,
            output: it.output,
            difference: it.difference,
        };
        Ok(reading::all_rows::<RowIdentity>(self)?.into_iter().map(line).collect())
    }

    /// Activity in and out by service line and point of delivery, in order.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if the table or the model cannot be read.
    pub fn activity_out(&self) -> Result<Vec<ShownActivity>, ResultsError> {
        let names = Names(self.rules()?);
        let line = |it: ActivityOut| ShownActivity {
            service_line: names.service_line(&it.service_line),
            pod: it.pod,
            events: it.events,
            in_period: it.in_period,
            costed: it.costed,
            without_activity: it.without_activity,
            own: it.own,
            absorbed: it.absorbed,
        };
        Ok(reading::all_rows::<ActivityOut>(self)?.into_iter().map(line).collect())
    }

    /// Activity beside what other sources count, by source, point of delivery and month; none if the
    /// model states none.
    ///
    /// # Errors
    ///
    /// As [`Run::quantum_walk`].
    pub fn stated_activity(&self) -> Result<Vec<ShownStated>, ResultsError> {
        let line = |it: StatedActivity| ShownStated {
            month: u8::try_from(it.period).map_or("", month).to_owned(),
            percent: it.percent_e4.map(|it| show_scaled(i128::from(it), 4)),
            stated_by: it.stated_by,
            pod: it.pod,
            period: it.period,
            counted: it.counted,
            stated: it.stated,
            costed: it.costed,
            difference: it.difference,
        };
        Ok(reading::all_rows::<StatedActivity>(self)?.into_iter().map(line).collect())
    }

    /// Wards with the use of their beds, in order; none where the model states no beds.
    ///
    /// # Errors
    ///
    /// As [`Run::quantum_walk`].
    pub fn beds(&self) -> Result<Vec<WardBeds>, ResultsError> {
        Ok(reading::all_rows::<BedUse>(self)?.into_iter().map(ward).collect())
    }

    /// The name under which each of these cost lines may be shown: those of a merged staff pool
    /// have one together.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if a table or the model cannot be read.
    pub fn shown_cost_lines<'a>(
        &self,
        codes: impl Iterator<Item = &'a str>,
    ) -> Result<BTreeMap<&'a str, Named>, ResultsError> {
        let (merged, names) = (self.merged_pools()?, Names(self.rules()?));
        let shown = |code: &'a str| {
            let joined = merged.cost_line(code);
            (code, merged.named_code(joined).unwrap_or_else(|| names.cost_line(joined)))
        };
        Ok(codes.map(shown).collect())
    }

    /// Figures that the model gives a usual range for, in order.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if the table or the model cannot be read.
    pub fn measured(&self) -> Result<Vec<Measured>, ResultsError> {
        let names = Names(self.rules()?);
        let figures = reading::all_rows::<MeasuredFigure>(self)?;
        Ok(figures.into_iter().map(|it| measured(it, &names)).collect())
    }
}

fn walk_words(line: &str) -> String {
    let words = match line {
        "ledger" => "the ledger, costs less income",
        "less outside the period" => "less what lies outside the period",
        "less income: patient_income" => "less income for the care of patients",
        "less income: other_activity" => "less income for other activities",
        "less income: netting_not_permitted" => "less income that may not be netted from cost",
        "gross operating expenses" => "which leaves gross operating expenses",
        "income netted" => "with income that is netted from cost",
        "quantum" => "the quantum: all cost that is to be shared",
        other => other,
    };
    words.to_owned()
}

fn ward(it: BedUse) -> WardBeds {
    WardBeds {
        ward: it.location,
        beds: show_scaled(i128::from(it.beds_e2), 2),
        occupancy: it.occupancy_e4.map(|it| show_scaled(i128::from(it), 2)),
        empty_bed_days: days(it.unused_s),
    }
}

/// Seconds as days with one decimal, half away from zero.
pub(crate) fn days(seconds: i64) -> String {
    let tenths = (i128::from(seconds).abs() * 20 + DAY_S) / (2 * DAY_S);
    show_scaled(tenths * i128::from(seconds.signum()), 1)
}

fn measured(it: MeasuredFigure, names: &Names<'_>) -> Measured {
    const PLACES: u32 = 4;
    let shown = |value: i64| {
        let text = show_scaled(i128::from(value), PLACES);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    Measured {
        words: measure_words(&it.measure, names),
        measure: it.measure,
        outside: it.value_e4.is_some_and(|value| !(it.low_e4..=it.high_e4).contains(&value)),
        value: it.value_e4.map(shown),
        low: shown(it.low_e4),
        high: shown(it.high_e4),
        unit: it.unit,
        source: it.source,
    }
}

fn measure_words(measure: &str, names: &Names<'_>) -> String {
    let (name, code) = measure.split_once('/').unwrap_or((measure, ""));
    match name {
        "pay_share" => "pay in all cost".to_owned(),
        "drugs_share" => "medicines in all cost".to_owned(),
        "support_share" => "support in all cost".to_owned(),
        "bed_occupancy" => "staffed beds in use".to_owned(),
        "not_attended" => "appointments that were not attended".to_owned(),
        "mean_stay" => format!("mean stay of {code}"),
        "unit_cost" => format!("mean cost of {code}"),
        "reference_index" => format!("cost against reference costs, {code}"),
        "for_others" => format!("rows for others in {}", names.feed(code).with_code()),
        _ => measure.to_owned(),
    }
}
