//! Faults of the statement of a service line.

use expect_test::expect;

use crate::support::check;

#[test]
fn selectors_of_cost() {
    check(
        &[(
            "statement.csv",
            "+ 50,a,A,cost,direct/PAY,2025-04-01,,local,\n\
             + 60,b,B,cost,,2025-04-01,,local,\n\
             + 70,c,C,cost,direct/*X/*/*; direct//*/*,2025-04-01,,local,\n\
             + 80,d,D,income,net,2025-04-01,,local,\n\
             + 90,e,E,subtotal,income--direct,2025-04-01,,local,\n\
             + 95,f-g,F,income,difference,2025-04-01,,local,",
        )],
        &expect![[r#"
            MOD-080 refused statement.csv:6:selector
              `direct/PAY` is not a selector of cost
              Write four patterns: traceability/cost_type/support_group/statement_group.
            MOD-080 refused statement.csv:7:selector
              the row selects no cost
              Write four patterns: traceability/cost_type/support_group/statement_group.
            MOD-080 refused statement.csv:8:selector
              `direct/*X/*/*` is not a selector of cost
              Write four patterns: traceability/cost_type/support_group/statement_group.
            MOD-080 refused statement.csv:8:selector
              `direct//*/*` is not a selector of cost
              Write four patterns: traceability/cost_type/support_group/statement_group.
            MOD-012 refused statement.csv:9:selector
              `net` is not one of the words for `selector`
              Write one of: recognised, unit_price, difference.
            MOD-080 refused statement.csv:10:selector
              `income--direct` has a sign without a row behind it
              Write codes of rows with + or - between them.
            MOD-015 refused statement.csv:11:row
              `f-g` cannot be a code
              Choose at most 80 characters without ; * + -.
        "#]],
    );
}

#[test]
fn subtotals_add_earlier_rows() {
    check(
        &[(
            "statement.csv",
            "- 40\n+ 25,margin,Margin,subtotal,income-direct-other-margin,2025-04-01,,local,",
        )],
        &expect![[r#"
            MOD-081 refused statement.csv:5:selector
              `margin` is not a row that stands before this one
              Correct the code of the row, or the order.
            MOD-081 refused statement.csv:5:selector
              `other` is not a row that stands before this one
              Correct the code of the row, or the order.
        "#]],
    );
}

#[test]
fn two_rows_in_one_place() {
    check(
        &[("statement.csv", "+ 30,second,Second,income,unit_price,2025-04-01,,local,")],
        &expect![[r#"
            MOD-018 refused statement.csv:6:order
              line 4 has the same order in the same year
              Give each row of the statement an order of its own.
        "#]],
    );
}

#[test]
fn every_cost_has_a_row() {
    // Without the third row nothing takes support: Estates and Ward clerks have no row.
    check(
        &[("statement.csv", "- 30\n- 40")],
        &expect![[r#"
            MOD-082 refused statement.csv:0:selector
              no row takes indirect/PAY/X-SITE/X-THEATRES, such as the cost of `X-CLERKS`
              Add a cost row that fits it; a last row with */*/*/* takes all that is left.
            MOD-082 refused statement.csv:0:selector
              no row takes overhead/OTHER_NON_PAY/X-SITE/X-THEATRES, such as the cost of `X-ESTATES`
              Add a cost row that fits it; a last row with */*/*/* takes all that is left.
        "#]],
    );
}

#[test]
fn plausible_ranges_are_of_measures_that_a_run_computes() {
    check(
        &[(
            "plausibility.csv",
            "+ mean_stay/NEL,5,10.25,days,2025-04-01,,local,\n\
             + mean_stay/,5,10,days,2025-04-01,,local,\n\
             + unit_cost/EL,5,10,pence,2025-04-01,,local,\n\
             + drugs_share,12,8,percent of operating expenses,2025-04-01,,local,",
        )],
        &expect![[r#"
            MOD-208 warning plausibility.csv:4:measure
              no run computes the measure `mean_stay/`, so its range judges nothing
              Write one of: pay_share, drugs_share, support_share, bed_occupancy, not_attended, mean_stay/<point of delivery>, unit_cost/<point of delivery>, reference_index/<department>, for_others/<feed>.
            MOD-083 refused plausibility.csv:5:unit
              `unit_cost/EL` is measured in pounds
              Correct the unit, and the range if it was meant in another one.
            MOD-011 refused plausibility.csv:6:high
              `high` is lower than `low`
              Correct the cell.
        "#]],
    );
}

#[test]
fn stated_activity_is_of_a_month_and_says_what_it_counts() {
    check(
        &[(
            "stated_activity.csv",
            "+ SUS,EL,13,ended,1,2025-04-01,,local,\n\
             + SUS,OP,2,finished,-1,2025-04-01,,local,\n\
             + SUS,EL,1,started,7,2025-04-01,,local,\n\
             + ,OP,3,attended,1.5,2025-04-01,,local,",
        )],
        &expect![[r#"
            MOD-011 refused stated_activity.csv:3:period
              a period is 1 for April to 12 for March
              Correct the cell.
            MOD-012 refused stated_activity.csv:4:counted
              `finished` is not one of the words for `counted`
              Write one of: ended, started, attended.
            MOD-011 refused stated_activity.csv:4:events
              `-1` is negative
              Correct the cell.
            MOD-018 refused stated_activity.csv:5:
              line 2 has the same key `SUS`, `EL`, `1` in the same year
              Take one of the rows out, or end the older one on the 31 March before.
            MOD-010 refused stated_activity.csv:6:events
              `1.5` has more than 0 decimal places
              Write a whole number without separators or signs of units.
            MOD-009 refused stated_activity.csv:6:stated_by
              `stated_by` is blank
              Fill the cell, or take the row out.
        "#]],
    );
}
