//! The budget behind a service line.

use domain::Money;
use results::budget::{ResourceBudget, ServiceLineBudget};

/// Shared resources shown, those of which the service line bears most first.
const SHARED_SHOWN: usize = 5;

/// Booked beside budget where all of it is this service line's, and whose budget is shared.
pub(super) fn text(found: Option<&ServiceLineBudget>) -> String {
    let Some(found) = found else {
        return "\nbudget: none was given to this costing\n".to_owned();
    };
    let mut text =
        "\nBudget of cost lines that are wholly this service line's, before support\n".to_owned();
    if found.own.is_empty() {
        text += "  none: every resource is shared with other service lines\n";
    } else {
        let heads = ["budget", "booked", "booked less budget"];
        text += &format!("  {:>18}  {:>18}  {:>18}\n", heads[0], heads[1], heads[2]);
    }
    for line in found.own.iter().flat_map(|it| &it.cost_lines) {
        let amounts = [line.budget, line.booked, line.difference].map(Money::to_pence);
        text += &format!(
            "  {:>18}  {:>18}  {:>18}  {}\n",
            amounts[0],
            amounts[1],
            amounts[2],
            line.cost_line.with_code()
        );
    }
    if !found.shared.is_empty() {
        let mut shared: Vec<&ResourceBudget> = found.shared.iter().collect();
        shared.sort_by_key(|it| std::cmp::Reverse(it.borne));
        let mut pools: Vec<String> = shared.iter().map(|it| with_others(it)).collect();
        let more = pools.len().saturating_sub(SHARED_SHOWN);
        pools.truncate(SHARED_SHOWN);
        if more > 0 {
            pools.push(format!("and {more} more"));
        }
        text += &format!(
            "  Shared, so that their budget is not this service line's alone (whole budgets: --format json):\n    {}\n",
            pools.join("\n    ")
        );
    }
    text
}

fn with_others(it: &ResourceBudget) -> String {
    let count = it.shared_with.len();
    let others = if count == 1 { "1 other".to_owned() } else { format!("{count} others") };
    format!("{}, with {others}", it.resource.with_code())
}
