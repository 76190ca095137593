//! Differences on the costed trust: requests in, pages out.

use axum::http::StatusCode;
use store::joint_actions::{self, NewAction};
use store::{Entry, UnitCode};

use crate::shell::costed::{Answer, SignedIn, Site, site, site_on_postgres, trust, visible};

const PAGE: &str = "/services/TORT/national";

fn address(differs: &str) -> String {
    let pairs = [("page", PAGE), ("run", trust().run.as_str()), ("differs", differs)];
    format!("/variation/new?{}", serde_urlencoded::to_string(pairs).expect("an address"))
}

pub(super) async fn opened(site: &Site, who: &SignedIn, (differs, due): (&str, &str)) -> Answer {
    let fields = [
        ("page", PAGE),
        ("run", trust().run.as_str()),
        ("differs", differs),
        ("comparator", "national_mean"),
        ("due", due),
    ];
    site.post(who, "/variation/new", &fields).await
}

pub(super) async fn says(
    site: &Site,
    who: &SignedIn,
    address: &str,
    (question, words, seen): (&str, &str, &str),
) -> Answer {
    let act = if words.is_empty() { "agree" } else { "write" };
    let mut fields = vec![("seen", seen), ("question", question), ("act", act)];
    if !words.is_empty() {
        fields.push((question, words));
    }
    site.post(who, &format!("{address}/answer"), &fields).await
}

