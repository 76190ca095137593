//! Benefits on both databases: what is claimed, what the guard holds, and what nobody gets past it.

use engagement::benefits::{Account, Rate, Side};

use super::*;
use crate::audit::Asked;
use crate::measures::{Definition, Keeping, Month, Subject};
use crate::testing::{add_person, add_unit, by, change, error, on_both};
use crate::{Result, Store};

const ONE: i64 = 1_000_000;

/// Who takes part.
struct People {
    owner: PersonId,
    helen: PersonId,
    ravi: PersonId,
}

async fn trust(store: &Store) -> People {
    add_unit(store, "SURGERY", None).await.expect("a unit");
    add_unit(store, "HIP", Some("SURGERY")).await.expect("a unit");
    let mut all = Vec::new();
    for name in ["Amara", "Helen", "Ravi"] {
        all.push(add_person(store, name).await);
    }
    let [owner, helen, ravi] = all.try_into().expect("three");
    measured(store, &helen, "HARM", Subject::Harm).await;
    measured(store, &helen, "SICK", Subject::Sickness).await;
    keep(store, &helen, "measure,unit,month,value,of,source\nHARM,HIP,2024-06,5,1000,Reports\n")
        .await;
    People { owner, helen, ravi }
}

async fn measured(store: &Store, who: &PersonId, code: &str, subject: Subject) {
    let new = Definition {
        code: MeasureCode::new(code),
        name: code.to_owned(),
        definition: "Falls with harm".to_owned(),
        subject,
        unit_of_measure: "falls".to_owned(),
        form: measures::Form::Rate,
        good: measures::Good::Down,
        of_patients: true,
        source: "Reports".to_owned(),
        keeper: "Safety team".to_owned(),
    };
    let entry = by(who);
    change!(store, |tx| measures::define(tx, &new, 0, &entry)).expect("it is new");
}

async fn keep(store: &Store, who: &PersonId, csv: &'static str) {
    let keeping = Keeping { units: None, this_month: "2025-05".parse::<Month>().expect("a month") };
    let entry = by(who);
    let work = store.write(move |tx| {
        Box::pin(async move {
            let digest = measures::plan(tx, csv, &keeping).await?.digest;
            measures::import(tx, (csv, &keeping), &digest, ("m.csv", "A correction"), &entry).await
        })
    });
    work.await.expect("it is taken");
}

/// 184 bed days of a year, beside falls with harm.
fn bed_days(people: &People) -> NewBenefit {
    NewBenefit {
        title: "Bed days freed".to_owned(),
        kind: Kind::Capacity,
        is_cash: false,
        recurrent: true,
        owner: people.owner.clone(),
        ground: Ground {
            basis: "bed-days".to_owned(),
            unit: "HIP".to_owned(),
            from: "2025-03-01".parse().expect("a day"),
            to: "2026-02-28".parse().expect("a day"),
        },
        baseline: Some(265 * ONE),
        target: Some(250 * ONE),
        used_by: "27 more hip patients".to_owned(),
        uses: Some(Use {
            before: 3_184 * ONE,
            after: 3_000 * ONE,
            rate: Rate { variable: 38 * ONE, semi_fixed: 212 * ONE, fixed: 150 * ONE },
        }),
        costed: None,
        rate_source: "Costing of 2024/25".to_owned(),
        claimed: 184 * ONE,
        evidence: Vec::new(),
        pair: Some(PairedWith {
            measure: MeasureCode::new("HARM"),
            unit: UnitCode::new("HIP"),
            limit_e4: 60_000,
        }),
        action: None,
        domain: "5".to_owned(),
    }
}

async fn claimed(store: &Store, new: &NewBenefit, who: &PersonId) -> Result<BenefitId> {
    let (new, entry) = (new.clone(), by(who));
    change!(store, |tx| claim(tx, &new, &entry))
}

async fn taken(store: &Store, id: &BenefitId, (who, what): (&PersonId, Step)) -> Result<()> {
    let (id, entry) = (id.clone(), by(who));
    store
        .write(move |tx| {
            Box::pin(async move {
                let seen = get(tx, &id).await?.version();
                step(tx, &id, &what, seen, &entry).await
            })
        })
        .await
}

fn accepts(side: Side, accepted: i64) -> Step {
    let because = "As far as beds were used".to_owned();
    Step::Decide { side, accepted: accepted * ONE, not_accepted: 0, because }
}

async fn account(store: &Store, id: &BenefitId) -> [i64; 4] {
    let mut db = store.read().await.expect("a connection");
    let found = get(&mut db, id).await.expect("it is there");
    let Account { claimed, verified, held, not_accepted } = found.account(&BenefitSettings::own());
    [claimed, verified, held, not_accepted].map(|it| it / ONE)
}

