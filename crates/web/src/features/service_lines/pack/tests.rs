//! A pack from the run to those who asked for it: requests in, pages out.

use axum::http::StatusCode;
use demonstration::staff;
use domain::Money;
use engagement::pack_checks::PackChecks;
use jiff::Timestamp;
use results::group::PatientGroup;
use store::{Entry, packs, people};

use super::{draft, pack_of_run};
use crate::shell::costed::{
    SignedIn, Site, copied, costed_again, publish_at, site, site_over, trust, two_years, visible,
};
use crate::shell::words;

const PACK: &str = "/services/TORT/pack";

/// Keeps a pack and says where it is.
async fn kept(site: &Site, who: &SignedIn) -> String {
    let done = site.post(who, PACK, &[("meeting_on", "2026-06-03")]).await;
    assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, PACK));
    let page = site.get(who, PACK).await.text;
    let at = page.find("/services/TORT/packs/").expect("it is listed");
    page[at..].split('"').next().expect("an address").to_owned()
}

async fn act(
    site: &Site,
    who: &SignedIn,
    address: &str,
    (act, about, words, seen): (&str, &str, &str, &str),
) -> (StatusCode, String) {
    let mut fields = vec![("act", act), ("about", about), ("words", words), ("seen", seen)];
    let list = PackChecks::own();
    if act == "faulted" {
        fields.push(("cause", "The rebate came a month later"));
    }
    if act == "checked" {
        fields.extend(list.checks.iter().map(|it| ("check", it.id.as_str())));
    }
    let done = site.post(who, address, &fields).await;
    (done.status, done.text)
}

#[tokio::test]
async fn a_pack_says_what_the_page_of_the_service_line_says() {
    let site = site().await;
    let director = site.sign_in("CLINICAL_DIRECTOR").await;
    let line = visible(&site.get(&director, "/services/TORT").await.text);
    let result = line.split("Trauma and orthopaedics had ").nth(1).expect("a headline");
    let result: String = result.split_whitespace().take(4).collect::<Vec<_>>().join(" ");
    let page = visible(&site.get(&director, PACK).await.text);
    assert!(
        page.contains(&format!("had {}", result.replace(" million", "\u{a0}million")))
            || page.contains(&result),
        "{result}: {page}"
    );
    // In their order.
    let order = [
        "Actions from last time",
        "Patients treated and waiting",
        "Quality, for the same patients and months",
        "Money",
        "What can be changed",
        "Three differences, three questions",
        "How far these figures can be trusted",
        "Beside similar trusts and the national mean",
    ];
    let places: Vec<usize> = order.iter().map(|it| page.find(it).expect(it)).collect();
    assert!(places.is_sorted(), "{places:?}");
    for part in ["patients were treated", "old for a review", "?"] {
        assert!(page.contains(part), "{part}: {page}");
    }
}

/// A part of a pack.
fn part<'a>(page: &'a str, id: &str) -> &'a str {
    let begins = format!("aria-labelledby=\"{id}\"");
    let rest = page.split(&begins).nth(1).unwrap_or_else(|| panic!("no {id} in {page}"));
    rest.split("</section>").next().unwrap_or_default()
}

/// Where a page leads, as it is asked for.
fn leads(page: &str) -> Vec<String> {
    let links = page.split("href=\"").skip(1).filter_map(|it| it.split('"').next());
    links.map(|it| it.replace("&#38;", "&").replace("&amp;", "&")).collect()
}

