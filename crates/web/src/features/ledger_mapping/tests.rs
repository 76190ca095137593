//! Requests in, pages out, over the model of the worked example.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use store::model_versions;
use store::model_versions::VersionState::{self, Draft, InForce, Locked};

use crate::shell::models;
use crate::shell::testing::{Answer, Browser, Site, site_with};

const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../golden/whole_trust/model");

/// A site whose model was saved by a spreadsheet: its mapping has carriage returns, a byte order
/// mark and quotation marks that nobody needs.
async fn site() -> Site {
    site_with(|settings| {
        copy(Path::new(MODEL), &settings.model);
        let path = settings.model.join("mapping.csv");
        let text = std::fs::read_to_string(&path).expect("the mapping");
        let text = text.replace("10,X-CC-ESTATES", "10,\"X-CC-ESTATES\"").replace('\n', "\r\n");
        std::fs::write(&path, format!("\u{feff}{text}")).expect("it is written");
    })
    .await
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("it is there").flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("copies");
        }
    }
}

fn models(site: &Site) -> PathBuf {
    site.app().settings().folder.join("models")
}

/// Every file below a folder with its bytes.
fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    rules::folder::load(folder).expect("a model")
}

async fn accountant(site: &Site, name: &str) -> Browser {
    let id = site.person(name, "COSTING_ACCOUNTANT").await;
    site.sign_in(&id).await
}

/// Fields of a new rule for a ward, as a form sends them.
fn rule<'a>(base: &'a str, once: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("once", once),
        ("base", base),
        ("line", ""),
        ("sequence", "50"),
        ("cost_centre", "X-CC-LOUNGE"),
        ("account", "*"),
        ("cost_line", "X-NURSES"),
        ("percentage", "60"),
        ("cost_line", "X-RESEARCH"),
        ("percentage", "40"),
        ("effective_from", "2025-04-01"),
        ("effective_to", ""),
        ("source", "worked"),
        ("note", "A lounge, \"new\""),
        ("reason", "The lounge opened"),
        ("state", "in_force"),
        ("act", "save"),
    ]
}

fn with<'a>(
    fields: Vec<(&'a str, &'a str)>,
    name: &str,
    value: &'a str,
) -> Vec<(&'a str, &'a str)> {
    let changed = fields.into_iter().map(|it| if it.0 == name { (it.0, value) } else { it });
    changed.collect()
}

/// What the form of a page stands for.
fn base(answer: &Answer) -> String {
    let from = answer.text.split("name=\"base\" value=\"").nth(1).expect("the form has it");
    from.split('"').next().expect("it ends").to_owned()
}

async fn states(site: &Site) -> Vec<(i64, VersionState, Option<i64>)> {
    let mut db = site.store().read().await.expect("a connection");
    let all = model_versions::list(&mut db).await.expect("a read");
    all.into_iter().map(|it| (it.number, it.state, it.made.parent)).collect()
}

#[tokio::test]
async fn a_new_rule_is_a_new_version_and_every_other_byte_stays() {
    let site = site().await;
    let browser = accountant(&site, "Priya Raman").await;
    let before = bytes(&site.app().settings().model);
    let form = site.get(&browser, "/mapping/add?cost_centre=X-CC-LOUNGE&account=5*").await;
    assert_eq!(form.status, StatusCode::OK);
    assert!(form.text.contains("value=\"X-CC-LOUNGE\"") && form.text.contains("value=\"50\""));
    let base = base(&form);

    let saved = site.post(&browser, "/mapping/save", &rule(&base, "a")).await;
    assert_eq!((saved.status, saved.location()), (StatusCode::SEE_OTHER, "/mapping"));

    assert_eq!(bytes(&site.app().settings().model), before, "nothing is changed in place");
    assert_eq!(bytes(&models(&site).join("1")), before, "version 1 is what was there");
    let mut expected = before.clone();
    let mapping = expected.get_mut("mapping.csv").expect("the mapping");
    mapping.extend_from_slice(
        b"50,X-CC-LOUNGE,*,X-NURSES,60,2025-04-01,,worked,\"A lounge, \"\"new\"\"\"\r\n\
          50,X-CC-LOUNGE,*,X-RESEARCH,40,2025-04-01,,worked,\"A lounge, \"\"new\"\"\"\r\n",
    );
    assert_eq!(bytes(&models(&site).join("2")), expected);
    let in_force = models::in_force(site.app()).await.expect("a model");
    assert_eq!((in_force.number(), in_force.folder), (2, models(&site).join("2")));
    assert_eq!(states(&site).await, [(2, InForce, Some(1)), (1, Locked, None)]);

    let page = site.get(&browser, "/mapping").await;
    assert!(page.text.contains("Version 2, made by Priya Raman"), "{}", page.text);
    assert!(page.text.contains("60% X-NURSES") && page.text.contains("The lounge opened"));
}

