//! What a run says of colleagues: who lies beyond chance, and what one of them needed and got.

use results::Run;
use results::group::PatientGroup;
use results::outcomes::{BeyondChance, ConsultantUse, MonthValue, UseAsked, Uses};
use statistics::case_mix::Adjusted;
use store::follow_ups::{Compared, Figure};
use store::measures::Decimal;

use super::fault::Fault;
use super::kept::Kept;
use super::provenance::Provenance;
use super::words;

/// The outcome beside the cost: what it is called in the definitions of outcomes.
const QUALITY: &str = "readmission";

/// Fewer spells than this say nothing of one colleague's outcome.
const FEWEST_SPELLS: i64 = 10;

/// Answers of runs, by run and what is compared.
static FOUND: Kept<(String, String), Uses> = Kept::new(ANSWERS);

/// Answers that are kept at most.
const ANSWERS: usize = 200;

/// A colleague whom chance does not account for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beyond {
    /// The code under which they stand.
    pub code: String,
    /// Their keyed reference in the run; never shown.
    pub reference: String,
    /// What was found, in words.
    pub found: String,
    /// Of a newcomer, the months of which it was found; none for the year.
    pub months: Option<(usize, usize)>,
}

/// What a run says of one colleague for a month's look: figures to take, or why there is none.
#[derive(Clone, Debug, PartialEq)]
pub struct FromRun {
    /// What the care used, adjusted for the patients treated.
    pub cost: Result<Figure, String>,
    /// How many came back as emergencies.
    pub quality: Result<Figure, String>,
    /// Where cost lies beside chance; blank where there is none.
    pub beside: String,
}

/// What spells needed by colleague, with who is new since the run of the year before, read once.
///
/// # Errors
///
/// [`Fault::NotFound`] for an unknown use, [`Fault::Broken`] if a run cannot be read.
pub fn uses(
    (run, before): (&Run, Option<&Run>),
    of: &Compared,
) -> Result<std::sync::Arc<Uses>, Fault> {
    let asked = format!(
        "{} {} {} {} {} {}",
        of.unit, of.pod, of.hrg, of.use_code, of.leave_out_shared, of.leave_out_emergencies
    );
    let runs = [Some(run), before].map(|it| it.map_or("", Run::manifest_sha256)).join(" ");
    FOUND.of((runs, asked), || {
        let group = PatientGroup::of_part(of.unit.as_str(), (&of.pod, &of.hrg));
        let asked = UseAsked {
            leave_out_shared: of.leave_out_shared,
            leave_out_emergencies: of.leave_out_emergencies,
            ..UseAsked::of(&of.use_code)
        };
        match run.uses_since(&group, &asked, before) {
            Err(results::ResultsError::NoSuchFigure { .. }) => Err(Fault::NotFound),
            other => Ok(other?),
        }
    })
}

/// Everybody whom chance does not account for, in the order of the codes.
pub fn beyond(uses: &Uses) -> Vec<Beyond> {
    let one = |it: &BeyondChance<'_>| Beyond {
        code: it.consultant.code.clone(),
        reference: it.consultant.reference.clone(),
        found: said(uses, (&it.adjusted, it.months)),
        months: it.months,
    };
    uses.beyond_chance().iter().map(one).collect()
}

/// `Theatre minutes: 112 minutes a spell after adjustment, above the 81 to 96 that chance leaves.`
fn said(uses: &Uses, (it, months): (&Adjusted, Option<(usize, usize)>)) -> String {
    let (low, high) = it.chance;
    let side = if !it.is_beyond_chance() {
        "within"
    } else if it.adjusted.value > high {
        "above"
    } else {
        "below"
    };
    let when = months.map_or_else(String::new, |(first, last)| {
        format!(" in months {first} to {last} of a colleague who is new here")
    });
    format!(
        "{}: {} {} a spell after adjustment{when}, {side} the {} to {} that chance leaves.",
        uses.name,
        shown(uses, it.adjusted.value),
        uses.unit,
        shown(uses, low),
        shown(uses, high),
    )
}

