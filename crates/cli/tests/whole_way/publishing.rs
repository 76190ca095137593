//! From draft to published: every finding accepted by name, then two people.

use serde_json::Value;

use crate::program::{TRUST, concord};

#[test]
fn a_run_is_accepted_and_published_once() {
    let (_folder, path) = TRUST.copy_of_run();
    let run = path.to_string_lossy().into_owned();
    let concord = |arguments: &[&str]| concord(TRUST.folder(), arguments);
    let publish = ["publish", &run, "--by", "Costing lead", "--by", "Finance director"];

    let shown = concord(&["show", &run, "--format", "json"]).json();
    let waiting = shown["outstanding"].as_array().expect("a list").clone();
    assert!(!waiting.is_empty(), "the demonstration has findings to accept");
    let refused = concord(&publish);
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("still a draft"), "{}", refused.stderr);

    let by = ["--by", "Costing lead", "--reason", "Known to us"];
    for finding in &waiting {
        let id = finding["id"].as_str().expect("a finding has an id");
        concord(&[&["accept", &run, id], &by[..]].concat()).done();
        let again = concord(&[&["accept", &run, id], &by[..]].concat());
        assert_eq!(again.code, 1, "once is enough");
    }
    let one = ["publish", &run, "--by", "Costing lead", "--by", "costing  LEAD"];
    assert_eq!(concord(&one).code, 1);
    let published = concord(&publish).done();
    assert!(published.contains("Costing lead and Finance director"), "{published}");
    let again = concord(&publish);
    assert_eq!(again.code, 1);
    assert!(again.stderr.contains("cannot be published again"), "{}", again.stderr);

    let shown = concord(&["show", &run, "--format", "json"]).json();
    assert_eq!(shown["outstanding"], Value::Array(Vec::new()));
    assert_eq!(shown["records"]["publication"]["by"][0], "Costing lead");
    concord(&["verify", &run, "--quiet"]).done();

    // The log of decisions names who, what and why.
    let log = concord(&["show", &run, "--assurance"]).done();
    assert!(log.contains("Costing lead on ") && log.contains(": Known to us"), "{log}");
    assert!(log.contains("Costing lead and Finance director on "), "{log}");

    // Published: nothing can be accepted after the event, and a changed file is told.
    let finding = waiting[0]["id"].as_str().expect("a finding has an id");
    assert_eq!(concord(&[&["accept", &run, finding], &by[..]].concat()).code, 1);
    let table = path.join("service_lines.parquet");
    let mut bytes = std::fs::read(&table).expect("reads");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&table, bytes).expect("writes");
    assert_eq!(concord(&["verify", &run, "--quiet"]).code, 1);
    let manifest = path.join("manifest.json");
    let text = std::fs::read_to_string(&manifest).expect("reads");
    std::fs::write(&manifest, text + "\n").expect("writes");
    let other = concord(&["show", &run]);
    assert_eq!(other.code, 1, "another manifest is not what they published");
    assert!(other.stderr.contains("not the one that was published"), "{}", other.stderr);
}

#[test]
fn the_same_inputs_give_the_same_run() {
    let again = TRUST.concord(&["cost", "--threads", "1", "--format", "json"]).json();
    assert_eq!(again["unchanged"], true);
    assert_eq!(again["path"], TRUST.run.as_str());
    assert!(again["outstanding"].as_array().is_some_and(|it| !it.is_empty()));
    let log = std::fs::read_to_string(TRUST.folder().join("runs/log.jsonl")).expect("written");
    let line: Value = serde_json::from_str(log.lines().next().expect("a line")).expect("JSON");
    assert_eq!(line["verb"], "cost");
}
