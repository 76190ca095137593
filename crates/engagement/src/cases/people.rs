//! Who stands behind a business case, and who looked at what it does to quality.

use serde::{Deserialize, Serialize};

use super::{Lack, Part};
use crate::actions::Profession;
use crate::listed::listed;

listed! {
    /// A role in the team of a case.
    CaseRole {
        /// Gives care.
        Clinician = "clinician", "Clinician";
        /// Runs the service.
        Manager = "manager", "Business manager";
        /// Counts what it costs.
        Finance = "finance", "Finance";
    }
}

impl CaseRole {
    /// The group of professions that it asks for.
    pub const fn profession(self) -> Profession {
        match self {
            Self::Clinician => Profession::Clinical,
            Self::Manager => Profession::Manager,
            Self::Finance => Profession::Finance,
        }
    }

    /// What to do where nobody holds it.
    const fn asks(self) -> &'static str {
        match self {
            Self::Clinician => "Name the clinician of the team",
            Self::Manager => "Name the business manager of the team",
            Self::Finance => "Name who is of finance in the team",
        }
    }
}

/// Somebody in the team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// As what.
    pub role: String,
    /// Reference of the person.
    pub person: String,
    /// Word of the group of their profession.
    pub profession: String,
}

/// Who stands behind a case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Team(Vec<Member>);

/// What a case does to quality, and who looked at it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QualityImpact {
    /// What it does to all three together: as it was written before each had its own part.
    pub words: String,
    /// What it does to safety.
    #[serde(default)]
    pub safety: String,
    /// What it does to how well care works.
    #[serde(default)]
    pub effectiveness: String,
    /// What it does to how patients see it.
    #[serde(default)]
    pub experience: String,
    /// Reference of who assessed it; blank for nobody.
    pub assessed_by: String,
}

impl Member {
    /// Somebody in a role.
    pub fn new(role: CaseRole, person: &str, profession: Profession) -> Self {
        Self {
            role: role.word().to_owned(),
            person: person.to_owned(),
            profession: profession.word().to_owned(),
        }
    }
}

impl Team {
    /// A team of these.
    pub const fn of(members: Vec<Member>) -> Self {
        Self(members)
    }

    /// Everybody in it.
    pub fn members(&self) -> &[Member] {
        &self.0
    }

    /// Who holds a role.
    pub fn holder(&self, role: CaseRole) -> Option<&Member> {
        self.0.iter().find(|it| it.role == role.word() && !it.person.is_empty())
    }

    /// Whether somebody is in it.
    pub fn has(&self, person: &str) -> bool {
        self.0.iter().any(|it| it.person == person)
    }

    /// Roles that nobody holds, holders of another profession, and one person in two roles.
    pub(super) fn lacks(&self) -> Vec<Lack> {
        let lack = |what: String| Lack { part: Part::Team, what };
        let mut lacks = Vec::new();
        let mut seen = Vec::new();
        for role in CaseRole::ALL {
            let Some(holder) = self.holder(*role) else {
                lacks.push(lack(role.asks().to_owned()));
                continue;
            };
            if holder.profession != role.profession().word() {
                lacks.push(lack(format!(
                    "{}: choose somebody whose profession is that of the role",
                    role.name()
                )));
            }
            if seen.contains(&holder.person.as_str()) {
                lacks.push(lack("The team is of three people: one is named twice".to_owned()));
            }
            seen.push(holder.person.as_str());
        }
        lacks
    }
}

impl QualityImpact {
    /// Its parts, each with its name.
    pub fn parts(&self) -> [(&'static str, &str); 3] {
        [
            ("safety", &self.safety),
            ("how well care works", &self.effectiveness),
            ("how patients see it", &self.experience),
        ]
    }

    /// Whether it is written in parts: such an assessment is signed by whoever assessed.
    pub fn is_in_parts(&self) -> bool {
        self.parts().iter().any(|it| !it.1.trim().is_empty())
    }

    pub(super) fn lacks(&self) -> Vec<Lack> {
        let lack = |what: &str| Lack { part: Part::Quality, what: what.to_owned() };
        let mut lacks = Vec::new();
        if self.is_in_parts() {
            let blank = self.parts().into_iter().filter(|it| it.1.trim().is_empty());
            lacks.extend(
                blank.map(|it| lack(&format!("Impact on quality: say what it does to {}", it.0))),
            );
        } else if self.words.trim().is_empty() {
            lacks.push(lack("Assess what it does to quality"));
        }
        if self.assessed_by.is_empty() {
            lacks.push(lack("Name who assessed what it does to quality"));
        }
        lacks
    }
}
