//! Finds the files that a mapping names below the folder read.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A file with its name below the folder, with `/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    /// Name below the folder.
    pub(crate) name: String,
    /// Where it is.
    pub(crate) path: PathBuf,
}

/// All files below a folder in the order of their names; the model's own folder is left out.
///
/// Links are not followed: a feed cannot point out of the folder.
pub(crate) fn files_below(folder: &Path) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    walk(folder, "", &mut found)?;
    found.sort();
    Ok(found)
}

fn walk(folder: &Path, prefix: &str, found: &mut Vec<Found>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type()?;
        let below = format!("{prefix}{name}");
        if kind.is_dir() && !name.starts_with('.') && below != "model" {
            walk(&entry.path(), &format!("{below}/"), found)?;
        } else if kind.is_file() && !name.starts_with('.') {
            found.push(Found { name: below, path: entry.path() });
        }
    }
    Ok(())
}

/// Those of the files that fit one of the patterns, below the folder or below the year's folder.
pub(crate) fn matching<'a>(files: &'a [Found], patterns: &[String], year: &str) -> Vec<&'a Found> {
    let year = format!("{year}/");
    files
        .iter()
        .filter(|file| {
            let below_year = file.name.strip_prefix(&year);
            patterns
                .iter()
                .any(|it| fits(it, &file.name) || below_year.is_some_and(|name| fits(it, name)))
        })
        .collect()
}

/// Whether a name fits a pattern, in which `*` stands for anything but a `/`.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return pattern == name };
    let Some(rest) = name.strip_prefix(before) else { return false };
    let reach = rest.find('/').unwrap_or(rest.len());
    (0..=reach).filter(|it| rest.is_char_boundary(*it)).any(|it| fits(after, &rest[it..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        assert!(fits("feeds/ward*.csv", "feeds/ward_stays_01.csv"));
        assert!(!fits("feeds/*.csv", "feeds/old/ward.csv"));
        assert!(!fits("feeds/ward*.csv", "feeds/ward.csv.gz"));
        assert!(fits("*/*_FCE.csv", "grouper/apc_FCE.csv"));
    }

    #[test]
    fn the_year_may_have_a_folder_of_its_own() {
        let file = |name: &str| Found { name: name.to_owned(), path: PathBuf::new() };
        let files = [file("2024-25/feeds/a.csv"), file("2025-26/feeds/a.csv"), file("feeds/b.csv")];
        let found = matching(&files, &["feeds/*.csv".to_owned()], "2025-26");
        let names: Vec<&str> = found.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["2025-26/feeds/a.csv", "feeds/b.csv"]);
    }
}
