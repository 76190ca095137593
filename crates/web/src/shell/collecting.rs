//! What a round of a collection holds, worked out from the files as they came, and the snapshot of
//! it that is published.

use std::collections::BTreeSet;

use engagement::framework::Frameworks;
use engagement::level::Shown;
use engagement::national::Distribution;
use engagement::returns::{
    self, Collection, Cut, FileError, OrganisationCode, Question, Received, Register, RowFault,
    Together,
};
use engagement::{Level, Thresholds};
use serde::{Deserialize, Serialize};
use store::collecting::{self, Brought, Publication, ReceivedFile, Round, Seen};
use store::{Connection, RoundId};

use super::fault::Fault;
use super::session::calendar;

/// A round with everything that is known of it.
#[derive(Clone, Debug)]
pub struct Held {
    /// The round.
    pub round: Round,
    /// The registers that were brought; the last counts.
    pub registers: Vec<Brought>,
    /// The organisations that may return; none before a register was brought.
    pub register: Register,
    /// The files of returns that came.
    pub files: Vec<ReceivedFile>,
    /// What they make together.
    pub together: Together,
    /// What was published.
    pub publications: Vec<Publication>,
    frameworks: Frameworks,
    thresholds: Thresholds,
}

/// What a file of returns would do.
#[derive(Clone, Debug)]
pub struct Looked {
    /// Rows below its header.
    pub rows: usize,
    /// The rows that can be taken, by number.
    pub taken: BTreeSet<usize>,
    /// What would be accepted of it, what would not, and what to ask about.
    pub collection: Collection,
    /// Returns held now that it would replace: whose, the level now, and the level then.
    pub replaced: Vec<(OrganisationCode, Level, Level)>,
    /// Returns that it repeats as they are held.
    pub same: usize,
}

/// What is published of a round. Organisations are counted and never named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The year.
    pub year: u16,
    /// Organisations at each level, lowest first.
    pub organisations: [u32; 4],
    /// The year published before, and its organisations at each level.
    pub before: Option<(u16, [u32; 4])>,
    /// Organisations that were open and had not returned.
    pub missing: usize,
    /// By sector.
    pub sectors: Vec<Part>,
    /// By region.
    pub regions: Vec<Part>,
    /// The fewest organisations that are shown together.
    pub minimum: u32,
    /// Versions of the framework that were used.
    pub frameworks: Vec<String>,
    /// SHA-256 of the register.
    pub register: String,
    /// SHA-256 of each file of returns, in order.
    pub files: Vec<String>,
}

/// One sector or region, or several that are too small to be shown apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Their names.
    pub names: Vec<String>,
    /// Organisations at each level; none where even together they may not be shown.
    pub organisations: Option<[u32; 4]>,
}

impl Snapshot {
    /// The distribution of the year.
    pub fn distribution(&self) -> Distribution {
        Distribution { year: self.year, trusts: self.organisations }
    }

    /// The distribution published for the year before.
    pub fn before(&self) -> Option<Distribution> {
        self.before.map(|(year, trusts)| Distribution { year, trusts })
    }

    /// As it is stored.
    ///
    /// # Errors
    ///
    /// [`Fault::Broken`] if it cannot be written.
    pub fn to_text(&self) -> Result<String, Fault> {
        serde_json::to_string(self).map_err(|error| Fault::Broken(error.to_string()))
    }

    /// From what is stored.
    ///
    /// # Errors
    ///
    /// [`Fault::Broken`] if it is none.
    pub fn of(published: &Publication) -> Result<Self, Fault> {
        let broken = |error: serde_json::Error| Fault::Broken(format!("a publication: {error}"));
        serde_json::from_str(&published.snapshot).map_err(broken)
    }
}

/// A round with everything that is known of it.
///
/// # Errors
///
/// [`Fault::NotFound`] if there is none.
pub async fn held(db: &mut Connection, id: &RoundId) -> Result<Held, Fault> {
    let round = collecting::round(db, id).await?;
    let registers = collecting::registers(db, id).await?;
    let files = collecting::files(db, id).await?;
    let publications = collecting::publications(db, id).await?;
    let register = match registers.last() {
        Some(it) => register(&it.of.csv).map_err(|it| Fault::Broken(told(&it)))?.1,
        None => Register::default(),
    };
    let (frameworks, thresholds) = (Frameworks::own(), Thresholds::own());
    let mut received = Vec::new();
    for it in &files {
        let broken = |error: FileError| Fault::Broken(format!("file {}: {error}", it.number));
        let reading = returns::read(&it.of.csv).map_err(broken)?;
        received.push(Received { reading, taken: it.of.taken.clone() });
    }
    let question = Question {
        year: year_of(&round),
        day: calendar(round.of.open_on),
        register: &register,
        frameworks: &frameworks,
        thresholds: &thresholds,
    };
    let together = returns::collect_files(question, &received);
    Ok(Held { round, registers, register, files, together, publications, frameworks, thresholds })
}

/// The round before: the latest earlier year of the same collection.
///
/// # Errors
///
/// If the store cannot be read.
pub async fn before(db: &mut Connection, of: &Held) -> Result<Option<Held>, Fault> {
    let of = &of.round.of;
    let all = collecting::rounds(db).await?;
    let same = |it: &&Round| (it.of.kind, it.of.name.as_str()) == (of.kind, of.name.as_str());
    let earlier = all.iter().filter(same).filter(|it| it.of.year < of.year);
    let Some(latest) = earlier.max_by_key(|it| it.of.year) else { return Ok(None) };
    held(db, &latest.id).await.map(Some)
}

