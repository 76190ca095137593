//! The generated model is read without a fault.

use crate::reading;
use demonstration::Size;

#[test]
fn the_small_model_parses_without_a_fault() {
    let dir = tempfile::tempdir().expect("a folder");
    demonstration::write(dir.path(), Size::Small, 1, &|_, _, _| {}).expect("written");
    let files = reading::files(&dir.path().join("model"));
    let (model, findings) = rules::Model::parse(files).expect("a model without faults");
    assert_eq!(model.years.len(), 2);
    let told: Vec<&str> = findings.iter().map(|it| it.message.as_str()).collect();
    assert_eq!(told, [""; 0]);
}

#[test]
fn corrected_job_plans_are_a_model_without_a_fault() {
    let dir = tempfile::tempdir().expect("a folder");
    demonstration::write(dir.path(), Size::Small, 1, &|_, _, _| {}).expect("written");
    let mut files = reading::files(&dir.path().join("model"));
    let what_if = dir.path().join("what_if/corrected_theatre_times/model");
    let corrected = reading::files(&what_if);
    assert_ne!(files["shares.csv"], corrected["shares.csv"]);
    files.extend(corrected);
    rules::Model::parse(files).expect("a model without faults");
}
