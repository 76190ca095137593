//! Actions and benefits as somebody may see them, and how people stand to them.

use std::collections::{BTreeMap, BTreeSet};

use access::{Capability, ProfessionGroup, View};
use domain::Money;
use engagement::actions::{Owner, Profession, Size, Standing, is_joint};
use engagement::benefits::{BenefitSettings, Entry, Side};
use store::benefits::{NewBenefit, StoredBenefit};
use store::joint_actions::{self, StoredAction, date_at};
use store::measures::{self, Decimal, Good};
use store::units::{self, StoredUnit};
use store::{ActionId, Connection, people};

use super::fault::Fault;
use super::forms::Wrong;
use super::sit_downs::OfSitDowns;
use super::visit::Visit;
use super::words;
use crate::App;

/// Millionths of one, in ten-thousandths of one.
const MICRO_OF_E4: i64 = 100;

/// The group of a profession, as the rules of joint work take it.
pub fn profession(written: &str) -> Profession {
    match ProfessionGroup::of(written) {
        ProfessionGroup::Clinician => Profession::Clinical,
        ProfessionGroup::Finance => Profession::Finance,
        ProfessionGroup::Manager => Profession::Manager,
        ProfessionGroup::Informatics => Profession::Informatics,
        ProfessionGroup::Other => Profession::Other,
    }
}

/// For which side somebody of a profession speaks; none where it is neither.
pub fn side_of(written: &str) -> Option<Side> {
    match profession(written) {
        Profession::Clinical => Some(Side::Clinical),
        Profession::Finance => Some(Side::Finance),
        Profession::Manager | Profession::Informatics | Profession::Other => None,
    }
}

/// For which side whoever is signed in speaks of benefits, by their profession alone; none where it
/// is neither.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn own_side(db: &mut Connection, visit: &Visit) -> Result<Option<Side>, Fault> {
    let stored = people::get(db, &visit.person()?.id).await?;
    Ok(side_of(&stored.person.profession))
}

/// Whether whoever is signed in may do something with actions of a unit.
pub fn may(visit: &Visit, capability: Capability, unit: &str) -> bool {
    let scope = visit.scope(capability).ok().and_then(|it| it.of_unit(unit));
    scope.is_some_and(|it| it.view == View::Exact)
}

/// Whether they see an action: one of their units, or their own. One of a sit-down of their units is
/// seen by those who may read the sit-down.
pub fn sees_action(visit: &Visit, action: &StoredAction, of_sit_downs: &OfSitDowns) -> bool {
    let own = visit.person().is_ok_and(|me| action.is_owned_by(&me.id));
    let of_unit = may(visit, Capability::ReadActions, action.agreed.unit.as_str());
    own && visit.may(Capability::ReadActions) || of_unit && !of_sit_downs.keeps_back(visit, action)
}

/// All actions that they see, the earliest due first.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn seen_actions(db: &mut Connection, visit: &Visit) -> Result<Vec<StoredAction>, Fault> {
    let mut all = joint_actions::list(db).await?;
    // Asked for after the actions, so that one that is agreed meanwhile is known to be of a sit-down.
    let of_sit_downs = OfSitDowns::of(db, visit).await?;
    all.retain(|it| sees_action(visit, it, &of_sit_downs));
    Ok(all)
}

/// An action that they see; none where there is none, or they do not.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn seen_action(
    db: &mut Connection,
    visit: &Visit,
    id: &ActionId,
) -> Result<Option<StoredAction>, Fault> {
    let action = match joint_actions::get(db, id).await {
        Err(store::Error::NotFound(_)) => return Ok(None),
        other => other?,
    };
    let of_sit_downs = OfSitDowns::of(db, visit).await?;
    Ok(Some(action).filter(|it| sees_action(visit, it, &of_sit_downs)))
}

/// Whether they see a benefit: one of their units, or their own.
pub fn sees_benefit(visit: &Visit, benefit: &StoredBenefit) -> bool {
    let own = visit.person().is_ok_and(|me| benefit.of.owner == me.id);
    own && visit.may(Capability::ReadActions)
        || may(visit, Capability::ReadActions, &benefit.of.ground.unit)
}

/// How an action stands at the moment of a visit.
pub fn standing(visit: &Visit, action: &StoredAction) -> Standing {
    let of = &action.agreed.of;
    let days = (of.starts_on, of.due_on);
    Standing::of(days, &action.said(), date_at(visit.now), &BenefitSettings::own())
}

