//! Files that are kept as evidence: below `evidence/` of the site's folder, each under the SHA-256 of
//! its bytes, so that the same file is there once and none can be changed without being found out.

use std::path::{Path, PathBuf};

use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{FromRequest as _, Request};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};
use store::assessing::EvidenceFile;
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;

use super::{FileType, SETTINGS};
use crate::shell::fault::Fault;
use crate::shell::forms::{Fields, Tokens, random_token};
use crate::shell::guard;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Bytes of a form without a file at most.
const FORM_BYTES: usize = 1 << 20;

/// Bytes of a field that is no file at most.
const FIELD_BYTES: usize = 10_000;

/// Letters of a file's name at most.
const NAME: usize = 120;

/// Bytes at the beginning of a file that are looked at.
const HEAD: usize = 512;

/// A file that came with a form, not kept yet.
#[derive(Debug)]
pub struct Arrived {
    /// What is known of it.
    pub about: EvidenceFile,
    /// Where its bytes are for now.
    at: Incoming,
}

/// Bytes that came and are not kept: gone with whatever holds them, also where a form is broken off.
#[derive(Debug)]
struct Incoming(PathBuf);

impl Drop for Incoming {
    fn drop(&mut self) {
        // Once it is kept, it is no longer there.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// What came with a form beside its fields, which are in the visit.
#[derive(Debug, Default)]
pub struct Received {
    /// The file, if one was chosen and can be taken.
    pub file: Option<Arrived>,
    /// Why the file that was chosen cannot be taken; blank for nothing.
    pub wrong: String,
}

/// How a kept file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// As it was brought in.
    Whole(Vec<u8>),
    /// Not there.
    Missing,
    /// Other bytes than were brought in.
    Damaged,
}

/// `.pdf, .docx … up to 10 MiB`, for the form.
pub fn limits() -> String {
    let types = SETTINGS.file_types.iter().map(|it| format!(".{}", it.ending));
    let types: Vec<String> = types.collect();
    let types: Vec<&str> = types.iter().map(String::as_str).collect();
    format!("{}, up to {}", words::listed(&types), most())
}

fn most() -> String {
    format!("{}\u{a0}MiB", SETTINGS.file_bytes_at_most.value >> 20)
}

/// Receives a form that may hold a file. The token of the session is checked before a byte of a
/// file is written; it is the form's first part.
///
/// # Errors
///
/// [`Fault::Forged`] without the token, [`Fault::TooLarge`] for what is beyond every limit.
pub async fn receive(visit: &mut Visit, request: Request) -> Result<Received, Fault> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let is_upload = kind
        .and_then(|it| it.to_str().ok())
        .is_some_and(|it| it.starts_with("multipart/form-data"));
    if !is_upload {
        let bytes = axum::body::to_bytes(request.into_body(), FORM_BYTES).await;
        let bytes = bytes.map_err(|_| Fault::TooLarge("1 MiB of text".to_owned()))?;
        let (fields, tokens) = Fields::parse(&bytes)?;
        guard::check_token(visit, &tokens)?;
        (visit.fields, visit.once) = (fields, tokens.once);
        return Ok(Received::default());
    }
    let form = Multipart::from_request(request, &()).await;
    let mut form = form.map_err(|_| Fault::Refused("The form could not be read.".to_owned()))?;
    let first = form.next_field().await.map_err(broken_off)?.ok_or(Fault::Forged)?;
    if first.name() != Some("csrf") {
        return Err(Fault::Forged);
    }
    let csrf = text(first).await?;
    guard::check_token(visit, &Tokens { csrf, ..Tokens::default() })?;
    let (mut pairs, mut received) = (Vec::new(), Received::default());
    while let Some(field) = form.next_field().await.map_err(broken_off)? {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "once" => visit.once = text(field).await?,
            "file" => file(visit, field, &mut received).await?,
            _ => pairs.push((name, text(field).await?)),
        }
    }
    if let Some(it) = &received.file {
        pairs.push(("sha256".to_owned(), it.about.sha256.clone()));
    }
    visit.fields = Fields::of(pairs.iter().map(|it| (it.0.as_str(), it.1.clone())));
    Ok(received)
}

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
async fn file(visit: &Visit, mut field: Field<'_>, received: &mut Received) -> Result<(), Fault> {
    let name = field.file_name().unwrap_or_default().to_owned();
    if name.is_empty() {
        // A field in which no file was chosen.
        return Ok(());
    }
    let of = match file_type(&name) {
        Ok(_) if received.file.is_some() => Err("Choose one file".to_owned()),
        other => other,
    };
    let settings = visit.app.settings();
    let folder = settings.folder.join("evidence").join("incoming");
    tokio::fs::create_dir_all(&folder).await.map_err(unwritable)?;
    let at = Incoming(folder.join(random_token()));
    let mut to = File::create(&at.0).await.map_err(unwritable)?;
    let (mut head, mut bytes, mut hash) = (Vec::new(), 0, Sha256::new());
    while let Some(chunk) = field.chunk().await.map_err(broken_off)? {
        bytes += chunk.len() as u64;
        if bytes > settings.upload_bytes.max(SETTINGS.file_bytes_at_most.value) {
            return Err(Fault::TooLarge(most()));
        }
        if bytes <= SETTINGS.file_bytes_at_most.value && of.is_ok() {
            head.extend_from_slice(&chunk[..chunk.len().min(HEAD.saturating_sub(head.len()))]);
            hash.update(&chunk);
            to.write_all(&chunk).await.map_err(unwritable)?;
        }
    }
    to.flush().await.map_err(unwritable)?;
    to.sync_all().await.map_err(unwritable)?;
    let sha256 = hash.finalize().iter().map(|it| format!("{it:02x}")).collect();
    match of.and_then(|of| fits(&name, of, (bytes, &head)).map(|()| of)) {
        Ok(of) => {
            let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
            let about = EvidenceFile { name, media: of.media.clone(), bytes, sha256 };
            received.file = Some(Arrived { about, at });
        }
        Err(wrong) => received.wrong = wrong,
    }
    Ok(())
}

