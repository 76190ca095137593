//! The national minimum software requirements, line by line, with the built program on the worked
//! example of a whole trust. Each test prints its line of the pass list:
//! `cargo test -p cli --test software_requirements -- --nocapture`.
//!
//! The lines are those that were read of the published test plan; the rest of the plan was not
//! visible to us. `docs/reference/software-requirements.md` lists them. Beside them stands an attack
//! on the privacy of small staff pools.

#[path = "../shared/mod.rs"]
mod shared;

mod matching;
mod small_pools;
mod system;
mod trust;

use std::fs;
use std::path::Path;

/// Prints one line of the pass list, once everything that it claims has been asserted.
fn passed(name: &str, requirement: &str) {
    eprintln!("{name:12} pass  {requirement}");
}

/// The page of the requirements names every test, and no test is missing from it.
#[test]
fn the_page_lists_every_test() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(here.join("../../docs/reference/software-requirements.md"))
        .expect("the page is there");
    let mut tests = Vec::new();
    for file in ["system.rs", "matching.rs"] {
        let source = fs::read_to_string(here.join("tests/software_requirements").join(file))
            .expect("the tests are there");
        let names = source.lines().filter_map(|it| it.strip_prefix("fn ")?.strip_suffix("() {"));
        let requirements =
            names.filter(|it| it.starts_with("system_") || it.starts_with("matching_"));
        tests.extend(requirements.map(str::to_owned));
    }
    assert_eq!(tests.len(), 11, "SYSTEM_01 to 05 and MATCHING_01 to 06");
    for name in &tests {
        assert!(page.contains(&format!("`{name}`")), "the page does not name {name}");
    }
}
