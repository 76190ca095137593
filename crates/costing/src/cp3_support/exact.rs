//! Weights that intervals leave undecided, from whole numbers of any length.

use std::collections::{BTreeMap, BTreeSet};

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, ToPrimitive, Zero};

use super::solve::SCALE;
use super::system::System;

/// The weights of these pairs of support line and final line, exactly rounded half up.
///
/// Solves `(T − N_SS) X = N_SF`, the system of section 4 with each row multiplied by the sum of its
/// statistics, by elimination without fractions (Bareiss, 1968): every entry stays a minor of the
/// whole-number system, so that the result is one exact numerator over the determinant. No pivot
/// can be zero, since every line of the system reaches a final line.
pub(super) fn weights(system: &System, pairs: &[(usize, usize)]) -> Vec<(usize, usize, i128)> {
    if pairs.is_empty() {
        return Vec::new();
    }
    let lines = reached(system, pairs.iter().map(|(line, _)| *line));
    let ends: BTreeSet<usize> = pairs.iter().map(|(_, end)| *end).collect();
    let row_of: BTreeMap<usize, usize> =
        lines.iter().enumerate().map(|(row, line)| (*line, row)).collect();
    let column_of: BTreeMap<usize, usize> =
        ends.iter().enumerate().map(|(column, end)| (*end, lines.len() + column)).collect();
    let mut matrix = matrix(system, &row_of, &column_of);
    let determinant = eliminate(&mut matrix);
    let weight = |(line, end): &(usize, usize)| {
        let numerator = &matrix[row_of[line]][column_of[end]];
        (*line, *end, half_up(numerator, &determinant))
    };
    pairs.iter().map(weight).collect()
}

/// All support lines that money of these reaches, themselves included.
fn reached(system: &System, from: impl Iterator<Item = usize>) -> BTreeSet<usize> {
    let mut open: Vec<usize> = from.collect();
    let mut reached = BTreeSet::new();
    while let Some(line) = open.pop() {
        if reached.insert(line) {
            open.extend(system.links[line].iter().map(|(to, _)| *to));
        }
    }
    reached
}

fn matrix(
    system: &System,
    row_of: &BTreeMap<usize, usize>,
    column_of: &BTreeMap<usize, usize>,
) -> Vec<Vec<BigInt>> {
    let width = row_of.len() + column_of.len();
    let mut matrix = vec![vec![BigInt::zero(); width]; row_of.len()];
    for (line, row) in row_of {
        let entries = &mut matrix[*row];
        let driver = system.driver[*line];
        let links = &system.links[*line];
        let on_support: u128 = links.iter().map(|(_, statistic)| u128::from(*statistic)).sum();
        entries[*row] = BigInt::from(on_support + system.end_total(driver));
        for (to, statistic) in links {
            entries[row_of[to]] = -BigInt::from(*statistic);
        }
        for (end, statistic) in &system.ends[driver] {
            if let Some(column) = column_of.get(end) {
                entries[*column] = BigInt::from(*statistic);
            }
        }
    }
    matrix
}

/// Brings the matrix to its determinant on the diagonal and returns that.
fn eliminate(matrix: &mut [Vec<BigInt>]) -> BigInt {
    let mut before = BigInt::one();
    for step in 0..matrix.len() {
        let pivot_row = matrix[step].clone();
        let pivot = &pivot_row[step];
        for (index, row) in matrix.iter_mut().enumerate().filter(|(index, _)| *index != step) {
            let factor = row[step].clone();
            for (column, entry) in row.iter_mut().enumerate() {
                // Left of the pivot only the diagonals of earlier rows are not zero.
                if column > step || column == index {
                    *entry = (&*entry * pivot - &factor * &pivot_row[column]) / &before;
                }
            }
            row[step] = BigInt::zero();
        }
        before.clone_from(&pivot_row[step]);
    }
    before
}

/// `numerator / denominator · 10¹⁸`, rounded half up.
fn half_up(numerator: &BigInt, denominator: &BigInt) -> i128 {
    let doubled: BigInt = numerator * BigInt::from(SCALE) * 2 + denominator; // number: half up
    let weight = doubled.div_floor(&(denominator * 2_u32)); // number: half up
    weight.to_i128().expect("a share is at most one")
}
