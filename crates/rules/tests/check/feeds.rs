//! Faults of feeds and matching rules.

use expect_test::expect;

use crate::support::{GONE, check};

#[test]
fn event_types_by_role() {
    check(
        &[(
            "feeds.csv",
            "- theatres\n+ theatres,Theatre visits,auxiliary,APC,no,no,ABSORBED,yes,no,2025-04-01,,local,\n\
             - theatre_totals\n+ theatre_totals,Totals,aggregate,,no,no,,no,no,2025-04-01,,local,",
        )],
        &expect![[r#"
            MOD-070 refused feeds.csv:3:event_type
              only master and aggregate feeds have an event type
              Name the auxiliary feed for an aggregate one; leave it blank for other roles.
            MOD-070 refused feeds.csv:4:event_type
              an aggregate feed does not say whose rows it makes
              Name the auxiliary feed for an aggregate one; leave it blank for other roles.
        "#]],
    );
}

#[test]
fn totals_stand_for_an_auxiliary_feed() {
    check(
        &[(
            "feeds.csv",
            "- theatre_totals\n+ theatre_totals,Totals,aggregate,episodes,no,no,,no,no,2025-04-01,,local,",
        )],
        &expect![[r#"
            MOD-070 refused feeds.csv:4:event_type
              `episodes` is not an auxiliary feed
              Name the auxiliary feed whose rows the totals stand for.
        "#]],
    );
}

#[test]
fn unmatched_rows_are_visible_or_absorbed() {
    check(
        &[(
            "feeds.csv",
            "- theatres\n+ theatres,Theatre visits,auxiliary,,no,no,,yes,no,2025-04-01,,local,",
        )],
        &expect![[r#"
            MOD-012 refused feeds.csv:3:unmatched
              `unmatched` is blank
              Write one of: VISIBLE, ABSORBED.
        "#]],
    );
}

#[test]
fn a_feed_needs_an_intake_mapping() {
    check(
        &[("intake/theatre_totals.toml", GONE)],
        &expect![[r#"
            MOD-071 refused feeds.csv:4:feed
              there is no intake/theatre_totals.toml, so no file can become feed `theatre_totals`
              Add the intake mapping, or take the feed out.
        "#]],
    );
}

#[test]
fn an_intake_mapping_needs_a_feed() {
    check(
        &[("intake/wards.toml", "files = [\"wards.csv\"]\n[columns]\nstart = \"START\"\n")],
        &expect![[r#"
            MOD-072 refused intake/wards.toml:0:
              feeds.csv has no feed `wards`
              Add the feed, or rename the mapping after the feed that it is for.
        "#]],
    );
}

#[test]
fn rules_for_feeds_that_have_no_rows_to_match() {
    check(
        &[
            ("matching.csv", "+ episodes,10,event,,,,,,strong,2025-04-01,,local,"),
            ("activity_rules.csv", "+ ledger,*,*,*,*,*,X-FITTING,2025-04-01,,local,"),
        ],
        &expect![[r#"
            MOD-073 refused activity_rules.csv:5:feed
              the feed has role ledger, so the rule never applies
              Take the rule out; only feeds with role master or auxiliary have such rules.
            MOD-073 refused matching.csv:4:feed
              the feed has role master, so the rule never applies
              Take the rule out; only feeds with role auxiliary have such rules.
        "#]],
    );
}

#[test]
fn windows() {
    check(
        &[(
            "matching.csv",
            "+ theatres,30,patient,,3d,,,,weak,2025-04-01,,local,\n\
             + theatres,40,patient,,3 days,1w,,,weak,2025-04-01,,local,\n\
             + theatres,50,patient,,-1d,99999999999h,,,weak,2025-04-01,,local,",
        )],
        &expect![[r#"
            MOD-074 refused matching.csv:4:before
              only one of `before` and `after` is filled
              Fill both, 0d for no reach at all, or leave both blank for no window.
            MOD-074 refused matching.csv:5:after
              `1w` is not a length such as 3d, 24h or 30m
              Write a whole number and d for days, h for hours or m for minutes.
            MOD-074 refused matching.csv:5:before
              `3 days` is not a length such as 3d, 24h or 30m
              Write a whole number and d for days, h for hours or m for minutes.
            MOD-074 refused matching.csv:6:after
              `99999999999h` is not a length such as 3d, 24h or 30m
              Write a whole number and d for days, h for hours or m for minutes.
            MOD-074 refused matching.csv:6:before
              `-1d` is not a length such as 3d, 24h or 30m
              Write a whole number and d for days, h for hours or m for minutes.
        "#]],
    );
}

#[test]
fn columns_that_can_be_compared() {
    check(
        &[(
            "matching.csv",
            "+ theatres,30,patient,,,,ward;site,surname;nearest,weak,2025-04-01,,local,",
        )],
        &expect![[r#"
            MOD-075 refused matching.csv:4:equalities
              `ward` is not a column that row and event share
              Choose among: band, requester, site, specialty, spell.
            MOD-075 refused matching.csv:4:tie_breaks
              `surname` is not a column that row and event share
              Choose among: band, requester, site, specialty, spell.
        "#]],
    );
}

#[test]
fn without_ledger_and_control() {
    check(
        &[
            ("feeds.csv", "- ledger\n- control"),
            ("intake/ledger.toml", GONE),
            ("intake/control.toml", GONE),
        ],
        &expect![[r#"
            MOD-076 refused feeds.csv:0:role
              no feed has the role ledger
              Add the feed of the trial balance.
            MOD-205 warning feeds.csv:0:role
              no feed has the role control, so the ledger is not held against a control total
              Add a feed with the totals that the finance system states.
        "#]],
    );
}

#[test]
fn an_auxiliary_feed_without_rules() {
    check(
        &[
            (
                "feeds.csv",
                "+ wards,Ward stays,auxiliary,,yes,yes,VISIBLE,yes,no,2025-04-01,,local,",
            ),
            ("intake/wards.toml", "files = [\"wards.csv\"]\n[columns]\nstart = \"START\"\n"),
        ],
        &expect![[r#"
            MOD-203 warning feeds.csv:7:feed
              feed `wards` has no matching rule, so all its rows stay UNMATCHED
              Add rows to matching.csv.
            MOD-204 warning feeds.csv:7:feed
              feed `wards` has no activity rule, so all its rows become UNMAPPED
              Add rows to activity_rules.csv.
        "#]],
    );
}
