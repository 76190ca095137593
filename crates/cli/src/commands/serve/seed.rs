//! Fills the database of a demonstration at its first start: units of its model, people by role,
//! what the medical director agreed on comparing clinicians, the register of measures, questions
//! about figures, what is followed up, how well clinicians and finance say that they work together,
//! two years of a national collection, reviews of service lines, what is known of data, and business
//! cases.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::Result;
use demonstration::{AgreedComparison, DemonstrationMeasure, Person};
use domain::Day;
use jiff::Timestamp;
use rules::YearRules;
use store::comparisons::{self, NewComparison};
use store::grants::NewGrant;
use store::measures::{self, Definition, Keeping, Month};
use store::units::{Unit, UnitKind};
use store::{
    Entry, MeasureCode, PersonId, Store, Tx, UnitCode, Unknown, credentials, grants, people, units,
};
use web::Settings;
use web::app::Demonstration;

use super::cases::{self, Costings};
use super::costed::{self, Costed};
use super::joint_work::{self, Scene};
use super::{
    assessing, collecting, confidence, contracts, coverage, evidence, followed, incentives, known,
    questions, reviews, slots, spread,
};
use crate::surroundings;

/// Code of the trust as a unit.
const TRUST: &str = "TRUST";

/// Who agrees on comparing clinicians.
const AGREES: &str = "MEDICAL_DIRECTOR";

/// Who keeps measures.
const KEEPS: &str = "CODING_INFORMATICS";

/// Days until a demonstration that is begun late looks at its comparison again.
const A_YEAR: i32 = 365;

/// Who can sign in; written to the database if nobody is there yet.
pub(super) async fn demonstration(store: &Store, settings: &Settings) -> Result<Demonstration> {
    let staff = demonstration::staff();
    let mut db = store.read().await?;
    let is_empty = people::list(&mut db).await?.is_empty();
    drop(db);
    if is_empty {
        let model = super::super::model::load(&settings.model)?;
        let rules = model.years.values().next_back();
        let rules = rules.ok_or_else(|| anyhow::anyhow!("the model lists no year"))?;
        let found = Found {
            run: questions::run(settings),
            colleague: followed::colleague(settings, surroundings::instant()),
            last_year: followed::last_year(settings),
            costings: cases::costings(settings),
            costed: costed::costed(settings),
        };
        let folder = settings.folder.clone();
        let units = units_of(&settings.trust, rules);
        write(store, units, (staff.clone(), found), folder).await?;
    }
    let shown = staff.iter().map(|it| {
        let units: Vec<&str> = it.units().collect();
        let place =
            if it.unit.is_empty() { String::new() } else { format!(" ({})", units.join(", ")) };
        (it.email.clone(), format!("{}, {}{place}", it.name, it.job_title.to_lowercase()))
    });
    Ok(Demonstration { people: shown.collect(), password: demonstration::PASSWORD.to_owned() })
}

/// What published costings say that a demonstration tells of.
struct Found {
    run: Option<String>,
    colleague: Option<followed::Colleague>,
    last_year: Option<followed::LastYear>,
    costings: Costings,
    costed: Vec<Costed>,
}

/// The trust, its divisions and directorates, the service lines of the model, and their wards.
fn units_of(trust: &str, rules: &YearRules) -> Vec<Unit> {
    let unit = |code: &str, name: &str, kind, parent: Option<&str>| Unit {
        code: UnitCode::new(code),
        name: name.to_owned(),
        kind,
        parent: parent.map(UnitCode::new),
        from: Day::from_civil(2024, 4, 1),
        until: None,
    };
    let mut units = vec![unit(TRUST, trust, UnitKind::Trust, None)];
    let mut seen = BTreeSet::new();
    for (code, line) in &rules.service_lines {
        let division = format!("DIVISION {}", line.division);
        let directorate = format!("DIRECTORATE {}", line.directorate);
        if seen.insert(division.clone()) {
            units.push(unit(&division, &line.division, UnitKind::Division, Some(TRUST)));
        }
        if seen.insert(directorate.clone()) {
            units.push(unit(
                &directorate,
                &line.directorate,
                UnitKind::Directorate,
                Some(&division),
            ));
        }
        units.push(unit(code, &line.name, UnitKind::ServiceLine, Some(&directorate)));
    }
    for it in demonstration::wards() {
        let above = if it.belongs_to.is_empty() { TRUST } else { &it.belongs_to };
        // Another model than the demonstration's has other wards.
        if units.iter().any(|it| it.code.as_str() == above) {
            units.push(unit(&it.code, &it.name, UnitKind::Ward, Some(above)));
        }
    }
    units
}

