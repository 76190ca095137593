//! Returns are written and read back, checked by row, counted, followed and cut.

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::*;
use crate::framework::{Framework, Frameworks};
use crate::national::Movement;
use crate::reference::Reference;
use crate::thresholds::Thresholds;

const HEADER: &str = "organisation_code,year,level,steps,clinical_lead,finance_lead,framework\n";

/// A register of lines `code sector region`, then `until day` and `became code` if it closed, and
/// `since day` if it was founded.
fn register(text: &str) -> Register {
    Register::new(organisations(text)).expect("a register")
}

fn organisations(text: &str) -> Vec<Organisation> {
    let one = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let after = |key: &str| {
            let found = words.windows(2).filter(|pair| pair[0] == key);
            found.map(|pair| pair[1]).collect::<Vec<_>>()
        };
        let day = |key| after(key).first().map(|it| it.parse().expect("a day"));
        Organisation {
            code: OrganisationCode::from(words[0]),
            name: format!("Trust {}", words[0]),
            sector: words[1].to_owned(),
            region: words[2].to_owned(),
            open_from: day("since"),
            open_to: day("until"),
            successors: after("became").into_iter().map(OrganisationCode::from).collect(),
        }
    };
    text.lines().map(one).collect()
}

fn collected(register: &Register, year: u16, file: &str) -> Collection {
    let (frameworks, thresholds) = (Frameworks::own(), Thresholds::own());
    let day = format!("{year}-07-31").parse().expect("a day");
    let question =
        Question { year, day, register, frameworks: &frameworks, thresholds: &thresholds };
    collect(question, &read(file).expect("a file of returns"))
}

fn shown(it: &Collection) -> String {
    let mut text = String::new();
    for it in it.returns.values() {
        writeln!(text, "{} {}", it.organisation, it.level).expect("a text");
    }
    it.rejected.iter().for_each(|it| writeln!(text, "{it}").expect("a text"));
    it.flags.iter().for_each(|it| writeln!(text, "{it}").expect("a text"));
    let missing: Vec<&str> = it.missing.iter().map(OrganisationCode::as_str).collect();
    text + "missing: " + &missing.join(" ")
}

#[track_caller]
fn check(register_text: &str, rows: &str, expected: &Expect) {
    let collection = collected(&register(register_text), 2013, &format!("{HEADER}{rows}"));
    expected.assert_eq(&shown(&collection));
}

const THREE: &str = "R1A acute north\nR1B acute north\nR1C ambulance south";

