//! Reads a model's files from its folder.

use std::fs;
use std::io;
use std::path::Path;

use crate::model::ModelFiles;

/// Reads the CSV and TOML files of a folder and of the folders below it, in name order.
///
/// Names that begin with a dot are left out: desktop systems and editors leave such files behind.
///
/// # Errors
///
/// An error of the file system, naming the file; also if a name is not UTF-8 or is a symbolic
/// link, since a model must be whole in its own folder.
pub fn load(folder: &Path) -> io::Result<ModelFiles> {
    let mut files = ModelFiles::new();
    read_folder(folder, "", &mut files)?;
    Ok(files)
}

fn read_folder(folder: &Path, prefix: &str, files: &mut ModelFiles) -> io::Result<()> {
    let entries = fs::read_dir(folder).map_err(|error| named(folder, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| named(folder, &error))?;
        let path = entry.path();
        let Ok(name) = entry.file_name().into_string() else {
            return Err(refused(&path, "has a name that is not UTF-8"));
        };
        if name.starts_with('.') {
            continue;
        }
        let kind = entry.file_type().map_err(|error| named(&path, &error))?;
        let name = format!("{prefix}{name}");
        if kind.is_symlink() {
            return Err(refused(&path, "is a symbolic link; put the file itself into the model"));
        } else if kind.is_dir() {
            read_folder(&path, &format!("{name}/"), files)?;
        } else if is_model_file(&path) {
            let bytes = fs::read(&path).map_err(|error| named(&path, &error))?;
            files.insert(name, bytes);
        }
    }
    Ok(())
}

fn is_model_file(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "csv" || it == "toml")
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

fn refused(path: &Path, reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("{} {reason}", path.display()))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(make: impl FnOnce(&Path) -> io::Result<()>, expected: &Expect) {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        make(folder.path()).expect("the test's files can be written");
        let shown = match load(folder.path()) {
            Ok(files) => files.into_keys().collect::<Vec<_>>().join("\n"),
            Err(error) => error.to_string().replace(&folder.path().display().to_string(), "MODEL"),
        };
        expected.assert_eq(&shown);
    }

    #[test]
    fn csv_and_toml_files_of_all_folders() {
        check(
            |folder| {
                fs::create_dir_all(folder.join("intake"))?;
                for name in ["rwv.csv", "model.toml", "README.md", "intake/ed.toml", "._rwv.csv"] {
                    fs::write(folder.join(name), "")?;
                }
                Ok(())
            },
            &expect![[r#"
                intake/ed.toml
                model.toml
                rwv.csv"#]],
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_refused() {
        check(
            |folder| std::os::unix::fs::symlink("/etc/hostname", folder.join("rwv.csv")),
            &expect!["MODEL/rwv.csv is a symbolic link; put the file itself into the model"],
        );
    }
}
