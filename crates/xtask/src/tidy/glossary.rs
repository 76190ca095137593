//! The glossary is in order, complete and knows the types of `domain` and `tables`.

use std::collections::BTreeMap;

use anyhow::Result;

use super::Fault;
use super::repository::Repository;
use super::rust_source::RustSource;

const FILE: &str = "GLOSSARY.md";
const HEADER: &str = "| term | meaning | unit | Rust type | source |";

/// Where public types are nouns of the field. How a file is laid out is not one.
const NOUNS: [&str; 5] = [
    "crates/domain/src/",
    "crates/tables/src/column.rs",
    "crates/tables/src/dataset.rs",
    "crates/tables/src/manifest.rs",
    "crates/tables/src/run.rs",
];

/// One row.
#[derive(Debug)]
struct Entry {
    line: usize,
    term: String,
    /// Cells behind the term that must not be blank: meaning, unit, source.
    is_complete: bool,
    /// Paths such as `domain::Money`.
    types: Vec<String>,
}

/// Checks the glossary against itself and against the types.
pub(super) fn check(repository: &Repository, sources: &[RustSource]) -> Result<Vec<Fault>> {
    let entries = parse(repository.text(FILE)?);
    let mut faults = order(&entries);
    faults.extend(types(&entries, sources));
    Ok(faults)
}

fn parse(text: &str) -> Vec<Entry> {
    let table = text.lines().enumerate().skip_while(|(_, it)| !it.starts_with(HEADER)).skip(2);
    let mut entries = Vec::new();
    for (index, line) in table.take_while(|(_, it)| it.starts_with('|')) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let cell = |number: usize| cells.get(number).copied().unwrap_or_default();
        entries.push(Entry {
            line: index + 1,
            term: cell(0).to_owned(),
            is_complete: cells.len() == 5 && [0, 1, 2, 4].iter().all(|it| !cell(*it).is_empty()),
            types: cell(3)
                .split(',')
                .map(|it| it.trim().trim_matches('`').to_owned())
                .filter(|it| !it.is_empty() && it != "–")
                .collect(),
        });
    }
    entries
}

fn order(entries: &[Entry]) -> Vec<Fault> {
    let mut faults = Vec::new();
    if entries.is_empty() {
        faults.push(Fault::new(FILE, 0, format!("has no table `{HEADER}`")));
    }
    for entry in entries.iter().filter(|it| !it.is_complete) {
        let message = "needs five cells: term, meaning, unit, type (– if none) and source";
        faults.push(Fault::new(FILE, entry.line, message));
    }
    for pair in entries.windows(2) {
        let [before, after] = pair else { continue };
        if before.term.to_lowercase() >= after.term.to_lowercase() {
            let message = format!("`{}` belongs before `{}`", after.term, before.term);
            faults.push(Fault::new(FILE, after.line, message));
        }
    }
    faults
}

fn types(entries: &[Entry], sources: &[RustSource]) -> Vec<Fault> {
    // Crate and type to the place of the type.
    let mut known: BTreeMap<(&str, &str), (&str, usize, bool)> = BTreeMap::new();
    for source in sources.iter().filter(|it| !it.is_test) {
        for it in source.types.iter().filter(|it| !source.is_test_line(it.line)) {
            let place = (source.path.as_str(), it.line, it.is_error);
            known.insert((source.package(), it.name.as_str()), place);
        }
    }
    let mut faults = Vec::new();
    let mut named = Vec::new();
    for entry in entries {
        for path in &entry.types {
            let (package, name) = (path.split("::").next(), path.rsplit("::").next());
            let key = (package.unwrap_or_default(), name.unwrap_or_default());
            if !known.contains_key(&key) {
                let message = format!("`{}`: there is no public type `{path}`", entry.term);
                faults.push(Fault::new(FILE, entry.line, message));
            }
            named.push(key);
        }
    }
    for (key, (file, line, is_error)) in &known {
        let is_noun = NOUNS.iter().any(|it| file.starts_with(it));
        if is_noun && !is_error && !named.contains(key) {
            let message =
                format!("`{}::{}` is not in {FILE}: add the noun that it is", key.0, key.1);
            faults.push(Fault::new(file, *line, message));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::tidy::rust_source::parsed;
    use crate::tidy::tests::check_shown;

    #[test]
    fn order_gaps_and_types_are_checked() {
        let entries = parse(
            "\
# Glossary

| term | meaning | unit | Rust type | source |
|---|---|---|---|---|
| money | An amount. | pounds | `domain::money::Money` | our own |
| event | A thing that bears cost. |  | `tables::dataset::Event` | our own |
| pool | What is shared. | pounds | `costing::Pool` | our own |
",
        );
        let source = parsed(
            "crates/domain/src/money.rs",
            "\
pub struct Money;
pub enum Severity { Note }
#[derive(Debug, thiserror::Error)]
pub struct NotAKey;
struct Hidden;
",
        );
        let table = parsed(
            "crates/tables/src/dataset.rs",
            "\
table! {
    /// One event.
    Event = \"events\", key [\"event\"] { /// Its reference.
        event: Key, \"reference\", Patient; }
}
",
        );
        let mut faults = order(&entries);
        faults.extend(types(&entries, &[source, table]));
        check_shown(
            &faults,
            &expect![[r#"
            GLOSSARY.md:6: needs five cells: term, meaning, unit, type (– if none) and source
            GLOSSARY.md:6: `event` belongs before `money`
            GLOSSARY.md:7: `pool`: there is no public type `costing::Pool`
            crates/domain/src/money.rs:2: `domain::Severity` is not in GLOSSARY.md: add the noun that it is"#]],
        );
    }
}