#[test]
fn no_way_in_leads_past_the_guard() {
    on_both(|store| async move {
        let people = trust(&store).await;
        let usual = bed_days(&people);
        let who = &people.owner;
        let choose = "choose the quality measure this could affect";
        let with = |measure: &str, unit: &str, limit_e4: i64| NewBenefit {
            pair: Some(PairedWith {
                measure: MeasureCode::new(measure),
                unit: UnitCode::new(unit),
                limit_e4,
            }),
            ..usual.clone()
        };
        let none = NewBenefit { pair: None, ..usual.clone() };
        assert_eq!(error(claimed(&store, &none, who).await), choose);
        // Sickness of staff says nothing of quality, and another unit nothing of this one.
        assert_eq!(error(claimed(&store, &with("SICK", "HIP", 60_000), who).await), choose);
        add_unit(&store, "EYE", None).await.expect("a unit");
        assert_eq!(error(claimed(&store, &with("HARM", "EYE", 60_000), who).await), choose);
        let empty = claimed(&store, &with("HARM", "SURGERY", 60_000), who).await;
        assert!(error(empty).starts_with("the paired measure has no value in the year before"));
        // 5 and a quarter of it is 6.25.
        let lax = claimed(&store, &with("HARM", "HIP", 62_501), who).await;
        assert!(error(lax).starts_with("the limit is so far"));
        let cash = NewBenefit { is_cash: true, kind: Kind::Cost, ..usual.clone() };
        assert!(error(claimed(&store, &cash, who).await).starts_with("cash needs evidence"));
        let id = claimed(&store, &usual, who).await.expect("nothing stands in its way");
        let mut above = NewBenefit { title: "All beds".to_owned(), ..usual.clone() };
        above.ground.unit = "SURGERY".to_owned();
        let same = claimed(&store, &above, who).await;
        assert!(error(same).starts_with("“Bed days freed” claims the same already"));
        let more = Step::Claim { amount: 185 * ONE, because: "More".to_owned() };
        let more = taken(&store, &id, (who, more)).await;
        assert!(error(more).starts_with("the claim is more than the change in use"));
        assert_eq!(account(&store, &id).await, [184, 0, 184, 0]);
        let back = Step::Withdraw { because: "Counted twice".to_owned() };
        taken(&store, &id, (who, back)).await.expect("nothing holds it");
        assert_eq!(account(&store, &id).await, [184, 0, 0, 184]);
        claimed(&store, &above, who).await.expect("the days are free again");
    });
}

#[test]
fn two_leads_verify_and_nobody_alone() {
    on_both(|store| async move {
        let people = trust(&store).await;
        let id = claimed(&store, &bed_days(&people), &people.owner).await.expect("it is claimed");
        let early = taken(&store, &id, (&people.helen, accepts(Side::Clinical, 184))).await;
        assert!(error(early).starts_with("the paired measure has no recent value"));
        keep(
            &store,
            &people.helen,
            "measure,unit,month,value,of,source\nHARM,HIP,2025-04,5,1000,R\n",
        )
        .await;
        let own = taken(&store, &id, (&people.owner, accepts(Side::Clinical, 184))).await;
        assert!(error(own).starts_with("whoever owns a benefit cannot verify it"));
        let yes = accepts(Side::Clinical, 184);
        taken(&store, &id, (&people.helen, yes)).await.expect("a clinical lead");
        assert_eq!(account(&store, &id).await, [184, 0, 184, 0], "one is not enough");
        let both = taken(&store, &id, (&people.helen, accepts(Side::Finance, 184))).await;
        assert!(error(both).starts_with("a benefit is verified by two people"));
        let yes = accepts(Side::Finance, 150);
        taken(&store, &id, (&people.ravi, yes)).await.expect("a finance lead");
        assert_eq!(account(&store, &id).await, [184, 150, 34, 0]);
        // Another claim is another question: both decide anew.
        let less = Step::Claim { amount: 160 * ONE, because: "Counted again".to_owned() };
        taken(&store, &id, (&people.owner, less)).await.expect("it is less");
        assert_eq!(account(&store, &id).await, [160, 0, 160, 0]);
        let (asked, entry) = (id.clone(), by(&people.ravi));
        let yes = accepts(Side::Finance, 160);
        let stale = change!(store, |tx| step(tx, &asked, &yes, 1, &entry));
        assert!(error(stale).contains("changed by somebody else"));
        let mut db = store.read().await.expect("a connection");
        let rows = audit::list(&mut db, &Asked::default(), 50).await.expect("a read");
        let kept = format!("{rows:?}");
        assert!(kept.contains("benefit.claim") && kept.contains("benefit.decided"), "{kept}");
        assert!(!kept.contains("hip patients") && !kept.contains("Counted again"), "{kept}");
    });
}

