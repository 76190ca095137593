//! Runs that were changed: told, never shown, with the right exit code.

use std::fs;
use std::path::Path;

use domain::Money;
use sha2::{Digest as _, Sha256};
use tables::Table as _;
use tables::manifest::RunManifest;
use tables::parquet_file::{GroupReader, GroupWriter, SharedFile};
use tables::run::EventCost;

use crate::program::{TRUST, concord};

#[test]
fn a_changed_byte_is_a_break() {
    let (_folder, run) = TRUST.copy_of_run();
    let path = run.join("pools.parquet");
    let mut bytes = fs::read(&path).expect("reads");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).expect("writes");
    let printed = concord(TRUST.folder(), &["verify", &run.to_string_lossy()]);
    assert_eq!(printed.code, 1, "{}{}", printed.stdout, printed.stderr);
}

/// One micro-pound more for one event, with all hashes made to fit: nothing is shown of it, and
/// verify finds it.
#[test]
fn a_forged_cost_is_not_explained() {
    let (_folder, run) = TRUST.copy_of_run();
    let table = forge(&run);
    let folder = run.to_string_lossy().into_owned();
    let sql = format!(
        "select e.event from events e join event_costs c on c.event_number = e.event_number \
         where c.resource = '{table}' order by c.event_number limit 1"
    );
    let json = concord(TRUST.folder(), &["query", &folder, &sql, "--format", "json"]).json();
    let event = json["rows"][0]["event"].as_str().expect("a reference").to_owned();
    let printed = concord(TRUST.folder(), &["explain", &folder, "--event", &event]);
    assert_eq!(printed.code, 2, "{}{}", printed.stdout, printed.stderr);
    assert!(printed.stderr.contains("does not add up"), "{}", printed.stderr);
    assert_eq!(printed.stdout, "", "nothing is shown");
    assert_eq!(concord(TRUST.folder(), &["verify", &folder]).code, 1);
}

#[test]
fn what_is_no_run_is_told() {
    for verb in ["show", "verify"] {
        let printed = TRUST.concord(&[verb, "model"]);
        assert_eq!(printed.code, 1, "{verb}");
        assert!(printed.stderr.contains("concord: "), "{}", printed.stderr);
    }
    assert_eq!(TRUST.concord(&["no-such-verb"]).code, 1);
    assert_eq!(TRUST.concord(&["--help"]).code, 0);
}

/// Adds a micro-pound to the first cost of the first resource; gives the resource.
fn forge(run: &Path) -> String {
    let manifest = run.join("manifest.json");
    let text = fs::read(&manifest).expect("reads");
    let mut manifest_rows: RunManifest = serde_json::from_slice(&text).expect("a manifest");
    let entry = manifest_rows
        .files
        .iter_mut()
        .find(|it| it.name.starts_with("event_costs/") && it.rows > 0)
        .expect("something has a cost");
    let path = run.join(&entry.name);
    let file = fs::File::open(&path).expect("opens");
    let all = GroupReader::new(SharedFile::new(file)).and_then(|it| it.all()).expect("whole");
    let mut rows = EventCost::rows(&all).expect("its contract holds");
    rows[0].own += Money::from_micro_pounds(1);
    let mut writer = GroupWriter::new(Vec::new(), EventCost::schema()).expect("memory");
    writer.group(&EventCost::batch(&rows)).expect("the rows fit");
    let bytes = writer.finish().expect("memory");
    entry.bytes = u64::try_from(bytes.len()).expect("a small file");
    entry.sha256 = Sha256::digest(&bytes).iter().map(|it| format!("{it:02x}")).collect();
    let resource = entry.name["event_costs/".len()..].trim_end_matches(".parquet").to_owned();
    fs::write(&path, bytes).expect("writes");
    fs::write(&manifest, serde_json::to_vec_pretty(&manifest_rows).expect("plain"))
        .expect("writes");
    resource
}
