//! Faults of joins, and of dates that are brought into the year.

use expect_test::expect;

use crate::support::check;

/// A mapping with joins of every kind of fault.
const JOINS: &str = r#"
            files = ["theatres.csv"]

            [columns]
            start = "START"
            code = "{item.CATEGORY}/{ITEM}"
            specialty = "doctor.SPECIALTY"

            [[join]]
            name = "item"
            files = ["items.csv"]
            key = "ITEM"

            [[join]]
            name = "doctor"
            files = ["doctors.csv"]
            key = "CODE"
            to = "{team.DOCTOR}"

            [[join]]
            name = "team"
            files = ["/teams.csv"]
            key = "TEAM"
            first_by = "FROM"
            where = { OPEN = ["Y"] }

            [[join]]
            name = "item"
            files = ["more items.csv"]
            key = "{ITEM"

            [[join]]
            name = "a.b"
            files = ["ab.csv"]
            key = "A"

            [[join]]
            name = ""
            "#;

#[test]
fn joins() {
    check(
        &[("intake/theatres.toml", JOINS)],
        &expect![[r#"
            MOD-098 refused intake/theatres.toml:9:join
              `a.b` cannot name columns
              Give each join a name of its own, of letters, digits and underscores.
            MOD-098 refused intake/theatres.toml:9:join
              `item` is the name of two joins
              Give each join a name of its own, of letters, digits and underscores.
            MOD-099 refused intake/theatres.toml:9:join
              no column begins with `a.b.`, so the join gives nothing
              Use a column of it in [columns], `where` or a join behind it, or take it out.
            MOD-110 refused intake/theatres.toml:9:join
              the join `doctor` needs `team.DOCTOR`, which is not there yet
              Put the join that it needs before it.
            MOD-094 refused intake/theatres.toml:22:files
              `/teams.csv` is not a path below the folder that is read
              Write names with / between folders, without `..`, drive or leading slash.
            MOD-092 refused intake/theatres.toml:30:key
              `{ITEM` has an unclosed or empty pair of braces
              Write each column of the file between { and }.
            MOD-030 refused intake/theatres.toml:37:files
              the mapping names no `files`
              Name the file, or a pattern of files, below the folder that is read.
            MOD-030 refused intake/theatres.toml:37:key
              there is no `key`
              Add the key `key`.
            MOD-032 refused intake/theatres.toml:38:name
              `name` is blank
              Fill it.
        "#]],
    );
}

#[test]
fn shifted_dates() {
    let events = |name: &str| {
        format!(
            "files = [\"theatres.csv\"]\n[columns]\nstart = \"START\"\npatient_local = \"ID\"\n\
             [rebase]\nevents = \"{name}\"\nreach_days = 30\n"
        )
    };
    check(
        &[("intake/theatres.toml", &events("episodes"))],
        &expect![[r#"
            MOD-112 refused intake/theatres.toml:5:rebase
              this mapping and that of `episodes` must both fill `patient_local`
              Add `patient_local` to [columns] of both, with the same identifier.
            MOD-114 refused intake/theatres.toml:5:rebase
              the mapping of `episodes` does not move its dates in the same way
              Write the same [rebase] in the mapping of `episodes`.
        "#]],
    );
    check(
        &[("intake/theatres.toml", &events("theatres"))],
        &expect![[r#"
        MOD-111 refused intake/theatres.toml:5:rebase
          `theatres` is no feed with role master that has a mapping
          Name the feed whose events each patient's dates are to be moved by.
    "#]],
    );
}

#[test]
fn shifts_that_cannot_be() {
    check(
        &[(
            "intake/episodes.toml",
            r#"
            files = ["episodes.csv"]

            [columns]
            event = "EPISODE"
            start = "START"
            birth_date = "BORN"

            [rebase]
            events = "episodes"
            reach_days = 1000
            "#,
        )],
        &expect![[r#"
            MOD-112 refused intake/episodes.toml:9:rebase
              this mapping and that of `episodes` must both fill `patient_local`
              Add `patient_local` to [columns] of both, with the same identifier.
            MOD-113 refused intake/episodes.toml:9:rebase
              a birth date would have to move with every row of the patient, each by its own weeks
              Fill `age` instead of `birth_date`.
            MOD-032 refused intake/episodes.toml:11:reach_days
              1000 days are not between 0 and 366
              Write a number of days, such as 30.
        "#]],
    );
    check(
        &[(
            "intake/theatres.toml",
            "files = [\"theatres.csv\"]\n[columns]\nstart = \"START\"\n[rebase]\nreach = \"30d\"\n",
        )],
        &expect![[r#"
            MOD-030 refused intake/theatres.toml:4:events
              there is no `events`
              Add the key `events`.
            MOD-030 refused intake/theatres.toml:4:reach_days
              there is no `reach_days`
              Add the key `reach_days`.
            MOD-111 refused intake/theatres.toml:4:rebase
              `` is no feed with role master that has a mapping
              Name the feed whose events each patient's dates are to be moved by.
            MOD-112 refused intake/theatres.toml:4:rebase
              this mapping and that of `` must both fill `patient_local`
              Add `patient_local` to [columns] of both, with the same identifier.
            MOD-031 refused intake/theatres.toml:5:reach
              `reach` is not a key that can stand here
              Correct the spelling, or take the key out.
        "#]],
    );
}