#[test]
fn what_worsened_is_held_until_a_clinician_and_an_accountant_have_explained_it() {
    on_both(|store| async move {
        let people = trust(&store).await;
        let id = claimed(&store, &bed_days(&people), &people.owner).await.expect("it is claimed");
        keep(
            &store,
            &people.helen,
            "measure,unit,month,value,of,source\nHARM,HIP,2025-04,5,1000,R\n",
        )
        .await;
        for (who, side) in [(&people.helen, Side::Clinical), (&people.ravi, Side::Finance)] {
            taken(&store, &id, (who, accepts(side, 184))).await.expect("a lead");
        }
        assert_eq!(account(&store, &id).await, [184, 184, 0, 0]);
        let explain = |side| Step::Explain { side, words: "A ward moved".to_owned() };
        // Whoever turns the measure round lifts no guard.
        let mut turned = {
            let mut db = store.read().await.expect("a connection");
            measures::get(&mut db, &MeasureCode::new("HARM")).await.expect("it is there").definition
        };
        turned.good = measures::Good::Up;
        let entry = by(&people.helen);
        change!(store, |tx| measures::define(tx, &turned, 1, &entry)).expect("a new version");
        let calm = taken(&store, &id, (&people.helen, explain(Side::Clinical))).await;
        assert!(error(calm).contains("within its limit"));
        // 13 of 2,000 in two months is 6.5 for each thousand, above 6.
        keep(
            &store,
            &people.helen,
            "measure,unit,month,value,of,source\nHARM,HIP,2025-05,8,1000,R\n",
        )
        .await;
        assert_eq!(account(&store, &id).await, [184, 0, 184, 0], "what was verified is held");
        let yes = taken(&store, &id, (&people.helen, accepts(Side::Clinical, 184))).await;
        assert!(error(yes).starts_with("the paired measure has worsened beyond its limit"));
        let back = || Step::Withdraw { because: "We claim it elsewhere".to_owned() };
        let less = Step::Claim { amount: ONE, because: "Nearly nothing".to_owned() };
        for way in [back(), less] {
            let way = taken(&store, &id, (&people.owner, way)).await;
            assert!(error(way).starts_with("the paired measure has worsened"), "no way round");
        }
        let own = taken(&store, &id, (&people.owner, explain(Side::Clinical))).await;
        assert!(error(own).starts_with("whoever owns"));
        let one = explain(Side::Clinical);
        taken(&store, &id, (&people.helen, one)).await.expect("a clinician");
        let same = taken(&store, &id, (&people.helen, explain(Side::Finance))).await;
        assert!(error(same).starts_with("a benefit is verified by two people"));
        assert_eq!(account(&store, &id).await, [184, 0, 184, 0]);
        let other = explain(Side::Finance);
        taken(&store, &id, (&people.ravi, other)).await.expect("an accountant");
        assert_eq!(account(&store, &id).await, [184, 184, 0, 0]);
        // A break of the measure hides what it says: nothing is verified by what nobody sees.
        let entry = by(&people.helen);
        let month = "2025-05".parse().expect("a month");
        let code = MeasureCode::new("HARM");
        change!(store, |tx| measures::begin_line(tx, &code, (month, "Counted anew"), &entry))
            .expect("a break");
        assert_eq!(account(&store, &id).await, [184, 0, 184, 0]);
        let way = taken(&store, &id, (&people.owner, back())).await;
        assert!(error(way).starts_with("the paired measure has worsened"), "nor by a break");
    });
}

/// £50,000 of implants, which the ledger shows.
fn saving(people: &People, (title, basis): (&str, &str)) -> NewBenefit {
    let evidence = engagement::benefits::Evidence {
        kind: "journal".to_owned(),
        amount: 50_000 * ONE,
        reference: "J123".to_owned(),
    };
    let usual = bed_days(people);
    NewBenefit {
        title: title.to_owned(),
        kind: Kind::Cost,
        is_cash: true,
        ground: Ground { basis: basis.to_owned(), ..usual.ground.clone() },
        uses: None,
        claimed: 50_000 * ONE,
        evidence: vec![evidence],
        ..usual
    }
}

