//! The subjects of a model, one file each: how its rows are read and what must hold among them.

pub(crate) mod activities;
pub(crate) mod cost_lines;
pub(crate) mod evidence;
pub(crate) mod feeds;
pub(crate) mod header;
mod in_year;
pub(crate) mod intake;
mod joins;
pub(crate) mod ledger;
pub(crate) mod matching;
mod rebase;
pub(crate) mod resources;
pub(crate) mod services;
pub(crate) mod settings;
pub(crate) mod statement;
pub(crate) mod support;
pub(crate) mod weights;

use std::collections::{BTreeMap, BTreeSet};

use domain::FinancialYear;

use self::activities::{ActivityRuleRow, SessionKindRow};
use self::evidence::{CapacityRow, ReferenceCodeRow, ReferenceCostRow};
use self::intake::IntakeFile;
use self::ledger::{IncomeRow, MappingRow};
use self::matching::MatchingRow;
use self::resources::ShareRow;
use self::settings::SettingRow;
use self::statement::StatementRowRead;
use self::support::StatisticRow;
use self::weights::RelativeWeightRow;
use crate::faults;
use crate::forms;
use crate::read::{Book, Findings, Head, Table, place};
use crate::year::{
    Activity, BudgetHolder, CostLine, CostObject, Decision, Driver, Feed, PeerValue,
    PlausibleRange, Resource, ServiceLine, Source, Specialty, StatedActivity, SupportGroup,
    WeightSet,
};

pub(crate) use self::in_year::rules;

/// Everything that the files of a model say, row by row, whatever the year.
#[derive(Debug)]
pub(crate) struct Tables {
    pub(crate) settings: Table<SettingRow>,
    pub(crate) sources: Table<Source>,
    pub(crate) mapping: Table<MappingRow>,
    pub(crate) income: Table<IncomeRow>,
    pub(crate) cost_lines: Table<CostLine>,
    pub(crate) support_groups: Table<SupportGroup>,
    pub(crate) cost_objects: Table<CostObject>,
    pub(crate) drivers: Table<Driver>,
    pub(crate) statistics: Table<StatisticRow>,
    pub(crate) resources: Table<Resource>,
    pub(crate) shares: Table<ShareRow>,
    pub(crate) activities: Table<Activity>,
    pub(crate) activity_rules: Table<ActivityRuleRow>,
    pub(crate) session_kinds: Table<SessionKindRow>,
    pub(crate) weight_sets: Table<WeightSet>,
    pub(crate) relative_weights: Table<RelativeWeightRow>,
    pub(crate) feeds: Table<Feed>,
    pub(crate) matching: Table<MatchingRow>,
    pub(crate) specialties: Table<Specialty>,
    pub(crate) service_lines: Table<ServiceLine>,
    pub(crate) event_types: Table<String>,
    pub(crate) statement_groups: Table<String>,
    pub(crate) statement: Table<StatementRowRead>,
    pub(crate) reference_costs: Table<ReferenceCostRow>,
    pub(crate) decisions: Table<Decision>,
    pub(crate) capacity: Table<CapacityRow>,
    pub(crate) stated_activity: Table<StatedActivity>,
    pub(crate) plausibility: Table<PlausibleRange>,
    pub(crate) peers: Table<PeerValue>,
    pub(crate) budget_holders: Table<BudgetHolder>,
    pub(crate) reference_codes: Table<ReferenceCodeRow>,
    /// Intake mappings by feed.
    pub(crate) intake: BTreeMap<String, IntakeFile>,
}

impl Tables {
    /// Reads every file once.
    pub(crate) fn read(book: &mut Book<'_>) -> Self {
        Self {
            settings: settings::read(book),
            sources: evidence::read_sources(book),
            mapping: ledger::read_mapping(book),
            income: ledger::read_income(book),
            cost_lines: cost_lines::read(book),
            support_groups: support::read_groups(book),
            cost_objects: cost_lines::read_objects(book),
            drivers: support::read_drivers(book),
            statistics: support::read_statistics(book),
            resources: resources::read(book),
            shares: resources::read_shares(book),
            activities: activities::read(book),
            activity_rules: activities::read_rules(book),
            session_kinds: activities::read_session_kinds(book),
            weight_sets: weights::read(book),
            relative_weights: weights::read_relative(book),
            feeds: feeds::read(book),
            matching: matching::read(book),
            specialties: services::read_specialties(book),
            service_lines: services::read_lines(book),
            event_types: services::read_event_types(book),
            statement_groups: services::read_statement_groups(book),
            statement: statement::read(book),
            reference_costs: evidence::read_reference_costs(book),
            decisions: evidence::read_decisions(book),
            capacity: evidence::read_capacity(book),
            stated_activity: evidence::read_stated_activity(book),
            plausibility: evidence::read_plausibility(book),
            peers: evidence::read_peers(book),
            budget_holders: evidence::read_budget_holders(book),
            reference_codes: evidence::read_reference_codes(book),
            intake: intake::read(book),
        }
    }
}

/// Reports what no year can excuse: files that nobody reads.
pub(crate) fn note_ignored_files(book: &mut Book<'_>) {
    let known = |file: &str| {
        forms::form(file).is_some()
            || matches!(file, header::FILE | crate::lock::LOCK_FILE)
            || intake::feed_of(file).is_some()
    };
    for file in book.files.keys().filter(|it| !known(it)) {
        book.findings.note(
            faults::FILE_IGNORED,
            place(file, 0, ""),
            format!("{file} is not a file of a model and was not read"),
            "Correct its name if it was meant to hold rules.",
        );
    }
}

/// Checks what holds for every file alike: keys are unique and sources known.
pub(crate) fn check_heads(
    heads: &[Head],
    sources: &Table<Source>,
    year: FinancialYear,
    findings: &mut Findings,
) {
    let mut seen: BTreeMap<(&str, &[String]), u64> = BTreeMap::new();
    let known: BTreeSet<&str> = sources.by_name(year).into_keys().collect();
    for head in heads.iter().filter(|it| it.sound && it.in_force(year)) {
        if let Some(first) = seen.insert((head.file, &head.key), head.line) {
            findings.refuse(
                faults::DUPLICATE,
                head.at(""),
                format!("line {first} has the same key {} in the same year", shown(&head.key)),
                "Take one of the rows out, or end the older one on the 31 March before.",
            );
        }
        let unknown = !head.source.is_empty() && !known.contains(head.source.as_str());
        if unknown && sources.readable {
            findings.refuse(
                faults::UNKNOWN_SOURCE,
                head.at("source"),
                format!("source `{}` is not in sources.csv", head.source),
                "Add it to sources.csv for the same years, or correct the spelling.",
            );
        }
    }
}

fn shown(key: &[String]) -> String {
    let cells: Vec<String> = key.iter().map(|it| format!("`{it}`")).collect();
    cells.join(", ")
}