#[tokio::test]
async fn each_figure_of_a_pack_leads_to_where_it_comes_from() {
    let site = site_over(two_years()).await;
    let director = site.sign_in("CLINICAL_DIRECTOR").await;
    let partner = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let address = kept(&site, &partner).await;
    let draft = site.get(&director, PACK).await.text;
    let kept = site.get(&director, &address).await.text;
    for page in [&draft, &kept] {
        for id in ["quality", "money", "peers"] {
            let rows = part(page, id).split("<tbody").nth(1).expect("rows");
            let rows = rows.split("</tbody>").next().unwrap_or_default();
            let (rows, links) = (rows.matches("<tr").count(), rows.matches("<a href=").count());
            assert!(rows > 0 && rows == links, "{id}: {rows} rows and {links} links: {page}");
        }
        for id in ["care", "value", "money", "controllable", "questions", "peers"] {
            let told = part(page, id);
            let said = told.matches("<p>").count();
            let links = told.matches(">Where this comes from<").count();
            assert!(said > 0 && said == links, "{id}: {said} lines and {links} links: {page}");
        }
    }
    // The differences lead where the first page of the service leads them.
    let of_first = leads(&site.get(&director, "/my-service?line=TORT").await.text);
    let is_difference = |it: &&String| it.ends_with("#gap") || it.ends_with("#moved");
    let of_first: Vec<&String> = of_first.iter().filter(is_difference).collect();
    let of_pack = leads(part(&draft, "questions"));
    let of_pack: Vec<&String> = of_pack.iter().filter(is_difference).collect();
    assert!(!of_pack.is_empty(), "{draft}");
    assert_eq!(of_pack, of_first);
    // Each place is there, for those who may see it.
    let board = site.sign_in("BOARD_MEMBER").await;
    let mut places = leads(&draft);
    places.retain(|it| it.starts_with("/services/TORT") && it.contains('#'));
    places.sort();
    places.dedup();
    for it in &places {
        let (path, place) = it.split_once('#').expect("a place");
        let page = site.get(&director, path).await;
        assert_eq!(page.status, StatusCode::OK, "{it}");
        assert!(page.text.contains(&format!("id=\"{place}\"")), "{it}: {}", page.text);
        let other = site.get(&board, path).await.text;
        assert!(!other.contains("id=\"row-income\""), "{it}: {other}");
    }
    assert!(places.iter().any(|it| it.contains("#row-")), "{places:?}");
    assert!(places.iter().any(|it| it.contains("#outcome-stay")), "{places:?}");
}

#[tokio::test]
async fn cost_and_outcome_stand_side_by_side_for_the_same_months_on_the_page_and_in_the_pack() {
    let site = site_over(two_years()).await;
    let director = site.sign_in("CLINICAL_DIRECTOR").await;
    let of_run = trust().open().costs_by_month(&PatientGroup::of_line("TORT")).expect("reads");
    // Both years are whole: what a spell cost is all that spells cost over all of them.
    let cost: Money = of_run.spells.months.iter().map(|it| it.cost).sum();
    let count = of_run.spells.months.iter().map(|it| it.count).sum();
    let said = format!("Cost of a spell: {}, was £", words::pounds(words::each(cost, count)));
    let page = site.get(&director, "/services/TORT").await.text;
    let value = part(&page, "value");
    assert!(value.contains(&said), "{said}: {value}");
    for title in ["Cost of a spell by month, in pounds", "Average stay by month, in days"] {
        let shown = value.split(&format!(">{title}</h3>")).nth(1).expect(title);
        let shown = shown.split("</details>").next().expect("a table");
        assert!(shown.contains("<svg") && shown.contains("in the same months of"), "{shown}");
        // Two years of twelve months, and the head of the table.
        assert_eq!(shown.matches("<tr").count(), 25, "{title}: {shown}");
    }
    let pack = site.get(&director, PACK).await.text;
    let value = part(&pack, "value");
    for told in [said.as_str(), "Cost of a spell by month, in pounds: Apr £", "Average stay: "] {
        assert!(value.contains(told), "{told}: {value}");
    }
    // Appointments have no spell: the cost of an event stands beside what is known of them.
    let page = site.get(&director, "/services/TORT?pod=OPFA").await.text;
    assert!(part(&page, "value").contains("Cost of an event by month"), "{page}");
}

