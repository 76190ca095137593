//! Finds out whose each row is, and sorts rows into buckets of the patient key.

use std::collections::BTreeMap;
use std::path::Path;

use domain::Key;
use hashbrown::HashMap;
use vault::identity::clusters::Conflict;
use vault::{Namespace, Pseudonyms};

use super::loaded::Quantities;
use super::prepared::{Prepared, each_row};
use super::row::{Row, Slot};
use super::verdicts::Verdicts;
use crate::dataset::spill::Spill;
use crate::identity::{Persons, Whose};

/// Rows of a code from which on its sizes say something.
const FEWEST_ROWS: u64 = 20;
/// So many times the 95th percentile is a slip of units.
const SLIP: u64 = 100;
const QUANTITY_UNIT: u64 = 10_000;

/// Rows by bucket.
#[derive(Debug)]
pub(crate) struct Buckets {
    spills: Vec<Spill>,
}

/// Patients of the events known.
pub(crate) type EventPatients = HashMap<Key, u32>;

impl Buckets {
    /// So many empty buckets.
    pub(crate) fn new(folder: &Path, name: &str, count: u32) -> Self {
        let spill = |bucket| Spill::new(folder.join(format!("{name}-bucket-{bucket}")));
        Self { spills: (0..count).map(spill).collect() }
    }

    /// Puts a row whose patient is known into its bucket; rows of nobody go into the last.
    pub(crate) fn put(&mut self, row: &Row, persons: &Persons) -> std::io::Result<()> {
        let count = u32::try_from(self.spills.len()).unwrap_or(u32::MAX);
        let bucket = match row.patient {
            0 => count - 1,
            patient => persons.key(patient).bucket(count),
        };
        self.spills[bucket as usize].add(|out| row.encode(out))
    }

    /// Gives every row of a bucket.
    pub(crate) fn each(
        &self,
        bucket: u32,
        visitor: &mut dyn FnMut(&mut Row),
    ) -> std::io::Result<()> {
        each_row(&self.spills[bucket as usize], &mut Row::default(), visitor)
    }

    /// How many rows a bucket holds.
    pub(crate) fn rows(&self, bucket: u32) -> u64 {
        self.spills[bucket as usize].rows()
    }
}

/// What the second pass over a feed's rows noticed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Met {
    /// Rows kept apart.
    pub(crate) verdicts: Verdicts,
    /// Rows that name an event of another patient, by file, with the first line.
    pub(crate) other_patient: BTreeMap<u32, (u64, u64)>,
}

/// Gives the rows of masters their patients; events without any identity get one of their own.
pub(crate) fn masters(
    files: &[&Prepared],
    persons: &mut Persons,
    pseudonyms: &Pseudonyms,
    (met, buckets): (&mut Met, &mut Buckets),
) -> std::io::Result<()> {
    for file in files {
        let mut failed = None;
        file.each(&mut |row| {
            if met.verdicts.has(row) || failed.is_some() {
                return;
            }
            row.patient = 0;
            match persons.whose(row.local, row.number) {
                Whose::Conflict(conflict) => contradict(conflict, row, &mut met.verdicts),
                Whose::Patient(patient) => row.patient = patient,
                Whose::Nobody => {
                    let event = row.event.expect("every event has a key");
                    let native = format!("event|{event}");
                    let key = pseudonyms.of(Namespace::Patient, &native);
                    row.patient = persons.unnamed(key);
                }
            }
            if row.patient != 0 {
                (row.local, row.number) = (0, 0);
                failed = buckets.put(row, persons).err();
            }
        })?;
        failed.map_or(Ok(()), Err)?;
    }
    Ok(())
}

/// Gives the rows of other feeds their patients: that of the event named, if it is known.
pub(crate) fn auxiliaries(
    files: &[&Prepared],
    persons: &Persons,
    events: &EventPatients,
    (met, buckets): (&mut Met, &mut Buckets),
) -> std::io::Result<()> {
    let slips = slips(files);
    for file in files {
        let mut failed = None;
        file.each(&mut |row| {
            if met.verdicts.has(row) || failed.is_some() {
                return;
            }
            row.patient = 0;
            let of_event = row.event.and_then(|it| events.get(&it)).copied();
            match (of_event, persons.whose(row.local, row.number)) {
                (Some(patient), whose) => {
                    row.patient = patient;
                    if matches!(whose, Whose::Patient(other) if other != patient) {
                        let seen = met.other_patient.entry(row.file).or_insert((0, row.line));
                        seen.0 += 1;
                    }
                }
                (None, Whose::Conflict(conflict)) => {
                    contradict(conflict, row, &mut met.verdicts);
                    return;
                }
                (None, Whose::Patient(patient)) => row.patient = patient,
                (None, Whose::Nobody) => {}
            }
            if is_slip(row, &slips) {
                let message = "the quantity is far above all others of its code";
                met.verdicts.set((row.file, row.line), "E14", message);
                return;
            }
            (row.local, row.number) = (0, 0);
            failed = buckets.put(row, persons).err();
        })?;
        failed.map_or(Ok(()), Err)?;
    }
    Ok(())
}

fn contradict(conflict: Conflict, row: &Row, verdicts: &mut Verdicts) {
    let (code, message) = match conflict {
        Conflict::SharedNumber => ("D5", "two patients share the NHS number of the row"),
        Conflict::TwoNumbers => ("D6", "the local identifier of the row has two NHS numbers"),
        Conflict::TwoBirths => ("D8", "the identifier has two birth dates far apart"),
    };
    verdicts.set((row.file, row.line), code, message);
}

/// The quantity × 10⁴ above which a row of a code is a slip of units.
fn slips(files: &[&Prepared]) -> HashMap<u32, u64> {
    let mut all: HashMap<u32, Quantities> = HashMap::new();
    for file in files {
        for (code, sizes) in &file.quantities {
            let sum = all.entry(*code).or_default();
            for (total, more) in sum.0.iter_mut().zip(sizes.0.iter()) {
                *total += more;
            }
        }
    }
    all.into_iter().filter_map(|(code, sizes)| Some((code, slip(&sizes)?))).collect()
}

/// A hundred times the 95th percentile, rounded up to a power of two; nothing for rare codes.
fn slip(sizes: &Quantities) -> Option<u64> {
    let rows: u64 = sizes.0.iter().map(|it| u64::from(*it)).sum();
    if rows < FEWEST_ROWS {
        return None;
    }
    let mut below = 0;
    let size = sizes.0.iter().position(|it| {
        below += u64::from(*it);
        below * 100 >= rows * 95
    })?;
    let upper = 1_u64.checked_shl(u32::try_from(size + 1).ok()?)?;
    upper.checked_mul(SLIP * QUANTITY_UNIT)
}

fn is_slip(row: &Row, slips: &HashMap<u32, u64>) -> bool {
    let quantity = row.quantity.and_then(|it| u64::try_from(it).ok()).unwrap_or(0);
    slips.get(&row.code(Slot::Code)).is_some_and(|most| quantity > *most)
}
