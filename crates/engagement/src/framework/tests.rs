//! The national framework is whole, stays as it is, and a broken one is named.

use expect_test::{Expect, expect};

use super::*;

#[test]
fn the_matrix_adds_up() {
    let framework = Framework::national_2013();
    let column = Level::ALL.map(|level| framework.column(level).count());
    assert_eq!(column, [3, 10, 17, 23]);
    let introduced = |level| framework.steps().iter().filter(move |it| it.from_level == level);
    assert_eq!(Level::ALL.map(|level| introduced(level).count()), [3, 7, 7, 6]);
    let sizes = Level::ALL.map(|level| {
        let of = |id: &str| framework.column(level).filter(|it| it.category.as_str() == id).count();
        [of("culture"), of("process"), of("benefits")]
    });
    assert_eq!(sizes, [[1, 1, 1], [4, 3, 3], [6, 5, 6], [8, 7, 8]]);
    let groups = framework.groups().iter();
    let sizes: Vec<usize> = groups
        .map(|it| framework.characteristics().iter().filter(|other| other.group == it.id).count())
        .collect();
    assert_eq!(sizes, [5, 4, 3]);
    let for_all: Vec<&str> = framework
        .steps()
        .iter()
        .filter(|it| it.recorded_for == RecordedFor::Organisation)
        .map(|it| it.id.as_str())
        .collect();
    assert_eq!(for_all, ["C1", "P1", "B1"]);
    let neutral = framework.steps().iter().filter(|it| it.neutral).map(|it| it.id.as_str());
    assert_eq!(neutral.collect::<Vec<_>>(), ["P5"]);
}

/// A version never changes: who changes the file makes a new version instead.
#[test]
fn the_version_of_2013_stays_as_it_is() {
    expect!["ea6bfec68c67487eec6f2c76596d45b6328f69c77fac409042623b0b7271603a"]
        .assert_eq(Framework::national_2013().hash());
}

#[track_caller]
fn check(from: &str, to: &str, expected: &Expect) {
    assert!(NATIONAL_2013.contains(from), "the file has no `{from}`");
    let error = Framework::parse(&NATIONAL_2013.replacen(from, to, 1)).expect_err("a fault");
    expected.assert_eq(&error.to_string());
}

#[test]
fn what_is_wrong_is_named() {
    check(
        "id = \"C2\"",
        "id = \"C1\"",
        &expect!["the step `C1` is there twice: give one of them another identifier"],
    );
    check(
        "column = [3, 10, 17, 23]",
        "column = [3, 10, 17, 24]",
        &expect!["steps in the column of Level 4: the totals state 24, the steps are 23"],
    );
    check(
        "introduced = [3, 7, 7, 6]",
        "introduced = [3, 7, 6, 6]",
        &expect!["steps introduced at Level 3: the totals state 6, the steps are 7"],
    );
    check(
        "culture = [1, 4, 6, 8]",
        "culture = [1, 4, 6, 7]",
        &expect![
            "steps of `culture` in the column of Level 4: the totals state 7, the steps are 8"
        ],
    );
    check(
        "category = \"culture\"\nfrom_level = 2",
        "category = \"cultural\"\nfrom_level = 2",
        &expect!["the step `C2` names the category `cultural`, which is not there"],
    );
    check(
        "steps = [\"C3\", \"C5\"]",
        "steps = [\"C3\", \"C55\"]",
        &expect!["the characteristic `enabling-culture` names the step `C55`, which is not there"],
    );
    check(
        "group = \"people\"",
        "group = \"persons\"",
        &expect!["the characteristic `training` names the group `persons`, which is not there"],
    );
    check(
        "level = 2\n",
        "level = 3\n",
        &expect!["the levels must be defined in the order 1, 2, 3, 4, each once"],
    );
    check(
        "from_level = 4",
        "from_level = 5",
        &expect![[r#"
        the framework cannot be read: TOML parse error at line 139, column 14
            |
        139 | from_level = 5
            |              ^
        5 is no level: a level is 1, 2, 3 or 4"#]],
    );
    check(
        "label = \"Continuous improvement\"",
        "label = \" \"",
        &expect!["the step `C7` has no label"],
    );
}

#[test]
fn steps_of_the_board_are_recorded_for_the_organisation() {
    let words = |step: &str| {
        format!(
            "the step `{step}`: the steps of Level 1, and no others, are recorded for the organisation"
        )
    };
    let error = |from: &str, to: &str| {
        let text = NATIONAL_2013.replacen(from, to, 1);
        Framework::parse(&text).expect_err("a fault").to_string()
    };
    assert_eq!(error("recorded_for = \"organisation\"\n", ""), words("C1"));
    let more = "from_level = 2\nrecorded_for = \"organisation\"\n";
    assert_eq!(error("from_level = 2\n", more), words("C2"));
}

#[test]
fn local_steps_stand_beside_the_national_ones() {
    let national = Framework::national_2013();
    let step = |id: &str, category: &str| LocalStep {
        id: StepId::from(id),
        category: CategoryId::from(category),
        label: "Joint ward rounds".to_owned(),
        guidance: String::new(),
    };
    let make = |id: &str, steps| national.with_local_steps(FrameworkId::from(id), "Ours", steps);
    let ours = make("ours-1", vec![step("L1", "culture")]).expect("a local version");
    assert_eq!(ours.steps(), national.steps());
    assert_eq!(ours.based_on(), Some(national.id()));
    assert_eq!(ours.national(), national.id());
    assert_ne!(ours.hash(), national.hash());
    assert!(ours.knows(&StepId::from("L1")) && ours.step(&StepId::from("L1")).is_none());
    let error = |it: Result<Framework, FrameworkError>| it.expect_err("a fault").to_string();
    expect!["the step `C1` is there twice: give one of them another identifier"]
        .assert_eq(&error(make("ours-1", vec![step("C1", "culture")])));
    expect!["the framework `2013` is there twice: give one of them another identifier"]
        .assert_eq(&error(make("2013", vec![])));
    expect!["the step `L1` names the category `culturel`, which is not there"]
        .assert_eq(&error(make("ours-1", vec![step("L1", "culturel")])));
}
