//! The self-assessment tool as data: steps, categories, levels, characteristics, and where they come from.
//!
//! A version never changes. Its hash is that of its text, so that a result can say which text it
//! rests on; a correction is a new version, and an old assessment keeps its own.

mod check;
mod local;
mod names;

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

pub use check::FrameworkError;
pub(crate) use check::{no_such, unique};
pub use local::{Frameworks, LocalStep, VersionConflict};
pub(crate) use names::identifier;
pub use names::{CategoryId, CharacteristicId, FrameworkId, GroupId, Level, NotALevel, StepId};

/// The national framework that comes with the program.
const NATIONAL_2013: &str = include_str!("../../data/framework-2013.toml");

/// One version of the self-assessment tool. It cannot be changed once it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Framework {
    parts: Parts,
    local_steps: Vec<LocalStep>,
    based_on: Option<FrameworkId>,
    national: FrameworkId,
    hash: String,
}

/// Where a framework comes from and under which licence.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// The document.
    pub source: String,
    /// Under which it may be used.
    pub licence: String,
    /// The words that must stand beside it.
    pub attribution: String,
    /// The meeting that agreed the criteria.
    pub agreed_at: String,
    /// When it met.
    pub agreed_in: String,
}

/// One entry of the change log.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionChange {
    /// Month and year.
    pub made_in: String,
    /// What changed, and why.
    pub what: String,
}

/// A word that all who assess must read alike.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// The word.
    pub term: String,
    /// What it means.
    pub meaning: String,
    /// Section of the guide.
    pub section: String,
    /// Groups that it names, such as the professions of clinicians.
    #[serde(default)]
    pub groups: Vec<String>,
}

/// One of the three categories in which steps are counted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Its identifier.
    pub id: CategoryId,
    /// Its name in the guide.
    pub label: String,
}

/// What a level means.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelDefinition {
    /// The level.
    pub level: Level,
    /// The guide's definition.
    pub definition: String,
    /// The guide's example.
    pub example: String,
    /// The same in a sentence of ours.
    pub in_short: String,
    /// How widely joint working must have spread; derived from the definition by us.
    pub spread: String,
    /// What surprises.
    pub note: Option<String>,
}

/// For whom a step is recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordedFor {
    /// Always for the organisation as a whole.
    Organisation,
    /// For the organisation or by unit, as the assessment says.
    #[default]
    AsAssessed,
}

/// One of the steps of the matrix.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its identifier.
    pub id: StepId,
    /// The category in which it counts.
    pub category: CategoryId,
    /// The level that introduces it; it stands in that level's column and in all above.
    pub from_level: Level,
    /// For whom it is recorded.
    #[serde(default)]
    pub recorded_for: RecordedFor,
    /// Shown and never counted: PLICS.
    #[serde(default)]
    pub neutral: bool,
    /// The guide's words.
    pub label: String,
    /// What it means, in plain words of ours.
    pub guidance: String,
    /// How to read it where the guide's words mislead.
    pub note: Option<String>,
    /// Evidence that is enough.
    pub enough: String,
    /// What is not.
    pub not_enough: String,
}

/// One of the guide's three groups of characteristics; they are not the categories.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its identifier.
    pub id: GroupId,
    /// Its name in the guide.
    pub label: String,
}

/// A characteristic of organisations in which engagement works: what good looks like.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Characteristic {
    /// Its identifier.
    pub id: CharacteristicId,
    /// Its group.
    pub group: GroupId,
    /// Its name in the guide.
    pub label: String,
    /// Section of the guide.
    pub section: String,
    /// What it means, in plain words of ours.
    pub in_short: String,
    /// The steps that it feeds; our mapping.
    pub steps: Vec<StepId>,
}

/// What the file holds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    id: FrameworkId,
    title: String,
    provenance: Provenance,
    changes: Vec<VersionChange>,
    totals: check::Totals,
    definitions: Vec<Definition>,
    categories: Vec<Category>,
    levels: Vec<LevelDefinition>,
    steps: Vec<Step>,
    groups: Vec<Group>,
    characteristics: Vec<Characteristic>,
}

impl Framework {
    /// The national framework of 2013.
    pub fn national_2013() -> Self {
        Self::parse(NATIONAL_2013).expect("a test reads the framework that comes with the program")
    }

    /// Reads a framework from the text of a TOML file.
    ///
    /// # Errors
    ///
    /// [`FrameworkError`] names what is wrong and where; for example, a total that the steps do not
    /// have.
    pub fn parse(text: &str) -> Result<Self, FrameworkError> {
        let parts: Parts = toml::from_str(text)
            .map_err(|it| FrameworkError::Unreadable(it.to_string().trim_end().to_owned()))?;
        check::check(&parts)?;
        let hash = hash_of(&[text]);
        let national = parts.id.clone();
        Ok(Self { parts, local_steps: Vec::new(), based_on: None, national, hash })
    }

    /// Its identifier.
    pub fn id(&self) -> &FrameworkId {
        &self.parts.id
    }

    /// Its title.
    pub fn title(&self) -> &str {
        &self.parts.title
    }

    /// The version that a local version was made from.
    pub fn based_on(&self) -> Option<&FrameworkId> {
        self.based_on.as_ref()
    }

    /// The national version whose steps it has; its own identifier, if it is one.
    pub fn national(&self) -> &FrameworkId {
        &self.national
    }

    /// SHA-256 of its text, in hexadecimal digits.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Where it comes from.
    pub fn provenance(&self) -> &Provenance {
        &self.parts.provenance
    }

    /// Its change log, oldest first.
    pub fn changes(&self) -> &[VersionChange] {
        &self.parts.changes
    }

    /// The words that all must read alike before they assess.
    pub fn definitions(&self) -> &[Definition] {
        &self.parts.definitions
    }

    /// The categories, in the order of the matrix.
    pub fn categories(&self) -> &[Category] {
        &self.parts.categories
    }

    /// The levels, lowest first.
    pub fn levels(&self) -> &[LevelDefinition] {
        &self.parts.levels
    }

    /// The national steps, in the order of the matrix.
    pub fn steps(&self) -> &[Step] {
        &self.parts.steps
    }

    /// The steps that the trust added; they never count.
    pub fn local_steps(&self) -> &[LocalStep] {
        &self.local_steps
    }

    /// The groups of characteristics.
    pub fn groups(&self) -> &[Group] {
        &self.parts.groups
    }

    /// The characteristics, in the order of the guide.
    pub fn characteristics(&self) -> &[Characteristic] {
        &self.parts.characteristics
    }

    /// The national step of an identifier.
    pub fn step(&self, id: &StepId) -> Option<&Step> {
        self.parts.steps.iter().find(|it| it.id == *id)
    }

    /// The steps of a level's column: those introduced at it or below.
    pub fn column(&self, level: Level) -> impl Iterator<Item = &Step> {
        self.parts.steps.iter().filter(move |it| it.from_level <= level)
    }

    /// Whether the framework has such a step, national or local.
    pub fn knows(&self, id: &StepId) -> bool {
        self.step(id).is_some() || self.local_steps.iter().any(|it| it.id == *id)
    }
}

#[cfg(test)]
mod tests;

/// SHA-256 of texts one after another, in hexadecimal digits.
pub(crate) fn hash_of(texts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for text in texts {
        hasher.update(text.as_bytes());
        hasher.update([0]);
    }
    hasher.finalize().iter().map(|it| format!("{it:02x}")).collect()
}
