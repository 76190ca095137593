//! A small trust as text; tables of its run and its findings as text.

use std::collections::BTreeSet;

use domain::Money;
use expect_test::{Expect, expect};
use rules::year::{PlausibleRange, ReferenceCost};
use tables::dataset::IncomeLine;
use testkit::activity::key;

use super::STAYS_ON_BEDS;
use crate::given;
use crate::given_activity::{Trust, WHOLE, columns};

/// Two stays of two and four days, one of a day without a known patient; GBP 700 of nurses.
const WARD: &str = "# year
    year,last_period
    2025-26,2
    # ledger
    ledger_line,cost_centre,account,amount
    l1,NURSES,A,700
    l2,INCOME,B,-800
    # income
    sequence,cost_centre,account,treatment
    1,INCOME,*,patient_income
    # cost_lines
    cost_line,class,resource,cost_type
    NURSES,PF,NURSE,PAY
    # resources
    resource
    NURSE
    # feeds
    feed,role,event_type,exclusive,open_end,unmatched
    apc,master,APC,,,ABSORBED
    stays,,,yes,yes,ABSORBED
    # specialties
    specialty,service_line
    100,SURGERY
    # events
    patient,event,event_type,start,end,specialty,pod,hrg
    p1,e1,APC,2025-04-10 00:00,2025-04-12 00:00,100,EL,H1
    p2,e2,APC,2025-04-20 00:00,2025-04-24 00:00,100,EL,H2
    # stays
    row,patient,event,start,end,code,location
    s1,p1,e1,2025-04-10 00:00,2025-04-12 00:00,B,W1
    s2,p2,e2,2025-04-20 00:00,2025-04-24 00:00,B,W1
    s3,p9,e9,2025-04-20 00:00,2025-04-21 00:00,B,W1
    s4,p8,,2025-04-20 00:00,2025-04-20 02:00,X,W2";

pub(super) fn trust() -> Trust {
    let mut trust = Trust::new(&given::tables(&format!("{WARD}\n{STAYS_ON_BEDS}")));
    trust.rules.capacity.insert("W1".to_owned(), 1_000);
    trust.rules.capacity.insert("W3".to_owned(), 50);
    let usual = [
        ("bed_occupancy", 850_000, 950_000, "percent"),
        ("for_others/stays", 0, 100_000, "percent of rows"),
        ("mean_stay/EL", 20_000, 40_000, "days"),
        ("not_attended", 50_000, 100_000, "percent of outpatient appointments"),
        ("pay_share", 600_000, 680_000, "percent of operating expenses"),
        ("reference_index/EL", 900_000, 1_100_000, "percent of reference costs"),
        ("unit_cost/EL", 3_000_000, 3_000_000, "pounds"),
    ];
    for (measure, low_e4, high_e4, unit) in usual {
        let (unit, source) = (unit.to_owned(), "local".to_owned());
        let range = PlausibleRange { low_e4, high_e4, unit, source };
        trust.rules.plausibility.insert(measure.to_owned(), range);
    }
    let unit_cost = Money::from_micro_pounds(100_000_000);
    let reference = ReferenceCost { unit_cost, activity: 1, sources: BTreeSet::new() };
    trust.rules.reference_costs.insert(("EL".to_owned(), "H1".to_owned()), reference);
    let line = |name: &str, event: &str, kind: &str, (period, pounds): (i64, i64)| IncomeLine {
        line: key(name),
        event: (!event.is_empty()).then(|| key(event)),
        specialty: "100".to_owned(),
        period,
        at_unit_price: Money::from_micro_pounds(1_000_000),
        recognised: Money::from_micro_pounds(pounds * 1_000_000),
        kind: kind.to_owned(),
        ..IncomeLine::default()
    };
    trust.rows.income = vec![
        line("i1", "e1", "PATIENT", (1, 100)),
        line("i2", "", "PASS_THROUGH", (2, 60)),
        line("i3", "e1", "EDUCATION", (1, 5)),
        line("i4", "e2", "PATIENT", (3, 7)),
    ];
    trust
}

#[track_caller]
fn check(file: &str, wanted: &[&str], expected: &Expect) {
    let files = trust().run(WHOLE).expect("the trust can be costed").files;
    expected.assert_eq(&columns(&files[file], wanted).to_csv());
}

