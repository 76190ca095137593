//! Drafts, files and revisions of evidence, proposals, and scores of costing quality, on both
//! databases.

use std::collections::BTreeSet;

use super::*;
use crate::Store;
use crate::audit::Asked;
use crate::ids::EvidenceId;
use crate::testing::{add_person, add_unit, at, by, change, day, error, on_both};

fn hip() -> UnitCode {
    UnitCode::new("HIP")
}

fn piece(owner: &PersonId) -> NewEvidence {
    NewEvidence {
        unit: hip(),
        kind: "minutes".to_owned(),
        title: "Review of May".to_owned(),
        place: String::new(),
        happened_on: day("2025-05-01"),
        expires_on: Some(day("2025-10-31")),
        owner: owner.clone(),
        steps: ["P2".to_owned()].into(),
    }
}

fn file(sha256: &str) -> EvidenceFile {
    EvidenceFile {
        name: "review of May.pdf".to_owned(),
        media: "application/pdf".to_owned(),
        bytes: 12,
        sha256: sha256.to_owned(),
    }
}

async fn brought(store: &Store, who: &PersonId, brought: Brought) -> Result<EvidenceId> {
    let (new, entry) = (piece(who), by(who));
    change!(store, |tx| bring(tx, &new, &brought, &entry))
}

async fn reviewed(
    store: &Store,
    (id, who): (&EvidenceId, &PersonId),
    (state, because): (EvidenceState, &'static str),
    (seen, seconds): (i64, i64),
) -> Result<()> {
    let (entry, id) = (Entry { at: at(seconds), ..by(who) }, id.clone());
    change!(store, |tx| review(tx, &id, (state, because), seen, &entry))
}

async fn found(store: &Store, id: &EvidenceId) -> Evidence {
    let mut db = store.read().await.expect("a connection");
    evidence(&mut db, id).await.expect("it is there")
}

#[test]
fn a_draft_waits_for_nobody_until_it_is_handed_in() {
    on_both(|store| async move {
        add_unit(&store, "HIP", None).await.expect("a unit");
        let (amara, ravi) = (add_person(&store, "Amara").await, add_person(&store, "Ravi").await);
        let hash = "a".repeat(64);
        let nothing = brought(&store, &amara, Brought::default()).await;
        assert_eq!(error(nothing), "where it is is missing");
        let broken = Brought { file: Some(file("abc")), is_draft: false };
        assert!(error(brought(&store, &amara, broken).await).starts_with("the hash of the file"));
        let draft = Brought { file: Some(file(&hash)), is_draft: true };
        let id = brought(&store, &amara, draft).await.expect("a file needs no other place");
        assert_eq!(found(&store, &id).await.state(), EvidenceState::Draft);
        let early = reviewed(&store, (&id, &ravi), (EvidenceState::Accepted, ""), (0, 1)).await;
        assert_eq!(error(early), "this evidence is draft and cannot be accepted");
        let hands = |seen| {
            let (store, id, entry) = (store.clone(), id.clone(), Entry { at: at(5), ..by(&amara) });
            async move { change!(store, |tx| hand_in(tx, &id, seen, &entry)) }
        };
        assert!(error(hands(3).await).contains("you edited version 3, it is at 0"));
        hands(0).await.expect("it is a draft");
        let again = hands(1).await;
        assert_eq!(error(again), "this evidence is in_review and cannot be handed in");
        let it = found(&store, &id).await;
        assert_eq!(
            (it.state(), it.state_at(at(4))),
            (EvidenceState::InReview, EvidenceState::Draft)
        );
        assert_eq!(it.latest().and_then(|it| it.file.clone()), Some(file(&hash)));
        let recorded = Asked { action: Some("evidence.".to_owned()), ..Asked::default() };
        let mut db = store.read().await.expect("a connection");
        let recorded = crate::audit::list(&mut db, &recorded, 10).await.expect("a read");
        assert_eq!(recorded.len(), 2);
        let recorded = format!("{recorded:?}");
        assert!(recorded.contains(&hash) && !recorded.contains("review of May"), "{recorded}");
    });
}

#[test]
fn a_revision_waits_while_what_was_accepted_before_counts_on() {
    on_both(|store| async move {
        add_unit(&store, "HIP", None).await.expect("a unit");
        let (amara, ravi) = (add_person(&store, "Amara").await, add_person(&store, "Ravi").await);
        let first = Brought { file: Some(file(&"a".repeat(64))), is_draft: false };
        let id = brought(&store, &amara, first).await.expect("a file");
        assert_eq!(found(&store, &id).await.accepted(), None, "nobody has looked at it");
        let accepts = (EvidenceState::Accepted, "");
        reviewed(&store, (&id, &ravi), accepts, (0, 10)).await.expect("accepted");
        let revises = |seen, seconds| {
            let (store, id) = (store.clone(), id.clone());
            let entry = Entry { at: at(seconds), ..by(&amara) };
            let new = NewRevision {
                place: "Shared drive".to_owned(),
                happened_on: day("2025-09-01"),
                expires_on: None,
                file: None,
            };
            async move { change!(store, |tx| revise(tx, &id, &new, seen, &entry)) }
        };
        assert!(error(revises(0, 20).await).contains("you edited version 0, it is at 1"));
        revises(1, 20).await.expect("it was seen");
        let it = found(&store, &id).await;
        let number = |it: &Evidence| it.accepted().map(|it| it.number);
        assert_eq!((it.state(), number(&it)), (EvidenceState::InReview, Some(1)));
        assert_eq!((it.of.place.as_str(), it.of.happened_on), ("Shared drive", day("2025-09-01")));
        let then = it.as_at(at(15)).expect("it was there");
        assert_eq!(
            (then.of.happened_on, then.state()),
            (day("2025-05-01"), EvidenceState::Accepted)
        );
        reviewed(&store, (&id, &ravi), accepts, (2, 30)).await.expect("accepted");
        let it = found(&store, &id).await;
        assert_eq!((it.state(), number(&it), it.version()), (EvidenceState::Accepted, Some(2), 3));
        revises(3, 40).await.expect("it was seen");
        let refuses = (EvidenceState::Rejected, "Another service");
        reviewed(&store, (&id, &ravi), refuses, (4, 50)).await.expect("rejected");
        let it = found(&store, &id).await;
        assert_eq!((it.state(), number(&it)), (EvidenceState::Rejected, None));
        assert_eq!(it.as_at(at(-1)), None);
        assert!(it.is_of(&amara) && !it.is_of(&ravi));
    });
}

fn proposal(period: &str) -> ProposalOf {
    ProposalOf { unit: hip(), proposal: "costing-run".to_owned(), period: period.to_owned() }
}

#[test]
fn a_proposal_is_taken_or_declined_once_for_its_period() {
    on_both(|store| async move {
        add_unit(&store, "HIP", None).await.expect("a unit");
        let amara = add_person(&store, "Amara").await;
        let takes = |period: &'static str, counts| {
            let (store, entry) = (store.clone(), by(&amara));
            let new = NewEvidence { place: "/services/HIP".to_owned(), ..piece(&amara) };
            let of = proposal(period);
            async move { change!(store, |tx| take_proposal(tx, &of, (&new, counts), &entry)) }
        };
        let declines = |period: &'static str, because: &'static str| {
            let (store, entry, of) = (store.clone(), by(&amara), proposal(period));
            async move { change!(store, |tx| decline_proposal(tx, &of, because, &entry)) }
        };
        assert_eq!(error(declines("2024-25 M12", " ").await), "the reason is missing");
        declines("2024-25 M12", "Nobody reads it").await.expect("declined");
        let late = takes("2024-25 M12", false).await;
        assert_eq!(error(late), "there is already a decision on this proposal");
        let waits = takes("2025-26 M06", false).await.expect("another period");
        let counts = takes("2025-26 M12", true).await.expect("another period");
        let it = found(&store, &waits).await;
        assert_eq!((it.state(), it.is_collected), (EvidenceState::InReview, true));
        assert_eq!(found(&store, &counts).await.state(), EvidenceState::Accepted);
        let mut db = store.read().await.expect("a connection");
        let all = decided_proposals(&mut db, &[hip()].into()).await.expect("a read");
        assert_eq!(all.len(), 3);
        assert_eq!(all[0].because, "Nobody reads it");
        // What could not be decided left no piece behind.
        let pieces = evidence_of(&mut db, &[hip()].into()).await.expect("a read");
        assert_eq!(pieces.len(), 2);
        assert_eq!(decided_proposals(&mut db, &BTreeSet::new()).await.expect("a read"), []);
    });
}

