//! Files that a browser sends: streamed to disk under names of our own, within limits.

use std::path::{Path, PathBuf};

use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;

use crate::shell::fault::Fault;
use crate::shell::forms::Tokens;
use crate::shell::guard;
use crate::shell::visit::Visit;

/// Files of one load at most.
const FILES: usize = 100;

/// Bytes of a field that is no file at most.
const FIELD_BYTES: usize = 2000;

/// Letters of a file's name at most.
const NAME: usize = 120;

/// Endings of files that intake reads.
const ENDINGS: [&str; 6] = [".csv", ".tsv", ".txt", ".csv.gz", ".xlsx", ".parquet"];

/// What came.
#[derive(Debug, Default)]
pub(super) struct Received {
    pub(super) once: String,
    pub(super) year: String,
    pub(super) label: String,
    pub(super) files: Vec<Arrived>,
    /// What is wrong with files, by name.
    pub(super) wrong: Vec<String>,
}

/// One file, on disk.
#[derive(Debug)]
pub(super) struct Arrived {
    /// The name that the browser said.
    pub(super) name: String,
    /// Where it is.
    pub(super) path: PathBuf,
    /// Its size.
    pub(super) bytes: u64,
}

/// Receives a form with files into a folder. The token of the session is its first part: nothing
/// is written before it was checked.
pub(super) async fn receive(
    visit: &Visit,
    mut form: Multipart,
    folder: &Path,
) -> Result<Received, Fault> {
    let mut received = Received::default();
    let first = form.next_field().await.map_err(broken_off)?.ok_or(Fault::Forged)?;
    if first.name() != Some("csrf") {
        return Err(Fault::Forged);
    }
    let csrf = text(first).await?;
    guard::check_token(visit, &Tokens { csrf, ..Tokens::default() })?;
    tokio::fs::create_dir_all(folder).await.map_err(unwritable)?;
    let mut left = visit.app.settings().upload_bytes;
    while let Some(field) = form.next_field().await.map_err(broken_off)? {
        match field.name().unwrap_or_default() {
            "once" => received.once = text(field).await?,
            "year" => received.year = text(field).await?,
            "label" => received.label = text(field).await?,
            "files" => {
                let path = folder.join(format!("{:04}", received.files.len()));
                file(&visit.app, field, (path, &mut left), &mut received).await?;
            }
            other => {
                return Err(Fault::Refused(format!("The form does not fit this page: {other}.")));
            }
        }
    }
    Ok(received)
}

/// A field of text, within its limit.
async fn text(mut field: Field<'_>) -> Result<String, Fault> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken_off)? {
        if bytes.len() + chunk.len() > FIELD_BYTES {
            return Err(Fault::TooLarge(format!("{FIELD_BYTES} letters in a field")));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| Fault::Refused("The form could not be read.".to_owned()))
}

/// One file; what cannot be taken is read to its end and told.
async fn file(
    app: &crate::App,
    mut field: Field<'_>,
    (path, left): (PathBuf, &mut u64),
    received: &mut Received,
) -> Result<(), Fault> {
    let name = field.file_name().unwrap_or_default().to_owned();
    if name.is_empty() {
        // A field in which no file was chosen.
        return Ok(());
    }
    if received.files.len() == FILES {
        return Err(Fault::TooLarge(format!("{FILES} files in one load")));
    }
    let is_there = received.files.iter().any(|it| it.name == name);
    let mut wrong =
        if is_there { Some(format!("{name} was chosen twice")) } else { wrong_name(&name) };
    let mut to = match wrong {
        Some(_) => None,
        None => Some(File::create(&path).await.map_err(unwritable)?),
    };
    let (mut head, mut bytes) = (Vec::new(), 0);
    while let Some(chunk) = field.chunk().await.map_err(broken_off)? {
        let size = chunk.len() as u64;
        bytes += size;
        *left = left.checked_sub(size).ok_or_else(|| {
            let limit = app.settings().upload_bytes >> 20;
            Fault::TooLarge(format!("{limit} MiB in one load"))
        })?;
        if head.len() < HEAD {
            head.extend_from_slice(&chunk[..chunk.len().min(HEAD - head.len())]);
        }
        if let Some(to) = &mut to {
            to.write_all(&chunk).await.map_err(unwritable)?;
        }
    }
    if let Some(to) = &mut to {
        to.flush().await.map_err(unwritable)?;
        to.sync_all().await.map_err(unwritable)?;
        wrong = wrong_content(&name, &head);
    }
    match wrong {
        Some(wrong) => received.wrong.push(wrong),
        None => received.files.push(Arrived { name, path, bytes }),
    }
    Ok(())
}

