//! Specialties side by side, each with its level, what holds it there and where it went: requests in,
//! pages out.

use engagement::Framework;
use jiff::Timestamp;
use store::assessing::champions::{self, NewChampion};
use store::assessing::{
    self, EvidenceState, NewEvidence, NewJointWorking, NewRating, Rating, Side, Status, Support,
    Trigger,
};
use store::units::UnitKind;
use store::{Entry, PersonId, Tx, UnitCode};

use super::tests::{person, steps, text};
use super::tests_of_reading::add;
use crate::shell::session::today;
use crate::shell::testing::{Site, TRUST, site};

/// A day of the quarter before, and one of this.
const FEBRUARY: &str = "2026-02-02T10:00:00Z";
const MAY: &str = "2026-05-11T10:00:00Z";

fn moment(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

/// Who rates: a clinician and somebody of finance.
struct Raters {
    amara: PersonId,
    daniel: PersonId,
}

/// All steps of a unit, of which both say that they are so, with evidence that both stand behind; they
/// work together ad hoc.
async fn assessed(tx: &mut Tx, unit: &UnitCode, by: &Raters) -> store::Result<()> {
    let at = moment(FEBRUARY);
    let (amara, daniel) = (Entry::by(by.amara.as_str(), at), Entry::by(by.daniel.as_str(), at));
    let framework = Framework::national_2013();
    let id = assessing::open(tx, unit, framework.id().as_str(), &amara).await?;
    for step in steps() {
        for (side, entry) in [(Side::Clinical, &amara), (Side::Finance, &daniel)] {
            let (step, rating) = (step.clone(), Rating::Consistently);
            let new = NewRating { step, side, rating, words: String::new() };
            assessing::rate(tx, &id, &new, entry).await?;
        }
    }
    let new = NewEvidence {
        unit: unit.clone(),
        kind: "minutes".to_owned(),
        title: "Reviews of the year".to_owned(),
        place: "Shared drive".to_owned(),
        happened_on: today(at),
        expires_on: None,
        owner: by.amara.clone(),
        steps: steps().into_iter().collect(),
    };
    let piece = assessing::add(tx, &new, &amara).await?;
    assessing::review(tx, &piece, (EvidenceState::Accepted, ""), 0, &daniel).await?;
    works(tx, (unit, Status::AdHoc), 0, &amara).await
}

/// How far people of a unit work together.
async fn works(
    tx: &mut Tx,
    (unit, status): (&UnitCode, Status),
    seen: i64,
    entry: &Entry,
) -> store::Result<()> {
    let trigger = Trigger { kind: "business_case".to_owned(), words: "The laboratory".to_owned() };
    let new = NewJointWorking {
        status,
        trigger: (status == Status::AdHoc).then_some(trigger),
        words: "A partner sits in the reviews".to_owned(),
        shared_every: None,
        last_shared_on: None,
        shared_with: None,
        lapse_confirmed: false,
        supports_managers: Support::Yes,
    };
    assessing::record(tx, unit, &new, seen, entry).await
}

/// Eyes and births of the east at Level 2 in February; in May eyes work together as the norm, and the
/// assessment of hips is begun. Eyes have both champions, births have one, hips have none.
async fn of_two_groups() -> Site {
    let site = site().await;
    for it in [
        ("EAST", "Care of the east", UnitKind::Directorate, TRUST),
        ("BABY", "Births", UnitKind::Specialty, "EAST"),
        ("EYES", "Eyes", UnitKind::Specialty, "EAST"),
    ] {
        add(site.store(), site.operator(), it).await;
    }
    let by = Raters {
        amara: site.of_profession("Amara", "medicine").await,
        daniel: site.of_profession("Daniel", "finance").await,
    };
    let done = site.store().write(move |tx| {
        Box::pin(async move {
            let [births, eyes, hips] = ["BABY", "EYES", "HIP"].map(UnitCode::new);
            assessed(tx, &births, &by).await?;
            assessed(tx, &eyes, &by).await?;
            let entry = Entry::by(by.amara.as_str(), moment(MAY));
            works(tx, (&eyes, Status::Norm), 1, &entry).await?;
            assessing::open(tx, &hips, Framework::national_2013().id().as_str(), &entry).await?;
            for (unit, kind, who) in [
                (&eyes, champions::Kind::Clinical, &by.amara),
                (&eyes, champions::Kind::Cost, &by.daniel),
                (&births, champions::Kind::Clinical, &by.amara),
            ] {
                let new = NewChampion { person: Some(who.clone()), ..NewChampion::default() };
                champions::record(tx, (unit, kind), &new, 0, &entry).await?;
            }
            Ok(())
        })
    });
    done.await.expect("it is recorded");
    site
}

#[tokio::test]
async fn specialties_stand_in_unit_order_with_what_holds_them_and_where_they_went() {
    let site = of_two_groups().await;
    let owen = person(&site, "Owen", "management", ("BOARD_MEMBER", TRUST)).await;
    let page = text(&site, &owen, "/assessment").await;
    let table = page.split("Specialties, in unit order").nth(1).expect("there is a table");
    let table = table.split("</table>").next().expect("it ends");
    for heading in ["What holds it there", "Since 31 March 2026"] {
        assert!(table.contains(&format!(">{heading}</th>")), "{heading}: {table}");
    }
    let group = |name: &str| format!("concord-part\">{name}</th>");
    let link = |code: &str, name: &str| format!("<a href=\"/assessment/{code}\">{name}</a>");
    let order = [
        group("Care of the east"),
        link("BABY", "Births"),
        link("EYES", "Eyes"),
        group("Unit TRUST"),
        link("HIP", "Unit HIP"),
    ];
    let places: Vec<Option<usize>> = order.iter().map(|it| table.find(it.as_str())).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}: {table}");
    assert_eq!(table.matches("concord-part").count(), 2, "each group stands there once");
    let row = |code: &str| {
        let mut rows = table.split("<tr class=\"nhsuk-table__row\">");
        let of = format!("href=\"/assessment/{code}\"");
        let found = rows.find(|it| it.contains(&of)).expect("it has a row");
        found.split("</tr>").next().unwrap_or_default()
    };
    let holds = |code: &str, parts: &[&str]| {
        let found = row(code);
        for part in parts {
            assert!(found.contains(part), "{code}, {part}: {found}");
        }
    };
    let births = ["concord-level-2", ">■■□□</span> Level 2</td>", ">Joint working: ad hoc<"];
    holds("BABY", &births);
    holds("BABY", &["to lift it<", ">As it was</td>", ">No cost champion<"]);
    // What rose has its mark, and says from where in words.
    let eyes = ["concord-level-4", ">■■■■</span> Level 4</td>", ">▲ up from Level 2</td>"];
    holds("EYES", &eyes);
    holds("EYES", &[">Nothing: all tests are met</td>"]);
    assert!(!row("EYES").contains("champion") && !row("EYES").contains("to lift it"));
    let hips = ["concord-level-0", ">□□□□</span> Level 1 not yet shown</td>", ">No champions<"];
    holds("HIP", &hips);
    holds("HIP", &[">Steps: 0 of 19 count<", ">Not assessed then</td>"]);
    assert_eq!(table.matches('▲').count() + table.matches('▼').count(), 1, "only one moved");
}