/// Adds somebody of the staff, without a right.
pub(super) async fn join(tx: &mut Tx, it: &Person, entry: &Entry) -> store::Result<PersonId> {
    let person = people::Person {
        name: it.name.clone(),
        email: it.email.clone(),
        job_title: it.job_title.clone(),
        profession: it.profession.clone(),
    };
    people::create(tx, &person, entry).await
}

async fn write(
    store: &Store,
    all: Vec<Unit>,
    (staff, found): (Vec<Person>, Found),
    folder: PathBuf,
) -> Result<()> {
    let notes = evidence::notes(&folder)?;
    let phc = web::shell::passwords::hash(demonstration::PASSWORD.to_owned()).await;
    let phc = phc.map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
    let entry = Entry::by("operator", surroundings::instant());
    let written = store.write(move |tx| {
        Box::pin(async move {
            for unit in &all {
                units::upsert(tx, unit, None, &entry).await?;
            }
            let mut written = Vec::new();
            for it in staff {
                let id = join(tx, &it, &entry).await?;
                credentials::set_password(tx, &id, &phc, &entry).await?;
                grant(tx, (&it, &id), &all, &entry).await?;
                if it.role == AGREES {
                    agree(tx, &id, &all, entry.at).await?;
                }
                if it.role == KEEPS {
                    keep_measures(tx, &id, &all, entry.at).await?;
                }
                written.push((it, id));
            }
            assessing::record(tx, &written, entry.at).await?;
            collecting::record(tx, &written, entry.at).await?;
            evidence::record(tx, (&written, &notes), entry.at).await?;
            spread::record(tx, &written, entry.at).await?;
            contracts::record(tx, &written, entry.at).await?;
            known::record(tx, &written, entry.at).await?;
            let scene = Scene::of(&written, &found.costed, entry.at);
            reviews::record(tx, &scene).await?;
            joint_work::record(tx, &scene).await?;
            coverage::record(tx, &written, entry.at).await?;
            slots::record(tx, &written, entry.at).await?;
            incentives::record(tx, &written, entry.at).await?;
            let Found { run, colleague, last_year, .. } = &found;
            let known = (run.as_deref(), colleague.as_ref(), last_year.as_ref());
            followed::record(tx, &written, known, entry.at).await?;
            confidence::record(tx, &written, &found.costed, entry.at).await?;
            cases::record(tx, (&written, &found.costings), entry.at).await?;
            if let Some(run) = run {
                questions::record(tx, run, &written, entry.at).await?;
            }
            Ok(())
        })
    });
    Ok(written.await?)
}

/// Gives somebody their role, in each of their units that there are.
async fn grant(
    tx: &mut Tx,
    (it, person): (&Person, &PersonId),
    units: &[Unit],
    entry: &Entry,
) -> store::Result<()> {
    for unit in it.units().map(|it| if it.is_empty() { TRUST } else { it }) {
        // Another model than the demonstration's has other service lines.
        if it.units().count() > 1 && !units.iter().any(|it| it.code.as_str() == unit) {
            continue;
        }
        let new = NewGrant {
            person: person.clone(),
            role: it.role.clone(),
            unit: UnitCode::new(unit),
            patient_level: false,
            reason: "Demonstration".to_owned(),
            from: Day::from_civil(2024, 4, 1),
            until: None,
        };
        grants::grant(tx, &new, entry).await?;
    }
    Ok(())
}

