//! Faults of resources, activities, weights and shares.

use expect_test::expect;

use crate::support::check;

#[test]
fn a_staff_pool_says_who_is_in_it() {
    check(
        &[(
            "resources.csv",
            "- X-NURSE\n+ X-NURSE,Nurses,,FEED,X-THEATRES,yes,,,100,,,2025-04-01,,local,",
        )],
        &expect![[r#"
            MOD-060 refused resources.csv:2:people
              a staff pool needs `people`
              Fill it: pools of few people are merged before they are shown.
            MOD-060 refused resources.csv:2:staff_group
              a staff pool needs `staff_group`
              Fill it: pools of few people are merged before they are shown.
        "#]],
    );
}

#[test]
fn a_resource_without_shares_is_unmapped() {
    check(
        &[("resources.csv", "+ X-SPARE,Spare,,SHARE,X-THEATRES,no,,,,,,2025-04-01,,local,")],
        &expect![[r#"
            MOD-200 warning resources.csv:4:resource
              resource `X-SPARE` has no shares, so its cost becomes UNMAPPED
              Add rows to shares.csv, or take the resource out.
        "#]],
    );
}

#[test]
fn a_weight_set_belongs_to_one_activity() {
    check(
        &[("shares.csv", "+ X-NURSE,X-FITTING,X-STAFFED-TIME,1,2025-04-01,,local,")],
        &expect![[r#"
            MOD-061 refused shares.csv:4:weight_set
              weight set `X-STAFFED-TIME` belongs to activity `X-OPERATION`, not to `X-FITTING`
              Name a weight set of this activity, or add one.
        "#]],
    );
}

#[test]
fn seconds_and_counts_cannot_be_added() {
    check(
        &[
            ("weight_sets.csv", "+ X-FITTINGS,X-FITTING,COUNT,no,,,,,RELATIVE,2025-04-01,,local,"),
            ("shares.csv", "+ X-NURSE,X-FITTING,X-FITTINGS,1,2025-04-01,,local,"),
        ],
        &expect![[r#"
            MOD-062 refused shares.csv:4:weight_set
              `X-NURSE` is split by the weights of its feeds, but this set has another driver than that in line 2: seconds and counts cannot be added
              Use weight sets of one driver, or method SHARE.
        "#]],
    );
}

#[test]
fn relative_weights_come_with_key_and_default() {
    check(
        &[(
            "weight_sets.csv",
            "+ A,X-FITTING,COUNT,no,X-COMPLEXITY,,,,RELATIVE,2025-04-01,,local,\n\
             + B,X-FITTING,COUNT,no,,band,1,,RELATIVE,2025-04-01,,local,",
        )],
        &expect![[r#"
            MOD-063 refused weight_sets.csv:4:default_rwv
              relative weights by table `X-COMPLEXITY` need `default_rwv`
              Fill rwv_table, rwv_key and default_rwv together, or leave all three blank.
            MOD-063 refused weight_sets.csv:4:rwv_key
              relative weights by table `X-COMPLEXITY` need `rwv_key`
              Fill rwv_table, rwv_key and default_rwv together, or leave all three blank.
            MOD-063 refused weight_sets.csv:5:default_rwv
              `default_rwv` is filled, but there is no `rwv_table`
              Fill rwv_table, rwv_key and default_rwv together, or leave all three blank.
            MOD-063 refused weight_sets.csv:5:rwv_key
              `rwv_key` is filled, but there is no `rwv_table`
              Fill rwv_table, rwv_key and default_rwv together, or leave all three blank.
        "#]],
    );
}

#[test]
fn a_minimum_is_a_duration() {
    check(
        &[("weight_sets.csv", "+ A,X-FITTING,COUNT,no,,,,60,RELATIVE,2025-04-01,,local,")],
        &expect![[r#"
            MOD-064 refused weight_sets.csv:4:minimum_seconds
              a minimum duration has no meaning unless the driver is DURATION
              Leave it blank, or correct the driver.
        "#]],
    );
}

#[test]
fn an_absolute_set_is_plain_traced_cost() {
    check(
        &[(
            "weight_sets.csv",
            "+ A,X-FITTING,COUNT,yes,X-COMPLEXITY,band,1,,ABSOLUTE,2025-04-01,,local,",
        )],
        &expect![[r#"
            MOD-065 refused weight_sets.csv:4:driver
              an absolute set charges traced cost as it is, but its driver is not COST
              Correct the column, or choose basis RELATIVE.
            MOD-065 refused weight_sets.csv:4:rwv_table
              an absolute set charges traced cost as it is, but it has relative weights
              Correct the column, or choose basis RELATIVE.
            MOD-065 refused weight_sets.csv:4:staff
              an absolute set charges traced cost as it is, but it multiplies by staff
              Correct the column, or choose basis RELATIVE.
        "#]],
    );
}

#[test]
fn an_absolute_set_serves_one_resource() {
    check(
        &[
            ("resources.csv", "+ X-LENS,Lenses,,SHARE,X-THEATRES,no,,,,,,2025-04-01,,local,"),
            ("shares.csv", "+ X-LENS,X-FITTING,X-IMPLANT-COST,1,2025-04-01,,local,"),
        ],
        &expect![[r#"
            MOD-066 refused shares.csv:4:weight_set
              absolute set `X-IMPLANT-COST` already serves `X-IMPLANT`
              Give each resource an absolute set of its own: traced cost is charged once.
        "#]],
    );
}

#[test]
fn unused_session_time_needs_a_set_that_takes_it() {
    check(
        &[(
            "session_kinds.csv",
            "- planned\n+ planned,Planned,X-OPERATION,X-FITTING,SEPARATE,2025-04-01,,local,",
        )],
        &expect![[r#"
            MOD-067 refused session_kinds.csv:2:unused_to
              activity `X-FITTING` has no weight set by staffed duration
              Name an activity with a set of driver DURATION and staff yes, or add such a set.
        "#]],
    );
}

#[test]
fn an_activity_that_no_row_counts_in() {
    check(
        &[("activity_rules.csv", "- theatres,IMPLANT")],
        &expect![[r#"
            MOD-202 warning activities.csv:3:activity
              activity `X-FITTING` receives cost, but no feed row can count in it
              Add a row to activity_rules.csv, or take its shares out.
        "#]],
    );
}

#[test]
fn theatres_are_named_where_ward_stays_lose_their_time() {
    let net = (
        "settings.csv",
        "- ward_net_of_theatre\n+ ward_net_of_theatre,yes,yes/no,2025-04-01,,local,",
    );
    check(
        &[net],
        &expect![[r#"
            MOD-207 warning settings.csv:3:value
              ward stays are to lose theatre time, but no kind of session is a theatre's
              Write `yes` in the column `theatre` of session_kinds.csv for kinds that are.
        "#]],
    );
    let kinds = "session_kind,name,used_by,unused_to,method,theatre,effective_from,effective_to,source,note\n\
                 planned,Planned,X-OPERATION,X-OPERATION,SEPARATE,yes,2025-04-01,,local,";
    check(
        &[net, ("session_kinds.csv", kinds)],
        &expect![[r#"
            sound
        "#]],
    );
}
