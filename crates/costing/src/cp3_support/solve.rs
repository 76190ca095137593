//! Ultimate shares of a support system as integer weights, fast and proved to the last digit.
//!
//! # Method
//!
//! Money that leaves a support line is followed like a traveller who moves on, at each line, in
//! proportion to its driver's statistics, until a final line is reached; `U` is where the traveller
//! ends. Support lines are taken out one after another: whoever would go to line `k` goes where
//! `k` leads instead, in proportion. This is Gaussian elimination, with each diagonal found as the
//! sum of what leaves a line (Grassmann, Taksar and Heyman, 1985), so that only sums, products and
//! quotients of non-negative numbers occur. Lines with one driver end in one set of final lines, so
//! the elimination follows drivers, and final lines are multiplied in at the end.
//!
//! # Proof of the last digit
//!
//! Let `n` be the support lines, `m = n +` the drivers, and `u = 2⁻¹²⁷` the error of one operation.
//! Taking a line out gives entries with relative error at most `(m + 4)u`, seen from the entries
//! before. `U` is a quotient of two sums of products of at most `n` entries without any minus sign
//! (the Markov chain tree theorem), so relative errors `e` of all entries change it by at most the
//! factor `((1 + e)/(1 − e))ⁿ`. Over all lines this makes `n²(m + 4)u` to first order; putting lines
//! back adds `n(m + n + 4)u`, and the final lines `(m + 3)u`. Twice the sum covers the higher
//! orders. A weight is taken only if both ends of that interval round to it; others, such as exact
//! halves, are solved in whole numbers of any length.

use super::exact;
use super::magnitude::{ERROR_BITS, Magnitude};
use super::system::System;

/// Scale of the weights.
pub(super) const SCALE: u128 = 1_000_000_000_000_000_000;

/// `U · 10¹⁸`, rounded half up: rows by support line, columns by final line.
///
/// # Source
///
/// Costing semantics, section 4.
pub(super) fn weights(system: &System) -> Vec<Vec<i128>> {
    let (mut weights, undecided) = decided(system);
    for (line, end, weight) in exact::weights(system, &undecided) {
        weights[line][end] = weight;
    }
    weights
}

/// The weights that intervals decide, and the pairs of support line and final line that they leave.
pub(super) fn decided(system: &System) -> (Vec<Vec<i128>>, Vec<(usize, usize)>) {
    let destinations = destinations(system);
    let error = error(system);
    let mut weights = vec![vec![0; system.finals.len()]; system.support.len()];
    let mut undecided = Vec::new();
    for (line, by_driver) in ends(system).iter().enumerate() {
        let mut row = vec![Magnitude::ZERO; system.finals.len()];
        for (share, destinations) in by_driver.iter().zip(&destinations) {
            for &(end, part) in destinations.iter().filter(|_| !share.is_zero()) {
                row[end] = row[end].plus(share.times(part));
            }
        }
        for (end, value) in row.into_iter().enumerate() {
            match rounded(value, error) {
                Some(weight) => weights[line][end] = weight,
                None => undecided.push((line, end)),
            }
        }
    }
    (weights, undecided)
}

/// The share of each support line's money that ends with each driver's final lines.
fn ends(system: &System) -> Vec<Vec<Magnitude>> {
    let (lines, drivers) = (system.support.len(), system.ends.len());
    let mut routes = first_routes(system);
    for out in 0..lines {
        let (row, later) = split_row(&mut routes, out);
        let leaving = row.iter().skip(out + 1).fold(Magnitude::ZERO, |sum, it| sum.plus(*it));
        let scale = Magnitude::whole(1).over(leaving);
        row.iter_mut().skip(out + 1).for_each(|it| *it = it.times(scale));
        for other in later {
            let through = other[out];
            if through.is_zero() {
                continue;
            }
            for (entry, part) in other.iter_mut().zip(row.iter()).skip(out + 1) {
                if !part.is_zero() {
                    *entry = entry.plus(through.times(*part));
                }
            }
        }
    }
    let mut ends = vec![vec![Magnitude::ZERO; drivers]; lines];
    for line in (0..lines).rev() {
        let (before, behind) = ends.split_at_mut(line + 1);
        let found = &mut before[line];
        found.copy_from_slice(&routes[line][lines..]);
        for (step, beyond) in routes[line][line + 1..lines].iter().zip(behind.iter()) {
            for (end, part) in found.iter_mut().zip(beyond).filter(|_| !step.is_zero()) {
                *end = end.plus(step.times(*part));
            }
        }
    }
    ends
}

/// Statistics by support line, on the other support lines and then on the sets of final lines.
fn first_routes(system: &System) -> Vec<Vec<Magnitude>> {
    let lines = system.support.len();
    let mut routes = vec![vec![Magnitude::ZERO; lines + system.ends.len()]; lines];
    for (line, route) in routes.iter_mut().enumerate() {
        for &(to, statistic) in &system.links[line] {
            route[to] = Magnitude::whole(statistic.into());
        }
        let driver = system.driver[line];
        route[lines + driver] = Magnitude::whole(system.end_total(driver));
    }
    routes
}

fn split_row(
    rows: &mut [Vec<Magnitude>],
    at: usize,
) -> (&mut Vec<Magnitude>, &mut [Vec<Magnitude>]) {
    let (row, later) = rows[at..].split_first_mut().expect("the line is one of the system");
    (row, later)
}

/// For each driver, its final lines with their share of its final lines, scaled to weights.
fn destinations(system: &System) -> Vec<Vec<(usize, Magnitude)>> {
    let of_driver = |(driver, ends): (usize, &Vec<(usize, u64)>)| {
        let total = Magnitude::whole(system.end_total(driver));
        let part = |&(end, statistic): &(usize, u64)| {
            // Exact, since a statistic has 64 bits and the scale 60.
            (end, Magnitude::whole(u128::from(statistic) * SCALE).over(total))
        };
        ends.iter().map(part).collect()
    };
    system.ends.iter().enumerate().map(of_driver).collect()
}

/// Bound of the relative error, in parts of 2⁻¹²⁷; the proof is at the top of this file.
fn error(system: &System) -> u128 {
    let lines = u128::try_from(system.support.len()).expect("a length fits");
    let all = lines + u128::try_from(system.ends.len()).expect("a length fits");
    2 * (lines * lines * (all + 4) + lines * (all + lines + 4) + all + 3) // number: steps of rounding
}

/// The nearest whole number, halves up, if the error leaves only one.
fn rounded(value: Magnitude, error: u128) -> Option<i128> {
    const HALF: u128 = 1 << 63; // number: bits
    if value.is_zero() {
        return Some(0);
    }
    let parts = value.parts_of_2_64();
    // One more part for the parts that are cut off, and one because this bound is itself floored.
    let slack = ((((parts >> 64) + 1) * error) >> (ERROR_BITS - 64)) + 2; // number: bits
    let (low, high) = (parts.saturating_sub(slack) + HALF, parts + slack + HALF);
    (low >> 64 == high >> 64).then(|| i128::try_from(low >> 64).expect("64 bits fit")) // number: bits
}