fn shown(uses: &Uses, value: f64) -> String {
    // A tenth of a minute would say more than a theatre's clock does.
    let places = usize::from(uses.unit != "minutes");
    format!("{value:.places$}")
}

/// Which run, in words: the source of a figure that is taken from it.
fn source(run: &Run, now: jiff::Timestamp) -> Result<String, Fault> {
    Ok(format!("Costing of {}, {}", Provenance::of(run, now)?.period, run.id()))
}

impl FromRun {
    /// Of a colleague by their reference: of a newcomer, their latest months that can be compared; of
    /// anybody else, the year to date.
    ///
    /// # Errors
    ///
    /// [`Fault::NotFound`] for an unknown use, [`Fault::Broken`] if a run cannot be read.
    pub fn of(
        (run, before): (&Run, Option<&Run>),
        (of, reference): (&Compared, &str),
        now: jiff::Timestamp,
    ) -> Result<Self, Fault> {
        let uses = uses((run, before), of)?;
        let source = source(run, now)?;
        let consultant = uses.consultants.iter().find(|it| it.reference == reference);
        let compared = consultant.and_then(|it| latest(&uses, it));
        let cost = compared.and_then(|(it, months)| {
            let when = months.map_or_else(
                || "in the year to date".to_owned(),
                |(first, last)| format!("in months {first} to {last} here"),
            );
            let unit = format!("{} a spell, adjusted, {when}", uses.unit);
            Some(Figure { value: decimal(it.adjusted.value)?, unit, source: source.clone() })
        });
        let few =
            "The published costing has too few of their spells, or of their colleagues’, to say.";
        Ok(Self {
            beside: compared.map(|it| said(&uses, it)).unwrap_or_default(),
            cost: cost.ok_or_else(|| few.to_owned()),
            quality: quality(run, (of, reference), source)?,
        })
    }
}

/// The latest that can be said of a colleague, and of which months; none of the year.
fn latest<'a>(
    uses: &'a Uses,
    it: &'a ConsultantUse,
) -> Option<(&'a Adjusted, Option<(usize, usize)>)> {
    let year = it.compared.as_ref().ok()?;
    let newcomers = uses.newcomers.as_deref().unwrap_or_default();
    let stages = newcomers.iter().filter(|new| new.code == it.code).flat_map(|it| &it.stages);
    let mut told = stages.filter_map(|it| Some((it.compared.as_ref().ok()?, Some(it.months))));
    let stage = told.next_back();
    Some(stage.unwrap_or((year, None)))
}

/// How many of a colleague's spells came back as emergencies, in the year to date.
fn quality(
    run: &Run,
    (of, reference): (&Compared, &str),
    source: String,
) -> Result<Result<Figure, String>, Fault> {
    let mut group = PatientGroup::of_part(of.unit.as_str(), (&of.pod, &of.hrg));
    group.consultants = [reference.to_owned()].into();
    let outcomes = run.outcomes(&group)?;
    let Some(outcome) = outcomes.iter().find(|it| it.code == QUALITY) else {
        return Ok(Err("The definitions hold no outcome to set beside it.".to_owned()));
    };
    if let Some(why) = &outcome.absent {
        return Ok(Err(why.clone()));
    }
    let total = MonthValue::total(&outcome.months);
    if total.denominator < FEWEST_SPELLS {
        return Ok(Err(format!(
            "Fewer than {FEWEST_SPELLS} of their spells are known to the end, so {} is not told.",
            outcome.name.to_lowercase()
        )));
    }
    let value = percent(total.numerator, total.denominator);
    let spells = words::thousands(total.denominator.unsigned_abs());
    Ok(Ok(Figure {
        value,
        unit: format!("% {}, of {spells} spells, in the year to date", outcome.name.to_lowercase()),
        source,
    }))
}

