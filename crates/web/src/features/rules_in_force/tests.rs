//! Requests in, pages out, over the model of the worked example.

use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use store::model_versions;
use store::model_versions::VersionState::{self, Draft, InForce, Locked};

use crate::shell::testing::{Answer, Browser, Site, site_with};

const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../golden/whole_trust/model");

async fn site() -> Site {
    site_with(|settings| copy(Path::new(MODEL), &settings.model)).await
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

fn version(site: &Site, number: i64) -> PathBuf {
    site.app().settings().folder.join("models").join(number.to_string())
}

async fn browser(site: &Site, name: &str, role: &str) -> Browser {
    let id = site.person(name, role).await;
    site.sign_in(&id).await
}

fn base(answer: &Answer) -> String {
    let from = answer.text.split("name=\"base\" value=\"").nth(1).expect("the form has it");
    from.split('"').next().expect("it ends").to_owned()
}

async fn states(site: &Site) -> Vec<(i64, VersionState)> {
    let mut db = site.store().read().await.expect("a connection");
    let all = model_versions::list(&mut db).await.expect("a read");
    all.into_iter().map(|it| (it.number, it.state)).collect()
}

/// A change of the name of the first driver of the model.
async fn rename(site: &Site, browser: &Browser, (name, once, state): (&str, &str, &str)) -> Answer {
    let form = site.get(browser, "/rules/tables/event_types.csv/rows/2").await;
    let base = base(&form);
    let code = value(&form, "cell-event_type");
    let fields = [
        ("once", once),
        ("base", &base),
        ("line", "2"),
        ("cell-event_type", &code),
        ("cell-name", name),
        ("cell-effective_from", "2025-04-01"),
        ("cell-effective_to", ""),
        ("cell-source", "worked"),
        ("cell-note", ""),
        ("reason", "It is called so"),
        ("state", state),
        ("act", "save"),
    ];
    site.post(browser, "/rules/tables/event_types.csv/save", &fields).await
}

fn value(answer: &Answer, field: &str) -> String {
    let mark = format!("name=\"{field}\" type=\"text\" value=\"");
    let from = answer.text.split(&mark).nth(1).expect("the form has it");
    from.split('"').next().expect("it ends").to_owned()
}

#[tokio::test]
async fn every_table_can_be_read() {
    let site = site().await;
    let auditor = browser(&site, "Olu Ade", "AUDITOR").await;
    let page = site.get(&auditor, "/rules").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("nothing was changed in the browser yet"));
    for form in rules::forms::FORMS {
        let path = format!("/rules/tables/{}", form.file);
        assert!(page.text.contains(&format!("href=\"{path}\"")), "{path}");
        let table = site.get(&auditor, &path).await;
        assert_eq!(table.status, StatusCode::OK, "{path}");
        assert!(!table.text.contains("Add a row"), "{path}");
    }
    for nothing in ["/rules/tables/model.toml", "/rules/tables/..%2Fconcord.sqlite"] {
        assert_eq!(site.get(&auditor, nothing).await.status, StatusCode::NOT_FOUND);
    }
    let found = site.get(&auditor, "/rules/tables/cost_lines.csv?q=x-nurses").await;
    assert!(found.text.contains("X-NURSES") && !found.text.contains("X-ESTATES"));
    let outsider = browser(&site, "Nobody Here", "").await;
    assert_eq!(site.get(&outsider, "/rules").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_row_is_changed_compared_and_locked() {
    let site = site().await;
    let accountant = browser(&site, "Priya Raman", "COSTING_ACCOUNTANT").await;
    let saved = rename(&site, &accountant, ("Stay", "a", "in_force")).await;
    assert_eq!(saved.location(), "/rules/tables/event_types.csv", "{}", saved.text);
    let (old, new) = (version(&site, 1), version(&site, 2));
    for (name, bytes) in rules::folder::load(&old).expect("version 1") {
        let changed = std::fs::read(new.join(&name)).expect("it has the same files");
        assert_eq!(name == "event_types.csv", bytes != changed, "{name}");
    }

    let history = site.get(&accountant, "/rules/versions").await;
    assert!(history.text.contains("It is called so") && history.text.contains("Priya Raman"));
    let compared = site.get(&accountant, "/rules/compare?from=1&to=2").await;
    assert!(compared.text.contains("Kinds of events") && compared.text.contains("→ Stay"));
    let one = site.get(&accountant, "/rules/versions/2").await;
    assert!(one.text.contains("→ Stay") && one.text.contains("/rules/versions/2/lock"));

    let locked = site.post(&accountant, "/rules/versions/2/lock", &[("once", "l")]).await;
    assert_eq!(locked.status, StatusCode::SEE_OTHER);
    assert!(new.join("lock.toml").is_file());
    let files = rules::folder::load(&new).expect("version 2");
    assert!(rules::Model::parse(files).expect("it is sound").0.locked);
    // A locked version is changed by a version of its own, without the lock.
    let saved = rename(&site, &accountant, ("Spell", "b", "in_force")).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    assert!(!version(&site, 3).join("lock.toml").exists());
    assert_eq!(states(&site).await, [(3, InForce), (2, Locked), (1, Locked)]);
}

#[tokio::test]
async fn a_broken_row_is_refused_at_its_field_and_nothing_is_written() {
    let site = site().await;
    let accountant = browser(&site, "Priya Raman", "COSTING_ACCOUNTANT").await;
    let form = site.get(&accountant, "/rules/tables/plausibility.csv/add").await;
    let base = base(&form);
    let fields = [
        ("once", "a"),
        ("base", &base),
        ("line", ""),
        ("cell-measure", "pay_share"),
        ("cell-low", "many"),
        ("cell-high", "70"),
        ("cell-unit", "percent of operating expenses"),
        ("cell-effective_from", "2025-04-01"),
        ("cell-source", "nowhere"),
        ("reason", "A range for pay"),
        ("state", "in_force"),
    ];
    let path = "/rules/tables/plausibility.csv/save";
    let refused = site.post(&accountant, path, &fields).await;
    assert_eq!(refused.status, StatusCode::OK);
    assert!(refused.text.contains("href=\"#cell-low\""), "{}", refused.text);
    assert!(refused.text.contains("value=\"many\"") && refused.text.contains("A range for pay"));
    assert!(!site.app().settings().folder.join("models").exists());

    let sound: Vec<(&str, &str)> = fields
        .iter()
        .map(|it| match it.0 {
            "cell-low" => ("cell-low", "55"),
            "cell-source" => ("cell-source", "worked"),
            _ => *it,
        })
        .collect();
    let saved = site.post(&accountant, path, &sound).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let made = std::fs::read_to_string(version(&site, 2).join("plausibility.csv"));
    assert_eq!(
        made.expect("a table that the model lacked"),
        "measure,low,high,unit,effective_from,effective_to,source,note\n\
         pay_share,55,70,percent of operating expenses,2025-04-01,,worked,\n"
    );
}

#[tokio::test]
async fn a_row_that_others_need_stays() {
    let site = site().await;
    let accountant = browser(&site, "Priya Raman", "COSTING_ACCOUNTANT").await;
    let form = site.get(&accountant, "/rules/tables/sources.csv/rows/2").await;
    let base = base(&form);
    let fields = [
        ("once", "a"),
        ("base", base.as_str()),
        ("line", "2"),
        ("reason", "Not needed"),
        ("state", "in_force"),
        ("act", "remove"),
    ];
    let refused = site.post(&accountant, "/rules/tables/sources.csv/save", &fields).await;
    assert!(
        refused.text.contains("source “worked” is not in sources.csv")
            || refused.text.contains("Source “worked” is not in sources.csv"),
        "{}",
        refused.text
    );
    assert_eq!(states(&site).await, []);
}

#[tokio::test]
async fn a_draft_comes_into_force_once_and_a_late_one_never() {
    let site = site().await;
    let partner = browser(&site, "Ada Finch", "FINANCE_BUSINESS_PARTNER").await;
    let accountant = browser(&site, "Priya Raman", "COSTING_ACCOUNTANT").await;
    rename(&site, &partner, ("Stay", "a", "in_force")).await;
    rename(&site, &partner, ("Spell", "b", "in_force")).await;
    assert_eq!(states(&site).await, [(3, Draft), (2, Draft), (1, InForce)]);
    let path = "/rules/versions/2/put-in-force";
    let refused = site.post(&partner, path, &[("once", "x")]).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "who proposes does not decide");
    for _ in 0..2 {
        let done = site.post(&accountant, path, &[("once", "x")]).await;
        assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/rules/versions/2"));
    }
    let late = site.get(&accountant, "/rules/versions/3").await;
    assert!(late.text.contains("It came too late"), "{}", late.text);
    let stale = site.post(&accountant, "/rules/versions/3/put-in-force", &[("once", "y")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert_eq!(states(&site).await, [(3, Draft), (2, InForce), (1, Locked)]);
}
