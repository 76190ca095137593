//! Business cases and what was worked out for them, as a demonstration begins with them.

use std::collections::BTreeMap;

use demonstration::Person;
use engagement::journeys::{Journey, RateSource, Step as JourneyStep};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use store::cases::{self, Body, Step};
use store::{CaseId, Entry, Error, PersonId, Tx, UnitCode, joint_actions};
use web::Settings;
use web::features::business_cases::{Costing, published};
use web::shell::shelf::Shelf;

/// Hours of a day.
const DAY: i64 = 24;

/// Why a case has no figure where no published costing holds its service line.
const NOTHING: &str =
    "No costing of this service line was published yet when this case was written";

/// Why it has none where the published costing does not tell the figures that it asks for.
const LACKING: &str =
    "The costing that was published when this case was written has no such figure";

/// What published costings say of service lines, by their code.
pub(super) type Costings = BTreeMap<String, Costing>;

/// All that the demonstration has.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    record: Vec<Written>,
}

/// One record, and what was done with it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    unit: String,
    by: String,
    days_ago: i64,
    figures: Vec<String>,
    submitted_days_ago: Option<i64>,
    decided_by: Option<String>,
    decided_days_ago: Option<i64>,
    because: Option<String>,
    action: Option<String>,
    body: Body,
}

/// The file, with people in place of their names.
fn read(people: &[(String, String)]) -> store::Result<File> {
    let mut text = demonstration::cases().to_owned();
    for (name, reference) in people {
        text = text.replace(&format!("\"@{name}\""), &format!("\"{reference}\""));
    }
    toml::from_str(&text)
        .map_err(|error| Error::Unreadable { what: "case", value: error.to_string() })
}

/// What the published costing says of the service lines of the demonstration's cases; nothing where
/// nothing is published.
pub(super) fn costings(settings: &Settings) -> Costings {
    let shelf = Shelf::new(settings.runs.clone());
    let Ok(file) = read(&[]) else { return Costings::new() };
    let found = file.record.into_iter().filter_map(|it| {
        let costing = published(&shelf, &it.unit).ok().flatten()?;
        Some((it.unit, costing))
    });
    found.collect()
}

/// Records what the demonstration says, for units that there are.
pub(super) async fn record(
    tx: &mut Tx,
    (staff, costings): (&[(Person, PersonId)], &Costings),
    at: Timestamp,
) -> store::Result<()> {
    let people: Vec<(String, String)> =
        staff.iter().map(|it| (it.0.login().to_owned(), it.1.to_string())).collect();
    for mut it in read(&people)?.record {
        let costing = costings.get(&it.unit);
        if let Body::Journey(journey) = &mut it.body {
            priced(journey, costing);
        }
        one(tx, (&it, &people), (costing, at)).await?;
    }
    Ok(())
}

/// Puts rates of the costing where the demonstration names one, and says where others are from.
fn priced(journey: &mut Journey, costing: Option<&Costing>) {
    journey.line = costing.map(Costing::line);
    let scenarios = journey.scenarios.iter_mut().flat_map(|it| &mut it.path.steps);
    for step in journey.present.steps.iter_mut().chain(scenarios) {
        price(step, costing);
    }
}

fn price(step: &mut JourneyStep, costing: Option<&Costing>) {
    let RateSource::Run { what, .. } = &step.from else { return };
    let found = costing.and_then(|it| Some((it, it.rate(what)?)));
    if let Some((costing, rate)) = found {
        (step.rate, step.from) = (rate.rate, costing.source(rate));
        step.staff.clone_from(&rate.staff);
        return;
    }
    "Staff of the service line".clone_into(&mut step.staff);
    let source = "Estimated in the workshop, as no costing had it".to_owned();
    step.from = RateSource::Entered { source };
}

