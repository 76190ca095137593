//! Amounts in whole pence that add up as they are shown.
//!
//! Only for reading: a table of exact amounts, each rounded by itself, may miss its total by some
//! pence. Here the parts are rounded down and the pence that are left go, one each, to those with
//! the largest remainders, so that a reader who adds finds the total.

use domain::Money;

/// Micro-pounds of a penny.
const PENNY: i64 = 10_000;

/// The amount in whole pence, half away from zero.
pub(super) fn of(amount: Money) -> i64 {
    let micro = amount.micro_pounds();
    (micro + micro.signum() * (PENNY / 2)) / PENNY
}

/// The amount of so many pence.
pub(super) fn money(pence: i64) -> Money {
    Money::from_micro_pounds(pence * PENNY)
}

/// The parts in whole pence that add up to `total` pence. What they miss it by without rounding
/// goes to the largest remainders too, as if it were rounding.
pub(super) fn parts(total: i64, exact: &[Money]) -> Vec<i64> {
    let floor = |it: &Money| it.micro_pounds().div_euclid(PENNY);
    let mut pence: Vec<i64> = exact.iter().map(floor).collect();
    let left = total - pence.iter().sum::<i64>();
    let mut order: Vec<usize> = (0..exact.len()).collect();
    order.sort_by_key(|it| std::cmp::Reverse(exact[*it].micro_pounds().rem_euclid(PENNY)));
    // There is at most one penny for each part; a total that was rounded down can leave one less.
    for place in 0..left.unsigned_abs() {
        let Ok(place) = usize::try_from(place) else { break };
        let Some(count) = order.len().checked_sub(1) else { break };
        let turn = place % (count + 1);
        let part = if left > 0 { order[turn] } else { order[count - turn] };
        pence[part] += left.signum();
    }
    pence
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn money_of(text: &str) -> Money {
        text.parse().expect("an amount")
    }

    #[test]
    fn parts_add_up_as_they_are_shown() {
        // 3.336 + 3.336 + 3.328 = 10.00; floors 3.33 + 3.33 + 3.32 leave 2 pence for the first two,
        // whose remainders are 0.6 of a penny, against 0.8 of the third: the third and the first.
        let exact = ["3.336", "3.336", "3.328"].map(money_of);
        assert_eq!(parts(1000, &exact), [334, 333, 333]);
        assert_eq!(parts(0, &[]), Vec::<i64>::new());
        // A credit: -1.005 is 2 below its floor of -1.01 by half a penny.
        assert_eq!(parts(99, &["2.00", "-1.005"].map(money_of)), [200, -101]);
        assert_eq!(of(money_of("-1.005")), -101);
        assert_eq!(money(-101), money_of("-1.01"));
    }

    proptest! {
        #[test]
        fn any_parts_add_up_and_none_is_off_by_more_than_a_penny(
            exact in prop::collection::vec(-9_000_000_000_i64..9_000_000_000, 1..40),
        ) {
            let exact: Vec<Money> = exact.into_iter().map(Money::from_micro_pounds).collect();
            let total = of(exact.iter().copied().sum());
            let shown = parts(total, &exact);
            prop_assert_eq!(shown.iter().sum::<i64>(), total);
            for (pence, exact) in std::iter::zip(shown, exact) {
                let off = pence * PENNY - exact.micro_pounds();
                prop_assert!(off.abs() <= PENNY, "{} for {}", pence, exact);
            }
        }
    }
}