/// What a file of this name is.
fn file_type(name: &str) -> Result<&'static FileType, String> {
    let is_plain = name.chars().count() <= NAME
        && !name.starts_with('.')
        && !name.chars().any(|it| it.is_control() || matches!(it, '/' | '\\' | ':' | '"'));
    if !is_plain {
        return Err("The file has a name that cannot be taken: rename it".to_owned());
    }
    let ending = Path::new(name).extension().and_then(|it| it.to_str()).unwrap_or_default();
    let found = SETTINGS.file_types.iter().find(|it| it.ending.eq_ignore_ascii_case(ending));
    found.ok_or_else(|| format!("{name} is none of the files that are taken: {}", limits()))
}

/// Whether size and beginning of a file fit what its name says.
fn fits(name: &str, of: &FileType, (bytes, head): (u64, &[u8])) -> Result<(), String> {
    if bytes == 0 {
        return Err(format!("{name} is empty"));
    }
    if bytes > SETTINGS.file_bytes_at_most.value {
        return Err(format!(
            "{name} is larger than {}: keep it where you have it, and say where that is",
            most()
        ));
    }
    let hex: String = head.iter().map(|it| format!("{it:02x}")).collect();
    let is_text = of.begins.is_empty() && !head.contains(&0);
    if is_text || of.begins.iter().any(|it| hex.starts_with(it)) {
        return Ok(());
    }
    Err(format!("{name} is not what its name says: save it anew in that format"))
}

impl Arrived {
    /// Keeps it for good, under the hash of its bytes.
    ///
    /// # Errors
    ///
    /// [`Fault::Broken`] if the folder cannot be written.
    pub async fn keep(self, folder: &Path) -> Result<EvidenceFile, Fault> {
        let to = place(folder, &self.about.sha256);
        let (from, about) = (self.at, self.about);
        reading(move || {
            let parent = to.parent().unwrap_or(&to).to_owned();
            let kept = std::fs::create_dir_all(&parent)
                // One that was damaged is made whole by the same file.
                .and_then(|()| std::fs::rename(&from.0, &to))
                .and_then(|()| std::fs::File::open(&parent)?.sync_all());
            kept.map_err(unwritable)
        })
        .await?;
        Ok(about)
    }
}

