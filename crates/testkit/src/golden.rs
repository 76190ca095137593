//! Finds the cases of a stage, runs them and shows every difference at once.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use similar::TextDiff;

use crate::case::{Case, Tables, folders_below};

/// Checks every case of `golden/<stage>/` against what `produce` makes of it.
///
/// A case fails if a table differs, is missing or was not expected. With `CONCORD_GOLDEN=complete`
/// the expected files are written instead, as a proposal for a person to check by hand; a case
/// whose `README.md` has a line `signed:` is never overwritten.
///
/// # Panics
///
/// If a case fails, naming all differences; if the stage has no case, since a misspelt name would
/// otherwise pass.
#[track_caller]
pub fn check_golden(stage: &str, produce: impl Fn(&Case) -> Tables) {
    let folder = golden_folder().join(stage);
    let mode = if completes() { Mode::Complete } else { Mode::Compare };
    if let Err(report) = run_stage(&folder, mode, produce) {
        panic!(
            "{report}\n\nCheck the sums by hand. If the example is wrong, correct expected/; \
             `CONCORD_GOLDEN=complete cargo test` writes a proposal."
        );
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Compare,
    Complete,
}

fn golden_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden")
}

#[expect(
    clippy::disallowed_methods,
    reason = "a person asks for proposals through the environment"
)]
fn completes() -> bool {
    std::env::var("CONCORD_GOLDEN").is_ok_and(|it| it == "complete")
}

fn run_stage(folder: &Path, mode: Mode, produce: impl Fn(&Case) -> Tables) -> Result<(), String> {
    let folders = folders_below(folder)?;
    if folders.is_empty() {
        return Err(format!("{}: there is no case", folder.display()));
    }
    let mut differences = Vec::new();
    for folder in folders {
        let case = Case::read(&folder)?;
        // The test harness shows this only if the function under test panics in this case.
        eprintln!("worked example {}", case.folder.display());
        let produced = to_files(&produce(&case));
        let outcome = match mode {
            Mode::Compare => compare(&case.expected()?, &produced),
            Mode::Complete => complete(&case, &produced)?,
        };
        differences.extend(outcome.iter().map(|it| format!("{}/{}", case.name, it.trim_end())));
    }
    if differences.is_empty() { Ok(()) } else { Err(differences.join("\n")) }
}

fn to_files(tables: &Tables) -> BTreeMap<String, String> {
    tables.iter().map(|(name, table)| (format!("{name}.csv"), table.to_csv())).collect()
}

/// One text for each file that differs.
fn compare(
    expected: &BTreeMap<String, String>,
    produced: &BTreeMap<String, String>,
) -> Vec<String> {
    let mut differences = Vec::new();
    for (file, wanted) in expected {
        match produced.get(file) {
            Some(made) if made == wanted => {}
            Some(made) => differences.push(format!("{file} differs\n{}", difference(wanted, made))),
            None => differences.push(format!("{file} is expected, but was not produced")),
        }
    }
    let surplus = produced.keys().filter(|it| !expected.contains_key(*it));
    differences.extend(surplus.map(|it| format!("{it} was produced, but is not expected")));
    differences
}

fn difference(wanted: &str, made: &str) -> String {
    TextDiff::from_lines(wanted, made)
        .unified_diff()
        .context_radius(2)
        .header("expected", "produced")
        .to_string()
}

/// Writes the proposal, or says why not where it would change signed figures.
fn complete(case: &Case, produced: &BTreeMap<String, String>) -> Result<Vec<String>, String> {
    let expected = case.expected()?;
    let differences = compare(&expected, produced);
    if differences.is_empty() {
        return Ok(Vec::new());
    }
    if case.is_signed() {
        let mut refusal = vec!["README.md is signed: its expected figures stay".to_owned()];
        refusal.extend(differences);
        return Ok(refusal);
    }
    let folder = case.expected_folder();
    let fault = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(&folder).map_err(fault)?;
    for file in expected.keys() {
        fs::remove_file(folder.join(file)).map_err(fault)?;
    }
    for (file, text) in produced {
        fs::write(folder.join(file), text).map_err(fault)?;
    }
    Ok(Vec::new())
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::Table;

    /// Doubles `given/numbers.csv`, with the case's files written as `name: text` pairs.
    #[track_caller]
    fn check(files: &[(&str, &str)], mode: Mode, expected: &Expect) {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        for (name, text) in files {
            let path = folder.path().join("case").join(name);
            fs::create_dir_all(path.parent().expect("a file has a folder")).expect("made");
            fs::write(path, text).expect("written");
        }
        let outcome = run_stage(folder.path(), mode, double);
        let mut shown = match outcome {
            Ok(()) => "passed\n".to_owned(),
            Err(report) => report.replace(&folder.path().display().to_string(), "golden") + "\n",
        };
        let written = folder.path().join("case/expected/doubled.csv");
        if mode == Mode::Complete {
            shown.push_str(&fs::read_to_string(written).unwrap_or_default());
        }
        expected.assert_eq(&shown);
    }

    fn double(case: &Case) -> Tables {
        let mut doubled = Table::new(&["number"]);
        for row in case.given("numbers").rows() {
            doubled.push([row.value::<i64>("number") * 2]);
        }
        Tables::from([("doubled".to_owned(), doubled)])
    }

    const GIVEN: (&str, &str) = ("given/numbers.csv", "number\n1\n2\n");

    #[test]
    fn agreement_passes() {
        check(
            &[GIVEN, ("expected/doubled.csv", "number\n2\n4\n")],
            Mode::Compare,
            &expect![[r#"
                passed
            "#]],
        );
    }

    #[test]
    fn a_difference_is_shown_by_line() {
        check(
            &[
                GIVEN,
                ("expected/doubled.csv", "number\n2\n5\n"),
                ("expected/findings.csv", "code\n"),
            ],
            Mode::Compare,
            &expect![[r#"
                case/doubled.csv differs
                --- expected
                +++ produced
                @@ -1,3 +1,3 @@
                 number
                 2
                -5
                +4
                case/findings.csv is expected, but was not produced
            "#]],
        );
    }

    #[test]
    fn a_stage_without_cases_fails() {
        check(
            &[],
            Mode::Compare,
            &expect![[r#"
            golden: there is no case
        "#]],
        );
    }

    #[test]
    fn a_table_that_is_not_expected_fails() {
        check(
            &[GIVEN],
            Mode::Compare,
            &expect![[r#"
                case/doubled.csv was produced, but is not expected
            "#]],
        );
    }

    #[test]
    fn completing_proposes() {
        check(
            &[GIVEN, ("expected/doubled.csv", "number\n2\n5\n")],
            Mode::Complete,
            &expect![[r#"
                passed
                number
                2
                4
            "#]],
        );
    }

    #[test]
    fn signed_figures_are_never_overwritten() {
        check(
            &[
                GIVEN,
                ("README.md", "Twice.\n\nsigned: A. Accountant, 2026-01-05\n"),
                ("expected/doubled.csv", "number\n2\n5\n"),
            ],
            Mode::Complete,
            &expect![[r#"
                case/README.md is signed: its expected figures stay
                case/doubled.csv differs
                --- expected
                +++ produced
                @@ -1,3 +1,3 @@
                 number
                 2
                -5
                +4
                number
                2
                5
            "#]],
        );
    }
}
