//! Counts of people on both databases: only of enough of them, and nothing of who they were.

use super::*;
use crate::Store;
use crate::testing::{add_unit, change, on_both, operator};

fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

async fn marked(store: &Store, of: (&'static str, &'static str), who: &'static str) {
    let done = change!(store, |tx| {
        let (unit, month) = (UnitCode::new(of.0), month(of.1));
        async move {
            begin(tx, month, "sealed").await?;
            mark(tx, (&unit, month), who).await
        }
    });
    done.expect("the unit is there");
}

#[test]
fn only_what_five_make_up_is_kept_and_nothing_of_who_they_were() {
    on_both(|store| async move {
        add_unit(&store, "HIP", None).await.expect("a unit");
        add_unit(&store, "EYE", None).await.expect("a unit");
        for who in ["a", "b", "c", "d", "e", "a", "a"] {
            marked(&store, ("HIP", "2026-05"), who).await;
        }
        for who in ["a", "b", "c", "d", "d", "d", "d"] {
            marked(&store, ("EYE", "2026-05"), who).await;
        }
        marked(&store, ("HIP", "2026-06"), "z").await;
        let mut db = store.read().await.expect("a connection");
        let hip = UnitCode::new("HIP");
        assert_eq!(ended(&mut db, month("2026-06")).await.expect("a read"), [month("2026-05")]);
        assert_eq!(
            counts(&mut db, &hip).await.expect("a read"),
            [],
            "nothing of a month that runs"
        );
        drop(db);
        let done = change!(store, |tx| end(tx, (month("2026-06"), 5), &operator()));
        done.expect("May has ended");
        let mut db = store.read().await.expect("a connection");
        let found = counts(&mut db, &hip).await.expect("a read");
        assert_eq!(found, [UseCount { unit: hip.clone(), month: month("2026-05"), people: 5 }]);
        // Four people are not told, however often they looked.
        assert_eq!(counts(&mut db, &UnitCode::new("EYE")).await.expect("a read"), []);
        for who in ["a", "b", "c", "d", "e"] {
            let it = is_marked(&mut db, (&hip, month("2026-05")), who).await.expect("a read");
            assert!(!it, "the marks of May are gone");
        }
        assert_eq!(salt(&mut db, month("2026-05")).await.expect("a read"), None);
        let june = is_marked(&mut db, (&hip, month("2026-06")), "z").await.expect("a read");
        assert!(june, "June goes on");
    });
}

#[test]
fn a_month_has_one_salt_and_no_mark_without_it() {
    on_both(|store| async move {
        add_unit(&store, "HIP", None).await.expect("a unit");
        let (may, hip) = (month("2026-05"), UnitCode::new("HIP"));
        let lone = change!(store, |tx| mark(tx, (&hip, may), "a"));
        assert!(lone.is_err(), "the month has not begun");
        for sealed in ["one", "two"] {
            let found = change!(store, |tx| begin(tx, may, sealed)).expect("begun");
            assert_eq!(found, "one", "the first stays");
        }
    });
}