/// Keeps bytes as a file with this name, where no browser brought it in.
///
/// # Errors
///
/// [`Fault::Refused`] if it is none of the files that are taken, [`Fault::Broken`] if the folder cannot
/// be written.
pub fn keep_bytes(folder: &Path, name: &str, bytes: &[u8]) -> Result<EvidenceFile, Fault> {
    let of = file_type(name).map_err(Fault::Refused)?;
    fits(name, of, (bytes.len() as u64, bytes)).map_err(Fault::Refused)?;
    let sha256: String = Sha256::digest(bytes).iter().map(|it| format!("{it:02x}")).collect();
    let to = place(folder, &sha256);
    let parent = to.parent().unwrap_or(&to);
    std::fs::create_dir_all(parent)
        .and_then(|()| std::fs::write(&to, bytes))
        .map_err(unwritable)?;
    let bytes = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    Ok(EvidenceFile { name: name.to_owned(), media: of.media.clone(), bytes, sha256 })
}

/// Where the file with a hash is.
pub fn place(folder: &Path, sha256: &str) -> PathBuf {
    folder.join("evidence").join(sha256.get(..2).unwrap_or("__")).join(sha256)
}

/// Reads a kept file, and whether it is what was brought in.
///
/// # Errors
///
/// [`Fault::Broken`] if it is there and cannot be read.
pub fn read(folder: &Path, about: &EvidenceFile) -> Result<Kept, Fault> {
    let path = place(folder, &about.sha256);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Kept::Missing),
        Err(error) => return Err(Fault::Broken(format!("{}: {error}", path.display()))),
    };
    let hash: String = Sha256::digest(&bytes).iter().map(|it| format!("{it:02x}")).collect();
    Ok(if hash == about.sha256 { Kept::Whole(bytes) } else { Kept::Damaged })
}

/// The file on its way out: saved, never shown in the page.
pub fn attached(about: &EvidenceFile, bytes: Vec<u8>) -> Response {
    let plain: String = about
        .name
        .chars()
        .map(|it| if it.is_ascii_alphanumeric() || "-_. ".contains(it) { it } else { '_' })
        .collect();
    let exact: String = about
        .name
        .bytes()
        .map(|it| match it {
            it if it.is_ascii_alphanumeric() || b"-_.".contains(&it) => char::from(it).to_string(),
            it => format!("%{it:02X}"),
        })
        .collect();
    let headers = [
        (header::CONTENT_TYPE, about.media.clone()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}"),
        ),
    ];
    (headers, bytes).into_response()
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn broken_off(error: MultipartError) -> Fault {
    tracing::info!(%error, "an upload broke off");
    Fault::Refused("The upload broke off, and nothing was kept. Send the form again.".to_owned())
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn unwritable(error: std::io::Error) -> Fault {
    Fault::Broken(format!("a file of evidence cannot be kept: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(name: &str, bytes: u64, head: &[u8]) -> Result<(), String> {
        file_type(name).and_then(|of| fits(name, of, (bytes, head)))
    }

    #[test]
    fn a_file_is_what_its_name_says_and_not_too_large() {
        assert_eq!(taken("Review of May.PDF", 9, b"%PDF-1.7"), Ok(()));
        assert_eq!(taken("notes.txt", 4, b"note"), Ok(()));
        for (name, bytes, head, told) in [
            ("a.pdf", 4, &b"PK\x03\x04"[..], "is not what its name says"),
            ("a.txt", 4, b"a\0b\0", "is not what its name says"),
            ("a.pdf", 0, b"", "is empty"),
            ("a.pdf", 10_485_761, b"%PDF", "is larger than 10"),
            ("a.exe", 4, b"MZ", "is none of the files that are taken"),
            ("../a.pdf", 4, b"%PDF", "rename it"),
            ("a\"b.pdf", 4, b"%PDF", "rename it"),
        ] {
            assert!(taken(name, bytes, head).expect_err("refused").contains(told), "{name}");
        }
    }
}