#[tokio::test]
async fn a_form_sent_twice_makes_one_version() {
    let site = site().await;
    let browser = accountant(&site, "Priya Raman").await;
    let base = base(&site.get(&browser, "/mapping/add").await);
    for _ in 0..2 {
        let saved = site.post(&browser, "/mapping/save", &rule(&base, "a")).await;
        assert_eq!((saved.status, saved.location()), (StatusCode::SEE_OTHER, "/mapping"));
    }
    assert_eq!(states(&site).await.len(), 2);
    let left = std::fs::read_dir(models(&site)).expect("a folder").count();
    assert_eq!(left, 2, "the second sending left no folder behind");
}

#[tokio::test]
async fn a_broken_rule_is_refused_at_its_fields_and_nothing_is_written() {
    let site = site().await;
    let browser = accountant(&site, "Priya Raman").await;
    let base = base(&site.get(&browser, "/mapping/add").await);
    let mut fields = rule(&base, "a");
    fields = with(fields, "cost_centre", "X*Y");
    fields = with(fields, "effective_from", "2025-04-02");
    fields = with(fields, "percentage", "60");
    let refused = site.post(&browser, "/mapping/save", &fields).await;
    assert_eq!(refused.status, StatusCode::OK);
    let text = refused.text;
    for said in [
        "id=\"cost_centre-error\"><span class=\"nhsuk-u-visually-hidden\">Error: </span>“X*Y” has a star",
        "id=\"effective_from-error\"><span class=\"nhsuk-u-visually-hidden\">Error: </span>2025-04-02 is not 1 April",
        "href=\"#cost_centre\"",
        "value=\"X-RESEARCH\"",
        "The lounge opened",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }

    // Percentages of a sound rule: 60 and 60 are 120; an unknown line stands at its own field.
    let sum = with(rule(&base, "b"), "percentage", "60");
    let refused = site.post(&browser, "/mapping/save", &sum).await;
    assert!(refused.text.contains("href=\"#percentage-1\">The percentages of rule 50 sum to 120"));
    let unknown = with(rule(&base, "c"), "cost_line", "X-NOBODY");
    let refused = site.post(&browser, "/mapping/save", &unknown).await;
    assert!(refused.text.contains("href=\"#cost_line-2\""), "{}", refused.text);
    // What the model and what the form say is wrong comes together.
    let reason = with(with(rule(&base, "d"), "reason", " "), "source", "");
    let refused = site.post(&browser, "/mapping/save", &reason).await;
    assert!(refused.text.contains("href=\"#reason\">Say why the rule is changed"));
    assert!(refused.text.contains("href=\"#source\">The row has no source"), "{}", refused.text);

    assert!(!models(&site).exists(), "nothing is written");
    assert_eq!(states(&site).await, []);
}

#[tokio::test]
async fn of_two_editors_the_second_is_told() {
    let site = site().await;
    let (one, other) =
        (accountant(&site, "Priya Raman").await, accountant(&site, "Sam Cole").await);
    for round in ["a", "b"] {
        let bases = [
            base(&site.get(&one, "/mapping/add").await),
            base(&site.get(&other, "/mapping/add").await),
        ];
        let sequence = if round == "a" { "50" } else { "60" };
        let first = with(rule(&bases[0], round), "sequence", sequence);
        let saved = site.post(&one, "/mapping/save", &first).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER);
        let second = with(rule(&bases[1], round), "sequence", "70");
        let stale = site.post(&other, "/mapping/save", &second).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert!(stale.text.contains("Somebody else changed this before you"), "{}", stale.text);
    }
    let numbers: Vec<i64> = states(&site).await.iter().map(|it| it.0).collect();
    assert_eq!(numbers, [3, 2, 1], "the copy, and one change of the first in each round");
}