async fn one(
    tx: &mut Tx,
    (it, people): (&Written, &[(String, String)]),
    (costing, at): (Option<&Costing>, Timestamp),
) -> store::Result<()> {
    let entry = |name: &str, days: i64| {
        let found = people.iter().find(|it| it.0 == name);
        let moment = at - SignedDuration::from_hours(DAY * days);
        Entry::by(found.map_or(name, |it| it.1.as_str()), moment)
    };
    let begun = entry(&it.by, it.days_ago);
    let unit = UnitCode::new(it.unit.as_str());
    let id = match cases::open(tx, &unit, &it.body, &begun).await {
        // Another model than the demonstration's has other service lines.
        Err(Error::NotFound(_)) => return Ok(()),
        other => other?,
    };
    let figures = it.figures.iter().filter_map(|key| costing?.figure(key).cloned());
    let mut attached: Vec<Step> = figures.map(Step::Attached).collect();
    if attached.is_empty() && !it.figures.is_empty() {
        attached.push(Step::Exempted { because: why_none(costing).to_owned() });
    }
    for step in attached {
        taken(tx, (&id, step), &begun).await?;
    }
    if let Some(days) = it.submitted_days_ago {
        taken(tx, (&id, Step::Submitted), &entry(&it.by, days)).await?;
    }
    let because = it.because.clone().unwrap_or_default();
    if let (Some(name), Some(days)) = (&it.decided_by, it.decided_days_ago) {
        taken(tx, (&id, Step::Approved { because }), &entry(name, days)).await?;
    }
    let Some(wanted) = &it.action else { return Ok(()) };
    let all = joint_actions::list(tx).await?;
    let action = all.into_iter().find(|it| it.agreed.of.what == *wanted && it.agreed.unit == unit);
    match action {
        Some(action) => {
            let step = Step::Action { action: action.id.to_string() };
            taken(tx, (&id, step), &entry(&it.by, 0)).await
        }
        None => Ok(()),
    }
}

/// Why a case that asks for figures has none.
fn why_none(costing: Option<&Costing>) -> &'static str {
    costing.map_or(NOTHING, |_| LACKING)
}

/// Takes a step with a case as it is now.
async fn taken(tx: &mut Tx, (id, step): (&CaseId, Step), entry: &Entry) -> store::Result<()> {
    let seen = cases::get(tx, id).await?.seen();
    cases::step(tx, id, &step, seen, entry).await
}

#[cfg(test)]
mod tests {
    use domain::Money;
    use engagement::pence::Rate;
    use store::cases::Kind;
    use web::features::business_cases::MinuteRate;

    use super::*;

    /// What the file says, with people by their names.
    fn file() -> File {
        let named: Vec<(String, String)> = demonstration::staff()
            .iter()
            .map(|it| (it.login().to_owned(), it.login().to_owned()))
            .collect();
        read(&named).expect("the file reads")
    }

    #[test]
    fn the_demonstration_has_each_kind_and_rates_of_the_costing_where_there_are() {
        let all = file().record;
        let kinds: Vec<Kind> = all.iter().map(|it| it.body.kind()).collect();
        assert_eq!(kinds, [Kind::Case, Kind::Case, Kind::Journey, Kind::Demand, Kind::Ceiling]);
        let journey = all.into_iter().find_map(|it| match it.body {
            Body::Journey(it) => Some(it),
            _ => None,
        });
        let mut journey = journey.expect("a journey");
        let rate = MinuteRate {
            key: "X-TH-SURGERY:THEATRES".to_owned(),
            activity: "Surgery on planned lists".to_owned(),
            staff: "Theatres".to_owned(),
            rate: Rate::new(101_234),
        };
        let costing = Costing {
            run: "0a1b".to_owned(),
            rates: vec![rate],
            result: Money::from_micro_pounds(-5_000_000),
            ..Costing::default()
        };
        priced(&mut journey, Some(&costing));
        assert!(journey.is_sound(), "every step has a source");
        let operation = journey.present.steps.iter().find(|it| it.what == "Operation");
        let operation = operation.expect("an operation");
        assert_eq!((operation.rate, operation.staff.as_str()), (Rate::new(101_234), "Theatres"));
        assert!(matches!(&operation.from, RateSource::Run { run, .. } if run == "0a1b"));
        let entered = |it: &&JourneyStep| matches!(it.from, RateSource::Entered { .. });
        assert_eq!(journey.present.steps.iter().filter(entered).count(), 7);
    }

    #[test]
    fn a_costing_without_the_figure_is_no_missing_costing() {
        assert!(why_none(None).starts_with("No costing of this service line was published"));
        let costing = Costing { run: "0a1b".to_owned(), ..Costing::default() };
        assert!(costing.figure("patients").is_none());
        assert!(why_none(Some(&costing)).ends_with("has no such figure"));
    }

    #[test]
    fn savings_of_the_price_ceiling_are_those_of_what_is_stocked() {
        let ceiling = file().record.into_iter().find_map(|it| match it.body {
            Body::Ceiling(it) => Some(it),
            _ => None,
        });
        // (1,760.00 − 1,615.50) × 124 = £17,918.00; what does not meet £1,650 saves nothing.
        assert_eq!(ceiling.expect("a ceiling").saving_in_all().to_string(), "£17,918.00");
    }
}
