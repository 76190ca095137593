//! Definitions, values and files, on both databases.

use std::collections::{BTreeMap, BTreeSet};

use expect_test::expect;
use proptest::prelude::*;

use super::file::{Known, read};
use super::*;
use crate::audit::Asked;
use crate::testing::{add_person, add_unit, by, change, error, on_both};
use crate::{Store, UnitCode};

fn fft() -> Definition {
    Definition {
        code: MeasureCode::new("FFT-POSITIVE"),
        name: "Friends and Family Test, positive".to_owned(),
        definition: "Answers of good or very good, of all answers".to_owned(),
        subject: Subject::Experience,
        unit_of_measure: "answers".to_owned(),
        form: Form::Proportion,
        good: Good::Up,
        of_patients: true,
        source: "FFT return".to_owned(),
        keeper: "Patient experience team".to_owned(),
    }
}

fn waiting() -> Definition {
    Definition {
        code: MeasureCode::new("WAITING"),
        name: "Waiting list".to_owned(),
        form: Form::Level,
        subject: Subject::Waiting,
        good: Good::Down,
        ..fft()
    }
}

fn keeping(units: Option<&[&str]>) -> Keeping {
    Keeping {
        units: units.map(|all| all.iter().map(|it| (*it).to_owned()).collect()),
        this_month: month("2025-05"),
    }
}

fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

async fn defined(store: &Store, who: &PersonId, new: Definition, seen: i64) -> Result<i64> {
    let entry = by(who);
    change!(store, |tx| define(tx, &new, seen, &entry))
}

/// Looks at a file and takes it.
async fn taken(store: &Store, who: &PersonId, csv: &str, because: &str) -> Result<Plan> {
    let mut db = store.read().await.expect("a connection");
    let digest = plan(&mut db, csv, &keeping(None)).await?.digest;
    drop(db);
    let (entry, csv, because) = (by(who), csv.to_owned(), because.to_owned());
    change!(store, |tx| import(
        tx,
        (&csv, &keeping(None)),
        &digest,
        ("march.csv", &because),
        &entry
    ))
}

async fn with_measures(store: &Store) -> PersonId {
    add_unit(store, "T", None).await.expect("the top");
    add_unit(store, "HIP", Some("T")).await.expect("a service line");
    let leah = add_person(store, "Leah").await;
    assert_eq!(defined(store, &leah, fft(), 0).await.expect("new"), 1);
    assert_eq!(defined(store, &leah, waiting(), 0).await.expect("new"), 1);
    leah
}

async fn shown(store: &Store, code: &str) -> Vec<String> {
    let mut db = store.read().await.expect("a connection");
    let all = of_measure(&mut db, &MeasureCode::new(code)).await.expect("a read");
    let one = |it: &Value| {
        let new = &it.recorded;
        let of = new.of.map_or_else(String::new, |of| format!(" of {of}"));
        format!(
            "{} {} v{}: {}{of}, {}, {}, {}",
            new.unit, new.month, it.version, new.value, new.source, it.file, it.because
        )
    };
    all.iter().map(one).collect()
}

async fn actions(store: &Store) -> Vec<String> {
    let mut db = store.read().await.expect("a connection");
    let asked = Asked { action: Some("measure.".to_owned()), ..Asked::default() };
    let rows = audit::list(&mut db, &asked, 20).await.expect("a read");
    let row = |it: audit::Recorded| {
        let entry = it.entry;
        let object = entry.object.unwrap_or_default();
        format!("{} {object} {:?} {}", entry.action, entry.rows, entry.purpose.unwrap_or_default())
    };
    rows.into_iter().rev().map(row).collect()
}

const MARCH: &str = "measure,unit,month,value,of,source
FFT-POSITIVE,HIP,2025-03,40,44,FFT return
WAITING,HIP,2025-03,412,,PAS
WAITING,HIP,2025-04,,,
";

#[test]
fn values_come_from_a_file_and_corrections_keep_what_was_there() {
    on_both(|store| async move {
        let leah = with_measures(&store).await;
        let done = taken(&store, &leah, MARCH, "").await.expect("taken");
        assert_eq!((done.added(), done.same(), done.corrections(), done.blank), (2, 0, 0, 1));
        let again = taken(&store, &leah, MARCH, "").await.expect("the same again is nothing new");
        assert_eq!((again.added(), again.same(), again.corrections()), (0, 2, 0));
        let other = MARCH.replace("412,,PAS", "421,,Waiting list office");
        expect!["the reason is missing"].assert_eq(&error(taken(&store, &leah, &other, " ").await));
        let done = taken(&store, &leah, &other, "Digits were swapped").await.expect("taken");
        assert_eq!((done.added(), done.same(), done.corrections()), (0, 1, 1));
        assert_eq!(
            shown(&store, "WAITING").await,
            [
                "HIP 2025-03 v1: 412, PAS, march.csv, ",
                "HIP 2025-03 v2: 421, Waiting list office, march.csv, Digits were swapped",
            ]
        );
        assert_eq!(
            actions(&store).await,
            [
                "measure.define measure/FFT-POSITIVE version 1 None ",
                "measure.define measure/WAITING version 1 None ",
                "measure.import measures FFT-POSITIVE WAITING Some(2) ",
                "measure.import measures  Some(0) ",
                "measure.import measures WAITING Some(1) Digits were swapped",
            ],
            "nothing that was refused"
        );
        let mut db = store.read().await.expect("a connection");
        let all = of_unit(&mut db, &UnitCode::new("HIP")).await.expect("a read");
        let counts: Vec<String> =
            latest(&all).iter().map(|it| it.recorded.value.to_string()).collect();
        assert_eq!(counts, ["40", "421"]);
    });
}

