//! Compares numbers in tests.

/// Fails unless the two are equal to so many decimals.
#[track_caller]
pub(crate) fn near(found: f64, expected: f64, decimals: i32) {
    let allowed = 0.500_001 * 10_f64.powi(-decimals);
    assert!((found - expected).abs() <= allowed, "{found} is not {expected}");
}
