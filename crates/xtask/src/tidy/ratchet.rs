//! Sizes that may only shrink: long functions, long files, numbers without a reason.

use std::collections::BTreeMap;
use std::process::Stdio;

use anyhow::{Context as _, Result};
use serde::Deserialize;

use super::Fault;
use super::repository::Repository;
use super::rust_source::{Function, RustSource};
use super::rust_style::unexplained_numbers;
use crate::process;

const FILE: &str = "crates/xtask/ratchet.toml";
const FUNCTION_LINES_MAX: usize = 70;
const FILE_LINES_MAX: usize = 500;

/// The crate whose numbers must be rules of the model.
const COSTING: &str = "costing";

type Sizes = BTreeMap<String, usize>;

/// What is larger than it should be, by place.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ratchet {
    /// Lines of code of a function, by `file::function`.
    #[serde(default)]
    function_lines: Sizes,
    /// Lines of a file without its tests.
    #[serde(default)]
    file_lines: Sizes,
    /// Lines of the costing with a number that has no reason, by file.
    #[serde(default)]
    unexplained_numbers: Sizes,
}

/// Compares what is measured with what is allowed.
pub(super) fn check(repository: &Repository, sources: &[RustSource]) -> Result<Vec<Fault>> {
    let allowed = parse(repository.text(FILE)?)?;
    let mut faults = compare(&measure(sources), &allowed);
    for fault in &mut faults {
        if let Some(source) = sources.iter().find(|it| it.path == fault.file) {
            fault.message.push_str(&places(source));
        }
    }
    if let Some(committed) = committed()? {
        faults.extend(grown(&committed, &allowed));
    }
    Ok(faults)
}

fn parse(text: &str) -> Result<Ratchet> {
    toml::from_str(text).with_context(|| format!("{FILE} is not as it should be"))
}

/// The list as last committed; nothing where there is no history to ask.
fn committed() -> Result<Option<Ratchet>> {
    let object = format!("HEAD:{FILE}");
    let output = process::program("git", &["show", &object]).stderr(Stdio::null()).output();
    let Ok(output) = output else { return Ok(None) };
    if !output.status.success() {
        return Ok(None);
    }
    parse(&String::from_utf8_lossy(&output.stdout)).map(Some)
}

fn measure(sources: &[RustSource]) -> Ratchet {
    let mut found = Ratchet::default();
    for source in sources {
        let functions = source.functions.iter();
        for function in functions.filter(|it| !source.is_test_line(*it.lines.start())) {
            let lines = code_lines(source, function);
            if lines > FUNCTION_LINES_MAX {
                let place = format!("{}::{}", source.path, function.name);
                found.function_lines.insert(place, lines);
            }
        }
        let lines = (1..=source.lines.len()).filter(|it| !source.is_test_line(*it)).count();
        if lines > FILE_LINES_MAX {
            found.file_lines.insert(source.path.clone(), lines);
        }
        if source.package() == COSTING {
            let numbers = unexplained_numbers(source).len();
            if numbers > 0 {
                found.unexplained_numbers.insert(source.path.clone(), numbers);
            }
        }
    }
    found
}

/// Where the unexplained numbers of a file stand, for the person who is to explain them.
fn places(source: &RustSource) -> String {
    if source.package() != COSTING {
        return String::new();
    }
    let lines: Vec<String> = unexplained_numbers(source).iter().map(usize::to_string).collect();
    if lines.is_empty() { String::new() } else { format!(": {}", lines.join(", ")) }
}

/// Lines of a function, blank lines and comments left out.
fn code_lines(source: &RustSource, function: &Function) -> usize {
    let (first, last) = (*function.lines.start(), *function.lines.end());
    let lines = source.lines.iter().take(last).skip(first - 1).map(|it| it.trim_start());
    lines.filter(|it| !it.is_empty() && !it.starts_with("//")).count()
}

fn compare(found: &Ratchet, allowed: &Ratchet) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (what, found, allowed) in [
        ("lines of code in one function, above 70", &found.function_lines, &allowed.function_lines),
        ("lines without tests, above 500", &found.file_lines, &allowed.file_lines),
        (
            "lines with a number that is no rule of the model and has no comment `// number: why`",
            &found.unexplained_numbers,
            &allowed.unexplained_numbers,
        ),
    ] {
        for (place, &size) in found {
            let limit = allowed.get(place).copied().unwrap_or(0);
            if size > limit {
                faults.push(Fault::new(place, 0, format!("{size} {what}")));
            }
        }
        for (place, &limit) in allowed {
            let size = found.get(place).copied().unwrap_or(0);
            if size < limit {
                let message = match size {
                    0 => format!("{place} has got better: take its exception out"),
                    size => format!("{place} has got better: lower its exception to {size}"),
                };
                faults.push(Fault::new(FILE, 0, message));
            }
        }
    }
    faults
}

fn grown(committed: &Ratchet, now: &Ratchet) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (before, now) in [
        (&committed.function_lines, &now.function_lines),
        (&committed.file_lines, &now.file_lines),
        (&committed.unexplained_numbers, &now.unexplained_numbers),
    ] {
        for (place, limit) in now {
            if before.get(place).is_none_or(|it| it < limit) {
                let message = format!("the list may only shrink: {place} is new or larger");
                faults.push(Fault::new(FILE, 0, message));
            }
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
    fn long_functions_and_files_are_found_and_the_list_must_fit() {
        let statement = "    step();\n";
        let comment = "    // Why.\n\n";
        // 68 statements with `fn` and `}` are 70 lines of code; 69 are one too many.
        let text = format!(
            "fn fits() {{\n{comment}{}}}\nfn long() {{\n{}}}\n",
            statement.repeat(68),
            statement.repeat(69)
        );
        let found = measure(&[parsed("crates/a/src/lib.rs", &text)]);
        check_shown(
            &compare(&found, &Ratchet::default()),
            &expect!["crates/a/src/lib.rs::long: 71 lines of code in one function, above 70"],
        );
        let allowed = parse(
            "[function_lines]\n\"crates/a/src/lib.rs::long\" = 75\n\
             [file_lines]\n\"crates/a/src/lib.rs\" = 600\n",
        );
        check_shown(
            &compare(&found, &allowed.expect("the test writes it")),
            &expect![[r#"
            crates/xtask/ratchet.toml: crates/a/src/lib.rs::long has got better: lower its exception to 71
            crates/xtask/ratchet.toml: crates/a/src/lib.rs has got better: take its exception out"#]],
        );
    }

    #[test]
    fn the_list_may_not_grow() {
        let before = parse("[file_lines]\na = 600\nb = 600\n").expect("the test writes it");
        let now = parse("[file_lines]\na = 590\nb = 601\nc = 501\n").expect("the test writes it");
        check_shown(
            &grown(&before, &now),
            &expect![[r#"
            crates/xtask/ratchet.toml: the list may only shrink: b is new or larger
            crates/xtask/ratchet.toml: the list may only shrink: c is new or larger"#]],
        );
    }
}
