//! Events, rows and sessions as text; weights, counts, rows by outcome and findings as text.

use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use proptest::prelude::*;
use testkit::{Table, Tables, activity, check_golden};

use super::{Fate, Plan, Residual, Weights, reference};
use crate::given::{self, Given};
use crate::given_activity::{Cut, Trust, WHOLE};
use crate::plain::{Who, differences};
use crate::random_trust::{SMALL, trusts};

fn produce(given: &impl Given) -> Tables {
    let trust = Trust::new(given);
    let weights = trust.weigh(WHOLE).expect("the example can be weighed");
    check_rows_of_events(&trust, &weights);
    tables(&trust.plan(), &weights)
}

/// In every example, the rows of each event add up to its weight in each set, sessions included; a
/// net negative sum counts as nothing.
fn check_rows_of_events(trust: &Trust, weights: &Weights) {
    let plan = trust.plan();
    for (place, head) in weights.events.iter().enumerate() {
        let rows = trust.event_rows(head.event);
        if head.restricted.is_some() {
            assert_eq!(rows, None, "a restricted event has no rows to show");
            continue;
        }
        let rows = rows.expect("the dataset has the event");
        for (set, found) in plan.sets.iter().zip(&weights.sets) {
            let of_set = rows.iter().filter(|it| it.weight_set == set.code);
            let sum: i64 = of_set.map(|it| it.weight).sum();
            let stated = found.events.iter().find(|(it, _)| *it as usize == place);
            let counted = if set.absolute { sum } else { sum.max(0) };
            assert_eq!(stated.map_or(0, |it| it.1), counted, "{} {}", set.code, head.event);
        }
    }
}

fn tables(plan: &Plan, weights: &Weights) -> Tables {
    let event = |place: u32| activity::name(weights.events[place as usize].event);
    let mut of_sets = Table::new(&["weight_set", "receiver", "name", "weight"]);
    for (set, it) in plan.sets.iter().zip(&weights.sets) {
        for (place, weight) in &it.events {
            of_sets.push([&set.code, "EVENT", &event(place), &weight.to_string()]);
        }
        for (residual, weight) in &it.residuals {
            let (kind, name) = residual.names();
            of_sets.push([&set.code, kind, name, &weight.to_string()]);
        }
    }
    let mut counts = Table::new(&["activity", "event", "count"]);
    for (activity, it) in plan.activities.iter().zip(&weights.counts) {
        for (place, count) in it {
            counts.push([&activity.code, &event(place), &count.to_string()]);
        }
    }
    let columns = ["feed", "rows", "matched", "other", "unmatched", "outside", "unmapped"];
    let mut rows = Table::new(&columns);
    for (feed, it) in &weights.feeds {
        let counts = [it.rows, it.matched, it.other, it.unmatched, it.outside, it.unmapped];
        rows.push(std::iter::once(feed.clone()).chain(counts.iter().map(ToString::to_string)));
    }
    Tables::from([
        ("weights".to_owned(), of_sets),
        ("counts".to_owned(), counts),
        ("rows".to_owned(), rows),
        ("session_use".to_owned(), session_use(weights)),
        ("findings".to_owned(), given::findings(&weights.findings)),
    ])
}

fn session_use(weights: &Weights) -> Table {
    let mut table = Table::new(&["session", "kind", "planned", "used", "fate"]);
    for it in &weights.sessions {
        let fate = match it.fate {
            Fate::NothingLeft => "NOTHING_LEFT",
            Fate::Separate => "SEPARATE",
            Fate::Spread => "SPREAD",
        };
        let (planned, used) = (it.planned.to_string(), it.used.to_string());
        table.push([&it.session, &it.kind, &planned, &used, fate]);
    }
    table
}

#[test]
fn golden_cases() {
    check_golden("cp4_weights", produce);
}

/// Everything that weighing gives but empty tables.
#[track_caller]
fn check(text: &str, expected: &Expect) {
    let mut tables = produce(&given::tables(text));
    tables.retain(|_, table| table.rows().next().is_some());
    expected.assert_eq(&given::text(&tables));
}