/// How many actions are joint and how many are of one profession, from the owners of each, in part of a
/// sentence; blank where there is no action.
pub fn joint_or_not<'a>(all: impl IntoIterator<Item = &'a [Owner]>) -> String {
    let (mut joint, mut single, mut several) = (0, 0, 0);
    for owners in all {
        let first = owners.first().map(|it| it.profession);
        if is_joint(owners) {
            joint += 1;
        } else if owners.iter().all(|it| Some(it.profession) == first) {
            single += 1;
        } else {
            several += 1;
        }
    }
    if joint + single + several == 0 {
        return String::new();
    }
    let mut told = vec![
        words::count(joint, "is joint", "are joint"),
        words::count(single, "is of one profession", "are of one profession"),
    ];
    if several > 0 {
        let (one, more) = ("is of several and no clinician", "are of several and no clinician");
        told.push(words::count(several, one, more));
    }
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    words::listed(&told)
}

/// What of their own actions waits for whoever is signed in, in a sentence; blank for nothing.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn waiting(app: &App, visit: &Visit) -> Result<String, Fault> {
    if !visit.may(Capability::ReadActions) {
        return Ok(String::new());
    }
    let me = &visit.person()?.id;
    let mut db = app.store().read().await?;
    let all = joint_actions::list(&mut db).await?;
    let own = all.iter().filter(|it| it.is_owned_by(me)).map(|it| standing(visit, it));
    let own: Vec<Standing> = own.filter(|it| it.needs_update || it.is_overdue).collect();
    let late = own.iter().filter(|it| it.is_overdue).count() as u64;
    if own.is_empty() {
        return Ok(String::new());
    }
    let needs = words::count(
        own.len() as u64,
        "of your actions needs an update",
        "of your actions need an update",
    );
    Ok(match late {
        0 => format!("{needs}."),
        late => format!("{needs}, {} overdue.", words::count(late, "is", "are")),
    })
}

/// Names of all units by code.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn unit_names(db: &mut Connection) -> Result<BTreeMap<String, String>, Fault> {
    let all = units::list(db).await?.into_iter();
    Ok(all.map(|it| (it.unit.code.to_string(), it.unit.name)).collect())
}

/// Units whose actions somebody may keep, in the order of the tree: code and name.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn kept_units(
    db: &mut Connection,
    visit: &Visit,
) -> Result<Vec<(String, String)>, Fault> {
    let is_kept = |it: &StoredUnit| may(visit, Capability::KeepActions, it.unit.code.as_str());
    let all = units::tree(db).await?.into_iter().map(|it| it.stored).filter(is_kept);
    Ok(all.map(|it| (it.unit.code.to_string(), it.unit.name)).collect())
}

/// What stands between a measure and its unit in a field.
const BETWEEN: char = '|';

/// How a measure of a unit is written in a field.
pub fn measure_code(measure: &str, unit: &str) -> String {
    format!("{measure}{BETWEEN}{unit}")
}

/// The measure and the unit of a field.
pub fn measure_of(code: &str) -> Option<(&str, &str)> {
    code.split_once(BETWEEN)
}

/// Measures of quality with values, of units whose measures whoever is signed in sees exactly: how
/// each is written in a field, and its name.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn quality_measures(
    db: &mut Connection,
    visit: &Visit,
    settings: &BenefitSettings,
) -> Result<Vec<(String, String)>, Fault> {
    let Ok(scope) = visit.scope(Capability::ReadMeasures) else { return Ok(Vec::new()) };
    let names = unit_names(db).await?;
    let mut found = Vec::new();
    for it in measures::list(db).await? {
        let definition = &it.definition;
        let good = match definition.good {
            Good::Up => "more is better",
            Good::Down => "less is better",
            Good::Neither => continue,
        };
        if !settings.is_quality(definition.subject.as_str()) {
            continue;
        }
        let values = measures::of_measure(db, &definition.code).await?;
        let units: BTreeSet<&str> = values.iter().map(|it| it.recorded.unit.as_str()).collect();
        // A refusal says where the measure stood: only to those who see that exactly.
        let is_seen = |unit: &&str| {
            let found = scope.of_unit(unit);
            found.is_some_and(|it| it.view == View::Exact || !definition.of_patients)
        };
        for unit in units.into_iter().filter(is_seen) {
            let name = names.get(unit).map_or(unit, String::as_str);
            let label = format!("{}, {name} ({good})", definition.name);
            found.push((measure_code(definition.code.as_str(), unit), label));
        }
    }
    Ok(found)
}

/// An amount in millionths of its unit, in words: `£82,400`, `184 bed days`.
pub fn amount(micro: i64, unit: Option<&str>) -> String {
    match unit {
        None => words::pounds(Money::from_micro_pounds(micro)),
        Some(unit) => format!("{}\u{a0}{unit}", number(micro)),
    }
}

