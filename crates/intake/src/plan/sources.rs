//! Where the value of one of our columns comes from, ready to be read from a row.

use csv::ByteRecord;
use rules::intake_mapping::{ColumnSource, TemplatePart};

/// A source with its columns as places in the row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Source {
    /// There is none.
    #[default]
    Absent,
    /// A cell.
    Cell(usize),
    /// Texts and cells in turn; absent if any of the cells is.
    Template(Vec<Piece>),
    /// A template of a list: cells that are absent leave a gap.
    List(Vec<Piece>),
    /// The same text in every row.
    Constant(Vec<u8>),
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Literal text.
    Text(Vec<u8>),
    /// A cell.
    Cell(usize),
}

/// Texts that mean absent.
#[derive(Clone, Debug)]
pub(crate) struct Nulls {
    texts: Vec<Vec<u8>>,
    longest: usize,
}

impl Nulls {
    /// The texts that a mapping declares; a blank always means absent.
    pub(crate) fn new(texts: &[String]) -> Self {
        let texts: Vec<Vec<u8>> =
            texts.iter().filter(|it| !it.is_empty()).map(|it| it.clone().into_bytes()).collect();
        let longest = texts.iter().map(Vec::len).max().unwrap_or(0);
        Self { texts, longest }
    }

    /// Whether a text without blanks around it means absent.
    pub(crate) fn has(&self, text: &[u8]) -> bool {
        text.is_empty() || (text.len() <= self.longest && self.texts.iter().any(|it| it == text))
    }
}

impl Source {
    /// The text in a row without blanks around it; none if it is absent.
    pub(crate) fn read<'r>(
        &'r self,
        cells: &'r ByteRecord,
        nulls: &Nulls,
        scratch: &'r mut Vec<u8>,
    ) -> Option<&'r [u8]> {
        match self {
            Self::Absent => None,
            Self::Constant(text) => Some(text),
            Self::Cell(index) => {
                let text = cells.get(*index)?.trim_ascii();
                (!nulls.has(text)).then_some(text)
            }
            Self::Template(pieces) => {
                scratch.clear();
                for piece in pieces {
                    match piece {
                        Piece::Text(text) => scratch.extend_from_slice(text),
                        Piece::Cell(index) => {
                            let text = cells.get(*index)?.trim_ascii();
                            if nulls.has(text) {
                                return None;
                            }
                            scratch.extend_from_slice(text);
                        }
                    }
                }
                Some(scratch)
            }
            Self::List(pieces) => {
                scratch.clear();
                for piece in pieces {
                    match piece {
                        Piece::Text(text) => scratch.extend_from_slice(text),
                        Piece::Cell(index) => {
                            let text = cells.get(*index)?.trim_ascii();
                            if !nulls.has(text) {
                                scratch.extend_from_slice(text);
                            }
                        }
                    }
                }
                Some(scratch)
            }
        }
    }

    /// The source as one of a list, whose members may be absent.
    pub(crate) fn into_list(self) -> Self {
        match self {
            Self::Template(pieces) => Self::List(pieces),
            other => other,
        }
    }

    /// Whether there is a source at all.
    pub(crate) fn is_there(&self) -> bool {
        *self != Self::Absent
    }

    /// The cells that it reads.
    pub(crate) fn cells(&self) -> Vec<usize> {
        match self {
            Self::Absent | Self::Constant(_) => Vec::new(),
            Self::Cell(index) => vec![*index],
            Self::Template(pieces) | Self::List(pieces) => pieces
                .iter()
                .filter_map(|it| match it {
                    Piece::Cell(index) => Some(*index),
                    Piece::Text(_) => None,
                })
                .collect(),
        }
    }
}

/// Replaces the columns of a source by their places; all are there.
pub(crate) fn compile(source: &ColumnSource, place: &dyn Fn(&str) -> Option<usize>) -> Source {
    let cell = |name: &str| place(name).unwrap_or(usize::MAX);
    match source {
        ColumnSource::Column(name) => Source::Cell(cell(name)),
        ColumnSource::Constant(text) => Source::Constant(text.clone().into_bytes()),
        ColumnSource::Template(parts) => Source::Template(
            parts
                .iter()
                .map(|it| match it {
                    TemplatePart::Text(text) => Piece::Text(text.clone().into_bytes()),
                    TemplatePart::Column(name) => Piece::Cell(cell(name)),
                })
                .collect(),
        ),
    }
}
