//! What goes with a framework: examples, recommendations of the Francis report, resources.

use serde::Deserialize;

use crate::framework::{
    CharacteristicId, Framework, FrameworkError, FrameworkId, StepId, identifier, no_such, unique,
};

/// The library that comes with the program.
const OWN: &str = include_str!("../data/library-2013.toml");

identifier! {
    /// Names an example.
    ExampleId,
}

/// Examples, recommendations and resources, linked to the steps of a framework.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Library {
    /// The framework to whose steps it is linked.
    pub framework: FrameworkId,
    /// What must stand beside examples: they are no endorsement.
    pub notice: String,
    /// The document.
    pub source: String,
    /// Under which it may be used.
    pub licence: String,
    /// Examples, in the order of the guide.
    pub examples: Vec<Example>,
    /// Recommendations of Annex C.
    pub recommendations: Vec<Recommendation>,
    /// Resources of chapter 7.
    pub resources: Vec<Resource>,
}

/// What a trust did, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Its identifier.
    pub id: ExampleId,
    /// Its title.
    pub title: String,
    /// Section of the guide.
    pub section: String,
    /// Whether it stands under a heading of its own, or in running text.
    pub headed: bool,
    /// What happened, in words of ours.
    pub story: String,
    /// The steps that it shows; our mapping.
    pub steps: Vec<StepId>,
    /// The characteristics that it shows; our mapping.
    pub characteristics: Vec<CharacteristicId>,
    /// What was done, where the guide says so.
    #[serde(default)]
    pub actions: Vec<String>,
    /// By what it is seen that patients gained and lost nothing, where the guide says so.
    #[serde(default)]
    pub outcomes: Vec<String>,
    /// Its figures.
    #[serde(default)]
    pub figures: Vec<Figure>,
}

/// A figure of an example.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// What it counts.
    pub what: String,
    /// The service that it is of, where an example tells of more than one; blank else.
    #[serde(default)]
    pub of: String,
    /// In its unit; a deficit is below zero and shown in words.
    pub value: i64,
    /// Its unit.
    pub unit: FigureUnit,
    /// How exact it is.
    #[serde(default)]
    pub bound: Bound,
}

/// The unit of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names are the units")]
pub enum FigureUnit {
    Pounds,
    PoundsAYear,
    Percent,
    PatientsAYear,
    Episodes,
    OperationsADay,
    Wards,
    Days,
    Months,
    TimesAYear,
    People,
    Criteria,
    Perspectives,
    Approaches,
}

/// How exact a figure is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// As stated.
    #[default]
    Exactly,
    /// The guide says approximately.
    About,
    /// The guide says over.
    MoreThan,
    /// The guide says a maximum of.
    AtMost,
}

/// A recommendation of the report of the Mid Staffordshire inquiry that the guide prints.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recommendation {
    /// Its number in the report.
    pub number: u16,
    /// Who is accountable.
    pub accountable: String,
    /// What it asks, in words of ours.
    pub in_short: String,
    /// The steps whose evidence speaks to it; our mapping.
    pub steps: Vec<StepId>,
}

/// Something to read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// Who published it.
    pub publisher: String,
    /// Its title.
    pub title: String,
    /// Month and year, where the guide says.
    pub published: Option<String>,
}

impl Figure {
    /// As people read it: `deficit before: −£200,000`, `courses: 2 times a year`.
    pub fn in_words(&self) -> String {
        let sign = if self.value < 0 { "−" } else { "" };
        let amount = grouped(self.value.unsigned_abs());
        let value = match self.unit {
            FigureUnit::Pounds => format!("{sign}£{amount}"),
            FigureUnit::PoundsAYear => format!("{sign}£{amount} a year"),
            FigureUnit::Percent => format!("{sign}{amount}%"),
            unit => format!("{sign}{amount} {}", unit.noun()),
        };
        format!("{}: {}{value}", self.what, self.bound.words())
    }
}

impl Example {
    /// Figures of one of its services in a unit, in order; of the only one where the name is blank.
    pub fn figures_in(&self, of: &str, unit: FigureUnit) -> Vec<&Figure> {
        self.figures.iter().filter(|it| it.of == of && it.unit == unit).collect()
    }
}

impl FigureUnit {
    /// What is counted; blank where the figure says so itself.
    const fn noun(self) -> &'static str {
        match self {
            Self::Pounds | Self::PoundsAYear | Self::Percent => "",
            Self::PatientsAYear => "patients a year",
            Self::Episodes => "episodes",
            Self::OperationsADay => "operations a day",
            Self::Wards => "wards",
            Self::Days => "days",
            Self::Months => "months",
            Self::TimesAYear => "times a year",
            Self::People => "people",
            Self::Criteria => "criteria",
            Self::Perspectives => "perspectives",
            Self::Approaches => "approaches",
        }
    }
}

