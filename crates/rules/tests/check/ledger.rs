//! Faults of the way from ledger to cost ledger and of support.

use expect_test::expect;

use crate::support::check;

#[test]
fn a_split_shares_a_whole() {
    // 60 + 39.9999 = 99.9999.
    check(
        &[("mapping.csv", "- 20,T1,*,X-RESEARCH\n+ 20,T1,*,X-RESEARCH,39.9999,2025-04-01,,local,")],
        &expect![[r#"
            MOD-051 refused mapping.csv:3:percentage
              the percentages of rule 20 sum to 99.9999, not to 100.0000
              Correct the percentages of its rows, so that no ledger line is split in part.
        "#]],
    );
}

#[test]
fn a_split_has_one_pair_of_patterns() {
    check(
        &[("mapping.csv", "- 20,T1,*,X-RESEARCH\n+ 20,T2,*,X-RESEARCH,40,2025-04-01,,local,")],
        &expect![[r#"
            MOD-050 refused mapping.csv:4:sequence
              rule 20 has other patterns here than in line 3
              Rows of one sequence are one split: give them the same patterns, or another sequence.
        "#]],
    );
}

#[test]
fn each_class_needs_its_destination() {
    check(
        &[(
            "cost_lines.csv",
            "+ A,A,T1,,,,,,overhead,fixed,no,CAPITAL,,,,,recurrent,,2025-04-01,,local,\n\
             + B,B,T2,,,,,,overhead,fixed,no,CAPITAL,,,,,recurrent,,2025-04-01,,local,\n\
             + C,C,T2,,X-AREA,,,,overhead,fixed,no,CAPITAL,,,,,recurrent,,2025-04-01,,local,\n\
             + D,D,PF,,,,,,,,no,,,,,,,,2025-04-01,,local,\n\
             + E,E,OTHER,,,,,,overhead,fixed,no,CAPITAL,,,,,recurrent,,2025-04-01,,local,\n\
             + F,F,RECON,,,,,,,,no,,,,,,,,2025-04-01,,local,",
        )],
        &expect![[r#"
            MOD-052 refused cost_lines.csv:8:driver
              a line of class T1 needs `driver`
              Fill it, or correct the class; a blank class makes the line UNMAPPED.
            MOD-052 refused cost_lines.csv:8:support_group
              a line of class T1 needs `support_group`
              Fill it, or correct the class; a blank class makes the line UNMAPPED.
            MOD-052 refused cost_lines.csv:9:resource
              a line of class T2 without a driver needs `resource`
              Fill it, or correct the class; a blank class makes the line UNMAPPED.
            MOD-052 refused cost_lines.csv:10:support_group
              a line of class T2 needs `support_group`
              Fill it, or correct the class; a blank class makes the line UNMAPPED.
            MOD-052 refused cost_lines.csv:11:behaviour
              a line of class PF needs `behaviour`
              Fill it: statements and variances are made by it.
            MOD-052 refused cost_lines.csv:11:cost_type
              a line of class PF needs `cost_type`
              Fill it: statements and variances are made by it.
            MOD-052 refused cost_lines.csv:11:recurrence
              a line of class PF needs `recurrence`
              Fill it: statements and variances are made by it.
            MOD-052 refused cost_lines.csv:11:resource
              a line of class PF needs `resource`
              Fill it, or correct the class; a blank class makes the line UNMAPPED.
            MOD-052 refused cost_lines.csv:11:traceability
              a line of class PF needs `traceability`
              Fill it: statements and variances are made by it.
            MOD-052 refused cost_lines.csv:12:cost_object
              a line of class OTHER needs `cost_object`
              Fill it, or correct the class; a blank class makes the line UNMAPPED.
            MOD-052 refused cost_lines.csv:13:reconciliation_item
              a line of class RECON needs `reconciliation_item`
              Fill it, or correct the class; a blank class makes the line UNMAPPED.
        "#]],
    );
}

#[test]
fn capital_charges_stay_visible_as_capital() {
    // X-SITE holds no capital; the third line ends here and is nobody's support.
    check(
        &[
            ("support_groups.csv", "+ X-CAPITAL,Capital,yes,2025-04-01,,local,"),
            (
                "cost_lines.csv",
                "+ A,A,T1,X-SITE,X-AREA,,,,overhead,fixed,no,CAPITAL,,,,,recurrent,,2025-04-01,,local,\n\
                 + B,B,T2,X-CAPITAL,X-AREA,,,,overhead,fixed,no,CAPITAL,,,,,recurrent,,2025-04-01,,local,\n\
                 + C,C,PF,,,X-NURSE,,,direct,fixed,no,CAPITAL,,,,,recurrent,,2025-04-01,,local,",
            ),
        ],
        &expect![[r#"
            MOD-057 refused cost_lines.csv:8:support_group
              the line holds capital charges, but group `X-SITE` does not
              Name a group with `capital` yes in support_groups.csv, or correct the cost type.
        "#]],
    );
}

#[test]
fn a_class_has_no_use_for_other_destinations() {
    check(
        &[(
            "cost_lines.csv",
            "+ A,A,PF,X-SITE,X-AREA,X-NURSE,X-RESEARCH,item,direct,fixed,no,DRUGS,,,,,recurrent,,2025-04-01,,local,",
        )],
        &expect![[r#"
            MOD-053 refused cost_lines.csv:8:cost_object
              a line of class PF has no use for `cost_object`
              Leave it blank, or correct the class.
            MOD-053 refused cost_lines.csv:8:driver
              a line of class PF has no use for `driver`
              Leave it blank, or correct the class.
            MOD-053 refused cost_lines.csv:8:reconciliation_item
              a line of class PF has no use for `reconciliation_item`
              Leave it blank, or correct the class.
            MOD-053 refused cost_lines.csv:8:support_group
              a line of class PF has no use for `support_group`
              Leave it blank, or correct the class.
        "#]],
    );
}

#[test]
fn a_support_line_may_name_a_resource() {
    check(
        &[(
            "cost_lines.csv",
            "+ A,A,T2,X-SITE,X-AREA,X-NURSE,,,direct,fixed,no,DRUGS,,,,,recurrent,,2025-04-01,,local,",
        )],
        &expect![[r#"
            sound
        "#]],
    );
}

#[test]
fn a_line_without_class_is_unmapped() {
    check(
        &[("cost_lines.csv", "+ A,A,,,,,,,,,no,,,,,,,,2025-04-01,,local,")],
        &expect![[r#"
            MOD-201 warning cost_lines.csv:8:class
              the cost line has no class, so its cost becomes UNMAPPED
              Give it a class once it is known what the cost is.
        "#]],
    );
}

#[test]
fn pay_has_a_pay_type_and_nothing_else_has() {
    check(
        &[(
            "cost_lines.csv",
            "+ A,A,PF,,,X-NURSE,,,direct,fixed,no,PAY,,,,,recurrent,,2025-04-01,,local,\n\
             + B,B,PF,,,X-NURSE,,,direct,fixed,no,DRUGS,bank,,,,recurrent,,2025-04-01,,local,",
        )],
        &expect![[r#"
            MOD-054 refused cost_lines.csv:8:pay_type
              a line of cost type PAY does not say which pay type it is
              Correct the pay type or the cost type.
            MOD-054 refused cost_lines.csv:9:pay_type
              a line of cost type DRUGS has a pay type
              Correct the pay type or the cost type.
        "#]],
    );
}

#[test]
fn a_reconciliation_item_receives_no_support() {
    check(
        &[("statistics.csv", "+ X-AREA,X-PENSIONS,1,2025-04-01,,local,")],
        &expect![[r#"
            MOD-055 refused statistics.csv:4:cost_line
              `X-PENSIONS` is a reconciliation item and receives no support
              Take the statistic out, or correct the class of the cost line.
        "#]],
    );
}

#[test]
fn a_negative_statistic() {
    check(
        &[("statistics.csv", "+ X-AREA,X-IMPLANTS,-1,2025-04-01,,local,")],
        &expect![[r#"
            MOD-011 refused statistics.csv:4:quantity
              `-1` is negative
              Correct the cell.
        "#]],
    );
}

#[test]
fn a_driver_needs_a_statistic() {
    check(
        &[
            ("drivers.csv", "+ X-HEADS,Heads,people,2025-04-01,,local,"),
            ("statistics.csv", "+ X-HEADS,X-RESEARCH,0,2025-04-01,,local,"),
        ],
        &expect![[r#"
            MOD-056 refused drivers.csv:3:driver
              driver `X-HEADS` has no statistic above zero
              Add its statistics to statistics.csv, or take the driver out.
        "#]],
    );
}
