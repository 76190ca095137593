//! The contract of a demonstration with its commissioner, as it begins, and what the trust says that it
//! is: its type, and how far it is with patient-level costing.

use std::collections::BTreeSet;

use demonstration::Person;
use domain::Day;
use jiff::Timestamp;
use store::assessing::organisation;
use store::assessing::plics::{self, PlicsState};
use store::contracts::{self, NewContract};
use store::{Entry, MeasureCode, PersonId, Tx, UnitCode, units};
use web::shell::session::today;

use super::people;

/// Who keeps the contract, and who of the commissioner looks.
const KEEPER: &str = "ravi.sethi";
const READER: &str = "piet.jansen";

/// Service lines of the contract.
const LINES: [&str; 2] = ["TORT", "PAIN"];

/// Measures that were agreed on.
const MEASURES: [&str; 4] = ["WAITING", "FALLS", "FFT-POSITIVE", "OHS-GAIN"];

/// Days for which the commissioner looks after the last day.
const LOOKS: i32 = 365;

/// Records them, of units that there are.
pub(super) async fn record(
    tx: &mut Tx,
    staff: &[(Person, PersonId)],
    at: Timestamp,
) -> store::Result<()> {
    let people = people::by_login(staff);
    let (Some(keeper), Some(reader)) = (people.get(KEEPER), people.get(READER)) else {
        return Ok(());
    };
    let entry = Entry::by(keeper.as_str(), at);
    let said = "Two years are costed and published, and service lines read them every month";
    plics::state(tx, (PlicsState::Implemented, said), 0, &entry).await?;
    organisation::state(tx, ("acute", "The licence of this invented trust"), 0, &entry).await?;
    let mut lines = BTreeSet::new();
    for it in units::list(tx).await?.into_iter().filter(|it| LINES.contains(&it.unit.code.as_str()))
    {
        lines.insert(it.unit.code);
    }
    // Another model than the demonstration's has other service lines.
    if lines.is_empty() {
        return Ok(());
    }
    contracts::add(tx, &contract(lines, reader, today(at)), &entry).await?;
    Ok(())
}

fn contract(lines: BTreeSet<UnitCode>, reader: &PersonId, today: Day) -> NewContract {
    // A demonstration that is begun later has a contract that ends later: the commissioner looks on.
    let ends_on = Day::from_civil(2026, 3, 31).max(today);
    NewContract {
        name: "Planned orthopaedics and pain management".to_owned(),
        commissioner_code: "QXV".to_owned(),
        commissioner: "Ashbourne Vale Integrated Care Board".to_owned(),
        begins_on: Day::from_civil(2025, 4, 1).min(today),
        ends_on,
        seen_until: ends_on.plus(LOOKS),
        words: "Both look at these measures every month. Where one gets worse by more than chance, the trust says why within two weeks.".to_owned(),
        units: lines,
        measures: MEASURES.iter().map(|it| MeasureCode::new(*it)).collect(),
        readers: BTreeSet::from([reader.clone()]),
    }
}
