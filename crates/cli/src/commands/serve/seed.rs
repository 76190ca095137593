//! Fills the database of a demonstration at its first start: units of its model, people by role.

use std::collections::BTreeSet;

use anyhow::Result;
use demonstration::Person;
use domain::Day;
use rules::YearRules;
use store::grants::NewGrant;
use store::units::{Unit, UnitKind};
use store::{Entry, Store, UnitCode, credentials, grants, people, units};
use web::Settings;
use web::app::Demonstration;

use crate::surroundings;

/// Code of the trust as a unit.
const TRUST: &str = "TRUST";

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
        write(store, units_of(&settings.trust, rules), staff.clone()).await?;
    }
    let shown = staff.iter().map(|it| {
        let place = if it.unit.is_empty() { String::new() } else { format!(" ({})", it.unit) };
        (it.email.clone(), format!("{}, {}{place}", it.name, it.job_title.to_lowercase()))
    });
    Ok(Demonstration { people: shown.collect(), password: demonstration::PASSWORD.to_owned() })
}

/// The trust, its divisions and directorates, and the service lines of the model.
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
    units
}

async fn write(store: &Store, all: Vec<Unit>, staff: Vec<Person>) -> Result<()> {
    let phc = web::shell::passwords::hash(demonstration::PASSWORD.to_owned()).await;
    let phc = phc.map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
    let entry = Entry::by("operator", surroundings::instant());
    let written = store.write(move |tx| {
        Box::pin(async move {
            for unit in &all {
                units::upsert(tx, unit, None, &entry).await?;
            }
            for it in &staff {
                let person = people::Person {
                    name: it.name.clone(),
                    email: it.email.clone(),
                    job_title: it.job_title.clone(),
                    profession: it.profession.clone(),
                };
                let id = people::create(tx, &person, &entry).await?;
                credentials::set_password(tx, &id, &phc, &entry).await?;
                let new = NewGrant {
                    person: id,
                    role: it.role.clone(),
                    unit: UnitCode::new(if it.unit.is_empty() { TRUST } else { &it.unit }),
                    patient_level: false,
                    reason: "Demonstration".to_owned(),
                    from: Day::from_civil(2024, 4, 1),
                    until: None,
                };
                grants::grant(tx, &new, &entry).await?;
            }
            Ok(())
        })
    });
    Ok(written.await?)
}
