//! The finding on a line, resource or pool that is a net credit.

use domain::{Finding, Money, Severity};
use rules::YearRules;

use crate::cp3_resources::staff_pools;

/// A finding if the amount is negative: refused, unless the model gives a reason.
///
/// `kind` says in words what has the name and the amount: a cost line, a final line, a resource. It
/// is part of the subject, since a cost line and a final line may have one name and one amount.
/// A secret amount, which would tell the pay of a few, is not named.
///
/// # Source
///
/// Costing semantics, section 3, "Negative lines".
pub(crate) fn finding(
    kind: &str,
    (name, money): (&str, Money),
    reason: &str,
    secret: bool,
) -> Option<Finding> {
    if !money.is_negative() {
        return None;
    }
    let amount =
        if secret { "an amount that may not be told".to_owned() } else { money.abs().to_string() };
    let finding = if reason.is_empty() {
        let message = format!("the {kind} `{name}` is a net credit of {amount}");
        Finding::new("F2", Severity::Refusal, message).remedy(
            "Move the credit to the line that it belongs to, or state in `negative_reason` why it stays.",
        )
    } else {
        let message = format!(
            "the {kind} `{name}` is a net credit of {amount}, which the model allows: {reason}"
        );
        Finding::new("F2", Severity::Warning, message)
            .remedy("Check that the stated reason still holds for this amount.")
    };
    let money = if secret { Money::ZERO } else { money };
    Some(finding.about(format!("{kind} {name}")).with_money(money))
}

/// Whether the money of a cost line may not be told: it is that of a staff pool of few people, or
/// of one that is merged with such a pool.
pub(crate) fn is_secret(cost_line: &str, rules: &YearRules) -> bool {
    let line = rules.cost_lines.get(cost_line).filter(|it| it.is_final());
    line.and_then(|it| rules.resources.get(&it.resource))
        .is_some_and(|it| staff_pools::is_secret(it, rules))
}
