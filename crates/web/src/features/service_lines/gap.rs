//! What accounts for what one costs: where similar trusts use less, or pay less.

use charts::{Bar, Bars, Direction, Heading};
use domain::Money;
use results::care::GapPart;
use rules::year::PeerKind;

use super::sentences::{a, each, more_or_less};
use crate::shell::words;

/// The comparison with similar trusts.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    pub(super) title: String,
    pub(super) lead: String,
    pub(super) chart: String,
    pub(super) note: String,
    pub(super) rows: Vec<Row>,
}

/// One comparison, in a table.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) own: String,
    pub(super) peers: String,
    pub(super) amount: String,
}

impl View {
    /// The view; none where the model compares nothing of this kind of care.
    pub(super) fn of(parts: &[GapPart], (one, count): (&str, u64), result: Money) -> Option<Self> {
        let peers = parts.first()?.peers.clone();
        let of_one = |it: Money| each(it, count);
        let compared: Money = parts.iter().map(|it| it.amount).sum();
        let is_deficit = result.is_negative();
        let mut bars: Vec<Bar> = parts.iter().map(|it| bar(&said(it), of_one(it.amount))).collect();
        if is_deficit {
            let rest = of_one(result.abs()) - of_one(compared);
            bars.push(Bar { is_rest: true, ..bar("Everything else", rest) });
        }
        let heading = Heading {
            id: "gap-chart".to_owned(),
            title: format!("Beside {peers}"),
            description: format!(
                "What each difference to {peers} costs for one {one}. The table below holds the same figures."
            ),
        };
        let chart = Bars { heading, width: 900, direction: Direction::Amounts, bars }.draw();
        let title = if is_deficit {
            format!("What accounts for the deficit of {}", words::pounds(of_one(result.abs())))
        } else {
            format!("Beside {peers}")
        };
        Some(Self {
            title,
            lead: format!(
                "Per {one}, beside {peers}. Use is at our own cost of one; implants and other goods are at the price paid. These are questions, not targets."
            ),
            chart: chart.svg(),
            note: format!(
                "{} Differences to {peers} come to {} {} in all.",
                chart.note,
                more_or_less(of_one(compared)),
                a(one)
            ),
            rows: parts.iter().map(|it| row(it, count)).collect(),
        })
    }

    pub(super) fn sample() -> Self {
        let part = |measure: &str, kind, unit: &str, (own, peers), amount| GapPart {
            measure: measure.to_owned(),
            kind,
            unit: unit.to_owned(),
            own_e4: own,
            peers_e4: peers,
            amount: Money::from_pounds(amount),
            peers: "nine similar trusts".to_owned(),
            source: "x-peers".to_owned(),
        };
        let parts = [
            part("days in a bed", PeerKind::Use, "days", (51_000, 37_000), 56_000),
            part("implants", PeerKind::Price, "pounds", (17_300_000, 14_100_000), 32_000),
            part("laboratory tests", PeerKind::Use, "number", (210_000, 110_000), -1_200),
        ];
        let result = Money::from_pounds(-127_000);
        Self::of(&parts, ("stay", 100), result).expect("there are parts")
    }
}

fn bar(name: &str, amount: Money) -> Bar {
    Bar {
        name: name.to_owned(),
        value: more_or_less(amount),
        size: Some(amount.micro_pounds() / 10_000),
        is_strong: false,
        is_rest: false,
    }
}

/// `Days in a bed: 5.1, similar trusts 3.7`.
pub(super) fn said(part: &GapPart) -> String {
    let name = words::capital(&part.measure);
    format!("{name}: {}, peers {}", shown(part, part.own_e4), shown(part, part.peers_e4))
}

fn shown(part: &GapPart, value_e4: i64) -> String {
    if part.kind == PeerKind::Price {
        return words::pounds(Money::from_micro_pounds(value_e4.saturating_mul(100)));
    }
    let tenths = (value_e4 + 500) / 1_000;
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn row(part: &GapPart, count: u64) -> Row {
    Row {
        name: words::capital(&part.measure),
        own: shown(part, part.own_e4),
        peers: shown(part, part.peers_e4),
        amount: more_or_less(each(part.amount, count)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bars_come_to_the_deficit() {
        // 560 for the stay, 320 for implants, 12 less for tests; of a deficit of 1,270 that leaves
        // 402.
        let view = View::sample();
        assert_eq!(view.title, "What accounts for the deficit of £1,270");
        assert!(view.chart.contains("£402 more") && view.chart.contains("£12 less"));
        assert!(view.chart.contains("Days in a bed: 5.1, peers 3.7"));
        assert!(view.chart.contains("Implants: £1,730, peers £1,410"));
        assert!(view.note.contains("come to £868 more a stay"), "{}", view.note);
    }

    #[test]
    fn a_surplus_has_nothing_to_account_for() {
        let parts = View::sample();
        assert_eq!(parts.rows.len(), 3);
        assert!(View::of(&[], ("stay", 1), Money::ZERO).is_none());
    }
}
