//! Screens text as it passes: encoding, NUL bytes, line ends, line lengths and quotation marks.

use std::cell::RefCell;
use std::io::{self, Read};
use std::rc::Rc;

use encoding_rs::{Decoder, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::FileFault;

const CHUNK: usize = 128 * 1024;
const LONGEST_LINE: u64 = 1024 * 1024;

/// What was noticed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Noticed {
    /// A byte order mark of UTF-8.
    pub(crate) mark: bool,
    /// UTF-16 with a byte order mark.
    pub(crate) utf16: bool,
    /// Characters that are Windows-1252, as declared.
    pub(crate) windows: u64,
    /// Lines that end in a line feed only.
    pub(crate) feeds: u64,
    /// Lines that end in carriage return and line feed.
    pub(crate) both: u64,
    /// Lines that end in a carriage return only.
    pub(crate) returns: u64,
    /// Whether the last byte ended a line.
    pub(crate) ended: bool,
    /// Lines so far, the first being 1.
    pub(crate) line: u64,
}

/// How the bytes become UTF-8.
enum Form {
    Unknown,
    Utf8,
    Windows1252,
    Utf16(Box<Decoder>),
}

/// A reader of screened UTF-8.
pub(crate) struct Screen<R> {
    source: R,
    form: Form,
    declared_1252: bool,
    delimiter: u8,
    raw: Vec<u8>,
    /// Bytes at the end of a chunk that belong to a character not yet whole.
    carried: Vec<u8>,
    /// A carriage return ended the chunk: what follows says what it is.
    held: bool,
    text: Vec<u8>,
    given: usize,
    offset: u64,
    multibyte: bool,
    quotes: Quotes,
    noticed: Rc<RefCell<Noticed>>,
}

/// Where the scan stands with quotation marks and lines.
#[derive(Clone, Copy, Debug)]
struct Quotes {
    open: bool,
    opened_on: u64,
    /// The chunk ended behind a quotation mark inside quotes.
    undecided: bool,
    last: u8,
    line: u64,
    line_bytes: u64,
}

impl<R: Read> Screen<R> {
    /// Screens a source.
    pub(crate) fn new(source: R, encoding: &str, delimiter: u8) -> Self {
        let quotes = Quotes {
            open: false,
            opened_on: 1,
            undecided: false,
            last: b'\n',
            line: 1,
            line_bytes: 0,
        };
        Self {
            source,
            form: Form::Unknown,
            declared_1252: encoding.eq_ignore_ascii_case("windows-1252"),
            delimiter,
            raw: vec![0; CHUNK],
            carried: Vec::new(),
            held: false,
            text: Vec::new(),
            given: 0,
            offset: 0,
            multibyte: false,
            quotes,
            noticed: Rc::default(),
        }
    }

    /// What was noticed so far; complete once the source is at its end.
    pub(crate) fn noticed(&self) -> Rc<RefCell<Noticed>> {
        Rc::clone(&self.noticed)
    }

    fn fill(&mut self) -> io::Result<()> {
        self.text.clear();
        self.given = 0;
        while self.text.is_empty() {
            let count = fill_up(&mut self.source, &mut self.raw)?;
            let held = std::mem::take(&mut self.held);
            self.text.extend(held.then_some(b'\r'));
            let chunk = std::mem::take(&mut self.raw);
            let decoded = self.decode(&chunk[..count], count == 0);
            self.raw = chunk;
            decoded.map_err(io::Error::other)?;
            self.scan(count == 0).map_err(io::Error::other)?;
            if count == 0 {
                return self.end().map_err(io::Error::other);
            }
        }
        Ok(())
    }

    fn decode(&mut self, chunk: &[u8], last: bool) -> Result<(), FileFault> {
        let mut chunk = chunk;
        if matches!(self.form, Form::Unknown) {
            chunk = self.recognise(chunk)?;
        }
        let start = self.offset;
        self.offset += u64::try_from(chunk.len()).unwrap_or(0);
        match &mut self.form {
            Form::Utf16(decoder) => {
                decode_utf16(decoder, chunk, last, &mut self.text);
                Ok(())
            }
            Form::Windows1252 => self.decode_1252(chunk, start, last),
            Form::Utf8 | Form::Unknown => self.check_utf8(chunk, start, last),
        }
    }

