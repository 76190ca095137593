//! Names of codes, from the model that the run holds.

use domain::provenance::DIRECT;
use rules::YearRules;

use super::Named;

/// Lists of codes that are no code of what was done or used.
const OF_EVENTS: [&str; 4] = ["hrg", "specialty", "site", "ward"];

/// Looks names up; a code without a name keeps a blank one.
pub(crate) struct Names<'a>(pub(crate) &'a YearRules);

impl Names<'_> {
    pub(crate) fn resource(&self, code: &str) -> Named {
        named(code, self.0.resources.get(code).map(|it| it.name.as_str()))
    }

    pub(crate) fn activity(&self, code: &str) -> Named {
        named(code, self.0.activities.get(code).map(|it| it.name.as_str()))
    }

    pub(crate) fn feed(&self, code: &str) -> Named {
        named(code, self.0.feeds.get(code).map(|it| it.name.as_str()))
    }

    /// What a feed row's code is called, where a list of the model has it.
    pub(crate) fn of_row(&self, code: &str) -> Named {
        let lists = self.0.reference_codes.iter().filter(|it| !OF_EVENTS.contains(&it.0.as_str()));
        let mut found = lists.filter_map(|(_, codes)| codes.get(code));
        named(code, found.next().map(|it| it.name.as_str()).filter(|it| *it != code))
    }

    pub(crate) fn support_group(&self, code: &str) -> Named {
        let name = if code == DIRECT {
            Some("the care itself")
        } else {
            self.0.support_groups.get(code).map(|it| it.name.as_str())
        };
        named(code, name)
    }

    pub(crate) fn cost_line(&self, code: &str) -> Named {
        named(code, self.0.cost_lines.get(code).map(|it| it.name.as_str()))
    }

    pub(crate) fn service_line(&self, code: &str) -> Named {
        named(code, self.0.service_lines.get(code).map(|it| it.name.as_str()))
    }

    pub(crate) fn cost_object(&self, code: &str) -> Named {
        named(code, self.0.cost_objects.get(code).map(|it| it.name.as_str()))
    }

    pub(crate) fn specialty(&self, code: &str) -> Named {
        named(code, self.0.specialties.get(code).map(|it| it.name.as_str()))
    }

    pub(crate) fn event_type(&self, code: &str) -> Named {
        named(code, self.0.event_types.get(code).map(String::as_str))
    }
}

impl Named {
    /// The name, or the code where there is none.
    pub fn words(&self) -> &str {
        if self.name.is_empty() { &self.code } else { &self.name }
    }

    /// The name with its code: `Estates (EST)`.
    pub fn with_code(&self) -> String {
        if self.name.is_empty() || self.name == self.code {
            self.code.clone()
        } else {
            format!("{} ({})", self.name, self.code)
        }
    }
}

fn named(code: &str, name: Option<&str>) -> Named {
    Named { code: code.to_owned(), name: name.unwrap_or_default().to_owned() }
}
