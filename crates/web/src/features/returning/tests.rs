//! A trust's return and what it shares: requests in, pages out.

use axum::http::StatusCode;
use store::assessing::{self, NewLevel, Says, Side};
use store::{Entry, PersonId, UnitCode};

use crate::shell::testing::{Browser, Site, TRUST, grant, site, site_on_postgres};

/// Both directors of a trust.
struct Directors {
    helen: (PersonId, Browser),
    ravi: (PersonId, Browser),
}

async fn directors(site: &Site) -> Directors {
    let one = async |name: &str, profession: &str, role: &str| {
        let id = site.of_profession(name, profession).await;
        site.grant(&grant(&id, role, TRUST)).await;
        let browser = site.sign_in(&id).await;
        (id, browser)
    };
    Directors {
        helen: one("Helen Marsh", "medicine", "MEDICAL_DIRECTOR").await,
        ravi: one("Ravi Sethi", "finance", "FINANCE_DIRECTOR").await,
    }
}

/// A level of the trust with what was kept beside it, signed by so many directors.
async fn level(site: &Site, all: &Directors, (level, kept): (i64, &'static str), signed: usize) {
    let at = site.app().now();
    let (clinical, finance) =
        (Entry::by(all.helen.0.as_str(), at), Entry::by(all.ravi.0.as_str(), at));
    let new = NewLevel {
        level,
        proposed: Some(level),
        because: String::new(),
        culture: "People ask each other".to_owned(),
        reassess_by: "2027-05-01".parse().expect("a day"),
        snapshot: kept.to_owned(),
    };
    let done = site.store().write(move |tx| {
        Box::pin(async move {
            let unit = UnitCode::new(TRUST);
            let id = match assessing::current(tx, &unit).await? {
                Some(it) => it.id,
                None => assessing::open(tx, &unit, "2013", &clinical).await?,
            };
            let before = assessing::levels(tx, Some(&id)).await?.len();
            let today = "2026-06-11".parse().expect("a day");
            let seen = (i64::try_from(before).unwrap_or_default(), today);
            let level = assessing::put_forward(tx, &id, &new, seen, &clinical).await?;
            let sides = [(Side::Clinical, &clinical), (Side::Finance, &finance)];
            for (side, entry) in sides.into_iter().take(signed) {
                assessing::answer(tx, &level, (side, Says::Signed, ""), entry).await?;
            }
            Ok(())
        })
    });
    done.await.expect("a level");
}

const COUNTED: &str = r#"{"mode":"organisation","national_framework":"2013","framework":"2013-local","counted":["C1","P1","B1"]}"#;
const BY_UNIT: &str = r#"{"mode":"by_unit","framework":"2013","counted":["C1"]}"#;

async fn text(site: &Site, who: &Browser, path: &str) -> String {
    let page = site.get(who, path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}");
    page.text.replace('\u{a0}', " ").replace("&#39;", "'")
}

/// The first level that can be chosen, and how many returns the page has seen.
fn offered(page: &str) -> [String; 2] {
    let radio = page.split("name=\"level\" type=\"radio\" value=\"").nth(1).expect("a level");
    let seen = page.split("name=\"seen\" value=\"").nth(1).expect("a number");
    [radio, seen].map(|it| it.split('"').next().unwrap_or_default().to_owned())
}

const HERE: &str = "/assessment/return";
const GROUPS: &str = "/assessment/sharing";

/// Sends what the page offers first.
async fn sent(site: &Site, who: &Browser, then: &str) -> crate::shell::testing::Answer {
    let [level, seen] = offered(&text(site, who, HERE).await);
    let fields = [
        ("level", level.as_str()),
        ("organisation", "x-001"),
        ("year", "2026"),
        ("collector", "National collection"),
        ("seen", seen.as_str()),
        ("then", then),
    ];
    site.post(who, HERE, &fields).await
}

/// Addresses on a page that end so, in order.
fn addresses(page: &str, end: &str) -> Vec<String> {
    let all = page.split("href=\"").skip(1).filter_map(|it| it.split('"').next());
    all.filter(|it| it.ends_with(end)).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_return_is_of_one_signed_level_and_a_later_one_is_another_version() {
    returned(site().await).await;
}

#[tokio::test]
async fn a_return_is_of_one_signed_level_on_postgres_too() {
    returned(site_on_postgres().await).await;
}

async fn returned(site: Site) {
    let all = directors(&site).await;
    let helen = &all.helen.1;
    assert!(text(&site, helen, HERE).await.contains("Nothing can be returned yet"));
    level(&site, &all, (3, COUNTED), 1).await;
    assert!(text(&site, helen, HERE).await.contains("Nothing can be returned yet"), "half signed");
    // The other director sends it back, and another is signed by both.
    let ravi = all.ravi.0.clone();
    let at = site.app().now();
    let done = site.store().write(move |tx| {
        Box::pin(async move {
            let open = assessing::levels(tx, None).await?.pop().expect("there is one");
            let said = (Side::Finance, Says::Changes, "The audit is missing");
            assessing::answer(tx, &open.id, said, &Entry::by(ravi.as_str(), at)).await
        })
    });
    done.await.expect("sent back");
    level(&site, &all, (3, COUNTED), 2).await;
    let check = sent(&site, helen, "look").await.text.replace('\u{a0}', " ");
    for part in [
        "Check the return before you send it",
        "X-001",
        "Level 3",
        "3 steps count",
        "Helen Marsh, tester",
    ] {
        assert!(check.contains(part), "{part}: {check}");
    }
    assert!(!text(&site, helen, HERE).await.contains("What was sent"), "looked at only");
    assert_eq!(sent(&site, helen, "send").await.location(), HERE);
    let page = text(&site, helen, HERE).await;
    let first = addresses(&page, "/file")[0].clone();
    let file = "organisation_code,year,level,steps,clinical_lead,finance_lead,framework\n\
        X-001,2026,3,B1 C1 P1,\"Helen Marsh, tester\",\"Ravi Sethi, tester\",2013\n";
    assert_eq!(site.get(helen, &first).await.text, file);
    let read = engagement::returns::read(file).expect("a file").returns.remove(0).1;
    assert!(page.contains(&format!("Receipt {}", read.receipt())), "{page}");
    let again = sent(&site, helen, "send").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "the same once more");
    // A later level, with steps by unit.
    level(&site, &all, (4, BY_UNIT), 2).await;
    assert!(text(&site, helen, HERE).await.contains("It is later than what was returned last."));
    assert_eq!(sent(&site, &all.ravi.1, "send").await.location(), HERE);
    let page = text(&site, helen, HERE).await;
    assert!(page.contains("National collection, 2026, version 2"), "{page}");
    let files = addresses(&page, "/file");
    assert_eq!((files.len(), files[1].as_str()), (2, first.as_str()), "the latest first");
    assert_eq!(site.get(helen, &first).await.text, file, "the earlier stays, to the byte");
    assert!(site.get(helen, &files[0]).await.text.contains("X-001,2026,4,by unit,"));
}

#[tokio::test]
async fn what_cannot_be_sent_is_said_and_nobody_sends_for_others() {
    let site = site().await;
    let all = directors(&site).await;
    level(&site, &all, (3, COUNTED), 2).await;
    let fields = [("level", "none"), ("organisation", "1;"), ("year", "26"), ("collector", " ")];
    let wrong = site.post(&all.helen.1, HERE, &fields).await.text;
    for part in [
        "Choose a level that both leads signed",
        "Write the national code of the organisation",
        "Write the year with four digits",
        "Say who collects it",
    ] {
        assert!(wrong.contains(part), "{part}");
    }
    // Somebody sends while the page is open.
    let [level, _] = offered(&text(&site, &all.helen.1, HERE).await);
    sent(&site, &all.ravi.1, "send").await;
    let fields = [
        ("level", level.as_str()),
        ("organisation", "X-001"),
        ("year", "2027"),
        ("collector", "A system"),
        ("seen", "0"),
        ("then", "send"),
    ];
    assert_eq!(site.post(&all.helen.1, HERE, &fields).await.status, StatusCode::CONFLICT);
    // A board member reads it and cannot send; a clinical director of one service sees nothing of it.
    let owen = site.person("Owen", "BOARD_MEMBER").await;
    let owen = site.sign_in(&owen).await;
    assert!(
        !text(&site, &owen, HERE)
            .await
            .contains("<form method=\"post\" action=\"/assessment/return\"")
    );
    assert_eq!(site.post(&owen, HERE, &fields).await.status, StatusCode::NOT_FOUND);
    let amara = site.of_profession("Amara", "medicine").await;
    site.grant(&grant(&amara, "CLINICAL_DIRECTOR", "HIP")).await;
    let amara = site.sign_in(&amara).await;
    assert_eq!(site.get(&amara, HERE).await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.post(&amara, HERE, &fields).await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.get(&amara, GROUPS).await.status, StatusCode::NOT_FOUND);
}

/// Consents to share the first level with a group in a year.
async fn shared(site: &Site, who: &Browser, consents: &str) -> crate::shell::testing::Answer {
    let page = text(site, who, GROUPS).await;
    let radio = page.split("name=\"level\" type=\"radio\" value=\"").nth(1).expect("a level");
    let level = radio.split('"').next().unwrap_or_default();
    let fields = [
        ("level", level),
        ("group", "Vale group"),
        ("year", "2026"),
        ("organisation", "X-001"),
        ("consents", consents),
    ];
    site.post(who, GROUPS, &fields).await
}

#[tokio::test]
async fn nothing_goes_to_a_group_without_consent_and_it_can_be_taken_back() {
    let site = site().await;
    let all = directors(&site).await;
    level(&site, &all, (2, BY_UNIT), 2).await;
    let (helen, ravi) = (&all.helen.1, &all.ravi.1);
    let refused = shared(&site, helen, "").await.text;
    assert!(refused.contains("Nothing goes out unless you consent"), "{refused}");
    assert_eq!(addresses(&text(&site, helen, GROUPS).await, "/file"), [""; 0]);
    assert_eq!(shared(&site, helen, "yes").await.location(), GROUPS);
    let page = text(&site, ravi, GROUPS).await;
    assert!(page.contains("Helen Marsh consented"), "{page}");
    let file = addresses(&page, "/file").remove(0);
    assert!(site.get(ravi, &file).await.text.contains("X-001,2026,2,by unit,"));
    let owen = site.person("Owen", "BOARD_MEMBER").await;
    let owen = site.sign_in(&owen).await;
    assert_eq!(site.get(&owen, &file).await.status, StatusCode::NOT_FOUND, "reads, and takes none");
    let twice = shared(&site, ravi, "yes").await.text;
    assert!(twice.contains("take that back first"), "{twice}");
    let back = file.replace("/file", "/withdraw");
    assert_eq!(site.post(ravi, &back, &[]).await.location(), GROUPS);
    assert_eq!(site.get(ravi, &file).await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.post(ravi, &back, &[]).await.status, StatusCode::NOT_FOUND);
    assert!(text(&site, helen, GROUPS).await.contains("Ravi Sethi took it back"));
    assert_eq!(shared(&site, helen, "yes").await.location(), GROUPS, "and given anew");
}

#[tokio::test]
async fn the_trust_sees_where_it_stands_once_the_group_has_enough_members() {
    let site = site().await;
    let all = directors(&site).await;
    level(&site, &all, (2, BY_UNIT), 2).await;
    let helen = &all.helen.1;
    shared(&site, helen, "yes").await;
    let at = addresses(&text(&site, helen, GROUPS).await, "/file").remove(0).replace("/file", "");
    assert!(
        text(&site, helen, &at).await.contains("has published nothing that was loaded here yet")
    );
    let table = format!("{at}/table");
    for (csv, why) in [
        ("", "Paste the table, or choose a file"),
        ("level,trusts_2026\n1,many\n", "row 2: `many` is no number"),
        ("level,trusts_2025\n1,1\n2,1\n3,2\n4,1\nTotal,5\n", "it has no column `trusts_2026`"),
    ] {
        let refused = site.post(helen, &table, &[("csv", csv)]).await.text;
        assert!(refused.contains(why), "{why}: {refused}");
    }
    let few = "level,trusts_2026\n1,1\n2,1\n3,1\n4,1\nTotal,4\n";
    assert_eq!(site.post(helen, &table, &[("csv", few)]).await.location(), at);
    let page = text(&site, helen, &at).await;
    assert!(page.contains("The table is of 4 members, and 5 are needed"), "{page}");
    assert!(!page.contains("</svg>"));
    let enough = "level,trusts_2026,percent_2026\n1,1,14\n2,2,29\n3,3,43\n4,1,14\nTotal,7,100\n";
    assert_eq!(site.post(helen, &table, &[("csv", enough)]).await.location(), at);
    let page = text(&site, helen, &at).await;
    // 1 + 2 of 7 are 42.9 %, 3 + 1 are 57.1 %.
    let told = "3 of 7 members of the group (43%) were at Level 2 or below; 4 (57%) above.";
    assert!(page.contains(told), "{page}");
    assert!(page.contains("Level 2, the trust’s"));
}
