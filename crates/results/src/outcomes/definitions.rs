//! The measures as data: `data/outcomes.toml`.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use rules::year::CountUnit;
use serde::Deserialize;
use statistics::case_mix::Floors;
use statistics::spc::SpcRules;
use tables::run::CostedEvent;

/// The measures that come with the program.
const OWN: &str = include_str!("../../data/outcomes.toml");

/// Which way a measure is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Good {
    /// More is better.
    Up,
    /// Less is better.
    Down,
    /// Neither.
    Neither,
}

/// How numerator and denominator make a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// A sum over how many it is of.
    Mean,
    /// So many of so many.
    Proportion,
    /// So many for each of another.
    Ratio,
}

/// All definitions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Definitions {
    pub(crate) spells: SpellRules,
    pub(crate) cost_of_spell: CostRule,
    pub(crate) cost_of_event: CostRule,
    chart: ChartRules,
    #[serde(rename = "measure")]
    pub(crate) measures: Vec<MeasureRule>,
    pub(crate) stays: StayRules,
    pub(crate) week: WeekRules,
    comparison: ComparisonRules,
    #[serde(rename = "use")]
    pub(crate) uses: Vec<UseRule>,
}

/// What makes a spell, and what follows it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SpellRules {
    pub(crate) event_types: BTreeSet<String>,
    pub(crate) emergency: Vec<String>,
    pub(crate) died: Vec<String>,
    pub(crate) readmission_days: i32,
    pub(crate) source: String,
}

/// A cost by month that stands beside the outcomes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CostRule {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) unit: String,
    pub(crate) definition: String,
    pub(crate) source: String,
    pub(crate) absent: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChartRules {
    shift: usize,
    trend: usize,
    few_points: usize,
    fewest: i64,
    source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ComparisonRules {
    cases: u64,
    peers: u64,
    like_cases: u64,
    newcomer_months: usize,
    source: String,
}

/// Where and when patients leave.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StayRules {
    cases: u64,
    peers: u64,
    like_cases: u64,
    pub(crate) ward: String,
    pub(crate) discharged: String,
    pub(crate) admitted: String,
    pub(crate) source: String,
    pub(crate) absent: String,
    pub(crate) waits: Vec<i32>,
    pub(crate) ready: String,
    pub(crate) ready_source: String,
    pub(crate) never_ready: String,
    pub(crate) no_events: String,
}

/// What is told of the newest week.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WeekRules {
    pub(crate) earlier: usize,
    pub(crate) complete_days: u64,
    pub(crate) complete_share: u64,
    pub(crate) attended: BTreeSet<String>,
    pub(crate) missed: BTreeSet<String>,
    pub(crate) missed_types: BTreeSet<String>,
    pub(crate) cancelled_by_patient: BTreeSet<String>,
    pub(crate) cancelled_by_us: BTreeSet<String>,
    pub(crate) long_nights: Vec<i64>,
    pub(crate) ungrouped: BTreeSet<String>,
    pub(crate) source: String,
}

impl StayRules {
    pub(crate) const fn floors(&self) -> Floors {
        Floors { cases: self.cases, peers: self.peers, like_cases: self.like_cases }
    }
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Stay,
    Readmission,
    Spells,
    Returns,
    Events,
}

/// One measure.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MeasureRule {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) form: Form,
    pub(crate) unit: String,
    pub(crate) good: Good,
    pub(crate) more: String,
    pub(crate) less: String,
    #[serde(default)]
    pub(crate) must_be_recorded: bool,
    #[serde(default)]
    pub(crate) numerator: Vec<Filter>,
    #[serde(default)]
    pub(crate) denominator: Vec<Filter>,
    pub(crate) definition: String,
    pub(crate) source: String,
    pub(crate) absent: String,
}

impl MeasureRule {
    /// Where it comes from, and of readmissions also where the rule of spells does.
    pub(crate) fn sources(&self) -> String {
        match self.kind {
            Kind::Readmission => format!("{}; {}", self.source, Definitions::own().spells.source),
            _ => self.source.clone(),
        }
    }
}

/// What an event must be: all that is given must hold.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Filter {
    event_types: BTreeSet<String>,
    pods: BTreeSet<String>,
    attended: BTreeSet<String>,
}

/// One use of resources by which consultants are compared.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UseRule {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) kind: UseKind,
    #[serde(default)]
    count_unit: String,
    #[serde(default)]
    pub(crate) in_session: bool,
    #[serde(default)]
    pub(crate) collection_activities: BTreeSet<String>,
    pub(crate) unit: String,
    pub(crate) definition: String,
    pub(crate) source: String,
    pub(crate) absent: String,
}

