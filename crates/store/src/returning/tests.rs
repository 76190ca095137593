//! Returns and consents on both databases: what is locked, what is kept, and what is refused.

use super::*;
use crate::assessing::{NewLevel, Says, Side};
use crate::audit::{self, Asked};
use crate::ids::{ConsentId, PersonId, ReturnId};
use crate::testing::{add_person, add_unit, by, change, day, error, on_both};
use crate::{Store, UnitCode};

/// Two leads of a trust.
struct Leads {
    helen: PersonId,
    ravi: PersonId,
}

async fn leads(store: &Store) -> Leads {
    add_unit(store, "TRUST", None).await.expect("a unit");
    add_unit(store, "HIP", Some("TRUST")).await.expect("a unit");
    Leads { helen: add_person(store, "Helen").await, ravi: add_person(store, "Ravi").await }
}

/// A level of a unit that was put forward, and signed by so many leads.
async fn level(store: &Store, leads: &Leads, unit: &'static str, signed: usize) -> LevelId {
    let (entry, other) = (by(&leads.helen), by(&leads.ravi));
    let new = NewLevel {
        level: 3,
        proposed: Some(3),
        because: String::new(),
        culture: "People ask each other".to_owned(),
        reassess_by: day("2026-05-01"),
        snapshot: "{}".to_owned(),
    };
    let done = store.write(move |tx| {
        Box::pin(async move {
            let unit = UnitCode::new(unit);
            let id = match assessing::current(tx, &unit).await? {
                Some(it) => it.id,
                None => assessing::open(tx, &unit, "2013", &entry).await?,
            };
            let before = assessing::levels(tx, Some(&id)).await?.len();
            let seen = (i64::try_from(before).unwrap_or_default(), day("2025-05-01"));
            let level = assessing::put_forward(tx, &id, &new, seen, &entry).await?;
            let sides = [(Side::Clinical, &entry), (Side::Finance, &other)];
            for (side, entry) in sides.into_iter().take(signed) {
                assessing::answer(tx, &level, (side, Says::Signed, ""), entry).await?;
            }
            Ok(level)
        })
    });
    done.await.expect("a level")
}

fn new(level: &LevelId, csv: &str) -> NewReturn {
    NewReturn {
        organisation: "X-001".to_owned(),
        year: 2025,
        collector: "National collection".to_owned(),
        level: level.clone(),
        csv: csv.to_owned(),
        receipt: "0123456789abcdef".to_owned(),
    }
}

async fn sends(store: &Store, who: &PersonId, new: NewReturn, seen: i64) -> Result<ReturnId> {
    let entry = by(who);
    change!(store, |tx| send(tx, &new, seen, &entry))
}

#[test]
fn a_return_is_locked_to_one_level_and_a_later_level_opens_another_version() {
    on_both(|store| async move {
        let leads = leads(&store).await;
        let first = level(&store, &leads, "TRUST", 2).await;
        sends(&store, &leads.helen, new(&first, "a\r\n"), 0).await.expect("sent");
        let second = level(&store, &leads, "TRUST", 2).await;
        let stale = sends(&store, &leads.ravi, new(&second, "b"), 0).await;
        assert_eq!(
            error(stale),
            "the return of 2025 was changed by somebody else: you edited version 0, it is at 1"
        );
        sends(&store, &leads.ravi, new(&second, "b"), 1).await.expect("another version");
        let again = sends(&store, &leads.ravi, new(&second, "b"), 2).await;
        assert_eq!(error(again), "there is already version 2 of this return, with the same");
        // Another collector and another year begin with version 1.
        let other = NewReturn { collector: "A system".to_owned(), ..new(&second, "b") };
        sends(&store, &leads.ravi, other, 0).await.expect("sent");
        let mut db = store.read().await.expect("a connection");
        let all = sent(&mut db).await.expect("a read");
        let told: Vec<_> = all
            .iter()
            .map(|it| (it.of.collector.as_str(), it.version, it.of.csv.as_str(), &it.of.level))
            .collect();
        assert_eq!(
            told,
            [
                ("A system", 1, "b", &second),
                ("National collection", 1, "a\r\n", &first),
                ("National collection", 2, "b", &second)
            ]
        );
        assert_eq!(all[1].by, leads.helen);
        let recorded = Asked { action: Some("return.".to_owned()), ..Asked::default() };
        let recorded = audit::list(&mut db, &recorded, 20).await.expect("a read");
        assert_eq!(recorded.len(), 3, "what was refused has no record");
        assert!(!format!("{recorded:?}").contains("A system"), "no words that somebody wrote");
    });
}

