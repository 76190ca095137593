//! The whole trust among the worked examples: its model is sound and its files are there.

use std::path::{Path, PathBuf};

use domain::{FinancialYear, Money};
use expect_test::expect;
use rules::Model;

use crate::support::show;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/whole_trust")
}

#[test]
fn the_model_of_the_whole_trust_is_sound() {
    let files = Model::load(&folder().join("model")).expect("the model can be read");
    expect![[r#"
        sound
    "#]]
    .assert_eq(&show(&Model::parse(files)));
}

#[test]
fn every_feed_of_the_whole_trust_has_its_file() {
    let files = Model::load(&folder().join("model")).expect("the model can be read");
    let (model, _) = Model::parse(files).expect("the model is sound");
    let rules = &model.years[&FinancialYear::beginning(2025)];
    for (feed, mapping) in &model.intake {
        assert!(rules.feeds.contains_key(feed), "{feed}");
        for file in &mapping.files {
            assert!(folder().join("2025-26").join(file).is_file(), "{feed}: {file}");
        }
    }
}

#[test]
fn the_ledger_is_the_control_total() {
    // 100 + 60 + 300 + 40 = 500.
    assert_eq!(sum("trial_balance.csv"), Money::from_pounds(500));
    assert_eq!(sum("control_total.csv"), Money::from_pounds(500));
}

/// The sum of the last column, the amounts.
fn sum(file: &str) -> Money {
    let path = folder().join("2025-26/ledger").join(file);
    let text = std::fs::read_to_string(path).expect("the file can be read");
    let amount = |line: &str| line.rsplit(',').next().map(str::parse::<Money>);
    text.lines().skip(1).filter_map(amount).map(|it| it.expect("an amount")).sum()
}
