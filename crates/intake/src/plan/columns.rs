//! The header of a file against the columns of a mapping.

use std::collections::{BTreeMap, BTreeSet};

use rules::intake_mapping::{ColumnSource, TemplatePart, columns_needed};
use rules::year::FeedRole;

use super::{FeedPlan, Source, sources};
use crate::cells::text;
use crate::files::{ColumnType, FileFault, Layout};
use crate::findings::{Tally, finding, shown};

/// Words in column names that mark personal details.
const PERSONAL: [&str; 17] = [
    "SURNAME",
    "FORENAME",
    "FAMILY NAME",
    "GIVEN NAME",
    "FIRST NAME",
    "LAST NAME",
    "FULL NAME",
    "MIDDLE NAME",
    "PATIENT NAME",
    "PERSON NAME",
    "MAIDEN",
    "ADDRESS",
    "POSTCODE",
    "POST CODE",
    "TELEPHONE",
    "EMAIL",
    "NEXT OF KIN",
];

/// Columns of ours whose values are numbers.
const NUMERIC: [&str; 6] = ["quantity", "staff", "cost", "amount", "at_unit_price", "recognised"];

/// More unknown columns than these are told as one.
const EACH_TOLD: usize = 5;

/// The columns of one file, by name.
#[derive(Debug)]
pub(crate) struct Header<'a> {
    plan: FeedPlan<'a>,
    file: &'a str,
    names: Vec<String>,
    types: Vec<ColumnType>,
    joined: usize,
    places: BTreeMap<String, usize>,
    used: BTreeSet<usize>,
}

