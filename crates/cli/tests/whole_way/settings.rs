//! Settings: concord.toml, then the environment, then options.

use std::fs;

use expect_test::{Expect, expect};

use crate::program::{command, run};

/// The model that `cost` looks for, told by the fault of its not being there.
#[track_caller]
fn check(file: &str, environment: Option<&str>, option: Option<&str>, expected: &Expect) {
    let folder = tempfile::tempdir().expect("a folder");
    if !file.is_empty() {
        fs::write(folder.path().join("concord.toml"), file).expect("writes");
    }
    let mut command = command(folder.path());
    command.args(["cost", "--runs", "runs", "--dataset", "dataset"]);
    if let Some(model) = environment {
        command.env("CONCORD_MODEL", model);
    }
    if let Some(model) = option {
        command.args(["--model", model]);
    }
    let printed = run(&mut command);
    assert_eq!(printed.code, 1);
    expected.assert_eq(printed.stderr.split(": No such file").next().unwrap_or_default());
}

#[test]
fn later_settings_win() {
    let file = "model = \"from-file\"\n";
    check(
        "",
        None,
        None,
        &expect![[r#"
        concord: the folder for `model` is not named: add --model FOLDER, or set CONCORD_MODEL or `model` in concord.toml
    "#]],
    );
    check(file, None, None, &expect!["concord: cannot read the model in `from-file`: from-file"]);
    check(
        file,
        Some("from-environment"),
        None,
        &expect!["concord: cannot read the model in `from-environment`: from-environment"],
    );
    check(
        file,
        Some("from-environment"),
        Some("from-option"),
        &expect!["concord: cannot read the model in `from-option`: from-option"],
    );
}

#[test]
fn a_misspelt_setting_is_told() {
    check(
        "modle = \"x\"\n",
        None,
        None,
        &expect![[r#"
        concord: `concord.toml` is not a settings file: TOML parse error at line 1, column 1
          |
        1 | modle = "x"
          | ^^^^^
        unknown field `modle`, expected one of `operator`, `model`, `from`, `datasets`, `runs`, `vault`, `threads`, `site`

    "#]],
    );
}