#[tokio::test]
async fn a_pack_sets_the_service_line_beside_others_and_keeps_what_it_said() {
    let site = site().await;
    let director = site.sign_in("CLINICAL_DIRECTOR").await;
    let partner = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let address = kept(&site, &partner).await;
    let told = async |path: &str| {
        let page = site.get(&director, path).await.text;
        visible(part(&page, "peers")).replace('\u{a0}', " ")
    };
    let before = told(&address).await;
    for said in ["National Cost Collection", "2024/25", "nine similar trusts", "Ours, for one"] {
        assert!(before.contains(said), "{said}: {before}");
    }
    let fields = [
        ("page", "/services/TORT/national"),
        ("run", trust().run.as_str()),
        ("differs", "A stay has 5.1 days"),
        ("comparator", "median"),
        ("due", "2026-06-29"),
    ];
    let opened = site.post(&director, "/variation/new", &fields).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text);
    let values = [
        ("own", "5.1"),
        ("good", "down"),
        ("values", "4.9\n3.1\n5.2\n3.7\n4.1"),
        ("counted_in", "days"),
        ("source", "Benchmarking club"),
        ("seen", "0"),
    ];
    let done = site.post(&director, &format!("{}/others", opened.location), &values).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    // 3.1, 3.7, 4.1, 4.9, 5.2: the median is 4.1; a quarter of the four steps is 3.7.
    let said = "A stay has 5.1 days: ours 5.1 days, median of 5 others 4.1 days, top quartile from 3.7 days. Benchmarking club.";
    let now = told(PACK).await;
    assert!(now.contains(said), "{now}");
    assert_eq!(told(&address).await, before, "what was kept stays");
    let file = site.get(&director, &format!("{address}/table.csv")).await.text;
    assert!(file.contains("\npeers,\"National means: National Cost Collection"), "{file}");
    assert!(!file.contains("Benchmarking club"), "{file}");
}

