//! The finding on a line, resource or pool that is a net credit.

use domain::{Finding, Money, Severity};

/// A finding if the amount is negative: refused, unless the model gives a reason.
///
/// `kind` says in words what has the name and the amount: a cost line, a final line, a resource. It
/// is part of the subject, since a cost line and a final line may have one name and one amount.
///
/// # Source
///
/// Costing semantics, section 3, "Negative lines".
pub(crate) fn finding(kind: &str, (name, money): (&str, Money), reason: &str) -> Option<Finding> {
    if !money.is_negative() {
        return None;
    }
    let finding = if reason.is_empty() {
        let message = format!("the {kind} `{name}` is a net credit of {}", money.abs());
        Finding::new("F2", Severity::Refusal, message).remedy(
            "Move the credit to the line that it belongs to, or state in `negative_reason` why it stays.",
        )
    } else {
        let message = format!(
            "the {kind} `{name}` is a net credit of {}, which the model allows: {reason}",
            money.abs()
        );
        Finding::new("F2", Severity::Warning, message)
            .remedy("Check that the stated reason still holds for this amount.")
    };
    Some(finding.about(format!("{kind} {name}")).with_money(money))
}
