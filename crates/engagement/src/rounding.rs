//! Whole numbers of a division, halves away from zero.

/// Divided by something above nothing, rounded once, halves away from zero.
pub(crate) const fn rounded(value: i128, by: i128) -> i128 {
    let half = by / 2;
    if value < 0 { (value - half) / by } else { (value + half) / by }
}

/// As [`rounded`]; none by nothing.
pub(crate) fn divided(value: i128, by: i128) -> Option<i128> {
    (by > 0).then(|| rounded(value, by))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_away_from_zero() {
        let found = [-7, -6, -5, -2, -1, 0, 1, 2, 5, 6, 7].map(|it| rounded(it, 4));
        // -1.75, -1.5, -1.25, -0.5, -0.25 and 0; the same above it.
        assert_eq!(found, [-2, -2, -1, -1, 0, 0, 0, 1, 1, 2, 2]);
        assert_eq!([1, 2, 4].map(|it| rounded(it, 3)), [0, 1, 1]);
        assert_eq!([(1, 0), (1, -1), (3, 2)].map(|it| divided(it.0, it.1)), [None, None, Some(2)]);
    }
}
