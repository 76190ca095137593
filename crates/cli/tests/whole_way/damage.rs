//! Runs that were changed: told, never shown, with the right exit code.

use std::fs;
use std::path::Path;

use domain::Money;
use sha2::{Digest as _, Sha256};
use tables::Table;
use tables::manifest::RunManifest;
use tables::parquet_file::{GroupReader, GroupWriter, SharedFile};
use tables::run::{CostedEvent, EventCost};

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
    let name = first_costs(run);
    rewrite::<EventCost>(run, &name, &|rows| rows[0].own += Money::from_micro_pounds(1));
    name["event_costs/".len()..].trim_end_matches(".parquet").to_owned()
}

/// A micro-pound goes from one event to another, in the costs and in the totals of events, and
/// every hash is made to fit: all sums of the run are as before, and verify finds it.
#[test]
fn a_micro_pound_moved_between_two_events_is_found() {
    let (_folder, run) = TRUST.copy_of_run();
    let name = first_costs(&run);
    let pair = std::cell::Cell::new((0, 0));
    let moved = Money::from_micro_pounds(1);
    rewrite::<EventCost>(&run, &name, &|rows| {
        let other = rows.iter().skip(1).position(|it| it.activity == rows[0].activity);
        let other = other.expect("two events have this activity") + 1;
        rows[0].own += moved;
        rows[other].own -= moved;
        pair.set((rows[0].event_number, rows[other].event_number));
    });
    rewrite::<CostedEvent>(&run, "events.parquet", &|rows| {
        for row in rows.iter_mut() {
            if row.event_number == pair.get().0 {
                row.own += moved;
            }
            if row.event_number == pair.get().1 {
                row.own -= moved;
            }
        }
    });
    let printed = concord(TRUST.folder(), &["verify", &run.to_string_lossy()]);
    assert_eq!(printed.code, 1, "{}{}", printed.stdout, printed.stderr);
    assert!(printed.stdout.contains("holds   Hashes"), "the hashes fit: {}", printed.stdout);
    assert!(printed.stdout.contains("£0.000001 too much"), "{}", printed.stdout);
}

/// The first file of costs in which two events stand.
fn first_costs(run: &Path) -> String {
    let text = fs::read(run.join("manifest.json")).expect("reads");
    let manifest: RunManifest = serde_json::from_slice(&text).expect("a manifest");
    let mut files = manifest.files.into_iter();
    let found = files.find(|it| it.name.starts_with("event_costs/") && it.rows > 10);
    found.expect("something has a cost").name
}

/// Changes the rows of a table and makes the manifest fit.
fn rewrite<T: Table>(run: &Path, name: &str, change: &dyn Fn(&mut Vec<T>)) {
    let path = run.join(name);
    let file = fs::File::open(&path).expect("opens");
    let all = GroupReader::new(SharedFile::new(file)).and_then(|it| it.all()).expect("whole");
    let mut rows = T::rows(&all).expect("its contract holds");
    change(&mut rows);
    let mut writer = GroupWriter::new(Vec::new(), T::schema()).expect("memory");
    writer.group(&T::batch(&rows)).expect("the rows fit");
    let bytes = writer.finish().expect("memory");
    fs::write(&path, &bytes).expect("writes");
    let manifest_path = run.join("manifest.json");
    let text = fs::read(&manifest_path).expect("reads");
    let mut manifest: RunManifest = serde_json::from_slice(&text).expect("a manifest");
    let entry = manifest.files.iter_mut().find(|it| it.name == name).expect("it is listed");
    entry.bytes = u64::try_from(bytes.len()).expect("a small file");
    entry.sha256 = Sha256::digest(&bytes).iter().map(|it| format!("{it:02x}")).collect();
    let text = serde_json::to_vec_pretty(&manifest).expect("plain");
    fs::write(&manifest_path, [&text[..], b"\n"].concat()).expect("writes");
}
