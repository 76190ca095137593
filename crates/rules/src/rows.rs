//! Rows of a model's CSV file as they stand, and changes of single rows that leave every other
//! byte of the file alone.

use std::collections::BTreeMap;
use std::ops::Range;

use csv::StringRecord;
use thiserror::Error;

use crate::forms::{COMMON_COLUMNS, Form};
use crate::read::{records, text_of};

/// A CSV file as it stands, read without judging it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Columns of the header in their order; those without a name are left out.
    pub columns: Vec<String>,
    /// Rows in their order; blank ones are left out.
    pub rows: Vec<SheetRow>,
}

/// One row of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetRow {
    /// Line in the file, the header being line 1.
    pub line: u64,
    /// Cells by column, without blanks around them; a cell left out is blank.
    pub cells: BTreeMap<String, String>,
}

impl SheetRow {
    /// A cell; blank if there is none.
    pub fn cell(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// A change of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowEdit {
    /// Gives the row at a line other cells; those that are not named stay.
    Replace(u64, BTreeMap<String, String>),
    /// Takes the row at a line out.
    Remove(u64),
    /// Puts a row behind a line.
    After(u64, BTreeMap<String, String>),
    /// Puts a row at the end.
    Append(BTreeMap<String, String>),
}

/// A changed file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Line of each edit's row in it, in the order of the edits; none for a row taken out.
    pub lines: Vec<Option<u64>>,
}

/// Why a row cannot be changed by itself.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RowEditError {
    /// It is not UTF-8, has no header, or has cells that run over several lines.
    #[error("the file cannot be changed row by row: mend it with an editor first")]
    Unreadable,
    /// There is no row at the line.
    #[error("there is no row at line {0}")]
    NoRow(u64),
    /// A cell is meant for a column that the file does not have.
    #[error("the file has no column `{0}`")]
    NoColumn(String),
    /// A cell runs over several lines.
    #[error("`{0}` has more than one line")]
    LineBreak(String),
}

/// The rows of a file; nothing if it is not UTF-8.
pub fn sheet(bytes: &[u8]) -> Option<Sheet> {
    let records = records(text_of(bytes)?);
    let mut records = records.into_iter();
    let header = records.next().map(|it| it.1).unwrap_or_default();
    let columns: Vec<&str> = header.iter().map(str::trim).collect();
    let row = |(line, record): (u64, StringRecord)| {
        let cell = |(index, name): (usize, &&str)| {
            ((*name).to_owned(), record.get(index).unwrap_or_default().trim().to_owned())
        };
        let named = columns.iter().enumerate().filter(|it| !it.1.is_empty());
        SheetRow { line, cells: named.map(cell).collect() }
    };
    let filled = records.filter(|it| it.1.iter().any(|cell| !cell.trim().is_empty()));
    let rows = filled.map(row).collect();
    let columns = columns.iter().filter(|it| !it.is_empty()).map(|it| (*it).to_owned()).collect();
    Some(Sheet { columns, rows })
}

/// A file of this form without rows.
pub fn empty_file(form: &Form) -> Vec<u8> {
    let columns: Vec<&str> = form.columns.iter().chain(COMMON_COLUMNS).copied().collect();
    (columns.join(",") + "\n").into_bytes()
}

/// Changes rows of a file. Bytes of all other rows stay as they are, whatever their line ends,
/// quotation marks and blanks; so do those of a row whose cells are replaced by the same ones.
///
/// # Errors
///
/// [`RowEditError`]; then the file is to be changed with an editor.
pub fn edited(bytes: &[u8], edits: &[RowEdit]) -> Result<Edited, RowEditError> {
    let text = text_of(bytes).ok_or(RowEditError::Unreadable)?;
    let before = bytes.len() - text.len();
    let lines = lines(text);
    let records: BTreeMap<u64, StringRecord> = records(text).into_iter().collect();
    let header = records.get(&1).ok_or(RowEditError::Unreadable)?;
    let is_plain = records.iter().all(|(line, record)| {
        let content = lines.get(index(*line)).map(|it| &text[it.content.clone()]);
        content.is_some_and(|it| parse(it) == *record)
    });
    if !is_plain {
        return Err(RowEditError::Unreadable);
    }
    let mut output = Output { text, header, end: end_of(text, &lines), pieces: Vec::new() };
    output.pieces.extend(lines.iter().map(|it| Piece::Kept(it.clone())));
    for (number, edit) in edits.iter().enumerate() {
        output.apply(number, edit, &records)?;
    }
    let (body, lines) = output.joined(edits.len());
    let mut all = bytes[..before].to_vec();
    all.extend(body.into_bytes());
    Ok(Edited { bytes: all, lines })
}

/// A line of the text without its end, and with it.
#[derive(Clone, Debug)]
struct Line {
    content: Range<usize>,
    whole: Range<usize>,
}

