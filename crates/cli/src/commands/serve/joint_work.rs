//! Actions and benefits that a demonstration begins with.

use std::collections::BTreeMap;

use demonstration::{DemonstrationAction, DemonstrationBenefit, Person};
use engagement::actions::{Action, Owner, Size, Update};
use engagement::benefits::{Evidence, Ground, Rate, Side, Use};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use store::benefits::{self, NewBenefit, PairedWith, Step};
use store::joint_actions::{self, NewAction, date, date_at};
use store::measures::Decimal;
use store::{BenefitId, Entry, Error, MeasureCode, PersonId, Tx, UnitCode};
use web::shell::joint_work::{profession, typed};
use web::shell::session::today;

/// Hours of a day.
const DAY: i64 = 24;

/// Ten-thousandths of one.
const E4: i64 = 10_000;

/// Who verifies for finance and for clinicians.
const LEADS: [(Side, &str); 2] = [(Side::Finance, "ravi.sethi"), (Side::Clinical, "helen.marsh")];

/// People by the part of their email address before the `@`.
type People<'a> = BTreeMap<&'a str, &'a (Person, PersonId)>;

/// Records what the demonstration says, for units that there are.
pub(super) async fn record(
    tx: &mut Tx,
    staff: &[(Person, PersonId)],
    at: Timestamp,
) -> store::Result<()> {
    let people: People<'_> = staff.iter().map(|it| (it.0.login(), it)).collect();
    for it in demonstration::actions() {
        agree(tx, (&it, &people), at).await?;
    }
    for it in demonstration::benefits() {
        claim(tx, (&it, &people), at).await?;
    }
    Ok(())
}

fn unreadable(what: &'static str, value: &str) -> Error {
    Error::Unreadable { what, value: value.to_owned() }
}

async fn agree(
    tx: &mut Tx,
    (it, people): (&DemonstrationAction, &People<'_>),
    at: Timestamp,
) -> store::Result<()> {
    let day = today(at);
    let begun = at - SignedDuration::from_hours(DAY * i64::from(it.begun_days_ago));
    let owners: Vec<&(Person, PersonId)> =
        it.owners.iter().filter_map(|it| people.get(it.as_str()).copied()).collect();
    let Some(first) = owners.first() else { return Ok(()) };
    let owner = |it: &&(Person, PersonId)| Owner {
        person: it.1.as_str().to_owned(),
        profession: profession(&it.0.profession),
    };
    let of = Action {
        what: it.what.clone(),
        owners: owners.iter().map(owner).collect(),
        joint: it.joint,
        size: it.size.as_ref().map(|(low, high, unit)| Size {
            low_e4: low * E4,
            high_e4: high * E4,
            unit: unit.clone(),
        }),
        effort: it.effort.parse().map_err(|_| unreadable("effort", &it.effort))?,
        priority: it.priority.parse().map_err(|_| unreadable("priority", &it.priority))?,
        measure: it.measure.clone(),
        quality: it.quality.clone(),
        starts_on: date(day.plus(-it.begun_days_ago)),
        due_on: date(day.plus(it.due_in_days)),
    };
    let new = NewAction { unit: UnitCode::new(it.unit.as_str()), origin: String::new(), of };
    let id = match joint_actions::agree(tx, &new, &Entry::by(first.1.as_str(), begun)).await {
        // Another model than the demonstration's has other service lines.
        Err(Error::NotFound(_)) => return Ok(()),
        other => other?,
    };
    let (says, days, because) = &it.update;
    let said_at = at - SignedDuration::from_hours(DAY * days);
    let update = Update {
        on: date_at(said_at),
        says: says.parse().map_err(|_| unreadable("update", says))?,
        because: because.clone(),
        due_on: None,
    };
    joint_actions::update(tx, &id, &update, 0, &Entry::by(first.1.as_str(), said_at)).await
}

/// A benefit as it is claimed; none where somebody of it is not there.
fn read(it: &DemonstrationBenefit, owner: &PersonId) -> store::Result<NewBenefit> {
    let number = |column: &'static str| match it.text(column) {
        "" => Ok(None),
        text => typed(text).map(Some).ok_or_else(|| unreadable(column, text)),
    };
    let day = |column: &'static str| {
        let text = it.text(column);
        text.parse::<Date>().map_err(|_| unreadable(column, text))
    };
    let rate = Rate {
        variable: number("variable")?.unwrap_or(0),
        semi_fixed: number("semi_fixed")?.unwrap_or(0),
        fixed: number("fixed")?.unwrap_or(0),
    };
    let uses = number("before")?.zip(number("after")?);
    let evidence = number("shown")?.map(|amount| Evidence {
        kind: it.text("evidence").to_owned(),
        amount,
        reference: it.text("reference").to_owned(),
    });
    let limit: Decimal =
        it.text("limit").parse().map_err(|_| unreadable("limit", it.text("limit")))?;
    Ok(NewBenefit {
        title: it.text("title").to_owned(),
        kind: it.text("kind").parse().map_err(|_| unreadable("kind", it.text("kind")))?,
        is_cash: it.is("cash"),
        recurrent: it.is("recurrent"),
        owner: owner.clone(),
        ground: Ground {
            basis: it.text("basis").to_owned(),
            unit: it.text("unit").to_owned(),
            from: day("from")?,
            to: day("to")?,
        },
        baseline: number("baseline")?,
        target: number("target")?,
        used_by: it.text("used_by").to_owned(),
        uses: uses.map(|(before, after)| Use { before, after, rate }),
        rate_source: it.text("rate_source").to_owned(),
        claimed: number("claimed")?.unwrap_or(0),
        evidence: evidence.into_iter().collect(),
        pair: Some(PairedWith {
            measure: MeasureCode::new(it.text("pair_measure")),
            unit: UnitCode::new(it.text("pair_unit")),
            limit_e4: limit.e4(),
        }),
        action: None,
        domain: it.text("domain").to_owned(),
    })
}

