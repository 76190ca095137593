//! Requests in, pages out: from files to a decision.

use std::fs;
use std::path::Path;

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use store::jobs::{self, End, JobState};
use store::loads::{self, Load, LoadState};
use store::{Entry, JobId, LoadId};

use crate::shell::testing::working::{Answer, Browser, Site, now, site};

const LEDGER: &str = "trial_balance.csv";

async fn accountant() -> (Site, Browser) {
    let site = site().await;
    let who = site.sign_in("Priya Raman", "COSTING_ACCOUNTANT").await;
    (site, who)
}

/// Uploads a ledger under a form's token.
async fn upload(site: &Site, who: &Browser, once: &str, text: &str) -> Answer {
    let fields = [("once", once), ("year", "2025-26"), ("label", "Month 1")];
    site.upload(who, "/loads/new", (true, &fields), &[(LEDGER, text.as_bytes())]).await
}

async fn all(site: &Site) -> (Vec<Load>, Vec<jobs::Job>) {
    let mut db = site.app.store().read().await.expect("a connection");
    let loads = loads::list(&mut db, None).await.expect("a read");
    (loads, jobs::list(&mut db, None, 100).await.expect("a read"))
}

async fn load(site: &Site, id: &str) -> Load {
    let mut db = site.app.store().read().await.expect("a connection");
    loads::get(&mut db, &LoadId::new(id)).await.expect("it is there")
}

/// Ends the check of a load as the runner would: its document on disk, the load checked.
async fn checked(site: &Site, id: &str, (outcome, document): (&'static str, Value)) {
    let load = load(site, id).await;
    let job: JobId = load.job.clone().expect("it is checked by a job");
    let place = site.path("jobs").join(job.as_str());
    fs::create_dir_all(&place).expect("a folder");
    fs::write(place.join("job.json.result.json"), document.to_string()).expect("writes");
    if outcome == "done" {
        let dataset = site.path(&load.loaded.folder).join("dataset");
        fs::create_dir_all(&dataset).expect("a folder");
        fs::write(dataset.join("manifest.json"), document.to_string()).expect("writes");
    }
    let write = site.app.store().write(move |tx| {
        Box::pin(async move {
            let entry = Entry::by("engine", now());
            jobs::claim(tx, "engine", now()).await?;
            let state = if outcome == "done" { JobState::Done } else { JobState::Failed };
            let (result, message) = (json!({ "outcome": outcome }), String::new());
            let end = End { state, result, exit_code: Some(0), message };
            jobs::finish(tx, &job, &end, &entry).await?;
            loads::checked(tx, &load.id, &end.result, &entry).await
        })
    });
    write.await.expect("it was under way");
}

fn sound(rows: u64) -> Value {
    json!({
        "inputs": [{"feed": "LEDGER", "name": "2025-26/ledger/trial_balance.csv",
            "sha256": format!("{rows}"), "rows_read": rows, "rows_used": rows - 1,
            "rows_quarantined": 1, "rows_rejected": 0}],
        "findings": [
            {"code": "E2", "severity": "warning", "file": "2025-26/ledger/trial_balance.csv",
             "line": 3, "column": "AMOUNT", "rows": 1, "money": "12.500000",
             "message": "the amount is negative", "remedy": "ask finance"},
        ],
    })
}

fn folders(site: &Site) -> usize {
    fs::read_dir(site.path("loads")).map_or(0, |it| it.flatten().count())
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("it is there")
}

#[tokio::test]
async fn an_upload_becomes_a_load_that_is_checked_once() {
    let (site, who) = accountant().await;
    let form = site.get(&who, "/loads/new").await;
    assert!(form.text.contains("trial_balance.csv"), "the page names what the model takes");
    let first = upload(&site, &who, "once-1", "NEW").await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.text);
    let again = upload(&site, &who, "once-1", "NEW").await;
    assert_eq!(again.location, first.location, "sent twice, it is one load");
    let (loads, jobs) = all(&site).await;
    assert_eq!((loads.len(), jobs.len(), folders(&site)), (1, 1, 1));

    let files = site.path(&loads[0].loaded.folder).join("files/2025-26");
    assert_eq!(read(&files.join("ledger/trial_balance.csv")), "NEW");
    let episodes = read(&site.path("2025-26/feeds/episodes.csv"));
    assert_eq!(read(&files.join("feeds/episodes.csv")), episodes, "the rest of the year");
    let payload = &jobs[0].asked.payload;
    assert_eq!(payload["from"][0], json!(files.parent().expect("a folder")));
    assert_eq!(payload["year"], "2025-26");
    let page = site.get(&who, &first.location).await;
    assert!(page.text.contains("Month 1 is being checked"), "{}", page.text);
    assert!(page.text.contains("data-refresh-seconds"), "it asks again by itself");

    let stopped = site.post(&who, &format!("{}/stop", first.location), &[]).await;
    assert_eq!(stopped.location, first.location);
    let page = site.get(&who, &first.location).await;
    assert!(page.text.contains("The check of Month 1 did not end"), "{}", page.text);
    let again = site.post(&who, &format!("{}/again", first.location), &[]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text);
    assert_eq!(all(&site).await.1.len(), 2, "another check of the same load");
}

