//! Issues, reviews of coding, statements and conflicts on both databases.

use engagement::conflicts::Choice;

use super::*;
use crate::Store;
use crate::audit::Asked;
use crate::measures::{Definition, Form, Good, Keeping, Month, Subject, define, import, plan};
use crate::testing::{add_person, add_unit, by, change, day, error, on_both};
use crate::{ConflictId, MeasureCode};

fn hip() -> UnitCode {
    UnitCode::new("HIP")
}

fn new(owner: &PersonId) -> NewIssue {
    NewIssue {
        unit: hip(),
        what: "Theatre end times are missing for one list".to_owned(),
        effect: Effect::Small,
        effect_on: "Cost of theatre time".to_owned(),
        owner: owner.clone(),
        found_on: day("2025-04-02"),
        mended_on: None,
        holds_packs: false,
    }
}

async fn keeps(
    store: &Store,
    who: &PersonId,
    (id, seen): (Option<&DataIssueId>, i64),
    new: NewIssue,
) -> Result<DataIssueId> {
    let (id, entry) = (id.cloned(), by(who));
    change!(store, |tx| keep_issue(tx, (id.as_ref(), seen), &new, &entry))
}

#[test]
fn an_issue_is_kept_in_versions_and_its_owner_alone_holds_packs() {
    on_both(|store| async move {
        add_unit(&store, "HIP", None).await.expect("a unit");
        let (ann, ben) = (add_person(&store, "Ann").await, add_person(&store, "Ben").await);
        let id = keeps(&store, &ann, (None, 0), new(&ben)).await.expect("it is kept");
        let holds = NewIssue { holds_packs: true, ..new(&ben) };
        let other = keeps(&store, &ann, (Some(&id), 1), holds.clone()).await;
        assert!(error(other).starts_with("the owner of an issue alone"));
        // Whoever makes themselves the owner is not yet the owner who decides.
        let taken_over = NewIssue { owner: ann.clone(), ..holds.clone() };
        let over = keeps(&store, &ann, (Some(&id), 1), taken_over).await;
        assert!(error(over).starts_with("the owner of an issue alone"));
        keeps(&store, &ben, (Some(&id), 1), holds).await.expect("its owner says so");
        let stale = keeps(&store, &ben, (Some(&id), 1), new(&ben)).await;
        assert!(error(stale).starts_with("this issue was changed"));
        let late = NewIssue { found_on: day("2025-05-02"), ..new(&ben) };
        assert_eq!(
            error(keeps(&store, &ben, (None, 0), late).await),
            "an issue is found today or before"
        );
        let material = NewIssue { effect: Effect::Material, holds_packs: true, ..new(&ben) };
        keeps(&store, &ben, (Some(&id), 2), material.clone()).await.expect("kept");
        let mut db = store.read().await.expect("a connection");
        let all = issues_of(&mut db, &hip()).await.expect("a read");
        assert_eq!((all.len(), &all[0].of, all[0].number), (1, &material, 3));
        assert!(all[0].holds() && all[0].material_since.is_some());
        // Nobody else lets packs go, by mending it or by taking it over.
        let mended = NewIssue { mended_on: Some(day("2025-05-01")), ..material.clone() };
        let handed_on = NewIssue { owner: ann.clone(), ..material };
        for way in [mended.clone(), handed_on] {
            let way = keeps(&store, &ann, (Some(&id), 3), way).await;
            assert!(error(way).starts_with("the owner of an issue alone"));
        }
        keeps(&store, &ben, (Some(&id), 3), mended).await.expect("mended");
        let all = issues_of(&mut db, &hip()).await.expect("a read");
        assert!(!all[0].holds() && !all[0].is_open());
        let rows = audit::list(&mut db, &Asked::default(), 100).await.expect("a read");
        assert!(!format!("{rows:?}").contains("Theatre"), "no words in the audit");
    });
}

#[test]
fn an_issue_of_somebody_who_has_left_is_mended_by_others() {
    on_both(|store| async move {
        add_unit(&store, "HIP", None).await.expect("a unit");
        let (ann, ben) = (add_person(&store, "Ann").await, add_person(&store, "Ben").await);
        let holds = NewIssue { holds_packs: true, ..new(&ben) };
        let id = keeps(&store, &ben, (None, 0), holds.clone()).await.expect("its owner says so");
        let (gone, entry) = (ben.clone(), by(&ann));
        change!(store, |tx| people::leave(tx, &gone, day("2025-05-01"), &entry)).expect("he left");
        let over = NewIssue { owner: ann.clone(), ..holds };
        keeps(&store, &ann, (Some(&id), 1), over.clone()).await.expect("somebody sees to it");
        let mended = NewIssue { mended_on: Some(day("2025-05-01")), ..over };
        keeps(&store, &ann, (Some(&id), 2), mended).await.expect("she owns it now");
    });
}

