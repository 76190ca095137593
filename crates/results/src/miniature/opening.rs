//! Opens runs that are sound, unfinished, newer, or damaged.

use std::fs;

use expect_test::{Expect, expect};

use super::{Miniature, miniature};
use crate::Run;

#[track_caller]
fn check(change: impl Fn(&Miniature), expected: &Expect) {
    let made = miniature();
    change(&made);
    let shown = match Run::open(&made.folder()) {
        Ok(run) => format!("opened {} of {}", run.id(), run.manifest().title),
        Err(error) => error.to_string(),
    };
    expected.assert_eq(&made.plain(&shown));
}

fn change_manifest(made: &Miniature, from: &str, to: &str) {
    let path = made.folder().join("manifest.json");
    let text = fs::read_to_string(&path).expect("reads");
    assert!(text.contains(from), "the manifest has {from}");
    fs::write(&path, text.replace(from, to)).expect("writes");
}

#[test]
fn a_sound_run() {
    check(|_| {}, &expect!["opened mini of The worked miniature"]);
}

#[test]
fn a_folder_without_a_manifest() {
    check(
        |made| fs::remove_file(made.folder().join("manifest.json")).expect("removes"),
        &expect![[
            r#"`RUNS/mini` is not a finished run: it has no manifest.json. Give the folder that `concord cost` printed"#
        ]],
    );
}

#[test]
fn a_run_of_a_later_version() {
    check(
        |made| {
            change_manifest(made, "\"format\": 1", "\"format\": 9");
            change_manifest(made, "\"engine\": \"0.1.0\"", "\"engine\": \"3.0.0\"");
        },
        &expect![[
            r#"this run has format 9 and was written by Concord 3.0.0, but this version reads formats up to 1: use Concord 3.0.0 or later"#
        ]],
    );
}

#[test]
fn a_file_cut_short() {
    check(
        |made| fs::write(made.folder().join("findings.csv"), "id\n").expect("writes"),
        &expect![[
            r#"`findings.csv` of this run is damaged: it has 3 bytes instead of 264. `concord verify RUN` lists everything that differs; cost again to make a sound run"#
        ]],
    );
}

#[test]
fn a_file_outside_the_run() {
    check(
        |made| change_manifest(made, "\"findings.csv\"", "\"../findings.csv\""),
        &expect![[
            r#"`manifest.json` of this run is damaged: it names `../findings.csv`, which is outside the run. `concord verify RUN` lists everything that differs; cost again to make a sound run"#
        ]],
    );
}

#[test]
fn a_changed_byte_is_found_when_hashes_are_checked() {
    let made = miniature();
    let path = made.folder().join("findings.csv");
    let text = fs::read_to_string(&path).expect("reads");
    fs::write(&path, text.replace("69.122807", "69.122806")).expect("writes");
    let error = made.open().check_hashes().expect_err("one byte differs");
    expect!["`findings.csv` of this run is damaged: its content is not what the manifest says. `concord verify RUN` lists everything that differs; cost again to make a sound run"].assert_eq(&error.to_string());
}

#[test]
fn codes_behind_file_names() {
    let run = miniature();
    let table = run.open().table("event_costs").expect("it is there");
    assert_eq!(table.files[0].code, "X/NURSES");
    assert_eq!(table.code_column, "resource");
}
