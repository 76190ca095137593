//! Every case of the catalogue of bad input, as files go in and as findings come out.
//!
//! `golden/bad_input/<CODE>/` holds the files of a case, laid over those of
//! `golden/bad_input/trust/`, and `expected.txt` what intake must say. Cases that are no plain
//! text are made here. `CONCORD_GOLDEN=complete` writes `expected.txt` where it is missing.

mod costed;
mod made;
mod properties;
mod sources;
mod thresholds;
mod trust;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use intake::{Action, Handled, catalogue};
use rayon::prelude::*;

use crate::trust::{Outcome, Trust};

/// Cases in which a dataset of the clean trust is there already.
const SECOND_TIME: [&str; 4] = ["A30", "F17", "G3", "G4"];

/// Intake's own codes for which no case is needed here, with the test that has one.
const ELSEWHERE: [(&str, &str); 4] = [
    ("N1", "files that cannot be read, as the operating system has it"),
    ("N8", "tests/rebase.rs"),
    ("N9", "tests/rebase.rs"),
    ("N10", "tests/rebase.rs"),
];

/// What of a case waits for a part that is not built.
const LATER: [(&str, &str); 1] =
    [("F17", "restating a ledger after publication, with two runs beside each other in pages")];

/// Cases that are told under another code: one rule settles both, or the model's own check does.
const TOLD_AS: [(&str, &str); 3] = [("F3", "F2"), ("F14", "MOD-010"), ("F16", "MOD-051")];

#[test]
fn every_case_is_handled_as_stated() {
    let clean = Trust::laid_out();
    let baseline = clean.take_in();
    assert_eq!(baseline.refused(), None, "the clean trust is taken in");
    let mut lines = vec!["| case | action | handled by | as stated | what is said |".to_owned()];
    let mut wrong = Vec::new();
    let mut handled: BTreeSet<String> = BTreeSet::new();
    let cases = cases();
    let costed = costed::cost(&clean);
    let baselines = (&baseline, &costed);
    let found: Vec<String> = cases.par_iter().map(|it| run(it, baselines)).collect();
    for (case, found) in cases.iter().zip(found) {
        let expected = golden().join(case).join("expected.txt");
        let wanted = wanted(&expected, &found);
        let code = code_of(case);
        // A folder with words behind its code shows when the case does not arise.
        let right = wanted == found && (*case != *code || says(&found, code));
        handled.insert(code.to_owned());
        lines.push(format!(
            "| {case} | {} | {} | {} | {} |",
            action_of(code),
            place_of(code),
            if right { "yes" } else { "NO" },
            found.lines().next().unwrap_or_default()
        ));
        if !right {
            wrong.push(format!("--- {case}\nexpected:\n{wanted}\nfound:\n{found}"));
        }
    }
    let total = cases.len();
    lines.push(format!("{}/{total} handled as stated", total - wrong.len()));
    lines.extend(not_here());
    eprintln!("{}", lines.join("\n"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let missing: Vec<&str> = catalogue()
        .into_iter()
        .filter(|it| it.handled != Handled::Web && !handled.contains(it.code))
        .map(|it| it.code)
        .filter(|code| !ELSEWHERE.iter().any(|it| it.0 == *code))
        .collect();
    assert!(missing.is_empty(), "no case for {missing:?}");
}

/// Whether a report speaks of a case; good data need not be spoken of.
fn says(found: &str, code: &str) -> bool {
    let accepted = entry_of(code).action == Action::Accept;
    let code = TOLD_AS.iter().find(|it| it.0 == code).map_or(code, |it| it.1);
    accepted || found.lines().any(|it| it.split_whitespace().any(|word| word == code))
}

/// Cases of which no file of a trust is the cause, or that wait for what is not there yet.
fn not_here() -> Vec<String> {
    let web = catalogue().into_iter().filter(|it| it.handled == Handled::Web);
    let web: Vec<&str> = web.map(|it| it.code).collect();
    let elsewhere = ELSEWHERE.iter().map(|(code, place)| format!("{code}: {place}"));
    let later = LATER.iter().map(|(code, what)| format!("{code}, later: {what}"));
    let web = format!("of the web application, not of files: {}", web.join(" "));
    elsewhere.chain(later).chain([web]).collect()
}

fn entry_of(code: &str) -> intake::Entry {
    let entry = catalogue().into_iter().find(|it| it.code == code);
    entry.expect("a folder is named after a case")
}

/// The part of the system that settles a case.
fn place_of(code: &str) -> &'static str {
    if TOLD_AS.iter().any(|it| it.0 == code && it.1.starts_with("MOD-")) {
        return "the check of the model";
    }
    match entry_of(code).handled {
        Handled::Intake => "intake",
        Handled::Costing => "costing",
        Handled::Web => "web",
    }
}

fn action_of(code: &str) -> &'static str {
    entry_of(code).action.letter()
}

/// A folder is called after its code, perhaps with words behind it.
fn code_of(case: &str) -> &str {
    case.split('-').next().unwrap_or(case)
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/bad_input")
}

/// All cases in the order of their codes.
fn cases() -> Vec<String> {
    let mut cases: BTreeSet<String> = made::CASES.iter().map(|it| (*it).to_owned()).collect();
    for entry in fs::read_dir(golden()).expect("the folder of cases") {
        let entry = entry.expect("an entry");
        let name = entry.file_name().into_string().expect("a plain name");
        if entry.path().is_dir() && name != "trust" {
            cases.insert(name);
        }
    }
    let mut cases: Vec<String> = cases.into_iter().collect();
    cases.sort_by_cached_key(|it| {
        let code = code_of(it);
        (code[..1].to_owned(), code[1..].parse::<u32>().unwrap_or(0), it.clone())
    });
    cases
}

fn run(case: &str, (baseline, costed): (&Outcome, &costed::Costed)) -> String {
    let trust = Trust::laid_out();
    let code = code_of(case);
    if entry_of(code).handled == Handled::Costing {
        trust.lay_over(&golden().join(case));
        return costed::cost(&trust).shown_beside(costed, code);
    }
    if SECOND_TIME.contains(&code) {
        assert_eq!(trust.take_in().refused(), None);
    }
    trust.lay_over(&golden().join(case));
    let outcome = made::run(case, &trust);
    outcome.counted();
    outcome.shown_beside(baseline)
}

#[expect(clippy::disallowed_methods, reason = "the switch of all worked examples")]
fn wanted(path: &Path, found: &str) -> String {
    if !path.exists() && std::env::var("CONCORD_GOLDEN").is_ok_and(|it| it == "complete") {
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        fs::write(path, found).expect("the proposal can be written");
    }
    fs::read_to_string(path).unwrap_or_default()
}