#[test]
fn coding_is_reviewed_and_the_data_said_to_be_good_enough() {
    on_both(|store| async move {
        add_unit(&store, "HIP", None).await.expect("a unit");
        let ann = add_person(&store, "Ann").await;
        let planned = NewCodingReview {
            unit: hip(),
            about: "50 records of hips".to_owned(),
            planned_on: day("2025-04-10"),
            done_on: None,
            result: String::new(),
        };
        let (of, entry) = (planned.clone(), by(&ann));
        let id = change!(store, |tx| keep_coding_review(tx, (None, 0), &of, &entry));
        let id = id.expect("it is planned");
        let silent = NewCodingReview { done_on: Some(day("2025-04-11")), ..planned };
        let done = NewCodingReview { result: "47 of 50 right".to_owned(), ..silent.clone() };
        let (of, entry, at) = (id.clone(), by(&ann), silent);
        let no_result = change!(store, |tx| keep_coding_review(tx, (Some(&of), 1), &at, &entry));
        assert_eq!(error(no_result), "say what the review of coding found");
        let (of, entry, at) = (id, by(&ann), done.clone());
        change!(store, |tx| keep_coding_review(tx, (Some(&of), 1), &at, &entry)).expect("done");
        let entry = by(&ann);
        change!(store, |tx| say_enough(tx, &hip(), ("Nine in ten match", 0), &entry))
            .expect("said");
        let entry = by(&ann);
        let stale = change!(store, |tx| say_enough(tx, &hip(), ("Again", 0), &entry));
        assert!(error(stale).starts_with("what is said of this data was changed"));
        let mut db = store.read().await.expect("a connection");
        let all = coding_reviews_of(&mut db, &hip()).await.expect("a read");
        assert_eq!((all.len(), all[0].number, &all[0].of), (1, 2, &done));
        let said = statement_of(&mut db, &hip()).await.expect("a read").expect("it is said");
        assert_eq!((said.words.as_str(), said.number), ("Nine in ten match", 1));
    });
}

async fn brings(store: &Store, who: &PersonId, value: &str, source: &str) {
    let csv = format!("measure,unit,month,value,of,source\nFALLS,HIP,2025-04,{value},,{source}\n");
    let this_month: Month = "2025-05".parse().expect("a month");
    let keeping = Keeping { units: None, this_month };
    let mut db = store.read().await.expect("a connection");
    let digest = plan(&mut db, &csv, &keeping).await.expect("a plan").digest;
    drop(db);
    let entry = by(who);
    let done = change!(store, |tx| import(
        tx,
        (&csv, &keeping),
        &digest,
        ("falls.csv", "Another count"),
        &entry
    ));
    done.expect("it is brought");
}

async fn falls(store: &Store, who: &PersonId) {
    let new = Definition {
        code: MeasureCode::new("FALLS"),
        name: "Falls".to_owned(),
        definition: "Falls on a ward".to_owned(),
        subject: Subject::Harm,
        unit_of_measure: "falls".to_owned(),
        form: Form::Count,
        good: Good::Down,
        of_patients: true,
        source: "Incident system".to_owned(),
        keeper: "Ann".to_owned(),
    };
    let entry = by(who);
    change!(store, |tx| define(tx, &new, 0, &entry)).expect("it is defined");
}

async fn settles(store: &Store, who: &PersonId, id: &ConflictId, seen: i64) -> Result<()> {
    settles_as(store, who, (id, seen), Choice::Second).await
}

async fn settles_as(
    store: &Store,
    who: &PersonId,
    (id, seen): (&ConflictId, i64),
    choice: Choice,
) -> Result<()> {
    let (id, entry) = (id.clone(), by(who));
    let choice = (choice, "The ward counted them one by one");
    change!(store, |tx| settle(tx, &id, choice, seen, &entry))
}

