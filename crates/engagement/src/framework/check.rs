//! Whether a framework hangs together: totals, identifiers, links.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use serde::Deserialize;

use super::{CategoryId, Level, Parts, RecordedFor, StepId};

/// The most steps of a framework: the engine keeps a set of them in one number.
const STEPS_MAX: usize = 60;

/// What the steps must add up to, as the file states it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Totals {
    /// Steps in each level's column.
    column: [usize; 4],
    /// Steps that each level introduces.
    introduced: [usize; 4],
    /// Steps of a category in each level's column.
    by_category: BTreeMap<CategoryId, [usize; 4]>,
}

/// Why a text holds no framework.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameworkError {
    /// The text breaks the rules of TOML, or a part is missing or misspelt.
    #[error("the framework cannot be read: {0}")]
    Unreadable(String),
    /// Two of a kind have one identifier.
    #[error("the {kind} `{id}` is there twice: give one of them another identifier")]
    Twice {
        /// Step, category and so on.
        kind: &'static str,
        /// The identifier.
        id: String,
    },
    /// A link leads nowhere.
    #[error("the {kind} `{id}` names the {target_kind} `{target}`, which is not there")]
    NoSuch {
        /// What has the link.
        kind: &'static str,
        /// Its identifier.
        id: String,
        /// What is linked to.
        target_kind: &'static str,
        /// The identifier that is not there.
        target: String,
    },
    /// A text is empty.
    #[error("the {kind} `{id}` has no {what}")]
    Empty {
        /// What has the text.
        kind: &'static str,
        /// Its identifier.
        id: String,
        /// The text.
        what: &'static str,
    },
    /// The levels are not 1 to 4 in order.
    #[error("the levels must be defined in the order 1, 2, 3, 4, each once")]
    Levels,
    /// The steps do not add up to the totals that the file states.
    #[error("{what}: the totals state {stated}, the steps are {counted}")]
    Totals {
        /// Which total.
        what: String,
        /// What is stated.
        stated: usize,
        /// What was counted.
        counted: usize,
    },
    /// The steps of Level 1 are those that are recorded for the organisation, and no others.
    #[error(
        "the step `{0}`: the steps of Level 1, and no others, are recorded for the organisation"
    )]
    RecordedFor(StepId),
    /// More steps than a framework may have.
    #[error("there are {0} steps, and a framework has at most {STEPS_MAX}")]
    TooMany(usize),
}

/// The first thing that is wrong with the framework.
pub(super) fn check(parts: &Parts) -> Result<(), FrameworkError> {
    unique("category", parts.categories.iter().map(|it| &it.id))?;
    unique("step", parts.steps.iter().map(|it| &it.id))?;
    unique("group", parts.groups.iter().map(|it| &it.id))?;
    unique("characteristic", parts.characteristics.iter().map(|it| &it.id))?;
    unique("definition", parts.definitions.iter().map(|it| &it.term))?;
    if !parts.levels.iter().map(|it| it.level).eq(Level::ALL) {
        return Err(FrameworkError::Levels);
    }
    if parts.steps.len() > STEPS_MAX {
        return Err(FrameworkError::TooMany(parts.steps.len()));
    }
    links(parts)?;
    texts(parts)?;
    totals(parts)
}

/// Each identifier once, and none empty.
pub(crate) fn unique<T: Ord + Display>(
    kind: &'static str,
    ids: impl Iterator<Item = T>,
) -> Result<(), FrameworkError> {
    let mut seen = BTreeSet::new();
    for id in ids {
        if id.to_string().trim().is_empty() {
            return Err(FrameworkError::Empty { kind, id: String::new(), what: "identifier" });
        }
        let text = id.to_string();
        if !seen.insert(id) {
            return Err(FrameworkError::Twice { kind, id: text });
        }
    }
    Ok(())
}

fn links(parts: &Parts) -> Result<(), FrameworkError> {
    for step in &parts.steps {
        let for_organisation = step.recorded_for == RecordedFor::Organisation;
        if for_organisation != (step.from_level == Level::One) {
            return Err(FrameworkError::RecordedFor(step.id.clone()));
        }
        if !parts.categories.iter().any(|it| it.id == step.category) {
            return Err(no_such(("step", &step.id), ("category", &step.category)));
        }
    }
    for it in &parts.characteristics {
        if !parts.groups.iter().any(|group| group.id == it.group) {
            return Err(no_such(("characteristic", &it.id), ("group", &it.group)));
        }
        if it.steps.is_empty() {
            let (id, what) = (it.id.to_string(), "step that it feeds");
            return Err(FrameworkError::Empty { kind: "characteristic", id, what });
        }
        let lost = it.steps.iter().find(|id| parts.steps.iter().all(|step| step.id != **id));
        if let Some(lost) = lost {
            return Err(no_such(("characteristic", &it.id), ("step", lost)));
        }
    }
    Ok(())
}

pub(crate) fn no_such(
    (kind, id): (&'static str, &dyn Display),
    (target_kind, target): (&'static str, &dyn Display),
) -> FrameworkError {
    let (id, target) = (id.to_string(), target.to_string());
    FrameworkError::NoSuch { kind, id, target_kind, target }
}

fn texts(parts: &Parts) -> Result<(), FrameworkError> {
    for step in &parts.steps {
        let texts = [
            ("label", &step.label),
            ("guidance", &step.guidance),
            ("evidence that is enough", &step.enough),
            ("evidence that is not enough", &step.not_enough),
        ];
        if let Some((what, _)) = texts.into_iter().find(|(_, text)| text.trim().is_empty()) {
            let id = step.id.to_string();
            return Err(FrameworkError::Empty { kind: "step", id, what });
        }
    }
    if parts.changes.is_empty() {
        let (id, what) = (parts.id.to_string(), "change log");
        return Err(FrameworkError::Empty { kind: "framework", id, what });
    }
    Ok(())
}

fn totals(parts: &Parts) -> Result<(), FrameworkError> {
    let totals = &parts.totals;
    for level in Level::ALL {
        let index = level.index();
        let column = parts.steps.iter().filter(|it| it.from_level <= level);
        compare(format!("steps in the column of {level}"), totals.column[index], column.count())?;
        let introduced = parts.steps.iter().filter(|it| it.from_level == level);
        let stated = totals.introduced[index];
        compare(format!("steps introduced at {level}"), stated, introduced.count())?;
    }
    for category in &parts.categories {
        let stated = totals.by_category.get(&category.id);
        let stated = stated.ok_or_else(|| no_such(("category", &category.id), ("total", &"")))?;
        for level in Level::ALL {
            let steps = parts.steps.iter().filter(|it| it.category == category.id);
            let counted = steps.filter(|it| it.from_level <= level).count();
            let what = format!("steps of `{}` in the column of {level}", category.id);
            compare(what, stated[level.index()], counted)?;
        }
    }
    let lost = totals.by_category.keys().find(|id| parts.categories.iter().all(|it| it.id != **id));
    lost.map_or(Ok(()), |lost| Err(no_such(("total", lost), ("category", lost))))
}

fn compare(what: String, stated: usize, counted: usize) -> Result<(), FrameworkError> {
    if stated == counted {
        return Ok(());
    }
    Err(FrameworkError::Totals { what, stated, counted })
}