    /// Looks at the first bytes of the file.
    fn recognise<'a>(&mut self, chunk: &'a [u8]) -> Result<&'a [u8], FileFault> {
        let mut noticed = self.noticed.borrow_mut();
        if let Some(rest) = chunk.strip_prefix(b"\xef\xbb\xbf") {
            noticed.mark = true;
            self.form = Form::Utf8;
            return Ok(rest);
        }
        let utf16 = match chunk {
            [0xff, 0xfe, ..] => Some(UTF_16LE),
            [0xfe, 0xff, ..] => Some(UTF_16BE),
            _ => None,
        };
        if let Some(encoding) = utf16 {
            noticed.utf16 = true;
            self.form = Form::Utf16(Box::new(encoding.new_decoder_without_bom_handling()));
            return Ok(&chunk[2..]);
        }
        let head = &chunk[..chunk.len().min(512)];
        let nuls = |parity: usize| {
            head.iter().enumerate().filter(|(at, it)| at % 2 == parity && **it == 0).count()
        };
        if head.len() >= 8 && (nuls(0) * 4 > head.len() || nuls(1) * 4 > head.len()) {
            return Err(FileFault::new("A7", "the file is UTF-16 without a byte order mark"));
        }
        self.form = if self.declared_1252 { Form::Windows1252 } else { Form::Utf8 };
        Ok(chunk)
    }

    fn check_utf8(&mut self, chunk: &[u8], start: u64, last: bool) -> Result<(), FileFault> {
        let before = self.carried.len() + self.text.len();
        let start = start - u64::try_from(before).unwrap_or(0);
        self.text.append(&mut self.carried);
        self.text.extend_from_slice(chunk);
        if self.text.is_ascii() {
            return Ok(());
        }
        match std::str::from_utf8(&self.text) {
            Ok(_) => self.multibyte = true,
            Err(error) => {
                let whole = error.valid_up_to();
                if error.error_len().is_none() && !last {
                    self.carried = self.text.split_off(whole);
                } else {
                    let at = start + u64::try_from(whole).unwrap_or(0);
                    let mixed = self.multibyte
                        || has_multibyte(&self.text[..whole])
                        || has_multibyte_later(&self.text[whole..]);
                    return Err(not_utf8(at, mixed));
                }
            }
        }
        Ok(())
    }

    fn decode_1252(&mut self, chunk: &[u8], start: u64, last: bool) -> Result<(), FileFault> {
        let start = start - u64::try_from(self.carried.len()).unwrap_or(0);
        let mut bytes = std::mem::take(&mut self.carried);
        bytes.extend_from_slice(chunk);
        if !last {
            // A run of high bytes is judged whole.
            let kept = bytes.len() - bytes.iter().rev().take_while(|it| !it.is_ascii()).count();
            self.carried = bytes.split_off(kept);
        }
        if bytes.is_ascii() {
            self.text.extend_from_slice(&bytes);
            return Ok(());
        }
        if let Some(at) = utf8_run(&bytes) {
            let at = start + u64::try_from(at).unwrap_or(0);
            let message = format!(
                "the mapping declares windows-1252, but the bytes at offset {at} are UTF-8"
            );
            return Err(FileFault::new("A9", message));
        }
        let high = bytes.iter().filter(|it| !it.is_ascii()).count();
        self.noticed.borrow_mut().windows += u64::try_from(high).unwrap_or(0);
        let (text, _) = WINDOWS_1252.decode_without_bom_handling(&bytes);
        self.text.extend_from_slice(text.as_bytes());
        Ok(())
    }

    /// Looks for NUL bytes, line ends and quotation marks; a lone carriage return becomes a line end.
    fn scan(&mut self, last: bool) -> Result<(), FileFault> {
        if let Some(at) = memchr::memchr(0, &self.text) {
            let line = self.quotes.line + line_ends(&self.text[..at]);
            return Err(FileFault::new("A10", "the file has NUL bytes").on(line));
        }
        if !last && self.text.last() == Some(&b'\r') {
            self.text.pop();
            self.held = true;
        }
        let Some(&final_byte) = self.text.last() else { return Ok(()) };
        let mut at = self.quotes.resume(self.text[0], self.delimiter)?;
        let mut line_start = 0;
        let mut noticed = self.noticed.borrow_mut();
        while let Some(step) = memchr::memchr3(b'"', b'\n', b'\r', &self.text[at..]) {
            let place = at + step;
            let byte = self.text[place];
            if byte == b'"' {
                at = self.quotes.mark(&self.text, place, self.delimiter)?;
                continue;
            }
            let both = byte == b'\r' && self.text.get(place + 1) == Some(&b'\n');
            if !self.quotes.open {
                match (byte, both) {
                    (b'\n', _) => noticed.feeds += 1,
                    (_, true) => noticed.both += 1,
                    (_, false) => noticed.returns += 1,
                }
            }
            if byte == b'\r' && !both {
                self.text[place] = b'\n';
            }
            self.quotes.line_bytes += length(line_start, place);
            self.quotes.end_line()?;
            at = place + 1 + usize::from(both);
            line_start = at;
        }
        self.quotes.line_bytes += length(line_start, self.text.len());
        self.quotes.last = final_byte;
        self.quotes.check_length()
    }

    fn end(&mut self) -> Result<(), FileFault> {
        if self.quotes.undecided {
            self.quotes.open = false;
        }
        if self.quotes.open {
            let message = "a quotation mark that opens on this line is not closed";
            return Err(FileFault::new("A13", message).on(self.quotes.opened_on));
        }
        let mut noticed = self.noticed.borrow_mut();
        noticed.ended = matches!(self.quotes.last, b'\n' | b'\r');
        noticed.line = self.quotes.line;
        Ok(())
    }
}

