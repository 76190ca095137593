//! What a file is by its first bytes, against what its name and mapping say.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use super::FileFault;

/// The kinds of file that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Delimited text, perhaps compressed.
    Csv {
        /// Whether it is compressed by gzip.
        zipped: bool,
    },
    /// A workbook.
    Xlsx,
    /// A Parquet file.
    Parquet,
}

const ZIP: &[u8] = b"PK\x03\x04";
const GZIP: &[u8] = b"\x1f\x8b";
const PARQUET: &[u8] = b"PAR1";
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0";
const PDF: &[u8] = b"%PDF";

/// The kind of a file, or why its content is not what its name or mapping says.
pub(crate) fn kind(path: &Path, format: &str) -> io::Result<Result<Kind, FileFault>> {
    let mut head = Vec::new();
    File::open(path)?.take(8).read_to_end(&mut head)?;
    if head.is_empty() {
        return Ok(Err(FileFault::new("A1", "the file is empty")));
    }
    let zipped = path.extension().is_some_and(|it| it.eq_ignore_ascii_case("gz"));
    if head.starts_with(COMPOUND) {
        return compound(path).map(Err);
    }
    let wanted = match format {
        "xlsx" => Kind::Xlsx,
        "parquet" => Kind::Parquet,
        _ => Kind::Csv { zipped },
    };
    let fits = match wanted {
        Kind::Xlsx => head.starts_with(ZIP),
        Kind::Parquet => head.starts_with(PARQUET),
        Kind::Csv { zipped: true } => head.starts_with(GZIP),
        Kind::Csv { zipped: false } => {
            ![ZIP, GZIP, PARQUET, PDF].into_iter().any(|it| head.starts_with(it))
        }
    };
    if fits {
        return Ok(Ok(wanted));
    }
    let message = format!("it begins like {}, not like {}", name_of(&head), wanted.name());
    Ok(Err(FileFault::new("A5", message)))
}

/// Old workbooks and protected new ones are compound files.
fn compound(path: &Path) -> io::Result<FileFault> {
    let mut start = Vec::new();
    File::open(path)?.take(1 << 20).read_to_end(&mut start)?;
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if memchr::memmem::find(&start, &name).is_some() {
        return Ok(FileFault::new("A23", "the workbook is protected by a password"));
    }
    let message = "it is a workbook of the old kind (.xls), which ends at 65,536 rows";
    Ok(FileFault::new("A26", message))
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Csv { zipped: false } => "text",
            Self::Csv { zipped: true } => "a gzip file",
            Self::Xlsx => "a workbook (.xlsx)",
            Self::Parquet => "a Parquet file",
        }
    }
}

fn name_of(head: &[u8]) -> &'static str {
    match head {
        it if it.starts_with(ZIP) => "a workbook or zip archive",
        it if it.starts_with(GZIP) => "a gzip file",
        it if it.starts_with(PARQUET) => "a Parquet file",
        it if it.starts_with(PDF) => "a PDF",
        _ => "text",
    }
}
