//! The dependency table of ARCHITECTURE.md against what the crates really depend on.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use serde::Deserialize;

use super::Fault;
use super::repository::Repository;
use super::rust_source::RustSource;
use crate::process;

const FILE: &str = "ARCHITECTURE.md";
const HEADER: &str = "| crate | may use of ours | must never depend on |";
const NOBODY: &str = "(nothing depends on it)";
const TESTS_ONLY: &str = "(only tests depend on it)";

/// A ban that is more than one crate: crates that bring it, and code that reaches for it.
struct Ban {
    word: &'static str,
    crates: &'static [&'static str],
    /// Tokens one after another; [`FUNCTION`] stands for the name of any function.
    code: &'static [&'static [&'static str]],
}

/// A name that begins in lower case. Naming a type such as `std::fs::File` opens nothing.
const FUNCTION: &str = "<function>";

const FILES: &[&[&str]] = &[&["fs", "::", FUNCTION], &["File", "::", FUNCTION], &["OpenOptions"]];

const BANS: &[Ban] = &[
    Ban {
        word: "clock",
        crates: &["chrono", "time"],
        code: &[
            &["SystemTime"],
            &["Instant", "::", "now"],
            &["Timestamp", "::", "now"],
            &["Zoned", "::", "now"],
        ],
    },
    Ban { word: "environment", crates: &["dotenvy"], code: &[&["env", "::", FUNCTION]] },
    Ban { word: "files", crates: &["tempfile", "walkdir", "object_store"], code: FILES },
    Ban {
        word: "network",
        crates: &["tokio", "reqwest", "hyper"],
        code: &[&["TcpStream"], &["TcpListener"], &["UdpSocket"]],
    },
    Ban {
        word: "random numbers",
        crates: &["rand", "getrandom", "fastrand", "uuid"],
        code: &[&["RandomState"]],
    },
];

/// One row of the table.
#[derive(Debug, Default)]
struct Row {
    line: usize,
    may_use: BTreeSet<String>,
    must_never: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Debug, Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
struct Dependency {
    name: String,
    /// `dev`, `build` or nothing.
    kind: Option<String>,
}

impl Dependency {
    fn is_for_tests(&self) -> bool {
        self.kind.as_deref() == Some("dev")
    }
}

/// Checks the table, the packages and the source files against each other.
pub(super) fn check(repository: &Repository, sources: &[RustSource]) -> Result<Vec<Fault>> {
    let rows = parse(repository.text(FILE)?);
    let arguments = ["metadata", "--format-version", "1", "--no-deps"];
    let metadata = process::output(&mut process::cargo(&arguments))?;
    let metadata: Metadata =
        serde_json::from_str(&metadata).context("cargo metadata printed another form")?;
    let mut faults = compare(&rows, &metadata.packages);
    faults.extend(reaches(&rows, sources));
    Ok(faults)
}

/// The rows of the table by crate; none if the table is not there.
fn parse(text: &str) -> BTreeMap<String, Row> {
    let mut rows = BTreeMap::new();
    let table = text.lines().enumerate().skip_while(|(_, it)| !it.starts_with(HEADER)).skip(2);
    for (index, line) in table.take_while(|(_, it)| it.starts_with('|')) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [name, may_use, must_never, ..] = cells.as_slice() else { continue };
        let words = |cell: &str| {
            let words = cell.split(',').map(|it| it.trim().trim_matches('`').to_owned());
            words.filter(|it| !it.is_empty() && it != "–").collect::<Vec<_>>()
        };
        let row = Row {
            line: index + 1,
            may_use: words(may_use).into_iter().collect(),
            must_never: words(must_never),
        };
        rows.insert(name.trim_matches('`').to_owned(), row);
    }
    rows
}

fn compare(rows: &BTreeMap<String, Row>, packages: &[Package]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let ours: BTreeSet<&str> = packages.iter().map(|it| it.name.as_str()).collect();
    for (name, row) in rows {
        if !ours.contains(name.as_str()) {
            faults.push(Fault::new(FILE, row.line, format!("there is no crate {name}")));
        }
    }
    for package in packages {
        let Some(row) = rows.get(&package.name) else {
            let message = format!("crate {} is not in the dependency table", package.name);
            faults.push(Fault::new(FILE, 0, message));
            continue;
        };
        for dependency in &package.dependencies {
            let is_ours = ours.contains(dependency.name.as_str());
            let used = rows.get(&dependency.name).filter(|_| is_ours);
            if let Some(message) = objection(row, used, dependency) {
                let file = format!("crates/{}/Cargo.toml", package.name);
                faults.push(Fault::new(&file, 0, message));
            }
        }
    }
    faults
}

/// Why a dependency may not be; `used` is its row if it is one of ours.
fn objection(row: &Row, used: Option<&Row>, dependency: &Dependency) -> Option<String> {
    let name = &dependency.name;
    if let Some(used) = used {
        let says = |phrase: &str| used.must_never.iter().any(|it| it == phrase);
        if says(NOBODY) || (says(TESTS_ONLY) && !dependency.is_for_tests()) {
            return Some(format!("depends on {name}, against its row in {FILE}"));
        }
    }
    if dependency.is_for_tests() {
        return None;
    }
    if used.is_some() && !row.may_use.contains(name) {
        return Some(format!("depends on {name}, which its row in {FILE} does not allow"));
    }
    let banned = row.must_never.iter().find(|it| {
        *it == name
            || BANS.iter().any(|ban| ban.word == **it && ban.crates.contains(&name.as_str()))
    })?;
    Some(format!("depends on {name}, which its row in {FILE} bans ({banned})"))
}