impl Bound {
    const fn words(self) -> &'static str {
        match self {
            Self::Exactly => "",
            Self::About => "about ",
            Self::MoreThan => "more than ",
            Self::AtMost => "at most ",
        }
    }
}

/// A whole number with commas.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|it| std::str::from_utf8(it).unwrap_or_default())
        .collect();
    groups.join(",")
}

impl Library {
    /// The library of the national framework of 2013.
    pub fn own() -> Self {
        let framework = Framework::national_2013();
        Self::parse(OWN, &framework).expect("a test reads the library that comes with the program")
    }

    /// Reads a library from the text of a TOML file, and checks its links against the framework.
    ///
    /// # Errors
    ///
    /// [`FrameworkError`] names what is wrong and where.
    pub fn parse(text: &str, framework: &Framework) -> Result<Self, FrameworkError> {
        let library: Self = toml::from_str(text)
            .map_err(|it| FrameworkError::Unreadable(it.to_string().trim_end().to_owned()))?;
        if library.framework != *framework.id() {
            return Err(no_such(("library", &"own"), ("framework", &library.framework)));
        }
        unique("example", library.examples.iter().map(|it| &it.id))?;
        unique("recommendation", library.recommendations.iter().map(|it| it.number))?;
        unique("resource", library.resources.iter().map(|it| &it.title))?;
        for it in &library.examples {
            steps_are_there(framework, ("example", &it.id), &it.steps)?;
            let known = |id: &CharacteristicId| {
                framework.characteristics().iter().any(|known| known.id == *id)
            };
            if let Some(lost) = it.characteristics.iter().find(|id| !known(id)) {
                return Err(no_such(("example", &it.id), ("characteristic", lost)));
            }
        }
        for it in &library.recommendations {
            steps_are_there(framework, ("recommendation", &it.number), &it.steps)?;
        }
        Ok(library)
    }

    /// An example by its identifier.
    pub fn example(&self, id: &str) -> Option<&Example> {
        self.examples.iter().find(|it| it.id.as_str() == id)
    }

    /// The examples of a step.
    pub fn examples_of(&self, step: &StepId) -> impl Iterator<Item = &Example> {
        self.examples.iter().filter(move |it| it.steps.contains(step))
    }

    /// The recommendations to which no step speaks that has evidence.
    pub fn recommendations_without(
        &self,
        has_evidence: impl Fn(&StepId) -> bool,
    ) -> Vec<&Recommendation> {
        let all = self.recommendations.iter();
        all.filter(|it| !it.steps.iter().any(&has_evidence)).collect()
    }

    /// The recommendations to which a step's evidence speaks.
    pub fn recommendations_of(&self, step: &StepId) -> impl Iterator<Item = &Recommendation> {
        self.recommendations.iter().filter(move |it| it.steps.contains(step))
    }
}

