//! Pages on how joint working spreads: requests in, pages out.

use axum::http::StatusCode;
use engagement::Framework;
use engagement::framework::RecordedFor;
use jiff::SignedDuration;
use store::assessing::Every;
use store::assessing::champions::{self, Kind, NewChampion};
use store::assessing::very_small::{self, NewStatement, Part, SmallUnit};
use store::audit::{self, Asked};
use store::units::{self, Unit, UnitKind};
use store::{Entry, PersonId, UnitCode, people};

use crate::shell::costed;
use crate::shell::testing::{Browser, Site, TRUST, grant, site, site_on_postgres, unlinked};

/// The two directors and a site with hips, knees and ankles.
struct World {
    site: Site,
    helen: Browser,
    ravi: Browser,
    ids: [PersonId; 2],
}

async fn world() -> World {
    world_on(site().await).await
}

async fn world_on(site: Site) -> World {
    for code in ["KNE", "ANK"] {
        unit(&site, code).await;
    }
    let helen = named(&site, "Helen", "medicine", ("MEDICAL_DIRECTOR", TRUST)).await;
    let ravi = named(&site, "Ravi", "finance", ("FINANCE_DIRECTOR", TRUST)).await;
    let browsers = (site.sign_in(&helen).await, site.sign_in(&ravi).await);
    World { site, helen: browsers.0, ravi: browsers.1, ids: [helen, ravi] }
}

async fn unit(site: &Site, code: &str) {
    let unit = Unit {
        code: UnitCode::new(code),
        name: format!("Unit {code}"),
        kind: UnitKind::ServiceLine,
        parent: Some(UnitCode::new(TRUST)),
        from: "2024-04-01".parse().expect("a day"),
        until: None,
    };
    let entry = site.operator();
    let put = site
        .store()
        .write(move |tx| Box::pin(async move { units::upsert(tx, &unit, None, &entry).await }));
    put.await.expect("the unit is new");
}

async fn named(site: &Site, name: &str, profession: &str, of: (&str, &str)) -> PersonId {
    let id = site.of_profession(name, profession).await;
    site.grant(&grant(&id, of.0, of.1)).await;
    id
}

async fn person(site: &Site, name: &str, profession: &str, of: (&str, &str)) -> Browser {
    site.sign_in(&named(site, name, profession, of).await).await
}

async fn text(site: &Site, who: &Browser, path: &str) -> String {
    let page = site.get(who, path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}");
    page.text.replace('\u{a0}', " ")
}

