//! Writes what was measured into the page of performance, each table in a place of its own.

use std::fs;

use anyhow::{Context as _, Result};

use crate::process;

/// The page that the tables stand in.
const PAGE: &str = "docs/reference/performance.md";

/// Prints a table, and puts it where the page has a place of this name, under the machine on which
/// it was seen; what stood there before is replaced.
pub(crate) fn tell(name: &str, command: &str, table: &str) -> Result<()> {
    println!("{table}");
    let path = process::repository().join(PAGE);
    let page = fs::read_to_string(&path).with_context(|| format!("cannot read {PAGE}"))?;
    let seen = format!("{}\n`{command}`\n\n{}\n", machine(), table.trim());
    let Some(page) = placed(&page, name, &seen) else {
        println!("({PAGE} has no place for the table `{name}`: it is told here alone)");
        return Ok(());
    };
    fs::write(&path, page).with_context(|| format!("cannot write {PAGE}"))
}

/// The page with the text between the marks of a place replaced; none if it has no such place.
fn placed(page: &str, name: &str, text: &str) -> Option<String> {
    let begin = format!("<!-- table: {name} -->\n");
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once("<!-- end -->")?;
    Some(format!("{before}{begin}{text}<!-- end -->{after}"))
}

/// The day, the processor and the load, as far as the system tells.
fn machine() -> String {
    let day = process::output(&mut process::program("date", &["-u", "+%Y-%m-%d"]));
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors.lines().find_map(|it| it.strip_prefix("model name")?.split_once(": "));
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    format!(
        "{}, {} × {}, load {} at the end, {}.",
        day.unwrap_or_default().trim(),
        processors.matches("processor\t").count(),
        model.map_or("a processor that is not named", |it| it.1),
        load.split(' ').next().unwrap_or_default(),
        process::output(&mut process::program("rustc", &["--version"])).unwrap_or_default().trim(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_replaces_the_one_that_stood_there() {
        let page = "# P\n<!-- table: growth -->\nold\n<!-- end -->\nbetween\n<!-- table: bench -->\n<!-- end -->\n";
        let placed = |name, text| placed(page, name, text);
        let expected = "# P\n<!-- table: growth -->\nnew\n<!-- end -->\nbetween\n<!-- table: bench -->\n<!-- end -->\n";
        assert_eq!(placed("growth", "new\n").as_deref(), Some(expected));
        assert_eq!(placed("unknown", "new\n"), None);
    }
}
