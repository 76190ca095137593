//! Worked cases: one file each, what is given above a line `---`, what must come out below it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use expect_test::expect;

use engagement::framework::Frameworks;
use engagement::{Framework, FrameworkId, StepId, Thresholds, propose};

use crate::form::{given, outcome, shown_consistently};

/// The worked cases that must be there, whatever others are.
const WANTED: [&str; 25] = [
    "v01", "v02", "v03", "v04", "v05", "v06", "v07", "v08", "v09", "v10", "v10b", "v11", "v12",
    "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24",
];

#[test]
fn worked_cases_come_out_as_worked() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .expect("the folder of worked cases")
        .map(|it| it.expect("a file").path())
        .filter(|it| it.extension().is_some_and(|it| it == "txt"))
        .collect();
    files.sort();
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for file in &files {
        let name = file.file_stem().and_then(|it| it.to_str()).expect("a name").to_owned();
        let text = fs::read_to_string(file).expect("a text");
        let (given, expected) =
            text.split_once("\n---\n").unwrap_or_else(|| panic!("{name} has no line ---"));
        let actual = outcome(given);
        if actual != expected {
            wrong.push(format!("{name}\nexpected:\n{expected}\nwas:\n{actual}"));
        }
        seen.insert(name.split_once('-').map_or(name.as_str(), |(it, _)| it).to_owned());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let lost: Vec<_> = WANTED.iter().filter(|it| !seen.contains(**it)).collect();
    assert!(lost.is_empty(), "worked cases without a file: {lost:?}");
}

/// The second half of V13: a version is kept as it was, and an old assessment gives what it gave.
#[test]
fn a_new_version_leaves_an_old_result_as_it_was() {
    let text = "counted: column 3\nunit cardiology: norm\nsupport: yes\n";
    let thresholds = Thresholds::own();
    let mut frameworks = Frameworks::own();
    let national = Framework::national_2013();
    let assessment = given(text, &national).assessment;
    let before = propose(&national, &thresholds, &assessment).expect("a proposal");

    // A new version in which a step of Level 4 is asked for at Level 3 already.
    let later = include_str!("../../data/framework-2013.toml")
        .replacen("id = \"2013\"", "id = \"2014\"", 1)
        .replace("column = [3, 10, 17, 23]", "column = [3, 10, 18, 23]")
        .replace("introduced = [3, 7, 7, 6]", "introduced = [3, 7, 8, 5]")
        .replace("culture = [1, 4, 6, 8]", "culture = [1, 4, 7, 8]")
        .replace(
            "id = \"C7\"\ncategory = \"culture\"\nfrom_level = 4",
            "id = \"C7\"\ncategory = \"culture\"\nfrom_level = 3",
        );
    let later = Framework::parse(&later).expect("a framework");
    frameworks.add(later.clone()).expect("a new identifier");

    let kept = frameworks.get(&assessment.framework).expect("its version");
    assert_eq!(propose(kept, &thresholds, &assessment), Ok(before));
    let error = propose(&later, &thresholds, &assessment).expect_err("another version");
    expect![
        "the assessment was made under framework `2013`, not `2014`: a result keeps its version, and a new version begins with a new assessment"
    ]
    .assert_eq(&error.to_string());
    let mut anew = assessment;
    anew.framework = FrameworkId::from("2014");
    assert!(propose(&later, &thresholds, &anew).is_ok());

    let other = national.with_local_steps(FrameworkId::from("2014"), "Other", Vec::new());
    let conflict = frameworks.add(other.expect("a framework")).expect_err("it is there");
    expect![
        "framework `2014` is loaded with another text: a version never changes, so give the new text a new identifier"
    ]
    .assert_eq(&conflict.to_string());
}

#[test]
fn a_step_that_the_version_does_not_have_is_refused() {
    let national = Framework::national_2013();
    let mut assessment = given("unit cardiology: norm\n", &national).assessment;
    assessment.units[0].ratings.insert(StepId::from("C9"), shown_consistently());
    let error = propose(&national, &Thresholds::own(), &assessment).expect_err("no such step");
    expect!["the step `C9` is rated, and this version of the framework has no such step"]
        .assert_eq(&error.to_string());
}