/// Where a use is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum UseKind {
    Nights,
    Activities,
}

impl Definitions {
    /// Those that come with the program.
    pub(crate) fn own() -> &'static Self {
        static OWN_DEFINITIONS: OnceLock<Definitions> = OnceLock::new();
        OWN_DEFINITIONS.get_or_init(|| toml::from_str(OWN).expect("a test reads the measures"))
    }

    pub(crate) fn chart(&self) -> SpcRules {
        let ChartRules { shift, trend, few_points, .. } = self.chart;
        SpcRules { shift, trend, few_points, ..SpcRules::default() }
    }

    pub(crate) fn floors(&self) -> Floors {
        let ComparisonRules { cases, peers, like_cases, .. } = self.comparison;
        Floors { cases, peers, like_cases }
    }

    /// Months of which the first of a newcomer are looked at together.
    pub(crate) const fn newcomer_months(&self) -> usize {
        self.comparison.newcomer_months
    }

    /// Fewest a month, for a chart.
    pub(crate) const fn fewest_a_month(&self) -> i64 {
        self.chart.fewest
    }

    /// Where the rules of charts are from.
    pub(crate) fn chart_source(&self) -> &str {
        &self.chart.source
    }

    /// Where the rules of comparison are from.
    pub(crate) fn comparison_source(&self) -> &str {
        &self.comparison.source
    }
}

impl Filter {
    /// Whether an event fits any of these.
    pub(crate) fn any(filters: &[Self], event: &CostedEvent) -> bool {
        let is_one =
            |wanted: &BTreeSet<String>, value: &str| wanted.is_empty() || wanted.contains(value);
        filters.iter().any(|it| {
            is_one(&it.event_types, &event.event_type)
                && is_one(&it.pods, &event.pod)
                && is_one(&it.attended, &event.attended)
        })
    }

    /// Whether spells of a point of delivery fit any of these.
    pub(crate) fn any_pod(filters: &[Self], pod: &str) -> bool {
        filters.iter().any(|it| it.pods.contains(pod))
    }
}

impl UseRule {
    pub(crate) fn count_unit(&self) -> CountUnit {
        if self.count_unit == "minutes" { CountUnit::Minutes } else { CountUnit::Number }
    }
}

impl From<Good> for statistics::spc::Good {
    fn from(good: Good) -> Self {
        match good {
            Good::Up => Self::Up,
            Good::Down => Self::Down,
            Good::Neither => Self::Neither,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_says_what_it_is_and_where_it_is_from() {
        let own = Definitions::own();
        let mut codes: Vec<&str> = own.measures.iter().map(|it| it.code.as_str()).collect();
        codes.extend(own.uses.iter().map(|it| it.code.as_str()));
        let different: BTreeSet<&str> = codes.iter().copied().collect();
        assert_eq!(codes.len(), different.len(), "{codes:?}");
        for it in &own.measures {
            for text in [&it.name, &it.unit, &it.definition, &it.source, &it.more, &it.less] {
                assert!(!text.is_empty(), "{it:?}");
            }
            assert!(it.absent.starts_with("We hold no "), "{}", it.absent);
            let has_filters = !it.numerator.is_empty() && !it.denominator.is_empty();
            assert_eq!(has_filters, matches!(it.kind, Kind::Spells | Kind::Events), "{it:?}");
        }
        for it in &own.uses {
            let has_activities = !it.collection_activities.is_empty();
            assert_eq!(has_activities, it.kind == UseKind::Activities, "{it:?}");
            assert!(matches!(it.count_unit.as_str(), "" | "minutes" | "number"), "{it:?}");
        }
        let stays = &own.stays;
        let told = [&stays.ward, &stays.discharged, &stays.admitted, &stays.source, &stays.absent];
        let of_ready = [&stays.ready, &stays.ready_source, &stays.never_ready, &stays.no_events];
        for text in told.into_iter().chain(of_ready) {
            assert!(!text.is_empty(), "{stays:?}");
        }
        assert!(stays.waits.first().is_some_and(|it| *it > 0) && stays.waits.is_sorted());
        for source in [&own.spells.source, own.chart_source(), own.comparison_source()] {
            assert!(!source.is_empty());
        }
        assert_eq!(own.floors(), Floors::default());
        assert_eq!(own.chart(), SpcRules::default());
    }
}
