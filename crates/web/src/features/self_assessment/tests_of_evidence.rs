//! Evidence as files, drafts and revisions, its register and reminders, and what the system proposes:
//! requests in, pages out.

use std::collections::BTreeMap;
use std::path::Path;

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use jiff::SignedDuration;
use results::Run;
use sha2::{Digest as _, Sha256};

use crate::shell::testing::{Answer, Browser, Site, TRUST, grant, request, site, unlinked};
use crate::shell::{costed, costing_quality, evidence};

const HIP: &str = "/assessment/HIP/evidence";

async fn person(site: &Site, name: &str, profession: &str, (role, unit): (&str, &str)) -> Browser {
    let id = site.of_profession(name, profession).await;
    site.grant(&grant(&id, role, unit)).await;
    site.sign_in(&id).await
}

async fn leads(site: &Site) -> (Browser, Browser) {
    let amara = person(site, "Amara", "medicine", ("CLINICAL_DIRECTOR", "HIP")).await;
    let daniel = person(site, "Daniel", "finance", ("FINANCE_BUSINESS_PARTNER", "HIP")).await;
    (amara, daniel)
}

async fn text(site: &Site, who: &Browser, path: &str) -> String {
    let page = site.get(who, path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
    page.text.replace('\u{a0}', " ")
}

/// What is typed of a piece.
fn typed<'a>(title: &'a str, place: &'a str, happened_on: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("title", title),
        ("kind", "minutes"),
        ("place", place),
        ("happened_on", happened_on),
        ("expires_on", ""),
        ("steps", "P2"),
    ]
}

/// A file by its name and bytes.
type File<'a> = (&'a str, &'a [u8]);

