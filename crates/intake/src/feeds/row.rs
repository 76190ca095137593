//! One row of an activity feed between reading and writing, and its compact form in a spill.

use domain::{Key, Money, Seconds};

/// Places of codes in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(usize)]
pub(crate) enum Slot {
    Code,
    Band,
    Specialty,
    Site,
    Location,
    Requester,
    CostObject,
    Session,
    EventType,
    Hrg,
    Pod,
    Category,
    AdmissionMethod,
    DischargeMethod,
    Attended,
    Sex,
    Diagnosis,
    Procedure,
    Consultant,
    AgeBand,
}

/// How many places there are.
pub(crate) const SLOTS: usize = 20;

/// Slots that a mapping fills from a column of that name, in the order of the slots.
pub(crate) const CODE_COLUMNS: [(Slot, &str); 19] = [
    (Slot::Code, "code"),
    (Slot::Band, "band"),
    (Slot::Specialty, "specialty"),
    (Slot::Site, "site"),
    (Slot::Location, "location"),
    (Slot::Requester, "requester"),
    (Slot::CostObject, "cost_object"),
    (Slot::Session, "session"),
    (Slot::EventType, "event_type"),
    (Slot::Hrg, "hrg"),
    (Slot::Pod, "pod"),
    (Slot::Category, "category"),
    (Slot::AdmissionMethod, "admission_method"),
    (Slot::DischargeMethod, "discharge_method"),
    (Slot::Attended, "attended"),
    (Slot::Sex, "sex"),
    (Slot::Diagnosis, "diagnosis"),
    (Slot::Procedure, "procedure"),
    (Slot::Consultant, "consultant"),
];

/// A row. Absent numbers of identifiers are 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about the row")]
pub(crate) struct Row {
    /// Number of the file.
    pub(crate) file: u32,
    /// Line in the file.
    pub(crate) line: u64,
    /// Which of the rows made of one source row.
    pub(crate) part: u8,
    /// Number of the local identifier, from 1.
    pub(crate) local: u32,
    /// Number of the NHS number, from 1.
    pub(crate) number: u32,
    /// Number of the patient, from 1; known from the second pass on.
    pub(crate) patient: u32,
    /// Pseudonym of the row's native id, or of its content.
    pub(crate) id: Key,
    /// Whether `id` is of a native id.
    pub(crate) native_id: bool,
    /// Hash of the content, to tell equal rows from others of one id.
    pub(crate) content: u64,
    /// Event named.
    pub(crate) event: Option<Key>,
    /// Spell named.
    pub(crate) spell: Option<Key>,
    /// Start.
    pub(crate) start: Seconds,
    /// Whether only the day of the start is known.
    pub(crate) start_is_day: bool,
    /// End; none while open.
    pub(crate) end: Option<Seconds>,
    /// Whether only the day of the end is known.
    pub(crate) end_is_day: bool,
    /// When the need was met.
    pub(crate) ready: Option<Seconds>,
    /// Start of the spell as the row states it.
    pub(crate) spell_start: Option<Seconds>,
    /// End of the spell as the row states it.
    pub(crate) spell_end: Option<Seconds>,
    /// Quantity × 10⁴.
    pub(crate) quantity: Option<i64>,
    /// Staff × 10².
    pub(crate) staff: Option<i64>,
    /// Traced cost in micro-pounds.
    pub(crate) cost: Option<i64>,
    /// Order of the episode.
    pub(crate) order: i64,
    /// Legally restricted.
    pub(crate) restricted: bool,
    /// Made from an aggregate feed.
    pub(crate) aggregate: bool,
    /// Codes by slot, as numbers of a dictionary.
    pub(crate) codes: [u32; SLOTS],
    /// Native text of a master's event, for the vault.
    pub(crate) native: Vec<u8>,
}

impl Row {
    /// Code in a slot.
    pub(crate) fn code(&self, slot: Slot) -> u32 {
        self.codes[slot as usize]
    }

    /// Traced cost; nothing if there is none.
    pub(crate) fn money(&self) -> Money {
        Money::from_micro_pounds(self.cost.unwrap_or(0))
    }