/// A column name in one form: capitals, single spaces, no underscores.
pub(crate) fn canonical(name: &str) -> String {
    let (name, _) = text::clean(name);
    let spaced = name.replace('_', " ").to_uppercase();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl<'a> Header<'a> {
    /// Takes the columns of a file.
    ///
    /// A name that stands twice refuses the file; so does a column of personal details.
    pub(crate) fn new(
        plan: FeedPlan<'a>,
        file: &'a str,
        layout: &Layout,
    ) -> Result<Self, FileFault> {
        let mut places = BTreeMap::new();
        for (index, name) in layout.headers.iter().enumerate() {
            let name = canonical(name);
            if !name.is_empty() && places.insert(name.clone(), index).is_some() {
                let message = format!("two columns are called `{name}`");
                return Err(FileFault::new("A15", message).on(1).within(name));
            }
        }
        let names = layout.headers.clone();
        let (types, joined, used) = (layout.types.clone(), layout.joined, BTreeSet::new());
        let header = Self { plan, file, names, types, joined, places, used };
        header.refuse_personal_details()?;
        Ok(header)
    }

    /// How many columns there are.
    pub(crate) fn width(&self) -> usize {
        self.names.len()
    }

    /// How many of the columns come from other files.
    pub(crate) fn joined(&self) -> usize {
        self.joined
    }

    /// The name of a column as it stands in the file.
    pub(crate) fn name(&self, index: usize) -> &str {
        &self.names[index]
    }

    /// Columns that neither the mapping nor its `drop` names.
    pub(crate) fn unknown(&self) -> Vec<usize> {
        let dropped: BTreeSet<String> =
            self.plan.mapping.drop.iter().map(|it| canonical(it)).collect();
        (0..self.names.len())
            .filter(|it| !self.used.contains(it))
            .filter(|it| !dropped.contains(&canonical(&self.names[*it])))
            .collect()
    }

    /// Makes the source of one of our columns ready; absent if the mapping has none.
    ///
    /// A column that is not in the file refuses it if the feed needs it, else it is absent.
    pub(crate) fn source(&mut self, ours: &str, tally: &mut Tally) -> Result<Source, FileFault> {
        let Some(source) = self.plan.mapping.columns.get(ours) else { return Ok(Source::Absent) };
        for name in names_of(source) {
            if self.place(name, tally).is_none() {
                self.missing(ours, name, tally)?;
                return Ok(Source::Absent);
            }
        }
        if NUMERIC.contains(&ours) {
            self.refuse_text_for_numbers(source)?;
        }
        let places = &self.places;
        Ok(sources::compile(source, &|name| places.get(&canonical(name)).copied()))
    }

    /// The place of a column that must be there.
    pub(crate) fn required(&mut self, name: &str, tally: &mut Tally) -> Result<usize, FileFault> {
        self.place(name, tally).ok_or_else(|| {
            let message = format!("the column `{name}` of the mapping is not in the file");
            FileFault::new("A18", message).on(1).within(name)
        })
    }

    /// Says which columns were not stored.
    pub(crate) fn tell_unknown(&self, tally: &mut Tally) {
        let unknown = self.unknown();
        if unknown.len() > EACH_TOLD {
            let first = unknown[..EACH_TOLD].iter().map(|it| shown(self.names[*it].trim()));
            let message = format!(
                "the mapping does not know {} columns, and they were not stored: {} and {} more",
                unknown.len(),
                first.collect::<Vec<_>>().join(", "),
                unknown.len() - EACH_TOLD
            );
            tally.sum(finding("A19", message).at(self.file, 1, ""));
            return;
        }
        for index in unknown {
            let name = &self.names[index];
            let message = "the mapping does not know this column, and it was not stored";
            tally.sum(finding("A19", message).at(self.file, 1, name.clone()));
        }
    }

    fn place(&mut self, name: &str, tally: &mut Tally) -> Option<usize> {
        let index = self.places.get(&canonical(name)).copied()?;
        if self.used.insert(index) && self.names[index] != name {
            let found = self.names[index].trim();
            if found != name {
                let message = format!("it was taken for `{name}`");
                tally.sum(finding("A16", message).at(self.file, 1, found));
            }
        }
        Some(index)
    }

    fn missing(&self, ours: &str, theirs: &str, tally: &mut Tally) -> Result<(), FileFault> {
        let role = self.plan.feed.role;
        let phased = !self.plan.mapping.phases.is_empty() && matches!(ours, "start" | "code");
        let needed = columns_needed(role).contains(&ours) && !phased;
        let message = format!("the column `{theirs}`, mapped to {ours}, is not in the file");
        if needed || (is_identity(ours) && self.only_identity(ours)) {
            return Err(FileFault::new("A18", message).on(1).within(theirs));
        }
        let mut found = finding("A18", message).at(self.file, 1, theirs);
        found.severity = domain::Severity::Warning;
        tally.sum(found);
        Ok(())
    }

    /// Whether no other column of the mapping says whose the row is.
    fn only_identity(&self, ours: &str) -> bool {
        let others = ["patient_nhs", "patient_local", "event"];
        !others.into_iter().any(|it| it != ours && self.plan.is_mapped(it))
    }

    fn refuse_text_for_numbers(&self, source: &ColumnSource) -> Result<(), FileFault> {
        let ColumnSource::Column(name) = source else { return Ok(()) };
        let index = self.places.get(&canonical(name)).copied().unwrap_or_default();
        match self.types.get(index) {
            None | Some(ColumnType::Number) => Ok(()),
            Some(_) => {
                let message = format!("the column `{name}` must hold numbers and does not");
                Err(FileFault::new("A31", message).on(1).within(name))
            }
        }
    }

    fn refuse_personal_details(&self) -> Result<(), FileFault> {
        let patients =
            !matches!(self.plan.feed.role, FeedRole::Ledger | FeedRole::Budget | FeedRole::Control);
        let dropped: BTreeSet<String> =
            self.plan.mapping.drop.iter().map(|it| canonical(it)).collect();
        for (name, index) in self.places.iter().filter(|_| patients) {
            if is_personal(name) && !dropped.contains(name) {
                let message = format!("the column `{name}` holds personal details");
                return Err(FileFault::new("D13", message).on(1).within(self.name(*index)));
            }
        }
        Ok(())
    }
}

fn is_identity(ours: &str) -> bool {
    matches!(ours, "patient_nhs" | "patient_local" | "event")
}

fn is_personal(name: &str) -> bool {
    name == "NAME" || name.starts_with("MOBILE") || PERSONAL.iter().any(|it| name.contains(it))
}

/// The columns of the file that a source names.
fn names_of(source: &ColumnSource) -> Vec<&str> {
    match source {
        ColumnSource::Column(name) => vec![name],
        ColumnSource::Constant(_) => Vec::new(),
        ColumnSource::Template(parts) => parts
            .iter()
            .filter_map(|it| match it {
                TemplatePart::Column(name) => Some(name.as_str()),
                TemplatePart::Text(_) => None,
            })
            .collect(),
    }
}
