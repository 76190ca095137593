//! Runs that were changed by somebody who knows how to make all hashes fit.

use std::fs;
use std::path::Path;

use domain::Money;
use expect_test::{Expect, expect};
use sha2::{Digest as _, Sha256};
use tables::Table;
use tables::manifest::RunManifest;
use tables::parquet_file::GroupWriter;
use tables::run::{
    CostedEvent, EventActivity, EventCost, EventWeight, Identity, PoolSource, QuantumLine,
    ResidualSource, ServiceLineCost, StatementLine, UnitCost,
};

use super::{Folder, dataset};
use crate::dataset::{hex, read_table};
use crate::run::verify;
use crate::run::write::manifest_bytes;

const ONE: Money = Money::from_micro_pounds(1);

/// Changes the manifest of a run.
fn change_manifest(run: &Path, change: impl FnOnce(&mut RunManifest)) {
    let path = run.join("manifest.json");
    let bytes = fs::read(&path).expect("it is there");
    let mut manifest: RunManifest = serde_json::from_slice(&bytes).expect("a manifest");
    change(&mut manifest);
    fs::write(&path, manifest_bytes(&manifest)).expect("written");
}

/// Makes the manifest fit a file as it is now.
fn hash_again(run: &Path, name: &str) {
    let bytes = fs::read(run.join(name)).expect("it is there");
    change_manifest(run, |manifest| {
        let entry = manifest.files.iter_mut().find(|it| it.name == name).expect("it is known");
        entry.bytes = bytes.len() as u64;
        entry.sha256 = hex(&Sha256::digest(&bytes));
    });
}

/// Changes the rows of a table, and makes the manifest fit.
pub(super) fn forge<T: Table>(run: &Path, name: &str, change: impl FnOnce(&mut Vec<T>)) {
    let mut rows: Vec<T> = read_table(&run.join(name)).expect("its contract holds");
    change(&mut rows);
    let mut writer = GroupWriter::new(Vec::new(), T::schema()).expect("memory");
    writer.group(&T::batch(&rows)).expect("the rows fit");
    fs::write(run.join(name), writer.finish().expect("memory")).expect("written");
    hash_again(run, name);
}

/// What verify finds in a run that was changed, from the run alone and then with its dataset.
#[track_caller]
fn check(change: impl FnOnce(&Path), expected: &Expect) {
    check_of(&Folder::new(), change, expected);
}

/// The same of a run of another folder.
#[track_caller]
pub(super) fn check_of(folder: &Folder, change: impl FnOnce(&Path), expected: &Expect) {
    let run = folder.cost().path;
    let dataset = folder.dataset();
    let breaks = |dataset| {
        let report = verify(&run, dataset).expect("it is a run");
        let breaks: Vec<String> = report.checks.iter().flat_map(|it| it.breaks.clone()).collect();
        assert_eq!(report.holds(), breaks.is_empty());
        breaks
    };
    assert_eq!(breaks(None), Vec::<String>::new(), "it holds before");
    assert_eq!(breaks(Some(&dataset)), Vec::<String>::new(), "it holds before");
    change(&run);
    let (alone, with_dataset) = (breaks(None), breaks(Some(&dataset)));
    assert!(!with_dataset.is_empty(), "the dataset tells at least as much");
    let here = run.display().to_string();
    expected.assert_eq(&alone.join("\n").replace(&here, "RUN"));
}