#[tokio::test]
async fn a_second_person_checks_and_an_open_word_stands_in_the_way() {
    let site = site().await;
    let director = site.sign_in("CLINICAL_DIRECTOR").await;
    let partner = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let address = kept(&site, &partner).await;
    let clinician = site.sign_in("CLINICIAN").await;
    let waits = async |who: &SignedIn| {
        let page = site.get(who, "/my-service").await.text;
        let told = visible(&page).replace('\u{a0}', " ");
        let is_told = told.contains("1 pack waits for you to check as the second person.");
        assert_eq!(is_told, page.contains(&format!("href=\"{address}\"")), "with a link");
        is_told
    };
    assert!(waits(&director).await);
    assert!(!waits(&partner).await, "he made it");
    assert!(!waits(&clinician).await, "he makes no packs");
    let before = visible(&site.get(&director, &address).await.text);
    assert!(before.contains("To be checked by a second person") && before.contains("3 June 2026"));
    let own = act(&site, &partner, &address, ("checked", "", "", "0")).await;
    assert_eq!(own.0, StatusCode::UNPROCESSABLE_ENTITY);
    let note = ("noted", "", "Ask what the ZQX did", "0");
    assert_eq!(act(&site, &partner, &address, note).await.0, StatusCode::SEE_OTHER);
    let page = site.get(&director, &address).await.text;
    assert!(page.contains("ZQX is explained nowhere"), "{page}");
    let checked = act(&site, &director, &address, ("checked", "", "", "1")).await;
    assert_eq!(checked.0, StatusCode::SEE_OTHER, "{}", checked.1);
    assert!(!waits(&director).await, "it is checked");
    let page = visible(&site.get(&director, &address).await.text);
    assert!(page.contains("Looked at: The main figures make sense"), "{page}");
    let part = [("act", "checked"), ("seen", "2"), ("check", "sense")];
    let left_out = site.post(&director, &address, &part).await.text;
    assert!(left_out.contains("Look at everything on the list"), "{left_out}");
    let early = act(&site, &partner, &address, ("issued", "", "", "2")).await;
    assert!(early.1.contains("Explain or waive what is open first"), "{}", early.1);
    let other = ("waived", "HRG", "Known", "2");
    assert!(act(&site, &partner, &address, other).await.1.contains("This is settled already"));
    let explained = ("explained", "ZQX", "The quality group of theatres", "2");
    assert_eq!(act(&site, &partner, &address, explained).await.0, StatusCode::SEE_OTHER);
    let unchecked = act(&site, &partner, &address, ("issued", "", "", "3")).await;
    assert_eq!(unchecked.0, StatusCode::UNPROCESSABLE_ENTITY, "{}", unchecked.1);
    assert_eq!(
        act(&site, &director, &address, ("checked", "", "", "3")).await.0,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        act(&site, &partner, &address, ("issued", "", "", "4")).await.0,
        StatusCode::SEE_OTHER
    );
    let page = visible(&site.get(&director, &address).await.text);
    for part in ["Issued", "days after the end of its period", "The quality group of theatres"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    an_error_is_kept_with_its_cause(&site, [&director, &partner], &address).await;
    let recorded = site.audit("pack.").await;
    assert!(!format!("{recorded:?}").contains("ZQX"), "no words that somebody wrote");
}

/// What is issued changes no more; what turns out to be wrong in it stands beside it, with its cause.
async fn an_error_is_kept_with_its_cause(
    site: &Site,
    [director, partner]: [&SignedIn; 2],
    address: &str,
) {
    let late = act(site, partner, address, ("noted", "", "More", "5")).await;
    assert_eq!(late.0, StatusCode::UNPROCESSABLE_ENTITY);
    let wrong = ("faulted", "", "The income is £4,000 short", "5");
    let without = [("act", "faulted"), ("words", "The income is £4,000 short"), ("seen", "5")];
    let without = site.post(director, address, &without).await;
    assert!(without.text.contains("Say why it was wrong"), "{}", without.text);
    assert!(without.text.contains("The income is £4,000 short"), "what was typed stays");
    assert_eq!(act(site, director, address, wrong).await.0, StatusCode::SEE_OTHER);
    let page = visible(&site.get(director, address).await.text);
    assert!(page.contains("1\u{a0}error found after it was issued"), "{page}");
    assert!(page.contains("Cause: The rebate came a month later."), "{page}");
    let file = site.get(director, &format!("{address}/table.csv")).await.text;
    assert!(file.contains("The rebate came a month later"), "{file}");
    assert!(file.contains("note,Ask what the ZQX did") && file.contains("\nmoney,"), "{file}");
    // What is explained in it, then what the glossary says.
    assert!(file.contains("\nword,ZQX,The quality group of theatres"), "{file}");
    assert!(file.contains("\nword,overheads,"), "{file}");
}

#[tokio::test]
async fn a_pack_of_more_than_two_pages_is_held_until_somebody_says_why() {
    let site = site().await;
    let director = site.sign_in("CLINICAL_DIRECTOR").await;
    let partner = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let address = kept(&site, &partner).await;
    // 1,800 letters are 18 lines: seven notes are more than the 124 lines of two pages.
    let long = "Ask why. ".repeat(200);
    for seen in ["0", "1", "2", "3", "4", "5", "6"] {
        let noted = act(&site, &partner, &address, ("noted", "", &long, seen)).await;
        assert_eq!(noted.0, StatusCode::SEE_OTHER, "{}", noted.1);
    }
    let page = site.get(&partner, &address).await.text;
    assert!(page.contains("It is longer than two pages"), "{page}");
    assert!(page.contains("<section class=\"concord-words\" "), "its words are printed");
    let checked = act(&site, &director, &address, ("checked", "", "", "7")).await;
    assert_eq!(checked.0, StatusCode::SEE_OTHER, "{}", checked.1);
    let held = act(&site, &partner, &address, ("issued", "", "", "8")).await;
    assert!(held.1.contains("Explain or waive what is open first"), "{}", held.1);
    let waived = ("waived", "length", "The board asked for all of it", "8");
    assert_eq!(act(&site, &partner, &address, waived).await.0, StatusCode::SEE_OTHER);
    let checked = act(&site, &director, &address, ("checked", "", "", "9")).await;
    assert_eq!(checked.0, StatusCode::SEE_OTHER, "{}", checked.1);
    let issued = act(&site, &partner, &address, ("issued", "", "", "10")).await;
    assert_eq!(issued.0, StatusCode::SEE_OTHER, "{}", issued.1);
}

#[tokio::test]
async fn a_draft_makes_no_pack_and_others_see_none() {
    let site = site().await;
    let board = site.sign_in("BOARD_MEMBER").await;
    assert_eq!(site.get(&board, PACK).await.status, StatusCode::NOT_FOUND);
    let partner = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let address = kept(&site, &partner).await;
    assert_eq!(site.get(&board, &address).await.status, StatusCode::NOT_FOUND);
    let elsewhere = address.replace("/TORT/", "/CARD/");
    assert_eq!(site.get(&partner, &elsewhere).await.status, StatusCode::NOT_FOUND);
    let wrong = site.post(&partner, PACK, &[("meeting_on", "tomorrow")]).await;
    assert!(wrong.text.contains("Write the day as 2026-03-31"));
    let clinician = site.sign_in("CLINICIAN").await;
    let refused = site.post(&clinician, PACK, &[("meeting_on", "")]).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "they read it and keep none");
    let draft = site_over(&trust().drafts).await;
    let costing = draft.sign_in("COSTING_ACCOUNTANT").await;
    let page = draft.get(&costing, PACK).await.text;
    assert!(page.contains("This costing is not published"), "{page}");
    let refused = draft.post(&costing, PACK, &[("meeting_on", "")]).await;
    assert!(refused.text.contains("publish it first"), "{}", refused.text);
}

