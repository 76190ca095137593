//! Faults of `model.toml` and `settings.csv`.

use expect_test::expect;

use crate::support::{GONE, check};

#[test]
fn no_model_toml() {
    check(
        &[("model.toml", GONE)],
        &expect![[r#"
            MOD-001 refused model.toml:0:
              the model has no model.toml
              Add model.toml with format, name, title, organisation and its years.
        "#]],
    );
}

#[test]
fn toml_that_breaks_the_rules_of_toml() {
    check(
        &[("model.toml", "format = 1\nname = base\ntitle = \"A\ntrust\"\n")],
        &expect![[r#"
            MOD-003 refused model.toml:2:
              string values must be quoted, expected literal string
              Correct the line: text stands between quotation marks, lists between brackets.
            MOD-003 refused model.toml:3:
              invalid basic string, expected `"`
              Correct the line: text stands between quotation marks, lists between brackets.
            MOD-003 refused model.toml:4:
              invalid unquoted key, expected letters, numbers, `-`, `_`
              Correct the line: text stands between quotation marks, lists between brackets.
            MOD-003 refused model.toml:4:
              key with no value, expected `=`
              Correct the line: text stands between quotation marks, lists between brackets.
        "#]],
    );
}

#[test]
fn keys_missing_and_unknown() {
    check(
        &[("model.toml", "format = 1\nname = \"\"\norganization = \"X-RAA\"\n")],
        &expect![[r#"
            MOD-030 refused model.toml:0:organisation
              there is no `organisation`
              Add the key `organisation`.
            MOD-030 refused model.toml:0:title
              there is no `title`
              Add the key `title`.
            MOD-035 refused model.toml:0:year
              the model lists no financial year
              Add a [[year]] with year, last_period and extract_date.
            MOD-032 refused model.toml:2:name
              `name` is blank
              Fill it.
            MOD-031 refused model.toml:3:organization
              `organization` is not a key that can stand here
              Correct the spelling, or take the key out.
        "#]],
    );
}

#[test]
fn values_of_the_wrong_kind() {
    check(
        &[(
            "model.toml",
            r#"
            format = 2
            name = 7
            title = "T"
            organisation = "X-RAA"
            test_identities = ["9*9", "*"]

            [[year]]
            year = "2025-27"
            last_period = 12
            extract_date = 2026-04-20

            [[year]]
            year = "2026-27"
            last_period = 13
            extract_date = "2027-04-20"

            [[year]]
            year = "2027-28"
            last_period = 12
            extract_date = 2027-03-31
            "#,
        )],
        &expect![[r#"
            MOD-033 refused model.toml:2:format
              this version reads models of format 1, not 2
              Use a version of Concord that knows this format, or rewrite the model for format 1.
            MOD-032 refused model.toml:3:name
              `name` is not text between quotation marks
              Write text between quotation marks.
            MOD-032 refused model.toml:6:test_identities
              a pattern of test identities is blank, fits everybody or has a star inside
              Write exact identities, or prefixes followed by one star.
            MOD-032 refused model.toml:9:year
              `2025-27` is not a financial year such as 2025-26
              Write it so.
            MOD-032 refused model.toml:15:last_period
              `last_period` is not a period from 1 to 12
              April is 1, March is 12.
            MOD-032 refused model.toml:16:extract_date
              `extract_date` is not a day such as 2026-04-20, without quotation marks
              Write a day such as 2026-04-20, without quotation marks.
            MOD-032 refused model.toml:21:extract_date
              `extract_date` lies before the year begins
              Write the day of the extract.
        "#]],
    );
}

#[test]
fn a_year_twice() {
    let year = "+ [[year]]\n+ year = \"2025-26\"\n+ last_period = 1\n+ extract_date = 2026-05-20";
    check(
        &[("model.toml", year)],
        &expect![[r#"
            MOD-034 refused model.toml:11:year
              2025-26 is listed twice
              Take one of the two out.
        "#]],
    );
}

#[test]
fn text_that_is_not_utf_8() {
    use crate::support::{base, show};
    let mut files = base();
    files.insert("model.toml".to_owned(), b"title = \"caf\xe9\"".to_vec());
    files.insert("capacity.csv".to_owned(), b"\xff\xfel\0o\0".to_vec());
    expect![[r#"
        MOD-002 refused capacity.csv:0:
          the file is not UTF-8 text
          Save it again as `CSV UTF-8`, or as UTF-8 text.
        MOD-002 refused model.toml:0:
          the file is not UTF-8 text
          Save it again as `CSV UTF-8`, or as UTF-8 text.
    "#]]
    .assert_eq(&show(&rules::Model::parse(files)));
}

#[test]
fn settings() {
    check(
        &[(
            "settings.csv",
            "- staff_pool_minimum\n\
             - ward_net\n+ ward_net_of_theatre,maybe,yes/no,2025-04-01,,local,\n\
             - ragged\n+ ragged_rows_refusal,10,percent,2025-04-01,,local,\n\
             - resubmission\n+ resubmission_fewer_rows,200,percent,2025-04-01,,local,\n\
             - quarantine_refusal_rows\n+ quarantine_refusal_rows,0.5,percent,2025-04-01,,local,\n\
             + smal_number,8,people,2025-04-01,,local,",
        )],
        &expect![[r#"
            MOD-041 refused settings.csv:0:setting
              there is no setting `staff_pool_minimum`
              Add the row `staff_pool_minimum` with its value in people.
            MOD-012 refused settings.csv:2:value
              `maybe` is not one of the words for `value`
              Write one of: no, yes.
            MOD-043 refused settings.csv:4:value
              a file would be refused with fewer quarantined rows than need acceptance
              Let the percentage for refusal be at least that for acceptance.
            MOD-042 refused settings.csv:6:unit
              the unit of this setting is `rows`, not `percent`
              Correct the unit, and check the value.
            MOD-011 refused settings.csv:7:value
              a percentage of a file cannot be above 100
              Correct the cell.
            MOD-040 refused settings.csv:10:setting
              `smal_number` is not a setting
              Correct the spelling; the settings are: staff_pool_minimum, ward_net_of_theatre, quarantine_acceptance_rows, quarantine_refusal_rows, quarantine_acceptance_cost, ragged_rows_refusal, resubmission_fewer_rows, zero_cost_events_acceptance, small_number.
        "#]],
    );
}
