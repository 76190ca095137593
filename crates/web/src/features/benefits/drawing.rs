//! Charts of benefits: what became of cash claimed, and months against baseline and target.

use charts::{Bar, Bars, Chart, Direction, Heading, Limit, Line, Mark, Point};
use engagement::benefits::Totals;
use store::measures::Decimal;

use crate::shell::joint_work::{number, sum};

/// A number in millionths as a chart takes it.
fn drawn(micro: i64) -> f64 {
    let e4 = Decimal::of_e4(micro / 100);
    e4.to_string().parse().unwrap_or(0.0)
}

/// Cash claimed as a walk to what is verified; none where nothing is claimed.
pub(super) fn ledger(cash: &Totals) -> Option<Chart> {
    if cash.claimed == 0 {
        return None;
    }
    let bar = |name: &str, micro: i128| Bar {
        name: name.to_owned(),
        value: sum(micro, None),
        size: i64::try_from(micro).ok(),
        is_strong: name == "Verified",
        is_rest: false,
    };
    let bars = Bars {
        heading: Heading {
            id: "cash-chart".to_owned(),
            title: "What became of the cash claimed".to_owned(),
            description: format!(
                "Of {} claimed, {} is verified, {} held and {} not accepted. The table above holds the same figures.",
                sum(cash.claimed, None),
                sum(cash.verified, None),
                sum(cash.held, None),
                sum(cash.not_accepted, None)
            ),
        },
        width: 900,
        direction: Direction::Amounts,
        bars: vec![
            bar("Claimed", cash.claimed),
            bar("Verified", cash.verified),
            bar("Held", cash.held),
            bar("Not accepted", cash.not_accepted),
        ],
    };
    Some(bars.draw())
}

/// Months of a benefit, with baseline and target; none with fewer than two.
pub(super) fn months(
    title: &str,
    unit: &str,
    months: &[(String, i64)],
    (baseline, target): (Option<i64>, Option<i64>),
) -> Option<Chart> {
    if months.len() < 2 {
        return None;
    }
    let limit = |name: &str, micro: i64| Limit {
        label: format!("{name} {}", number(micro)),
        value: drawn(micro),
    };
    let point = |(label, micro): &(String, i64)| Point {
        label: label.clone(),
        value: Some(drawn(*micro)),
        mark: Mark::Ordinary,
    };
    let chart = Line {
        heading: Heading {
            id: "months-chart".to_owned(),
            title: format!("{title}, {unit} by month"),
            description: "Each month beside the baseline and the target. The table below holds the same figures.".to_owned(),
        },
        width: 900,
        points: months.iter().map(point).collect(),
        average: None,
        limits: baseline.map(|it| limit("baseline", it)).into_iter().collect(),
        target: target.map(|it| limit("target", it)),
        callout: None,
        rule: "Dashed: where a month stood before. Bold: where it should stand.".to_owned(),
    };
    Some(chart.draw())
}
