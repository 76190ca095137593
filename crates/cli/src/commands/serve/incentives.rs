//! Rules for quality and cost improvement together that a demonstration begins with.

use demonstration::{Followed, Person};
use engagement::benefits::Side;
use engagement::incentives::{Aim, Period, Rule};
use jiff::Timestamp;
use store::incentives::{self, NewRuling};
use store::measures::Decimal;
use store::{Entry, Error, IncentiveId, PersonId, Tx, UnitCode};
use web::shell::joint_work::typed;

use super::people::{self, People};

/// Who agrees and decides for finance and for clinicians.
const LEADS: [(Side, &str); 2] = [(Side::Finance, "ravi.sethi"), (Side::Clinical, "helen.marsh")];

/// Records what the demonstration says, for units that there are.
pub(super) async fn record(
    tx: &mut Tx,
    staff: &[(Person, PersonId)],
    at: Timestamp,
) -> store::Result<()> {
    let people = people::by_login(staff);
    for it in demonstration::incentives() {
        match one(tx, (&it, &people), at).await {
            // Another model has other service lines, and a demonstration that is begun early has no
            // months of its measures yet, or none that are over.
            Err(Error::NotFound(_) | Error::Refused(_)) => {}
            other => other?,
        }
    }
    Ok(())
}

fn read<T: std::str::FromStr>(it: &Followed, column: &'static str) -> store::Result<T> {
    let text = it.text(column);
    text.parse().map_err(|_| Error::Unreadable { what: column, value: text.to_owned() })
}

fn rule(it: &Followed) -> store::Result<Rule> {
    Ok(Rule {
        way: read(it, "way")?,
        what: it.text("what").to_owned(),
        period: Period { from: read(it, "from")?, to: read(it, "to")? },
        quality: Some(Aim {
            measure: it.text("measure").to_owned(),
            unit: it.text("measure_unit").to_owned(),
            target_e4: read::<Decimal>(it, "target")?.e4(),
        }),
        savings: typed(it.text("savings")),
    })
}

async fn one(
    tx: &mut Tx,
    (it, people): (&Followed, &People<'_>),
    at: Timestamp,
) -> store::Result<()> {
    let rule = rule(it)?;
    let entry = |name: &str, on: &str| {
        let day = format!("{on}T10:00:00Z").parse::<Timestamp>();
        let who = people.get(name).map_or(name, |it| it.as_str());
        Entry::by(who, day.map_or(at, |day| day.min(at)))
    };
    let unit = UnitCode::new(it.text("unit"));
    let by = entry(it.text("proposed_by"), it.text("proposed"));
    let id = incentives::propose(tx, (&unit, None), &rule, &by).await?;
    for (side, name) in LEADS {
        let seen = seen(tx, &id).await?;
        incentives::agree(tx, &id, side, seen, &entry(name, it.text("agreed"))).await?;
    }
    for (side, name) in LEADS {
        let because = it.text("because").to_owned();
        let new = NewRuling { side, period: rule.period, verdict: read(it, "verdict")?, because };
        let seen = seen(tx, &id).await?;
        incentives::decide(tx, &id, &new, seen, &entry(name, "")).await?;
    }
    Ok(())
}

async fn seen(tx: &mut Tx, id: &IncentiveId) -> store::Result<i64> {
    Ok(incentives::get(tx, id).await?.seen())
}
