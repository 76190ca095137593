//! Whole-time equivalents by service line: each cost line's follow its cost.

use std::collections::BTreeMap;

use domain::{Money, share::div_floor, share::share};
use rules::year::CostLine;
use tables::run::ServiceLineWte;

use super::cells::EventSums;
use super::write::Shapes;
use crate::pipeline::Costing;

/// From the hundredths of the model to ten-thousandths.
const E4_OF_E2: i64 = 100;

/// Funded, contracted and worked, × 10⁴.
type Wte = [i64; 3]; // number: the three kinds that the model states

/// Cost of cost lines by service line, in name order.
type LineCosts<'a> = BTreeMap<&'a str, BTreeMap<&'a str, Money>>;

/// Staff by service line and kind of pay, in key order. A blank service line has the staff whose
/// cost reached no event.
///
/// # Panics
///
/// If staff are lost, which is a fault of the engine.
///
/// # Units and shape
///
/// The running sum of weights, floored, as money is shared: the whole equals the model's.
pub(crate) fn service_line_wte(
    costing: &Costing<'_>,
    sums: &EventSums,
    shapes: &Shapes,
) -> Vec<ServiceLineWte> {
    let lines: BTreeMap<&str, &CostLine> = costing
        .rules
        .cost_lines
        .iter()
        .filter(|(_, line)| wte(line) != Wte::default())
        .map(|(code, line)| (code.as_str(), line))
        .collect();
    if lines.is_empty() {
        return Vec::new();
    }
    let costs = costs(costing, sums, shapes, &lines);
    let mut rows: BTreeMap<(&str, &str), Wte> = BTreeMap::new();
    for (code, line) in lines {
        let weights = weights(costing, code, costs.get(code));
        let receivers: Vec<i128> = weights.values().copied().collect();
        for (index, whole) in wte(line).into_iter().enumerate() {
            let parts = parts(whole, &receivers);
            assert_eq!(parts.iter().sum::<i64>(), whole, "staff of {code} are not conserved");
            for (service_line, part) in weights.keys().zip(parts) {
                rows.entry((service_line, &line.pay_type)).or_default()[index] += part;
            }
        }
    }
    let row = |((service_line, pay_type), [funded, contracted, worked]): ((&str, &str), Wte)| {
        ServiceLineWte {
            service_line: service_line.to_owned(),
            pay_type: pay_type.to_owned(),
            wte_funded_e4: funded,
            wte_contracted_e4: contracted,
            wte_worked_e4: worked,
        }
    };
    rows.into_iter().filter(|(_, staff)| *staff != Wte::default()).map(row).collect()
}

fn wte(line: &CostLine) -> Wte {
    [line.wte_funded_e2, line.wte_contracted_e2, line.wte_worked_e2].map(|it| it * E4_OF_E2)
}

/// What each cost line costs in each service line: pool by pool, its part of the pool shared by
/// what the pool cost in the service lines and elsewhere.
fn costs<'a>(
    costing: &'a Costing<'_>,
    sums: &EventSums,
    shapes: &Shapes,
    lines: &BTreeMap<&'a str, &CostLine>,
) -> LineCosts<'a> {
    let mut costs = LineCosts::new();
    for (resource, activity, pool) in costing.pools() {
        let mut of_lines: BTreeMap<&str, Money> = BTreeMap::new();
        for (key, amount) in pool.sources.iter() {
            let (_, cost_line, _) = costing.small.names.texts(key);
            if let Some((code, _)) = lines.get_key_value(cost_line) {
                *of_lines.entry(code).or_default() += amount;
            }
        }
        let cells = sums.cubes.get(&(resource.clone(), activity.clone()));
        let mut by_service_line: BTreeMap<&str, Money> = BTreeMap::new();
        for (index, (own, absorbed)) in cells.into_iter().flatten().enumerate() {
            let (line, ..) = shapes.cubes.list[index / shapes.attributes.list.len()];
            let line = costing.plan.service_lines[usize::from(line)].as_str();
            *by_service_line.entry(line).or_default() += *own + *absorbed;
        }
        let reached: Money = by_service_line.values().copied().sum();
        let mut weights: Vec<i128> = by_service_line.values().map(|it| micro(*it)).collect();
        weights.push(micro(pool.sources.total() - reached));
        for (code, amount) in of_lines {
            // A pool of nothing reaches nobody.
            let Ok(parts) = share(amount, &weights) else { continue };
            let by_line = costs.entry(code).or_default();
            for (line, part) in by_service_line.keys().zip(parts) {
                *by_line.entry(line).or_default() += part;
            }
        }
    }
    costs
}

/// Service lines with what a cost line costs there; blank with the rest of its cost. A net credit
/// counts as nothing, and where nothing is left all weight is blank.
fn weights<'a>(
    costing: &Costing<'_>,
    code: &str,
    costs: Option<&BTreeMap<&'a str, Money>>,
) -> BTreeMap<&'a str, i128> {
    let mut weights: BTreeMap<&str, i128> = BTreeMap::new();
    for (line, amount) in costs.into_iter().flatten() {
        weights.insert(line, micro(*amount).max(0));
    }
    let whole =
        costing.small.ledger.lines.get(code).map(|it| micro(it.total())).unwrap_or_default();
    let rest = whole - weights.values().sum::<i128>();
    weights.insert("", rest.max(0));
    if weights.values().all(|it| *it == 0) {
        return BTreeMap::from([("", 1)]);
    }
    weights
}

/// Shares a whole number by the running sum of weights, floored.
fn parts(whole: i64, weights: &[i128]) -> Vec<i64> {
    let total: i128 = weights.iter().sum();
    let (mut running, mut given) = (0, 0);
    let mut parts = Vec::with_capacity(weights.len());
    for weight in weights {
        running += weight;
        let reached = div_floor(i128::from(whole) * running, total);
        parts.push(i64::try_from(reached - given).expect("a part is no larger than its whole"));
        given = reached;
    }
    parts
}

fn micro(money: Money) -> i128 {
    i128::from(money.micro_pounds())
}