fn steps_are_there(
    framework: &Framework,
    (kind, id): (&'static str, &dyn std::fmt::Display),
    steps: &[StepId],
) -> Result<(), FrameworkError> {
    if steps.is_empty() {
        return Err(FrameworkError::Empty { kind, id: id.to_string(), what: "step" });
    }
    let lost = steps.iter().find(|it| framework.step(it).is_none());
    lost.map_or(Ok(()), |lost| Err(no_such((kind, id), ("step", lost))))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[test]
    fn all_of_the_guide_is_there() {
        let (library, framework) = (Library::own(), Framework::national_2013());
        // Chapter 3 has 3 headed examples, chapter 5 seven boxes, chapter 6 eight headings: 18.
        assert_eq!(library.examples.iter().filter(|it| it.headed).count(), 3 + 7 + 8);
        // Sections 5.7, 5.21, 5.24, 5.27, 5.28, 5.32, 5.33 and 5.34.
        assert_eq!(library.examples.iter().filter(|it| !it.headed).count(), 8);
        let numbers: Vec<u16> = library.recommendations.iter().map(|it| it.number).collect();
        assert_eq!(numbers, [2, 35, 65, 69, 132, 198, 214, 287, 288]);
        assert_eq!(library.resources.len(), 18);
        assert_eq!(library.resources.iter().filter(|it| it.published.is_some()).count(), 5);
        for step in framework.steps() {
            assert!(library.examples_of(&step.id).count() > 0, "{} has no example", step.id);
        }
        for it in framework.characteristics() {
            let examples = library.examples.iter();
            let count = examples.filter(|example| example.characteristics.contains(&it.id)).count();
            assert!(count > 0, "{} has no example", it.id);
        }
    }

    #[test]
    fn figures_are_read_in_their_unit_and_a_deficit_below_zero() {
        let library = Library::own();
        let words = |id: &str| -> Vec<String> {
            let example = library.examples.iter().find(|it| it.id.as_str() == id);
            example.expect("an example").figures.iter().map(Figure::in_words).collect()
        };
        assert_eq!(words("liverpool-womens-ivf")[0], "deficit before: −£200,000");
        let hips = words("wrightington-hips");
        assert_eq!(
            hips[0],
            "patients with a primary hip replacement: more than 1,000 patients a year"
        );
        assert_eq!(hips[1], "loss before the project: £1,000,000 a year");
    }

    #[test]
    fn recommendations_without_evidence_are_gaps() {
        let library = Library::own();
        // B1 speaks to 35, 65, 69, 132 and 287, P4 to 214.
        let gaps = library.recommendations_without(|it| ["B1", "P4"].contains(&it.as_str()));
        let numbers: Vec<u16> = gaps.iter().map(|it| it.number).collect();
        assert_eq!(numbers, [2, 198, 288]);
    }

    #[test]
    fn figures_of_examples_add_up() {
        let library = Library::own();
        let pounds = |id: &str, unit: FigureUnit| -> i64 {
            let example = library.examples.iter().find(|it| it.id.as_str() == id);
            let figures = example.expect("an example").figures.iter();
            figures.filter(|it| it.unit == unit).map(|it| it.value).sum()
        };
        // Bariatric surgery £55,000 + £140,000 + £20,000 = £215,000, dermatology £80,000 + £33,000 =
        // £113,000.
        let chelsea = pounds("chelsea-bariatric-and-dermatology", FigureUnit::PoundsAYear);
        assert_eq!(chelsea, 215_000 + 113_000);
        let both = library.example("chelsea-bariatric-and-dermatology").expect("an example");
        let of = |service: &str| -> i64 {
            let savings = both.figures_in(service, FigureUnit::PoundsAYear);
            savings.iter().map(|it| it.value).sum()
        };
        assert_eq!((of("bariatric surgery"), of("dermatology")), (215_000, 113_000));
        // From a deficit of £0.2 million to a surplus of £1.2 million is a swing of £1.4 million.
        let ivf = library.examples.iter().find(|it| it.id.as_str() == "liverpool-womens-ivf");
        let figures = &ivf.expect("an example").figures;
        assert_eq!(figures[1].value - figures[0].value, 1_400_000);
    }

    #[test]
    fn shares_of_examples_are_those_of_the_guide_and_none_is_invented() {
        let library = Library::own();
        let percent = |id: &str| -> Vec<i64> {
            let example = library.examples.iter().find(|it| it.id.as_str() == id);
            let figures = example.expect("an example").figures.iter();
            figures.filter(|it| it.unit == FigureUnit::Percent).map(|it| it.value).collect()
        };
        // Missed appointments in dermatology fell to 12%; productivity of the centre rose by 30%.
        assert_eq!(percent("chelsea-bariatric-and-dermatology"), [12]);
        assert_eq!(percent("liverpool-womens-ivf"), [30]);
        // The guide gives no figure for prosthetics (6.17): there is none to type.
        let prosthetics = library.examples.iter().find(|it| it.id.as_str() == "epsom-prosthetics");
        assert!(prosthetics.expect("an example").figures.is_empty());
    }

    #[track_caller]
    fn check(from: &str, to: &str, expected: &Expect) {
        assert!(OWN.contains(from), "the file has no `{from}`");
        let text = OWN.replacen(from, to, 1);
        let error = Library::parse(&text, &Framework::national_2013()).expect_err("a fault");
        expected.assert_eq(&error.to_string());
    }

    #[test]
    fn what_is_wrong_is_named() {
        check(
            "steps = [\"C6\"]",
            "steps = [\"C9\"]",
            &expect!["the example `quality-of-reports` names the step `C9`, which is not there"],
        );
        check(
            "steps = [\"C6\"]",
            "steps = []",
            &expect!["the example `quality-of-reports` has no step"],
        );
        check(
            "[\"timely-data\"]",
            "[\"late-data\"]",
            &expect![
                "the example `quality-of-reports` names the characteristic `late-data`, which is not there"
            ],
        );
        check(
            "number = 35",
            "number = 2",
            &expect!["the recommendation `2` is there twice: give one of them another identifier"],
        );
        check(
            "\"2013\"",
            "\"2012\"",
            &expect!["the library `own` names the framework `2012`, which is not there"],
        );
    }
}
