//! `[[join]]` of an intake mapping: a second file whose columns the rows of the first gain.

use super::intake::{read_files, read_lists, read_source};
use crate::faults;
use crate::intake_mapping::{IntakeMapping, Join};
use crate::read::Section;

/// Reads one join. Without `to`, both files call the columns of the key alike.
pub(super) fn read(section: &mut Section<'_>) -> Join {
    let name = section.text("name");
    let files = read_files(section);
    let key = read_source("key", section);
    let named = section.keys().iter().any(|(key, _)| key == "to");
    let to = if named { read_source("to", section) } else { key.clone() };
    Join {
        name,
        files,
        key,
        to,
        only: section.section("where", read_lists).unwrap_or_default(),
        first_by: section.text_if_any("first_by").unwrap_or_default(),
    }
}

/// Checks the joins of a mapping against each other and against what it reads.
pub(super) fn check(mapping: &IntakeMapping, line: u64, file: &mut Section<'_>) {
    let read = mapping.columns_read();
    // A blank name has its own fault already.
    let joins = mapping.joins.iter().enumerate().filter(|(_, it)| !it.name.trim().is_empty());
    for (index, join) in joins {
        let name = join.name.as_str();
        let twice = mapping.joins[..index].iter().any(|it| it.name == name);
        if twice || name.contains(['.', '{', '}', '=']) {
            let why = if twice { "is the name of two joins" } else { "cannot name columns" };
            let remedy = "Give each join a name of its own, of letters, digits and underscores.";
            file.fault_at(faults::JOIN_NAME, (line, "join"), format!("`{name}` {why}"), remedy);
        }
        if !read.iter().any(|it| join.column(it).is_some()) {
            let message = format!("no column begins with `{name}.`, so the join gives nothing");
            let remedy =
                "Use a column of it in [columns], `where` or a join behind it, or take it out.";
            file.fault_at(faults::JOIN_UNUSED, (line, "join"), message, remedy);
        }
        let later = &mapping.joins[index..];
        for column in join.to.columns() {
            if later.iter().any(|it| it.column(column).is_some()) {
                let message = format!("the join `{name}` needs `{column}`, which is not there yet");
                let remedy = "Put the join that it needs before it.";
                file.fault_at(faults::JOIN_NOT_YET, (line, "join"), message, remedy);
            }
        }
    }
}
