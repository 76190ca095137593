//! Requests in, pages out: people, rights, units and their review.

use axum::http::{Method, StatusCode, header};
use jiff::SignedDuration;
use store::people::PersonState;
use store::{PersonId, UnitCode, credentials, grants, people, sessions, units};

use crate::shell::session;
use crate::shell::testing::{Answer, Browser, Site, TRUST, request, site};

/// An administrator, another, and somebody without a right.
struct Trust {
    site: Site,
    ada: Browser,
    bea: Browser,
    cem: PersonId,
}

async fn trust() -> Trust {
    let site = site().await;
    let ada = site.person("Ada Bright", "ADMINISTRATOR").await;
    let bea = site.person("Bea Second", "ADMINISTRATOR").await;
    let cem = site.person("Cem Third", "").await;
    let (ada, bea) = (site.sign_in(&ada).await, site.sign_in(&bea).await);
    Trust { site, ada, bea, cem }
}

async fn roles_today(site: &Site, id: &PersonId) -> Vec<String> {
    let mut db = site.store().read().await.expect("a connection");
    let day = session::today(site.app().now());
    let found = grants::counting(&mut db, id, day).await.expect("a read");
    found.into_iter().map(|it| it.granted.role).collect()
}

/// The reference of the only right of a person.
async fn right_of(site: &Site, id: &PersonId) -> String {
    let mut db = site.store().read().await.expect("a connection");
    let all = grants::of_person(&mut db, id).await.expect("a read");
    assert_eq!(all.len(), 1, "one right");
    all[0].id.as_str().to_owned()
}

async fn give(site: &Site, by: &Browser, to: &PersonId, role: &str) -> Answer {
    let fields = [
        ("role", role),
        ("unit", TRUST),
        ("patient_level", "no"),
        ("reason", "joins the team"),
        ("from", "2026-06-11"),
        ("until", ""),
    ];
    site.post(by, &format!("/people/{to}/rights"), &fields).await
}

#[tokio::test]
async fn a_person_is_added_and_a_double_click_adds_one() {
    let Trust { site, ada, .. } = trust().await;
    let fields = [
        ("name", "Dee New"),
        ("email", "dee.new@trust.example"),
        ("job_title", "Nurse"),
        ("profession", "nursing"),
        ("version", ""),
        ("once", "the key of one form"),
    ];
    for _ in 0..2 {
        let answer = site.post(&ada, "/people/new", &fields).await;
        assert_eq!(answer.location(), "/people", "{}", answer.text);
    }
    let another = site.post(&ada, "/people/new", &fields[..5]).await;
    assert_eq!(another.text.matches("Somebody has this address already").count(), 2);
    let page = site.get(&ada, "/people?name=dee").await;
    assert_eq!(page.text.matches("dee.new@trust.example").count(), 1, "{}", page.text);
    assert!(!page.text.contains("Cem Third"), "the list is filtered by name");
}

#[tokio::test]
async fn what_is_wrong_stands_in_the_summary_and_at_its_field() {
    let Trust { site, ada, .. } = trust().await;
    let fields = [
        ("name", " "),
        ("email", "nowhere"),
        ("job_title", ""),
        ("profession", ""),
        ("version", ""),
    ];
    let page = site.post(&ada, "/people/new", &fields).await;
    for words in ["Enter the person’s name", "Enter an email address such as"] {
        assert_eq!(page.text.matches(words).count(), 2, "{words}");
    }
    assert!(page.text.contains("<title>Error: "));
    assert!(page.text.contains("value=\"nowhere\""), "what was typed stays");
}

#[tokio::test]
async fn an_edit_of_an_old_version_is_refused() {
    let Trust { site, ada, bea, cem } = trust().await;
    let path = format!("/people/{cem}/edit");
    let fields = |title| {
        [
            ("name", "Cem Third"),
            ("email", "cem.third@trust.example"),
            ("job_title", title),
            ("profession", ""),
            ("version", "1"),
        ]
    };
    assert_eq!(site.post(&ada, &path, &fields("Nurse")).await.status, StatusCode::SEE_OTHER);
    let second = site.post(&bea, &path, &fields("Doctor")).await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    assert!(second.text.contains("Somebody else changed this before you"));
    let mut db = site.store().read().await.expect("a connection");
    let stored = people::get(&mut db, &cem).await.expect("a read");
    assert_eq!(stored.person.job_title, "Nurse");
}