#[test]
fn a_whole_file_is_accepted() {
    check(
        THREE,
        "R1A,2013,1,C1 P1,Dr A,Ms B,2013\nR1B,2013,4,by unit,\"A, Dr\",Ms B,2013\nR1C,2013,1,C1 B1,Dr A,Ms B,2013\n",
        &expect![[r#"
            R1A Level 1
            R1B Level 4
            R1C Level 1
            missing: "#]],
    );
}

#[test]
fn what_is_wrong_is_named_by_row() {
    check(
        "R1A acute north\nR1B acute north\nR1C acute north until 2013-03-31 became R1B\nR1D acute north until 2013-03-31",
        "\
R1A,2013,5,C1 P1,Dr A,Ms B,2013
R9Z,2013,1,C1 P1,Dr A,Ms B,2013
R1C,2013,1,C1 P1,Dr A,Ms B,2013
R1D,2013,1,C1 P1,Dr A,Ms B,2013
R1A,2012,1,C1 P1,Dr A,Ms B,2013
R1A,2013,1,C1 P1 C99,Dr A,Ms B,2013
R1A,2013,1,C1 P1,Dr A,Ms B,2008
R1A,2013,1,C1 P1,Dr A,,2013
R1A,2013,1,C1 P1,Dr A,Dr A,2013
R1A,2013,1,C1 P1,=1+1,Ms B,2013
R1A,2013,1,C1 P1,Dr A
R1A,next,1,C1 P1,Dr A,Ms B,2013
R1A,2013,two,C1 P1,Dr A,Ms B,2013
,2013,1,C1 P1,Dr A,Ms B,2013
",
        &expect![[r#"
            row 2: `5` is no level: it must be 1, 2, 3 or 4
            row 3: nobody knows the organisation `R9Z`: correct the code or register it
            row 4: the organisation `R1C` has become `R1B`, who must return
            row 5: the organisation `R1D` is not open on the day of the collection
            row 6: it is of 2012, which is another collection
            row 7: its framework has no step `C99`
            row 8: nobody knows the framework `2008`
            row 9: `finance_lead` is empty
            row 10: the clinical lead and the finance lead must be two people
            row 11: `clinical_lead` begins with a sign that a spreadsheet takes for a formula
            row 12: it must have 7 cells
            row 13: `next` is no year
            row 14: `two` is no level: it must be 1, 2, 3 or 4
            row 15: `organisation_code` is empty
            missing: R1A R1B"#]],
    );
}

#[test]
fn of_duplicates_none_is_guessed() {
    // R1A says the same twice, so the first is taken. R1B says two things, so neither is.
    check(
        THREE,
        "\
R1A,2013,1,C1 P1,Dr A,Ms B,2013
R1B,2013,1,C1 P1,Dr A,Ms B,2013
R1A,2013,1,P1 C1,Dr A,Ms B,2013
R1B,2013,2,C1 P1,Dr A,Ms B,2013
",
        &expect![[r#"
            R1A Level 1
            row 3: the organisation returns something else in row 5: ask which is right
            row 4: it repeats row 2
            row 5: the organisation returns something else in row 3: ask which is right
            missing: R1B R1C"#]],
    );
}

#[test]
fn steps_that_disagree_with_the_level_are_flagged() {
    // C1 and P1 are most of the three steps of Level 1. All 23 show Level 4.
    let all: Vec<String> =
        Framework::national_2013().steps().iter().map(|it| it.id.to_string()).collect();
    let rows = format!(
        "R1A,2013,3,C1 P1,Dr A,Ms B,2013\nR1B,2013,3,{},Dr A,Ms B,2013\nR1C,2013,1,,Dr A,Ms B,2013\n",
        all.join(" ")
    );
    check(
        THREE,
        &rows,
        &expect![[r#"
        R1A Level 3
        R1B Level 3
        R1C Level 1
        row 2: `R1A` states Level 3; its steps show less (Level 1): ask for the reason
        row 3: `R1B` states Level 3; its steps show more (Level 4): spread, or support in using financial data, may hold it down
        row 4: `R1C` states Level 1; its steps show less (Level 1 not yet shown): ask for the reason
        missing: "#]],
    );
}

#[test]
fn a_file_without_its_header_is_refused() {
    let error = read("code,level\nR1A,1\n").expect_err("no header").to_string();
    expect!["the first row must be `organisation_code,year,level,steps,clinical_lead,finance_lead,framework`, and is `code,level`"].assert_eq(&error);
    expect!["the first row must be `organisation_code,year,level,steps,clinical_lead,finance_lead,framework`, and is ``"].assert_eq(&read("").expect_err("no header").to_string());
    let marked = format!("\u{feff}{HEADER}");
    assert_eq!(read(&marked), Ok(Reading::default()));
}

/// A return with no steps, for counting.
fn plain(code: &str, year: u16, level: Level) -> Return {
    Return {
        organisation: OrganisationCode::from(code),
        year,
        level,
        steps: StatedSteps::ByUnit,
        clinical_lead: "Dr A, \"Tony\"".to_owned(),
        finance_lead: "Ms B".to_owned(),
        framework: FrameworkId::from("2013"),
    }
}

/// Returns with so many at each level, codes from T000 on.
fn returns(year: u16, counts: [usize; 4]) -> Vec<Return> {
    let levels = Level::ALL.into_iter().zip(counts);
    let levels = levels.flat_map(|(level, count)| std::iter::repeat_n(level, count));
    levels.enumerate().map(|(index, level)| plain(&format!("T{index:03}"), year, level)).collect()
}

#[test]
fn returns_are_written_and_read_back() {
    let mut some = returns(2013, [1, 0, 1, 1]);
    some[0].steps = StatedSteps::Counted(["C1", "P1"].map(StepId::from).into());
    some[1].steps = StatedSteps::Counted(BTreeSet::new());
    let reading = read(&write(&some)).expect("a file of returns");
    assert!(reading.faults.is_empty());
    let read: Vec<Return> = reading.returns.into_iter().map(|it| it.1).collect();
    assert_eq!(read, some);
}

#[test]
fn sender_and_collector_work_out_the_same_receipt() {
    let sent = plain("R1A", 2013, Level::Three);
    let held = read(&write(std::slice::from_ref(&sent))).expect("a file").returns.remove(0).1;
    assert_eq!(held.receipt(), sent.receipt());
    assert_eq!(sent.receipt().len(), 16);
    let changed = Return { level: Level::Four, ..sent.clone() };
    assert_ne!(changed.receipt(), sent.receipt());
}

#[test]
fn a_register_is_read_by_row() {
    let reading = read_register(
        "organisation_code,name,sector,region,open_from,open_to,successors\n\
         R1,\"North, Trust\",acute,north,2000-04-01,2013-03-31,R2 R3\n\
         ,South,acute,south,,,\n\
         R2,East,acute,east,soon,,\n\
         \n\
         R3,West,acute\n",
    )
    .expect("a file of organisations");
    let expected =
        organisations("R1 acute north since 2000-04-01 until 2013-03-31 became R2 became R3");
    let expected = Organisation { name: "North, Trust".to_owned(), ..expected[0].clone() };
    assert_eq!(reading.organisations, [expected]);
    let faults: Vec<String> = reading.faults.iter().map(ToString::to_string).collect();
    expect![[r#"
        row 3: `organisation_code` is empty
        row 4: `soon` in `open_from` is not a day such as 2013-03-31
        row 6: it must have 7 cells"#]]
    .assert_eq(&faults.join("\n"));
    let error = read_register("code\n").expect_err("no header").to_string();
    expect![
        "the first row must be `organisation_code,name,sector,region,open_from,open_to,successors`, and is `code`"
    ]
    .assert_eq(&error);
}

/// A file of 248 returns and one of 244 give the table of the guide, section 2.5.
#[test]
fn the_published_table_comes_out_of_its_returns() {
    // 248 organisations in 2012; T244 to T247 closed before the day of 2013.
    let lines: Vec<String> = (0..248)
        .map(|it| {
            format!("T{it:03} acute north{}", if it < 244 { "" } else { " until 2013-03-31" })
        })
        .collect();
    let register = register(&lines.join("\n"));
    let year = |year, counts| {
        let collection = collected(&register, year, &write(&returns(year, counts)));
        assert!(collection.rejected.is_empty() && collection.missing.is_empty());
        collection.distribution()
    };
    let movement = Movement { from: year(2012, [20, 94, 85, 49]), to: year(2013, [7, 89, 92, 56]) };
    let guide = Reference::own();
    assert_eq!(Some(movement.from), guide.distribution(2012));
    assert_eq!(Some(movement.to), guide.distribution(2013));
    let rows = movement.rows();
    let line = |it: &crate::national::MovementRow| {
        let name = it.level.map_or("Total".to_owned(), |it| it.number().to_string());
        format!(
            "| {name} | {} | {} | {} | {} | {} |",
            it.from.0, it.from.1, it.to.0, it.to.1, it.change
        )
    };
    expect![[r#"
        | 1 | 20 | 8 | 7 | 3 | -13 |
        | 2 | 94 | 38 | 89 | 36 | -5 |
        | 3 | 85 | 34 | 92 | 38 | 7 |
        | 4 | 49 | 20 | 56 | 23 | 7 |
        | Total | 248 | 100 | 244 | 100 | -4 |"#]]
    .assert_eq(&rows.iter().map(line).collect::<Vec<_>>().join("\n"));
}

fn file(year: u16, levels: &[(&str, Level)]) -> String {
    write(&levels.iter().map(|(code, level)| plain(code, year, *level)).collect::<Vec<_>>())
}

/// R1 stayed, R2 rose, R3 changed its code and rose, R4 and R5 merged into R6, R7 is new, R8 closed,
/// R9 did not return the second time, RA split in two.
#[test]
fn moves_follow_mergers_splits_and_new_codes() {
    use Level::{Four, One, Three, Two};
    let register = register(
        "R1 acute north\nR2 acute north\nR3 acute north until 2013-03-31 became R3X\n\
         R3X acute north since 2013-04-01\nR4 acute north until 2013-03-31 became R6\n\
         R5 acute north until 2012-12-31 became R6\nR6 acute north since 2013-01-01\n\
         R7 acute north since 2013-04-01\nR8 acute north until 2013-03-31\nR9 acute north\n\
         RA acute north until 2013-03-31 became RB became RC\nRB acute north since 2013-04-01\n\
         RC acute north since 2013-04-01",
    );
    let before = [
        ("R1", Two),
        ("R2", Two),
        ("R3", One),
        ("R4", Two),
        ("R5", Four),
        ("R8", One),
        ("R9", Three),
        ("RA", Three),
    ];
    let after =
        [("R1", Two), ("R2", Three), ("R3X", Two), ("R6", Three), ("R7", One), ("RB", Three)];
    let before = collected(&register, 2012, &file(2012, &before));
    let after = collected(&register, 2013, &file(2013, &after));
    assert!(before.rejected.is_empty() && after.rejected.is_empty());
    let moves = moves(&register, &before, &after);
    assert_eq!(moves.by_level, [[0, 1, 0, 0], [0, 1, 1, 0], [0; 4], [0; 4]]);
    assert_eq!(moves.stayed_rose_fell(), [1, 2, 0]);
    let codes = |some: &[OrganisationCode]| -> Vec<String> {
        some.iter().map(ToString::to_string).collect()
    };
    assert_eq!(codes(&moves.new), ["R7"]);
    assert_eq!(codes(&moves.gone), ["R8", "R9"]);
    let group = |some: &[(OrganisationCode, Option<Level>)]| -> Vec<(String, Option<Level>)> {
        some.iter().map(|(code, level)| (code.to_string(), *level)).collect()
    };
    let named = |code: &str, level| (code.to_owned(), level);
    let apart: Vec<_> =
        moves.restructured.iter().map(|it| (group(&it.before), group(&it.after))).collect();
    assert_eq!(
        apart,
        [
            (vec![named("R4", Some(Two)), named("R5", Some(Four))], vec![named("R6", Some(Three))]),
            (vec![named("RA", Some(Three))], vec![named("RB", Some(Three)), named("RC", None)]),
        ]
    );
}

#[test]
fn a_merger_into_a_trust_that_stays_is_no_plain_move() {
    use Level::{Four, One};
    let register = register("R1 acute north\nR2 acute north until 2013-03-31 became R1");
    let before = collected(&register, 2012, &file(2012, &[("R1", Four), ("R2", One)]));
    let after = collected(&register, 2013, &file(2013, &[("R1", One)]));
    let moves = moves(&register, &before, &after);
    assert_eq!(moves.stayed_rose_fell(), [0, 0, 0]);
    assert_eq!(moves.restructured.len(), 1);
}

/// Groups with how many of each are at Level 1 and at Level 2.
#[track_caller]
fn check_cut(sizes: &[(&str, usize, usize)], expected: &Expect) {
    let members = sizes.iter().flat_map(|(name, one, two)| {
        let at = |level, count: usize| std::iter::repeat_n((*name, level), count);
        at(Level::One, *one).chain(at(Level::Two, *two))
    });
    let (mut lines, mut returns) = (Vec::new(), Vec::new());
    for (index, (sector, level)) in members.enumerate() {
        lines.push(format!("T{index:03} {sector} north"));
        returns.push(plain(&format!("T{index:03}"), 2013, level));
    }
    let register = register(&lines.join("\n"));
    let collection = collected(&register, 2013, &write(&returns));
    let rows = cut(&collection, &register, Cut::Sector, Thresholds::own().group_members.value);
    let line = |it: &CutRow| {
        let counts = it.trusts.map_or("hidden".to_owned(), |it| format!("{} and {}", it[0], it[1]));
        format!("{}: {counts}", it.groups.join(", "))
    };
    expected.assert_eq(&rows.iter().map(line).collect::<Vec<_>>().join("\n"));
}

#[test]
fn small_groups_are_put_together_so_that_none_can_be_worked_out() {
    check_cut(&[("acute", 5, 4), ("mental", 3, 2)], &expect![["acute: 5 and 4\nmental: 3 and 2"]]);
    // Alone, ambulance would be all less the others.
    check_cut(
        &[("acute", 5, 4), ("mental", 3, 2), ("ambulance", 1, 1)],
        &expect![["acute: 5 and 4\nambulance, mental: 4 and 3"]],
    );
    check_cut(
        &[("acute", 5, 4), ("community", 2, 1), ("ambulance", 1, 1)],
        &expect![["acute: 5 and 4\nambulance, community: 3 and 2"]],
    );
    check_cut(&[("acute", 2, 1), ("ambulance", 0, 1)], &expect![["acute, ambulance: hidden"]]);
}

#[test]
fn a_group_at_one_level_tells_the_level_of_each() {
    check_cut(
        &[("acute", 5, 4), ("ambulance", 6, 0), ("mental", 3, 2)],
        &expect![["acute: 5 and 4\nambulance, mental: 9 and 2"]],
    );
}

#[track_caller]
fn check_register(text: &str, expected: &Expect) {
    let error = Register::new(organisations(text)).expect_err("a fault");
    expected.assert_eq(&error.to_string());
}

#[test]
fn a_register_that_cannot_be_followed_is_refused() {
    check_register(
        "R1 acute north\nR1 acute north",
        &expect!["the organisation `R1` is there twice"],
    );
    check_register(
        "R1 acute north until 2013-03-31 became R2",
        &expect!["the organisation `R1` became `R2`, which is not there"],
    );
    check_register(
        "R1 acute north became R2\nR2 acute north",
        &expect!["the organisation `R1` became another and has no last day"],
    );
    check_register(
        "R1 acute north until 2013-03-31 became R2\nR2 acute north until 2013-03-31 became R1",
        &expect!["the organisation `R1` became itself: correct its successors"],
    );
}

/// Files one after the other: rows by `taken` count, and a later file replaces an earlier one.
fn together(register: &Register, files: &[(&str, &[usize])]) -> String {
    let (frameworks, thresholds) = (Frameworks::own(), Thresholds::own());
    let day = "2013-07-31".parse().expect("a day");
    let (year, frameworks, thresholds) = (2013, &frameworks, &thresholds);
    let question = Question { year, day, register, frameworks, thresholds };
    let received = |(rows, taken): &(&str, &[usize])| Received {
        reading: read(&format!("{HEADER}{rows}")).expect("a file of returns"),
        taken: taken.iter().copied().collect(),
    };
    let files: Vec<Received> = files.iter().map(received).collect();
    let found = collect_files(question, &files);
    let mut text = String::new();
    for it in found.collection.returns.values() {
        writeln!(text, "{} {}", it.organisation, it.level).expect("a text");
    }
    for (file, it) in &found.flags {
        writeln!(text, "file {file}, {it}").expect("a text");
    }
    for (file, it) in &found.left_out {
        writeln!(text, "file {file}, {it}").expect("a text");
    }
    let missing: Vec<&str> =
        found.collection.missing.iter().map(OrganisationCode::as_str).collect();
    text + "missing: " + &missing.join(" ")
}

#[test]
fn a_later_file_replaces_what_an_earlier_one_said() {
    let register = register(THREE);
    // R1B's row is wrong in the first file; R1C's was not taken, though nothing is wrong with it.
    let first = "R1A,2013,3,C1 P1,Dr A,Ms B,2013\nR1B,2013,5,by unit,Dr A,Ms B,2013\nR1C,2013,1,C1 B1,Dr A,Ms B,2013\n";
    expect![[r#"
        R1A Level 3
        file 1, row 2: `R1A` states Level 3; its steps show less (Level 1): ask for the reason
        file 1, row 3: `5` is no level: it must be 1, 2, 3 or 4
        missing: R1B R1C"#]]
    .assert_eq(&together(&register, &[(first, &[2])]));
    // The second file mends both, and its own wrong row says nothing of R1A that is held already.
    let second = "R1A,2013,1,C1 P1,Dr A,Ms B,2013\nR1B,2013,2,by unit,Dr A,Ms B,2013\n";
    expect![[r#"
        R1A Level 1
        R1B Level 2
        missing: R1C"#]]
    .assert_eq(&together(&register, &[(first, &[2]), (second, &[2, 3])]));
    let wrong = "R1A,2013,,by unit,Dr A,Ms B,2013\n";
    expect![[r#"
        R1A Level 1
        R1B Level 2
        file 3, row 2: `level` is empty
        missing: R1C"#]]
    .assert_eq(&together(&register, &[(first, &[2]), (second, &[2, 3]), (wrong, &[])]));
}

#[test]
fn what_a_collector_would_refuse_is_known_before_it_is_sent() {
    let sent = plain("R1A", 2013, Level::Three);
    assert_eq!(sent.clone().checked(), Ok(sent.clone()));
    let formula = Return { clinical_lead: "=Dr A".to_owned(), ..sent.clone() };
    assert_eq!(formula.checked(), Err(WhatIsWrong::Formula("clinical_lead")));
    let one = Return { clinical_lead: "Ms B".to_owned(), ..sent };
    assert_eq!(one.checked(), Err(WhatIsWrong::SamePerson));
}

#[track_caller]
fn check_published(text: &str, expected: &Expect) {
    let shown = match read_published(text) {
        Ok(found) => found.iter().map(|it| format!("{} {:?}", it.year, it.trusts)).collect(),
        Err(error) => vec![error.to_string()],
    };
    expected.assert_eq(&shown.join("\n"));
}

#[test]
fn a_published_table_is_read() {
    let both = "level,trusts_2012,percent_2012,trusts_2013,percent_2013,change\n\
                1,2,20,0,0,-2\n2,3,30,4,40,1\n3,4,40,5,50,1\n4,1,10,1,10,0\nTotal,10,100,10,100,0\n";
    check_published(both, &expect!["2012 [2, 3, 4, 1]\n2013 [0, 4, 5, 1]"]);
    check_published(
        "\u{feff}level,trusts_2013\n4,1\n3,1\n2,1\n1,3\ntotal,6\n",
        &expect!["2013 [3, 1, 1, 1]"],
    );
    check_published(
        "code\nR1A\n",
        &expect!["the first row must be `level,trusts_YEAR`, and is `code`"],
    );
    check_published("level,trusts_2013\n1,many\n", &expect!["row 2: `many` is no number"]);
    check_published(
        "level,trusts_2013\n5,1\n",
        &expect!["row 2: `5` is neither a level nor the total"],
    );
    check_published("level,trusts_2013\n1,1\n1,1\n", &expect!["row 3: `1` is there twice"]);
    check_published("level,trusts_2013\n1,1\nTotal,1\n", &expect!["row 3: a level is missing"]);
    let levels = "level,trusts_2013\n1,1\n2,1\n3,1\n4,1\n";
    check_published(levels, &expect!["row 5: the total is missing"]);
    check_published(
        &format!("{levels}Total,5\n"),
        &expect!["row 6: the total is not the sum of the levels"],
    );
}
