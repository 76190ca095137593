//! Identifiers of all files, and the people behind them.

use domain::Key;
use hashbrown::HashMap;
use vault::identity::clusters::{Conflict, Links, Person, resolve};
use vault::{Namespace, NhsNumber, Pseudonyms, Remembered};

use super::Seen;

/// Identifiers of all files.
#[derive(Debug, Default)]
pub(crate) struct Identities {
    locals: HashMap<Vec<u8>, u32>,
    numbers: HashMap<NhsNumber, u32>,
    links: Links,
}

/// A file's numbers of identifiers as the numbers of all files; place 0 stands for none.
#[derive(Debug, Default)]
pub(crate) struct Renumbered {
    /// Local identifiers.
    pub(crate) locals: Vec<u32>,
    /// NHS numbers.
    pub(crate) numbers: Vec<u32>,
}

impl Identities {
    /// Takes over the identifiers of a file.
    pub(crate) fn absorb(&mut self, mut seen: Seen) -> Renumbered {
        let locals = renumber(&mut self.locals, seen.locals());
        let numbers = renumber(&mut self.numbers, seen.numbers());
        let pairs = seen.pairs().into_iter();
        self.links.pairs.extend(
            pairs.map(|(local, number)| (locals[local as usize] - 1, numbers[number as usize] - 1)),
        );
        let [of_locals, of_numbers] = seen.births();
        for (id, (low, high)) in of_locals {
            let id = locals[*id as usize] - 1;
            Links::born(&mut self.links.births_of_locals, id, *low);
            Links::born(&mut self.links.births_of_locals, id, *high);
        }
        for (id, (low, high)) in of_numbers {
            let id = numbers[*id as usize] - 1;
            Links::born(&mut self.links.births_of_numbers, id, *low);
            Links::born(&mut self.links.births_of_numbers, id, *high);
        }
        Renumbered { locals, numbers }
    }

    /// Whether a text is the NHS number of somebody in the files, however it is parted.
    pub(crate) fn is_somebodys_number(&self, text: &str) -> bool {
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
        let parted = |it: char| it.is_ascii_digit() || matches!(it, ' ' | '-' | '/' | '.' | ':');
        text.chars().all(parted)
            && NhsNumber::parse(&digits).is_ok_and(|it| self.numbers.contains_key(&it))
    }

    /// Takes a merge of two local identifiers.
    pub(crate) fn merge(&mut self, retired: &[u8], surviving: &[u8]) {
        let mut number = |text: &[u8]| {
            let next = u32::try_from(self.locals.len() + 1).expect("fewer than 2^32 identifiers");
            *self.locals.entry_ref(text).or_insert(next) - 1
        };
        let merge = (number(retired), number(surviving));
        self.links.merges.push(merge);
    }

    /// Finds the people.
    pub(crate) fn resolve(mut self, pseudonyms: &Pseudonyms) -> Persons {
        self.links.merges.sort_unstable();
        self.links.merges.dedup();
        let locals = in_order(self.locals);
        let numbers = in_order(self.numbers);
        let count = |length: usize| u32::try_from(length).expect("fewer than 2^32 identifiers");
        let found = resolve(count(locals.len()), count(numbers.len()), &self.links);
        let people = found
            .people
            .iter()
            .map(|person| match person {
                Person::Number(id) => Ok(of_number(pseudonyms, numbers[*id as usize])),
                Person::Local(id) => Ok(of_local(pseudonyms, &locals[*id as usize])),
                Person::Conflict(conflict) => Err(*conflict),
            })
            .collect();
        Persons {
            people,
            of_local: found.of_local,
            of_number: found.of_number,
            locals,
            numbers,
            extra: HashMap::new(),
        }
    }
}

/// The people behind the identifiers.
#[derive(Debug)]
pub(crate) struct Persons {
    people: Vec<Result<Key, Conflict>>,
    of_local: Vec<u32>,
    of_number: Vec<u32>,
    locals: Vec<Vec<u8>>,
    numbers: Vec<NhsNumber>,
    extra: HashMap<Key, u32>,
}

/// Whose a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Of the patient with this number, from 1.
    Patient(u32),
    /// Its identifiers contradict each other.
    Conflict(Conflict),
    /// It has no identifier.
    Nobody,
}

impl Persons {
    /// Whose a row with these identifiers is.
    pub(crate) fn whose(&self, local: u32, number: u32) -> Whose {
        let index = match (local, number) {
            (0, 0) => return Whose::Nobody,
            (0, number) => self.of_number[number as usize - 1],
            (local, _) => self.of_local[local as usize - 1],
        };
        match self.people[index as usize] {
            Ok(_) => Whose::Patient(index + 1),
            Err(conflict) => Whose::Conflict(conflict),
        }
    }

    /// The pseudonym of a patient by number.
    pub(crate) fn key(&self, patient: u32) -> Key {
        let found = self.people[patient as usize - 1];
        found.expect("only people without conflict are given numbers")
    }

    /// A patient known by a pseudonym only: of an event without any identity.
    pub(crate) fn unnamed(&mut self, key: Key) -> u32 {
        let people = &mut self.people;
        *self.extra.entry(key).or_insert_with(|| {
            people.push(Ok(key));
            u32::try_from(people.len()).expect("fewer than 2^32 patients")
        })
    }

    /// What the vault must know: every identifier and whom it means.
    pub(crate) fn remembered(&self) -> Vec<Remembered> {
        let entry = |native: String, person: u32| {
            let key = self.people[person as usize].ok()?;
            Some(Remembered { namespace: Namespace::Patient, native, key })
        };
        let locals = std::iter::zip(&self.locals, &self.of_local)
            .filter_map(|(text, person)| entry(local_text(text), *person));
        let numbers = std::iter::zip(&self.numbers, &self.of_number)
            .filter_map(|(number, person)| entry(number_text(*number), *person));
        locals.chain(numbers).collect()
    }
}

fn local_text(local: &[u8]) -> String {
    format!("local|{}", String::from_utf8_lossy(local))
}

fn number_text(number: NhsNumber) -> String {
    format!("nhs|{}", number.digits())
}

fn of_local(pseudonyms: &Pseudonyms, local: &[u8]) -> Key {
    pseudonyms.of(Namespace::Patient, &local_text(local))
}

fn of_number(pseudonyms: &Pseudonyms, number: NhsNumber) -> Key {
    pseudonyms.of(Namespace::Patient, &number_text(number))
}

/// Gives texts numbers from 1; place 0 of the answer stands for none.
fn renumber<T: std::hash::Hash + Eq>(known: &mut HashMap<T, u32>, texts: Vec<T>) -> Vec<u32> {
    let numbers = texts.into_iter().map(|text| {
        let next = u32::try_from(known.len() + 1).expect("fewer than 2^32 identifiers");
        *known.entry(text).or_insert(next)
    });
    std::iter::once(0).chain(numbers).collect()
}

fn in_order<T>(map: HashMap<T, u32>) -> Vec<T> {
    let mut all: Vec<(T, u32)> = map.into_iter().collect();
    all.sort_unstable_by_key(|it| it.1);
    all.into_iter().map(|it| it.0).collect()
}
