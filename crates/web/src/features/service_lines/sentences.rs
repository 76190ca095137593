//! Short sentences made from figures: each is true by how it is made.

use domain::Money;
use results::care::{Bar, BarKind, Moved};

use crate::shell::words;
pub(super) use crate::shell::words::each;

/// What one is called, by point of delivery.
pub(super) fn one_of(pod: &str) -> &'static str {
    match pod {
        "DC" | "EL" | "NEL" | "NES" => "stay",
        "OPFA" | "OPFU" | "OPPROC" => "appointment",
        "ED" => "attendance",
        _ => "event",
    }
}

/// `a stay`, `an event`.
pub(super) fn a(one: &str) -> String {
    let article = if one.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {one}")
}

/// More than one of them.
pub(super) fn many_of(pod: &str) -> &'static str {
    match one_of(pod) {
        "stay" => "stays",
        "appointment" => "appointments",
        "attendance" => "attendances",
        _ => "events",
    }
}

/// `a deficit of £1,047`, `a surplus of £20`, `neither surplus nor deficit`.
pub(super) fn result(amount: Money, shown: fn(Money) -> String) -> String {
    match amount.micro_pounds() {
        0 => "neither surplus nor deficit".to_owned(),
        1.. => format!("a surplus of {}", shown(amount)),
        _ => format!("a deficit of {}", shown(amount.abs())),
    }
}

/// `£20 more`, `£3 less`, `no change`, in whole pounds.
pub(super) fn more_or_less(change: Money) -> String {
    let shown = words::pounds(change.abs());
    match change.micro_pounds() {
        _ if shown == "£0" => "no change".to_owned(),
        1.. => format!("{shown} more"),
        _ => format!("{shown} less"),
    }
}

/// `£180 worse`, `£12 better`, `no change`, in whole pounds.
pub(super) fn better_or_worse(change: Money) -> String {
    let shown = words::pounds(change.abs());
    match change.micro_pounds() {
        _ if shown == "£0" => "no change".to_owned(),
        1.. => format!("{shown} better"),
        _ => format!("{shown} worse"),
    }
}

/// How a bar is called.
pub(super) fn name(bar: &BarKind, (before, after): (u64, u64)) -> String {
    match bar {
        BarKind::Volume => {
            let was = words::thousands(before);
            let word = if after < before { "Fewer" } else { "More" };
            format!("{word} of them ({}, was {was})", words::thousands(after))
        }
        BarKind::CaseMix => "Other kinds of care (case mix)".to_owned(),
        BarKind::Use(group) => format!("Use of {}", words::lower(group)),
        BarKind::Spread => "Fixed cost spread over more or fewer".to_owned(),
        BarKind::Prices => "Pay and prices".to_owned(),
        BarKind::Absorbed => "Records that found no patient".to_owned(),
        BarKind::OneYear => "Care given in one year only".to_owned(),
        BarKind::Apart => "Legally restricted care".to_owned(),
    }
}

/// A bar in a sentence: what moved with it, said by its sign.
fn in_a_sentence(bar: &Bar) -> String {
    let word = if bar.amount.is_negative() { "less" } else { "more" };
    match &bar.kind {
        BarKind::Use(group) => format!("{word} use of {}", words::lower(group)),
        BarKind::Prices if bar.amount.is_negative() => "lower pay and prices".to_owned(),
        BarKind::Prices => "higher pay and prices".to_owned(),
        BarKind::Spread if bar.amount.is_negative() => {
            "fixed cost spread over more patients".to_owned()
        }
        BarKind::Spread => "fixed cost spread over fewer patients".to_owned(),
        other => words::lower(&name(other, (0, 0))),
    }
}

/// What one cost more or less than last year, of the same kinds of care, and what accounts for most
/// of it.
pub(super) fn unit_cost(moved: &Moved, one: &str) -> Option<String> {
    let change = each(moved.unit_cost, moved.events.1);
    if words::pounds(change.abs()) == "£0" {
        return Some(format!("The same care cost as much {} as last year.", a(one)));
    }
    let said = format!("The same care cost {} {} than last year", more_or_less(change), a(one));
    let is_one = |it: &&Bar| {
        let is_unit_cost = matches!(
            it.kind,
            BarKind::Use(_) | BarKind::Spread | BarKind::Prices | BarKind::Absorbed
        );
        is_unit_cost && it.amount.is_negative() == moved.unit_cost.is_negative()
    };
    let most = moved.bars.iter().filter(is_one).max_by_key(|it| it.amount.abs())?;
    let part = part_of(most.amount, moved.unit_cost);
    Some(format!("{said}; {} accounts for {part} of that.", in_a_sentence(most)))
}