/// The published run of the year before, in whole.
fn older(site: &Site) -> String {
    let found = site.app.shelf().latest_of("2024-25", false).expect("it reads");
    found.expect("the year before is published").id().to_owned()
}

/// A pack of the year before, made by the functions of its page; where it is.
async fn kept_of(site: &Site, run: &str) -> String {
    let at: Timestamp = "2026-06-01T09:00:00Z".parse().expect("a moment");
    let email = staff().into_iter().find(|it| it.role == "FINANCE_BUSINESS_PARTNER");
    let mut db = site.store.read().await.expect("reads");
    let found = people::by_email(&mut db, &email.expect("one").email).await.expect("reads");
    drop(db);
    let daniel = found.expect("is there").id;
    let held_on = "2025-02-26".parse().expect("a day");
    let new = pack_of_run(&site.app, (&daniel, at), ("TORT", run), held_on).await;
    let new = new.expect("it is made");
    assert_eq!((new.run.as_str(), new.period_end.to_string().as_str()), (run, "2025-03-31"));
    let entry = Entry::by(daniel.as_str(), at);
    let made =
        site.store.write(move |tx| Box::pin(async move { packs::make(tx, &new, &entry).await }));
    draft::address("TORT", &made.await.expect("it is kept"))
}

#[tokio::test]
async fn a_kept_pack_leads_to_its_own_run_which_is_named() {
    let site = site_over(two_years()).await;
    let partner = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let run = older(&site);
    let pack = site.get(&partner, &kept_of(&site, &run).await).await.text;
    assert!(visible(&pack).contains("Another costing was published since."), "{pack}");
    for page in ["", "/stays", "/national", "/budget", "/goods"] {
        let link = format!("href=\"/services/TORT{page}?run={run}\"");
        assert!(pack.contains(&link), "{link}: {pack}");
    }
    assert!(pack.contains("href=\"/services/TORT/week\"") && pack.contains("href=\"/actions\""));
    let page = site.get(&partner, &format!("/services/TORT/stays?run={run}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let said = format!(
        "You see run {}: 2024/25 to the end of March, published 20 May 2026. It is not the newest \
         published costing.",
        &run[..8]
    );
    assert!(visible(&page.text).contains(&said), "{}", page.text);
    // The way to the newest and the menu lead away; the trail and the file stay.
    for link in [
        "data-newest href=\"/services/TORT/stays\"".to_owned(),
        format!("href=\"/services/TORT?run={run}\""),
        format!("href=\"/services/TORT/stays.csv?run={run}\""),
        "href=\"/services\"".to_owned(),
    ] {
        assert!(page.text.contains(&link), "{link}: {}", page.text);
    }
    let newest = site.get(&partner, "/services/TORT/stays.csv").await.text;
    let file = site.get(&partner, &format!("/services/TORT/stays.csv?run={run}")).await.text;
    assert_eq!(file.lines().next(), newest.lines().next());
    assert_ne!(file, newest, "it has the stays of its own run");
    // Of the newest nothing is said, and without a name nothing changes.
    for address in [format!("/services/TORT?run={}", trust().run), "/services/TORT".to_owned()] {
        let page = site.get(&partner, &address).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        assert!(!page.text.contains("It is not the newest"), "{address}");
    }
}

#[tokio::test]
async fn a_run_that_is_named_gives_no_right_and_a_draft_is_shown_to_nobody() {
    let folder = copied(two_years());
    let site = site_over(folder.path()).await;
    let (run, unpublished) = (older(&site), costed_again(folder.path()));
    for role in ["FINANCE_BUSINESS_PARTNER", "COSTING_ACCOUNTANT"] {
        let who = site.sign_in(role).await;
        for name in [unpublished.as_str(), "00ff", "..", "newest"] {
            let page = site.get(&who, &format!("/services/TORT?run={name}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{role} {name}");
            let said = visible(&page.text);
            assert!(said.contains("This costing cannot be shown"), "{said}");
            assert!(page.text.contains("href=\"/services/TORT\""), "{}", page.text);
        }
    }
    let board = site.sign_in("BOARD_MEMBER").await;
    let page = site.get(&board, &format!("/services/TORT?run={run}")).await;
    assert!(visible(&page.text).contains("small numbers hidden"), "{}", page.text);
    let partner = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    for (who, page) in [(&board, "TORT/stays"), (&partner, "CARD/stays")] {
        let refused = site.get(who, &format!("/services/{page}?run={run}")).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{page}");
        assert!(!refused.text.contains("You see run"), "{}", refused.text);
    }
}

/// Two publications of one year are two tables of the same patients, each with its small numbers
/// decided by itself: who sees them hidden is shown the later one alone, so nothing can be subtracted.
#[tokio::test]
async fn a_run_whose_place_another_took_is_shown_to_those_alone_who_see_the_service_line_exactly() {
    let folder = copied(two_years());
    let (old, again) = (trust().run.clone(), costed_again(folder.path()));
    publish_at(&folder.path().join(&again), "2026-05-28T08:14:00Z");
    let site = site_over(folder.path()).await;
    let before = older(&site);
    let together = ["/services", "/services.csv", "/services.xlsx"];
    let board = site.sign_in("BOARD_MEMBER").await;
    for page in ["/services/TORT"].iter().chain(&together) {
        let refused = site.get(&board, &format!("{page}?run={old}")).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{page}: {}", refused.text);
        assert!(visible(&refused.text).contains("This costing cannot be shown"), "{page}");
        // The newest by its name, and that of the year before, whose place no other has taken.
        for run in [&again, &before] {
            let shown = site.get(&board, &format!("{page}?run={run}")).await;
            assert_eq!(shown.status, StatusCode::OK, "{page} {run}");
        }
    }
    let director = site.sign_in("CLINICAL_DIRECTOR").await;
    let page = site.get(&director, &format!("/services/TORT?run={old}")).await;
    assert_eq!(page.status, StatusCode::OK, "she sees it exactly: {}", page.text);
    assert!(page.text.contains("href=\"/services\"") && !page.text.contains("/services?run="));
    let other = site.get(&director, &format!("/services/CARD?run={old}")).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND, "that of others she sees with them hidden");
    // A file of all goes anywhere, so nobody takes one of a run that is not the last of its year.
    let costing = site.sign_in("COSTING_ACCOUNTANT").await;
    for page in together {
        let refused = site.get(&costing, &format!("{page}?run={old}")).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{page}");
    }
    let page = site.get(&costing, &format!("/services/CARD?run={old}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
}
