//! The obvious way to the weights, in fractions: used only to test the fast one.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, ToPrimitive, Zero};

use super::solve::SCALE;
use super::system::System;

/// `U · 10¹⁸`, rounded half up.
pub(super) fn weights(system: &System) -> Vec<Vec<i128>> {
    shares(system).iter().map(|row| row.iter().map(half_up).collect()).collect()
}

/// `U = (I − A_SS)⁻¹ · A_SF`: rows by support line, columns by final line.
pub(super) fn shares(system: &System) -> Vec<Vec<BigRational>> {
    let lines = system.support.len();
    let mut rows: Vec<Vec<BigRational>> = (0..lines).map(|line| equation(system, line)).collect();
    for pivot in 0..lines {
        let scale = rows[pivot][pivot].clone();
        rows[pivot].iter_mut().for_each(|it| *it /= &scale);
        let pivot_row = rows[pivot].clone();
        for row in rows.iter_mut().enumerate().filter(|(index, _)| *index != pivot).map(|it| it.1) {
            let factor = row[pivot].clone();
            for (entry, above) in row.iter_mut().zip(&pivot_row) {
                *entry -= &factor * above;
            }
        }
    }
    rows.iter().map(|row| row[lines..].to_vec()).collect()
}

/// One row of `(I − A_SS | A_SF)`.
fn equation(system: &System, line: usize) -> Vec<BigRational> {
    let (lines, finals) = (system.support.len(), system.finals.len());
    let mut statistics = vec![BigRational::zero(); lines + finals];
    for (to, statistic) in &system.links[line] {
        statistics[*to] = -BigRational::from_integer(BigInt::from(*statistic));
    }
    for (end, statistic) in &system.ends[system.driver[line]] {
        statistics[lines + end] = BigRational::from_integer(BigInt::from(*statistic));
    }
    let total: BigRational = statistics.iter().map(num_traits::Signed::abs).sum();
    let mut row: Vec<BigRational> = statistics.iter().map(|it| it / &total).collect();
    row[line] = BigRational::one();
    row
}

fn half_up(share: &BigRational) -> i128 {
    let half = BigRational::new(BigInt::one(), BigInt::from(2));
    let scaled = share * BigRational::from_integer(BigInt::from(SCALE)) + half;
    scaled.floor().to_integer().to_i128().expect("a share is at most one")
}