/// The same of a sum.
pub fn sum(micro: i128, unit: Option<&str>) -> String {
    amount(i64::try_from(micro).unwrap_or(i64::MAX), unit)
}

/// A number in millionths, with commas and the places that it has.
pub fn number(micro: i64) -> String {
    let e4 = Decimal::of_e4(micro / MICRO_OF_E4);
    let text = e4.to_string();
    let (whole, places) = text.split_once('.').unwrap_or((&text, ""));
    let sign = if whole.starts_with('-') { "−" } else { "" };
    let whole =
        whole.trim_start_matches('-').parse().map_or_else(|_| whole.to_owned(), words::thousands);
    let point = if places.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{places}")
}

/// A number as people type it, with commas or a pound sign, in millionths.
pub fn typed(text: &str) -> Option<i64> {
    let text: String = text.trim().trim_start_matches('£').replace([',', ' '], "");
    let e4 = text.parse::<Decimal>().ok()?.e4();
    e4.checked_mul(MICRO_OF_E4)
}

/// What an action may bring as it was typed: the least, the most and of what; none where all is blank,
/// or where something is wrong with the fields `low` and `high`.
pub fn size([low, high, unit]: [&str; 3], wrong: &mut Wrong) -> Option<Size> {
    if [low, high, unit].iter().all(|it| it.trim().is_empty()) {
        return None;
    }
    let number = |text: &str| text.trim().replace(',', "").parse::<Decimal>().ok();
    let ends = (number(low), number(high));
    wrong.unless(ends.0.is_some(), "low", "Enter the low end as a number");
    wrong.unless(ends.1.is_some(), "high", "Enter the high end as a number");
    let unit = unit.trim().to_owned();
    ends.0.zip(ends.1).map(|(low, high)| Size { low_e4: low.e4(), high_e4: high.e4(), unit })
}

/// The unit of a benefit: none where it is cash.
pub fn unit_of(benefit: &NewBenefit, settings: &BenefitSettings) -> Option<String> {
    if benefit.is_cash {
        return None;
    }
    let basis = settings.basis(&benefit.ground.basis);
    Some(basis.map_or_else(|| benefit.ground.basis.clone(), |it| it.unit.clone()))
}

/// A benefit as the ledger counts it.
pub fn entry(it: &StoredBenefit, settings: &BenefitSettings) -> Entry {
    Entry {
        unit: unit_of(&it.of, settings),
        recurrent: it.of.recurrent,
        account: it.account(settings),
    }
}

/// A day of the rules in words.
pub fn day(date: jiff::civil::Date) -> String {
    words::day(&date.to_string())
}

/// A list for a field: codes and names, with a choice of none before them where `none` says so.
pub fn choices<'a>(
    none: &str,
    all: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Vec<(String, String)> {
    let first = (!none.is_empty()).then(|| (String::new(), none.to_owned()));
    let rest = all.into_iter().map(|it| (it.0.to_owned(), it.1.to_owned()));
    first.into_iter().chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joint_actions_are_counted_against_those_of_one_profession() {
        let owned = |all: &[Profession]| {
            let owner = |it: &Profession| Owner { person: String::new(), profession: *it };
            all.iter().map(owner).collect::<Vec<_>>()
        };
        let told =
            |all: &[Vec<Owner>]| joint_or_not(all.iter().map(Vec::as_slice)).replace('\u{a0}', " ");
        let joint = owned(&[Profession::Clinical, Profession::Finance]);
        let single = owned(&[Profession::Clinical, Profession::Clinical]);
        let several = owned(&[Profession::Finance, Profession::Manager]);
        assert_eq!(told(&[]), "");
        assert_eq!(
            told(&[joint.clone(), single.clone(), single.clone()]),
            "1 is joint and 2 are of one profession"
        );
        assert_eq!(
            told(&[joint, single, several]),
            "1 is joint, 1 is of one profession and 1 is of several and no clinician"
        );
    }

    #[test]
    fn amounts_as_people_type_and_read_them() {
        assert_eq!(typed("£82,400"), Some(82_400_000_000));
        assert_eq!((typed("184.5"), typed("some")), (Some(184_500_000), None));
        assert_eq!(amount(82_400_000_000, None), "£82,400");
        assert_eq!(amount(1_184_500_000, Some("bed days")), "1,184.5\u{a0}bed days");
        assert_eq!(number(-1_500_000), "−1.5");
        assert_eq!(sum(i128::MAX, Some("visits")), format!("{}\u{a0}visits", number(i64::MAX)));
    }
}
