//! Actions from agreeing to done, on the costed trust: requests in, pages out.

use axum::http::StatusCode;
use store::joint_actions;
use store::{PersonId, people};

use crate::shell::costed::{Answer, SignedIn, Site, site, site_on_postgres, visible};

async fn person(site: &Site, email: &str) -> PersonId {
    let mut db = site.store.read().await.expect("reads");
    let found = people::by_email(&mut db, &format!("{email}@ashbourne.example")).await;
    found.expect("reads").expect("is there").id
}

/// Records an action of orthopaedics that begins in April and is due on a day.
async fn agreed(
    site: &Site,
    who: &SignedIn,
    owners: [&str; 2],
    (joint, due): (&str, &str),
) -> Answer {
    let fields = [
        ("from", "/services/TORT"),
        ("unit", "TORT"),
        ("what", "Discharge by criteria"),
        ("joint", joint),
        ("owner_1", owners[0]),
        ("owner_2", owners[1]),
        ("owner_1_view", "as-is"),
        ("owner_2_view", "decision"),
        ("owner_2_because", "The board decides in July"),
        ("measure", "Stay below 4.4 days"),
        ("quality", "Patients may come back"),
        ("low", "412"),
        ("high", "824"),
        ("size_unit", "bed days a year"),
        ("effort", "medium"),
        ("priority", "high"),
        ("starts", "2026-05-20"),
        ("due", due),
    ];
    site.post(who, "/actions/new", &fields).await
}

#[tokio::test]
async fn joint_work_needs_two_professions_and_an_update_is_one_tap_from_the_list() {
    agreed_and_updated(site().await).await;
}

#[tokio::test]
async fn joint_work_is_agreed_and_updated_on_postgres_too() {
    agreed_and_updated(site_on_postgres().await).await;
}

