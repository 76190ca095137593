//! Faults that any CSV file can have: files, headers, cells, years, keys, sources, references.

use expect_test::expect;

use crate::support::{GONE, check};

#[test]
fn a_file_that_every_model_needs() {
    check(
        &[("drivers.csv", GONE)],
        &expect![[r#"
            MOD-001 refused drivers.csv:0:
              the model has no drivers.csv
              Add drivers.csv; a header row alone is enough if nothing applies.
        "#]],
    );
}

#[test]
fn files_that_a_model_can_do_without() {
    check(
        &[
            ("reference_costs.csv", GONE),
            ("decisions.csv", GONE),
            ("capacity.csv", GONE),
            ("stated_activity.csv", GONE),
            ("session_kinds.csv", GONE),
            ("reference_codes.csv", GONE),
        ],
        &expect![[r#"
            sound
        "#]],
    );
}

#[test]
fn a_file_that_is_not_part_of_a_model() {
    check(
        &[("driver.csv", "driver,name,unit\n")],
        &expect![[r#"
            MOD-206 note driver.csv:0:
              driver.csv is not a file of a model and was not read
              Correct its name if it was meant to hold rules.
        "#]],
    );
}

#[test]
fn a_fault_names_its_line_whatever_ends_lines_and_whatever_is_blank() {
    // The row without a source stands on line 5: behind the header, a row, and two blank lines.
    check(
        &[(
            "drivers.csv",
            "driver,name,unit,effective_from,effective_to,source,note\r\n\
             X-AREA,Floor area,square metres,2025-04-01,,local,\r\n\
             \r\n\
             ,,,,,,\r\n\
             X-OTHER,Other,square metres,2025-04-01,,,\r\n",
        )],
        &expect![[r#"
            MOD-019 refused drivers.csv:5:source
              the row has no source
              Name the key of a row in sources.csv; a local decision is a source too.
        "#]],
    );
}

#[test]
fn traces_of_a_spreadsheet_are_accepted() {
    // A byte order mark, carriage returns, quoted cells, an unused column, blank rows, blanks
    // around a cell and a row that ends early all leave the rules as they are.
    check(
        &[(
            "drivers.csv",
            "\u{feff}driver,\"name\",unit,effective_from,effective_to,source,note,,\r\n\
             X-AREA, Floor area ,square metres,2025-04-01,,local\r\n\
             ,,,,,,,,\r\n",
        )],
        &expect![[r#"
            sound
        "#]],
    );
}

#[test]
fn headers() {
    check(
        &[(
            "capacity.csv",
            "location,location,bed,effective_from,effective_to,source,note\nW1,W1,1,,,,\n",
        )],
        &expect![[r#"
            MOD-005 refused capacity.csv:1:bed
              `bed` is not a column of capacity.csv
              Correct the header or take the column out; it has: location, beds, effective_from, effective_to, source, note.
            MOD-004 refused capacity.csv:1:beds
              the header has no column `beds`
              Add the column `beds`.
            MOD-006 refused capacity.csv:1:location
              the header names `location` twice
              Take one of the two columns out.
        "#]],
    );
}

#[test]
fn an_empty_file_has_no_header() {
    check(
        &[("capacity.csv", "\n")],
        &expect![[r#"
            MOD-004 refused capacity.csv:1:beds
              the header has no column `beds`
              Add the column `beds`.
            MOD-004 refused capacity.csv:1:effective_from
              the header has no column `effective_from`
              Add the column `effective_from`.
            MOD-004 refused capacity.csv:1:effective_to
              the header has no column `effective_to`
              Add the column `effective_to`.
            MOD-004 refused capacity.csv:1:location
              the header has no column `location`
              Add the column `location`.
            MOD-004 refused capacity.csv:1:note
              the header has no column `note`
              Add the column `note`.
            MOD-004 refused capacity.csv:1:source
              the header has no column `source`
              Add the column `source`.
        "#]],
    );
}

#[test]
fn a_comma_too_many() {
    check(
        &[("capacity.csv", "+ W2,28,2025-04-01,,local,opened, then closed")],
        &expect![[r#"
            MOD-007 refused capacity.csv:3:
              cell 7 of the row stands under no column
              Put text that holds a comma between quotation marks, or take the cell out.
        "#]],
    );
}

#[test]
fn a_quotation_mark_that_is_never_closed() {
    // The whole second row disappears into the note of the first.
    check(
        &[(
            "capacity.csv",
            "+ W2,28,2025-04-01,,local,\"opened in May\n+ W3,20,2025-04-01,,local,",
        )],
        &expect![[r#"
            MOD-008 refused capacity.csv:3:
              a cell runs over several lines
              Close the quotation mark, or write the cell on one line.
        "#]],
    );
}

#[test]
fn cells_of_the_wrong_kind() {
    check(
        &[
            (
                "capacity.csv",
                "- W1\n+ W1,28.125,2025-04-01,,local,\n+ W2,2O,2025-04-01,,local,\n+ W3,-1,2025-04-01,,local,\n+ ,1,2025-04-01,,local,\n+ W4,99999999999999999999,2025-04-01,,local,",
            ),
            ("support_groups.csv", "- X-SITE\n+ X-SITE,Site services,Yes,2025-04-01,,local,"),
            ("income.csv", "+ 20,*A,*,patient_income,2025-04-01,,local,"),
            (
                "decisions.csv",
                "- D1\n+ D1,Theatre time,Staffed minutes,,yes,Head of costing,01/03/2025,,2025-04-01,,local,",
            ),
            (
                "reference_codes.csv",
                "+ hrg,X1,Leading zero lost,3,2025-04-01,2024-04-01,2025-04-01,,local,",
            ),
        ],
        &expect![[r#"
            MOD-010 refused capacity.csv:2:beds
              `28.125` has more than 2 decimal places
              Write a plain number such as 12.5, with at most 2 decimals.
            MOD-010 refused capacity.csv:3:beds
              `2O` is not a plain decimal number
              Write a plain number such as 12.5, with at most 2 decimals.
            MOD-011 refused capacity.csv:4:beds
              `-1` is negative
              Correct the cell.
            MOD-009 refused capacity.csv:5:location
              `location` is blank
              Fill the cell, or take the row out.
            MOD-010 refused capacity.csv:6:beds
              `99999999999999999999` is too large
              Write a plain number such as 12.5, with at most 2 decimals.
            MOD-013 refused decisions.csv:2:decided_on
              `01/03/2025` is not a day such as 2025-04-01
              Write year-month-day; a spreadsheet may have changed how the date is written.
            MOD-014 refused income.csv:3:cost_centre
              `*A` has a star that does not stand at its end
              Write an exact code, or a prefix followed by one star.
            MOD-011 refused reference_codes.csv:3:length
              `X1` does not have 3 characters
              Correct the cell.
            MOD-011 refused reference_codes.csv:3:valid_to
              the code ends before it begins to be valid
              Correct the cell.
            MOD-012 refused support_groups.csv:2:capital
              `Yes` is not one of the words for `capital`
              Write one of: no, yes.
        "#]],
    );
}

#[test]
fn words_of_a_column() {
    check(
        &[("cost_objects.csv", "- X-RESEARCH\n+ X-RESEARCH,Research,research,2025-04-01,,local,")],
        &expect![[r#"
            MOD-012 refused cost_objects.csv:2:kind
              `research` is not one of the words for `kind`
              Write one of: RESEARCH, TEACHING, SERVICES_SOLD, DIRECT_ACCESS, OTHER.
        "#]],
    );
}

#[test]
fn codes_by_what_they_become_part_of() {
    // A list, a pattern, a selector, a file name and a subtotal.
    check(
        &[
            ("activities.csv", "+ X;Y,Other,,number,2025-04-01,,local,"),
            ("drivers.csv", "+ X*,Heads,people,2025-04-01,,local,"),
            ("statement_groups.csv", "+ X/Y,Other,2025-04-01,,local,"),
            ("feeds.csv", "+ ../x,Other,budget,,no,no,,no,no,2025-04-01,,local,"),
            ("statement.csv", "+ 50,net-cost,Net,income,difference,2025-04-01,,local,"),
        ],
        &expect![[r#"
            MOD-015 refused activities.csv:4:activity
              `X;Y` cannot be a code
              Choose at most 80 characters without ; *.
            MOD-015 refused drivers.csv:3:driver
              `X*` cannot be a code
              Choose at most 80 characters without ; *.
            MOD-015 refused feeds.csv:7:feed
              `../x` cannot be a code
              Choose at most 80 characters without ; * / \ : . ".
            MOD-015 refused statement.csv:6:row
              `net-cost` cannot be a code
              Choose at most 80 characters without ; * + -.
            MOD-015 refused statement_groups.csv:3:statement_group
              `X/Y` cannot be a code
              Choose at most 80 characters without ; * /.
        "#]],
    );
}

#[test]
fn a_resource_may_have_any_other_character() {
    check(
        &[
            (
                "resources.csv",
                "+ X/Lenses & more,Lenses,,SHARE,X-THEATRES,no,,,,,,2025-04-01,,local,",
            ),
            ("weight_sets.csv", "+ X-LENSES,X-FITTING,COUNT,no,,,,,RELATIVE,2025-04-01,,local,"),
            ("shares.csv", "+ X/Lenses & more,X-FITTING,X-LENSES,1,2025-04-01,,local,"),
        ],
        &expect![[r#"
            sound
        "#]],
    );
}

#[test]
fn codes_that_costing_keeps() {
    check(
        &[
            ("drivers.csv", "+ EXPENDITURE,Spend,pounds,2025-04-01,,local,"),
            ("support_groups.csv", "+ DIRECT,Own cost,no,2025-04-01,,local,"),
        ],
        &expect![[r#"
            MOD-016 refused drivers.csv:3:driver
              `EXPENDITURE` has a fixed meaning in costing
              Choose another code.
            MOD-016 refused support_groups.csv:3:support_group
              `DIRECT` has a fixed meaning in costing
              Choose another code.
        "#]],
    );
}

#[test]
fn rows_are_in_force_for_whole_years() {
    check(
        &[(
            "capacity.csv",
            "+ W2,1,2025-07-01,,local,\n\
             + W3,1,2025-04-01,2025-12-31,local,\n\
             + W4,1,2025-04-01,2025-03-31,local,\n\
             + W5,1,,,local,\n\
             + W6,1,01/04/2025,,local,",
        )],
        &expect![[r#"
            MOD-017 refused capacity.csv:3:effective_from
              2025-07-01 is not 1 April of a year
              A row is effective from 1 April to 31 March; leave the end blank while it is in force.
            MOD-017 refused capacity.csv:4:effective_to
              2025-12-31 is not 31 March of a year
              A row is effective from 1 April to 31 March; leave the end blank while it is in force.
            MOD-017 refused capacity.csv:5:effective_to
              2025-03-31 lies before 2025-04-01
              A row is effective from 1 April to 31 March; leave the end blank while it is in force.
            MOD-009 refused capacity.csv:6:effective_from
              `effective_from` is blank
              Fill the cell, or take the row out.
            MOD-013 refused capacity.csv:7:effective_from
              `01/04/2025` is not a day such as 2025-04-01
              Write year-month-day; a spreadsheet may have changed how the date is written.
        "#]],
    );
}

#[test]
fn one_key_in_force_twice() {
    check(
        &[("matching.csv", "+ theatres,020,event,,,,,,weak,2024-04-01,2026-03-31,local,")],
        &expect![[r#"
            MOD-018 refused matching.csv:4:
              line 3 has the same key `theatres`, `20` in the same year
              Take one of the rows out, or end the older one on the 31 March before.
        "#]],
    );
}

#[test]
fn one_key_in_years_that_do_not_meet() {
    check(
        &[("capacity.csv", "+ W1,30,2020-04-01,2025-03-31,local,")],
        &expect![[r#"
            sound
        "#]],
    );
}

#[test]
fn sources() {
    check(
        &[("capacity.csv", "+ W2,1,2025-04-01,,,\n+ W3,1,2025-04-01,,hearsay,")],
        &expect![[r#"
            MOD-019 refused capacity.csv:3:source
              the row has no source
              Name the key of a row in sources.csv; a local decision is a source too.
            MOD-020 refused capacity.csv:4:source
              source `hearsay` is not in sources.csv
              Add it to sources.csv for the same years, or correct the spelling.
        "#]],
    );
}

#[test]
fn a_fault_of_one_year_names_it() {
    // The source ends with 2025-26, and the row does not.
    let header = "format = 1\nname = \"base\"\ntitle = \"T\"\norganisation = \"X-RAA\"\n\
                  [[year]]\nyear = \"2025-26\"\nlast_period = 12\nextract_date = 2026-04-20\n\
                  [[year]]\nyear = \"2026-27\"\nlast_period = 1\nextract_date = 2026-05-20\n";
    check(
        &[
            ("model.toml", header),
            ("sources.csv", "+ old,An old survey,,,,2020-04-01,2026-03-31,,"),
            ("capacity.csv", "+ W2,1,2020-04-01,,old,"),
        ],
        &expect![[r#"
            MOD-020 refused capacity.csv:3:source
              source `old` is not in sources.csv (in 2026-27)
              Add it to sources.csv for the same years, or correct the spelling.
        "#]],
    );
}

#[test]
fn names_on_the_way_of_money_must_be_defined() {
    check(
        &[
            ("mapping.csv", "+ 50,X1,*,X-NONE,100,2025-04-01,,local,"),
            (
                "cost_lines.csv",
                "+ X-A,A,T1,X-NONE,X-NONE,,,,overhead,fixed,no,CAPITAL,,,,,recurrent,,2025-04-01,,local,\n\
                 + X-B,B,PF,,,X-NONE,,,direct,fixed,no,DRUGS,,,,,recurrent,,2025-04-01,,local,\n\
                 + X-C,C,OTHER,,,,X-NONE,,direct,fixed,no,DRUGS,,,,,recurrent,,2025-04-01,,local,",
            ),
            ("statistics.csv", "+ X-NONE,X-NONE,1,2025-04-01,,local,"),
            ("resources.csv", "+ X-OTHER,Other,,SHARE,X-NONE,no,,,X-NONE,,,2025-04-01,,local,"),
            ("shares.csv", "+ X-OTHER,X-NONE,X-NONE,1,2025-04-01,,local,"),
            ("specialties.csv", "+ 300,General medicine,X-NONE,2025-04-01,,local,"),
        ],
        &expect![[r#"
            MOD-021 refused cost_lines.csv:8:driver
              `X-NONE` is not in drivers.csv
              Add it to drivers.csv for the same years, or correct the spelling.
            MOD-021 refused cost_lines.csv:8:support_group
              `X-NONE` is not in support_groups.csv
              Add it to support_groups.csv for the same years, or correct the spelling.
            MOD-021 refused cost_lines.csv:9:resource
              `X-NONE` is not in resources.csv
              Add it to resources.csv for the same years, or correct the spelling.
            MOD-021 refused cost_lines.csv:10:cost_object
              `X-NONE` is not in cost_objects.csv
              Add it to cost_objects.csv for the same years, or correct the spelling.
            MOD-021 refused mapping.csv:7:cost_line
              `X-NONE` is not in cost_lines.csv
              Add it to cost_lines.csv for the same years, or correct the spelling.
            MOD-021 refused resources.csv:4:specialty
              `X-NONE` is not in specialties.csv
              Add it to specialties.csv for the same years, or correct the spelling.
            MOD-021 refused resources.csv:4:statement_group
              `X-NONE` is not in statement_groups.csv
              Add it to statement_groups.csv for the same years, or correct the spelling.
            MOD-021 refused shares.csv:4:activity
              `X-NONE` is not in activities.csv
              Add it to activities.csv for the same years, or correct the spelling.
            MOD-021 refused shares.csv:4:weight_set
              `X-NONE` is not in weight_sets.csv
              Add it to weight_sets.csv for the same years, or correct the spelling.
            MOD-021 refused specialties.csv:3:service_line
              `X-NONE` is not in service_lines.csv
              Add it to service_lines.csv for the same years, or correct the spelling.
            MOD-021 refused statistics.csv:4:cost_line
              `X-NONE` is not in cost_lines.csv
              Add it to cost_lines.csv for the same years, or correct the spelling.
            MOD-021 refused statistics.csv:4:driver
              `X-NONE` is not in drivers.csv
              Add it to drivers.csv for the same years, or correct the spelling.
        "#]],
    );
}

#[test]
fn names_on_the_way_of_activity_must_be_defined() {
    check(
        &[
            ("activity_rules.csv", "+ none,*,*,*,*,*,X-NONE,2025-04-01,,local,"),
            (
                "weight_sets.csv",
                "+ X-SET,X-NONE,COUNT,no,X-NONE,code,1,,RELATIVE,2025-04-01,,local,",
            ),
            ("shares.csv", "+ X-NONE,X-OPERATION,X-STAFFED-TIME,1,2025-04-01,,local,"),
            (
                "session_kinds.csv",
                "+ evening,Evening,X-OPERATION; X-NONE,X-NONE,SPREAD,2025-04-01,,local,",
            ),
            (
                "feeds.csv",
                "- episodes\n+ episodes,Episodes,master,NONE,no,yes,VISIBLE,yes,no,2025-04-01,,local,\n\
                 - theatre_totals\n+ theatre_totals,Totals,aggregate,none,no,no,,no,no,2025-04-01,,local,",
            ),
            ("matching.csv", "+ none,10,event,NONE,,,,,weak,2025-04-01,,local,"),
        ],
        &expect![[r#"
            MOD-021 refused activity_rules.csv:5:activity
              `X-NONE` is not in activities.csv
              Add it to activities.csv for the same years, or correct the spelling.
            MOD-021 refused activity_rules.csv:5:feed
              `none` is not in feeds.csv
              Add it to feeds.csv for the same years, or correct the spelling.
            MOD-021 refused feeds.csv:2:event_type
              `NONE` is not in event_types.csv
              Add it to event_types.csv for the same years, or correct the spelling.
            MOD-021 refused feeds.csv:4:event_type
              `none` is not in feeds.csv
              Add it to feeds.csv for the same years, or correct the spelling.
            MOD-021 refused matching.csv:4:event_type
              `NONE` is not in event_types.csv
              Add it to event_types.csv for the same years, or correct the spelling.
            MOD-021 refused matching.csv:4:feed
              `none` is not in feeds.csv
              Add it to feeds.csv for the same years, or correct the spelling.
            MOD-021 refused session_kinds.csv:3:unused_to
              `X-NONE` is not in activities.csv
              Add it to activities.csv for the same years, or correct the spelling.
            MOD-021 refused session_kinds.csv:3:used_by
              `X-NONE` is not in activities.csv
              Add it to activities.csv for the same years, or correct the spelling.
            MOD-021 refused shares.csv:4:resource
              `X-NONE` is not in resources.csv
              Add it to resources.csv for the same years, or correct the spelling.
            MOD-021 refused weight_sets.csv:4:activity
              `X-NONE` is not in activities.csv
              Add it to activities.csv for the same years, or correct the spelling.
            MOD-021 refused weight_sets.csv:4:rwv_table
              `X-NONE` is not in rwv.csv
              Add it to rwv.csv for the same years, or correct the spelling.
        "#]],
    );
}
