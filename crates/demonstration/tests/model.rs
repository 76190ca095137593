//! The generated model is read without a fault.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use demonstration::Size;

fn files_of(folder: &Path, below: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let name = entry.file_name().into_string().expect("plain names");
        if entry.path().is_dir() {
            files_of(&entry.path(), &format!("{below}{name}/"), files);
        } else {
            files.insert(format!("{below}{name}"), fs::read(entry.path()).expect("a file"));
        }
    }
}

#[test]
fn the_small_model_parses_without_a_fault() {
    let dir = tempfile::tempdir().expect("a folder");
    demonstration::write(dir.path(), Size::Small, 1, &|_, _, _| {}).expect("written");
    let mut files = BTreeMap::new();
    files_of(&dir.path().join("model"), "", &mut files);
    let (model, findings) = rules::Model::parse(files).expect("a model without faults");
    assert_eq!(model.years.len(), 2);
    let told: Vec<&str> = findings.iter().map(|it| it.message.as_str()).collect();
    assert_eq!(told, ["plausibility.csv is not a file of a model and was not read"]);
}