/// Names in code, tests left out, that reach for what the crate's row bans.
fn reaches(rows: &BTreeMap<String, Row>, sources: &[RustSource]) -> Vec<Fault> {
    let mut faults = Vec::new();
    // A build script is told where to write by the environment; it is no part of the program.
    for source in sources.iter().filter(|it| !it.path.ends_with("/build.rs")) {
        let Some(row) = rows.get(source.package()) else { continue };
        for ban in BANS.iter().filter(|ban| row.must_never.iter().any(|it| it == ban.word)) {
            for code in ban.code {
                let found = source.tokens.windows(code.len()).filter(|window| {
                    std::iter::zip(*window, *code).all(|(token, wanted)| fits(&token.text, wanted))
                });
                for window in found.filter(|it| !source.is_test_line(it[0].line)) {
                    let code: String = window.iter().map(|it| it.text.as_str()).collect();
                    let message = format!("{code} reaches for: {}, which {FILE} bans", ban.word);
                    faults.push(Fault::new(&source.path, window[0].line, message));
                }
            }
        }
    }
    faults
}

fn fits(token: &str, wanted: &str) -> bool {
    token == wanted || (wanted == FUNCTION && token.starts_with(|it: char| it.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::tidy::rust_source::parsed;
    use crate::tidy::tests::check_shown;

    const TABLE: &str = "\
# Architecture

| crate | may use of ours | must never depend on | invariant |
|---|---|---|---|
| `domain` | – | arrow, clock, files | plain values |
| `costing` | domain | intake, environment | conserves |
| `intake` | domain | costing | drops nothing |
| `cli` | domain, costing, intake | (nothing depends on it) | wires |
| `testkit` | domain | (only tests depend on it) | examples |
";

    fn package(name: &str, dependencies: &[(&str, &str)]) -> Package {
        let dependency = |(name, kind): &(&str, &str)| Dependency {
            name: (*name).to_owned(),
            kind: (!kind.is_empty()).then(|| (*kind).to_owned()),
        };
        Package {
            name: name.to_owned(),
            dependencies: dependencies.iter().map(dependency).collect(),
        }
    }

    #[track_caller]
    fn check_packages(packages: &[Package], expected: &Expect) {
        check_shown(&compare(&parse(TABLE), packages), expected);
    }

    #[test]
    fn dependencies_follow_the_table() {
        check_packages(
            &[
                package("domain", &[("thiserror", ""), ("testkit", "dev")]),
                package("costing", &[("domain", ""), ("intake", "dev")]),
                package("intake", &[("domain", "")]),
                package("cli", &[("domain", ""), ("costing", "")]),
                package("testkit", &[("domain", "")]),
            ],
            &expect![[""]],
        );
    }

    #[test]
    fn what_the_table_does_not_allow_is_a_fault() {
        check_packages(
            &[
                package("domain", &[("arrow", ""), ("tempfile", ""), ("tempfile", "dev")]),
                package("costing", &[("intake", ""), ("cli", "dev"), ("testkit", "")]),
                package("intake", &[]),
                package("testkit", &[]),
                package("statistics", &[]),
            ],
            &expect![[r#"
                ARCHITECTURE.md:8: there is no crate cli
                crates/domain/Cargo.toml: depends on arrow, which its row in ARCHITECTURE.md bans (arrow)
                crates/domain/Cargo.toml: depends on tempfile, which its row in ARCHITECTURE.md bans (files)
                crates/costing/Cargo.toml: depends on intake, which its row in ARCHITECTURE.md does not allow
                crates/costing/Cargo.toml: depends on testkit, against its row in ARCHITECTURE.md
                ARCHITECTURE.md: crate statistics is not in the dependency table"#]],
        );
    }

    #[test]
    fn nothing_depends_on_the_command_line() {
        let packages = [
            package("domain", &[("cli", "dev")]),
            package("costing", &[]),
            package("intake", &[]),
            package("cli", &[]),
            package("testkit", &[]),
        ];
        check_packages(
            &packages,
            &expect![
                "crates/domain/Cargo.toml: depends on cli, against its row in ARCHITECTURE.md"
            ],
        );
    }

    #[test]
    fn code_that_reaches_for_what_is_banned_is_a_fault() {
        let source = parsed(
            "crates/domain/src/lib.rs",
            "\
use std::{fs, time::SystemTime};
fn one() {
    let _ = fs::read(\"a\");
}
#[cfg(test)]
mod tests {
    fn two() {
        let _ = std::fs::read(\"a\");
    }
}
",
        );
        check_shown(
            &reaches(&parse(TABLE), &[source]),
            &expect![[r#"
                crates/domain/src/lib.rs:1: SystemTime reaches for: clock, which ARCHITECTURE.md bans
                crates/domain/src/lib.rs:3: fs::read reaches for: files, which ARCHITECTURE.md bans"#]],
        );
    }
}
