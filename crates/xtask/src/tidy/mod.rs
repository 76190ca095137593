//! The rules of the house that no compiler knows, executed.

mod repository;
mod rust_source;

mod dependencies;
mod glossary;
mod golden;
mod links;
mod ratchet;
mod rust_style;
mod words;

use anyhow::{Result, bail};

use self::repository::Repository;
use crate::process;

/// Something that breaks a rule of the house.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fault {
    /// File, relative to the repository.
    file: String,
    /// Line from 1; 0 for the whole file.
    line: usize,
    /// What is wrong and what to do.
    message: String,
}

impl Fault {
    fn new(file: &str, line: usize, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, message: message.into() }
    }
}

/// Checks the repository and stops if there is a fault.
pub(crate) fn run() -> Result<()> {
    let faults = faults()?;
    if !faults.is_empty() {
        bail!("tidy found {}:\n{}", count(faults.len()), shown(&faults));
    }
    println!("tidy: every rule of the house holds");
    Ok(())
}

fn faults() -> Result<Vec<Fault>> {
    let repository = Repository::read(&process::repository())?;
    let sources = rust_source::parse_all(&repository)?;
    let mut faults = rust_style::check(&sources);
    faults.extend(ratchet::check(&repository, &sources)?);
    faults.extend(dependencies::check(&repository, &sources)?);
    faults.extend(glossary::check(&repository, &sources)?);
    faults.extend(words::check(&repository));
    faults.extend(links::check(&repository));
    faults.extend(golden::check(&repository));
    faults.sort();
    Ok(faults)
}

fn count(faults: usize) -> String {
    if faults == 1 { "one fault".to_owned() } else { format!("{faults} faults") }
}

fn shown(faults: &[Fault]) -> String {
    let lines = faults.iter().map(|it| match it.line {
        0 => format!("{}: {}", it.file, it.message),
        line => format!("{}:{line}: {}", it.file, it.message),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use expect_test::Expect;

    use super::*;

    /// For the tests of each rule: faults as a person sees them.
    #[track_caller]
    pub(super) fn check_shown(faults: &[Fault], expected: &Expect) {
        expected.assert_eq(&shown(faults));
    }

    #[test]
    fn the_repository_is_tidy() {
        let faults = faults().expect("the repository can be read");
        assert!(faults.is_empty(), "\n{}", shown(&faults));
    }
}
