//! Delimited text, perhaps compressed.

use std::cell::RefCell;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;

use csv::ByteRecord;
use flate2::read::MultiGzDecoder;
use rules::intake_mapping::IntakeMapping;

use super::hashing::HashedFile;
use super::screen::{Noticed, Screen};
use super::{FileFault, FileNote, FileOutcome, Layout, RowSink};

/// Delimiters that are guessed when the declared one does not part the header.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
const MOST_UNPACKED: u64 = 20 << 30;
const MOST_RATIO: u64 = 100;
/// Small files may pack well; a bomb is large.
const FREE_OF_RATIO: u64 = 10 << 20;

/// Reads a file of delimited text.
pub(super) fn read(
    path: &Path,
    zipped: bool,
    mapping: &IntakeMapping,
    sink: &mut dyn RowSink,
) -> io::Result<FileOutcome> {
    let file = HashedFile::open(path)?;
    let source: Box<dyn Read> =
        if zipped { Box::new(Unpacked::new(file.clone())) } else { Box::new(file.clone()) };
    let screen = Screen::new(source, &mapping.encoding, mapping.delimiter);
    let noticed = screen.noticed();
    let fault = rows(screen, mapping.delimiter, sink, &noticed).err();
    let (sha256, bytes) = file.finish()?;
    let notes = notes_of(&noticed.borrow());
    Ok(FileOutcome { sha256, bytes, fault, notes })
}

fn rows(
    screen: Screen<Box<dyn Read>>,
    delimiter: u8,
    sink: &mut dyn RowSink,
    noticed: &Rc<RefCell<Noticed>>,
) -> Result<(), FileFault> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(false)
        .buffer_capacity(1 << 16)
        .from_reader(screen);
    let mut record = ByteRecord::new();
    if !reader.read_byte_record(&mut record).map_err(fault_of)? {
        return Err(FileFault::new("A1", "the file has no line"));
    }
    let headers: Vec<String> =
        record.iter().map(|it| String::from_utf8_lossy(it).into_owned()).collect();
    other_delimiter(&headers, delimiter)?;
    let columns = headers.len();
    sink.layout(&Layout { headers, types: Vec::new(), typed: false, joined: 0 })?;
    let mut short = None;
    while reader.read_byte_record(&mut record).map_err(fault_of)? {
        let line = record.position().map_or(0, csv::Position::line);
        short = (record.len() < columns).then_some(line);
        sink.row(line, &record)?;
    }
    match short {
        Some(line) if !noticed.borrow().ended => {
            let message = "the last line is cut off: it has too few cells and no end";
            Err(FileFault::new("A3", message).on(line))
        }
        _ => Ok(()),
    }
}

/// Refuses a header that the declared delimiter does not part and another does.
fn other_delimiter(headers: &[String], declared: u8) -> Result<(), FileFault> {
    let [only] = headers else { return Ok(()) };
    let count = |byte: u8| only.bytes().filter(|it| *it == byte).count();
    let guess = DELIMITERS.into_iter().filter(|it| *it != declared).max_by_key(|it| count(*it));
    match guess {
        Some(guess) if count(guess) > 0 => {
            let message = format!(
                "the cells are parted by {}, not by {} as declared",
                name_of(guess),
                name_of(declared)
            );
            Err(FileFault::new("A20", message).on(1))
        }
        _ => Ok(()),
    }
}

fn name_of(delimiter: u8) -> String {
    if delimiter == b'\t' { "tabs".to_owned() } else { format!("`{}`", char::from(delimiter)) }
}

fn fault_of(error: csv::Error) -> FileFault {
    let error = match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => return FileFault::new("N1", format!("the file cannot be read: {other:?}")),
    };
    let kind = error.kind();
    match error.downcast::<FileFault>() {
        Ok(fault) => fault,
        Err(error) if is_damage(kind) => {
            FileFault::new("A4", format!("the compressed file is cut off or damaged: {error}"))
        }
        Err(error) => FileFault::unreadable(&error),
    }
}

fn is_damage(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
    matches!(kind, UnexpectedEof | InvalidData | InvalidInput)
}

fn notes_of(noticed: &Noticed) -> Vec<FileNote> {
    let mut notes = Vec::new();
    let mut note = |code, rows, message: &str| {
        notes.push(FileNote { code, rows, message: message.to_owned() });
    };
    if noticed.mark {
        note("A6", 0, "the byte order mark was left out");
    }
    if noticed.utf16 {
        note("A7", 0, "the file was read as UTF-16, as its byte order mark says");
    }
    if noticed.windows > 0 {
        let message =
            format!("{} characters were read as windows-1252, as declared", noticed.windows);
        note("A8", 0, &message);
    }
    if noticed.returns > 0 || (noticed.feeds > 0 && noticed.both > 0) {
        let fewest = [noticed.feeds, noticed.both, noticed.returns];
        let odd = fewest.into_iter().filter(|it| *it > 0).min().unwrap_or(0);
        note("A11", odd, "lines end in several ways, or in carriage returns only");
    }
    notes
}

/// Unpacks a gzip file, but no bomb and no archive inside it.
struct Unpacked {
    packed: HashedFile,
    inner: MultiGzDecoder<io::BufReader<HashedFile>>,
    given: u64,
}

impl Unpacked {
    fn new(packed: HashedFile) -> Self {
        let inner = MultiGzDecoder::new(io::BufReader::with_capacity(1 << 16, packed.clone()));
        Self { packed, inner, given: 0 }
    }
}

impl Read for Unpacked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        if self.given == 0 && (buffer.starts_with(b"\x1f\x8b") || buffer.starts_with(b"PK\x03")) {
            let message = "the compressed file holds another archive";
            return Err(io::Error::other(FileFault::new("A22", message)));
        }
        self.given += u64::try_from(count).unwrap_or(0);
        let packed = self.packed.bytes_read().max(1);
        let ratio_is_too_high = self.given > FREE_OF_RATIO && self.given / packed > MOST_RATIO;
        if ratio_is_too_high || self.given > MOST_UNPACKED {
            let message = format!(
                "the compressed file unpacks to more than {MOST_RATIO} times its size, or to \
                 more than 20 GiB"
            );
            return Err(io::Error::other(FileFault::new("A22", message)));
        }
        Ok(count)
    }
}
