//! Benefits that are read from published costings, on a trust of which two years are costed.

use std::collections::BTreeMap;
use std::path::Path;

use axum::http::StatusCode;
use domain::Money;
use results::Run;
use store::{BenefitId, benefits};

use super::tests::{kept, measured, person};
use crate::shell::costed::{
    self, Answer, SignedIn, Site, copied, costed_again, site_over, trust, two_years, visible,
};
use crate::shell::joint_work::number;
use crate::shell::words;

/// Use of orthopaedics by activity in a run, asked of its tables: count, and cost by how it moves.
fn asked(run: &Run) -> BTreeMap<String, (i64, BTreeMap<String, Money>)> {
    let query = |sql: &str| {
        let answer = run.query(sql, None, &costed::caller()).expect("the query is right");
        let rows = answer.rows.into_iter();
        rows.map(|row| row.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    };
    let counts = query(
        "select activity, sum(count) from (
             select a.activity, a.count from event_activities a
             join events e on a.event_number = e.event_number where e.service_line = 'TORT'
             union all
             select a.activity, a.count from restricted_activities a
             join restricted_events e on a.event = e.event where e.service_line = 'TORT')
         group by activity",
    );
    let costs = query(
        "select activity, behaviour, sum(own + absorbed) from service_line_costs
         where service_line = 'TORT' group by activity, behaviour",
    );
    let mut found: BTreeMap<String, (i64, BTreeMap<String, Money>)> = BTreeMap::new();
    for row in counts {
        found.entry(row[0].clone()).or_default().0 = row[1].parse().expect("a count");
    }
    for row in costs {
        let of = &mut found.entry(row[0].clone()).or_default().1;
        of.insert(row[1].clone(), row[2].parse().expect("an amount"));
    }
    found
}

/// A use that fell from one year to the next, with what the pages should say of it.
#[derive(Clone, Debug)]
struct Fell {
    before: String,
    activity: String,
    /// What a claim of it rests on.
    basis: &'static str,
    /// Whole units by which it fell.
    units: i64,
    /// What the change is worth: variable, semi-fixed, fixed.
    worth: [i128; 3],
}

impl Fell {
    /// The largest fall of something that is counted by number, or by the minute.
    fn of(runs: &Path) -> Self {
        let before = std::fs::read_dir(runs).expect("a folder").flatten();
        let is_other = |it: &str| !it.contains('.') && it != trust().run;
        let names = before.filter_map(|it| it.file_name().into_string().ok());
        let before = names.into_iter().find(|it| is_other(it)).expect("the run of the year before");
        let runs = (Run::open(&runs.join(&before)).expect("it is sound"), trust().open());
        let (first, second) = (asked(&runs.0), asked(&runs.1));
        let activities = &runs.0.rules().expect("the model reads").activities;
        let fell = |it: &(&String, &(i64, BTreeMap<String, Money>))| {
            it.1.0 - second.get(it.0).map_or(0, |it| it.0)
        };
        let is_counted = |code: &str| {
            activities.get(code).is_some_and(|it| it.count_unit == rules::year::CountUnit::Number)
        };
        let numbers = first.iter().filter(|it| is_counted(it.0));
        let found = numbers.max_by_key(fell).expect("there are activities");
        let (change, count) = (fell(&found), i128::from(found.1.0));
        assert!(change > 0, "something fell");
        let part = |behaviour: &str| {
            let cost = found.1.1.get(behaviour).copied().unwrap_or_default();
            let product = i128::from(cost.micro_pounds()) * i128::from(change);
            (2 * product + count) / (2 * count)
        };
        Self {
            before,
            activity: found.0.clone(),
            basis: "tests",
            units: change,
            worth: [part("variable"), part("semi-fixed"), part("fixed")],
        }
    }

    /// An amount of the worth as pages show it.
    fn pounds(&self, at: usize) -> String {
        words::pounds(Money::from_micro_pounds(i64::try_from(self.worth[at]).expect("it fits")))
    }
}

async fn sent(
    (site, who): (&Site, &SignedIn),
    fell: &Fell,
    (go, later, claimed): (&str, &str, &str),
) -> Answer {
    let owner = person(site, "grace.whitfield").await;
    let fields = [
        ("title", "Fewer of them"),
        ("unit", "TORT"),
        ("kind", "capacity"),
        ("basis", fell.basis),
        ("cash", "no"),
        ("recurrent", "yes"),
        ("from", "2025-04-01"),
        ("to", "2026-03-31"),
        ("claimed", claimed),
        ("used_by", "Patients of other services"),
        ("owner", owner.as_str()),
        ("pair", "FALLS|TORT"),
        ("limit", "6"),
        ("activity", fell.activity.as_str()),
        ("baseline_run", fell.before.as_str()),
        ("later", later),
        ("go", go),
    ];
    site.post(who, "/benefits/new", &fields).await
}

async fn begun(runs: &Path) -> (Site, SignedIn) {
    let site = site_over(runs).await;
    let leah = measured(&site).await;
    kept(&site, &leah, "FALLS,TORT,2025-01,5,1000,Reports\n").await;
    let grace = site.sign_in("SERVICE_MANAGER").await;
    (site, grace)
}