/// Sends a form that must be taken.
async fn done(site: &Site, who: &Browser, path: &str, fields: &[(&str, &str)]) -> String {
    let answer = site.post(who, path, fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", answer.text);
    answer.location().to_owned()
}

/// Steps of the trust, or of a specialty.
fn steps(of_trust: bool) -> Vec<String> {
    let all = Framework::national_2013();
    let of = all.steps().iter();
    of.filter(|it| of_trust == (it.recorded_for == RecordedFor::Organisation))
        .map(|it| it.id.to_string())
        .collect()
}

/// Where the first form leads whose address holds this.
fn action(page: &str, holds: &str) -> String {
    let mut all = page.split("action=\"").skip(1).filter_map(|it| it.split('"').next());
    all.find(|it| it.contains(holds)).expect("there is such a form").to_owned()
}

impl World {
    /// Both directors say of every step of a unit that it is so.
    async fn rated(&self, code: &str, rating: &str) {
        done(&self.site, &self.helen, &format!("/assessment/{code}/begin"), &[]).await;
        for step in steps(code == TRUST) {
            for who in [&self.helen, &self.ravi] {
                let fields = [("rating", rating), ("words", ""), ("then", "on")];
                done(&self.site, who, &format!("/assessment/{code}/steps/{step}"), &fields).await;
            }
        }
    }

    /// Everything is so in a unit, with evidence that counts.
    async fn whole(&self, code: &str) {
        self.rated(code, "consistently").await;
        let all = steps(code == TRUST);
        let mut fields = vec![
            ("title", "Reviews of the year"),
            ("kind", "minutes"),
            ("place", "Shared drive"),
            ("happened_on", "2026-06-01"),
            ("expires_on", ""),
        ];
        fields.extend(all.iter().map(|it| ("steps", it.as_str())));
        let address = format!("/assessment/{code}/evidence");
        done(&self.site, &self.helen, &address, &fields).await;
        let review = action(&text(&self.site, &self.ravi, &address).await, "/evidence/");
        let accepts = [("state", "accepted"), ("because", ""), ("seen", "0")];
        done(&self.site, &self.ravi, &review, &accepts).await;
        if code != TRUST {
            self.joint(code, "norm").await;
        }
    }

    async fn joint(&self, code: &str, status: &str) {
        let mut fields = vec![("status", status), ("words", "So it is"), ("supports", "yes")];
        if status == "ad_hoc" {
            fields.extend([("trigger", "saving"), ("trigger_words", "Agency nurses")]);
        }
        let address = format!("/assessment/{code}/joint-working");
        done(&self.site, &self.helen, &address, &fields).await;
    }

    /// What is proposed for the trust.
    async fn proposed(&self) -> String {
        text(&self.site, &self.ravi, "/assessment").await
    }

    /// A statement with shares of cost, expenditure and activity in thousandths, as its page makes it.
    async fn stated(&self, all: &[(&str, [i64; 3])], seen: i64) {
        let part = |part: i64| Some(Part { part, whole: 1_000 });
        let unit = |(code, shares): &(&str, [i64; 3])| SmallUnit {
            unit: UnitCode::new(*code),
            cost: part(shares[0]),
            expenditure: part(shares[1]),
            activity: part(shares[2]),
        };
        let new = NewStatement {
            words: "A handful of patients".to_owned(),
            run: "1fe9a090556158bd".to_owned(),
            period: "2025/26 to the end of March".to_owned(),
            units: all.iter().map(unit).collect(),
        };
        let entry = Entry::by(self.ids[0].as_str(), self.site.app().now());
        let made = self.site.store().write(move |tx| {
            Box::pin(async move { very_small::state(tx, &new, seen, &entry).await })
        });
        made.await.expect("it is made");
    }

    async fn signed(&self) {
        for who in [&self.helen, &self.ravi] {
            let page = text(&self.site, who, "/assessment/very-small").await;
            done(&self.site, who, &action(&page, "/very-small/"), &[]).await;
        }
    }
}

const NO_PLAN: &str = "no plan to roll out joint working covers any of the other units";

#[tokio::test]
async fn a_plan_takes_the_warning_away_and_is_overdue_when_its_day_is_past() {
    let world = world().await;
    let (site, helen) = (&world.site, &world.helen);
    world.whole(TRUST).await;
    world.whole("HIP").await;
    let page = world.proposed().await;
    assert!(page.contains("Proposed for the trust: Level 3") && page.contains(NO_PLAN), "{page}");
    let none = site.post(helen, "/assessment/plan/KNE", &[("planned_on", ""), ("seen", "0")]).await;
    assert!(none.text.contains("Write by which day joint working should be the norm"));
    let fields = [("planned_on", "2026-06-12"), ("words", "After the new lead"), ("seen", "0")];
    assert_eq!(done(site, helen, "/assessment/plan/KNE", &fields).await, "/assessment/plan");
    assert_eq!(site.post(helen, "/assessment/plan/KNE", &fields).await.status, 409, "stale");
    let page = world.proposed().await;
    assert!(page.contains("Proposed for the trust: Level 3") && !page.contains(NO_PLAN));
    let plan = text(site, helen, "/assessment/plan").await;
    assert!(plan.contains("12 June 2026") && plan.contains(">Planned<"), "{plan}");
    assert!(plan.contains("Already the norm") && !plan.contains("Overdue"));
    site.wait(SignedDuration::from_hours(48));
    let world = World { helen: site.sign_in(&world.ids[0]).await, ..world };
    let (site, helen) = (&world.site, &world.helen);
    let plan = text(site, helen, "/assessment/plan").await;
    assert!(plan.contains("Overdue by 1 day"), "{plan}");
    // Somebody of another unit sees nothing of it and plans nothing.
    let amara = person(site, "Amara", "medicine", ("CLINICAL_DIRECTOR", "HIP")).await;
    let plan = text(site, &amara, "/assessment/plan").await;
    assert!(plan.contains("Unit HIP") && !plan.contains("Unit KNE"));
    assert_eq!(site.get(&amara, "/assessment/plan/KNE").await.status, 404);
    assert_eq!(site.post(&amara, "/assessment/plan/KNE", &fields).await.status, 404);
    // Out of the plan again, with a reason.
    let silent = [("planned_on", ""), ("words", " "), ("seen", "1")];
    let refused = site.post(helen, "/assessment/plan/KNE", &silent).await;
    assert!(refused.text.contains("Say why it is taken out of the plan"));
    let out = [("planned_on", ""), ("words", "It closes"), ("seen", "1")];
    done(site, helen, "/assessment/plan/KNE", &out).await;
    let plan = text(site, helen, "/assessment/plan").await;
    assert!(!plan.contains("Overdue") && plan.contains("is in the plan yet"), "{plan}");
}

#[tokio::test]
async fn two_very_small_specialties_are_left_out_once_both_have_signed() {
    left_out(world().await).await;
}

#[tokio::test]
async fn very_small_specialties_are_left_out_on_postgres_too() {
    left_out(world_on(site_on_postgres().await).await).await;
}

async fn left_out(world: World) {
    world.whole(TRUST).await;
    world.whole("HIP").await;
    world.joint("KNE", "ad_hoc").await;
    world.joint("ANK", "ad_hoc").await;
    world.stated(&[("KNE", [3, 2, 3]), ("ANK", [4, 4, 4])], 0).await;
    assert!(world.proposed().await.contains("Proposed for the trust: Level 3"), "not yet signed");
    let page = text(&world.site, &world.ravi, "/assessment/very-small").await;
    assert!(page.contains("Not yet signed for finance") && page.contains("no signed statement"));
    world.signed().await;
    assert!(world.proposed().await.contains("Proposed for the trust: Level 4"));
    let page = text(&world.site, &world.ravi, "/assessment/very-small").await;
    assert!(page.contains("Left out as very small: Unit ANK and Unit KNE"), "{page}");
    assert!(page.contains("cost 0.4%") && page.contains("run 1fe9a090556158bd"));
    // Another flag is another statement, and the old signatures are not for it.
    world.stated(&[("KNE", [3, 2, 3]), ("ANK", [4, 4, 4])], 1).await;
    assert!(world.proposed().await.contains("Proposed for the trust: Level 3"));
    // Pathology treats nobody, and manages 6 % of the expenditure.
    world.stated(&[("KNE", [0, 60, 0]), ("ANK", [4, 4, 4])], 2).await;
    world.signed().await;
    assert!(world.proposed().await.contains("Proposed for the trust: Level 3"));
    // A board member is told that it is not small, and no share.
    let board = person(&world.site, "Owen", "management", ("BOARD_MEMBER", TRUST)).await;
    let page = text(&world.site, &board, "/assessment/very-small").await;
    assert!(page.contains("together they are not below the limit"), "{page}");
    assert!(!page.contains("6%") && !page.contains("0.4%") && !page.contains("Make another"));
    // Three are too many, however small.
    unit(&world.site, "TOE").await;
    world.joint("TOE", "ad_hoc").await;
    let three = [("KNE", [1, 1, 1]), ("ANK", [1, 1, 1]), ("TOE", [1, 1, 1])];
    world.stated(&three, 3).await;
    world.signed().await;
    assert!(world.proposed().await.contains("Proposed for the trust: Level 3"));
}

#[tokio::test]
async fn shares_come_from_the_published_run_and_are_shown_to_whoever_may_see_cost() {
    let site = costed::site().await;
    let helen = site.sign_in("MEDICAL_DIRECTOR").await;
    let page = site.get(&helen, "/assessment/very-small").await.text.replace('\u{a0}', " ");
    assert!(page.contains("published costing of 2025/26 to the end of March"), "{page}");
    let rows = page.split("<tr").find(|it| it.contains(">PAIN<")).expect("a row").to_owned();
    assert!(rows.contains('%') && rows.contains("Cannot be told"), "{rows}");
    let board = site.sign_in("BOARD_MEMBER").await;
    let hidden = site.get(&board, "/assessment/very-small").await.text;
    let rows = hidden.split("<tr").find(|it| it.contains(">PAIN<")).expect("a row").to_owned();
    assert!(!rows.contains('%'), "{rows}");
    assert!(!hidden.contains("Make the statement"));
    let address = "/assessment/very-small";
    let silent = site.post(&helen, address, &[("words", ""), ("seen", "0")]).await.text;
    assert!(silent.contains("Choose the specialties that are very small"));
    assert!(silent.contains("Say why the trust’s outcomes would not be materially affected"));
    let wrong = [("units", "NOWHERE"), ("words", "Few patients"), ("seen", "0")];
    assert!(
        site.post(&helen, address, &wrong).await.text.contains("Choose specialties of the list")
    );
    let names = [("units", "PAIN"), ("words", "Few patients"), ("seen", "0")];
    assert_eq!(site.post(&helen, address, &names).await.status, StatusCode::SEE_OTHER);
    assert_eq!(site.post(&helen, address, &names).await.status, 409, "somebody was faster");
    assert_eq!(site.post(&board, address, &names).await.status, 404);
    let mut db = site.store.read().await.expect("reads");
    let now = "2026-06-02T00:00:00Z".parse().expect("a moment");
    let kept = very_small::latest(&mut db, now).await.expect("reads").expect("there is one");
    assert_eq!((kept.of.run.as_str(), kept.of.units.len()), (costed::trust().run.as_str(), 1));
    assert!(kept.of.units[0].cost.is_some() && kept.of.units[0].expenditure.is_none());
    drop(db);
    let page = site.get(&helen, address).await.text;
    assert!(page.contains("managed expenditure not known"), "{page}");
    let sign = action(&page, "/very-small/");
    assert_eq!(site.post(&helen, &sign, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(site.post(&helen, &sign, &[]).await.status, 422, "signed for this side");
    let page = unlinked(&site.get(&helen, address).await.text);
    assert!(page.contains("Clinicians: signed by Helen Marsh"), "{page}");
}

/// A team as its form sends it.
fn team<'a>(lead: &'a str, finance: &'a str) -> [(&'a str, &'a str); 6] {
    [
        ("name", "Hips and knees"),
        ("works_on", "Days in bed"),
        ("clinical_lead", lead),
        ("finance_member", finance),
        ("since", "2026-05-01"),
        ("until", ""),
    ]
}

#[tokio::test]
async fn a_team_is_led_by_a_clinician_and_has_somebody_of_finance() {
    let world = world().await;
    let (site, helen) = (&world.site, &world.helen);
    let [medical, finance] = [world.ids[0].as_str(), world.ids[1].as_str()];
    let address = "/assessment/HIP/teams";
    assert!(text(site, helen, address).await.contains("There is none yet"));
    let none = site.post(helen, address, &team("", "")).await.text;
    assert!(none.contains("a joint team has a clinical lead"), "{none}");
    assert!(none.contains("a joint team has one at the least"));
    let swapped = site.post(helen, address, &team(finance, medical)).await.text;
    assert!(swapped.contains("a joint team has a clinical lead"), "finance leads no such team");
    done(site, helen, address, &team(medical, finance)).await;
    let page = text(site, helen, address).await;
    assert!(page.contains("Led by Helen. Of finance: Ravi."), "{page}");
    let own = page.split("href=\"").find(|it| it.starts_with("/assessment/HIP/teams/"));
    let own = own.and_then(|it| it.split('"').next()).expect("a link").to_owned();
    let mut ends = team(medical, finance).to_vec();
    ends[5] = ("until", "2026-04-30");
    ends.push(("seen", "1"));
    let refused = site.post(helen, &own, &ends).await.text;
    assert!(refused.contains("The last day is before the first"));
    ends[5] = ("until", "2026-06-01");
    assert_eq!(done(site, helen, &own, &ends).await, address);
    assert_eq!(site.post(helen, &own, &ends).await.status, 409);
    assert!(text(site, helen, address).await.contains("From 1 May 2026 to 1 June 2026"));
    assert_eq!(site.get(helen, "/assessment/KNE/teams/0").await.status, 404);
    let grace = person(site, "Grace", "management", ("SERVICE_MANAGER", "KNE")).await;
    assert_eq!(site.get(&grace, address).await.status, 404);
    assert_eq!(site.post(&grace, address, &team(medical, finance)).await.status, 404);
}

#[tokio::test]
async fn a_place_is_vacant_until_somebody_has_it_and_when_they_leave() {
    let world = world().await;
    let (site, helen) = (&world.site, &world.helen);
    let amara = named(site, "Amara", "medicine", ("CLINICAL_DIRECTOR", "HIP")).await;
    let address = "/assessment/HIP/champions/clinical";
    let silent = site.post(helen, address, &[("person", ""), ("seen", "0")]).await.text;
    assert!(silent.contains("Say why the place is vacant"));
    let finance = [("person", world.ids[1].as_str()), ("seen", "0")];
    let refused = site.post(helen, address, &finance).await.text;
    assert!(refused.contains("Choose somebody of the list"), "a clinical champion is a clinician");
    let fields =
        [("person", amara.as_str()), ("contact_every", "month"), ("words", ""), ("seen", "0")];
    assert_eq!(done(site, helen, address, &fields).await, "/assessment/HIP/teams");
    assert_eq!(site.post(helen, address, &fields).await.status, 409);
    let contact = [("on", "2026-06-11"), ("with", "Ravi"), ("words", "")];
    done(site, helen, "/assessment/HIP/champions/clinical/contacts", &contact).await;
    let page = text(site, helen, "/assessment/HIP/teams").await;
    assert!(page.contains("In contact every month, last: 11 June 2026"), "{page}");
    assert_eq!(page.matches("Vacant").count(), 1, "the cost champion's place");
    let unit = "/assessment/HIP";
    done(site, helen, "/assessment/HIP/begin", &[]).await;
    assert!(text(site, helen, unit).await.contains("One champion is missing"));
    let fields = [("rating", "partly"), ("words", ""), ("then", "on")];
    let browser = site.sign_in(&amara).await;
    done(site, &browser, "/assessment/HIP/steps/C2", &fields).await;
    let (leaver, entry) = (amara.clone(), site.operator());
    let day = "2026-06-11".parse().expect("a day");
    let left = site.store().write(move |tx| {
        Box::pin(async move { people::leave(tx, &leaver, day, &entry).await.map(|_| ()) })
    });
    left.await.expect("she left");
    let page = text(site, helen, unit).await;
    assert!(page.contains("No champion"), "{page}");
    assert!(page.contains("1 rating is by people who have left"), "{page}");
    assert_eq!(site.get(helen, "/assessment/HIP/champions/other").await.status, 404);
}

/// Somebody becomes the cost champion of knees at a moment, in contact every month.
async fn champion(site: &Site, (who, seen): (&PersonId, i64), at: &str) {
    let new = NewChampion {
        person: Some(who.clone()),
        contact_every: Some(Every::Month),
        words: String::new(),
    };
    let entry = Entry::by(who.as_str(), at.parse().expect("a moment"));
    let unit = UnitCode::new("KNE");
    let put = site.store().write(move |tx| {
        Box::pin(
            async move { champions::record(tx, (&unit, Kind::Cost), &new, seen, &entry).await },
        )
    });
    put.await.expect("it is recorded");
}

#[tokio::test]
async fn contacts_of_a_champion_are_a_log_and_one_past_its_frequency_is_flagged() {
    let world = world().await;
    let (site, helen) = (&world.site, &world.helen);
    let log = "/assessment/HIP/champions/cost/contacts";
    let vacant = text(site, helen, log).await;
    assert!(vacant.contains("Nobody has this place") && !vacant.contains("Add a contact"));
    let contact = |on, with| [("on", on), ("with", with), ("words", "Bed days")];
    assert_eq!(site.post(helen, log, &contact("2026-06-01", "Amara")).await.status, 422);
    let is = [("person", world.ids[1].as_str()), ("contact_every", "month"), ("seen", "0")];
    done(site, helen, "/assessment/HIP/champions/cost", &is).await;
    // Today is 11 June 2026, and a month after today is still to come.
    assert!(!text(site, helen, log).await.contains("Contact was due"));
    for (form, says) in [
        (contact("", "Amara"), "Write on which day they were in contact"),
        (contact("2026-06-12", "Amara"), "This day is still to come"),
        (contact("2026-06-11", " "), "Say with whom they were in contact"),
        (
            contact("2026-06-10", "Amara"),
            "Ravi has this place since 11 June 2026, and nobody is on record for this day",
        ),
    ] {
        let refused = site.post(helen, log, &form).await.text;
        assert!(refused.contains(says) && refused.contains("Bed days"), "{says}: {refused}");
    }
    let grace = person(site, "Grace", "management", ("SERVICE_MANAGER", "KNE")).await;
    assert_eq!(site.get(&grace, log).await.status, 404);
    assert_eq!(site.post(&grace, log, &contact("2026-06-11", "Amara")).await.status, 404);
    let log = "/assessment/KNE/champions/cost/contacts";
    champion(site, (&world.ids[0], 0), "2026-01-05T09:00:00Z").await;
    champion(site, (&world.ids[1], 1), "2026-03-01T09:00:00Z").await;
    assert!(text(site, helen, log).await.contains("Contact was due 1 April 2026"));
    let refused = site.post(helen, log, &contact("2026-02-28", "Amara")).await.text;
    let said = "and on this day Helen had it: write a day from then on";
    assert!(refused.contains(said), "{refused}");
    done(site, helen, log, &contact("2026-04-03", "Amara and the ward sister")).await;
    let page = text(site, helen, "/assessment/KNE/teams").await;
    assert!(page.contains("Contact was due 3 May 2026"), "{page}");
    done(site, helen, log, &contact("2026-06-02", "Amara")).await;
    let page = text(site, helen, log).await;
    assert!(!page.contains("Contact was due"), "{page}");
    for part in ["2 June 2026: Ravi with Amara", "3 April 2026: Ravi with Amara and the ward"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let back = format!("{log}/take-back");
    let silent = site.post(helen, &back, &[("number", "2"), ("because", "")]).await.text;
    assert!(silent.contains("Say why it is taken back"));
    done(site, helen, &back, &[("number", "2"), ("because", "It was put off")]).await;
    let page = text(site, helen, log).await;
    assert!(page.contains("Contact was due 3 May 2026"), "{page}");
    assert!(page.contains("Taken back: It was put off."), "it stays on record: {page}");
}

#[tokio::test]
async fn a_dialogue_of_the_directors_is_taken_as_evidence_with_one_press() {
    let world = world().await;
    let (site, helen, ravi) = (&world.site, &world.helen, &world.ravi);
    let address = "/assessment/dialogue";
    assert!(text(site, helen, address).await.contains("Nothing is recorded yet"));
    let late = [("happened_on", "2026-06-12"), ("topics", ""), ("decisions", "")];
    let refused = site.post(helen, address, &late).await.text;
    assert!(
        refused.contains("This day is still to come") && refused.contains("Say what you spoke of")
    );
    let named = [("happened_on", "2026-06-01"), ("topics", "See 943 476 5919"), ("decisions", "")];
    assert!(site.post(helen, address, &named).await.text.contains("Take out the NHS number"));
    let fields =
        [("happened_on", "2026-06-01"), ("topics", "Agency nurses"), ("decisions", "Rosters")];
    done(site, helen, address, &fields).await;
    let page = text(site, helen, address).await;
    assert!(page.contains("1 dialogue, the last on 1 June 2026") && page.contains("Rosters"));
    let take = action(&page, "/dialogue/");
    done(site, helen, &take, &[]).await;
    assert_eq!(site.post(helen, &take, &[]).await.status, 422, "once");
    let page = text(site, helen, address).await;
    assert!(page.contains("Evidence, not accepted yet") && !page.contains("Take it as evidence"));
    let evidence = text(site, ravi, "/assessment/TRUST/evidence").await;
    assert!(evidence.contains("Dialogue of the directors, 1 June 2026"), "{evidence}");
    let accepts = [("state", "accepted"), ("because", ""), ("seen", "0")];
    done(site, ravi, &action(&evidence, "/evidence/"), &accepts).await;
    assert!(text(site, ravi, address).await.contains("Evidence that counts"));
    let pair = [
        ("medical", world.ids[0].as_str()),
        ("finance", world.ids[1].as_str()),
        ("appeared_on", "2026-05-28"),
        ("words", "The plan for theatres"),
        ("seen", "0"),
    ];
    let swapped = [("medical", world.ids[1].as_str()), ("finance", world.ids[0].as_str())];
    let refused = site.post(helen, "/assessment/sponsors", &swapped).await.text;
    assert!(refused.contains("Choose the clinician of the pair"));
    done(site, helen, "/assessment/sponsors", &pair).await;
    let page = text(site, ravi, address).await;
    assert!(
        page.contains("Helen and Ravi.") && page.contains("28 May 2026, The plan for theatres")
    );
    // Whoever reads one unit alone finds nothing, and the board reads and adds nothing.
    let amara = person(site, "Amara", "medicine", ("CLINICAL_DIRECTOR", "HIP")).await;
    for path in [address, "/assessment/sponsors"] {
        assert_eq!(site.get(&amara, path).await.status, 404, "{path}");
        assert_eq!(site.post(&amara, path, &fields).await.status, 404, "{path}");
    }
    let board = person(site, "Owen", "management", ("BOARD_MEMBER", TRUST)).await;
    assert!(!text(site, &board, address).await.contains("Add a dialogue"));
    let mut db = site.store().read().await.expect("a connection");
    let recorded = audit::list(&mut db, &Asked::default(), 100).await.expect("a read");
    assert!(!format!("{recorded:?}").contains("Agency"), "no words that somebody wrote");
}

#[tokio::test]
async fn a_rating_from_outside_stands_beside_and_changes_no_level() {
    let world = world().await;
    let (site, helen) = (&world.site, &world.helen);
    let ines = person(site, "Ines", "audit", ("AUDITOR", TRUST)).await;
    let peer = person(site, "Nadia", "finance", ("PEER_ASSESSOR", TRUST)).await;
    let step = |it: &str| format!("/assessment/HIP/moderated/{it}");
    assert_eq!(site.get(&ines, &step("C2")).await.status, 404, "nothing is begun");
    done(site, helen, "/assessment/HIP/begin", &[]).await;
    let silent = site.post(&ines, &step("C2"), &[("rating", "partly"), ("words", "")]).await.text;
    assert!(silent.contains("Say what your rating rests on"));
    let partly = [("rating", "partly"), ("words", "Two of five meetings")];
    done(site, &ines, &step("C2"), &partly).await;
    let page = text(site, helen, "/assessment/HIP/moderated").await;
    assert!(!page.contains("Two of five") && page.contains("is shown once both professions"));
    assert!(text(site, &ines, "/assessment/HIP/moderated").await.contains("Two of five"));
    let world = {
        for step in steps(false) {
            for who in [&world.helen, &world.ravi] {
                let fields = [("rating", "consistently"), ("words", ""), ("then", "on")];
                done(site, who, &format!("/assessment/HIP/steps/{step}"), &fields).await;
            }
        }
        &world
    };
    let before = text(site, helen, "/assessment/HIP").await;
    assert!(before.contains("From outside: partly or sometimes"), "{before}");
    let same = [("rating", "consistently"), ("words", "All asked said so")];
    done(site, &peer, &step("C3"), &same).await;
    let page = text(site, &world.ravi, "/assessment/HIP/moderated").await;
    assert!(page.contains("2 steps are rated from outside"), "{page}");
    assert!(page.contains("1 is lower, 1 is the same and none is higher"), "{page}");
    assert!(page.contains("Two of five meetings. Ines") && page.contains("Lower from outside"));
    let title = |page: &str| page.split("<h1").nth(1).map(|it| it[..60].to_owned());
    let after = text(site, helen, "/assessment/HIP").await;
    assert_eq!(title(&before), title(&after), "no level rests on it");
    assert!(after.contains("Both say: consistently demonstrated"), "it replaces nothing");
    assert_eq!(site.get(helen, &step("C2")).await.status, 404, "directors do not moderate");
    assert_eq!(site.post(helen, &step("C2"), &partly).await.status, 404);
    assert_eq!(site.get(&peer, "/assessment/HIP/steps/C2").await.status, 404, "nor do peers rate");
    assert_eq!(site.get(&peer, "/services").await.status, 404, "or see figures");
}

#[tokio::test]
async fn a_round_tells_how_far_each_unit_has_come_and_what_is_overdue() {
    let world = world().await;
    let (site, helen) = (&world.site, &world.helen);
    world.whole("HIP").await;
    let empty = [("name", ""), ("period", ""), ("due_on", "2026-06-10")];
    let refused = site.post(helen, "/assessment/rounds", &empty).await.text;
    for part in ["Give the round a name", "This day is past", "Choose for which units it is"] {
        assert!(refused.contains(part), "{part}");
    }
    site.wait(SignedDuration::from_mins(1));
    let fields = [
        ("name", "Spring"),
        ("period", "2026/27, quarter 1"),
        ("due_on", "2026-06-11"),
        ("units", "HIP"),
        ("units", "KNE"),
    ];
    let round = done(site, helen, "/assessment/rounds", &fields).await;
    assert!(round.starts_with("/assessment/rounds/"), "{round}");
    let page = text(site, helen, &round).await;
    assert!(page.contains("It is due on 11 June 2026. 0 of 2 units have signed"), "{page}");
    assert!(page.contains("Both have finished") && page.contains("Not begun"), "{page}");
    let put = [
        ("level", "4"),
        ("because", ""),
        ("culture", "People ask each other"),
        ("reassess_by", "2027-06-01"),
        ("seen", "0"),
    ];
    done(site, helen, "/assessment/HIP/level", &put).await;
    assert!(text(site, helen, &round).await.contains("Put forward"));
    for who in [&world.helen, &world.ravi] {
        let page = text(site, who, "/assessment/HIP/level").await;
        let says = [("says", "signed"), ("changes", "")];
        done(site, who, &action(&page, "/level/"), &says).await;
    }
    let page = text(site, helen, &round).await;
    assert!(page.contains("1 of 2 units have signed") && page.contains(">Signed<"), "{page}");
    site.wait(SignedDuration::from_hours(24));
    let helen = &site.sign_in(&world.ids[0]).await;
    let page = text(site, helen, &round).await;
    assert!(page.contains("Overdue: not begun") && page.contains("It was due"), "{page}");
    let list = text(site, helen, "/assessment/rounds").await;
    assert!(list.contains("Overdue: 1 of 2 units signed"), "{list}");
    assert!(list.contains("By 1 June 2027"), "when hips are assessed again: {list}");
    let ankle = person(site, "Amara", "medicine", ("CLINICAL_DIRECTOR", "ANK")).await;
    assert_eq!(site.get(&ankle, &round).await.status, 404, "of none of her units");
    assert_eq!(site.post(&ankle, "/assessment/rounds", &fields).await.status, 404);
    assert!(!text(site, &ankle, "/assessment/rounds").await.contains("Spring"));
    assert_eq!(site.get(helen, "/assessment/rounds/0").await.status, 404);
}

#[tokio::test]
async fn a_step_of_our_own_is_rated_with_evidence_and_never_counts() {
    let world = world().await;
    let (site, helen) = (&world.site, &world.helen);
    world.whole(TRUST).await;
    world.whole("HIP").await;
    let before = text(site, helen, "/assessment/HIP").await;
    let address = "/assessment/local-steps";
    let refused = site.post(helen, address, &[("category", "other"), ("label", " ")]).await.text;
    assert!(
        refused.contains("Choose under what it is shown")
            && refused.contains("Say what the step is")
    );
    let category = Framework::national_2013().categories()[0].id.to_string();
    let fields = [
        ("category", category.as_str()),
        ("label", "New consultants meet their partner"),
        ("guidance", "In the first month"),
    ];
    done(site, helen, address, &fields).await;
    let unit = text(site, helen, "/assessment/HIP").await;
    assert!(unit.contains("New consultants meet their partner") && unit.contains("Not rated yet"));
    let title = |page: &str| page.split("<h1").nth(1).map(|it| it[..60].to_owned());
    assert_eq!(title(&before), title(&unit));
    let step = "/assessment/HIP/steps/LOCAL1";
    let page = text(site, helen, step).await;
    assert!(page.contains("A step of our own") && page.contains("In the first month"), "{page}");
    for who in [&world.ravi, &world.helen] {
        // Whoever has not answered does not read what the other said.
        assert_eq!(site.get(helen, "/assessment/HIP/agree/LOCAL1").await.status, 404);
        let rating = [("rating", "not_yet"), ("words", ""), ("then", "on")];
        done(site, who, step, &rating).await;
    }
    let evidence = [
        ("title", "List of meetings"),
        ("kind", "other"),
        ("place", "Shared drive"),
        ("happened_on", "2026-06-01"),
        ("expires_on", ""),
        ("steps", "LOCAL1"),
    ];
    done(site, helen, "/assessment/HIP/evidence", &evidence).await;
    let listed = text(site, helen, "/assessment/HIP/evidence").await;
    assert!(listed.contains("For: New consultants meet their partner"), "{listed}");
    let unit = text(site, helen, "/assessment/HIP").await;
    assert!(unit.contains("Both say: not yet"), "{unit}");
    assert!(unit.contains("Look at your ratings again"), "it is none of the twenty");
    assert_eq!(title(&before), title(&unit), "no level rests on it");
    let agree = [("rating", "partly"), ("because", "Most do"), ("seen", "0")];
    done(site, helen, "/assessment/HIP/agree/LOCAL1", &agree).await;
    assert!(text(site, helen, "/assessment/HIP").await.contains("Agreed: partly or sometimes"));
    assert_eq!(site.get(helen, "/assessment/TRUST/steps/LOCAL1").await.status, 404);
    let amara = person(site, "Amara", "medicine", ("CLINICAL_DIRECTOR", "HIP")).await;
    assert_eq!(site.post(&amara, address, &fields).await.status, 404, "a step is the trust's");
    let retire = "/assessment/local-steps/LOCAL1/retire";
    assert_eq!(site.post(&amara, retire, &[]).await.status, 404);
    done(site, helen, retire, &[]).await;
    assert_eq!(site.post(helen, retire, &[]).await.status, 422, "once");
    assert_eq!(site.get(helen, step).await.status, 404);
    assert!(text(site, helen, address).await.contains("Retired"));
    assert!(!text(site, helen, "/assessment/HIP").await.contains("New consultants"));
}
