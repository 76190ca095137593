//! Names of codes, from the model that the run holds.

use domain::provenance::DIRECT;
use rules::YearRules;

use super::Named;

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
