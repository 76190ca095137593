//! Contracts on both databases: what is kept, who may look when, and what is refused.

use super::*;
use crate::testing::{add_person, add_unit, by, change as changing, day, error, on_both};

fn hips(readers: &[&PersonId]) -> NewContract {
    NewContract {
        name: "Planned orthopaedics".to_owned(),
        commissioner_code: "QXX".to_owned(),
        commissioner: "Vale Integrated Care Board".to_owned(),
        begins_on: day("2026-04-01"),
        ends_on: day("2027-03-31"),
        seen_until: day("2027-09-30"),
        words: String::new(),
        units: [UnitCode::new("HIP")].into(),
        measures: BTreeSet::new(),
        readers: readers.iter().map(|it| (*it).clone()).collect(),
    }
}

#[test]
fn the_latest_record_counts_and_a_lost_update_is_refused() {
    on_both(|store| async move {
        add_unit(&store, "HIP", None).await.expect("a unit");
        let (ruth, carl) = (add_person(&store, "Ruth").await, add_person(&store, "Carl").await);
        let (new, entry) = (hips(&[&carl]), by(&ruth));
        let id = changing!(store, |tx| add(tx, &new, &entry)).expect("added");
        let changed = |new: NewContract, seen: i64| {
            let (store, id, entry) = (store.clone(), id.clone(), by(&ruth));
            async move { changing!(store, |tx| change(tx, &id, (&new, seen), &entry)) }
        };
        let later = NewContract { name: "Hips and knees".to_owned(), ..hips(&[]) };
        changed(later.clone(), 1).await.expect("changed");
        assert!(error(changed(hips(&[]), 1).await).contains("it is at 2"));
        let mut db = store.read().await.expect("a connection");
        let all = list(&mut db).await.expect("a read");
        assert_eq!((all.len(), all[0].number, &all[0].of), (1, 2, &later));
    });
}

#[test]
fn somebody_named_looks_from_its_first_day_until_the_day_that_was_agreed() {
    on_both(|store| async move {
        add_unit(&store, "HIP", None).await.expect("a unit");
        let (ruth, carl) = (add_person(&store, "Ruth").await, add_person(&store, "Carl").await);
        let (new, entry) = (hips(&[&carl]), by(&ruth));
        let id = changing!(store, |tx| add(tx, &new, &entry)).expect("added");
        let mut db = store.read().await.expect("a connection");
        let it = get(&mut db, &id).await.expect("is there");
        let seen = |person, on| it.is_seen_by(person, day(on));
        assert!(!seen(&carl, "2026-03-31") && seen(&carl, "2026-04-01"));
        assert!(seen(&carl, "2027-09-30") && !seen(&carl, "2027-10-01"));
        assert!(!seen(&ruth, "2026-06-01"), "not named");
    });
}

#[test]
fn what_cannot_be_a_contract_is_refused() {
    on_both(|store| async move {
        add_unit(&store, "HIP", None).await.expect("a unit");
        let entry = by(&add_person(&store, "Ruth").await);
        let refused = |new: NewContract| {
            let (store, entry) = (store.clone(), entry.clone());
            async move { error(changing!(store, |tx| add(tx, &new, &entry))) }
        };
        let none = NewContract { units: BTreeSet::new(), ..hips(&[]) };
        assert_eq!(refused(none).await, "a service line is missing");
        let ended = NewContract { ends_on: day("2026-03-31"), ..hips(&[]) };
        assert!(refused(ended).await.contains("the order of the days"));
        let unseen = NewContract { seen_until: day("2027-03-30"), ..hips(&[]) };
        assert!(refused(unseen).await.contains("the order of the days"));
        let for_ever = NewContract { seen_until: day("2029-03-31"), ..hips(&[]) };
        assert!(refused(for_ever).await.contains("the order of the days"));
        let unknown = NewContract { measures: [MeasureCode::new("NONE")].into(), ..hips(&[]) };
        assert!(refused(unknown).await.contains("NONE"));
        let nameless = NewContract { name: " ".to_owned(), ..hips(&[]) };
        assert_eq!(refused(nameless).await, "the name is missing");
        let nobody = NewContract { readers: [PersonId::new("0")].into(), ..hips(&[]) };
        assert!(refused(nobody).await.contains("person"));
    });
}