/// A forger who moves a micro-pound and makes the totals of both events fit.
#[test]
fn a_micro_pound_from_one_event_to_another() {
    check(
        |run| {
            forge(run, "event_costs/X-NURSES.parquet", |rows: &mut Vec<EventCost>| {
                rows[0].own -= ONE;
                rows[1].own += ONE;
            });
            forge(run, "events.parquet", |rows: &mut Vec<CostedEvent>| {
                rows[0].own -= ONE;
                rows[1].own += ONE;
            });
        },
        &expect![[r#"
            event_costs/X-NURSES.parquet: row 1, column own: £103.684209 is stored, £103.684210 is computed, -£0.000001 too much; 2 rows differ
            events.parquet: row 1, column own: £103.684209 is stored, £103.684210 is computed, -£0.000001 too much; 2 rows differ"#]],
    );
}

#[test]
fn a_micro_pound_from_own_to_absorbed_cost() {
    check(
        |run| {
            forge(run, "event_costs/X-NURSES.parquet", |rows: &mut Vec<EventCost>| {
                rows[0].own -= ONE;
                rows[0].absorbed += ONE;
            });
        },
        &expect![
            "event_costs/X-NURSES.parquet: row 1, column own: £103.684209 is stored, £103.684210 is computed, -£0.000001 too much; 1 rows differ"
        ],
    );
}

#[test]
fn a_micro_pound_of_residuals() {
    check(
        |run| {
            forge(run, "residuals.parquet", |rows: &mut Vec<ResidualSource>| {
                rows[0].amount -= ONE;
                rows[1].amount += ONE;
            });
        },
        &expect![
            "residuals.parquet: row 1, column amount: £39.999999 is stored, £40.000000 is computed, -£0.000001 too much; 2 rows differ"
        ],
    );
}

#[test]
fn a_micro_pound_of_unit_costs() {
    check(
        |run| {
            forge(run, "unit_costs.parquet", |rows: &mut Vec<UnitCost>| {
                rows[0].unit_own = rows[0].unit_own.map(|it| it + ONE);
            });
        },
        &expect![
            "unit_costs.parquet: row 1, column unit_own: £115.204679 is stored, £115.204678 is computed, £0.000001 too much; 1 rows differ"
        ],
    );
}

#[test]
fn a_micro_pound_of_service_lines() {
    check(
        |run| {
            forge(run, "service_lines.parquet", |rows: &mut Vec<StatementLine>| {
                rows[1].amount += ONE;
                rows[2].amount -= ONE;
            });
        },
        &expect![
            "service_lines.parquet: row 2, column amount: £300.000001 is stored, £300.000000 is computed, £0.000001 too much; 2 rows differ"
        ],
    );
    check(
        |run| {
            forge(run, "service_line_costs.parquet", |rows: &mut Vec<ServiceLineCost>| {
                rows[0].own += ONE;
                rows[1].own -= ONE;
            });
        },
        &expect![
            "service_line_costs.parquet: row 1, column own: £250.000001 is stored, £250.000000 is computed, £0.000001 too much; 2 rows differ"
        ],
    );
}

#[test]
fn a_micro_pound_on_both_sides_of_the_books() {
    check(
        |run| {
            forge(run, "reconciliation.parquet", |rows: &mut Vec<Identity>| {
                rows[0].input += ONE;
                rows[0].output += ONE;
            });
        },
        &expect![
            "reconciliation.parquet: row 1, column input: £500.000001 is stored, £500.000000 is computed, £0.000001 too much; 1 rows differ"
        ],
    );
}

#[test]
fn a_micro_pound_from_one_source_of_a_pool_to_another() {
    check(
        |run| {
            forge(run, "pools.parquet", |rows: &mut Vec<PoolSource>| {
                rows[0].amount -= ONE;
                rows[1].amount += ONE;
            });
        },
        &expect![
            "pools.parquet: row 1, column amount: £299.999999 is stored, £300.000000 is computed, -£0.000001 too much; 2 rows differ"
        ],
    );
}

#[test]
fn a_micro_pound_from_one_ledger_line_to_another() {
    check(
        |run| {
            forge(run, "quantum.parquet", |rows: &mut Vec<QuantumLine>| {
                rows[0].amount -= ONE;
                rows[1].amount += ONE;
            });
        },
        &expect![[r#"
            cost_lines.parquet: row 1, column amount: £100.000000 is stored, £99.999999 is computed, £0.000001 too much; 2 rows differ
            final_lines.parquet: row 2, column amount: £73.684210 is stored, £73.684209 is computed, £0.000001 too much; 2 rows differ
            pools.parquet: row 2, column amount: £73.684210 is stored, £73.684209 is computed, £0.000001 too much; 2 rows differ
            reconciliation.parquet: row 2, column input: £100.000000 is stored, £99.999999 is computed, £0.000001 too much; 2 rows differ
            service_line_costs.parquet: row 2, column own: £61.403508 is stored, £61.403507 is computed, £0.000001 too much; 2 rows differ
            service_lines.parquet: row 3, column amount: £73.684210 is stored, £73.684209 is computed, £0.000001 too much; 2 rows differ"#]],
    );
}

/// One unit of weight from the first event to the second, with the running weights made to fit.
#[test]
fn one_unit_of_weight() {
    check(
        |run| {
            forge(run, "weights/X-NURSING-HOURS.parquet", |rows: &mut Vec<EventWeight>| {
                rows[0].weight -= 1;
                rows[0].running -= 1;
                rows[1].weight += 1;
            });
        },
        &expect![[r#"
            event_costs/X-NURSES.parquet: row 1, column own: £103.684210 is stored, £103.680754 is computed, £0.003456 too much; 2 rows differ
            events.parquet: row 1, column own: £103.684210 is stored, £103.680754 is computed, £0.003456 too much; 2 rows differ"#]],
    );
}

/// Counts are what unit costs are shown for. That of an activity which has no cost can only be told
/// from the dataset.
#[test]
fn one_contact_more() {
    let more = |activity: &'static str| {
        move |run: &Path| {
            forge(run, "event_activities.parquet", |rows: &mut Vec<EventActivity>| {
                let row = rows.iter_mut().find(|it| it.activity == activity);
                row.expect("the first event has some").count += 1;
            });
        }
    };
    check(
        more("X-NURSING-CARE"),
        &expect!["unit_costs.parquet: row 1, column count; 1 rows differ"],
    );
    check(more("X-EPISODE"), &expect![""]);
}

#[test]
fn files_that_are_missing_too_many_or_cut_off() {
    check(
        |run| fs::remove_file(run.join("absorbed.parquet")).expect("removed"),
        &expect![[r#"
        absorbed.parquet: it cannot be read
        absorbed.parquet: No such file or directory (os error 2)"#]],
    );
    check(
        |run| fs::write(run.join("notes.txt"), "mine").expect("written"),
        &expect!["notes.txt: the manifest does not know this file"],
    );
    check(
        |run| {
            // Listed in the manifest, but no stage makes it.
            fs::write(run.join("absorbed2.parquet"), "mine").expect("written");
            change_manifest(run, |manifest| {
                let mut entry = manifest.files[0].clone();
                entry.name = "absorbed2.parquet".to_owned();
                manifest.files.insert(1, entry);
            });
            hash_again(run, "absorbed2.parquet");
        },
        &expect!["absorbed2.parquet: no stage makes this file"],
    );
    check(
        |run| {
            let bytes = fs::read(run.join("pools.parquet")).expect("it is there");
            fs::write(run.join("pools.parquet"), &bytes[..bytes.len() / 2]).expect("written");
            hash_again(run, "pools.parquet");
        },
        &expect![
            "pools.parquet: cannot be read: Parquet error: Invalid Parquet file. Corrupt footer"
        ],
    );
    check(
        |run| {
            // What everything else is computed from.
            let bytes = fs::read(run.join("quantum.parquet")).expect("it is there");
            fs::write(run.join("quantum.parquet"), &bytes[..bytes.len() - 1]).expect("written");
            hash_again(run, "quantum.parquet");
        },
        &expect![
            "it cannot be computed again: RUN/quantum.parquet: Parquet error: Invalid Parquet file. Corrupt footer. Check that the folder is complete and was not changed by hand"
        ],
    );
}

#[test]
fn a_rule_and_what_the_manifest_says() {
    check(
        |run| {
            let name = "model/shares.csv";
            let text = fs::read_to_string(run.join(name)).expect("it is there");
            fs::write(run.join(name), text.replace("worked,", "worked, ")).expect("written");
            hash_again(run, name);
        },
        &expect!["the model in the run is not the one that the manifest names"],
    );
    check(
        |run| change_manifest(run, |it| it.title.push('!')),
        &expect!["organisation, title, footnote, last period or options are not the model's"],
    );
    check(
        |run| change_manifest(run, |it| it.files[0].rows += 1),
        &expect!["absorbed.parquet: the manifest states 4 rows of 3"],
    );
    check(
        |run| change_manifest(run, |it| it.engine.push('1')),
        &expect!["the id is not that of these inputs, model and engine"],
    );
}

/// A run that was costed from other hours, and claims to be of this dataset: by itself it holds,
/// for it agrees with itself from weights to statements. Only the dataset tells.
#[test]
fn a_whole_run_of_another_dataset() {
    let (ours, theirs) = (Folder::new(), Folder::new());
    dataset("4").write(&theirs.dataset(), 4);
    let (honest, other) = (ours.cost(), theirs.cost());
    let wanted = fs::read(honest.path.join("manifest.json")).expect("it is there");
    let wanted: RunManifest = serde_json::from_slice(&wanted).expect("a manifest");
    let forged = other.path.with_file_name(&honest.id);
    fs::rename(&other.path, &forged).expect("renamed");
    change_manifest(&forged, |manifest| {
        manifest.id.clone_from(&wanted.id);
        manifest.dataset_hash.clone_from(&wanted.dataset_hash);
        manifest.inputs.clone_from(&wanted.inputs);
    });
    assert!(verify(&forged, None).expect("it is a run").holds());
    let report = verify(&forged, Some(&ours.dataset())).expect("it is a run");
    let breaks: Vec<String> = report.checks.iter().flat_map(|it| it.breaks.clone()).collect();
    expect![[r#"
        absorbed.parquet: row 1, column amount: £46.153847 is stored, £50.000000 is computed, -£3.846153 too much; 3 rows differ
        activity_out.parquet: row 1, column own: £350.931173 is stored, £345.614034 is computed, £5.317139 too much; 1 rows differ
        event_costs/X-NURSES.parquet: row 1, column own: £127.611335 is stored, £103.684210 is computed, £23.927125 too much; 3 rows differ
        events.parquet: row 1, column own: £127.611335 is stored, £103.684210 is computed, £23.927125 too much; 3 rows differ
        findings.csv: line 2 is not what the stages give
        service_line_costs.parquet: row 1, column own: £253.846153 is stored, £250.000000 is computed, £3.846153 too much; 3 rows differ
        unit_costs.parquet: row 1, column weight; 1 rows differ
        unmatched_costs.parquet: row 1, column absorbed: £63.805668 is stored, £69.122807 is computed, -£5.317139 too much; 1 rows differ
        weights/X-NURSING-HOURS.parquet: row 1, column weight; 1 rows differ"#]].assert_eq(&breaks.join("\n"));
}