#[test]
fn a_released_day_is_guarded_whatever_it_is_called_and_claimed_in_one_year_alone() {
    on_both(|store| async move {
        let people = trust(&store).await;
        let usual = bed_days(&people);
        let renamed = NewBenefit { kind: Kind::PatientTime, pair: None, ..usual.clone() };
        let renamed = claimed(&store, &renamed, &people.owner).await;
        assert_eq!(error(renamed), "choose the quality measure this could affect");
        claimed(&store, &usual, &people.owner).await.expect("it comes again every year");
        keep(
            &store,
            &people.helen,
            "measure,unit,month,value,of,source\nHARM,HIP,2025-04,5,1000,R\n",
        )
        .await;
        let mut again = NewBenefit { title: "The same".to_owned(), ..usual.clone() };
        again.ground.from = "2026-03-01".parse().expect("a day");
        again.ground.to = "2027-02-28".parse().expect("a day");
        let again = claimed(&store, &again, &people.owner).await;
        assert!(error(again).starts_with("“Bed days freed” claims the same already"));
    });
}

#[test]
fn an_entry_of_the_ledger_proves_once_and_who_claims_does_not_verify() {
    on_both(|store| async move {
        let people = trust(&store).await;
        let new = saving(&people, ("Implants", "devices"));
        // Ravi of finance claims it for Amara.
        let id = claimed(&store, &new, &people.ravi).await.expect("the ledger shows it");
        let other = saving(&people, ("Dressings", "consumables"));
        let used = "this entry of the ledger is evidence of “Implants” already";
        assert_eq!(error(claimed(&store, &other, &people.owner).await), used);
        let piece = new.evidence[0].clone();
        let twice = taken(&store, &id, (&people.ravi, Step::Evidence(piece))).await;
        assert_eq!(error(twice), used);
        keep(
            &store,
            &people.helen,
            "measure,unit,month,value,of,source\nHARM,HIP,2025-04,5,1000,R\n",
        )
        .await;
        let own = taken(&store, &id, (&people.ravi, accepts(Side::Finance, 50_000))).await;
        assert!(error(own).starts_with("whoever owns a benefit cannot verify it"));
    });
}

/// 3,680 bed days at £38 + £212 + £150 in a year, and later ones.
fn stays(later: &[(&str, &str, i64)]) -> Costed {
    use engagement::benefits::{CostedParts, CostedUse};
    const DAY: i64 = 86_400;
    let used = |run: &str, year: &str, days: i64| CostedUse {
        run: run.to_owned(),
        manifest: format!("hash of {run}"),
        year: year.to_owned(),
        months: 12,
        published: format!("20{}-05-20", &year[5..]),
        count: days * DAY,
        by_month: vec![(format!("20{}-03-01", &year[5..]).parse().expect("a day"), 300 * DAY)],
        ..CostedUse::default()
    };
    let parts = CostedParts {
        variable: 139_840 * ONE,
        semi_fixed: 780_160 * ONE,
        fixed: 552_000 * ONE,
        unstated: 0,
    };
    Costed {
        line: "HIP".to_owned(),
        activity: "WARD".to_owned(),
        name: "Stay on a ward".to_owned(),
        one: DAY,
        baseline: CostedUse { parts, ..used("first", "2023-24", 3_680) },
        later: later.iter().map(|(run, year, days)| used(run, year, *days)).collect(),
    }
}

