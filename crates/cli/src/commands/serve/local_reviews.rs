//! Local numbers of reviews: an optional file beside `concord.toml`.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use engagement::reviews::ReviewGuide;

/// The file's name.
const FILE: &str = "reviews-local.toml";

/// What reviews are at this site: as the program has it, with the local numbers of the folder.
pub(super) fn guide(dir: &Path) -> Result<ReviewGuide> {
    let path = dir.join(FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(ReviewGuide::own());
        }
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read `{}`", path.display()));
        }
    };
    match ReviewGuide::own().with_local(&text) {
        Ok(guide) => Ok(guide),
        Err(wrong) => {
            let told: Vec<String> = wrong.iter().map(|it| format!("  {it}")).collect();
            bail!(
                "`{}` cannot be used; mend it or take it away:\n{}",
                path.display(),
                told.join("\n")
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_numbers_are_read_where_there_are_any_and_refused_with_their_place() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(guide(folder.path()).expect("none is there"), ReviewGuide::own());
        let right = "source = \"Minute 12\"\ndated = \"2026-04-01\"\n[notice]\nvalue = 56\nwhy = \"Eight weeks here\"\n";
        let path = folder.path().join(FILE);
        std::fs::write(&path, right).expect("it is written");
        assert_eq!(guide(folder.path()).expect("it is right").settings.notice.value, 56);
        std::fs::write(&path, right.replace("56", "999")).expect("it is written");
        let refused = guide(folder.path()).expect_err("too long").to_string();
        let told = "line 4, column 9: `notice` is 999, and must be from 0 to 366 days";
        assert!(refused.contains(told) && refused.contains(FILE), "{refused}");
    }
}
