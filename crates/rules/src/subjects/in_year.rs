//! Puts together the rules of one year, once each subject has checked its own.

use domain::FinancialYear;

use super::header::{Extent, Header};
use super::{
    Tables, activities, cost_lines, evidence, feeds, intake, ledger, matching, resources, services,
    settings, statement, support, weights,
};
use crate::read::Findings;
use crate::year::YearRules;

/// Checks all subjects in one year and gives its rules. They are to be used only if nothing that
/// refuses was found.
pub(crate) fn rules(
    header: &Header,
    (year, extent): (FinancialYear, Extent),
    tables: &Tables,
    findings: &mut Findings,
) -> YearRules {
    check(tables, year, findings);
    YearRules {
        model: header.name.clone(),
        title: header.title.clone(),
        organisation: header.organisation.clone(),
        footnote: header.footnote.clone(),
        test_identities: header.test_identities.clone(),
        year,
        last_period: extent.last_period,
        extract_date: extent.extract_date,
        settings: settings::rules(tables, year, findings),
        mapping: ledger::mapping(tables, year),
        income: ledger::income(tables, year),
        cost_lines: tables.cost_lines.values(year),
        support_groups: tables.support_groups.values(year),
        cost_objects: tables.cost_objects.values(year),
        drivers: tables.drivers.values(year),
        statistics: support::statistics(tables, year),
        resources: tables.resources.values(year),
        activities: tables.activities.values(year),
        activity_rules: activities::rules(tables, year),
        weight_sets: tables.weight_sets.values(year),
        relative_weights: weights::relative_weights(tables, year),
        shares: resources::shares(tables, year),
        session_kinds: tables.session_kinds.values(year),
        feeds: tables.feeds.values(year),
        matching: matching::rules(tables, year),
        specialties: tables.specialties.values(year),
        service_lines: tables.service_lines.values(year),
        event_types: tables.event_types.values(year),
        statement_groups: tables.statement_groups.values(year),
        statement: statement::rows(tables, year),
        reference_costs: evidence::reference_costs(tables, year),
        decisions: evidence::decisions(tables, year),
        capacity: evidence::capacity(tables, year),
        stated_activity: evidence::stated_activity(tables, year),
        plausibility: evidence::plausibility(tables, year),
        peers: evidence::peers(tables, year),
        budget_holders: evidence::budget_holders(tables, year),
        reference_codes: evidence::reference_codes(tables, year),
        sources: tables.sources.values(year),
    }
}

fn check(tables: &Tables, year: FinancialYear, findings: &mut Findings) {
    ledger::check(tables, year, findings);
    cost_lines::check(tables, year, findings);
    support::check(tables, year, findings);
    resources::check(tables, year, findings);
    activities::check(tables, year, findings);
    weights::check(tables, year, findings);
    feeds::check(tables, year, findings);
    matching::check(tables, year, findings);
    intake::check(tables, year, findings);
    services::check(tables, year, findings);
    evidence::check(tables, year, findings);
    statement::check(tables, year, findings);
}
