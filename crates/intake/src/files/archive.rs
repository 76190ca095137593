//! Looks into a workbook's archive before it is unpacked: bombs, hidden archives, entities.

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;

use super::{FileFault, FileNote};

const MOST_ENTRIES: usize = 500;
const MOST_UNPACKED: u64 = 20 << 30;
const MOST_RATIO: u64 = 100;
const FREE_OF_RATIO: u64 = 10 << 20;
const PROLOGUE: u64 = 4096;
const SCANNED: usize = 1 << 16;

/// Refuses an archive that is dangerous; else says what is hidden, filtered or merged in it.
pub(super) fn inspect(path: &Path) -> Result<Vec<FileNote>, FileFault> {
    let file = File::open(path).map_err(|it| FileFault::unreadable(&it))?;
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(|error| {
        FileFault::new("A4", format!("the workbook is cut off or damaged: {error}"))
    })?;
    if archive.len() > MOST_ENTRIES {
        return Err(bomb(&format!("the workbook has more than {MOST_ENTRIES} parts")));
    }
    let mut totals = (0_u64, 0_u64);
    let mut names = Vec::new();
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).map_err(damaged)?;
        totals = (totals.0 + part.size(), totals.1 + part.compressed_size());
        let name = part.name().map_err(damaged)?.into_owned();
        if name.contains("..") || name.starts_with('/') || name.contains('\\') {
            return Err(bomb("a part of the workbook has a name that leads out of it"));
        }
        if [".zip", ".gz", ".7z", ".rar"].into_iter().any(|it| name.ends_with(it)) {
            return Err(bomb("the workbook holds another archive"));
        }
        names.push(name);
    }
    let (unpacked, packed) = totals;
    if unpacked > MOST_UNPACKED
        || (unpacked > FREE_OF_RATIO && unpacked / packed.max(1) > MOST_RATIO)
    {
        return Err(bomb(&format!(
            "the workbook unpacks to more than {MOST_RATIO} times its size"
        )));
    }
    let mut hidden = false;
    for name in names.iter().filter(|it| is_xml(it)) {
        let mut part = archive.by_name(name).map_err(damaged)?;
        let mut start = Vec::new();
        (&mut part)
            .take(PROLOGUE)
            .read_to_end(&mut start)
            .map_err(|it| FileFault::unreadable(&it))?;
        if has(&start, b"<!DOCTYPE") || has(&start, b"<!ENTITY") {
            let message = "the workbook's XML declares a document type or entities";
            return Err(FileFault::new("A32", message));
        }
        if name.starts_with("xl/worksheets/") {
            hidden |= hides(start, &mut part)?;
        }
    }
    let note = FileNote {
        code: "A25",
        rows: 0,
        message: "the sheet has hidden, filtered or merged cells; hidden rows were loaded"
            .to_owned(),
    };
    Ok(if hidden { vec![note] } else { Vec::new() })
}

fn is_xml(name: &str) -> bool {
    let ending = Path::new(name).extension();
    ending.is_some_and(|it| it.eq_ignore_ascii_case("xml") || it.eq_ignore_ascii_case("rels"))
}

/// Whether a sheet has hidden rows or columns, a filter or merged cells.
fn hides(start: Vec<u8>, part: &mut impl std::io::Read) -> Result<bool, FileFault> {
    let marks: [&[u8]; 4] = [b" hidden=\"1\"", b" hidden=\"true\"", b"<autoFilter", b"<mergeCell "];
    let longest = 16;
    let mut window = start;
    loop {
        if marks.into_iter().any(|it| has(&window, it)) {
            return Ok(true);
        }
        // A mark may stand across the edge of two readings.
        window.drain(..window.len().saturating_sub(longest));
        let mut more = vec![0; SCANNED];
        let count = part.read(&mut more).map_err(|it| FileFault::unreadable(&it))?;
        if count == 0 {
            return Ok(false);
        }
        window.extend_from_slice(&more[..count]);
    }
}

fn has(bytes: &[u8], mark: &[u8]) -> bool {
    memchr::memmem::find(bytes, mark).is_some()
}

fn bomb(message: &str) -> FileFault {
    FileFault::new("A22", message)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn damaged(error: zip::result::ZipError) -> FileFault {
    FileFault::new("A4", format!("the workbook is cut off or damaged: {error}"))
}