#[track_caller]
fn shows(page: &str, all: &[&str]) {
    for told in all {
        assert!(page.contains(told), "{told}: {page}");
    }
}

#[tokio::test]
async fn use_is_read_from_published_costings_before_it_is_claimed_and_stays_as_it_was_read() {
    let folder = copied(two_years());
    let runs = folder.path().to_owned();
    let fell = {
        let runs = runs.clone();
        std::thread::spawn(move || Fell::of(&runs)).join().expect("it is asked")
    };
    let draft = costed_again(&runs);
    let (site, grace) = begun(&runs).await;
    let form = site.get(&grace, "/benefits/new?unit=TORT").await.text;
    shows(&form, &["Read from costings", &format!("value=\"{}\"", fell.before)]);
    assert!(!form.contains(&draft), "a draft is no choice");
    let unread = sent((&site, &grace), &fell, ("read", &draft, "1")).await.text;
    shows(&unread, &["Choose a published costing of a later year"]);
    let read = sent((&site, &grace), &fell, ("read", "all", "")).await.text;
    let change = format!("{} fewer", words::thousands(fell.units.unsigned_abs()));
    let parts = [0, 1, 2].map(|at| fell.pounds(at));
    shows(&read, &[&change, &parts[0], &parts[1], &parts[2], &fell.before, &trust().run]);
    assert!(site.audit("benefit.").await.is_empty(), "nothing is claimed by reading");
    let more = (fell.units + 1).to_string();
    let more = sent((&site, &grace), &fell, ("claim", "all", &more)).await.text;
    shows(&more, &["The claim is more than the change in use", &parts[0]]);
    let all = fell.units.to_string();
    let done = sent((&site, &grace), &fell, ("claim", "all", &all)).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = site.get(&grace, &done.location).await.text;
    shows(&page, &[&change, &parts[0], &parts[1], &parts[2], &fell.before, &trust().run]);
    shows(&page, &["June 2025", "Published costing", "read from the costing of 2025/26"]);
    again(&site, &grace, (&runs, &draft, &done.location)).await;
    // What was read stays, also where the costings are gone.
    std::fs::remove_dir_all(runs.join(&fell.before)).expect("it is removed");
    let page = site.get(&grace, &done.location).await.text;
    shows(&page, &[&change, &parts[0], &parts[1], &parts[2], &fell.before]);
}

/// Reads a costing that was published since, with its history and for those alone who may.
async fn again(site: &Site, grace: &SignedIn, (runs, draft, benefit): (&Path, &str, &str)) {
    let address = format!("{benefit}/costing");
    let fields = |seen| [("later", draft), ("seen", seen)];
    let refused = site.post(grace, &address, &fields("2")).await.text;
    shows(&refused, &["Choose a published costing of the list"]);
    costed::publish_at(&runs.join(draft), "2026-05-28T08:14:00Z");
    // It takes the place of the costing of the same year, which nobody chooses any more.
    let form = site.get(grace, "/benefits/new?unit=TORT").await.text;
    shows(&form, &[&format!("value=\"{draft}\"")]);
    assert!(!form.contains(&format!("value=\"{}\"", trust().run)), "it is superseded");
    let page = site.get(grace, benefit).await.text;
    shows(&page, &["Another costing", draft]);
    let ward = site.sign_in("WARD_MANAGER").await;
    assert_eq!(site.post(&ward, &address, &fields("2")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.post(grace, &address, &fields("1")).await.status, StatusCode::CONFLICT);
    let done = site.post(grace, &address, &fields("2")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = site.get(grace, benefit).await.text;
    shows(&page, &[draft, &trust().run, "Grace Whitfield, 1 June 2026"]);
    assert!(!page.contains("Another costing"), "all are read: {page}");
    assert_eq!(page.matches("read from the costing of 2025/26").count(), 2, "{page}");
    let twice = site.post(grace, &address, &fields("3")).await.text;
    shows(&twice, &["costing is read already"]);
    for (month, seen) in [("2025-04", "3"), ("2025-05", "4")] {
        let fields = [("month", month), ("reached", "9"), ("source", "Ward"), ("seen", seen)];
        let done = site.post(grace, &format!("{benefit}/reached"), &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    }
    let id = BenefitId::new(benefit.trim_start_matches("/benefits/"));
    let mut db = site.store.read().await.expect("reads");
    let kept = benefits::get(&mut db, &id).await.expect("it is there").of.baseline;
    drop(db);
    let baseline = format!("baseline {}", number(kept.expect("it was read")));
    shows(&site.get(grace, benefit).await.text, &[&baseline]);
    let owen = site.sign_in("BOARD_MEMBER").await;
    let told = site.get(&owen, benefit).await.text;
    shows(&told, &["where a month stood before"]);
    assert!(!told.contains(&baseline), "what a month of the line used is hidden: {told}");
    let page = visible(&told);
    shows(&page, &["What was read from the costings is hidden from you"]);
    assert!(
        !page.contains("Published costing of") && !page.contains("fewer. At the rate"),
        "{page}"
    );
    let kept = format!("{:?}", site.audit("benefit.read").await);
    shows(&kept, &[draft]);
}
