//! Writes CSV files row by row, with little memory.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::calendar::{Calendar, DAY, Minute, date_of};

/// A CSV file under way. Text has no commas or quotes unless written with `quoted`.
pub(crate) struct Sheet {
    out: Out,
    buffer: Vec<u8>,
    /// Where the row under way begins in the buffer.
    row: usize,
    rows: u64,
}

enum Out {
    Plain(File),
    Packed(Box<GzEncoder<File>>),
    /// Rows are counted and thrown away.
    Nothing,
}

/// Bytes kept before they are written.
const KEPT: usize = 1 << 18;

impl Sheet {
    /// Begins a file; a name that ends in `.gz` is packed.
    pub(crate) fn create(path: &Path, header: &str) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = File::create(path)?;
        let packed = path.extension().is_some_and(|it| it == "gz");
        let out = if packed {
            Out::Packed(Box::new(GzEncoder::new(file, Compression::fast())))
        } else {
            Out::Plain(file)
        };
        Ok(Self::begun(out, header))
    }

    /// Counts rows and writes none.
    pub(crate) fn counting(header: &str) -> Self {
        Self::begun(Out::Nothing, header)
    }

    fn begun(out: Out, header: &str) -> Self {
        let mut buffer = Vec::with_capacity(KEPT + 4096);
        buffer.extend_from_slice(header.as_bytes());
        buffer.push(b'\n');
        let row = buffer.len();
        Self { out, buffer, row, rows: 0 }
    }

    /// A cell of text.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.buffer.extend_from_slice(text.as_bytes());
        self.buffer.push(b',');
        self
    }

    /// A cell of text that may hold commas.
    pub(crate) fn quoted(&mut self, text: &[u8]) -> &mut Self {
        self.buffer.push(b'"');
        self.buffer.extend_from_slice(text);
        self.buffer.extend_from_slice(b"\",");
        self
    }

    /// A cell without anything.
    pub(crate) fn blank(&mut self) -> &mut Self {
        self.buffer.push(b',');
        self
    }

    /// A cell of text and a number of at least so many digits behind it.
    pub(crate) fn code(&mut self, text: &str, number: i64, digits: usize) -> &mut Self {
        self.buffer.extend_from_slice(text.as_bytes());
        self.digits(number, digits);
        self.buffer.push(b',');
        self
    }

    /// Part of a cell, without an end.
    pub(crate) fn part(&mut self, text: &str) -> &mut Self {
        self.buffer.extend_from_slice(text.as_bytes());
        self
    }

    /// Part of a cell: a number of at least so many digits, without an end.
    pub(crate) fn digits(&mut self, number: i64, digits: usize) -> &mut Self {
        let mut reversed = [b'0'; 20];
        let mut rest = number.unsigned_abs();
        let mut length = 0;
        while rest > 0 || length < digits.max(1) {
            let digit = u8::try_from(rest % 10).expect("one digit");
            reversed[length] = b'0' + digit;
            rest /= 10;
            length += 1;
        }
        if number < 0 {
            self.buffer.push(b'-');
        }
        self.buffer.extend(reversed[..length].iter().rev());
        self
    }

    /// A whole number.
    pub(crate) fn number(&mut self, number: i64) -> &mut Self {
        self.digits(number, 1);
        self.buffer.push(b',');
        self
    }

    /// A number of hundredths: pence as pounds, staff, wte.
    pub(crate) fn hundredths(&mut self, number: i64) -> &mut Self {
        if number < 0 {
            self.buffer.push(b'-');
        }
        self.digits(number.abs() / 100, 1);
        self.buffer.push(b'.');
        self.digits(number.abs() % 100, 2);
        self.buffer.push(b',');
        self
    }

    /// `2025-04-01 09:30:00`.
    pub(crate) fn time(&mut self, calendar: &Calendar, minute: Minute) -> &mut Self {
        self.buffer.extend_from_slice(calendar.iso(minute.div_euclid(DAY)));
        self.clock(minute);
        self.buffer.extend_from_slice(b":00,");
        self
    }

    /// `01/04/2025 09:30`.
    pub(crate) fn time_uk(&mut self, calendar: &Calendar, minute: Minute) -> &mut Self {
        self.buffer.extend_from_slice(calendar.uk(minute.div_euclid(DAY)));
        self.clock(minute);
        self.buffer.push(b',');
        self
    }

    fn clock(&mut self, minute: Minute) {
        let of_day = minute.rem_euclid(DAY);
        self.buffer.push(b' ');
        self.digits(of_day / 60, 2);
        self.buffer.push(b':');
        self.digits(of_day % 60, 2);
    }

    /// `2025-04-01`, for days that the calendar has.
    pub(crate) fn day(&mut self, calendar: &Calendar, day: i64) -> &mut Self {
        self.buffer.extend_from_slice(calendar.iso(day));
        self.buffer.push(b',');
        self
    }

    /// A date of birth, `1950-04-01`.
    pub(crate) fn birth(&mut self, day: i64) -> &mut Self {
        let (year, month, date) = date_of(day).to_civil();
        self.digits(i64::from(year), 4);
        self.buffer.push(b'-');
        self.digits(i64::from(month), 2);
        self.buffer.push(b'-');
        self.digits(i64::from(date), 2);
        self.buffer.push(b',');
        self
    }

    /// A date of birth, `01/04/1950`.
    pub(crate) fn birth_uk(&mut self, day: i64) -> &mut Self {
        let (year, month, date) = date_of(day).to_civil();
        self.digits(i64::from(date), 2);
        self.buffer.push(b'/');
        self.digits(i64::from(month), 2);
        self.buffer.push(b'/');
        self.digits(i64::from(year), 4);
        self.buffer.push(b',');
        self
    }

    /// Ends the row; writes it so many times.
    pub(crate) fn end(&mut self, times: usize) -> io::Result<()> {
        let last = self.buffer.len() - 1;
        self.buffer[last] = b'\n';
        let until = self.buffer.len();
        for _ in 1..times {
            self.buffer.extend_from_within(self.row..until);
        }
        self.rows += u64::try_from(times).expect("a few times");
        if self.buffer.len() >= KEPT {
            self.write()?;
        }
        self.row = self.buffer.len();
        Ok(())
    }

    fn write(&mut self) -> io::Result<()> {
        match &mut self.out {
            Out::Plain(file) => file.write_all(&self.buffer)?,
            Out::Packed(file) => file.write_all(&self.buffer)?,
            Out::Nothing => {}
        }
        self.buffer.clear();
        Ok(())
    }

    /// Ends the file and says how many rows it has.
    pub(crate) fn finish(mut self) -> io::Result<u64> {
        self.write()?;
        match self.out {
            Out::Plain(file) => drop(file),
            Out::Packed(file) => drop(file.finish()?),
            Out::Nothing => {}
        }
        Ok(self.rows)
    }
}
