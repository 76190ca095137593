//! Accepts findings and publishes runs.

use expect_test::{Expect, expect};

use super::{Miniature, miniature};

const AT: &str = "2026-05-01T09:00:00Z";

#[track_caller]
fn check_accept(made: &Miniature, finding: &str, by: &str, reason: &str, expected: &Expect) {
    let shown = match made.open().accept(finding, by, reason, AT) {
        Ok(it) => format!("{} accepted by {}: {} rows, {}", it.finding, it.by, it.rows, it.money),
        Err(error) => error.to_string(),
    };
    expected.assert_eq(&shown);
}

#[track_caller]
fn check_publish(made: &Miniature, by: [&str; 2], expected: &Expect) {
    let shown = match made.open().publish(by, AT) {
        Ok(it) => format!("published by {}", it.by.join(" and ")),
        Err(error) => error.to_string(),
    };
    expected.assert_eq(&shown);
}

#[test]
fn only_what_needs_acceptance_is_accepted_and_once() {
    let made = miniature();
    check_accept(
        &made,
        "F9-12345678",
        "A. Shah",
        "seen",
        &expect!["this run has no finding F9-12345678; these wait for acceptance: REC-1-0000bbbb"],
    );
    check_accept(
        &made,
        "F1-0000aaaa",
        "A. Shah",
        "seen",
        &expect![[
            r#"finding F1-0000aaaa is a note and needs no acceptance; these wait for acceptance: REC-1-0000bbbb"#
        ]],
    );
    check_accept(
        &made,
        "REC-1-0000bbbb",
        " ",
        "seen",
        &expect!["the name of who accepts is blank: say it in words, since it stays on record"],
    );
    check_accept(
        &made,
        "REC-1-0000bbbb",
        "A. Shah",
        "",
        &expect!["the reason is blank: say it in words, since it stays on record"],
    );
    check_accept(
        &made,
        "REC-1-0000bbbb",
        "A. Shah",
        "Known gap\nin July",
        &expect!["REC-1-0000bbbb accepted by A. Shah: 2 rows, 69.122807"],
    );
    check_accept(
        &made,
        "REC-1-0000bbbb",
        "B. Jones",
        "again",
        &expect![[
            r#"finding REC-1-0000bbbb was accepted by A. Shah on 2026-05-01T09:00:00Z; nothing more is needed for it"#
        ]],
    );
    assert!(made.open().outstanding().expect("reads").is_empty());
}

#[test]
fn two_different_people_publish_once_nothing_is_outstanding() {
    let made = miniature();
    check_publish(
        &made,
        ["A. Shah", "B. Jones"],
        &expect![[
            r#"this run is still a draft: 1 finding of £69.122807 must be accepted first: REC-1-0000bbbb. Accept each with `concord accept RUN FINDING --by NAME --reason TEXT`"#
        ]],
    );
    made.open().accept("REC-1-0000bbbb", "A. Shah", "Known gap", AT).expect("accepted");
    check_publish(
        &made,
        ["A. Shah", " a.  SHAH "],
        &expect!["publication needs two different people: `A. Shah` was named twice"],
    );
    check_publish(
        &made,
        ["A. Shah", ""],
        &expect!["the second name is blank: say it in words, since it stays on record"],
    );
    check_publish(&made, ["A. Shah", "B. Jones"], &expect!["published by A. Shah and B. Jones"]);
    check_publish(
        &made,
        ["C. Lee", "D. Roy"],
        &expect![[
            r#"this run was published by A. Shah and B. Jones on 2026-05-01T09:00:00Z and cannot be published again; corrections are new runs"#
        ]],
    );
    let publication = made.open().records().expect("reads").publication.expect("published");
    assert_eq!(publication.manifest_sha256, made.open().manifest_sha256());
}

#[test]
fn a_damaged_run_is_not_published() {
    let made = miniature();
    made.open().accept("REC-1-0000bbbb", "A. Shah", "Known gap", AT).expect("accepted");
    let path = made.folder().join("model/drivers.csv");
    let text = std::fs::read_to_string(&path).expect("reads");
    std::fs::write(&path, text.replace("Heads", "Headz")).expect("writes");
    check_publish(
        &made,
        ["A. Shah", "B. Jones"],
        &expect![[
            r#"`model/drivers.csv` of this run is damaged: its content is not what the manifest says. `concord verify RUN` lists everything that differs; cost again to make a sound run"#
        ]],
    );
}

#[test]
fn a_manifest_other_than_the_published_one_is_told() {
    let mut made = miniature();
    made.open().accept("REC-1-0000bbbb", "A. Shah", "Known gap", AT).expect("accepted");
    made.open().publish(["A. Shah", "B. Jones"], AT).expect("published");
    made.text("new.txt", b"slipped in");
    made.finish();
    let error = made.open().records().expect_err("the manifest differs");
    expect!["`manifest.json` of this run is damaged: it is not the one that was published. `concord verify RUN` lists everything that differs; cost again to make a sound run"].assert_eq(&error.to_string());
}

#[test]
fn an_acceptance_holds_only_for_the_amount_seen() {
    let mut made = miniature();
    made.open().accept("REC-1-0000bbbb", "A. Shah", "Known gap", AT).expect("accepted");
    // With another amount the finding has another id, as every costing gives it one.
    let changed = super::FINDINGS.replace("0000bbbb", "0000cccc").replace("69.12", "79.12");
    made.text("findings.csv", changed.as_bytes());
    made.finish();
    let ids: Vec<String> =
        made.open().outstanding().expect("reads").into_iter().map(|it| it.id).collect();
    assert_eq!(ids, ["REC-1-0000cccc"]);
}