#[test]
fn only_a_level_of_the_trust_that_both_signed_is_returned() {
    on_both(|store| async move {
        let leads = leads(&store).await;
        let open = level(&store, &leads, "TRUST", 1).await;
        let half = sends(&store, &leads.helen, new(&open, "a"), 0).await;
        assert_eq!(error(half), "level 3 is not signed by both leads and cannot be returned");
        let of_hips = level(&store, &leads, "HIP", 2).await;
        let other = sends(&store, &leads.helen, new(&of_hips, "a"), 0).await;
        assert_eq!(error(other), format!("there is no level {of_hips}"));
        for (wrong, expected) in [
            (
                NewReturn { organisation: " ".to_owned(), ..new(&open, "a") },
                "the code of the organisation is missing",
            ),
            (NewReturn { collector: String::new(), ..new(&open, "a") }, "the collector is missing"),
            (new(&open, "\n"), "the file of the return is missing"),
            (
                NewReturn { collector: "x".repeat(121), ..new(&open, "a") },
                "the collector is too long, or holds a character that cannot be stored",
            ),
        ] {
            assert_eq!(error(sends(&store, &leads.helen, wrong, 0).await), expected);
        }
        let mut db = store.read().await.expect("a connection");
        assert_eq!(sent(&mut db).await.expect("a read"), []);
    });
}

async fn consents_to(
    store: &Store,
    who: &PersonId,
    level: &LevelId,
    year: i64,
) -> Result<ConsentId> {
    let new = NewConsent {
        group: "Vale group".to_owned(),
        year,
        organisation: "X-001".to_owned(),
        level: level.clone(),
        csv: "a".to_owned(),
        receipt: "0123456789abcdef".to_owned(),
    };
    let entry = by(who);
    change!(store, |tx| consent(tx, &new, &entry))
}

#[test]
fn a_consent_is_for_one_round_and_can_be_taken_back() {
    on_both(|store| async move {
        let leads = leads(&store).await;
        let signed = level(&store, &leads, "TRUST", 2).await;
        let first = consents_to(&store, &leads.helen, &signed, 2025).await.expect("given");
        let twice = consents_to(&store, &leads.ravi, &signed, 2025).await;
        assert_eq!(
            error(twice),
            "there is already a consent to share a level with this group in this year: take it back first"
        );
        consents_to(&store, &leads.ravi, &signed, 2026).await.expect("another round");
        let (id, entry) = (first.clone(), by(&leads.ravi));
        change!(store, |tx| withdraw(tx, &id, &entry)).expect("taken back");
        let (id, entry) = (first.clone(), by(&leads.ravi));
        let again = change!(store, |tx| withdraw(tx, &id, &entry));
        assert_eq!(error(again), "the consent is taken back and cannot be taken back again");
        consents_to(&store, &leads.helen, &signed, 2025).await.expect("given anew");
        let mut db = store.read().await.expect("a connection");
        let all = consents(&mut db).await.expect("a read");
        assert_eq!(all.len(), 3, "what was taken back stays on record");
        let back = all.iter().find(|it| it.id == first).and_then(|it| it.withdrawn.clone());
        assert_eq!(back.map(|it| it.0), Some(leads.ravi.clone()));
    });
}

#[test]
fn tables_of_groups_are_kept_one_after_the_other() {
    on_both(|store| async move {
        let leads = leads(&store).await;
        for csv in ["level,trusts_2025\n", "level,trusts_2024\n"] {
            let entry = by(&leads.helen);
            change!(store, |tx| load_table(tx, ("Vale group", 2025), csv, &entry)).expect("kept");
        }
        let mut db = store.read().await.expect("a connection");
        let all = loaded_tables(&mut db).await.expect("a read");
        let told: Vec<_> = all.iter().map(|it| (it.number, it.csv.as_str())).collect();
        assert_eq!(told, [(1, "level,trusts_2025\n"), (2, "level,trusts_2024\n")]);
        let entry = by(&leads.helen);
        let empty = change!(store, |tx| load_table(tx, ("Vale group", 2025), " ", &entry));
        assert_eq!(error(empty), "the published table is missing");
    });
}