/// A share as a percentage with one place, half away from zero.
fn percent(part: i64, of: i64) -> Decimal {
    let tenths = (part * 1_000 * 2 + of).checked_div(of * 2).unwrap_or(0);
    Decimal::of_e4(tenths * 1_000)
}

/// A measured value with one place.
fn decimal(value: f64) -> Option<Decimal> {
    format!("{value:.1}").parse().ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use results::outcomes::{LeftOut, Newcomer, Stage};
    use statistics::Estimate;
    use statistics::case_mix::{Floors, TooFew};

    use super::*;

    fn adjusted(value: f64) -> Adjusted {
        let around = Estimate { value, low: value, high: value, n: 20 };
        Adjusted {
            raw: around,
            expected: 100.0,
            ratio: 1.0,
            adjusted: around,
            chance: (81.0, 96.0),
            finest: 20,
        }
    }

    fn colleague(place: usize, compared: Result<Adjusted, LeftOut>) -> ConsultantUse {
        ConsultantUse {
            code: format!("K{place}"),
            reference: format!("reference{place}"),
            spells: 20,
            shared: 0,
            emergencies: 0,
            specialties: 1,
            without_like: 0,
            compared,
        }
    }

    fn uses(consultants: Vec<ConsultantUse>) -> Uses {
        Uses {
            code: "theatre-minutes".to_owned(),
            name: "Theatre minutes".to_owned(),
            unit: "minutes".to_owned(),
            definition: "Minutes in theatre".to_owned(),
            source: "Theatre records".to_owned(),
            activities: BTreeSet::new(),
            absent: None,
            floors: Floors::default(),
            rules_source: "Rules".to_owned(),
            overall: None,
            spread: None,
            consultants,
            without_consultant: 0,
            newcomers: None,
        }
    }

    #[test]
    fn only_those_whom_chance_does_not_account_for_are_found() {
        let few = LeftOut::TooFew(TooFew::Cases { found: 9, needed: 10 });
        let all = uses(vec![
            colleague(1, Ok(adjusted(90.0))),
            colleague(2, Ok(adjusted(112.4))),
            colleague(3, Err(few)),
            colleague(4, Ok(adjusted(70.0))),
            colleague(5, Ok(adjusted(96.0))),
        ]);
        let found: Vec<String> =
            beyond(&all).into_iter().map(|it| format!("{} {}", it.code, it.found)).collect();
        assert_eq!(
            found,
            [
                "K2 Theatre minutes: 112 minutes a spell after adjustment, above the 81 to 96 that chance leaves.",
                "K4 Theatre minutes: 70 minutes a spell after adjustment, below the 81 to 96 that chance leaves.",
            ]
        );
    }

    #[test]
    fn somebody_new_is_found_by_their_first_months_where_the_year_lies_within_chance() {
        let stage = |months, value| Stage { months, compared: Ok(adjusted(value)) };
        let stages = vec![stage((1, 3), 120.0), stage((4, 6), 92.0)];
        let mut all =
            uses(vec![colleague(1, Ok(adjusted(90.0))), colleague(2, Ok(adjusted(91.0)))]);
        assert_eq!(beyond(&all), []);
        all.newcomers = Some(vec![Newcomer { code: "K2".to_owned(), stages }]);
        let found = beyond(&all);
        assert_eq!((found.len(), found[0].reference.as_str()), (1, "reference2"));
        assert_eq!(
            found[0].found,
            "Theatre minutes: 120 minutes a spell after adjustment in months 1 to 3 of a colleague who is new here, above the 81 to 96 that chance leaves."
        );
    }

    #[test]
    fn figures_of_a_month_have_one_place() {
        assert_eq!(decimal(112.449).map(Decimal::e4), Some(1_124_000));
        // 1 of 8 is 12.5 in 100, 1 of 16 is 6.25.
        assert_eq!(percent(1, 8).e4(), 125_000);
        assert_eq!(percent(1, 16).e4(), 63_000);
        assert_eq!(percent(0, 16).e4(), 0);
    }
}