#[tokio::test]
async fn a_leaver_is_out_at_the_next_request_and_comes_back_with_nothing() {
    let Trust { site, ada, bea, .. } = trust().await;
    let stored = {
        let mut db = site.store().read().await.expect("a connection");
        people::by_email(&mut db, "bea.second@trust.example").await.expect("a read")
    };
    let id = stored.expect("she is here").id;
    assert_eq!(site.get(&bea, "/people").await.status, StatusCode::OK);
    let left = site.post(&ada, &format!("/people/{id}/leave"), &[]).await;
    assert_eq!(left.status, StatusCode::SEE_OTHER);
    let next = site.get(&bea, "/people").await;
    assert!(next.location().starts_with("/sign-in?"), "the session is dead");
    assert_eq!(roles_today(&site, &id).await, [""; 0]);
    let back = site.post(&ada, &format!("/people/{id}/rejoin"), &[]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
    let mut db = site.store().read().await.expect("a connection");
    let stored = people::get(&mut db, &id).await.expect("a read");
    assert_eq!(stored.state, PersonState::Active);
    drop(db);
    assert_eq!(roles_today(&site, &id).await, [""; 0], "no right comes back");
    assert!(site.get(&bea, "/people").await.location().starts_with("/sign-in?"));
}

#[tokio::test]
async fn nobody_manages_themselves() {
    let Trust { site, ada, .. } = trust().await;
    let me = {
        let mut db = site.store().read().await.expect("a connection");
        people::by_email(&mut db, "ada.bright@trust.example").await.expect("a read")
    };
    let me = me.expect("she is here").id;
    let edit = [
        ("name", "Ada Bright"),
        ("email", "ada.bright@trust.example"),
        ("job_title", "Queen"),
        ("profession", ""),
        ("version", "1"),
    ];
    let mine = right_of(&site, &me).await;
    let tries = [
        (format!("/people/{me}/edit"), &edit[..]),
        (format!("/people/{me}/leave"), &[]),
        (format!("/people/{me}/rejoin"), &[]),
        (format!("/people/{me}/password"), &[]),
        (format!("/people/{me}/second-factor"), &[]),
        (format!("/people/rights/{mine}/revoke"), &[]),
        (format!("/people/rights/{mine}/approve"), &[]),
    ];
    for (path, fields) in tries {
        let answer = site.post(&ada, &path, fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(answer.text.contains("Nobody manages themselves"), "{path}");
    }
    let answer = give(&site, &ada, &me, "AUDITOR").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(roles_today(&site, &me).await, ["ADMINISTRATOR"]);
}

#[tokio::test]
async fn a_plain_right_counts_at_once_and_is_taken_away() {
    let Trust { site, ada, cem, .. } = trust().await;
    // The finance director's rights show no row of a patient.
    let given = give(&site, &ada, &cem, "FINANCE_DIRECTOR").await;
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.text);
    assert_eq!(roles_today(&site, &cem).await, ["FINANCE_DIRECTOR"]);
    let browser = site.sign_in(&cem).await;
    assert_eq!(site.get(&browser, "/runs").await.status, StatusCode::OK);
    let id = right_of(&site, &cem).await;
    site.post(&ada, &format!("/people/rights/{id}/revoke"), &[]).await;
    assert_eq!(site.get(&browser, "/runs").await.status, StatusCode::NOT_FOUND, "at once");
}

#[tokio::test]
async fn a_role_that_shows_patients_waits_for_a_second_person() {
    let Trust { site, ada, bea, cem } = trust().await;
    let given = give(&site, &ada, &cem, "COSTING_ACCOUNTANT").await;
    assert_eq!(given.status, StatusCode::SEE_OTHER);
    assert_eq!(roles_today(&site, &cem).await, [""; 0], "one administrator is not enough");
    let id = right_of(&site, &cem).await;
    let path = format!("/people/rights/{id}/approve");
    let own = site.post(&ada, &path, &[]).await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(own.text.contains("approved by a second person"), "{}", own.text);
    assert!(
        !site.get(&ada, &format!("/people/{cem}")).await.text.contains("Approve as the second")
    );
    assert!(site.get(&bea, &format!("/people/{cem}")).await.text.contains("Approve as the second"));
    assert_eq!(site.post(&bea, &path, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(roles_today(&site, &cem).await, ["COSTING_ACCOUNTANT"]);
}

#[tokio::test]
async fn a_first_password_is_shown_once_and_must_be_changed() {
    let Trust { site, ada, cem, .. } = trust().await;
    give(&site, &ada, &cem, "FINANCE_DIRECTOR").await;
    let before = site.sign_in(&cem).await;
    let shown = site.post(&ada, &format!("/people/{cem}/password"), &[]).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert_eq!(shown.headers[header::CACHE_CONTROL], "no-store");
    let password = shown.text.split("<pre class=\"concord-text\">").nth(1).expect("it is shown");
    let password = password.split('<').next().expect("its end").to_owned();
    assert_eq!(password.len(), 24, "{password}");
    assert!(site.get(&before, "/runs").await.location().starts_with("/sign-in?"), "signed out");

    let nobody = site.get(&Browser::default(), "/sign-in").await;
    let cookie = nobody.headers[header::SET_COOKIE].to_str().expect("text");
    let cookie = cookie.split(';').next().expect("a pair").to_owned();
    let csrf = cookie.trim_start_matches("before=").to_owned();
    let browser = Browser { cookie, csrf, ..Browser::default() };
    let fields =
        [("email", "cem.third@trust.example"), ("password", password.as_str()), ("next", "/runs")];
    let signed_in = site.post(&browser, "/sign-in", &fields).await;
    assert_eq!(signed_in.location(), "/runs", "{}", signed_in.text);
    let cookie = signed_in.headers.get_all(header::SET_COOKIE).iter();
    let cookie = cookie.filter_map(|it| it.to_str().ok()).find(|it| it.starts_with("sid="));
    let cookie = cookie.expect("a session").split(';').next().expect("a pair").to_owned();
    let browser = Browser { cookie, ..Browser::default() };
    assert_eq!(site.get(&browser, "/runs").await.location(), "/account/password");
    let change = site.get(&browser, "/account/password").await;
    assert_eq!(change.status, StatusCode::OK);
    let csrf = change.text.split("name=\"csrf\" value=\"").nth(1).expect("a token");
    let csrf = csrf.split('"').next().expect("its end").to_owned();
    let browser = Browser { csrf, ..browser };
    let fields = [("password", "four words of my own"), ("again", "four words of my own")];
    let changed = site.post(&browser, "/account/password", &fields).await;
    assert_eq!(changed.location(), "/sign-in");
    let mut db = site.store().read().await.expect("a connection");
    assert!(!credentials::must_change(&mut db, &cem).await.expect("a read"));
}

#[tokio::test]
async fn secrets_of_others_need_a_fresh_proof() {
    let Trust { site, ada, cem, .. } = trust().await;
    site.wait(SignedDuration::from_mins(16));
    for step in ["password", "second-factor"] {
        let path = format!("/people/{cem}/{step}");
        assert!(site.get(&ada, &path).await.location().starts_with("/sign-in/again?"));
        let posted = site.post(&ada, &path, &[]).await;
        assert!(posted.location().starts_with("/sign-in/again?"), "{}", posted.status);
    }
    let mut db = site.store().read().await.expect("a connection");
    assert_eq!(credentials::password(&mut db, &cem).await.expect("a read"), None);
}

#[tokio::test]
async fn a_second_factor_is_reset_with_all_sessions() {
    let Trust { site, ada, cem, .. } = trust().await;
    let (target, entry) = (cem.clone(), site.operator());
    let set = site.store().write(move |tx| {
        Box::pin(async move { credentials::set_totp(tx, &target, "sealed", 1, &entry).await })
    });
    set.await.expect("it is set");
    let browser = site.sign_in(&cem).await;
    site.post(&ada, &format!("/people/{cem}/second-factor"), &[]).await;
    let mut db = site.store().read().await.expect("a connection");
    assert!(credentials::totp(&mut db, &cem).await.expect("a read").is_none());
    let limits = sessions::Limits {
        idle: SignedDuration::from_mins(30),
        absolute: SignedDuration::from_hours(12),
    };
    let open = sessions::list(&mut db, &cem, site.app().now(), &limits).await.expect("a read");
    assert!(open.is_empty());
    drop(db);
    assert!(site.get(&browser, "/").await.location().starts_with("/sign-in?"));
}

const HEAD: &str = "name,email,job_title,role,unit,from,until\n";

#[tokio::test]
async fn an_import_with_faults_takes_nothing_and_names_every_line() {
    let Trust { site, ada, .. } = trust().await;
    let csv = format!(
        "{HEAD}Eve Good,eve.good@trust.example,Nurse,,,,\n\
         Fay Bad,nowhere,Nurse,,,,\n\
         Gil Bad,gil@trust.example,Nurse,COSTING_ACCOUNTANT,TRUST,2026-04-01,\n"
    );
    let page = site.post(&ada, "/people/import", &[("csv", &csv)]).await;
    assert!(page.text.contains("<th scope=\"row\" class=\"nhsuk-table__header\">3</th>"));
    assert!(page.text.contains("needs an email address such as"));
    assert!(page.text.contains("<th scope=\"row\" class=\"nhsuk-table__header\">4</th>"));
    assert!(page.text.contains("the role must be one of"), "roles with patients are not imported");
    let mut db = site.store().read().await.expect("a connection");
    assert_eq!(people::list(&mut db).await.expect("a read").len(), 3, "nobody was added");
}

/// A file as browsers send it.
async fn upload(site: &Site, browser: &Browser, csrf: &str, csv: &str) -> Answer {
    let body = format!(
        "--B\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n\
         --B\r\nContent-Disposition: form-data; name=\"once\"\r\n\r\nkey\r\n\
         --B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\n\
         Content-Type: text/csv\r\n\r\n{csv}\r\n--B--\r\n"
    );
    let request = request(Method::POST, browser, "/people/import/file")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=B")
        .body(axum::body::Body::from(body));
    site.send(request.expect("a request")).await
}

#[tokio::test]
async fn a_file_is_taken_with_the_token_of_the_session_only() {
    let Trust { site, ada, bea, .. } = trust().await;
    let csv =
        format!("{HEAD}Eve Good,eve.good@trust.example,Nurse,FINANCE_DIRECTOR,TRUST,2026-04-01,\n");
    let forged = upload(&site, &ada, &bea.csrf, &csv).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let taken = upload(&site, &ada, &ada.csrf, &csv).await;
    assert_eq!(taken.location(), "/people", "{}", taken.text);
    let mut db = site.store().read().await.expect("a connection");
    let eve = people::by_email(&mut db, "eve.good@trust.example").await.expect("a read");
    let eve = eve.expect("she was added").id;
    drop(db);
    assert_eq!(roles_today(&site, &eve).await, ["FINANCE_DIRECTOR"]);
}

#[tokio::test]
async fn units_are_added_changed_once_and_imported() {
    let Trust { site, ada, bea, .. } = trust().await;
    let fields = |name, version| {
        [
            ("code", "A/B C"),
            ("name", name),
            ("kind", "team"),
            ("parent", "HIP"),
            ("from", "2026-06-01"),
            ("until", ""),
            ("version", version),
        ]
    };
    let added = site.post(&ada, "/people/units/new", &fields("Ward", "")).await;
    assert_eq!(added.location(), "/people/units", "{}", added.text);
    let again = site.post(&ada, "/people/units/new", &fields("Ward", "")).await;
    assert!(again.text.contains("There is a unit with this code already"));
    let path = "/people/units/edit/A%2FB%20C";
    let page = site.get(&bea, path).await;
    assert!(page.text.contains("name=\"version\" value=\"1\""), "{}", page.text);
    assert_eq!(site.post(&ada, path, &fields("New ward", "1")).await.status, StatusCode::SEE_OTHER);
    assert_eq!(site.post(&bea, path, &fields("Other", "1")).await.status, StatusCode::CONFLICT);
    let csv = "code,name,kind,parent,from,until\nEYE,Eyes,service_line,TRUST,2026-04-01,\n";
    let taken = site.post(&ada, "/people/units/import", &[("csv", csv)]).await;
    assert_eq!(taken.location(), "/people/units");
    let mut db = site.store().read().await.expect("a connection");
    let ward = units::get(&mut db, &UnitCode::new("A/B C")).await.expect("it is there");
    assert_eq!((ward.unit.name.as_str(), ward.version), ("New ward", 2));
    drop(db);
    let tree = site.get(&ada, "/people/units").await.text;
    assert!(tree.contains("– – <a href=\"/people/units/edit/A%2FB%20C\">New ward</a>"), "{tree}");
}

#[tokio::test]
async fn the_review_marks_what_nobody_used_for_ninety_days() {
    let Trust { site, ada, cem, .. } = trust().await;
    give(&site, &ada, &cem, "FINANCE_DIRECTOR").await;
    let page = site.get(&ada, "/people/review").await.text;
    assert!(page.contains("Every right was used in the last 90 days"), "given today");
    // 90 days later only those who are here now have used theirs.
    site.wait(SignedDuration::from_hours(90 * 24));
    let audit = site.person("Ann Reader", "AUDITOR").await;
    let ann = site.sign_in(&audit).await;
    let page = site.get(&ann, "/people/review").await.text;
    assert!(page.contains("3 rights were not used for 90 days"), "{page}");
    assert_eq!(page.matches("concord-tag--act").count(), 3);
    let file = site.get(&ann, "/people/review.csv").await.text;
    assert_eq!(file.lines().filter(|it| it.contains(",yes,counts today")).count(), 3, "{file}");
}
