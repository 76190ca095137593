//! Every worked example is whole: a reason in words, given and expected tables.
//!
//! A folder with a model of its own, such as `golden/whole_trust`, is a trust to be costed from its
//! files: its `README.md` holds the sums. A case of bad input is the files that differ from those of
//! `golden/bad_input/trust`, and what is said of them, in `expected.txt`.

use std::collections::BTreeSet;

use super::Fault;
use super::repository::Repository;

/// The stage whose examples are files that are wrong on purpose.
const BAD_INPUT: &str = "bad_input";

/// The clean files that the cases of bad input differ from.
const CLEAN: &str = "trust";

/// Checks the folders `golden/<stage>/<case>/`.
pub(super) fn check(repository: &Repository) -> Vec<Fault> {
    let mut faults = Vec::new();
    for case in cases(repository) {
        let readme = repository.texts.get(&format!("{case}/README.md"));
        if readme.is_none_or(|it| it.trim().is_empty()) {
            faults.push(Fault::new(&case, 0, "has no README.md with the sums done by hand"));
        }
        for part in ["given", "expected"] {
            let folder = format!("{case}/{part}/");
            if !repository.paths.iter().any(|it| it.starts_with(&folder)) {
                faults.push(Fault::new(&case, 0, format!("has nothing in {part}/")));
            }
        }
    }
    for case in bad_cases(repository) {
        if !repository.paths.contains(&format!("{case}/expected.txt")) {
            faults.push(Fault::new(&case, 0, "has no expected.txt with what is said of it"));
        }
    }
    for trust in trusts(repository) {
        if !repository.texts.contains_key(&format!("{trust}/README.md")) {
            faults.push(Fault::new(&trust, 0, "has no README.md with the sums done by hand"));
        }
    }
    for (path, text) in repository.ending(".csv").filter(|(path, _)| path.starts_with("golden/")) {
        if text.lines().next().is_none_or(|it| it.trim().is_empty()) {
            faults.push(Fault::new(path, 1, "has no header row"));
        }
    }
    faults
}

fn trusts(repository: &Repository) -> BTreeSet<String> {
    let mut trusts = BTreeSet::new();
    for path in &repository.paths {
        let parts: Vec<&str> = path.split('/').collect();
        if let ["golden", trust, "model", ..] = parts.as_slice()
            && *trust != BAD_INPUT
        {
            trusts.insert(format!("golden/{trust}"));
        }
    }
    trusts
}

fn cases(repository: &Repository) -> BTreeSet<String> {
    let trusts = trusts(repository);
    let mut cases = BTreeSet::new();
    for path in &repository.paths {
        let parts: Vec<&str> = path.split('/').collect();
        if let ["golden", stage, case, _, ..] = parts.as_slice()
            && *stage != BAD_INPUT
            && !trusts.contains(&format!("golden/{stage}"))
        {
            cases.insert(format!("golden/{stage}/{case}"));
        }
    }
    cases
}

fn bad_cases(repository: &Repository) -> BTreeSet<String> {
    let case = |path: &String| match path.split('/').collect::<Vec<_>>().as_slice() {
        ["golden", BAD_INPUT, case, _, ..] if *case != CLEAN => {
            Some(format!("golden/{BAD_INPUT}/{case}"))
        }
        _ => None,
    };
    repository.paths.iter().filter_map(case).collect()
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::tidy::tests::check_shown;

    #[test]
    fn examples_must_be_whole() {
        let repository = Repository::of(&[
            ("golden/README.md", "# Worked examples\n"),
            ("golden/cp1_quantum/whole/README.md", "1 + 1 = 2.\n"),
            ("golden/cp1_quantum/whole/given/ledger.csv", "line,amount\n1,1\n"),
            ("golden/cp1_quantum/whole/expected/quantum.csv", "line,amount\n1,1\n"),
            ("golden/whole_trust/model/mapping.csv", "sequence\n"),
            ("golden/whole_trust/2025-26/feeds/episodes.csv", "event\n"),
            ("golden/cp1_quantum/half/given/ledger.csv", "\n"),
            ("golden/bad_input/trust/feeds/apc.csv", "event\n"),
            ("golden/bad_input/A3/feeds/apc.csv", "event\n"),
            ("golden/bad_input/A3/expected.txt", "refusal A3\n"),
            ("golden/bad_input/A4/feeds/apc.csv", "event\n"),
        ]);
        check_shown(
            &check(&repository),
            &expect![[r#"
                golden/cp1_quantum/half: has no README.md with the sums done by hand
                golden/cp1_quantum/half: has nothing in expected/
                golden/bad_input/A4: has no expected.txt with what is said of it
                golden/whole_trust: has no README.md with the sums done by hand
                golden/cp1_quantum/half/given/ledger.csv:1: has no header row"#]],
        );
    }
}