enum Piece {
    Kept(Line),
    /// A row kept byte by byte, because an edit changed nothing in it.
    Same(usize, Line),
    New(usize, String),
    Gone,
    /// Kept, with rows behind it.
    Before(Box<Piece>, Vec<(usize, String)>),
}

struct Output<'a> {
    text: &'a str,
    header: &'a StringRecord,
    end: &'static str,
    pieces: Vec<Piece>,
}

impl Output<'_> {
    fn apply(
        &mut self,
        number: usize,
        edit: &RowEdit,
        records: &BTreeMap<u64, StringRecord>,
    ) -> Result<(), RowEditError> {
        let found = |line: u64| records.get(&line).ok_or(RowEditError::NoRow(line));
        match edit {
            RowEdit::Replace(line, cells) if *line > 1 => {
                let old = found(*line)?;
                let new = self.with(old, cells)?;
                let place = &mut self.pieces[index(*line)];
                let Piece::Kept(kept) = place else { return Err(RowEditError::NoRow(*line)) };
                *place = if new == *old {
                    Piece::Same(number, kept.clone())
                } else {
                    Piece::New(number, rendered(&new))
                };
            }
            RowEdit::Remove(line) if *line > 1 => {
                found(*line)?;
                self.pieces[index(*line)] = Piece::Gone;
            }
            RowEdit::After(line, cells) => {
                found(*line)?;
                let row = rendered(&self.with(&StringRecord::new(), cells)?);
                let place = &mut self.pieces[index(*line)];
                if let Piece::Before(_, rows) = place {
                    rows.push((number, row));
                } else {
                    let first = std::mem::replace(place, Piece::Gone);
                    *place = Piece::Before(Box::new(first), vec![(number, row)]);
                }
            }
            RowEdit::Append(cells) => {
                let row = rendered(&self.with(&StringRecord::new(), cells)?);
                self.pieces.push(Piece::New(number, row));
            }
            RowEdit::Replace(line, _) | RowEdit::Remove(line) => {
                return Err(RowEditError::NoRow(*line));
            }
        }
        Ok(())
    }

    /// The record with these cells in place of its own.
    fn with(
        &self,
        old: &StringRecord,
        cells: &BTreeMap<String, String>,
    ) -> Result<StringRecord, RowEditError> {
        let mut new: Vec<String> = old.iter().map(str::to_owned).collect();
        for (column, cell) in cells {
            if cell.contains(['\n', '\r']) {
                return Err(RowEditError::LineBreak(column.clone()));
            }
            let Some(index) = self.header.iter().position(|it| it.trim() == column) else {
                if cell.trim().is_empty() {
                    continue;
                }
                return Err(RowEditError::NoColumn(column.clone()));
            };
            if new.len() <= index {
                new.resize(index + 1, String::new());
            }
            if new[index].trim() != cell.trim() {
                cell.trim().clone_into(&mut new[index]);
            }
        }
        if new.len() < self.header.len() && !old.iter().eq(new.iter()) {
            new.resize(self.header.len(), String::new());
        }
        Ok(StringRecord::from(new))
    }

    /// The text with the edits in it, and the line of each edit.
    fn joined(&self, edits: usize) -> (String, Vec<Option<u64>>) {
        let mut written = Written { lines: vec![None; edits], ..Written::default() };
        for piece in &self.pieces {
            self.write(piece, &mut written);
        }
        (written.text, written.lines)
    }

    fn write(&self, piece: &Piece, to: &mut Written) {
        match piece {
            Piece::Kept(line) => to.line(&self.text[line.whole.clone()], self.end, None),
            Piece::Same(edit, line) => {
                to.line(&self.text[line.whole.clone()], self.end, Some(*edit));
            }
            Piece::New(edit, row) => {
                to.line(&format!("{row}{}", self.end), self.end, Some(*edit));
            }
            Piece::Gone => {}
            Piece::Before(first, rows) => {
                self.write(first, to);
                for (edit, row) in rows {
                    to.line(&format!("{row}{}", self.end), self.end, Some(*edit));
                }
            }
        }
    }
}

#[derive(Default)]
struct Written {
    text: String,
    count: u64,
    lines: Vec<Option<u64>>,
}

impl Written {
    fn line(&mut self, line: &str, end: &str, edit: Option<usize>) {
        if !self.text.is_empty() && !self.text.ends_with(['\n', '\r']) {
            self.text.push_str(end);
        }
        self.text.push_str(line);
        self.count += 1;
        if let Some(edit) = edit {
            self.lines[edit] = Some(self.count);
        }
    }
}

fn index(line: u64) -> usize {
    usize::try_from(line).unwrap_or(usize::MAX).saturating_sub(1)
}

fn lines(text: &str) -> Vec<Line> {
    let mut start = 0;
    let mut lines = Vec::new();
    for whole in text.split_inclusive('\n') {
        let content = whole.trim_end_matches(['\n', '\r']).len();
        lines.push(Line { content: start..start + content, whole: start..start + whole.len() });
        start += whole.len();
    }
    lines
}

