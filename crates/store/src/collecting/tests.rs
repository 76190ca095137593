//! Rounds on both databases: bytes are kept, and nothing is taken or published unseen.

use super::*;
use crate::Store;
use crate::audit::Asked;
use crate::testing::{add_person, by, change, day, error, on_both};

async fn opened(store: &Store, who: &PersonId, year: i64) -> Result<RoundId> {
    let new = NewRound {
        kind: Kind::National,
        name: "National collection".to_owned(),
        year,
        open_on: day("2013-07-31"),
    };
    let entry = by(who);
    change!(store, |tx| open_round(tx, &new, &entry))
}

async fn registered(store: &Store, (id, who): (&RoundId, &PersonId), seen: i64) -> Result<()> {
    let new = NewRegister {
        name: "register.csv".to_owned(),
        csv: format!("code\r\nX-00{seen}\r\n"),
        organisations: 1,
    };
    let (id, entry) = (id.clone(), by(who));
    change!(store, |tx| bring_register(tx, &id, &new, seen, &entry))
}

async fn received(
    store: &Store,
    (id, who): (&RoundId, &PersonId),
    csv: &str,
    seen: (i64, i64),
) -> Result<()> {
    let new = NewFile {
        name: "returns.csv".to_owned(),
        csv: csv.to_owned(),
        rows: 3,
        taken: [2, 4].into(),
    };
    let (id, entry) = (id.clone(), by(who));
    change!(store, |tx| receive(tx, &id, &new, seen, &entry))
}

#[test]
fn a_collection_has_one_round_a_year() {
    on_both(|store| async move {
        let nina = add_person(&store, "Nina").await;
        let id = opened(&store, &nina, 2012).await.expect("opened");
        opened(&store, &nina, 2013).await.expect("opened");
        let twice = opened(&store, &nina, 2013).await;
        assert_eq!(error(twice), "there is already a round of this collection for 2013");
        let mut db = store.read().await.expect("a connection");
        let years: Vec<i64> =
            rounds(&mut db).await.expect("a read").iter().map(|it| it.of.year).collect();
        assert_eq!(years, [2013, 2012], "the latest first");
        assert_eq!(round(&mut db, &id).await.expect("it is there").of.open_on, day("2013-07-31"));
        let none = round(&mut db, &RoundId::new("none")).await;
        assert_eq!(error(none), "there is no collection none");
        let recorded = Asked { action: Some("collection.".to_owned()), ..Asked::default() };
        let recorded = audit::list(&mut db, &recorded, 20).await.expect("a read");
        assert_eq!(recorded.len(), 2);
        assert!(!format!("{recorded:?}").contains("National"), "no words that somebody wrote");
    });
}

#[test]
fn files_are_kept_byte_by_byte_and_nothing_is_taken_unseen() {
    on_both(|store| async move {
        let nina = add_person(&store, "Nina").await;
        let id = opened(&store, &nina, 2013).await.expect("opened");
        let of = (&id, &nina);
        registered(&store, of, 0).await.expect("brought");
        let csv = "\u{feff}code,level\r\nX-001,3\r\n";
        received(&store, of, csv, (0, 1)).await.expect("received");
        // The register, then what was received, changed between look and take.
        registered(&store, of, 1).await.expect("brought");
        let stale = received(&store, of, "b", (1, 1)).await;
        assert_eq!(
            error(stale),
            "the register was changed by somebody else: you edited version 1, it is at 2"
        );
        let stale = received(&store, of, "b", (0, 2)).await;
        assert_eq!(
            error(stale),
            "what has been received was changed by somebody else: you edited version 0, it is at 1"
        );
        assert_eq!(error(received(&store, of, "", (1, 2)).await), "the file of returns is missing");
        let mut db = store.read().await.expect("a connection");
        let all = files(&mut db, &id).await.expect("a read");
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].of.csv.as_str(), all[0].of.rows), (csv, 3));
        assert_eq!(all[0].of.taken, [2, 4].into());
        let hash = &all[0].sha256;
        // sha256sum of the same bytes: printf '\xef\xbb\xbfcode,level\r\nX-001,3\r\n' | sha256sum
        assert_eq!(hash, "fd07a093f4bde4ff34ea3f7cb8355a950a3b0723abc4d811f1157227aa7f01fa");
        let brought = registers(&mut db, &id).await.expect("a read");
        let told: Vec<_> = brought.iter().map(|it| (it.number, it.of.csv.as_str())).collect();
        assert_eq!(told, [(1, "code\r\nX-000\r\n"), (2, "code\r\nX-001\r\n")]);
    });
}

#[test]
fn what_is_published_stays() {
    on_both(|store| async move {
        let nina = add_person(&store, "Nina").await;
        let id = opened(&store, &nina, 2013).await.expect("opened");
        let seen = |publications, registers, files| Seen { publications, registers, files };
        let puts = |snapshot: &'static str, seen| {
            let (store, id, entry) = (store.clone(), id.clone(), by(&nina));
            async move { change!(store, |tx| publish(tx, &id, snapshot, seen, &entry)) }
        };
        puts("{\"trusts\":1}", seen(0, 0, 0)).await.expect("published");
        registered(&store, (&id, &nina), 0).await.expect("brought");
        received(&store, (&id, &nina), "a", (0, 1)).await.expect("received");
        for stale in [seen(0, 1, 1), seen(1, 0, 1), seen(1, 1, 0)] {
            let found = puts("{}", stale).await;
            assert!(error(found).contains("was changed by somebody else"), "{stale:?}");
        }
        puts("{\"trusts\":2}", seen(1, 1, 1)).await.expect("published anew");
        let mut db = store.read().await.expect("a connection");
        let all = publications(&mut db, &id).await.expect("a read");
        let told: Vec<_> = all.iter().map(|it| (it.number, it.snapshot.as_str())).collect();
        assert_eq!(told, [(1, "{\"trusts\":1}"), (2, "{\"trusts\":2}")]);
    });
}
