//! Faults of intake mappings.

use expect_test::expect;

use crate::support::check;

#[test]
fn an_empty_mapping() {
    check(
        &[("intake/theatres.toml", "\n")],
        &expect![[r#"
            MOD-030 refused intake/theatres.toml:0:columns
              the mapping has no [columns]
              Add [columns] with our name of each column and the file's own.
            MOD-030 refused intake/theatres.toml:0:files
              the mapping names no `files`
              Name the file, or a pattern of files, below the folder that is read.
            MOD-091 refused intake/theatres.toml:0:start
              feeds with role auxiliary need the column `start`
              Add `start` to [columns].
        "#]],
    );
}

#[test]
fn values_that_cannot_be() {
    check(
        &[(
            "intake/theatres.toml",
            r#"
            files = ["../theatres.csv", "C:\\theatres.csv", "/theatres.csv", ""]
            format = "xls"
            encoding = "latin-1"
            delimiter = "||"
            date_format = ["%d/%m", "%Y-%m-%d", "dd/mm/yyyy", "%Q"]
            excel_dates = "yes"
            money = ["dollars"]
            sentinels = ["01/01/1900"]
            resubmission = "newest"
            colums = 1

            [columns]
            start = "START"
            "#,
        )],
        &expect![[r#"
            MOD-094 refused intake/theatres.toml:2:files
              `../theatres.csv` is not a path below the folder that is read
              Write names with / between folders, without `..`, drive or leading slash.
            MOD-094 refused intake/theatres.toml:2:files
              `/theatres.csv` is not a path below the folder that is read
              Write names with / between folders, without `..`, drive or leading slash.
            MOD-094 refused intake/theatres.toml:2:files
              `C:\theatres.csv` is not a path below the folder that is read
              Write names with / between folders, without `..`, drive or leading slash.
            MOD-094 refused intake/theatres.toml:2:files
              a file pattern is blank
              Write names with / between folders, without `..`, drive or leading slash.
            MOD-032 refused intake/theatres.toml:3:format
              `xls` is not one of the words for `format`
              Write one of: csv, xlsx, parquet.
            MOD-032 refused intake/theatres.toml:4:encoding
              `latin-1` is not one of the words for `encoding`
              Write one of: utf-8, windows-1252.
            MOD-032 refused intake/theatres.toml:5:delimiter
              `||` is not a single plain character
              Write one such as , ; | or a tab.
            MOD-093 refused intake/theatres.toml:6:date_format
              `%Q` does not give year, month and day
              Write it with %Y, %m, %d and, where there is a time, %H, %M and %S.
            MOD-093 refused intake/theatres.toml:6:date_format
              `%d/%m` does not give year, month and day
              Write it with %Y, %m, %d and, where there is a time, %H, %M and %S.
            MOD-093 refused intake/theatres.toml:6:date_format
              `dd/mm/yyyy` does not give year, month and day
              Write it with %Y, %m, %d and, where there is a time, %H, %M and %S.
            MOD-032 refused intake/theatres.toml:7:excel_dates
              `excel_dates` is not true or false
              Write true or false.
            MOD-032 refused intake/theatres.toml:8:money
              `dollars` is not a repair of amounts
              Choose among: commas, pound_sign, brackets, crdr, trailing_minus, fractions.
            MOD-032 refused intake/theatres.toml:9:sentinels
              `01/01/1900` is not a day such as 1900-01-01
              Write year-month-day, however the file writes its dates.
            MOD-032 refused intake/theatres.toml:10:resubmission
              `newest` is not one of the words for `resubmission`
              Write one of: refuse, latest.
            MOD-031 refused intake/theatres.toml:11:colums
              `colums` is not a key that can stand here
              Correct the spelling, or take the key out.
        "#]],
    );
}

#[test]
fn columns_by_role() {
    check(
        &[(
            "intake/ledger.toml",
            "files = [\"ledger.csv\"]\n[columns]\ncost_center = \"CC\"\naccount = \"ACCOUNT\"\nperiod = \"=1\"\namount = \"AMOUNT\"\n",
        )],
        &expect![[r#"
            MOD-091 refused intake/ledger.toml:2:cost_centre
              feeds with role ledger need the column `cost_centre`
              Add `cost_centre` to [columns].
            MOD-090 refused intake/ledger.toml:3:cost_center
              feeds with role ledger have no column `cost_center`
              Choose among: cost_centre, cost_centre_name, account, account_name, year, period, journal, amount.
        "#]],
    );
}

#[test]
fn a_type_for_every_event() {
    check(
        &[(
            "feeds.csv",
            "- episodes\n+ episodes,Episodes,master,,no,yes,VISIBLE,yes,no,2025-04-01,,local,",
        )],
        &expect![[r#"
            MOD-091 refused intake/episodes.toml:3:event_type
              neither feeds.csv nor the mapping says of which type the events are
              Fill `event_type` in feeds.csv, or add it to [columns].
        "#]],
    );
}

#[test]
fn templates() {
    check(
        &[(
            "intake/theatres.toml",
            r#"
            files = ["theatres.csv"]

            [columns]
            start = "START"
            event = "APC:{SPELL/{EPISODE}"
            row = "{}"
            code = "A}B"
            "#,
        )],
        &expect![[r#"
            MOD-092 refused intake/theatres.toml:6:event
              `APC:{SPELL/{EPISODE}` has an unclosed or empty pair of braces
              Write each column of the file between { and }.
            MOD-092 refused intake/theatres.toml:7:row
              `{}` has an unclosed or empty pair of braces
              Write each column of the file between { and }.
            MOD-092 refused intake/theatres.toml:8:code
              `A}B` has an unclosed or empty pair of braces
              Write each column of the file between { and }.
        "#]],
    );
}

#[test]
fn columns_dropped_and_lookups_unused() {
    check(
        &[(
            "intake/theatres.toml",
            r#"
            files = ["theatres.csv"]
            drop = ["NHS NUMBER", "START", "SURGEON"]

            [columns]
            start = "START"
            event = "APC:{NHS NUMBER}"

            [lookup.code]
            "A" = "B"
            "#,
        )],
        &expect![[r#"
            MOD-095 refused intake/theatres.toml:3:drop
              `NHS NUMBER` is dropped, but the mapping reads it
              Take it out of `drop`, or do not read it.
            MOD-095 refused intake/theatres.toml:3:drop
              `START` is dropped, but the mapping reads it
              Take it out of `drop`, or do not read it.
            MOD-096 refused intake/theatres.toml:9:lookup
              there is a lookup for `code`, which the mapping does not fill
              Fill the column, or take the lookup out.
        "#]],
    );
}

#[test]
fn keys_of_other_roles() {
    check(
        &[(
            "intake/theatres.toml",
            r#"
            files = ["theatres.csv"]
            adjustments = true
            orders_of = "none"

            [columns]
            start = "START"

            [grouper]
            files = ["grouper.csv"]
            key = "{PROVSPNO}"
            value = "FCE_HRG"

            [merges]
            key = "OLD"
            value = "NEW"
            "#,
        )],
        &expect![[r#"
            MOD-097 refused intake/theatres.toml:3:adjustments
              `adjustments` means nothing for feeds with role auxiliary
              Take it out, or correct the role in feeds.csv.
            MOD-021 refused intake/theatres.toml:4:orders_of
              `none` is not in feeds.csv
              Add the feed for the same years, or correct the spelling.
            MOD-097 refused intake/theatres.toml:9:grouper
              `grouper` means nothing for feeds with role auxiliary
              Take it out, or correct the role in feeds.csv.
            MOD-030 refused intake/theatres.toml:14:files
              the mapping names no `files`
              Name the file, or a pattern of files, below the folder that is read.
            MOD-097 refused intake/theatres.toml:14:merges
              `merges` means nothing for feeds with role auxiliary
              Take it out, or correct the role in feeds.csv.
        "#]],
    );
}