#[tokio::test]
async fn nothing_is_kept_of_what_cannot_be_taken() {
    let (site, who) = accountant().await;
    let fields = [("once", "o"), ("year", "2025-26"), ("label", "")];
    let many: &[(&str, &[u8])] = &[
        ("holidays.csv", b"A,B"),
        ("../trial_balance.csv", b"A,B"),
        ("trial_balance.csv", b"PK\x03\x04"),
        ("all.zip", b"PK\x03\x04"),
    ];
    let page = site.upload(&who, "/loads/new", (true, &fields), many).await;
    assert_eq!(page.status, StatusCode::OK);
    for wrong in [
        "There is a problem",
        "Say what this load is",
        "No feed of the model takes a file called holidays.csv",
        "A file has a name that cannot be taken",
        "trial_balance.csv is not what its name says",
        "all.zip is an archive",
    ] {
        assert!(page.text.contains(wrong), "{wrong}: {}", page.text);
    }
    let forged = site.upload(&who, "/loads/new", (false, &fields), &[(LEDGER, b"A")]).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    // The site takes 1 MiB.
    let large = vec![b'a'; (1 << 20) + 1];
    let page = site.upload(&who, "/loads/new", (true, &fields), &[(LEDGER, &large)]).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!((all(&site).await.0.len(), folders(&site)), (0, 0));
    let no_file = site.post(&who, "/loads/new", &fields).await;
    assert_eq!(no_file.status, StatusCode::UNPROCESSABLE_ENTITY);

    let other = site.sign_in("Amara Okafor", "BOARD_MEMBER").await;
    for path in ["/loads", "/loads/new"] {
        assert_eq!(site.get(&other, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let kept_out = upload(&site, &other, "o", "A").await;
    assert_eq!(kept_out.status, StatusCode::NOT_FOUND);
    assert_eq!(folders(&site), 0);
}

#[tokio::test]
async fn a_load_is_accepted_with_a_reason() {
    let (site, who) = accountant().await;
    let id = |location: &str| location.trim_start_matches("/loads/").to_owned();
    // One after the other: the clock of the site stands still, so two that wait have no order.
    let one = upload(&site, &who, "1", "ONE").await.location;
    checked(&site, &id(&one), ("done", sound(10))).await;
    let two = upload(&site, &who, "2", "TWO").await.location;
    let page = site.get(&who, &one).await;
    for shown in ["Month 1 can be accepted", "Ask finance.", "line 3, column AMOUNT", "£12.50"] {
        assert!(page.text.contains(shown), "{shown}: {}", page.text);
    }
    assert!(page.text.contains("10\u{a0}rows were read: 9 used, 1 quarantined, 0 rejected"));
    let csv = site.get(&who, &format!("{one}/findings.csv")).await;
    assert!(csv.text.contains("E2,warning,2025-26/ledger/trial_balance.csv,3,AMOUNT"));

    let decide = |reason: &'static str, version: &'static str| {
        [("decision", "accept"), ("reason", reason), ("version", version), ("once", "d")]
    };
    let without = site.post(&who, &format!("{one}/decide"), &decide("", "3")).await;
    assert!(without.text.contains("Say why, so that others understand it later"));
    let stale = site.post(&who, &format!("{one}/decide"), &decide("good", "2")).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(!site.path("datasets/2025-26").exists(), "nothing is in place yet");
    let done = site.post(&who, &format!("{one}/decide"), &decide("good", "3")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(load(&site, &id(&one)).await.state, LoadState::Accepted);
    let manifest = site.path("datasets/2025-26/manifest.json");
    assert_eq!(read(&manifest), sound(10).to_string());
    let page = site.get(&who, &one).await;
    assert!(page.text.contains("Month 1 was accepted") && page.text.contains("“good”"));

    // The second was put together before the first was accepted.
    checked(&site, &id(&two), ("done", sound(13))).await;
    let decision = [("decision", "accept"), ("reason", "good"), ("version", "3")];
    let refused = site.post(&who, &format!("{two}/decide"), &decision).await;
    assert!(
        refused.text.contains("Another load of the year was accepted since"),
        "{}",
        refused.text
    );
    site.post(&who, &format!("{two}/again"), &[]).await;
    checked(&site, &id(&two), ("done", sound(13))).await;
    let page = site.get(&who, &two).await;
    assert!(page.text.contains("3\u{a0}rows more"), "against the first: {}", page.text);
    let decision = [("decision", "accept"), ("reason", "good"), ("version", "5")];
    let done = site.post(&who, &format!("{two}/decide"), &decision).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(read(&manifest), sound(13).to_string());
    let kept = fs::read_dir(site.path("datasets")).expect("reads").flatten();
    let kept = kept.filter(|it| it.file_name().to_string_lossy().contains(".replaced-"));
    let kept: Vec<_> = kept.map(|it| read(&it.path().join("manifest.json"))).collect();
    assert_eq!(kept, [sound(10).to_string()], "the one before is kept");
}

#[tokio::test]
async fn what_findings_forbid_can_only_be_rejected() {
    let (site, who) = accountant().await;
    let location = upload(&site, &who, "1", "ONE").await.location;
    let findings = json!([{"code": "E1", "severity": "refused", "file": "ledger/trial_balance.csv",
        "rows": 2, "money": "0.000000", "message": "the totals differ", "remedy": "send it anew"}]);
    let document = json!({"refused": true, "findings": findings});
    checked(&site, location.trim_start_matches("/loads/"), ("refused", document)).await;
    let page = site.get(&who, &location).await;
    assert!(page.text.contains("Month 1 cannot be accepted: 1\u{a0}finding forbids it"));
    assert!(page.text.contains("Send it anew.") && !page.text.contains("value=\"accept\""));
    let decide = |decision| [("decision", decision), ("reason", "why"), ("version", "3")];
    let forced = site.post(&who, &format!("{location}/decide"), &decide("accept")).await;
    assert!(forced.text.contains("Findings forbid these files"), "{}", forced.text);
    let done = site.post(&who, &format!("{location}/decide"), &decide("reject")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let list = site.get(&who, "/loads").await;
    assert!(list.text.contains("Rejected"));
    assert!(!site.path("datasets").exists());
    // Its files are gone; what was found in them stays, and who decided why.
    let loads = fs::read_dir(site.path("loads")).expect("a folder").flatten();
    for folder in loads.map(|it| it.path()) {
        for part in ["new", "files", "dataset"] {
            assert!(!folder.join(part).exists(), "{part} is gone");
        }
    }
    let page = site.get(&who, &location).await;
    for shown in ["Send it anew.", "“why”", "The files are gone", "href=\"/loads/new\""] {
        assert!(page.text.contains(shown), "{shown}: {}", page.text);
    }
}

#[tokio::test]
async fn files_of_the_watched_folder_are_taken_when_they_rest() {
    let (site, who) = accountant().await;
    let file = site.path("incoming/2025-26/from-ledger/trial_balance.csv");
    fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    fs::write(&file, "NEW").expect("writes");
    let changed = |at: Timestamp| {
        let opened = fs::File::options().write(true).open(&file).expect("it is there");
        opened.set_modified(at.into()).expect("it can be set");
    };
    changed(now() - SignedDuration::from_secs(5));
    let page = site.get(&who, "/loads/new").await;
    assert!(page.text.contains("Load what lies in incoming/2025-26"));
    assert!(page.text.contains("Still being written"), "{}", page.text);
    let form = [("year", "2025-26"), ("once", "o")];
    let refused = site.post(&who, "/loads/incoming", &form).await;
    assert!(refused.text.contains("is still being written: wait a minute"), "{}", refused.text);
    assert_eq!(folders(&site), 0);

    changed(now() - SignedDuration::from_mins(5));
    let taken = site.post(&who, "/loads/incoming", &form).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
    assert!(!file.exists(), "it lies there no more");
    let (loads, jobs) = all(&site).await;
    assert_eq!((loads.len(), jobs.len()), (1, 1));
    let staged = site.path(&loads[0].loaded.folder).join("files/2025-26/ledger/trial_balance.csv");
    assert_eq!(read(&staged), "NEW");
    let page = site.get(&who, "/loads/new").await;
    assert!(!page.text.contains("Load what lies in"));
}