#[test]
fn what_was_read_from_costings_is_frozen_and_later_ones_are_added_with_who_and_when() {
    on_both(|store| async move {
        let people = trust(&store).await;
        let read = stays(&[("second", "2024-25", 3_496)]);
        let new = NewBenefit { uses: None, costed: Some(read.clone()), ..bed_days(&people) };
        let more = NewBenefit { claimed: 185 * ONE, ..new.clone() };
        let refused = error(claimed(&store, &more, &people.owner).await);
        assert_eq!(refused, "the claim is more than the change in use, which is 184 bed days");
        let id = claimed(&store, &new, &people.owner).await.expect("it is whole");
        let wider = stays(&[("third", "2025-26", 3_580)]);
        let same = stays(&[("second", "2024-25", 3_496)]);
        let other = Costed { activity: "OTHER".to_owned(), ..wider.clone() };
        for (what, expected) in [
            (same, "this costing is read already"),
            (other, "the baseline of this benefit is read and cannot be changed"),
            (stays(&[]), "choose a later costing"),
        ] {
            let step = Step::Read(Box::new(what));
            let told = error(taken(&store, &id, (&people.owner, step)).await);
            assert_eq!(told, expected);
        }
        let step = Step::Read(Box::new(wider.clone()));
        taken(&store, &id, (&people.helen, step.clone())).await.expect("it is later");
        let mut db = store.read().await.expect("a connection");
        let found = get(&mut db, &id).await.expect("it is there");
        drop(db);
        let both = [read.later.clone(), wider.later.clone()].concat();
        let whole = Costed { later: both, ..read };
        assert_eq!((found.read.as_ref(), found.of.costed.as_ref()), (Some(&whole), Some(&whole)));
        let last = found.steps.last().expect("a step");
        assert_eq!((&last.step, &last.by), (&step, &people.helen));
        // March 2025 is a month of the benefit, and is told with the costing that holds it.
        let months = found.reached(true);
        let march = &months[&"2025-03-01".parse().expect("a day")];
        assert_eq!((march.0, march.1.as_str()), (300 * ONE, "Published costing second"));
        assert!(found.reached(false).is_empty(), "nobody typed a month");
        // 3,680 - 3,580 are 100 days: no more of the claim is accepted, whatever was claimed.
        let way = taken(&store, &id, (&people.ravi, accepts(Side::Finance, 184))).await;
        assert!(error(way).starts_with("the claim is more than the change in use, which is 100"));
        let mut db = store.read().await.expect("a connection");
        let asked = Asked { action: Some("benefit.read".to_owned()), ..Asked::default() };
        let audited = crate::audit::list(&mut db, &asked, 10).await.expect("reads");
        let object = audited[0].entry.object.clone().unwrap_or_default();
        assert!(object.ends_with("of HIP step 3 third"), "{object}");
        let stray = store.write(move |tx| {
            Box::pin(async move {
                let month = "INSERT INTO benefit_costed_month (benefit, run, month, used)
                     VALUES ($1, 'fourth', '2025-03-01', 1)";
                sqlx::query(month).bind(id.as_str()).execute(&mut **tx).await?;
                Ok(())
            })
        });
        assert!(stray.await.is_err(), "a month is of a costing that was read");
    });
}

#[test]
fn one_change_in_use_is_claimed_once_whatever_ward_month_or_basis_it_is_claimed_for() {
    on_both(|store| async move {
        let people = trust(&store).await;
        for ward in ["EAST", "WEST"] {
            add_unit(&store, ward, Some("HIP")).await.expect("a ward");
        }
        let who = &people.owner;
        let read = stays(&[("second", "2024-25", 3_496)]);
        let of = |unit: &str, month: &str, read: &Costed| {
            let usual = bed_days(&people);
            let from: jiff::civil::Date = format!("{month}-01").parse().expect("a day");
            let to = from.last_of_month();
            let ground = Ground { unit: unit.to_owned(), from, to, ..usual.ground.clone() };
            let (title, costed) = (format!("{unit} {month}"), Some(read.clone()));
            NewBenefit { title, recurrent: false, ground, uses: None, costed, ..usual }
        };
        let first = claimed(&store, &of("EAST", "2025-03", &read), who).await.expect("it fell");
        let hours = Costed { one: 3_600, ..read.clone() };
        let mut renamed = of("WEST", "2025-03", &hours);
        renamed.ground.basis = "staff-hours".to_owned();
        for again in [of("WEST", "2025-03", &read), of("EAST", "2025-02", &read), renamed] {
            let told = error(claimed(&store, &again, who).await);
            assert!(told.starts_with("“EAST 2025-03” claims the same already"), "{told}");
        }
        let theatre = Costed { activity: "THEATRE".to_owned(), ..read.clone() };
        claimed(&store, &of("WEST", "2025-02", &theatre), who).await.expect("another use");
        let later = stays(&[("third", "2025-26", 3_300)]).later;
        let parts = read.baseline.parts;
        let baseline = engagement::benefits::CostedUse { parts, ..read.later[0].clone() };
        let next = Costed { baseline, later: later.clone(), ..read.clone() };
        claimed(&store, &of("WEST", "2025-03", &next), who).await.expect("the fall of a year on");
        // What is read since is claimed by another already.
        let since = Step::Read(Box::new(Costed { later, ..read.clone() }));
        taken(&store, &first, (who, since)).await.expect("it is later");
        let more = Step::Claim { amount: 300 * ONE, because: "It fell further".to_owned() };
        let told = error(taken(&store, &first, (who, more)).await);
        assert!(told.starts_with("“WEST 2025-03” claims the same already"), "{told}");
        let back = Step::Withdraw { because: "The other ward claims it".to_owned() };
        taken(&store, &first, (who, back)).await.expect("nothing holds it");
        claimed(&store, &of("WEST", "2025-01", &read), who).await.expect("it is free again");
    });
}
