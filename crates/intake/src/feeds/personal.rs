//! Columns whose cells look like post codes or e-mail addresses, whatever their names.

use csv::ByteRecord;

use crate::files::FileFault;

/// So many rows say enough about a column.
const ROWS_LOOKED_AT: u32 = 200;
const FEWEST_CELLS: u32 = 3;

/// Looks at the columns of a file that no mapping names.
#[derive(Debug, Default)]
pub(crate) struct Personal {
    columns: Vec<Column>,
    rows: u32,
}

#[derive(Debug)]
struct Column {
    index: usize,
    name: String,
    cells: u32,
    personal: u32,
}

impl Personal {
    /// Will look at these columns.
    pub(crate) fn new(columns: Vec<(usize, String)>) -> Self {
        let column = |(index, name)| Column { index, name, cells: 0, personal: 0 };
        Self { columns: columns.into_iter().map(column).collect(), rows: 0 }
    }

    /// Looks at a row.
    pub(crate) fn look(&mut self, cells: &ByteRecord) {
        if self.rows >= ROWS_LOOKED_AT {
            return;
        }
        self.rows += 1;
        for column in &mut self.columns {
            let cell = cells.get(column.index).unwrap_or_default().trim_ascii();
            column.cells += u32::from(!cell.is_empty());
            column.personal += u32::from(is_post_code(cell) || is_address(cell));
        }
    }

    /// A column most of whose cells are personal details.
    pub(crate) fn fault(&self) -> Option<FileFault> {
        let column = self
            .columns
            .iter()
            .find(|it| it.personal >= FEWEST_CELLS && it.personal * 2 > it.cells)?;
        let message = "the cells of this column look like post codes or e-mail addresses";
        Some(FileFault::new("D13", message).within(column.name.clone()))
    }
}

/// `AA9A 9AA`, `A9A 9AA`, `A9 9AA`, `A99 9AA`, `AA9 9AA`, `AA99 9AA`, with or without the space.
fn is_post_code(cell: &[u8]) -> bool {
    let plain: Vec<u8> =
        cell.iter().filter(|it| **it != b' ').map(u8::to_ascii_uppercase).collect();
    if !(5..=7).contains(&plain.len()) {
        return false;
    }
    let (outward, inward) = plain.split_at(plain.len() - 3);
    let shape: Vec<u8> = outward.iter().map(|it| shape_of(*it)).collect();
    let shapes: [&[u8]; 6] = [b"A9", b"A99", b"AA9", b"AA99", b"A9A", b"AA9A"];
    shapes.contains(&shape.as_slice())
        && inward.iter().map(|it| shape_of(*it)).eq(b"9AA".iter().copied())
}

fn shape_of(byte: u8) -> u8 {
    match byte {
        b'A'..=b'Z' => b'A',
        b'0'..=b'9' => b'9',
        _ => b'?',
    }
}

fn is_address(cell: &[u8]) -> bool {
    let mut parts = cell.split(|it| *it == b'@');
    let (name, host) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    !name.is_empty() && host.contains(&b'.') && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn post_codes_and_addresses() {
        assert!(is_post_code(b"SW1A 1AA") && is_post_code(b"m11ae") && is_post_code(b"ZZ9 9ZZ"));
        assert!(!is_post_code(b"X-W01") && !is_post_code(b"HN22A") && !is_post_code(b"FBC"));
        assert!(is_address(b"someone@example.org") && !is_address(b"a@b@c.d"));
    }
}