    /// Writes the compact form: flags, then what is there.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&[0; 4]);
        let mut flags = Flags(0);
        put_u64(out, self.line);
        put_u32(out, self.file);
        out.push(self.part);
        out.extend_from_slice(&self.id.to_bytes());
        out.extend_from_slice(&self.content.to_le_bytes());
        out.extend_from_slice(&self.start.to_le_bytes());
        for (bit, value) in [self.local, self.number, self.patient].into_iter().enumerate() {
            if flags.set(bit, value != 0) {
                put_u32(out, value);
            }
        }
        for (bit, value) in [self.event, self.spell].into_iter().enumerate() {
            if let Some(key) = value.filter(|_| flags.set(3 + bit, value.is_some())) {
                out.extend_from_slice(&key.to_bytes());
            }
        }
        for (bit, value) in self.numbers().into_iter().enumerate() {
            if let Some(number) = value.filter(|_| flags.set(5 + bit, value.is_some())) {
                out.extend_from_slice(&number.to_le_bytes());
            }
        }
        if flags.set(12, self.order != 0) {
            out.extend_from_slice(&self.order.to_le_bytes());
        }
        if flags.set(13, !self.native.is_empty()) {
            put_u32(out, u32::try_from(self.native.len()).expect("a cell is shorter than 1 MiB"));
            out.extend_from_slice(&self.native);
        }
        let facts =
            [self.native_id, self.start_is_day, self.end_is_day, self.restricted, self.aggregate];
        for (bit, fact) in facts.into_iter().enumerate() {
            flags.set(14 + bit, fact);
        }
        put_codes(out, &self.codes);
        out[start..start + 4].copy_from_slice(&flags.0.to_le_bytes());
    }

    /// Reads a compact form off the front; nothing if it is not whole.
    pub(crate) fn decode(&mut self, bytes: &mut &[u8]) -> Option<()> {
        let mut rest = *bytes;
        let flags = Flags(take_u32(&mut rest)?);
        self.line = u64::from_le_bytes(take(&mut rest)?);
        self.file = take_u32(&mut rest)?;
        [self.part] = take(&mut rest)?;
        self.id = Key::from_bytes(take(&mut rest)?);
        self.content = u64::from_le_bytes(take(&mut rest)?);
        self.start = i64::from_le_bytes(take(&mut rest)?);
        for (bit, place) in
            [&mut self.local, &mut self.number, &mut self.patient].into_iter().enumerate()
        {
            *place = if flags.has(bit) { take_u32(&mut rest)? } else { 0 };
        }
        for (bit, place) in [&mut self.event, &mut self.spell].into_iter().enumerate() {
            *place =
                if flags.has(3 + bit) { Some(Key::from_bytes(take(&mut rest)?)) } else { None };
        }
        let mut numbers = [None; 7];
        for (bit, place) in numbers.iter_mut().enumerate() {
            if flags.has(5 + bit) {
                *place = Some(i64::from_le_bytes(take(&mut rest)?));
            }
        }
        [
            self.end,
            self.ready,
            self.spell_start,
            self.spell_end,
            self.quantity,
            self.staff,
            self.cost,
        ] = numbers;
        self.order = if flags.has(12) { i64::from_le_bytes(take(&mut rest)?) } else { 0 };
        self.native.clear();
        if flags.has(13) {
            let length = take_u32(&mut rest)? as usize;
            self.native.extend_from_slice(rest.get(..length)?);
            rest = &rest[length..];
        }
        self.native_id = flags.has(14);
        self.start_is_day = flags.has(15);
        self.end_is_day = flags.has(16);
        self.restricted = flags.has(17);
        self.aggregate = flags.has(18);
        take_codes(&mut rest, &mut self.codes)?;
        *bytes = rest;
        Some(())
    }

    fn numbers(&self) -> [Option<i64>; 7] {
        [
            self.end,
            self.ready,
            self.spell_start,
            self.spell_end,
            self.quantity,
            self.staff,
            self.cost,
        ]
    }
}

struct Flags(u32);

impl Flags {
    /// Sets a bit if the fact holds, and gives the fact back.
    fn set(&mut self, bit: usize, fact: bool) -> bool {
        self.0 |= u32::from(fact) << bit;
        fact
    }

    fn has(&self, bit: usize) -> bool {
        self.0 >> bit & 1 == 1
    }
}

fn put_u32(out: &mut Vec<u8>, value: u32) {
    out.extend_from_slice(&value.to_le_bytes());
}

fn put_u64(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(&value.to_le_bytes());
}

fn put_codes(out: &mut Vec<u8>, codes: &[u32; SLOTS]) {
    let mut flags = Flags(0);
    for (bit, code) in codes.iter().enumerate() {
        flags.set(bit, *code != 0);
    }
    put_u32(out, flags.0);
    codes.iter().filter(|it| **it != 0).for_each(|it| put_u32(out, *it));
}

fn take_codes(rest: &mut &[u8], codes: &mut [u32; SLOTS]) -> Option<()> {
    let flags = Flags(take_u32(rest)?);
    for (bit, code) in codes.iter_mut().enumerate() {
        *code = if flags.has(bit) { take_u32(rest)? } else { 0 };
    }
    Some(())
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (first, tail) = rest.split_first_chunk::<N>()?;
    *rest = tail;
    Some(*first)
}

fn take_u32(rest: &mut &[u8]) -> Option<u32> {
    take(rest).map(u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows() -> impl Strategy<Value = Row> {
        let numbers = prop::collection::vec(prop::option::of(any::<i64>()), 7);
        let keys =
            (any::<u128>(), prop::option::of(any::<u128>()), prop::option::of(any::<u128>()));
        let small = prop::collection::vec(0_u32..3, SLOTS + 4);
        let facts = prop::collection::vec(any::<bool>(), 5);
        let native = prop::collection::vec(any::<u8>(), 0..5);
        (numbers, keys, small, facts, native, any::<u64>()).prop_map(
            |(numbers, keys, small, facts, native, content)| Row {
                file: small[0],
                line: content >> 7,
                part: 3,
                local: small[1],
                number: small[2],
                patient: small[3],
                id: Key(keys.0),
                native_id: facts[0],
                content,
                event: keys.1.map(Key),
                spell: keys.2.map(Key),
                start: 7,
                start_is_day: facts[1],
                end: numbers[0],
                end_is_day: facts[2],
                ready: numbers[1],
                spell_start: numbers[2],
                spell_end: numbers[3],
                quantity: numbers[4],
                staff: numbers[5],
                cost: numbers[6],
                order: i64::from(small[4]),
                restricted: facts[3],
                aggregate: facts[4],
                codes: std::array::from_fn(|it| small[4 + it]),
                native,
            },
        )
    }

    proptest! {
        /// What is spilled comes back, and half a row is not taken for a whole one.
        #[test]
        fn rows_survive_a_spill(row in rows(), cut in 0_usize..400) {
            let mut bytes = Vec::new();
            row.encode(&mut bytes);
            let mut found = Row::default();
            let mut rest = bytes.as_slice();
            prop_assert_eq!(found.decode(&mut rest), Some(()));
            prop_assert!(rest.is_empty());
            prop_assert_eq!(found, row);
            let mut short = &bytes[..cut.min(bytes.len() - 1)];
            prop_assert_eq!(Row::default().decode(&mut short), None);
        }
    }
}
