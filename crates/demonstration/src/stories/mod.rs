//! What is planted in the demonstration trust: truths to be found, and false trails.
//!
//! Each file here changes activity or money in one way. `data/planted.toml` says what was planted,
//! where, how large it is, and how it can be counted in the files.

pub(crate) mod coding;
pub(crate) mod contracts;
pub(crate) mod corrections;
pub(crate) mod flow;
pub(crate) mod surgeons;

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::activity::Tally;
use crate::comparisons;
use crate::model::Files;
use crate::size::Size;

const PLANTED: &str = include_str!("../../data/planted.toml");
const PLAUSIBLE: &str = include_str!("../../data/plausible.toml");
const NOTES: &str = include_str!("../../data/corrected_theatre_times.md");

/// Files beside the model that tell the stories, by name.
pub(crate) fn files(
    model: &Files,
    tallies: &BTreeMap<i32, Tally>,
    (size, seed): (Size, u64),
) -> BTreeMap<String, String> {
    let shares = String::from_utf8_lossy(&model["shares.csv"]);
    let what_if = "what_if/corrected_theatre_times";
    BTreeMap::from([
        ("planted.toml".to_owned(), planted(tallies, (size, seed))),
        ("plausible.toml".to_owned(), PLAUSIBLE.to_owned()),
        ("governance/clinician_comparison.csv".to_owned(), comparisons::FILE.to_owned()),
        (format!("{what_if}/notes.md"), NOTES.to_owned()),
        (format!("{what_if}/model/shares.csv"), corrections::shares(&shares)),
    ])
}

/// The record of what is planted, packed files by the names they have, and what was counted.
fn planted(tallies: &BTreeMap<i32, Tally>, (size, seed): (Size, u64)) -> String {
    let mut text = format!("size = \"{size}\"\nseed = {seed}\n\n");
    // Sizes that pack their large files name them so.
    let packed = matches!(size, Size::Trust | Size::Large);
    let names = ["apc", "outpatients", "ward_stays", "imaging", "contacts", "emergency"];
    let mut stories = PLANTED.to_owned();
    for name in names.into_iter().filter(|_| packed) {
        stories =
            stories.replace(&format!("feeds/{name}.csv\""), &format!("feeds/{name}.csv.gz\""));
    }
    text.push_str(&stories);
    text.push_str("\n# What was counted while the files were written: how often, and the sum.\n");
    for (year, tally) in tallies {
        for (fact, (count, sum)) in &tally.facts {
            write!(
                text,
                "\n[[counted]]\nyear = \"{year}-{:02}\"\nfact = \"{fact}\"\ncount = {count}\nsum = {sum}\n",
                (year + 1) % 100
            )
            .expect("text grows");
        }
    }
    text
}