async fn agreed_and_updated(site: Site) {
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let form = site.get(&amara, "/actions/new?from=/services/TORT&unit=TORT").await.text;
    assert!(
        form.contains("Clinical: Amara Okafor") && form.contains("Finance: Daniel Osei"),
        "{form}"
    );
    let one = person(&site, "amara.okafor").await;
    let tomos = person(&site, "tomos.hughes").await;
    let two = person(&site, "daniel.osei").await;
    let alike = agreed(&site, &amara, [one.as_str(), tomos.as_str()], ("yes", "2026-05-31")).await;
    assert!(
        alike.text.contains("A joint action needs owners of two professions"),
        "{}",
        alike.text
    );
    let done = agreed(&site, &amara, [one.as_str(), two.as_str()], ("yes", "2026-05-31")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = site.get(&daniel, &done.location).await.text;
    assert!(page.contains("Amara Okafor: can be done with what we have. Daniel Osei: needs a decision of others (The board decides in July)."), "{page}");
    assert!(
        page.contains("Joint") && page.contains("Overdue") && page.contains("412 to 824 bed days")
    );
    assert!(page.contains("href=\"/services/TORT\""), "it keeps where it came from: {page}");
    let list = site.get(&daniel, "/actions").await.text;
    assert!(list.contains("1\u{a0}action: 1 overdue, 1\u{a0}needs an update."), "{list}");
    assert!(list.contains("1\u{a0}is joint and 0\u{a0}are of one profession."), "{list}");
    assert!(
        site.get(&daniel, "/my-service").await.text.contains("of your actions needs an update")
    );
    let update = format!("{}/update", done.location);
    let tap = [("says", "no_progress:waiting"), ("seen", "0"), ("back", "list")];
    let said = site.post(&daniel, &update, &tap).await;
    assert_eq!((said.status, said.location.as_str()), (StatusCode::SEE_OTHER, "/actions"));
    let list = visible(&site.get(&daniel, "/actions").await.text);
    assert!(list.contains("No progress, 1 June 2026. We wait for somebody else."), "{list}");
    let stale = site.post(&amara, &update, &[("says", "done"), ("seen", "0")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "two who speak at once lose nothing");
    let empty = site.post(&amara, &update, &[("says", "no_progress"), ("seen", "1")]).await.text;
    assert!(empty.contains("Say why there was no progress"), "{empty}");
    let ended = site.post(&amara, &update, &[("says", "done"), ("seen", "1")]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER);
    assert!(site.get(&amara, "/actions?list=all").await.text.contains("Done as planned"));
    let file = site.get(&amara, "/actions.csv?list=all").await.text;
    assert!(file.contains("Discharge by criteria,TORT"), "{file}");
    // Agreed, with a view of each owner, and two updates.
    assert_eq!(site.audit("action.").await.len(), 1 + 2 + 2);
    let kept = format!("{:?}", site.audit("").await);
    assert!(!kept.contains("criteria") && !kept.contains("We wait"), "no words in the audit");
}

#[tokio::test]
async fn whoever_has_no_right_in_the_unit_finds_nothing() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let one = person(&site, "amara.okafor").await;
    let done = agreed(&site, &amara, [one.as_str(), ""], ("no", "2026-07-31")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    // A ward manager of elsewhere sees neither the action nor that there is one.
    let bridget = site.sign_in("WARD_MANAGER").await;
    assert_eq!(site.get(&bridget, &done.location).await.status, StatusCode::NOT_FOUND);
    let update = format!("{}/update", done.location);
    let said = site.post(&bridget, &update, &[("says", "done"), ("seen", "0")]).await;
    assert_eq!(said.status, StatusCode::NOT_FOUND);
    let list = site.get(&bridget, "/actions?list=all").await.text;
    assert!(!list.contains("Discharge by criteria") && !list.contains("of one profession"));
    let list = site.get(&amara, "/actions").await.text;
    assert!(list.contains("0\u{a0}are joint and 1\u{a0}is of one profession."), "{list}");
    assert_eq!(site.get(&bridget, "/actions?unit=DERM").await.status, StatusCode::NOT_FOUND);
    // The board reads, and says nothing.
    let owen = site.sign_in("BOARD_MEMBER").await;
    let page = site.get(&owen, &done.location).await.text;
    assert!(
        page.contains("Discharge by criteria") && !page.contains("Record the update"),
        "{page}"
    );
    let said = site.post(&owen, &update, &[("says", "done"), ("seen", "0")]).await;
    assert_eq!(said.status, StatusCode::NOT_FOUND);
    let mut db = site.store.read().await.expect("reads");
    assert_eq!(joint_actions::list(&mut db).await.expect("reads")[0].version(), 0);
}

#[tokio::test]
async fn each_owner_says_how_feasible_joint_work_is_and_says_so_anew() {
    let site = site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let (one, two) = (person(&site, "amara.okafor").await, person(&site, "daniel.osei").await);
    let fields = |views: &[(&'static str, &'static str)]| {
        let mut all = vec![
            ("unit", "TORT"),
            ("what", "Discharge by criteria"),
            ("joint", "yes"),
            ("owner_1", one.as_str()),
            ("owner_2", two.as_str()),
            ("measure", "Stay below 4.4 days"),
            ("quality", "Patients may come back"),
            ("effort", "medium"),
            ("priority", "high"),
            ("starts", "2026-05-20"),
            ("due", "2026-07-31"),
        ];
        all.extend_from_slice(views);
        all
    };
    let silent = site.post(&amara, "/actions/new", &fields(&[("owner_1_view", "as-is")])).await;
    assert!(silent.text.contains("href=\"#owner_2_view\">Choose how feasible it is"), "of both");
    let needs = [("owner_1_view", "as-is"), ("owner_2_view", "means")];
    let silent = site.post(&amara, "/actions/new", &fields(&needs)).await.text;
    assert!(silent.contains("href=\"#owner_2_because\">Write what it needs"), "{silent}");
    let said = [needs[0], needs[1], ("owner_2_because", "A post of a therapist")];
    let done = site.post(&amara, "/actions/new", &fields(&said)).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let told = "Daniel Osei: needs money or people we do not have (A post of a therapist).";
    assert!(site.get(&amara, "/actions").await.text.contains(told), "in the list");
    assert!(site.get(&amara, "/actions.csv").await.text.contains("A post of a therapist"));
    let view = format!("{}/view", done.location);
    let form = site.get(&daniel, &view).await.text;
    assert!(form.contains("value=\"means\" checked") && form.contains("A post of a therapist"));
    let blank = site.post(&daniel, &view, &[("own_view", "decision"), ("own_because", "")]).await;
    assert!(blank.text.contains("Write what it needs"), "{}", blank.text);
    let anew = site.post(&daniel, &view, &[("own_view", "as-is"), ("own_because", "")]).await;
    assert_eq!(anew.status, StatusCode::SEE_OTHER, "{}", anew.text);
    let page = site.get(&amara, &done.location).await.text;
    assert!(page.contains("Can be done with what we have.") && !page.contains(told), "{page}");
    // Nobody speaks for an owner, and nobody of one that has ended.
    let tomos = site.sign_in("CLINICIAN").await;
    assert_eq!(site.get(&tomos, &view).await.status, StatusCode::NOT_FOUND);
    site.post(&amara, &format!("{}/update", done.location), &[("says", "done"), ("seen", "0")])
        .await;
    assert_eq!(site.get(&daniel, &view).await.status, StatusCode::NOT_FOUND);
    let kept = format!("{:?}", site.audit("").await);
    assert!(kept.contains("action.view") && !kept.contains("therapist"), "no words: {kept}");
}
