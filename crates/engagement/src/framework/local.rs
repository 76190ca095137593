//! Local versions of a framework, and the frameworks that a trust has loaded.

use std::collections::BTreeMap;

use super::check::{no_such, unique};
use super::{CategoryId, Framework, FrameworkError, FrameworkId, StepId, hash_of};

/// A step that a trust added for itself. It is shown and recorded, and never counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalStep {
    /// Its identifier, other than that of any national step.
    pub id: StepId,
    /// The category under which it is shown.
    pub category: CategoryId,
    /// What it says.
    pub label: String,
    /// What it means.
    pub guidance: String,
}

/// A version is there already, with another text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "framework `{id}` is loaded with another text: a version never changes, so give the new text a new identifier"
)]
pub struct VersionConflict {
    /// The version.
    pub id: FrameworkId,
}

impl Framework {
    /// A local version: the same national steps, and steps of the trust's own beside them.
    ///
    /// # Errors
    ///
    /// [`FrameworkError`] if the identifier is that of the version it is made from, or a local step
    /// has an identifier twice, that of a national step, or a category that is not there.
    pub fn with_local_steps(
        &self,
        id: FrameworkId,
        title: &str,
        steps: Vec<LocalStep>,
    ) -> Result<Self, FrameworkError> {
        unique("framework", [self.id(), &id].into_iter())?;
        let national = self.parts.steps.iter().map(|it| &it.id);
        unique("step", national.chain(steps.iter().map(|it| &it.id)))?;
        for step in &steps {
            if !self.parts.categories.iter().any(|it| it.id == step.category) {
                return Err(no_such(("step", &step.id), ("category", &step.category)));
            }
            if step.label.trim().is_empty() {
                let id = step.id.to_string();
                return Err(FrameworkError::Empty { kind: "step", id, what: "label" });
            }
        }
        let mut texts = vec![self.hash(), id.as_str(), title];
        for it in &steps {
            texts.extend([it.id.as_str(), it.category.as_str(), &it.label, &it.guidance]);
        }
        let hash = hash_of(&texts);
        let mut parts = self.parts.clone();
        parts.id = id;
        title.clone_into(&mut parts.title);
        let (based_on, national) = (Some(self.id().clone()), self.national.clone());
        Ok(Self { parts, local_steps: steps, based_on, national, hash })
    }
}

/// The frameworks that are loaded, by identifier. Each stays as it was when it came.
#[derive(Clone, Debug, Default)]
pub struct Frameworks {
    by_id: BTreeMap<FrameworkId, Framework>,
}

impl Frameworks {
    /// The national framework of 2013 alone.
    pub fn own() -> Self {
        let national = Framework::national_2013();
        Self { by_id: BTreeMap::from([(national.id().clone(), national)]) }
    }

    /// Adds a version. The same version a second time changes nothing.
    ///
    /// # Errors
    ///
    /// [`VersionConflict`] if the version is there with another text.
    pub fn add(&mut self, framework: Framework) -> Result<(), VersionConflict> {
        let id = framework.id().clone();
        match self.by_id.get(&id) {
            Some(kept) if kept.hash() != framework.hash() => Err(VersionConflict { id }),
            Some(_) => Ok(()),
            None => {
                self.by_id.insert(id, framework);
                Ok(())
            }
        }
    }

    /// The version of an identifier.
    pub fn get(&self, id: &FrameworkId) -> Option<&Framework> {
        self.by_id.get(id)
    }

    /// All versions, by identifier.
    pub fn iter(&self) -> impl Iterator<Item = &Framework> {
        self.by_id.values()
    }
}
