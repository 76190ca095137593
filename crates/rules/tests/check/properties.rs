//! What holds for any change of a model's files.

use proptest::prelude::*;
use proptest::sample::Index;
use rules::{ChangeGroup, Model, ModelFiles, compare, hybrid, lock};

use crate::support::base;

/// What is done to one file: bytes are put in place of others.
#[derive(Clone, Debug)]
struct Mutation {
    file: Index,
    from: Index,
    length: usize,
    bytes: Vec<u8>,
}

fn mutation() -> impl Strategy<Value = Mutation> {
    // Cells that are likely to break something stand beside arbitrary bytes.
    let cells = prop::sample::select(vec![
        "",
        ",",
        "\n",
        "\"",
        "-1",
        "9223372036854775807",
        "99999999999999999999",
        "0.00000001",
        "*",
        "*a",
        "2147483647-48",
        "9999-00",
        "0000-04-01",
        "9999-04-01",
        "yes",
        "T1",
        "{",
        "[",
        "=",
        "\u{feff}",
        "2025-04-01",
        "-9223372036854775808d",
        "é",
        "/",
        "..",
        "\r",
    ]);
    let bytes = prop_oneof![
        cells.prop_map(|it| it.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..6),
    ];
    (any::<Index>(), any::<Index>(), 0_usize..40, bytes)
        .prop_map(|(file, from, length, bytes)| Mutation { file, from, length, bytes })
}

fn mutate(files: &mut ModelFiles, mutation: &Mutation) {
    let names: Vec<String> = files.keys().cloned().collect();
    let bytes = files.get_mut(mutation.file.get(&names)).expect("the name is one of the files");
    let from = mutation.from.index(bytes.len() + 1);
    let to = (from + mutation.length).min(bytes.len());
    bytes.splice(from..to, mutation.bytes.iter().copied());
}

fn mutated(mutations: &[Mutation]) -> ModelFiles {
    let mut files = base();
    for mutation in mutations {
        mutate(&mut files, mutation);
    }
    files
}

proptest! {
    /// Whatever stands in the files, parsing ends with a model or with faults that name a place.
    #[test]
    fn parsing_never_fails_otherwise(mutations in prop::collection::vec(mutation(), 1..6)) {
        let files = mutated(&mutations);
        if let Err(findings) = Model::parse(files.clone()) {
            prop_assert!(findings.iter().all(|it| !it.place.file.is_empty()));
            prop_assert!(findings.iter().all(|it| !it.message.is_empty() && !it.remedy.is_empty()));
        }
        prop_assert_eq!(compare(&files, &files), []);
    }

    /// A hybrid of all groups is the second model; of no group, the first.
    #[test]
    fn a_hybrid_of_all_groups_is_the_second(
        one in prop::collection::vec(mutation(), 0..6),
        other in prop::collection::vec(mutation(), 0..6),
        gone in any::<Index>(),
    ) {
        let (one, mut other) = (mutated(&one), mutated(&other));
        let names: Vec<String> = other.keys().cloned().collect();
        other.remove(gone.get(&names));
        prop_assert_eq!(&hybrid(&one, &other, &ChangeGroup::ALL), &other);
        prop_assert_eq!(&hybrid(&one, &other, &[]), &one);
    }

    /// A locked model that was changed in any byte is refused.
    #[test]
    fn a_lock_holds(mutations in prop::collection::vec(mutation(), 1..4)) {
        let mut files = mutated(&mutations);
        let changed = files != base();
        files.insert(lock::LOCK_FILE.to_owned(), lock::lock(&base(), "A. Accountant", "today"));
        prop_assert_eq!(Model::parse(files).is_err(), changed);
    }
}