/// Admissions and contacts of two patients; April and May are costed.
const CONTACTS: &str = "# year
    year,last_period
    2025-26,2
    # feeds
    feed,role,event_type
    apc,master,APC
    contacts,,
    # matching
    feed,sequence,identity,before,after,tie_breaks
    contacts,1,event,,,
    contacts,2,patient,0h,0h,nearest
    # activities
    activity,count_unit
    BED,minutes
    CARE,
    # activity_rules
    feed,code,activity
    apc,*,BED
    contacts,C*,CARE
    # events
    patient,event,event_type,start,end
    p1,e1,APC,2025-04-10 09:00,2025-04-14 11:00
    p2,e2,APC,2025-05-30 09:00,
    ";

#[test]
fn a_row_is_unmapped_before_outside_before_another_activity_before_matched() {
    // r1 has no activity, though it is outside and sold; r2 is outside, though it is sold; r3 is
    // sold, though its patient has an event then; r4 is matched. Nobody knows the object of r5.
    // Stays: 10 April 09:00 to 14 April 11:00 is 98 h; 30 May 09:00 to 1 June 00:00 is 39 h.
    check(
        &format!(
            "{CONTACTS}
            # weight_sets
            weight_set,activity,driver
            N,CARE,COUNT
            # cost_objects
            cost_object
            SOLD
            # contacts
            row,patient,start,code,cost_object
            r1,p1,2025-03-01 10:00,X,SOLD
            r2,p1,2025-06-01 00:00,C,SOLD
            r3,p1,2025-04-11 10:00,C,SOLD
            r4,p1,2025-04-11 10:00,C,
            r5,p1,2025-04-11 10:00,C,LOST"
        ),
        &expect![[r#"
            # counts
            activity,event,count
            BED,e1,352800
            BED,e2,140400
            CARE,e1,1

            # findings
            code,severity,subject,rows,money
            ASS-007,needs acceptance,contacts LOST,1,0.000000

            # rows
            feed,rows,matched,other,unmatched,outside,unmapped
            apc,2,2,0,0,0,0
            contacts,5,1,1,0,1,2

            # weights
            weight_set,receiver,name,weight
            N,EVENT,e1,1
            N,COST_OBJECT,SOLD,1
        "#]],
    );
}

#[test]
fn reasons_are_receivers_in_the_order_of_their_names() {
    // r1 names nobody, r2 a patient without events, r3 an event that does not exist, r4 comes a day
    // after its patient's event: reasons NO_IDENTITY, twice UNKNOWN_PATIENT, NO_EVENT_IN_WINDOW.
    check(
        &format!(
            "{CONTACTS}
            # weight_sets
            weight_set,activity,driver
            N,CARE,COUNT
            # contacts
            row,patient,event,start,code
            r1,,,2025-04-11 10:00,C
            r2,p9,,2025-04-11 10:00,C
            r3,,e9,2025-04-11 10:00,C
            r4,p1,,2025-04-15 11:01,C"
        ),
        &expect![[r#"
            # counts
            activity,event,count
            BED,e1,352800
            BED,e2,140400

            # rows
            feed,rows,matched,other,unmatched,outside,unmapped
            apc,2,2,0,0,0,0
            contacts,4,0,0,4,0,0

            # weights
            weight_set,receiver,name,weight
            N,UNMATCHED,NO_EVENT_IN_WINDOW,1
            N,UNMATCHED,NO_IDENTITY,1
            N,UNMATCHED,UNKNOWN_PATIENT,2
        "#]],
    );
}

#[test]
fn a_default_is_told_even_if_it_makes_the_weight_nothing() {
    // 2.5 units are 25000; `heavy` weighs 2.0, so 25000 × 20000; `light` takes the default of 0.
    check(
        &format!(
            "{CONTACTS}
            # weight_sets
            weight_set,activity,driver,rwv_table,rwv_key,default_rwv
            Q,CARE,QUANTITY,LOAD,band,0
            # rwv
            rwv_table,code,value
            LOAD,heavy,2
            # contacts
            row,patient,start,code,band,quantity
            r1,p1,2025-04-11 10:00,C,heavy,2.5
            r2,p1,2025-04-11 10:00,C,light,2.5
            r3,p1,2025-04-01 10:00,C,light,0"
        ),
        &expect![[r#"
            # counts
            activity,event,count
            BED,e1,352800
            BED,e2,140400
            CARE,e1,2

            # findings
            code,severity,subject,rows,money
            ASS-001,note,Q light,1,0.000000

            # rows
            feed,rows,matched,other,unmatched,outside,unmapped
            apc,2,2,0,0,0,0
            contacts,3,2,0,1,0,0

            # weights
            weight_set,receiver,name,weight
            Q,EVENT,e1,500000000
        "#]],
    );
}

#[test]
fn a_row_that_fits_two_events_is_told() {
    // Both events of p1 hold 11 April 10:00; e1 is taken, as the smaller of equals.
    check(
        &format!(
            "{CONTACTS}p1,e3,APC,2025-04-11 09:00,2025-04-11 11:00
            # weight_sets
            weight_set,activity,driver
            N,CARE,COUNT
            # contacts
            row,patient,start,code
            r1,p1,2025-04-11 10:00,C"
        ),
        &expect![[r#"
            # counts
            activity,event,count
            BED,e1,352800
            BED,e3,7200
            BED,e2,140400
            CARE,e1,1

            # findings
            code,severity,subject,rows,money
            E11,warning,contacts,1,0.000000

            # rows
            feed,rows,matched,other,unmatched,outside,unmapped
            apc,3,3,0,0,0,0
            contacts,1,1,0,0,0,0

            # weights
            weight_set,receiver,name,weight
            N,EVENT,e1,1
        "#]],
    );
}

/// One theatre feed with three activities; what PLANNED sessions leave unused is spread to surgery.
const THEATRE: &str = "# feeds
    feed
    theatre
    # matching
    feed,sequence,identity
    theatre,1,patient
    # activities
    activity
    ANAESTHESIA
    RECOVERY
    SURGERY
    # activity_rules
    feed,code,category,activity
    theatre,A,*,ANAESTHESIA
    theatre,R,*,RECOVERY
    theatre,S,OWN,SURGERY
    # weight_sets
    weight_set,activity,driver,staff,rwv_table,rwv_key,default_rwv
    W-A,ANAESTHESIA,DURATION,yes,,,
    W-R,RECOVERY,DURATION,yes,,,
    W-S,SURGERY,DURATION,yes,SIZE,band,1
    W-S-ONE,SURGERY,DURATION,no,,,
    # rwv
    rwv_table,code,value
    SIZE,major,2
    # session_kinds
    session_kind,used_by,unused_to,method
    PLANNED,ANAESTHESIA;SURGERY,SURGERY,SPREAD
    STANDBY,RECOVERY,RECOVERY,SEPARATE
    # events
    patient,event,event_type,start,end,category
    p1,e1,APC,2025-04-10,2025-04-12,OWN
    p2,e2,APC,2025-04-10,2025-04-12,PRIVATE
    ";

#[test]
fn unused_time_goes_to_the_sets_that_the_kind_names() {
    // Planned 4 h × 4 people = 14400 × 400 = 5760000. Used: r1 3600 × 200 = 720000, r2 3600 × 500 =
    // 1800000; r3 is of an activity that the kind does not name, r4 of a patient whom its rule does
    // not take. Unused 3240000: r1 ⌊3240000 × 720000 / 2520000⌋ = 925714, r2 the rest, 2314286.
    // Both go to W-S, r1 by the default 1 (10000), r2 by 2 (20000), beside r2's own weight:
    // 9257140000 + 46285720000 + 36000000000 = 91542860000.
    check(
        &format!(
            "{THEATRE}
            # sessions
            session,kind,start,end,staff
            s1,PLANNED,2025-04-10 08:00,2025-04-10 12:00,4
            # theatre
            row,patient,start,end,code,band,staff,session
            r1,p1,2025-04-10 08:00,2025-04-10 09:00,A,,2,s1
            r2,p1,2025-04-10 09:00,2025-04-10 10:00,S,major,5,s1
            r3,p1,2025-04-10 10:00,2025-04-10 11:00,R,,3,s1
            r4,p2,2025-04-10 11:00,2025-04-10 12:00,S,major,5,s1"
        ),
        &expect![[r#"
            # counts
            activity,event,count
            ANAESTHESIA,e1,1
            RECOVERY,e1,1
            SURGERY,e1,1

            # findings
            code,severity,subject,rows,money
            ASS-012,needs acceptance,theatre PRIVATE,1,0.000000
            ASS-001,note,W-S ,1,0.000000
            ASS-013,warning,PLANNED,1,0.000000

            # rows
            feed,rows,matched,other,unmatched,outside,unmapped
            theatre,4,4,0,0,0,0

            # session_use
            session,kind,planned,used,fate
            s1,PLANNED,5760000,2520000,SPREAD

            # weights
            weight_set,receiver,name,weight
            W-A,EVENT,e1,720000
            W-R,EVENT,e1,1080000
            W-S,EVENT,e1,91542860000
            W-S-ONE,EVENT,e1,3600
        "#]],
    );
}

#[test]
fn a_session_without_use_or_plan_or_kind_is_told_apart() {
    // s1 lies half outside the year: 31 March 23:00 to 1 April 01:00 with 2 people is 3600 × 200;
    // nobody used it, so it stays separate, by the default of 1. s2 is of no known kind; r1 names a
    // session that nobody planned. s3 has 1 h × 1 planned and 1 h × 2 used.
    check(
        &format!(
            "{THEATRE}
            # sessions
            session,kind,start,end,staff
            s3,STANDBY,2025-04-11 08:00,2025-04-11 09:00,1
            s1,PLANNED,2025-03-31 23:00,2025-04-01 01:00,2
            s2,NIGHT,2025-04-10 08:00,2025-04-10 12:00,4
            # theatre
            row,patient,start,end,code,band,staff,session
            r1,p1,2025-04-10 08:00,2025-04-10 09:00,A,,2,s9
            r2,p1,2025-04-11 08:00,2025-04-11 09:00,R,,2,s3"
        ),
        &expect![[r#"
            # counts
            activity,event,count
            ANAESTHESIA,e1,1
            RECOVERY,e1,1

            # findings
            code,severity,subject,rows,money
            ASS-002,note,STANDBY,1,0.000000
            ASS-003,warning,,1,0.000000
            ASS-008,needs acceptance,NIGHT,1,0.000000

            # rows
            feed,rows,matched,other,unmatched,outside,unmapped
            theatre,2,2,0,0,0,0

            # session_use
            session,kind,planned,used,fate
            s1,PLANNED,720000,0,SEPARATE
            s3,STANDBY,360000,720000,NOTHING_LEFT

            # weights
            weight_set,receiver,name,weight
            W-A,EVENT,e1,720000
            W-R,EVENT,e1,720000
            W-S,UNUSED_SESSION_TIME,s1,7200000000
        "#]],
    );
}

#[test]
fn a_restricted_event_stands_by_its_own_reference() {
    // e1 is known as `z` once it is matched, so it stands behind e2, whatever its patient.
    check(
        "# feeds
        feed,role,event_type
        apc,master,APC
        # activities
        activity
        ADMISSION
        # activity_rules
        feed,activity
        apc,ADMISSION
        # weight_sets
        weight_set,activity,driver
        N,ADMISSION,COUNT
        # events
        patient,event,event_type,start,end,restricted
        p1,e1,APC,2025-04-10,2025-04-12,z
        p2,e2,APC,2025-04-10,2025-04-12,",
        &expect![[r#"
            # counts
            activity,event,count
            ADMISSION,e2,1
            ADMISSION,e1,1

            # rows
            feed,rows,matched,other,unmatched,outside,unmapped
            apc,2,2,0,0,0,0

            # weights
            weight_set,receiver,name,weight
            N,EVENT,e2,1
            N,EVENT,e1,1
        "#]],
    );
}

/// What stops weighing, or else the findings.
#[track_caller]
fn check_refused(text: &str, change: impl Fn(&mut Trust), expected: &Expect) {
    let mut trust = Trust::new(&given::tables(text));
    change(&mut trust);
    let shown = match trust.weigh(WHOLE) {
        Err(error) => error.to_string(),
        Ok(weights) => given::findings(&weights.findings).to_csv(),
    };
    expected.assert_eq(&shown);
}

#[test]
fn weights_that_do_not_fit_are_refused() {
    // 900 million million units × 10⁴ × 10⁴ is 9 × 10²², beyond 2⁶³.
    check_refused(
        &format!(
            "{CONTACTS}
            # weight_sets
            weight_set,activity,driver,rwv_table
            Q,CARE,QUANTITY,LOAD
            # contacts
            row,patient,start,code,quantity
            r1,p1,2025-04-11 10:00,C,900000000000000"
        ),
        |_| {},
        &expect![
            "weight set Q: the weight of one event passes 2⁶³. Check the unit of its quantities, shares and relative weights"
        ],
    );
}

#[test]
fn a_feed_that_the_model_does_not_have_is_told() {
    check_refused(
        CONTACTS,
        |trust| {
            let row = trust.rows.feeds["apc"][0].clone();
            trust.rows.feeds.insert("old".to_owned(), vec![row]);
        },
        &expect![[r#"
            code,severity,subject,rows,money
            ASS-009,needs acceptance,old,1,0.000000
        "#]],
    );
}

#[test]
fn a_damaged_dataset_is_refused_before_it_is_weighed() {
    check_refused(
        CONTACTS,
        |trust| trust.rows.events[0].restricted = true,
        &expect![
            "events.parquet: a legally restricted event has no reference to stand for it. Check that the folder is complete and was not changed by hand"
        ],
    );
    check_refused(
        CONTACTS,
        |trust| trust.rows.events.push(trust.rows.events[0].clone()),
        &expect![
            "events.parquet: its events are not in the order of patient and event. Check that the folder is complete and was not changed by hand"
        ],
    );
    check_refused(
        CONTACTS,
        |trust| trust.rows.events[0].end_s = Some(i64::MAX),
        &expect![
            "events.parquet: an event has an impossible date. Check that the folder is complete and was not changed by hand"
        ],
    );
}

/// What the fast weights say, in the terms of the plain ones.
fn in_plain_terms(plan: &Plan, weights: &Weights) -> reference::Plain {
    let event = |place: u32| weights.events[place as usize].order();
    let other = |it: &Residual| match it {
        Residual::UnusedSessionTime(session) => Who::Unused(session.clone()),
        Residual::CostObject(object) => Who::Object(object.clone()),
        Residual::Unmatched(reason) => Who::Unmatched(reason.name().to_owned()),
    };
    let mut shown = reference::Plain::default();
    for (set, it) in plan.sets.iter().zip(&weights.sets) {
        let events =
            it.events.iter().map(|(place, weight)| (Who::Event(event(place)), i128::from(weight)));
        let others = it.residuals.iter().map(|(residual, weight)| (other(residual), *weight));
        let receivers: Vec<(Who, i128)> = events.chain(others).collect();
        assert!(
            receivers.is_sorted_by(|one, next| one.0 < next.0),
            "receivers in order, each once"
        );
        shown.sets.insert(set.code.clone(), receivers.into_iter().collect());
    }
    for (activity, it) in plan.activities.iter().zip(&weights.counts) {
        let counts: BTreeMap<_, _> =
            it.iter().map(|(place, count)| (event(place), count)).collect();
        if !counts.is_empty() {
            shown.counts.insert(activity.code.clone(), counts);
        }
    }
    for (feed, it) in &weights.feeds {
        assert!(it.closes(), "the rows of {feed} close");
        let tally = [it.matched, it.other, it.unmatched, it.outside, it.unmapped];
        shown.feeds.insert(feed.clone(), tally);
    }
    for it in &weights.sessions {
        let fate = match it.fate {
            Fate::NothingLeft => "NOTHING_LEFT",
            Fate::Separate => "SEPARATE",
            Fate::Spread => "SPREAD",
        };
        shown.sessions.insert(it.session.clone(), (it.planned, it.used, fate));
    }
    shown
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, max_shrink_iters: 200, ..ProptestConfig::default() })]

    /// Buckets, running sums and intervals give what the plain reading gives: overlapping and open
    /// stays, returns, sessions, sold and restricted activity included.
    #[test]
    fn fast_and_plain_agree(trust in trusts(SMALL), buckets in 1_u32..9) {
        let weights = trust.weigh(Cut { buckets, threads: 2 }).expect("it can be weighed");
        let plain = reference::weigh(&trust.rules, &trust.rows);
        let fast = in_plain_terms(&trust.plan(), &weights);
        prop_assert_eq!(differences(&fast.sets, &plain.sets), "");
        prop_assert_eq!(differences(&fast.counts, &plain.counts), "");
        prop_assert_eq!(differences(&fast.feeds, &plain.feeds), "");
        prop_assert_eq!(differences(&fast.sessions, &plain.sessions), "");
    }
}

/// Contacts of three admissions, weighed by number; what a rule takes depends on the category.
const CATEGORIES: &str = "# year
    year,last_period
    2025-26,2
    # feeds
    feed,role,event_type
    apc,master,APC
    contacts,,
    # matching
    feed,sequence,identity,before,after
    contacts,1,event,,
    contacts,2,patient,0h,0h
    # cost_objects
    cost_object
    SOLD
    # weight_sets
    weight_set,activity,driver
    N,CARE,COUNT
    P,PRIVATE-CARE,COUNT
    # events
    patient,event,event_type,start,end,category
    p1,e1,APC,2025-04-10 09:00,2025-04-14 11:00,OWN
    p2,e2,APC,2025-04-10 09:00,2025-04-14 11:00,PRIVATE
    p3,e3,APC,2025-04-10 09:00,2025-04-14 11:00,OVERSEAS
    p4,e4,APC,2025-04-10 09:00,2025-04-14 11:00,
    # contacts
    row,patient,start,code,cost_object
    r1,p1,2025-04-11 10:00,C,
    r2,p2,2025-04-11 10:00,C,
    r3,p3,2025-04-11 10:00,C,
    r4,p4,2025-04-11 10:00,C,
    r5,p9,2025-04-11 10:00,C,
    r6,p1,2025-04-20 10:00,C,
    r7,,2025-04-11 10:00,C,SOLD
    # activities
    activity
    CARE
    PRIVATE-CARE
    ";

#[test]
fn activity_without_an_event_is_that_of_own_patients() {
    // One rule takes OWN, the other PRIVATE. r4's event states no category, r5 is of an unknown
    // patient, r6 of a known one without an event then, r7 is sold: all weigh as OWN. Nobody takes
    // r3, which is matched all the same.
    check(
        &format!(
            "{CATEGORIES}
            # activity_rules
            feed,code,category,activity
            contacts,C,OWN,CARE
            contacts,C,PRIVATE,PRIVATE-CARE"
        ),
        &expect![[r#"
            # counts
            activity,event,count
            CARE,e1,1
            CARE,e4,1
            PRIVATE-CARE,e2,1

            # findings
            code,severity,subject,rows,money
            ASS-012,needs acceptance,contacts OVERSEAS,1,0.000000

            # rows
            feed,rows,matched,other,unmatched,outside,unmapped
            apc,4,0,0,0,0,4
            contacts,7,4,1,2,0,0

            # weights
            weight_set,receiver,name,weight
            N,EVENT,e1,1
            N,EVENT,e4,1
            N,COST_OBJECT,SOLD,1
            N,UNMATCHED,NO_EVENT_IN_WINDOW,1
            N,UNMATCHED,UNKNOWN_PATIENT,1
            P,EVENT,e2,1
        "#]],
    );
}

#[test]
fn a_row_that_no_category_takes_is_told_whoever_it_is_for() {
    // Only PRIVATE is taken: r1, r4, r5, r6 and r7 count as OWN, r3 is OVERSEAS.
    check(
        &format!(
            "{CATEGORIES}
            # activity_rules
            feed,code,category,activity
            contacts,C,PRIVATE,PRIVATE-CARE"
        ),
        &expect![[r#"
            # counts
            activity,event,count
            PRIVATE-CARE,e2,1

            # findings
            code,severity,subject,rows,money
            ASS-012,needs acceptance,contacts OVERSEAS,1,0.000000
            ASS-012,needs acceptance,contacts OWN,5,0.000000

            # rows
            feed,rows,matched,other,unmatched,outside,unmapped
            apc,4,0,0,0,0,4
            contacts,7,4,1,2,0,0

            # weights
            weight_set,receiver,name,weight
            P,EVENT,e2,1
        "#]],
    );
}

#[test]
fn rows_in_a_session_of_a_kind_that_their_activity_does_not_use_are_told() {
    // Both sessions last an hour with two people: 3,600 x 200 = 720,000. The list is used for half
    // an hour by t1 (1,800 x 100). t2 operates in the clinic's session, which operations do not
    // use: nothing is taken off it, though the row keeps its own weight.
    check(
        "# feeds
        feed,role,event_type
        apc,master,APC
        theatre,,
        # matching
        feed,sequence,identity
        theatre,1,event
        # activities
        activity
        OPERATION
        VISIT
        # activity_rules
        feed,code,activity
        theatre,*,OPERATION
        # weight_sets
        weight_set,activity,driver,staff
        OP,OPERATION,DURATION,yes
        VI,VISIT,DURATION,yes
        # session_kinds
        session_kind,used_by,unused_to,method
        LIST,OPERATION,OPERATION,SEPARATE
        CLINIC,VISIT,VISIT,SEPARATE
        # sessions
        session,kind,start,end,staff
        s1,LIST,2025-04-10 09:00,2025-04-10 10:00,2
        s2,CLINIC,2025-04-10 09:00,2025-04-10 10:00,2
        # events
        patient,event,event_type,start,end
        p1,e1,APC,2025-04-10 07:00,2025-04-12 07:00
        # theatre
        row,patient,event,start,end,code,session
        t1,p1,e1,2025-04-10 09:00,2025-04-10 09:30,X,s1
        t2,p1,e1,2025-04-10 09:30,2025-04-10 10:00,X,s2",
        &expect![[r#"
            # counts
            activity,event,count
            OPERATION,e1,2

            # findings
            code,severity,subject,rows,money
            ASS-013,warning,CLINIC,1,0.000000

            # rows
            feed,rows,matched,other,unmatched,outside,unmapped
            apc,1,0,0,0,0,1
            theatre,2,2,0,0,0,0

            # session_use
            session,kind,planned,used,fate
            s1,LIST,720000,180000,SEPARATE
            s2,CLINIC,720000,0,SEPARATE

            # weights
            weight_set,receiver,name,weight
            OP,EVENT,e1,360000
            OP,UNUSED_SESSION_TIME,s1,540000
            VI,UNUSED_SESSION_TIME,s2,720000
        "#]],
    );
}

#[test]
fn ward_stays_lose_the_time_of_theatres_only() {
    // The stay lasts ten hours: 36,000 s. It loses the hour in theatre (3,600), not the hour in the
    // endoscopy room, though that has planned sessions too.
    check(
        "# settings
        setting,value
        ward_net_of_theatre,yes
        # feeds
        feed,role,event_type,exclusive,open_end
        stays,,,yes,yes
        rooms,,,,
        # matching
        feed,sequence,identity
        stays,1,event
        rooms,1,event
        # activities
        activity
        BED
        ENDOSCOPY
        OPERATION
        # activity_rules
        feed,code,activity
        stays,*,BED
        rooms,E,ENDOSCOPY
        rooms,T,OPERATION
        # weight_sets
        weight_set,activity,driver,staff
        BED,BED,DURATION,no
        ENDO,ENDOSCOPY,DURATION,yes
        OP,OPERATION,DURATION,yes
        # session_kinds
        session_kind,used_by,unused_to,method,theatre
        ENDOSCOPY,ENDOSCOPY,ENDOSCOPY,SEPARATE,
        LIST,OPERATION,OPERATION,SEPARATE,yes
        # events
        patient,event,event_type,start,end
        p1,e1,APC,2025-04-10 07:00,2025-04-12 07:00
        # stays
        row,patient,event,start,end
        w1,p1,e1,2025-04-10 08:00,2025-04-10 18:00
        # rooms
        row,patient,event,start,end,code
        r1,p1,e1,2025-04-10 09:00,2025-04-10 10:00,T
        r2,p1,e1,2025-04-10 12:00,2025-04-10 13:00,E",
        &expect![[r#"
            # counts
            activity,event,count
            BED,e1,1
            ENDOSCOPY,e1,1
            OPERATION,e1,1

            # rows
            feed,rows,matched,other,unmatched,outside,unmapped
            rooms,2,2,0,0,0,0
            stays,1,1,0,0,0,0

            # weights
            weight_set,receiver,name,weight
            BED,EVENT,e1,32400
            ENDO,EVENT,e1,360000
            OP,EVENT,e1,360000
        "#]],
    );
}