/// A part of a whole of the same sign, as people say it.
fn part_of(part: Money, whole: Money) -> String {
    let (part, whole) = (i128::from(part.micro_pounds()), i128::from(whole.micro_pounds()));
    let percent = (200 * part.abs() + whole.abs()) / (2 * whole.abs().max(1));
    let said = match percent {
        101.. => "more than all",
        95..=100 => "almost all",
        73..=77 => "three quarters",
        65..=68 => "two thirds",
        49..=51 => "half",
        32..=34 => "a third",
        24..=26 => "a quarter",
        other => return format!("{other}%"),
    };
    said.to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pounds(amount: i64) -> Money {
        Money::from_pounds(amount)
    }

    /// A year's movement, in whole pounds of the bars.
    fn moved(bars: &[(BarKind, i64)], events: u64) -> Moved {
        let bars: Vec<Bar> = bars
            .iter()
            .map(|(kind, amount)| Bar { kind: kind.clone(), amount: pounds(*amount) })
            .collect();
        let unit_cost = bars.iter().map(|it| it.amount).sum();
        let before = pounds(1_000_000);
        Moved { before, after: before + unit_cost, bars, events: (events, events), unit_cost }
    }

    fn stay() -> BarKind {
        BarKind::Use("Own ward nursing".to_owned())
    }

    #[test]
    fn what_accounts_for_most_is_said_with_its_part() {
        // 41,000 over 100 stays is 410 each, of which 27,333 are two thirds.
        let it = moved(&[(stay(), 27_333), (BarKind::Prices, 13_667)], 100);
        assert_eq!(
            unit_cost(&it, "stay").as_deref(),
            Some(
                "The same care cost £410 more a stay than last year; more use of own ward nursing \
                 accounts for two thirds of that."
            )
        );
        // What goes the other way accounts for nothing of it.
        let it = moved(&[(stay(), -30_000), (BarKind::Prices, 10_000)], 100);
        assert_eq!(
            unit_cost(&it, "stay").as_deref(),
            Some(
                "The same care cost £200 less a stay than last year; less use of own ward nursing \
                 accounts for more than all of that."
            )
        );
        let it = moved(&[], 100);
        assert_eq!(
            unit_cost(&it, "stay").as_deref(),
            Some("The same care cost as much a stay as last year.")
        );
    }

    #[test]
    fn results_are_said_without_brackets_or_minus() {
        assert_eq!(result(pounds(-1270), words::pounds), "a deficit of £1,270");
        assert_eq!(result(pounds(3), words::pounds), "a surplus of £3");
        assert_eq!(result(Money::ZERO, words::pounds), "neither surplus nor deficit");
        assert_eq!(better_or_worse(pounds(-180)), "£180 worse");
        assert_eq!(more_or_less(pounds(-3)), "£3 less");
        assert_eq!(each(pounds(-7), 2), "-3.5".parse().expect("an amount"));
    }

    proptest! {
        /// Swap the years and the words reverse.
        #[test]
        fn the_years_swapped_reverse_the_words(
            amounts in proptest::collection::vec(-90_000_i64..90_000, 1..5),
        ) {
            let kinds = [stay(), BarKind::Prices, BarKind::Spread, BarKind::Absorbed];
            let bars = |sign: i64| -> Vec<(BarKind, i64)> {
                kinds.iter().cloned().zip(amounts.iter().map(|it| it * sign)).collect()
            };
            let (one, other) = (moved(&bars(1), 100), moved(&bars(-1), 100));
            let (one, other) = (unit_cost(&one, "stay"), unit_cost(&other, "stay"));
            let swapped = one.map(|it| {
                it.replace("more a stay", "X a stay")
                    .replace("less a stay", "more a stay")
                    .replace("X a stay", "less a stay")
                    .replace("; more use", "; X use")
                    .replace("; less use", "; more use")
                    .replace("; X use", "; less use")
                    .replace("; higher pay", "; X pay")
                    .replace("; lower pay", "; higher pay")
                    .replace("; X pay", "; lower pay")
                    .replace("over more patients", "over X patients")
                    .replace("over fewer patients", "over more patients")
                    .replace("over X patients", "over fewer patients")
            });
            prop_assert_eq!(swapped, other);
        }
    }
}
