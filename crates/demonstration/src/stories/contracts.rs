//! What the contract recognises of activity at unit price: less where a fixed sum is paid.

use crate::hospital::Condition;

/// Per thousand of the unit price.
pub(crate) fn recognised_per_mille(service_line: &str) -> i64 {
    match service_line {
        // The fixed sum was agreed on the activity of three years ago.
        "RESP" => 830,
        "EMER" => 895,
        "ACUT" | "GMED" | "STRO" => 955,
        "CRIT" => 840,
        "ELDE" | "PAED" => 985,
        _ => 1000,
    }
}

/// Specialties that clear their waiting lists in the evening, at premium rates.
pub(crate) const EVENING: [&str; 3] = ["110", "130", "101"];

/// How many in a thousand admissions for a condition are private.
pub(crate) fn private_per_mille(condition: &Condition) -> i64 {
    match condition.specialty.as_str() {
        "110" | "100" | "130" | "502" if condition.is_planned() => 30,
        _ => 0,
    }
}
