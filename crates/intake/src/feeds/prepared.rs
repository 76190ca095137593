//! Files of activity whose codes and identifiers have numbers that hold for all files.

use domain::Key;
use hashbrown::{HashMap, HashSet};
use vault::{Namespace, Pseudonyms};

use crate::cells::codes::Dictionary;
use crate::dataset::spill::Spill;
use crate::feeds::activity::identity::is_staff;
use crate::feeds::loaded::{Activity, Quantities};
use crate::feeds::row::{Row, Slot};
use crate::identity::{Identities, Renumbered};

/// What is wrong with a row that has an NHS number in a code's place.
pub(crate) const NUMBER_FOR_CODE: &str = "an NHS number stands where a code belongs";

/// One file of activity, ready for the second pass.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// Number of the file.
    pub(crate) file: u32,
    rows: Spill,
    ids: Renumbered,
    codes: Vec<u32>,
    staff: Vec<u32>,
    /// Sizes of quantities by code.
    pub(crate) quantities: HashMap<u32, Quantities>,
}

impl Prepared {
    /// Gives every row with numbers that hold for all files.
    pub(crate) fn each(&self, visitor: &mut dyn FnMut(&mut Row)) -> std::io::Result<()> {
        let mut row = Row::default();
        each_row(&self.rows, &mut row, &mut |row| {
            row.local = self.ids.locals[row.local as usize];
            row.number = self.ids.numbers[row.number as usize];
            for (slot, code) in row.codes.iter_mut().enumerate() {
                let people = slot == Slot::Requester as usize || slot == Slot::Consultant as usize;
                let map = if people { &self.staff } else { &self.codes };
                *code = map[*code as usize];
            }
            visitor(row);
        })
    }

    /// How many rows there are.
    pub(crate) fn rows(&self) -> u64 {
        self.rows.rows()
    }
}

/// Gives every row of a spill.
pub(crate) fn each_row(
    spill: &Spill,
    row: &mut Row,
    visitor: &mut dyn FnMut(&mut Row),
) -> std::io::Result<()> {
    spill.visit(&mut |bytes| {
        let mut rest = bytes;
        while row.decode(&mut rest).is_some() {
            visitor(row);
        }
        bytes.len() - rest.len()
    })
}

/// Codes of all files, and the consultants among them.
#[derive(Debug, Default)]
pub(crate) struct AllCodes {
    /// Texts by number.
    pub(crate) dictionary: Dictionary,
    consultants: HashSet<String>,
    numbers: HashSet<u32>,
}

impl AllCodes {
    /// Takes note of the consultants that a file of events names.
    pub(crate) fn note_consultants(&mut self, activity: &Activity) {
        self.consultants.extend(activity.consultants.iter().cloned());
    }

    /// Takes note of codes that are somebody's NHS number, once all identities and codes are known.
    pub(crate) fn note_numbers(&mut self, identities: &Identities) {
        let texts = (0_u32..).zip(self.dictionary.texts());
        let numbers = texts.filter(|(_, text)| identities.is_somebodys_number(text));
        self.numbers = numbers.map(|it| it.0).collect();
    }

    /// Whether a code of the row is somebody's NHS number.
    pub(crate) fn has_number(&self, row: &Row) -> bool {
        !self.numbers.is_empty() && row.codes.iter().any(|it| self.numbers.contains(it))
    }

    /// Makes a file ready; consultants get pseudonyms, where they treat and where they request.
    pub(crate) fn prepare(
        &mut self,
        file: u32,
        activity: Activity,
        ids: Renumbered,
        pseudonyms: &Pseudonyms,
    ) -> Prepared {
        let mut codes = Vec::with_capacity(activity.texts.len());
        let mut staff = Vec::with_capacity(activity.texts.len());
        let own: HashSet<&str> = activity.consultants.iter().map(String::as_str).collect();
        for text in &activity.texts {
            codes.push(self.dictionary.number(text));
            let is_consultant = own.contains(&**text)
                || self.consultants.contains(&**text)
                || is_staff(text.as_bytes());
            staff.push(if is_consultant {
                let key = pseudonyms.of(Namespace::Consultant, text);
                self.dictionary.number(&key.to_string())
            } else {
                self.dictionary.number(text)
            });
        }
        let quantities = activity.quantities.into_iter();
        let quantities = quantities.map(|(code, sizes)| (codes[code as usize], sizes)).collect();
        Prepared { file, rows: activity.rows, ids, codes, staff, quantities }
    }

    /// The pseudonym that stands as a code, of a consultant.
    pub(crate) fn key(&self, code: u32) -> Option<Key> {
        self.dictionary.text(code).parse().ok()
    }
}
