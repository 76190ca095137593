//! The base model itself, and what is common to all findings.

use expect_test::expect;
use rules::{CATALOGUE, Model};

use crate::support::{base, check, parse, show};

#[test]
fn the_base_model_is_sound() {
    check(
        &[],
        &expect![[r#"
        sound
    "#]],
    );
}