#[test]
fn empty_beds_are_shown_by_ward() {
    // April and May have 61 days, 5,270,400 s: ten beds offer 52,704,000 s, half a bed 2,635,200.
    // W1 is used for 2 + 4 + 1 days, 604,800 s, which is 114.75 of 10,000. W2 has two hours, though
    // the row counts in no activity; nobody says how many beds it has.
    check(
        "bed_use.parquet",
        &["location", "beds_e2", "available_s", "used_s", "unused_s", "occupancy_e4"],
        &expect![[r#"
            location,beds_e2,available_s,used_s,unused_s,occupancy_e4
            W1,1000,52704000,604800,52099200,115
            W2,0,0,7200,-7200,
            W3,50,2635200,0,2635200,0
        "#]],
    );
}

#[test]
fn unmatched_cost_is_told_by_reason_also_where_it_is_absorbed() {
    // 700 over 7 days: e1 200, e2 400, and 100 for the stay of nobody.
    check(
        "unmatched_costs.parquet",
        &["reason", "resource", "activity", "visible", "absorbed"],
        &expect![[r#"
            reason,resource,activity,visible,absorbed
            UNKNOWN_PATIENT,NURSE,BED,0.000000,100.000000
        "#]],
    );
}

#[test]
fn other_income_and_later_income_are_kept_apart() {
    check(
        "income_apart.parquet",
        &["outcome", "kind", "specialty", "lines", "at_unit_price", "recognised"],
        &expect![[r#"
            outcome,kind,specialty,lines,at_unit_price,recognised
            OTHER_INCOME,EDUCATION,100,1,1.000000,5.000000
            OUTSIDE_PERIOD,PATIENT,100,1,1.000000,7.000000
        "#]],
    );
    check(
        "loose_income.parquet",
        &["specialty", "lines", "at_unit_price", "recognised"],
        &expect![[r#"
            specialty,lines,at_unit_price,recognised
            100,1,1.000000,60.000000
        "#]],
    );
    // Only i1 is patient income of an event in the period.
    check(
        "events.parquet",
        &["event", "income_recognised", "own", "absorbed"],
        &expect![[r#"
        event,income_recognised,own,absorbed
        e1,100.000000,200.000000,33.333333
        e2,0.000000,400.000000,66.666667
    "#]],
    );
}

#[test]
fn reports_show_the_walk_and_what_income_lines_lack() {
    // 100 + 60 recognised against 800 in the ledger.
    check(
        "report_lines.parquet",
        &["report", "order", "line", "amount"],
        &expect![[r#"
        report,order,line,amount
        1 General ledger to cost ledger: budget,1,No budget was given: booked on cost lines,700.000000
        "2 Cost ledger by class, before and after support",1,"Type 1 support, before",0.000000
        "2 Cost ledger by class, before and after support",2,"Type 2 support, before",0.000000
        "2 Cost ledger by class, before and after support",3,"Patient-facing, before",700.000000
        "2 Cost ledger by class, before and after support",4,"Patient-facing, with support",700.000000
        "2 Cost ledger by class, before and after support",5,"Type 2 without a driver, before",0.000000
        "2 Cost ledger by class, before and after support",6,"Type 2 without a driver, with support",0.000000
        "2 Cost ledger by class, before and after support",7,"Other activities, before",0.000000
        "2 Cost ledger by class, before and after support",8,"Other activities, with support",0.000000
        "2 Cost ledger by class, before and after support",9,Reconciliation items,0.000000
        "2 Cost ledger by class, before and after support",10,Without a class,0.000000
        5 Quantum walk,1,ledger,-100.000000
        5 Quantum walk,2,less outside the period,0.000000
        5 Quantum walk,3,less income: patient_income,-800.000000
        5 Quantum walk,4,gross operating expenses,700.000000
        5 Quantum walk,5,income netted,0.000000
        5 Quantum walk,6,quantum,700.000000
        5 Quantum walk: patient income,1,"Patient income of income lines, recognised",160.000000
        5 Quantum walk: patient income,2,of which without an event: specialty 100,60.000000
        5 Quantum walk: patient income,3,Patient income of the ledger,800.000000
        5 Quantum walk: patient income,4,Difference,-640.000000
        5 Quantum walk: patient income,5,Other income of income lines,5.000000
        5 Quantum walk: patient income,6,Income lines outside the period,7.000000
        9 Outliers,1,Events with a negative cost,0.000000
        9 Outliers,2,"Events with a cost, but without any activity count",0.000000
    "#]],
    );
}

#[test]
fn activity_goes_out_by_service_line_and_point_of_delivery() {
    check(
        "activity_out.parquet",
        &[
            "service_line",
            "pod",
            "events",
            "in_period",
            "costed",
            "without_activity",
            "own",
            "absorbed",
        ],
        &expect![[r#"
            service_line,pod,events,in_period,costed,without_activity,own,absorbed
            SURGERY,EL,2,2,2,0,600.000000,100.000000
        "#]],
    );
}

#[test]
fn the_rows_of_every_feed_close() {
    check(
        "row_reconciliation.parquet",
        &["report", "line", "input", "output"],
        &expect![[r#"
        report,line,input,output
        6 Activity in,apc: read = used + quarantined + rejected,2,2
        6 Activity in,apc: rows = matched + other + unmatched + outside + unmapped,2,2
        6 Activity in,stays: read = used + quarantined + rejected,4,4
        6 Activity in,stays: rows = matched + other + unmatched + outside + unmapped,4,4
        8 Activity out,Events = events by service line and point of delivery,2,2
    "#]],
    );
}

#[test]
fn identities_have_two_sides() {
    check(
        "reconciliation.parquet",
        &["report", "line", "input", "output"],
        &expect![[r#"
        report,line,input,output
        1 General ledger by account,A,700.000000,700.000000
        1 General ledger by account,B,-800.000000,-800.000000
        1 General ledger by cost centre,INCOME,-800.000000,-800.000000
        1 General ledger by cost centre,NURSES,700.000000,700.000000
        1 General ledger by period,2025-26 period 01,-100.000000,-100.000000
        1 General ledger to cost ledger,Ledger = quantum + income + outside the period,-100.000000,-100.000000
        1 General ledger to cost ledger,Quantum = cost lines + unmapped,700.000000,700.000000
        "2 Cost ledger by class, before and after support",Cost lines = classed lines,700.000000,700.000000
        "2 Cost ledger by class, before and after support",Support and final lines before = final lines after,700.000000,700.000000
        "2 Cost ledger by class, before and after support",Support lines are cleared,0.000000,0.000000
        3 Resources and activities,Final lines = resources + cost objects + unmapped,700.000000,700.000000
        3 Resources and activities,Resources = pools + no driver + unmapped,700.000000,700.000000
        3 Resources and activities,Pools = own + absorbed + residuals,700.000000,700.000000
        4 Patients and reconciliation items,Events = own + absorbed of all pools,700.000000,700.000000
        4 Patients and reconciliation items,Ledger = own-patient events + all residuals + income,-100.000000,-100.000000
        4 Patients and reconciliation items,Events = cost rows of the service lines' statements,700.000000,700.000000
        5 Quantum walk,Ledger - outside - income = gross cost + income netted,700.000000,700.000000
    "#]],
    );
}

#[test]
fn figures_are_held_against_what_is_usual() {
    // Occupancy 604,800 of 52,704,000 + 2,635,200 s, so 1.0929 percent. Stays of 2 and 4 days: 3.
    // Pay is all of the cost. e1 costs 200 + 100 x 2/6 = 233.333333, by reference 100. Both cost
    // 700, so 350 each. Nobody had an appointment.
    check(
        "measured_figures.parquet",
        &["measure", "value_e4"],
        &expect![[r#"
        measure,value_e4
        bed_occupancy,10929
        for_others/stays,0
        mean_stay/EL,30000
        not_attended,
        pay_share,1000000
        reference_index/EL,2333333
        unit_cost/EL,3500000
    "#]],
    );
}

#[test]
fn what_a_reader_would_ask_is_a_finding() {
    // Four rows: s4 counts in no activity, s3 finds no event. Both events are in the period, and
    // have beds counted by rows.
    let found = trust().findings().expect("the trust can be costed");
    let shown: Vec<String> = found
        .iter()
        .map(|it| format!("{} rows {}", given::sentences(std::slice::from_ref(it)), it.rows))
        .collect();
    expect![[r#"
        F1 needs acceptance: no control total covers the whole ledger, so nothing shows that it is complete (-£100.000000) rows 2
        ASS-010 warning: 2 rows of feed apc count in no activity (UNMAPPED); they bear no cost (£0.000000) rows 2
        ASS-010 warning: 1 rows of feed stays count in no activity (UNMAPPED); they bear no cost (£0.000000) rows 1
        E10 note: 1 row found no event (UNKNOWN_PATIENT): £0.000000 of their cost is shown apart, £100.000000 is absorbed by patients (£100.000000) rows 1
        ASS-015 note: 1 income lines are of kind EDUCATION, £5.000000 in all; they are no patient income and stand in no service line (£5.000000) rows 1
        ASS-014 note: 1 income lines are of periods after the last one costed (OUTSIDE_PERIOD), £7.000000 in all (£7.000000) rows 1
        ASS-016 note: 1 lines of patient income, £60.000000 in all, belong to no event of the dataset, in 1 specialties; they count in their service lines (£60.000000) rows 1
        ASS-017 warning: Income lines recognise £160.000000 of patient income, but the ledger holds £800.000000: -£640.000000 apart (-£640.000000) rows 0
        ASS-020 warning: stays of 2 hours lie in `W2`, for which the model states no beds (£0.000000) rows 0
        ASS-019 warning: bed_occupancy is 1.0929 percent, but 85.0000 to 95.0000 is usual (source local) (£0.000000) rows 0
        ASS-019 warning: pay_share is 100.0000 percent of operating expenses, but 60.0000 to 68.0000 is usual (source local) (£0.000000) rows 0
        ASS-019 warning: reference_index/EL is 233.3333 percent of reference costs, but 90.0000 to 110.0000 is usual (source local) (£0.000000) rows 0
        ASS-019 note: unit_cost/EL is 350.0000 pounds, but 300.0000 is published (source local) (£0.000000) rows 0"#]].assert_eq(&shown.join("\n"));
}

#[test]
fn collection_names_stand_beside_unit_costs() {
    let mut trust = trust();
    trust.rules.resources.get_mut("NURSE").expect("it is there").collection_resource =
        "CR1".to_owned();
    trust.rules.activities.get_mut("BED").expect("it is there").collection_activity =
        "CA1".to_owned();
    let files = trust.run(WHOLE).expect("the trust can be costed").files;
    let wanted = ["resource", "activity", "collection_resource", "collection_activity"];
    expect![[r#"
        resource,activity,collection_resource,collection_activity
        NURSE,BED,CR1,CA1
    "#]]
    .assert_eq(&columns(&files["unit_costs.parquet"], &wanted).to_csv());
}
