//! Events by month and point of delivery beside what another source counts.

use expect_test::expect;
use rules::year::{Counted, StatedActivity as Stated};
use tables::run::StatedActivity;

use super::super::stated_activity::{MonthTally, stated_activity};
use super::Folder;
use super::reports::trust;
use super::tampering::{check_of, forge};
use crate::given_activity::{WHOLE, columns};
use crate::local_time::Midnights;

fn stated(stated_by: &str, pod: &str, (period, events): (i64, i64), counted: Counted) -> Stated {
    let (stated_by, pod) = (stated_by.to_owned(), pod.to_owned());
    Stated { stated_by, pod, period, counted, events }
}

const COLUMNS: [&str; 8] =
    ["stated_by", "pod", "period", "counted", "stated", "costed", "difference", "percent_e4"];

#[test]
fn activity_stands_beside_what_others_count() {
    // Both stays are of April: two ended in it of three that the extract has, 1 of 3 less is
    // -33.3333 percent; half up of -333333.33 is -333333. It has none for May. The contract says
    // 0 of another kind in May, which is no percentage, and nothing of these stays.
    let mut trust = trust();
    trust.rules.stated_activity = vec![
        stated("CONTRACT", "NEL", (2, 0), Counted::Ended),
        stated("SUS", "EL", (1, 3), Counted::Ended),
        // After the last period costed.
        stated("SUS", "EL", (3, 9), Counted::Ended),
    ];
    let files = trust.run(WHOLE).expect("the trust can be costed").files;
    expect![[r#"
        stated_by,pod,period,counted,stated,costed,difference,percent_e4
        CONTRACT,EL,1,started,,2,,
        CONTRACT,EL,2,started,,0,,
        CONTRACT,NEL,1,ended,,0,,
        CONTRACT,NEL,2,ended,0,0,0,
        SUS,EL,1,ended,3,2,-1,-333333
        SUS,EL,2,ended,,0,,
    "#]]
    .assert_eq(&columns(&files["stated_activity.parquet"], &COLUMNS).to_csv());
    trust.rules.stated_activity.clear();
    let files = trust.run(WHOLE).expect("the trust can be costed").files;
    let none = columns(&files["stated_activity.parquet"], &COLUMNS).to_csv();
    assert_eq!(none, format!("{}\n", COLUMNS.join(",")));
}

#[test]
fn months_are_local_and_an_end_at_midnight_is_of_the_day_before() {
    let trust = trust();
    let plan = trust.plan();
    let midnights: &Midnights = &plan.midnights;
    let first_of_may = midnights.start_of(domain::Day::from_civil(2025, 5, 1));
    let event = |start_s: i64, end_s: Option<i64>, attended: &str| tables::run::CostedEvent {
        start_s,
        end_s,
        attended: attended.to_owned(),
        ..tables::run::CostedEvent::default()
    };
    let hour = 3_600;
    let mut tally = MonthTally::default();
    for event in [
        // 23:30 on 30 April, British Summer Time: 22:30 UTC. It ends as May begins.
        event(first_of_may - hour / 2, Some(first_of_may), ""),
        // From the first moment of May to an hour later; open; two that nobody kept.
        event(first_of_may, Some(first_of_may + hour), "5"),
        event(first_of_may, None, ""),
        event(first_of_may, Some(first_of_may), "3"),
        event(first_of_may, Some(first_of_may), "7"),
    ] {
        tally.add(&event, midnights);
    }
    // April: 1 started, 1 ended. May: 4 started, 2 of them kept or open, 3 ended.
    let mut rules = trust.rules.clone();
    let mut costed = |counted: Counted| {
        rules.stated_activity = vec![stated("X", "", (1, 0), counted)];
        let rows: Vec<StatedActivity> = stated_activity(&rules, &tally);
        rows.iter().map(|it| it.costed).collect::<Vec<i64>>()
    };
    assert_eq!(costed(Counted::Started), [1, 4]);
    assert_eq!(costed(Counted::Attended), [1, 2]);
    assert_eq!(costed(Counted::Ended), [1, 3]);
}

#[test]
fn a_count_that_was_made_to_agree_is_found() {
    // The worked example costs April only, in which its three stays lie or end; SUS has four.
    let head = "stated_by,pod,period,counted,events,effective_from,effective_to,source,note";
    let text = format!("{head}\nSUS,,1,ended,4,2025-04-01,2026-03-31,worked,\n");
    let folder = Folder::with_file("stated_activity.csv", &text);
    check_of(
        &folder,
        |run| {
            forge(run, "stated_activity.parquet", |rows: &mut Vec<StatedActivity>| {
                assert_eq!((rows.len(), rows[0].costed, rows[0].difference), (1, 3, Some(-1)));
                rows[0].stated = Some(3);
                rows[0].difference = Some(0);
            });
        },
        &expect!["stated_activity.parquet: row 1, column stated; 1 rows differ"],
    );
}