#[test]
fn a_file_is_taken_only_while_it_does_what_was_said_of_it() {
    on_both(|store| async move {
        let leah = with_measures(&store).await;
        let mut db = store.read().await.expect("a connection");
        let seen = plan(&mut db, MARCH, &keeping(None)).await.expect("a plan");
        drop(db);
        // Somebody else records another figure for the same month in between.
        let other = MARCH.replace("412", "400");
        taken(&store, &leah, &other, "").await.expect("taken");
        let entry = by(&leah);
        let late = change!(&store, |tx| import(
            tx,
            (MARCH, &keeping(None)),
            &seen.digest,
            ("march.csv", "because"),
            &entry
        ));
        expect!["what is held has changed since you looked at this file: look at what it would do now, then take it"]
            .assert_eq(&error(late));
        assert_eq!(shown(&store, "WAITING").await, ["HIP 2025-03 v1: 400, PAS, march.csv, "]);
    });
}

#[test]
fn every_fault_of_a_file_is_said_at_once_and_nothing_is_taken() {
    on_both(|store| async move {
        let leah = with_measures(&store).await;
        let csv = "measure,unit,month,value,of,source
FFT,HIP,2025-03,1,2,x
FFT-POSITIVE,HOP,Mar-25,40,,x
FFT-POSITIVE,HIP,2025-03,45,44,x
FFT-POSITIVE,HIP,2025-02,4.5,44,
WAITING,HIP,2025-03,1e3,,x
WAITING,HIP,2025-06,3,3,x
WAITING,HIP,2025-01,-3,,x
WAITING,HIP,2025-02,3,,x
WAITING,HIP,2025-02,4,,x
WAITING,T,2025-02
";
        let Err(Error::Faults(faults)) = taken(&store, &leah, csv, "").await else {
            panic!("the file must be refused");
        };
        let lines: String =
            faults.iter().map(|it| format!("{}: {}\n", it.line, it.message)).collect();
        expect![[r#"
            2: column measure: there is no measure `FFT`; its codes stand on the page of measures
            3: column month: `Mar-25` is no month: write it as 2025-04, and in a spreadsheet as text
            3: column of: is empty, but FFT-POSITIVE is a proportion: say of how many
            3: column unit: there is no unit `HOP`; write its code
            4: column value: 45 is more than the 44 that it is of
            5: column source is missing: say which system or report the figure is from
            5: column value: counts something, so it must be a whole number
            6: column value: `1e3` is no number: write digits alone, such as 1250 or 4.5, with up to four places
            7: column month: 2025-06 is still to come: correct it
            7: column of: leave it empty, since WAITING is a level
            8: column value: is below 0: correct it
            10: is of the same measure, unit and month as line 9: leave one of them out
            11: has 3 fields, the header 6
        "#]]
        .assert_eq(&lines);
        assert_eq!(shown(&store, "WAITING").await, [""; 0]);
        let mut db = store.read().await.expect("a connection");
        let others = plan(&mut db, MARCH, &keeping(Some(&["T"]))).await;
        assert!(
            error(others).contains("column unit: you do not keep measures of HIP: ask who does")
        );
        let empty = plan(&mut db, "measure,unit,month,value,of,source\n", &keeping(None)).await;
        assert!(error(empty).contains("no line holds a value"));
    });
}

#[test]
fn a_definition_is_a_new_version_and_its_form_stays_once_there_are_values() {
    on_both(|store| async move {
        let leah = with_measures(&store).await;
        expect!["there is already measure FFT-POSITIVE"]
            .assert_eq(&error(defined(&store, &leah, fft(), 0).await));
        let renamed = Definition { name: "FFT".to_owned(), ..fft() };
        assert_eq!(defined(&store, &leah, renamed.clone(), 1).await.expect("changed"), 2);
        expect![
            "measure FFT-POSITIVE was changed by somebody else: you edited version 1, it is at 2"
        ]
        .assert_eq(&error(defined(&store, &leah, renamed.clone(), 1).await));
        taken(&store, &leah, MARCH, "").await.expect("taken");
        let other = Definition { form: Form::Rate, ..renamed.clone() };
        expect!["values of this measure are recorded already, so how they are made stays: define another measure"]
            .assert_eq(&error(defined(&store, &leah, other, 2).await));
        let empty = Definition { keeper: " ".to_owned(), ..renamed };
        expect!["who keeps it is missing"]
            .assert_eq(&error(defined(&store, &leah, empty, 2).await));
        let mut db = store.read().await.expect("a connection");
        let all = versions(&mut db, &fft().code).await.expect("a read");
        let names: Vec<&str> = all.iter().map(|it| it.definition.name.as_str()).collect();
        assert_eq!(names, ["FFT", "Friends and Family Test, positive"]);
        let names: Vec<String> =
            list(&mut db).await.expect("a read").into_iter().map(|it| it.definition.name).collect();
        assert_eq!(names, ["FFT", "Waiting list"]);
    });
}

#[test]
fn another_question_begins_a_line_of_its_own() {
    on_both(|store| async move {
        let leah = with_measures(&store).await;
        let begun = |because: &'static str| {
            let (store, entry) = (store.clone(), by(&leah));
            async move {
                let at = (month("2020-04"), because);
                change!(&store, |tx| begin_line(tx, &MeasureCode::new("FFT-POSITIVE"), at, &entry))
            }
        };
        expect!["the reason is missing"].assert_eq(&error(begun(" ").await));
        begun("Another question since April 2020").await.expect("recorded");
        expect!["there is already a line of measure FFT-POSITIVE from 2020-04"]
            .assert_eq(&error(begun("again").await));
        let mut db = store.read().await.expect("a connection");
        let found = get(&mut db, &fft().code).await.expect("a read");
        let between = |one: &str, two: &str| {
            found.break_between(month(one), month(two)).map(|it| it.because.clone())
        };
        assert_eq!(between("2020-02", "2020-03"), None);
        assert_eq!(
            between("2020-03", "2020-04").as_deref(),
            Some("Another question since April 2020")
        );
        assert_eq!(between("2020-04", "2020-09"), None);
    });
}

fn known() -> Known {
    let all = [
        fft(),
        waiting(),
        Definition { code: MeasureCode::new("GAIN"), form: Form::Mean, ..fft() },
    ];
    Known {
        measures: all
            .map(|it| (it.code.as_str().to_owned(), it))
            .into_iter()
            .collect::<BTreeMap<_, _>>(),
        units: ["HIP", "T"].map(str::to_owned).into_iter().collect::<BTreeSet<_>>(),
    }
}

proptest! {
    /// Whatever is in a file: it is read or its faults are said, and nothing breaks.
    #[test]
    fn any_text_is_read_or_refused(
        text in "\\PC{0,200}",
        header in any::<bool>(),
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let head = if header { "measure,unit,month,value,of,source\n" } else { "" };
        for body in [text, String::from_utf8_lossy(&bytes).into_owned()] {
            match read(&format!("{head}{body}"), &known(), &keeping(None)) {
                Ok((lines, _)) => prop_assert!(!lines.is_empty()),
                Err(Error::Faults(faults)) => prop_assert!(!faults.is_empty()),
                Err(other) => prop_assert!(false, "{other}"),
            }
        }
    }

    /// What is written as a file reads back as the same values, in order.
    #[test]
    fn values_read_back_from_a_file(
        values in proptest::collection::btree_map(
            (0..2_usize, 0..300_i32),
            (1..1_000_u64, 0..1_000_u64, -500_000..500_000_i64, "[A-Za-z,\"' ]{0,8}[a-z\"]"),
            1..20,
        ),
    ) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(COLUMNS).expect("it is written");
        let mut expected = Vec::new();
        for ((which, months), (of, part, gain, source)) in values {
            let (measure, value) = if which == 0 {
                ("FFT-POSITIVE", Decimal::whole(part.min(of)))
            } else {
                ("GAIN", Decimal::of_e4(gain))
            };
            let new = NewValue {
                measure: MeasureCode::new(measure),
                unit: UnitCode::new("HIP"),
                month: month("2000-01").plus(months),
                value,
                of: Some(Decimal::whole(of)),
                source: source.trim().to_owned(),
            };
            let of = Decimal::whole(of).to_string();
            writer
                .write_record([measure, "HIP", &new.month.to_string(), &value.to_string(), &of, &source])
                .expect("it is written");
            expected.push(new);
        }
        let text = String::from_utf8(writer.into_inner().expect("it is written")).expect("text");
        let (found, blank) = read(&text, &known(), &keeping(None)).expect("it is read");
        prop_assert_eq!(blank, 0);
        prop_assert_eq!(found.into_iter().map(|it| it.1).collect::<Vec<_>>(), expected);
    }
}