/// A register from its file, or everything that is wrong with it, by row; a fault of the whole is
/// one of the first row.
///
/// # Errors
///
/// The faults.
pub fn register(csv: &str) -> Result<(usize, Register), Vec<(usize, String)>> {
    let reading = returns::read_register(csv).map_err(|it| vec![(1, it.to_string())])?;
    if !reading.faults.is_empty() {
        return Err(reading.faults.into_iter().map(|it| (it.row, it.what)).collect());
    }
    let count = reading.organisations.len();
    if count == 0 {
        return Err(vec![(1, "no row below this one names an organisation".to_owned())]);
    }
    let register = Register::new(reading.organisations);
    register.map(|it| (count, it)).map_err(|it| vec![(1, it.to_string())])
}

fn told(faults: &[(usize, String)]) -> String {
    let all: Vec<String> = faults.iter().map(|(row, what)| format!("row {row}: {what}")).collect();
    format!("a register: {}", all.join("; "))
}

fn year_of(round: &Round) -> u16 {
    u16::try_from(round.of.year).unwrap_or_default()
}

impl Held {
    /// The year.
    pub fn year(&self) -> u16 {
        year_of(&self.round)
    }

    /// The fewest organisations that are shown together.
    pub fn minimum(&self) -> u32 {
        self.thresholds.group_members.value
    }

    /// How many organisations are at each level.
    pub fn distribution(&self) -> Distribution {
        self.together.collection.distribution()
    }

    /// How many organisations are at each level, if enough have returned for it to be shown.
    pub fn shown(&self) -> Option<Distribution> {
        self.distribution().shown_from(self.minimum())
    }

    /// How much of it there is, for whoever changes it after having seen it.
    pub fn seen(&self) -> Seen {
        let count = |it: usize| i64::try_from(it).unwrap_or(i64::MAX);
        Seen {
            publications: count(self.publications.len()),
            registers: count(self.registers.len()),
            files: count(self.files.len()),
        }
    }

    /// Rows that came, whether or not they were taken.
    pub fn rows(&self) -> i64 {
        self.files.iter().map(|it| it.of.rows).sum()
    }

    /// An organisation with its code and its name.
    pub fn name(&self, code: &OrganisationCode) -> String {
        let found = self.register.get(code);
        found.map_or_else(|| code.to_string(), |it| format!("{code} {}", it.name))
    }

    /// What a file of returns would do.
    ///
    /// # Errors
    ///
    /// If its first row does not name the columns.
    pub fn look(&self, csv: &str) -> Result<Looked, FileError> {
        let reading = returns::read(csv)?;
        let question = Question {
            year: self.year(),
            day: calendar(self.round.of.open_on),
            register: &self.register,
            frameworks: &self.frameworks,
            thresholds: &self.thresholds,
        };
        let collection = returns::collect(question, &reading);
        let wrong: BTreeSet<usize> = collection.rejected.iter().map(|it| it.row).collect();
        let good = reading.returns.iter().map(|it| it.0).filter(|it| !wrong.contains(it));
        let (mut replaced, mut same) = (Vec::new(), 0);
        for (code, new) in &collection.returns {
            match self.together.collection.returns.get(code) {
                Some(old) if old == new => same += 1,
                Some(old) => replaced.push((code.clone(), old.level, new.level)),
                None => {}
            }
        }
        let taken = good.collect();
        let rows = reading.returns.len() + reading.faults.len();
        Ok(Looked { rows, taken, collection, replaced, same })
    }

    /// The round by sector or region.
    pub fn cut(&self, by: Cut) -> Vec<Part> {
        let rows = returns::cut(&self.together.collection, &self.register, by, self.minimum());
        rows.into_iter().map(|it| Part { names: it.groups, organisations: it.trusts }).collect()
    }

    /// What would be published now, beside what was published of the round before; none where too
    /// few have returned.
    ///
    /// # Errors
    ///
    /// If what was published before cannot be read.
    pub fn snapshot(&self, before: Option<&Self>) -> Result<Option<Snapshot>, Fault> {
        let Some(shown) = self.shown() else { return Ok(None) };
        let before = match before.and_then(|it| it.publications.last()) {
            Some(it) => Some(Snapshot::of(it)?).map(|it| (it.year, it.organisations)),
            None => None,
        };
        let frameworks = self.together.collection.frameworks();
        Ok(Some(Snapshot {
            year: shown.year,
            organisations: shown.trusts,
            before,
            missing: self.together.collection.missing.len(),
            sectors: self.cut(Cut::Sector),
            regions: self.cut(Cut::Region),
            minimum: self.minimum(),
            frameworks: frameworks.into_iter().map(ToString::to_string).collect(),
            register: self.registers.last().map(|it| it.sha256.clone()).unwrap_or_default(),
            files: self.files.iter().map(|it| it.sha256.clone()).collect(),
        }))
    }

    /// Rows that were left out, by organisation where they say whose they are.
    pub fn left_out(&self) -> &[(usize, RowFault)] {
        &self.together.left_out
    }
}

/// The level that steps show, in words.
pub fn shown_words(shown: Shown) -> String {
    shown.to_string().replace("Level ", "Level\u{a0}")
}