impl Quotes {
    /// Settles what the chunk before left undecided; gives where to go on.
    fn resume(&mut self, first: u8, delimiter: u8) -> Result<usize, FileFault> {
        if std::mem::take(&mut self.undecided) {
            if first == b'"' {
                return Ok(1);
            }
            self.close(first, delimiter)?;
        }
        Ok(0)
    }

    /// Takes a quotation mark; gives where to go on.
    fn mark(&mut self, text: &[u8], place: usize, delimiter: u8) -> Result<usize, FileFault> {
        if self.open {
            match text.get(place + 1) {
                None => self.undecided = true,
                Some(b'"') => return Ok(place + 2),
                Some(next) => self.close(*next, delimiter)?,
            }
        } else {
            let before = if place == 0 { self.last } else { text[place - 1] };
            if before == delimiter || matches!(before, b'\n' | b'\r') {
                self.open = true;
                self.opened_on = self.line;
            }
        }
        Ok(place + 1)
    }

    fn close(&mut self, next: u8, delimiter: u8) -> Result<(), FileFault> {
        self.open = false;
        if next == delimiter || matches!(next, b'\n' | b'\r') {
            return Ok(());
        }
        let message = "a quotation mark that opens on this line is not closed before the next one";
        Err(FileFault::new("A13", message).on(self.opened_on))
    }

    fn end_line(&mut self) -> Result<(), FileFault> {
        self.check_length()?;
        self.line += 1;
        self.line_bytes = 0;
        Ok(())
    }

    fn check_length(&self) -> Result<(), FileFault> {
        if self.line_bytes > LONGEST_LINE {
            let message = "the line is longer than 1 MiB";
            return Err(FileFault::new("A21", message).on(self.line));
        }
        Ok(())
    }
}

