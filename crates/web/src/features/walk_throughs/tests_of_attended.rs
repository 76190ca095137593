//! Who was there at a walk-through, on the costed trust: requests in, pages out.

use axum::http::StatusCode;

use super::tests::{person, said};
use crate::shell::allocations::allocations;
use crate::shell::costed::{Answer, SignedIn, Site, site, site_on_postgres, trust, visible};

/// A walk-through that somebody opened.
async fn opened(site: &Site, who: &SignedIn) -> String {
    let all = allocations(&trust().open(), "TORT").expect("reads");
    let activity = all.first().expect("there is one").activity.clone();
    let fields = [("activity", activity.as_str()), ("run", trust().run.as_str())];
    let done = site.post(who, "/walk-throughs/new/TORT", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    done.location
}

async fn there(site: &Site, who: &SignedIn, it: &str, fields: &[(&str, &str)]) -> Answer {
    site.post(who, &format!("{it}/attended"), fields).await
}

#[tokio::test]
async fn a_walk_through_ends_once_both_sides_were_there() {
    both_were_there(site().await).await;
}

#[tokio::test]
async fn who_was_there_is_recorded_on_postgres_too() {
    both_were_there(site_on_postgres().await).await;
}

async fn both_were_there(site: Site) {
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let it = opened(&site, &daniel).await;
    let page = visible(&site.get(&amara, &it).await.text);
    assert!(page.contains("Nobody is recorded.") && page.contains("nobody of either"), "{page}");
    let reflects = [("seen", "0"), ("act", "reflects"), ("words", "We looked at each rule")];
    let alone = said(&site, &amara, &it, &reflects).await;
    assert_eq!(alone.status, StatusCode::UNPROCESSABLE_ENTITY);
    let told = "A walk-through ends with at least one clinician and one of finance who were there";
    // Beside the field and above the form, and once more with who was there.
    let page = visible(&alone.text);
    assert_eq!(page.matches(told).count(), 3, "{page}");
    assert!(alone.text.contains("We looked at each rule</textarea>"), "what was typed is kept");
    let (amara_id, daniel_id) =
        (person(&site, "amara.okafor").await, person(&site, "daniel.osei").await);
    let fields = [("seen", "0"), ("person", daniel_id.as_str())];
    let done = there(&site, &daniel, &it, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let guest = [("seen", "1"), ("guest", "Jo Bell"), ("role", "perfusionist")];
    assert_eq!(there(&site, &daniel, &it, &guest).await.status, StatusCode::SEE_OTHER);
    let alone = said(&site, &amara, &it, &reflects).await;
    assert_eq!(alone.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(alone.text.contains("and no clinician is recorded"), "{}", alone.text);
    let fields = [("seen", "2"), ("person", amara_id.as_str())];
    assert_eq!(there(&site, &amara, &it, &fields).await.status, StatusCode::SEE_OTHER);
    let done = said(&site, &amara, &it, &reflects).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = visible(&site.get(&daniel, &it).await.text);
    let list = visible(&site.get(&daniel, "/walk-throughs").await.text);
    for who in ["Daniel Osei (finance)", "Jo Bell, perfusionist (guest)", "Amara Okafor, medicine"]
    {
        assert!(page.contains(who) && list.contains(who), "{who}: {page}");
    }
    assert!(!page.contains("nobody of either") && !page.contains("no clinician is"), "{page}");
    // It has ended: the only clinician stays, the guest may go.
    let back = format!("{it}/attended/back");
    let left = site.post(&daniel, &back, &[("seen", "3"), ("number", "3")]).await;
    assert_eq!(left.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(left.text.contains("add who was there for that side first"), "{}", left.text);
    let done = site.post(&daniel, &back, &[("seen", "3"), ("number", "2")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = visible(&site.get(&daniel, &it).await.text);
    assert!(!page.contains("Jo Bell"), "{page}");
    let audit = format!("{:?}", site.audit("walk_through.attend").await);
    assert!(audit.contains("a guest") && !audit.contains("Jo Bell"), "{audit}");
}

#[tokio::test]
async fn who_was_there_is_chosen_or_named_and_only_by_those_who_answer() {
    let site = site().await;
    let daniel = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let it = opened(&site, &daniel).await;
    let nobody = there(&site, &daniel, &it, &[("seen", "0")]).await;
    let missing = "Choose somebody of the list, or write the name and the role of a guest";
    assert_eq!((nobody.status, nobody.text.matches(missing).count()), (StatusCode::OK, 2));
    let odd = there(&site, &daniel, &it, &[("seen", "0"), ("person", "x")]).await.text;
    assert!(odd.contains(missing), "{odd}");
    let half = there(&site, &daniel, &it, &[("seen", "0"), ("guest", "Jo Bell")]).await.text;
    assert!(half.contains("Write what the guest is"), "{half}");
    assert!(half.contains("value=\"Jo Bell\""), "what was typed is kept: {half}");
    let id = person(&site, "daniel.osei").await;
    let both = [("seen", "0"), ("person", id.as_str()), ("guest", "Jo Bell"), ("role", "nurse")];
    let both = there(&site, &daniel, &it, &both).await.text;
    assert!(both.contains("One at a time"), "{both}");
    let fields = [("seen", "0"), ("person", id.as_str())];
    assert_eq!(there(&site, &daniel, &it, &fields).await.status, StatusCode::SEE_OTHER);
    let guest = [("seen", "0"), ("guest", "Jo Bell"), ("role", "nurse")];
    assert_eq!(there(&site, &daniel, &it, &guest).await.status, StatusCode::CONFLICT);
    let back = format!("{it}/attended/back");
    let none = site.post(&daniel, &back, &[("seen", "1"), ("number", "9")]).await.text;
    assert!(none.contains("Choose who was not there"), "{none}");
    // An auditor reads and records nothing; the board does not see the unit exactly.
    let auditor = site.sign_in("AUDITOR").await;
    let page = site.get(&auditor, &it).await.text;
    assert!(
        page.contains("Daniel Osei (finance)") && !page.contains("Add who was there"),
        "{page}"
    );
    for role in ["AUDITOR", "BOARD_MEMBER"] {
        let who = site.sign_in(role).await;
        let guest = [("seen", "1"), ("guest", "Jo Bell"), ("role", "nurse")];
        assert_eq!(there(&site, &who, &it, &guest).await.status, StatusCode::NOT_FOUND, "{role}");
        let fields = [("seen", "1"), ("number", "1")];
        let taken = site.post(&who, &back, &fields).await;
        assert_eq!(taken.status, StatusCode::NOT_FOUND, "{role}");
    }
}