/// How the file ends its lines: as its header does.
fn end_of(text: &str, lines: &[Line]) -> &'static str {
    let header = lines.first().map_or("", |it| &text[it.whole.clone()]);
    if header.ends_with("\r\n") { "\r\n" } else { "\n" }
}

/// One line as a record.
fn parse(line: &str) -> StringRecord {
    let found = records(line);
    found.into_iter().next().map(|it| it.1).unwrap_or_default()
}

fn rendered(record: &StringRecord) -> String {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    writer.write_record(record).expect("memory takes all bytes");
    let bytes = writer.into_inner().expect("memory takes all bytes");
    let text = String::from_utf8(bytes).expect("texts stay UTF-8");
    text.trim_end_matches('\n').to_owned()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    const FILE: &str = "\u{feff}sequence,cost_centre,account,,cost_line,note\r\n\
        10, E*,\"*\",x,ESTATES,\"a, \"\"quoted\"\" note\"\r\n\
        ,,,,,\r\n\
        20,T1,*,,NURSES\r\n\
        30,W1,*,,IMPLANTS,last";

    fn cells(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(column, cell)| ((*column).to_owned(), (*cell).to_owned())).collect()
    }

    #[track_caller]
    fn check(edits: &[RowEdit], expected: &Expect) {
        let shown = match edited(FILE.as_bytes(), edits) {
            Ok(done) => {
                let text = String::from_utf8(done.bytes).expect("UTF-8");
                let lines = text.replace('\u{feff}', "BOM ").replace("\r\n", "⏎\n");
                format!("{lines}\n{:?}", done.lines)
            }
            Err(error) => error.to_string(),
        };
        expected.assert_eq(&shown);
    }

    #[test]
    fn no_edit_changes_no_byte() {
        let done = edited(FILE.as_bytes(), &[]).expect("it can be changed");
        assert_eq!(done.bytes, FILE.as_bytes());
        let same = RowEdit::Replace(2, cells(&[("cost_centre", "E*"), ("account", "*")]));
        let done = edited(FILE.as_bytes(), &[same]).expect("it can be changed");
        assert_eq!((done.bytes.as_slice(), done.lines), (FILE.as_bytes(), vec![Some(2)]));
    }

    #[test]
    fn a_row_is_replaced_and_all_others_keep_their_bytes() {
        // The blank line 3 counts; the short row 4 gets its last cell; quotation marks of row 2 stay.
        check(
            &[RowEdit::Replace(4, cells(&[("cost_line", "A, B"), ("note", "why")]))],
            &expect![[r#"
                BOM sequence,cost_centre,account,,cost_line,note⏎
                10, E*,"*",x,ESTATES,"a, ""quoted"" note"⏎
                ,,,,,⏎
                20,T1,*,,"A, B",why⏎
                30,W1,*,,IMPLANTS,last
                [Some(4)]"#]],
        );
    }

    #[test]
    fn rows_are_added_and_taken_out() {
        let row = |sequence: &str| cells(&[("sequence", sequence), ("cost_line", "X")]);
        check(
            &[
                RowEdit::Remove(2),
                RowEdit::After(4, row("21")),
                RowEdit::After(4, row("22")),
                RowEdit::Append(row("40")),
            ],
            &expect![[r#"
                BOM sequence,cost_centre,account,,cost_line,note⏎
                ,,,,,⏎
                20,T1,*,,NURSES⏎
                21,,,,X,⏎
                22,,,,X,⏎
                30,W1,*,,IMPLANTS,last⏎
                40,,,,X,⏎

                [None, Some(4), Some(5), Some(7)]"#]],
        );
    }

    #[test]
    fn what_cannot_be_done_is_refused() {
        check(&[RowEdit::Remove(1)], &expect!["there is no row at line 1"]);
        check(&[RowEdit::Replace(9, cells(&[]))], &expect!["there is no row at line 9"]);
        check(&[RowEdit::Append(cells(&[("x", "1")]))], &expect!["the file has no column `x`"]);
        check(
            &[RowEdit::Append(cells(&[("note", "one\ntwo")]))],
            &expect!["`note` has more than one line"],
        );
        let broken = edited(b"a,b\n\"1\n2\",3\n", &[]);
        assert_eq!(broken, Err(RowEditError::Unreadable));
    }

    #[test]
    fn a_sheet_is_read_as_it_stands() {
        let sheet = sheet(FILE.as_bytes()).expect("UTF-8");
        assert_eq!(sheet.columns, ["sequence", "cost_centre", "account", "cost_line", "note"]);
        let lines: Vec<u64> = sheet.rows.iter().map(|it| it.line).collect();
        assert_eq!(lines, [2, 4, 5]);
        assert_eq!(sheet.rows[0].cell("note"), "a, \"quoted\" note");
        assert_eq!(sheet.rows[1].cell("note"), "");
    }
}