/// Bytes at the beginning of a file that are looked at.
const HEAD: usize = 512;

/// What is wrong with the name of a file.
pub(super) fn wrong_name(name: &str) -> Option<String> {
    let is_plain = name.chars().count() <= NAME
        && !name.starts_with('.')
        && !name.chars().any(|it| it.is_control() || matches!(it, '/' | '\\' | ':'));
    if !is_plain {
        return Some("A file has a name that cannot be taken: rename it".to_owned());
    }
    let lower = name.to_lowercase();
    if has_ending(name, "zip") {
        return Some(format!("{name} is an archive: take the files out of it and choose those"));
    }
    let is_known = ENDINGS.iter().any(|it| lower.ends_with(it));
    (!is_known).then(|| format!("{name} is no CSV, XLSX or Parquet file"))
}

fn has_ending(name: &str, ending: &str) -> bool {
    Path::new(name).extension().is_some_and(|it| it.eq_ignore_ascii_case(ending))
}

/// What is wrong with the beginning of a file, given its name.
pub(super) fn wrong_content(name: &str, head: &[u8]) -> Option<String> {
    let begins = |mark: &[u8]| head.starts_with(mark);
    let is_wide = begins(b"\xff\xfe") || begins(b"\xfe\xff");
    let fits = if has_ending(name, "gz") {
        begins(b"\x1f\x8b")
    } else if has_ending(name, "xlsx") {
        begins(b"PK\x03\x04")
    } else if has_ending(name, "parquet") {
        begins(b"PAR1")
    } else {
        let marks: [&[u8]; 6] =
            [b"PK\x03\x04", b"\x1f\x8b", b"PAR1", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x7fELF"];
        !marks.into_iter().any(begins) && (is_wide || !head.contains(&0))
    };
    if head.is_empty() {
        return Some(format!("{name} is empty"));
    }
    (!fits).then(|| format!("{name} is not what its name says: save it anew in that format"))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn broken_off(error: MultipartError) -> Fault {
    tracing::info!(%error, "an upload broke off");
    Fault::Refused("The upload broke off, and nothing was kept. Load the files again.".to_owned())
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn unwritable(error: std::io::Error) -> Fault {
    Fault::Broken(format!("an upload cannot be written: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_elsewhere_or_say_another_kind_are_refused() {
        for name in ["apc.csv", "Pathology 07.CSV.GZ", "ledger.xlsx", "événements.parquet"] {
            assert_eq!(wrong_name(name), None, "{name}");
        }
        for name in
            ["../apc.csv", "a/b.csv", "a\\b.csv", ".csv", "C:a.csv", "a\0.csv", "x.exe", "a.zip"]
        {
            assert!(wrong_name(name).is_some(), "{name}");
        }
        assert!(wrong_name(&format!("{}.csv", "a".repeat(117))).is_some(), "too long");
    }

    #[test]
    fn content_is_what_the_name_says() {
        for (name, head) in [
            ("a.csv", &b"CODE,COST\n"[..]),
            ("a.csv", b"\xff\xfeC\0O\0"),
            ("a.csv.gz", b"\x1f\x8b\x08"),
            ("a.xlsx", b"PK\x03\x04"),
            ("a.parquet", b"PAR1"),
        ] {
            assert_eq!(wrong_content(name, head), None, "{name}");
        }
        for (name, head) in [
            ("a.csv", &b"PK\x03\x04"[..]),
            ("a.csv", b"%PDF-1.7"),
            ("a.csv", b"a\0b"),
            ("a.csv", b""),
            ("a.csv.gz", b"CODE"),
            ("a.xlsx", b"\xd0\xcf\x11\xe0"),
            ("a.parquet", b"CODE"),
        ] {
            assert!(wrong_content(name, head).is_some(), "{name} {head:?}");
        }
    }
}
