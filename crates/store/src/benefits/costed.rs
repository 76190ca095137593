//! What benefits were read from published costings, frozen as it was read.

use std::collections::BTreeMap;

use engagement::benefits::{Costed, CostedParts, CostedUse};
use jiff::civil::Date;
use sqlx::any::AnyRow;

use super::LETTERS_MAX;
use crate::Connection;
use crate::error::{Result, short, taken};
use crate::ids::BenefitId;
use crate::row::Values as _;
use crate::writer::Tx;

/// What a benefit was read from costings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Readings {
    /// All of it.
    pub(super) whole: Costed,
    /// Whether it was claimed by it.
    pub(super) is_claimed: bool,
    /// By which step each later costing was read, in the order of `whole.later`.
    steps: Vec<i64>,
}

impl Readings {
    /// What one step read.
    pub(super) fn of_step(&self, number: i64) -> Costed {
        let later = self.whole.later.iter().zip(&self.steps).filter(|it| *it.1 == number);
        Costed { later: later.map(|it| it.0.clone()).collect(), ..self.whole.clone() }
    }
}

/// What all benefits were read, by their references.
pub(super) async fn all(db: &mut Connection) -> Result<BTreeMap<String, Readings>> {
    let mut found: BTreeMap<String, Readings> = BTreeMap::new();
    for row in sqlx::query("SELECT * FROM benefit_costed").fetch_all(&mut *db).await? {
        let whole = Costed {
            line: row.text("line")?,
            activity: row.text("activity")?,
            name: row.text("name")?,
            one: row.number("one")?,
            ..Costed::default()
        };
        let is_claimed = row.flag("is_claimed")?;
        let of = Readings { whole, is_claimed, steps: Vec::new() };
        found.insert(row.text("benefit")?, of);
    }
    let mut months: BTreeMap<(String, String), Vec<(Date, i64)>> = BTreeMap::new();
    let rows = sqlx::query("SELECT * FROM benefit_costed_month ORDER BY benefit, run, month");
    for row in rows.fetch_all(&mut *db).await? {
        let of = months.entry((row.text("benefit")?, row.text("run")?)).or_default();
        of.push((row.parsed("month", "month")?, row.number("used")?));
    }
    let rows = sqlx::query(
        "SELECT * FROM benefit_costed_run ORDER BY benefit, step, financial_year, published, run",
    );
    for row in rows.fetch_all(&mut *db).await? {
        let key = (row.text("benefit")?, row.text("run")?);
        let by_month = months.remove(&key).unwrap_or_default();
        let Some(of) = found.get_mut(&key.0) else { continue };
        let used = used(&row, by_month)?;
        if row.flag("is_baseline")? {
            of.whole.baseline = used;
        } else {
            of.whole.later.push(used);
            of.steps.push(row.number("step")?);
        }
    }
    Ok(found)
}

fn used(row: &AnyRow, by_month: Vec<(Date, i64)>) -> Result<CostedUse> {
    Ok(CostedUse {
        run: row.text("run")?,
        manifest: row.text("manifest")?,
        year: row.text("financial_year")?,
        months: row.number("months")?,
        published: row.text("published")?,
        count: row.number("used")?,
        parts: CostedParts {
            variable: row.number("variable")?,
            semi_fixed: row.number("semi_fixed")?,
            fixed: row.number("fixed")?,
            unstated: row.number("unstated")?,
        },
        by_month,
    })
}

/// Freezes what a step read; the baseline too, where nothing was read before.
pub(super) async fn put(
    tx: &mut Tx,
    (id, step): (&BenefitId, i64),
    read: &Costed,
    (is_first, is_claimed): (bool, bool),
) -> Result<()> {
    if is_first {
        sqlx::query(
            "INSERT INTO benefit_costed (benefit, line, activity, name, one, is_claimed)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(id.as_str())
        .bind(&read.line)
        .bind(&read.activity)
        .bind(short("the name of the use", &read.name, LETTERS_MAX)?)
        .bind(read.one)
        .bind(i64::from(is_claimed))
        .execute(&mut **tx)
        .await?;
        put_run(tx, (id, step), &read.baseline, true).await?;
    }
    for it in &read.later {
        put_run(tx, (id, step), it, false).await?;
    }
    Ok(())
}

async fn put_run(
    tx: &mut Tx,
    (id, step): (&BenefitId, i64),
    it: &CostedUse,
    is_baseline: bool,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO benefit_costed_run (benefit, run, step, is_baseline, manifest, financial_year,
             months, published, used, variable, semi_fixed, fixed, unstated)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(id.as_str())
    .bind(&it.run)
    .bind(step)
    .bind(i64::from(is_baseline))
    .bind(&it.manifest)
    .bind(&it.year)
    .bind(it.months)
    .bind(&it.published)
    .bind(it.count)
    .bind(it.parts.variable)
    .bind(it.parts.semi_fixed)
    .bind(it.parts.fixed)
    .bind(it.parts.unstated)
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("what costing {} holds of this benefit", it.run)))?;
    for (month, used) in &it.by_month {
        sqlx::query(
            "INSERT INTO benefit_costed_month (benefit, run, month, used) VALUES ($1, $2, $3, $4)",
        )
        .bind(id.as_str())
        .bind(&it.run)
        .bind(month.to_string())
        .bind(*used)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