async fn claim(
    tx: &mut Tx,
    (it, people): (&DemonstrationBenefit, &People<'_>),
    at: Timestamp,
) -> store::Result<()> {
    let Some((_, owner)) = people.get(it.text("owner")).copied() else { return Ok(()) };
    let new = read(it, owner)?;
    let entry = Entry::by(owner.as_str(), at);
    let id = match benefits::claim(tx, &new, &entry).await {
        // Another model has other service lines, and a demonstration that is begun early has no
        // months of its measures yet.
        Err(Error::NotFound(_) | Error::Refused(_)) => return Ok(()),
        other => other?,
    };
    for (month, value) in &it.months {
        let first = format!("{month}-01");
        let step = Step::Reached {
            month: first.parse().map_err(|_| unreadable("month", month))?,
            amount: value * E4 * 100,
            source: "Bed days of the service line, from the published costing".to_owned(),
        };
        taken(tx, (&id, &step), &entry).await?;
    }
    decide(tx, (it, &id, people), at).await
}

async fn decide(
    tx: &mut Tx,
    (it, id, people): (&DemonstrationBenefit, &BenefitId, &People<'_>),
    at: Timestamp,
) -> store::Result<()> {
    for (side, name) in LEADS {
        let (accepts, refuses) = match side {
            Side::Finance => ("finance_accepts", "finance_refuses"),
            Side::Clinical => ("clinical_accepts", ""),
        };
        let (Some(accepted), Some((_, lead))) =
            (typed(it.text(accepts)), people.get(name).copied())
        else {
            continue;
        };
        let step = Step::Decide {
            side,
            accepted,
            not_accepted: typed(it.text(refuses)).unwrap_or(0),
            because: it.text("because").to_owned(),
        };
        match taken(tx, (id, &step), &Entry::by(lead.as_str(), at)).await {
            Err(Error::Refused(_)) => {}
            other => other?,
        }
    }
    Ok(())
}

/// Takes a step with a benefit as it is now.
async fn taken(tx: &mut Tx, (id, step): (&BenefitId, &Step), entry: &Entry) -> store::Result<()> {
    let seen = benefits::get(tx, id).await?.version();
    benefits::step(tx, id, step, seen, entry).await
}
