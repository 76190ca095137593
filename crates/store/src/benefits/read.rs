//! Benefits as they are read: with all their steps, and their paired measures as the register holds
//! them now.

use engagement::benefits::{Evidence, Ground, Pair, Rate, Use};
use jiff::civil::Date;
use sqlx::any::AnyRow;

use super::costed::{self, Readings};
use super::steps::{Act, Step, Taken};
use super::{NewBenefit, PairedWith, StoredBenefit, pair_of};
use crate::Connection;
use crate::error::{Error, Result};
use crate::ids::{ActionId, BenefitId, MeasureCode, PersonId, UnitCode};
use crate::row::{Values as _, each_to};

/// Every benefit, the oldest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection) -> Result<Vec<StoredBenefit>> {
    let rows = sqlx::query("SELECT * FROM benefit ORDER BY added_at, id");
    let rows = rows.fetch_all(&mut *db).await?;
    whole(db, &rows).await
}

/// One benefit.
///
/// # Errors
/// If there is none with this reference.
pub async fn get(db: &mut Connection, id: &BenefitId) -> Result<StoredBenefit> {
    let rows = sqlx::query("SELECT * FROM benefit WHERE id = $1")
        .bind(id.as_str())
        .fetch_all(&mut *db)
        .await?;
    let found = whole(db, &rows).await?;
    found.into_iter().next().ok_or_else(|| Error::NotFound(format!("benefit {id}")))
}

async fn whole(db: &mut Connection, rows: &[AnyRow]) -> Result<Vec<StoredBenefit>> {
    let mut found = rows.iter().map(stored).collect::<Result<Vec<_>>>()?;
    let read = costed::all(db).await?;
    let steps = sqlx::query("SELECT * FROM benefit_step ORDER BY benefit, number");
    let steps = steps.fetch_all(&mut *db).await?;
    each_to(
        &mut found,
        |it| it.id.as_str(),
        (&steps, "benefit"),
        |of, row| {
            let taken = taken(row, read.get(of.id.as_str()))?;
            match &taken.step {
                Step::Claim { amount, .. } => of.of.claimed = *amount,
                Step::Evidence(it) => of.of.evidence.push(it.clone()),
                _ => {}
            }
            of.steps.push(taken);
            Ok(())
        },
    )?;
    for (it, row) in found.iter_mut().zip(rows) {
        let read = read.get(it.id.as_str());
        it.read = read.map(|it| it.whole.clone());
        it.of.costed = read.filter(|it| it.is_claimed).map(|it| it.whole.clone());
        if let Some(with) = &it.of.pair {
            let now = pair_of(db, with).await?;
            let good = row.parsed_if("pair_good", "direction")?.unwrap_or(now.good);
            it.pair = Some(Pair { good, ..now });
        }
    }
    Ok(found)
}

fn taken(row: &AnyRow, read: Option<&Readings>) -> Result<Taken> {
    let (number, amount) = (row.number("number")?, row.number("amount")?);
    let words = row.text("words")?;
    let month: Option<Date> = row.text("month")?.parse().ok();
    let step = match row.parsed("act", "step of a benefit")? {
        Act::Claimed => Step::Claim { amount, because: words },
        Act::Evidence => {
            Step::Evidence(Evidence { kind: row.text("code")?, amount, reference: words })
        }
        Act::Reached => {
            let missing = || Error::Unreadable { what: "month", value: String::new() };
            Step::Reached { month: month.ok_or_else(missing)?, amount, source: words }
        }
        Act::Decided => Step::Decide {
            side: row.parsed("side", "side")?,
            accepted: amount,
            not_accepted: row.number("not_accepted")?,
            because: words,
        },
        Act::Explained => Step::Explain { side: row.parsed("side", "side")?, words },
        Act::Read => {
            let of_step = |it: &Readings| Box::new(it.of_step(number));
            Step::Read(read.map(of_step).unwrap_or_default())
        }
        Act::Concern => Step::Concern { words },
        Act::Answered => Step::Answer { number: amount, words },
        Act::Withdrawn => Step::Withdraw { because: words },
    };
    Ok(Taken {
        step,
        until: month,
        by: PersonId::new(row.text("taken_by")?),
        at: row.at("taken_at")?,
    })
}

fn stored(row: &AnyRow) -> Result<StoredBenefit> {
    Ok(StoredBenefit {
        id: BenefitId::new(row.text("id")?),
        of: NewBenefit {
            title: row.text("title")?,
            kind: row.parsed("kind", "kind of benefit")?,
            is_cash: row.flag("is_cash")?,
            recurrent: row.flag("recurrent")?,
            owner: PersonId::new(row.text("owner")?),
            ground: Ground {
                basis: row.text("basis")?,
                unit: row.text("unit")?,
                from: row.parsed("from_day", "day")?,
                to: row.parsed("to_day", "day")?,
            },
            baseline: row.number_if("baseline")?,
            target: row.number_if("target")?,
            used_by: row.text("used_by")?,
            uses: uses(row)?,
            costed: None,
            rate_source: row.text("rate_source")?,
            claimed: 0,
            evidence: Vec::new(),
            pair: pair(row)?,
            action: row.text_if("action")?.map(ActionId::new),
            domain: row.text("domain")?,
        },
        pair: None,
        read: None,
        added_by: PersonId::new(row.text("added_by")?),
        added_at: row.at("added_at")?,
        steps: Vec::new(),
    })
}

fn uses(row: &AnyRow) -> Result<Option<Use>> {
    let (before, after) = (row.number_if("use_before")?, row.number_if("use_after")?);
    let rate = Rate {
        variable: row.number_if("rate_variable")?.unwrap_or(0),
        semi_fixed: row.number_if("rate_semi_fixed")?.unwrap_or(0),
        fixed: row.number_if("rate_fixed")?.unwrap_or(0),
    };
    Ok(before.zip(after).map(|(before, after)| Use { before, after, rate }))
}

fn pair(row: &AnyRow) -> Result<Option<PairedWith>> {
    let (measure, unit) = (row.text_if("pair_measure")?, row.text_if("pair_unit")?);
    let limit = row.number_if("pair_limit_e4")?;
    Ok(measure.zip(unit).zip(limit).map(|((measure, unit), limit_e4)| PairedWith {
        measure: MeasureCode::new(measure),
        unit: UnitCode::new(unit),
        limit_e4,
    }))
}