/// Records what the medical director has agreed on, for service lines that there are.
async fn agree(
    tx: &mut Tx,
    director: &PersonId,
    units: &[Unit],
    at: Timestamp,
) -> store::Result<()> {
    let entry = Entry::by(director.as_str(), at);
    let today = web::shell::session::today(at);
    let is_there =
        |it: &AgreedComparison| units.iter().any(|unit| unit.code.as_str() == it.service_line);
    for it in demonstration::comparisons().into_iter().filter(is_there) {
        comparisons::record(tx, &agreed(it, today), 0, today, &entry).await?;
    }
    Ok(())
}

/// Fills the register of measures: what is measured, and the values of units that there are.
async fn keep_measures(
    tx: &mut Tx,
    keeper: &PersonId,
    units: &[Unit],
    at: Timestamp,
) -> store::Result<()> {
    let entry = Entry::by(keeper.as_str(), at);
    for it in demonstration::measures() {
        measures::define(tx, &defined(it)?, 0, &entry).await?;
    }
    let this_month = Month::of(web::shell::session::today(at));
    let is_unit = |code: &str| units.iter().any(|it| it.code.as_str() == code);
    let csv = demonstration::measure_values(is_unit, &this_month.to_string());
    if csv.lines().count() < 2 {
        return Ok(());
    }
    let keeping = Keeping { units: None, this_month };
    let digest = measures::plan(tx, &csv, &keeping).await?.digest;
    measures::import(tx, (&csv, &keeping), &digest, ("measures.csv", ""), &entry).await?;
    Ok(())
}

fn defined(it: DemonstrationMeasure) -> store::Result<Definition> {
    let unreadable =
        |what: &'static str| move |it: Unknown| store::Error::Unreadable { what, value: it.0 };
    Ok(Definition {
        code: MeasureCode::new(it.code),
        name: it.name,
        definition: it.definition,
        subject: it.subject.parse().map_err(unreadable("subject"))?,
        unit_of_measure: it.unit_of_measure,
        form: it.form.parse().map_err(unreadable("form"))?,
        good: it.good.parse().map_err(unreadable("direction"))?,
        of_patients: it.of_patients,
        source: it.source,
        keeper: it.keeper,
    })
}

/// What was agreed; in a demonstration that is begun after its review, reviewed a year from now.
fn agreed(it: AgreedComparison, today: Day) -> NewComparison {
    let review_on = if it.review_on > today { it.review_on } else { today.plus(A_YEAR) };
    NewComparison {
        unit: UnitCode::new(it.service_line),
        purpose: it.purpose,
        audience: "The consultants of the specialty, its clinical director, and the medical and \
                   finance directors"
            .to_owned(),
        consultation: format!("Agreed with the local medical negotiating committee. {}", it.note),
        consulted_on: it.agreed_on.min(today),
        review_on,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_comparison_of_a_demonstration_holds_whenever_it_is_begun() {
        let all = demonstration::comparisons();
        for today in ["2025-10-01", "2026-09-15", "2031-01-01"] {
            let today: Day = today.parse().expect("a day");
            let found = agreed(all[0].clone(), today);
            assert!(found.consulted_on <= today && found.review_on > today, "{found:?}");
        }
        // Begun in time, it keeps the day that the record gives.
        let early = agreed(all[0].clone(), "2025-10-01".parse().expect("a day"));
        assert_eq!(early.review_on, all[0].review_on);
    }

    #[test]
    fn what_the_demonstration_measures_is_defined_for_the_register() {
        let all = demonstration::measures();
        assert!(!all.is_empty());
        for it in all {
            let code = it.code.clone();
            assert_eq!(defined(it).expect("it is defined").code.as_str(), code);
        }
    }
}