#[tokio::test]
async fn who_proposes_makes_a_draft_and_who_only_reads_changes_nothing() {
    let site = site().await;
    let partner = site.person("Ada Finch", "FINANCE_BUSINESS_PARTNER").await;
    let partner = site.sign_in(&partner).await;
    let form = site.get(&partner, "/mapping/add").await;
    assert!(form.text.contains("Propose this change") && !form.text.contains("name=\"state\""));
    let saved = site.post(&partner, "/mapping/save", &rule(&base(&form), "a")).await;
    assert_eq!(saved.location(), "/rules/versions");
    assert_eq!(states(&site).await, [(2, Draft, Some(1)), (1, InForce, None)]);

    let auditor = site.person("Olu Ade", "AUDITOR").await;
    let auditor = site.sign_in(&auditor).await;
    let page = site.get(&auditor, "/mapping").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.text.contains("/mapping/add"));
    assert_eq!(site.get(&auditor, "/mapping/add").await.status, StatusCode::NOT_FOUND);
    let refused = site.post(&auditor, "/mapping/save", &rule("0-x", "a")).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_a_killed_process_left_is_no_version() {
    let site = site().await;
    let browser = accountant(&site, "Priya Raman").await;
    let base = base(&site.get(&browser, "/mapping/add").await);
    // Killed while it wrote, and killed between the move and the record.
    let half = models(&site).join(".writing-0123456789abcdef");
    std::fs::create_dir_all(&half).expect("a folder");
    std::fs::write(half.join("mapping.csv"), "sequence,cost_ce").expect("it is written");
    std::fs::create_dir_all(models(&site).join("1")).expect("a folder");
    std::fs::write(models(&site).join("1/mapping.csv"), "half").expect("it is written");
    let in_force = models::in_force(site.app()).await.expect("a model");
    let as_set_up = site.app().settings().model.clone();
    assert_eq!((in_force.number(), in_force.folder), (0, as_set_up));

    let saved = site.post(&browser, "/mapping/save", &rule(&base, "a")).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    assert_eq!(bytes(&models(&site).join("1")), bytes(&site.app().settings().model));
    assert_eq!(states(&site).await.len(), 2);
}

#[tokio::test]
async fn a_version_changed_by_hand_is_not_used() {
    let site = site().await;
    let browser = accountant(&site, "Priya Raman").await;
    let base = base(&site.get(&browser, "/mapping/add").await);
    site.post(&browser, "/mapping/save", &rule(&base, "a")).await;
    let path = models(&site).join("2/mapping.csv");
    let text = std::fs::read_to_string(&path).expect("the mapping");
    std::fs::write(&path, text.replace("60", "61")).expect("it is written");
    let page = site.get(&browser, "/mapping").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn a_rule_is_found_changed_and_taken_out() {
    let site = site().await;
    let browser = accountant(&site, "Priya Raman").await;
    let found = site.get(&browser, "/mapping?q=estates").await;
    assert!(found.text.contains("X-CC-ESTATES") && !found.text.contains("X-CC-WARD"));
    let none = site.get(&browser, "/mapping?q=%3Cb%3E").await;
    assert!(none.text.contains("No rule holds") && !none.text.contains("<b>"));

    let form = site.get(&browser, "/mapping/rules/2").await;
    let base = base(&form);
    let same = vec![
        ("once", "a"),
        ("base", base.as_str()),
        ("line", "2"),
        ("sequence", "10"),
        ("cost_centre", "X-CC-ESTATES"),
        ("account", "*"),
        ("cost_line", "X-ESTATES"),
        ("percentage", "100"),
        ("effective_from", "2025-04-01"),
        ("effective_to", ""),
        ("source", "worked"),
        ("note", ""),
        ("reason", "Because"),
        ("state", "in_force"),
        ("act", "save"),
    ];
    let nothing = site.post(&browser, "/mapping/save", &same).await;
    assert!(nothing.text.contains("Nothing is changed"), "{}", nothing.text);
    let removed = site.post(&browser, "/mapping/save", &with(same, "act", "remove")).await;
    assert_eq!(removed.status, StatusCode::SEE_OTHER, "{}", removed.text);
    let old = std::fs::read_to_string(models(&site).join("1/mapping.csv")).expect("version 1");
    let new = std::fs::read_to_string(models(&site).join("2/mapping.csv")).expect("version 2");
    let row = "10,\"X-CC-ESTATES\",*,X-ESTATES,100,2025-04-01,,worked,\r\n";
    assert_eq!(new, old.replace(row, ""));
    assert_eq!(site.get(&browser, "/mapping/rules/99").await.status, StatusCode::NOT_FOUND);
}