fn score(period: &str, score_tenths: i64) -> NewScore {
    NewScore {
        measure: "MAQS".to_owned(),
        period: period.to_owned(),
        score_tenths,
        target_tenths: Some(800),
        benchmark: "The region: 71%".to_owned(),
        assessor: "Moira Flynn".to_owned(),
        assessed_on: day("2025-04-20"),
    }
}

#[test]
fn a_score_that_was_wrong_is_entered_again() {
    on_both(|store| async move {
        let moira = add_person(&store, "Moira").await;
        let records = |new: NewScore, seen| {
            let (store, entry) = (store.clone(), by(&moira));
            async move { change!(store, |tx| record_score(tx, &new, seen, &entry)) }
        };
        records(score("2024-25", 712), 0).await.expect("the first");
        records(score("2023-24", 655), 0).await.expect("another year");
        let stale = records(score("2024-25", 721), 0).await;
        assert!(error(stale).contains("you edited version 0, it is at 1"));
        records(score("2024-25", 721), 1).await.expect("it was seen");
        for wrong in
            [score("2024-25", 1_001), NewScore { assessor: String::new(), ..score("A", 1) }]
        {
            assert!(records(wrong, 2).await.is_err());
        }
        let mut db = store.read().await.expect("a connection");
        let all = scores(&mut db).await.expect("a read");
        let told: Vec<(&str, i64, i64)> =
            all.iter().map(|it| (&*it.of.period, it.of.score_tenths, it.number)).collect();
        assert_eq!(told, [("2023-24", 655, 1), ("2024-25", 721, 2)]);
    });
}
