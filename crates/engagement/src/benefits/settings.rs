//! Lists and limits of actions and benefits, read from a text file.

use serde::Deserialize;

/// The lists that come with the program.
const OWN: &str = include_str!("../../data/benefits.toml");

/// A limit, and why it is so.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// The limit, in its unit.
    pub value: u32,
    /// Its unit.
    pub unit: String,
    /// The document that says so, or that it is our own.
    pub source: String,
    /// Why it is so.
    pub why: String,
}

/// Something that a claim may rest on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// Its code.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// In which unit it is counted.
    pub unit: String,
    /// Whether what is saved of it is capacity that something else can use.
    pub released: bool,
    /// How many seconds one is, where costings count it by time.
    #[serde(default)]
    pub seconds: Option<i64>,
}

/// Which part of a cost moves how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Moves with every unit of use.
    Variable,
    /// Moves in steps, such as a post or a ward.
    SemiFixed,
}

/// A kind of evidence that the ledger gives.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceKind {
    /// Its code.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Which part of a cost it can show.
    pub part: Part,
}

/// A value of a list with a name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Its code.
    pub code: String,
    /// What people call it.
    pub name: String,
}

/// A subject of the register of measures that stands for quality.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QualitySubject {
    /// The subject.
    pub subject: String,
}

/// All lists and limits.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BenefitSettings {
    /// Days after which an action that nobody spoke of needs an update.
    pub update_after: Limit,
    /// Months of a paired measure that are looked at together.
    pub guard_months: Limit,
    /// How far a limit may be from where the measure stood, in percent of that.
    pub limit_share: Limit,
    /// How old the last value of a paired measure may be, in months.
    pub reading_age: Limit,
    /// What claims may rest on.
    pub basis: Vec<Basis>,
    /// What the ledger shows.
    pub evidence: Vec<EvidenceKind>,
    /// Why nothing moved.
    pub no_progress: Vec<Named>,
    /// How feasible owners find an action, the best first; all but the first need a reason.
    pub feasibility: Vec<Named>,
    /// What stands for quality.
    pub quality: Vec<QualitySubject>,
    /// Domains of the outcomes framework.
    pub domain: Vec<Named>,
}

/// Why a text holds no lists.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the lists of benefits cannot be read: {0}")]
pub struct BenefitSettingsError(String);

impl BenefitSettings {
    /// The lists that come with the program.
    pub fn own() -> Self {
        Self::parse(OWN).expect("a test reads the lists that come with the program")
    }

    /// Reads lists and limits.
    ///
    /// # Errors
    /// If something is missing or unknown, or a code stands twice.
    pub fn parse(text: &str) -> Result<Self, BenefitSettingsError> {
        let read: Self =
            toml::from_str(text).map_err(|error| BenefitSettingsError(error.to_string()))?;
        let mut codes: Vec<&str> = read.basis.iter().map(|it| it.code.as_str()).collect();
        codes.sort_unstable();
        match codes.windows(2).find(|it| it[0] == it[1]) {
            Some(twice) => Err(BenefitSettingsError(format!("`{}` stands twice", twice[0]))),
            None => Ok(read),
        }
    }

    /// What a claim may rest on, by its code.
    pub fn basis(&self, code: &str) -> Option<&Basis> {
        self.basis.iter().find(|it| it.code == code)
    }

    /// A kind of evidence, by its code.
    pub fn evidence(&self, code: &str) -> Option<&EvidenceKind> {
        self.evidence.iter().find(|it| it.code == code)
    }

    /// A level of how feasible an action is, by its code.
    pub fn feasible(&self, code: &str) -> Option<&Named> {
        self.feasibility.iter().find(|it| it.code == code)
    }

    /// Whether a subject of the register stands for quality.
    pub fn is_quality(&self, subject: &str) -> bool {
        self.quality.iter().any(|it| it.subject == subject)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_lists_are_read_and_a_code_that_stands_twice_is_refused() {
        let own = BenefitSettings::own();
        assert_eq!(own.basis("bed-days").map(|it| it.unit.as_str()), Some("bed days"));
        assert_eq!(own.evidence("ward-closed").map(|it| it.part), Some(Part::SemiFixed));
        let levels: Vec<&str> = own.feasibility.iter().map(|it| it.code.as_str()).collect();
        assert_eq!(levels, ["as-is", "decision", "means"], "the best first");
        assert!(own.is_quality("harm") && !own.is_quality("vacancies"));
        let limits = [&own.update_after, &own.guard_months, &own.limit_share, &own.reading_age];
        assert!(limits.iter().all(|it| !it.source.is_empty() && !it.why.is_empty()));
        let twice = OWN.replacen("code = \"scans\"", "code = \"tests\"", 1);
        let error = BenefitSettings::parse(&twice).expect_err("it stands twice");
        assert_eq!(error.to_string(), "the lists of benefits cannot be read: `tests` stands twice");
    }
}