/// Sends a form with a file.
async fn upload(
    site: &Site,
    who: &Browser,
    path: &str,
    (fields, file): (&[(&str, &str)], File<'_>),
) -> Answer {
    let (file_name, bytes) = file;
    let mut body = Vec::new();
    for (name, value) in [("csrf", who.csrf.as_str())].iter().chain(fields) {
        let part =
            format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head = format!(
        "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--B--\r\n");
    let request = request(Method::POST, who, path)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=B")
        .body(Body::from(body));
    site.send(request.expect("a request")).await
}

/// The address of the only piece on a page.
fn address(page: &str) -> String {
    let at = page.find("href=\"/assessment/HIP/evidence/").expect("there is a piece") + 6;
    page[at..].split('"').next().expect("it ends").to_owned()
}

async fn accepts(site: &Site, who: &Browser, piece: &str, seen: &str) -> StatusCode {
    site.post(who, piece, &[("state", "accepted"), ("seen", seen)]).await.status
}

/// Files below the folder of evidence.
fn kept(site: &Site) -> Vec<std::path::PathBuf> {
    let folder = site.app().settings().folder.join("evidence");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let files = std::fs::read_dir(entry.path()).into_iter().flatten().flatten();
        found.extend(files.map(|it| it.path()));
    }
    found
}

#[tokio::test]
async fn a_file_is_kept_by_its_hash_and_found_out_when_it_is_damaged() {
    let site = site().await;
    let (amara, daniel) = leads(&site).await;
    let fields = typed("Review of May", "", "2026-06-01");
    for (name, bytes, told) in [
        ("notes.exe", &b"MZ"[..], "none of the files that are taken"),
        ("notes.pdf", b"PK\x03\x04", "is not what its name says"),
        ("notes.txt", b"", "is empty"),
    ] {
        let refused = upload(&site, &amara, HIP, (&fields, (name, bytes))).await;
        assert!(refused.text.contains(told) && refused.text.contains("choose it again"), "{name}");
    }
    assert!(kept(&site).is_empty(), "nothing of a refused form stays");
    let bytes = b"%PDF-1.7 of May";
    let done = upload(&site, &amara, HIP, (&fields, ("Review \u{2013} May.pdf", bytes))).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let hash: String = Sha256::digest(bytes).iter().map(|it| format!("{it:02x}")).collect();
    let files = kept(&site);
    let [file] = files.as_slice() else { panic!("one file: {files:?}") };
    assert!(file.ends_with(format!("{}/{hash}", &hash[..2])));
    let piece = address(&text(&site, &daniel, HIP).await);
    let taken = site.get(&daniel, &format!("{piece}/files/1")).await;
    assert_eq!((taken.status, taken.text.as_bytes()), (StatusCode::OK, &bytes[..]));
    let header = |name: &str| taken.headers.get(name).and_then(|it| it.to_str().ok());
    assert_eq!(
        header("content-disposition"),
        Some(
            "attachment; filename=\"Review _ May.pdf\"; filename*=UTF-8''Review%20%E2%80%93%20May.pdf"
        )
    );
    assert_eq!(header("content-type"), Some("application/pdf"));
    assert_eq!(header("x-content-type-options"), Some("nosniff"));
    assert_eq!(header("cache-control"), Some("no-store"));
    std::fs::write(file, b"%PDF-1.7 of June").expect("it is changed");
    let damaged = site.get(&daniel, &format!("{piece}/files/1")).await;
    assert_eq!(damaged.status, 422);
    assert!(damaged.text.contains("is damaged: it is not what was brought in"), "{}", damaged.text);
    std::fs::remove_file(file).expect("it is gone");
    let missing = site.get(&daniel, &format!("{piece}/files/1")).await;
    assert!(missing.status == 422 && missing.text.contains("is not there any more"));
    // Who has no right in the unit finds nothing, and neither does a revision that is not there.
    let other = person(&site, "Other", "finance", ("COSTING_ACCOUNTANT", TRUST)).await;
    assert_eq!(site.get(&other, &format!("{piece}/files/2")).await.status, 404);
    let ada = person(&site, "Ada", "informatics", ("ADMINISTRATOR", TRUST)).await;
    assert_eq!(site.get(&ada, &format!("{piece}/files/1")).await.status, 404);
    let elsewhere = piece.replace("/HIP/", "/TRUST/");
    assert_eq!(site.get(&other, &format!("{elsewhere}/files/1")).await.status, 404);
}

#[tokio::test]
async fn a_file_that_is_too_large_is_told_with_its_limit() {
    let site = site().await;
    let (amara, _) = leads(&site).await;
    let most = usize::try_from(evidence::SETTINGS.file_bytes_at_most.value).expect("a size");
    let fields = typed("Review of May", "", "2026-06-01");
    let refused = upload(&site, &amara, HIP, (&fields, ("a.txt", &vec![b'a'; most + 1]))).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(refused.text.contains("10\u{a0}MiB"), "{}", refused.text);
    assert_eq!(kept(&site).len(), 0);
    let forged = Browser { csrf: "0".repeat(64), ..amara.clone() };
    let answer = upload(&site, &forged, HIP, (&fields, ("a.txt", b"a"))).await;
    assert_eq!((answer.status, kept(&site).len()), (StatusCode::FORBIDDEN, 0));
}

#[tokio::test]
async fn a_draft_is_its_owners_until_it_is_handed_in() {
    let site = site().await;
    let (amara, daniel) = leads(&site).await;
    let mut fields = typed("Plan of the year", "Shared drive", "2026-06-01");
    fields.push(("then", "draft"));
    let done = site.post(&amara, HIP, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = text(&site, &amara, HIP).await;
    assert!(page.contains("A draft: only you see it"), "{page}");
    let piece = address(&page);
    assert!(!text(&site, &daniel, HIP).await.contains("Plan of the year"));
    assert_eq!(site.get(&daniel, &piece).await.status, 404);
    assert_eq!(accepts(&site, &daniel, &piece, "0").await, 404);
    let register = text(&site, &daniel, "/assessment/evidence").await;
    assert!(!register.contains("Plan of the year"), "{register}");
    let first = text(&site, &amara, "/assessment/evidence?state=draft").await;
    assert!(first.contains("1 draft of yours is not handed in."), "{first}");
    let done = site.post(&amara, &format!("{piece}/hand-in"), &[("seen", "0")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let waits = "1 piece of evidence waits for a lead to accept or reject.";
    assert!(text(&site, &daniel, "/assessment/evidence").await.contains(waits));
    assert!(!text(&site, &amara, "/assessment/evidence").await.contains(waits), "it is her own");
    let helen = person(&site, "Helen", "medicine", ("MEDICAL_DIRECTOR", TRUST)).await;
    assert!(text(&site, &helen, "/").await.contains(waits), "it stands on her first page");
    assert_eq!(accepts(&site, &amara, &piece, "1").await, 422, "nor does she accept it");
    assert_eq!(accepts(&site, &daniel, &piece, "1").await, StatusCode::SEE_OTHER);
    assert!(text(&site, &daniel, &piece).await.contains("Counts to 1 June 2027"));
}

#[tokio::test]
async fn what_expires_is_told_to_its_owner_and_a_revision_mends_it() {
    let site = site().await;
    let (amara, daniel) = leads(&site).await;
    let mut fields = typed("Notes", "Shared drive", "2026-06-01");
    fields[4].1 = "2026-07-16";
    assert_eq!(site.post(&amara, HIP, &fields).await.status, StatusCode::SEE_OTHER);
    let piece = address(&text(&site, &amara, HIP).await);
    assert_eq!(accepts(&site, &daniel, &piece, "0").await, StatusCode::SEE_OTHER);
    let register = async || text(&site, &amara, "/assessment/evidence").await;
    // 11 June is 35 days before the last day.
    assert!(!register().await.contains("Of your evidence"));
    let days = async |days: i64| {
        site.wait(SignedDuration::from_hours(24 * days));
        let who = person(&site, &format!("Amara {days}"), "medicine", ("CLINICIAN", "HIP")).await;
        assert!(!text(&site, &who, "/assessment/evidence").await.contains("Of your evidence"));
    };
    let amara_again = async || {
        let mut db = site.store().read().await.expect("a connection");
        let found = store::people::by_email(&mut db, "amara@trust.example").await;
        let id = found.expect("a read").expect("she is there").id;
        drop(db);
        site.sign_in(&id).await
    };
    for (wait, told) in [
        (5, "Of your evidence, 1 piece expires within 30 days."),
        (23, "Of your evidence, 1 piece expires within 7 days."),
        (6, "Of your evidence, 1 piece expires today or tomorrow."),
        (2, "1 piece of your evidence expired within the last 30 days."),
    ] {
        days(wait).await;
        let amara = amara_again().await;
        let page = text(&site, &amara, "/assessment/evidence").await;
        assert!(page.contains(told), "{told}: {page}");
    }
    let amara = amara_again().await;
    assert!(text(&site, &amara, HIP).await.contains("Expired on 16 July 2026"));
    let expired = text(&site, &amara, "/assessment/evidence?state=expired&step=P2").await;
    assert!(expired.contains("1 of 1 piece") && expired.contains(">Notes<"), "{expired}");
    assert!(
        text(&site, &amara, "/assessment/evidence?state=accepted").await.contains("No evidence")
    );
    let csv = site.get(&amara, "/assessment/evidence.csv?state=expired").await;
    assert!(csv.text.contains(",expired,2026-06-01,2026-07-16,P2,Amara,"), "{}", csv.text);
    let fields = [
        ("place", "Shared drive"),
        ("happened_on", "2026-07-17"),
        ("expires_on", ""),
        ("seen", "1"),
    ];
    let done = site.post(&amara, &format!("{piece}/revise"), &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let again = site.post(&amara, &format!("{piece}/revise"), &fields).await;
    assert_eq!(again.status, 409, "somebody was faster");
    let page = text(&site, &amara, &piece).await;
    assert!(page.contains("Not counted: nobody has accepted it"), "{page}");
    assert!(page.contains("of 1 June 2026, to 16 July 2026"), "what it was stays: {page}");
}

#[tokio::test]
async fn a_revision_waits_while_the_piece_counts_as_it_was() {
    let site = site().await;
    let (amara, daniel) = leads(&site).await;
    let fields = typed("Notes", "Shared drive", "2026-06-01");
    assert_eq!(site.post(&amara, HIP, &fields).await.status, StatusCode::SEE_OTHER);
    let piece = address(&text(&site, &amara, HIP).await);
    assert_eq!(accepts(&site, &daniel, &piece, "0").await, StatusCode::SEE_OTHER);
    let fields = [("place", ""), ("happened_on", "2026-06-10"), ("expires_on", ""), ("seen", "1")];
    let revise = format!("{piece}/revise");
    let none = site.post(&daniel, &revise, &fields).await;
    assert!(none.text.contains("or choose a file"), "{}", none.text);
    let done = upload(&site, &daniel, &revise, (&fields, ("a.txt", b"So it was"))).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = text(&site, &daniel, HIP).await;
    assert!(page.contains("Changed: as it was it counts to 1 June 2027"), "{page}");
    assert_eq!(accepts(&site, &daniel, &piece, "2").await, 422, "it is his change");
    let helen = person(&site, "Helen", "medicine", ("MEDICAL_DIRECTOR", TRUST)).await;
    assert_eq!(accepts(&site, &helen, &piece, "2").await, StatusCode::SEE_OTHER);
    assert!(text(&site, &daniel, HIP).await.contains("Counts to 10 June 2027"));
}

/// Six people look behind the figures of hips in June, and it is July.
async fn six_looked(site: &Site, fewest: usize) {
    for number in 0..fewest {
        let (unit, month) = (store::UnitCode::new("HIP"), "2026-06".parse().expect("a month"));
        let done = site.store().write(move |tx| {
            Box::pin(async move {
                store::use_counts::begin(tx, month, "sealed").await?;
                store::use_counts::mark(tx, (&unit, month), &format!("mark {number}")).await
            })
        });
        done.await.expect("the unit is there");
    }
    site.wait(SignedDuration::from_hours(24 * 30));
}

#[tokio::test]
async fn a_lead_takes_what_is_proposed_and_another_declines() {
    let site = site().await;
    six_looked(&site, 6).await;
    let (amara, daniel) = leads(&site).await;
    let tomos = person(&site, "Tomos", "medicine", ("CLINICIAN", "HIP")).await;
    let owen = person(&site, "Owen", "management", ("BOARD_MEMBER", TRUST)).await;
    let page = text(&site, &tomos, HIP).await;
    assert!(page.contains("Use of the figures in June 2026: 6 people"), "{page}");
    assert!(page.contains("It counts once a lead has accepted it."));
    let decide = "/assessment/HIP/proposals";
    let board = text(&site, &owen, HIP).await;
    assert!(board.contains("6 people") && !board.contains(decide), "the board decides nothing");
    let of = |decision: &'static str, because: &'static str| {
        let (key, period) = (("key", "use-of-figures"), ("period", "2026-06"));
        [key, period, ("decision", decision), ("because", because)]
    };
    assert_eq!(site.post(&owen, decide, &of("taken", "")).await.status, 404);
    let silent = site.post(&tomos, decide, &of("declined", " ")).await;
    assert!(silent.status == 422 && silent.text.contains("Say why you decline it"));
    assert_eq!(site.post(&tomos, decide, &of("taken", "")).await.status, StatusCode::SEE_OTHER);
    let page = text(&site, &daniel, HIP).await;
    assert!(page.contains("Collected by the system.") && !page.contains("The system proposes"));
    assert!(page.contains("Not counted: nobody has accepted it"), "{page}");
    let twice = site.post(&amara, decide, &of("taken", "")).await;
    assert!(twice.text.contains("It is not proposed any more"), "{}", twice.text);
    assert!(page.contains("href=\"/services/HIP\""), "it leads to what it tells of");
}

#[tokio::test]
async fn what_a_lead_takes_counts_unless_it_is_their_own_word() {
    let site = site().await;
    let (amara, _) = leads(&site).await;
    let moira = person(&site, "Moira", "finance", ("COSTING_ACCOUNTANT", TRUST)).await;
    let quality = "/assessment/costing-quality";
    let mut fields = [
        ("measure", "MAQS"),
        ("period", "2025-26"),
        ("score", "71.2"),
        ("target", "80"),
        ("benchmark", "The region: 71%"),
        ("assessor", "Moira Flynn"),
        ("assessed_on", "2026-06-01"),
    ];
    assert_eq!(site.post(&amara, quality, &fields).await.status, 404, "of the costing team only");
    fields[2].1 = "712";
    let wrong = site.post(&moira, quality, &fields).await;
    assert!(
        wrong.text.contains("Write the score in percent") && wrong.text.contains("value=\"712\"")
    );
    fields[2].1 = "71.2";
    assert_eq!(site.post(&moira, quality, &fields).await.status, StatusCode::SEE_OTHER);
    fields[1].1 = "2024-25";
    fields[2].1 = "65.5";
    assert_eq!(site.post(&moira, quality, &fields).await.status, StatusCode::SEE_OTHER);
    let page = text(&site, &amara, quality).await;
    assert!(page.contains("of 2025/26: 71.2%, after 65.5% in 2024/25."), "{page}");
    assert!(page.contains("<svg") && !page.contains("Keep the score"));
    let csv = site.get(&amara, "/assessment/costing-quality.csv").await.text;
    assert!(csv.contains("MAQS,2025-26,71.2,80.0,The region: 71%,Moira Flynn,2026-06-01"), "{csv}");
    let step = "/assessment/HIP/steps/P3";
    site.post(&amara, "/assessment/HIP/begin", &[]).await;
    assert!(text(&site, &amara, step).await.contains("The system proposes 1 piece for it"));
    // Whose word it is takes it too, but another must accept it.
    let moira_leads = site.post(
        &moira,
        "/assessment/HIP/proposals",
        &[("key", "costing-quality MAQS"), ("period", "2024-25"), ("decision", "taken")],
    );
    assert_eq!(moira_leads.await.status, 422, "only the latest year is proposed");
    let taken = [("key", "costing-quality MAQS"), ("period", "2025-26"), ("decision", "taken")];
    let done = site.post(&amara, "/assessment/HIP/proposals", &taken).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = text(&site, &amara, HIP).await;
    assert!(page.contains("Counts to 1 June 2027"), "{page}");
    assert!(!text(&site, &amara, step).await.contains("The system proposes"));
}

#[tokio::test]
async fn a_lead_who_entered_a_score_does_not_make_it_count_alone() {
    let site = site().await;
    let both = site.of_profession("Ravi", "finance").await;
    site.grant(&grant(&both, "COSTING_ACCOUNTANT", TRUST)).await;
    site.grant(&grant(&both, "FINANCE_DIRECTOR", TRUST)).await;
    let ravi = site.sign_in(&both).await;
    let fields = [
        ("measure", "MAQS"),
        ("period", "2025-26"),
        ("score", "71.2"),
        ("target", ""),
        ("benchmark", "The region: 71%"),
        ("assessor", "Ravi"),
        ("assessed_on", "2026-06-01"),
    ];
    let done = site.post(&ravi, "/assessment/costing-quality", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let taken = [("key", "costing-quality MAQS"), ("period", "2025-26"), ("decision", "taken")];
    let done = site.post(&ravi, "/assessment/HIP/proposals", &taken).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert!(text(&site, &ravi, HIP).await.contains("Not counted: nobody has accepted it"));
}

#[tokio::test]
async fn below_five_people_nothing_is_proposed() {
    let site = site().await;
    six_looked(&site, 4).await;
    let (amara, _) = leads(&site).await;
    let page = text(&site, &amara, HIP).await;
    assert!(!page.contains("The system proposes") && !page.contains("Use of the figures in"));
}

#[tokio::test]
async fn a_published_costing_is_proposed_and_looking_behind_it_is_counted_once() {
    let site = costed::site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let page = site.get(&amara, "/assessment/TORT/evidence").await;
    assert_eq!(page.status, StatusCode::OK);
    let told = page.text.replace('\u{a0}', " ");
    assert!(
        told.contains("Costing of 2025/26 to the end of March")
            && told.contains("published it on 20 May 2026, 50 days after its last month ended"),
        "{told}"
    );
    // One costing alone is compared with nothing.
    assert!(!told.contains("Match quality"), "{told}");
    let month = |text: &str| text.parse::<store::measures::Month>().expect("a month");
    let begun = async || {
        let mut db = site.store.read().await.expect("a connection");
        store::use_counts::ended(&mut db, month("2026-07")).await.expect("a read")
    };
    site.get(&amara, "/services/TORT").await;
    let priya = site.sign_in("COSTING_ACCOUNTANT").await;
    assert_eq!(site.get(&priya, "/services/TORT/week").await.status, StatusCode::OK);
    assert_eq!(
        begun().await,
        [],
        "the page itself is not behind it, and who made it is not counted"
    );
    for path in ["/services/TORT/week", "/services/TORT/goods", "/patients?line=TORT"] {
        assert_eq!(site.get(&amara, path).await.status, StatusCode::OK, "{path}");
    }
    assert_eq!(begun().await, [month("2026-06")]);
    let july = month("2026-07");
    let entry = store::Entry::by("operator", "2026-07-01T09:00:00Z".parse().expect("a moment"));
    let ended = site.store.write(move |tx| {
        Box::pin(async move { store::use_counts::end(tx, (july, 1), &entry).await })
    });
    ended.await.expect("June has ended");
    let counts = async |unit: &str| {
        let mut db = site.store.read().await.expect("a connection");
        let all = store::use_counts::counts(&mut db, &store::UnitCode::new(unit)).await;
        all.expect("a read").iter().map(|it| it.people).collect::<Vec<_>>()
    };
    assert_eq!((counts("TORT").await, counts("CARD").await), (vec![1], vec![]), "one, once");
    let recorded = site.audit("use").await;
    assert_eq!(recorded.len(), 1, "that the month has ended, and not who looked");
    assert_eq!(recorded[0].entry.object.as_deref(), Some("month 2026-06"));
}

/// By year, the period of each costing of a folder and how much of its activity found its patient.
fn match_quality(runs: &Path) -> BTreeMap<String, (String, String)> {
    let folders = std::fs::read_dir(runs).expect("a folder").flatten();
    let runs = folders.filter_map(|it| Run::open(&it.path()).ok());
    let of = |run: Run| {
        let rates = run.match_rates().expect("its tables are read");
        let rows: i64 = rates.iter().map(|it| it.rows).sum();
        let tenths = rates.iter().map(|it| it.matched).sum::<i64>() * 1_000 / rows;
        let manifest = run.manifest();
        let period = costing_quality::period_of(&manifest.year, manifest.last_period);
        (manifest.year.clone(), (period, format!("{}.{}%", tenths / 10, tenths % 10)))
    };
    runs.map(of).collect()
}

#[tokio::test]
async fn the_match_quality_of_two_costings_is_proposed_beside_that_of_the_year_before() {
    let runs = costed::two_years();
    let site = costed::site_over(runs).await;
    let rates = std::thread::spawn(move || match_quality(runs)).join().expect("they are counted");
    assert_eq!(rates.len(), 2, "{rates:?}");
    let (was, is) = (&rates["2024-25"], &rates["2025-26"]);
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let told = async || {
        let page = site.get(&amara, "/assessment/TORT/evidence").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        unlinked(&page.text).replace('\u{a0}', " ")
    };
    let page = told().await;
    let title = format!("Match quality of {}: {}", is.0, is.1);
    let because = format!(
        "{} found their patient; in the costing of {} it was {}. It is compared with our own earlier costing, and with no other trust.",
        is.1, was.0, was.1
    );
    for part in [title.as_str(), &because, "For: Benchmark MAQS performance management measure"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    // The same figures are a series: in the file one row for each costing.
    let file = site.get(&amara, "/assessment/costing-quality.csv").await.text;
    let series: Vec<&str> = file.lines().filter(|it| it.starts_with("match quality,")).collect();
    assert_eq!(series.len(), 2, "{file}");
    for (row, of) in series.iter().zip([was, is]) {
        assert!(row.contains(&format!(",{},", of.1.trim_end_matches('%'))), "{row}: {of:?}");
    }
    let key = ("key", "match-quality");
    let taken = [key, ("period", "2025-26 to month 12"), ("decision", "taken")];
    let done = site.post(&amara, "/assessment/TORT/proposals", &taken).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = told().await;
    assert!(page.contains("Counts to 20 May 2027"), "{page}");
    assert!(page.contains(&title) && !page.contains(&because), "it is evidence now: {page}");
}