impl<R: Read> Read for Screen<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.text.len() {
            self.fill()?;
        }
        let count = buffer.len().min(self.text.len() - self.given);
        buffer[..count].copy_from_slice(&self.text[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

/// Reads until the buffer is full or the source at its end.
fn fill_up(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match source.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn decode_utf16(decoder: &mut Decoder, chunk: &[u8], last: bool, text: &mut Vec<u8>) {
    let most = decoder.max_utf8_buffer_length(chunk.len()).unwrap_or(chunk.len() * 3 + 8);
    let start = text.len();
    text.resize(start + most, 0);
    let (_, _, written, _) = decoder.decode_to_utf8(chunk, &mut text[start..], last);
    text.truncate(start + written);
}

fn not_utf8(at: u64, mixed: bool) -> FileFault {
    if mixed {
        let message = format!("the file is UTF-8 in part, but not at byte offset {at}");
        return FileFault::new("A9", message);
    }
    FileFault::new("A8", format!("the byte at offset {at} is not UTF-8"))
}

fn has_multibyte(valid: &[u8]) -> bool {
    !valid.is_ascii()
}

/// Whether whole characters of several bytes stand behind the faulty one.
fn has_multibyte_later(text: &[u8]) -> bool {
    utf8_run(text.get(1..).unwrap_or_default()).is_some()
}

/// Where a run of high bytes stands that is whole UTF-8.
fn utf8_run(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at].is_ascii() {
            at += 1;
            continue;
        }
        let length = bytes[at..].iter().take_while(|it| !it.is_ascii()).count();
        if length >= 2 && std::str::from_utf8(&bytes[at..at + length]).is_ok() {
            return Some(at);
        }
        at += length;
    }
    None
}

fn length(from: usize, to: usize) -> u64 {
    u64::try_from(to.saturating_sub(from)).unwrap_or(0)
}

fn line_ends(text: &[u8]) -> u64 {
    u64::try_from(memchr::memchr_iter(b'\n', text).count()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    fn run(bytes: &[u8], encoding: &str, chunk: usize) -> Result<(String, Noticed), FileFault> {
        let mut screen = Screen::new(bytes, encoding, b',');
        screen.raw = vec![0; chunk];
        let noticed = screen.noticed();
        let mut text = String::new();
        screen.read_to_string(&mut text).map_err(|error| {
            let inner = error.into_inner().expect("the screen gives its own faults");
            *inner.downcast::<FileFault>().expect("the screen gives its own faults")
        })?;
        let noticed = noticed.borrow().clone();
        Ok((text, noticed))
    }

    #[track_caller]
    fn check(bytes: &[u8], encoding: &str, expected: &Expect) {
        let shown = match run(bytes, encoding, 8) {
            Ok((text, it)) => format!(
                "{text:?} mark {} utf16 {} ends {}/{}/{} ended {}",
                it.mark, it.utf16, it.feeds, it.both, it.returns, it.ended
            ),
            Err(fault) => format!("{} line {}: {}", fault.code, fault.line, fault.message),
        };
        expected.assert_eq(&shown);
    }

    #[test]
    fn encodings() {
        check(
            b"\xef\xbb\xbfa,b\n",
            "utf-8",
            &expect![[r#""a,b\n" mark true utf16 false ends 1/0/0 ended true"#]],
        );
        check(
            b"\xff\xfea\0,\0b\0\n\0",
            "utf-8",
            &expect![[r#""a,b\n" mark false utf16 true ends 1/0/0 ended true"#]],
        );
        check(
            b"a\0,\0b\0\n\0c\0",
            "utf-8",
            &expect!["A7 line 0: the file is UTF-16 without a byte order mark"],
        );
        check(b"a,\xa35\n", "utf-8", &expect!["A8 line 0: the byte at offset 2 is not UTF-8"]);
        check(
            b"a,\xa35\n",
            "windows-1252",
            &expect![[r#""a,£5\n" mark false utf16 false ends 1/0/0 ended true"#]],
        );
        check(
            "a,£5\nb,".as_bytes(),
            "windows-1252",
            &expect![
                "A9 line 0: the mapping declares windows-1252, but the bytes at offset 2 are UTF-8"
            ],
        );
        check(
            b"a,\xc2\xa35\nb,\xa35\n",
            "utf-8",
            &expect!["A9 line 0: the file is UTF-8 in part, but not at byte offset 8"],
        );
        check(b"a,\0b\n", "utf-8", &expect!["A10 line 1: the file has NUL bytes"]);
    }

    #[test]
    fn lines_and_quotation_marks() {
        check(
            b"a,b\r1,2\r",
            "utf-8",
            &expect![[r#""a,b\n1,2\n" mark false utf16 false ends 0/0/2 ended true"#]],
        );
        check(
            b"a,b\r\n1,2\n",
            "utf-8",
            &expect![[r#""a,b\r\n1,2\n" mark false utf16 false ends 1/1/0 ended true"#]],
        );
        check(
            b"a,\"x\ny\"\n",
            "utf-8",
            &expect![[r#""a,\"x\ny\"\n" mark false utf16 false ends 1/0/0 ended true"#]],
        );
        check(
            b"a,b\n1,\"x\n2,y\n",
            "utf-8",
            &expect!["A13 line 2: a quotation mark that opens on this line is not closed"],
        );
        check(
            b"a,b\n1,\"x\n2,\"y\"\n",
            "utf-8",
            &expect![
                "A13 line 2: a quotation mark that opens on this line is not closed before the next one"
            ],
        );
        check(
            b"a,\"say \"\"no\"\"\"",
            "utf-8",
            &expect![[r#""a,\"say \"\"no\"\"\"" mark false utf16 false ends 0/0/0 ended false"#]],
        );
    }

    proptest! {
        /// Where a chunk of the file ends changes nothing.
        #[test]
        fn chunks_change_nothing(
            bytes in prop::collection::vec(prop::sample::select(b"a,\"\n\r\xc3\xa9".to_vec()), 0..24),
            chunk in 3_usize..9,
        ) {
            // Of several faults, which is met first does depend on the chunk.
            let show = |it: Result<(String, Noticed), FileFault>| match it {
                Err(_) => "refused".to_owned(),
                it => format!("{it:?}"),
            };
            prop_assert_eq!(show(run(&bytes, "utf-8", chunk)), show(run(&bytes, "utf-8", 99)));
        }
    }
}
