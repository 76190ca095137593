//! The same division in the plainest form: each line asked each question of the law.

use rules::YearRules;
use rules::year::Treatment;
use tables::dataset::LedgerLine;

use super::Outcome;

/// What becomes of a line, and how its income is treated.
pub(super) fn outcome(line: &LedgerLine, rules: &YearRules) -> (Outcome, Option<Treatment>) {
    let is_of_year = line.year == rules.year.to_string();
    let last = i64::from(rules.last_period);
    let is_month = line.period >= 1 && line.period <= last;
    let is_adjustment = line.period == 13 && last == 12;
    if !is_of_year || !(is_month || is_adjustment) {
        return (Outcome::OutsidePeriod, None);
    }
    let fits = |it: &&rules::year::IncomeRule| {
        it.cost_centre.fits(&line.cost_centre) && it.account.fits(&line.account)
    };
    let rule = rules.income.iter().filter(fits).min_by_key(|it| it.sequence);
    let treatment = rule.map(|it| it.treatment);
    if treatment.is_none() || treatment == Some(Treatment::NettingPermitted) {
        (Outcome::Cost, treatment)
    } else {
        (Outcome::Income, treatment)
    }
}