#[test]
fn a_second_source_with_another_value_is_a_conflict_until_whoever_is_named_settles_it() {
    on_both(|store| async move {
        add_unit(&store, "HIP", None).await.expect("a unit");
        let (ann, ben) = (add_person(&store, "Ann").await, add_person(&store, "Ben").await);
        falls(&store, &ann).await;
        brings(&store, &ann, "12", "Incident system").await;
        brings(&store, &ann, "13", "incident system").await;
        let mut db = store.read().await.expect("a connection");
        let none = conflicts_of(&mut db, &hip()).await.expect("a read");
        assert_eq!(none, [], "a correction of the same source is no conflict");
        brings(&store, &ann, "15", "Ward return").await;
        let found = conflicts_of(&mut db, &hip()).await.expect("a read");
        let values = (found[0].first.value.e4(), found[0].second.value.e4());
        assert_eq!((found.len(), values), (1, (130_000, 150_000)));
        assert_eq!(found[0].second.source, "Ward return");
        let id = found[0].id.clone();
        assert!(error(settles(&store, &ben, &id, 0).await).contains("was named for it"));
        let (of, entry, who) = (id.clone(), by(&ann), ben.clone());
        change!(store, |tx| name_settler(tx, &of, (&who, 0), &entry)).expect("Ben is named");
        assert!(error(settles(&store, &ann, &id, 1).await).contains("was named for it"));
        settles(&store, &ben, &id, 1).await.expect("he settles it");
        assert!(error(settles(&store, &ben, &id, 2).await).contains("settled already"));
        let place = (&MeasureCode::new("FALLS"), &hip());
        let found = conflicts_of_measure(&mut db, place).await.expect("a read");
        let settled = found[0].settled.as_ref().expect("it is settled");
        assert_eq!((settled.choice, found[0].settles.as_ref()), (Choice::Second, Some(&ben)));
    });
}

/// A conflict of 12 falls by the incident system and 15 by the ward, settled.
async fn settled(store: &Store, choice: Choice) -> PersonId {
    add_unit(store, "HIP", None).await.expect("a unit");
    let ann = add_person(store, "Ann").await;
    falls(store, &ann).await;
    brings(store, &ann, "12", "Incident system").await;
    brings(store, &ann, "15", "Ward return").await;
    let mut db = store.read().await.expect("a connection");
    let found = conflicts_of(&mut db, &hip()).await.expect("a read");
    assert_eq!(in_doubt(&mut db).await, ["2025-04"], "it is open");
    drop(db);
    let (id, entry, who) = (found[0].id.clone(), by(&ann), ann.clone());
    change!(store, |tx| name_settler(tx, &id, (&who, 0), &entry)).expect("Ann is named");
    settles_as(store, &ann, (&found[0].id, 1), choice).await.expect("she settles it");
    ann
}

async fn in_doubt(db: &mut Connection) -> Vec<String> {
    let found = months_in_doubt(db, (&MeasureCode::new("FALLS"), &hip())).await.expect("a read");
    found.iter().map(ToString::to_string).collect()
}

/// Values of the month in order: version, whole falls and source.
async fn values(db: &mut Connection) -> Vec<(i64, i64, String)> {
    let all = crate::measures::of_measure(db, &MeasureCode::new("FALLS")).await.expect("a read");
    let each = all.into_iter();
    each.map(|it| (it.version, it.recorded.value.e4() / 10_000, it.recorded.source)).collect()
}

#[test]
fn the_first_value_is_put_in_again_where_it_counts() {
    on_both(|store| async move {
        settled(&store, Choice::First).await;
        let mut db = store.read().await.expect("a connection");
        let of = |version: i64, falls: i64, source: &str| (version, falls, source.to_owned());
        let expected =
            [of(1, 12, "Incident system"), of(2, 15, "Ward return"), of(3, 12, "Incident system")];
        assert_eq!(values(&mut db).await, expected);
        assert!(in_doubt(&mut db).await.is_empty());
        let asked = Asked { action: Some("measure.settle".to_owned()), ..Asked::default() };
        let rows = audit::list(&mut db, &asked, 10).await.expect("a read");
        let object = rows[0].entry.object.clone().unwrap_or_default();
        assert_eq!((rows.len(), object.as_str()), (1, "measure/FALLS of HIP in 2025-04 version 3"));
    });
}

#[test]
fn the_second_value_counts_as_it_stands() {
    on_both(|store| async move {
        settled(&store, Choice::Second).await;
        let mut db = store.read().await.expect("a connection");
        assert_eq!(values(&mut db).await.len(), 2);
        assert!(in_doubt(&mut db).await.is_empty());
    });
}

#[test]
fn a_month_of_which_neither_value_counts_stays_in_doubt() {
    on_both(|store| async move {
        let ann = settled(&store, Choice::Neither).await;
        let mut db = store.read().await.expect("a connection");
        assert_eq!(values(&mut db).await.len(), 2);
        assert_eq!(in_doubt(&mut db).await, ["2025-04"]);
        // Another value of the ward itself is a correction.
        brings(&store, &ann, "14", "Ward return").await;
        assert!(in_doubt(&mut db).await.is_empty());
    });
}