#[tokio::test]
async fn a_page_leads_to_a_difference_with_its_words_filled_in() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let page = site.get(&amara, PAGE).await.text;
    let link = page.split("href=\"/variation/new?").nth(1).expect("a link").split('"').next();
    let link = format!("/variation/new?{}", link.expect("its end").replace("&#38;", "&"));
    let form = site.get(&amara, &link).await;
    assert_eq!(form.status, 200, "{link}");
    let heading = page.split("<h1").nth(1).and_then(|it| it.split('>').nth(1));
    let heading = heading.and_then(|it| it.split('<').next()).expect("a heading").trim();
    assert!(form.text.contains(heading), "what the page says: {heading}: {}", form.text);
    // Board members see no exact figure, and open none.
    let owen = site.sign_in("BOARD_MEMBER").await;
    assert!(!site.get(&owen, "/services/TORT").await.text.contains("/variation/new?"));
    assert_eq!(site.get(&owen, &address("x")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn it_is_explained_by_a_clinician_and_finance_together_and_leads_to_an_action() {
    explained_together(site().await).await;
}

#[tokio::test]
async fn a_difference_is_explained_together_on_postgres_too() {
    explained_together(site_on_postgres().await).await;
}

async fn explained_together(site: Site) {
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let wrong = opened(&site, &amara, (" ", "2026-05-31")).await.text;
    for told in ["Say what differs, and by how much", "Enter a day from today on"] {
        assert_eq!(wrong.matches(told).count(), 2, "{told}: {wrong}");
    }
    let done = opened(&site, &amara, ("Hips cost £410 more than the mean", "2026-06-29")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let it = done.location.as_str();
    for (at, question) in ["different", "why", "what_next"].into_iter().enumerate() {
        let seen = [at * 2, at * 2 + 1].map(|it| it.to_string());
        let wrote =
            says(&site, &amara, it, (question, "Patients wait for transport", &seen[0])).await;
        assert_eq!(wrote.status, StatusCode::SEE_OTHER, "{}", wrote.text);
        let page = site.get(&daniel, it).await.text;
        assert!(page.contains("Not explained together yet"), "one side alone: {page}");
        let own = says(&site, &amara, it, (question, "", &seen[1])).await;
        assert_ne!(own.status, StatusCode::SEE_OTHER, "nobody agrees to their own words");
        let agreed = says(&site, &daniel, it, (question, "", &seen[1])).await;
        assert_eq!(agreed.status, StatusCode::SEE_OTHER, "{}", agreed.text);
    }
    let page = visible(&site.get(&daniel, it).await.text);
    assert_eq!(page.matches("Both stand behind it").count(), 3, "{page}");
    assert!(
        page.contains("Daniel Osei agrees.") && page.contains("What follows is said by"),
        "{page}"
    );
    let silent = site.post(&daniel, &format!("{it}/follow"), &[("seen", "6")]).await.text;
    assert!(silent.contains("Say why nothing follows, or choose an action"), "{silent}");
    let action = an_action(&site).await;
    let follow = [("seen", "6"), ("action", action.as_str())];
    let done = site.post(&daniel, &format!("{it}/follow"), &follow).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = site.get(&amara, it).await.text;
    assert!(
        page.contains("Led to an action") && page.contains(&format!("/actions/{action}")),
        "{page}"
    );
    assert!(
        site.get(&amara, "/variation").await.text.contains("No difference is being followed up")
    );
    assert!(site.get(&amara, "/variation?list=all&unit=TORT").await.text.contains("£410"));
    let kept = format!("{:?}", site.audit("").await);
    assert!(!kept.contains("transport") && !kept.contains("£410"), "no words in the audit");
}

/// An action of orthopaedics.
async fn an_action(site: &Site) -> String {
    use engagement::actions::{Action, Effort, Owner, Priority, Profession};
    let mut db = site.store.read().await.expect("reads");
    let amara = store::people::by_email(&mut db, "amara.okafor@ashbourne.example").await;
    let amara = amara.expect("reads").expect("is there").id;
    drop(db);
    let new = NewAction {
        unit: UnitCode::new("TORT"),
        origin: String::new(),
        of: Action {
            what: "Book transport".to_owned(),
            owners: vec![Owner { person: amara.to_string(), profession: Profession::Clinical }],
            joint: false,
            size: None,
            effort: Effort::Low,
            priority: Priority::High,
            measure: "Fewer days".to_owned(),
            quality: String::new(),
            starts_on: "2026-06-01".parse().expect("a day"),
            due_on: "2026-06-30".parse().expect("a day"),
        },
    };
    let entry = Entry::by(amara.as_str(), "2026-06-01T09:00:00Z".parse().expect("a moment"));
    let made = site
        .store
        .write(move |tx| Box::pin(async move { joint_actions::agree(tx, &new, &entry).await }));
    made.await.expect("it is agreed").to_string()
}

#[tokio::test]
async fn whoever_does_not_see_the_unit_exactly_finds_nothing_and_what_waits_is_told() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let it = opened(&site, &amara, ("Hips cost £410 more", "2026-06-29")).await.location;
    for role in ["BOARD_MEMBER", "WARD_MANAGER"] {
        let who = site.sign_in(role).await;
        assert_eq!(site.get(&who, &it).await.status, StatusCode::NOT_FOUND, "{role}");
        assert!(!site.get(&who, "/variation?list=all").await.text.contains("£410"), "{role}");
        let said = says(&site, &who, &it, ("why", "x", "0")).await;
        assert_eq!(said.status, StatusCode::NOT_FOUND, "{role}");
    }
    // An auditor reads and says nothing.
    let auditor = site.sign_in("AUDITOR").await;
    assert!(site.get(&auditor, &it).await.text.contains("£410"));
    assert_eq!(says(&site, &auditor, &it, ("why", "x", "0")).await.status, StatusCode::NOT_FOUND);
    let mine = visible(&site.get(&amara, "/my-service").await.text);
    assert!(mine.contains("1\u{a0}difference waits for answers of a clinician."), "{mine}");
    let finance = site.sign_in("FINANCE_DIRECTOR").await;
    let first = visible(&site.get(&finance, "/").await.text);
    assert!(first.contains("1\u{a0}difference waits for answers of finance."), "{first}");
    let stale = says(&site, &amara, &it, ("why", "Transport", "3")).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    // Pages that compare colleagues or show patients take none, and no patient is named.
    for page in ["/services/TORT/colleagues", "/patients/x", "//evil.example"] {
        let pairs = [("page", page), ("run", trust().run.as_str())];
        let query = serde_urlencoded::to_string(pairs).expect("an address");
        let found = site.get(&amara, &format!("/variation/new?{query}")).await;
        assert_eq!(found.status, StatusCode::NOT_FOUND, "{page}");
    }
    let named = opened(&site, &amara, ("See 943 476 5919", "2026-06-29")).await.text;
    assert!(named.contains("Take out the NHS number"), "{named}");
}

#[tokio::test]
async fn a_difference_from_the_median_has_one_once_the_values_of_the_others_are_there() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let it = opened(&site, &amara, ("A stay has 5.1 days", "2026-06-29")).await.location;
    let page = visible(&site.get(&amara, &it).await.text);
    assert!(page.contains("no median and no top quartile can be worked out"), "{page}");
    let beside = format!("{it}/others");
    let values = |all, seen| {
        let club = "Benchmarking club";
        let (own, good) = (("own", "5.1"), ("good", "down"));
        [own, good, ("values", all), ("counted_in", "days"), ("source", club), ("seen", seen)]
    };
    let wrong = site.post(&amara, &beside, &values("3.7\nfour", "0")).await.text;
    assert!(wrong.contains("Value 2 is no number") && wrong.contains("four"), "{wrong}");
    let few = site.post(&amara, &beside, &values("3.7", "0")).await.text;
    assert!(few.contains("Enter the values of at least two others"), "{few}");
    // 3.1, 3.7, 4.1, 4.9, 5.2: mean 4.2, median 4.1; a quarter of the four steps is 3.7.
    let done = site.post(&amara, &beside, &values("4.9\n3.1\n5.2\n3.7\n4.1", "0")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = visible(&site.get(&amara, &it).await.text).replace('\u{a0}', " ");
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    for told in [
        "Own figure 5.1 days Others 5 values Their mean 4.2 days Their median 4.1 days",
        "Their top quartile begins at 3.7 days",
        "The own figure is 1 days above the median of the others, and not in their top quartile.",
        "Benchmarking club. Brought in by Amara Okafor",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let stale = site.post(&amara, &beside, &values("1\n2", "0")).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    let ward = site.sign_in("WARD_MANAGER").await;
    assert_eq!(site.post(&ward, &beside, &values("1\n2", "1")).await.status, StatusCode::NOT_FOUND);
    let kept = format!("{:?}", site.audit("insight.").await);
    assert!(kept.contains("set 1 of values") && !kept.contains("club"), "{kept}");
}
