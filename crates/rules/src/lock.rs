//! Locks a model: writes the hash of each of its files down, and finds what differs later.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::faults;
use crate::model::ModelFiles;
use crate::read::document::document;
use crate::read::{Book, place};

/// Name of the lock.
pub const LOCK_FILE: &str = "lock.toml";

#[derive(Serialize)]
struct Lock<'a> {
    by: &'a str,
    at: &'a str,
    files: BTreeMap<&'a str, String>,
}

/// The content of `lock.toml` for these files: who locked them, when, and the SHA-256 of each.
///
/// A lock among the files is not part of what is locked. `at_text` is a time as text, since
/// nothing here knows a clock.
///
/// # Panics
///
/// Never: texts and a table of texts can always be written as TOML.
pub fn lock(files: &ModelFiles, by: &str, at_text: &str) -> Vec<u8> {
    let hashes = files.iter().filter(|(name, _)| *name != LOCK_FILE);
    let files = hashes.map(|(name, bytes)| (name.as_str(), hexadecimal(&Sha256::digest(bytes))));
    let lock = Lock { by, at: at_text, files: files.collect() };
    toml::to_string(&lock).expect("texts can be written as TOML").into_bytes()
}

/// Compares the files with the lock, if there is one; returns whether there is.
pub(crate) fn verify(book: &mut Book<'_>) -> bool {
    let Some(bytes) = book.files.get(LOCK_FILE) else { return false };
    let locked = document(LOCK_FILE, bytes, &mut book.findings, |lock| {
        lock.text("by");
        lock.text("at");
        lock.section("files", |files| {
            let names = files.keys().into_iter();
            names.map(|(name, _)| (name.clone(), files.text(&name))).collect::<BTreeMap<_, _>>()
        })
    });
    let locked = locked.map(Option::unwrap_or_default);
    if let Some(locked) = locked {
        report_differences(&locked, book);
    }
    true
}

fn report_differences(locked: &BTreeMap<String, String>, book: &mut Book<'_>) {
    let remedy = "Restore the locked files, or make a copy of the model without lock.toml and \
                  change that.";
    let mut report = |code, file: &str, what: &str| {
        let message = format!("{file} was {what} after the model was locked");
        book.findings.refuse(code, place(file, 0, ""), message, remedy);
    };
    for (file, bytes) in book.files.iter().filter(|(file, _)| *file != LOCK_FILE) {
        match locked.get(file) {
            None => report(faults::LOCK_ADDED, file, "added"),
            Some(hash) if *hash != hexadecimal(&Sha256::digest(bytes)) => {
                report(faults::LOCK_CHANGED, file, "changed");
            }
            Some(_) => {}
        }
    }
    for file in locked.keys().filter(|it| !book.files.contains_key(*it)) {
        report(faults::LOCK_REMOVED, file, "removed");
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn a_lock_names_every_file_but_itself() {
        let files = [("rwv.csv", ""), ("a \"b\".csv", "x"), (LOCK_FILE, "old")]
            .map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
        let lock = lock(&files.into(), "A. Accountant", "2026-05-01T09:00:00Z");
        expect![[r#"
            by = "A. Accountant"
            at = "2026-05-01T09:00:00Z"

            [files]
            'a "b".csv' = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
            "rwv.csv" = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        "#]]
        .assert_eq(&String::from_utf8(lock).expect("TOML is UTF-8"));
    }
}
