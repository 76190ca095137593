//! Actions on both databases: what is agreed, what is said of it, and what is refused.

use engagement::actions::{Effort, Priority, Profession, Says};

use super::*;
use crate::Store;
use crate::audit::Asked;
use crate::testing::{add_person, add_unit, by, change, error, on_both};

fn owner(person: &PersonId, profession: Profession) -> Owner {
    Owner { person: person.as_str().to_owned(), profession }
}

fn action(owners: Vec<Owner>) -> NewAction {
    NewAction {
        unit: UnitCode::new("HIP"),
        origin: "/services/HIP".to_owned(),
        of: Action {
            what: "Discharge by criteria".to_owned(),
            owners,
            joint: true,
            size: Some(Size { low_e4: 4_120_000, high_e4: 8_240_000, unit: "bed days".to_owned() }),
            effort: Effort::Medium,
            priority: Priority::High,
            measure: "Stay below 4.4 days".to_owned(),
            quality: "Patients may come back".to_owned(),
            starts_on: "2025-03-12".parse().expect("a day"),
            due_on: "2025-05-31".parse().expect("a day"),
        },
    }
}

async fn said(store: &Store, id: &ActionId, who: &PersonId, says: Says, seen: i64) -> Result<()> {
    let new = Update {
        on: "2025-05-01".parse().expect("a day"),
        says,
        because: if says == Says::NoProgress {
            "We wait for pathology".into()
        } else {
            String::new()
        },
        due_on: None,
    };
    let (id, entry) = (id.clone(), by(who));
    change!(store, |tx| update(tx, &id, &new, seen, &entry))
}

#[test]
fn joint_work_is_of_two_professions_and_two_who_speak_at_once_lose_nothing() {
    on_both(|store| async move {
        add_unit(&store, "HIP", None).await.expect("a unit");
        let amara = add_person(&store, "Amara").await;
        let daniel = add_person(&store, "Daniel").await;
        let alone = action(vec![owner(&amara, Profession::Clinical)]);
        let entry = by(&amara);
        let done = change!(store, |tx| agree(tx, &alone, &entry));
        assert!(error(done).starts_with("a joint action needs owners of two professions"));
        let both = vec![owner(&amara, Profession::Clinical), owner(&daniel, Profession::Finance)];
        let (new, entry) = (action(both), by(&amara));
        let asked = new.clone();
        let id = change!(store, |tx| agree(tx, &asked, &entry)).expect("it is joint");
        said(&store, &id, &amara, Says::SomeProgress, 0).await.expect("it is the first");
        let late = said(&store, &id, &daniel, Says::Done, 0).await;
        assert!(error(late).contains("changed by somebody else"));
        said(&store, &id, &daniel, Says::NoProgress, 1).await.expect("it was seen");
        let mut db = store.read().await.expect("a connection");
        let found = get(&mut db, &id).await.expect("it is there");
        assert_eq!(found.agreed.of.what, new.of.what);
        assert!(found.is_owned_by(&daniel) && found.agreed.of.is_joint());
        let told: Vec<Says> = found.updates.iter().map(|it| it.says.says).collect();
        assert_eq!(told, [Says::SomeProgress, Says::NoProgress]);
        assert_eq!(list(&mut db).await.expect("a read").len(), 1);
        let rows = audit::list(&mut db, &Asked::default(), 50).await.expect("a read");
        let kept = format!("{rows:?}");
        assert!(kept.contains("action.agree") && kept.contains("action.update"));
        assert!(!kept.contains("pathology") && !kept.contains("criteria"), "no words: {kept}");
    });
}

#[test]
fn an_update_without_its_reason_changes_nothing() {
    on_both(|store| async move {
        add_unit(&store, "HIP", None).await.expect("a unit");
        let amara = add_person(&store, "Amara").await;
        let mut new = action(vec![owner(&amara, Profession::Clinical)]);
        new.of.joint = false;
        let entry = by(&amara);
        let id = change!(store, |tx| agree(tx, &new, &entry)).expect("it is not joint");
        let empty = Update {
            on: "2025-05-01".parse().expect("a day"),
            says: Says::NoProgress,
            because: "  ".to_owned(),
            due_on: None,
        };
        let (asked, entry) = (id.clone(), by(&amara));
        let done = change!(store, |tx| update(tx, &asked, &empty, 0, &entry));
        assert_eq!(error(done), "say why there was no progress");
        let nobody = said(&store, &ActionId::new("none"), &amara, Says::Done, 0).await;
        assert_eq!(error(nobody), "there is no action none");
        let mut db = store.read().await.expect("a connection");
        assert_eq!(get(&mut db, &id).await.expect("it is there").version(), 0);
    });
}

#[test]
fn owners_of_joint_work_say_how_feasible_it_is_and_may_say_so_anew() {
    use engagement::actions::View;
    on_both(|store| async move {
        add_unit(&store, "HIP", None).await.expect("a unit");
        let amara = add_person(&store, "Amara").await;
        let daniel = add_person(&store, "Daniel").await;
        let both = vec![owner(&amara, Profession::Clinical), owner(&daniel, Profession::Finance)];
        let view = |who: &PersonId, level: &str, because: &str| View {
            person: who.to_string(),
            level: level.to_owned(),
            because: because.to_owned(),
        };
        let agreed = async |views: Vec<View>| {
            let (new, entry) = (action(both.clone()), by(&amara));
            change!(store, |tx| agree_with_views(tx, &new, &views, &entry))
        };
        let own = view(&amara, "as-is", "");
        let alone = agreed(vec![own.clone()]).await;
        assert_eq!(error(alone), "say how feasible each owner finds it");
        let silent = agreed(vec![own.clone(), view(&daniel, "means", " ")]).await;
        assert!(error(silent).starts_with("say what it needs"));
        let mut db = store.read().await.expect("a connection");
        assert!(list(&mut db).await.expect("a read").is_empty(), "nothing is half agreed");
        let needs = view(&daniel, "decision", "The board decides in July");
        let id = agreed(vec![own.clone(), needs.clone()]).await.expect("both have spoken");
        let anew = async |view: View, seconds: i64| {
            let (id, entry) =
                (id.clone(), Entry { at: crate::testing::at(seconds), ..by(&daniel) });
            change!(store, |tx| say_view(tx, &id, &view, &entry))
        };
        let nobody = add_person(&store, "Grace").await;
        let other = anew(view(&nobody, "as-is", ""), 5).await;
        assert!(error(other).contains("nobody else"));
        anew(view(&daniel, "as-is", ""), 10).await.expect("the board has decided");
        let found = get(&mut db, &id).await.expect("it is there");
        assert_eq!(found.views.len(), 3, "what was said before stays");
        let later = view(&daniel, "as-is", "");
        assert_eq!(found.views_until(None), [&own, &later]);
        assert_eq!(found.views_until(Some(crate::testing::at(9))), [&own, &needs]);
        let rows = audit::list(&mut db, &Asked::default(), 50).await.expect("a read");
        let kept = format!("{rows:?}");
        assert!(kept.contains("action.view") && !kept.contains("The board"), "no words: {kept}");
        let of_views = Asked { action: Some("action.view".to_owned()), ..Asked::default() };
        let rows = audit::list(&mut db, &of_views, 50).await.expect("a read");
        let objects = rows.iter().filter_map(|it| it.entry.object.clone());
        let expected = [3, 2, 1].map(|it| format!("action/{id} view {it}"));
        assert_eq!(objects.collect::<Vec<_>>(), expected, "nobody's judgement is told");
    });
}
